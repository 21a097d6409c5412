from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.unit.si3050.rig import Rig


@pytest.fixture(autouse=True)
async def nothing_fails_unseen() -> AsyncIterator[None]:
    """An exception in a timer or a job of the driver is a failure of the test."""
    failures: list[dict[str, object]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _loop, context: failures.append(context))
    yield
    assert not failures


@pytest.fixture
async def rig() -> AsyncIterator[Rig]:
    """One port, not started."""
    made = Rig()
    yield made
    await made.stop()
