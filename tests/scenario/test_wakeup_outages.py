"""The box is off when a wake-up is due, or its disk is full: it rings as soon as it can, or a person is told."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.clients import Api, Bench, Json
from tests.harness import Product, wait_for
from tests.hotel import Hotel
from tests.scenario.talking import hang_up
from tests.system_calls import full_disk

ZONE = ZoneInfo("Europe/Warsaw")
LATE_S = 60
WAKEUP = """\
[wakeup]
attempts = 2
ring_seconds = 5
spacing_seconds = 1
late_minutes = 1
"""
BACK_S = 30.0
RECOVERY_S = 30


@pytest.fixture(scope="module")
def hotel() -> Hotel:
    return Hotel.demonstration(more=WAKEUP)


def in_seconds(seconds: float) -> datetime:
    """A whole second of the hotel's clock, that far from now at least."""
    return datetime.now(ZONE).replace(microsecond=0) + timedelta(seconds=seconds + 1)


def order(api: Api, rooms: Sequence[str], at: datetime) -> list[str]:
    """The orders' ids, in the order of the rooms."""
    wanted = {"rooms": list(rooms), "at": at.strftime("%Y-%m-%dT%H:%M:%S")}
    made = {one["room"]: str(one["id"]) for one in api.call("POST", "/api/v1/wakeups", wanted)["items"]}
    return [made[room] for room in rooms]


def wakeup(api: Api, order_id: str) -> Json:
    return api.get(f"/wakeups/{order_id}")


def wait_state(api: Api, order_id: str, *states: str, deadline_s: float = 30) -> Json:
    def there() -> Json:
        seen = wakeup(api, order_id)
        return seen if seen["state"] in states else None

    return wait_for(there, deadline_s, f"the wake-up is {' or '.join(states)}", 0.1)


def is_near(stamp: str, at: datetime) -> bool:
    """Within a second."""
    return abs((datetime.fromisoformat(stamp) - at).total_seconds()) < 1


def confirm(bench: Bench, phone: int) -> None:
    """Lift, hear the greeting, press 1, hear the thanks, hang up."""
    bench.off_hook(phone)
    bench.wait_now(phone, "speech")
    bench.dial(phone, "1")
    bench.wait_now(phone, "silence")
    bench.wait_now(phone, "speech")
    hang_up(bench, phone)


def failures(api: Api) -> list[str]:
    """Rooms of which the desk is told that nobody was woken."""
    return sorted(a["subject"] for a in api.standing_alarms("wakeup-failed") if a["acknowledged"] is None)


def acknowledge(api: Api) -> None:
    for alarm in api.standing_alarms("wakeup-failed"):
        api.call("POST", f"/api/v1/alarms/{alarm['id']}/acknowledge")


def switch_off(product: Product) -> None:
    """Every process dies, and the chips lose their state."""
    for role in ("launcher", "supervisor", "voice"):
        product.kill(role)
    product.bench.power(False)


def switch_on(product: Product) -> None:
    product.bench.power(True)
    product.start()


@pytest.mark.timeout(240)
def test_what_was_due_while_the_box_was_off_rings_at_once_or_is_missed_if_that_is_long_ago(
    product: Product, bench: Bench, api: Api
) -> None:
    long_ago, just_now = in_seconds(2), in_seconds(2 + LATE_S - 6)
    (missed,), (late,) = order(api, ["101"], long_ago), order(api, ["102"], just_now)
    switch_off(product)
    time.sleep(max(0.0, long_ago.timestamp() + LATE_S + 1 - time.time()))  # what the box does not live through
    switch_on(product)
    bench.wait_ringing(2, BACK_S)
    assert time.time() - just_now.timestamp() < LATE_S
    confirm(bench, 2)
    assert [one["outcome"] for one in wait_state(api, late, "answered")["attempts"]] == ["confirmed"]
    assert wait_state(api, missed, "missed")["attempts"] == []
    assert failures(api) == ["101"] and not bench.phone(1)["ringing"]
    acknowledge(api)


