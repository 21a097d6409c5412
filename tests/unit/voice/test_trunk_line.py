"""A company line itself: whether it can be trusted, probes, faults, and what an agent may ask of it."""

from __future__ import annotations

import pytest

from boardsupport.fxo import InUse
from boardsupport.port import Fault, FaultKind, InService, OutOfService
from firmware.gateway.messages import (
    Alarm,
    Answer,
    Apply,
    Connect,
    Error,
    Event,
    IncomingCall,
    Place,
    ProbeTrunk,
    Record,
    Release,
    Ring,
    Service,
    Signal,
    TrunkProbed,
    TrunkProgress,
    TrunkReleased,
)
from firmware.timers import TimerSpec
from firmware.voice.trunk_table import X37, X38, X39
from tests.unit.voice.line import BOTH, LINE, LISTENS_MS, NUMBER, Line, released
from tests.unit.voice.rig import SILENCE


@pytest.fixture
def line() -> Line:
    return Line()


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
        for rests_s in (22, 44):
            assert self.raised(miss(line)) == []
            line.wait(rests_s * 1000)

    def test_nor_where_it_may_hold_one_that_nobody_has_answered(self, line: Line) -> None:
        """It came on the line that was being seized, and was released."""
        line.do(Place(endpoint=LINE, digits=NUMBER))
        line.open_line(LINE, ringing=True)
        line.do(Release(endpoint=LINE))
        line.rest()
        for rests_s in (22, 44):
            assert self.raised(miss(line)) == []
            line.wait(rests_s * 1000)

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

    @pytest.mark.parametrize("kind", ["line-dead", "overload"])
    def test_a_line_that_is_of_no_use_cannot_be_seized_until_it_is_back(self, line: Line, kind: FaultKind) -> None:
        line.line(LINE, Fault(line.now, kind, True, ""))
        refusal = line.reply(Place(endpoint=LINE, digits="1"))
        assert isinstance(refusal, Error) and (refusal.fault, refusal.code) == ("state", "dead")
        line.line(LINE, Fault(line.now, kind, False, ""))
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
