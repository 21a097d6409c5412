from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.unit.si3050.rig import Rig


@pytest.fixture
async def rig() -> AsyncIterator[Rig]:
    """One port, not started."""
    made = Rig()
    yield made
    await made.stop()
