"""Calls in on a company line as the agent sees them, also those that come as it is being seized."""

from __future__ import annotations

import pytest

from boardsupport import dsp
from boardsupport.bus import BLOCK_SAMPLES
from boardsupport.fxo import FeedLost, InUse, PolarityChanged, RingingStopped
from firmware.gateway.messages import (
    Answer,
    Apply,
    CallerId,
    Error,
    IncomingCall,
    Place,
    Release,
    Ring,
    Signal,
    TrunkReleased,
)
from firmware.voice.trunk_table import X33
from tests.unit.voice.line import BOTH, CALLER, LINE, NUMBER, TALK, Line, profile, released, speak
from tests.unit.voice.rig import SILENCE


@pytest.fixture
def line() -> Line:
    return Line()


class TestCallIn:
    def test_is_told_with_its_caller_as_soon_as_that_is_known(self, line: Line) -> None:
        began_ns = line.now
        assert line.ring_once() == []
        line.wait(800)
        line.told()
        (event,) = line.events()
        assert isinstance(event, IncomingCall)
        assert (event.caller, event.at_ns, event.answered) == (CALLER, began_ns, False)
        assert line.stage == "ringing-in" and not line.seized

    def test_is_told_at_the_first_burst_where_the_caller_came_before(self, line: Line) -> None:
        line.told()
        line.wait(500)
        line.ring()
        (event,) = line.events()
        assert isinstance(event, IncomingCall) and event.caller == CALLER

    def test_has_not_the_caller_of_a_call_long_gone(self, line: Line) -> None:
        line.told()
        line.wait(10_000)
        line.ring_once()
        (event,) = line.wait(int(X33.default * 1000) + 10)
        assert isinstance(event, IncomingCall) and event.caller is None

    def test_is_told_at_once_where_no_caller_id_is_sent(self) -> None:
        line = Line(profile(caller_id=False))
        line.ring()
        (event,) = line.events()
        assert isinstance(event, IncomingCall) and event.caller is None

    def test_is_told_without_caller_when_the_pause_for_it_is_over(self, line: Line) -> None:
        line.ring_once()
        assert line.wait(int(X33.default * 1000) - 100) == []
        (event,) = line.wait(200)
        assert isinstance(event, IncomingCall) and event.caller is None

    def test_rings_twice_in_one_cadence_before_the_pause_for_caller_id(self, line: Line) -> None:
        line.ring_once()
        line.wait(200)
        line.ring(number=2)
        line.wait(400)
        line.ring(on=False, number=2)
        assert line.wait(1000) == []
        line.told()
        assert [event.caller for event in line.events() if isinstance(event, IncomingCall)] == [CALLER]

    @pytest.mark.parametrize("caller", [None, CallerId(private=True)])
    def test_of_a_caller_who_is_withheld_or_unknown_is_told_so_at_once(
        self, line: Line, caller: CallerId | None
    ) -> None:
        line.ring_once()
        line.told(caller)
        (event,) = line.events()
        assert isinstance(event, IncomingCall) and event.caller == caller

    def test_is_answered_by_being_connected_and_is_heard_when_the_line_is_open(self, line: Line) -> None:
        line.answer()
        assert line.stage == "active" and line.state(LINE).hook == "off-hook"
        heard = line.block({LINE: TALK, "fxs/1": TALK})
        assert heard["fxs/1"] == heard[LINE] == TALK

    def test_is_answered_by_whoever_lifts_for_it(self, line: Line) -> None:
        line.ring_once()
        line.told()
        line.do(Ring(endpoint="fxs/1", kind="external", caller=CALLER, on_answer=BOTH))
        line.lift("fxs/1")
        assert line.seized and line.state(LINE).connection == "c1"

    def test_is_answered_for_an_announcement(self, line: Line) -> None:
        line.ring_once()
        line.told()
        line.do(Answer(endpoint=LINE, tag=b"night"))
        line.open_line(LINE, ringing=True)
        line.do(Apply(endpoint=LINE, signal=Signal(tone="hold")))
        assert line.block()[LINE] != SILENCE and line.state(LINE).tag == b"night"
        line.do(Release(endpoint=LINE))
        assert line.block()[LINE] == SILENCE

    def test_is_abandoned_when_its_ringing_stops(self, line: Line) -> None:
        line.ring_once()
        line.told()
        line.wait(7000)
        line.events()
        line.line(LINE, RingingStopped(line.now))
        event = released(line.events())
        assert (event.reason, event.cause) == ("abandoned", 16)
        assert line.stage == "idle"

    def test_that_was_given_up_before_it_was_told_is_told_all_the_same(self, line: Line) -> None:
        line.ring_once()
        line.line(LINE, RingingStopped(line.now))
        assert [type(event) for event in line.events()] == [IncomingCall, TrunkReleased]

    def test_given_up_in_the_moment_of_the_answer_is_abandoned(self, line: Line) -> None:
        line.ring_once()
        line.told()
        line.lift("fxs/1")
        line.do(BOTH)
        line.events()
        line.open_line(LINE, ringing=False)
        assert released(line.events()).reason == "abandoned" and not line.seized

    def test_that_nobody_wants_rings_on_unheard_and_the_next_one_is_told(self, line: Line) -> None:
        line.ring_once()
        line.told()
        line.do(Release(endpoint=LINE))
        line.events()
        line.ring(number=2)
        line.ring(on=False, number=2)
        assert line.wait(7000) == [] and line.stage == "idle"
        refusal = line.reply(Place(endpoint=LINE, digits="1"))
        assert isinstance(refusal, Error) and refusal.fault == "state"
        line.line(LINE, RingingStopped(line.now))
        assert line.events() == []
        line.ring_once()
        line.told()
        assert [type(event) for event in line.events()] == [IncomingCall]

    def test_is_not_meant_by_the_release_of_a_call_out_that_it_came_before(self, line: Line) -> None:
        line.ring_once()
        line.told()
        line.do(Release(endpoint=LINE, unless_ringing=True))
        line.lift("fxs/1")
        line.do(BOTH)
        line.open_line(LINE, ringing=True)
        assert line.stage == "active"
        line.do(Release(endpoint=LINE, unless_ringing=True))
        assert line.stage == "guard"

    def test_is_a_new_one_while_the_line_still_rests(self, line: Line) -> None:
        line.answer()
        line.do(Release(endpoint=LINE))
        line.ring_once()
        line.told()
        assert [type(event) for event in line.events()] == [IncomingCall]
        line.wait(3000)
        assert line.stage == "ringing-in"

    def test_taken_at_a_telephone_in_parallel_is_over(self, line: Line) -> None:
        line.ring_once()
        line.told()
        line.events()
        line.line(LINE, InUse(line.now, True))
        assert released(line.events()).reason == "abandoned"

    def test_keeps_no_tag_of_the_call_before(self, line: Line) -> None:
        line.talk()
        line.do(Release(endpoint=LINE))
        line.rest()
        line.ring_once()
        line.told()
        (event,) = line.events()
        assert isinstance(event, IncomingCall) and event.tag == b""


