"""Brings speech to the telephone's 8 kHz: a windowed-sinc low pass at 3.4 kHz, evaluated only where it is needed."""

from __future__ import annotations

import math
from array import array
from operator import mul

RATE_HZ = 8000
PASS_HZ = 3400.0
HALF_TAPS = 32
PHASES = 64
"""Positions between two input samples for which the filter is prepared."""


def to_8_khz(samples: array[int], rate: int) -> array[int]:
    """16-bit samples at `rate` (8 kHz or more) to 8 kHz. Raises ValueError for a lower rate."""
    if rate == RATE_HZ:
        return samples
    if rate < RATE_HZ:
        raise ValueError(f"{rate} Hz is less than {RATE_HZ} Hz")
    phases = [_taps(phase / PHASES, rate) for phase in range(PHASES)]
    silence = array("h", bytes(2 * HALF_TAPS))
    padded = silence + samples + silence + silence
    resampled = array("h")
    for index in range(len(samples) * RATE_HZ // rate):
        place, rest = divmod(index * rate, RATE_HZ)
        taps = phases[rest * PHASES // RATE_HZ]
        value = sum(map(mul, taps, padded[place + 1 : place + 1 + 2 * HALF_TAPS]))
        resampled.append(max(-32768, min(32767, round(value))))
    return resampled


def _taps(fraction: float, rate: int) -> list[float]:
    """Taps for an output that lies `fraction` of a sample behind the middle of the window; their sum is one."""
    cut = 2 * PASS_HZ / rate
    taps = []
    for index in range(2 * HALF_TAPS):
        distance = index - HALF_TAPS + 1 - fraction
        window = 0.5 + 0.5 * math.cos(math.pi * distance / HALF_TAPS) if abs(distance) < HALF_TAPS else 0.0
        angle = math.pi * cut * distance
        taps.append(window * (cut if angle == 0 else cut * math.sin(angle) / angle))
    total = sum(taps)
    return [tap / total for tap in taps]
