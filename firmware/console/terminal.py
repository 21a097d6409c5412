"""The line editor: keys in, text for the terminal out. It needs nothing of the terminal but CR and BS.

A line that is longer than the terminal is wide is seen through a window. What is typed at the end costs its own bytes
and no more, as befits 9600 baud.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from firmware.console.keys import Key, Stroke, columns
from firmware.console.screen import WIDTH

LONGEST_LINE = 200
LEAST_ROOM = 10
"""Columns of the window, whatever the prompt leaves."""
KEPT_LINES = 50
BELL = "\a"
LOST_BY_NOISE = 4
"""A line with so much in it that no keyboard sends is not shown any further: nobody writes there."""


@dataclass(frozen=True, slots=True)
class Line:
    """What was entered. `noisy`: something came within it that no keyboard sends."""

    text: str
    noisy: bool


@dataclass(frozen=True, slots=True)
class Offer:
    """What may stand where the cursor is: `words` replace the last `typed` characters before it."""

    words: tuple[str, ...] = ()
    typed: int = 0


Complete: TypeAlias = Callable[[str], Offer]


def _nothing(_: str) -> Offer:
    return Offer()


class Terminal:
    """Edits one line after the other; `write` takes text as it goes to the terminal."""

    def __init__(self, write: Callable[[str], None]) -> None:
        self._write = write
        self._prompt = ""
        self._is_secret = False
        self._complete: Complete = _nothing
        self._text: list[str] = []
        self._cursor = 0
        self._left = 0
        """The first character in the window."""
        self._shown = 0
        """How many columns of it are on the screen."""
        self._noise = 0
        self._history: list[str] = []
        self._place = 0
        self._draft: list[str] = []

    def begin(self, prompt: str, *, secret: bool = False, complete: Complete = _nothing) -> None:
        """A new line. `secret`: nothing of it is shown, and it is in no history."""
        self._prompt, self._is_secret, self._complete = prompt, secret, complete
        self._start_line()
        self._write(prompt)

    @property
    def line(self) -> str:
        """What has been typed so far."""
        return "".join(self._text)

    def forget(self) -> None:
        """Whoever is next sees nothing of what was entered."""
        self._history.clear()
        self._start_line()

    def redraw(self) -> None:
        """On a fresh line, after something else was written."""
        self._shown = 0
        self._write(self._prompt)
        self._draw(returned=True)

    def stroke(self, stroke: Stroke, *, keep: bool = False) -> Line | None:
        """What has been entered, if that was ENTER. `keep`: it can be fetched again by UP."""
        if stroke is Key.ENTER:
            return self._enter(keep)
        if isinstance(stroke, str):
            if self._noise < LOST_BY_NOISE:
                self._insert(stroke)
        elif stroke is Key.NOISE:
            self._noise += 1
        elif stroke is Key.TAB:
            self._offer()
        elif stroke in _ACTS:
            _ACTS[stroke](self)
        return None

    # -------------------------------------------------------------------------------------------------------- the line

    def _start_line(self) -> None:
        self._text, self._cursor, self._left, self._shown = [], 0, 0, 0
        self._noise = 0
        self._place = len(self._history)

    def _enter(self, keep: bool) -> Line:
        line = Line(self.line, self._noise > 0)
        self._write("\r\n")
        if keep and not self._is_secret and line.text.strip() and self._history[-1:] != [line.text]:
            self._history = [*self._history, line.text][-KEPT_LINES:]
        self._start_line()
        return line

    def _insert(self, text: str) -> None:
        if len(self._text) + len(text) > LONGEST_LINE:
            self._write(BELL)
            return
        at_end = self._cursor == len(self._text)
        self._text[self._cursor : self._cursor] = text
        self._cursor += len(text)
        if at_end and not self._is_secret and columns("".join(self._text[self._left :])) <= self._room:
            self._shown += columns(text)
            self._write(text)
        else:
            self._draw()

    def _erase(self, since: int, until: int) -> None:
        del self._text[since:until]
        self._cursor = since
        self._draw()

    def _move(self, place: int) -> None:
        self._cursor = max(0, min(place, len(self._text)))
        self._draw()

    def _backspace(self) -> None:
        if self._cursor:
            self._erase(self._cursor - 1, self._cursor)

    def _kill_word(self) -> None:
        before = "".join(self._text[: self._cursor]).rstrip()
        self._erase(before.rfind(" ") + 1, self._cursor)

    def _recall(self, step: int) -> None:
        place = self._place + step
        if self._is_secret or not 0 <= place <= len(self._history):
            return
        if self._place == len(self._history):
            self._draft = self._text
        self._place = place
        self._text = self._draft if place == len(self._history) else list(self._history[place])
        self._move(len(self._text))

    def _clear_screen(self) -> None:
        self._write("\x1b[H\x1b[2J")
        self.redraw()

    # ------------------------------------------------------------------------------------------------------ completion

    def _offer(self) -> None:
        if self._is_secret:
            return
        before = "".join(self._text[: self._cursor])
        offer = self._complete(before)
        if not offer.words:
            self._write(BELL)
            return
        typed = before[len(before) - offer.typed :]
        common = _common(offer.words) + (" " if len(offer.words) == 1 else "")
        if common.startswith(typed) and common != typed:
            self._insert(common[len(typed) :])
        elif len(offer.words) > 1:
            self._write("\r\n" + "".join(line + "\r\n" for line in in_columns(offer.words)))
            self.redraw()

    # --------------------------------------------------------------------------------------------------------- drawing

    @property
    def _room(self) -> int:
        return max(LEAST_ROOM, WIDTH - 1 - columns(self._prompt))

    def _draw(self, *, returned: bool = False) -> None:
        """`returned`: the prompt was just written, and nothing stands behind it."""
        if self._is_secret:
            return
        self._left = min(self._left, self._cursor)
        while self._left and columns("".join(self._text[self._left - 1 :])) <= self._room:
            self._left -= 1
        while columns("".join(self._text[self._left : self._cursor])) > self._room:
            self._left += 1
        seen = len(self._text)
        while columns("".join(self._text[self._left : seen])) > self._room:
            seen -= 1
        shown = "".join(self._text[self._left : seen])
        blank = max(0, self._shown - columns(shown))
        back = blank + columns("".join(self._text[self._cursor : seen]))
        self._shown = columns(shown)
        self._write(("" if returned else f"\r{self._prompt}") + shown + " " * blank + "\b" * back)


def _common(words: tuple[str, ...]) -> str:
    """What all of them begin with."""
    least, most = min(words), max(words)
    length = next((place for place, char in enumerate(least) if char != most[place]), len(least))
    return least[:length]


def in_columns(words: tuple[str, ...]) -> list[str]:
    """Side by side, as many as fit."""
    width = max(map(columns, words)) + 2
    a_row = max(1, (WIDTH - 1) // width)
    padded = [word + " " * (width - columns(word)) for word in words]
    return ["".join(padded[start : start + a_row]).rstrip() for start in range(0, len(padded), a_row)]


_ACTS: dict[Key, Callable[[Terminal], None]] = {
    Key.BACKSPACE: Terminal._backspace,
    Key.DELETE: lambda it: it._erase(it._cursor, it._cursor + 1),
    Key.LEFT: lambda it: it._move(it._cursor - 1),
    Key.RIGHT: lambda it: it._move(it._cursor + 1),
    Key.HOME: lambda it: it._move(0),
    Key.END: lambda it: it._move(len(it._text)),
    Key.UP: lambda it: it._recall(-1),
    Key.DOWN: lambda it: it._recall(1),
    Key.REDRAW: Terminal._clear_screen,
    Key.KILL_LINE: lambda it: it._erase(0, it._cursor),
    Key.KILL_WORD: Terminal._kill_word,
    Key.KILL_REST: lambda it: it._erase(it._cursor, len(it._text)),
}
