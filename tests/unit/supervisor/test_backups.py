"""Backups at the desk, and those that are made by themselves: when, what a person is told, and what may be put back."""

from __future__ import annotations

import asyncio
import io
import shutil
import sys
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from firmware.backup import keys, restoring, worker
from firmware.clock import VirtualClock
from firmware.config.schema import Backup
from firmware.errors import RefusedError, UnavailableError
from firmware.supervisor.backup_desk import BackupDesk
from firmware.supervisor.backup_keeper import BackupKeeper
from firmware.supervisor.beside import Beside
from tests.unit.backup.conftest import FILES, House, first_house, house
from tests.unit.supervisor.house import ZONE
from webui.api import backups as api
from webui.services import Identity, Source

__all__ = ["first_house", "house"]

BOSS = Identity("boss", "manager", "desk")
SOURCE = Source("::1", True, "session", "browser")


class Board:
    """Alarms by subject."""

    def __init__(self) -> None:
        self.standing: dict[str, str] = {}

    async def raise_alarm(self, kind: str, subject: str, text: str) -> None:
        assert kind == "backup"
        self.standing.setdefault(subject, text)

    async def clear(self, kind: str, subject: str) -> None:
        self.standing.pop(subject, None)


class Trail:
    """What is in the audit."""

    def __init__(self) -> None:
        self.actions: list[str] = []

    async def note(self, who: Identity, action: str, *_: object, **__: object) -> None:
        self.actions.append(action)


class Box:
    """A box whose workers work at once, in this process, by its clock. `broken`: why they do not."""

    def __init__(self, house: House, monkeypatch: pytest.MonkeyPatch) -> None:
        self.house, self.monkeypatch = house, monkeypatch
        self.clock = VirtualClock()
        self.alarms, self.trail = Board(), Trail()
        self.stick: Path | None = None
        self.broken = ""
        self.ended = 0
        self.told: list[api.Backups] = []
        self._telling = asyncio.Event()
        self.start()

    def start(self) -> None:
        """The supervisor starts."""
        settings, alarms, trail = Backup(keep=2), self.alarms, self.trail
        data: Path = self.house.data
        self.keeper = BackupKeeper(
            settings, "Bellevue", data, "1.2.3", ZONE, self.clock, alarms, self.do, lambda data: self.stick
        )  # type: ignore[arg-type]
        self.desk = BackupDesk(data, self.keeper, self.do, trail, self.clock, ZONE, Beside(), self._end)  # type: ignore[arg-type]
        self.desk.confirm = self._confirm
        self.desk.on_changed = self._tell

    async def do(self, job: str, *arguments: str, content: str = "") -> bytes:
        if self.broken:
            raise UnavailableError(self.broken)
        clock = self.clock

        class Now(datetime):
            @classmethod
            def now(cls, tz: Any = None) -> Any:
                return clock.utc()

        with self.monkeypatch.context() as patched:
            patched.setattr(worker, "datetime", Now)
            patched.setattr(sys, "stdin", io.StringIO(content))
            return worker.JOBS[job](*arguments)

    async def _confirm(self, password: str, source: Source, who: Identity) -> None:
        if password != "right":
            raise RefusedError("wrong-password", "no", "password")

    async def idle(self) -> api.Backups:
        """What is told when nothing is being done any more."""
        while self.told == [] or self.told[-1].work is not None:
            self._telling.clear()
            await self._telling.wait()
        return self.told[-1]

    def _tell(self, state: api.Backups) -> None:
        self.told.append(state)
        self._telling.set()

    def _end(self) -> None:
        self.ended += 1

    async def made(self) -> list[str]:
        await self.keeper.look()
        return self.keeper.names()

    def later(self, **by: float) -> None:
        self.clock.advance(timedelta(**by).total_seconds())


@pytest.fixture
def box(house: House, monkeypatch: pytest.MonkeyPatch) -> Box:
    return Box(house, monkeypatch)


async def test_each_night_has_one_and_the_last_are_kept(box: Box) -> None:
    first = await box.made()
    assert len(first) == 1, "there was none yet"
    box.later(minutes=10)
    assert await box.made() == first, "it is 03:10 at the hotel: not due yet"
    box.later(minutes=10)
    assert len(await box.made()) == 2
    box.start()
    assert len(await box.made()) == 2, "a restart makes no other"
    box.later(days=3)
    last = await box.made()
    assert len(last) == 2 and first[0] not in last
    assert box.alarms.standing == {}


async def test_a_failure_is_told_tried_again_after_an_hour_and_over_with_a_good_one(box: Box) -> None:
    box.broken = "the disk has no room"
    assert await box.made() == []
    assert "the disk has no room" in box.alarms.standing["backup"]
    assert (await box.desk.state()).trouble == "the disk has no room"
    box.broken = ""
    box.later(minutes=59)
    assert await box.made() == []
    box.later(minutes=2)
    assert len(await box.made()) == 1
    assert box.alarms.standing == {} and (await box.desk.state()).trouble is None


