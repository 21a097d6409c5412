"""Tells somebody on a line where dial tone should be from the tones with which an exchange answers a seizure.

What consists of one or two sines obeys x[n] + x[n-4] = a (x[n-1] + x[n-3]) + b x[n-2] with two numbers a and b that
depend on the frequencies alone (each pair of zeros of its prediction filter lies on the unit circle). They are fitted
to each block; of a tone, or two that beat, next to nothing remains, of speech a third of its power or more. A single
tone above all dial and busy tones is somebody too: a fax that calls.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import cos, pi

from boardsupport.bus import SAMPLE_RATE_HZ

LOUD_DBM0 = -40.0
BLOCKS = 30
"""300 ms of sound."""
REMAINS = 0.2
"""Of the power: two tones of -33 dBm0 in noise of -45 dBm0 leave half of it, a loud voice twice as much."""
HIGHEST_HZ = 650.0
"""Dial and busy tones have 300 to 620 Hz (ITU-T E.180 supplement 2)."""
_HIGHEST = cos(2 * pi * HIGHEST_HZ / SAMPLE_RATE_HZ)


class SpeechSense:
    """One line's, from the moment at which it was seized."""

    def __init__(self) -> None:
        self._blocks = 0
        self._strange = 0

    def heard(self, dbm0: float, samples: Sequence[int]) -> bool:
        """Take a block of 10 ms, its level and its linear samples; whether somebody is known to be there by now."""
        if dbm0 > LOUD_DBM0:
            remains, cosine = beside_two_tones(samples)
            self._blocks += 1
            self._strange += remains > REMAINS or cosine < _HIGHEST
        return self._blocks >= BLOCKS and 2 * self._strange > self._blocks


def beside_two_tones(samples: Sequence[int]) -> tuple[float, float]:
    """The part of the signal's power that one or two tones do not explain, and the cosine of its mean frequency.

    The part may exceed 1 for what hisses. The cosine is that of the angle per sample, weighted by power.
    """
    uu = uv = vv = yu = yv = yy = 0
    x0, x1, x2, x3 = samples[:4]
    for x4 in samples[4:]:
        u, y = x1 + x3, x0 + x4
        uu, uv, vv = uu + u * u, uv + u * x2, vv + x2 * x2
        yu, yv, yy = yu + y * u, yv + y * x2, yy + y * y
        x0, x1, x2, x3 = x1, x2, x3, x4
    if not vv:
        return 0.0, 1.0
    det = uu * vv - uv * uv
    if det:
        a, b = (yu * vv - yv * uv) / det, (yv * uu - yu * uv) / det
    else:  # a single frequency, to the last bit
        a, b = (yu / uu if uu else 0.0), 0.0
    return (yy - a * yu - b * yv) / vv, uv / (2 * vv)
