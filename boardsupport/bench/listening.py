"""The ears of all telephones, aside from the clock: signals by `EarBank`, caller numbers by `CallerIdBank`.

Understanding a caller's number takes some milliseconds, which the highway's clock can't wait for. So the tick only puts
its blocks down here, and a thread takes them up, five at a time as the ears judge them.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from boardsupport.bench.caller_id import CallerIdBank, Received
from boardsupport.bench.hearing import EarBank

BATCH: Final = 5
Receiver = Callable[[int, list[Received], int], None]


@dataclass(frozen=True, slots=True)
class HeardBlock:
    """One block: its first sample, earpieces and on-hook lines (n, 80), and which handsets moved or were lifted."""

    start: int
    earpiece: NDArray[np.int16]
    on_hook: NDArray[np.int16]
    open_lines: NDArray[np.bool_]
    moved: list[int]
    lifted: list[int]


class Listening:
    """Takes blocks from the tick; `received(row, messages, sample)` gets what a caller-id receiver understood."""

    def __init__(self, count: int, country: str, received: Receiver) -> None:
        self._ears = EarBank(count, country)
        self._receivers = CallerIdBank(count)
        self._count = count
        self._received = received
        self._batch: list[HeardBlock] = []
        self._queue: queue.SimpleQueue[list[HeardBlock] | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None

    def start(self, on_thread_start: Callable[[], object] = lambda: None) -> None:
        """Listen in a thread from now on; without it, the tick listens itself."""
        self._thread = threading.Thread(target=self._run, args=(on_thread_start,), name="ears", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the thread."""
        if self._thread is not None:
            self._queue.put(None)
            self._thread.join(timeout=2.0)
            self._thread = None

    def take(self, block: HeardBlock) -> None:
        """A block from the tick."""
        self._batch.append(block)
        if len(self._batch) < BATCH:
            return
        batch, self._batch = self._batch, []
        if self._thread is not None:
            self._queue.put(batch)
        else:
            self._listen(batch)

    def hearing(self, row: int) -> dict[str, Any]:
        """What a telephone hears, as the API gives it."""
        return self._ears.hearing(row)

    def _run(self, on_thread_start: Callable[[], object]) -> None:
        on_thread_start()
        while (batch := self._queue.get()) is not None:
            self._listen(batch)

    def _listen(self, batch: list[HeardBlock]) -> None:
        for block in batch:
            for row in block.moved:
                self._ears.reset(row)
            for row in block.lifted:
                self._receivers.reset(row)
            self._ears.feed(block.earpiece)
            self._receivers.feed(block.on_hook, block.open_lines)
        for row in range(self._count):
            messages = self._receivers.take(row)
            if messages:
                self._received(row, messages, batch[-1].start)
