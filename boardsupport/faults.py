"""Which faults of a port stand."""

from __future__ import annotations

from collections.abc import Callable

from boardsupport.port import Fault, FaultKind, PortEvent


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

    def clear_all(self, text: str, but: FaultKind | None = None) -> None:
        """All that stand are over, except perhaps this one."""
        for kind in sorted(self._standing - {but}):
            self.set(kind, False, text)
