"""The box's button: an input with a pull-up, which the button draws to ground; what bounces is no press."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from boardsupport.bus import Pins

Change: TypeAlias = Literal["down", "up"]
SETTLED_LOOKS = 2
"""A level counts when so many looks in a row agree; contacts bounce for some 10 ms, looks are 50 ms apart."""


@dataclass(frozen=True, slots=True)
class Press:
    """The button went down, or came up after it was held for `held_s`."""

    change: Change
    held_s: float = 0.0


class Button:
    """One button, to be looked at regularly."""

    def __init__(self, pins: Pins, pin: int) -> None:
        self._pins = pins
        self._pin = pin
        self._down = False
        self._differing = 0
        self._differs_since_s = 0.0
        self._since_s = 0.0

    def held_s(self, now_s: float) -> float:
        """For how long it has been down; 0: it is up."""
        return now_s - self._since_s if self._down else 0.0

    def look(self, now_s: float) -> Press | None:
        """What has changed, if anything. Raises BusError."""
        if (not self._pins.read(self._pin)) == self._down:
            self._differing = 0
            return None
        if self._differing == 0:
            self._differs_since_s = now_s
        self._differing += 1
        if self._differing < SETTLED_LOOKS:
            return None
        held_s, self._down, self._differing = self._differs_since_s - self._since_s, not self._down, 0
        self._since_s = self._differs_since_s
        return Press("down") if self._down else Press("up", held_s)
