"""What the supervisor has the LEDs show."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

from firmware.details import Detail
from firmware.gateway.messages import ButtonPressed, Indicate
from firmware.indicators.table import TABLE
from firmware.store.model import Page
from firmware.supervisor.events import ButtonEvent, HealthEvent, LinkEvent, ResetUsedEvent
from firmware.supervisor.indicators import ARMED_S, Indicators, pms_state
from tests.unit.supervisor.test_records_and_alarms import Box
from webui.api.links import Counters, Link


def link(state: Any) -> Link:
    counters = Counters(received=0, sent=0, refused=0)
    return Link(
        name="office", protocol="fias", state=state, since="", why="", why_detail=Detail("connected", ""),
        counters=counters, kinds={}, outbox=0,
    )  # fmt: skip


class Front:
    """The LEDs as they are asked for; timers run when the test says."""

    def __init__(self, box: Box) -> None:
        self.box = box
        self.ready = True
        self.links: list[Link] = []
        self.timers: list[tuple[float, Callable[[], None]]] = []
        self.wishes: list[ButtonEvent] = []
        self._states: dict[str, str | None] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self.indicators = Indicators(
            box.alarms, lambda: self.links, lambda: self.ready, box.bus, self._soon,
            lambda seconds, call: self.timers.append((seconds, call)), self._show,
        )  # fmt: skip
        box.bus.subscribe(ButtonEvent, self.wishes.append)

    async def state(self, led: str) -> str | None:
        await asyncio.gather(*self._tasks)
        state = self._states[led]
        assert state is None or state in TABLE[led]  # type: ignore[index]
        return state

    def _soon(self, work: Coroutine[Any, Any, None]) -> None:
        self._tasks.append(asyncio.create_task(work))

    def _show(self, light: Indicate) -> None:
        self._states[light.led] = light.state


@pytest.fixture
async def front(tmp_path: Path) -> AsyncIterator[Front]:
    box = Box(tmp_path)
    await box.store.open()
    front = Front(box)
    front.indicators.refresh()
    yield front
    await front.state("alarm")
    await box.store.close()


async def acknowledge(front: Front, kind: str) -> None:
    (number,) = [alarm.id for alarm in await front.box.alarms.shown(False, Page()) if alarm.kind == kind]
    await front.box.alarms.acknowledge(number, "anna")


async def test_an_alarm_waits_then_stands_then_is_over(front: Front) -> None:
    assert await front.state("alarm") == "none"
    await front.box.alarms.raise_alarm("line-dead", "fxs/3", "no current")
    assert await front.state("alarm") == "waiting"
    await acknowledge(front, "line-dead")
    assert await front.state("alarm") == "standing"
    await front.box.alarms.clear("line-dead", "fxs/3")
    assert await front.state("alarm") == "none"


async def test_what_a_person_must_do_first_is_seen_first(front: Front) -> None:
    await front.box.alarms.raise_alarm("line-dead", "fxs/3", "no current")
    await front.box.alarms.raise_alarm("wakeup-failed", "203", "not answered")
    assert await front.state("alarm") == "wakeup-failed"
    await front.box.alarms.raise_alarm("emergency-call", "204", "112")
    assert await front.state("alarm") == "emergency"
    await acknowledge(front, "emergency-call")
    assert await front.state("alarm") == "wakeup-failed"
    await acknowledge(front, "wakeup-failed")
    assert await front.state("alarm") == "waiting"


async def test_the_system_says_what_is_not_well_with_it(front: Front) -> None:
    assert await front.state("system") == "running"
    await front.box.alarms.raise_alarm("clock-untrusted", "clock", "nobody vouches")
    assert await front.state("system") == "clock"
    await front.box.alarms.raise_alarm("storage", "database", "the disk is full")
    assert await front.state("system") == "storage"
    await front.box.alarms.clear("storage", "database")
    await front.box.alarms.clear("clock-untrusted", "clock")
    assert await front.state("system") == "running", "though nobody has acknowledged the alarms"
    front.ready = False
    front.box.bus.publish(HealthEvent())
    assert await front.state("system") == "starting"


async def test_the_pms_link(front: Front) -> None:
    assert await front.state("pms") == "none"
    front.links = [link("alive")]
    front.box.bus.publish(LinkEvent(front.links[0]))
    assert await front.state("pms") == "up"


@pytest.mark.parametrize(
    ("states", "shown"),
    [
        (["alive", "alive"], "up"),
        (["alive", "starting"], "starting"),
        (["starting", "down"], "down"),
        (["closed"], "down"),
    ],
)
def test_of_several_links_the_worst_is_seen(states: list[str], shown: str) -> None:
    assert pms_state([link(state) for state in states]) == shown
    assert shown in TABLE["pms"]


async def test_a_reset_is_told_and_seen_for_five_minutes(front: Front) -> None:
    assert await front.state("lines") is None, "the gateway knows better"
    front.box.bus.publish(ButtonPressed(held_s=10.1, at_ns=0))
    assert [event.wish for event in front.wishes] == ["reset"]
    assert await front.state("lines") == "reset-armed"
    ((seconds, call),) = front.timers
    assert seconds == ARMED_S
    call()
    assert await front.state("lines") is None


async def test_a_second_press_arms_for_five_minutes_more_and_a_reset_that_is_done_ends_it(front: Front) -> None:
    for _ in range(2):
        front.box.bus.publish(ButtonPressed(held_s=10.1, at_ns=0))
    front.timers[0][1]()
    assert await front.state("lines") == "reset-armed"
    front.box.bus.publish(ResetUsedEvent())
    assert await front.state("lines") is None


async def test_a_shorter_press_resets_nothing(front: Front) -> None:
    front.box.bus.publish(ButtonPressed(held_s=4.0, at_ns=0))
    assert front.wishes == []
    assert await front.state("lines") is None
