"""A company line as the port and the tester meet it: seizure, digits, answer, ringing, every way to end."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from boardsupport.bench import g711
from boardsupport.bench.exchange_states import HangUp
from boardsupport.bench.sounds import Dtmf, Recording, Sound, Tone
from boardsupport.bench.station import WrongStateError
from tests.unit.bench.rig import Rig
from tests.unit.bench.test_audio import fit, level_dbm0
from tests.unit.si3050_model.harness import Hand

ALAW = np.full((1, 1), g711.ALAW_ROW, np.int32)
SLOT = 1
"""Of fxo/1, where one telephone comes before it."""


class Box:
    """The firmware's part, by hand: one telephone port (unused) and one line."""

    def __init__(self, country: str = "pl") -> None:
        self.rig = Rig(1, country, lines=1)
        self.hand: Hand = self.rig.bring_up_line(1)
        self.line = self.rig.line(1)
        self.run(50)

    @property
    def view(self) -> dict[str, Any]:
        return self.rig.line_view(1)

    def run(self, ms: int) -> None:
        self.rig.run(ms)

    def off_hook(self) -> None:
        self.hand.write(5, 0x01)

    def on_hook(self) -> None:
        self.hand.write(5, 0x08)

    def seize(self) -> None:
        """Off-hook, with dial tone."""
        self.off_hook()
        self.rig.until(lambda: self.view["state"] == "dial-tone", 1000)

    def send(self, sound: Sound) -> NDArray[np.int16]:
        """Into the line's timeslot, to its end; what came back meanwhile."""
        pieces = []
        for at in range(0, sound.length, 80):
            piece = np.zeros(80, np.float32)
            part = sound.block(at, min(80, sound.length - at))
            piece[: len(part)] = part
            frames = self.rig.idle.copy()
            frames[:, SLOT] = g711.encode(piece.astype(np.int16)[None], ALAW)[0]
            self.rig.capture = self.rig.world.tick(frames)
            pieces.append(self._received())
        return np.concatenate(pieces)

    def heard(self, ms: int) -> NDArray[np.int16]:
        """What the box receives from the line for so long."""
        pieces = []
        for _ in range(ms // 10):
            self.run(10)
            pieces.append(self._received())
        return np.concatenate(pieces)

    def _received(self) -> NDArray[np.int16]:
        return g711.decode(np.ascontiguousarray(self.rig.capture[:, SLOT])[None], ALAW)[0]

    def dial(self, digits: str, on_ms: int = 80, off_ms: int = 80) -> None:
        self.send(Dtmf(digits, on_ms, off_ms))
        self.run(100)

    def call_out(self) -> None:
        self.seize()
        self.dial("0225")

    def call_in(self) -> None:
        self.rig.ring_in(1)
        self.run(300)
        self.off_hook()
        self.run(400)


@pytest.fixture
def box() -> Box:
    return Box()


def test_an_idle_line_is_fed_and_silent(box: Box) -> None:
    view = box.view
    assert (view["seized"], view["ringing"], view["digits"], view["state"]) == (False, False, "", "idle")
    assert view["voltage"] == 48
    assert view["polarity"] == "normal"
    assert box.hand.volts() == pytest.approx(48, rel=0.1)
    assert (box.rig.capture[:, SLOT] == 0xD5).all()


def test_a_seizure_has_dial_tone_after_the_exchange_s_delay(box: Box) -> None:
    box.off_hook()
    assert 150 <= box.rig.until(lambda: box.view["state"] == "dial-tone", 1000) <= 350
    box.run(200)
    level, distance = fit(box.heard(200), 425)
    assert level == pytest.approx(-13, abs=1)
    assert distance > 25


def test_the_exchange_can_be_slow_or_without_dial_tone(box: Box) -> None:
    box.line.set_exchange(None, 1500)
    box.off_hook()
    assert 1400 <= box.rig.until(lambda: box.view["state"] == "dial-tone", 3000) <= 1700
    box.on_hook()
    box.run(1000)
    box.line.set_exchange(False, None)
    box.off_hook()
    box.run(5000)
    assert box.view["state"] == "seized"
    assert level_dbm0(box.heard(100)) < -60
    box.dial("12")
    assert box.view["digits"] == ""


def test_exactly_the_digits_that_come_after_dial_tone_are_taken_and_it_stops_at_the_first(box: Box) -> None:
    box.off_hook()
    box.send(Dtmf("9", 60, 0))
    box.rig.until(lambda: box.view["state"] == "dial-tone", 1000)
    box.dial("1122", 50, 50)
    assert box.view["state"] == "dialled"
    assert level_dbm0(box.heard(100)) < -60
    box.dial("0#*D", 100, 100)
    assert box.view["digits"] == "11220#*D"


@pytest.mark.parametrize(("on_ms", "off_ms"), [(40, 40), (50, 45), (70, 70), (200, 100), (1000, 60)])
def test_digits_of_any_speed_that_the_standard_allows(box: Box, on_ms: int, off_ms: int) -> None:
    box.seize()
    box.dial("1598800426", on_ms, off_ms)
    assert box.view["digits"] == "1598800426"


def test_digits_are_cleared_at_each_seizure(box: Box) -> None:
    box.call_out()
    box.on_hook()
    box.run(900)
    assert box.view["digits"] == "0225"
    box.seize()
    assert box.view["digits"] == ""


def test_nobody_dials_for_20_s_and_hears_busy(box: Box) -> None:
    box.seize()
    box.run(20_100)
    assert (box.view["state"], box.view["tone"]) == ("cleared", "busy")


def test_early_audio_ringback_and_answer(box: Box) -> None:
    box.call_out()
    box.line.alert("ringback")
    box.run(300)
    assert fit(box.heard(200), 425)[0] == pytest.approx(-13, abs=1)
    box.line.speak(Tone(1000, -10, 8000))
    box.line.alert(None)
    assert fit(box.heard(300), 1000)[0] == pytest.approx(-10, abs=1)
    box.line.answer(reversal=True)
    assert box.view["answered"]
    assert box.view["polarity"] == "reversed"
    box.run(50)
    assert box.hand.volts() < 0


def test_an_answer_without_reversal_leaves_the_polarity(box: Box) -> None:
    box.call_out()
    box.line.answer(reversal=False)
    assert (box.view["answered"], box.view["polarity"]) == (True, "normal")


def test_speech_passes_both_ways_and_the_line_returns_some_of_it(box: Box) -> None:
    box.call_out()
    box.line.answer(reversal=False)
    box.line.speak(Tone(1000, -10, 8000))
    assert fit(box.heard(300), 1000)[0] == pytest.approx(-10, abs=1)
    box.run(1000)
    box.send(Tone(700, -10, 4000))
    assert fit(box.rig.world.heard(box.line, 300), 700)[0] == pytest.approx(-10, abs=0.5)


def test_the_echo_of_the_line_is_12_to_20_db_down_within_8_ms(box: Box) -> None:
    box.call_out()
    noise = (np.random.default_rng(5).standard_normal(8000) * 3000).astype(np.float32)
    back = box.send(Recording(noise)).astype(float)
    assert 12 < 10 * np.log10((noise**2).mean() / (back**2).mean()) < 20
    response = np.abs([np.dot(noise[:7800], back[lag : 7800 + lag]) for lag in range(100)])
    assert response[1:64].max() > 4 * response[66:].max()


def test_a_termination_that_does_not_suit_returns_more(box: Box) -> None:
    box.call_out()
    good = level_dbm0(box.send(Tone(700, -10, 4000)))
    box.hand.write(30, 0x05)
    assert level_dbm0(box.send(Tone(700, -10, 4000))) > good + 4


def test_a_line_rings_in_its_country_s_cadence_and_the_caller_gives_up(box: Box) -> None:
    box.rig.ring_in(1, rings=2)
    striking = []
    while box.view["ringing"]:
        striking.append(box.view["striking"])
        box.run(100)
        assert len(striking) < 150
    bursts = "".join("x" if on else "." for on in striking)
    assert [len(part) for part in bursts.split(".") if part] == [10, 10]
    assert len(bursts) == pytest.approx(100, abs=2)
    assert box.view["state"] == "idle"


def test_the_port_sees_the_ringing(box: Box) -> None:
    box.rig.ring_in(1)
    box.run(200)
    assert box.hand.read(5) & 0x04
    assert box.hand.read(4) & 0x80


def test_seizing_a_ringing_line_answers_it_without_dial_tone(box: Box) -> None:
    box.rig.ring_in(1)
    box.run(500)
    box.off_hook()
    assert box.rig.until(lambda: not box.view["striking"], 500) <= 200
    view = box.view
    assert (view["state"], view["answered"], view["ringing"], view["seized"]) == ("talking-in", True, False, True)
    box.line.speak(Tone(800, -10, 8000))
    box.run(200)
    assert fit(box.heard(300), 800)[0] == pytest.approx(-10, abs=1)


def test_glare_the_call_that_comes_as_the_line_is_seized_has_the_line(box: Box) -> None:
    box.off_hook()
    box.run(100)
    assert box.view["state"] == "seized"
    box.rig.ring_in(1, caller_id="fsk-before")
    assert box.view["state"] == "talking-in"
    box.run(1000)
    assert level_dbm0(box.heard(100)) < -60, "no dial tone"


def test_an_abandoned_call(box: Box) -> None:
    box.rig.ring_in(1)
    box.run(1500)
    box.line.hang_up("silent")
    assert (box.view["ringing"], box.view["state"]) == (False, "idle")
    box.off_hook()
    assert box.rig.until(lambda: box.view["state"] == "dial-tone", 1000) < 400


@pytest.mark.parametrize("direction", ["in", "out"])
@pytest.mark.parametrize("how", ["busy-tone", "reversal", "silent", "loop-break"])
def test_every_way_to_hang_up_and_the_line_is_free_when_the_box_is_on_hook(
    box: Box, direction: str, how: HangUp
) -> None:
    if direction == "in":
        box.call_in()
    else:
        box.call_out()
        box.line.answer(reversal=False)
    box.run(100)
    box.line.hang_up(how)
    box.run(300)
    view = box.view
    assert not view["answered"]
    assert (view["tone"] == "busy") is (how == "busy-tone")
    assert (view["polarity"] == "reversed") is (how == "reversal")
    assert (box.hand.read(28) == 0) is (how == "loop-break")
    box.run(800)
    assert box.view["state"] == "cleared"
    assert box.hand.read(28) > 0, "the feed is back"
    box.on_hook()
    box.run(900)
    assert (box.view["state"], box.view["polarity"], box.view["seized"]) == ("idle", "normal", False)


def test_whoever_is_left_with_dial_tone_may_dial_again(box: Box) -> None:
    box.call_in()
    box.run(100)
    box.line.hang_up("dial-tone")
    assert (box.view["tone"], box.view["digits"], box.view["answered"]) == ("dial", "", False)
    box.dial("9")
    assert (box.view["state"], box.view["tone"], box.view["digits"]) == ("dialled", None, "9")
    box.on_hook()
    box.run(900)
    assert box.view["state"] == "idle"


def test_reversed_at_answer_a_hang_up_by_reversal_turns_it_back(box: Box) -> None:
    box.call_out()
    box.line.answer(reversal=True)
    box.line.hang_up("reversal")
    assert box.view["polarity"] == "normal"


def test_a_call_that_came_in_is_held_for_20_s_after_the_box_alone_hung_up(box: Box) -> None:
    box.call_in()
    box.on_hook()
    box.run(1000)
    assert (box.view["state"], box.view["seized"]) == ("held", False)
    box.run(15_000)
    box.off_hook()
    box.run(200)
    assert box.view["state"] == "talking-in", "the caller is still there"
    box.on_hook()
    box.run(1000)
    with pytest.raises(WrongStateError):
        box.rig.ring_in(1)
    box.run(20_000)
    assert box.view["state"] == "idle"
    box.seize()


def test_the_caller_of_a_held_call_hangs_up(box: Box) -> None:
    box.call_in()
    box.on_hook()
    box.run(1000)
    box.line.hang_up("silent")
    assert box.view["state"] == "idle"


def test_a_call_that_went_out_is_over_when_the_box_hangs_up(box: Box) -> None:
    box.call_out()
    box.line.answer(reversal=True)
    box.on_hook()
    box.run(900)
    assert (box.view["state"], box.view["polarity"]) == ("idle", "normal")


@pytest.mark.parametrize(
    ("ms", "flashes", "state"), [(30, 0, "dialled"), (100, 1, "dialled"), (600, 1, "dialled"), (900, 0, "idle")]
)
def test_a_short_break_by_the_box_is_a_recall_a_long_one_a_hang_up(box: Box, ms: int, flashes: int, state: str) -> None:
    box.call_out()
    box.on_hook()
    box.run(ms)
    assert box.view["state"] == state
    box.off_hook()
    box.run(10)
    assert box.view["flashes"] == flashes


def test_a_dead_line_ends_the_call_and_can_be_plugged_in_again(box: Box) -> None:
    box.call_out()
    box.line.plug(False)
    box.run(900)
    assert (box.view["seized"], box.view["voltage"], box.view["plugged"]) == (False, 0, False)
    with pytest.raises(WrongStateError, match="dead"):
        box.rig.ring_in(1)
    box.on_hook()
    box.line.plug(True)
    assert box.view["voltage"] == 48
    box.seize()


def test_a_telephone_in_parallel_seizes_the_line(box: Box) -> None:
    box.line.put_parallel(True)
    box.run(300)
    assert (box.view["state"], box.view["parallel"]) == ("dial-tone", True)
    assert 3 < box.hand.volts() < 20
    with pytest.raises(WrongStateError):
        box.rig.ring_in(1)
    box.line.put_parallel(False)
    box.run(900)
    assert box.view["state"] == "idle"


@pytest.mark.parametrize("verb", ["answer", "hang_up", "alert", "speak"])
def test_what_an_idle_line_can_not_do(box: Box, verb: str) -> None:
    before = box.view
    calls = {
        "answer": lambda: box.line.answer(True),
        "hang_up": lambda: box.line.hang_up("loop-break"),
        "alert": lambda: box.line.alert("ringback"),
        "speak": lambda: box.line.speak(Tone(1000, -10, 800)),
    }
    with pytest.raises(WrongStateError, match="fxo/1"):
        calls[verb]()
    assert box.view == before


def test_a_box_that_loses_its_power_leaves_the_line(box: Box) -> None:
    box.call_out()
    box.rig.board.power(False)
    box.run(900)
    assert box.view["state"] == "idle"
    assert box.view["voltage"] == 48


def test_the_exchange_hears_the_box(box: Box) -> None:
    box.call_out()
    box.send(Tone(1000, -10, 4000))
    assert box.view["hearing"]["now"] == "tone:1000"


@pytest.mark.parametrize("country", ["us", "uk", "de", "cn", "ru", "pl", "vn"])
def test_dial_tone_ringing_and_dialling_in_every_country(country: str) -> None:
    box = Box(country)
    box.call_out()
    assert box.view["digits"] == "0225"
    box.on_hook()
    box.run(900)
    box.rig.ring_in(1)
    box.run(200)
    assert box.hand.read(5) & 0x04
