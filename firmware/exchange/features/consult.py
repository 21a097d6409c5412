"""Consultation, transfer and three-way calls: what a hook flash and hanging up do in each case.

flash while talking: the party is put on hold, recall dial tone; flash again before an answer, or at a tone: the held
party is back; flash when the consulted party has answered: all three talk; flash in a three-way call: the consulted
party is dropped. Hanging up while the consulted party talks or rings transfers the held party there; hanging up with
nobody consulted rings back with the held party.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from firmware.exchange import originate
from firmware.exchange.call_timers import BRIDGED
from firmware.exchange.causes import Cause
from firmware.exchange.features import emergency, hold, ringing
from firmware.exchange.half_call import Event, State
from firmware.gateway.messages import Disconnect, StopRing

if TYPE_CHECKING:
    from firmware.exchange.call import Call
    from firmware.exchange.half import Half
    from firmware.exchange.telephone import HalfCall

_UNANSWERED = (State.CALL_DELIVERED, State.PROCEEDING)


def flash_active(half: HalfCall) -> State:
    """A flash while talking."""
    call, telephone = half.the_call, half.telephone
    if emergency.is_joined(call) or call.other(half) is None:
        return State.ACTIVE
    if call.joined is not None:
        return _drop_last(half)
    holding, waiting = telephone.holding, telephone.waiting
    if waiting is not None and holding is None:
        hold.hold(half)
        half.core.post(waiting, Event.ACCEPT)
        return State.HOLDING
    if holding is None:
        return _consult(half)
    if call.consult_for is not None and call.consult_for is holding.call:
        _three_way(holding, half)
        return State.ACTIVE
    hold.hold(half)
    half.core.post(holding, Event.RETRIEVE)
    return State.HOLDING


def _consult(half: HalfCall) -> State:
    """Hold the party and give dial tone for another number."""
    core, held = half.core, half.the_call
    hold.hold(half)
    call = core.new_call(root=held.root)
    call.consult_for = held
    inquiry = core.new_half(half.telephone, call)
    core.post(inquiry, Event.ORIGINATE, False)
    return State.HOLDING


def _three_way(holding: HalfCall, half: HalfCall) -> None:
    """The held party, the consulted one and this telephone in one connection: the held call's."""
    core, held, call = half.core, holding.the_call, half.the_call
    party, consulted = held.other(holding), call.other(half)
    assert party is not None and consulted is not None
    core.send(Disconnect(connection=call.connection))
    call.connection = held.connection
    held.joined, call.joined = call, held
    held.host = call.host = half.endpoint
    call.join_all()
    core.play(party.endpoint, None)
    core.post(party, Event.RETRIEVED)
    holding.feed(Event.JOIN)


def _drop_last(half: HalfCall) -> State:
    """The host of a three-way call goes back to the first party; a flash of anybody else is nothing."""
    call = half.the_call
    if call.host != half.endpoint:
        return State.ACTIVE
    call.release(Cause.NORMAL_CLEARING, by=half)
    return State.NULL


def flash_before_answer(half: HalfCall) -> State:
    """A flash while dialling or at ringback: back to the held party, if there is one."""
    holding = half.telephone.holding
    if holding is None:
        return _dial_again(half)
    half.the_call.release(Cause.NORMAL_CLEARING, by=half)
    half.core.post(holding, Event.RETRIEVE)
    return State.NULL


def _dial_again(half: HalfCall) -> State:
    """Without a held party a flash while dialling starts afresh; elsewhere it is nothing."""
    return originate.start(half) if half.state is State.OVERLAP_SENDING else half.state


def flash_after_call(half: HalfCall) -> State:
    """A flash at busy tone: back to the held party, to the call that waits, or dial tone."""
    holding, waiting = half.telephone.holding, half.telephone.waiting
    if holding is not None:
        half.core.post(holding, Event.RETRIEVE)
    elif waiting is not None:
        half.core.post(waiting, Event.ACCEPT)
    else:
        return originate.start(half)
    return State.NULL


def hang_up(half: HalfCall) -> None:
    """The telephone in front was replaced: the call ends, or what is held is transferred."""
    call, telephone = half.the_call, half.telephone
    if half in call.attending:
        emergency.part(half)
        return
    if call.joined is not None and call.host == half.endpoint and _may_join(half, *_guests(call, half)):
        first = call.joined if call.consult_for is call.joined else call
        _leave_conference(first, half)
        return
    holding = telephone.holding
    if holding is not None and call.consult_for is not None and call.consult_for is holding.call:
        if not _may_join(half, call.consult_for.other(holding), call.placing or call.other(half)):
            call.release(Cause.NORMAL_CLEARING, by=half)  # the held party rings back
            return
        if half.state is State.ACTIVE and call.other(half) is not None:
            _attended(holding, half)
            return
        if half.state in _UNANSWERED and not call.emergency:
            _blind(holding, half)
            return
    call.release(Cause.NORMAL_CLEARING, by=half)


