"""LEDs and relay as their pins are driven."""

from __future__ import annotations

import pytest

from boardsupport.leds import PATTERNS, STEP_S, Leds, LifelineRelay, Light, Pattern
from boardsupport.tables import LedPins

SYSTEM, LINES = LedPins("system", {"green": 1, "red": 2}), LedPins("lines", {"green": 3})
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


@pytest.fixture
def leds(pins: Writes) -> Leds:
    return Leds(pins, [SYSTEM, LINES])  # type: ignore[arg-type]


def test_a_colour_is_its_pin_and_what_is_not_named_is_dark(pins: Writes, leds: Leds) -> None:
    leds.drive({"system": Light("red", "on")}, 0)
    assert pins.lit() == {2}
    leds.drive({"system": Light("green", "on"), "lines": Light("green", "off")}, 0)
    assert pins.lit() == {1}
    leds.drive({}, 0)
    assert pins.lit() == set()


def test_a_led_that_has_not_the_colour_shows_the_pattern_in_its_own(pins: Writes, leds: Leds) -> None:
    leds.drive({"lines": Light("amber", "on")}, 0)
    assert pins.lit() == {3}


def test_only_changes_are_written(pins: Writes, leds: Leds) -> None:
    leds.drive({"system": Light("green", "on")}, 0)
    before = len(pins.written)
    leds.drive({"system": Light("green", "on")}, 1)
    assert len(pins.written) == before


def test_all_leds_can_be_lit_and_are_right_again_afterwards(pins: Writes, leds: Leds) -> None:
    leds.drive({"system": Light("green", "on")}, 0)
    leds.light_all()
    assert pins.lit() == {1, 2, 3}
    leds.drive({"system": Light("green", "on")}, 0)
    assert pins.lit() == {1}


@pytest.mark.parametrize(
    ("pattern", "seen"),
    [
        ("off", "." * 40),
        ("on", "#" * 40),
        ("slow", ("#" * 10 + "." * 10) * 2),
        ("fast", "##.." * 10),
        ("flash", "####" + "." * 36),
        ("wink", "...." + "#" * 36),
        ("two-flashes", "####....####" + "." * 28),
        ("two-winks", "....####...." + "#" * 28),
    ],
)
def test_two_seconds_of_each_pattern(pattern: Pattern, seen: str) -> None:
    for start in (0, 86_400 * 365):  # the box has been up for a year
        light = Light("green", pattern)
        looks = "".join("#" if light.lit(start + step * STEP_S) else "." for step in range(40))
        assert looks == seen


def test_every_pattern_has_been_looked_at() -> None:
    (mark,) = test_two_seconds_of_each_pattern.pytestmark  # type: ignore[attr-defined]
    assert [pattern for pattern, _ in mark.args[1]] == list(PATTERNS)


def test_the_relay_is_toggled(pins: Writes) -> None:
    relay = LifelineRelay(pins, RELAY)  # type: ignore[arg-type]
    for _ in range(4):
        relay.beat()
    assert [level for _, level in pins.written] == [True, False, True, False]