class TestGlare:
    def check(self, line: Line) -> None:
        out, in_ = [event for event in line.events() if isinstance(event, TrunkReleased | IncomingCall)]
        assert isinstance(out, TrunkReleased) and (out.reason, out.cause, out.tag) == ("glare", 44, b"out")
        assert isinstance(in_, IncomingCall) and in_.answered
        assert line.seized and line.stage == "ringing-in"
        line.do(Apply(endpoint=LINE, signal=Signal(tone="ringback")), BOTH)
        assert line.stage == "active"
        line.do(Apply(endpoint=LINE, signal=None))
        assert line.block({LINE: TALK})["fxs/1"] == TALK

    def test_the_port_answers_a_call_that_it_was_to_seize_the_line_from(self, line: Line) -> None:
        line.lift("fxs/1")
        line.do(Place(endpoint=LINE, digits=NUMBER, on_dialled=BOTH, tag=b"out"))
        line.open_line(LINE, ringing=True)
        self.check(line)

    def test_a_burst_comes_as_the_line_is_being_seized(self, line: Line) -> None:
        line.lift("fxs/1")
        line.do(Place(endpoint=LINE, digits=NUMBER, on_dialled=BOTH, tag=b"out"))
        line.ring()
        line.open_line(LINE, ringing=True)
        self.check(line)

    def test_somebody_speaks_where_dial_tone_should_be(self, line: Line) -> None:
        line.place()
        speak(line, 800)
        self.check(line)

    def test_somebody_speaks_when_the_call_out_has_been_given_up_already(self, line: Line) -> None:
        line.place()
        line.wait(4000)
        speak(line, 800)
        (call,) = line.events()
        assert isinstance(call, IncomingCall) and call.answered
        assert line.seized and line.stage == "ringing-in"

    def test_a_call_out_comes_before_somebody_who_may_speak_yet(self, line: Line) -> None:
        line.place()
        line.wait(3000)
        line.do(Place(endpoint=LINE, digits=NUMBER, tag=b"next"))
        assert not line.seized
        line.rest()
        assert line.seized

    @pytest.mark.parametrize("hz", [(480.0,), (350.0, 440.0)])
    def test_a_tone_is_not_somebody_who_speaks(self, line: Line, hz: tuple[float, ...]) -> None:
        line.place()
        tone = dsp.tone([(each, -13.0) for each in hz], 200 * BLOCK_SAMPLES, "alaw")
        for number in range(10, 190):
            audible = number // 10 % 2 == 0
            line.block({LINE: tone[number * BLOCK_SAMPLES :][:BLOCK_SAMPLES] if audible else SILENCE})
        assert line.stage == "seizing"

    def test_a_call_in_while_the_line_rests_comes_before_the_call_out_that_waits(self, line: Line) -> None:
        line.talk()
        line.do(Release(endpoint=LINE), Place(endpoint=LINE, digits=NUMBER, tag=b"out"))
        events = line.ring_once()
        line.told()
        out, in_ = [*events, *line.events()]
        assert isinstance(out, TrunkReleased) and (out.reason, out.tag) == ("glare", b"out")
        assert isinstance(in_, IncomingCall) and not in_.answered

    def test_the_caller_may_give_up_before_anybody_answers(self, line: Line) -> None:
        line.lift("fxs/1")
        line.do(Place(endpoint=LINE, digits=NUMBER, on_dialled=BOTH, tag=b"out"))
        line.open_line(LINE, ringing=True)
        line.events()
        line.wait(2000)
        line.line(LINE, FeedLost(line.now))
        assert released(line.events()).reason == "loop-break" and not line.seized

    def test_an_exchange_that_turns_the_wires_at_the_answer_clears_nothing(self, line: Line) -> None:
        line.lift("fxs/1")
        line.do(Place(endpoint=LINE, digits=NUMBER, on_dialled=BOTH, tag=b"out"))
        line.open_line(LINE, ringing=True)
        line.events()
        line.wait(100)
        line.line(LINE, PolarityChanged(line.now, True))
        assert line.events() == [] and line.stage == "ringing-in"
        line.wait(3000)
        line.do(BOTH)
        line.line(LINE, PolarityChanged(line.now, False))
        assert released(line.events()).reason == "reversal"

    def test_a_caller_whom_dial_tone_has_followed_has_gone(self, line: Line) -> None:
        line.lift("fxs/1")
        line.do(Place(endpoint=LINE, digits=NUMBER, on_dialled=BOTH, tag=b"out"))
        line.open_line(LINE, ringing=True)
        line.events()
        line.hears("dial")
        line.hears("dial", "ended")  # of a ringback, as the line says it back
        line.hears("dial")
        assert line.wait(9_900) == [] and line.stage == "ringing-in"
        assert released(line.wait(200)).reason == "dial-tone" and not line.seized


