"""When the lifeline telephone is the box's again after a start."""

from __future__ import annotations

import pytest

from boardsupport.leds import BEAT_EVERY_S, LifelineRelay
from firmware.indicators.link import Held
from firmware.voice.lifeline import IDLE_S, PATIENCE_S, LifelineHold, LineUse
from firmware.voice.lights import Lights


class Pins:
    def __init__(self) -> None:
        self.beats = 0

    def write(self, pin: int, level: bool) -> None:
        self.beats += 1


class NoFront:
    """Nobody drives LEDs."""

    def tell(self, states: dict[str, str], now_s: float) -> None:
        return

    def heard(self) -> list[Held]:
        return []


class Box:
    """The relay's pin, and time; the line is used as the test says."""

    def __init__(self) -> None:
        self.use: LineUse = "unknown"
        self.pins = Pins()
        self.now_s = 100.0
        relay = LifelineRelay(self.pins, 10)  # type: ignore[arg-type]
        hold = LifelineHold(lambda: self.use)
        self.lights = Lights(NoFront(), relay, hold, self._blocks, dict, lambda held_s: None)

    def beats(self, seconds: float) -> int:
        """How often the relay was kept from falling in that time."""
        before = self.pins.beats
        for _ in range(round(seconds / BEAT_EVERY_S)):
            self.now_s += BEAT_EVERY_S
            self.lights.step(self.now_s)
        return self.pins.beats - before

    def _blocks(self) -> int:
        return round(self.now_s * 100)


@pytest.fixture
def box() -> Box:
    box = Box()
    box.lights.step(box.now_s)
    return box


def test_is_when_its_line_has_been_idle_for_a_while(box: Box) -> None:
    box.use = "idle"
    assert box.beats(IDLE_S) == 0
    assert box.beats(1.0) == pytest.approx(1.0 / BEAT_EVERY_S, abs=1)


def test_is_not_in_the_midst_of_its_call(box: Box) -> None:
    box.use = "in-use"
    assert box.beats(300.0) == 0
    box.use = "idle"
    assert box.beats(IDLE_S - 0.5) == 0
    box.use = "in-use"
    assert box.beats(1.0) == 0, "a flash, not the end"
    box.use = "idle"
    box.beats(IDLE_S)
    assert box.beats(1.0) > 0


def test_is_in_any_case_when_nothing_is_to_be_learnt_of_the_line(box: Box) -> None:
    assert box.beats(PATIENCE_S - 0.5) == 0
    box.beats(0.5)
    assert box.beats(1.0) > 0


def test_stays_so_whoever_uses_the_line_then(box: Box) -> None:
    box.use = "idle"
    box.beats(IDLE_S + 0.5)
    box.use = "in-use"
    assert box.beats(5.0) == pytest.approx(5.0 / BEAT_EVERY_S, abs=1)


def test_is_not_while_the_board_has_no_power_nor_when_it_comes_back_amid_a_call(box: Box) -> None:
    box.use = "idle"
    box.beats(IDLE_S + 0.5)
    box.use = "lost"
    assert box.beats(60.0) == 0
    box.use = "unknown"
    assert box.beats(2.0) == 0
    box.use = "in-use"
    assert box.beats(60.0) == 0
    box.use = "idle"
    box.beats(IDLE_S)
    assert box.beats(1.0) > 0
