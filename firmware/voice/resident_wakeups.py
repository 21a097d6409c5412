"""Wake-ups while no agent is there: what is lodged rings when it is due, again where nobody confirms it, or is missed.

How far each has come is read from the journal, where the attempts of agents are, too. Whatever has begun is measured by
the monotonic clock; only the first attempt waits for the wall clock, so that a step of it repeats nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from firmware.gateway.messages import JournalEntry, LodgeWakeups, Signal, Wakeup, WakeupOutcome
from firmware.log import Log
from firmware.voice.gateway import Gateway
from firmware.voice.journal import Journal
from firmware.voice.telephone import State, Telephone
from firmware.voice.wakeups import Wakeups

CALL_WAITING = Signal(tone="call-waiting", overlay=True)
NO_MORE: frozenset[WakeupOutcome | None] = frozenset({"confirmed", "answered", "reception", "emergency", "missed"})
"""After these survival does not ring by itself again: somebody is awake, or it is too late."""
_NS_PER_MS = 1_000_000

log = Log("voice.wakeups")


@dataclass(slots=True)
class Pending:
    """A lodged wake-up that is still to ring."""

    wakeup: Wakeup
    attempts: int = 0
    """Made since it was lodged, or put off."""
    due_ns: int | None = None
    """When the next attempt begins, by the monotonic clock; None: when the wall clock says so."""
    was_busy: bool = False
    """The next attempt waits for nothing but a telephone that is on-hook."""
    waits_since_ns: int | None = None
    """It is due, and no telephone is on-hook."""

    def overdue_ns(self, now_ns: int, utc_ns: int) -> int:
        """Negative: not due yet."""
        return utc_ns - self.wakeup.due_utc_ns if self.due_ns is None else now_ns - self.due_ns


class ResidentWakeups:
    """Rings what is lodged; `tick` is called while no agent is there."""

    def __init__(self, gateway: Gateway, wakeups: Wakeups, journal: Journal, lodged: LodgeWakeups | None) -> None:
        self.lodged = lodged
        self._gateway = gateway
        self._wakeups = wakeups
        self._journal = journal
        self._pending: list[Pending] = []
        self._reviewed: int | None = None

    def lodge(self, lodged: LodgeWakeups) -> None:
        """These instead of those before."""
        self.lodged, self._reviewed = lodged, None

    def end(self) -> None:
        """An agent has command: what waits is its own to ring."""
        for pending in self._pending:
            if pending.waits_since_ns is not None:
                self._hush_talkers(pending.wakeup)
        self._pending, self._reviewed = [], None

    def tick(self, now_ns: int, utc_ns: int) -> None:
        """Ring what is due; everything that has happened is told."""
        if self._reviewed != self._journal.wakeup_changes:
            self._review()
        for pending in self._pending:
            overdue_ns = pending.overdue_ns(now_ns, utc_ns)
            if pending.wakeup.id in self._wakeups.standing:
                continue
            if overdue_ns >= 0 or (pending.was_busy and self._idle(pending.wakeup)):
                self._ring(pending, overdue_ns, now_ns)

    def _review(self) -> None:
        """How far each has come, as the journal tells it."""
        self._reviewed = self._journal.wakeup_changes
        waits = {pending.wakeup.id: pending.waits_since_ns for pending in self._pending}
        known = self._journal.wakeups()
        self._pending = []
        for wakeup in self.lodged.wakeups if self.lodged is not None else ():
            pending = _pending(wakeup, known.get(wakeup.id, ()))
            if pending is not None:
                pending.waits_since_ns = waits.get(wakeup.id)
                self._pending.append(pending)

    def _ring(self, pending: Pending, overdue_ns: int, now_ns: int) -> None:
        wakeup, waits_since_ns = pending.wakeup, pending.waits_since_ns
        if waits_since_ns is None and overdue_ns > wakeup.late_ms * _NS_PER_MS:
            self._note(wakeup, "missed", now_ns, now_ns)
            return
        refusal = self._wakeups.begin(wakeup, pending.attempts + 1)
        if refusal != "busy" and refusal != "failed":
            pending.waits_since_ns = None
        elif waits_since_ns is None:
            pending.waits_since_ns = now_ns
            self._tell_talkers(wakeup)
        elif now_ns - waits_since_ns >= wakeup.ring_ms * _NS_PER_MS:
            pending.waits_since_ns = None
            self._hush_talkers(wakeup)
            self._note(wakeup, refusal, waits_since_ns, now_ns)

    def _note(self, wakeup: Wakeup, outcome: WakeupOutcome, began_ns: int, now_ns: int) -> None:
        log.warning("not-rung", wakeup=wakeup.id, outcome=outcome)
        self._journal.wakeup_ended(wakeup.id, wakeup.endpoints, outcome, began_ns, now_ns)

    def _tell_talkers(self, wakeup: Wakeup) -> None:
        """Who talks hears that he will be rung as soon as he hangs up."""
        for telephone in self._telephones(wakeup):
            if telephone.connection is not None and telephone.signal is None:
                telephone.apply(CALL_WAITING, None)

    def _hush_talkers(self, wakeup: Wakeup) -> None:
        for telephone in self._telephones(wakeup):
            if telephone.off_hook and telephone.signal == CALL_WAITING:
                telephone.apply(None, None)

    def _idle(self, wakeup: Wakeup) -> bool:
        return any(telephone.state is State.ON_HOOK for telephone in self._telephones(wakeup))

    def _telephones(self, wakeup: Wakeup) -> list[Telephone]:
        return [self._gateway.telephones[name] for name in wakeup.endpoints]


def _pending(wakeup: Wakeup, known: Sequence[JournalEntry]) -> Pending | None:
    """What is still to do; None: nothing."""
    if not known:
        return Pending(wakeup)
    last = known[-1]
    if any(entry.outcome in NO_MORE for entry in known):
        return None
    ended_ns = last.ended_ns if last.ended_ns is not None else last.started_ns
    if last.outcome == "snoozed":
        return Pending(wakeup, due_ns=ended_ns + wakeup.snooze_ms * _NS_PER_MS)
    attempts = 0
    for entry in reversed(known):
        if entry.outcome == "snoozed":
            break
        attempts += 1
    if attempts >= wakeup.attempts:
        return None
    due_ns = ended_ns + wakeup.spacing_ms * _NS_PER_MS
    return Pending(wakeup, attempts, due_ns, was_busy=last.outcome == "busy")
