"""Survival: what the gateway does by itself while no agent answers. Pure: events and the time in, commands out.

Each telephone has a small machine (`resident_table.py`, `resident_line.py`), each emergency call outside another
(`resident_hunt.py`); calls join them. The commands are the agent's own, carried out by the same handlers, so a call
that was begun here simply continues when an agent adopts it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from typing import Any

import msgspec

from firmware.gateway.digitmap import emergency_only
from firmware.gateway.messages import (
    Arm,
    CallerId,
    Command,
    DigitMap,
    Digits,
    DigitsStarted,
    Disconnect,
    Event,
    IncomingCall,
    OffHook,
    OffHookPlan,
    OnHook,
    PlaybackDone,
    Release,
    ResidentPlan,
    StopRing,
    TrunkProgress,
    TrunkReleased,
    WakeupEnded,
)
from firmware.timers import TimerSpec
from firmware.voice.journal import Journal
from firmware.voice.resident_bells import Bells, Call
from firmware.voice.resident_hunt import NO_LINE
from firmware.voice.resident_line import DIAL, Line
from firmware.voice.resident_means import Means, View
from firmware.voice.resident_outside import Outside
from firmware.voice.resident_table import X21, X22, Input, State
from firmware.voice.resident_takeover import Found, Takeover, untouched
from firmware.voice.resident_warning import SpokenWarning


class Resident:
    """All endpoints while no agent has command. Give it a plan, then `begin`; its orders come from each call."""

    def __init__(self, plan: ResidentPlan, view: View, journal: Journal, new_id: Callable[[], str]) -> None:
        self.plan = plan
        self._means = Means(plan, view, journal, new_id)
        self._lines: dict[str, Line] = {}
        self._bells = Bells(self._means, self._free_bell)
        self._outside = Outside(self._means, self._bells, self._joined, self._gone, self._deserted)
        self._warning = SpokenWarning(self._means, self._free_bell)
        self._unattended: set[str] = set()
        """Telephones that ring for the agent alone: nobody here can hear that they are answered."""

    # ---- entry points

    def begin(self, found: Found, lost: Sequence[tuple[Event, bytes]], now_ns: int) -> list[Command]:
        """Take command.

        `lost`: events that no agent is known to have seen, with the tag of the connection that each took a leg from.
        """
        self._means.now_ns = now_ns
        self._warning.begin()
        for state in found.telephones:
            self._lines[state.endpoint] = Line(state.endpoint, self)
            if state.endpoint in self._armed():
                self.order(Arm(endpoint=state.endpoint, plan=self._off_hook_plan(state.endpoint)))
        self._take_over(found, [event for event, _ in lost])
        for event, tag in lost:
            if isinstance(event, OnHook | TrunkReleased):
                self._means.journal.hung_up(event, tag)
                self._gone(event.endpoint, event.connection)
        self._bells.offer()
        return self._means.take()

    def handle(self, event: Event, connection_tag: bytes, now_ns: int) -> list[Command]:
        """What happened at an endpoint."""
        self._means.now_ns = now_ns
        handler = _EVENTS.get(type(event))
        if handler is not None:
            handler(self, event, connection_tag)
        self._bells.offer()
        return self._means.take()

    def tick(self, now_ns: int) -> list[Command]:
        """Let timers run out; everything that was ordered has been carried out."""
        self._means.now_ns = now_ns
        self._outside.check()
        self._means.run_due()
        self._bells.offer()
        return self._means.take()

    def end(self) -> list[Command]:
        """An agent has command again: only the warning's ringing is not for it."""
        self._warning.stop()
        return self._means.take()

    # ---- what lines ask for

    def order(self, command: Command) -> None:
        self._means.order(command)

    def begin_call(self, caller: str, targets: Sequence[str], dialled: str, emergency: bool) -> Call | None:
        """Ring those that are idle; None if there are none. An emergency also waits for the others, and calls out."""
        others = [target for target in targets if target != caller]
        idle = [target for target in others if self._means.idle(target)]
        outside = emergency and self._outside.reaches(dialled)
        if not (others if emergency else idle) and not outside:
            return None
        connection = self._means.new_connection()
        journal, now_ns = self._means.journal, self._means.now_ns
        entry = journal.call_begins(caller, others, dialled, connection, emergency, now_ns)
        shown = self.plan.caller_ids.get(caller, CallerId())
        call = Call(caller, tuple(others if emergency else idle), connection, entry, emergency, shown=shown)
        self._bells.begin(call)
        if emergency:
            self._outside.hunt(call, dialled)
        return call

    def end_call(self, call: Call, no_answer: bool) -> None:
        """Nobody is to answer any more."""
        self._bells.end(call, no_answer)

    def caller_gone(self, caller: str) -> None:
        for call in self._bells.of(caller):
            self._bells.end(call)
        self._outside.caller_gone(caller)

    def call_again(self, caller: str) -> Call | None:
        call = self._outside.hunted(caller)
        if call is not None and call not in self._bells.calls:
            self._bells.adopt(call)
        return call

    def digit_map(self, endpoint: str) -> DigitMap:
        """The plan's; a telephone that reaches reception after a wait is not given up before."""
        seconds = self.plan.hot_lines.get(endpoint)
        if seconds is None:
            return self.plan.digit_map
        patience_ms = max(self.plan.digit_map.first_digit_ms, (seconds + 1) * 1000)
        return msgspec.structs.replace(self.plan.digit_map, first_digit_ms=patience_ms)

    def emergency_map(self) -> DigitMap:
        """For telephones that are left off-hook."""
        return emergency_only(self.plan.digit_map, self.plan.emergency)

    def thanks(self, event: WakeupEnded) -> tuple[str, ...]:
        return self._means.view.thanks(event)

    # ---- MachineHost

    def arm_timer(self, machine: str, spec: TimerSpec, event: Enum) -> None:
        seconds = spec.default
        if spec is X21:
            if machine not in self.plan.hot_lines:
                return
            seconds = float(self.plan.hot_lines[machine])
        line = self._lines[machine]
        self._means.later(machine, seconds, lambda: _feed(line, Input(event)))

    def disarm_timer(self, machine: str) -> None:
        self._means.never(machine)

    def refused(self, machine: str, state: Enum, event: Enum) -> None:
        """The machine counts; there is nothing more to do."""

    # ---- events

    def _off_hook(self, event: OffHook, connection_tag: bytes) -> None:
        line = self._lines[event.endpoint]
        self._unattended.discard(event.endpoint)
        if event.connection is not None:
            line.machine.handle(Input.CONNECTED)
            for call in self._bells.answered(event.connection):
                self._joined(call.caller)
        elif event.endpoint in self._warning.ringing:
            self._warning.taken(event.endpoint)
            line.machine.handle(Input.WARNING_TAKEN)
        elif event.answered:
            line.machine.handle(Input.ANSWERED_ALONE)
        else:
            line.machine.handle(Input.LIFTED, event.at_ns)

    def _on_hook(self, event: OnHook, connection_tag: bytes) -> None:
        self._means.journal.hung_up(event, connection_tag)
        self._lines[event.endpoint].machine.handle(Input.REPLACED)
        self._gone(event.endpoint, event.connection)

    def _digits_started(self, event: DigitsStarted, connection_tag: bytes) -> None:
        if event.endpoint in self._lines:  # what a far end sends is the agent's affair
            self._lines[event.endpoint].machine.handle(Input.FIRST_DIGIT)

    def _digits(self, event: Digits, connection_tag: bytes) -> None:
        if event.endpoint in self._lines:
            self._lines[event.endpoint].machine.handle(Input.NUMBER, event)

    def _played(self, event: PlaybackDone, connection_tag: bytes) -> None:
        line = self._lines.get(event.endpoint)
        if line is None:
            return
        state = line.machine.state
        if state in (State.WARNED, State.THANKED) or (state is State.CALLING and event.signal == NO_LINE):
            line.machine.handle(Input.PLAYED, event)

    def _incoming(self, event: IncomingCall, connection_tag: bytes) -> None:
        self._outside.incoming(event)

    def _woken(self, event: WakeupEnded, connection_tag: bytes) -> None:
        """A telephone that is still off-hook is survival's from here on."""
        if event.endpoint is not None:
            self._lines[event.endpoint].machine.handle(Input.WOKEN, event)

    def _progress(self, event: TrunkProgress, connection_tag: bytes) -> None:
        self._outside.progress(event)

    def _released(self, event: TrunkReleased, connection_tag: bytes) -> None:
        self._means.journal.hung_up(event, connection_tag)
        self._outside.released(event)

    # ---- inside

    def _armed(self) -> set[str]:
        """The telephones that the plan knows: all that can be called, and those that show a number."""
        plan = self.plan
        called = {target for targets in (*plan.routes.values(), *plan.incoming.values()) for target in targets}
        return called | set(plan.reception) | set(plan.caller_ids) | set(plan.hot_lines)

    def _off_hook_plan(self, endpoint: str) -> OffHookPlan:
        if self.plan.hot_lines.get(endpoint) == 0:
            return OffHookPlan(signal=None, digit_map=None)
        return OffHookPlan(signal=DIAL, digit_map=self.digit_map(endpoint))

    def _take_over(self, found: Found, unseen: Sequence[Event]) -> None:
        """`unseen`: events that no agent is known to have acted on."""
        unanswered = {event.endpoint: event for event in unseen if isinstance(event, Digits)}
        woken = _left_lifted(unseen)
        takeover = Takeover(found, self._means, self._lines, self._bells, self._outside)
        for state in found.telephones:
            if state.hook == "on-hook" or state.wakeup is not None:
                continue
            if state.endpoint in woken and untouched(state):
                self._woken(woken[state.endpoint], b"")
            else:
                takeover.telephone(state, unanswered.get(state.endpoint))
        for state in found.trunks:
            takeover.trunk(state)
        self._unattended = takeover.ringing()
        if self._unattended:
            self._means.later("unattended", X22.default, self._stop_unattended)

    def _stop_unattended(self) -> None:
        for name in sorted(self._unattended):
            if self._means.rings(name):
                self.order(StopRing(endpoint=name))
        self._unattended.clear()

    def _free_bell(self, target: str) -> None:
        """It does not ring any more for what it rang for last."""
        self._bells.free(target)
        self._warning.ringing.discard(target)
        self._unattended.discard(target)

    def _joined(self, caller: str) -> None:
        """Somebody has answered him, or a line carries his call; a caller on a trunk needs no telling."""
        if caller in self._lines:
            self._lines[caller].machine.handle(Input.OTHER_ANSWERED)

    def _deserted(self, telephone: str) -> None:
        """Its call out is over before it was through."""
        self._lines[telephone].machine.handle(Input.OTHER_LEFT)

    def _gone(self, endpoint: str, connection: str | None) -> None:
        """An endpoint has left a connection: the last telephone that remains is told, and a trunk is released."""
        remaining = [] if connection is None else self._means.remaining(connection, without=endpoint)
        if connection is None or len(remaining) != 1:
            return
        (last,) = remaining
        if last in self._lines:
            self.order(Disconnect(connection=connection))
            self._lines[last].machine.handle(Input.OTHER_LEFT)
        else:
            self.order(Release(endpoint=last))


def _left_lifted(unseen: Sequence[Event]) -> dict[str, WakeupEnded]:
    """The ends of wake-ups whose telephone has not been replaced since."""
    found: dict[str, WakeupEnded] = {}
    for event in unseen:
        if isinstance(event, WakeupEnded) and event.endpoint is not None:
            found[event.endpoint] = event
        elif isinstance(event, OnHook):
            found.pop(event.endpoint, None)
    return found


def _feed(line: Line, event: Input) -> None:
    line.machine.handle(event)


_EVENTS: Mapping[type, Callable[[Resident, Any, bytes], None]] = {
    OffHook: Resident._off_hook,
    OnHook: Resident._on_hook,
    DigitsStarted: Resident._digits_started,
    Digits: Resident._digits,
    PlaybackDone: Resident._played,
    IncomingCall: Resident._incoming,
    TrunkProgress: Resident._progress,
    WakeupEnded: Resident._woken,
    TrunkReleased: Resident._released,
}
