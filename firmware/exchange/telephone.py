"""A telephone as call control sees it, and its half-calls: what the actions of the half-call table do."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Any

from firmware.exchange import originate
from firmware.exchange.causes import Cause, tone_of
from firmware.exchange.decisions import ClearAlarm, LineState, LineView, RaiseAlarm
from firmware.exchange.features import click, consult, forward, hold, ringing, waiting
from firmware.exchange.half_call import ALERTING, BACKGROUND, HALF_CALL, TALKING, Event, State
from firmware.exchange.numbering import Extension, emergency_map
from firmware.fsm import Machine
from firmware.gateway.messages import Collect, ServiceState, Signal, StopRing, Tone

if TYPE_CHECKING:
    from firmware.exchange.call import Call
    from firmware.exchange.core import Core

LEFT_OFF_HOOK = "off-hook"
"""Alarm kind: a handset was left off the hook until its telephone went out of service."""


class Telephone:
    """One FXS endpoint: its hook, its service, its half-calls (the last that is not in the background is in front)."""

    def __init__(self, endpoint: str, extension: Extension | None) -> None:
        self.endpoint = endpoint
        self.extension = extension
        self.off_hook = False
        self.service: ServiceState = "in-service"
        self.faults: list[str] = []
        self.do_not_disturb = False
        self.forward: frozenset[str] = frozenset()
        """Of "no-answer" and "busy": beyond what the site forwards anyway."""
        self.redial = ""
        self.dialling = False
        """The first digit has come."""
        self.asked_reception = False
        """Since it was lifted it has called reception, by itself or by hand."""
        self.tag = b""
        self.signalled_ns = 0
        """When it was last given a signal; a lift that is older than that did not leave it with dial tone."""
        self.tapped_ns = 0
        """When the hook was last let go after a flash that does not count at this telephone."""
        self.halves: list[HalfCall] = []

    @property
    def front(self) -> HalfCall | None:
        """The half-call that hook and flash act on."""
        return next((half for half in reversed(self.halves) if half.state not in BACKGROUND), None)

    @property
    def holding(self) -> HalfCall | None:
        return next((half for half in reversed(self.halves) if half.state is State.HOLDING), None)

    @property
    def waiting(self) -> HalfCall | None:
        return next((half for half in self.halves if half.state is State.CALL_WAITING), None)

    @property
    def usable(self) -> bool:
        return self.service == "in-service" and self.extension is not None

    @property
    def free(self) -> bool:
        """Could ring now."""
        return self.usable and not self.off_hook and not self.halves

    def view(self) -> LineView:
        return LineView(
            port=self.endpoint,
            state=self._line_state(),
            extension=None if self.extension is None else self.extension.number,
            fault=self._fault(),
            dnd=self.do_not_disturb,
        )

    def _fault(self) -> str | None:
        if self.faults:
            return self.faults[-1]
        left = self.front is not None and self.front.state is State.LOCKED_OUT
        return LEFT_OFF_HOOK if left else None

    def _line_state(self) -> LineState:
        if self.service != "in-service":
            return "out-of-service"
        front = self.front
        if front is None:
            return "off-hook" if self.off_hook else "idle"
        if front.state is State.OVERLAP_SENDING:
            return "dialling" if self.dialling else "off-hook"
        return _LINE_STATES.get(front.state, "off-hook")


_LINE_STATES: dict[State, LineState] = {
    **dict.fromkeys(ALERTING, "ringing"),
    **dict.fromkeys(TALKING, "talking"),
    State.CALL_DELIVERED: "dialling",
    State.HOWLER: "howler",
    State.LOCKED_OUT: "out-of-service",
}


class HalfCall:
    """Owner of one half-call machine: the table names these methods."""

    def __init__(self, core: Core, telephone: Telephone, call: Call | None, name: str) -> None:
        self.core = core
        self.telephone = telephone
        self.call = call
        self.name = name
        self.machine: Machine[State, Event] = Machine(HALF_CALL, name, self, core)
        self.alive = True
        self.hearing: Tone | None = None
        """While it is asked for no number, and nobody is connected; the tone stops for what is dialled."""

    @property
    def endpoint(self) -> str:
        return self.telephone.endpoint

    @property
    def state(self) -> State:
        return self.machine.state

    @property
    def the_call(self) -> Call:
        """The call, in states that have one."""
        assert self.call is not None, self.name
        return self.call

    def feed(self, event: Enum, *arguments: Any) -> bool:
        """Give the machine an event; a half-call that comes to NULL is gone. False if the table has no rule."""
        self._touch()
        known = self.machine.handle(Event(event.value), *arguments)
        if self.state is State.NULL and self.alive:
            self.alive = False
            self.core.forget_half(self)
        self._touch()
        return known

    def resume(self, state: State) -> None:
        """Stand where an audit found the telephone."""
        self.machine.resume(state)
        self._touch()

    def _touch(self) -> None:
        self.core.touch(self.telephone)
        if self.call is not None:
            self.core.touch(self.call)

    # ------------------------------------------------------------------------------------------------ placing a call

    def start(self, dial_tone: bool = False) -> State:
        return originate.start(self, dial_tone)

    def dialled(self, digits: str, outcome: str) -> State:
        return originate.dialled(self, digits, outcome)

    def no_answer(self) -> State:
        return forward.no_answer(self)

    # ------------------------------------------------------------------------------------------------- being called

    def alert(self, kind: str) -> State:
        return ringing.alert(self, kind)

    def answer(self, answered: bool, connection: str | None, at_ns: int) -> State:
        return ringing.answer(self, answered, connection, at_ns)

    def stop_alerting(self, cause: Cause | None = None) -> None:
        self.core.send(StopRing(endpoint=self.endpoint))

    def not_reachable(self) -> None:
        """The port failed while it rang; should it be back already, it must not ring on."""
        self.core.send(StopRing(endpoint=self.endpoint))
        ringing.candidate_lost(self, Cause.DESTINATION_OUT_OF_ORDER)

    def alert_click(self) -> None:
        click.alert(self)

    def answer_click(self, answered: bool, connection: str | None, at_ns: int) -> State:
        return click.answer(self, answered)

    def give_up(self) -> None:
        """Nobody comes to place the call that the desk asked for, or to take the held party back."""
        self.core.send(StopRing(endpoint=self.endpoint))
        self.the_call.release(Cause.NO_ANSWER, by=self)

    # -------------------------------------------------------------------------------------------------- call waiting

    def accept(self) -> None:
        waiting.accept(self)

    def alert_waiting(self) -> State:
        return waiting.alert(self)

    def stop_waiting(self, cause: Cause | None = None) -> None:
        waiting.stop(self)

    # ---------------------------------------------------------------------------------------------- hold and transfer

    def flash_active(self) -> State:
        return consult.flash_active(self)

    def flash_before_answer(self) -> State:
        return consult.flash_before_answer(self)

    def flash_after_call(self) -> State:
        return consult.flash_after_call(self)

    def take_back(self) -> None:
        hold.take_back(self)

    def recall(self) -> State:
        return hold.recall(self)

    def answer_recall(self, answered: bool, connection: str | None, at_ns: int) -> None:
        hold.answer_recall(self, connection)

    def remind(self) -> State:
        return hold.remind(self)

    # -------------------------------------------------------------------------------------------------------- ending

    def hang_up(self) -> None:
        consult.hang_up(self)

    def vacate(self) -> None:
        """Leave the call for a more important one; the other party hears why."""
        self.the_call.release(Cause.PRE_EMPTION, by=self)

    def displace(self) -> None:
        """Stop ringing for this call, to ring for a more important one."""
        self.core.send(StopRing(endpoint=self.endpoint))
        ringing.candidate_lost(self, Cause.USER_BUSY)

    def party_gone(self, cause: Cause | None) -> State:
        """The other party has left; in a conference (cause None) this telephone talks on in the other call."""
        if cause is None:
            return State.NULL
        self.play_cause(cause)
        return State.DISCONNECT_INDICATION

    def play_cause(self, cause: Cause | None) -> None:
        """The call is over and this telephone is still off-hook."""
        if self.call is not None:
            self.call.detach(self)
            self.call = None
        self.hear(tone_of(cause or Cause.NORMAL_CLEARING))

    # ------------------------------------------------------------------------------------------- nobody is connected

    def hear(self, tone: Tone | None) -> None:
        """It is asked for no number, and emergency numbers are collected all the same."""
        self.hearing = tone
        numbers = emergency_map(self.core.plan, self.core.settings.timers)
        signal = None if tone is None else Signal(tone=tone)
        self.core.send(Collect(endpoint=self.endpoint, digit_map=numbers, signal=signal))

    def dialled_late(self, digits: str, outcome: str) -> State:
        """A whole number is one that goes through whatever stands in its way; after anything else it is as before."""
        if outcome != "complete":
            self.hear(self.hearing)
            return self.state
        if self.state is State.LOCKED_OUT:
            self.unlock()
        if self.call is not None:
            self.call.release(Cause.NORMAL_CLEARING, by=self)
            self.call = None
        originate.begin_call(self)
        return originate.place(self, digits)

    def left_off(self) -> State:
        """Nobody has hung up. Reception looks after a telephone that is set so, once; else it howls."""
        extension, telephone = self.telephone.extension, self.telephone
        if extension is not None and extension.reception_after_s is not None and not telephone.asked_reception:
            originate.begin_call(self)
            return originate.to_reception(self)
        self.hear("howler")
        return State.HOWLER

    def lock_out(self) -> None:
        self.core.play(self.endpoint, None)
        self.hear(None)
        self.tell_left_off()

    def tell_left_off(self) -> None:
        extension = self.telephone.extension
        who = self.endpoint if extension is None else extension.number
        self.core.decide(RaiseAlarm(LEFT_OFF_HOOK, self.endpoint, f"{who}: the handset has been left off the hook"))

    def unlock(self) -> None:
        self.core.decide(ClearAlarm(LEFT_OFF_HOOK, self.endpoint))
