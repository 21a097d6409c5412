"""Wake-ups as guests and reception order them, and as guests are woken: each in his language, at the second.

A house is not there for one guest at a time: several of these happen at once, and each test is one guest's story.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from datetime import datetime, timedelta
from typing import NamedTuple, TypeAlias

import pytest

from tests.audio import RATE_HZ, write_wav
from tests.clients import Pms
from tests.harness import Product, wait_for
from tests.hotel import Hotel, PmsLink
from tests.scenario.conftest import HEARD_SINCE, settle
from tests.scenario.front_office import well_behaved
from tests.scenario.talking import hang_up, lift_and_dial
from tests.scenario.waking import (
    ALIKE,
    LANGUAGES,
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

ROOMS = 12
RECEPTION = ROOMS + 1
TO_ORDER_S = 30.0
"""A guest dials and hears what he has ordered while others do; the night lasts longer anyway."""
AT_ONCE = 5
"""So many guests do something at the same time: what they hear must stay whole on a small machine."""
SNOOZED_S = 60
LONGEST_S = 240

Story: TypeAlias = Callable[[Waking, Pms, int], None]
"""What happens at this telephone."""


@pytest.fixture(scope="module")
def hotel() -> Hotel:
    """Rooms 301 to 312 on fxs/1 to 12, reception on fxs/13."""
    rules = "[wakeup]\nattempts = 2\nring_seconds = 10\nspacing_seconds = 1\nsnooze_minutes = 1"
    return Hotel.of_rooms(ROOMS, pms=(PmsLink(),), more=rules)


@pytest.fixture(scope="module")
def house(product: Product) -> Waking:
    return Waking(product)


@pytest.fixture(scope="module")
def pms(product: Product) -> Iterator[Pms]:
    with well_behaved(product.api, product.bench.pms()):
        yield product.bench.pms()


class Night(NamedTuple):
    """Everybody's story, some of them at the same time, since a moment of the monotonic clock."""

    since: float
    stories: dict[str, Future[None]]


@pytest.fixture(scope="module")
def night(product: Product, house: Waking, pms: Pms) -> Iterator[Night]:
    settle(product)
    since = time.monotonic()
    with ThreadPoolExecutor(AT_ONCE) as guests:
        told = {name: guests.submit(story, house, pms, phone) for phone, (name, story) in enumerate(STORIES.items(), 1)}
        yield Night(since, told)


# ----------------------------------------------------------------------------------------------------- at the telephone


def dials(house: Waking, phone: int, code: str) -> Ear:
    """Lift, dial, and listen from the last digit."""
    lift_and_dial(house.bench, phone, code)
    return Ear(house, phone)


def room_of(phone: int) -> str:
    return str(300 + phone)


def later(hours: int) -> datetime:
    """A minute that is far off."""
    return (now() + timedelta(hours=hours)).replace(minute=30, second=0, microsecond=0)


def checks_in(pms: Pms, house: Waking, phone: int, language: str) -> None:
    pms.check_in(room_of(phone), name="Holm", language=language.upper())
    wait_for(lambda: house.api.get(f"/rooms/{room_of(phone)}")["guests"], 10, f"{room_of(phone)} is taken")


def times(house: Waking, phone: int) -> list[datetime]:
    """When the room's telephone is to ring."""
    return [datetime.fromisoformat(order["due"]) for order in house.of_room(room_of(phone))]


def woken_in(language: str) -> Story:
    """A guest orders for a minute, hears it read back, is woken in his language at the second, and confirms."""

    def story(house: Waking, pms: Pms, phone: int) -> None:
        room = room_of(phone)
        checks_in(pms, house, phone, language)
        due = next_minute(TO_ORDER_S)
        ear = dials(house, phone, f"*55*{due:%H%M}#")
        ear.hears(f"{language}/wakeup-set-for", *date_and_time(language, due))
        house.bench.on_hook(phone)
        house.rings_on_time(phone, due)
        ear = house.lift(phone)
        ear.hears(*greeting(language, due))
        house.bench.dial(phone, "1")
        ear.hears(f"{language}/wakeup-confirmed")
        house.bench.on_hook(phone)
        (done,) = house.of_room(room, "answered")
        assert [attempt["outcome"] for attempt in done["attempts"]] == ["confirmed"]
        assert done["ordered"]["through"] == "keypad"
        assert wake_records(pms, "in", room, "WR") == [fias("WR", room, due)]
        wait_answered(pms, room, [fias("WA", room, due, "OK")])

    return story


