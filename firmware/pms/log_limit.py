"""How much of what is wrong with a link's traffic goes into the log: a PMS gone mad must not fill it."""

from __future__ import annotations

MOST_LINES, WITHIN_S = 20, 10.0


class LogLimit:
    """At most MOST_LINES in WITHIN_S from the first on; then how many were left out, once. Times in seconds."""

    def __init__(self) -> None:
        self._ends: float | None = None
        self._lines = 0

    def allows(self, now: float) -> bool:
        """Whether one more line may be written; after `left_out`."""
        if self._ends is None:
            self._ends = now + WITHIN_S
        self._lines += 1
        return self._lines <= MOST_LINES

    def left_out(self, now: float) -> int:
        """How many were, when the time is over; then it begins anew with the next line."""
        if self._ends is None or now < self._ends:
            return 0
        lines, self._lines, self._ends = self._lines, 0, None
        return max(0, lines - MOST_LINES)

    @property
    def deadline(self) -> float | None:
        """When `left_out` has something to say; None: nothing was left out so far."""
        return self._ends if self._lines > MOST_LINES else None
