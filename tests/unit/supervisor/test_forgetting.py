"""The gateway forgets no call that went on without us before its record is on the disk, be the disk slow or full."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from firmware.gateway.channel import GatewayClient
from firmware.gateway.messages import Audit, Command, Done, ForgetJournal, JournalEntry, Reply, Welcome
from firmware.processes import RunDirectory
from firmware.store import database as database_module
from firmware.supervisor.agent_service import AgentService
from tests.unit.exchange.gateway import SimGateway
from tests.unit.exchange.hotel import Hotel
from tests.unit.supervisor.test_late_disk import LIMIT_S, PATIENT, SlowBox, until
from tests.unit.supervisor.test_records_and_alarms import leg

SECOND = 1_000_000_000
CALL = "j-1"


class Channel:
    """To a gateway that outlives us. `at_audit` comes before its answer."""

    def __init__(self, gateway: SimGateway) -> None:
        self._gateway = gateway
        self.welcome = Welcome(protocol=1, gateway="voice", boot="b", started_ns=1)
        self.at_audit: Callable[[], Awaitable[object]] = lambda: asyncio.sleep(0)
        self.forgotten: list[str] = []

    async def connect(self, *_: object) -> Channel:
        return self

    async def call(self, command: Command) -> Reply:
        assert isinstance(command, Audit)
        await self.at_audit()
        return self._gateway.audit()

    def send(self, command: Command) -> asyncio.Future[Reply]:
        if isinstance(command, ForgetJournal):
            self.forgotten += command.entries
        reply: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
        reply.set_result(self._gateway.execute(command) or Done())
        return reply

    async def close(self) -> None: ...


class Supervisor:
    """One that has carried out what it decided at the audit; its disk may be full, or hang, since then."""

    def __init__(self, site: Site, data: Path, disk: str) -> None:
        self.box = box = SlowBox(data)
        self._disk = disk
        self._sessions: asyncio.Queue[None] = asyncio.Queue()
        self.service = AgentService(
            site.hotel.new_agent(), RunDirectory(data), box.records, box.alarms, box.bus, box.clock, ZoneInfo("UTC")
        )
        self.service.on_connected = lambda: self._sessions.put_nowait(None)
        site.channel.at_audit = self._spoil_disk

    async def _spoil_disk(self) -> None:
        if "full" in self._disk:
            await self.box.writable(False)
        if "hangs" in self._disk:
            self.box.hang()

    async def connected(self) -> None:
        async with asyncio.timeout(LIMIT_S):
            await self._sessions.get()

    async def mend_disk(self) -> None:
        await self.box.move()
        await self.box.writable(True)
        await self.box.records.beat()

    async def written(self) -> list[str]:
        return [record.leg for record in await self.box.finished()]


class Site:
    """A gateway which has had a call while no supervisor was there."""

    def __init__(self, data: Path) -> None:
        self._data = data
        self.hotel = Hotel()
        self.channel = Channel(self.hotel.gateway)
        now = time.monotonic_ns()
        self.journal[CALL] = JournalEntry(
            entry=CALL, boot="b", kind="call", endpoints=("fxs/1", "fxs/2"), dialled="102", connection="c-1",
            started_ns=now - 90 * SECOND, answered_ns=now - 80 * SECOND, ended_ns=now - 20 * SECOND,
        )  # fmt: skip

    @property
    def journal(self) -> dict[str, JournalEntry]:
        return self.hotel.gateway.journal

    @asynccontextmanager
    async def supervisor(self, disk: str = "") -> AsyncIterator[Supervisor]:
        """In the end it dies with all that is in its memory only."""
        made = Supervisor(self, self._data, disk)
        await made.box.store.open()
        running = asyncio.create_task(made.service.run())
        await made.connected()
        yield made
        running.cancel()
        await asyncio.wait([running])
        await made.box.move()
        await made.box.store.close()
        assert made.box.errors == []


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in PATIENT:
        monkeypatch.setattr(module, "PATIENCE_S", LIMIT_S)


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Site:
    made = Site(tmp_path)
    monkeypatch.setattr(GatewayClient, "connect", made.channel.connect)
    return made


async def test_a_call_is_forgotten_when_its_record_is_on_the_disk(site: Site) -> None:
    async with site.supervisor() as supervisor:
        assert site.channel.forgotten == [CALL] and not site.journal
        assert await supervisor.written() == [CALL]


async def test_a_call_is_not_forgotten_while_the_disk_hangs_and_is_when_it_moves(site: Site) -> None:
    async with site.supervisor("hangs") as supervisor:
        assert site.channel.forgotten == [] and CALL in site.journal
        await supervisor.box.move()
        await until(lambda: not site.journal)
        assert await supervisor.written() == [CALL]
    assert site.channel.forgotten == [CALL]


@pytest.mark.parametrize("disk", ["full", "hangs, and is full"])
async def test_a_call_is_not_forgotten_while_the_disk_is_full_and_is_when_it_has_room(site: Site, disk: str) -> None:
    async with site.supervisor(disk) as supervisor:
        await supervisor.box.move()
        await supervisor.box.records.beat()
        assert site.channel.forgotten == [] and CALL in site.journal
        await supervisor.mend_disk()
        await until(lambda: not site.journal)
        assert await supervisor.written() == [CALL]
        await supervisor.box.records.beat()
    assert site.channel.forgotten == [CALL]


async def test_a_call_that_a_dead_supervisor_had_not_written_yet_is_written_by_the_next(site: Site) -> None:
    async with site.supervisor("full") as supervisor:
        assert await supervisor.written() == []
    async with site.supervisor() as supervisor:
        assert await supervisor.written() == [CALL]
        assert not site.journal


async def test_a_call_that_is_told_again_while_the_disk_is_full_is_one_record(site: Site) -> None:
    async with site.supervisor("full") as supervisor:
        supervisor.service._closed()
        await supervisor.connected()
        assert await supervisor.box.records.known([CALL, "j-2"]) == {CALL}
        assert site.channel.forgotten == [] and CALL in site.journal
        await supervisor.mend_disk()
        await until(lambda: not site.journal)
        assert await supervisor.written() == [CALL]
        assert [record.leg for record in supervisor.box.published] == [CALL]
    assert site.channel.forgotten == [CALL]


async def test_what_is_only_in_memory_is_not_on_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def closed(path: Path) -> sqlite3.Connection:
        raise sqlite3.OperationalError("unable to open database file")

    box, told = SlowBox(tmp_path), list[str]()
    box.records.on_all_kept = lambda: told.append("kept")
    with monkeypatch.context() as disk:
        for connect in ("_connect_file", "_connect_to_read"):
            disk.setattr(database_module, connect, closed)
        await box.store.open()
        await box.records.close(leg(box, talked_s=3))
        assert [record.leg for record in await box.finished()] == ["a"]
        await box.records.beat()
        assert not box.records.all_kept and told == []
    await box.store.look()
    await box.records.beat()
    assert box.records.all_kept and told == ["kept"]
    assert [record.leg for record in await box.finished()] == ["a"]
    await box.store.close()


async def test_records_are_on_the_disk_though_the_audit_is_only_in_memory(tmp_path: Path) -> None:
    (tmp_path / "audit.db").mkdir()
    box = SlowBox(tmp_path)
    await box.store.open()
    assert box.store.trouble is not None
    await box.records.close(leg(box, talked_s=3))
    assert box.records.all_kept
    await box.store.close()


async def test_a_call_that_is_over_twice_while_the_disk_hangs_is_told_once(tmp_path: Path) -> None:
    box = SlowBox(tmp_path)
    await box.store.open()
    box.hang()
    for _ in range(2):
        await box.records.close(leg(box, talked_s=3))
    assert await box.records.known(["a", "b"]) == {"a"}
    await box.move()
    assert [record.leg for record in box.published] == ["a"]
    assert [record.leg for record in await box.finished()] == ["a"]
    await box.store.close()
