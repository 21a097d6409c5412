"""Dial tone in a call, answered or not."""

from __future__ import annotations

import pytest

from boardsupport import dsp
from boardsupport.bus import BLOCK_SAMPLES
from boardsupport.fxo import PolarityChanged
from firmware.gateway.messages import Apply, Place, Release, Signal, TrunkAnswered, TrunkProgress
from firmware.voice.trunk_ear import LineTone
from firmware.voice.trunk_profile import AnswerMode
from firmware.voice.trunk_table import X40
from tests.unit.voice.line import BOTH, LINE, NUMBER, TALK, Line, profile, released
from tests.unit.voice.rig import SILENCE

RINGBACK = dsp.tone([(425.0, -10.0)], 8000, "alaw")
"""A burst of Polish ringback: the frequency of dial tone, for longer than any busy tone."""


def heard_by_the_line(line: Line) -> bytes:
    return line.block({"fxs/1": TALK})[LINE]


class TestDialToneInACall:
    """The far end has gone, and whoever is still on the line could dial on it past all restrictions."""

    @pytest.mark.parametrize("tone", ["dial", "stutter"])
    def test_mutes_the_line_while_it_lasts(self, tone: LineTone) -> None:
        line = Line()
        line.talk()
        assert heard_by_the_line(line) == TALK
        line.hears(tone, "goes-on")
        assert heard_by_the_line(line) == SILENCE
        line.hears(tone, "ended")
        assert heard_by_the_line(line) == TALK
        assert line.stage == "active"

    def test_mutes_it_for_digits_that_the_agent_lets_it_hear(self) -> None:
        line = Line()
        line.talk()
        line.hears("dial")
        line.do(Apply(endpoint=LINE, signal=Signal(tone="hold")))
        assert line.block()[LINE] == SILENCE

    def test_ends_the_call_when_it_does_not_end(self) -> None:
        line = Line()
        line.talk()
        line.hears("dial")
        assert line.wait(9_900) == []
        assert released(line.wait(200)).reason == "dial-tone"
        assert not line.seized

    def test_ends_a_call_in_too(self) -> None:
        line = Line()
        line.answer()
        line.hears("dial")
        assert heard_by_the_line(line) == SILENCE
        assert released(line.wait(10_100)).reason == "dial-tone"

    def test_is_none_that_was_heard_before_the_line_was_open(self) -> None:
        line = Line()
        line.ring_once()
        line.told()
        line.lift("fxs/1")
        line.do(BOTH)
        line.hears("dial")
        line.open_line(LINE, ringing=True)
        assert heard_by_the_line(line) == TALK

    def test_is_over_with_the_call(self) -> None:
        line = Line()
        line.talk()
        line.hears("dial")
        line.do(Release(endpoint=LINE))
        line.close_line(LINE)
        line.rest()
        line.talk()
        assert heard_by_the_line(line) == TALK

    def test_that_was_there_before_the_answer_is_no_less(self) -> None:
        """Who has called in, and was caught by a seizure, had hung up again before reception lifted."""
        line = Line()
        line.lift("fxs/1")
        line.do(Place(endpoint=LINE, digits=NUMBER, on_dialled=BOTH))
        line.open_line(LINE, ringing=True)
        line.hears("dial")
        line.do(BOTH)
        assert heard_by_the_line(line) == SILENCE
        line.events()
        assert released(line.wait(10_100)).reason == "dial-tone"

    def test_that_ringback_has_turned_into_leaves_no_ringback_behind(self) -> None:
        """The next reversal is the clearing, not the answer of a far end that rings still."""
        line = Line(profile("timer"))
        line.dialled()
        line.hears("ringback")
        line.until(TrunkAnswered)
        line.hears("dial")
        line.hears("ringback", "ended")
        line.hears("dial", "ended")
        line.line(LINE, PolarityChanged(line.now, True))
        assert released(line.events()).reason == "reversal"

    def test_does_not_give_a_call_more_time_than_it_has(self) -> None:
        line = Line(profile(silence_s=None, timers={X40.number: 60.0}))
        line.talk()
        line.wait(50_000)
        line.hears("dial")
        line.wait(5_000)
        line.hears("dial", "ended")
        assert line.wait(4_900) == []
        assert released(line.wait(200)).reason == "duration"

    def test_changes_nothing_in_an_emergency(self) -> None:
        line = Line()
        line.talk(emergency=True)
        line.hears("dial")
        assert heard_by_the_line(line) == TALK
        assert line.wait(15_000) == []


class TestDialToneAfterTheDigits:
    """The exchange has not taken them, or has given the call up: whoever hears it could dial on it as well."""

    @pytest.mark.parametrize("mode", ["reversal", "ringback-end", "timer"])
    def test_mutes_the_line_and_ends_the_call(self, mode: AnswerMode) -> None:
        line = Line(profile(mode))
        line.dialled()
        line.hears("dial")
        assert heard_by_the_line(line) == SILENCE and line.stage == "proceeding"
        over = released(line.wait(10_100))
        assert (over.reason, over.cause) == ("dial-tone", 16) and not line.seized

    @pytest.mark.parametrize("mode", ["reversal", "ringback-end", "timer"])
    def test_that_ringback_turns_into_does_so_too(self, mode: AnswerMode) -> None:
        line = Line(profile(mode))
        line.dialled()
        line.hears("ringback")
        line.events()
        line.hears("dial")
        line.hears("ringback", "ended")
        assert heard_by_the_line(line) == SILENCE
        assert released(line.wait(10_100)).reason == "dial-tone"

    def test_ends_an_announcement(self) -> None:
        line = Line()
        line.dialled()
        line.hears("special-information")
        line.hears("dial")
        assert released(line.events()).reason == "special-information" and not line.seized

    def test_that_is_over_leaves_the_call_as_it_was(self) -> None:
        line = Line(profile("ringback-end"))
        line.dialled()
        line.hears("ringback")
        line.hears("ringback", "ended")
        line.events()
        line.hears("dial")
        line.hears("dial", "ended")
        assert heard_by_the_line(line) == TALK
        assert isinstance(line.until(TrunkAnswered, 2100, by="ringback-end"), TrunkAnswered)

    def test_is_not_what_a_burst_of_ringback_is(self) -> None:
        line = Line()
        line.dialled()
        for at in range(0, len(RINGBACK), BLOCK_SAMPLES):
            line.block({LINE: RINGBACK[at : at + BLOCK_SAMPLES]})
        line.until(TrunkProgress, 500, stage="alerting")
        assert heard_by_the_line(line) == TALK

    def test_changes_nothing_in_an_emergency(self) -> None:
        line = Line(profile("timer"))
        line.dialled(emergency=True)
        line.hears("dial")
        assert heard_by_the_line(line) == TALK
        line.until(TrunkAnswered)
        assert heard_by_the_line(line) == TALK and line.seized
