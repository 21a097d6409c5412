"""What a telephone says to somebody and asks of him: the contract between call control and the spoken menus.

Call control owns the telephone; a `Dialogue` says what is next. It is pure: it takes what has happened, and returns one
step. What it wants done in the hotel leaves the agent as `DialogueActs`, and comes back through
`CallAgent.answer_dialogue`; nothing waits for it meanwhile but the one telephone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol, TypeAlias

from firmware.gateway.messages import Tone


@dataclass(frozen=True, slots=True)
class Opening:
    """How a dialogue begins. `values`: what the menu can use, such as the digits of a service code."""

    menu: str
    extension: str | None = None
    """The telephone's number; None: somebody outside the house."""
    room: str | None = None
    values: Mapping[str, str] = field(default_factory=dict)


# ------------------------------------------------------------------------------------------------------------- steps


@dataclass(frozen=True, slots=True)
class Say:
    """Play these prompts; `Spoken` follows."""

    prompts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ask:
    """Play these prompts and collect digits (they stop the prompts); `Keyed` follows. See `DigitMap`."""

    prompts: tuple[str, ...]
    patterns: tuple[str, ...]
    first_digit_ms: int = 6_000
    inter_digit_ms: int = 4_000


@dataclass(frozen=True, slots=True)
class Act:
    """Have something done in the hotel; `Answered` follows, with result "unavailable" if nobody does it in time."""

    action: str
    arguments: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TakeDown:
    """Record what is said, to a file of this name; `Recorded` follows, unless the caller hangs up."""

    name: str
    limit_s: int = 120
    silence_s: int = 5


@dataclass(frozen=True, slots=True)
class Dial:
    """The dialogue is over: this number is called as though it had been dialled here; "" is reception."""

    number: str


@dataclass(frozen=True, slots=True)
class Finish:
    """The dialogue is over: dial tone again (`tone` None), or this tone until the handset is replaced."""

    tone: Tone | None = "busy"


Step: TypeAlias = Say | Ask | Act | TakeDown | Dial | Finish

# ------------------------------------------------------------------------------------------------------------ inputs


@dataclass(frozen=True, slots=True)
class Spoken:
    """The prompts have been heard."""


@dataclass(frozen=True, slots=True)
class Keyed:
    """See the event `Digits`."""

    digits: str
    outcome: Literal["complete", "terminated", "no-match", "timeout", "silent"]


@dataclass(frozen=True, slots=True)
class Answered:
    """What has become of an action: a word that the menu knows, and values that it can speak or use."""

    result: str
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Recorded:
    seconds: float


Input: TypeAlias = Spoken | Keyed | Answered | Recorded


class Dialogue(Protocol):
    """One talk with one person."""

    def begin(self) -> Step: ...

    def next(self, happened: Input) -> Step: ...

    def hung_up(self) -> Act | None:
        """He has replaced the handset, or is gone: what is still to be done (a message that was being recorded)."""
        ...


class Dialogues(Protocol):
    """Where dialogues come from: the menus of the house, in the language of who is at the telephone."""

    def begin(self, opening: Opening) -> Dialogue | None:
        """None: there is no such menu."""
        ...


class NoDialogues:
    """A house without menus."""

    def begin(self, opening: Opening) -> Dialogue | None:
        return None
