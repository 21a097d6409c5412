"""Timers as data, and the set of running ones.

A timer keeps its standard number (T301, T303, ...) where a standard has one, else an X number of ours.
"""

from __future__ import annotations

import heapq
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TimerSpec:
    """One row of a timer table; all times in seconds."""

    number: str
    default: float
    minimum: float
    maximum: float
    sentence: str

    def value(self, settings: Mapping[str, float]) -> float:
        """The site's value, or the default. Raises ValueError outside minimum..maximum."""
        seconds = settings.get(self.number, self.default)
        if not self.minimum <= seconds <= self.maximum:
            raise ValueError(f"timer {self.number}: {seconds} s is not in {self.minimum}..{self.maximum} s")
        return seconds


T302 = TimerSpec("T302", 4, 1, 30, "between two digits; then what was dialled is all there is")
"""Here, because whoever checks a site's numbers tells the default too."""


class Timers:
    """Deadlines by key on the caller's time scale; pure, the caller brings the time."""

    def __init__(self) -> None:
        self._deadlines: dict[Hashable, tuple[float, int]] = {}
        self._heap: list[tuple[float, int, Hashable]] = []
        self._order = 0

    def arm(self, key: Hashable, deadline: float) -> None:
        """Start the timer, or move it if it runs."""
        self._order += 1
        self._deadlines[key] = (deadline, self._order)
        heapq.heappush(self._heap, (deadline, self._order, key))

    def disarm(self, key: Hashable) -> None:
        """Stop the timer; a timer that does not run is no error."""
        self._deadlines.pop(key, None)

    def running(self, key: Hashable) -> bool:
        return key in self._deadlines

    def next_deadline(self) -> float | None:
        """When `due` has something, or None."""
        while self._heap:
            deadline, order, key = self._heap[0]
            if self._deadlines.get(key) == (deadline, order):
                return deadline
            heapq.heappop(self._heap)
        return None

    def due(self, now: float) -> Iterator[Hashable]:
        """The keys that have expired by `now`, earliest first; each is disarmed before it is given out."""
        while (deadline := self.next_deadline()) is not None and deadline <= now:
            key = heapq.heappop(self._heap)[2]
            del self._deadlines[key]
            yield key
