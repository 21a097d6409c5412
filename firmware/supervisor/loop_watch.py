"""Says that the control plane makes progress: to who has started it, and as the event loop's lag in /health."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable

from firmware.log import Log
from firmware.watchdog import Beat

BEAT_S = 0.1
WINDOW_BEATS = 600
"""The lag shown is the greatest of the last minute."""

log = Log("loop-watch")


class LoopWatch:
    """Measures how late the event loop runs what is due, and says that all is well while nothing is stuck."""

    def __init__(self, stuck: Callable[[], str | None]) -> None:
        self._stuck = stuck
        self._lags: deque[float] = deque(maxlen=WINDOW_BEATS)
        self._told: str | None = None

    @property
    def lag_ms(self) -> float:
        """The greatest lag of the last minute, in milliseconds."""
        return round(1000 * max(self._lags, default=0.0), 1)

    async def run(self) -> None:
        """Until cancelled."""
        beat = Beat()
        while True:
            due = time.monotonic() + BEAT_S
            await asyncio.sleep(BEAT_S)
            now = time.monotonic()
            self._lags.append(max(0.0, now - due))
            stuck = self._stuck()
            if stuck != self._told:
                self._told = stuck
                if stuck is not None:
                    log.error("stuck", service=stuck)
            if stuck is None:
                beat.progress(now)
