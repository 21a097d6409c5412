"""One attempt of a wake-up: the actions of its machine, which ring, greet, ask for a key and note the outcome."""

from __future__ import annotations

from typing import Protocol

from firmware.fsm import Machine, MachineHost
from firmware.gateway.messages import (
    Collect,
    DigitMap,
    Digits,
    Event,
    Ring,
    Signal,
    Wakeup,
    WakeupAnswered,
    WakeupEnded,
    WakeupOutcome,
)
from firmware.voice.telephone import Input as TelephoneInput
from firmware.voice.telephone import State as TelephoneState
from firmware.voice.telephone import Telephone
from firmware.voice.wakeup_table import TABLE, Input, State

GREETINGS = 3
"""So often the greeting is heard, where no key is pressed or a wrong one."""
KEY_MS = 6_000
"""From the end of the greeting until it is heard again."""
NO_KEY_MS = 500
"""The same where no key is asked for: the end of the attempt."""
NEXT_DIGIT_MS = 1_500
"""A key may be the first digit of an emergency number."""
WITHOUT_PROMPT = Signal(tone="confirmation")
"""Instead of a greeting that is not there: a line without a sound would be taken for a dead one."""


class AttemptHost(MachineHost, Protocol):
    """What an attempt asks of its surroundings."""

    @property
    def now_ns(self) -> int: ...

    def telephone(self, name: str) -> Telephone: ...

    def emit(self, event: Event) -> None: ...

    def note(self, attempt: Attempt, outcome: WakeupOutcome, digits: str) -> str:
        """Put the outcome into the journal; the entry's id."""
        ...

    def await_disk(self, attempt: Attempt) -> None:
        """Input KEPT follows, not at once, when what is noted is on the disk."""
        ...


