"""A company line as the agent sees it: calls out and in, and every way in which they begin and end."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

import pytest

from boardsupport import dsp
from boardsupport.bus import BLOCK_SAMPLES
from boardsupport.fxo import FeedLost, InUse, PolarityChanged, RingingStopped
from boardsupport.port import Fault, InService, OutOfService, RingBurst
from firmware.gateway.messages import (
    Alarm,
    Answer,
    Apply,
    CallerId,
    Connect,
    Error,
    Event,
    IncomingCall,
    Leg,
    Place,
    ProbeTrunk,
    Record,
    Release,
    Ring,
    Service,
    Signal,
    TrunkAnswered,
    TrunkProbed,
    TrunkProgress,
    TrunkReleased,
    TrunkStage,
)
from firmware.timers import TimerSpec
from firmware.voice.trunk_ear import LineTone, Phase
from firmware.voice.trunk_profile import AnswerMode, TrunkProfile
from firmware.voice.trunk_table import X33, X35, X36, X37, X38, X39, X40, X41
from tests.unit.dsp.signals import law_bytes, speech
from tests.unit.voice.rig import PROFILE, SILENCE, Rig

LINE = "fxo/1"
LISTENS_MS = int(X41.default * 1000)
NUMBER = "0222123456"
CALLER = CallerId(number="0601234567", name="A. Guest")
VOICE = law_bytes(speech(-20, 2))
TALK = dsp.tone([(1000.0, -10.0)], 80, "alaw")
BOTH = Connect(connection="c1", legs=(Leg(endpoint="fxs/1"), Leg(endpoint=LINE)), tag=b"call")


def profile(answer: AnswerMode = "reversal", **changes: object) -> TrunkProfile:
    return TrunkProfile(PROFILE.dtmf, answer, **changes)  # type: ignore[arg-type]


class Line(Rig):
    """A telephone, reception, and one company line, whose exchange does what the test says."""

    def __init__(self, profile: TrunkProfile = PROFILE) -> None:
        super().__init__(ports=2, trunks=[profile])

    @property
    def stage(self) -> TrunkStage:
        state = self.state(LINE).trunk
        assert state is not None
        return state.stage

    @property
    def seized(self) -> bool:
        return LINE in self.lines.seized

    def hears(self, tone: LineTone, phase: Phase = "began") -> None:
        self.gateway.tone(self.gateway.trunks[LINE].index, tone, phase)

    def place(self, emergency: bool = False) -> None:
        """fxs/1 calls out, and the line is open."""
        if self.state("fxs/1").hook != "off-hook":
            self.lift("fxs/1")
        self.do(Place(endpoint=LINE, digits=NUMBER, on_dialled=BOTH, emergency=emergency, tag=b"out"))
        if self.seized:
            self.open_line(LINE)
        self.events()

    def dialled(self, emergency: bool = False) -> None:
        """As far as the last digit."""
        self.place(emergency)
        self.hears("dial")
        self.until(TrunkProgress, stage="dialled")

    def talk(self, emergency: bool = False) -> None:
        """A call out that the far end has answered by reversal."""
        self.dialled(emergency)
        self.line(LINE, PolarityChanged(self.now, True))
        self.events()

    def ring(self, on: bool = True, number: int = 1) -> None:
        self.line(LINE, RingBurst(self.now, on, number))

    def ring_once(self) -> list[Event]:
        """A burst of a second; what was reported until its end."""
        self.ring()
        for _ in range(100):
            self.block()
        self.ring(on=False)
        return self.events()

    def told(self, caller: CallerId | None = CALLER) -> None:
        self.gateway.caller_told(self.gateway.trunks[LINE].index, caller)

    def answer(self) -> None:
        """A call in, connected with fxs/1."""
        self.ring_once()
        self.told()
        self.lift("fxs/1")
        self.do(BOTH)
        self.open_line(LINE, ringing=True)
        self.events()

    def until(self, kind: type[Event], limit_ms: int = 30_000, **fields: object) -> Event:
        """Let time pass until this is reported."""
        for _ in range(limit_ms // 10):
            self.block()
            for event in self.events():
                if isinstance(event, kind) and all(getattr(event, key) == want for key, want in fields.items()):
                    return event
        raise AssertionError(f"no {kind.__name__} {fields} within {limit_ms} ms")

    def rest(self) -> None:
        """Until the line may be seized again."""
        self.wait(1010)


@pytest.fixture
def line() -> Line:
    return Line()


def released(events: list[Event]) -> TrunkReleased:
    (event,) = [event for event in events if isinstance(event, TrunkReleased)]
    return event


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
        line.wait(300)
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


def speak(line: Line, ms: int) -> None:
    for at in range(0, ms * 8, BLOCK_SAMPLES):
        line.block({LINE: VOICE[at : at + BLOCK_SAMPLES]})


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


def miss(line: Line) -> list[Event]:
    line.place()
    events = line.wait(2100 + LISTENS_MS)
    line.rest()
    return events


class TestSuspectLine:
    def raised(self, events: list[Event]) -> list[tuple[str, bool]]:
        return [(event.kind, event.raised) for event in events if isinstance(event, Alarm)]

    def test_two_seizures_without_dial_tone_in_a_row_raise_an_alarm(self, line: Line) -> None:
        assert self.raised(miss(line)) == []
        assert self.raised(miss(line)) == [("no-dial-tone", True)]
        assert line.state(LINE).alarms == ("no-dial-tone",)

    def test_one_is_looked_into_and_the_line_comes_back_by_itself(self, line: Line) -> None:
        miss(line)
        self.probe(line, X37, dial_tone=False)
        assert line.state(LINE).alarms == ("no-dial-tone",)
        for _ in range(3):
            self.probe(line, X38, dial_tone=False)
        self.probe(line, X38, dial_tone=True)
        assert line.state(LINE).alarms == ()
        line.rest()
        assert line.wait(120_000) == [] and not line.seized

    def test_a_call_that_rings_in_proves_the_line(self, line: Line) -> None:
        miss(line)
        miss(line)
        line.events()
        line.ring()
        assert self.raised(line.events()) == [("no-dial-tone", False)]

    def test_a_call_out_takes_the_line_from_its_probe(self, line: Line) -> None:
        miss(line)
        line.wait(int(X37.default * 1000))
        assert line.seized
        line.open_line(LINE)
        line.do(Place(endpoint=LINE, digits=NUMBER, tag=b"out"))
        line.hears("dial")
        line.until(TrunkProgress, stage="dialled")

    def test_no_dial_tone_where_the_exchange_may_hold_a_call_in_is_no_fault(self, line: Line) -> None:
        line.answer()
        line.do(Release(endpoint=LINE))
        line.rest()
        for _ in range(2):
            assert self.raised(miss(line)) == []

    @staticmethod
    def probe(line: Line, after: TimerSpec, dial_tone: bool) -> None:
        """The line is tried by itself after that rest."""
        for _ in range(int(after.default * 100) + 100):
            line.block()
            if line.seized:
                break
        line.open_line(LINE)
        if dial_tone:
            line.hears("dial")
        line.wait(2100 + LISTENS_MS)
        assert not line.seized and line.block()[LINE] == SILENCE


class TestProbe:
    def test_dials_nothing_and_tells_dial_tone(self, line: Line) -> None:
        line.do(ProbeTrunk(endpoint=LINE))
        line.open_line(LINE)
        line.wait(400)
        line.hears("dial")
        (event,) = line.events()
        assert isinstance(event, TrunkProbed) and (event.dial_tone, event.ms) == (True, 400)
        assert not line.seized and line.block()[LINE] == SILENCE

    def test_tells_that_there_is_none(self, line: Line) -> None:
        line.do(ProbeTrunk(endpoint=LINE))
        line.open_line(LINE)
        (event,) = line.wait(2100)
        assert isinstance(event, TrunkProbed) and not event.dial_tone

    def test_that_meets_a_call_in_keeps_it(self, line: Line) -> None:
        line.do(ProbeTrunk(endpoint=LINE))
        line.open_line(LINE, ringing=True)
        probed, call = line.events()
        assert isinstance(probed, TrunkProbed) and not probed.dial_tone
        assert isinstance(call, IncomingCall) and call.answered

    def test_leaves_a_line_in_use_alone(self, line: Line) -> None:
        line.talk()
        refusal = line.reply(ProbeTrunk(endpoint=LINE))
        assert isinstance(refusal, Error) and (refusal.fault, refusal.code) == ("state", "active")


class TestLine:
    def test_a_line_found_seized_is_put_down(self) -> None:
        line = Line()
        line.lines.seize(LINE)
        line.line(LINE, InService(line.now, off_hook=True, cold=False))
        assert not line.seized and line.stage == "guard"

    def test_a_dead_line_cannot_be_seized_until_it_is_back(self, line: Line) -> None:
        line.line(LINE, Fault(line.now, "line-dead", True, ""))
        refusal = line.reply(Place(endpoint=LINE, digits="1"))
        assert isinstance(refusal, Error) and (refusal.fault, refusal.code) == ("state", "dead")
        line.line(LINE, Fault(line.now, "line-dead", False, ""))
        line.place()
        assert line.seized

    def test_a_line_in_use_by_another_telephone_is_left_alone_and_an_alarm_after_a_while(self, line: Line) -> None:
        line.line(LINE, InUse(line.now, True))
        refusal = line.reply(Place(endpoint=LINE, digits="1"))
        assert isinstance(refusal, Error) and (refusal.fault, refusal.code) == ("state", "in-use")
        (raised,) = line.wait(int(X39.default * 1000) + 20)
        assert isinstance(raised, Alarm) and (raised.kind, raised.raised) == ("line-in-use", True)
        line.line(LINE, InUse(line.now, False))
        (cleared,) = line.events()
        assert isinstance(cleared, Alarm) and not cleared.raised
        line.place()
        assert line.seized

    @pytest.mark.parametrize("emergency", [False, True])
    def test_a_port_that_fails_ends_its_call(self, line: Line, emergency: bool) -> None:
        line.talk(emergency)
        line.line(LINE, OutOfService(line.now, "chip gone"))
        gone, service = line.events()
        assert isinstance(gone, TrunkReleased) and (gone.reason, gone.cause, gone.connection) == ("failed", 27, "c1")
        assert isinstance(service, Service) and service.state == "out-of-service"

    def test_a_port_that_hangs_up_by_itself_has_failed(self, line: Line) -> None:
        line.talk()
        line.lines.release(LINE)
        line.close_line(LINE)
        assert released(line.events()).reason == "failed"

    def test_who_waits_for_a_line_that_dies_meanwhile_is_told(self, line: Line) -> None:
        line.talk()
        line.do(Release(endpoint=LINE), Place(endpoint=LINE, digits="1"))
        line.line(LINE, Fault(line.now, "line-dead", True, ""))
        assert released(line.wait(1100)).reason == "failed"

    def test_its_receivers_follow_what_can_come(self, line: Line) -> None:
        index = line.gateway.trunks[LINE].index
        assert line.media.receivers[index] == "caller-id"
        line.place()
        assert line.media.receivers[index] == "tones"
        line.hears("dial")
        assert line.media.receivers[index] is None
        line.do(Release(endpoint=LINE))
        assert line.media.receivers[index] == "caller-id"


class TestCommands:
    @pytest.mark.parametrize(
        ("command", "code"),
        [
            (Ring(endpoint=LINE), "kind"),
            (Place(endpoint="fxs/1", digits="1"), "kind"),
            (Answer(endpoint="fxs/1"), "kind"),
            (Release(endpoint="fxs/1"), "kind"),
            (ProbeTrunk(endpoint="fxs/1"), "kind"),
            (Place(endpoint="fxo/9", digits="1"), "endpoint"),
            (Place(endpoint=LINE, digits=""), "digits"),
            (Place(endpoint=LINE, digits="1p2"), "digits"),
            (Place(endpoint=LINE, digits="1", on_dialled=Connect(connection="c", legs=BOTH.legs[:1])), "on-dialled"),
            (Answer(endpoint=LINE), "idle"),
            (BOTH, "no-call"),
            (Apply(endpoint=LINE, signal=Signal(tone="hold")), "on-hook"),
            (Record(endpoint=LINE, name="one.wav"), "on-hook"),
        ],
    )  # fmt: skip
    def test_that_cannot_be_is_refused_and_changes_nothing(self, line: Line, command: object, code: str) -> None:
        line.lift("fxs/1")
        line.events()
        before = [line.state(name) for name in line.gateway.endpoints]
        reply = line.reply(command)  # type: ignore[arg-type]
        assert isinstance(reply, Error) and reply.code == code
        assert [line.state(name) for name in line.gateway.endpoints] == before and line.events() == []

    def test_nothing_is_played_into_the_dialling(self, line: Line) -> None:
        line.place()
        line.hears("dial")
        reply = line.reply(Apply(endpoint=LINE, signal=Signal(tone="hold")))
        assert isinstance(reply, Error) and (reply.fault, reply.code) == ("state", "dialling")

    def test_a_second_call_out_is_refused(self, line: Line) -> None:
        line.place()
        reply = line.reply(Place(endpoint=LINE, digits="1"))
        assert isinstance(reply, Error) and reply.fault == "state"

    def test_releasing_an_idle_line_is_no_error(self, line: Line) -> None:
        line.do(Release(endpoint=LINE))
        assert line.events() == []
