"""Which room rings when, where more wake-ups are due at one moment than the board can ring together.

The board rings so many bells at the same moment, and those of other rooms in the pauses between their bursts (its ring
scheduler). So a room that has no place waits for one burst, in which it would not be heard anyway; only where all of
the cadence's cycle is taken does it wait until somebody else's telephone has rung for its time.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

IN_GROUP_MS = 600
"""A pause up to this stands within a group of bursts: the board keeps its place through it."""


@dataclass(frozen=True, slots=True)
class Due:
    """A wake-up that a machine rings, at the instant `due` (UTC); `bells`: the telephones of the room."""

    id: str
    room: str
    due: datetime
    vip: bool = False
    bells: int = 1


@dataclass(frozen=True, slots=True)
class Planned:
    """When the first burst of it is on the line; instants in UTC."""

    id: str
    room: str
    due: datetime
    rings_at: datetime


def plan(orders: Iterable[Due], places: int, cadence_ms: Sequence[int], ring_s: float) -> list[Planned]:
    """In the order of their ringing: VIPs first, then by room, none later than it must.

    `places`: bells at the same moment; `cadence_ms`: on, off, on, off, ... Raises ValueError for what is no cadence.
    """
    table = _Table(places, cadence_ms, ring_s)
    planned: list[Planned] = []
    for order in sorted(orders, key=lambda order: (order.due, not order.vip, natural(order.room), order.id)):
        planned.append(Planned(order.id, order.room, order.due, table.seat(order.due, order.bells)))
    return sorted(planned, key=lambda one: one.rings_at)


def natural(room: str) -> tuple[tuple[int, int | str], ...]:
    """By this key 9 comes before 10, and 10 before 10A."""
    return tuple((0, int(part)) if part.isdigit() else (1, part) for part in re.findall(r"[0-9]+|[^0-9]+", room))


def slot_ms(cadence_ms: Sequence[int]) -> tuple[int, int]:
    """How long a telephone needs its place in one go, and in a whole cycle of the cadence.

    Raises ValueError for what is no cadence.
    """
    if len(cadence_ms) < 2 or len(cadence_ms) % 2 or min(cadence_ms) <= 0:
        raise ValueError(f"no ring cadence: {tuple(cadence_ms)}")
    groups = [0]
    for index in range(0, len(cadence_ms), 2):
        on, off = cadence_ms[index : index + 2]
        groups[-1] += on
        if index + 2 < len(cadence_ms):
            if off <= IN_GROUP_MS:
                groups[-1] += off
            else:
                groups.append(0)
    return max(groups), sum(groups)


class _Table:
    """Who rings, since when."""

    def __init__(self, places: int, cadence_ms: Sequence[int], ring_s: float) -> None:
        slot, busy = slot_ms(cadence_ms)
        self._places = places
        self._slot = timedelta(milliseconds=slot)
        self._cycle = timedelta(milliseconds=sum(cadence_ms))
        self._all = places * max(1, sum(cadence_ms) // busy)
        self._ring = timedelta(seconds=ring_s)
        self._seated: list[tuple[datetime, int]] = []

    def seat(self, at: datetime, bells: int) -> datetime:
        """The first moment from then on, in steps of a burst, at which so many bells find a place."""
        bells = min(bells, self._places)
        self._seated = [one for one in self._seated if one[0] + self._ring > at]
        while not self._has_place(at, bells):
            at += self._slot
        self._seated.append((at, bells))
        return at

    def _has_place(self, at: datetime, bells: int) -> bool:
        ringing = [one for one in self._seated if one[0] + self._ring > at]
        together = sum(count for since, count in ringing if self._meet(since, at))
        everybody = sum(count for _, count in ringing)
        return together + bells <= self._places and everybody + bells <= self._all

    def _meet(self, one: datetime, other: datetime) -> bool:
        """Whether bursts of two that began at these moments fall on one another."""
        apart = (other - one) % self._cycle
        return min(apart, self._cycle - apart) < self._slot
