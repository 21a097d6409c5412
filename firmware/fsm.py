"""The one engine for state machines: a table of (state, event) -> (action, next state).

What is not in the table is refused: counted, and told to the owner with the machine's name. Timers belong to states:
entering a state arms its timer, leaving disarms it. A machine does no I/O and never waits.

The action is the name of a method of the owner, called with the event's arguments, or None. Where the successor depends
on what the action finds, `next_state` is a tuple of the states that may follow and the action returns one of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Generic, Protocol, TypeVar

from firmware.errors import OurFaultError
from firmware.timers import TimerSpec

S = TypeVar("S", bound=Enum)
E = TypeVar("E", bound=Enum)


@dataclass(frozen=True, slots=True)
class Transition(Generic[S]):
    """What happens on an event: the owner's method `action` runs, then the machine is in `next_state`."""

    action: str | None
    next_state: S | tuple[S, ...]


@dataclass(frozen=True)
class StateTable(Generic[S, E]):
    """All rules of one kind of machine; the diagrams in docs/ are drawn from it."""

    name: str
    initial: S
    transitions: Mapping[tuple[S, E], Transition[S]]
    timers: Mapping[S, tuple[TimerSpec, E]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        known = type(self.initial)
        for (state, event), transition in self.transitions.items():
            for follower in successors(transition):
                if not isinstance(follower, known):
                    raise OurFaultError(f"{self.name}: {state.name}/{event.name} leads to an unknown state")
        for state, (_, event) in self.timers.items():
            if (state, event) not in self.transitions:
                raise OurFaultError(f"{self.name}: the timer of {state.name} has no transition for {event.name}")


def successors(transition: Transition[S]) -> tuple[S, ...]:
    """The states that may follow, always as a tuple."""
    following = transition.next_state
    return following if isinstance(following, tuple) else (following,)


class MachineHost(Protocol):
    """What a machine asks of its surroundings."""

    def arm_timer(self, machine: str, spec: TimerSpec, event: Enum) -> None: ...

    def disarm_timer(self, machine: str) -> None: ...

    def refused(self, machine: str, state: Enum, event: Enum) -> None: ...


class Machine(Generic[S, E]):
    """One instance: a name, a state, and the owner whose methods the table names."""

    def __init__(self, table: StateTable[S, E], name: str, owner: object, host: MachineHost) -> None:
        self.table = table
        self.name = name
        self.state = table.initial
        self.refusals: Counter[tuple[S, E]] = Counter()
        self._owner = owner
        self._host = host
        self._busy = False

    def handle(self, event: E, *args: Any) -> bool:
        """Apply an event; False if the table has no rule for it here (then nothing has changed).

        Raises OurFaultError if an action feeds its own machine, or returns a state that the rule does not allow.
        """
        rule = self.table.transitions.get((self.state, event))
        if rule is None:
            self.refusals[self.state, event] += 1
            self._host.refused(self.name, self.state, event)
            return False
        if self._busy:
            raise OurFaultError(f"{self.name}: event {event.name} inside an action")
        self._busy = True
        try:
            chosen = self._run(rule, args)
        finally:
            self._busy = False
        self._enter(chosen)
        return True

    def resume(self, state: S) -> None:
        """Put the machine into a state found by an audit; the state's timer starts afresh."""
        self._enter(state)

    def _run(self, rule: Transition[S], args: tuple[Any, ...]) -> S:
        allowed = successors(rule)
        result = None
        if rule.action is not None:
            action: Callable[..., Any] = getattr(self._owner, rule.action)
            result = action(*args)
        if len(allowed) == 1:
            return allowed[0]
        if result not in allowed:
            raise OurFaultError(f"{self.name}: {rule.action} chose {result!r}, allowed are {allowed}")
        return result  # type: ignore[no-any-return]

    def _enter(self, state: S) -> None:
        if self.state in self.table.timers:
            self._host.disarm_timer(self.name)
        self.state = state
        if state in self.table.timers:
            self._host.arm_timer(self.name, *self.table.timers[state])
