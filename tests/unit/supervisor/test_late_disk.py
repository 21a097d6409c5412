"""A disk that answers nothing for a while: alarms are told none the less, and each is kept once when it answers."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any, cast
from zoneinfo import ZoneInfo

import pytest

from firmware.audit import AuditFilter
from firmware.errors import RefusedError
from firmware.gateway.messages import AuditReport, EndpointState
from firmware.processes import RunDirectory
from firmware.store import StorageError
from firmware.store.alarms import SqliteAlarms
from firmware.store.model import StoredAlarm
from firmware.supervisor import alarm_board, audit_trail, record_keeper, store_thread
from firmware.supervisor import health as health_module
from firmware.supervisor.alarm_board import UNKEPT_IDS
from firmware.supervisor.gateway_alarms import GatewayAlarms
from firmware.supervisor.store_thread import HANGS, StorageLateError, StoreThread
from tests.unit.supervisor.house import ANNA, House
from tests.unit.supervisor.test_health import looking_at
from tests.unit.supervisor.test_records_and_alarms import ALL, Box, leg

LIMIT_S = 20.0
PATIENT = (alarm_board, audit_trail, record_keeper)


class SlowBox(Box):
    """One whose disk can hang."""

    def __init__(self, data: Path) -> None:
        super().__init__(data)
        self._moves = threading.Event()

    def hang(self) -> None:
        """From now on the store's thread does nothing."""
        hang(self.store, self._moves)

    async def move(self) -> None:
        """The disk moves; all that it was late with is done, and what waited for that is kept."""
        be_patient(LIMIT_S)
        self._moves.set()
        await until(lambda: not (self.store.is_late or self.alarms._beside._tasks))

    async def open_alarms(self) -> list[StoredAlarm]:
        return await self.alarms.shown(False, ALL)

    async def kept(self) -> list[StoredAlarm]:
        """All that are on the disk, latest first."""
        return await self.store.do(lambda kept: kept.alarms.shown(True, ALL))


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(LIMIT_S):
        while not condition():  # noqa: ASYNC110 - of what is no event
            await asyncio.sleep(0.001)


def hang(store: StoreThread, moves: threading.Event) -> None:
    be_patient(0.01)
    store._thread.submit(store._timed, lambda: moves.wait(LIMIT_S))


