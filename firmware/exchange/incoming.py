"""Calls in by company lines: to reception, an extension, the night's telephone or an announcement; and their queue.

A caller is never turned away while his exchange lets him wait: who finds no operator free waits in the order of
arrival, and whoever comes free rings for the first of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from firmware.exchange.causes import Cause
from firmware.exchange.features import emergency, ringing, waiting
from firmware.exchange.half_call import Event, State
from firmware.exchange.trunk_groups import RECEPTION
from firmware.gateway.messages import Answer, Apply, IncomingCall, Release, Signal

if TYPE_CHECKING:
    from firmware.exchange.call import Call
    from firmware.exchange.core import Core
    from firmware.exchange.numbering import Extension
    from firmware.exchange.terminals import Telephone
    from firmware.exchange.trunk_half import TrunkHalf

ANNOUNCEMENT = "night-announcement"


def call_in(core: Core, event: IncomingCall) -> None:
    """A call rings in at a line."""
    line = core.trunks.get(event.endpoint)
    if line is None or line.group is None:
        return
    if line.half is not None:
        core.note("call-in-on-a-busy-line", endpoint=event.endpoint)
        return
    line.caller, line.number, line.seized = event.caller, "", event.answered
    call = core.new_call()
    call.started_ns = min(event.at_ns, call.started_ns)
    half = core.new_trunk_half(line, call)
    call.calling, call.from_endpoint = half, line.endpoint
    half.feed(Event.PRESENT, event)


def arrive(half: TrunkHalf, event: IncomingCall) -> State:
    """Find out who is to answer; the next state of the line's half-call."""
    core, call, group = half.core, half.the_call, half.line.group
    assert group is not None
    number = event.caller.number if event.caller is not None else ""
    half.hear("ringback")
    if rooms := emergency.call_back(core, number):
        return _to_rooms_and_reception(half, rooms)
    if number and core.settings.restrictions.refuses_caller(number):
        call.close_record(Cause.CALL_REJECTED, "barred")
        core.send(Release(endpoint=half.endpoint, cause=int(Cause.CALL_REJECTED)))
        return State.NULL
    target = group.target(half.endpoint, event.called)
    extension = core.plan.by_number.get(target) if target != RECEPTION else None
    if extension is not None and _to_extension(half, extension):
        return State.CALL_DELIVERED
    return _to_reception(half)


def no_answer(half: TrunkHalf) -> State:
    """Nobody has answered for long: back to who transferred the caller, or to reception, which rings on."""
    call, core = half.the_call, half.core
    transferrer, call.recall_to = core.telephones.get(call.recall_to or ""), None
    if transferrer is not None and transferrer.free:
        ringing.withdraw(call)
        half.hear("ringback")
        ringing.offer(call, transferrer, "recall")
        return State.CALL_DELIVERED
    if call.to_reception:
        return State.CALL_DELIVERED
    ringing.withdraw(call)
    return _to_reception(half)


def left_alone(half: TrunkHalf) -> None:
    """Whoever rang has gone; the caller waits for an operator (see `look_round`)."""
    call = half.the_call
    call.to_reception = True
    call.dialled = half.core.plan.reception[0] if half.core.plan.reception else ""


def look_round(core: Core) -> None:
    """Callers whom nobody's telephone tells of: operators who are free, or talk, are told, the first caller first."""
    for call in list(core.calls.values()):
        calling = call.calling
        if calling is None or not calling.is_outside or calling.state is not State.CALL_DELIVERED:
            continue
        if call.to_reception and not call.alerting:
            _tell_operators(call)


def _to_reception(half: TrunkHalf) -> State:
    core, call, night = half.core, half.the_call, half.core.settings.night
    call.dialled = core.plan.reception[0] if core.plan.reception else ""
    if night.active(core.now.local):
        extension = core.plan.by_number.get(night.target or "")
        if night.target is None:
            return _announce(half)
        if extension is not None and _to_extension(half, extension):
            return State.CALL_DELIVERED
    call.to_reception = True
    _tell_operators(call)
    return State.CALL_DELIVERED


def _tell_operators(call: Call) -> None:
    core = call.core
    operators = [t for t in map(core.telephone_of, core.plan.operators) if t is not None and not t.do_not_disturb]
    told = [t for t in operators if t.free] or [t for t in operators if waiting.possible(core, t)]
    for telephone in told:
        ringing.offer(call, telephone, "external")


def _to_extension(half: TrunkHalf, extension: Extension) -> bool:
    """Ring it; False if it cannot be rung now."""
    telephone = half.core.telephone_of(extension)
    if telephone is None or telephone.do_not_disturb or not telephone.free:
        return False
    half.the_call.dialled = extension.number
    ringing.offer(half.the_call, telephone, "external")
    return True


def _to_rooms_and_reception(half: TrunkHalf, rooms: list[Telephone]) -> State:
    """A call back to an emergency call: the rooms that made one and reception ring together."""
    call = half.the_call
    call.to_reception = True
    call.dialled = rooms[0].extension.number if rooms[0].extension is not None else ""
    half.core.note("emergency-call-back", endpoint=half.endpoint, rings=[room.endpoint for room in rooms])
    for telephone in rooms:
        ringing.offer(call, telephone, "priority")
    _tell_operators(call)
    return State.CALL_DELIVERED


def _announce(half: TrunkHalf) -> State:
    """Answered by nobody but the machine."""
    core, call = half.core, half.the_call
    half.line.seized = True
    call.answered_ns = core.at_ns
    call.open_record()
    core.send(Answer(endpoint=half.endpoint), Apply(endpoint=half.endpoint, signal=Signal(prompt=ANNOUNCEMENT)))
    return State.ANNOUNCED
