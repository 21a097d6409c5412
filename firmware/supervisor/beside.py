"""Work that goes on beside the rest: nobody waits for it, and its failure is logged."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from firmware.log import Log

T = TypeVar("T")
SAY_EVERY_S = 1.0

log = Log("supervisor")


class Beside:
    """Call it with a coroutine. Coroutines begin in the order in which they were given."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()

    def __call__(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)
        return task

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("task-failed", error=error)


async def patiently(work: Coroutine[Any, Any, T], on_progress: Callable[[], None]) -> T:
    """Wait for what the disk has its part in. Who does so is not stuck: if this process were ended for that, records
    and alarms that wait for the disk, too, would be lost.
    """
    saying = asyncio.create_task(_say_progress(on_progress))
    try:
        return await work
    finally:
        saying.cancel()


async def _say_progress(on_progress: Callable[[], None]) -> None:
    while True:
        on_progress()
        await asyncio.sleep(SAY_EVERY_S)
