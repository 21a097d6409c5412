"""The calls of one company line, in and out: the actions of its machine (`trunk_table.py`), which obeys the agent.

What must not wait for the agent is done here: digits after dial tone, the connection when they are out, the end of a
call whose far end has cleared, and a call in that comes while the line is being seized.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

from firmware.gateway.messages import (
    AnsweredBy,
    CallerId,
    IncomingCall,
    Place,
    Signal,
    TrunkAnswered,
    TrunkProgress,
)
from firmware.voice.trunk_call import TrunkCall
from firmware.voice.trunk_caller import CallerWatch
from firmware.voice.trunk_line import TrunkHost, TrunkLine
from firmware.voice.trunk_profile import TrunkProfile
from firmware.voice.trunk_table import State

Stage: TypeAlias = Literal["dial-tone", "dialled", "alerting"]


class Trunk(TrunkLine):
    """One company line with its calls. Times are monotonic nanoseconds."""

    def __init__(self, name: str, index: int, host: TrunkHost, profile: TrunkProfile) -> None:
        super().__init__(name, index, host, profile)
        self._caller = CallerWatch()
        self._hushed_ns = 0

    # ---- a call in

    def keep_caller(self, at_ns: int, caller: CallerId | None) -> None:
        self._caller.keep(caller, at_ns)

    def begin_ringing(self, at_ns: int) -> State:
        """It may ring while a call out waits for the line's rest: that one cannot be."""
        self._end_call(at_ns, "glare")
        self.health.works(at_ns)
        self.call = TrunkCall(at_ns)
        if self.profile.caller_id and not self._caller.known(at_ns):
            return State.RINGING
        self.tell_call(at_ns)
        return State.TOLD

    def end_burst(self, at_ns: int) -> None:
        self._caller.burst_ended(at_ns)

    def ring_again(self, at_ns: int) -> State:
        """The cadence of some countries is a double ring: only a long pause had room for a caller id."""
        if not self._caller.pause_was_long(at_ns):
            return State.RINGING
        self.tell_call(at_ns)
        return State.TOLD

    def caller_known(self, at_ns: int, caller: CallerId | None) -> None:
        self._caller.keep(caller, at_ns)
        self.tell_call(at_ns)

    def no_caller(self, at_ns: int) -> State:
        """None has come; one by DTMF may take longer."""
        if self._ear.message_arrives(at_ns):
            return State.PAUSE
        self.tell_call(at_ns)
        return State.TOLD

    def tell_call(self, at_ns: int) -> None:
        call = self._current()
        call.caller = self._caller.take(at_ns)
        self._host.emit(IncomingCall(endpoint=self.name, at_ns=call.since_ns, caller=call.caller))

    def ringing_changed(self, at_ns: int) -> State:
        """Who takes the call at a telephone in parallel, or pulls the plug, has ended its ringing."""
        return self.state if self.rest(at_ns) is State.IDLE else self.abandoned(at_ns)

    def abandoned(self, at_ns: int) -> State:
        if self.state in (State.RINGING, State.PAUSE):
            self.tell_call(at_ns)
        self._end_call(at_ns, "abandoned")
        return self.rest(at_ns)

    def fail_ringing(self, at_ns: int) -> None:
        if self.state is not State.TOLD:
            self.forget_call()
        self._end_call(at_ns, "failed")
        self.leave_service(at_ns)

    def answer(self, tag: bytes | None) -> None:
        self.tag = self.tag if tag is None else tag
        self.seize(self._host.now_ns)

    def hear(self, signal: Signal | None) -> None:
        """While the line is being opened nobody hears anything: what is asked for then begins when it is open."""
        if self.state is State.ANSWERING and signal is not None:
            self.signal = signal
        else:
            super().hear(signal)

    def answered(self, at_ns: int, ringing: bool) -> State:
        if not ringing:  # the caller gave up in that very moment: what is heard now is dial tone
            self.given_up(at_ns)
            return State.GUARD
        self._open_ns = at_ns
        self._begin_talking(at_ns)
        if self.signal is not None:
            super().hear(self.signal)
        return State.ACTIVE

    def caught(self, at_ns: int) -> None:
        """Glare: whoever calls in has the line already, and hears it; the call out must take another."""
        self._probed(False, at_ns)
        self._end_call(at_ns, "glare")
        self.health.works(at_ns)
        self.call = TrunkCall(at_ns)
        self._host.emit(IncomingCall(endpoint=self.name, at_ns=at_ns, answered=True))

    def answer_caught(self, tag: bytes | None) -> State:
        self.tag = self.tag if tag is None else tag
        return self._begin_talking(self._host.now_ns)

    # ---- a call out, or a probe

    def begin_call(self, command: Place) -> None:
        self.take_call(command)
        self.seize(self._host.now_ns)

    def take_call(self, command: Place) -> None:
        """The line rests still, or is seized already for no call: now there is one."""
        self.call, self.tag = TrunkCall(self._host.now_ns, command), command.tag

    def begin_probe(self) -> None:
        self._probe_asked = True
        self.seize(self._host.now_ns)

    def begin_test(self) -> None:
        self._test_asked = True
        self.seize(self._host.now_ns)

    def line_open(self, at_ns: int, ringing: bool) -> State:
        self._open_ns = at_ns
        if ringing:
            self.caught(at_ns)
            return State.CAUGHT
        self._ear.await_dial_tone()
        return State.AWAITING

    def dial_tone(self, at_ns: int) -> State:
        self.health.works(at_ns)
        self._probed(True, at_ns)
        if self.call is None and self._test_asked:
            return State.TESTING
        if self.call is None or self.call.place is None:
            self._put_down()
            return State.GUARD
        self._progress("dial-tone", at_ns)
        self._host.dial(self, self.call.place.digits)
        return State.DIALLING

    def no_dial_tone(self, at_ns: int) -> State:
        """The call must take another line; this one is listened to for somebody who called in meanwhile."""
        if self.health.held(at_ns):
            return self._leave_held(at_ns)
        self.health.no_dial_tone(at_ns)
        self._useless(at_ns)
        return State.LISTENING

    def spoken(self, at_ns: int) -> State:
        """Somebody has called in; or was released for this emergency call, which waits until he has gone."""
        if self.call is not None and self.call.emergency and self.health.held(at_ns):
            return self._leave_held(at_ns)
        self.caught(at_ns)
        return State.CAUGHT

    def no_line(self, at_ns: int) -> None:
        self.health.no_dial_tone(at_ns)
        self._useless(at_ns)
        self._put_down()

    def _leave_held(self, at_ns: int) -> State:
        self._useless(at_ns)
        self._put_down()
        return State.HELD

    def _useless(self, at_ns: int) -> None:
        self._probed(False, at_ns)
        self._end_call(at_ns, "no-dial-tone")

    def nobody_there(self, at_ns: int) -> None:
        self._put_down()

    def call_after_rest(self, command: Place) -> None:
        self.take_call(command)
        self._put_down()

    def call_in_test(self, command: Place) -> State:
        """Nothing has been dialled: the digits can follow the dial tone at once, if it is still there."""
        self.take_call(command)
        self._test_asked = False
        if not self._dial_tone:
            self._put_down()
            return State.GUARD
        return self.dial_tone(self._host.now_ns)

    def turned(self, at_ns: int) -> None:
        """An exchange that knows the number before its last digit has ended may have an answer by then."""
        call = self._current()
        call.turned_ns = at_ns if call.turned_ns is None else None

    def dialled(self, at_ns: int) -> State:
        """The caller hears the line from here on."""
        call = self._current()
        call.dialled_ns = at_ns
        asked = call.place.on_dialled if call.place is not None else None
        self._progress("dialled", at_ns, self._host.unite(self, asked) if asked is not None else None)
        return State.PROCEEDING if call.turned_ns is None else self._answered_by("reversal", call.turned_ns)

    def alerting(self, at_ns: int) -> None:
        call = self._current()
        call.far_end_rings = True
        if not call.alerting:
            call.alerting = True
            self._progress("alerting", at_ns)

    def ringback_over(self, at_ns: int) -> State:
        self._current().far_end_rings = False
        self._hushed_ns = at_ns
        if self._deserted:
            self.mute(at_ns)
            return State.STALLED
        return self._after_ringback()

    def dial_tone_over(self, at_ns: int) -> State:
        self.unmute(at_ns)
        return self._after_ringback() if self._current().alerting else State.PROCEEDING

    def answered_by_reversal(self, at_ns: int) -> State:
        return self._answered_by("reversal", at_ns)

    def answered_by_ringback_end(self, at_ns: int) -> State:
        return self._answered_by("ringback-end", self._hushed_ns)

    def answered_by_timer(self, at_ns: int) -> State:
        return self._answered_by("timer", at_ns)

    # ---- a call that stands

    def far_end_rings(self, at_ns: int) -> None:
        self._current().far_end_rings = True

    def far_end_rings_no_more(self, at_ns: int) -> None:
        self._current().far_end_rings = False

    def mute(self, at_ns: int) -> None:
        self._host.mute(self, True)

    def unmute(self, at_ns: int) -> None:
        self._host.mute(self, False)

    def left_alone(self, at_ns: int) -> None:
        self._lose(at_ns, "dial-tone")

    def reversed_in_call(self, at_ns: int) -> State:
        call = self._current()
        if call.emergency or not call.cleared_by_reversal(at_ns - self._open_ns):
            call.far_end_rings = False
            return self.state
        self._lose(at_ns, "reversal")
        return State.GUARD

    def _progress(self, stage: Stage, at_ns: int, connection: str | None = None) -> None:
        event = TrunkProgress(endpoint=self.name, stage=stage, at_ns=at_ns, connection=connection, tag=self.tag)
        self._host.emit(event)

    def _after_ringback(self) -> State:
        return State.HUSHED if self.profile.answer == "ringback-end" else State.PROCEEDING

    def _answered_by(self, by: AnsweredBy, at_ns: int) -> State:
        self._current().answered_by = by
        if by == "reversal":
            self._current().far_end_rings = False
        self._host.emit(TrunkAnswered(endpoint=self.name, by=by, at_ns=at_ns, tag=self.tag))
        return self._begin_talking(at_ns)

    def _begin_talking(self, at_ns: int) -> State:
        """With dial tone on the line, which is told once, nobody is there to talk to."""
        self._current().answered_ns = at_ns
        self._ear.follow_call(self.profile.silence_s, self._host.now_ns)
        self._host.mute(self, self._deserted)
        return State.MUTED if self._deserted else State.ACTIVE
