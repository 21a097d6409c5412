"""What becomes of wake-ups: one bad morning, and what guests, desk and telephones do at the wrong moment."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import NamedTuple

import pytest

from tests.clients import Api, Bench, Json, Pms
from tests.harness import Product, wait_for
from tests.hotel import Hotel, PmsLink
from tests.scenario.conftest import HEARD_SINCE, settle
from tests.scenario.front_office import well_behaved
from tests.scenario.talking import answer, call, hang_up, hears_beep, line_with
from tests.scenario.waking import OVER, Waking, fias, soon, wait_answered, wake_records

RULES = """[wakeup]
attempts = 2
ring_seconds = 5
spacing_seconds = 1
snooze_minutes = 1
[wakeup.vip]
by_person = true
spacing_seconds = 20
"""
RECEPTION = 9
TALKER = 8


@pytest.fixture(scope="module")
def hotel() -> Hotel:
    """Rooms 301 to 308 on fxs/1 to 8, reception on fxs/9."""
    return Hotel.of_rooms(8, pms=(PmsLink(),), more=RULES)


@pytest.fixture
def pms(product: Product, api: Api, house: Waking) -> Iterator[Pms]:
    with well_behaved(api, product.bench.pms()):
        yield product.bench.pms()


# ------------------------------------------------------------------------------------------------------- a bad morning

Story = Callable[[Waking, int], None]


def sleeps_on(house: Waking, phone: int) -> None:
    """Nobody lifts."""


def lifts_and_sleeps_on(house: Waking, phone: int) -> None:
    """The handset is lifted and replaced, twice; no key is pressed."""
    for _ in range(2):
        house.bench.wait_ringing(phone)
        house.bench.off_hook(phone)
        house.bench.wait_now(phone, "speech")
        house.bench.on_hook(phone)


def wakes_late(house: Waking, phone: int) -> None:
    """The second attempt is confirmed."""
    wait_for(
        lambda: [one for one in house.of_room(f"30{phone}", "ringing") if len(one["attempts"]) == 2], 20, "a second try"
    )
    confirms(house, phone)


def confirms(house: Waking, phone: int) -> None:
    house.bench.wait_ringing(phone)
    house.bench.off_hook(phone)
    house.bench.wait_now(phone, "speech")
    house.bench.dial(phone, "1")
    house.bench.on_hook(phone)


MORNING: dict[str, tuple[int, Story, str, list[str], str]] = {
    "nobody answers": (1, sleeps_on, "not_answered", ["no-answer", "no-answer"], "NR"),
    "answers without a key": (2, lifts_and_sleeps_on, "not_answered", ["no-key", "no-key"], "NR"),
    "answers the second time": (3, wakes_late, "answered", ["no-answer", "confirmed"], "OK"),
    "off-hook since midnight": (4, sleeps_on, "busy", ["busy", "busy"], "BY"),
    "the line is dead": (5, sleeps_on, "error", ["failed", "failed"], "UR"),
    "the pair is broken": (8, sleeps_on, "error", ["failed", "failed"], "UR"),
    "do not disturb, calls forwarded": (6, confirms, "answered", ["confirmed"], "OK"),
    "ordered by the PMS and here": (7, confirms, "answered", ["confirmed"], "OK"),
}
"""What happens: telephone, what its guest does, state, outcomes of the attempts, what the PMS is told."""


class Morning(NamedTuple):
    """The wake-ups, the alarms and what the PMS was told, by telephone, since a moment of the monotonic clock."""

    since: float
    seen: dict[int, Json]


@pytest.fixture(scope="module")
def morning(waking: Waking, product: Product) -> Morning:
    """All of it at one second."""
    bench, api, pms = product.bench, product.api, product.bench.pms()
    settle(product)
    since = time.monotonic()
    with well_behaved(api, pms):
        phones = [phone for phone, *_ in MORNING.values()]
        for phone in phones:
            pms.check_in(f"30{phone}", name="Holm")
        wait_for(lambda: all(api.get(f"/rooms/30{phone}")["guests"] for phone in phones), 10, "all are checked in")
        bench.off_hook(4)
        bench.fault(8, "open")
        bench.fault(5, "foreign-voltage")
        wait_for(lambda: api.line(5)["fault"], 20, "the fault is seen")
        api.call("PUT", "/api/v1/settings/extensions/306", {"dnd": True, "forward": ["no-answer", "busy"]})
        due = soon(5)
        for phone in phones:
            pms.do("wake-up", room=f"30{phone}", date=f"{due:%Y-%m-%d}", time=f"{due:%H:%M:%S}")
        wait_for(lambda: all(waking.of_room(f"30{phone}") for phone in phones), 10, "all are ordered")
        waking.order("307", at=due)
        with ThreadPoolExecutor(len(phones)) as guests:
            list(guests.map(lambda one: one[1](waking, one[0]), MORNING.values()))
        seen = {phone: outcome(waking, pms, f"30{phone}", due) for phone in phones}
    api.call("PUT", "/api/v1/settings/extensions/306", {"dnd": False, "forward": []})
    api.call("POST", "/api/v1/rooms/308/check-out", {})
    bench.fault(8, "none")
    bench.fault(5, "none")
    wait_for(lambda: not api.line(5)["fault"], 30, "the line is well again")
    return Morning(since, seen)


def outcome(house: Waking, pms: Pms, room: str, due: datetime) -> Json:
    """Of the room's only wake-up, once it is over."""
    (seen,) = wait_for(
        lambda: [one for one in house.api.get(f"/wakeups?room={room}")["items"] if one["state"] in OVER], 30, room
    )
    told = wait_for(lambda: wake_records(pms, "in", room, "WA"), 15, f"the PMS is told of {room}")
    return {**seen, "told": told, "due": due, "alarms": house.alarms_of(room)}


