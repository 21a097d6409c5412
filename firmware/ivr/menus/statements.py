"""The statements of menus: each is a first word, what follows it, and lines of its own below it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias, get_args

from firmware.errors import ConfigError
from firmware.gateway import digitmap
from firmware.ivr.menus.model import (
    Ask,
    Call,
    Dial,
    Do,
    End,
    Form,
    Go,
    If,
    Piece,
    Prompt,
    Record,
    Return,
    Say,
    Set,
    Spoken,
    Statement,
    Take,
    Word,
)  # fmt: skip

_NAME = re.compile(r"[a-z][a-z0-9-]{0,59}\Z")
_VALUE = re.compile(r"\{([a-z][a-z0-9-]*)\}\Z")
_SPOKEN = re.compile(r"\{([a-z][a-z0-9-]*)\|([a-z]+)\}\Z")
_KEY = re.compile(r"[0-9*]\Z")
_ARGUMENT = re.compile(r"([a-z][a-z0-9-]*)=(\S+)\Z")
FORMS: tuple[Form, ...] = get_args(Form)


class WrongLineError(ConfigError):
    """Lines that cannot be read: their numbers, and what is wrong."""

    def __init__(self, *faults: tuple[int, str]) -> None:
        self.faults = faults
        super().__init__("; ".join(text for _, text in faults))


@dataclass(frozen=True, slots=True)
class Line:
    number: int
    indent: int
    words: tuple[str, ...]

    def wrong(self, text: str) -> WrongLineError:
        return WrongLineError((self.number, text))


Reader: TypeAlias = Callable[[Line], Statement]
Clauses: TypeAlias = dict[str, Any]


def is_name(text: str) -> bool:
    return _NAME.match(text) is not None


def read(line: Line, clauses: Sequence[Line]) -> Statement:
    """A statement. Raises WrongLineError with all that is wrong in its lines."""
    first = line.words[0]
    if (with_clauses := _WITH_CLAUSES.get(first)) is not None:
        return with_clauses(line, clauses)
    if (plain := _PLAIN.get(first)) is None:
        raise line.wrong(f"{first!r} is no statement; allowed: {', '.join(sorted((*_PLAIN, *_WITH_CLAUSES)))}")
    if clauses:
        raise clauses[0].wrong(f"nothing can stand below {first!r}; is it indented too far?")
    return plain(line)


def _gathered(clauses: Sequence[Line], take: Callable[[Line], None]) -> None:
    """Reads all lines below a statement, so that all of their faults are told at once."""
    faults: list[tuple[int, str]] = []
    for clause in clauses:
        try:
            take(clause)
        except WrongLineError as error:
            faults.extend(error.faults)
    if faults:
        raise WrongLineError(*faults)


# -------------------------------------------------------------------------------------------------------------- parts


def _pieces(line: Line) -> tuple[Piece, ...]:
    if len(line.words) < 2:
        raise line.wrong(f"{line.words[0]!r} needs what is to be said")
    return tuple(_piece(line, word) for word in line.words[1:])


def _piece(line: Line, word: str) -> Piece:
    if is_name(word):
        return Prompt(word)
    if (spoken := _SPOKEN.match(word)) is None or spoken[2] not in FORMS:
        raise line.wrong(
            f"{word!r} cannot be said; allowed: a prompt's name, or a value as {{room|digits}} ({', '.join(FORMS)})"
        )
    return Spoken(spoken[1], spoken[2])


def _word(line: Line, text: str) -> Word:
    if (value := _VALUE.match(text)) is not None:
        return Word(value[1], value=True)
    if "{" in text or "}" in text:
        raise line.wrong(f"{text!r} is neither a word nor a value such as {{room}}")
    return Word(text)


def _arguments(line: Line, words: Sequence[str]) -> Mapping[str, Word]:
    given: dict[str, Word] = {}
    for word in words:
        if (argument := _ARGUMENT.match(word)) is None:
            raise line.wrong(f"{word!r} is no argument; allowed: room=203 or room={{room}}")
        if argument[1] in given:
            raise line.wrong(f"{argument[1]} is given twice")
        given[argument[1]] = _word(line, argument[2])
    return given


def _target(line: Line, words: Sequence[str]) -> str:
    """The block in `-> BLOCK`."""
    if len(words) != 2 or words[0] != "->" or not is_name(words[1]):
        raise line.wrong("needs -> and the name of a block at its end")
    return words[1]


def _names(line: Line, words: Sequence[str]) -> tuple[str, ...]:
    if not words or not all(map(is_name, words)):
        raise line.wrong("needs names of values")
    return tuple(words)


def _whole(line: Line, words: Sequence[str], least: int, most: int) -> int:
    text = words[0] if len(words) == 1 else ""
    if not text.isascii() or not text.isdigit() or not least <= int(text) <= most:
        raise line.wrong(f"needs a whole number, {least} to {most}")
    return int(text)


def _nothing_more(line: Line, count: int) -> None:
    if len(line.words) != count:
        raise line.wrong(f"{' '.join(line.words)!r} is not understood")


# --------------------------------------------------------------------------------------------- statements of one line


def _say(line: Line) -> Statement:
    return Say(line=line.number, pieces=_pieces(line))


def _if(line: Line) -> Statement:
    words = line.words
    value = _VALUE.match(words[1]) if len(words) > 2 and words[2] == "is" else None
    if value is None or len(words) < 6:
        raise line.wrong("is not understood; allowed: if {room} is empty -> block, or if {key} is 1 2 -> block")
    meant = words[3:-2]
    return If(
        line=line.number,
        value=value[1],
        words=() if meant == ("empty",) else meant,
        block=_target(line, words[-2:]),
    )


def _set(line: Line) -> Statement:
    if len(line.words) < 2:
        raise line.wrong("'set' needs a value, as room=203")
    return Set(line=line.number, values=_arguments(line, line.words[1:]))


def _each(line: Line) -> Statement:
    return Take(line=line.number, names=_names(line, line.words[1:-2]), block=_target(line, line.words[-2:]))


def _pick(line: Line) -> Statement:
    place = _VALUE.match(line.words[1]) if len(line.words) > 1 else None
    if place is None:
        raise line.wrong("is not understood; allowed: pick {key} id at -> block")
    return Take(
        line=line.number,
        place=place[1],
        names=_names(line, line.words[2:-2]),
        block=_target(line, line.words[-2:]),
    )


def _go(line: Line) -> Statement:
    _nothing_more(line, 2)
    return Go(line=line.number, block=line.words[1], again=line.words[0] == "again")


def _call(line: Line) -> Statement:
    _nothing_more(line, 2)
    return Call(line=line.number, menu=line.words[1])


def _return(line: Line) -> Statement:
    _nothing_more(line, 1)
    return Return(line=line.number)


def _dial(line: Line) -> Statement:
    _nothing_more(line, 2)
    if line.words[1] == "tone":
        return End(line=line.number, tone=None)
    number = Word("") if line.words[1] == "reception" else _word(line, line.words[1])
    if not number.value and set(number.text) - digitmap.DIGITS:
        raise line.wrong(f"{number.text!r} is no number; allowed: digits, a value such as {{number}}, reception, tone")
    return Dial(line=line.number, number=number)


def _hang(line: Line) -> Statement:
    if line.words != ("hang", "up"):
        raise line.wrong("is not understood; allowed: hang up")
    return End(line=line.number, tone="busy")


# ----------------------------------------------------------------------------------------- statements of several lines


def _ask(line: Line, clauses: Sequence[Line]) -> Statement:
    keys: dict[str, str] = {}
    given: Clauses = {}

    def take(clause: Line) -> None:
        first = clause.words[0]
        if (reader := _ASK.get(first)) is not None:
            given.update(reader(clause))
        elif _KEY.match(first) is None:
            raise clause.wrong(f"{first!r} is not understood; allowed: a key 0 to 9 or *, {', '.join(_ASK)}")
        elif first in keys:
            raise clause.wrong(f"the key {first} is named twice")
        else:
            keys[first] = _target(clause, clause.words[1:])

    _gathered(clauses, take)
    if not keys and "patterns" not in given:
        raise line.wrong("nothing is asked: neither a key, as 1 -> block, nor digits, as digits xxxx as time")
    return Ask(line=line.number, pieces=_pieces(line), keys=keys, **given)


def _digits(line: Line) -> Clauses:
    patterns, tail = line.words[1:-2], line.words[-2:]
    if not patterns or tail[0] != "as" or not is_name(tail[1]):
        raise line.wrong("is not understood; allowed: digits xxxx xxxxxxxx as time")
    for pattern in patterns:
        try:
            digitmap.check(pattern)
        except ConfigError as error:
            raise line.wrong(str(error)) from error
    return {"patterns": patterns, "into": tail[1]}


_ASK: Mapping[str, Callable[[Line], Clauses]] = {
    "digits": _digits,
    "tries": lambda line: {"tries": _whole(line, line.words[1:], 1, 9)},
    "first": lambda line: {"first_ms": 1000 * _whole(line, line.words[1:], 1, 60)},
    "next": lambda line: {"next_ms": 1000 * _whole(line, line.words[1:], 1, 60)},
    "wrong": lambda line: {"wrong": _pieces(line)},
    "silent": lambda line: {"silent": _pieces(line)},
    "failed": lambda line: {"failed": _target(line, line.words[1:])},
}


def _do(line: Line, clauses: Sequence[Line]) -> Statement:
    results: dict[str, str] = {}

    def take(clause: Line) -> None:
        block = _target(clause, clause.words[-2:])
        for word in _names(clause, clause.words[:-2]):
            if word in results:
                raise clause.wrong(f"the result {word} is named twice")
            results[word] = block

    _gathered(clauses, take)
    if len(line.words) < 2:
        raise line.wrong("'do' needs an action")
    arguments = _arguments(line, line.words[2:])
    return Do(line=line.number, action=line.words[1], arguments=arguments, results=results)


def _record(line: Line, clauses: Sequence[Line]) -> Statement:
    given: Clauses = {}

    def take(clause: Line) -> None:
        match clause.words:
            case ("hung-up", "do", _, *_):
                given["hung_up"] = _do(Line(clause.number, 0, clause.words[1:]), ())
            case _:
                raise clause.wrong("is not understood; allowed: hung-up do ACTION")

    _gathered(clauses, take)
    if len(line.words) < 2:
        raise line.wrong("'record' needs the name of a file, as {file}")
    return Record(line=line.number, file=_word(line, line.words[1]), **_limits(line), **given)


def _limits(line: Line) -> Clauses:
    limits: Clauses = {}
    rest = line.words[2:]
    for name, seconds in zip(rest[::2], (*rest[1::2], ""), strict=False):
        if name not in ("limit", "silence"):
            raise line.wrong(f"{name!r} is not understood; allowed: limit SECONDS, silence SECONDS")
        limits[f"{name}_s"] = _whole(line, (seconds,), 1, 3600)
    return limits


_PLAIN: Mapping[str, Reader] = {
    "say": _say, "if": _if, "set": _set, "each": _each, "pick": _pick, "go": _go, "again": _go, "call": _call,
    "return": _return, "dial": _dial, "hang": _hang,
}  # fmt: skip
_WITH_CLAUSES: Mapping[str, Callable[[Line, Sequence[Line]], Statement]] = {
    "ask": _ask, "do": _do, "record": _record,
}  # fmt: skip
