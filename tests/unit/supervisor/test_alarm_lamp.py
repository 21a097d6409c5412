"""The alarm light."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

from firmware.gateway.messages import Indicate
from firmware.store.model import Page
from firmware.supervisor.alarm_lamp import AlarmLamp
from tests.unit.supervisor.test_records_and_alarms import Box


async def test_it_blinks_until_acknowledged_and_is_lit_until_mended(tmp_path: Path) -> None:
    box = Box(tmp_path)
    await box.store.open()
    shown: list[str] = []
    tasks: list[asyncio.Task[None]] = []

    def soon(work: Coroutine[Any, Any, None]) -> None:
        tasks.append(asyncio.create_task(work))

    async def light() -> str:
        await asyncio.gather(*tasks)
        return shown[-1]

    def show(light: Indicate) -> None:
        shown.append(light.state)

    AlarmLamp(box.alarms, box.bus, soon, show).refresh()
    assert await light() == "off"
    await box.alarms.raise_alarm("line-dead", "fxs/3", "no current")
    assert await light() == "blink"
    (alarm,) = await box.alarms.shown(False, Page())
    await box.alarms.acknowledge(alarm.id, "anna")
    assert await light() == "on"
    await box.alarms.clear("line-dead", "fxs/3")
    assert await light() == "off"
    await box.store.close()