@pytest.mark.parametrize("what", MORNING)
def test_a_bad_morning(morning: Morning, what: str, request: pytest.FixtureRequest) -> None:
    request.node.stash[HEARD_SINCE] = morning.since
    phone, _, state, attempts, status = MORNING[what]
    seen = morning.seen[phone]
    assert (seen["state"], [attempt["outcome"] for attempt in seen["attempts"]]) == (state, attempts)
    assert seen["told"] == [fias("WA", f"30{phone}", seen["due"], status)]
    assert seen["alarms"] == ([] if state == "answered" else ["wakeup-failed"])


# ------------------------------------------------------------------------------------------------------ at a bad moment


def test_who_talks_hears_a_short_tone_and_is_rung_when_he_has_hung_up(house: Waking, bench: Bench, api: Api) -> None:
    """A VIP, whose next try would be much later."""
    api.call("POST", "/api/v1/rooms/308/check-in", {"name": "Holm", "vip": True})
    call(bench, TALKER, "301", 1)
    due = soon()
    order = house.order_one("308", due)
    wait_for(lambda: house.outcomes(order) == ["busy"], 10, "the telephone is busy")
    wait_for(lambda: hears_beep(bench, TALKER, 425, 2000), 5, "a short tone is heard in the call")
    assert bench.phone(TALKER)["hook"] == "off" and len(api.calls()) == 1, "the call goes on"
    hang_up(bench, TALKER)
    bench.wait_ringing(TALKER, deadline_s=8)
    house.lift(TALKER).begins("en/wakeup-time-is")
    bench.dial(TALKER, "1")
    house.wait(order, "answered")
    assert house.outcomes(order) == ["busy", "confirmed"]
    api.call("POST", "/api/v1/rooms/308/check-out", {})


def test_reception_is_called_by_a_key(house: Waking, bench: Bench) -> None:
    order = woken(house, 1)
    bench.dial(1, "0")
    bench.wait_ringing(RECEPTION)
    answer(bench, RECEPTION, 1)
    assert house.wait(order, "answered")["attempts"][0]["outcome"] == "reception"


def test_an_emergency_number_goes_out_of_the_greeting(house: Waking, bench: Bench) -> None:
    order = woken(house, 2)
    bench.dial(2, "112")
    bench.company(line_with(bench, "112"), "answer", reversal=True)
    assert house.wait(order, "answered")["attempts"][0]["outcome"] == "emergency"


def test_one_that_rings_is_cancelled(house: Waking, bench: Bench, pms: Pms) -> None:
    due = soon()
    order = house.order_one("303", due)
    bench.wait_ringing(3)
    house.api.call("DELETE", f"/api/v1/wakeups/{order}")
    stops(bench, 3)
    assert house.wakeup(order)["state"] == "cancelled"
    wait_answered(pms, "303", [fias("WA", "303", due, "DE")])


def test_who_is_moved_while_it_rings_is_woken_in_the_new_room(house: Waking, bench: Bench, pms: Pms) -> None:
    pms.check_in("304", name="Moreau")
    wait_for(lambda: house.api.get("/rooms/304")["guests"], 5, "304 is taken")
    due = soon()
    order = house.order_one("304", due)
    bench.wait_ringing(4)
    pms.move("304", "305")
    bench.wait_ringing(5)
    bench.off_hook(5)
    bench.wait_now(5, "speech")
    assert not bench.phone(4)["striking"]
    bench.dial(5, "1")
    assert house.wait(order, "answered")["room"] == "305"
    wait_answered(pms, "305", [fias("WA", "305", due, "OK")])


def test_a_check_out_ends_what_rings_and_a_swap_takes_along_what_waits(house: Waking, bench: Bench, api: Api) -> None:
    for room in ("306", "307"):
        api.call("POST", f"/api/v1/rooms/{room}/check-in", {"name": f"Guest of {room}"})
    waits = house.order_one("306", soon(3600))
    api.call("POST", "/api/v1/rooms/306/swap", {"with": "307"})
    assert (house.wakeup(waits)["room"], house.wakeup(waits)["state"]) == ("307", "waiting")
    rings = house.order_one("307")
    bench.wait_ringing(7)
    api.call("POST", "/api/v1/rooms/307/check-out", {})
    stops(bench, 7)
    assert [house.wakeup(order)["state"] for order in (waits, rings)] == ["cancelled", "cancelled"]
    api.call("POST", "/api/v1/rooms/306/check-out", {})


def woken(house: Waking, phone: int) -> str:
    """Who is in that room is woken, and hears the greeting; the order."""
    order = house.order_one(f"30{phone}")
    house.bench.wait_ringing(phone)
    house.lift(phone).begins("en/wakeup-time-is")
    return order


def stops(bench: Bench, phone: int) -> None:
    """Its bell rings no more, nor after a pause of the cadence."""
    bench.wait_quiet(phone)
    assert bench.phone(phone)["hook"] == "on"
