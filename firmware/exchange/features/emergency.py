"""Emergency calls: reception at once, whatever stands in the way, until trunks carry them further.

Free operators ring, and those who ring for something else ring for this instead; those who talk hear that it waits.
Is no operator's telephone on-hook, one who talks or dials is taken out of that and put through at once. Where all have
emergencies already it waits for them, and the staff's free telephones ring as well. Without any operator's telephone in
service the staff's telephones stand in.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from firmware.exchange.causes import Cause
from firmware.exchange.decisions import RaiseAlarm
from firmware.exchange.features import ringing
from firmware.exchange.half_call import ALERTING, Event, State

if TYPE_CHECKING:
    from firmware.exchange.call import Call
    from firmware.exchange.core import Core
    from firmware.exchange.numbering import Extension
    from firmware.exchange.telephone import HalfCall, Telephone

EMERGENCY_CALL = "emergency-call"
"""Alarm kind; the subject is the room, or the extension of a telephone that is in none."""

_ATTENDED = (State.ACTIVE, State.CALL_DELIVERED, State.OVERLAP_SENDING, State.FACILITY, State.HELD,
             State.DISCONNECT_INDICATION)  # fmt: skip
"""Somebody is at the telephone: most surely where he talks. A howling handset has nobody near."""
_MAY_WAIT = ALERTING | {State.ACTIVE}
"""Talks, or rings for another emergency."""


def place(half: HalfCall, number: str) -> State:
    """`number` was dialled; no barring, blocking or do-not-disturb has been asked."""
    call, core = half.the_call, half.core
    call.emergency, call.dialled = True, number
    extension = half.telephone.extension
    subject = half.endpoint if extension is None else extension.room or extension.number
    core.decide(RaiseAlarm(EMERGENCY_CALL, subject, f"{subject} has dialled {number}"))
    core.play(half.endpoint, "ringback")
    if search(call):
        return State.CALL_DELIVERED
    call.close_record(Cause.NO_CIRCUIT)
    half.play_cause(Cause.NO_CIRCUIT)
    return State.DISCONNECT_INDICATION


def search(call: Call) -> bool:
    """Find a human being: somebody rings, is told, or is put through. False if there is nobody at all."""
    plan = call.core.plan
    operators = _telephones(call, plan.operators)
    staff = _telephones(call, (e for e in plan.extensions if e.kind == "staff" and not e.operator))
    if not _reach(call, operators):
        return _reach(call, staff)
    if call.answered_ns is None and all(half.state is State.CALL_WAITING for half in call.alerting):
        _ring(call, [telephone for telephone in staff if _can_ring(telephone)])
    return True


def search_again(call: Call) -> None:
    """Whoever rang has gone."""
    if not search(call):
        call.release(Cause.NO_CIRCUIT)


def look_after(core: Core) -> None:
    """After a take-over: who waits for help, and nobody's telephone rings for it any more."""
    for call in list(core.calls.values()):
        if call.emergency and call.answered_ns is None and not call.alerting:
            search_again(call)


def _telephones(call: Call, extensions: Iterable[Extension]) -> list[Telephone]:
    found = map(call.core.telephone_of, extensions)
    return [t for t in found if t is not None and t.usable and t.endpoint != call.from_endpoint]


def _reach(call: Call, telephones: list[Telephone]) -> bool:
    ringable = [telephone for telephone in telephones if _can_ring(telephone)]
    if not ringable and _seize_one(call, telephones):
        return True
    _ring(call, ringable)
    for telephone in telephones:
        if telephone not in ringable and telephone.front is not None and telephone.front.state in _MAY_WAIT:
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
    call.answer(half, core.at_ns)
    call.join_all()
    core.play(call.from_endpoint, None)
    core.play(telephone.endpoint, "warning", overlay=True)
