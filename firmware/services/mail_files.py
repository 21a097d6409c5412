"""The audio of voice mail: what the gateway has recorded, and the prompts that are made of it."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Collection
from pathlib import Path
from typing import Protocol

from firmware.clock import Clock
from firmware.errors import RefusedError, UnavailableError
from firmware.log import Log

PREFIX = "voice-mail-"
"""Our recordings begin so; others are none of our business."""
BYTES_A_SECOND = 8000
"""Of a prompt: A-law."""
LEAST_FREE = 100 * 1024 * 1024
"""What is to stay free on the disk, which is not voice mail's alone."""
ABANDONED_S = 3600.0
SETTLE_S = 0.3
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

    async def take(self, recording: str, key: str) -> int:
        """Make the prompt, and delete the recording; its milliseconds, 0: there was nothing to hear.

        Raises UnavailableError.
        """
        source = self._recordings / recording
        await asyncio.sleep(self._settle_s)
        try:
            return round(1000 * await self._audio.keep(key, source))
        except RefusedError as error:
            log.info("nothing-heard", file=recording, error=error)
            return 0
        finally:
            await self._delete(source)

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
            *(path for path in recordings if path.stat().st_mtime < now - ABANDONED_S),
        ]

    async def _delete(self, path: Path) -> None:
        try:
            await asyncio.to_thread(path.unlink, missing_ok=True)
        except OSError as error:
            log.error("not-deleted", file=path.name, error=error)
