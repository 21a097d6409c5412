"""Calls out on a company line as the agent sees them, and every way in which a call ends."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

import pytest

from boardsupport import dsp
from boardsupport.fxo import FeedLost, PolarityChanged
from firmware.gateway.messages import (
    Apply,
    Connect,
    Leg,
    Place,
    Release,
    Signal,
    TrunkAnswered,
    TrunkProgress,
    TrunkReleased,
)
from firmware.voice.trunk_ear import LineTone, Phase
from firmware.voice.trunk_profile import AnswerMode
from firmware.voice.trunk_table import X35, X36, X40
from tests.unit.voice.line import LINE, LISTENS_MS, NUMBER, TALK, Line, profile, released
from tests.unit.voice.rig import SILENCE


@pytest.fixture
def line() -> Line:
    return Line()


class TestCallOut:
    def test_digits_go_out_after_dial_tone_and_the_caller_hears_the_line_when_they_are_out(self, line: Line) -> None:
        line.place()
        assert line.stage == "seizing"
        line.wait(1000)
        assert line.block()[LINE] == SILENCE
        line.hears("dial")
        (progress,) = line.events()
        assert isinstance(progress, TrunkProgress) and (progress.stage, progress.tag) == ("dial-tone", b"out")
        heard = b"".join(line.block()[LINE] for _ in range(140))
        assert heard == dsp.dtmf(NUMBER, 70, 70, -9.0, "alaw")
        assert line.state("fxs/1").connection is None and line.stage == "dialling"
        line.block()
        (dialled,) = line.events()
        assert isinstance(dialled, TrunkProgress) and (dialled.stage, dialled.connection) == ("dialled", "c1")
        heard_by = line.block({LINE: TALK})
        assert heard_by["fxs/1"] == TALK and line.stage == "proceeding"

    def test_who_stands_in_the_connection_already_stays_in_it(self, line: Line) -> None:
        line.lift("fxs/2")
        line.place()
        line.do(Connect(connection="c1", legs=(Leg(endpoint="fxs/1"), Leg(endpoint="fxs/2")), tag=b"emergency"))
        line.hears("dial")
        line.until(TrunkProgress, stage="dialled", connection="c1")
        (standing,) = line.gateway.connections.states()
        assert {leg.endpoint for leg in standing.legs} == {"fxs/1", "fxs/2", LINE}

    def test_a_caller_who_has_gone_is_not_connected(self, line: Line) -> None:
        line.place()
        line.replace("fxs/1")
        line.hears("dial")
        line.until(TrunkProgress, stage="dialled", connection=None)
        assert line.gateway.connections.states() == ()

    def test_without_dial_tone_within_two_seconds_it_cannot_be(self, line: Line) -> None:
        line.place()
        assert line.wait(1900) == []
        event = released(line.wait(200))
        assert (event.reason, event.tag) == ("no-dial-tone", b"out")
        assert line.stage == "guard" and line.state(LINE).tag == b""
        assert line.wait(LISTENS_MS) == [] and not line.seized

    def test_busy_tone_in_place_of_dial_tone_is_none_at_once(self, line: Line) -> None:
        line.place()
        line.hears("busy")
        assert released(line.events()).reason == "no-dial-tone"

    def test_a_line_that_is_not_fed_gives_no_dial_tone(self, line: Line) -> None:
        line.place()
        line.line(LINE, FeedLost(line.now))
        assert released(line.events()).reason == "no-dial-tone"

    def test_a_port_that_does_not_seize_its_line_is_not_waited_for(self, line: Line) -> None:
        line.do(Place(endpoint=LINE, digits="1"))
        assert released(line.wait(2100)).reason == "failed"

    def test_a_call_waits_for_the_line_to_have_rested(self, line: Line) -> None:
        line.talk()
        line.do(Release(endpoint=LINE), Place(endpoint=LINE, digits="112", emergency=True, tag=b"next"))
        assert line.stage == "guard" and not line.seized
        line.close_line(LINE)
        line.wait(950)
        assert not line.seized
        line.wait(60)
        assert line.seized and line.state(LINE).tag == b"next"
        assert line.events() == []

    @pytest.mark.parametrize("emergency", [False, True])
    def test_it_can_be_given_up_at_any_stage_without_an_event(self, line: Line, emergency: bool) -> None:
        line.place(emergency)
        line.do(Release(endpoint=LINE))
        line.rest()
        line.place(emergency)
        line.hears("dial")
        line.wait(300)
        line.events()
        line.do(Release(endpoint=LINE))
        assert line.block()[LINE] == SILENCE
        line.rest()
        line.dialled(emergency)
        line.do(Release(endpoint=LINE))
        assert line.events() == [] and not line.seized
        assert line.state("fxs/1").connection == "c1"
        line.rest()
        assert line.stage == "idle"

    def test_the_audit_tells_everything_of_it(self, line: Line) -> None:
        line.talk()
        state = line.state(LINE)
        assert (state.kind, state.hook, state.connection, state.tag) == ("fxo", "off-hook", "c1", b"out")
        assert state.trunk is not None
        assert (state.trunk.stage, state.trunk.digits, state.trunk.incoming) == ("active", NUMBER, False)
        assert (state.trunk.answered_by, state.trunk.answered_ns is None) == ("reversal", False)


class TestAnswer:
    @pytest.mark.parametrize("mode", ["reversal", "ringback-end", "timer"])
    def test_a_reversal_is_one_in_every_mode(self, mode: AnswerMode) -> None:
        line = Line(profile(mode))
        line.dialled()
        line.hears("ringback")
        line.events()
        line.line(LINE, PolarityChanged(line.now, True))
        (event,) = line.events()
        assert isinstance(event, TrunkAnswered) and (event.by, event.tag) == ("reversal", b"out")
        assert line.stage == "active"

    def test_nothing_else_is_one_where_reversal_tells_it(self, line: Line) -> None:
        line.dialled()
        line.hears("ringback")
        line.hears("ringback", "ended")
        line.events()
        assert line.wait(60_000) == [] and line.stage == "proceeding"

    def test_ringback_is_told_once_and_its_end_is_the_answer_from_then_on(self) -> None:
        line = Line(profile("ringback-end"))
        line.dialled()
        line.hears("ringback")
        line.hears("ringback", "goes-on")
        (alerting,) = line.events()
        assert isinstance(alerting, TrunkProgress) and alerting.stage == "alerting"
        assert line.wait(30_000) == [], "it rings for longer than the timer"
        over_ns = line.now
        line.hears("ringback", "ended")
        (event,) = line.wait(int(X35.default * 1000) + 10)
        assert isinstance(event, TrunkAnswered) and (event.by, event.at_ns) == ("ringback-end", over_ns)

    @pytest.mark.parametrize(("tone", "cause"), [("busy", 17), ("congestion", 34)])
    def test_the_end_of_ringback_that_a_tone_follows_is_none(self, tone: LineTone, cause: int) -> None:
        line = Line(profile("ringback-end"))
        line.dialled()
        line.hears("ringback")
        line.hears("ringback", "ended")
        line.events()
        phases: tuple[Phase, ...] = ("began", "goes-on", "certain")
        for phase in phases:
            line.wait(1500)
            line.hears(tone, phase)
        event = released(line.events())
        assert (event.reason, event.cause, event.connection) == (f"{tone}-tone", cause, "c1")
        assert not line.seized

    def test_ringback_that_begins_again_rings_on(self) -> None:
        line = Line(profile("ringback-end"))
        line.dialled()
        line.hears("ringback")
        line.hears("ringback", "ended")
        line.hears("ringback")
        line.events()
        assert line.wait(10_000) == [] and line.state(LINE).trunk.alerting  # type: ignore[union-attr]

    @pytest.mark.parametrize("mode", ["timer", "ringback-end"])
    def test_twenty_seconds_after_the_digits_where_nothing_else_is_heard(self, mode: AnswerMode) -> None:
        line = Line(profile(mode))
        line.dialled()
        assert line.wait(19_900) == []
        (event,) = line.wait(200)
        assert isinstance(event, TrunkAnswered) and event.by == "timer"

    def test_the_timer_counts_from_the_digits_also_while_it_rings(self) -> None:
        line = Line(profile("timer"))
        line.dialled()
        line.wait(5000)
        line.hears("ringback")
        line.wait(5000)
        line.hears("ringback", "ended")
        line.events()
        line.wait(9800)
        assert line.stage == "proceeding"
        (event,) = line.wait(300)
        assert isinstance(event, TrunkAnswered)

    def test_special_information_is_followed_by_an_announcement_and_then_by_the_release(self) -> None:
        line = Line(profile("timer"))
        line.dialled()
        line.hears("special-information")
        assert line.wait(int(X36.default * 1000) - 100) == []
        assert line.block({LINE: TALK})["fxs/1"] == TALK
        event = released(line.wait(200))
        assert (event.reason, event.cause) == ("special-information", 1)

    def test_special_information_for_the_second_time_is_the_end(self, line: Line) -> None:
        line.dialled()
        line.hears("special-information")
        line.wait(2000)
        line.hears("special-information", "goes-on")
        assert released(line.events()).cause == 1

    def test_a_far_end_that_still_rings_is_answered_and_not_cleared_by_a_reversal(self) -> None:
        """The line was said to tell no answer, and the timer was too early."""
        line = Line(profile("timer"))
        line.dialled()
        line.hears("ringback")
        line.wait(21_000)
        line.line(LINE, PolarityChanged(line.now, True))
        assert line.stage == "active"
        line.line(LINE, PolarityChanged(line.now, False))
        assert released(line.events()).reason == "reversal"


CLEARINGS: list[tuple[str, Callable[[Line], None]]] = [
    ("reversal", lambda line: line.line(LINE, PolarityChanged(line.now, False))),
    ("loop-break", lambda line: line.line(LINE, FeedLost(line.now))),
    ("busy-tone", lambda line: line.hears("busy", "certain")),
    ("congestion-tone", lambda line: line.hears("congestion", "certain")),
]


class TestEarlyAnswer:
    """The exchange knows the number before its last digit has ended."""

    def test_counts_when_the_digits_are_out(self, line: Line) -> None:
        line.place()
        line.hears("dial")
        line.wait(1300)
        turned = line.now
        line.line(LINE, PolarityChanged(turned, True))
        (event,) = [event for event in line.wait(300) if isinstance(event, TrunkAnswered)]
        assert (event.by, event.at_ns) == ("reversal", turned)
        line.line(LINE, PolarityChanged(line.now, False))
        assert released(line.events()).reason == "reversal"

    def test_that_was_taken_back_is_none(self, line: Line) -> None:
        line.place()
        line.hears("dial")
        for reversed_ in (True, False):
            line.line(LINE, PolarityChanged(line.now, reversed_))
        line.until(TrunkProgress, stage="dialled")
        assert line.stage == "proceeding"


class TestClearing:
    @pytest.mark.parametrize(("reason", "clear"), CLEARINGS)
    def test_frees_the_line_at_once_and_the_telephone_is_left(
        self, line: Line, reason: str, clear: Callable[[Line], None]
    ) -> None:
        line.talk()
        clear(line)
        event = released(line.events())
        assert (event.reason, event.cause, event.connection, event.tag) == (reason, 16, "c1", b"out")
        assert not line.seized and line.state(LINE).connection is None
        assert line.state("fxs/1").connection == "c1"

    @pytest.mark.parametrize(("reason", "clear"), CLEARINGS)
    def test_is_the_same_for_a_call_in(self, line: Line, reason: str, clear: Callable[[Line], None]) -> None:
        line.answer()
        line.wait(1000)
        clear(line)
        assert released(line.events()).reason == reason

    @pytest.mark.parametrize(("reason", "clear"), CLEARINGS)
    def test_never_cuts_an_emergency_call(self, line: Line, reason: str, clear: Callable[[Line], None]) -> None:
        line.dialled(emergency=True)
        if reason != "reversal":  # which answers it
            clear(line)
        line.line(LINE, PolarityChanged(line.now, True))
        clear(line)
        assert [event for event in line.events() if isinstance(event, TrunkReleased)] == []
        assert line.seized and line.stage == "active"
        line.do(Release(endpoint=LINE))
        assert not line.seized

    @pytest.mark.parametrize("tone", ["busy", "congestion"])
    def test_a_tone_that_is_not_certain_is_nothing(self, line: Line, tone: LineTone) -> None:
        line.talk()
        line.hears(tone, "began")
        line.hears(tone, "goes-on")
        line.hears(tone, "ended")
        assert line.events() == [] and line.seized

    def test_a_call_in_whose_polarity_changes_as_it_is_answered_is_not_cleared(self, line: Line) -> None:
        line.answer()
        line.wait(200)
        line.line(LINE, PolarityChanged(line.now, True))
        assert line.stage == "active"


class TestSilence:
    def test_of_all_parties_ends_a_call(self) -> None:
        line = Line(profile(silence_s=60.0))
        line.talk()
        assert line.wait(59_900) == []
        assert released(line.wait(200)).reason == "silence"

    @pytest.mark.parametrize("who", ["fxs/1", LINE])
    def test_of_one_party_is_none(self, who: str) -> None:
        line = Line(profile(silence_s=60.0))
        line.talk()
        for _ in range(3):
            line.wait(40_000)
            line.block({who: TALK})
        assert line.stage == "active"

    def test_of_a_caller_who_hears_the_hold_tone_is_patience(self) -> None:
        line = Line(profile(silence_s=60.0))
        line.talk()
        line.do(Apply(endpoint=LINE, signal=Signal(tone="hold")))
        assert line.wait(90_000) == []

    def test_does_not_end_an_emergency_call_nor_one_without_a_limit(self) -> None:
        for profile_, emergency in ((profile(silence_s=60.0), True), (profile(silence_s=None), False)):
            line = Line(profile_)
            line.talk(emergency)
            assert line.wait(90_000) == []


class TestDuration:
    LIMIT: ClassVar = {X40.number: 60.0}

    def test_ends_a_call(self) -> None:
        line = Line(profile(silence_s=None, timers=self.LIMIT))
        line.talk()
        assert line.wait(59_900) == []
        assert released(line.wait(200)).reason == "duration"

    def test_does_not_end_an_emergency_call_nor_one_without_a_limit(self) -> None:
        for limited, emergency in ((True, True), (False, False)):
            line = Line(profile(silence_s=None, limited=limited, timers=self.LIMIT))
            line.talk(emergency)
            assert line.wait(90_000) == []
