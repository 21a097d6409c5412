"""When wake-ups ring: both clock changes of two zones, a zone that has none, and orders that recur."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from firmware.hotel.model import WakeupOrder
from firmware.wakeup import schedule
from tests.unit.hotel.values import NOON, wakeup, wall

WARSAW, NEW_YORK, SAIGON = (ZoneInfo(name) for name in ("Europe/Warsaw", "America/New_York", "Asia/Ho_Chi_Minh"))
zones = st.sampled_from([WARSAW, NEW_YORK, SAIGON])
walls = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)).map(  # noqa: DTZ001 - wall times
    lambda at: at.replace(microsecond=0)
)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def order(at: str, repeat: str = "once", until: str | None = None) -> WakeupOrder:
    return replace(wakeup("w1", "101", at=at), repeat=repeat, until=until)


@pytest.mark.parametrize(
    ("zone", "at", "instant"),
    [
        (WARSAW, "2026-03-28T07:00", "2026-03-28T06:00"),
        (WARSAW, "2026-03-29T01:59:59", "2026-03-29T00:59:59"),
        (WARSAW, "2026-03-29T02:00", "2026-03-29T01:00"),
        (WARSAW, "2026-03-29T02:30:15", "2026-03-29T01:00"),
        (WARSAW, "2026-03-29T03:00", "2026-03-29T01:00"),
        (WARSAW, "2026-03-29T07:00", "2026-03-29T05:00"),
        (WARSAW, "2026-10-25T01:59", "2026-10-24T23:59"),
        (WARSAW, "2026-10-25T02:30", "2026-10-25T00:30"),
        (WARSAW, "2026-10-25T03:00", "2026-10-25T02:00"),
        (WARSAW, "2026-10-25T07:00", "2026-10-25T06:00"),
        (NEW_YORK, "2026-03-08T02:30", "2026-03-08T07:00"),
        (NEW_YORK, "2026-03-08T07:00", "2026-03-08T11:00"),
        (NEW_YORK, "2026-11-01T01:30", "2026-11-01T05:30"),
        (NEW_YORK, "2026-11-01T02:00", "2026-11-01T07:00"),
        (SAIGON, "2026-03-29T02:30", "2026-03-28T19:30"),
        (SAIGON, "2026-10-25T02:30", "2026-10-24T19:30"),
    ],
)
def test_the_instant_of_a_wall_time(zone: ZoneInfo, at: str, instant: str) -> None:
    assert schedule.instant_of(wall(at), zone) == utc(instant)


@given(walls, zones)
def test_the_clock_on_the_wall_shows_the_time_or_has_just_jumped_over_it(at: datetime, zone: ZoneInfo) -> None:
    instant = schedule.instant_of(at, zone)
    shown = instant.astimezone(zone).replace(tzinfo=None)
    if shown != at:
        before = (instant - timedelta(seconds=1)).astimezone(zone).replace(tzinfo=None)
        assert before < at < shown and shown.second == 0
    else:
        earlier = instant - timedelta(hours=1)
        assert earlier.astimezone(zone).replace(tzinfo=None) != at


@given(walls, walls, zones)
def test_a_later_wall_time_rings_no_earlier(one: datetime, other: datetime, zone: ZoneInfo) -> None:
    first, second = sorted((one, other))
    assert schedule.instant_of(first, zone) <= schedule.instant_of(second, zone)


@given(walls)
def test_without_clock_changes_a_day_has_24_hours(at: datetime) -> None:
    day = schedule.instant_of(at + timedelta(days=1), SAIGON) - schedule.instant_of(at, SAIGON)
    assert day == timedelta(hours=24)


@pytest.mark.parametrize(
    ("zone", "now", "second"),
    [
        (WARSAW, "2026-10-25T00:29:59", None),  # the first 02:30 is still to come
        (WARSAW, "2026-10-25T00:30", "2026-10-25T01:30"),
        (WARSAW, "2026-10-25T01:29:59", "2026-10-25T01:30"),
        (WARSAW, "2026-10-25T01:30", None),
        (SAIGON, "2026-10-25T00:30", None),
    ],
)
def test_the_second_of_two_equal_times_while_it_is_to_come(zone: ZoneInfo, now: str, second: str | None) -> None:
    found = schedule.second_chance(wall("2026-10-25T02:30"), zone, utc(now))
    assert found == (second and utc(second))


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        ("2026-11-22T06:59:59", "2026-11-22T07:00"),
        ("2026-11-22T07:00:00", "2026-11-23T07:00"),
        ("2026-11-22T23:10", "2026-11-23T07:00"),
        ("2026-12-31T07:01", "2027-01-01T07:00"),
    ],
)
def test_the_next_such_time(after: str, expected: str) -> None:
    assert schedule.next_time(7, 0, wall(after)) == wall(expected)


def test_hours_and_minutes_that_are_none() -> None:
    for hour, minute in ((24, 0), (7, 60)):
        with pytest.raises(ValueError, match="must be in"):
            schedule.next_time(hour, minute, wall("2026-11-22T07:00"))


@given(st.integers(0, 23), st.integers(0, 59), walls)
def test_the_next_such_time_is_within_a_day(hour: int, minute: int, after: datetime) -> None:
    found = schedule.next_time(hour, minute, after)
    assert (found.hour, found.minute, found.second) == (hour, minute, 0)
    assert timedelta(0) < found - after <= timedelta(days=1)


def test_once_is_once() -> None:
    assert schedule.following(order("2026-11-23T07:00")) is None


def test_a_last_day_is_one_of_the_days() -> None:
    daily = order("2026-11-23T07:00", "daily", "2026-11-24")
    assert schedule.following(daily) == wall("2026-11-24T07:00")
    assert schedule.following(replace(daily, rings=wall("2026-11-24T07:00"))) is None


def test_until_check_out_has_no_end_of_its_own() -> None:
    daily = order("2026-11-23T07:00", "daily", "check-out")
    assert schedule.following(replace(daily, rings=wall("2027-02-28T07:00"))) == wall("2027-03-01T07:00")


def test_weekdays_are_monday_to_friday() -> None:
    weekdays = order("2026-11-26T07:00", "weekdays")
    assert schedule.following(weekdays) == wall("2026-11-27T07:00")
    assert schedule.following(replace(weekdays, rings=wall("2026-11-27T07:00"))) == wall("2026-11-30T07:00")
    assert schedule.first_time(order("2026-11-28T07:00", "weekdays")) == wall("2026-11-30T07:00")
    assert schedule.first_time(order("2026-11-28T07:00", "daily")) == wall("2026-11-28T07:00")


def test_the_time_of_day_stays_that_of_the_order() -> None:
    """A PMS may have put one occurrence on another second."""
    daily = replace(order("2026-11-23T07:00", "daily"), rings=wall("2026-11-23T07:00:30"))
    assert schedule.following(daily) == wall("2026-11-24T07:00")


@pytest.mark.parametrize(
    ("zone", "first", "hours"),
    [
        (WARSAW, "2026-03-28T02:30", [23.5, 23.5]),  # 02:30, 03:00 as there is no 02:30, 02:30
        (WARSAW, "2026-10-24T02:30", [24, 25]),
        (WARSAW, "2026-03-28T07:00", [23, 24]),
        (WARSAW, "2026-10-24T07:00", [25, 24]),
        (NEW_YORK, "2026-03-07T07:00", [23, 24]),
        (NEW_YORK, "2026-10-31T07:00", [25, 24]),
        (SAIGON, "2026-03-28T02:30", [24, 24]),
    ],
)
def test_a_daily_order_across_a_change_of_the_clocks(zone: ZoneInfo, first: str, hours: list[float]) -> None:
    pending = order(first, "daily")
    instants = [schedule.due(pending, zone)]
    for _ in hours:
        pending = replace(pending, rings=schedule.following(pending))
        instants.append(schedule.due(pending, zone))
    apart = [(later - one) / timedelta(hours=1) for one, later in itertools.pairwise(instants)]
    assert apart == hours


@given(st.dates(date(2026, 1, 1), date(2027, 12, 1)), st.times(), zones, st.sampled_from(["daily", "weekdays"]))
def test_recurring_orders_go_forward_by_days(day: date, clock: time, zone: ZoneInfo, repeat: str) -> None:
    pending = order(datetime.combine(day, clock.replace(microsecond=0)).isoformat(), repeat)
    pending = replace(pending, rings=schedule.first_time(pending))
    for _ in range(8):
        at = schedule.following(pending)
        assert at is not None and at.time() == pending.at.time()
        later = replace(pending, rings=at)
        assert schedule.due(later, zone) > schedule.due(pending, zone)
        assert repeat == "daily" or at.weekday() < 5
        pending = later


def test_an_order_that_is_put_off_rings_at_that_instant() -> None:
    put_off = replace(order("2026-11-23T07:00"), put_off=NOON)
    assert schedule.due(put_off, WARSAW) == NOON
