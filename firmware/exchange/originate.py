"""Placing a call: dial tone, what was dialled, and the way from there to a telephone that rings, or to a tone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from firmware.exchange import outgoing
from firmware.exchange.causes import Cause
from firmware.exchange.features import codes, emergency, forward, ringing, waiting
from firmware.exchange.half_call import State
from firmware.exchange.numbering import Extension, digit_map
from firmware.exchange.routing import (
    Nowhere,
    ToEmergency,
    ToExtension,
    ToFeature,
    ToOutside,
    ToReception,
    WrongCode,
    resolve,
)
from firmware.gateway.messages import Arm, Collect, OffHookPlan, Signal, Tone

if TYPE_CHECKING:
    from firmware.exchange.call import Call, End
    from firmware.exchange.core import Core
    from firmware.exchange.telephone import HalfCall
    from firmware.exchange.terminals import Telephone


def dial_tone(telephone: Telephone) -> Tone:
    """Stutter dial tone reminds of do-not-disturb, recall dial tone of the held party."""
    if telephone.holding is not None:
        return "recall"
    return "stutter" if telephone.do_not_disturb else "dial"


def arm(core: Core, telephone: Telephone) -> None:
    """Tell the gateway what this telephone does when it is lifted; dial tone then waits for nobody."""
    extension = telephone.extension
    if extension is None:
        return
    hot_line = extension.reception_after_s == 0
    plan = OffHookPlan(
        signal=None if hot_line else Signal(tone="stutter" if telephone.do_not_disturb else "dial", repeat=True),
        digit_map=None if hot_line else digit_map(core.plan, extension, core.settings.timers),
    )
    core.send(Arm(endpoint=telephone.endpoint, plan=plan, flash=True))


def start(half: HalfCall, given: bool = False) -> State:
    """Lifted, or back for another number. `given`: the gateway plays dial tone and collects already, as armed."""
    core, telephone = half.core, half.telephone
    telephone.dialling = telephone.dialling and given
    begin_call(half)
    extension = telephone.extension
    if extension is not None and extension.reception_after_s == 0 and telephone.holding is None:
        return to_reception(half)
    if not given:
        signal = Signal(tone=dial_tone(telephone), repeat=True)
        numbers = digit_map(core.plan, extension, core.settings.timers)
        core.send(Collect(endpoint=half.endpoint, digit_map=numbers, signal=signal))
    return State.OVERLAP_SENDING


def begin_call(half: HalfCall) -> None:
    """A call of its own, unless the telephone was given one to place."""
    if half.call is None:
        half.call = half.core.new_call()
    half.call.calling, half.call.from_endpoint = half, half.endpoint


def dialled(half: HalfCall, digits: str, outcome: str) -> State:
    """A collection ended."""
    extension = half.telephone.extension
    if not digits and extension is not None and extension.reception_after_s is not None:
        return to_reception(half)
    return place(half, digits, outcome)


def place(half: HalfCall, digits: str, outcome: str = "complete") -> State:
    """Route a number from this telephone; the next state of its half-call."""
    call, core = half.the_call, half.core
    destination = resolve(core.plan, digits, outcome)
    if isinstance(destination, ToFeature):
        return codes.dialled(half, destination.code, destination.arguments)
    call.dialled = digits
    if isinstance(destination, WrongCode):
        return codes.explain_wrong(half)
    if isinstance(destination, Nowhere):
        return fail(half, destination.cause)
    half.telephone.redial = digits
    if isinstance(destination, ToEmergency):
        return emergency.place(half, destination.number)
    if isinstance(destination, ToReception):
        return to_reception(half)
    if isinstance(destination, ToOutside):
        return outgoing.place(half, destination.number)
    assert isinstance(destination, ToExtension)
    return to_extension(half, destination.extension)


def to_reception(half: HalfCall) -> State:
    """All free operators ring together; if none is free, those who talk hear that a call waits."""
    core, call = half.core, half.the_call
    call.to_reception = half.telephone.asked_reception = True
    call.dialled = call.dialled or (core.plan.reception[0] if core.plan.reception else "")
    operators = [t for t in map(core.telephone_of, core.plan.operators) if t is not None and t is not half.telephone]
    willing = [telephone for telephone in operators if not telephone.do_not_disturb]
    free = [telephone for telephone in willing if telephone.free]
    if free:
        return deliver(half, free, "internal")
    busy = [telephone for telephone in willing if waiting.possible(core, telephone)]
    if busy:
        return deliver(half, busy, "internal")
    reachable = any(telephone.usable for telephone in operators)
    return fail(half, Cause.USER_BUSY if reachable else Cause.DESTINATION_OUT_OF_ORDER)


def to_extension(half: HalfCall, extension: Extension) -> State:
    core, telephone = half.core, half.core.telephone_of(extension)
    if telephone is half.telephone:
        return fail(half, Cause.USER_BUSY)
    if blocked(half, extension):
        return fail(half, Cause.FACILITY_NOT_SUBSCRIBED, "barred")
    if telephone is None or not telephone.usable:
        return fail(half, Cause.DESTINATION_OUT_OF_ORDER)
    if telephone.do_not_disturb:
        return forward.if_busy(half, telephone, "dnd")
    if telephone.free:
        return deliver(half, [telephone], "internal")
    if extension.operator and waiting.possible(core, telephone):
        return deliver(half, [telephone], "internal")
    return forward.if_busy(half, telephone, "busy")


def blocked(half: HalfCall, extension: Extension) -> bool:
    """Room-to-room blocking, by the site or by the guest who is called. It knows rooms alone, so neither reception nor
    emergency can come into it.
    """
    caller = half.telephone.extension
    from_room, to_room = None if caller is None else caller.guest_room, extension.guest_room
    if from_room is None or to_room is None or extension.operator:
        return False
    if extension.number in half.core.calls_refused and from_room != to_room:
        return True
    return half.core.settings.room_blocking.blocks(from_room, to_room, half.core.now.local)


def deliver(half: HalfCall, telephones: list[Telephone], kind: str) -> State:
    """These telephones ring; the caller hears it."""
    half.hear("ringback")
    for telephone in telephones:
        ringing.offer(half.the_call, telephone, kind)
    return State.CALL_DELIVERED


def fail(half: HalfCall, cause: Cause, end: End = "released") -> State:
    """The call cannot be; the caller hears why."""
    call: Call = half.the_call
    call.close_record(cause, end)
    half.play_cause(cause)
    return State.DISCONNECT_INDICATION
