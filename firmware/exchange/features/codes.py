"""Feature codes: do-not-disturb, pick-up in a group, redial."""

from __future__ import annotations

from typing import TYPE_CHECKING

from firmware.exchange import originate
from firmware.exchange.causes import Cause
from firmware.exchange.decisions import FeatureChanged
from firmware.exchange.features import ringing
from firmware.exchange.half_call import State

if TYPE_CHECKING:
    from firmware.exchange.core import Core
    from firmware.exchange.telephone import HalfCall
    from firmware.exchange.terminals import Telephone


def dialled(half: HalfCall, code: str) -> State:
    """A feature code was dialled; the next state of the half-call."""
    codes = half.core.plan.codes
    if code in (codes.do_not_disturb_on, codes.do_not_disturb_off):
        return _do_not_disturb(half, code == codes.do_not_disturb_on)
    if code == codes.pick_up:
        return _pick_up(half)
    return _redial(half)


def _do_not_disturb(half: HalfCall, wanted: bool) -> State:
    """Confirmed by a tone, then dial tone: the stutter says how it stands."""
    core, telephone = half.core, half.telephone
    set_do_not_disturb(core, telephone, wanted)
    if telephone.extension is not None:
        core.decide(FeatureChanged(telephone.extension.number, "dnd", wanted))
    core.play(half.endpoint, "confirmation")
    return State.FACILITY


def set_do_not_disturb(core: Core, telephone: Telephone, wanted: bool) -> None:
    """The dial tone that is armed says it."""
    if telephone.do_not_disturb is wanted:
        return
    telephone.do_not_disturb = wanted
    originate.arm(core, telephone)
    core.touch(telephone)


def _pick_up(half: HalfCall) -> State:
    """Answer the call that has rung longest in the group of this telephone."""
    own = half.the_call
    ringing_half = _ringing_in_group(half)
    if ringing_half is None:
        own.dialled = half.core.plan.codes.pick_up
        return originate.fail(half, Cause.UNALLOCATED_NUMBER)
    call = ringing_half.the_call
    own.close_record(Cause.NORMAL_CLEARING)
    half.call = call
    call.alerting.append(half)
    ringing.take(half, None, half.core.at_ns)
    return State.ACTIVE


def _ringing_in_group(half: HalfCall) -> HalfCall | None:
    group = _group(half)
    if group is None:
        return None
    ringing_halves = (rung for call in half.core.calls.values() for rung in call.alerting)
    return next((rung for rung in ringing_halves if rung.state is State.CALL_RECEIVED and _group(rung) == group), None)


def _group(half: HalfCall) -> str | None:
    extension = half.telephone.extension
    return None if extension is None else extension.pickup_group


def _redial(half: HalfCall) -> State:
    """The number that was dialled last from here."""
    if not half.telephone.redial:
        half.the_call.dialled = half.core.plan.codes.redial
        return originate.fail(half, Cause.UNALLOCATED_NUMBER)
    return originate.place(half, half.telephone.redial)
