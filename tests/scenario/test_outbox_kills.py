"""The control plane is killed ten times while rooms make priced calls: no charge is lost, and none is booked twice.

The same as `make soak N=10`, by other chances each time: the seed is in what a failure says.
"""

from __future__ import annotations

import time

import pytest

from tests.soak import charges


@pytest.mark.timeout(240)
def test_ten_kills_lose_no_charge_and_double_none() -> None:
    seed = int(time.time())
    said: list[str] = []
    assert charges.run(10, seed, said.append) == [], f"seed {seed}: {said[-1]}"
