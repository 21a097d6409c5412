"""A period in parts in each of which the hotel's clocks are not changed, so that a database can count its hours."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from firmware.store.model import from_ms, to_ms
from firmware.store.reports import Span

LOOK_EVERY = timedelta(days=14)
"""No zone changes its clocks twice within that: between Ramadan's two changes are more than four weeks."""
FOR_EVER = timedelta(days=100_000)


def spans(since: datetime, until: datetime, zone: ZoneInfo, longest: timedelta = FOR_EVER) -> Iterator[Span]:
    """The period, in order. `longest`: how long a part may be."""
    since, until = since.astimezone(UTC), until.astimezone(UTC)
    while since < until:
        ends = _change(since, min(until, since + longest), zone)
        yield Span(since=since, until=ends, offset=_offset(since, zone))
        since = ends


def _change(since: datetime, until: datetime, zone: ZoneInfo) -> datetime:
    """When the clocks are changed first, to the millisecond; `until` if they are not."""
    offset = _offset(since, zone)
    while since < until:
        there = min(since + LOOK_EVERY, until)
        if _offset(there, zone) != offset:
            between = range(to_ms(since), to_ms(there) + 1)
            return from_ms(between[bisect_left(between, True, key=lambda ms: _offset(from_ms(ms), zone) != offset)])
        since = there
    return until


def _offset(at: datetime, zone: ZoneInfo) -> timedelta:
    found = at.astimezone(zone).utcoffset()
    assert found is not None
    return found
