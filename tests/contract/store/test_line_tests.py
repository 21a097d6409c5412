"""Line tests: the database and its twin keep the same contract."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from firmware.store import Repositories, in_memory, open_repositories
from firmware.store.line_tests import KEPT, StoredLineTest, StoredMeasurement

NIGHT = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
LEAK = StoredMeasurement(name="leak-current", value=4.5, unit="mA", high=2.5, verdict="bad")


@pytest.fixture(params=["memory", "sqlite"])
def kept(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Repositories]:
    repositories = in_memory() if request.param == "memory" else open_repositories(tmp_path)
    yield repositories
    repositories.close()


def night_of(port: str, night: int) -> StoredLineTest:
    at = NIGHT + timedelta(days=night)
    return StoredLineTest(port=port, tested=at, verdict="bad", measurements=(LEAK,), text="insulation", outcome="done")


def test_tests_of_a_port_are_found_latest_first(kept: Repositories) -> None:
    for night in (2, 1, 3):
        kept.line_tests.add(night_of("fxs/1", night))
    kept.line_tests.add(night_of("fxs/2", 1))
    assert kept.line_tests.of("fxs/1") == [night_of("fxs/1", night) for night in (3, 2, 1)]
    assert kept.line_tests.latest() == [night_of("fxs/1", 3), night_of("fxs/2", 1)]
    assert kept.line_tests.of("fxo/1") == []


def test_only_so_many_of_each_port_are_kept(kept: Repositories) -> None:
    kept.line_tests.add(night_of("fxs/2", 0))
    for night in range(KEPT + 5):
        kept.line_tests.add(night_of("fxs/1", night))
    assert [each.tested for each in kept.line_tests.of("fxs/1")] == [
        NIGHT + timedelta(days=night) for night in range(KEPT + 4, 4, -1)
    ]
    assert len(kept.line_tests.of("fxs/2")) == 1
