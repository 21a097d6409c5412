"""A machine that a table drives, as those of the line's ringing and feed are. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Generic, TypeAlias, TypeVar

from boardsupport.fxo import FxoEvent

S = TypeVar("S", bound=Enum)
E = TypeVar("E", bound=Enum)
Rules: TypeAlias = Mapping[tuple[S, E], tuple[str, S]]
"""Every rule, by state and what happens: the method that makes events of it, and the next state."""


class RuledMachine(Generic[S, E]):
    """What is in no rule changes nothing."""

    def __init__(self, rules: Rules[S, E], initial: S) -> None:
        self._rules = rules
        self.state = initial

    def _handle(self, happened: E, at_ns: int) -> list[FxoEvent]:
        rule = self._rules.get((self.state, happened))
        if rule is None:
            return []
        action, self.state = rule
        events: list[FxoEvent] = getattr(self, action)(at_ns)
        return events

    def _nothing(self, _at_ns: int) -> list[FxoEvent]:
        return []
