"""When the nightly backup is due: once a night at a wall time of the hotel, through its clock changes; pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


def due_at(day: date, at: str, zone: ZoneInfo) -> datetime:
    """`at` of this day, in UTC: the first of two, and as much later as the clock is set forward where there is none."""
    return datetime.combine(day, time.fromisoformat(at), zone).astimezone(UTC)


def last_due(now: datetime, at: str, zone: ZoneInfo) -> datetime:
    """The latest instant, not after `now`, at which one was due."""
    today = now.astimezone(zone).date()
    return max(due for day in (today, today - timedelta(days=1)) if (due := due_at(day, at, zone)) <= now)


def next_due(now: datetime, at: str, zone: ZoneInfo) -> datetime:
    today = now.astimezone(zone).date()
    return min(due for day in (today, today + timedelta(days=1)) if (due := due_at(day, at, zone)) > now)


def is_owed(now: datetime, at: str, zone: ZoneInfo, made: Iterable[datetime]) -> bool:
    """Whether none was made since the last was due; what a wrong clock has dated later than now does not count."""
    due = last_due(now, at, zone)
    return not any(due <= each <= now for each in made)
