"""The agent beside its gateway: what becomes of alarms that the store knows from before a restart."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from firmware.clock import VirtualClock
from firmware.events import EventBus
from firmware.processes import RunDirectory
from firmware.store import in_memory
from firmware.supervisor.agent_service import AgentService
from firmware.supervisor.alarm_board import AlarmBoard
from firmware.supervisor.record_keeper import RecordKeeper
from firmware.supervisor.store_thread import StoreThread
from tests.unit.exchange.hotel import Hotel


class Desk:
    """A hotel whose control plane has just been started again, with the alarms from before."""

    def __init__(self, hotel: Hotel, data: Path) -> None:
        clock, bus = VirtualClock(), EventBus(lambda event, error: None)
        self.store = StoreThread(in_memory)
        self.alarms = AlarmBoard(self.store, clock, bus)
        self.hotel = hotel
        self.service = AgentService(
            hotel.agent, RunDirectory(data), RecordKeeper(self.store, clock, bus), self.alarms, bus, clock,
            ZoneInfo("Europe/Warsaw"),
        )  # fmt: skip

    async def standing(self) -> set[tuple[str, str]]:
        await self.service.settle_alarms(self.hotel.gateway.audit())
        return {(alarm.kind, alarm.subject) for alarm in await self.alarms.standing()}


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    hotel = Hotel()
    hotel.lift("101")
    hotel.pause("101")
    hotel.wait(300)
    hotel.restart()
    desk = Desk(hotel, tmp_path)
    await desk.store.open()
    yield desk
    await desk.store.close()


async def test_a_handset_that_is_still_off_keeps_its_alarm(desk: Desk) -> None:
    await desk.alarms.raise_alarm("off-hook", "fxs/1", "101: the handset has been left off the hook")
    await desk.alarms.raise_alarm("off-hook", "fxs/2", "102: the handset has been left off the hook")
    await desk.alarms.raise_alarm("short-circuit", "fxs/3", "mended meanwhile")
    assert await desk.standing() == {("off-hook", "fxs/1")}


async def test_alarms_about_other_things_than_lines_stay(desk: Desk) -> None:
    await desk.alarms.raise_alarm("prompts", "espeak-ng", "not installed")
    assert ("prompts", "espeak-ng") in await desk.standing()
