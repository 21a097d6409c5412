"""Call records and alarms on their way to a store that may refuse them."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import threading
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from firmware.clock import VirtualClock
from firmware.errors import RefusedError
from firmware.events import EventBus
from firmware.exchange.decisions import LegRecord, Party
from firmware.store import Repositories, StorageError, open_repositories
from firmware.store import database as database_module
from firmware.store.database import Database
from firmware.store.model import CallRecord, Page, RecordFilter, to_ms
from firmware.supervisor.alarm_board import UNKEPT_IDS, AlarmBoard
from firmware.supervisor.events import AlarmEvent, RecordEvent
from firmware.supervisor.record_keeper import RecordKeeper
from firmware.supervisor.store_thread import StoreThread

SECOND = 1_000_000_000
ALL = Page(limit=100)


class Box:
    """A store in a directory, a clock that stands still, and what was published."""

    def __init__(self, data: Path) -> None:
        self.clock = VirtualClock()
        self.errors: list[Exception] = []
        self.bus = EventBus(lambda event, error: self.errors.append(error))
        self.store = StoreThread(lambda: open_repositories(data))
        self.records = RecordKeeper(self.store, self.clock, self.bus)
        self.alarms = AlarmBoard(self.store, self.clock, self.bus)
        self.published: list[CallRecord] = []
        self.told: list[AlarmEvent] = []
        self.bus.subscribe(RecordEvent, lambda event: self.published.append(event.record))
        self.bus.subscribe(AlarmEvent, self.told.append)

    async def finished(self) -> list[CallRecord]:
        found = await self.store.do(lambda kept: kept.call_records.finished(RecordFilter(), ALL))
        return [record for _, record in found]

    async def writable(self, wanted: bool) -> None:
        def work(kept: Repositories) -> None:
            for database in kept.databases:
                with database.reading() as connection:
                    connection.execute(f"PRAGMA query_only = {'OFF' if wanted else 'ON'}")

        await self.store.do(work)


@pytest.fixture
async def box(tmp_path: Path) -> AsyncIterator[Box]:
    made = Box(tmp_path)
    await made.store.open()
    yield made
    await made.store.close()
    assert made.errors == []


def leg(box: Box, name: str = "a", talked_s: int | None = None) -> LegRecord:
    now = round(box.clock.monotonic() * SECOND)
    return LegRecord(
        leg=name, call="c", direction="internal", from_party=Party(extension="101", number="101", room="101"),
        to_party=Party(extension="102", number="102", room="102"), dialled="102", started_ns=now - 5 * SECOND,
        answered_ns=now, ended_ns=None if talked_s is None else now + talked_s * SECOND, cause=16, end="released",
    )  # fmt: skip


async def test_the_end_is_on_the_wall_clock_and_the_talk_time_on_the_monotonic_one(box: Box) -> None:
    answered = leg(box)
    closed = leg(box, talked_s=60)
    box.records.boot = "b1"
    await box.records.open(answered)
    box.clock.advance(60)
    box.clock.step(3600)
    await box.records.close(closed)
    (record,) = await box.finished()
    assert (record.talk_ms, record.from_number, record.to_number) == (60_000, "101", "102")
    assert record.answered is not None and (record.answered - record.started).seconds == 5
    assert box.published[0].leg == "a"


async def test_open_records_of_this_boot_of_the_gateway_are_given_back_and_others_are_lost(box: Box) -> None:
    await box.records.begin("b1")
    await box.records.open(leg(box, "old"))
    await box.records.beat()
    await box.records.begin("b2")
    assert [(r.leg, r.end, r.complete, r.cause) for r in await box.finished()] == [("old", "lost", False, 41)]
    assert [record.leg for record in box.records.lost] == ["old"]
    await box.records.open(leg(box, "new"))
    assert await box.records.begin("b2") == [leg(box, "new")]
    assert await box.records.known(["old", "new", "none"]) == {"old", "new"}


async def test_records_that_the_disk_refuses_wait_and_are_written_later(box: Box) -> None:
    await box.writable(False)
    await box.records.open(leg(box))
    await box.records.close(leg(box, talked_s=3))
    assert await box.finished() == []
    assert box.store.trouble is not None and "readonly" in box.store.trouble
    await box.records.beat()
    await box.writable(True)
    await box.records.beat()
    (record,) = await box.finished()
    assert record.talk_ms == 3000
    assert box.store.trouble is None


async def test_a_record_that_waits_for_the_disk_is_not_lost_with_a_longer_talk_meanwhile(box: Box) -> None:
    await box.records.begin("b1")
    await box.records.open(leg(box))
    await box.writable(False)
    await box.records.close(leg(box, talked_s=3))
    await box.writable(True)
    box.clock.advance(3600)
    assert await box.records.begin("b1") == []
    await box.records.begin("b2")
    assert box.records.lost == []
    await box.records.beat()
    assert [(r.end, r.talk_ms) for r in await box.finished()] == [("released", 3000)]


async def test_a_leg_that_is_closed_twice_is_told_once(box: Box) -> None:
    await box.records.close(leg(box, talked_s=3))
    await box.records.close(leg(box, talked_s=600))
    assert [record.talk_ms for record in box.published] == [3000]


async def test_a_lost_call_was_as_long_as_it_was_though_the_clock_was_set_meanwhile(box: Box) -> None:
    """The box had no time yet when the call began."""
    await box.records.begin("b1")
    await box.records.open(leg(box))
    box.clock.advance(20)
    await box.records.beat()
    box.clock.step(86_400 * 200)
    box.clock.advance(10)
    await box.records.beat()
    await box.records.begin("b2")
    (record,) = await box.finished()
    assert (record.end, record.talk_ms) == ("lost", 30_000)
    assert record.answered is not None and record.ended is not None
    assert (record.ended - record.answered).total_seconds() == 30


async def test_a_call_that_was_found_again_goes_on_being_known_to_stand(box: Box) -> None:
    await box.records.begin("b1")
    await box.records.open(leg(box))
    again = RecordKeeper(box.store, box.clock, box.bus)
    await again.begin("b1")
    box.clock.advance(40)
    await again.beat()
    await again.begin("b2")
    assert [(r.end, r.talk_ms) for r in await box.finished()] == [("lost", 40_000)]


async def test_a_mistake_over_the_price_loses_no_record(box: Box) -> None:
    def mistaken(record: CallRecord) -> CallRecord:
        raise ZeroDivisionError

    box.records.price = mistaken
    outside = replace(leg(box, "out", 3), direction="outgoing", trunk="city", outside="0601")
    await box.records.begin("b1")
    await box.records.open(replace(outside, leg="lost", ended_ns=None))
    await box.records.close(outside)
    await box.records.close(leg(box, "in", 3))
    await box.records.begin("b2")
    assert {(r.leg, r.unpriced) for r in await box.finished()} == {("out", True), ("in", False), ("lost", True)}
    assert {record.leg for record in box.published} == {"out", "in", "lost"}


@pytest.mark.parametrize("mistake", [ValueError("of ours"), sqlite3.IntegrityError("of ours")])
async def test_a_mistake_over_what_is_written_with_a_record_loses_neither_it_nor_the_rest(
    box: Box, mistake: Exception
) -> None:
    def mistaken(kept: Repositories, record: CallRecord) -> None:
        raise mistake

    written: list[str] = []
    box.records.also += [mistaken, lambda kept, record: written.append(record.leg)]
    await box.records.close(leg(box, talked_s=3))
    await box.writable(False)
    await box.records.close(leg(box, "b", talked_s=3))
    written.clear()
    await box.writable(True)
    await box.records.beat()
    assert {record.leg for record in await box.finished()} == {"a", "b"}
    assert written == ["b"]


async def test_a_call_whose_end_nobody_saw_ended_at_its_last_heartbeat(box: Box) -> None:
    """The control plane was away for an hour; the gateway has nothing of the call any more."""
    await box.records.begin("b1")
    await box.records.open(leg(box))
    box.clock.advance(30)
    await box.records.beat()
    again = RecordKeeper(box.store, box.clock, box.bus)
    box.clock.advance(3600)
    (found,) = await again.begin("b1")
    now = round(box.clock.monotonic() * SECOND)
    await again.close(replace(found, ended_ns=now, end="lost", complete=False))
    (record,) = await box.finished()
    assert (record.end, record.talk_ms) == ("lost", 30_000)
    assert record.answered is not None and record.ended is not None
    assert (record.ended - record.answered).total_seconds() == 30


async def test_a_call_that_is_cut_off_before_our_eyes_ends_there(box: Box) -> None:
    await box.records.begin("b1")
    await box.records.open(leg(box))
    closed = replace(leg(box, talked_s=99), end="lost", complete=False)
    box.clock.advance(80)
    await box.records.open(replace(closed, ended_ns=None, dialled="103"))  # it was transferred
    box.clock.advance(19)
    await box.records.close(closed)
    assert [r.talk_ms for r in await box.finished()] == [99_000]


async def test_two_beats_at_once_lose_none_of_the_records_that_wait(box: Box) -> None:
    await box.writable(False)
    for name in ("a", "b", "c"):
        await box.records.close(leg(box, name, talked_s=3))
    await box.writable(True)
    await asyncio.gather(box.records.beat(), box.records.beat())
    assert {record.leg for record in await box.finished()} == {"a", "b", "c"}


async def test_the_trouble_with_the_disk_stays_until_it_can_be_written_again(box: Box) -> None:
    await box.writable(False)
    with pytest.raises(StorageError):
        await box.store.do(lambda kept: kept.settings.put("x", 1))
    await box.records.beat()
    assert box.store.trouble is not None
    await box.writable(True)
    await box.records.beat()
    assert box.store.trouble is None


async def test_a_database_that_breaks_while_we_run_is_replaced_and_told_of(tmp_path: Path) -> None:
    box = Box(tmp_path)
    await box.store.open()
    await box.store.do(lambda kept: kept.settings.put("x", "y" * 50_000))
    await box.store.copy()
    told: list[str | None] = []
    box.store.on_trouble = told.append

    def break_it(kept: Repositories) -> None:
        with kept.databases[0].reading() as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            connection.execute("PRAGMA cache_size = 0")
        (tmp_path / "nightporter.db").write_bytes(b"\xff" * 90_000)

    await box.store.do(break_it)
    await box.records.close(leg(box, talked_s=3))
    await box.records.beat()
    assert told and told[0] is not None and "damaged" in told[0]
    assert await box.store.do(lambda kept: kept.settings.get("x")) == "y" * 50_000
    assert [record.leg for record in await box.finished()] == ["a"]
    await box.store.close()


async def test_a_database_that_is_read_only_at_the_start_is_taken_up_when_it_can_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_repositories(tmp_path).close()

    def locked(path: Path) -> sqlite3.Connection:
        raise sqlite3.OperationalError("attempt to write a readonly database")

    box, told = Box(tmp_path), list[str | None]()
    again: list[str | None] = []
    box.store.on_trouble, box.store.on_kept_again = told.append, lambda: again.append(box.store.trouble)
    with monkeypatch.context() as disk:
        disk.setattr(database_module, "_connect_file", locked)
        await box.store.open()
        await box.records.close(leg(box, talked_s=3))
        await box.records.beat()
        await box.store.look()
    assert told and told[-1] is not None and again == []
    await box.store.look()
    assert told[-1] is None and again == [None], "taken up when it is known to be well"
    await box.records.beat()
    assert [record.leg for record in await box.finished()] == ["a"]
    await box.store.close()


async def test_what_was_kept_before_a_stop_is_in_the_copy(tmp_path: Path) -> None:
    box = Box(tmp_path)
    await box.store.open()
    await box.store.copy()
    await box.store.do(lambda kept: kept.settings.put("x", 1))
    await box.store.close()
    (tmp_path / "nightporter.db").write_bytes(b"garbage" * 1000)
    again = Box(tmp_path)
    await again.store.open()
    assert await again.store.do(lambda kept: kept.settings.get("x")) == 1
    await again.store.close()


@pytest.mark.parametrize(("age_s", "is_made"), [(600, True), (60, False)])
async def test_a_start_makes_a_copy_where_the_last_is_not_fresh(
    box: Box, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, age_s: float, is_made: bool
) -> None:
    async def ended(seconds: float) -> None:
        raise asyncio.CancelledError

    await box.store.copy()
    copy, then = tmp_path / "copies" / "nightporter.db", time.time() - age_s
    os.utime(copy, (then, then))
    with monkeypatch.context() as patched, pytest.raises(asyncio.CancelledError):
        patched.setattr(asyncio, "sleep", ended)
        await box.store.keep_copies()
    assert (copy.stat().st_mtime > then + 1) is is_made


async def test_nobody_waits_for_a_copy(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, goes_on = threading.Event(), threading.Event()

    def slow(database: Database) -> None:
        begun.set()
        assert goes_on.wait(10)

    monkeypatch.setattr(Database, "copy", slow)
    copying = asyncio.create_task(box.store.copy())
    assert await asyncio.to_thread(begun.wait, 10)
    await box.records.close(leg(box, talked_s=3))
    assert len(await box.finished()) == 1
    goes_on.set()
    await copying


async def test_an_alarm_is_told_once_and_stays_until_acknowledged(box: Box) -> None:
    await box.alarms.raise_alarm("line-dead", "fxs/3", "no current")
    await box.alarms.raise_alarm("line-dead", "fxs/3", "no current")
    (alarm,) = await box.alarms.shown(False, ALL)
    await box.alarms.clear("line-dead", "fxs/3")
    assert await box.alarms.standing() == []
    await box.alarms.acknowledge(alarm.id, "anna")
    assert await box.alarms.shown(False, ALL) == []
    assert len(box.told) == 3


async def test_an_emergency_call_is_over_for_the_desk_when_acknowledged(box: Box) -> None:
    await box.alarms.raise_alarm("emergency-call", "101", "101 has dialled 112")
    (alarm,) = await box.alarms.shown(False, ALL)
    seen = await box.alarms.acknowledge(alarm.id, "anna")
    assert seen.cleared is not None
    await box.alarms.raise_alarm("emergency-call", "101", "101 has dialled 112")
    assert len(await box.alarms.shown(False, ALL)) == 1


async def test_alarms_are_told_even_if_they_cannot_be_kept(box: Box) -> None:
    await box.writable(False)
    await box.alarms.raise_alarm("emergency-call", "101", "101 has dialled 112")
    (alarm,) = await box.alarms.shown(False, ALL)
    assert alarm.id > UNKEPT_IDS
    await box.alarms.acknowledge(alarm.id, "anna")
    assert await box.alarms.shown(False, ALL) == []
    with pytest.raises(RefusedError):
        await box.alarms.acknowledge(UNKEPT_IDS + 99, "anna")


async def test_alarms_that_could_not_be_kept_are_kept_as_soon_as_they_can_be(box: Box) -> None:
    await box.writable(False)
    for subject in ("101", "102"):
        facts = {"number": "112"}
        await box.alarms.raise_alarm("emergency-call", subject, f"{subject} has dialled 112", facts=facts)
    second, first = await box.alarms.shown(False, ALL)
    await box.alarms.acknowledge(first.id, "anna")
    with pytest.raises(StorageError):
        await box.alarms.keep()
    assert await box.alarms.shown(False, ALL) == [second]
    await box.writable(True)
    await box.alarms.keep()
    await box.alarms.keep()
    assert [(alarm.subject, alarm.facts) for alarm in await box.alarms.shown(False, ALL)] == [("102", second.facts)]
    assert second.facts == {"number": "112"}
    found = await box.store.do(lambda kept: kept.alarms.shown(True, ALL))
    assert [(alarm.subject, alarm.acknowledged_by, alarm.raised) for alarm in found] == [
        ("102", None, second.raised), ("101", "anna", first.raised),
    ]  # fmt: skip
    assert (await box.alarms.acknowledge(second.id, "ben")).id == found[0].id, "by the number that was seen before"


async def test_what_becomes_of_alarms_while_the_disk_is_slow_is_kept_in_its_order(box: Box) -> None:
    await box.writable(False)
    for subject in ("fxs/1", "fxs/2"):
        await box.alarms.raise_alarm("line-dead", subject, "no current")
    await asyncio.gather(
        box.alarms.raise_alarm("line-dead", "fxs/3", "no current"), box.alarms.clear("line-dead", "fxs/3")
    )
    assert {alarm.subject for alarm in await box.alarms.standing()} == {"fxs/1", "fxs/2"}
    await box.writable(True)
    mended = [box.alarms.clear("line-dead", subject) for subject in ("fxs/1", "fxs/2")]
    await asyncio.gather(box.alarms.keep(), box.alarms.keep(), *mended)
    assert await box.alarms.standing() == []
    assert len(await box.alarms.shown(True, ALL)) == 3


async def test_alarms_come_in_parts_latest_first_be_they_kept_or_not(box: Box) -> None:
    for number in range(6):
        await box.writable(number % 2 == 0)
        await box.alarms.raise_alarm("line-dead", f"fxs/{number}", "no current")
        box.clock.advance(number // 3)
    seen: list[str] = []
    after = None
    while part := await box.alarms.shown(False, Page(limit=1, after=after)):
        seen.append(part[0].subject)
        after = (to_ms(part[0].raised), part[0].id)
    every = [alarm.subject for alarm in await box.alarms.shown(False, ALL)]
    assert seen == every
    assert sorted(seen) == [f"fxs/{number}" for number in range(6)]
    assert seen[:2] == ["fxs/5", "fxs/4"]


def test_the_sqlite_of_this_machine_has_what_the_store_needs() -> None:
    assert sqlite3.sqlite_version_info >= (3, 37), "STRICT tables and RETURNING"
