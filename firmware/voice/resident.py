"""Survival: what the gateway does by itself while no agent answers. Pure: events and the time in, commands out.

Each telephone has a small machine (`resident_table.py`, `resident_line.py`); calls join them. The commands are the
agent's own, carried out by the same handlers, so a call that was begun here simply continues when an agent adopts it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, TypeAlias

import msgspec

from firmware.gateway.digitmap import emergency_only
from firmware.gateway.messages import (
    DIAL_TONES,
    Apply,
    Arm,
    CallerId,
    Collect,
    Command,
    Connect,
    DigitMap,
    Digits,
    DigitsStarted,
    Disconnect,
    EndpointState,
    Event,
    Leg,
    OffHook,
    OffHookPlan,
    OnHook,
    PlaybackDone,
    ResidentPlan,
    Ring,
    RingKind,
    Signal,
    StopRing,
)
from firmware.timers import Timers, TimerSpec
from firmware.voice.journal import Journal
from firmware.voice.resident_line import DIAL, RINGBACK, Call, Line
from firmware.voice.resident_table import X21, X22, X25, X26, X27, Input, State

_LEFT_WITH = {"howler": State.HOWLING, None: State.SILENT}
EndpointView: TypeAlias = Callable[[str], EndpointState]


@dataclass(slots=True)
class _Warning:
    """The spoken warning: which telephones ring for it now, and whether it was heard."""

    ringing: set[str] = field(default_factory=set)
    heard: bool = False


class Resident:
    """All telephones while no agent has command. Give it a plan, then `begin`; its orders come from `take`."""

    def __init__(self, plan: ResidentPlan, view: EndpointView, journal: Journal, new_id: Callable[[], str]) -> None:
        self.plan = plan
        self.now_ns = 0
        self._view = view
        self._journal = journal
        self._new_id = new_id
        self._lines: dict[str, Line] = {}
        self._timers = Timers()
        self._orders: list[Command] = []
        self._calls: list[Call] = []
        self._unattended: set[str] = set()
        """Telephones that ring for the agent alone: nobody here can hear that they are answered."""
        self._warning = _Warning()

    # ---- entry points

    def begin(
        self,
        endpoints: Sequence[EndpointState],
        rings: Mapping[str, Ring],
        lost: Sequence[tuple[Event, bytes]],
        now_ns: int,
    ) -> list[Command]:
        """Take command. `rings`: why telephones ring.

        `lost`: events that no agent is known to have seen, with the tag of the connection that each took a leg from.
        """
        self.now_ns = now_ns
        self._timers.arm(X25.number, self._after(X25.default))
        for state in endpoints:
            self._lines[state.endpoint] = Line(state.endpoint, self)
            if state.endpoint in self._armed():
                self.order(Arm(endpoint=state.endpoint, plan=self._off_hook_plan(state.endpoint)))
        unanswered = {event.endpoint: event for event, _ in lost if isinstance(event, Digits)}
        for state in endpoints:
            if state.hook == "off-hook":
                self._take_over(state, rings, unanswered.get(state.endpoint))
        for event, tag in lost:
            if isinstance(event, OnHook):
                self._leg_gone(event, tag)
        self._take_over_ringing(endpoints, rings)
        self._offer_emergencies()
        return self._take()

    def handle(self, event: Event, connection_tag: bytes, now_ns: int) -> list[Command]:
        """What happened at an endpoint."""
        self.now_ns = now_ns
        handler = _EVENTS.get(type(event))
        if handler is not None:
            handler(self, event, connection_tag)
        self._offer_emergencies()
        return self._take()

    def tick(self, now_ns: int) -> list[Command]:
        """Let timers run out."""
        self.now_ns = now_ns
        for key in self._timers.due(now_ns / 1e9):
            if isinstance(key, tuple):
                name, event = key
                self._lines[name].machine.handle(event)
            elif key == X22.number:
                self._stop_unattended()
            else:
                self._warn(str(key))
        self._offer_emergencies()
        return self._take()

    # ---- what lines ask for

    def order(self, command: Command) -> None:
        self._orders.append(command)

    def begin_call(self, caller: str, targets: Sequence[str], dialled: str, emergency: bool) -> Call | None:
        """Ring those that are idle; None if there are none. An emergency also waits for the others, and tells them."""
        others = [target for target in targets if target != caller]
        idle = [target for target in others if self._idle(target)]
        if not (others if emergency else idle):
            return None
        if emergency:
            self._insist(others)
        connection = f"resident-{self._new_id()}"
        entry = self._journal.call_begins(caller, others, dialled, connection, emergency, self.now_ns)
        call = Call(caller, tuple(others if emergency else idle), connection, entry, emergency)
        self._calls.append(call)
        for target in () if emergency else idle:
            self._ring(call, target)
        return call

    def end_call(self, call: Call, no_answer: bool) -> None:
        """Nobody is to answer any more."""
        self._calls.remove(call)
        for target in sorted(call.rung):
            if self._view(target).ringing:
                self.order(StopRing(endpoint=target))
        if call.entry is not None:
            self._journal.call_ends(call.entry, self.now_ns, no_answer)

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

    # ---- MachineHost

    def arm_timer(self, machine: str, spec: TimerSpec, event: Enum) -> None:
        seconds = spec.default
        if spec is X21:
            if machine not in self.plan.hot_lines:
                return
            seconds = float(self.plan.hot_lines[machine])
        self._timers.arm((machine, event), self._after(seconds))

    def disarm_timer(self, machine: str) -> None:
        for event in (Input.WAIT_OVER, Input.TIME_OVER):
            self._timers.disarm((machine, event))

    def refused(self, machine: str, state: Enum, event: Enum) -> None:
        """The machine counts; there is nothing more to do."""

    # ---- events

    def _off_hook(self, event: OffHook, connection_tag: bytes) -> None:
        line = self._lines[event.endpoint]
        self._unattended.discard(event.endpoint)
        if event.connection is not None:
            line.machine.handle(Input.CONNECTED)
            self._answered(event.connection)
        elif event.endpoint in self._warning.ringing:
            self._warning_taken(event.endpoint)
            line.machine.handle(Input.WARNING_TAKEN)
        elif event.answered:
            line.machine.handle(Input.ANSWERED_ALONE)
        else:
            line.machine.handle(Input.LIFTED, event.at_ns)

    def _on_hook(self, event: OnHook, connection_tag: bytes) -> None:
        self._lines[event.endpoint].machine.handle(Input.REPLACED)
        self._leg_gone(event, connection_tag)

    def _digits_started(self, event: DigitsStarted, connection_tag: bytes) -> None:
        self._lines[event.endpoint].machine.handle(Input.FIRST_DIGIT)

    def _digits(self, event: Digits, connection_tag: bytes) -> None:
        self._lines[event.endpoint].machine.handle(Input.NUMBER, event)

    def _played(self, event: PlaybackDone, connection_tag: bytes) -> None:
        line = self._lines[event.endpoint]
        if line.machine.state is State.WARNED:
            line.machine.handle(Input.PLAYED, event)

    # ---- inside

    def _armed(self) -> set[str]:
        """The telephones that the plan knows: all that can be called, and those that show a number."""
        plan = self.plan
        called = {target for targets in plan.routes.values() for target in targets}
        return called | set(plan.reception) | set(plan.caller_ids) | set(plan.hot_lines)

    def _off_hook_plan(self, endpoint: str) -> OffHookPlan:
        if self.plan.hot_lines.get(endpoint) == 0:
            return OffHookPlan(signal=None, digit_map=None)
        return OffHookPlan(signal=DIAL, digit_map=self.digit_map(endpoint))

    def _take_over(self, state: EndpointState, rings: Mapping[str, Ring], digits: Digits | None) -> None:
        """A telephone that is off-hook when survival begins."""
        line = self._lines[state.endpoint]
        targets = {target: ring for target, ring in rings.items() if state.endpoint in _legs(ring)}
        tone = state.signal.tone if state.signal is not None else None
        untaken = digits if not state.collecting and tone is None else None
        if targets:
            emergency = any(ring.kind == "priority" for ring in targets.values())
            connection = next(ring.on_answer.connection for ring in targets.values() if ring.on_answer is not None)
            line.call = Call(state.endpoint, tuple(targets), connection, emergency=emergency, rung=set(targets))
            self._calls.append(line.call)
            line.left_with = RINGBACK
            line.machine.resume(State.CALLING)
            if untaken is not None:
                line.machine.handle(Input.NUMBER, untaken)
        elif state.connection is not None:
            line.machine.resume(State.TALKING)
        elif state.collecting and (state.digits or tone in DIAL_TONES):
            line.machine.resume(State.OVERLAP if state.digits else State.DIALLING)
        elif state.collecting or tone is not None:
            line.machine.resume(_LEFT_WITH.get(tone, State.TONE))
            line.leave(state.signal)
        elif untaken is not None:
            line.machine.resume(State.OVERLAP)
            line.machine.handle(Input.NUMBER, untaken)
        else:  # it has just been lifted
            self.order(Collect(endpoint=line.name, digit_map=self.digit_map(line.name), signal=DIAL))
            line.machine.resume(State.DIALLING)

    def _take_over_ringing(self, endpoints: Sequence[EndpointState], rings: Mapping[str, Ring]) -> None:
        """Ringing that was the agent's: nobody else would end it. Without a caller who waits it ends now."""
        lifted = {state.endpoint for state in endpoints if state.hook == "off-hook"}
        for name, ring in rings.items():
            if ring.on_answer is None:
                self._unattended.add(name)
            elif lifted.isdisjoint(_legs(ring)):
                self.order(StopRing(endpoint=name))
        if self._unattended:
            self._timers.arm(X22.number, self._after(X22.default))

    def _stop_unattended(self) -> None:
        for name in sorted(self._unattended):
            if self._view(name).ringing:
                self.order(StopRing(endpoint=name))
        self._unattended.clear()

    def _idle(self, endpoint: str) -> bool:
        state = self._view(endpoint)
        rings_soon = any(isinstance(order, Ring) and order.endpoint == endpoint for order in self._orders)
        return state.service == "in-service" and state.hook == "on-hook" and not (state.ringing or rings_soon)

    def _ring(self, call: Call, target: str) -> None:
        self._free_bell(target)
        call.rung.add(target)
        kind: RingKind = "priority" if call.emergency else "internal"
        legs = (Leg(endpoint=call.caller), Leg(endpoint=target))
        connect = Connect(connection=call.connection, legs=legs)
        caller = self.plan.caller_ids.get(call.caller, CallerId())
        self.order(Ring(endpoint=target, kind=kind, caller=caller, on_answer=connect))

    def _insist(self, targets: Sequence[str]) -> None:
        """Who is lifted hears that an emergency waits; what rings for anything less is ended, to ring for it."""
        ringing_for_one = {target for call in self._calls if call.emergency for target in call.rung}
        for target in targets:
            if self._view(target).hook == "off-hook":
                self.order(Apply(endpoint=target, signal=Signal(tone="call-waiting", overlay=True)))
            elif self._view(target).ringing and target not in ringing_for_one:
                self._free_bell(target)
                self.order(StopRing(endpoint=target))

    def _free_bell(self, target: str) -> None:
        """It does not ring any more for what it rang for last."""
        for call in self._calls:
            call.rung.discard(target)
        self._warning.ringing.discard(target)
        self._unattended.discard(target)

    def _offer_emergencies(self) -> None:
        """Whoever is idle, or has come free, rings for an emergency that nobody has answered."""
        for call in self._calls:
            for target in call.targets if call.emergency else ():
                if self._idle(target):
                    self._ring(call, target)

    def _answered(self, connection: str) -> None:
        for call in [call for call in self._calls if call.connection == connection]:
            self._calls.remove(call)
            self._lines[call.caller].machine.handle(Input.OTHER_ANSWERED)

    def _leg_gone(self, event: OnHook, connection_tag: bytes) -> None:
        """Who was in a call of the agent's is noted; of a connection, the last one that remains is told."""
        self._journal.hung_up(event, connection_tag)
        connection = event.connection
        if connection is None:
            return
        remaining = [name for name in self._lines if self._view(name).connection == connection]
        if len(remaining) == 1:
            self.order(Disconnect(connection=connection))
            self._lines[remaining[0]].machine.handle(Input.OTHER_LEFT)

    # ---- the spoken warning

    def _warn(self, timer: str) -> None:
        if self._warning.heard:
            return
        if timer == X26.number:
            self._stop_warning()
            self._timers.arm(X27.number, self._after(X27.default))
            return
        idle = [name for name in self.plan.reception if self._idle(name)]
        self._warning.ringing = set(idle)
        for name in idle:
            self.order(Ring(endpoint=name, kind="priority"))
        self._timers.arm(X26.number, self._after(X26.default))

    def _warning_taken(self, endpoint: str) -> None:
        self._warning.ringing.discard(endpoint)
        self._warning.heard = True
        self._stop_warning()

    def _stop_warning(self) -> None:
        for name in sorted(self._warning.ringing):
            self.order(StopRing(endpoint=name))
        self._warning.ringing.clear()

    def end(self) -> list[Command]:
        """An agent has command again: only the warning's ringing is not for it."""
        self._stop_warning()
        return self._take()

    def _after(self, seconds: float) -> float:
        return self.now_ns / 1e9 + seconds

    def _take(self) -> list[Command]:
        orders, self._orders = self._orders, []
        return orders


def _legs(ring: Ring) -> set[str]:
    """Who is joined when the telephone that rings is lifted."""
    return set() if ring.on_answer is None else {leg.endpoint for leg in ring.on_answer.legs}


_EVENTS: Mapping[type, Callable[[Resident, Any, bytes], None]] = {
    OffHook: Resident._off_hook,
    OnHook: Resident._on_hook,
    DigitsStarted: Resident._digits_started,
    Digits: Resident._digits,
    PlaybackDone: Resident._played,
}
