"""When a wake-up rings: the hotel's wall time, its clock changes, and orders that recur.

A wall time is naive. One that does not exist, as the clock is put forward over it, is the next minute that does; one
that occurs twice, as the clock is put back, is the first.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, tzinfo

from firmware.hotel.model import WakeupOrder

DAY = timedelta(days=1)
_SATURDAY = 5


def instant_of(wall: datetime, zone: tzinfo) -> datetime:
    """The instant (UTC) of a wall time; with `fold` 1 the second one, of a time that occurs twice."""
    there = wall.replace(tzinfo=zone)
    instant = there.astimezone(UTC)
    if _wall_of(instant, zone) == wall.replace(fold=0):
        return instant
    before, after = sorted(wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    return _end_of_gap(before, after, zone)


def _end_of_gap(before: datetime, after: datetime, zone: tzinfo) -> datetime:
    """The first second between these two instants that has the later one's offset."""
    offset = after.astimezone(zone).utcoffset()
    low, high = int(before.timestamp()), int(after.timestamp())
    while high - low > 1:
        middle = (low + high) // 2
        if datetime.fromtimestamp(middle, zone).utcoffset() == offset:
            high = middle
        else:
            low = middle
    return datetime.fromtimestamp(high, UTC)


def _wall_of(instant: datetime, zone: tzinfo) -> datetime:
    return instant.astimezone(zone).replace(tzinfo=None, fold=0)


def second_chance(wall: datetime, zone: tzinfo, now: datetime) -> datetime | None:
    """Of a time that occurs twice, the first of which is over at `now` (aware): the second, which is still to come."""
    again = instant_of(wall.replace(fold=1), zone)
    return again if instant_of(wall.replace(fold=0), zone) <= now < again else None


def next_time(hour: int, minute: int, after: datetime) -> datetime:
    """The next such wall time after that one. Raises ValueError (no such time)."""
    wall = after.replace(tzinfo=None, fold=0)
    today = wall.replace(hour=hour, minute=minute, second=0, microsecond=0)
    return today if today > wall else today + DAY


def first_time(order: WakeupOrder) -> datetime:
    """The wall time of a new order's first occurrence: of one for weekdays that begins on a Saturday, Monday's."""
    return _on_a_day_of(order, order.at)


def following(order: WakeupOrder) -> datetime | None:
    """The wall time of the occurrence after the pending one; None: that one is the last.

    A date in `until` is that of the last day on which it may ring.
    """
    if order.repeat == "once":
        return None
    pending = order.rings or order.at
    at = _on_a_day_of(order, datetime.combine(pending.date() + DAY, order.at.time()))
    return at if is_within(order, at) else None


def is_within(order: WakeupOrder, at: datetime) -> bool:
    """Whether the order, which may have a last day, is still good at this wall time."""
    return order.until in (None, "check-out") or at.date() <= date.fromisoformat(str(order.until))


def _on_a_day_of(order: WakeupOrder, at: datetime) -> datetime:
    while order.repeat == "weekdays" and at.weekday() >= _SATURDAY:
        at += DAY
    return at


def due(order: WakeupOrder, zone: tzinfo) -> datetime:
    """The instant (UTC) at which the order's pending occurrence rings next."""
    return order.put_off or instant_of(order.rings or order.at, zone)
