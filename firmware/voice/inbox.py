"""How other threads hand things to the core: a queue, and an eventfd that wakes it."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable
from typing import Any, TypeAlias

from firmware.log import Log

Call: TypeAlias = Callable[..., None]

MAX_WAITING = 100_000
"""The core has stood still for many minutes."""

log = Log("voice")


class Inbox:
    """Calls posted from any thread run in the core's thread, in order."""

    def __init__(self) -> None:
        self._calls: deque[tuple[Call, tuple[Any, ...]]] = deque()
        self._event = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)

    def fileno(self) -> int:
        """Readable when something waits."""
        return self._event

    def post(self, call: Call, *arguments: Any) -> None:
        """Have `call(*arguments)` run by the core soon."""
        if len(self._calls) >= MAX_WAITING:
            log.error("inbox-full", lost=getattr(call, "__qualname__", call))
            return
        self._calls.append((call, arguments))
        os.eventfd_write(self._event, 1)

    def run(self) -> None:
        """Run what waits now. For the core's thread alone."""
        try:
            os.eventfd_read(self._event)
        except BlockingIOError:
            return
        for _ in range(len(self._calls)):
            call, arguments = self._calls.popleft()
            call(*arguments)

    def close(self) -> None:
        os.close(self._event)