def _may_join(half: HalfCall, *parties: Half | None) -> bool:
    """A room may give nobody a line that it has called out by, as that one's class may not allow it.

    Two company lines are joined by staff alone, and only if one of them will tell that its party has gone.
    """
    outside = [party for party in parties if party is not None and party.is_outside]
    extension, settings = half.telephone.extension, half.core.settings
    staff = extension is not None and extension.kind == "staff"
    if len(outside) < 2:
        return staff or not any(party.costs for party in outside)
    return staff and settings.trunk_transfer and any(party.tells_its_end for party in outside)


def _guests(call: Call, host: HalfCall) -> list[Half]:
    """Who is in a three-way call beside its host."""
    calls = (call,) if call.joined is None else (call, call.joined)
    return [half for one in calls for half in one.halves() if half.endpoint != host.endpoint]


def _leave_conference(first: Call, half: HalfCall) -> None:
    """The host of a three-way call leaves: the others stay together, in the consultation's call."""
    second = first.joined
    assert second is not None
    own_first = next(own for own in first.halves() if own.endpoint == half.endpoint)
    own_second = next(own for own in second.halves() if own.endpoint == half.endpoint)
    party, consulted = first.other(own_first), second.other(own_second)
    assert party is not None and consulted is not None
    first.joined = second.joined = first.host = second.host = None
    _hand_over(first, second, own_first, own_second, party)
    (own_second if half is own_first else own_first).feed(Event.TRANSFERRED)
    second.join_all()
    _bridge(second)


def _attended(holding: HalfCall, half: HalfCall) -> None:
    """Transfer to the consulted party, who talks."""
    core, held, call = half.core, holding.the_call, half.the_call
    party, consulted = held.other(holding), call.other(half)
    assert party is not None and consulted is not None
    core.send(Disconnect(connection=held.connection))
    _hand_over(held, call, holding, half, party)
    holding.feed(Event.TRANSFERRED)
    call.join_all()
    core.play(party.endpoint, None)
    core.post(party, Event.RETRIEVED)
    _bridge(call)


def _bridge(call: Call) -> None:
    """Two company lines that have been joined are parted after an hour, whoever is still on them."""
    line = call.called or call.placing
    if call.calling is not None and call.calling.is_outside and line is not None and line.is_outside:
        call.bridged_ns = call.core.now.monotonic_ns
        look_after_bridge(call)


def look_after_bridge(call: Call) -> None:
    """The hour counts from the transfer, whatever has become of the agent since."""
    if call.bridged_ns is not None:
        call.core.call_due(call, BRIDGED, call.bridged_ns)


def _blind(holding: HalfCall, half: HalfCall) -> None:
    """Transfer to a party that rings: the held party hears ringback; unanswered, it comes back."""
    core, held, call = half.core, holding.the_call, half.the_call
    party = held.other(holding)
    assert party is not None
    core.send(Disconnect(connection=held.connection))
    _hand_over(held, call, holding, half, party)
    holding.feed(Event.TRANSFERRED)
    if call.placing is not None:
        _to_line(call, party)
        return
    call.recall_to = half.endpoint
    party.hear("ringback")
    core.post(party, Event.RINGBACK)
    for alerting in call.alerting:
        if alerting.state is State.CALL_RECEIVED:
            core.send(StopRing(endpoint=alerting.endpoint))
            ringing.ring(alerting, "internal")


def _to_line(call: Call, party: Half) -> None:
    """... or to a company line that is being called: the party hears it as soon as the digits are out."""
    if call.through:
        call.join_all()
    call.core.play(party.endpoint, None)
    call.core.post(party, Event.EARLY)
    _bridge(call)


def _hand_over(first: Call, second: Call, own_first: Half, own_second: Half, party: Half) -> None:
    """The first leg's record closes; its other party takes the transferring telephone's place in the second."""
    core = second.core
    first.close_record(Cause.NORMAL_CLEARING)
    first.detach(party)
    own_first.call = None
    second.consult_for = None
    second.replace(own_second, party)
    if second.opened:
        second.open_record()  # who pays, if nobody is there at its end
    core.rename(second, first.id)
