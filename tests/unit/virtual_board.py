"""Chip models on fake wires, in virtual time: what `sleep` waits for passes as fast as it is computed."""

from __future__ import annotations

import asyncio
import heapq
import itertools
import math
import os
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from boardsupport.bus import BusError, Edge, Window
from boardsupport.chip_model import ChipModel, Timers
from boardsupport.interrupts import InterruptLines

INTERRUPT_PIN = 100
MS = 1_000_000
START_NS = 1_000_000_000
LONGEST_STEP_MS = 20


class Model(ChipModel, Protocol):
    """A chip model whose next event the board may know."""

    @property
    def _state(self) -> Timers: ...


class FakeSpi:
    """Windows to the models by chip select; counts messages, and can be torn off."""

    def __init__(self, models: Sequence[Model]) -> None:
        self.models = models
        self.messages = 0
        self.broken = False

    def transfer(self, windows: Sequence[Window]) -> list[bytes]:
        if self.broken:
            raise BusError("torn off")
        self.messages += 1
        return [self.models[window.chip_select].transfer(window.data) for window in windows]

    def close(self) -> None: ...


class FakePins:
    """The wired-OR interrupt line of all models, and their reset lines: one for each chip, or pin 0 for all."""

    def __init__(self, models: Sequence[Model], one_reset: bool = False) -> None:
        self.models = models
        self._one_reset = one_reset
        self.deaf = False
        """Edges are lost."""
        self.resets: list[tuple[int, bool]] = []
        self._edges: list[Edge] = []
        self._low = False
        self._fd = os.eventfd(0, os.EFD_NONBLOCK)

    def look(self, now_ns: int) -> None:
        """Note an edge if the line has changed."""
        low = any(model.interrupt for model in self.models)
        if low != self._low:
            self._low = low
            if self.deaf:
                return
            self._edges.append(Edge(INTERRUPT_PIN, not low, now_ns))
            os.eventfd_write(self._fd, 1)

    def write(self, pin: int, level: bool) -> None:
        self.resets.append((pin, level))
        for model in self.models if self._one_reset else [self.models[pin]]:
            model.reset_pin(not level)

    def read(self, pin: int) -> bool:
        return not self._low

    def watch(self, pin: int) -> None: ...

    def fileno(self) -> int:
        return self._fd

    def edges(self) -> list[Edge]:
        if self._edges:
            os.eventfd_read(self._fd)
        found, self._edges = self._edges, []
        return found

    def close(self) -> None:
        os.close(self._fd)


class VirtualBoard:
    """Wires and time. `await board.run(seconds)` lets that much time pass for chips, drivers and the world alike."""

    def __init__(self, models: Sequence[Any], one_reset: bool = False) -> None:
        self._models: Sequence[Model] = models
        self.spi = FakeSpi(models)
        self.pins = FakePins(models, one_reset)
        self.now_ns = START_NS
        self._sleepers: list[tuple[int, int, asyncio.Future[None]]] = []
        self._count = itertools.count()
        self._acts: list[tuple[int, int, Callable[[], None]]] = []
        self.interrupts = InterruptLines(self.pins, self.clock)

    def clock(self) -> int:
        return self.now_ns

    async def sleep(self, seconds: float) -> None:
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self.now_ns + round(seconds * 1e9), next(self._count), future))
        await future

    def after(self, ms: float, act: Callable[[], None]) -> None:
        """Do something on the wires at that time from now."""
        heapq.heappush(self._acts, (self.now_ns + round(ms * 1e6), next(self._count), act))

    async def run(
        self, seconds: float, until: Callable[[], bool] = lambda: False, step_ms: int = LONGEST_STEP_MS
    ) -> bool:
        """Let time pass, at most so much, until the condition holds; whether it did.

        Time jumps to whatever comes next, at most `step_ms` at once: that often the condition is looked at.
        """
        end = self.now_ns + round(seconds * 1e9)
        while self.now_ns < end:
            await self._settle()
            if until():
                return True
            self.now_ns = min(end, self._next_ns(step_ms))
            for model in self._models:
                # SPI windows have let a little time pass already; the models' clocks stay together all the same
                model.advance(max(0.0, (self.now_ns - START_NS) / 125_000 - model.now))
            while self._acts and self._acts[0][0] <= self.now_ns:
                heapq.heappop(self._acts)[2]()
            self.pins.look(self.now_ns)
            self._wake()
        await self._settle()
        return until()

    def _next_ns(self, step_ms: int) -> int:
        """The next moment at which anything can happen, on a grid of milliseconds."""
        due = min(model._state.next_due for model in self._models)
        moments = [self.now_ns + step_ms * MS, *(queue[0][0] for queue in (self._sleepers, self._acts) if queue)]
        if due != math.inf:
            moments.append(START_NS + round(due * 125_000))
        ahead = max(min(moments) - self.now_ns, 1)
        return self.now_ns + -(-ahead // MS) * MS

    async def finish(self, work: asyncio.Future[None] | asyncio.Task[None], limit_s: float = 60) -> None:
        """Let time pass until something is done."""
        assert await self.run(limit_s, work.done), "not done in time"
        work.result()

    async def _settle(self) -> None:
        for _ in range(12):
            await asyncio.sleep(0)
            self.pins.look(self.now_ns)

    def _wake(self) -> None:
        while self._sleepers and self._sleepers[0][0] <= self.now_ns:
            future = heapq.heappop(self._sleepers)[2]
            if not future.done():
                future.set_result(None)
