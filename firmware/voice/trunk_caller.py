"""Who calls in on a company line: what its caller-id receiver has told lately, and whether more is to be waited for."""

from __future__ import annotations

from firmware.gateway.messages import CallerId

FRESH_NS = 6_000_000_000
"""A message before the first ring belongs to a call that rings within so long (0.5 s is usual; ETSI EN 300 659-1)."""
PAUSE_NS = 1_500_000_000
"""A pause between bursts that is longer is one in which caller id would have come."""


class CallerWatch:
    """Caller id and the bursts around it, of one line. Times are monotonic nanoseconds."""

    def __init__(self) -> None:
        self._told: tuple[CallerId | None, int] | None = None
        self._burst_ended_ns = 0

    def keep(self, caller: CallerId | None, now_ns: int) -> None:
        """A message came while nothing rings. None: the caller is not known to the exchange."""
        self._told = caller, now_ns

    def known(self, now_ns: int) -> bool:
        """A message has come that belongs to what rings now."""
        return self._told is not None and now_ns - self._told[1] <= FRESH_NS

    def take(self, now_ns: int) -> CallerId | None:
        """Who calls; what was told is used up."""
        caller = self._told[0] if self._told is not None and self.known(now_ns) else None
        self._told = None
        return caller

    def burst_ended(self, now_ns: int) -> None:
        self._burst_ended_ns = now_ns

    def pause_was_long(self, now_ns: int) -> bool:
        """Whether the pause that ends now was one for caller id, and none has come in it."""
        return now_ns - self._burst_ended_ns >= PAUSE_NS
