"""Names of guests as prompts, for who has them spoken in a wake-up: made beforehand, as no bell waits for a worker."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterable
from typing import Any, Protocol

from firmware.config.schema import Language
from firmware.errors import UnavailableError
from firmware.hotel.model import Guest
from firmware.log import Log

MOST_KNOWN = 2000

log = Log("guest-names")


class Speaker(Protocol):
    async def say(self, text: str, language: Language) -> str: ...


class GuestNames:
    """`soon` runs a coroutine beside the rest; `on_made` is told when a name can be spoken."""

    def __init__(self, speaker: Speaker, soon: Callable[[Coroutine[Any, Any, None]], object]) -> None:
        self._speaker = speaker
        self._soon = soon
        self._known: dict[tuple[str, Language], str | None] = {}
        self.on_made: Callable[[], None] = lambda: None

    def spoken(self, guest: Guest, language: Language) -> str | None:
        """The prompt with this guest's name; None: there is none (yet)."""
        name = _name(guest)
        if not name:
            return None
        if (name, language) not in self._known:
            while len(self._known) >= MOST_KNOWN:
                del self._known[next(iter(self._known))]
            self._known[name, language] = None
            self._soon(self._make(name, language))
        return self._known[name, language]

    def keep_only(self, guests: Iterable[Guest]) -> set[str]:
        """Forget the names of others; the prompts of these."""
        names = {_name(guest) for guest in guests}
        self._known = {known: prompt for known, prompt in self._known.items() if known[0] in names}
        return {prompt for prompt in self._known.values() if prompt is not None}

    async def _make(self, name: str, language: Language) -> None:
        try:
            self._known[name, language] = await self._speaker.say(name, language)
        except UnavailableError as error:
            log.warning("not-spoken", error=error)
        else:
            self.on_made()


def _name(guest: Guest) -> str:
    return " ".join(filter(None, (guest.title, guest.name)))
