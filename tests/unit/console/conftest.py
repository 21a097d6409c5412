"""The hotel of these tests, with a technician."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from firmware import passwords
from firmware.store.model import Role, User
from tests.unit.console.sitting import GOOD, Sitting
from tests.unit.supervisor.house import House, cheap_passwords


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    cheap_passwords(monkeypatch)


@pytest.fixture
async def house() -> AsyncIterator[House]:
    made = House()
    await made.store.open()
    people: dict[str, Role] = {"tom": "technician", "boss": "manager", "anna": "desk"}
    for name, role in people.items():
        user = User(name=name, password=passwords.digest(GOOD), role=role, created=made.clock.utc())
        await made.store.do(lambda kept, user=user: kept.access.add_user(user))
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
