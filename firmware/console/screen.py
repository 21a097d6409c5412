"""What goes to the terminal: bounded, and nothing in it that others have said steers the terminal."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

WIDTH = 80
MOST_WAITING_BYTES = 4096
"""What the terminal has not taken yet: at 9600 baud four seconds."""
DRAIN_POLL_S = 0.05
CLEAR = "\r\n" * 24 + "\x1b[H\x1b[2J"
"""The lines for a terminal that knows no sequences."""


class Wire(Protocol):
    """The way to the terminal. `physical`: who sits there stands before the box; `place`: where that is."""

    place: str
    physical: bool

    def send(self, data: bytes) -> object: ...

    @property
    def backlog(self) -> int:
        """Bytes that were sent and are not taken."""
        ...

    def hang_up(self) -> None:
        """End it, if it is one that ends; not from within this call."""
        ...


class Screen:
    """Writes text to a wire."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._left_out = 0
        self._held: list[str] | None = None

    def write(self, text: str) -> None:
        """As it is; what a terminal that does not read would get is lost."""
        if self._held is not None:
            self._held.append(text)
        elif text and self._wire.backlog <= 2 * MOST_WAITING_BYTES:
            self._wire.send(text.encode("utf-8", "replace"))

    @contextmanager
    def at_once(self) -> Iterator[None]:
        """What is written inside goes out together: a byte that comes shall not cost a system call for each answer."""
        self._held = []
        try:
            yield
        finally:
            self.flush()
            self._held = None

    def flush(self) -> None:
        """What was held back goes out."""
        held, self._held = self._held, None
        self.write("".join(held or ()))
        self._held = None if held is None else []

    def say(self, text: str) -> None:
        """Lines."""
        self.write("".join(f"{visible(line)}\r\n" for line in text.splitlines()))

    def follow(self, text: str) -> None:
        """A line that comes by itself; those for which the terminal is too slow are counted."""
        if self._wire.backlog > MOST_WAITING_BYTES:
            self._left_out += 1
            return
        if self._left_out:
            self.say(f"... {self._left_out} lines left out: the terminal is too slow")
            self._left_out = 0
        self.say(text)

    async def drained(self) -> None:
        """There is room for more."""
        while self._wire.backlog > MOST_WAITING_BYTES:  # noqa: ASYNC110 - a UART can only be asked
            await asyncio.sleep(DRAIN_POLL_S)


def visible(line: str) -> str:
    """Without anything that is not seen."""
    return "".join(char if char.isprintable() else "?" for char in line)
