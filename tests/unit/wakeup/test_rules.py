"""Whose rules a wake-up follows."""

from __future__ import annotations

from msgspec.structs import replace

from firmware.hotel.model import Room
from firmware.wakeup.rules import Rulebook, Rules
from tests.unit.hotel.values import BAUER, HOLM, wakeup

BOOK = Rulebook(Rules(attempts=3), Rules(attempts=5, by_person=True))


def test_who_is_vip_has_the_rules_of_that_class() -> None:
    plain, vip = Room(room="101", guests=(HOLM,)), Room(room="101", guests=(replace(HOLM, vip=True),))
    assert BOOK.rules_of(wakeup("w1", "101"), plain) == Rules(attempts=3)
    assert BOOK.rules_of(wakeup("w1", "101"), vip) == Rules(attempts=5, vip=True)
    assert BOOK.rules_of(replace(wakeup("w1", "101"), vip=True), plain) == Rules(attempts=5, vip=True, by_person=True)


def test_a_person_wakes_whose_order_says_so_where_the_house_does_that() -> None:
    order = replace(wakeup("w1", "101"), vip=True)
    assert BOOK.rules_of(order, Room(room="101")).by_person
    assert not Rulebook(vip=Rules(by_person=False)).rules_of(order, Room(room="101")).by_person


def test_who_cannot_hear_is_woken_by_a_person() -> None:
    room = Room(room="101", guests=(replace(HOLM, needs_person=True),))
    assert BOOK.rules_of(wakeup("w1", "101"), room) == Rules(attempts=3, by_person=True)


def test_of_several_guests_it_is_the_one_whom_it_wakes() -> None:
    shared = Room(room="101", guests=(HOLM, replace(BAUER, vip=True)))
    assert not BOOK.rules_of(wakeup("w1", "101", "g1"), shared).vip
    assert BOOK.rules_of(wakeup("w1", "101", "g2"), shared).vip
    assert BOOK.rules_of(wakeup("w1", "101"), shared).vip
    assert not BOOK.rules_of(wakeup("w1", "105"), None).vip
