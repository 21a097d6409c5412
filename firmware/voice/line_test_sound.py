"""What a line test hears, worked out block by block, so that no block of 10 ms takes longer for it. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence

BLOCK = 80
RATE_HZ = 8000
PEAK_0DBM0 = 32767 / 10 ** (3.14 / 20)
"""Of 16-bit samples (ITU-T G.711: a sine wave at full scale has 3.14 dBm0)."""
LEAST_DBM0 = -90.0
"""Silence."""


class NoiseMeter:
    """The power of what is heard, without its direct part, in dBm0; unweighted, 0 to 4 kHz."""

    def __init__(self) -> None:
        self._power = 0.0
        self.blocks = 0

    def take(self, samples: Sequence[int]) -> None:
        """A block of linear samples."""
        mean = sum(samples) / len(samples)
        self._power += sum((sample - mean) ** 2 for sample in samples) / len(samples)
        self.blocks += 1

    @property
    def dbm0(self) -> float:
        return _dbm0(2 * self._power / self.blocks) if self.blocks else LEAST_DBM0


class ToneMeter:
    """The level of one tone among others (a dial tone), in dBm0: Goertzel's filter in a Hann window of `blocks`."""

    def __init__(self, hz: float, blocks: int) -> None:
        self._total = blocks * BLOCK
        self._coefficient = 2 * math.cos(2 * math.pi * hz / RATE_HZ)
        self._last = self._before = 0.0
        self._taken = 0

    @property
    def full(self) -> bool:
        return self._taken >= self._total

    def take(self, samples: Sequence[int]) -> None:
        """A block of linear samples; those after the window count no more."""
        if self.full:
            return
        turn = 2 * math.pi / self._total
        for number, sample in enumerate(samples, self._taken):
            weighted = sample * (1 - math.cos(turn * number))
            self._last, self._before = weighted + self._coefficient * self._last - self._before, self._last
        self._taken += len(samples)

    @property
    def dbm0(self) -> float:
        squared = self._last**2 + self._before**2 - self._coefficient * self._last * self._before
        return _dbm0(4 * squared / self._total**2)


def _dbm0(squared_peak: float) -> float:
    """The level of a sine wave of this squared peak."""
    return max(LEAST_DBM0, 10 * math.log10(max(squared_peak, 1e-9) / PEAK_0DBM0**2))
