"""Wake-ups that a person must see to: reception's telephone speaks, and numbers in the house and outside after it."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pytest

from tests.audio import RATE_HZ, Samples
from tests.clients import Api, Bench, Json
from tests.harness import wait_for
from tests.hotel import Hotel
from tests.scenario.talking import connected, hang_up, line_with
from tests.scenario.waking import Ear, Waking, digits, soon

RECEPTION, HOUSEKEEPING = 7, 8
OUTSIDE = "221234567"
RULES = f"""[wakeup]
attempts = 1
ring_seconds = 5
reception_every_seconds = 15
escalation = ["110", "0{OUTSIDE}"]
escalation_after_seconds = 0
"""


@pytest.fixture(scope="module")
def hotel() -> Hotel:
    return Hotel.demonstration(more=RULES)


def fails(house: Waking, room: str) -> tuple[Json, datetime]:
    """Nobody answers there: the alarm, and when it was due."""
    due = soon()
    order = house.order_one(room, due)
    house.wait(order, "not_answered")
    return house.alarm("wakeup-failed", room), due


def is_told(house: Waking, phone: int | str, room: str, ear: Ear) -> None:
    """What has failed is said, and how it is taken over."""
    ear.hears("en/wakeup-failed-room", *digits("en", room))
    ear.begins("en/wakeup-take-over")


def test_reception_is_told_and_takes_it_over(house: Waking) -> None:
    bench = house.bench
    alarm, _ = fails(house, "101")
    bench.wait_ringing(RECEPTION)
    wait_for(lambda: alarm_light(bench) == ("red", "blink"), 15, "the light blinks")
    is_told(house, RECEPTION, "101", house.lift(RECEPTION))
    ear = Ear(house, RECEPTION)
    bench.dial(RECEPTION, "1")
    ear.hears("en/wakeup-taken-over")
    wait_for(lambda: house.is_acknowledged(alarm), 5, "it is acknowledged")
    wait_for(lambda: light_of_the_house(house) != ("red", "blink"), 5, "the light blinks no more")
    hang_up(bench, RECEPTION)
    assert not bench.phone(HOUSEKEEPING)["ringing"], "nobody else is called"


def test_a_page_that_acknowledges_leaves_reception_s_telephone_in_peace(house: Waking) -> None:
    alarm, _ = fails(house, "102")
    house.bench.wait_ringing(RECEPTION)
    house.acknowledge(alarm)
    house.bench.wait_quiet(RECEPTION)


def test_where_reception_does_not_answer_housekeeping_is_called_and_then_a_number_outside(house: Waking) -> None:
    """Reception's telephone is in use; who has only listened has taken nothing over."""
    bench = house.bench
    bench.off_hook(RECEPTION)
    alarm, _ = fails(house, "103")
    bench.wait_ringing(HOUSEKEEPING)
    is_told(house, HOUSEKEEPING, "103", house.lift(HOUSEKEEPING))
    bench.on_hook(HOUSEKEEPING)
    assert not house.is_acknowledged(alarm)
    line = line_with(bench, OUTSIDE, 40)
    ear = Ear(house, line)
    bench.company(line, "answer", reversal=True)
    is_told(house, line, "103", ear)
    ear = Ear(house, line)
    bench.speak(line, key("1"))
    ear.hears("en/wakeup-taken-over")
    wait_for(lambda: house.is_acknowledged(alarm), 5, "it is acknowledged")
    bench.wait_line(line, seized=False)


def test_a_vip_is_woken_by_reception_which_calls_the_room_and_somebody_says_what_came_of_it(house: Waking) -> None:
    bench = house.bench
    order = house.order_one("201", vip=True)
    alarm = house.alarm("wakeup-person", "201")
    assert house.wakeup(order)["state"] == "ringing"
    bench.wait_ringing(RECEPTION)
    ear = house.lift(RECEPTION)
    ear.hears("en/wakeup-vip-room", *digits("en", "201"))
    ear.begins("en/wakeup-vip-call")
    bench.dial(RECEPTION, "1")
    bench.wait_ringing(4)
    bench.off_hook(4)
    connected(bench, RECEPTION, 4)
    hang_up(bench, RECEPTION, 4)
    bench.wait_ringing(HOUSEKEEPING, 30)
    ear = house.lift(HOUSEKEEPING)
    ear.begins("en/wakeup-vip-call", 30)
    bench.dial(HOUSEKEEPING, "2")
    ear.hears("en/wakeup-outcome-noted")
    assert house.wait(order, "answered")["attempts"][0]["outcome"] == "person"
    wait_for(lambda: not house.api.standing_alarms("wakeup-person"), 5, f"the alarm {alarm['id']} is over")


def test_a_vip_does_not_wait_for_a_telephone_that_rings_about_another(house: Waking, api: Api) -> None:
    bench = house.bench
    fails(house, "101")
    bench.wait_ringing(RECEPTION)
    (other,) = calls(api)
    order = house.order_one("202", vip=True)
    wait_for(lambda: is_another(calls(api), other), 15, "it is the VIP's turn")
    bench.wait_ringing(RECEPTION)
    ear = house.lift(RECEPTION)
    ear.hears("en/wakeup-vip-room", *digits("en", "202"))
    ear.begins("en/wakeup-vip-call")
    bench.dial(RECEPTION, "2")
    ear.hears("en/wakeup-outcome-noted")
    house.wait(order, "answered")
    hang_up(bench, RECEPTION)


@pytest.mark.parametrize(("outcome", "alarms"), [("answered", 0), ("not_answered", 1)])
def test_the_desk_says_what_came_of_a_vip_s(house: Waking, api: Api, outcome: str, alarms: int) -> None:
    order = house.order_one("202", vip=True)
    house.alarm("wakeup-person", "202")
    api.call("POST", f"/api/v1/wakeups/{order}/outcome", {"outcome": outcome})
    assert house.wakeup(order)["state"] == outcome
    assert not api.standing_alarms("wakeup-person")
    failed = [one for one in house.alarms_of("202") if one == "wakeup-failed"]
    assert len(failed) == alarms


def calls(api: Api) -> list[str]:
    return [call["id"] for call in api.call("GET", "/api/v1/calls")["items"]]


def is_another(standing: list[str], other: str) -> bool:
    return bool(standing) and other not in standing


def alarm_light(bench: Bench) -> tuple[str, str]:
    light = bench.leds()["alarm"]
    return light["color"], light["state"]


def light_of_the_house(house: Waking) -> tuple[str, str]:
    """Once the alarm of a machine that has much to do is acknowledged, if there is one."""
    for alarm in house.api.alarms():
        if alarm["kind"] == "late-blocks" and alarm["acknowledged"] is None:
            house.acknowledge(alarm)
    return alarm_light(house.bench)


def key(digit: str) -> Samples:
    """A key of a telephone far away (ITU-T Q.23), and a silence after it."""
    low, high = {"1": (697.0, 1209.0), "2": (697.0, 1336.0)}[digit]
    t = np.arange(RATE_HZ // 8) / RATE_HZ
    tone = 6000 * (np.sin(2 * np.pi * low * t) + np.sin(2 * np.pi * high * t))
    return np.concatenate([tone, np.zeros(RATE_HZ // 4)]).astype(np.int16)
