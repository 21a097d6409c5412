"""Digits that answer a spoken question: the time to think, interrupting it, and far ends of company lines."""

from __future__ import annotations

import pytest

from boardsupport import dsp
from firmware.gateway.messages import (
    Answer,
    Apply,
    Collect,
    DigitMap,
    Digits,
    DigitsStarted,
    Error,
    Event,
    PlaybackDone,
    Release,
    Signal,
    TrunkReleased,
)
from tests.unit.voice.line import BOTH, LINE, TALK, Line
from tests.unit.voice.rig import SILENCE, Rig

KEYS = DigitMap(patterns=("1", "2", "3xx"), first_digit_ms=1000, inter_digit_ms=500)
QUESTION = Signal(prompts=("hello", "press"))
SECONDS = 2
PROMPT = TALK * (100 * SECONDS)


@pytest.fixture
def rig() -> Rig:
    """fxs/1 is lifted; the question lasts for two seconds."""
    rig = Rig()
    rig.prompts.files.update({"hello.alaw": PROMPT[:8000], "press.alaw": PROMPT[8000:]})
    rig.lift("fxs/1")
    rig.events()
    return rig


@pytest.fixture
def line() -> Line:
    """A caller's line, answered for an announcement; the question is there."""
    line = Line()
    line.prompts.files.update({"hello.alaw": PROMPT[:8000], "press.alaw": PROMPT[8000:]})
    line.ring_once()
    line.told()
    line.do(Answer(endpoint=LINE, tag=b"in"))
    line.open_line(LINE, ringing=True)
    line.events()
    return line


def ask(rig: Rig, endpoint: str, signal: Signal | None = QUESTION, digit_map: DigitMap = KEYS) -> None:
    rig.do(Collect(endpoint=endpoint, digit_map=digit_map, signal=signal, tag=b"menu"))
    rig.prompts.arrive()
    rig.events()


def ended(events: list[Event]) -> Digits:
    (event,) = [event for event in events if isinstance(event, Digits)]
    return event


class TestTimeForTheFirstDigit:
    def test_begins_when_the_question_has_been_heard(self, rig: Rig) -> None:
        ask(rig, "fxs/1")
        assert [type(event) for event in rig.wait(1000 * SECONDS + 20)] == [PlaybackDone]
        assert rig.wait(970) == []
        assert ended(rig.wait(30)).outcome == "silent"

    def test_begins_at_once_with_what_goes_on_for_ever(self, rig: Rig) -> None:
        for signal in (Signal(tone="dial"), Signal(prompts=("hello",), repeat=True), None):
            ask(rig, "fxs/1", signal)
            assert rig.wait(980) == []
            assert ended(rig.wait(30)).outcome == "silent"

    def test_begins_at_the_end_of_a_tone_that_ends_too(self, rig: Rig) -> None:
        ask(rig, "fxs/1", Signal(tone="confirmation"))
        while not any(isinstance(event, PlaybackDone) for event in rig.wait(10)):
            pass
        assert rig.wait(970) == []
        assert ended(rig.wait(30)).outcome == "silent"

    def test_begins_when_the_question_is_taken_away(self, rig: Rig) -> None:
        ask(rig, "fxs/1")
        rig.wait(500)
        rig.do(Apply(endpoint="fxs/1", signal=None))
        assert rig.wait(980) == []
        assert ended(rig.wait(30)).outcome == "silent"

    def test_begins_when_the_question_is_not_there(self, rig: Rig) -> None:
        ask(rig, "fxs/1", Signal(prompts=("absent",)))
        (event,) = rig.wait(20)
        assert isinstance(event, PlaybackDone) and event.failed
        assert ended(rig.wait(1010)).outcome == "silent"

    def test_is_of_no_interest_once_a_digit_has_come(self, rig: Rig) -> None:
        ask(rig, "fxs/1")
        rig.dial("fxs/1", "3")
        assert ended(rig.wait(520)).outcome == "timeout"


