"""Whose rules a wake-up follows."""

from __future__ import annotations

from msgspec.structs import replace

from firmware.hotel.model import Room
from firmware.wakeup.rules import Rulebook, Rules
from tests.unit.hotel.values import BAUER, HOLM, wakeup

BOOK = Rulebook(Rules(attempts=3), Rules(attempts=5, by_person=True))


def test_who_is_vip_has_the_rules_of_that_class() -> None:
    assert BOOK.rules_for(vip=False, needs_person=False) == Rules(attempts=3)
    assert BOOK.rules_for(vip=True, needs_person=False) == Rules(attempts=5, by_person=True)


def test_who_cannot_hear_is_woken_by_a_person() -> None:
    assert BOOK.rules_for(vip=False, needs_person=True) == Rules(attempts=3, by_person=True)


def test_the_order_may_say_it_or_the_guest_it_is_for() -> None:
    shared = Room(room="101", guests=(HOLM, replace(BAUER, vip=True)))
    assert not BOOK.rules_of(wakeup("w1", "101", "g1"), shared).by_person
    assert BOOK.rules_of(wakeup("w1", "101", "g2"), shared).by_person
    assert BOOK.rules_of(wakeup("w1", "101"), shared).by_person
    assert BOOK.rules_of(replace(wakeup("w1", "101", "g1"), vip=True), shared).by_person
    assert not BOOK.rules_of(wakeup("w1", "105"), None).by_person
