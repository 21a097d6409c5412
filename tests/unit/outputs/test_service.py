"""Outputs at work: records become lines on disk at once, and nobody waits for who takes them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from pathlib import Path

import pytest

from firmware import config
from firmware.billing.outputs.service import FULL, LATE, RecordOutputService
from firmware.clock import VirtualClock
from firmware.errors import RefusedError
from firmware.events import EventBus
from firmware.store import Repositories
from firmware.store.model import CallRecord, Page, RecordFilter
from firmware.supervisor.alarm_board import AlarmBoard
from firmware.supervisor.events import RecordEvent
from firmware.supervisor.housekeeping import Housekeeping
from firmware.supervisor.store_thread import StoreThread
from tests.harness import free_port
from tests.unit.outputs.calls import record, record_in
from tests.unit.outputs.test_wires import LIMIT_S, TERMS, collector, read

EXAMPLE = Path(__file__).parents[3] / "examples" / "hotel.toml"


class Box:
    """A hotel with these outputs."""

    def __init__(self, store: StoreThread, data: Path, outputs: str) -> None:
        hotel = config.loads(EXAMPLE.read_text(encoding="utf-8") + outputs)
        self.data = data
        self.store = store
        self.clock = VirtualClock()
        self.bus = EventBus(lambda event, error: pytest.fail(str(error)))
        self.alarms = AlarmBoard(store, self.clock, self.bus)
        self.service = RecordOutputService(hotel, store, self.alarms, self.clock, self.bus, data, TERMS)

    async def close(self, *records: CallRecord) -> None:
        """As the record keeper does."""

        def work(kept: Repositories) -> None:
            with kept.together():
                for item in records:
                    if kept.call_records.close(item):
                        self.service.keep(kept, item)

        await self.store.do(work)
        for item in records:
            self.bus.publish(RecordEvent(item))

    async def waiting(self) -> list[int]:
        return [view.waiting for view in await self.service.views()]

    async def until_waiting(self, *lines: int) -> None:
        async with asyncio.timeout(LIMIT_S):
            while await self.waiting() != list(lines):  # noqa: ASYNC110 - the store is asked
                await asyncio.sleep(0.005)

    async def standing(self) -> list[tuple[str, str]]:
        return [(alarm.kind, alarm.subject) for alarm in await self.alarms.standing()]

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        task = asyncio.create_task(self.service.run())
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


async def until(true: Callable[[], object]) -> None:
    async with asyncio.timeout(LIMIT_S):
        while not true():  # noqa: ASYNC110 - what is waited for is seen from outside only
            await asyncio.sleep(0.005)


def output(format: str, to: str, *keys: str) -> str:
    return "\n".join(["", "[[record_output]]", f'format = "{format}"', f'to = "{to}"', *keys, ""])


async def test_a_record_and_its_lines_are_kept_together_or_not_at_all(store: StoreThread, tmp_path: Path) -> None:
    box = Box(store, tmp_path, output("smdr", "file-per-day:a") + output("csv", "file-per-day:b", "incoming = true"))
    await box.close(record("1"), record_in("2"), record("3", answered=None))
    assert await box.waiting() == [1, 2]

    def fail(kept: Repositories) -> None:
        with kept.together():
            kept.call_records.close(record("4"))
            box.service.keep(kept, record("4"))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await store.do(fail)
    assert await box.waiting() == [1, 2]
    found = await store.do(lambda kept: kept.call_records.finished(RecordFilter(), Page(limit=9)))
    assert len(found) == 3


async def test_a_record_that_is_closed_again_has_no_second_line(store: StoreThread, tmp_path: Path) -> None:
    box = Box(store, tmp_path, output("csv", "file-per-day:calls"))
    await box.close(record("1"), record("1"))
    async with box.running():
        await box.until_waiting(0)
        await box.close(record("1"))
    assert await box.waiting() == [0]


async def test_lines_go_out_as_soon_as_their_record_is_there(store: StoreThread, tmp_path: Path) -> None:
    port = free_port()
    box = Box(store, tmp_path, output("smdr", f"tcp-server:127.0.0.1:{port}") + output("free", "file-per-call:calls"))
    async with box.running():
        await until(lambda: box.service.outlets[0].why.startswith("waits"))
        async with collector(port) as reader:
            await box.close(record("1"))
            (line,) = await read(reader, 1)
            await until(lambda: list((tmp_path / "calls").glob("call-*-1.txt")))
    assert line.startswith(" 03/12 07:42:10 00:03:06 203 ")
    assert len(line) == 92


async def test_an_output_that_nobody_takes_holds_up_no_other(store: StoreThread, tmp_path: Path) -> None:
    port = free_port()
    outputs = output("csv", f"tcp-client:127.0.0.1:{port}") + output("csv", "file-per-day:calls")
    box = Box(store, tmp_path, outputs + output("csv", "file-per-day:not/there"))
    async with box.running():
        await box.close(*(record(str(number)) for number in range(20)))
        await box.until_waiting(20, 0, 20)
        await until(lambda: "refused" in box.service.outlets[0].why and not box.service.outlets[2].connected)
        called, written, missing = await box.service.views()
    assert (called.connected, called.waiting, called.oldest) == (False, 20, record().ended)
    assert (written.connected, written.waiting, written.why) == (True, 0, "writes to calls")
    assert (missing.connected, missing.waiting) == (False, 20)
    assert (tmp_path / "calls" / "calls-2026-03-12.csv").read_bytes().count(b"\r\n") == 20
    assert "not/there: No such file or directory" in missing.why


async def test_the_desk_is_told_of_lines_that_wait_too_long(store: StoreThread, tmp_path: Path) -> None:
    box = Box(store, tmp_path, output("csv", "file-per-day:calls", "alarm_after_s = 600", 'name = "accounts"'))
    await box.close(record("1", ended=box.clock.utc()))
    box.clock.advance(600)
    await box.service.look()
    assert await box.standing() == []
    box.clock.advance(1)
    await box.service.look()
    assert await box.standing() == [(LATE, "accounts")]
    async with box.running():
        await box.until_waiting(0)
    await box.service.look()
    assert await box.standing() == []


async def test_when_there_is_no_room_the_first_lines_stay_and_the_desk_is_told(
    store: StoreThread, tmp_path: Path
) -> None:
    box = Box(store, tmp_path, output("csv", "file-per-day:calls", "most_lines = 100"))
    await box.close(*(record(f"{number:03}", ended=box.clock.utc()) for number in range(103)))
    await box.service.look()
    assert await box.standing() == [(FULL, "file-per-day:calls")]
    (view,) = await box.service.views()
    assert (view.waiting, view.lost) == (100, 3)
    with pytest.raises(RefusedError, match="no room"):
        await box.service.test(0)
    file = tmp_path / "calls" / f"calls-{box.clock.utc():%Y-%m-%d}.csv"
    async with box.running():
        await box.until_waiting(0)
    assert file.read_text().splitlines()[-1].endswith(",099")
    await box.service.look()
    assert await box.standing() == []


async def test_lines_outlast_the_program(store: StoreThread, tmp_path: Path) -> None:
    outputs = output("csv", "file-per-day:calls")
    await Box(store, tmp_path, outputs).close(record("1"))
    again = Box(store, tmp_path, outputs)
    async with again.running():
        await again.until_waiting(0)
    assert (tmp_path / "calls" / "calls-2026-03-12.csv").read_bytes().count(b"\r\n") == 1


async def test_a_made_up_call_of_a_room_goes_out_and_is_kept_nowhere_else(store: StoreThread, tmp_path: Path) -> None:
    box = Box(store, tmp_path, output("csv", "file-per-day:calls", "minimum_seconds = 3600"))
    line = await box.service.test(0)
    assert ",outgoing,101,101,5550142,T001,186,4,answered,2.40,EUR,test-" in line
    async with box.running():
        await box.until_waiting(0)
    file = tmp_path / "calls" / f"calls-{box.clock.utc():%Y-%m-%d}.csv"
    assert file.read_bytes() == f"{line}\r\n".encode()
    assert await store.do(lambda kept: kept.call_records.finished(RecordFilter(), Page(limit=9))) == []
    for index in (-1, 1):
        with pytest.raises(RefusedError, match=r"there is no record_output\["):
            await box.service.test(index)


async def test_what_has_waited_for_longer_than_records_are_kept_goes(store: StoreThread, tmp_path: Path) -> None:
    box = Box(store, tmp_path, output("csv", "file-per-day:calls"))
    await box.close(record("1", ended=box.clock.utc() - timedelta(days=200)), record("2", ended=box.clock.utc()))
    await Housekeeping(store, box.clock).forget()
    assert await box.waiting() == [1]
