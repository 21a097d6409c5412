"""Dial tone in a call that was answered."""

from __future__ import annotations

import pytest

from firmware.gateway.messages import Apply, Release, Signal
from firmware.voice.trunk_ear import LineTone
from firmware.voice.trunk_table import X40
from tests.unit.voice.line import LINE, TALK, Line, profile, released
from tests.unit.voice.rig import SILENCE


class TestDialToneInACall:
    """The far end has gone, and whoever is still on the line could dial on it past all restrictions."""

    def heard_by_the_line(self, line: Line) -> bytes:
        return line.block({"fxs/1": TALK})[LINE]

    @pytest.mark.parametrize("tone", ["dial", "stutter"])
    def test_mutes_the_line_while_it_lasts(self, tone: LineTone) -> None:
        line = Line()
        line.talk()
        assert self.heard_by_the_line(line) == TALK
        line.hears(tone, "goes-on")
        assert self.heard_by_the_line(line) == SILENCE
        line.hears(tone, "ended")
        assert self.heard_by_the_line(line) == TALK
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
        assert self.heard_by_the_line(line) == SILENCE
        assert released(line.wait(10_100)).reason == "dial-tone"

    def test_is_over_with_the_call(self) -> None:
        line = Line()
        line.talk()
        line.hears("dial")
        line.do(Release(endpoint=LINE))
        line.close_line(LINE)
        line.rest()
        line.talk()
        assert self.heard_by_the_line(line) == TALK

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
        assert self.heard_by_the_line(line) == TALK
        assert line.wait(15_000) == []
