"""A company line's part in one call: the machine, and what its actions do.

A call out is PLACING until the far end answers; a call in is CALL_DELIVERED while somebody is to answer it. Whatever
releases the line ends in NULL: the far end cannot be given a tone after the call.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from firmware.exchange import call_timers, incoming, outgoing
from firmware.exchange.causes import Cause
from firmware.exchange.features import emergency_lines, menu, summons
from firmware.exchange.half import Half
from firmware.exchange.half_call import Event, State
from firmware.fsm import StateTable, Transition
from firmware.gateway.messages import (
    AnsweredBy,
    Apply,
    CallerId,
    Collect,
    IncomingCall,
    Release,
    Signal,
    Tone,
    TrunkReleased,
)

if TYPE_CHECKING:
    from firmware.exchange.call import Call
    from firmware.exchange.core import Core
    from firmware.exchange.dialogue import Ask
    from firmware.exchange.numbering import Extension
    from firmware.exchange.terminals import TrunkLine

_S, _E, _T = State, Event, Transition
_MENU = (_S.SAYING, _S.ASKING, _S.ACTING, _S.RECORDING)
_IN_A_CALL = (_S.CALL_DELIVERED, _S.PROCEEDING, _S.ANNOUNCED, _S.ACTIVE, _S.HELD, *_MENU)

TRUNK_CALL: StateTable[State, Event] = StateTable(
    name="trunk-call",
    initial=State.NULL,
    transitions={
        (_S.NULL, _E.PLACE): _T("place", _S.PLACING),
        (_S.PLACING, _E.OFF_HOOK): _T("answered", (_S.ACTIVE, *_MENU, _S.NULL)),
        (_S.PLACING, _E.ON_HOOK): _T("could_not_place", _S.NULL),
        (_S.NULL, _E.PRESENT): _T("arrive", (_S.CALL_DELIVERED, _S.ANNOUNCED, _S.NULL)),
        (_S.CALL_DELIVERED, _E.CONNECTED): _T("connected", _S.ACTIVE),
        (_S.CALL_DELIVERED, _E.TIMEOUT): _T("no_answer", (_S.CALL_DELIVERED, _S.ANNOUNCED)),
        (_S.ANNOUNCED, _E.DONE): _T("announced", (_S.NULL, _S.CALL_DELIVERED)),
        (_S.ANNOUNCED, _E.TIMEOUT): _T("hang_up", _S.NULL),
        (_S.ACTIVE, _E.HOLD): _T(None, _S.HELD),
        (_S.HELD, _E.RETRIEVED): _T("connected", _S.ACTIVE),
        (_S.HELD, _E.RINGBACK): _T(None, _S.CALL_DELIVERED),
        (_S.HELD, _E.EARLY): _T(None, _S.PROCEEDING),
        (_S.PROCEEDING, _E.CONNECTED): _T("connected", _S.ACTIVE),
        (_S.PROCEEDING, _E.RINGBACK): _T(None, _S.CALL_DELIVERED),
        (_S.SAYING, _E.DONE): _T("spoken", (*_MENU, _S.NULL)),
        (_S.SAYING, _E.TIMEOUT): _T("spoken", (*_MENU, _S.NULL)),
        (_S.ASKING, _E.DIGITS): _T("keyed", (*_MENU, _S.NULL)),
        (_S.ACTING, _E.ACTED): _T("acted", (*_MENU, _S.NULL)),
        (_S.ACTING, _E.TIMEOUT): _T("out_of_patience", (*_MENU, _S.NULL)),
        (_S.RECORDING, _E.RECORDED): _T("recorded", (*_MENU, _S.NULL)),
        **{(state, _E.ON_HOOK): _T("gone", _S.NULL) for state in _IN_A_CALL},
        **{
            (state, event): _T(action, _S.NULL)
            for event, action in ((_E.RELEASED, "drop"), (_E.VACATE, "vacate"))
            for state in (_S.PLACING, *_IN_A_CALL)
        },
    },
    timers={
        _S.CALL_DELIVERED: (call_timers.NO_ANSWER, _E.TIMEOUT),
        _S.ANNOUNCED: (call_timers.ANNOUNCEMENT, _E.TIMEOUT),
        _S.SAYING: (call_timers.SPEECH, _E.TIMEOUT),
        _S.ACTING: (call_timers.CONFIRMATION, _E.TIMEOUT),
    },
)  # fmt: skip


class TrunkHalf(Half):
    """Owner of one trunk-call machine."""

    TABLE = TRUNK_CALL
    is_outside = True

    def __init__(self, core: Core, line: TrunkLine, call: Call, name: str) -> None:
        super().__init__(core, line, call, name)
        self.line = line
        self.through = False
        """Of a call out: the digits are sent, and the line is heard."""
        self.placed_for = ""
        """Of a call out: who is joined with the line when the digits are out."""

    def shown_to(self, called: Extension | None) -> CallerId:
        """The caller as the company's exchange presents him; nothing known: which lines he comes by."""
        caller = self.line.caller
        if caller is not None and (caller.number or caller.name or caller.private):
            return caller
        return CallerId(name="" if self.line.group is None else self.line.group.name)

    def hear(self, tone: Tone | None) -> None:
        """While the line still rings in, its caller hears what the company's exchange gives him."""
        if self.line.seized:
            signal = None if tone is None else Signal(tone=tone, repeat=True)
            self.core.send(Apply(endpoint=self.endpoint, signal=signal))

    @property
    def costs(self) -> bool:
        return bool(self.line.number)

    @property
    def tells_its_end(self) -> bool:
        group = self.line.group
        return self.the_call.answered_by == "reversal" or (group is not None and group.supervised)

    def not_put_through(self, cause: Cause) -> None:
        """He was given to a number outside, and has not reached it."""
        incoming.back_to_reception(self)

    def left_alone(self, cause: Cause) -> None:
        """Whoever rang is gone: reception's operators are to answer, as soon as one can."""
        incoming.left_alone(self)

    # ------------------------------------------------------------------------------------------------------ calls out

    def place(self) -> None:
        outgoing.seize(self)

    def answered(self, by: AnsweredBy, at_ns: int) -> State:
        self.the_call.answered_outside(self, by, at_ns)
        return State.ACTIVE if self.the_call.summons is None else summons.talk(self)

    def could_not_place(self, event: TrunkReleased) -> None:
        outgoing.could_not_place(self, event)

    # ------------------------------------------------------------------------------------------------------- calls in

    def arrive(self, event: IncomingCall) -> State:
        return incoming.arrive(self, event)

    def no_answer(self) -> State:
        return incoming.no_answer(self)

    def connected(self) -> None:
        self.line.seized = True

    def announced(self, failed: bool) -> State:
        return incoming.announced(self, failed)

    # ---------------------------------------------------------------------------------------------------- with a menu

    @property
    def there(self) -> bool:
        return self.line.seized

    def attend(self) -> None:
        """Nobody can call for help from there."""

    def say(self, prompts: tuple[str, ...]) -> None:
        self.core.send(Apply(endpoint=self.endpoint, signal=Signal(prompts=prompts)))

    def ask(self, step: Ask) -> None:
        signal = Signal(prompts=step.prompts) if step.prompts else None
        self.core.send(Collect(endpoint=self.endpoint, digit_map=menu.keys(step, ()), signal=signal))

    def go_on_to(self, number: str) -> State:
        """He has been told all, and is given to nobody."""
        return self.finish(None)

    def finish(self, tone: Tone | None) -> State:
        if self.the_call.summons is not None:
            self.the_call.summons.heard_out = True
        self.hang_up()
        return State.NULL

    # --------------------------------------------------------------------------------------------------------- ending

    def drop(self, cause: Cause | None = None) -> None:
        """The call is over: the line is put on-hook. Another call may have rung in on it by now."""
        cause, went_out, self.line.seized = cause or Cause.NORMAL_CLEARING, bool(self.line.number), False
        self.core.send(Release(endpoint=self.endpoint, cause=int(cause), unless_ringing=went_out))

    def vacate(self) -> None:
        """The line is needed for an emergency call; who talks through it hears why he does not any more."""
        self.drop(Cause.PRE_EMPTION)
        self.the_call.release(Cause.PRE_EMPTION, by=self)

    def hang_up(self) -> None:
        """From our side, for everybody."""
        self.drop()
        self.the_call.release(Cause.NORMAL_CLEARING, by=self)

    def gone(self, event: TrunkReleased) -> None:
        """The far end has released; the gateway has put the line on-hook."""
        self.line.seized = False
        call = self.the_call
        if call.emergency and call.calling is not self:  # only a failure of its port ends an emergency call's line
            emergency_lines.lost(outgoing.give_up_line(self))
            return
        call.cut_off = call.cut_off or event.reason == "failed"
        call.release(Cause.NORMAL_CLEARING, by=self)
