"""What callers have said: the gateway's recording becomes a prompt, and a WAV file again for the page.

Prompts lie in DATA/prompts/mail/ID.alaw.
"""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

from firmware.errors import RefusedError, UnavailableError
from firmware.ivr import prompts
from firmware.ivr.workshop import Workshop

MAIL = "mail"
RATE_HZ = 8_000
LONGEST_S = 3_600
"""Far longer than any message may be."""
_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")


class MailboxAudio:
    """The sound of voice mail, messages and greetings alike, by an id that is a prompt's name."""

    def __init__(self, data: Path, workshop: Workshop) -> None:
        self._directory = data / "prompts" / MAIL
        self._workshop = workshop

    async def keep(self, id: str, recording: Path) -> float:
        """Make a recording a prompt; its seconds.

        The recording itself stays. Raises RefusedError (not-a-recording: too short, or nothing is heard in it) and
        UnavailableError.
        """
        path = self._path(id)
        audio = await self._workshop.do("from-wav", await asyncio.to_thread(_read, recording), str(LONGEST_S))
        await asyncio.to_thread(prompts.keep, path, audio)
        return len(audio) / RATE_HZ

    async def wav(self, id: str) -> bytes:
        """A WAV file for the page. Raises RefusedError (no-audio) and UnavailableError."""
        return await self._workshop.do("to-wav", await asyncio.to_thread(_read, self._path(id)))

    async def remove(self, id: str) -> None:
        """Wipe it; nothing happens if it is not there. Raises UnavailableError."""
        try:
            await asyncio.to_thread(self._path(id).unlink, missing_ok=True)
        except OSError as error:
            raise UnavailableError(f"the message stays: {error.strerror}") from error

    @staticmethod
    def prompt(id: str) -> str:
        """The name by which the gateway plays it."""
        return f"{MAIL}/{id}"

    def _path(self, id: str) -> Path:
        if not _ID.fullmatch(id):
            raise RefusedError("no-audio", f"{id!r} names no message")
        return self._directory / f"{id}.alaw"


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise RefusedError("no-audio", "there is nothing recorded") from None
    except OSError as error:
        raise UnavailableError(f"the recording cannot be read: {error.strerror}") from error
