"""A menu as a value: blocks of statements, each with its line in the file. docs/menus.md tells what they do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from firmware.ivr.actions import REFUSED, UNAVAILABLE

RECEPTION = "reception"
"""The block to which a menu goes when a caller has failed."""
BUILT_IN = (RECEPTION, UNAVAILABLE, REFUSED)
"""Blocks that each menu has; to those that are named as a result it goes where no line says what then."""
GIVEN = ("digits", "field1", "field2", "field3", "extension", "room", "index")
"""Values that are always there, if only empty. `fieldN`: parts of `digits` between the stars; `index`: the place in a
list."""

Form: TypeAlias = Literal["time", "date", "number", "digits", "prompt", "word"]


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong in a file."""

    file: str
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.text}"


@dataclass(frozen=True, slots=True)
class Prompt:
    name: str


@dataclass(frozen=True, slots=True)
class Spoken:
    """A value, spoken in a form."""

    value: str
    form: Form


Piece: TypeAlias = Prompt | Spoken


@dataclass(frozen=True, slots=True)
class Word:
    """What an action is told: as it stands, or (`value`) what that value is then."""

    text: str
    value: bool = False


# -------------------------------------------------------------------------------------------------------- statements


@dataclass(frozen=True, slots=True, kw_only=True)
class Say:
    line: int
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """`keys`: key to block. `patterns`: other digits that fit; they become the value `into`, and the block goes on."""

    line: int
    pieces: tuple[Piece, ...]
    keys: Mapping[str, str] = field(default_factory=dict)
    patterns: tuple[str, ...] = ()
    into: str = ""
    tries: int = 3
    first_ms: int = 6_000
    next_ms: int = 4_000
    wrong: tuple[Piece, ...] = (Prompt("not-understood"),)
    silent: tuple[Piece, ...] = (Prompt("nothing-heard"),)
    failed: str = RECEPTION


@dataclass(frozen=True, slots=True, kw_only=True)
class Do:
    """`results`: result word to block; "ok" may be left out, then the block goes on."""

    line: int
    action: str
    arguments: Mapping[str, Word] = field(default_factory=dict)
    results: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """`hung_up`: what is done when the caller hangs up before anything else has been done."""

    line: int
    file: Word
    limit_s: int = 120
    silence_s: int = 5
    hung_up: Do | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class If:
    """`words` () is "empty"."""

    line: int
    value: str
    words: tuple[str, ...]
    block: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Set:
    line: int
    values: Mapping[str, Word]


@dataclass(frozen=True, slots=True, kw_only=True)
class Take:
    """The next item of the list that an action has given, or (`place`) that item; without one the block goes on."""

    line: int
    names: tuple[str, ...]
    block: str
    place: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Go:
    """`again`: as one of the tries of that block's question."""

    line: int
    block: str
    again: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    line: int
    menu: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Return:
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Dial:
    """`number` "" is reception."""

    line: int
    number: Word


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    line: int
    tone: Literal["busy", None]


Statement: TypeAlias = Say | Ask | Do | Record | If | Set | Take | Go | Call | Return | Dial | End


@dataclass(frozen=True, slots=True)
class Block:
    name: str
    line: int
    statements: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class Menu:
    """`takes`: values that whoever begins it gives. It begins with its first block."""

    name: str
    file: str
    takes: tuple[str, ...]
    blocks: Mapping[str, Block]

    @property
    def first(self) -> str:
        return next(iter(self.blocks))
