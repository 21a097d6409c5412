"""Has work on sound done by processes of their own (`sound_worker`): few at once, each in bounded time."""

from __future__ import annotations

import asyncio
import sys
from typing import Literal, TypeAlias

from firmware import worker_process
from firmware.errors import UnavailableError
from firmware.log import Log

Job: TypeAlias = Literal["from-wav", "to-wav", "say"]

AT_ONCE = 2
PATIENCE_S = 30.0
REFUSED = 3
"""Exit status of `sound_worker`."""

log = Log("workshop")


class Workshop:
    """Workers for sound. `module`: what they run."""

    def __init__(self, module: str = "firmware.ivr.sound_worker", patience_s: float = PATIENCE_S) -> None:
        self._module = module
        self._patience_s = patience_s
        self._places = asyncio.Semaphore(AT_ONCE)

    async def do(self, job: Job, content: bytes, *arguments: str) -> bytes:
        """The outcome of a job. Raises RefusedError for a file that is no recording, and UnavailableError."""
        async with self._places:
            worker = await self._start(job, *arguments)
            try:
                async with asyncio.timeout(self._patience_s):
                    outcome, error = await worker.communicate(content)
            except TimeoutError:
                raise UnavailableError(f"work on sound ({job}) was not done within {self._patience_s:g} s") from None
            finally:
                await worker_process.end(worker)
        if worker.returncode == 0:
            return outcome
        if worker.returncode == REFUSED and (refusal := worker_process.unpacked(error)) is not None:
            raise refusal
        reason = error.decode(errors="replace").strip()
        log.warning("job failed", job=job, status=worker.returncode, reason=reason)
        raise UnavailableError((reason.splitlines() or ["the work on sound failed"])[-1])

    async def _start(self, job: Job, *arguments: str) -> asyncio.subprocess.Process:
        pipe = asyncio.subprocess.PIPE
        command = (sys.executable, "-m", self._module, job, *arguments)
        try:
            return await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe, stderr=pipe)
        except OSError as error:
            raise UnavailableError(f"no work on sound can be done: {error}") from error
