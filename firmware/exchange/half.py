"""One party's part in one call, whatever the party is: what telephones and company lines have in common."""

from __future__ import annotations

from abc import ABC, abstractmethod
from enum import Enum
from typing import TYPE_CHECKING, Any, ClassVar, Literal, TypeAlias

from firmware.exchange.dialogue import Answered, Ask, Keyed, Recorded, Spoken
from firmware.exchange.half_call import IN_MENU, Event, State
from firmware.fsm import Machine, StateTable
from firmware.gateway.messages import CallerId, Tone

if TYPE_CHECKING:
    from firmware.exchange.call import Call
    from firmware.exchange.causes import Cause
    from firmware.exchange.core import Core
    from firmware.exchange.features.menu import Talk
    from firmware.exchange.numbering import Extension
    from firmware.exchange.terminals import Terminal

Outcome: TypeAlias = Literal["complete", "terminated", "no-match", "timeout", "silent"]
"""Of the event `Digits`."""


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
        self.talk: Talk | None = None
        """With a menu, in the states `IN_MENU`."""
        self.menus_passed = 0
        """That have dialled their way into this one, and have said nothing."""

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

    # -------------------------------------------------------------------------------------------------- with a menu

    @property
    @abstractmethod
    def there(self) -> bool:
        """Off-hook."""

    @abstractmethod
    def attend(self) -> None:
        """Asked for no key: what it may dial all the same is collected."""

    @abstractmethod
    def say(self, prompts: tuple[str, ...]) -> None: ...

    @abstractmethod
    def ask(self, step: Ask) -> None: ...

    @abstractmethod
    def go_on_to(self, number: str) -> State:
        """The menu is over, and this number is called; "" is reception."""

    @abstractmethod
    def finish(self, tone: Tone | None) -> State:
        """The menu is over: this tone, or (None) dial tone."""

    @property
    def the_talk(self) -> Talk:
        assert self.talk is not None, self.name
        return self.talk

    def spoken(self, failed: bool = False) -> State:
        """Where no prompt was there it goes on as well."""
        return self.the_talk.happened(Spoken())

    def keyed(self, digits: str, outcome: Outcome) -> State:
        return self.the_talk.happened(Keyed(digits, outcome))

    def acted(self, answered: Answered) -> State:
        return self.the_talk.happened(answered)

    def out_of_patience(self) -> State:
        return self.the_talk.happened(Answered("unavailable"))

    def recorded(self, seconds: float, digit: str) -> State:
        return self.the_talk.happened(Recorded(seconds))

    # ------------------------------------------------------------------------------------------------------- machine

    def feed(self, event: Enum, *arguments: Any) -> bool:
        """Give the machine an event; a half that comes to NULL is gone. False if the table has no rule."""
        self._touch()
        known = self.machine.handle(Event(event.value), *arguments)
        if self.talk is not None and self.state not in IN_MENU:
            self.talk.leave()
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
