"""Lights and relay as their pins are driven."""

from __future__ import annotations

import pytest

from boardsupport.leds import Leds, LifelineRelay, Light
from boardsupport.tables import LedPins
from firmware.gateway.messages import Indicate
from firmware.voice.lights import Lights

POWER, LINES = LedPins("power", {"green": 1, "red": 2}), LedPins("lines", {"green": 3})
RELAY = 10


class Writes:
    """Pins that note what is written."""

    def __init__(self) -> None:
        self.levels: dict[int, bool] = {}
        self.written: list[tuple[int, bool]] = []

    def write(self, pin: int, level: bool) -> None:
        self.levels[pin] = level
        self.written.append((pin, level))

    def lit(self) -> set[int]:
        return {pin for pin, level in self.levels.items() if level}


@pytest.fixture
def pins() -> Writes:
    return Writes()


def leds_on(pins: Writes) -> Leds:
    return Leds(pins, [POWER, LINES])  # type: ignore[arg-type]


def test_a_colour_is_its_pin_and_what_is_not_named_is_dark(pins: Writes) -> None:
    leds = leds_on(pins)
    leds.drive({"power": Light("red", "on")}, 0)
    assert pins.lit() == {2}
    leds.drive({"power": Light("green", "on"), "lines": Light("green", "off")}, 0)
    assert pins.lit() == {1}
    leds.drive({}, 0)
    assert pins.lit() == set()


def test_only_changes_are_written(pins: Writes) -> None:
    leds = leds_on(pins)
    leds.drive({"power": Light("green", "on")}, 0)
    before = len(pins.written)
    leds.drive({"power": Light("green", "on")}, 1)
    assert len(pins.written) == before


def test_blinking_is_half_on_half_off() -> None:
    light = Light("green", "blink", 2.0)
    seen = [light.lit(step * 0.125) for step in range(8)]
    assert seen == [True, True, False, False, True, True, False, False]


def test_the_agent_s_wish_stands_before_the_gateway_s_own_until_it_is_gone(pins: Writes) -> None:
    own = {"power": Light("green", "on")}
    lights = Lights(leds_on(pins), LifelineRelay(pins, RELAY), None, lambda: 0, lambda: own)  # type: ignore[arg-type]
    lights.step(0)
    assert pins.lit() - {RELAY} == {1}
    assert lights.show(Indicate(led="power", color="red"))
    lights.step(1)
    assert pins.lit() - {RELAY} == {2}
    assert not lights.show(Indicate(led="lines", color="red"))
    assert not lights.show(Indicate(led="roof", state="off"))
    lights.agent_gone()
    lights.step(2)
    assert pins.lit() - {RELAY} == {1}


def test_the_relay_is_toggled_ten_times_a_second_and_only_while_the_core_makes_progress(pins: Writes) -> None:
    blocks = 0
    lights = Lights(leds_on(pins), LifelineRelay(pins, RELAY), None, lambda: blocks, dict)  # type: ignore[arg-type]
    for step in range(20):
        blocks += step < 10
        lights.step(step * 0.05)
    assert [level for pin, level in pins.written if pin == RELAY] == [True, False, True, False, True, False]
