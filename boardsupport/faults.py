"""What can be wrong with a port, and which of its faults stand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from boardsupport.port import Fault, FaultKind


class ChipError(Exception):
    """The chip does not do what the data sheet promises; the text is for a technician."""


class NoClockError(ChipError):
    """PCLK or FSYNC is missing at the chip."""


class ChipFaultError(ChipError):
    """The port can't work for a reason that has a name in the port's events."""

    def __init__(self, kind: FaultKind, text: str) -> None:
        super().__init__(text)
        self.kind: FaultKind = kind


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why a port that worked works no more, or why it did not come up."""

    kind: FaultKind
    text: str


class FaultLog:
    """The faults that stand; each is told once when it is raised and once when it is over."""

    def __init__(self, emit: Callable[[Fault], None], clock: Callable[[], int]) -> None:
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
