"""What the models of all chips have in common: their time, their place on the highway, and the face the bench sees."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple, Protocol

from boardsupport.bus import Law

SAMPLES_PER_MS = 8
PCLK_HZ = frozenset((256_000, 512_000, 768_000, 1_024_000, 1_536_000, 1_544_000, 2_048_000, 4_096_000, 8_192_000))
"""Accepted PCM clocks (board.md 3.2)."""
HIGH_IMPEDANCE = 0xFF
"""What is read where nothing drives SDO: a pull-up."""
BYTE_SAMPLES = 8 / 1_000_000 * 8000
"""Eight clocks of a 1 MHz SPI, in samples of time."""


class PcmMap(NamedTuple):
    """Where in the frame a chip sends and listens: bit offsets from FSYNC, and its law."""

    transmit_bit: int
    receive_bit: int
    law: Law


class ChipModel(Protocol):
    """What the bench does with a chip of any kind."""

    @property
    def now(self) -> float:
        """The model's time in samples."""
        ...

    @property
    def interrupt(self) -> bool:
        """The INT pin is pulled low."""
        ...

    @property
    def interrupt_at(self) -> float:
        """The sample at which `interrupt` last changed."""
        ...

    @property
    def audio_version(self) -> int:
        """Changes whenever anything of the audio path may have changed."""
        ...

    def advance(self, samples: float) -> None:
        """Time passes."""
        ...

    def power(self, on: bool) -> None:
        """The board's supply."""
        ...

    def reset_pin(self, asserted: bool) -> None: ...

    def transfer(self, data: bytes) -> bytes:
        """One chip-select window."""
        ...

    def pcm_map(self) -> PcmMap | None:
        """Start counts and law while the PCM interface is enabled and clocked."""
        ...

    def audio_path(self) -> bool:
        """Speech passes between highway and line, at least in one direction."""
        ...

    def digital_loopback(self) -> bool:
        """What the highway sends to the chip comes back from it."""
        ...

    def gains(self) -> tuple[float, float]:
        """Linear gain from highway to line, and from line to highway."""
        ...

    def impairment(self) -> tuple[float, float]:
        """What the chip adds to speech towards the highway: direct offset and peak of 50 Hz hum, in 16-bit steps."""
        ...


class Timers:
    """Time in samples of 125 us, fractions included, and what falls due in it, by name."""

    def __init__(self) -> None:
        self.now = 0.0
        self.next_due = math.inf
        self._timers: dict[str, tuple[float, Callable[[], object]]] = {}

    def set_timer(self, name: str, after: float, action: Callable[[], object]) -> None:
        """Call `action` in `after` samples; replaces the timer of this name."""
        self._timers[name] = (self.now + after, action)
        self._find_next()

    def clear_timer(self, name: str) -> None:
        if self._timers.pop(name, None) is not None:
            self._find_next()

    def clear_timers(self) -> None:
        self._timers.clear()
        self.next_due = math.inf

    def has_timer(self, name: str) -> bool:
        return name in self._timers

    def run_until(self, target: float) -> None:
        """Let time pass and fire what comes due, in order."""
        while self.next_due <= target:
            name = min(self._timers, key=lambda each: self._timers[each][0])
            at, action = self._timers.pop(name)
            self.now = max(self.now, at)
            self._find_next()
            action()
        self.now = max(self.now, target)

    def _find_next(self) -> None:
        self.next_due = min((at for at, _ in self._timers.values()), default=math.inf)
