"""What the parts of a link share while one thing happens: the time, the timers, and the outputs so far."""

from __future__ import annotations

from collections.abc import Hashable
from datetime import UTC, datetime

from firmware.pms.machine import Counted, Moment, Noted, Output
from firmware.timers import Timers


class Turn:
    """One call of the machine, from its beginning to the list that it gives back."""

    def __init__(self) -> None:
        self.now = Moment(0.0, datetime.fromtimestamp(0, UTC))
        self.timers = Timers()
        self._outputs: list[Output] = []

    def begin(self, now: Moment) -> None:
        self.now = now

    def take(self) -> list[Output]:
        """What is to be done, in order; the next turn begins with none."""
        outputs, self._outputs = self._outputs, []
        return outputs

    def put(self, output: Output) -> None:
        self._outputs.append(output)

    def refuse(self, reason: str, detail: str) -> None:
        """Count something that was not taken, and say what it was."""
        self.put(Counted("refused", reason))
        self.put(Noted("not-taken", {"why": reason, "what": detail}))

    def after(self, key: Hashable, seconds: float) -> None:
        """Let the timer `key` expire then; one that runs begins anew."""
        self.timers.arm(key, self.now.seconds + seconds)
