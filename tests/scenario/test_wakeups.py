"""Wake-ups as guests and reception order them, and as guests are woken: each in his language, at the second."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest

from tests.audio import RATE_HZ, write_wav
from tests.clients import Api, Bench, Pms
from tests.harness import Product, wait_for
from tests.hotel import Hotel, PmsLink
from tests.scenario.front_office import well_behaved
from tests.scenario.talking import hang_up, lift_and_dial
from tests.scenario.waking import (
    ALIKE,
    Ear,
    Waking,
    best,
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
GUEST, RECEPTION = 1, 7
TO_ORDER_S = 20.0
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


# ------------------------------------------------------------------------------------------------- at the telephone


def dials(house: Waking, phone: int, code: str) -> Ear:
    """Lift, dial, and listen from the last digit."""
    lift_and_dial(house.bench, phone, code)
    return Ear(house, phone)


def later(hours: int) -> datetime:
    """A minute that is far off."""
    return (now() + timedelta(hours=hours)).replace(minute=30, second=0, microsecond=0)


def test_what_cannot_be_is_refused_aloud_and_asked_for_again(house: Waking) -> None:
    ear = dials(house, GUEST, f"*55*{now():%m%d}0000#")
    ear.hears("en/wakeup-past")
    ear.begins("en/wakeup-enter-time")
    house.bench.dial(GUEST, "2561")
    ear.hears("en/wakeup-wrong")
    ear.begins("en/wakeup-enter-time")
    assert not house.of_room("101")
    at = later(5)
    house.bench.dial(GUEST, f"{at:%H%M}#")
    ear.hears("en/wakeup-set-for", *date_and_time("en", at))
    assert [datetime.fromisoformat(order["due"]) for order in house.of_room("101")] == [at]


def test_one_minute_is_one_wake_up_and_a_vacant_room_is_told_to_be_so(house: Waking) -> None:
    at = later(3)
    dials(house, GUEST, f"*55*{at:%H%M}#").hears("en/wakeup-room-vacant", "en/wakeup-set-for", *date_and_time("en", at))
    hang_up(house.bench, GUEST)
    dials(house, GUEST, f"*55*{at:%m%d%H%M}").hears("en/wakeup-already-set", "en/wakeup-set-for")
    (order,) = house.of_room("101")
    assert order["room_vacant"]
    assert house.order_one("101", at) == order["id"]


def test_all_are_cancelled_after_a_confirmation(house: Waking, api: Api, pms: Pms) -> None:
    pms.check_in("101", name="Holm", language="EN")
    wait_for(lambda: api.get("/rooms/101")["guests"], 5, "101 is taken")
    times = [later(2), later(4)]
    for at in times:
        house.order("101", at=at)
    ear = dials(house, GUEST, "*56")
    ear.hears("en/wakeup-count", "en/number-2")
    ear.begins("en/wakeup-cancel-all-ask")
    assert len(house.of_room("101")) == 2, "not before it is confirmed"
    house.bench.dial(GUEST, "1")
    ear.hears("en/wakeup-all-cancelled")
    assert not house.of_room("101")
    wait_for(
        lambda: sorted(wake_records(pms, "in", "101", "WC")) == [fias("WC", "101", at) for at in sorted(times)],
        10,
        "the PMS knows it",
    )


def test_the_menu_sets_tells_changes_and_cancels_each_read_back(house: Waking) -> None:
    first, second = later(3), later(6)
    ear = dials(house, GUEST, "*57")
    ear.begins("en/wakeup-main-menu")
    house.bench.dial(GUEST, "2")
    ear.begins("en/wakeup-enter-time")
    house.bench.dial(GUEST, f"{first:%H%M}#")
    ear.hears("en/wakeup-you-chose", *date_and_time("en", first))
    assert not house.of_room("101"), "not before it is confirmed"
    house.bench.dial(GUEST, "1")
    ear.hears("en/wakeup-set-for", *date_and_time("en", first))
    (order,) = house.of_room("101")
    house.bench.dial(GUEST, "1")
    ear.hears("en/number-1", "en/wakeup-order", *date_and_time("en", first))
    house.bench.dial(GUEST, "1")
    ear.begins("en/wakeup-enter-time")
    house.bench.dial(GUEST, f"{second:%H%M}#")
    ear.hears("en/wakeup-you-chose", *date_and_time("en", second))
    house.bench.dial(GUEST, "1")
    ear.hears("en/wakeup-changed", *date_and_time("en", second))
    assert [(one["id"], datetime.fromisoformat(one["due"])) for one in house.of_room("101")] == [(order["id"], second)]
    house.bench.dial(GUEST, "4")
    ear.hears("en/wakeup-order", *date_and_time("en", second))
    house.bench.dial(GUEST, "1")
    ear.begins("en/wakeup-cancel-ask")
    house.bench.dial(GUEST, "1")
    ear.hears("en/wakeup-cancelled")
    assert not house.of_room("101")


def test_reception_orders_for_a_room_and_a_guest_for_none_but_his_own(house: Waking) -> None:
    at = later(4)
    ear = dials(house, RECEPTION, f"*58*202*{at:%H%M}#")
    ear.hears("en/wakeup-for-room", *digits("en", "202"), "en/wakeup-is-set-for", *date_and_time("en", at))
    (order,) = house.of_room("202")
    assert datetime.fromisoformat(order["due"]) == at
    lift_and_dial(house.bench, GUEST, f"*58*201*{at:%H%M}#")
    house.bench.wait_now(GUEST, "speech")
    assert not house.of_room("201")


# ------------------------------------------------------------------------------------------------------------ the call


def test_a_recording_of_the_hotel_s_own_is_heard_instead_of_the_product_s(house: Waking, api: Api) -> None:
    (name,) = greeting("en", now())[:1]
    own = "en/wakeup-taken-over"
    usual = house.prompt(name)
    assert api.raw("PUT", f"/api/v1/prompts/{name}", write_wav(house.prompt(own)), "audio/wav").status == 200
    try:
        at = soon()
        house.order("102", at=at)
        house.rings_on_time(2, at)
        house.lift(2).hears(own, "en/wakeup-time-is")
        heard = house.bench.heard(2, round(1000 * len(usual) / RATE_HZ) + 5000)
        assert best(usual, heard)[0] < ALIKE, "the product's own"
    finally:
        assert api.raw("DELETE", f"/api/v1/prompts/{name}").status == 204
