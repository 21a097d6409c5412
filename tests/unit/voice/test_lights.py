"""What voice has shown on the box's LEDs."""

from __future__ import annotations

import pytest

from boardsupport.leds import LifelineRelay
from firmware.gateway.messages import Indicate
from firmware.indicators.link import Held
from firmware.indicators.table import TABLE
from firmware.voice.lights import STEP_S, Lights, lines_state, trunk_state
from firmware.voice.telephone import State as TelephoneState
from firmware.voice.trunk_table import State as TrunkState


class Front:
    """Notes what it is told; the button is held as the test says."""

    def __init__(self) -> None:
        self.told: list[dict[str, str]] = []
        self.held: list[Held] = []

    def tell(self, states: dict[str, str], now_s: float) -> None:
        self.told.append(states)

    def heard(self) -> list[Held]:
        held, self.held = self.held, []
        return held


class Pins:
    def __init__(self) -> None:
        self.levels: list[bool] = []

    def write(self, pin: int, level: bool) -> None:
        self.levels.append(level)


class Box:
    def __init__(self) -> None:
        self.front, self.pins = Front(), Pins()
        self.own = {"system": "survival", "alarm": "waiting"}
        self.button: list[float] = []
        self.blocks = 0
        self.steps = 0
        relay = LifelineRelay(self.pins, 10)  # type: ignore[arg-type]
        self.lights = Lights(self.front, relay, None, lambda: self.blocks, lambda: self.own, self.button.append)

    def run(self, seconds: float, core_lives: bool = True) -> None:
        for _ in range(round(seconds / STEP_S)):
            self.blocks += 5 * core_lives
            self.lights.step(self.steps * STEP_S)
            self.steps += 1


@pytest.fixture
def box() -> Box:
    return Box()


def test_the_agent_s_wish_stands_before_what_voice_knows_until_the_agent_is_gone(box: Box) -> None:
    box.run(0.3)
    assert box.front.told[-1] == {"system": "survival", "alarm": "waiting"}
    box.lights.show(Indicate(led="system", state="running"))
    box.run(STEP_S)
    assert box.front.told[-1] == {"system": "running", "alarm": "waiting"}, "at once"
    box.lights.agent_gone()
    box.run(0.3)
    assert box.front.told[-1]["system"] == "survival"


def test_an_agent_can_take_back_its_wish(box: Box) -> None:
    box.lights.show(Indicate(led="alarm", state="none"))
    box.lights.show(Indicate(led="alarm", state=None))
    box.run(0.3)
    assert box.front.told[-1]["alarm"] == "waiting"


def test_it_says_that_it_lives_four_times_a_second_and_only_while_the_core_makes_progress(box: Box) -> None:
    box.run(2)
    assert len(box.front.told) == pytest.approx(8, abs=1)
    told = len(box.front.told)
    box.run(5, core_lives=False)
    assert len(box.front.told) <= told + 1


def test_the_relay_is_toggled_ten_times_a_second_and_only_while_the_core_makes_progress(box: Box) -> None:
    box.run(1)
    assert len(box.pins.levels) == pytest.approx(10, abs=1)
    assert set(zip(box.pins.levels, box.pins.levels[1:], strict=False)) == {(True, False), (False, True)}
    before = len(box.pins.levels)
    box.run(5, core_lives=False)
    assert len(box.pins.levels) <= before + 1


def test_the_button_is_told(box: Box) -> None:
    box.front.held = [Held(10.2)]
    box.run(STEP_S)
    assert box.button == [10.2]


IDLE, TALKING, DEAD = TelephoneState.ON_HOOK, TelephoneState.OFF_HOOK, TelephoneState.OUT_OF_SERVICE


@pytest.mark.parametrize(
    ("telephones", "state"),
    [
        ([], "none"),
        ([(IDLE, False), (TelephoneState.INITIALISING, False)], "idle"),
        ([(IDLE, False), (TALKING, False)], "in-use"),
        ([(TelephoneState.RINGING, False)], "in-use"),
        ([(DEAD, False), (TALKING, False)], "fault"),
        ([(IDLE, True)], "fault"),
    ],
)
def test_lines(telephones: list[tuple[TelephoneState, bool]], state: str) -> None:
    assert lines_state(telephones) == state
    assert state in TABLE["lines"]


FREE, BUSY = (TrunkState.IDLE, False), (TrunkState.IN_USE, False)


@pytest.mark.parametrize(
    ("trunks", "state"),
    [
        ([], "none"),
        ([FREE, (TrunkState.INITIALISING, False)], "idle"),
        ([FREE, BUSY], "in-use"),
        ([BUSY, BUSY], "all-busy"),
        ([BUSY, (TrunkState.DEAD, False)], "fault"),
        ([FREE, (TrunkState.IDLE, True)], "fault"),
        ([(TrunkState.OUT_OF_SERVICE, False), (TrunkState.DEAD, True)], "all-faulty"),
    ],
)
def test_trunks(trunks: list[tuple[TrunkState, bool]], state: str) -> None:
    assert trunk_state(trunks) == state
    assert state in TABLE["trunk"]