class TestInterrupting:
    def test_a_hash_of_the_number_before_interrupts_nothing_and_is_no_answer(self, rig: Rig) -> None:
        ask(rig, "fxs/1")
        rig.wait(100)
        assert rig.dial("fxs/1", "#") == []
        assert rig.block()["fxs/1"] != SILENCE
        assert ended(rig.dial("fxs/1", "2")).digits == "2"

    def test_a_key_in_the_first_prompt_ends_all_of_them(self, rig: Rig) -> None:
        ask(rig, "fxs/1")
        rig.wait(100)
        started, told = rig.dial("fxs/1", "1")
        assert isinstance(started, DigitsStarted)
        assert isinstance(told, Digits) and (told.digits, told.outcome, told.tag) == ("1", "complete", b"menu")
        assert rig.block()["fxs/1"] == SILENCE and rig.state("fxs/1").signal is None

    def test_a_key_before_the_disk_has_answered_does_too(self, rig: Rig) -> None:
        rig.do(Collect(endpoint="fxs/1", digit_map=KEYS, signal=QUESTION))
        assert ended(rig.dial("fxs/1", "2")).digits == "2"
        rig.prompts.arrive()
        assert rig.block()["fxs/1"] == SILENCE


class TestFarEnds:
    def test_the_question_begins_when_the_line_is_open(self) -> None:
        line = Line()
        line.prompts.files["hello.alaw"] = PROMPT
        line.ring_once()
        line.told()
        line.do(Answer(endpoint=LINE), Collect(endpoint=LINE, digit_map=KEYS, signal=Signal(prompts=("hello",))))
        assert {line.block()[LINE] for _ in range(20)} == {SILENCE}
        line.open_line(LINE, ringing=True)
        line.prompts.arrive()
        assert line.block()[LINE] == TALK

    def test_their_digits_are_told(self, line: Line) -> None:
        ask(line, LINE)
        assert line.block()[LINE] == TALK
        state = line.state(LINE)
        assert (state.collecting, state.signal) == (True, QUESTION)
        started, told = line.dial(LINE, "305")
        assert isinstance(started, DigitsStarted)
        assert isinstance(told, Digits)
        assert (told.endpoint, told.digits, told.outcome, told.tag) == (LINE, "305", "complete", b"menu")
        assert line.block()[LINE] == SILENCE
        state = line.state(LINE)
        assert (state.collecting, state.digits, state.signal) == (False, "305", None)

    def test_they_have_as_much_time_as_others(self, line: Line) -> None:
        ask(line, LINE)
        line.wait(1000 * SECONDS + 20)
        assert line.wait(970) == []
        assert ended(line.wait(30)).outcome == "silent"
        assert line.dial(LINE, "1") == []

    def test_what_they_hear_is_no_digit_of_theirs(self, line: Line) -> None:
        """The line gives back half of the voltage of what is played, which are digits."""
        line.bank.set_echo(line.gateway.endpoints[LINE].index, True)
        played = dsp.dtmf("123", 100, 100, -10.0, "alaw")
        line.prompts.files["digits.alaw"] = played
        ask(line, LINE, Signal(prompts=("digits",)))
        events: list[Event] = []
        for _ in range(80):
            line.echo(LINE, 0.5)
            events += line.events()
        assert [type(event) for event in events] == [PlaybackDone]
        assert ended(line.dial(LINE, "1")).digits == "1"

    def test_release_ends_it(self, line: Line) -> None:
        ask(line, LINE)
        line.dial(LINE, "3")
        line.do(Release(endpoint=LINE))
        assert not line.state(LINE).collecting and line.wait(3000) == []

    def test_the_far_end_ends_it(self, line: Line) -> None:
        ask(line, LINE)
        line.hears("busy", "certain")
        assert [type(event) for event in line.wait(5000)] == [TrunkReleased]
        state = line.state(LINE)
        assert (state.collecting, state.digits, state.signal) == (False, "", None)

    def test_to_be_joined_ends_it_without_an_event(self, line: Line) -> None:
        ask(line, LINE)
        line.lift("fxs/1")
        line.events()
        line.do(BOTH)
        assert line.dial(LINE, "12") == []
        assert [type(event) for event in line.wait(5000)] == [PlaybackDone]

    def test_they_are_asked_nothing_before_the_line_is_theirs(self) -> None:
        line = Line()
        line.place()
        reply = line.reply(Collect(endpoint=LINE, digit_map=KEYS))
        assert isinstance(reply, Error) and (reply.fault, reply.code) == ("state", "dialling")
        line.do(Release(endpoint=LINE))
        reply = line.reply(Collect(endpoint=LINE, digit_map=KEYS))
        assert isinstance(reply, Error) and (reply.fault, reply.code) == ("state", "on-hook")
