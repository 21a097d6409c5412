"""The text of a menu, read: what is a statement and what belongs to it. What a menu means is `check`'s matter.

A file is lines: a comment begins with `#`; `takes` and the names of blocks stand at the margin; the statements of a
block are indented alike, and the lines that belong to a statement further.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from firmware.ivr.actions import REFUSED, UNAVAILABLE
from firmware.ivr.menus import statements
from firmware.ivr.menus.model import RECEPTION, Block, Fault, Menu, Statement
from firmware.ivr.menus.statements import Line, WrongLineError

BUILT_IN = f"""\
{RECEPTION}:
    say goes-to-reception
    dial reception
{UNAVAILABLE}:
    say not-possible
    dial reception
{REFUSED}:
    say not-allowed
    hang up
"""
"""The blocks that a menu has without writing them down."""
MOST_LINES = 2000
_BLOCK = re.compile(r"[a-z][a-z0-9-]*:\Z")


@dataclass(slots=True)
class _RawStatement:
    line: Line
    clauses: list[Line] = field(default_factory=list)


@dataclass(slots=True)
class _RawBlock:
    name: str
    line: int
    statements: list[_RawStatement] = field(default_factory=list)


@dataclass(slots=True)
class _File:
    """What has been read of one file, and what was wrong with it."""

    name: str
    faults: list[Fault] = field(default_factory=list)
    takes: tuple[str, ...] = ()
    blocks: list[_RawBlock] = field(default_factory=list)

    def fault(self, line: int, text: str) -> None:
        self.faults.append(Fault(self.name, line, text))

    def read(self, text: str) -> None:
        for line in _lines(text):
            if line.number > MOST_LINES:
                self.fault(line.number, f"a menu has at most {MOST_LINES} lines")
                return
            if line.indent == 0:
                self._margin(line)
            elif not self.blocks:
                self.fault(line.number, "before this there is no block; allowed: the name of a block, as start:")
            else:
                self._indented(self.blocks[-1], line)

    def _margin(self, line: Line) -> None:
        if line.words[0] == "takes" and not self.blocks and not self.takes:
            self.takes = line.words[1:]
            for name in self.takes:
                if not statements.is_name(name):
                    self.fault(line.number, f"{name!r} is not a name for a value")
        elif len(line.words) == 1 and _BLOCK.match(line.words[0]):
            name = line.words[0][:-1]
            if any(block.name == name for block in self.blocks):
                self.fault(line.number, f"there is a block {name} already")
            self.blocks.append(_RawBlock(name, line.number))
        else:
            self.fault(line.number, "is no name of a block; allowed: start: (statements are indented)")

    def _indented(self, block: _RawBlock, line: Line) -> None:
        depth = block.statements[0].line.indent if block.statements else line.indent
        if line.indent == depth:
            block.statements.append(_RawStatement(line))
        elif line.indent > depth:
            block.statements[-1].clauses.append(line)
        else:
            self.fault(line.number, "is indented less than the block's first statement")

    def built(self) -> Iterator[Block]:
        for block in self.blocks:
            if not block.statements:
                self.fault(block.line, f"the block {block.name} is empty")
            yield Block(block.name, block.line, tuple(self._statements(block)))

    def _statements(self, block: _RawBlock) -> Iterator[Statement]:
        for raw in block.statements:
            try:
                yield statements.read(raw.line, raw.clauses)
            except WrongLineError as error:
                for line, text in error.faults:
                    self.fault(line, text)


def parse(name: str, file: str, text: str) -> tuple[Menu, list[Fault]]:
    """A menu of a text, and every line of it that cannot be read; the menu is of use only if there is none."""
    read = _File(file)
    read.read(text)
    blocks = {block.name: block for block in read.built()}
    if not blocks and not read.faults:
        read.fault(1, "the menu has no block")
    for own in _built_in():
        blocks.setdefault(own.name, own)
    return Menu(name, file, read.takes, blocks), read.faults


def _built_in() -> Iterator[Block]:
    read = _File("built-in")
    read.read(BUILT_IN)
    for block in read.built():
        yield Block(block.name, 0, block.statements)


def _lines(text: str) -> Iterator[Line]:
    for number, raw in enumerate(text.removeprefix("\ufeff").splitlines(), 1):
        plain = raw.expandtabs()
        words = tuple(plain.split())
        if words and not words[0].startswith("#"):
            yield Line(number, len(plain) - len(plain.lstrip()), words)
