"""One telephone in survival: the actions of its machine, which give orders and begin and end calls."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from firmware.fsm import Machine, MachineHost
from firmware.gateway.messages import (
    Apply,
    Collect,
    Command,
    DigitMap,
    Digits,
    PlaybackDone,
    ResidentPlan,
    Signal,
    Tone,
    WakeupEnded,
)
from firmware.voice.resident_bells import Call
from firmware.voice.resident_table import TABLE, State

DIAL = Signal(tone="dial")
RINGBACK = Signal(tone="ringback")
WARNING = Signal(prompts=("survival-warning",))
WARNING_WITHOUT_PROMPT = Signal(tone="warning")


class LineHost(MachineHost, Protocol):
    """What a telephone asks of survival as a whole."""

    plan: ResidentPlan

    def order(self, command: Command) -> None: ...

    def begin_call(self, caller: str, targets: Sequence[str], dialled: str, emergency: bool) -> Call | None: ...

    def end_call(self, call: Call, no_answer: bool) -> None: ...

    def caller_gone(self, caller: str) -> None:
        """Whatever goes on for him ends."""
        ...

    def call_again(self, caller: str) -> Call | None:
        """His emergency call, for which others ring anew; None if there is none."""
        ...

    def digit_map(self, endpoint: str) -> DigitMap: ...

    def emergency_map(self) -> DigitMap: ...

    def thanks(self, event: WakeupEnded) -> tuple[str, ...]: ...


class Line:
    """One telephone in survival; the actions of the table."""

    def __init__(self, name: str, resident: LineHost) -> None:
        self.name = name
        self.machine = Machine(TABLE, name, self, resident)
        self.call: Call | None = None
        self.left_with: Signal | None = None
        """What it hears while nobody is connected; the tone stops for what is dialled."""
        self._wants_reception = False
        self._resident = resident

    def lifted(self, at_ns: int) -> State:
        """Dial tone was armed; a hot line without waiting calls at once."""
        return self.call_reception() if self._resident.plan.hot_lines.get(self.name) == 0 else State.DIALLING

    def dialled(self, event: Digits) -> State:
        if event.outcome == "silent":
            return self._leave("busy")
        if event.outcome == "timeout":
            return self._leave("congestion")
        return self._route(event.digits)

    def dialled_late(self, event: Digits) -> State:
        """An emergency number after all, or as before."""
        if event.outcome == "complete":
            self.abandon()
            return self._route(event.digits)
        if self.machine.state is not State.PLACED:
            self.leave(self.left_with)
        return self.machine.state

    def dial(self) -> None:
        """It hears dial tone, and numbers are collected."""
        self._resident.order(Collect(endpoint=self.name, digit_map=self._resident.digit_map(self.name), signal=DIAL))

    def leave(self, signal: Signal | None) -> None:
        """Nobody is connected: it hears the signal, and emergency numbers are collected all the same."""
        self.left_with = signal
        self._resident.order(Collect(endpoint=self.name, digit_map=self._resident.emergency_map(), signal=signal))

    def call_reception(self) -> State:
        """A hot line, at once or after its wait."""
        return self._ring(self._resident.plan.reception, "", emergency=False)

    def connected(self) -> None:
        self.call = None

    def give_up(self) -> State:
        """Nobody answers. An emergency call rings on."""
        if self.call is not None and self.call.emergency:
            return State.CALLING
        self._end_call(no_answer=True)
        return self._leave("congestion")

    def abandon(self) -> None:
        self._end_call(no_answer=False)
        self._resident.caller_gone(self.name)

    def hung_up(self) -> None:
        self._resident.caller_gone(self.name)

    def ring_on(self, event: PlaybackDone) -> None:
        self._resident.order(Apply(endpoint=self.name, signal=RINGBACK))

    def other_left(self) -> State:
        """Who has called for help is not left with a tone."""
        self.call = self._resident.call_again(self.name)
        if self.call is None:
            return self._leave("congestion")
        self._resident.order(Apply(endpoint=self.name, signal=RINGBACK))
        return State.CALLING

    def congestion(self) -> None:
        self._leave("congestion")

    def warning_taken(self) -> None:
        self._resident.order(Apply(endpoint=self.name, signal=WARNING))

    def warning_played(self, event: PlaybackDone) -> State:
        """After the warning the receptionist may dial; without a prompt on the disk a tone is all there is."""
        if event.failed:
            self._resident.order(Apply(endpoint=self.name, signal=WARNING_WITHOUT_PROMPT))
            return State.WARNED
        self.dial()
        return State.DIALLING

    def woken(self, event: WakeupEnded) -> State:
        if event.digits:
            return self._route(event.digits)
        self._wants_reception = event.outcome == "reception"
        prompts = self._resident.thanks(event)
        if not prompts:
            return self.thanked()
        self.leave(Signal(prompts=prompts))
        return State.THANKED

    def thanked(self, event: PlaybackDone | None = None) -> State:
        return self.call_reception() if self._wants_reception else self._leave("congestion")

    def howl(self) -> None:
        self._leave("howler")

    def silence(self) -> None:
        self._resident.order(Apply(endpoint=self.name, signal=None))
        self.leave(None)

    def _end_call(self, no_answer: bool) -> None:
        if self.call is not None:
            self._resident.end_call(self.call, no_answer)
            self.call = None

    def _route(self, digits: str) -> State:
        plan = self._resident.plan
        if digits in plan.emergency:
            return self._ring(plan.reception, digits, emergency=True)
        targets = plan.routes.get(digits)
        return self._ring(targets, digits, emergency=False) if targets else self._leave("unobtainable")

    def _ring(self, targets: Sequence[str], dialled: str, emergency: bool) -> State:
        if emergency:
            self._resident.order(Apply(endpoint=self.name, signal=RINGBACK))
        self.call = self._resident.begin_call(self.name, targets, dialled, emergency)
        if self.call is None:
            return self._leave("busy")
        if not emergency:
            self.leave(RINGBACK)
        return State.CALLING

    def _leave(self, tone: Tone) -> State:
        self.leave(Signal(tone=tone))
        return State.TONE