def orders_here_and_at_the_pms(house: Waking, pms: Pms, phone: int) -> None:
    """The same minute from both sides rings once, and is answered once."""
    room = room_of(phone)
    checks_in(pms, house, phone, "en")
    due = next_minute(TO_ORDER_S)
    ear = dials(house, phone, f"*55*{due:%H%M}")
    pms.do("wake-up", room=room, date=f"{due:%Y-%m-%d}", time=f"{due:%H:%M}")
    ear.hears(*date_and_time("en", due))
    house.bench.on_hook(phone)
    house.rings_on_time(phone, due)
    house.lift(phone).begins("en/wakeup-time-is")
    house.bench.dial(phone, "1")
    wait_answered(pms, room, [fias("WA", room, due, "OK")])
    house.bench.on_hook(phone)
    (done,) = house.of_room(room, "answered")
    assert [attempt["outcome"] for attempt in done["attempts"]] == ["confirmed"]


def snoozes_twice(house: Waking, pms: Pms, phone: int) -> None:
    room = room_of(phone)
    checks_in(pms, house, phone, "en")
    due = soon()
    order = house.order_one(room, due)
    for _ in range(2):
        house.bench.wait_ringing(phone, SNOOZED_S + 20)
        ear = house.lift(phone)
        ear.begins("en/wakeup-time-is")
        house.bench.dial(phone, "2")
        ear.hears("en/wakeup-again-at")
        house.bench.on_hook(phone)
        seen = house.wait(order, "waiting")
        ahead_s = (datetime.fromisoformat(seen["due"]) - now()).total_seconds()
        assert SNOOZED_S - 20 < ahead_s <= SNOOZED_S
    house.bench.wait_ringing(phone, SNOOZED_S + 20)
    house.lift(phone).begins("en/wakeup-time-is")
    house.bench.dial(phone, "1")
    house.wait(order, "answered")
    house.bench.on_hook(phone)
    assert house.outcomes(order) == ["snoozed", "snoozed", "confirmed"]
    wait_answered(pms, room, [fias("WA", room, due, "OK")])


def orders_what_cannot_be(house: Waking, pms: Pms, phone: int) -> None:
    """It is refused aloud, and asked for again."""
    ear = dials(house, phone, f"*55*{now():%m%d}0000#")
    ear.hears("en/wakeup-past")
    ear.begins("en/wakeup-enter-time")
    house.bench.dial(phone, "2561")
    ear.hears("en/wakeup-wrong")
    ear.begins("en/wakeup-enter-time")
    assert not times(house, phone)
    at = later(5)
    house.bench.dial(phone, f"{at:%H%M}#")
    ear.hears("en/wakeup-set-for", *date_and_time("en", at))
    assert times(house, phone) == [at]
    house.bench.on_hook(phone)


def orders_twice_in_a_vacant_room(house: Waking, pms: Pms, phone: int) -> None:
    """That nobody lives there is said; the same minute again is the same wake-up."""
    at = later(3)
    ear = dials(house, phone, f"*55*{at:%H%M}#")
    ear.hears("en/wakeup-room-vacant", "en/wakeup-set-for", *date_and_time("en", at))
    hang_up(house.bench, phone)
    dials(house, phone, f"*55*{at:%m%d%H%M}").hears("en/wakeup-already-set", "en/wakeup-set-for")
    (order,) = house.of_room(room_of(phone))
    assert order["room_vacant"]
    assert house.order_one(room_of(phone), at) == order["id"]
    house.bench.on_hook(phone)


def cancels_all(house: Waking, pms: Pms, phone: int) -> None:
    """After a confirmation."""
    room = room_of(phone)
    checks_in(pms, house, phone, "en")
    both = [later(2), later(4)]
    for at in both:
        house.order(room, at=at)
    ear = dials(house, phone, "*56")
    ear.hears("en/wakeup-count", "en/number-2")
    ear.begins("en/wakeup-cancel-all-ask")
    assert times(house, phone) == both, "not before it is confirmed"
    house.bench.dial(phone, "1")
    ear.hears("en/wakeup-all-cancelled")
    house.bench.on_hook(phone)
    assert not times(house, phone)
    told = [fias("WC", room, at) for at in both]
    wait_for(lambda: sorted(wake_records(pms, "in", room, "WC")) == sorted(told), 10, "the PMS knows it")


