"""Once a night, at a wall time of the hotel."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from firmware.backup.schedule import is_owed, last_due, next_due

WARSAW = ZoneInfo("Europe/Warsaw")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=WARSAW).astimezone(UTC)


@pytest.mark.parametrize(
    ("now", "last", "following"),
    [
        ("2026-11-22T03:14", "2026-11-21T03:15", "2026-11-22T03:15"),
        ("2026-11-22T03:15", "2026-11-22T03:15", "2026-11-23T03:15"),
        ("2026-11-22T23:59", "2026-11-22T03:15", "2026-11-23T03:15"),
    ],
)
def test_it_is_due_at_the_hotels_time(now: str, last: str, following: str) -> None:
    assert last_due(at(now), "03:15", WARSAW) == at(last)
    assert next_due(at(now), "03:15", WARSAW) == at(following)


@pytest.mark.parametrize("day", [datetime(2026, 3, 28), datetime(2026, 10, 24)])  # noqa: DTZ001 - the zone is given below
def test_a_night_in_which_the_clock_is_changed_has_one_backup(day: datetime) -> None:
    now = day.replace(hour=12, tzinfo=WARSAW).astimezone(UTC)
    end = (day + timedelta(days=2)).replace(hour=12, tzinfo=WARSAW).astimezone(UTC)
    made: list[datetime] = []
    is_owed_first = is_owed(now, "02:30", WARSAW, [now])
    assert not is_owed_first
    made.append(now)
    while now < end:
        if is_owed(now, "02:30", WARSAW, made):
            made.append(now)
        now += timedelta(minutes=5)
    assert len(made) == 3


def test_a_night_that_was_missed_is_made_up_once() -> None:
    before, start = at("2026-11-20T03:15"), at("2026-11-22T09:00")
    assert is_owed(start, "03:15", WARSAW, [before])
    assert not is_owed(start + timedelta(minutes=1), "03:15", WARSAW, [before, start])
    assert not is_owed(at("2026-11-23T03:14"), "03:15", WARSAW, [before, start])
    assert is_owed(at("2026-11-23T03:15"), "03:15", WARSAW, [before, start])


def test_what_a_wrong_clock_has_dated_later_counts_for_no_night() -> None:
    assert is_owed(at("2026-11-22T09:00"), "03:15", WARSAW, [at("2031-01-01T03:15")])
