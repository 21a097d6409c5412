"""Wake-ups: the attempts that stand, whoever began them. Pure: events and the time in, telephones told what to do.

An attempt has its telephones for itself: their events are its own, and commands for them are refused meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import Literal, TypeAlias

from firmware.gateway.messages import (
    Digits,
    DigitsStarted,
    Event,
    Flash,
    OffHook,
    OnHook,
    PlaybackDone,
    RingingStarted,
    Wakeup,
    WakeupEnded,
    WakeupOutcome,
)
from firmware.log import Log
from firmware.timers import Timers, TimerSpec
from firmware.voice.gateway import Gateway
from firmware.voice.journal import Journal
from firmware.voice.telephone import State as TelephoneState
from firmware.voice.telephone import Telephone
from firmware.voice.wakeup_attempt import Attempt
from firmware.voice.wakeup_table import Input

Refusal: TypeAlias = Literal["standing", "over", "busy", "failed"]
"""Why no attempt can be made: it rings already, was confirmed or answered, no telephone is on-hook, or in service."""

_NS = 1_000_000_000
_NS_PER_MS = 1_000_000
_ITS_OWN = (OffHook, OnHook, Digits, DigitsStarted, PlaybackDone, Flash)

log = Log("voice.wakeups")


class Wakeups:
    """Attempts by the id of their wake-up. The time is the gateway's."""

    def __init__(self, gateway: Gateway, journal: Journal, when_kept: Callable[[Callable[[], None]], None]) -> None:
        """`when_kept` has a function called, not at once, when the journal as it is now is on the disk."""
        self.standing: dict[str, Attempt] = {}
        self._gateway = gateway
        self._journal = journal
        self._when_kept = when_kept
        self._timers = Timers()
        self._kept: list[Attempt] = []
        self._thanks: dict[str, Wakeup] = {}
        """The wake-up that each telephone was lifted for last."""

    @property
    def now_ns(self) -> int:
        return self._gateway.now_ns

    def begin(self, wakeup: Wakeup, number: int) -> Refusal | None:
        """Make the attempt of this number, or say why not. Nothing may have happened that is not told yet."""
        if wakeup.id in self.standing:
            return "standing"
        if self._journal.wakeup_over(wakeup.id):
            return "over"
        states = {name: self.telephone(name).state for name in wakeup.endpoints}
        idle = [name for name, state in states.items() if state is TelephoneState.ON_HOOK]
        if not idle:
            gone = all(state is TelephoneState.OUT_OF_SERVICE for state in states.values())
            return "failed" if gone else "busy"
        log.info("rings", wakeup=wakeup.id, attempt=number, telephones=" ".join(idle))
        attempt = self.standing[wakeup.id] = Attempt(wakeup, number, self)
        attempt.begin(idle)
        return None

    def stop(self, wakeup: str) -> None:
        """End its attempt; one that does not stand is no error."""
        attempt = self.standing.get(wakeup)
        if attempt is not None:
            attempt.machine.handle(Input.STOP)

    def takes(self, event: Event) -> bool:
        """Whether the event is an attempt's own, which has acted on it then, and nobody else's."""
        if isinstance(event, RingingStarted) and event.wakeup in self.standing:
            self.standing[event.wakeup].bell(event.at_ns)
        if not isinstance(event, _ITS_OWN):
            return False
        telephone = self._gateway.telephones.get(event.endpoint)
        if telephone is None or telephone.wakeup is None:
            return False
        machine = self.standing[telephone.wakeup].machine
        if isinstance(event, OffHook):
            machine.handle(Input.LIFTED, event.endpoint, event.at_ns)
        elif isinstance(event, OnHook):
            machine.handle(Input.FAILED if event.failed else Input.REPLACED)
        elif isinstance(event, Digits):
            machine.handle(Input.DIALLED, event)
        elif isinstance(event, PlaybackDone) and event.failed:
            machine.handle(Input.UNHEARD)
        return True

    def tick(self) -> None:
        """Let times run out, and tell the outcomes that are on the disk; everything that has happened is told."""
        for name in self._timers.due(self.now_ns / _NS):
            self.standing[str(name)].machine.handle(Input.TIME_OVER)
        for attempt in list(self.standing.values()):
            attempt.check()
        kept, self._kept = self._kept, []
        for attempt in kept:
            attempt.machine.handle(Input.KEPT)
            del self.standing[attempt.wakeup.id]

    def thanks(self, event: WakeupEnded) -> tuple[str, ...]:
        """What the guest hears after the key that he has pressed."""
        wakeup = self._thanks.get(event.endpoint or "")
        if wakeup is None or wakeup.id != event.id or event.outcome not in ("confirmed", "snoozed", "reception"):
            return ()
        return wakeup.thanks.get(event.outcome, ())

    # ---- what attempts ask for (AttemptHost)

    def telephone(self, name: str) -> Telephone:
        return self._gateway.telephones[name]

    def emit(self, event: Event) -> None:
        self._gateway.emit(event)

    def note(self, attempt: Attempt, outcome: WakeupOutcome, digits: str) -> str:
        one = attempt.lifted_one
        if one is not None:
            self._thanks[one] = attempt.wakeup
        log.info("outcome", wakeup=attempt.wakeup.id, outcome=outcome, telephone=one)
        return self._journal.wakeup_ended(
            attempt.wakeup.id,
            attempt.wakeup.endpoints if one is None else (one,),
            outcome,
            attempt.started_ns,
            self.now_ns,
            answered_ns=attempt.answered_ns,
            dialled=digits,
        )

    def await_disk(self, attempt: Attempt) -> None:
        self._when_kept(lambda: self._kept.append(attempt))

    def arm_timer(self, machine: str, spec: TimerSpec, event: Enum) -> None:
        attempt = self.standing[machine]
        self._timers.arm(machine, (attempt.began_ns + attempt.wakeup.ring_ms * _NS_PER_MS) / _NS)

    def disarm_timer(self, machine: str) -> None:
        self._timers.disarm(machine)

    def refused(self, machine: str, state: Enum, event: Enum) -> None:
        log.warning("refused", machine=f"wake-up {machine}", state=state.name, event=event.name)
