"""From the bytes of a terminal to keys. What no keyboard sends is noise.

Understood: UTF-8, the control characters of a line editor, and the cursor keys of ECMA-48 terminals (xterm, VT100,
Linux). CR, LF, CR LF and CR NUL (RFC 854) are one ENTER each.
"""

from __future__ import annotations

import codecs
import unicodedata
from collections.abc import Iterator
from enum import Enum, auto
from typing import TypeAlias

LONGEST_SEQUENCE = 16
"""An escape sequence that is longer is none."""


class Key(Enum):
    """All that is not a character."""

    ENTER = auto()
    BACKSPACE = auto()
    DELETE = auto()
    LEFT = auto()
    RIGHT = auto()
    UP = auto()
    DOWN = auto()
    HOME = auto()
    END = auto()
    TAB = auto()
    INTERRUPT = auto()
    LEAVE = auto()
    """Ctrl-D."""
    REDRAW = auto()
    KILL_LINE = auto()
    KILL_WORD = auto()
    KILL_REST = auto()
    NOISE = auto()


Stroke: TypeAlias = Key | str
"""A key, or one printable character."""

_CONTROLS = {
    "\x01": Key.HOME, "\x02": Key.LEFT, "\x03": Key.INTERRUPT, "\x04": Key.LEAVE, "\x05": Key.END, "\x06": Key.RIGHT,
    "\x08": Key.BACKSPACE, "\x09": Key.TAB, "\x0a": Key.ENTER, "\x0b": Key.KILL_REST, "\x0c": Key.REDRAW,
    "\x0d": Key.ENTER, "\x0e": Key.DOWN, "\x10": Key.UP, "\x15": Key.KILL_LINE, "\x17": Key.KILL_WORD,
    "\x7f": Key.BACKSPACE,
}  # fmt: skip
_SEQUENCES = {
    "A": Key.UP, "B": Key.DOWN, "C": Key.RIGHT, "D": Key.LEFT, "H": Key.HOME, "F": Key.END,
    "1~": Key.HOME, "3~": Key.DELETE, "4~": Key.END, "7~": Key.HOME, "8~": Key.END,
}  # fmt: skip


class Keys:
    """Takes bytes in whatever pieces they come."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._sequence = ""
        """An escape sequence so far, its ESC included."""
        self._after_cr = False

    def take(self, data: bytes) -> Iterator[Stroke]:
        """The strokes that are complete by now."""
        for char in self._decoder.decode(data):
            stroke = self._escaped(char) if self._sequence else self._plain(char)
            if stroke is not None:
                yield stroke

    def _plain(self, char: str) -> Stroke | None:
        after_cr, self._after_cr = self._after_cr, char == "\r"
        if after_cr and char in "\n\0":
            return None
        if char == "\x1b":
            self._sequence = char
            return None
        if char.isprintable() and char != "\ufffd":
            return char
        return _CONTROLS.get(char, Key.NOISE)

    def _escaped(self, char: str) -> Stroke | None:
        if char < " " or char == "\x7f":  # no part of a sequence: what was begun is given up
            self._sequence = ""
            return self._plain(char)
        self._sequence += char
        if self._sequence in ("\x1b[", "\x1bO"):
            return None
        is_whole = not self._sequence.startswith(("\x1b[", "\x1bO")) or "@" <= char <= "~"
        if not is_whole and len(self._sequence) < LONGEST_SEQUENCE:
            return None
        said, self._sequence = self._sequence[2:], ""
        return _SEQUENCES.get(said) if is_whole else Key.NOISE  # F1 is no noise, and does nothing


def columns(text: str) -> int:
    """How wide a terminal shows it (UAX 11; combining marks take no place)."""
    return len(text) if text.isascii() else sum(map(_width, text))


def _width(char: str) -> int:
    return 0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1
