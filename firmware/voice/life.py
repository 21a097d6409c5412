"""Voice says that it lives as long as both of its threads do: the line thread says it, of the core's blocks."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from firmware.watchdog import Beat

LOOK_S = 0.5


class Life:
    """An attendant on the line thread's loop. Without a clock for blocks voice ends by itself (`core.py`)."""

    def __init__(self, blocks: Callable[[], int], beat: Beat) -> None:
        self._blocks = blocks
        self._beat = beat
        self._seen = 0

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            self.step(time.monotonic())
            await asyncio.sleep(LOOK_S)

    def step(self, now_s: float) -> None:
        blocks = self._blocks()
        if blocks != self._seen:
            self._seen = blocks
            self._beat.progress(now_s)
