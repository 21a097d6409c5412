"""Wake-ups as guests and reception order them, and as guests are woken: each in his language, at the second."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest

from tests.audio import write_wav
from tests.clients import Api, Bench, Pms
from tests.harness import Product, wait_for
from tests.hotel import Hotel, PmsLink
from tests.scenario.front_office import well_behaved
from tests.scenario.talking import hang_up, lift_and_dial
from tests.scenario.waking import (
    Ear,
    Waking,
    date_and_time,
    digits,
    fias,
    greeting,
    next_minute,
    now,
    soon,
    wait_answered,
    wake_records,
)

ROOMS = {"en": (1, "101"), "vi": (2, "102"), "ru": (3, "103"), "pl": (4, "201"), "zh": (5, "202")}
"""The guest of each language: telephone and room."""
RECEPTION, HOUSEKEEPING = 7, 8
TO_ORDER_S = 25.0
"""Five guests dial at the same time, and each hears what he has ordered."""


@pytest.fixture(scope="module")
def hotel() -> Hotel:
    rules = "[wakeup]\nattempts = 2\nring_seconds = 10\nspacing_seconds = 1\nsnooze_minutes = 1"
    return Hotel.demonstration(pms=(PmsLink(),), more=rules)


@pytest.fixture
def pms(product: Product, api: Api) -> Iterator[Pms]:
    with well_behaved(api, product.bench.pms()):
        yield product.bench.pms()


@pytest.fixture
def house(product: Product, bench: Bench) -> Iterator[Waking]:
    house = Waking(product)
    house.leave()
    yield house
    house.leave()


def sleeps(api: Api, room: str, language: str = "en") -> None:
    api.call("POST", f"/api/v1/rooms/{room}/check-in", {"name": "Holm", "language": language})


# ------------------------------------------------------------------------------------------------ five guests, one minute


def test_five_guests_order_at_the_telephone_are_woken_in_their_languages_and_confirm(
    house: Waking, api: Api, pms: Pms
) -> None:
    for language, (_, room) in ROOMS.items():
        pms.check_in(room, name="Holm", language=language.upper())
        wait_for(lambda room=room: api.get(f"/rooms/{room}")["guests"], 5, f"{room} is taken")
    due = next_minute(TO_ORDER_S)
    with ThreadPoolExecutor(len(ROOMS)) as guests:
        list(guests.map(lambda language: orders(house, language, due), ROOMS))
        list(guests.map(lambda language: is_woken(house, language, due), ROOMS))
    for _, room in ROOMS.values():
        (done,) = house.of_room(room, "answered")
        assert [attempt["outcome"] for attempt in done["attempts"]] == ["confirmed"]
        assert done["ordered"]["through"] == "keypad"
        wait_answered(pms, room, [fias("WA", room, due, "OK")])
        assert wake_records(pms, "in", room, "WR") == [fias("WR", room, due)]


def orders(house: Waking, language: str, due: datetime) -> None:
    phone, _ = ROOMS[language]
    lift_and_dial(house.bench, phone, f"*55*{due:%H%M}#")
    Ear(house, phone).hears(f"{language}/wakeup-set-for", *date_and_time(language, due))
    house.bench.on_hook(phone)


def is_woken(house: Waking, language: str, due: datetime) -> None:
    phone, _ = ROOMS[language]
    house.rings_on_time(phone, due)
    ear = house.lift(phone)
    ear.hears(*greeting(language, due))
    house.bench.dial(phone, "1")
    ear.hears(f"{language}/wakeup-confirmed")
    house.bench.on_hook(phone)
