"""Calls in by company lines: to reception, an extension, the night's telephone or an announcement; and their queue.

A caller is never turned away while his exchange lets him wait: who finds no operator free waits in the order of
arrival, and whoever comes free rings for the first of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from firmware.exchange import outgoing
from firmware.exchange.causes import Cause
from firmware.exchange.features import emergency, ringing, waiting
from firmware.exchange.half_call import Event, State
from firmware.exchange.trunk_groups import RECEPTION
from firmware.gateway.messages import Answer, Apply, Disconnect, IncomingCall, Release, Signal

if TYPE_CHECKING:
    from firmware.exchange.call import Call
    from firmware.exchange.core import Core
    from firmware.exchange.numbering import Extension
    from firmware.exchange.terminals import Telephone
    from firmware.exchange.trunk_half import TrunkHalf

ANNOUNCEMENT = "night-announcement"


def call_in(core: Core, event: IncomingCall) -> None:
    """A call rings in at a line; a call out that was to take this line just now takes another."""
    line = core.trunks.get(event.endpoint)
    if line is None or line.group is None:
        return
    if line.half is not None:  # perhaps that call has gone again, and the line is seized for ours after all
        core.send(Release(endpoint=line.endpoint, unless_ringing=True))
        outgoing.glare(line.half, event.at_ns)
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


def announced(half: TrunkHalf, failed: bool) -> State:
    """The announcement is over, and so is the call; where it could not be spoken, somebody must answer."""
    if failed:
        half.hear("ringback")
        _wait_for_reception(half.the_call)
        return State.CALL_DELIVERED
    half.hang_up()
    return State.NULL


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
    """Whoever rang has gone: reception is to answer, as soon as it can."""
    _wait_for_reception(half.the_call)


def back_to_reception(party: TrunkHalf) -> None:
    """Whoever was to look after this caller cannot: his call goes on as a new leg, at reception."""
    core, former = party.core, party.the_call
    core.send(Disconnect(connection=former.connection))
    former.close_record(Cause.NORMAL_CLEARING)
    former.detach(party)
    call = core.new_call(root=former.root)
    party.call, call.calling, call.from_endpoint = call, party, party.endpoint
    core.rename(call, former.id)
    party.hear("ringback")
    core.post(party, Event.RINGBACK)
    _wait_for_reception(call)


def look_round(core: Core) -> None:
    """Whoever comes free is told of the caller who has waited longest; who talks, of those that nobody is told of."""
    for call in list(core.calls.values()):
        calling = call.calling
        if calling is not None and calling.is_outside and calling.state is State.CALL_DELIVERED and call.to_reception:
            _tell_reception(call)


def _to_reception(half: TrunkHalf) -> State:
    night = half.core.settings.night
    if night.active(half.core.now.local) and night.target is None:
        return _announce(half)
    _wait_for_reception(half.the_call)
    return State.CALL_DELIVERED


def _wait_for_reception(call: Call) -> None:
    call.to_reception = True
    call.dialled = call.core.plan.reception[0] if call.core.plan.reception else ""
    _tell_reception(call)


def _tell_reception(call: Call) -> None:
    """Ring those who are free; if nobody rings or has been told, those who talk hear that a call waits."""
    told = {half.endpoint for half in call.alerting}
    attendants = [telephone for telephone in _attendants(call) if telephone.endpoint not in told]
    free = [telephone for telephone in attendants if telephone.free]
    if not free and not told:
        free = [telephone for telephone in attendants if waiting.possible(call.core, telephone)]
    for telephone in free:
        ringing.offer(call, telephone, "external")


def _attendants(call: Call) -> list[Telephone]:
    """Who answers for reception now: the operators, or the night's telephone."""
    core, night = call.core, call.core.settings.night
    extensions = core.plan.operators
    if night.active(core.now.local) and not call.call_back:
        at_night = core.plan.by_number.get(night.target or "")
        extensions = extensions if at_night is None or at_night.port is None else (at_night,)
    telephones = [telephone for telephone in map(core.telephone_of, extensions) if telephone is not None]
    return [telephone for telephone in telephones if call.call_back or not telephone.do_not_disturb]


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
    call.call_back = True
    half.core.note("emergency-call-back", endpoint=half.endpoint, rings=[room.endpoint for room in rooms])
    for telephone in rooms:
        ringing.offer(call, telephone, "priority")
    call.to_reception = True
    call.dialled = rooms[0].extension.number if rooms[0].extension is not None else ""
    _ring_all(call)
    return State.CALL_DELIVERED


def _ring_all(call: Call) -> None:
    told = {half.endpoint for half in call.alerting}
    for telephone in _attendants(call):
        if telephone.endpoint not in told and telephone.usable:
            ringing.offer(call, telephone, "priority")


def _announce(half: TrunkHalf) -> State:
    """Answered by nobody but the machine."""
    core, call = half.core, half.the_call
    half.line.seized = True
    call.answered_ns = core.now.monotonic_ns
    call.open_record()
    core.send(Answer(endpoint=half.endpoint), Apply(endpoint=half.endpoint, signal=Signal(prompts=(ANNOUNCEMENT,))))
    return State.ANNOUNCED
