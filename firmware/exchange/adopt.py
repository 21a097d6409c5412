"""Taking over a gateway that has been running without us: calls are rebuilt from tags, audit and journal.

The audit is the truth about hooks, ringing and connections; the tags tell what they mean. What no longer fits (a party
has hung up, another has answered) is brought to its end here, with the time that the journal gives.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from firmware.exchange import adopt_trunks
from firmware.exchange.call import Call, End, ended
from firmware.exchange.causes import Cause
from firmware.exchange.core import Core
from firmware.exchange.decisions import CloseRecord, LegRecord, RaiseAlarm
from firmware.exchange.features import consult, emergency, wakeups
from firmware.exchange.findings import Findings, read
from firmware.exchange.half_call import ALERTING, BACKGROUND, IN_MENU, LEFT, TALKING, Event, State
from firmware.exchange.survival import adopt_survival
from firmware.exchange.tags import CallTag, HalfTag, decode_endpoint
from firmware.exchange.telephone import HalfCall
from firmware.exchange.terminals import Telephone, Terminal, TrunkLine
from firmware.gateway.messages import (
    DIAL_TONES,
    AuditReport,
    Disconnect,
    EndpointState,
    Signal,
    StopRecord,
    StopRing,
    Tone,
    Wakeup,
)

AFTER_A_CALL = frozenset({"busy", "congestion", "unobtainable", "howler"})
_TONES: dict[State, Tone] = {
    State.CALL_DELIVERED: "ringback",
    State.DISCONNECT_INDICATION: "busy",
    State.HOWLER: "howler",
}
"""For one that is dialling just now, and therefore hears nothing."""


def terminals(core: Core, audit: AuditReport) -> None:
    """A terminal for each endpoint, as the gateway has it; faults that stand are told again."""
    groups = {port: group for group in core.plan.trunks for port in group.ports}
    for state in audit.endpoints:
        terminal: Terminal
        if state.kind == "fxs":
            terminal = core.telephones[state.endpoint] = _telephone(core, state)
        else:
            terminal = core.trunks[state.endpoint] = TrunkLine(state.endpoint, groups.get(state.endpoint))
        terminal.service, terminal.faults, terminal.tag = state.service, list(state.alarms), state.tag
        core.touch(terminal)
        for alarm in state.alarms:
            core.decide(RaiseAlarm(alarm, state.endpoint, f"{state.endpoint}: {alarm}"))


def _telephone(core: Core, state: EndpointState) -> Telephone:
    telephone = Telephone(state.endpoint, core.plan.by_port.get(state.endpoint))
    telephone.off_hook = state.hook == "off-hook"
    telephone.dialling = bool(state.digits)
    telephone.lamp = state.lamp
    found = decode_endpoint(state.tag)
    telephone.redial = "" if found is None else found.redial
    return telephone


def calls(
    core: Core,
    audit: AuditReport,
    open_records: Sequence[LegRecord],
    known_entries: frozenset[str],
    lodged: Mapping[str, Wakeup],
) -> None:
    """Rebuild every call that still stands, and end every other."""
    found = read(audit)
    wakeups.adopt(core, audit, lodged)
    for leg, tag in found.call_tags.items():
        found.calls[leg] = _call(core, tag)
    for leg, tag in found.call_tags.items():
        _link(found, leg, tag)
    adopt_trunks.halves(core, found)
    for endpoint, endpoint_tag in found.tags.items():
        telephone = core.telephones.get(endpoint)
        if telephone is not None:
            for half_tag in endpoint_tag.halves:
                _adopt_half(core, found, telephone, half_tag)
    adopt_trunks.emergencies(core, found)
    opened = {record.leg for record in open_records}
    for call in list(found.calls.values()):
        _check(found, call, opened)
    adopt_survival(core, audit, frozenset(found.calls), known_entries - opened)
    _close_strays(core, found, open_records)
    _sweep(core, audit)
    core.settle()
    core.calls = dict(sorted(core.calls.items(), key=lambda item: item[1].started_ns))
    adopt_trunks.new_calls(core, found)
    _restart_idle_hooks(core, found)
    emergency.look_after(core)


def _call(core: Core, tag: CallTag) -> Call:
    call = Call(core, tag.id, tag.leg, tag.started_ns, tag.root)
    call.connection, call.dialled, call.answered_ns = tag.connection, tag.dialled, tag.answered_ns
    call.from_endpoint, call.to_endpoint = tag.from_endpoint, tag.to_endpoint
    call.emergency, call.to_reception, call.opened = tag.emergency, tag.to_reception, tag.opened
    call.recall_to, call.click_to, call.journal = tag.recall_to, tag.click_to, tag.journal
    call.outside, call.answered_by, call.no_line = tag.outside, tag.answered_by, tag.no_line
    call.attended, call.call_back, call.bridged_ns = tag.attended, tag.call_back, tag.bridged_ns
    core.calls[call.leg] = call
    core.touch(call)
    return call


def _link(found: Findings, leg: str, tag: CallTag) -> None:
    """Bring back what one call has to do with another."""
    call = found.calls[leg]
    call.consult_for = found.calls.get(tag.consult_for or "")
    joined = found.calls.get(tag.joined or "")
    if joined is not None and joined.connection == call.connection:
        call.joined, call.host = joined, tag.host


# ----------------------------------------------------------------------------------------------------------- half-calls


def _adopt_half(core: Core, found: Findings, telephone: Telephone, tag: HalfTag) -> None:
    leg = tag.call.leg if isinstance(tag.call, CallTag) else tag.call
    call = found.calls.get(leg or "")
    now, was = found.states[telephone.endpoint], State(tag.state)
    if now.wakeup is not None:
        return
    if telephone.service == "out-of-service" or found.resident.get(telephone.endpoint, leg) != leg:
        return
    if call is None:
        if was in LEFT:
            _adopt_left(core, telephone, now, was)
        return
    state = _standing(found, now, was, call)
    if state is None:
        return
    half = core.new_half(telephone, call)
    if isinstance(tag.call, CallTag):
        call.calling = half
    elif state is State.ACTIVE and emergency.is_joined(call):
        call.attending.append(half)
    elif state in TALKING or state is State.RECALL:
        call.called = half
    else:
        call.alerting.append(half)
    half.hearing = now.signal or _signal(state)
    half.resume(state)


def _standing(found: Findings, now: EndpointState, was: State, call: Call) -> State | None:
    """The state in which the telephone is now, in the call that the tag tells of; None: in none of that call."""
    off_hook = now.hook == "off-hook"
    mode = found.mode(now.endpoint, call.connection)
    if off_hook and mode is not None:
        goes_out = call.placing is not None or emergency.is_joined(call)
        if call.answered_ns is None and goes_out and was in (State.CALL_DELIVERED, State.PROCEEDING):
            return was  # it hears a line that nobody has answered yet
        return State.HELD if mode == "inactive" else State.ACTIVE
    if was in ALERTING:
        return was if now.ringing and not off_hook else None
    if was in BACKGROUND:
        return was
    if was in IN_MENU and off_hook:
        found.in_menu.add(now.endpoint)
        return State.OVERLAP_SENDING
    if not off_hook or now.connection is not None or _is_over(now, call):
        return None
    if was is State.OVERLAP_SENDING:
        return was
    if _tone(now) in DIAL_TONES:  # it was replaced, and has been lifted again
        return None
    waits = was in (State.CALL_DELIVERED, State.PROCEEDING) or (was is State.ACTIVE and call.emergency)
    return was if waits else None


def _is_over(now: EndpointState, call: Call) -> bool:
    """By what is heard. Whoever waits for help hears all kinds of things, or nothing."""
    if call.emergency:
        return _tone(now) in AFTER_A_CALL
    return _left(now) is not None


def _left(now: EndpointState, was: State | None = None) -> State | None:
    """Left off-hook: what it hears tells for how long; amid a number it hears nothing, and its tag may tell."""
    tone = _tone(now)
    if not now.collecting or tone in DIAL_TONES or tone == "ringback":
        return None
    if now.digits:
        return was
    if now.signal is None:
        return State.LOCKED_OUT
    return State.HOWLER if tone == "howler" else State.DISCONNECT_INDICATION


def _adopt_left(core: Core, telephone: Telephone, now: EndpointState, was: State | None = None) -> bool:
    state = _left(now, was)
    if state is None:
        return False
    half = core.new_half(telephone, None)
    half.hearing = now.signal or _signal(state)
    half.resume(state)
    if state is State.LOCKED_OUT:
        half.tell_left_off()
    return True


def _signal(state: State) -> Signal | None:
    tone = _TONES.get(state)
    return None if tone is None else Signal(tone=tone)


def _tone(now: EndpointState) -> Tone | None:
    return None if now.signal is None else now.signal.tone


# ---------------------------------------------------------------------------------------------------------- whole calls


def _check(found: Findings, call: Call, opened: set[str]) -> None:
    """A call goes on if both its sides are there; else it ends, at the time the journal knows."""
    _settle_answer(found, call)
    consult.look_after_bridge(call)
    unanswered = call.calling is not None and call.calling.state is State.CALL_DELIVERED
    waits = emergency.is_joined(call) or (call.to_reception and unanswered)
    there = (call.called is not None and not _apart(call)) or call.announced or call.attending or waits
    if call.answered_ns is not None and call.calling is not None and there:
        if call.leg not in opened:
            call.open_record()
        return
    if call.answered_ns is None and call.calling is not None:
        state = call.calling.state
        rings = bool(call.alerting) or call.emergency or call.calling.is_outside
        waits = state is State.PROCEEDING and call.placing is not None
        if waits or state in (State.OVERLAP_SENDING, State.CALL_PRESENT, State.ANNOUNCED):
            return
        if state is State.CALL_DELIVERED and rings:
            return
    _end(found, call)


def _apart(call: Call) -> bool:
    """The far end answered nobody: the caller had gone by then, though he has lifted again."""
    return not call.emergency and call.calling is not None and call.calling.state is State.PROCEEDING


def _settle_answer(found: Findings, call: Call) -> None:
    """Answered while nobody was looking: the gateway has joined the two, or the far end is in the journal."""
    far_end, left_ns = found.answers.get(call.leg), found.left_at.get(call.leg)
    if far_end is not None and (left_ns is None or far_end.started_ns <= left_ns):
        call.answered_ns = call.answered_ns or far_end.answered_ns
        call.answered_by = call.answered_by or far_end.answered_by
    standing = found.connections.get(call.connection)
    answering = [half for half in (call.called, *call.alerting) if half is not None and half.state in TALKING]
    if call.answered_ns is not None or standing is None or not answering:
        return
    half = answering[0]
    call.detach(half)
    call.called, call.to_endpoint, call.answered_ns = half, half.endpoint, standing.since_ns
    for other in call.alerting:
        other.core.post(other, Event.RELEASED, None)


def _end(found: Findings, call: Call) -> None:
    """A side has gone."""
    standing = call.answered_ns is None or call.connection in found.connections
    cause, end = _how_it_ended(found, call.leg, standing)
    call.release(cause, end=end, at_ns=found.left_at.get(call.leg))


def _close_strays(core: Core, found: Findings, open_records: Sequence[LegRecord]) -> None:
    """Records that the store holds open and that nothing stands for any more."""
    for record in open_records:
        if record.leg in found.calls or record.leg in core.calls:
            continue
        cause, end = _how_it_ended(found, record.leg, standing=False)
        core.decide(CloseRecord(ended(record, cause, end, found.left_at.get(record.leg, core.at_ns))))


def _how_it_ended(found: Findings, leg: str, standing: bool) -> tuple[Cause, End]:
    """Lost, if a party was cut off, or if nothing of the call is `standing` and the journal has no time for its end."""
    if leg in found.cut_off or (leg not in found.left_at and not standing):
        return Cause.TEMPORARY_FAILURE, "lost"
    return Cause.NORMAL_CLEARING, "released"


def _sweep(core: Core, audit: AuditReport) -> None:
    """What rings or is connected for no call of ours."""
    wanted = {call.connection for call in core.calls.values() if call.connected}
    for connection in audit.connections:
        if connection.connection not in wanted:
            core.send(Disconnect(connection=connection.connection))
    for state in audit.endpoints:
        telephone = core.telephones.get(state.endpoint)
        if state.ringing and telephone is not None and not _rings(telephone):
            core.send(StopRing(endpoint=state.endpoint))


def _rings(telephone: Telephone) -> bool:
    return any(half.state in ALERTING for half in telephone.halves)


def _restart_idle_hooks(core: Core, found: Findings) -> None:
    """Hooks that no half-call fits: dial tone for the lifted, a recall for a holder who was replaced."""
    for telephone in core.telephones.values():
        state = found.states[telephone.endpoint]
        front = telephone.front
        if front is not None and front.state is State.OVERLAP_SENDING and telephone.endpoint in found.in_menu:
            _dial_tone_again(front)
        elif front is not None and front.state is State.OVERLAP_SENDING and not state.collecting:
            _collect_again(front, state)
        elif front is not None and front.state is State.CALL_DELIVERED and _concluded(state):
            whole = state.digits in core.plan.emergency_dialled
            front.feed(Event.DIGITS, state.digits, "complete" if whole else "no-match")
        elif telephone.off_hook and front is None and telephone.usable:
            if not _adopt_left(core, telephone, state):
                _begin_call(core, telephone, state)
        elif not telephone.off_hook and telephone.holding is not None and front is None:
            telephone.holding.feed(Event.ON_HOOK)
        core.settle()


def _begin_call(core: Core, telephone: Telephone, state: EndpointState) -> None:
    """It was lifted, and may have dialled."""
    half = core.new_half(telephone, None)
    dials = state.collecting and (bool(state.digits) or _tone(state) in DIAL_TONES)
    half.feed(Event.ORIGINATE, dials or _untaken(state))
    if not dials:
        _take_digits(half, state)


def _dial_tone_again(half: HalfCall) -> None:
    """It talked with a menu, which is lost; what it says from now on is for no recording."""
    half.core.send(StopRecord(endpoint=half.endpoint))
    call = half.call
    half.machine.resume(State.NULL)
    half.call = call
    half.feed(Event.ORIGINATE, False)


def _collect_again(half: HalfCall, state: EndpointState) -> None:
    """It was dialling, and is not collecting any more."""
    call, telephone = half.call, half.telephone
    half.machine.resume(State.NULL)
    half.call = call
    half.feed(Event.ORIGINATE, _untaken(state))
    telephone.dialling = _untaken(state)
    _take_digits(half, state)


def _untaken(state: EndpointState) -> bool:
    """Digits are there, and nobody has done anything with them."""
    return bool(state.digits) and _concluded(state)


def _concluded(state: EndpointState) -> bool:
    """A collection has ended with its signal, and nobody has taken note."""
    return not state.collecting and state.signal is None and state.connection is None


def _take_digits(half: HalfCall, state: EndpointState) -> None:
    """The number was complete, and nobody there to take it."""
    if _untaken(state) and half.state is State.OVERLAP_SENDING:
        half.feed(Event.DIGITS, state.digits, "complete")
