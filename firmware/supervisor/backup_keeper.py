"""Backups that are made by themselves: nightly, with a copy on a USB stick; a person is told of failures."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeAlias
from zoneinfo import ZoneInfo

from firmware.backup import schedule, shelf, stick, workers
from firmware.backup.keys import public_key
from firmware.backup.layout import BACKUPS
from firmware.clock import Clock
from firmware.config.schema import Backup
from firmware.details import Detail
from firmware.errors import NightPorterError, RefusedError, UnavailableError
from firmware.log import Log
from firmware.supervisor.alarm_board import AlarmBoard

LOOK_EVERY_S = 20.0
AGAIN = timedelta(hours=1)
"""After a failure."""
WITHOUT_KEY = timedelta(days=1)
"""So long a house may be new."""
KIND = "backup"
NIGHTLY, KEY, STICK = "backup", "key", "usb"
"""The subjects of the alarm."""

Do: TypeAlias = Callable[..., Awaitable[bytes]]
Find: TypeAlias = Callable[[Path], Path | None]

log = Log("backup")


@dataclass(frozen=True, slots=True)
class Stick:
    """What is in. `names`: this hotel's backups on it."""

    path: Path
    names: frozenset[str]


class BackupKeeper:
    """`do` has a worker do a job, see `firmware.backup.workers`; `find` finds a stick's directory."""

    def __init__(
        self,
        settings: Backup,
        hotel: str,
        data: Path,
        version: str,
        zone: ZoneInfo,
        clock: Clock,
        alarms: AlarmBoard,
        do: Do = workers.do,
        find: Find = stick.find,
    ) -> None:
        self._settings = settings
        self.at = settings.at
        self._hotel = hotel
        self._data = data
        self._version = version
        self._zone = zone
        self._clock = clock
        self._alarms = alarms
        self._do = do
        self._find = find
        self._since = clock.utc()
        self._failed: datetime | None = None
        self._told: dict[str, str | None] = {}
        """What was said last of each subject; None: that all is well."""
        self.directory = data / BACKUPS
        self.turn = asyncio.Lock()
        """Held while a worker has something to do with backups."""
        self.trouble: Detail | None = None
        self.stick: Stick | None = None
        self.stick_trouble: Detail | None = None
        self.on_changed: Callable[[], None] = lambda: None

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            await self.look()
            await asyncio.sleep(LOOK_EVERY_S)

    async def look(self) -> None:
        """Make what is owed; copy what a stick lacks."""
        if self.turn.locked():
            return
        if await self._has_key() and await asyncio.to_thread(self._is_due):
            await self._make_owed()
        await self._look_for_stick()

    async def make(self) -> str:
        """A backup, now; its name. Raises RefusedError (no-key, busy) and UnavailableError: the alarm stands."""
        async with self.turn:
            self.on_changed()
            try:
                name = (await self._do("make", str(self._data), self._version)).decode()
                await asyncio.to_thread(shelf.prune, self.directory, self._settings.keep, self._clock.utc())
            except (NightPorterError, OSError) as error:
                self._failed, self.trouble = self._clock.utc(), _told_of(error)
                if not isinstance(error, RefusedError):
                    await self._tell(NIGHTLY, f"the last backup was not made: {error}")
                raise
            finally:
                self.on_changed()
        self._failed = self.trouble = None
        log.info("made", name=name)
        await self._tell(NIGHTLY, None)
        return name

    def key(self) -> str | None:
        """The public half. Raises UnavailableError."""
        return public_key(self._data)

    def next_due(self) -> datetime:
        return schedule.next_due(self._clock.utc(), self._settings.at, self._zone)

    def names(self) -> list[str]:
        return shelf.names(self.directory)

    async def _make_owed(self) -> None:
        try:
            await self.make()
        except RefusedError as error:  # one is made by the command line just now, or the key has gone
            log.info("not-made", why=error)
        except (NightPorterError, OSError) as error:
            log.error("failed", error=error)

    def _is_due(self) -> bool:
        now = self._clock.utc()
        if self._failed is not None and timedelta() <= now - self._failed < AGAIN:
            return False
        made = [found for name in self.names() if (found := shelf.made_of(name)) is not None]
        return schedule.is_owed(now, self._settings.at, self._zone, made)

    async def _has_key(self) -> bool:
        try:
            if await asyncio.to_thread(self.key) is not None:
                await self._tell(KEY, None)
                return True
        except UnavailableError as error:
            await self._tell(KEY, str(error))
            return False
        if self._clock.utc() - self._since >= WITHOUT_KEY:
            await self._tell(KEY, "no backups are made: their key has to be made first, by a manager")
        return False

    async def _tell(self, subject: str, text: str | None) -> None:
        if self._told.get(subject, "") == text:
            return
        self._told[subject] = text
        if text is None:
            await self._alarms.clear(KIND, subject)
        else:
            await self._alarms.raise_alarm(KIND, subject, text)

    # -------------------------------------------------------------------------------------------------------- stick

    async def _look_for_stick(self) -> None:
        before = (self.stick, self.stick_trouble)
        self.stick = await asyncio.to_thread(self._found_stick) if self._settings.usb else None
        last = next(iter(await asyncio.to_thread(self.names)), None)
        if self.stick is None:
            self.stick_trouble = None
            await self._tell(STICK, None)
        elif last is not None and last not in self.stick.names:
            await self._copy(last, self.stick)
        if before != (self.stick, self.stick_trouble):
            self.on_changed()

    def _found_stick(self) -> Stick | None:
        path = self._find(self._data)
        if path is None:
            return None
        try:
            return Stick(path, frozenset(shelf.names(stick.folder(path, self._hotel))))
        except OSError as error:
            log.warning("stick-not-read", error=error)
            return Stick(path, frozenset())

    async def _copy(self, name: str, to: Stick) -> None:
        into = stick.folder(to.path, self._hotel)
        try:
            async with self.turn:
                await self._do("copy", str(self.directory / name), str(into), str(self._settings.keep))
        except NightPorterError as error:
            self.stick_trouble = _told_of(error)
            await self._tell(STICK, str(error))
            return
        log.info("copied", name=name)
        self.stick, self.stick_trouble = Stick(to.path, to.names | {name}), None
        await self._tell(STICK, None)


def _told_of(error: NightPorterError | OSError) -> Detail:
    """What went wrong, for people; of what has no words of its own, as it is told."""
    found = error.detail if isinstance(error, UnavailableError) else None
    if isinstance(error, RefusedError):
        found = next(iter(error.details), None)
    return found or Detail("backup-failed", str(error), {"reason": str(error)})
