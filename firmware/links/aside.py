"""What may stand still for a long time (a name server, a driver) is done in a thread that holds up nobody."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

from firmware.errors import OurFaultError

T = TypeVar("T")


async def aside(work: Callable[[], T], undo: Callable[[T], None] | None = None) -> T:
    """What `work` gives. If the caller is cancelled meanwhile, what comes of it goes to `undo`, in the thread.

    The thread is the call's own and a daemon: unlike the loop's executor it does not delay the end of the process.
    `work` raises OSError only.
    """
    result: Future[T] = Future()
    result.set_running_or_notify_cancel()
    threading.Thread(target=_do, args=(work, result), name="links-aside", daemon=True).start()
    try:
        return await asyncio.wrap_future(result)
    except asyncio.CancelledError:
        if undo is not None:
            result.add_done_callback(lambda late: undo(late.result()) if late.exception() is None else None)
        raise


def _do(work: Callable[[], T], result: Future[T]) -> None:
    try:
        result.set_result(work())
    except OSError as error:
        result.set_exception(error)
    finally:
        if not result.done():
            result.set_exception(OurFaultError(f"{work} has failed"))
