"""The agent beside its gateway: what becomes of alarms that the store knows from before a restart."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
import pytest

from firmware.clock import VirtualClock
from firmware.errors import UnavailableError
from firmware.events import EventBus
from firmware.exchange.agent import CallAgent
from firmware.exchange.decisions import (
    CloseRecord,
    Decision,
    FeatureChanged,
    LegRecord,
    LineView,
    OpenRecord,
    Party,
    PersonReport,
    RaiseAlarm,
    Send,
    TrunkTested,
)
from firmware.exchange.dialogue import Opening
from firmware.exchange.numbering import Instant
from firmware.exchange.resident import resident_plan
from firmware.gateway.channel import GatewayClient
from firmware.gateway.messages import (
    Apply,
    Audit,
    Command,
    Done,
    Error,
    ForgetJournal,
    Lodge,
    OffHook,
    Reply,
    Signal,
    StopRing,
    Welcome,
)
from firmware.processes import RunDirectory
from firmware.store import Repositories, in_memory
from firmware.store.model import Page
from firmware.supervisor import agent_service, beside, gateway_alarms, record_keeper
from firmware.supervisor.agent_service import AgentService
from firmware.supervisor.alarm_board import AlarmBoard
from firmware.supervisor.events import LineEvent, TrunkTestEvent
from firmware.supervisor.gateway_alarms import GatewayAlarms
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
        self.bus = bus
        self.told = GatewayAlarms(self.alarms, clock, ZoneInfo("Europe/Warsaw"))
        self.service = AgentService(
            hotel.agent, RunDirectory(data), RecordKeeper(self.store, clock, bus), self.alarms, bus, clock,
            ZoneInfo("Europe/Warsaw"),
        )  # fmt: skip

    async def standing(self) -> set[tuple[str, str]]:
        await self.told.settle(self.hotel.gateway.audit(), self.service.lines())
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


async def test_telephones_that_worked_alone_are_told_afterwards(desk: Desk) -> None:
    audit = msgspec.structs.replace(desk.hotel.gateway.audit(), alone_since_ns=time.monotonic_ns() - 70_000_000_000)
    await desk.told.tell_survival(audit)
    (alarm,) = await desk.alarms.shown(True, Page(limit=10))
    assert alarm.kind == "survival" and alarm.cleared is not None and "from " in alarm.text


async def test_a_short_restart_is_not_told(desk: Desk) -> None:
    audit = msgspec.structs.replace(desk.hotel.gateway.audit(), alone_since_ns=time.monotonic_ns() - 1_000_000_000)
    await desk.told.tell_survival(audit)
    assert await desk.alarms.shown(True, Page(limit=10)) == []


def record_of(leg: str) -> LegRecord:
    return LegRecord(
        leg=leg, call="call", direction="internal", from_party=Party(number="101"), to_party=Party(number="102"),
        dialled="102", started_ns=1, ended_ns=2, cause=16,
    )  # fmt: skip


async def test_records_are_kept_although_the_channel_breaks_before_the_last_command(desk: Desk) -> None:
    class Broken:
        def send(self, command: Command) -> None:
            raise UnavailableError("the channel is closed")

    desk.service._client = Broken()  # type: ignore[assignment]
    with pytest.raises(UnavailableError):
        await desk.service._carry_out([Send(StopRing(endpoint="fxs/2")), CloseRecord(record_of("leg"))])
    assert await desk.store.do(lambda kept: kept.call_records.known(["leg"])) == {"leg"}


async def test_the_records_of_calls_that_went_on_without_us_are_on_disk_as_one_before_the_gateway_forgets_them(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    noted: list[str] = []
    together = Repositories.together

    def counted(kept: Repositories) -> AbstractContextManager[None]:
        noted.append("transaction")
        return together(kept)

    monkeypatch.setattr(Repositories, "together", counted)
    desk.service._client = Voice(noted)  # type: ignore[assignment]
    ended = [CloseRecord(record_of(f"leg {number}")) for number in range(20)]
    await desk.service._carry_out([*ended, Send(ForgetJournal(entries=("leg 1",)))])
    assert noted == ["transaction", "ForgetJournal"]
    legs = [each.record.leg for each in ended]
    assert await desk.store.do(lambda kept: kept.call_records.known(legs)) == set(legs)


async def test_who_is_to_be_called_while_the_gateway_is_dead_is_known_not_to_be(desk: Desk) -> None:
    told: list[PersonReport] = []
    desk.service.on_person = told.append
    desk.hotel.agent.lost(desk.hotel.now)
    await desk.service.change(lambda agent, now: agent.call_person("c1", "110", Opening("alarm"), 30, now))
    assert told == [PersonReport("c1", "failed")]


class Voice:
    """A gateway's channel that notes what it is told, among other things."""

    def __init__(self, noted: list[str]) -> None:
        self._noted = noted

    def send(self, command: Command) -> asyncio.Future[Reply]:
        self._noted.append(type(command).__name__)
        return asyncio.get_running_loop().create_future()


