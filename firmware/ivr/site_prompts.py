"""The site's own prompts: a recording in place of any prompt or fragment of the product's.

They lie in DATA/prompts/site/LANGUAGE/NAME.alaw, where the gateway looks before the product's.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from firmware.details import Detail
from firmware.errors import RefusedError, UnavailableError
from firmware.ivr import prompts
from firmware.ivr.prompt_texts import Texts
from firmware.ivr.texts import SPOKEN
from firmware.ivr.workshop import Workshop

MAX_WAV_BYTES = 8 * 1024 * 1024
RATE_HZ = 8_000


@dataclass(frozen=True, slots=True)
class Prompt:
    """What is said by this name in this language. `text`: the product's words; `seconds`: None while it is not made.

    `replaced`: since when the site has its own.
    """

    language: str
    name: str
    text: str
    seconds: float | None
    replaced: datetime | None


class SitePrompts:
    """The prompts of a house, and those that the site has replaced. `house`: texts that only this house needs."""

    def __init__(self, data: Path, workshop: Workshop, house: Texts | None = None) -> None:
        self._made = data / "prompts"
        self._site = data / "prompts" / "site"
        self._workshop = workshop
        self._texts: Texts = {**SPOKEN, **(house or {})}

    async def list(self) -> Sequence[Prompt]:
        """All that can be replaced, by topic."""
        return await asyncio.to_thread(self._list)

    async def put(self, language: str, name: str, wav: bytes) -> Prompt:
        """Use this recording from now on. Raises RefusedError (unknown-prompt, too-large, not-a-recording)."""
        self._known(language, name)
        if len(wav) > MAX_WAV_BYTES:
            most = MAX_WAV_BYTES // 1024**2
            detail = Detail("wav-size", f"a recording has up to {most} MiB", {"mib": most})
            raise RefusedError.of("too-large", detail, "wav")
        audio = await self._workshop.do("from-wav", wav)
        path = prompts.path_of(self._site, language, name)
        await asyncio.to_thread(prompts.keep, path, audio)
        return await asyncio.to_thread(self._prompt, language, name)

    async def remove(self, language: str, name: str) -> Prompt:
        """Use the product's again. Raises RefusedError (unknown-prompt, not-replaced)."""
        self._known(language, name)
        path = prompts.path_of(self._site, language, name)
        try:
            await asyncio.to_thread(path.unlink)
        except FileNotFoundError:
            raise RefusedError("not-replaced", f"{language}/{name} is the product's own") from None
        except OSError as error:
            raise UnavailableError(f"the recording stays: {error.strerror}") from error
        return await asyncio.to_thread(self._prompt, language, name)

    async def wav(self, language: str, name: str) -> bytes:
        """What is heard, as a WAV file. Raises RefusedError (unknown-prompt), UnavailableError while it is not made."""
        self._known(language, name)
        return await self._workshop.do("to-wav", await asyncio.to_thread(self._heard, language, name))

    def _list(self) -> Sequence[Prompt]:
        return [self._prompt(language, name) for name, texts in self._texts.items() for language in texts]

    def _prompt(self, language: str, name: str) -> Prompt:
        own, made = (_seen(prompts.path_of(place, language, name)) for place in (self._site, self._made))
        seen = own or made
        return Prompt(
            language=language,
            name=name,
            text=self._texts[name][language],
            seconds=None if seen is None else round(seen[0] / RATE_HZ, 2),
            replaced=None if own is None else own[1],
        )

    def _known(self, language: str, name: str) -> None:
        languages: Collection[str] = self._texts.get(name, {})
        if language not in languages:
            raise RefusedError("unknown-prompt", f"there is no prompt {language}/{name}")

    def _heard(self, language: str, name: str) -> bytes:
        for place in (self._site, self._made):
            try:
                return prompts.path_of(place, language, name).read_bytes()
            except FileNotFoundError:
                continue
            except OSError as error:
                raise UnavailableError(f"{language}/{name} cannot be read: {error.strerror}") from error
        raise UnavailableError(f"{language}/{name} has not been made yet")


def _seen(path: Path) -> tuple[int, datetime] | None:
    """Bytes, and when they were written; None: there is nothing."""
    try:
        found = path.stat()
    except OSError:
        return None
    return (found.st_size, datetime.fromtimestamp(found.st_mtime, UTC)) if found.st_size else None
