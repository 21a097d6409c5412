"""Wake-ups: the gateway carries out each attempt by itself; here its telephones are known to be taken by it.

While they are, the gateway refuses whatever else is asked of them, and rings a telephone of the room that comes free.
Those that only ring are given back as soon as `StopWake` has come there; one that was lifted, by `WakeupEnded`.

A wake-up rings through do-not-disturb, is never forwarded, and no class bars it. An attempt of which the gateway will
never tell (it has died, or was never asked) is told as "stopped", without an entry, so that it is made again at once.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from firmware.exchange import originate
from firmware.exchange.decisions import WakeupReport, WakeupRings
from firmware.exchange.half_call import Event, State
from firmware.gateway.messages import (
    AuditReport,
    Error,
    JournalEntry,
    RingingStarted,
    Signal,
    Wake,
    Wakeup,
    WakeupAnswered,
    WakeupEnded,
    WakeupOutcome,
)

if TYPE_CHECKING:
    from firmware.exchange.core import Core
    from firmware.exchange.telephone import HalfCall
    from firmware.exchange.terminals import Telephone

_NEVER_TOLD: WakeupOutcome = "stopped"
_TAKEN = (State.WAKING, State.WOKEN)


@dataclass
class Attempt:
    """One that the gateway makes now."""

    id: str
    started_ns: int
    """When it was asked for; as soon as that is known, when the first bell was on the line."""
    endpoints: tuple[str, ...] = ()
    thanks: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    rung: bool = False
    """The first bell has been told."""
    journalled: list[JournalEntry] = field(default_factory=list)
    """What was in the journal of this wake-up when the attempt was adopted: perhaps its own outcome."""


def begin(core: Core, wakeup: Wakeup, attempt: int) -> None:
    """Have the room's telephones that are on-hook ring; if none is, those who talk hear that something waits."""
    if wakeup.id in core.attempts:
        return
    telephones = [core.telephones[endpoint] for endpoint in wakeup.endpoints if endpoint in core.telephones]
    free = [telephone for telephone in telephones if telephone.free]
    if not free:
        _not_rung(core, wakeup.id, telephones)
        return
    core.attempts[wakeup.id] = Attempt(wakeup.id, core.now.monotonic_ns, wakeup.endpoints, _thanks(wakeup))
    core.send(Wake(wakeup=wakeup, attempt=attempt))
    for telephone in free:
        _take(core, telephone, wakeup.id)


def _take(core: Core, telephone: Telephone, wakeup: str) -> HalfCall:
    """The telephone is the gateway's until the attempt is over."""
    half = core.new_half(telephone, None)
    half.wakeup = wakeup
    half.feed(Event.PRESENT_WAKEUP)
    if telephone.off_hook:
        half.feed(Event.AWOKEN)
    return half


def keeps(core: Core, telephone: Telephone) -> None:
    """The gateway would not ring it for a call, as it is in an attempt: it came free, or was lifted, just before."""
    attempt = next((each for each in core.attempts.values() if telephone.endpoint in each.endpoints), None)
    if attempt is not None and not any(half.state in _TAKEN for half in telephone.halves):
        _take(core, telephone, attempt.id)


def _not_rung(core: Core, wakeup: str, telephones: list[Telephone]) -> None:
    usable = [telephone for telephone in telephones if telephone.usable]
    for telephone in usable:
        front = telephone.front
        if front is not None and front.state is State.ACTIVE and not front.the_call.emergency:
            core.play(telephone.endpoint, "call-waiting", overlay=True)
    now_ns = core.now.monotonic_ns
    _report(core, wakeup, "busy" if usable else "failed", now_ns, now_ns)


def refused(core: Core, command: Wake, error: Error) -> None:
    """The gateway knows better: it rings already, or is over (then its journal tells), or the telephone was lifted."""
    if error.code == "standing":
        return
    attempt = _end(core, command.wakeup.id)
    if error.code != "over":
        now_ns = core.now.monotonic_ns
        started_ns = now_ns if attempt is None else attempt.started_ns
        _report(core, command.wakeup.id, "busy" if error.code == "busy" else "failed", started_ns, now_ns)


def rings(core: Core, event: RingingStarted) -> None:
    """The first bell of an attempt, or a telephone that has come free meanwhile; other bells are nothing to us."""
    telephone = core.telephones.get(event.endpoint)
    if telephone is not None and telephone.free and event.wakeup in core.attempts:
        _take(core, telephone, event.wakeup)
    front = None if telephone is None else telephone.front
    attempt = core.attempts.get(front.wakeup) if front is not None and front.state is State.WAKING else None
    if attempt is not None and not attempt.rung:
        attempt.rung, attempt.started_ns = True, event.at_ns
        core.decide(WakeupRings(attempt.id, event.at_ns))


def answered(core: Core, event: WakeupAnswered) -> None:
    """One telephone of the room was lifted; the others do not ring any more."""
    telephone = core.telephones.get(event.endpoint)
    if telephone is None:
        return
    telephone.off_hook = True
    core.touch(telephone)
    core.decide(WakeupRings(event.id, event.at_ns, answered=True))
    if telephone.front is None:
        _take(core, telephone, event.id)
        return
    for half in _halves(core, event.id):
        half.feed(Event.AWOKEN if half.telephone is telephone else Event.WAKEUP_OVER)


