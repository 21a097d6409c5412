"""Ends what a test has left running once the test's own process is gone, however it went.

A product outlives whoever started it, by design. So one whose pytest was killed would run for ever; a process of ours
waits for that on a pipe, and then kills everything that was started with one of the directories it was told of.
"""

from __future__ import annotations

import atexit
import contextlib
import functools
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ENDS_S = 30.0


def watch(directory: Path) -> None:
    """When this process has ended, end every process that has this directory in its arguments, and remove it."""
    pipe = _reaper().stdin
    assert pipe is not None
    pipe.write(os.fsencode(directory) + b"\n")
    pipe.flush()


@functools.cache
def _reaper() -> subprocess.Popen[bytes]:
    """One for all; in a session of its own, so that what ends us does not reach it. Who ends by himself sees it out."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.reaper"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    atexit.register(process.communicate, timeout=ENDS_S)
    return process


def processes() -> Iterator[tuple[int, list[bytes]]]:
    """Living processes and their arguments; zombies are left out."""
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        with contextlib.suppress(OSError):
            arguments = (entry / "cmdline").read_bytes().split(b"\0")
            if arguments != [b""]:
                yield int(entry.name), arguments


def parent(pid: int) -> int:
    """Who has started it; 0 if it is gone."""
    with contextlib.suppress(OSError):
        return int(Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[1])
    return 0


def _kill_all(directories: list[bytes]) -> bool:
    """Kill those that are there now; whether there were any. A launcher may start another before it dies itself."""
    found = [pid for pid, arguments in processes() if any(d in a for d in directories for a in arguments)]
    for pid in found:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    return bool(found)


if __name__ == "__main__":
    told = sys.stdin.buffer.read().splitlines()  # until whoever tells us is gone
    while _kill_all(told):
        pass
    for name in told:
        shutil.rmtree(os.fsdecode(name), ignore_errors=True)
