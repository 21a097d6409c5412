"""A bare real-time process on each core beside the product: when, and for how long, the machine let nobody run there.

What it measures is taken off the product's gaps and delays, and off nothing else. Its priority is above that of every
thread of the product, so the product cannot hold it up; where the system grants it none, it is no witness, and nothing
counts as a stall.
"""

from __future__ import annotations

import atexit
import functools
import os
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType

ROOT = Path(__file__).resolve().parent.parent
PERIOD_S = 0.005
PRIORITY = 30
ENDS_S = 30.0


class HostStalls:
    """`with HostStalls() as host:`; after the block, what stood still for more than 5 ms is known."""

    def __init__(self) -> None:
        self.stalls: list[tuple[float, float]] = []
        """When each began on the monotonic clock, and how long it was, in seconds."""
        self.begin = 0.0
        """What stood still before this moment is not counted; may be moved back before the block ends."""

    def __enter__(self) -> HostStalls:
        self._witnesses = _witnesses()
        self.begin = time.monotonic()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        end = time.monotonic()
        stretches = [
            (max(at, self.begin), min(at + length, end))
            for witness in self._witnesses
            for at, length in witness.stalls()
            if at + length > self.begin and at < end
        ]
        self.stalls = _merged(stretches)

    @property
    def longest_ms(self) -> float:
        return max((length * 1000 for _, length in self.stalls), default=0.0)

    def within_ms(self, begin: float, end: float) -> float:
        """How much of this stretch of the monotonic clock the host stood still."""
        parts = (min(end, at + length) - max(begin, at) for at, length in self.stalls)
        return 1000 * sum(part for part in parts if part > 0)


class Witness:
    """The process on one core. It lives as long as we do: it ends when its standard input does."""

    def __init__(self, core: int) -> None:
        self._found: list[tuple[float, float]] = []
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.host_stalls", str(core)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            bufsize=1,
        )
        atexit.register(self._process.communicate, timeout=ENDS_S)
        self.stalls()  # it measures from here on

    def stalls(self) -> list[tuple[float, float]]:
        """Every stall up to this moment, as (begin, length) in seconds of the monotonic clock."""
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write("?\n")
        while (line := self._process.stdout.readline()) != ".\n":
            assert line, "the witness of the host's stalls has died"
            begin, length = line.split()
            self._found.append((float(begin), float(length)))
        return self._found


@functools.cache
def _witnesses() -> list[Witness]:
    """One for each core that we may use, for all measurements of this process."""
    return [Witness(core) for core in sorted(os.sched_getaffinity(0))]


def _merged(stretches: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Stretches (begin, end) of several cores as one list of stalls (begin, length), overlapping ones joined."""
    merged: list[tuple[float, float]] = []
    for begin, end in sorted(stretches):
        if merged and begin <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((begin, end))
    return [(begin, end - begin) for begin, end in merged]


def measure(witness: bool) -> None:
    """Sleep on an absolute schedule until standard input ends; tell each lateness of more than one period."""
    os.set_blocking(0, False)
    due = time.monotonic() + PERIOD_S
    while _asked_or_open():
        time.sleep(max(0.0, due - time.monotonic()))
        late = time.monotonic() - due
        if late > PERIOD_S and witness:
            _tell(f"{due} {late}")
        due = max(due, time.monotonic()) + PERIOD_S


def _asked_or_open() -> bool:
    """Answer whoever asked; False when nobody is there to ask any more."""
    try:
        asked = os.read(0, 64)
    except BlockingIOError:
        return True
    for _ in range(asked.count(b"?")):
        _tell(".")
    return asked != b""


def _tell(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    os.sched_setaffinity(0, {int(sys.argv[1])})
    try:
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(PRIORITY))
    except PermissionError:
        sys.stderr.write("host stalls: no real-time priority, so nothing is taken off for them\n")
    measure(os.sched_getscheduler(0) == os.SCHED_FIFO)