def ended(core: Core, event: WakeupEnded) -> None:
    """An attempt is over; whoever is still off-hook is looked after."""
    attempt = core.attempts.pop(event.id, None)
    for entry in () if attempt is None else attempt.journalled:
        if entry.entry != event.entry:
            journalled(core, entry)
    if event.entry not in core.wakeups_told:
        core.wakeups_told.add(event.entry)
        _report(core, event.id, event.outcome, event.started_ns, event.at_ns, event.entry)
    thanks = () if attempt is None else attempt.thanks.get(event.outcome, ())
    halves = _halves(core, event.id)
    for half in halves:
        if half.endpoint == event.endpoint:
            half.feed(Event.WAKEUP_ENDED, event.outcome, event.digits, thanks)
            continue
        half.telephone.off_hook = half.telephone.off_hook and half.state is not State.WOKEN
        half.feed(Event.WAKEUP_OVER)
    if not any(half.endpoint == event.endpoint for half in halves):
        _look_after(core, event)


def _look_after(core: Core, event: WakeupEnded) -> None:
    """Its telephone was lifted as somebody else was to have it, who has not got it."""
    telephone = core.telephones.get(event.endpoint or "")
    if telephone is None or not telephone.usable or telephone.front is not None:
        return
    telephone.off_hook = True
    _take(core, telephone, event.id).feed(Event.WAKEUP_ENDED, event.outcome, event.digits, ())


def woken(half: HalfCall, outcome: WakeupOutcome, digits: str, thanks: tuple[str, ...]) -> State:
    """The gateway has done its part, and the handset is off-hook: the next state of its half-call.

    An emergency call that waits for this telephone has it at once. `digits`: the emergency number that was dialled.
    """
    half.telephone.off_hook = True
    waits = half.telephone.waiting
    if waits is not None and waits.the_call.emergency and not digits:
        half.core.post(waits, Event.ACCEPT)
        return State.NULL
    if digits or outcome == "reception":
        originate.begin_call(half)
        return originate.place(half, digits) if digits else originate.to_reception(half)
    half.instead = "busy"
    half.listen(Signal(prompts=thanks) if thanks else Signal(tone="busy"))
    return State.DISCONNECT_INDICATION


def adopt(core: Core, audit: AuditReport, known: Mapping[str, Wakeup]) -> None:
    """What rings, or is being spoken, as the audit found it. `known`: the wake-ups that were lodged."""
    for state in audit.endpoints:
        telephone = core.telephones.get(state.endpoint)
        if telephone is None or state.wakeup is None:
            continue
        if state.wakeup not in core.attempts:
            thanks = _thanks(known[state.wakeup]) if state.wakeup in known else {}
            since_ns = state.off_hook_since_ns if state.hook == "off-hook" else None
            ringing = tuple(other.endpoint for other in audit.endpoints if other.wakeup == state.wakeup)
            endpoints = known[state.wakeup].endpoints if state.wakeup in known else ringing
            entries = [entry for entry in audit.journal if entry.kind == "wakeup" and entry.wakeup == state.wakeup]
            core.attempts[state.wakeup] = Attempt(
                state.wakeup, since_ns or core.now.monotonic_ns, endpoints, thanks, rung=True, journalled=entries
            )  # fmt: skip
        _take(core, telephone, state.wakeup)


def learn(core: Core, lodged: Collection[Wakeup]) -> None:
    """Of an attempt that was adopted before it was known: what its guest hears at the end."""
    for wakeup in lodged:
        if wakeup.id in core.attempts:
            core.attempts[wakeup.id].thanks = _thanks(wakeup)


def take_journal(core: Core, audit: AuditReport) -> None:
    """What the journal tells of attempts that are over; of one that still stands, see `ended`."""
    for entry in audit.journal:
        if entry.kind == "wakeup" and entry.wakeup not in core.attempts:
            journalled(core, entry)


def journalled(core: Core, entry: JournalEntry) -> None:
    """An attempt of which the journal tells, if it was not told; its instants are as the wall clock was then."""
    if entry.outcome is None or entry.entry in core.wakeups_told:
        return
    core.wakeups_told.add(entry.entry)
    took_ns = 0 if entry.ended_ns is None else entry.ended_ns - entry.started_ns
    utc_ns = entry.utc_ns or core.now.utc_ns_at(entry.started_ns)
    core.decide(WakeupReport(entry.wakeup, entry.outcome, utc_ns, utc_ns + took_ns, entry.entry))


def never_told(core: Core, attempts: Collection[str]) -> list[WakeupReport]:
    """Nothing will be heard of these any more."""
    now_ns = core.now.monotonic_ns
    return [_made(core, wakeup, _NEVER_TOLD, core.attempts[wakeup].started_ns, now_ns) for wakeup in attempts]


def _thanks(wakeup: Wakeup) -> dict[str, tuple[str, ...]]:
    return {str(outcome): prompts for outcome, prompts in wakeup.thanks.items()}


def _halves(core: Core, wakeup: str) -> list[HalfCall]:
    halves = (half for telephone in core.telephones.values() for half in telephone.halves)
    return [half for half in halves if half.state in _TAKEN and half.wakeup == wakeup]


def _end(core: Core, wakeup: str) -> Attempt | None:
    for half in _halves(core, wakeup):
        half.feed(Event.WAKEUP_OVER)
    return core.attempts.pop(wakeup, None)


def _report(
    core: Core, wakeup: str, outcome: WakeupOutcome, started_ns: int, ended_ns: int, entry: str | None = None
) -> None:  # fmt: skip
    core.decide(_made(core, wakeup, outcome, started_ns, ended_ns, entry))


def _made(
    core: Core, wakeup: str, outcome: WakeupOutcome, started_ns: int, ended_ns: int, entry: str | None = None
) -> WakeupReport:  # fmt: skip
    at = core.now.utc_ns_at
    return WakeupReport(wakeup, outcome, at(started_ns), at(ended_ns), entry)
