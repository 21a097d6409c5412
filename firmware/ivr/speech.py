"""Texts that are known only when they shall be heard (a guest's message, a name), spoken on demand.

They lie in DATA/prompts/said/HASH.alaw; those that were used longest ago go when there are too many.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import unicodedata
from collections.abc import Collection
from pathlib import Path

from firmware.config.schema import Language
from firmware.errors import UnavailableError
from firmware.ivr import prompts
from firmware.ivr.prompt_texts import VOICES
from firmware.ivr.workshop import Workshop
from firmware.processes import replace_file

SAID = "said"
MAX_CHARACTERS = 1_000
"""About a minute; what is longer is cut at a word."""
KEPT_BYTES = 64 * 1024 * 1024


class Speaker:
    """Speaks texts. What was said before is there at once."""

    def __init__(self, data: Path, workshop: Workshop, kept_bytes: int = KEPT_BYTES) -> None:
        self._directory = data / "prompts" / SAID
        self._workshop = workshop
        self._kept_bytes = kept_bytes
        self._working: dict[str, asyncio.Lock] = {}

    async def say(self, text: str, language: Language) -> str:
        """The name of a prompt that says this. Raises UnavailableError if it can't be spoken, or has no words."""
        words = cleaned(text)
        if not any(sign.isalnum() for sign in words):
            raise UnavailableError("there is nothing in it that could be spoken")
        name = prompts.hash_of(language, words)
        lock = self._working.setdefault(name, asyncio.Lock())
        try:
            async with lock:  # whoever wants the same at the same time waits for the one worker
                if not await asyncio.to_thread(_use, self._path(name)):
                    audio = await self._workshop.do("say", words.encode(), VOICES[language])
                    await asyncio.to_thread(self._keep, name, audio)
        finally:
            if not lock.locked():
                self._working.pop(name, None)
        return f"{SAID}/{name}"

    async def forget(self, but: Collection[str]) -> None:
        """Nothing that was said is kept any more, but for these prompts. Raises UnavailableError."""
        try:
            await asyncio.to_thread(self._forget, frozenset(but))
        except OSError as error:
            raise UnavailableError(f"what was said stays: {error.strerror}") from error

    def _forget(self, but: frozenset[str]) -> None:
        for path in self._directory.glob("*.alaw"):
            if f"{SAID}/{path.stem}" not in but:
                path.unlink(missing_ok=True)

    def _path(self, name: str) -> Path:
        return self._directory / f"{name}.alaw"

    def _keep(self, name: str, audio: bytes) -> None:
        try:
            self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            replace_file(self._path(name), audio)
            self._forget_oldest(name)
        except OSError as error:
            raise UnavailableError(f"what shall be said cannot be kept: {error.strerror}") from error

    def _forget_oldest(self, newest: str) -> None:
        found = [(path, path.stat()) for path in self._directory.glob("*.alaw")]
        found.sort(key=lambda one: one[1].st_mtime_ns)
        total = sum(seen.st_size for _, seen in found)
        for path, seen in found:
            if total <= self._kept_bytes:
                break
            if path.stem != newest:
                path.unlink(missing_ok=True)
                total -= seen.st_size


def cleaned(text: str) -> str:
    """One line without anything that is not to be read out; up to 1,000 characters."""
    readable = "".join(" " if unicodedata.category(sign)[0] in "CZ" else sign for sign in text)
    words = " ".join(readable.split())
    if len(words) <= MAX_CHARACTERS:
        return words
    return words[:MAX_CHARACTERS].rsplit(" ", 1)[0]


def _use(path: Path) -> bool:
    """Whether it is there; it has been used now."""
    with contextlib.suppress(OSError):
        if path.stat().st_size:
            os.utime(path)
            return True
    return False
