"""The desk's backups: made, taken away, deleted, and put back."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import IO, TypeAlias
from zoneinfo import ZoneInfo

import msgspec

from firmware.backup import keys, layout, restoring, shelf
from firmware.backup.archive import Manifest
from firmware.clock import Clock
from firmware.details import Detail
from firmware.errors import NightPorterError, RefusedError, UnavailableError
from firmware.log import Log
from firmware.supervisor.audit_trail import AuditTrail
from firmware.supervisor.backup_keeper import BackupKeeper, Do
from firmware.supervisor.beside import Beside
from webui.api import backups as api
from webui.services import Identity, Source
from webui.types import stamp

UPLOAD = "upload.age"
LEAST_FREE = 100 << 20
"""What is to stay free on the disk, whatever somebody brings."""
PIECE = 256 * 1024
ANSWER_S = 0.5
"""How long the answer to who has restored may take before the supervisor ends."""

Confirm: TypeAlias = Callable[[str, Source, Identity], Awaitable[object]]

log = Log("backup")


class BackupDesk:
    """See `webui.api.backups.BackupService`. `end` ends the supervisor, which somebody starts again."""

    def __init__(
        self,
        data: Path,
        keeper: BackupKeeper,
        do: Do,
        trail: AuditTrail,
        clock: Clock,
        zone: ZoneInfo,
        beside: Beside,
        end: Callable[[], None] = lambda: os.kill(os.getpid(), signal.SIGTERM),
    ) -> None:
        self._data = data
        self._keeper = keeper
        self._do = do
        self._trail = trail
        self._clock = clock
        self._zone = zone
        self._beside = beside
        self._end = end
        self._work: api.Work | None = None
        self.confirm: Confirm = _nobody
        """Whether somebody has said his own password; raises RefusedError."""
        self.on_changed: Callable[[api.Backups], None] = lambda state: None
        keeper.on_changed = self._tell_later

    # -------------------------------------------------------------------------------------------------------- backups

    async def backups(self) -> list[api.Backup]:
        return await asyncio.to_thread(self._backups)

    async def state(self) -> api.Backups:
        found = await self.backups()
        keeper = self._keeper
        return api.Backups(
            key=await self.public_key(), at=keeper.at, next=stamp(keeper.next_due(), self._zone),
            last=next(iter(found), None), work=self._work or ("backup" if keeper.turn.locked() else None),
            trouble=_words(keeper.trouble), trouble_detail=keeper.trouble, stick=keeper.stick is not None,
            stick_trouble=_words(keeper.stick_trouble), stick_trouble_detail=keeper.stick_trouble,
        )  # fmt: skip

    async def begin(self, who: Identity) -> api.Backups:
        if await self.public_key() is None:
            raise RefusedError("no-key", "there is no key of backups: make one first")
        self._check_idle()
        self._work = "backup"
        try:
            return await self.state()
        finally:
            self._beside(self._make(who))

    async def open(self, name: str, who: Identity) -> tuple[int, AsyncIterator[bytes]]:
        try:
            file = await asyncio.to_thread(self._known(name).open, "rb")
        except OSError as error:
            raise _unknown(name) from error
        await self._trail.note(who, "backup-downloaded", name)
        return os.fstat(file.fileno()).st_size, _pieces(file)

    async def remove(self, name: str, who: Identity) -> None:
        try:
            await asyncio.to_thread(self._known(name).unlink)
        except FileNotFoundError:
            raise _unknown(name) from None
        except OSError as error:
            raise UnavailableError(f"the backup cannot be deleted: {error.strerror}") from error
        await self._trail.note(who, "backup-removed", name)
        await self._tell()

    # ------------------------------------------------------------------------------------------------------------ key

    async def public_key(self) -> str | None:
        return await asyncio.to_thread(self._keeper.key)

    async def make_key(self, wanted: api.NewKey, source: Source, who: Identity) -> api.KeyPair:
        if wanted.replace:
            await self.confirm(wanted.password or "", source, who)
        return await self._new_key(wanted.replace, who)

    async def first_key(self, who: Identity) -> api.KeyPair | None:
        try:
            return await self._new_key(False, who)
        except NightPorterError as error:
            log.info("no-key-made", why=error)
            return None

    async def _new_key(self, replace: bool, who: Identity) -> api.KeyPair:
        pair = await asyncio.to_thread(keys.make_key, self._data, replace)
        await self._trail.note(who, "backup-key-made", pair.public)
        await self._tell()
        return api.KeyPair(public=pair.public, private=pair.private)

    # -------------------------------------------------------------------------------------------------------- restore

    async def upload(self, pieces: AsyncIterator[bytes], who: Identity) -> api.Uploaded:
        self._check_idle()
        self._work = "restore"
        try:
            size = await self._take(pieces)
        except OSError as error:
            raise UnavailableError(f"the backup cannot be kept: {error.strerror}") from error
        finally:
            self._work = None
        await self._trail.note(who, "backup-uploaded", "backup", {"bytes": size})
        return api.Uploaded(bytes=size)

    async def restore(self, wanted: api.Restoring, source: Source, who: Identity) -> api.Restored:
        await self.confirm(wanted.password, source, who)
        file = self._known(wanted.backup) if wanted.backup is not None else self._uploaded
        if not await asyncio.to_thread(file.exists):
            raise _unknown(wanted.backup or "that was uploaded")
        self._check_idle()
        self._work = "restore"
        try:
            async with self._keeper.turn:
                await self._tell()
                said = await self._do(
                    "stage", str(self._data), str(file), who.name, who.through, content=wanted.key.strip()
                )
        except BaseException:
            self._work = None
            await self._tell()
            raise
        manifest = msgspec.json.decode(said, type=Manifest)
        await self._trail.note(who, "restore-begun", file.name, {"made": manifest.made.isoformat()})
        log.warning("restores", made=manifest.made, version=manifest.product)
        asyncio.get_running_loop().call_later(ANSWER_S, self._end)
        return self._restored(manifest)

    def _restored(self, manifest: Manifest) -> api.Restored:
        other = self._data / layout.RESTORE / restoring.NEW / layout.RESTORED_CONFIGURATION
        return api.Restored(
            hotel=manifest.hotel, made=stamp(manifest.made, self._zone), version=manifest.product,
            configuration=str(self._data / layout.RESTORED_CONFIGURATION) if other.exists() else None,
        )  # fmt: skip

    async def _take(self, pieces: AsyncIterator[bytes]) -> int:
        """Raises OSError and RefusedError (too-large)."""
        partial, size = self._uploaded.with_suffix(".part"), 0
        file = await asyncio.to_thread(_begun, partial)
        try:
            async for piece in pieces:
                if shutil.disk_usage(partial).free - len(piece) < LEAST_FREE:
                    raise RefusedError.of("too-large", Detail("disk-full", "the disk has no room for this backup"))
                await asyncio.to_thread(file.write, piece)
                size += len(piece)
            await asyncio.to_thread(file.close)
            partial.replace(self._uploaded)
        finally:
            file.close()
            partial.unlink(missing_ok=True)
        return size

    # --------------------------------------------------------------------------------------------------------- helpers

    async def _make(self, who: Identity) -> None:
        """What goes wrong is in the state."""
        try:
            name = await self._keeper.make()
            await self._trail.note(who, "backup-made", name)
        except (NightPorterError, OSError) as error:
            log.error("not-made", error=error)
        finally:
            self._work = None
            await self._tell()

    def _tell_later(self) -> None:
        self._beside(self._tell())

    async def _tell(self) -> None:
        try:
            self.on_changed(await self.state())
        except UnavailableError as error:
            log.error("not-told", error=error)

    def _check_idle(self) -> None:
        if self._work is not None or self._keeper.turn.locked():
            raise RefusedError("busy", "a backup is being made, or put back, at this moment")

    @property
    def _uploaded(self) -> Path:
        return self._data / layout.RESTORE / UPLOAD

    def _known(self, name: str) -> Path:
        """A name is none but that of a backup: it leads nowhere else. Raises RefusedError (unknown-backup)."""
        if shelf.made_of(name) is None:
            raise _unknown(name)
        return self._keeper.directory / name

    def _backups(self) -> list[api.Backup]:
        on_stick = self._keeper.stick.names if self._keeper.stick is not None else frozenset()
        found = []
        for name in self._keeper.names():
            made = shelf.made_of(name)
            path = self._keeper.directory / name
            if made is not None and path.exists():
                size = path.stat().st_size
                shown = stamp(made, self._zone)
                found.append(api.Backup(name=name, made=shown, bytes=size, on_stick=name in on_stick))
        return found


async def _pieces(file: IO[bytes]) -> AsyncIterator[bytes]:
    with file:
        while piece := await asyncio.to_thread(file.read, PIECE):
            yield piece


def _begun(path: Path) -> IO[bytes]:
    path.parent.mkdir(mode=0o700, exist_ok=True)
    return open(path, "wb", opener=lambda name, flags: os.open(name, flags | os.O_CLOEXEC, 0o600))


def _words(detail: Detail | None) -> str | None:
    return None if detail is None else str(detail)


def _unknown(name: str) -> RefusedError:
    return RefusedError("unknown-backup", f"there is no backup {name}", "name")


async def _nobody(password: str, source: Source, who: Identity) -> None:
    raise RefusedError("no-session", "nobody can say who asks")
