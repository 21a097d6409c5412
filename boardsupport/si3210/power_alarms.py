"""How many power alarms of a port count, and from how many on it stays out of service."""

from __future__ import annotations

MOST_POWER_ALARMS = 10
FORGIVE_NS = 10_000_000_000
"""One power alarm is forgiven in this time."""


class PowerAlarms:
    """Counts power alarms; one is forgiven every ten seconds."""

    def __init__(self) -> None:
        self._count = 0
        self._since_ns = 0

    def add(self, now_ns: int) -> int:
        """One more; how many count now."""
        self._forgive(now_ns)
        if self._count == 0:
            self._since_ns = now_ns
        self._count += 1
        return self._count

    def forget(self) -> None:
        self._count = 0

    def _forgive(self, now_ns: int) -> None:
        forgiven = min(self._count, (now_ns - self._since_ns) // FORGIVE_NS)
        self._count -= forgiven
        self._since_ns += forgiven * FORGIVE_NS
