"""Counters and times of the audio path."""

from __future__ import annotations

from collections import deque

MINUTE_BLOCKS = 6000


class TickFigures:
    """How long the ticks of the last minute took, and how many came too late since start."""

    def __init__(self) -> None:
        self.blocks = 0
        self.late_blocks = 0
        self.underruns = 0
        self._times_us: deque[int] = deque(maxlen=MINUTE_BLOCKS)

    def tick(self, took_ns: int) -> None:
        """A block was answered `took_ns` after it was read."""
        self.blocks += 1
        self._times_us.append(took_ns // 1000)

    def percentiles_us(self) -> tuple[int, int, int]:
        """Median, 99th percentile and maximum of the last minute."""
        ordered = sorted(self._times_us)
        if not ordered:
            return 0, 0, 0
        last = len(ordered) - 1
        return ordered[last // 2], ordered[last * 99 // 100], ordered[last]
