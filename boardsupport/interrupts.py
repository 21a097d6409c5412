"""The chips' interrupt lines: each pin is the wired-OR of several chips, of one kind or of several.

After an edge everybody who serves the pin looks at their chips, again and again until none has signalled, because a
line that stays low gives no further edge.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from itertools import chain
from typing import Protocol

from boardsupport.bus import BusError, Pins

MOST_ROUNDS = 8
"""A chip that signals for ever must not hold up the loop; its port is looked at again by the poll."""


class Attentive(Protocol):
    """Who serves the chips of one kind on an interrupt pin."""

    def look(self, pin: int, at_ns: int) -> bool:
        """Serve those on this pin, which fell at `at_ns`, and clear what they signal; whether one did."""
        ...

    def bus_failed(self, text: str) -> None:
        """There will be no edges any more."""
        ...


class InterruptLines:
    """One per board, on the line thread's loop."""

    def __init__(self, pins: Pins, clock: Callable[[], int]) -> None:
        self._pins = pins
        self._clock = clock
        self._served: dict[int, list[Attentive]] = {}
        self._watched: set[int] = set()

    def serve(self, pin: int, who: Attentive) -> None:
        """Tell `who` of this pin from now on. Raises BusError."""
        if not self._served:
            asyncio.get_running_loop().add_reader(self._pins.fileno(), self.on_edges)
        if pin not in self._watched:
            self._pins.watch(pin)
            self._watched.add(pin)
        serving = self._served.setdefault(pin, [])
        if who not in serving:
            serving.append(who)

    def leave(self, who: Attentive) -> None:
        """Tell `who` nothing more."""
        for pin in [pin for pin, serving in self._served.items() if who in serving]:
            self._served[pin].remove(who)
            if not self._served[pin]:
                del self._served[pin]
        if not self._served:
            asyncio.get_running_loop().remove_reader(self._pins.fileno())

    def on_edges(self) -> None:
        """The pins have something to tell."""
        try:
            edges = self._pins.edges()
        except BusError as failure:
            asyncio.get_running_loop().remove_reader(self._pins.fileno())
            for who in set(chain.from_iterable(self._served.values())):
                who.bus_failed(str(failure))
            return
        fallen: dict[int, int] = {}
        for edge in edges:
            if not edge.level:
                fallen.setdefault(edge.pin, edge.at_ns)
        for pin, at_ns in fallen.items():
            self._until_silent(pin, at_ns)

    def _until_silent(self, pin: int, at_ns: int) -> None:
        for _ in range(MOST_ROUNDS):
            signalled = [who.look(pin, at_ns) for who in self._served.get(pin, ())]
            if not any(signalled):
                return
            at_ns = self._clock()
