"""The hotel of these tests, with a technician."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.unit.console.sitting import Sitting
from tests.unit.supervisor.house import House, cheap_passwords


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    cheap_passwords(monkeypatch)


@pytest.fixture
async def house() -> AsyncIterator[House]:
    made = House()
    await made.store.open()
    await made.add_people(tom="technician", boss="manager", anna="desk")
    yield made
    await made.store.close()


@pytest.fixture
async def sitting(house: House) -> Sitting:
    """Somebody stands at the serial port."""
    return Sitting(house)


@pytest.fixture
async def technician(sitting: Sitting) -> Sitting:
    """Logged in."""
    await sitting.log_in()
    return sitting
