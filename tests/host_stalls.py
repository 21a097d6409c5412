"""A bare real-time process beside the product: when, and for how long, this machine itself let nobody run.

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
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.host_stalls"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self._process.stdout is not None
        self._process.stdout.readline()  # it measures from here on
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        said, _ = self._process.communicate("", timeout=30)
        self.stalls = [(float(begin), float(length)) for begin, length in json.loads(said)]

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
    try:
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(PRIORITY))
    except PermissionError:
        sys.stderr.write("host stalls: no real-time priority; what is measured holds this process's own waits too\n")
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    json.dump(measure(), sys.stdout)
