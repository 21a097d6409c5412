"""Names of guests as prompts: made beforehand, and forgotten with who had them."""

from __future__ import annotations

import asyncio

from firmware.errors import UnavailableError
from firmware.hotel.model import Guest
from firmware.supervisor.beside import Beside
from firmware.supervisor.guest_names import GuestNames

HOLM, NOWAK = Guest(id="g1", name="Holm", title="Ms"), Guest(id="g2", name="Nowak")


class Speaker:
    def __init__(self) -> None:
        self.works = True

    async def say(self, text: str, language: str) -> str:
        if not self.works:
            raise UnavailableError("espeak-ng is not installed")
        return f"{language}:{text}"


async def made(speaker: Speaker) -> GuestNames:
    names, done = GuestNames(speaker, Beside()), asyncio.Event()
    left = [HOLM, NOWAK]
    names.on_made = lambda: left.pop() and not left and done.set()
    assert [names.spoken(guest, "en") for guest in (HOLM, NOWAK)] == [None, None]
    async with asyncio.timeout(20):
        await done.wait()
    return names


async def test_a_name_can_be_spoken_once_it_is_made() -> None:
    names = await made(Speaker())
    assert [names.spoken(guest, "en") for guest in (HOLM, NOWAK, Guest(id="g3"))] == ["en:Ms Holm", "en:Nowak", None]


async def test_who_has_left_has_his_name_forgotten() -> None:
    names = await made(Speaker())
    assert names.keep_only([NOWAK]) == {"en:Nowak"}
    assert (names.spoken(NOWAK, "en"), names.spoken(HOLM, "en")) == ("en:Nowak", None)
