"""Both protocols against the bench's PMS, in virtual time: hours of peace, and both ends talking at once."""

from __future__ import annotations

from datetime import datetime

import pytest

from boardsupport.bench.pms.house import Guest
from firmware.pms.model import CheckIn, NameGiven, Posting, RoomOpened, StatusNews
from tests.unit.pms.two_ends import Ends, fias, mitel

HOUR = 3600
QUIET = {"LS", "LA"}


def status(number: int) -> StatusNews:
    return StatusNews(room=str(100 + number % 50), status="dirty" if number % 2 else "clean", occupied=True)


def posting(number: int) -> Posting:
    started = datetime.fromisoformat("2026-03-11 07:41:15")
    return Posting(id=number, number=number, room="101", kind="call", amount=100 + number, started=started)


@pytest.mark.parametrize("serial", [False, True])
def test_a_fias_link_stays_alive_for_hours_and_says_little(serial: bool) -> None:
    ends = fias(serial)
    ends.pass_(60)
    before = sum(ends.counted.values())
    ends.pass_(6 * HOUR)
    assert ends.states == ["starting", "alive"]
    assert ends.reconnects == [] and ends.rig.violations() == []
    said = sum(ends.counted.values()) - before
    assert 2 * 6 * HOUR / 300 * 0.9 < said < 2 * 6 * HOUR / 300 * 1.1


def test_a_mitel_link_stays_alive_for_hours() -> None:
    ends = mitel()
    ends.pass_(6 * HOUR)
    assert ends.states == ["starting", "alive"]
    assert ends.reconnects == [] and ends.rig.violations() == []


@pytest.mark.parametrize("serial", [False, True])
def test_fias_records_cross_all_the_time_and_none_is_lost(serial: bool) -> None:
    ends = fias(serial)
    ends.pass_(60)
    ends.every(0.4, 200, lambda number: ends.tell(status(number)))
    ends.every(0.9, 80, lambda number: ends.post(posting(number + 1)))
    ends.every(0.37, 200, lambda number: ends.pms.check_in(str(100 + number), Guest(str(number)), False))
    ends.pass_(600)
    assert sum(isinstance(event, CheckIn) for event in ends.events) == 200
    assert [told.outcome for told in ends.told] == ["done"] * 280
    assert [entry["number"] for entry in ends.pms.book.page(0)] == list(range(1, 81))
    assert ends.rig.violations() == []


def test_mitel_messages_cross_all_the_time_and_none_is_lost() -> None:
    ends = mitel()
    ends.pass_(60)
    ends.every(7, 100, lambda number: ends.tell(status(number)))
    ends.every(7, 100, lambda number: ends.pms.check_in(str(100 + number), Guest(str(number), {"name": "A"}), False))
    ends.pass_(3 * HOUR)
    assert sum(isinstance(event, RoomOpened) for event in ends.events) == 100
    assert sum(isinstance(event, NameGiven) for event in ends.events) == 100
    assert [told.outcome for told in ends.told] == ["done"] * 100
    assert ends.rig.violations() == []


def waits(ends: Ends) -> bool:
    return ends.pms._turns.waiting > 0


def test_a_pms_with_much_to_say_leaves_us_our_turn() -> None:
    ends = mitel()
    ends.pass_(60)
    for number in range(500):
        ends.pms.check_in(str(1000 + number), Guest(str(number), {"name": "A"}), False)
    ends.pass_(1)
    for number in range(3):
        ends.tell(status(number))
    ends.pass_(30)
    assert waits(ends)
    assert [told.outcome for told in ends.told] == ["done"] * 3
    ends.pass_(HOUR)
    assert not waits(ends)
    assert sum(isinstance(event, RoomOpened) for event in ends.events) == 500


def test_our_own_flood_leaves_the_pms_its_turn() -> None:
    ends = mitel()
    ends.pass_(60)
    for number in range(500):
        ends.tell(status(number))
    ends.pass_(1)
    for number in range(10):
        ends.pms.check_in(str(1000 + number), Guest(str(number)), False)
    ends.pass_(20)
    assert ends.news
    assert sum(isinstance(event, RoomOpened) for event in ends.events) == 10
