"""Ten times something dies or freezes around the due second of eight wake-ups: each rings or is told, none rings twice.

The same as `make soak N=10`, by other chances each time: the seed is in what a failure says.
"""

from __future__ import annotations

import time

import pytest

from tests.soak import wakeups


@pytest.mark.timeout(900)
def test_ten_deaths_lose_no_wake_up_and_wake_nobody_twice() -> None:
    seed = int(time.time())
    said: list[str] = []
    assert wakeups.run(10, seed, said.append) == [], f"seed {seed}: {said}"
