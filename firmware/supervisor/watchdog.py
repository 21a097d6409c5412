"""Says that the control plane makes progress: to systemd (sd_notify(3)), and as the event loop's lag in /health."""

from __future__ import annotations

import asyncio
import os
import socket
import time
from collections import deque
from collections.abc import Callable

from firmware.log import Log

BEAT_S = 0.1
WINDOW_BEATS = 600
"""The lag shown is the greatest of the last minute."""

log = Log("watchdog")


def notify(state: str) -> None:
    """Tell systemd, if it started us: "READY=1", "WATCHDOG=1", "STOPPING=1"."""
    address = os.environ.get("NOTIFY_SOCKET")
    if not address:
        return
    name = "\0" + address[1:] if address.startswith("@") else address
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as sender:
        try:
            sender.sendto(state.encode(), name)
        except OSError as error:
            log.warning("notify-failed", error=error)


def period_s() -> float | None:
    """How often systemd wants to hear of us: half of WATCHDOG_USEC; None: it does not watch."""
    microseconds = os.environ.get("WATCHDOG_USEC")
    return int(microseconds) / 2e6 if microseconds else None


class LoopWatch:
    """Measures how late the event loop runs what is due, and feeds systemd while nothing is stuck."""

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
        period, fed = period_s(), 0.0
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
            if period is not None and stuck is None and now - fed >= period:
                notify("WATCHDOG=1")
                fed = now
