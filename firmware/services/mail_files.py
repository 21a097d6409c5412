"""The audio of voice mail: what the gateway has recorded, and the prompts that are made of it."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Awaitable, Callable, Collection
from pathlib import Path

from firmware.clock import Clock
from firmware.errors import UnavailableError
from firmware.log import Log

PREFIX = "voice-mail-"
"""Our recordings begin so; others are none of our business."""
BYTES_A_SECOND = 8000
"""Of a prompt: A-law."""
LEAST_FREE = 100 * 1024 * 1024
"""What is to stay free on the disk, which is not voice mail's alone."""
ABANDONED_S = 3600.0

log = Log("voice-mail")


class MailFiles:
    """`convert(wav, alaw)` makes a prompt of a recording; the whole file, or none. Raises UnavailableError."""

    def __init__(self, data: Path, convert: Callable[[Path, Path], Awaitable[None]], clock: Clock) -> None:
        self._recordings = data / "recordings"
        self._prompts = data / "prompts" / "mail"
        self._convert = convert
        self._clock = clock

    def path(self, key: str) -> Path:
        """Where the prompt is."""
        return self._prompts / f"{key}.alaw"

    async def take(self, recording: str, key: str) -> int:
        """Make the prompt, and delete the recording; how many bytes it has. Raises UnavailableError."""
        source, target = self._recordings / recording, self.path(key)
        try:
            await asyncio.to_thread(lambda: target.parent.mkdir(parents=True, exist_ok=True))
            await self._convert(source, target)
            return (await asyncio.to_thread(target.stat)).st_size
        except OSError as error:
            raise UnavailableError(f"the recording {recording} cannot be kept: {error}") from error
        finally:
            await self._delete(source)

    async def discard(self, recording: str) -> None:
        await self._delete(self._recordings / recording)

    async def remove(self, key: str) -> None:
        await self._delete(self.path(key))

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
        except OSError as error:  # the next sweep tries again
            log.error("not-deleted", file=path.name, error=error)
