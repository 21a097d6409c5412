"""A bare real-time process beside the product: how long this machine itself let nobody run.

What it measures is taken off the product's gaps, and off nothing else.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from types import TracebackType

PERIOD_S = 0.005
PRIORITY = 30


class HostStalls:
    """`with HostStalls() as host:`; after the block `host.longest_ms` and `host.total_ms` (of stalls over 5 ms)."""

    longest_ms: float = 0.0
    total_ms: float = 0.0

    def __enter__(self) -> HostStalls:
        self._process = subprocess.Popen(
            [sys.executable, "-S", "-m", "tests.host_stalls"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self._process.stdout is not None
        self._process.stdout.readline()  # it measures from here on
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        said, _ = self._process.communicate("", timeout=30)
        longest, total = said.split()
        self.longest_ms, self.total_ms = float(longest), float(total)


def measure() -> tuple[float, float]:
    """Sleep on an absolute schedule until standard input ends; longest and summed lateness in milliseconds."""
    os.set_blocking(0, False)
    longest = total = 0.0
    due = time.monotonic() + PERIOD_S
    while os_read_would_block():
        time.sleep(max(0.0, due - time.monotonic()))
        late_ms = (time.monotonic() - due) * 1000
        if late_ms > PERIOD_S * 1000:
            longest, total = max(longest, late_ms), total + late_ms
        due = max(due, time.monotonic()) + PERIOD_S
    return longest, total


def os_read_would_block() -> bool:
    """Whether standard input is still open."""
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
    sys.stdout.write("{} {}\n".format(*measure()))
