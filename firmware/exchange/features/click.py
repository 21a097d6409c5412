"""Click to dial: the desk asks for a call; the placing telephone rings first, and calls when it is lifted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from firmware.errors import RefusedError
from firmware.exchange import originate
from firmware.exchange.half_call import Event, State
from firmware.exchange.presentation import caller_id
from firmware.exchange.routing import Nowhere, ToFeature, WrongCode, resolve
from firmware.gateway.messages import CallerId, Ring, StopRing

if TYPE_CHECKING:
    from firmware.exchange.core import Core
    from firmware.exchange.telephone import HalfCall


def dial(core: Core, from_number: str, to_number: str) -> str:
    """Ring `from_number`, which then calls `to_number`; the id of the call. RefusedError names the field at fault."""
    extension = core.plan.by_number.get(from_number)
    telephone = None if extension is None else core.telephone_of(extension)
    if telephone is None:
        raise RefusedError("unknown-number", f"{from_number} is no extension with a telephone", "from")
    if isinstance(resolve(core.plan, to_number, "complete"), Nowhere | ToFeature | WrongCode):
        raise RefusedError("unknown-number", f"{to_number} cannot be dialled", "to")
    if from_number == to_number:
        raise RefusedError("own-number", f"{from_number} cannot call itself", "to")
    if not telephone.usable:
        raise RefusedError("out-of-service", f"the telephone of {from_number} is out of service", "from")
    if not telephone.free:
        raise RefusedError("busy", f"{from_number} is busy", "from")
    call = core.new_call()
    call.click_to = to_number
    half = core.new_half(telephone, call)
    call.calling, call.from_endpoint = half, telephone.endpoint
    half.feed(Event.PRESENT_CLICK)
    return call.id


def alert(half: HalfCall) -> None:
    """The telephone shows whom it is going to call."""
    core, wanted = half.core, half.the_call.click_to or ""
    there = core.plan.by_number.get(wanted)
    shown = CallerId(number=wanted) if there is None else caller_id(core, there, half.telephone.extension)
    core.send(Ring(endpoint=half.endpoint, kind="internal", caller=shown))


def answer(half: HalfCall, answered: bool) -> State:
    """Lifted: the number is called as though it had been dialled. Lifted before it rang: a call of its own."""
    wanted = half.the_call.click_to or ""
    half.the_call.click_to = None
    if not answered:
        half.core.send(StopRing(endpoint=half.endpoint))
        return originate.start(half, given=True)
    return originate.place(half, wanted)
