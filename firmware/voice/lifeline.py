"""When the lifeline telephone is taken off the company line again: not in the midst of a call that it has there.

The relay falls when voice is gone, and whoever lifts then is on the company line. The line's port is bridged across it
all the while, and sees whether it is in use.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, TypeAlias

LineUse: TypeAlias = Literal["unknown", "in-use", "idle", "lost"]
"""unknown: its port is not in service; lost: nor is the telephone's, and the box has no use for either."""

LINE = "fxo/1"
"""Where the relay leads."""
IDLE_S = 1.2
"""Less between two times in use may be a flash, which lasts 1.1 s at most (GR-506-CORE), or pulses of a dial."""
PATIENCE_S = 10.0
"""After the start, until a line of which nothing is known counts as idle."""


class LifelineHold:
    """Says when the relay may be held: once the line was idle, until the board is lost. `use`: what its port sees."""

    def __init__(self, use: Callable[[], LineUse]) -> None:
        self._use = use
        self._began_s: float | None = None
        self._idle_since_s: float | None = None
        self._taken = False

    def taken(self, now_s: float) -> bool:
        """Look at the line; whether the telephone may be the box's."""
        if self._began_s is None:
            self._began_s = now_s
        use = self._use()
        if use == "lost":  # the board's own power has failed; when it comes back, a call may stand
            self._taken, self._began_s = False, now_s
        if use != "idle":
            self._idle_since_s = None
        elif self._idle_since_s is None:
            self._idle_since_s = now_s
        idle = self._idle_since_s is not None and now_s - self._idle_since_s >= IDLE_S
        given_up = use == "unknown" and now_s - self._began_s >= PATIENCE_S
        self._taken = self._taken or idle or given_up
        return self._taken
