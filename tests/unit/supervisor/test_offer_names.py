"""Names of what the site offers: spoken before anybody asks, in the languages of who is there."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from firmware.config.schema import Language
from firmware.errors import UnavailableError
from firmware.services.model import RequestKind
from firmware.services.offers import Offers
from firmware.store import in_memory
from firmware.supervisor.offer_names import OfferNames
from firmware.supervisor.store_thread import StoreThread

TAXI = RequestKind(id="taxi", names={"en": "a taxi", "ru": "такси"})


class Site:
    """`said`: what is kept, in its order."""

    def __init__(self) -> None:
        self.store = StoreThread(in_memory)
        self.offers = Offers(self.store)
        self.languages: list[Language] = ["en"]
        self.said: list[str] = []
        self.works = True
        self.at_once = self.most_at_once = 0
        self.tasks: list[asyncio.Task[None]] = []
        self.names = OfferNames(
            self.offers, self, lambda: self.languages, lambda work: self.tasks.append(asyncio.ensure_future(work))
        )
        self.offers.on_changed = self.names.forget

    async def say(self, text: str, language: Language) -> str:
        self.at_once += 1
        self.most_at_once = max(self.at_once, self.most_at_once)
        await asyncio.sleep(0)
        self.at_once -= 1
        if not self.works:
            raise UnavailableError("espeak-ng is not installed")
        self.said.append(f"{language}:{text}")
        return "p"

    async def done(self) -> list[str]:
        """What has been spoken meanwhile."""
        async with asyncio.timeout(20):
            await asyncio.gather(*self.tasks)
        said, self.said = self.said, []
        return said


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    made = Site()
    await made.store.open()
    await made.offers.set_request_kinds([TAXI])
    await made.offers.set_articles({"12": {"en": "beer", "pl": "piwo"}, "13": {"en": "!"}})
    await made.done()
    yield made
    await made.store.close()


async def test_what_is_offered_is_spoken_at_the_start_one_after_the_other(site: Site) -> None:
    site.names.forget()
    assert await site.done() == ["en:a taxi", "en:beer"] and site.most_at_once == 1


async def test_a_guest_with_another_language_has_it_in_his(site: Site) -> None:
    site.names.look()
    assert await site.done() == []
    site.languages = ["en", "ru"]
    site.names.look()
    site.names.look()
    assert await site.done() == ["ru:такси", "ru:beer"]


async def test_names_that_are_changed_are_spoken_anew_also_while_others_are_made(site: Site) -> None:
    await site.offers.set_articles({"12": {"en": "wine"}})
    assert await site.done() == ["en:a taxi", "en:wine"]
    site.names.forget()
    await asyncio.sleep(0)
    await site.offers.set_request_kinds([])
    assert (await site.done())[-1] == "en:wine"


async def test_what_cannot_be_spoken_now_is_not_tried_without_end(site: Site) -> None:
    site.works = False
    site.names.forget()
    assert await site.done() == []
    site.works = True
    site.names.look()
    assert await site.done() == []
    site.names.forget()
    assert await site.done() == ["en:a taxi", "en:beer"]
