"""The tests that hold for whatever data, with new data all the time; `make test` always tries the same."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time

COMMAND = (sys.executable, "-m", "pytest", "-q", "-m", "hypothesis", "--hypothesis-profile=search", "tests/unit")


def run(minutes: float) -> list[str]:
    """Rounds for so long, of half a minute each; what failed, and in which case, is printed."""
    end, rounds, faults = time.monotonic() + 60 * minutes, 0, []
    while time.monotonic() < end:
        done = subprocess.run([*COMMAND, "-n", str(os.cpu_count())], capture_output=True, text=True, check=False)
        rounds += 1
        if done.returncode:
            print(done.stdout, done.stderr, flush=True)
            faults += re.findall(r"^(?:FAILED|ERROR) (\S+)", done.stdout, re.M) or ["pytest did not run"]
    print(f"{rounds} rounds")
    return faults
