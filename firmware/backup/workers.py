"""Has work on backups done by processes of their own (`worker`): calls and dial tone do not notice."""

from __future__ import annotations

import asyncio
import sys

from firmware import worker_process
from firmware.errors import RefusedError, UnavailableError
from firmware.log import Log

MODULE = "firmware.backup.worker"

log = Log("backup")


async def do(job: str, *arguments: str, content: str = "") -> bytes:
    """The outcome of a job; `content` is its standard input. Raises RefusedError and UnavailableError."""
    pipe = asyncio.subprocess.PIPE
    try:
        worker = await asyncio.create_subprocess_exec(
            sys.executable, "-m", MODULE, job, *arguments, stdin=pipe, stdout=pipe
        )
    except OSError as error:
        raise UnavailableError(f"no work on backups can be done: {error}") from error
    try:
        outcome, _ = await worker.communicate(content.encode())
    finally:
        await worker_process.end(worker)
    if worker.returncode == 0:
        return outcome
    told = worker_process.unpacked(outcome)
    if isinstance(told, RefusedError):
        raise told
    log.warning("job failed", job=job, status=worker.returncode, reason=told)
    raise told or UnavailableError(f"work on backups ({job}) has failed")
