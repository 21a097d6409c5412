"""Tells somebody who speaks on a line, where dial tone should be, from every tone that an exchange may send.

What consists of one or two sines obeys x[n] + x[n-4] = a (x[n-1] + x[n-3]) + b x[n-2] with two numbers a and b that
depend on the frequencies alone (each pair of zeros of its prediction filter lies on the unit circle). They are fitted
to each block; of a tone, or two that beat, next to nothing remains, of speech a third of its power or more.
"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

LOUD_DBM0 = -40.0
BLOCKS = 30
"""300 ms of sound."""
REMAINS = 0.2
"""Of the power: two tones of -33 dBm0 in noise of -45 dBm0 leave half of it, a loud voice twice as much."""


class SpeechSense:
    """One line's, from the moment at which it was seized."""

    def __init__(self) -> None:
        self._remains: list[float] = []

    def heard(self, dbm0: float, samples: Sequence[int]) -> bool:
        """Take a block of 10 ms, its level and its linear samples; whether somebody has spoken by now."""
        if dbm0 > LOUD_DBM0:
            self._remains.append(beside_two_tones(samples))
        return len(self._remains) >= BLOCKS and median(self._remains) > REMAINS


def beside_two_tones(samples: Sequence[int]) -> float:
    """The part of the signal's power that one or two tones do not explain; may exceed 1 for hissing."""
    uu = uv = vv = yu = yv = yy = 0
    x0, x1, x2, x3 = samples[:4]
    for x4 in samples[4:]:
        u, y = x1 + x3, x0 + x4
        uu, uv, vv = uu + u * u, uv + u * x2, vv + x2 * x2
        yu, yv, yy = yu + y * u, yv + y * x2, yy + y * y
        x0, x1, x2, x3 = x1, x2, x3, x4
    if not vv:
        return 0.0
    det = uu * vv - uv * uv
    if det:
        a, b = (yu * vv - yv * uv) / det, (yv * uu - yu * uv) / det
    else:  # a single frequency, to the last bit
        a, b = (yu / uu if uu else 0.0), 0.0
    return (yy - a * yu - b * yv) / vv
