"""Calls that the gateway made by its resident plan: recorded once, by the entry's name, and adopted if they stand."""

from __future__ import annotations

from collections.abc import Mapping

from firmware.exchange import adopt_trunks
from firmware.exchange.call import Call
from firmware.exchange.causes import Cause
from firmware.exchange.core import Core
from firmware.exchange.features import emergency
from firmware.exchange.half_call import State
from firmware.gateway.messages import AuditReport, EndpointState, ForgetJournal, JournalEntry, Leg, Signal


def adopt_survival(core: Core, audit: AuditReport, adopted: frozenset[str], final: frozenset[str]) -> None:
    """Every entry ends in a record or in a call. `adopted`: legs that the tags have told of already; `final`: entries
    whose records are closed and on disk.
    """
    states = {state.endpoint: state for state in audit.endpoints}
    legs = {connection.connection: connection.legs for connection in audit.connections}
    done = [entry.entry for entry in audit.journal if entry.kind not in ("call", "wakeup")]
    for entry in audit.journal:
        if entry.kind != "call" or entry.entry in core.calls:
            continue
        if entry.entry in final or entry.entry in adopted:
            done.append(entry.entry)
            continue
        call = _call(core, entry)
        if entry.emergency:
            emergency.tell_desk(core, ",".join(entry.endpoints[:1]), call.dialled, entry.started_ns)
        if entry.ended_ns is not None or not _revive(core, call, entry, legs.get(entry.connection or "", ()), states):
            _close(call, entry)
            done.append(entry.entry)
    if done:
        core.send(ForgetJournal(entries=tuple(done)))


def _call(core: Core, entry: JournalEntry) -> Call:
    """The record's key is the entry's name: told twice, it is still one record."""
    call = Call(core, entry.entry, entry.entry, min(entry.started_ns, core.now.monotonic_ns))
    call.connection = entry.connection or call.connection
    call.dialled = entry.dialled or (core.plan.reception[0] if core.plan.reception else "")
    call.answered_ns, call.emergency = entry.answered_ns, entry.emergency
    call.outside = entry.emergency and bool(core.trunks)
    call.from_endpoint = entry.endpoints[0] if entry.endpoints else None
    call.to_reception = call.dialled in core.plan.reception
    if entry.answered_ns is not None and len(entry.endpoints) > 1:
        call.to_endpoint = entry.endpoints[1]
    core.calls[call.leg] = call
    core.touch(call)
    return call


def _revive(
    core: Core, call: Call, entry: JournalEntry, legs: tuple[Leg, ...], states: Mapping[str, EndpointState]
) -> bool:
    """The call as it stands in the gateway; False if it does not."""
    if entry.trunk is not None:
        return adopt_trunks.revive(core, call, entry, legs, states)
    connected = [leg.endpoint for leg in legs if leg.endpoint in core.telephones]
    if len(connected) == 2:
        caller = entry.endpoints[0] if entry.endpoints[0] in connected else connected[0]
        called = next(endpoint for endpoint in connected if endpoint != caller)
        _stand(core, call, caller, called)
        call.answered_ns = entry.answered_ns or core.now.monotonic_ns
        call.to_endpoint, call.journal = called, entry.entry
        call.open_record()
        return True
    idle = [e for e in entry.endpoints[1:] if e in core.telephones and not core.telephones[e].halves]
    ringing = [endpoint for endpoint in idle if states[endpoint].ringing]
    caller = entry.endpoints[0]
    if entry.answered_ns is not None or not (ringing or entry.emergency) or caller not in core.telephones:
        return False
    if not core.telephones[caller].off_hook:
        return False
    _stand(core, call, caller, None)
    for endpoint in ringing:
        half = core.new_half(core.telephones[endpoint], call)
        call.alerting.append(half)
        half.resume(State.CALL_RECEIVED)
    call.journal = entry.entry
    return True


def _stand(core: Core, call: Call, caller: str, called: str | None) -> None:
    call.calling = core.new_half(core.telephones[caller], call)
    call.calling.hearing = Signal(tone="ringback") if called is None else None
    call.calling.resume(State.CALL_DELIVERED if called is None else State.ACTIVE)
    if called is None:
        return
    half = core.new_half(core.telephones[called], call)
    if emergency.is_joined(call):
        call.attending.append(half)
        call.attended = True
    else:
        call.called = half
    half.resume(State.ACTIVE)


def _close(call: Call, entry: JournalEntry) -> None:
    """It has ended, or has been cut off without an end that anybody noted."""
    if entry.ended_ns is None:
        call.close_record(Cause.TEMPORARY_FAILURE, "lost")
        return
    ended_ns = min(entry.ended_ns, call.core.now.monotonic_ns)
    if entry.lost:
        call.close_record(Cause.TEMPORARY_FAILURE, "lost", ended_ns)
        return
    call.close_record(Cause.NO_ANSWER if entry.no_answer else Cause.NORMAL_CLEARING, "released", ended_ns)