class Attempt:
    """Rings as soon as `begin` is called. Times are monotonic nanoseconds."""

    def __init__(self, wakeup: Wakeup, number: int, host: AttemptHost) -> None:
        """`number` counts from 1, and chooses the greeting."""
        self.wakeup = wakeup
        self.machine = Machine(TABLE, wakeup.id, self, host)
        self.rings: set[str] = set()
        self.lifted_one: str | None = None
        self.began_ns = host.now_ns
        self.rang_ns: int | None = None
        """When the first bell was on the line."""
        self.answered_ns: int | None = None
        self._host = host
        self._greeting = Signal(prompts=wakeup.greetings[min(number, len(wakeup.greetings)) - 1])
        self._greetings = 0
        self._entry = ""
        self._outcome: WakeupOutcome = "failed"
        self._digits = ""

    def begin(self, telephones: list[str]) -> None:
        """Ring these; they are on-hook."""
        for name in telephones:
            self._ring(name)
        self.machine.resume(State.RINGING)

    def check(self) -> None:
        """While it rings: one that is replaced or comes into service rings too, one that fails is left out."""
        if self.machine.state is not State.RINGING:
            return
        for name in self.wakeup.endpoints:
            telephone = self._host.telephone(name)
            state = telephone.state
            if state is TelephoneState.ON_HOOK and telephone.wakeup in (None, self.wakeup.id):
                self._ring(name)
            elif name in self.rings and state is not TelephoneState.RINGING:
                self._leave_out(name)
        if not self.rings:
            self.machine.handle(Input.FAILED)

    @property
    def started_ns(self) -> int:
        """When it rang, or, where no bell was on the line yet, was to."""
        return self.began_ns if self.rang_ns is None else self.rang_ns

    def bell(self, at_ns: int) -> None:
        """A bell is on the line."""
        if self.rang_ns is None:
            self.rang_ns = at_ns

    # ---- actions

    def lifted(self, endpoint: str, at_ns: int) -> State:
        self.lifted_one, self.answered_ns = endpoint, at_ns
        for name in sorted(self.rings - {endpoint}):
            self._leave_out(name)
        self.rings.clear()
        tag = self._host.telephone(endpoint).tag
        self._host.emit(WakeupAnswered(id=self.wakeup.id, endpoint=endpoint, at_ns=at_ns, tag=tag))
        if not self.wakeup.keys:
            self._note("answered")
            self._greet(NO_KEY_MS)
            return State.GREETED
        self._greet(KEY_MS)
        return State.ASKED

    def no_answer(self) -> None:
        """A pair through which no ringing current flows has rung nobody."""
        telephones = [self._host.telephone(name) for name in self.wakeup.endpoints]
        self._end("failed" if all(map(_is_dead, telephones)) else "no-answer")

    def failed(self) -> None:
        self._end("failed")

    def stop(self) -> None:
        self._quiet()
        self._end("stopped")

    def beep(self) -> None:
        self._lifted().apply(WITHOUT_PROMPT, None)

    def dialled(self, event: Digits) -> State:
        if event.digits in self.wakeup.emergency:
            self._end("emergency", event.digits)
            return State.ENDING
        key = self.wakeup.keys.get(event.digits)
        if key is None and self._greetings < GREETINGS:
            self._greet(KEY_MS)
            return State.ASKED
        self._end("no-key" if key is None else key)
        return State.ENDING

    def replaced(self) -> None:
        """A key that could have begun an emergency number is one if he hangs up."""
        self._end(self.wakeup.keys.get(self._lifted().collector.abandoned, "no-key"))

    def greeted(self, event: Digits) -> None:
        if event.digits in self.wakeup.emergency:
            self._digits = event.digits
        self.await_disk()

    def hush(self) -> None:
        self._quiet()
        self.await_disk()

    def await_disk(self) -> None:
        self._host.await_disk(self)

    def tell(self) -> None:
        """From here on the telephone is the agent's, or survival's."""
        endpoint = None
        if self.lifted_one is not None:
            telephone = self._lifted()
            telephone.wakeup = None
            if not self._digits:  # a key is no number that somebody is still to act on
                telephone.collector.untaken = ""
            endpoint = self.lifted_one if telephone.off_hook else None
        self._host.emit(
            WakeupEnded(
                id=self.wakeup.id, entry=self._entry, outcome=self._outcome, endpoint=endpoint,
                started_ns=self.started_ns, at_ns=self._host.now_ns, digits=self._digits,
            )
        )  # fmt: skip

    # ---- inside

    def _ring(self, name: str) -> None:
        telephone = self._host.telephone(name)
        telephone.wakeup = self.wakeup.id
        self.rings.add(name)
        telephone.machine.handle(TelephoneInput.RING, Ring(endpoint=name, kind="wake-up", tag=telephone.tag))

    def _leave_out(self, name: str) -> None:
        telephone = self._host.telephone(name)
        telephone.wakeup = None
        self.rings.discard(name)
        if telephone.state is TelephoneState.RINGING:
            telephone.machine.handle(TelephoneInput.STOP_RING)

    def _greet(self, patience_ms: int) -> None:
        self._greetings += 1
        emergency = self.wakeup.emergency
        digit_map = DigitMap(
            patterns=(*self.wakeup.keys, *emergency), first_digit_ms=patience_ms, inter_digit_ms=NEXT_DIGIT_MS,
            at_once=emergency,
        )  # fmt: skip
        telephone = self._lifted()
        collect = Collect(endpoint=telephone.name, digit_map=digit_map, signal=self._greeting)
        telephone.collect(collect)

    def _quiet(self) -> None:
        """The telephones stop ringing; the one that is lifted hears nothing, and its digits are nobody's."""
        for name in sorted(self.rings):
            self._leave_out(name)
        if self.lifted_one is not None and (telephone := self._lifted()).off_hook:
            telephone.stop_collecting()
            telephone.apply(None, None)

    def _lifted(self) -> Telephone:
        assert self.lifted_one is not None, "nobody has lifted"
        return self._host.telephone(self.lifted_one)

    def _end(self, outcome: WakeupOutcome, digits: str = "") -> None:
        for name in sorted(self.rings):
            self._leave_out(name)
        self._digits = digits
        self._note(outcome)
        self.await_disk()

    def _note(self, outcome: WakeupOutcome) -> None:
        self._outcome = outcome
        self._entry = self._host.note(self, outcome, self._digits)


def _is_dead(telephone: Telephone) -> bool:
    return telephone.state is TelephoneState.OUT_OF_SERVICE or "line-dead" in telephone.alarms
