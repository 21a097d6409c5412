"""Which way round the two wires are, against how they were when the line was last idle. Pure.

The states are those of `held.py`: NO is as it was, YES reversed.
"""

from __future__ import annotations

from boardsupport.fxo import FxoTimes, PolarityChanged
from boardsupport.si3050.held import Held


class PolarityMachine:
    """The polarity of one line. Without any voltage there is none, and nothing changes."""

    def __init__(self, times: FxoTimes) -> None:
        self._times = times
        self._held = Held(times.polarity)
        self._usual: bool | None = None
        """Whether the voltage is positive on the idle line; None: it has not been seen yet."""

    @property
    def steady(self) -> bool:
        return self._held.steady

    def differs(self, volts: float) -> bool:
        """This voltage does not have the polarity that is believed."""
        return volts != 0 and (self._usual is None or (volts > 0) != (self._usual != self._held.value))

    def sample(self, volts: float, at_ns: int) -> list[PolarityChanged]:
        """The line at that moment."""
        if volts == 0:
            return []
        if self._usual is None:
            self._usual = volts > 0
        if self._held.sample((volts > 0) != self._usual, at_ns):
            return [PolarityChanged(self._held.edge_ns, self._held.value)]
        return []

    def drop(self) -> None:
        """What was under way was something else: ringing voltage, or the port's own hook."""
        self._held.drop()

    def take_as_usual(self) -> None:
        """The polarity of this moment is the idle line's: what follows is told against it."""
        if self._usual is not None:
            self._usual = self._usual != self._held.value
        self._held = Held(self._times.polarity)
