"""Emergency calls: out by a company line and to reception at once, whatever stands in the way.

A line is taken that is idle; else one with a call out, else one with a call in, is released for it, never one with
another emergency. As long as no line carries the call, all are tried again and again. Reception rings meanwhile, and
who answers there joins the call.

At reception free operators ring, and those who ring for something else ring for this instead; those who talk hear that
it waits. Where no line is known to work and no operator's telephone is on-hook, one who talks or dials is taken out of
that and put through at once. Where all have emergencies already it waits for them, and the staff's free telephones ring
as well. Without any operator's telephone in service the staff's telephones stand in.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from firmware.exchange.causes import Cause
from firmware.exchange.decisions import RaiseAlarm
from firmware.exchange.features import emergency_lines, ringing
from firmware.exchange.half_call import ALERTING, Event, State
from firmware.gateway.messages import Apply, Signal

if TYPE_CHECKING:
    from firmware.exchange.call import Call
    from firmware.exchange.core import Core
    from firmware.exchange.half import Half
    from firmware.exchange.numbering import Extension
    from firmware.exchange.telephone import HalfCall
    from firmware.exchange.terminals import Telephone

EMERGENCY_CALL = "emergency-call"
"""Alarm kind; the subject is the room, or the extension of a telephone that is in none."""
CALL_BACK_NS = 30 * 60 * 1_000_000_000
"""For so long a call in from an emergency service, or from nobody known, is for who called it."""

_ATTENDED = (State.ACTIVE, State.CALL_DELIVERED, State.OVERLAP_SENDING, State.SAYING, State.ASKING, State.ACTING,
             State.RECORDING, State.HELD, State.DISCONNECT_INDICATION)  # fmt: skip
"""Somebody is at the telephone: most surely where he talks. A howling handset has nobody near."""
_MAY_WAIT = ALERTING | {State.ACTIVE, State.WOKEN}
"""Talks, rings for another emergency, or is just being woken, which ends at once."""


@dataclass(frozen=True, slots=True)
class PastEmergency:
    """Who has dialled an emergency number, and when (monotonic nanoseconds)."""

    extension: str
    number: str
    at_ns: int

    def like(self, other: PastEmergency) -> bool:
        return (self.extension, self.number) == (other.extension, other.number)


def place(half: HalfCall, number: str) -> State:
    """`number` was dialled; no barring, blocking or do-not-disturb has been asked."""
    call, core = half.the_call, half.core
    call.emergency, call.outside, call.dialled = True, bool(core.trunks), core.plan.sent(number)
    tell_desk(core, half.endpoint, call.dialled, core.now.monotonic_ns)
    core.remember_emergency(call)
    core.play(half.endpoint, "ringback")
    if call.outside and not emergency_lines.take(call):
        emergency_lines.without(call)
    if search(call) or call.outside:
        return State.CALL_DELIVERED
    call.close_record(Cause.NO_CIRCUIT)
    half.play_cause(Cause.SWITCHING_CONGESTION)
    return State.DISCONNECT_INDICATION


def tell_desk(core: Core, endpoint: str, number: str, at_ns: int) -> None:
    """Which room, on which floor, when: what those who run there must know."""
    extension = core.plan.by_port.get(endpoint)
    who = subject_at(endpoint, extension)
    floor = "" if extension is None or extension.floor is None else f", floor {extension.floor},"
    at = f"{core.now.local_at(at_ns):%H:%M:%S}"
    core.decide(RaiseAlarm(EMERGENCY_CALL, who, f"{who}{floor} has dialled {number} at {at}", {"number": number}))


def subject(half: Half) -> str:
    """The room, or else the extension, as alarms name it."""
    return subject_at(half.endpoint, half.extension)


def subject_at(endpoint: str, extension: Extension | None) -> str:
    return endpoint if extension is None else extension.room or extension.number


def goes_out(call: Call) -> bool:
    """A company line carries it, or is about to."""
    line = call.placing or call.called
    return call.emergency and line is not None and line.is_outside


def is_joined(call: Call) -> bool:
    """Whoever takes it at reception is one more in the call: it goes out, now or as soon as a line carries it."""
    return call.emergency and call.outside


def attend(half: HalfCall, made: str | None) -> None:
    """Reception joins the call, and hears which room it is; the others' bells stop."""
    core, call, caller = half.core, half.the_call, half.the_call.calling
    call.detach(half)
    call.stop_alerting()
    _join(half)
    if made != call.connection:
        core.undo(made)
    call.join_all()  # also if the gateway has: who was alone has perhaps just been disconnected
    if caller is not None and not call.through:
        core.play(caller.endpoint, None)
    if caller is not None and caller.extension is not None:
        prompt = f"emergency-from-{caller.extension.number}"
        core.send(Apply(endpoint=half.endpoint, signal=Signal(prompts=(prompt,), overlay=True)))


def _join(half: HalfCall) -> None:
    call = half.the_call
    call.attending.append(half)
    call.attended = True
    if not goes_out(call):
        call.note_answer(half.endpoint, call.core.at_ns)


def part(half: HalfCall) -> None:
    """Reception leaves the call, which goes on; see `look_round`."""
    call = half.the_call
    call.detach(half)
    half.call = None
    call.rejoin()


