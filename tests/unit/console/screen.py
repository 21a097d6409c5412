"""A terminal as simple as they come, which shows what was written to it."""

from __future__ import annotations

from firmware.console.keys import columns

WIDTH = 80


class Glass:
    """CR, LF, BS, BEL, and clearing of the screen; a character too many would be written over the last."""

    def __init__(self) -> None:
        self.clear()
        self.bells = 0

    def clear(self) -> None:
        self.lines: list[list[str]] = [[" "] * WIDTH]
        self.column = 0

    def write(self, text: str) -> None:
        while text:
            if text.startswith("\x1b[H\x1b[2J"):
                self.clear()
                text = text[7:]
                continue
            self._put(text[0])
            text = text[1:]

    def _put(self, char: str) -> None:
        if char == "\r":
            self.column = 0
        elif char == "\n":
            self.lines.append([" "] * WIDTH)
        elif char == "\b":
            self.column -= 1
        elif char == "\a":
            self.bells += 1
        else:
            assert char.isprintable(), repr(char)
            assert self.column < WIDTH, "beyond the right edge"
            self._show(char)

    def _show(self, char: str) -> None:
        if (width := columns(char)) == 0:
            return
        self.lines[-1][self.column] = char
        if width == 2:
            self.lines[-1][self.column + 1] = ""
        self.column += width

    @property
    def line(self) -> str:
        return "".join(self.lines[-1]).rstrip()

    @property
    def text(self) -> str:
        return "\n".join("".join(line).rstrip() for line in self.lines)
