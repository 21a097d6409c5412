"""Call waiting: a busy operator hears that a second call is there, and takes it with a flash or by hanging up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from firmware.exchange.features import ringing
from firmware.exchange.half_call import BACKGROUND, COLLECTING, State

if TYPE_CHECKING:
    from firmware.exchange.core import Core
    from firmware.exchange.telephone import HalfCall
    from firmware.exchange.terminals import Telephone

MOST = 3
"""Calls that may wait at one telephone."""
_UNTOLD = COLLECTING | {State.WOKEN}
"""Dials, hears a tone, or is the gateway's own."""


def possible(core: Core, telephone: Telephone) -> bool:
    """Whether this telephone talks and may be told of another call."""
    extension, front = telephone.extension, telephone.front
    if not core.settings.call_waiting or not telephone.usable or extension is None or extension.profile == "data":
        return False
    waits = sum(half.state is State.CALL_WAITING for half in telephone.halves)
    return front is not None and front.state is State.ACTIVE and waits < MOST


def announce(half: HalfCall) -> None:
    """The tone is mixed into the call; who dials, or hears a tone, will know when he has hung up."""
    others = (each for each in half.telephone.halves if each is not half and each.state not in BACKGROUND)
    if half.telephone.off_hook and any(each.state not in _UNTOLD for each in others):
        half.core.play(half.endpoint, "call-waiting", overlay=True)


def stop(half: HalfCall) -> None:
    """The waiting caller has given up, or another operator has him."""
    front = half.telephone.front
    others = any(h is not half and h.state is State.CALL_WAITING for h in half.telephone.halves)
    if not others and front is not None and front.state is State.ACTIVE:
        half.core.play(half.endpoint, None)


def accept(half: HalfCall) -> None:
    """Taken with a flash; what was in front has been put on hold."""
    half.telephone.halves.remove(half)
    half.telephone.halves.append(half)
    ringing.take(half, None, half.core.at_ns)


def alert(half: HalfCall) -> State:
    """The telephone was replaced: it rings for the call that waits, the first of them first."""
    telephone = half.telephone
    busy = telephone.off_hook or any(h.state is not State.CALL_WAITING for h in telephone.halves)
    if busy or telephone.waiting is not half:
        return State.CALL_WAITING
    ringing.ring(half, ringing.kind_of(half))
    return State.CALL_RECEIVED