def be_patient(seconds: float) -> None:
    for module in PATIENT:
        vars(module).update(PATIENCE_S=seconds)


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Unless the disk hangs: a machine that has much to do is none whose disk hangs."""
    for module in PATIENT:
        monkeypatch.setattr(module, "PATIENCE_S", LIMIT_S)


@pytest.fixture
async def box(tmp_path: Path) -> AsyncIterator[SlowBox]:
    made = SlowBox(tmp_path)
    await made.store.open()
    yield made
    await made.move()
    await made.store.close()
    assert made.errors == []


async def test_an_alarm_is_told_and_shown_at_once_and_kept_once(box: SlowBox) -> None:
    box.hang()
    await box.alarms.raise_alarm("emergency-call", "101", "101 has dialled 112", facts={"number": "112"})
    (shown,) = await box.open_alarms()
    assert shown.id > UNKEPT_IDS
    assert [event.alarm for event in box.told] == [shown]
    await box.move()
    (kept,) = await box.kept()
    assert (kept.subject, kept.facts, kept.raised, kept.cleared) == ("101", {"number": "112"}, shown.raised, None)
    assert await box.open_alarms() == [kept]
    assert (box.told[-1].alarm, box.told[-1].former) == (kept, shown.id)
    assert (await box.alarms.acknowledge(shown.id, "anna")).id == kept.id, "by the number that was seen before"


async def test_one_that_is_on_the_disk_by_now_is_shown_once(box: SlowBox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(box.alarms, "keep", lambda: asyncio.sleep(0))
    box.hang()
    await box.alarms.raise_alarm("line-dead", "fxs/3", "no current")
    await box.move()
    assert len(await box.kept()) == 1
    assert len(await box.open_alarms()) == 1


@pytest.mark.parametrize("is_running", [False, True])
async def test_one_that_is_acknowledged_meanwhile_is_so_at_once_and_stays_so(
    box: SlowBox, monkeypatch: pytest.MonkeyPatch, is_running: bool
) -> None:
    """Be it that the disk hangs before its turn, or over itself."""
    if is_running:
        take = SqliteAlarms.take
        be_patient(0.01)
        monkeypatch.setattr(SqliteAlarms, "take", lambda self, alarm: (take(self, alarm), box._moves.wait(LIMIT_S))[0])
    else:
        box.hang()
    await box.alarms.raise_alarm("line-dead", "fxs/3", "no current")
    (shown,) = await box.open_alarms()
    assert (await box.alarms.acknowledge(shown.id, "anna")).acknowledged_by == "anna"
    await box.move()
    (kept,) = await box.kept()
    assert (kept.acknowledged_by, kept.cleared) == ("anna", None)


async def test_what_becomes_of_alarms_meanwhile_is_kept_in_its_order(box: SlowBox) -> None:
    box.hang()
    for text in ("first", "second", "third"):
        await box.alarms.happen("wakeup-failed", "101", text)
        box.clock.advance(1)
    await box.alarms.raise_alarm("line-dead", "fxs/3", "no current")
    await box.alarms.clear("line-dead", "fxs/3")
    meanwhile = {alarm.text: alarm for alarm in await box.open_alarms()}
    await box.alarms.acknowledge(meanwhile["first"].id, "ben")
    await box.move()
    assert [(alarm.text, alarm.cleared is None, alarm.acknowledged_by) for alarm in await box.kept()] == [
        ("no current", False, None), ("third", True, None), ("second", False, None), ("first", False, "ben"),
    ]  # fmt: skip
    for text in ("second", "third"):
        assert (await box.alarms.acknowledge(meanwhile[text].id, "anna")).text == text
    assert [alarm.text for alarm in await box.open_alarms()] == ["no current"]


async def test_alarms_of_one_moment_are_kept_each_as_itself(box: SlowBox) -> None:
    box.hang()
    for text in ("first", "second"):
        await box.alarms.happen("wakeup-failed", "101", text)
    numbers = {alarm.text: alarm.id for alarm in await box.open_alarms()}
    await box.move()
    assert len(await box.kept()) == 2
    assert {text: (await box.alarms.acknowledge(numbers[text], "anna")).text for text in numbers} == {
        "first": "first", "second": "second",
    }  # fmt: skip


async def test_those_that_were_kept_before_are_shown_cleared_and_acknowledged_meanwhile(box: SlowBox) -> None:
    for subject in ("fxs/1", "fxs/2", "fxs/3"):
        await box.alarms.raise_alarm("line-dead", subject, "no current")
        box.clock.advance(1)
    third, second, first = await box.open_alarms()
    box.hang()
    await box.alarms.clear("line-dead", "fxs/1")
    await box.alarms.acknowledge(second.id, "anna")
    for _ in range(2):
        shown = await box.open_alarms()
        assert [(alarm.id, alarm.acknowledged_by) for alarm in shown] == [
            (third.id, None), (second.id, "anna"), (first.id, None),
        ]  # fmt: skip
        assert {alarm.subject for alarm in await box.alarms.standing()} == {"fxs/2", "fxs/3"}
        await box.move()
    assert len(await box.kept()) == 3


async def test_one_that_stands_already_is_not_told_again(box: SlowBox) -> None:
    await box.alarms.raise_alarm("line-dead", "fxs/1", "no current")
    box.hang()
    await box.alarms.raise_alarm("line-dead", "fxs/1", "no current")
    assert len(await box.open_alarms()) == 1
    await box.move()
    assert (len(box.told), len(await box.kept())) == (1, 1)


async def test_one_of_which_only_the_disk_knows_is_refused_and_acknowledged_later(box: SlowBox) -> None:
    await box.alarms.raise_alarm("line-dead", "fxs/1", "no current")
    (alarm,) = await box.open_alarms()
    box.alarms = alarm_board.AlarmBoard(box.store, box.clock, box.bus)  # after a restart
    box.hang()
    with pytest.raises(StorageLateError, match="does not answer"):
        await box.alarms.acknowledge(alarm.id, "anna")
    await box.move()
    assert [alarm.acknowledged_by for alarm in await box.open_alarms()] == ["anna"]
    with pytest.raises(RefusedError):
        await box.alarms.acknowledge(99, "anna")


async def test_what_ended_before_a_restart_is_over_though_the_disk_hangs_at_the_start(box: SlowBox) -> None:
    for subject in ("fxs/1", "fxs/2"):
        await box.alarms.raise_alarm("line-dead", subject, "no current")
    await box.alarms.acknowledge(2, "anna")
    box.alarms = alarm_board.AlarmBoard(box.store, box.clock, box.bus)
    box.hang()
    assert await box.open_alarms() == []
    mended = EndpointState(endpoint="fxs/1", kind="fxs", service="in-service", hook="on-hook")
    report = AuditReport(endpoints=(mended,), connections=(), journal=(), plan=None)
    told = GatewayAlarms(box.alarms, box.clock, ZoneInfo("Europe/Warsaw"))
    settling = asyncio.gather(told.settle(report, ()), box.alarms.clear_seen("line-dead", "fxs/2"))
    await asyncio.sleep(0)
    await box.move()
    await settling
    assert await box.alarms.standing() == []


async def test_one_that_the_disk_refuses_in_the_end_is_kept_when_it_can_be(box: SlowBox) -> None:
    await box.writable(False)
    box.hang()
    await box.alarms.raise_alarm("line-dead", "fxs/1", "no current")
    await box.move()
    (shown,) = await box.open_alarms()
    assert (shown.id > UNKEPT_IDS, await box.kept()) == (True, [])
    await box.writable(True)
    await box.alarms.keep()
    assert [alarm.subject for alarm in await box.kept()] == ["fxs/1"]
    assert len(await box.open_alarms()) == 1


@pytest.mark.parametrize("is_late", [False, True])
async def test_what_is_over_while_the_disk_refuses_all_is_over_when_it_can_be_kept(box: SlowBox, is_late: bool) -> None:
    await box.alarms.raise_alarm("line-dead", "fxs/1", "no current")
    await box.writable(False)
    if is_late:
        box.hang()
    await box.alarms.clear("line-dead", "fxs/1")
    await box.move()
    (standing,) = await box.alarms.standing()
    await box.writable(True)
    await box.alarms.keep()
    (kept,) = await box.kept()
    assert (box.told[-1].alarm, kept.id) == (kept, standing.id)
    assert kept.cleared is not None and await box.alarms.standing() == []


async def test_an_acknowledgement_that_the_disk_refuses_in_the_end_is_kept_when_it_can_be(box: SlowBox) -> None:
    await box.alarms.raise_alarm("line-dead", "fxs/1", "no current")
    (alarm,) = await box.open_alarms()
    await box.writable(False)
    box.hang()
    await box.alarms.acknowledge(alarm.id, "anna")
    await box.move()
    await box.writable(True)
    await box.alarms.keep()
    (kept,) = await box.kept()
    assert (kept.acknowledged_by, box.told[-1].alarm) == ("anna", kept)


async def test_one_that_is_there_again_stands_though_the_disk_had_refused_its_end(box: SlowBox) -> None:
    await box.alarms.raise_alarm("line-dead", "fxs/1", "no current")
    await box.writable(False)
    box.hang()
    await box.alarms.clear("line-dead", "fxs/1")
    assert box.told[-1].alarm.cleared is not None
    await box.move()
    await box.writable(True)
    await box.alarms.raise_alarm("line-dead", "fxs/1", "no current")
    assert box.told[-1].alarm.cleared is None
    await box.alarms.keep()
    assert await box.alarms.standing() == [box.told[-1].alarm]


async def test_a_disk_that_hangs_again_while_it_is_made_good_keeps_nothing_twice(box: SlowBox) -> None:
    await box.writable(False)
    await box.alarms.raise_alarm("line-dead", "fxs/1", "no current")
    await box.alarms.clear("line-dead", "fxs/1")
    await box.writable(True)
    box.hang()
    with pytest.raises(StorageError):
        await box.alarms.keep()
    (shown,) = await box.open_alarms()
    await box.alarms.acknowledge(shown.id, "anna")
    await box.move()
    assert [(alarm.subject, alarm.acknowledged_by) for alarm in await box.kept()] == [("fxs/1", "anna")]


async def test_the_tenth_of_many_waits_no_longer_than_the_first(box: SlowBox) -> None:
    box.hang()
    be_patient(0.5)
    before = time.monotonic()
    changes = [box.alarms.happen("wakeup-failed", str(room), "not answered") for room in range(10)]
    await asyncio.gather(*changes, box.open_alarms())
    assert time.monotonic() - before < 4, "once, and not for each of twenty"
    assert len(box.told) == 10


async def test_what_becomes_of_one_alarm_takes_no_look_at_all_the_others(
    box: SlowBox, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks, shown = list[bool](), SqliteAlarms.shown
    monkeypatch.setattr(SqliteAlarms, "shown", lambda self, *wanted: (looks.append(wanted[0]), shown(self, *wanted))[1])
    for subject in ("fxs/1", "fxs/2"):
        await box.alarms.raise_alarm("line-dead", subject, "no current")
    await box.alarms.clear("line-dead", "fxs/1")
    await box.alarms.acknowledge(2, "anna")
    assert looks == []
    box.hang()
    for subject in ("fxs/3", "fxs/4", "fxs/5"):
        await box.alarms.raise_alarm("line-dead", subject, "no current")
    assert [alarm.id for alarm in await box.open_alarms()][-2:] == [2, 1], "which are known"
    await box.move()
    assert looks == [True] * 3, "whether it was kept late"


async def test_records_do_not_wait_once_more_where_an_alarm_has_waited(box: SlowBox) -> None:
    box.hang()
    await box.alarms.raise_alarm("emergency-call", "101", "101 has dialled 112")
    be_patient(LIMIT_S)
    async with asyncio.timeout(LIMIT_S / 2):
        await box.records.close(leg(box, talked_s=3))
        assert await box.records.known(["a", "b"]) == {"a"}, "which waits here"
    await box.move()
    assert [record.leg for record in await box.finished()] == ["a"]


async def test_a_disk_that_only_hangs_is_trouble_until_it_moves(box: SlowBox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store_thread, "HANGS_S", 0.3)
    monkeypatch.setattr(store_thread, "WATCH_EVERY_S", 0.01)
    told: asyncio.Queue[str | None] = asyncio.Queue()
    box.store.on_trouble = told.put_nowait
    watching = asyncio.create_task(box.store.watch())
    box.hang()
    async with asyncio.timeout(LIMIT_S):
        assert await told.get() == HANGS.text
        assert box.store.details == (HANGS,)
        await box.move()
        assert await told.get() is None
    await box.writable(False)
    with pytest.raises(StorageError):
        await box.store.do(lambda kept: kept.settings.put("x", 1))
    box._moves.clear()
    box.hang()
    async with asyncio.timeout(LIMIT_S):
        found = [await told.get() for _ in range(2)]
        await box.move()
        found.append(await told.get())
    assert found[0] is not None and "readonly" in found[0]
    assert found == [found[0], f"{found[0]}; {HANGS.text}", found[0]], "what else is wrong stays so"
    watching.cancel()
    await asyncio.wait([watching])


async def test_a_change_waits_for_no_audit_that_is_late() -> None:
    house, moves = House(), threading.Event()
    await house.store.open()
    await house.alarms.raise_alarm("line-dead", "fxs/1", "no current")
    (alarm,) = await house.alarms.shown(False, ALL)
    hang(house.store, moves)
    async with asyncio.timeout(LIMIT_S / 2):
        await house.desk.acknowledge(alarm.id, ANNA)
    be_patient(LIMIT_S)
    moves.set()
    found = await house.store.do(lambda kept: kept.audit.entries(AuditFilter(), ALL))
    assert [(entry.who, entry.action) for entry in found] == [("anna", "alarm-acknowledged")]
    await house.store.close()


async def test_the_feed_says_that_one_is_over_under_the_number_that_it_had() -> None:
    house, moves = House(), threading.Event()
    await house.store.open()
    hang(house.store, moves)
    await house.alarms.raise_alarm("line-dead", "fxs/1", "no current")
    be_patient(LIMIT_S)
    moves.set()
    await until(lambda: len(house.sent("alarm")) == 3)
    first, kept, former = house.sent("alarm")
    assert (kept["id"], kept["cleared"], kept["acknowledged"]) == (1, None, None)
    assert former["id"] == first["id"] > UNKEPT_IDS
    assert former["cleared"] and former["acknowledged"], "it is taken from the list of those that wait"
    await house.store.close()


async def test_health_is_told_though_its_file_is_late(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, moves = threading.Event(), threading.Event()
    written: list[dict[str, object]] = []

    def slow(directory: RunDirectory, status: dict[str, object]) -> None:
        begun.set()
        assert moves.wait(LIMIT_S)
        written.append(status)

    monkeypatch.setattr(RunDirectory, "write_status", slow)
    monkeypatch.setattr(health_module, "LOOK_EVERY_S", 0.001)
    house = House()
    await house.store.open()
    health = looking_at(tmp_path, house)
    running = asyncio.create_task(health.run())
    assert await asyncio.to_thread(begun.wait, LIMIT_S)
    looks = cast(Any, health._agent).looks
    await until(lambda: cast(Any, health._agent).looks > looks + 2)
    assert written == []
    moves.set()
    await until(lambda: health._writing is None)
    assert [status["ready"] for status in written] == [False]
    running.cancel()
    await asyncio.wait([running])
    await house.store.close()