async def test_an_emergency_rings_also_while_the_disk_hangs(desk: Desk) -> None:
    hangs, goes_on, noted = threading.Event(), threading.Event(), list[str]()

    def hang(kept: Repositories) -> None:
        hangs.set()
        assert goes_on.wait(10)

    hanging = asyncio.create_task(desk.store.do(hang))
    assert await asyncio.to_thread(hangs.wait, 10)
    desk.service._client = Voice(noted)  # type: ignore[assignment]
    alarm = RaiseAlarm("emergency-call", "101", "101 has dialled 112", {"number": "112"})
    async with asyncio.timeout(20):
        await desk.service._carry_out([alarm, Send(StopRing(endpoint="fxs/7"))])
    assert noted == ["StopRing"]
    goes_on.set()
    await hanging
    (found,) = await desk.alarms.shown(False, Page(limit=10))
    assert (found.kind, found.facts) == ("emergency-call", {"number": "112"})


async def test_a_feature_is_on_disk_before_the_tone_that_confirms_it(desk: Desk) -> None:
    noted: list[str] = []

    async def keep(change: FeatureChanged) -> None:
        await desk.store.do(lambda kept: kept.settings.put_features(change.extension, {change.feature: change.value}))
        noted.append("kept")

    desk.service._client = Voice(noted)  # type: ignore[assignment]
    desk.service.on_feature = keep
    tone = Apply(endpoint="fxs/1", signal=Signal(tone="confirmation"))
    await desk.service._carry_out([FeatureChanged("101", "dnd", True), Send(tone)])
    assert noted == ["kept", "Apply"]


async def test_what_has_come_while_a_timer_ran_out_goes_before_the_timer(desk: Desk) -> None:
    """A process that stood still finds both: its timers, and that its channel has ended meanwhile."""
    desk.hotel.call("102", "103")
    assert desk.hotel.agent.next_deadline_ns() is not None
    waiting = asyncio.ensure_future(desk.service._next_step())
    await asyncio.sleep(0)
    desk.service._closed()
    async with asyncio.timeout(20):
        assert await waiting is None


async def test_who_asked_is_told_of_a_bug_and_the_service_ends_by_it(desk: Desk) -> None:
    def broken(agent: CallAgent, now: Instant) -> tuple[None, list[Decision]]:
        raise ZeroDivisionError("a bug")

    desk.service._obeyed = True
    for ask in (desk.service.request(broken), desk.service.change(lambda agent, now: broken(agent, now)[1])):
        asked = asyncio.ensure_future(ask)
        async with asyncio.timeout(20):
            step = await desk.service._next_step()
            assert step is not None
            with pytest.raises(ZeroDivisionError):
                step()
            with pytest.raises(ZeroDivisionError):
                await asked


async def test_the_resident_plan_counts_as_lodged_when_the_gateway_has_taken_it(desk: Desk) -> None:
    replies: list[asyncio.Future[Reply]] = []

    class Gateway:
        def send(self, command: Command) -> asyncio.Future[Reply]:
            replies.append(asyncio.get_running_loop().create_future())
            return replies[-1]

    desk.service._client = Gateway()  # type: ignore[assignment]
    desk.service._obeyed = desk.service._lodged = True
    answers: list[Reply] = [Error(fault="gateway", code="disk", text="full"), Done()]
    for answer, lodged in zip(answers, (False, True), strict=True):
        desk.service._send(Lodge(plan=resident_plan(desk.hotel.agent._core)))  # type: ignore[arg-type]
        assert not desk.service.lodged
        replies[-1].set_result(answer)
        await asyncio.sleep(0)
        assert desk.service.lodged is lodged
    desk.service._obeyed = False
    assert not desk.service.lodged


async def test_a_company_line_that_was_tried_is_told(desk: Desk) -> None:
    told: list[TrunkTestEvent] = []
    desk.bus.subscribe(TrunkTestEvent, told.append)
    await desk.service._carry_out([TrunkTested("fxo/1", True, 310)])
    assert told == [TrunkTestEvent("fxo/1", True, 310)]


