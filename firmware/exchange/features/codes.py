"""Service codes: who may dial which, the menus that carry them out, and what call control does itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from firmware.exchange import originate
from firmware.exchange.causes import Cause
from firmware.exchange.decisions import FeatureChanged
from firmware.exchange.dialogue import Opening
from firmware.exchange.features import menu, ringing
from firmware.exchange.half_call import State
from firmware.gateway.messages import Signal, Tone

if TYPE_CHECKING:
    from firmware.exchange.core import Core
    from firmware.exchange.numbering import Extension
    from firmware.exchange.service_codes import ServiceCode
    from firmware.exchange.telephone import HalfCall
    from firmware.exchange.terminals import Telephone


NOT_HERE, WRONG = "code-not-here", "code-wrong"
"""Prompts."""


def dialled(half: HalfCall, code: ServiceCode, arguments: str) -> State:
    """A service code was dialled; the next state of the half-call."""
    extension = half.telephone.extension
    if extension is None or not may_dial(extension, code):
        half.the_call.dialled = code.digits + arguments
        return _explain(half, NOT_HERE, Cause.FACILITY_NOT_SUBSCRIBED, "unobtainable")
    if code.menu is not None:
        return _open(half, extension, code, code.menu, arguments)
    return _pick_up(half, code) if code.name == "pick-up" else _redial(half, code)


def may_dial(extension: Extension, code: ServiceCode) -> bool:
    """Telephones in halls and lifts are nobody's: no menu is for them."""
    who: set[str] = {"guest"} if extension.guest_room is not None else set()
    if extension.kind == "staff":
        who |= {"staff", "operator"} if extension.operator else {"staff"}
    return not code.who.isdisjoint(who) or (code.menu is None and not who)


def explain_wrong(half: HalfCall) -> State:
    """A code that does not exist, or lacks something."""
    return _explain(half, WRONG, Cause.INVALID_NUMBER_FORMAT, "congestion")


def _explain(half: HalfCall, prompt: str, cause: Cause, instead: Tone) -> State:
    half.the_call.close_record(cause)
    half.the_call.detach(half)
    half.call, half.instead = None, instead
    half.listen(half.core.in_language(half.extension, Signal(prompts=(prompt,), repeat=True)))
    return State.DISCONNECT_INDICATION


def _open(half: HalfCall, extension: Extension, code: ServiceCode, menu_name: str, arguments: str) -> State:
    """What carries the code out. Do-not-disturb works without its menu, too."""
    values = {"digits": arguments.removeprefix("*")}
    opening = Opening(menu_name, extension.number, extension.room or extension.guest_room, values)
    dialogue = menu.find(half.core, opening)
    if dialogue is not None:
        return menu.start(half, dialogue)
    if code.name in ("dnd-on", "dnd-off"):
        return _do_not_disturb(half, extension, code.name == "dnd-on")
    half.the_call.dialled = code.digits + arguments
    return originate.fail(half, Cause.UNALLOCATED_NUMBER)


def _do_not_disturb(half: HalfCall, extension: Extension, wanted: bool) -> State:
    """Dial tone again: the stutter says how it stands."""
    set_do_not_disturb(half.core, half.telephone, wanted)
    half.core.decide(FeatureChanged(extension.number, "dnd", wanted))
    return originate.start(half)


def set_do_not_disturb(core: Core, telephone: Telephone, wanted: bool) -> None:
    """The dial tone that is armed says it."""
    if telephone.do_not_disturb is wanted:
        return
    telephone.do_not_disturb = wanted
    originate.arm(core, telephone)
    core.touch(telephone)


def _pick_up(half: HalfCall, code: ServiceCode) -> State:
    """Answer the call that has rung longest in the group of this telephone."""
    own = half.the_call
    ringing_half = _ringing_in_group(half)
    if ringing_half is None:
        own.dialled = code.digits
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


def _redial(half: HalfCall, code: ServiceCode) -> State:
    """The number that was dialled last from here."""
    if not half.telephone.redial:
        half.the_call.dialled = code.digits
        return originate.fail(half, Cause.UNALLOCATED_NUMBER)
    return originate.place(half, half.telephone.redial)
