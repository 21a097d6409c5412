"""One ringing of one telephone: its bursts in the board's places, and the moment for the caller-id burst.

Caller id: after the first burst (Telcordia GR-30: data from 0.5 s after it, done 0.2 s before the next one), or before
it (ETSI EN 300 659-1: at once, after a line reversal, or after a short ringing pulse).
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import cycle
from typing import Protocol

from boardsupport.chores import Sleep
from boardsupport.port import CallerIdWindow, PortEvent, RingBurst, RingPlan
from boardsupport.ringing import BurstGroup, RingScheduler, groups

AFTER_RING_MS = 500
BEFORE_RING_MS = 300
"""Quiet between the end of the caller-id burst and ringing."""
REVERSAL_MS = 150
"""From the line reversal to the window (EN 300 659-1: at least 100 ms)."""
PULSE_MS = 250
PULSE_PAUSE_MS = 600
"""The ringing pulse alert of EN 300 659-1: 200-300 ms, then 500-800 ms of quiet."""


class RingingLine(Protocol):
    """What a ringing asks of its port."""

    def burst(self, on: bool) -> None:
        """Ringing voltage on, or on-hook transmission."""
        ...

    def reverse(self) -> None:
        """Turn the polarity round, until the ringing is over."""
        ...

    def quiet(self) -> None:
        """On-hook transmission before the first burst."""
        ...


class RingCycle:
    """Runs until it is cancelled."""

    def __init__(
        self,
        plan: RingPlan,
        scheduler: RingScheduler,
        line: RingingLine,
        emit: Callable[[PortEvent], None],
        sleep: Sleep,
        clock: Callable[[], int],
    ) -> None:
        self.plan = plan
        self._groups = tuple(groups(plan.cadence_ms))
        self._scheduler = scheduler
        self._line = line
        self._emit = emit
        self._sleep = sleep
        self._clock = clock
        self._number = 0

    async def run(self) -> None:
        """Ring for ever; the caller cancels it, and puts the line into its next state."""
        await self._before_ring()
        after_first = self.plan.caller_id == "after-first-ring"
        for index, group in enumerate(cycle(self._groups)):
            await self._ring(group, first=index == 0)
            if index == 0 and after_first:
                await self._after_first(group.pause_ms)
            else:
                await self._wait(group.pause_ms)

    async def _before_ring(self) -> None:
        place = self.plan.caller_id
        if place in ("none", "after-first-ring"):
            return
        if place == "before-ring-pulse":
            await self._pulse()
            await self._wait(PULSE_PAUSE_MS)
        else:
            self._line.quiet()
            if place == "before-ring-reversal":
                self._line.reverse()
                await self._wait(REVERSAL_MS)
        self._emit(CallerIdWindow(self._clock()))
        await self._wait(self.plan.caller_id_ms + BEFORE_RING_MS)

    async def _pulse(self) -> None:
        """The alert is no burst of the ringing: the telephone's bell hardly moves."""
        await self._scheduler.enter(first=True)
        try:
            self._line.burst(True)
            await self._wait(PULSE_MS)
        finally:
            self._scheduler.leave()
        self._line.burst(False)

    async def _after_first(self, pause_ms: int) -> None:
        await self._wait(AFTER_RING_MS)
        self._emit(CallerIdWindow(self._clock()))
        rest = max(pause_ms - AFTER_RING_MS, self.plan.caller_id_ms + BEFORE_RING_MS)
        await self._wait(rest)

    async def _ring(self, group: BurstGroup, first: bool) -> None:
        await self._scheduler.enter(first)
        try:
            for on_ms, off_ms in group.bursts:
                self._number += 1
                self._switch(True)
                await self._wait(on_ms)
                self._switch(False)
                if off_ms:
                    await self._wait(off_ms)
        finally:
            self._scheduler.leave()

    def _switch(self, on: bool) -> None:
        self._line.burst(on)
        self._emit(RingBurst(self._clock(), on, self._number))

    async def _wait(self, ms: float) -> None:
        await self._sleep(ms / 1000)