def uses_the_menu(house: Waking, pms: Pms, phone: int) -> None:
    """To set, hear, change and cancel; each is read back before it counts."""
    first, second, press = later(3), later(6), house.bench.dial
    ear = dials(house, phone, "*57")
    ear.begins("en/wakeup-main-menu")
    press(phone, "2")
    ear.begins("en/wakeup-enter-time")
    press(phone, f"{first:%H%M}#")
    ear.hears("en/wakeup-you-chose", *date_and_time("en", first))
    assert not times(house, phone), "not before it is confirmed"
    press(phone, "1")
    ear.hears("en/wakeup-set-for", *date_and_time("en", first))
    (order,) = house.of_room(room_of(phone))
    press(phone, "1")
    ear.hears("en/number-1", "en/wakeup-order", *date_and_time("en", first))
    press(phone, "1")
    ear.begins("en/wakeup-enter-time")
    press(phone, f"{second:%H%M}#")
    ear.hears("en/wakeup-you-chose", *date_and_time("en", second))
    press(phone, "1")
    ear.hears("en/wakeup-changed", *date_and_time("en", second))
    assert times(house, phone) == [second] and house.of_room(room_of(phone))[0]["id"] == order["id"]
    press(phone, "4")
    ear.hears("en/wakeup-order", *date_and_time("en", second))
    press(phone, "1")
    ear.begins("en/wakeup-cancel-ask")
    press(phone, "1")
    ear.hears("en/wakeup-cancelled")
    assert not times(house, phone)
    house.bench.on_hook(phone)


def reception_orders(house: Waking, pms: Pms, phone: int) -> None:
    """For this room, whose guest may order for none but his own."""
    at = later(4)
    ear = dials(house, RECEPTION, f"*58*{room_of(phone)}*{at:%H%M}#")
    ear.hears("en/wakeup-for-room", *digits("en", room_of(phone)), "en/wakeup-is-set-for", *date_and_time("en", at))
    house.bench.on_hook(RECEPTION)
    assert times(house, phone) == [at]
    lift_and_dial(house.bench, phone, f"*58*{room_of(phone)}*{at + timedelta(hours=1):%H%M}#")
    house.bench.wait_now(phone, "speech")
    house.bench.on_hook(phone)
    assert times(house, phone) == [at]


STORIES: dict[str, Story] = {
    "snoozes twice": snoozes_twice,
    **{f"woken in {language}": woken_in(language) for language in LANGUAGES},
    "orders here and at the PMS": orders_here_and_at_the_pms,
    "orders what cannot be": orders_what_cannot_be,
    "orders twice in a vacant room": orders_twice_in_a_vacant_room,
    "cancels all": cancels_all,
    "uses the menu": uses_the_menu,
    "reception orders": reception_orders,
}


@pytest.mark.same_product
@pytest.mark.timeout(2 * LONGEST_S)
@pytest.mark.parametrize("name", STORIES)
def test_a_night(
    product: Product, house: Waking, pms: Pms, night: Night, name: str, request: pytest.FixtureRequest
) -> None:
    """One that failed as the machine stood still is told again, alone."""
    told = night.stories.pop(name, None)
    if told is not None:
        request.node.stash[HEARD_SINCE] = night.since
        told.result(LONGEST_S)
        return
    request.node.stash[HEARD_SINCE] = time.monotonic()
    wait(night.stories.values(), LONGEST_S)
    phone = 1 + list(STORIES).index(name)
    house.leave()
    settle(product)
    pms.do("reset-counts")
    STORIES[name](house, pms, phone)


def test_a_recording_of_the_hotel_s_own_is_heard_instead_of_the_product_s(product: Product, house: Waking) -> None:
    settle(product)
    name, own, path = greeting("en", now())[0], "en/wakeup-taken-over", f"/api/v1/prompts/{greeting('en', now())[0]}"
    usual = house.prompt(name)
    assert house.api.raw("PUT", path, write_wav(house.prompt(own)), "audio/wav").status == 200
    try:
        at = soon()
        house.order("311", at=at)
        house.rings_on_time(11, at)
        house.lift(11).hears(own, "en/wakeup-time-is")
        heard = house.bench.heard(11, round(1000 * len(usual) / RATE_HZ) + 5000)
        assert best(usual, heard)[0] < ALIKE, "the product's own"
        house.bench.dial(11, "1")
    finally:
        assert house.api.raw("DELETE", path).status == 204
        house.leave()
        settle(product)
