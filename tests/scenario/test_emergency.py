"""112 goes through from every state in which a telephone is off-hook and nobody is talked to, with an agent or without.

Who dials it so late hears ringback, busy tone, the howler, or nothing any more.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.clients import Api, Bench, Json
from tests.harness import Product, wait_for
from tests.hotel import Hotel
from tests.scenario.conftest import EXCHANGE
from tests.scenario.talking import connected, hang_up, lift, lift_and_dial, ring_up

RECEPTION, HOT_LINE = 7, 5
SHORT = {"release_tone": 8, "howler": 8}
LONG = {"release_tone": 300, "howler": 600}

Pace = Callable[[dict[str, float]], None]


@pytest.fixture(scope="module")
def hotel() -> Hotel:
    return Hotel.demonstration().with_phone(HOT_LINE, off_hook="reception:0")


@pytest.fixture
def pace(api: Api, settings: Json) -> Pace:
    """Sets how long tone and howler last."""
    return lambda timers: api.call("PUT", EXCHANGE, {**settings, "timers": {**settings["timers"], **timers}})


def dial_wrong(bench: Bench, phone: int) -> None:
    """Until the telephone hears that this number is none."""
    lift_and_dial(bench, phone, "555")
    wait_for(lambda: bench.hearing(phone)["signal"] not in (None, "dial"), 20, "the caller is told")


def locked_out(bench: Bench, api: Api, phone: int) -> None:
    wait_for(lambda: api.line(phone)["fault"] == "off-hook", 60, "the line is out of service")
    bench.wait_now(phone, "silence")


def rings_reception(bench: Bench, phone: int) -> None:
    bench.wait_ringing(RECEPTION)
    bench.wait_signal(phone, "ringback")
    bench.off_hook(RECEPTION)
    connected(bench, phone, RECEPTION)


@pytest.mark.parametrize("how", [{"on_ms": 80, "off_ms": 80}, {"pulse": True}], ids=["dtmf", "pulse"])
def test_at_the_tone_after_a_wrong_number(bench: Bench, pace: Pace, how: dict[str, object]) -> None:
    pace(LONG)
    dial_wrong(bench, 1)
    bench.dial(1, "112", **how)
    rings_reception(bench, 1)


def test_at_busy_tone(bench: Bench, pace: Pace) -> None:
    pace(LONG)
    lift(bench, 2)
    lift_and_dial(bench, 1, "102")
    bench.wait_signal(1, "busy")
    bench.dial(1, "103")
    bench.wait_signal(1, "busy")
    bench.dial(1, "112")
    rings_reception(bench, 1)


def test_while_another_telephone_rings(bench: Bench) -> None:
    ring_up(bench, 1, "102", 2)
    bench.dial(1, "112")
    bench.wait_quiet(2)
    rings_reception(bench, 1)


@pytest.mark.parametrize("how", [{"on_ms": 80, "off_ms": 80}, {"pulse": True}], ids=["dtmf", "pulse"])
def test_in_a_menu(bench: Bench, api: Api, how: dict[str, object]) -> None:
    lift_and_dial(bench, 1, "*57")
    wait_for(lambda: api.line(1)["state"] == "talking", 20, "the menu talks")
    bench.dial(1, "112", **how)
    rings_reception(bench, 1)


def test_from_a_hot_line(bench: Bench, api: Api) -> None:
    bench.off_hook(HOT_LINE)
    bench.wait_ringing(RECEPTION)
    bench.wait_signal(HOT_LINE, "ringback")
    bench.dial(HOT_LINE, "112")
    wait_for(lambda: [call for call in api.calls() if call["emergency"]], 10, "an emergency call stands")
    rings_reception(bench, HOT_LINE)


@pytest.mark.parametrize("how", [{"on_ms": 80, "off_ms": 80}, {"pulse": True}], ids=["dtmf", "pulse"])
def test_against_the_howler(bench: Bench, pace: Pace, how: dict[str, object]) -> None:
    pace({**LONG, "release_tone": 5})
    dial_wrong(bench, 1)
    bench.wait_signal(1, "howler", deadline_s=60)
    bench.dial(1, "112", **how)
    rings_reception(bench, 1)


def test_after_the_lock_out(bench: Bench, api: Api, pace: Pace) -> None:
    pace(SHORT)
    dial_wrong(bench, 1)
    locked_out(bench, api, 1)
    bench.dial(1, "112")
    rings_reception(bench, 1)
    hang_up(bench, 1)
    assert [record["emergency"] for record in api.records()[:1]] == [True]


@pytest.mark.timeout(240)
def test_while_no_agent_is_there_and_when_it_is_back(product: Product, bench: Bench, api: Api, pace: Pace) -> None:
    """One at busy tone, one locked out: both are known for what they are, before and after."""
    pace(SHORT)
    dial_wrong(bench, 1)
    locked_out(bench, api, 1)
    pace(LONG)
    dial_wrong(bench, 2)
    with product.frozen("supervisor"):
        bench.wait_audio(3000)
        assert bench.hearing(1)["now"] == "silence", "it is not taken for one just lifted"
        assert bench.hearing(2)["signal"] != "dial"
        bench.dial(2, "112")
        bench.wait_ringing(RECEPTION)
        hang_up(bench, 2)
        bench.wait_quiet(RECEPTION)
    wait_for(product.ready, 40, "the supervisor goes on")
    wait_for(lambda: api.line(1)["fault"] == "off-hook", 20, "the line is out of service as before")
    bench.wait_now(1, "silence")
    bench.dial(1, "112")
    rings_reception(bench, 1)
