"""Ringing over the whole board: no more bursts at the same moment than the supply can feed, and fairly shared.

A port asks for a place before each burst and gives it back after it. Who waits delays its whole cadence, so that the
bursts of many ports spread themselves over each other's pauses. First bursts go before repeated ones: a call that has
just come in must be heard at once.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

GROUP_PAUSE_MS = 600
"""A pause up to this stands within a group of bursts (as in 0.4 on, 0.2 off, 0.4 on); the place is kept through it."""


class RingScheduler:
    """The places for bursts that ring at the same time."""

    def __init__(self, places: int) -> None:
        if places < 1:
            raise ValueError("a board that can ring no port at all")
        self.waits = 0
        """How many bursts had to wait for a place."""
        self._free = places
        self._first: deque[asyncio.Future[None]] = deque()
        self._again: deque[asyncio.Future[None]] = deque()

    async def enter(self, first: bool) -> None:
        """Wait for a place. Cancelled while waiting, it leaves the queue."""
        if self._free > 0:
            self._free -= 1
            return
        self.waits += 1
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        (self._first if first else self._again).append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self.leave()  # the place came at the same moment
            raise

    def leave(self) -> None:
        """Give the place to who has waited longest, first bursts before others."""
        for queue in (self._first, self._again):
            while queue:
                turn = queue.popleft()
                if not turn.done():
                    turn.set_result(None)
                    return
        self._free += 1


@dataclass(frozen=True, slots=True)
class BurstGroup:
    """Bursts that belong together: (on, off after it) in ms, and the pause after the last."""

    bursts: tuple[tuple[int, int], ...]
    pause_ms: int


def groups(cadence_ms: Sequence[int]) -> Iterator[BurstGroup]:
    """One cycle of a cadence (on, off, on, off, ...) in groups. Raises ValueError for a cadence that is none."""
    if len(cadence_ms) < 2 or len(cadence_ms) % 2 or min(cadence_ms) <= 0:
        raise ValueError(f"no ring cadence: {tuple(cadence_ms)}")
    bursts: list[tuple[int, int]] = []
    for index in range(0, len(cadence_ms), 2):
        on, off = cadence_ms[index], cadence_ms[index + 1]
        last = index + 2 >= len(cadence_ms)
        if off <= GROUP_PAUSE_MS and not last:
            bursts.append((on, off))
            continue
        yield BurstGroup((*bursts, (on, 0)), off)
        bursts = []
