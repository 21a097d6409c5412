"""The planner as time goes by: what already rings keeps its place, and nothing is reckoned for too long."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

from msgspec.structs import replace

from firmware.hotel.model import Attempt, WakeupOrder
from firmware.wakeup.planner import Bells, Planner
from firmware.wakeup.rules import Rules
from tests.unit.wakeup.night import WARSAW

SEVEN = datetime.fromisoformat("2026-11-27T07:00")
NOW = datetime(2026, 11, 26, 21, 0, tzinfo=UTC)


def order(room: int, at: datetime = SEVEN) -> WakeupOrder:
    return WakeupOrder(id=f"w{room}", room=str(room), at=at, rings=at, by="anna", through="desk", ordered=NOW)


def planner(places: int) -> Planner:
    return Planner(WARSAW, Bells(places, (1000, 4000)), lambda order: Rules(), lambda order: 1)


def test_who_comes_later_waits_for_those_who_ring_by_then() -> None:
    one = planner(places=1)
    first = [order(room) for room in range(101, 106)]
    later = order(201, SEVEN + timedelta(seconds=10))
    one.look([*first, later], NOW)
    before = one.when(later)
    assert before - one.when(first[0]) == timedelta(seconds=45)
    one.look([*first, later], one.when(first[0]) + timedelta(seconds=5))
    assert one.when(later) == before


def test_one_that_was_ordered_late_is_shown_at_the_time_at_which_it_rings() -> None:
    one, late = planner(places=1), SEVEN.replace(tzinfo=WARSAW).astimezone(UTC) + timedelta(minutes=3)
    one.look([order(101)], late)
    ringing = replace(order(101), state="ringing", attempts=(Attempt(started=late),))
    one.look([ringing], late)
    assert [(each.room, each.rings_at) for each in one.plan([ringing], SEVEN.date())] == [("101", late)]


def test_five_hundred_rooms_at_one_minute_are_planned_in_no_time() -> None:
    one = planner(places=10)
    rooms = [order(room) for room in range(500)]
    began = time.process_time()
    one.look(rooms, NOW)
    assert time.process_time() - began < 2
    at = sorted(one.when(each) for each in rooms)
    assert at[-1] - at[0] == timedelta(seconds=9 * 45 + 4)