class Connections:
    """A gateway that can be reached now and then: by its boots; None: nobody is there. `at_audit` is told of each."""

    def __init__(self, hotel: Hotel, boots: Sequence[str | None], at_audit: Callable[[], object]) -> None:
        self._hotel = hotel
        self._boots = iter(boots)
        self._at_audit = at_audit
        self.welcome: Welcome

    async def connect(self, *_: object) -> Connections:
        boot = next(self._boots)
        if boot is None:
            raise UnavailableError("nobody is there")
        self.welcome = Welcome(protocol=1, gateway="voice", boot=boot, started_ns=1)
        return self

    async def call(self, command: Command) -> Reply:
        assert isinstance(command, Audit)
        self._at_audit()
        return self._hotel.gateway.audit()

    def send(self, command: Command) -> asyncio.Future[Reply]:
        return asyncio.get_running_loop().create_future()

    async def close(self) -> None: ...


async def test_who_waits_for_the_disk_before_an_audit_is_not_stuck(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """It would be killed for that, and what waits in its memory would be lost."""
    hangs, progress, audits, over = True, 0, 0, asyncio.Event()
    do = desk.store.do

    async def slowly(work: Callable[[Repositories], object], within_s: float | None = None) -> object:
        seen = progress
        while hangs and progress < seen + 3:  # noqa: ASYNC110 - what is awaited is no event
            await asyncio.sleep(0.001)
        return await do(work)

    def on_progress() -> None:
        nonlocal progress
        progress += 1

    def at_audit() -> None:
        nonlocal hangs
        hangs = False

    def on_connected() -> None:
        nonlocal hangs, audits
        hangs, audits = True, audits + 1
        desk.store.trouble = "slow"  # so that each heartbeat asks the disk
        over.set() if audits == 3 else desk.service._closed()

    monkeypatch.setattr(beside, "SAY_EVERY_S", 0.001)
    monkeypatch.setattr(gateway_alarms, "GONE_ALARM_S", 0.0)
    monkeypatch.setattr(desk.store, "do", slowly)
    connections = Connections(desk.hotel, ["one", None, None, "two", "three"], at_audit)
    monkeypatch.setattr(GatewayClient, "connect", connections.connect)
    desk.service.on_progress, desk.service.on_connected = on_progress, on_connected
    running = asyncio.create_task(desk.service.run())
    async with asyncio.timeout(20):
        await over.wait()
    hangs = False
    running.cancel()
    await asyncio.wait([running])
    assert sum("has died" in alarm.text for alarm in await desk.alarms.shown(True, Page(limit=10))) == 2


@pytest.fixture
def hung(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], object]]:
    """Lets the disk hang from the call on until the test is over. Nobody waits long for it in a test."""
    goes_on = threading.Event()
    monkeypatch.setattr(agent_service, "SETTLE_S", 0.01)
    monkeypatch.setattr(record_keeper, "PATIENCE_S", 0.01)
    yield lambda: desk.store._thread.submit(goes_on.wait, 30)
    goes_on.set()


async def test_telephones_are_served_though_the_disk_hangs_since_the_audit(
    desk: Desk, hung: Callable[[], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    served = asyncio.Event()
    monkeypatch.setattr(GatewayClient, "connect", Connections(desk.hotel, ["one"], hung).connect)
    off_hook = OffHook(endpoint="fxs/2", at_ns=time.monotonic_ns())
    desk.service.on_connected = lambda: desk.service._event(off_hook)
    desk.bus.subscribe(LineEvent, lambda event: served.set() if _is_lifted(event.line, "102") else None)
    running = asyncio.create_task(desk.service.run())
    async with asyncio.timeout(20):
        await served.wait()
    running.cancel()
    await asyncio.wait([running])


async def test_who_has_many_records_for_a_disk_that_hangs_is_not_stuck(desk: Desk, hung: Callable[[], object]) -> None:
    progress: list[str] = []
    desk.service.on_progress = lambda: progress.append("goes on")
    hung()
    await desk.service._carry_out([OpenRecord(record_of(name)) for name in "abc"])
    assert len(progress) == 3


async def test_telephones_wait_for_a_disk_that_hangs_once_and_not_for_each_of_many_records(
    desk: Desk, hung: Callable[[], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who dials 112 when the supervisor takes over what has happened without it does not wait for all of them."""
    monkeypatch.setattr(record_keeper, "PATIENCE_S", 0.5)
    hung()
    before = time.monotonic()
    for number in range(20):
        await desk.service._carry_out([CloseRecord(record_of(f"leg {number}"))])
    assert time.monotonic() - before < 5


def _is_lifted(line: LineView, extension: str) -> bool:
    return line.extension == extension and line.state != "idle"
