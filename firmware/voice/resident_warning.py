"""The spoken warning: reception is told by voice that the gateway serves alone, until somebody has heard it."""

from __future__ import annotations

from collections.abc import Callable

from firmware.gateway.messages import Ring, StopRing
from firmware.voice.resident_means import Means
from firmware.voice.resident_table import X25, X26, X27

_KEY = "warning"


class SpokenWarning:
    """Which telephones ring for it now, and whether it was heard."""

    def __init__(self, means: Means, free_bell: Callable[[str], None]) -> None:
        self.ringing: set[str] = set()
        self._heard = False
        self._means = means
        self._free_bell = free_bell

    def begin(self) -> None:
        self._means.later(_KEY, X25.default, self._ring)

    def taken(self, telephone: str) -> None:
        """Somebody has lifted for it."""
        self.ringing.discard(telephone)
        self._heard = True
        self.stop()

    def stop(self) -> None:
        for name in sorted(self.ringing):
            self._means.order(StopRing(endpoint=name))
        self.ringing.clear()

    def _ring(self) -> None:
        if self._heard:
            return
        idle = [name for name in self._means.plan.reception if self._means.idle(name)]
        for name in idle:
            self._free_bell(name)
            self._means.order(Ring(endpoint=name, kind="priority"))
        self.ringing = set(idle)
        self._means.later(_KEY, X26.default, self._give_up)

    def _give_up(self) -> None:
        if not self._heard:
            self.stop()
            self._means.later(_KEY, X27.default, self._ring)
