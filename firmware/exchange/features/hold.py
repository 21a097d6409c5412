"""Hold: the held party hears the hold tone, and is never forgotten."""

from __future__ import annotations

from typing import TYPE_CHECKING

from firmware.exchange.causes import Cause
from firmware.exchange.half_call import LEFT, Event, State
from firmware.gateway.messages import Apply, Connect, Leg, Ring, Signal

if TYPE_CHECKING:
    from firmware.exchange.telephone import HalfCall


def hold(half: HalfCall) -> None:
    """Put the other party on hold; it keeps its place in the connection, this telephone leaves it."""
    core, call = half.core, half.the_call
    other = call.other(half)
    assert other is not None
    legs = (Leg(endpoint=other.endpoint, mode="inactive"),)
    core.send(Connect(connection=call.connection, legs=legs))
    core.play(half.endpoint, None)
    core.send(Apply(endpoint=other.endpoint, signal=Signal(tone="hold", repeat=True)))
    core.post(other, Event.HOLD)


def take_back(half: HalfCall) -> None:
    """Both hear one another again."""
    core, call = half.core, half.the_call
    other = call.other(half)
    assert other is not None
    call.join_all()
    core.play(other.endpoint, None)
    core.play(half.endpoint, None)
    core.post(other, Event.RETRIEVED)


def recall(half: HalfCall) -> State:
    """The holder has hung up: his telephone rings to give the held party back."""
    core, call, telephone = half.core, half.the_call, half.telephone
    other = call.other(half)
    assert other is not None
    if not telephone.usable:
        abandon(half, Cause.DESTINATION_OUT_OF_ORDER)
        return State.NULL
    shown = other.shown_to(telephone.extension)
    on_answer = call.connect_command(half.endpoint, other.endpoint)
    core.send(Ring(endpoint=half.endpoint, kind="recall", caller=shown, on_answer=on_answer))
    return State.RECALL


def abandon(half: HalfCall, cause: Cause) -> None:
    """Nobody is there to take the held party back. Who called in from outside is not turned away for that."""
    call = half.the_call
    other = call.other(half)
    if other is not None and other.is_outside and other is call.calling:
        other.not_put_through(cause)
    else:
        call.release(cause, by=half)


def answer_recall(half: HalfCall, made: str | None) -> None:
    """The holder is back; the gateway has joined them unless he was faster than the ringing."""
    core, call = half.core, half.the_call
    other = call.other(half)
    assert other is not None
    if made != call.connection:
        call.join_all()
        core.play(half.endpoint, None)
    core.play(other.endpoint, None)
    core.post(other, Event.RETRIEVED)


def remind(half: HalfCall) -> State:
    """Held for long: a holder who talks hears a reminder, one who has nobody in front gets the held party back."""
    front = half.telephone.front
    if front is not None and (front.state in LEFT or front.state is State.OVERLAP_SENDING):
        front.feed(Event.VACATE)
        take_back(half)
        return State.ACTIVE
    if front is not None and front.state is State.ACTIVE:
        half.core.play(half.endpoint, "recall", overlay=True)
    return State.HOLDING
