"""What all have in common who give work to a process of its own, beside the event loop."""

from __future__ import annotations

import asyncio
import contextlib


async def end(worker: asyncio.subprocess.Process) -> None:
    """A worker that nobody waits for any more goes at once, and nothing of it stays open."""
    if worker.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            worker.kill()
    if worker.stdin is not None:
        worker.stdin.close()
    await worker.communicate()