def wants_reception(call: Call) -> bool:
    """Nobody of reception is in it, and nobody has been who left it to the company's line."""
    return is_joined(call) and not call.attending and not (call.attended and goes_out(call))


def look_round(core: Core) -> None:
    """Calls of which nobody at reception is told: somebody is looked for."""
    for call in list(core.calls.values()):
        if wants_reception(call) and not call.alerting and not call.ended:
            search_again(call)


def call_back(core: Core, number: str) -> list[Telephone]:
    """Who shall be rung for a call in from this number, because he has dialled an emergency number before.

    An emergency service that calls back may come by any line, under its number or under none.
    """
    since = core.now.monotonic_ns - CALL_BACK_NS
    core.past_emergencies = [past for past in core.past_emergencies if past.at_ns >= since]
    same = core.settings.restrictions.same_number
    wanted = [past for past in core.past_emergencies if not number or same(number, past.number)]
    found = (core.plan.by_number.get(extension) for extension in dict.fromkeys(past.extension for past in wanted))
    telephones = (core.telephone_of(extension) for extension in found if extension is not None)
    return [telephone for telephone in telephones if telephone is not None and telephone.usable]


# ----------------------------------------------------------------------------------------------------------- reception


def search(call: Call) -> bool:
    """Find a human being: somebody rings, is told, or is put through. False if there is nobody at all."""
    plan = call.core.plan
    operators = _telephones(call, plan.operators)
    staff = _telephones(call, (e for e in plan.extensions if e.kind == "staff" and not e.operator))
    if not _reach(call, operators):
        return _reach(call, staff)
    nobody = call.called is None and not call.attending
    if nobody and all(half.state is State.CALL_WAITING for half in call.alerting):
        _ring(call, [telephone for telephone in staff if _can_ring(telephone)])
    return True


def search_again(call: Call) -> None:
    """Whoever rang has gone."""
    if not call.attending and not search(call) and not call.outside:
        call.release(Cause.NO_CIRCUIT)


def look_after(core: Core) -> None:
    """After a take-over: who waits for help, and neither a line nor anybody's telephone is there for it any more."""
    for call in list(core.calls.values()):
        if not call.emergency or call.ended or call.calling is None:
            continue
        core.remember_emergency(call)
        call.outside = bool(core.trunks)
        if call.outside and not goes_out(call):
            emergency_lines.look_after(call)
        lonely = wants_reception(call) if call.outside else call.called is None and not call.attending
        if lonely and not call.alerting:
            call.rejoin()
            search_again(call)


def _telephones(call: Call, extensions: Iterable[Extension]) -> list[Telephone]:
    found = map(call.core.telephone_of, extensions)
    return [t for t in found if t is not None and t.usable and t.endpoint != call.from_endpoint]


def _reach(call: Call, telephones: list[Telephone]) -> bool:
    told = {half.endpoint for half in call.alerting}
    untold = [telephone for telephone in telephones if telephone.endpoint not in told]
    ringable = [telephone for telephone in untold if _can_ring(telephone)]
    rings = bool(ringable) or any(half.state in ALERTING for half in call.alerting)
    if not rings and not goes_out(call) and _seize_one(call, telephones):
        return True
    _ring(call, ringable)
    for telephone in untold:
        if telephone not in ringable and telephone.front is not None and telephone.front.state in _MAY_WAIT:
            if telephone.front.state is State.WOKEN:
                telephone.front.stop_wakeup()
            ringing.offer(call, telephone, "priority")
    return bool(call.alerting)


def _ring(call: Call, telephones: list[Telephone]) -> None:
    for telephone in telephones:
        if telephone.front is not None:
            telephone.front.feed(Event.VACATE)
        ringing.offer(call, telephone, "priority")


def _can_ring(telephone: Telephone) -> bool:
    """On-hook, and not ringing for another emergency."""
    if telephone.off_hook:
        return False
    front = telephone.front
    return front is None or (front.state in ALERTING and not (front.call is not None and front.call.emergency))


def _seize_one(call: Call, telephones: list[Telephone]) -> bool:
    """Put an attended telephone through; the one that has talked longest, its business being done soonest."""
    lesser = [t for t in telephones if t.front is not None and _is_lesser(t.front)]
    if not lesser:
        return False
    seize(call, min(lesser, key=_reluctance))
    return True


def _is_lesser(front: HalfCall) -> bool:
    return front.state in _ATTENDED and not (front.call is not None and front.call.emergency)


def _reluctance(telephone: Telephone) -> tuple[int, int]:
    front = telephone.front
    assert front is not None
    since = 0 if front.call is None else front.call.started_ns
    return _ATTENDED.index(front.state), since


def seize(call: Call, telephone: Telephone) -> None:
    """The operator's present business ends; he hears a warning tone and the emergency caller."""
    core = call.core
    assert call.from_endpoint is not None
    while telephone.front is not None:  # the host of a conference is in two calls
        telephone.front.feed(Event.VACATE)
    half = core.new_half(telephone, call)
    half.feed(Event.SEIZE)
    if is_joined(call):
        call.stop_alerting()
        _join(half)
    else:
        call.answer(half, core.at_ns)
    call.join_all()
    core.play(call.from_endpoint, None)
    core.play(telephone.endpoint, "warning", overlay=True)
