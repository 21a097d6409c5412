"""What is wrong with menus that can be read: names that lead nowhere, results that nobody minds, circles."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from itertools import chain

from firmware.ivr.actions import ACTIONS, REFUSED, UNAVAILABLE, VALUES, WORDS, Action
from firmware.ivr.menus import ways
from firmware.ivr.menus.model import (
    GIVEN,
    Ask,
    Block,
    Call,
    Dial,
    Do,
    Fault,
    If,
    Menu,
    Piece,
    Prompt,
    Record,
    Say,
    Set,
    Spoken,
    Statement,
    Take,
    Word,
)

_FORMS: Mapping[str, frozenset[str]] = {
    "moment": frozenset({"time", "date"}),
    "number": frozenset({"number", "digits"}),
    "digits": frozenset({"digits"}),
    "prompt": frozenset({"prompt"}),
    "word": frozenset({"word"}),
}
"""How a value of each kind can be spoken."""


def check(menus: Mapping[str, Menu], prompts: Collection[str]) -> list[Fault]:
    """All faults of menus that belong together, in the order of files and lines. `prompts`: all that can be said."""
    faults = [fault for menu in menus.values() for fault in _Check(menus, menu, prompts).faults()]
    return sorted(set(faults), key=lambda fault: (fault.file, fault.line, fault.text))


class _Check:
    """One menu among those that it can call."""

    def __init__(self, menus: Mapping[str, Menu], menu: Menu, prompts: Collection[str]) -> None:
        self._menus = menus
        self._menu = menu
        self._prompts = prompts
        self._known = {*GIVEN, *menu.takes, *_learnt(menus, menu, frozenset())}

    def faults(self) -> Iterator[Fault]:
        for block in self._menu.blocks.values():
            for line, text in self._block(block):
                yield Fault(self._menu.file, line or 1, text)
        for line, text in ways.faults(self._menus, self._menu):
            yield Fault(self._menu.file, line or 1, text)

    def _block(self, block: Block) -> Iterator[tuple[int, str]]:
        for statement in block.statements:
            for text in chain(self._statement(statement), self._names(statement)):
                yield statement.line, text
            if isinstance(statement, Record) and statement.hung_up is not None:
                for text in chain(self._arguments(statement.hung_up), self._names(statement.hung_up)):
                    yield statement.hung_up.line, text

    def _statement(self, statement: Statement) -> Iterator[str]:
        match statement:
            case Say():
                yield from self._spoken(statement.pieces)
            case Ask():
                yield from self._spoken((*statement.pieces, *statement.wrong, *statement.silent))
            case Do():
                yield from self._arguments(statement)
                yield from _results(statement)
            case Call():
                yield from self._call(statement)
            case Take():
                yield from self._take(statement)

    def _names(self, statement: Statement) -> Iterator[str]:
        for name in _read(statement):
            if name not in self._known:
                yield f"nothing in this menu gives the value {name}"
        for target in ways.targets(statement):
            if target not in self._menu.blocks:
                yield f"there is no block {target}"

    def _spoken(self, pieces: tuple[Piece, ...]) -> Iterator[str]:
        for piece in pieces:
            if isinstance(piece, Prompt):
                yield from self._prompt(piece.name)
                continue
            kind = VALUES.get(piece.value)
            if kind is not None and piece.form not in _FORMS[kind]:
                yield f"{piece.value} cannot be spoken as {piece.form}; allowed: {', '.join(sorted(_FORMS[kind]))}"
            elif piece.form == "word":
                yield from self._words(piece)

    def _words(self, piece: Spoken) -> Iterator[str]:
        if piece.value not in WORDS:
            yield f"{piece.value} cannot be spoken as word; allowed of: {', '.join(WORDS)}"
        for word in WORDS.get(piece.value, ()):
            yield from self._prompt(f"{piece.value}-{word}")

    def _prompt(self, name: str) -> Iterator[str]:
        if name not in self._prompts:
            yield f"there is no prompt {name}"

    def _arguments(self, do: Do) -> Iterator[str]:
        if (action := ACTIONS.get(do.action)) is None:
            yield f"there is no action {do.action}"
            return
        for name in action.needs:
            if name not in do.arguments:
                yield f"{do.action} needs {name}="
        for name in do.arguments:
            if name not in action.needs + action.may:
                yield f"{do.action} takes no {name}=; allowed: {_list(action.needs + action.may)}"

    def _call(self, call: Call) -> Iterator[str]:
        if (menu := self._menus.get(call.menu)) is None:
            yield f"there is no menu {call.menu}"
            return
        for name in menu.takes:
            if name not in self._known:
                yield f"{call.menu} takes the value {name}, and nothing in this menu gives it"
        if self._menu.name in _called(self._menus, menu):
            yield f"{call.menu} calls {self._menu.name} in turn: it would never end"

    def _take(self, take: Take) -> Iterator[str]:
        items = {name for action in _actions(self._menu) for result in action.results.values() for name in result.items}
        for name in take.names:
            if name not in items:
                yield f"no action in this menu gives a list of {name}"


def _results(do: Do) -> Iterator[str]:
    if (action := ACTIONS.get(do.action)) is None:
        return
    possible = {*action.results, UNAVAILABLE}
    for word in action.results:
        if word not in do.results and word not in ("ok", REFUSED):
            yield f"{do.action} can have the result {word}, and no line says what then"
    for word in do.results:
        if word not in possible:
            yield f"{do.action} never has the result {word}; allowed: {_list(tuple(sorted(possible)))}"


def _list(names: tuple[str, ...]) -> str:
    return ", ".join(names) or "nothing"


def _statements(menu: Menu) -> Iterator[Statement]:
    for block in menu.blocks.values():
        yield from block.statements


def _actions(menu: Menu) -> Iterator[Action]:
    for statement in _statements(menu):
        if isinstance(statement, Do) and statement.action in ACTIONS:
            yield ACTIONS[statement.action]


def _called(menus: Mapping[str, Menu], menu: Menu) -> set[str]:
    """This menu and all that it leads into by calls."""
    found: set[str] = set()
    coming = [menu]
    while coming:
        here = coming.pop()
        if here.name not in found:
            found.add(here.name)
            coming += [menus[s.menu] for s in _statements(here) if isinstance(s, Call) and s.menu in menus]
    return found


def _learnt(menus: Mapping[str, Menu], menu: Menu, above: frozenset[str]) -> Iterator[str]:
    """The values that a talk by this menu gives: the caller, actions, menus that it calls."""
    for statement in _statements(menu):
        match statement:
            case Ask(into=into) if into:
                yield into
            case Set(values=values):
                yield from values
            case Take(names=names):
                yield from names
            case Call(menu=name) if name in menus and name not in above:
                yield from _learnt(menus, menus[name], above | {menu.name, name})
    for action in _actions(menu):
        for result in action.results.values():
            yield from result.values


def _read(statement: Statement) -> Iterator[str]:
    """The values that a statement needs."""
    match statement:
        case Say(pieces=pieces):
            yield from (piece.value for piece in pieces if isinstance(piece, Spoken))
        case Ask(pieces=pieces, wrong=wrong, silent=silent):
            yield from (piece.value for piece in (*pieces, *wrong, *silent) if isinstance(piece, Spoken))
        case Do(arguments=words) | Set(values=words):
            yield from _values(*words.values())
        case Record(file=word) | Dial(number=word):
            yield from _values(word)
        case If(value=name):
            yield name
        case Take(place=name) if name:
            yield name


def _values(*words: Word) -> Iterator[str]:
    return (word.text for word in words if word.value)
