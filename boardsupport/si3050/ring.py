"""What half-waves of ringing voltage mean: bursts, the pauses between them, and that a caller has given up.

Pure and driven by one table. The line is sampled, and a sample tells only whether a half-wave is there at that moment;
so time with half-waves is weighed against time without, as the Linux drivers do: believed when `ring_min` milliseconds
have come together, over when they are used up, four times as slowly. A burst's edges carry the times of its first and
last half-wave.

    SILENT --half-wave--> RISING --enough--> BURST --none left--> PAUSE --too long--> SILENT, ringing has stopped
    RISING --none left--> SILENT; PAUSE --half-wave--> RISING_AGAIN --enough--> BURST, or --none left--> PAUSE
"""

from __future__ import annotations

from enum import Enum, auto

from boardsupport.fxo import FxoEvent, FxoTimes, RingingStopped
from boardsupport.port import RingBurst
from boardsupport.si3050.rules import RuledMachine, Rules

NS_PER_MS = 1_000_000
SAMPLE_MS = 16.0
"""The most that one sample stands for, however long ago the one before was (the Linux drivers poll so often)."""
FALL = 4.0
"""A half-wave weighs so much more than its absence: half of the time between two samples there may be none."""


class RingState(Enum):
    SILENT = auto()
    """No call rings in."""
    RISING = auto()
    """Half-waves, but not for long: a reversal of the line makes one too."""
    BURST = auto()
    """It rings."""
    PAUSE = auto()
    """Between two bursts, or after the last one."""
    RISING_AGAIN = auto()
    """RISING within a pause."""


class RingInput(Enum):
    WAVE = auto()
    FILLED = auto()
    EMPTIED = auto()
    EXPIRED = auto()


_TABLE: Rules[RingState, RingInput] = {
    (RingState.SILENT, RingInput.WAVE): ("_rise", RingState.RISING),
    (RingState.RISING, RingInput.FILLED): ("_begin", RingState.BURST),
    (RingState.RISING, RingInput.EMPTIED): ("_nothing", RingState.SILENT),
    (RingState.BURST, RingInput.EMPTIED): ("_end", RingState.PAUSE),
    (RingState.PAUSE, RingInput.WAVE): ("_rise", RingState.RISING_AGAIN),
    (RingState.PAUSE, RingInput.EXPIRED): ("_stop", RingState.SILENT),
    (RingState.RISING_AGAIN, RingInput.FILLED): ("_begin", RingState.BURST),
    (RingState.RISING_AGAIN, RingInput.EMPTIED): ("_nothing", RingState.PAUSE),
}


class RingMachine(RuledMachine[RingState, RingInput]):
    """The ringing of one line."""

    def __init__(self, times: FxoTimes) -> None:
        super().__init__(_TABLE, RingState.SILENT)
        self._times = times
        self._weight_ms = 0.0
        self._sampled_ns: int | None = None
        self._first_ns = 0
        self._wave_ns = 0
        """When the last half-wave was seen."""
        self._ended_ns = 0
        """When the last burst ended."""
        self._number = 0

    @property
    def bursting(self) -> bool:
        """Ringing voltage is on the line, as far as is known for certain."""
        return self.state is RingState.BURST

    def sample(self, half_wave: bool, at_ns: int) -> list[FxoEvent]:
        """The line at that moment."""
        events = self._expire(at_ns)
        if half_wave:
            self._wave_ns = at_ns
            events += self._handle(RingInput.WAVE, at_ns)
        self._weigh(half_wave, at_ns)
        if self._weight_ms >= self._times.ring_min:
            events += self._handle(RingInput.FILLED, at_ns)
        elif self._weight_ms <= 0:
            events += self._handle(RingInput.EMPTIED, at_ns)
        return events

    def end(self) -> None:
        """The line has been seized, or is out of service: nothing rings any more."""
        self.state = RingState.SILENT
        self._weight_ms = 0.0
        self._number = 0

    def _weigh(self, half_wave: bool, at_ns: int) -> None:
        since_ms = SAMPLE_MS if self._sampled_ns is None else (at_ns - self._sampled_ns) / NS_PER_MS
        step_ms = min(SAMPLE_MS, since_ms)
        weight_ms = self._weight_ms + (step_ms if half_wave else -step_ms / FALL)
        self._weight_ms = max(0.0, min(weight_ms, self._times.ring_min))
        self._sampled_ns = at_ns

    def _expire(self, at_ns: int) -> list[FxoEvent]:
        """The pause has been too long; a half-wave of this moment belongs to the next call."""
        if at_ns < self._ended_ns + round(self._times.ring_pause_max * NS_PER_MS):
            return []
        return self._handle(RingInput.EXPIRED, at_ns)

    def _rise(self, at_ns: int) -> list[FxoEvent]:
        self._first_ns = at_ns
        return []

    def _begin(self, _at_ns: int) -> list[FxoEvent]:
        self._number += 1
        return [RingBurst(self._first_ns, True, self._number)]

    def _end(self, _at_ns: int) -> list[FxoEvent]:
        self._ended_ns = self._wave_ns
        return [RingBurst(self._ended_ns, False, self._number)]

    def _stop(self, at_ns: int) -> list[FxoEvent]:
        self._number = 0
        return [RingingStopped(at_ns)]
