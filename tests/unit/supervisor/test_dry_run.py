"""The technician's dry run of an emergency call."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from firmware.errors import UnavailableError
from firmware.exchange.decisions import Decision, EmergencyCheck
from firmware.exchange.numbering import Instant
from firmware.supervisor import emergency_check
from firmware.supervisor.events import TrunkTestEvent
from tests.unit.supervisor.house import House
from webui.services import Identity
from webui.types import EmergencyLine

TECHNICIAN = Identity("tom", "technician")
CHECK = EmergencyCheck(
    probed=("fxo/1", "fxo/2"), busy=("fxo/3",), faulty=(("fxo/4", "line-dead"),), reception=("100",),
    numbers=("112", "997"),
)  # fmt: skip


class Prober:
    """A call agent whose dry run finds what the test says; the lines tell after a moment."""

    def __init__(self, house: House, check: EmergencyCheck, *told: TrunkTestEvent) -> None:
        self.house, self.check, self.told = house, check, told
        self.at_work = 0

    def probe_trunks(self, now: Instant) -> tuple[EmergencyCheck, list[Decision]]:
        self.at_work += 1
        assert self.at_work == 1, "one at a time"
        asyncio.get_running_loop().call_soon(self.tell)
        return self.check, []

    def tell(self) -> None:
        self.at_work -= 1
        for event in self.told:
            self.house.bus.publish(event)


@pytest.fixture
async def house() -> AsyncIterator[House]:
    made = House()
    await made.store.open()
    yield made
    await made.store.close()


def found(house: House, check: EmergencyCheck, *told: TrunkTestEvent) -> None:
    house.service.agent = Prober(house, check, *told)  # type: ignore[assignment]


async def test_every_line_is_told_with_what_it_is_worth(house: House) -> None:
    found(house, CHECK, TrunkTestEvent("fxo/2", False, 2000), TrunkTestEvent("fxo/1", True, 310))
    result = await house.desk.emergency_dry_run(TECHNICIAN)
    assert result.lines == [
        EmergencyLine(port="fxo/1", state="dial-tone", ms=310),
        EmergencyLine(port="fxo/2", state="no-dial-tone", ms=2000),
        EmergencyLine(port="fxo/3", state="busy"),
        EmergencyLine(port="fxo/4", state="fault", fault="line-dead"),
    ]
    assert (result.ok, result.lodged, result.reception, result.numbers) == (True, True, ["100"], ["112", "997"])
    (entry,) = await house.audit()
    assert (entry.who, entry.action, entry.subject) == ("tom", "emergency-dry-run", "ok")
    assert entry.detail == {"fxo/1": "dial-tone", "fxo/2": "no-dial-tone", "fxo/3": "busy", "fxo/4": "line-dead"}


@pytest.mark.parametrize(
    ("check", "told"),
    [
        (CHECK, [TrunkTestEvent("fxo/1", False, 2000), TrunkTestEvent("fxo/2", False, 2000)]),
        (EmergencyCheck((), (), (), ("100",), ("112",)), []),
        (EmergencyCheck(("fxo/1",), (), (), (), ("112",)), [TrunkTestEvent("fxo/1", True, 300)]),
    ],
    ids=["no dial tone", "no lines", "nobody at reception"],
)
async def test_a_path_that_does_not_lead_to_its_end_is_not_ok(
    house: House, check: EmergencyCheck, told: list[TrunkTestEvent]
) -> None:
    found(house, check, *told)
    assert not (await house.desk.emergency_dry_run(TECHNICIAN)).ok
    assert (await house.audit())[0].subject == "failed"


async def test_a_line_that_tells_nothing_has_no_dial_tone(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(emergency_check, "DEADLINE_S", 0.05)
    found(house, CHECK, TrunkTestEvent("fxo/1", True, 310))
    lines = (await house.desk.emergency_dry_run(TECHNICIAN)).lines
    assert lines[1] == EmergencyLine(port="fxo/2", state="no-dial-tone")


async def test_two_dry_runs_come_one_after_the_other(house: House) -> None:
    found(house, CHECK, TrunkTestEvent("fxo/1", True, 310), TrunkTestEvent("fxo/2", True, 310))
    both = await asyncio.gather(*(house.desk.emergency_dry_run(TECHNICIAN) for _ in range(2)))
    assert [result.ok for result in both] == [True, True]


async def test_without_a_gateway_it_is_refused_and_not_in_the_audit(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(now: Instant) -> None:
        raise UnavailableError("the voice gateway is not there")

    monkeypatch.setattr(house.agent, "probe_trunks", away)
    with pytest.raises(UnavailableError):
        await house.desk.emergency_dry_run(TECHNICIAN)
    assert await house.audit() == []