class TestReleasedCaller:
    """The exchange keeps a caller whom we have released; to seize the line is to have him back, for as long again."""

    @pytest.fixture
    def released_by_us(self, line: Line) -> Line:
        line.answer()
        line.do(Release(endpoint=LINE))
        line.close_line(LINE)
        line.place(emergency=True)
        line.rest()
        line.open_line(LINE)
        return line

    def test_is_left_alone_until_the_exchange_has_let_him_go(self, released_by_us: Line) -> None:
        line = released_by_us
        assert released(line.wait(2600)).reason == "no-dial-tone"
        assert not line.seized and isinstance(line.reply(Place(endpoint=LINE, digits="112")), Error)
        assert line.wait(21_000) == [] and not line.seized
        line.wait(1500)
        line.do(Place(endpoint=LINE, digits="112", emergency=True))
        line.open_line(LINE)
        line.hears("dial")
        assert line.stage == "dialling"

    def test_who_speaks_is_left_alone_just_so_for_an_emergency(self, released_by_us: Line) -> None:
        line = released_by_us
        speak(line, 600)
        assert released(line.events()).reason == "no-dial-tone" and line.stage == "guard"

    def test_that_is_tried_in_vain_has_twice_as_long_and_no_alarm(self, released_by_us: Line) -> None:
        line = released_by_us
        line.wait(2600 + 22_500)
        line.do(Place(endpoint=LINE, digits="112", emergency=True))
        line.open_line(LINE)
        assert released(line.wait(2600)).reason == "no-dial-tone"
        line.wait(40_000)
        assert isinstance(line.reply(Place(endpoint=LINE, digits="112")), Error)
        line.wait(5000)
        assert line.stage == "idle" and line.state(LINE).alarms == ()

    def test_a_new_call_in_ends_the_wait(self, released_by_us: Line) -> None:
        line = released_by_us
        line.wait(2600)
        line.close_line(LINE)
        line.ring_once()
        line.told()
        assert any(isinstance(event, IncomingCall) for event in line.events()) and line.stage == "ringing-in"
