"""What a person sees at the box: LEDs that tell the truth whoever is dead, and the button."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Iterator

import pytest

from tests.clients import Api, Bench
from tests.harness import Product, wait_for
from tests.hotel import Hotel, PmsLink

RUNNING = ("green", "blink", 0.5)
STARTING = ("amber", "blink", 1.0)
SURVIVAL = ("red", "blink", 0.5)
VOICE_DEAD = ("red", "blink", 5.0)
CALM_AGAIN_S = 90.0
"""A busy machine is an alarm as well, `late-blocks`, until it has let voice run for ten seconds."""
ALL_COLOURS = {
    "power": "green", "system": "green+amber+red", "alarm": "red", "pms": "green+amber", "trunk": "green+amber",
    "lines": "green+amber",
}  # fmt: skip


@pytest.fixture(scope="module")
def hotel() -> Hotel:
    return Hotel.demonstration(pms=(PmsLink(link={"alarm_after_s": 3600}),))


@pytest.fixture(autouse=True)
def all_is_well(product: Product, api: Api) -> Iterator[None]:
    """Before each test: no alarm, the PMS is there."""
    product.bench.pms().wait_alive(30)
    product.bench.wait_led("system", *RUNNING, deadline_s=30)
    acknowledge_all(product.bench, api, "off")
    yield
    product.wait_ready()


def acknowledge_all(bench: Bench, api: Api, then: str) -> None:
    """Also what is told late, until the LED `alarm` is as it is `then`."""

    def looked() -> bool:
        for alarm in api.alarms():
            if alarm["acknowledged"] is None:
                api.call("POST", f"/api/v1/alarms/{alarm['id']}/acknowledge")
        return bool(bench.leds()["alarm"]["state"] == then)

    wait_for(looked, CALM_AGAIN_S, f"the LED alarm is {then}", every_s=0.2)


def test_an_alarm_blinks_until_it_is_acknowledged_and_is_lit_until_its_cause_is_gone(bench: Bench, api: Api) -> None:
    bench.wait_led("trunk", "green", "on")
    bench.company("fxo/2", "unplug")
    bench.wait_led("alarm", "red", "blink", 1.0)
    bench.wait_led("trunk", "amber", "blink", 0.5)
    acknowledge_all(bench, api, "on")
    bench.company("fxo/2", "plug")
    acknowledge_all(bench, api, "off")
    bench.wait_led("trunk", "green", "on")


def test_an_emergency_call_looks_like_nothing_else(bench: Bench, api: Api) -> None:
    bench.off_hook(1)
    bench.wait_signal(1, "dial")
    bench.dial(1, "112")
    bench.wait_led("alarm", "red", "blink", 5.0)
    bench.wait_led("lines", "green", "blink", 0.5)
    bench.on_hook(1)
    acknowledge_all(bench, api, "off")
    bench.wait_led("lines", "green", "on")


def test_a_pms_that_goes_and_comes(bench: Bench) -> None:
    bench.wait_led("pms", "green", "on")
    bench.pms().link("refuse")
    bench.wait_led("pms", "amber", "blink", 5.0)
    bench.pms().link("open")
    bench.wait_led("pms", "green", "on", deadline_s=30)


def test_while_the_supervisor_is_killed_the_leds_say_so(product: Product, bench: Bench) -> None:
    with product.frozen("launcher"):  # nobody starts it again
        product.kill("supervisor")
        bench.wait_led("system", *SURVIVAL)
        bench.wait_led("alarm", "red", "blink", 1.0)
        bench.wait_led("pms", "amber", "blink", 5.0)
        bench.wait_led("lines", "green", "on")
    bench.wait_led("system", *RUNNING, deadline_s=30)
    bench.wait_led("pms", "green", "on", deadline_s=30)


def test_a_frozen_supervisor_is_a_dead_one(product: Product, bench: Bench) -> None:
    with product.frozen("supervisor"):
        bench.wait_led("system", *SURVIVAL)
    bench.wait_led("system", *RUNNING, deadline_s=30)


def test_while_voice_is_killed_the_leds_say_that_telephones_are_dead(product: Product, bench: Bench) -> None:
    with product.frozen("launcher"):
        product.kill("voice")
        bench.wait_led("system", *VOICE_DEAD)
        bench.wait_led("lines", "green", "off")
    bench.wait_led("system", *RUNNING, deadline_s=30)
    bench.wait_led("lines", "green", "on")


def test_a_frozen_voice_is_a_dead_one(product: Product, bench: Bench) -> None:
    with product.frozen("voice"):
        bench.wait_led("system", *VOICE_DEAD)
    bench.wait_led("system", *RUNNING, deadline_s=30)


def test_both_dead_look_as_voice_dead(product: Product, bench: Bench) -> None:
    with product.frozen("launcher"):
        product.kill("supervisor")
        product.kill("voice")
        bench.wait_led("system", *VOICE_DEAD)
        bench.wait_led("power", "green", "on")
    bench.wait_led("system", *RUNNING, deadline_s=40)


def test_without_any_program_of_the_leds_the_system_led_stands_still_until_one_is_started(
    product: Product, bench: Bench
) -> None:
    with product.frozen("launcher"):
        product.kill("indicators")
        wait_for(lambda: bench.leds()["system"]["state"] != "blink", 10, "the LED stands still")
    bench.wait_led("system", *RUNNING, deadline_s=30)


def test_a_short_press_lights_every_led_in_all_its_colours(bench: Bench) -> None:
    bench.press_button(300)
    wait_for(lambda: shining(bench) == ALL_COLOURS, 2, "all shine", every_s=0.01)
    bench.wait_led("pms", "green", "on")


def shining(bench: Bench) -> dict[str, str]:
    """The colour of each LED that is on; of `system` whatever it does, for it blinked until now."""
    return {name: led["color"] for name, led in bench.leds().items() if led["state"] == "on" or name == "system"}


def test_three_seconds_blink_the_address(product: Product, bench: Bench) -> None:
    lights = watch(product, "lines", until_longer_than_s=1.5)
    bench.press_button(3500)
    assert read(lights) == "127."
    bench.press_button(200)
    bench.wait_led("lines", "green", "on")


def test_ten_seconds_arm_a_reset_which_is_seen(bench: Bench) -> None:
    bench.press_button(10_500)
    bench.wait_led("lines", "amber", "blink", 5.0)


def watch(product: Product, led: str, until_longer_than_s: float) -> Iterator[tuple[bool, float]]:
    """Each light and each dark of one LED, with its length, to the first light that lasts longer."""
    connection = http.client.HTTPConnection("127.0.0.1", product.bench_port, timeout=30)
    connection.request("GET", "/bench/events")
    stream = connection.getresponse()
    event, lit, since = "", False, time.monotonic()
    try:
        for line in (raw.decode().strip() for raw in stream):
            if line.startswith("event: "):
                event = line.removeprefix("event: ")
            if not line.startswith("data: ") or event != "lit":
                continue
            now, seen = time.monotonic(), json.loads(line.removeprefix("data: "))[led] is not None
            if seen == lit:
                continue
            yield lit, now - since
            if lit and now - since > until_longer_than_s:
                return
            lit, since = seen, now
    finally:
        connection.close()


def read(lights: Iterator[tuple[bool, float]]) -> str:
    """By docs/leds.md, from the three seconds of dark on."""
    found, count, begun = "", 0, False
    for lit, seconds in lights:
        begun = begun or (not lit and seconds > 2.3)
        if not begun:
            continue
        if lit and seconds > 1.2:
            found += "."
        elif lit:
            count += 1
        elif count and seconds > 1:
            found, count = found + str(count % 10), 0
    return found
