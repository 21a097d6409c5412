"""The audio of voice mail: what the gateway has recorded, and the prompts that are made of it.

A note lies beside each recording of a message, so that it finds its room also if the supervisor dies meanwhile.
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Collection
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

import msgspec

from firmware.clock import Clock
from firmware.errors import RefusedError, UnavailableError
from firmware.log import Log
from firmware.processes import replace_file
from firmware.services.model import Opened

PREFIX = "voice-mail-"
"""Our recordings begin so; others are none of our business."""
BYTES_A_SECOND = 8000
"""Of a prompt: A-law."""
LEAST_FREE = 100 * 1024 * 1024
"""What is to stay free on the disk, which is not voice mail's alone."""
ABANDONED_S = 3600.0
QUIET_S = 30.0
"""The gateway writes every second: what has not grown for so long is over."""
SETTLE_S, MOST_LOOKS = 0.3, 10
"""Of a caller who hangs up the gateway still writes his last words, as we are told that he has gone."""

log = Log("voice-mail")


class Audio(Protocol):
    """See `firmware.ivr.mailbox_audio.MailboxAudio`."""

    async def keep(self, id: str, recording: Path, /) -> float: ...

    async def remove(self, id: str, /) -> None: ...


class MailFiles:
    """`audio` makes prompts `mail/KEY` of recordings."""

    def __init__(self, data: Path, audio: Audio, clock: Clock, settle_s: float = SETTLE_S) -> None:
        self._recordings = data / "recordings"
        self._prompts = data / "prompts" / "mail"
        self._audio = audio
        self._clock = clock
        self._settle_s = settle_s

    async def note(self, opened: Opened) -> None:
        """Whose it is, before it is recorded. Raises UnavailableError."""
        try:
            await asyncio.to_thread(self._write_note, opened)
        except OSError as error:
            raise UnavailableError(f"nothing can be recorded: {error.strerror}") from error

    async def take(self, recording: str, key: str) -> int:
        """Make the prompt; its milliseconds, 0: there was nothing to hear. The recording stays.

        Raises UnavailableError.
        """
        source = self._recordings / recording
        await self._settled(source)
        try:
            return round(1000 * await self._audio.keep(key, source))
        except RefusedError as error:
            log.info("nothing-heard", file=recording, error=error)
            return 0

    async def drop(self, recording: str) -> None:
        """It is a message now, or none."""
        source = self._recordings / recording
        for path in (source, _note_of(source)):
            await self._delete(path)

    async def left(self) -> list[tuple[Opened, datetime]]:
        """Recordings with a note that nobody writes any more, and when they ended."""
        try:
            return await asyncio.to_thread(self._left)
        except OSError as error:  # the next time, then
            log.error("not-looked", error=error)
            return []

    async def remove(self, key: str) -> None:
        """What cannot be deleted now is swept later."""
        try:
            await self._audio.remove(key)
        except UnavailableError as error:
            log.error("not-deleted", id=key, error=error)

    async def has_room(self, seconds: int) -> bool:
        """Whether the disk takes so much more: the recording has 16 bits, and becomes a prompt."""
        try:
            free = (await asyncio.to_thread(shutil.disk_usage, self._recordings.parent)).free
        except OSError as error:
            log.error("disk-not-asked", error=error)
            return False
        return free - 3 * BYTES_A_SECOND * seconds >= LEAST_FREE

    async def sweep(self, keys: Collection[str]) -> None:
        """Delete prompts that are none of these, and recordings that nobody has come for."""
        try:
            strangers = await asyncio.to_thread(self._strangers, frozenset(keys))
        except OSError as error:  # the next time, then
            log.error("not-swept", error=error)
            return
        for path in strangers:
            log.info("swept", file=path.name)
            await self._delete(path)

    def _strangers(self, keys: frozenset[str]) -> list[Path]:
        now = self._clock.utc().timestamp()
        prompts = self._prompts.glob("*") if self._prompts.is_dir() else ()
        recordings = self._recordings.glob(f"{PREFIX}*") if self._recordings.is_dir() else ()
        return [
            *(path for path in prompts if path.stem not in keys),
            *(path for path in recordings if path.stat().st_mtime < now - ABANDONED_S and not _is_noted(path)),
        ]

    def _write_note(self, opened: Opened) -> None:
        self._recordings.mkdir(mode=0o700, parents=True, exist_ok=True)
        replace_file(_note_of(self._recordings / opened.file), msgspec.json.encode(opened))

    def _left(self) -> list[tuple[Opened, datetime]]:
        found = []
        for path in sorted(self._recordings.glob(f"{PREFIX}*.wav")) if self._recordings.is_dir() else ():
            opened, ended = _noted(path), path.stat().st_mtime
            if opened is not None and abs(self._clock.utc().timestamp() - ended) >= QUIET_S:
                found.append((opened, datetime.fromtimestamp(ended, UTC)))
        return found

    async def _settled(self, source: Path) -> None:
        for _ in range(MOST_LOOKS):
            before = await asyncio.to_thread(_size, source)
            await asyncio.sleep(self._settle_s)
            if before is not None and before == await asyncio.to_thread(_size, source):
                return

    async def _delete(self, path: Path) -> None:
        try:
            await asyncio.to_thread(path.unlink, missing_ok=True)
        except OSError as error:
            log.error("not-deleted", file=path.name, error=error)


def _note_of(recording: Path) -> Path:
    return recording.with_suffix(".json")


def _noted(recording: Path) -> Opened | None:
    try:
        return msgspec.json.decode(_note_of(recording).read_bytes(), type=Opened)
    except (OSError, msgspec.MsgspecError):
        return None


def _is_noted(path: Path) -> bool:
    """Whether it is a recording with a note, or the note of one."""
    return path.with_suffix(".wav").exists() and _noted(path) is not None


def _size(path: Path) -> int | None:
    try:
        return path.stat().st_size
    except OSError:
        return None
