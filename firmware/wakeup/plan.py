"""Which room rings when, where more wake-ups are due at one moment than the board can ring together.

The board rings so many bells at the same moment, and those of other rooms in the pauses between their bursts (its ring
scheduler). So a room that has no place waits for one burst, in which it would not be heard anyway; only where all of
the cadence's cycle is taken does it wait until somebody else's telephone has rung for its time.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_right, insort
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

IN_GROUP_MS = 600
"""A pause up to this stands within a group of bursts: the board keeps its place through it."""
_EPOCH = datetime.fromtimestamp(0, UTC)


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


def plan(
    orders: Iterable[Due],
    places: int,
    cadence_ms: Sequence[int],
    ring_s: float,
    ringing: Iterable[tuple[datetime, int]] = (),
) -> list[Planned]:
    """In the order of their ringing: VIPs first, then by room, none later than it must.

    `places`: bells at the same moment; `cadence_ms`: on, off, on, off, ...; `ringing`: since when how many bells have
    places already. Raises ValueError for what is no cadence.
    """
    table = _Table(places, cadence_ms, ring_s)
    for since, bells in ringing:
        table.take(_us(since), bells)
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
    """Who rings, since when; times are microseconds."""

    def __init__(self, places: int, cadence_ms: Sequence[int], ring_s: float) -> None:
        slot, busy = slot_ms(cadence_ms)
        self._places = places
        self._slot = 1000 * slot
        self._cycle = 1000 * sum(cadence_ms)
        self._all = places * max(1, sum(cadence_ms) // busy)
        self._ring = round(1e6 * ring_s)
        self._seated: list[tuple[int, int]] = []
        """In the order of time."""
        self._due = 0
        self._searched: dict[int, int] = {}
        """Of those that are due then: before that moment there is no place for so many bells."""

    def seat(self, due: datetime, bells: int) -> datetime:
        """The first moment from then on, in steps of a burst, at which so many bells find a place."""
        bells, begin = min(bells, self._places), _us(due)
        if begin != self._due:
            self._due, self._searched = begin, {}
        at = max((since for count, since in self._searched.items() if count <= bells), default=begin)
        while bursts := self._wait(at, bells):
            at += bursts * self._slot
        self._searched[bells] = at
        self.take(at, bells)
        return due + timedelta(microseconds=at - begin)

    def take(self, at: int, bells: int) -> None:
        """So many ring from then on."""
        insort(self._seated, (at, min(bells, self._places)))

    def _wait(self, at: int, bells: int) -> int:
        """How many bursts later there may be a place; 0: there is one at this moment."""
        ringing = self._seated[bisect_right(self._seated, (at - self._ring, self._places)) :]
        if sum(count for _, count in ringing) + bells > self._all:
            return math.ceil((ringing[0][0] + self._ring - at) / self._slot)
        together = sum(count for since, count in ringing if self._meet(since, at))
        return int(together + bells > self._places)

    def _meet(self, one: int, other: int) -> bool:
        """Whether bursts of two that began at these moments fall on one another."""
        apart = (other - one) % self._cycle
        return min(apart, self._cycle - apart) < self._slot


def _us(at: datetime) -> int:
    return (at - _EPOCH) // timedelta(microseconds=1)
