"""A call at the telephone that it is for: ringing, answering, and the races about both."""

from __future__ import annotations

from typing import TYPE_CHECKING

from firmware.exchange import originate
from firmware.exchange.causes import Cause
from firmware.exchange.features import emergency, waiting
from firmware.exchange.half_call import Event, State
from firmware.exchange.presentation import NOTHING
from firmware.gateway.messages import CallerId, Ring, RingKind, StopRing

if TYPE_CHECKING:
    from firmware.exchange.call import Call
    from firmware.exchange.telephone import HalfCall
    from firmware.exchange.terminals import Telephone


def offer(call: Call, telephone: Telephone, kind: str) -> None:
    """Ring a telephone, or tell a busy one that the call waits."""
    half = call.core.new_half(telephone, call)
    call.alerting.append(half)
    half.feed(Event.PRESENT, kind)


def alert(half: HalfCall, kind: str) -> State:
    """The offer reaches the telephone: it rings if nothing else is in front."""
    telephone = half.telephone
    if telephone.off_hook or telephone.front is not half or len(telephone.halves) > 1:
        waiting.announce(half)
        return State.CALL_WAITING
    ring(half, kind_of(half, kind))
    return State.CALL_RECEIVED


def kind_of(half: HalfCall, kind: str = "") -> RingKind:
    """How it rings for this call."""
    if half.the_call.emergency or half.the_call.call_back or kind == "priority":
        return "priority"
    if kind == "recall":
        return "recall"
    return "external" if half.the_call.direction == "incoming" else "internal"


def ring(half: HalfCall, kind: RingKind) -> None:
    """Ring with what the telephone may show, and the connection that answering makes."""
    core, call = half.core, half.the_call
    assert call.calling is not None
    on_answer = call.connect_command(call.calling.endpoint, half.endpoint)
    shown = caller_shown(half)
    core.send(Ring(endpoint=half.endpoint, kind=kind, caller=shown, on_answer=on_answer))


def caller_shown(half: HalfCall) -> CallerId:
    calling = half.the_call.calling
    return NOTHING if calling is None else calling.shown_to(half.telephone.extension)


def answer(half: HalfCall, answered: bool, connection: str | None, at_ns: int) -> State:
    """The telephone is lifted. `answered`: it was ringing; else it was lifted before the ringing reached it."""
    if not answered:
        half.core.send(StopRing(endpoint=half.endpoint))
        candidate_lost(half, Cause.USER_BUSY)
        return originate.start(half, given=True)
    take(half, connection, at_ns)
    if (behind := half.telephone.waiting) is not None:
        waiting.announce(behind)
    return State.ACTIVE


def take(half: HalfCall, made: str | None, at_ns: int) -> None:
    """This telephone takes the call that was offered; `made` is the connection that the gateway has made of it.

    If it was lifted for something else, the bell that was ordered for this call may still come.
    """
    if made != half.the_call.connection:
        half.core.send(StopRing(endpoint=half.endpoint))
    if emergency.is_joined(half.the_call):
        emergency.attend(half, made)
    else:
        half.the_call.answer(half, at_ns)
        connect(half, made)


def connect(half: HalfCall, made: str | None) -> None:
    """Join the caller and this telephone, unless the gateway has done so (`made` is the connection it made).

    A signal that the caller was given meanwhile would be heard instead of it.
    """
    core, call = half.core, half.the_call
    if call.calling is None or (made == call.connection and call.calling.terminal.signalled_ns <= core.at_ns):
        return
    if made != call.connection:
        core.undo(made)
    call.join_all()
    core.play(call.calling.endpoint, None)
    core.play(half.endpoint, None)


def candidate_lost(half: HalfCall, cause: Cause) -> None:
    """This telephone does not come into question any more; the call goes on while another rings, or it can wait."""
    call = half.the_call
    call.detach(half)
    half.call = None
    if call.ended or call.answered_ns is not None or call.alerting:
        return
    if call.calling is None:
        call.release(cause)
    else:
        call.calling.left_alone(cause)


def withdraw(call: Call) -> None:
    """Nobody who rings is to answer any more; the call goes on elsewhere."""
    for alerting in tuple(call.alerting):
        call.detach(alerting)
        alerting.call = None
        call.core.post(alerting, Event.RELEASED, Cause.NO_ANSWER)
    call.connection += "'"  # an answer of this very moment is then another connection, and is ended as such
