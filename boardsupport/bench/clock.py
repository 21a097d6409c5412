"""The bench's clock: PCLK and FSYNC of the simulated board, as a thread that lives one block every 10 ms.

The schedule is absolute. A tick that is more than 5 ms late is the bench's own fault: it moves the schedule, counts
`own_late`, and blames nobody for an empty playout.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from contextlib import suppress
from typing import Any, Final

import numpy as np

from boardsupport.bench.board import NS_PER_SAMPLE
from boardsupport.bench.line_audio import BLOCK
from boardsupport.bench.wire_server import WireServer
from boardsupport.bench.world import World
from boardsupport.bus import BLOCK_NS

log = logging.getLogger(__name__)

LATE_NS: Final = 5_000_000
REALTIME_PRIORITY: Final = 5
"""Below the voice gateway's: the bench waits for voice, not voice for the bench."""
API_PRIORITY: Final = 1
"""The API's thread has the interpreter while the clock waits for it, so it must not be put aside for others."""
IDLE_BYTE: Final = 0xFF


def take_realtime(priority: int = REALTIME_PRIORITY) -> bool:
    """SCHED_FIFO for the calling thread, where permitted."""
    with suppress(OSError):
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(priority))
        return True
    return False


class HighwayClock:
    """Drives the world and moves blocks between it and the wire."""

    def __init__(self, world: World, wire: WireServer, idle: int = IDLE_BYTE) -> None:
        self._world = world
        self._wire = wire
        self.blocks = 0
        self.underruns = 0
        self.own_late = 0
        self.realtime = False
        self._idle = np.full((BLOCK, world.board.table.slots), idle, np.uint8)
        self._running = threading.Event()
        self._thread = threading.Thread(target=self._run, name="highway", daemon=True)

    def start(self) -> None:
        self._running.set()
        self._thread.start()

    def stop(self) -> None:
        """End the thread."""
        self._running.clear()
        if self._thread.is_alive():
            self._thread.join(timeout=2.0)

    def view(self) -> dict[str, Any]:
        """The counters as `GET /bench` gives them."""
        return {"blocks": self.blocks, "underruns": self.underruns, "own_late": self.own_late}

    def _run(self) -> None:
        self.realtime = take_realtime()
        board = self._world.board
        board.epoch_ns = time.monotonic_ns()
        while self._running.is_set():
            due = board.epoch_ns + board.ticked * NS_PER_SAMPLE + BLOCK_NS
            wait = due - time.monotonic_ns()
            if wait > 0:
                time.sleep(wait / 1e9)
            late = time.monotonic_ns() - due
            on_time = late <= LATE_NS
            if not on_time:
                self.own_late += 1
                board.epoch_ns += late
            self.step(on_time)

    def step(self, on_time: bool = True) -> None:
        """One block (the thread's work; tests call it themselves)."""
        taken = self._wire.take_block()
        frames = self._idle
        played = None
        if taken is not None:
            played, block = taken
            frames = np.frombuffer(block, np.uint8).reshape(self._idle.shape)
        elif self._wire.is_fed and on_time:
            self.underruns += 1
        capture = self._world.tick(frames)
        self._wire.send_block(self.blocks, played, capture.tobytes())
        self.blocks += 1
