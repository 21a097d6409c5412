"""How long a link waits before it tries again."""

from __future__ import annotations

from dataclasses import dataclass

_MAX_DOUBLINGS = 16
"""More than any `longest` needs, and no number grows without end."""


@dataclass(frozen=True, slots=True)
class BackOff:
    """The first try again comes soon, for a cable that was moved; those after it ever more seldom. In seconds."""

    soon: float = 0.5
    first: float = 5.0
    longest: float = 60.0
    steady: float = 10.0
    """A connection that stood for so long was a good one: after it, all begins anew."""

    def wait(self, tries: int) -> float:
        """Before the next try, when so many were made since the last good connection ended."""
        if tries == 0:
            return self.soon
        return min(self.first * 2.0 ** min(tries - 1, _MAX_DOUBLINGS), self.longest)
