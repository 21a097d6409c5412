"""One party's part in one call, whatever the party is: what telephones and company lines have in common."""

from __future__ import annotations

from abc import ABC, abstractmethod
from enum import Enum
from typing import TYPE_CHECKING, Any, ClassVar

from firmware.exchange.half_call import Event, State
from firmware.fsm import Machine, StateTable
from firmware.gateway.messages import CallerId, Tone

if TYPE_CHECKING:
    from firmware.exchange.call import Call
    from firmware.exchange.causes import Cause
    from firmware.exchange.core import Core
    from firmware.exchange.numbering import Extension
    from firmware.exchange.terminals import Terminal


class Half(ABC):
    """Owner of one machine: `TABLE` names the methods of the class that has it."""

    TABLE: ClassVar[StateTable[State, Event]]
    is_outside: ClassVar[bool] = False
    """A party outside the house, at a company line."""

    def __init__(self, core: Core, terminal: Terminal, call: Call | None, name: str) -> None:
        self.core = core
        self.terminal = terminal
        self.call = call
        self.name = name
        self.machine: Machine[State, Event] = Machine(self.TABLE, name, self, core)
        self.alive = True

    @property
    def endpoint(self) -> str:
        return self.terminal.endpoint

    @property
    def state(self) -> State:
        return self.machine.state

    @property
    def the_call(self) -> Call:
        """The call, in states that have one."""
        assert self.call is not None, self.name
        return self.call

    @property
    def extension(self) -> Extension | None:
        """Who it is in the house; None for a party outside."""
        return None

    @abstractmethod
    def shown_to(self, called: Extension | None) -> CallerId:
        """What a ringing telephone shows of this party."""

    @abstractmethod
    def hear(self, tone: Tone | None) -> None:
        """Nobody is connected with it; it hears this."""

    @property
    def costs(self) -> bool:
        """Somebody pays for this party's line."""
        return False

    @property
    def tells_its_end(self) -> bool:
        """Whether it is sure to be noticed when this party has gone."""
        return True

    @abstractmethod
    def not_put_through(self, cause: Cause) -> None:
        """The call that it placed, or was given to, came to nothing."""

    @abstractmethod
    def left_alone(self, cause: Cause) -> None:
        """Nobody rings any more to answer its call, which `cause` would be the end of."""

    def feed(self, event: Enum, *arguments: Any) -> bool:
        """Give the machine an event; a half that comes to NULL is gone. False if the table has no rule."""
        self._touch()
        known = self.machine.handle(Event(event.value), *arguments)
        if self.state is State.NULL and self.alive:
            self.alive = False
            self.core.forget_half(self)
        self._touch()
        return known

    def resume(self, state: State) -> None:
        """Stand where an audit found the endpoint."""
        self.machine.resume(state)
        self._touch()

    def _touch(self) -> None:
        self.core.touch(self.terminal)
        if self.call is not None:
            self.core.touch(self.call)
