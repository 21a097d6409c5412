"""Time and background work of a port: all waiting is an injected `sleep`, so that tests run in virtual time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeAlias

Sleep: TypeAlias = Callable[[float], Awaitable[None]]
"""A coroutine that waits so many seconds: asyncio.sleep, or a test's virtual clock."""


class Chores:
    """At most one timer or job of each name; a new one replaces the old."""

    def __init__(self, sleep: Sleep, failed: Callable[[BaseException], None]) -> None:
        self._sleep = sleep
        self._failed = failed
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def later(self, name: str, seconds: float, action: Callable[[], None]) -> None:
        """Call `action` after that time."""
        self.run(name, self._after(seconds, action))

    def run(self, name: str, work: Coroutine[Any, Any, None]) -> None:
        """Run `work` beside everything else; an exception goes to `failed`."""
        self.cancel(name)
        task = asyncio.get_running_loop().create_task(work)
        self._tasks[name] = task
        task.add_done_callback(lambda done: self._ended(name, done))

    def cancel(self, name: str) -> None:
        task = self._tasks.pop(name, None)
        if task is not None and task is not asyncio.current_task():
            task.cancel()

    def cancel_all(self) -> None:
        for name in list(self._tasks):
            self.cancel(name)

    async def _after(self, seconds: float, action: Callable[[], None]) -> None:
        await self._sleep(max(0.0, seconds))
        action()

    def _ended(self, name: str, task: asyncio.Task[None]) -> None:
        if self._tasks.get(name) is task:
            del self._tasks[name]
        if not task.cancelled():
            failure = task.exception()
            if failure is not None:
                self._failed(failure)
