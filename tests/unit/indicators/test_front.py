"""What the front of the box shows: voice's word, that voice is dead, and what the button asks."""

from __future__ import annotations

import pytest

from boardsupport.button import Press
from boardsupport.leds import Light
from firmware.indicators.front import STARTS_WITHIN_S, Front
from firmware.indicators.table import TABLE

RUNNING = {"power": "on", "system": "running", "alarm": "none", "lines": "idle"}
ADDRESS = "10.1"


class Box:
    """A front whose button and whose voice do what the test says, in steps of a tenth of a second."""

    def __init__(self) -> None:
        self.now_s = 500.0
        self.front = Front(lambda: ADDRESS, self.now_s)
        self.speaks = True
        self.down_since_s: float | None = None
        self.wishes: list[str] = []

    def run(self, seconds: float) -> None:
        for _ in range(round(seconds * 10)):
            self.now_s += 0.1
            if self.speaks:
                self.front.hear(RUNNING, self.now_s)
            wish = self.front.hold(self.held_s)
            self.wishes += [] if wish is None else [wish]

    @property
    def held_s(self) -> float:
        return 0.0 if self.down_since_s is None else self.now_s - self.down_since_s

    def down(self) -> None:
        self.down_since_s = self.now_s
        self.front.press(Press("down"), self.now_s)

    def up(self) -> None:
        held_s, self.down_since_s = self.held_s, None
        self.front.press(Press("up", held_s), self.now_s)

    def press(self, seconds: float) -> None:
        self.down()
        self.run(seconds)
        self.up()

    def look(self, led: str) -> Light | None:
        shown = self.front.shown(self.held_s, self.now_s)
        assert shown is not None, "every LED is lit"
        return shown.get(led)

    @property
    def all_lit(self) -> bool:
        return self.front.shown(self.held_s, self.now_s) is None

    @property
    def all_dark(self) -> bool:
        return self.front.shown(self.held_s, self.now_s) == {}


@pytest.fixture
def box() -> Box:
    box = Box()
    box.run(1)
    return box


def test_it_shows_what_voice_says(box: Box) -> None:
    assert box.look("system") == TABLE["system"]["running"].light
    assert box.look("lines") == TABLE["lines"]["idle"].light
    assert box.look("pms") is None


def test_a_voice_that_is_silent_is_dead_until_it_speaks_again(box: Box) -> None:
    box.speaks = False
    box.run(0.5)
    assert box.look("system") == TABLE["system"]["running"].light
    box.run(1)
    assert box.look("system") == TABLE["system"]["voice-dead"].light
    assert box.look("lines") is None, "nothing is known of them"
    box.speaks = True
    box.run(0.1)
    assert box.look("system") == TABLE["system"]["running"].light


def test_after_the_start_voice_is_awaited_for_a_while() -> None:
    box = Box()
    box.speaks = False
    box.run(STARTS_WITHIN_S - 1)
    assert box.look("system") == TABLE["system"]["starting"].light
    box.run(2)
    assert box.look("system") == TABLE["system"]["voice-dead"].light


def test_a_short_press_lights_all_leds_for_two_seconds(box: Box) -> None:
    box.press(0.3)
    assert box.all_lit
    box.run(1.5)
    assert box.all_lit
    box.run(0.5)
    assert box.look("system") == TABLE["system"]["running"].light
    assert box.wishes == []


def test_after_three_seconds_the_leds_are_dark_and_who_lets_go_reads_the_address(box: Box) -> None:
    box.down()
    box.run(2.5)
    assert not box.all_dark
    box.run(1)
    assert box.all_dark
    box.up()
    seen = []
    for _ in range(100):
        box.run(0.1)
        light = box.look("lines")
        assert light is not None
        seen.append(light.pattern)
        assert box.look("system") == TABLE["system"]["running"].light, "the others go on"
    assert {"on", "off"} == set(seen)
    box.run(60)
    assert box.look("lines") == TABLE["lines"]["idle"].light
    assert box.wishes == []


def test_the_address_is_read_also_while_voice_is_dead(box: Box) -> None:
    box.speaks = False
    box.press(4)
    box.run(3.2)
    assert box.look("lines") == Light("green", "on")
    assert box.look("system") == TABLE["system"]["voice-dead"].light


def test_a_press_ends_the_address(box: Box) -> None:
    box.press(4)
    box.run(5)
    box.press(0.3)
    assert box.look("lines") == TABLE["lines"]["idle"].light


def test_ten_seconds_ask_for_a_reset_once_and_show_no_address(box: Box) -> None:
    box.down()
    box.run(9.8)
    assert box.wishes == []
    box.run(10)
    assert box.wishes == ["reset"]
    assert box.look("system") == TABLE["system"]["running"].light, "voice says what comes of it"
    box.up()
    box.run(5)
    assert box.look("lines") == TABLE["lines"]["idle"].light
    box.press(11)
    assert box.wishes == ["reset", "reset"]
