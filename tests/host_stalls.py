"""A bare real-time process on each core beside the product: when, and for how long, the machine let nobody run there.

What it measures is taken off the product's gaps and delays, and off nothing else.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from types import TracebackType

PERIOD_S = 0.005
PRIORITY = 30


class HostStalls:
    """`with HostStalls() as host:`; after the block, what stood still for more than 5 ms is known."""

    def __init__(self) -> None:
        self.stalls: list[tuple[float, float]] = []
        """When each began on the monotonic clock, and how long it was, in seconds."""

    def __enter__(self) -> HostStalls:
        self._processes = [_watch(core) for core in sorted(os.sched_getaffinity(0))]
        for process in self._processes:
            assert process.stdout is not None
            process.stdout.readline()  # it measures from here on
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        found: list[tuple[float, float]] = []
        for process in self._processes:
            said, _ = process.communicate("", timeout=30)
            found += [(float(begin), float(length)) for begin, length in json.loads(said)]
        self.stalls = _merged(found)

    @property
    def longest_ms(self) -> float:
        return max((length * 1000 for _, length in self.stalls), default=0.0)

    @property
    def total_ms(self) -> float:
        return sum(length * 1000 for _, length in self.stalls)

    def within_ms(self, begin: float, end: float) -> float:
        """How much of this stretch of the monotonic clock the host stood still."""
        parts = (min(end, at + length) - max(begin, at) for at, length in self.stalls)
        return 1000 * sum(part for part in parts if part > 0)


def _watch(core: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.host_stalls", str(core)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def _merged(stalls: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Stalls of several cores as one list, overlapping ones joined."""
    merged: list[tuple[float, float]] = []
    for begin, length in sorted(stalls):
        if merged and begin <= sum(merged[-1]):
            first = merged[-1][0]
            merged[-1] = (first, max(sum(merged[-1]), begin + length) - first)
        else:
            merged.append((begin, length))
    return merged


def measure() -> list[tuple[float, float]]:
    """Sleep on an absolute schedule until standard input ends; each lateness of more than one period."""
    os.set_blocking(0, False)
    stalls = []
    due = time.monotonic() + PERIOD_S
    while _input_is_open():
        time.sleep(max(0.0, due - time.monotonic()))
        late = time.monotonic() - due
        if late > PERIOD_S:
            stalls.append((due, late))
        due = max(due, time.monotonic()) + PERIOD_S
    return stalls


def _input_is_open() -> bool:
    try:
        return os.read(0, 1) != b""
    except BlockingIOError:
        return True


if __name__ == "__main__":
    os.sched_setaffinity(0, {int(sys.argv[1])})
    try:
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(PRIORITY))
    except PermissionError:
        sys.stderr.write("host stalls: no real-time priority; what is measured holds this process's own waits too\n")
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    json.dump(measure(), sys.stdout)
