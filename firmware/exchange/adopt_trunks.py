"""Taking over company lines: what the audit says of them, the tags, and calls that came in while nobody was there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from firmware.exchange import incoming
from firmware.exchange.features import emergency
from firmware.exchange.half_call import State
from firmware.exchange.tags import CallTag, HalfTag
from firmware.exchange.trunk_half import TrunkHalf
from firmware.gateway.messages import EndpointState, IncomingCall, JournalEntry, Leg, Release, TrunkState

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from firmware.exchange.call import Call
    from firmware.exchange.core import Core
    from firmware.exchange.findings import Findings
    from firmware.exchange.terminals import TrunkLine

_GOES_OUT = ("seizing", "dialling", "proceeding")
_SENT = ("proceeding", "active")


def halves(core: Core, found: Findings) -> None:
    """The company lines' parts in the calls that the tags tell of."""
    for line in core.trunks.values():
        state, tag = found.states[line.endpoint], found.tags.get(line.endpoint)
        if state.trunk is None:
            continue
        _take_state(line, state, state.trunk)
        for half_tag in () if tag is None else tag.halves:
            _adopt(core, found, line, half_tag)


def new_calls(core: Core, found: Findings) -> None:
    """What nobody has a call for: one that rings in is new, anything else is ended. Who waits is looked after."""
    for call in core.calls.values():
        if isinstance(call.calling, TrunkHalf) and call.calling.state is State.CALL_DELIVERED and not call.alerting:
            incoming.left_alone(call.calling)
    for line in core.trunks.values():
        state = found.states[line.endpoint].trunk
        if line.half is not None or state is None:
            continue
        if state.stage == "ringing-in" and state.presented:
            rung = IncomingCall(
                endpoint=line.endpoint, at_ns=state.since_ns, caller=state.caller, answered=line.seized
            )  # fmt: skip
            incoming.call_in(core, rung)
        elif state.stage in (*_GOES_OUT, "active"):
            core.send(Release(endpoint=line.endpoint))


def emergencies(core: Core, found: Findings) -> None:
    """The gateway may have found another line for an emergency call of an agent's."""
    for line in core.trunks.values():
        state = found.states[line.endpoint]
        if line.half is not None or state.trunk is None or not state.trunk.emergency:
            continue
        for call in core.calls.values():
            waits = emergency.is_joined(call) and not emergency.goes_out(call)
            if waits and state.trunk.stage in (*_GOES_OUT, "active") and state.connection in (None, call.connection):
                _carry(core, call, line, state.trunk)
                break


def _carry(core: Core, call: Call, line: TrunkLine, at: TrunkState) -> None:
    """This line has the emergency call."""
    half = _half(core, line, at, call)
    call.to_endpoint = line.endpoint
    if at.answered_ns is None:
        call.placing = half
    else:
        call.called, call.answered_by = half, at.answered_by
        call.answered_ns = call.answered_ns or at.answered_ns
    half.resume(State.PLACING if at.answered_ns is None else State.ACTIVE)


def revive(
    core: Core, call: Call, entry: JournalEntry, legs: Iterable[Leg], states: Mapping[str, EndpointState]
) -> bool:
    """A call that the gateway made or took by itself through a company line, as it stands; False if it does not."""
    line = core.trunks.get(entry.trunk or "")
    at = None if line is None else states[line.endpoint].trunk
    connected = [leg.endpoint for leg in legs if leg.endpoint in core.telephones]
    if line is None or at is None:
        return False
    _take_state(line, states[line.endpoint], at)
    ringing = [e for e in entry.endpoints if e in core.telephones and states[e].ringing]
    if entry.endpoints[0] == line.endpoint:
        stands = _revive_in(core, call, line, at, connected)
    else:
        stands = _revive_out(core, call, line, at, connected, entry.endpoints[0])
    if not stands:
        return False
    for endpoint in ringing:
        half = core.new_half(core.telephones[endpoint], call)
        call.alerting.append(half)
        half.resume(State.CALL_RECEIVED)
    call.journal = entry.entry
    if call.answered_ns is not None:
        call.open_record()
    return True


def _take_state(line: TrunkLine, state: EndpointState, at: TrunkState) -> None:
    line.caller = at.caller
    line.number = "" if at.incoming else at.digits
    line.seized = state.hook == "off-hook"


def _adopt(core: Core, found: Findings, line: TrunkLine, tag: HalfTag) -> None:
    leg = tag.call.leg if isinstance(tag.call, CallTag) else tag.call
    call = found.calls.get(leg or "")
    now = found.states[line.endpoint]
    if call is None or now.trunk is None or found.resident.get(line.endpoint, leg) != leg:
        return
    state = _standing(found, now, now.trunk, State(tag.state), call)
    if state is None:
        return
    half = _half(core, line, now.trunk, call)
    if isinstance(tag.call, CallTag):
        call.calling = half
    elif state is State.PLACING:
        call.placing = half
    else:
        call.called = half
    half.resume(state)


def _standing(found: Findings, now: EndpointState, at: TrunkState, was: State, call: Call) -> State | None:
    """The state of the line's call now; None: it is over."""
    if at.stage in ("idle", "guard"):
        return None
    if was is State.PLACING:
        if at.answered_ns is None:
            return was
        call.answered_ns, call.answered_by = call.answered_ns or at.answered_ns, at.answered_by
        return State.ACTIVE
    if was is State.ANNOUNCED:
        return was if now.signal is not None else None
    mode = found.mode(now.endpoint, call.connection)
    if mode is None or (was is State.PROCEEDING and call.answered_ns is None):
        return was if was in (State.CALL_DELIVERED, State.PROCEEDING) else None
    return State.HELD if mode == "inactive" else State.ACTIVE


def _half(core: Core, line: TrunkLine, at: TrunkState, call: Call) -> TrunkHalf:
    half = core.new_trunk_half(line, call)
    half.through = not at.incoming and at.stage in _SENT
    return half


def _revive_in(core: Core, call: Call, line: TrunkLine, at: TrunkState, connected: list[str]) -> bool:
    if at.stage not in ("ringing-in", "active") or not at.incoming or line.half is not None:
        return False
    call.calling = _half(core, line, at, call)
    call.calling.resume(State.ACTIVE if connected else State.CALL_DELIVERED)
    if connected:
        called = core.new_half(core.telephones[connected[0]], call)
        call.called, call.to_endpoint, call.answered_ns = called, connected[0], call.answered_ns or at.answered_ns
        called.resume(State.ACTIVE)
    return True


def _revive_out(
    core: Core, call: Call, line: TrunkLine, at: TrunkState, connected: list[str], caller: str
) -> bool:  # fmt: skip
    """An emergency call. Without a line that carries it now it is looked after like any other."""
    telephone = core.telephones.get(caller)
    if telephone is None or not telephone.off_hook:
        return False
    call.outside, call.dialled, call.to_endpoint = True, core.plan.sent(call.dialled), line.endpoint
    calling = call.calling = core.new_half(telephone, call)
    calling.resume(State.CALL_DELIVERED if call.answered_ns is None else State.ACTIVE)
    if at.stage in (*_GOES_OUT, "active") and at.emergency and line.half is None:
        _carry(core, call, line, at)
    for endpoint in connected:
        if endpoint != caller:
            attending = core.new_half(core.telephones[endpoint], call)
            call.attending.append(attending)
            attending.resume(State.ACTIVE)
    return True