async def test_without_a_key_there_are_none_and_after_a_day_a_person_is_told(box: Box) -> None:
    (box.house.data / "backup-key.pub").unlink()
    assert await box.made() == [] and box.alarms.standing == {}
    with pytest.raises(RefusedError) as refusal:
        await box.desk.begin(BOSS)
    assert refusal.value.code == "no-key"
    box.later(hours=25)
    assert await box.made() == [] and list(box.alarms.standing) == ["key"]
    pair = await box.desk.make_key(api.NewKey(), SOURCE, BOSS)
    assert len(await box.made()) == 1 and box.alarms.standing == {}
    assert keys.identity(pair.private).to_public() is not None


async def test_a_stick_has_a_copy_as_soon_as_it_is_in(box: Box, tmp_path: Path) -> None:
    (name,) = await box.made()
    assert (await box.desk.state()).stick is False
    box.stick = tmp_path / "stick"
    box.stick.mkdir()
    await box.keeper.look()
    (copy,) = box.stick.rglob("*.age")
    assert copy.read_bytes() == (box.keeper.directory / name).read_bytes()
    (shown,) = await box.desk.backups()
    assert shown.on_stick and (await box.desk.state()).stick


async def test_a_stick_that_takes_nothing_is_told_of_until_it_is_out(box: Box, tmp_path: Path) -> None:
    box.stick = tmp_path / "stick"
    box.stick.write_bytes(b"")
    await box.keeper.look()
    assert list(box.alarms.standing) == ["usb"]
    assert len(box.keeper.names()) == 1, "the box has its backup all the same"
    box.stick = None
    await box.keeper.look()
    assert box.alarms.standing == {}


async def test_the_desk_makes_one_takes_it_away_and_deletes_it(box: Box) -> None:
    state = await box.desk.begin(BOSS)
    assert state.work == "backup"
    last = (await box.idle()).last
    assert last is not None
    size, pieces = await box.desk.open(last.name, BOSS)
    content = b"".join([piece async for piece in pieces])
    assert len(content) == size == last.bytes and content.startswith(b"age-encryption.org/v1")
    await box.desk.remove(last.name, BOSS)
    assert await box.desk.backups() == []
    assert box.trail.actions == ["backup-made", "backup-downloaded", "backup-removed"]


@pytest.mark.parametrize(
    "name", ["../nightporter.db", "backup-key.pub", "nightporter-20261122T021500Z.age", "", ".lock"]
)
async def test_nothing_but_backups_can_be_had_or_deleted(box: Box, name: str) -> None:
    for attempt in (box.desk.open, box.desk.remove):
        with pytest.raises(RefusedError) as refusal:
            await attempt(name, BOSS)
        assert refusal.value.code == "unknown-backup"


async def test_the_key_is_replaced_by_who_says_his_password_alone(box: Box) -> None:
    before = await box.desk.public_key()
    for wanted, code in ((api.NewKey(), "exists"), (api.NewKey(replace=True, password="no"), "wrong-password")):
        with pytest.raises(RefusedError) as refusal:
            await box.desk.make_key(wanted, SOURCE, BOSS)
        assert refusal.value.code == code and await box.desk.public_key() == before
    pair = await box.desk.make_key(api.NewKey(replace=True, password="right"), SOURCE, BOSS)
    assert await box.desk.public_key() == pair.public != before
    assert await box.desk.first_key(BOSS) is None


async def sent(*pieces: bytes) -> AsyncIterator[bytes]:
    for piece in pieces:
        yield piece


async def test_what_was_taken_away_is_brought_back_and_in_force_at_the_next_start(box: Box) -> None:
    (name,) = await box.made()
    content = (box.keeper.directory / name).read_bytes()
    shutil.rmtree(box.house.data / "menus")
    uploaded = await box.desk.upload(sent(content[:1000], content[1000:]), BOSS)
    assert uploaded.bytes == len(content)
    restored = await box.desk.restore(api.Restoring(key=box.house.key, password="right"), SOURCE, BOSS)
    assert (restored.hotel, restored.version, restored.configuration) == ("Bellevue", "1.2.3", None)
    assert restoring.finish(box.house.data)
    assert box.house.content() == FILES and box.keeper.names() == [name]
    with pytest.raises(RefusedError) as refusal:
        await box.desk.begin(BOSS)
    assert refusal.value.code == "busy", "all of that would be lost"


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        ({"password": "wrong"}, "wrong-password"),
        ({"key": "AGE-SECRET-KEY-1XYZ"}, "bad-key"),
        ({"backup": "nightporter-20200101T000000Z.age"}, "unknown-backup"),
        ({"backup": "../hotel.toml"}, "unknown-backup"),
        ({"backup": None}, "unknown-backup"),
    ],
)
async def test_what_must_not_be_put_back_changes_nothing(box: Box, wanted: dict[str, Any], code: str) -> None:
    (name,) = await box.made()
    good = {"key": box.house.key, "password": "right", "backup": name}
    with pytest.raises(RefusedError) as refusal:
        await box.desk.restore(api.Restoring(**(good | wanted)), SOURCE, BOSS)
    assert refusal.value.code == code
    assert not restoring.waits(box.house.data) and box.ended == 0
    assert (await box.desk.state()).work is None
