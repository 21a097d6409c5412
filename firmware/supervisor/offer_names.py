"""Names of what the site offers as prompts: made beforehand, so that nobody who asks for the list waits for them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Coroutine
from typing import Any

from firmware.config.schema import Language
from firmware.errors import UnavailableError
from firmware.log import Log
from firmware.services.offers import Offers, name_in
from firmware.services.ports import Speaker

log = Log("offer-names")


class OfferNames:
    """One name after the other, so that a message that somebody wants to hear need not wait.

    `languages`: those in which somebody may ask now. `soon` runs a coroutine beside the rest.
    """

    def __init__(
        self,
        offers: Offers,
        speaker: Speaker,
        languages: Callable[[], Collection[Language]],
        soon: Callable[[Coroutine[Any, Any, None]], object],
    ) -> None:
        self._offers = offers
        self._speaker = speaker
        self._languages = languages
        self._soon = soon
        self._made: set[Language] = set()
        self._at_work = False

    def forget(self) -> None:
        """The names are others now, or none is kept any more."""
        self._made.clear()
        self.look()

    def look(self) -> None:
        """Guests are others now, perhaps."""
        if not self._at_work and not self._made.issuperset(self._languages()):
            self._at_work = True
            self._soon(self._work())

    async def _work(self) -> None:
        try:
            while missing := [language for language in self._languages() if language not in self._made]:
                self._made.add(missing[0])
                await self._make(missing[0])
        finally:
            self._at_work = False

    async def _make(self, language: Language) -> None:
        """A name that was changed meanwhile is made in the next round. What fails is not tried again and again: a guest
        who asks for it has it made then.
        """
        try:
            kinds, articles = await self._offers.request_kinds(), await self._offers.articles()
            names = [name_in(kind.names, language) for kind in kinds]
            for name in [*names, *(name_in(each, language) for each in articles.values())]:
                if any(sign.isalnum() for sign in name):
                    await self._speaker.say(name, language)
        except UnavailableError as error:
            log.warning("not-spoken", language=language, error=error)
