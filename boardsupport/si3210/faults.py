"""What a port keeps about its faults: which stand, and how many power alarms count."""

from __future__ import annotations

from collections.abc import Callable

from boardsupport.port import Fault, FaultKind, PortEvent

MOST_POWER_ALARMS = 10
FORGIVE_NS = 10_000_000_000
"""One power alarm is forgiven in this time."""


class FaultLog:
    """The faults that stand; each is told once when it is raised and once when it is over."""

    def __init__(self, emit: Callable[[PortEvent], None], clock: Callable[[], int]) -> None:
        self._emit = emit
        self._clock = clock
        self._standing: set[FaultKind] = set()

    def set(self, kind: FaultKind, raised: bool, text: str) -> None:
        """Raise or clear; what changes nothing isn't told."""
        if raised == (kind in self._standing):
            return
        if raised:
            self._standing.add(kind)
        else:
            self._standing.discard(kind)
        self._emit(Fault(self._clock(), kind, raised, text))

    def now(self) -> int:
        """The clock that faults are stamped with."""
        return self._clock()

    def clear_all(self, text: str, but: FaultKind | None = None) -> None:
        for kind in sorted(self._standing - {but}):
            self.set(kind, False, text)


class PowerAlarms:
    """Counts power alarms; one is forgiven every ten seconds."""

    def __init__(self) -> None:
        self._count = 0
        self._since_ns = 0

    def add(self, now_ns: int) -> int:
        """One more; how many count now."""
        self._forgive(now_ns)
        if self._count == 0:
            self._since_ns = now_ns
        self._count += 1
        return self._count

    def forget(self) -> None:
        self._count = 0

    def _forgive(self, now_ns: int) -> None:
        forgiven = min(self._count, (now_ns - self._since_ns) // FORGIVE_NS)
        self._count -= forgiven
        self._since_ns += forgiven * FORGIVE_NS