@pytest.mark.timeout(120)
def test_one_that_rang_when_the_power_went_rings_again(product: Product, bench: Bench, api: Api) -> None:
    (one,) = order(api, ["103"], in_seconds(2))
    bench.wait_ringing(3)
    wait_state(api, one, "ringing")
    switch_off(product)
    bench.wait_quiet(3)
    switch_on(product)
    bench.wait_ringing(3, BACK_S)
    again = datetime.now(ZONE)
    confirm(bench, 3)
    cut_off, confirmed = wait_state(api, one, "answered")["attempts"]
    assert (cut_off["outcome"], confirmed["outcome"]) == ("stopped", "confirmed")
    assert cut_off["ended"] <= confirmed["started"] and datetime.fromisoformat(confirmed["started"]) <= again
    assert not failures(api)


@pytest.mark.timeout(120)
def test_what_rang_while_the_supervisor_was_dead_is_told_as_it_rang(product: Product, bench: Bench, api: Api) -> None:
    due = in_seconds(5)
    (one,) = order(api, ["103"], due)
    time.sleep(max(0.0, due.timestamp() - 0.5 - time.time()))  # until the last moment
    product.kill("supervisor")
    bench.wait_ringing(3)
    product.wait_ready()
    bench.wait_ringing(3)
    confirm(bench, 3)
    attempts = wait_state(api, one, "answered")["attempts"]
    assert is_near(attempts[0]["started"], due) and attempts[-1]["outcome"] == "confirmed"


@pytest.mark.timeout(120)
def test_what_was_confirmed_when_the_power_went_is_over(product: Product, bench: Bench, api: Api) -> None:
    (one,) = order(api, ["103"], in_seconds(2))
    bench.wait_ringing(3)
    confirm(bench, 3)
    switch_off(product)
    switch_on(product)
    wait_state(api, one, "answered")
    bench.wait_audio(5000)
    assert not bench.phone(3)["ringing"]


@pytest.mark.timeout(120)
def test_a_full_disk_takes_no_wake_ups_and_rings_those_that_it_has(product: Product, bench: Bench, api: Api) -> None:
    at = in_seconds(6)
    awake, asleep = order(api, ["201", "202"], at)
    with full_disk(product):
        wanted = f'{{"rooms": ["203"], "at": "{at:%Y-%m-%dT%H:%M:%S}"}}'
        assert api.raw("POST", "/api/v1/wakeups", wanted.encode()).status == 503
        bench.wait_ringing(4)
        confirm(bench, 4)
        wait_for(lambda: failures(api) == ["202"], 30, "the desk is told of who sleeps on")
        rung = [wakeup(api, each)["state"] for each in (awake, asleep)]
        assert rung == ["waiting", "waiting"], "nothing is on disk"
    assert wait_state(api, awake, "answered", deadline_s=RECOVERY_S)["attempts"][-1]["outcome"] == "confirmed"
    wait_state(api, asleep, "not_answered", deadline_s=RECOVERY_S)
    assert failures(api) == ["202"] and not bench.phone(4)["ringing"]
    wait_for(lambda: not api.standing_alarms("storage"), RECOVERY_S, "the desk is told that it is over")
    acknowledge(api)


@pytest.mark.timeout(120)
def test_a_control_plane_that_dies_while_its_disk_is_full_knows_what_was_confirmed(
    product: Product, bench: Bench, api: Api
) -> None:
    (one,) = order(api, ["201"], in_seconds(6))
    with ExitStack() as stopped:
        with full_disk(product):
            bench.wait_ringing(4)
            confirm(bench, 4)
            wait_for(lambda: api.standing_alarms("storage"), 20, "it could not be written")
            stopped.enter_context(product.frozen("supervisor"))
        product.kill("supervisor")
    product.wait_ready()
    assert wait_state(api, one, "answered")["attempts"][-1]["outcome"] == "confirmed"
    assert not bench.phone(4)["ringing"] and not failures(api)
