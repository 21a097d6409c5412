"""One piece of work on backups, in a process of its own: `python -m firmware.backup.worker JOB ...`.

`make DATA VERSION`: standard output has the file's name. `copy FILE INTO KEEP`: to a USB stick. `stage DATA FILE WHO
THROUGH`: the private key comes on standard input, the manifest goes to standard output. Exit status 3: refused, 4: it
can't be done at present; standard output has the error, packed.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import select
import signal
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from firmware import log
from firmware.backup import keys, making, restoring, stick
from firmware.errors import RefusedError, UnavailableError
from firmware.worker_process import packed

REFUSED, UNAVAILABLE = 3, 4
NICENESS = 15
PR_SET_PDEATHSIG = 1
"""prctl(2)."""


def make(data: str, version: str) -> bytes:
    return making.make(Path(data), version, datetime.now(UTC)).name.encode()


def copy(file: str, into: str, keep: str) -> bytes:
    stick.copy(Path(file), Path(into), int(keep), datetime.now(UTC))
    return b""


def stage(data: str, file: str, who: str, through: str) -> bytes:
    _end_with_asker()
    key = keys.identity(sys.stdin.read())
    by = restoring.By(who=who, through=through, at=datetime.now(UTC))
    in_force = making.configuration(Path(data))
    return msgspec.json.encode(restoring.stage(Path(file), key, Path(data), by, in_force))


JOBS: Mapping[str, Callable[..., bytes]] = {"make": make, "copy": copy, "stage": stage}


def main(job: str, *arguments: str) -> int:
    os.nice(NICENESS)
    os.umask(0o077)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever has started this ends it
    log.configure()
    try:
        outcome = JOBS[job](*arguments)
    except RefusedError as refusal:
        _tell(packed(refusal))
        return REFUSED
    except UnavailableError as failure:
        _tell(packed(failure))
        return UNAVAILABLE
    _tell(outcome)
    return 0


def _end_with_asker() -> None:
    """What is staged when the next supervisor runs already would be put in place at some later start: nobody waits for
    it then. Raises UnavailableError.
    """
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    answers = select.poll()
    answers.register(sys.stdout, 0)
    if answers.poll(0):  # nobody reads any more: he was gone before
        raise UnavailableError("whoever wanted it is gone")


def _tell(outcome: bytes) -> None:
    """Whoever has started this may be gone: what was done is done."""
    with contextlib.suppress(BrokenPipeError), open(sys.stdout.fileno(), "wb", closefd=False) as output:
        output.write(outcome)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
