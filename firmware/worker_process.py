"""What all have in common who give work to a process of its own, beside the event loop."""

from __future__ import annotations

import asyncio
import contextlib

import msgspec

from firmware.details import Detail
from firmware.errors import RefusedError, UnavailableError


class _Failure(msgspec.Struct, frozen=True):
    """`code` empty: it cannot be done at present."""

    code: str
    text: str
    field: str | None
    details: list[Detail]


def packed(error: RefusedError | UnavailableError) -> bytes:
    """For who has asked: what `unpacked` makes the same error of."""
    if isinstance(error, RefusedError):
        return msgspec.json.encode(_Failure(error.code, str(error), error.field, list(error.details)))
    return msgspec.json.encode(_Failure("", str(error), None, [] if error.detail is None else [error.detail]))


def unpacked(told: bytes) -> RefusedError | UnavailableError | None:
    """None: a worker has died, and has told something else, or nothing."""
    try:
        found = msgspec.json.decode(told, type=_Failure)
    except msgspec.DecodeError:
        return None
    if found.code:
        return RefusedError(found.code, found.text, found.field, details=found.details)
    error = UnavailableError(found.text)
    error.detail = next(iter(found.details), None)
    return error


async def end(worker: asyncio.subprocess.Process) -> None:
    """A worker that nobody waits for any more goes at once, and nothing of it stays open."""
    if worker.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            worker.kill()
    if worker.stdin is not None:
        worker.stdin.close()
    await worker.communicate()
