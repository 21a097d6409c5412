"""A store of a directory of its own, with its thread."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from firmware.billing.outputs.shelf import Shelf
from firmware.store import open_repositories
from firmware.supervisor.store_thread import StoreThread


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[StoreThread]:
    (tmp_path / "store").mkdir()
    made = StoreThread(lambda: open_repositories(tmp_path / "store"))
    await made.open()
    yield made
    await made.close()


@pytest.fixture
def shelf(store: StoreThread) -> Shelf:
    return Shelf(store, "output")
