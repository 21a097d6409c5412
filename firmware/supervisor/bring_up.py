"""Which endpoints the gateway is still bringing into service after it has been found."""

from __future__ import annotations

import time

from firmware.gateway.messages import AuditReport, Event, Service

BRING_UP_S = 20.0
"""A line that takes longer waits for something: its telephone was off-hook when the power came, or its pair is bad."""


class BringUp:
    """Told of each audit, and of every event since."""

    def __init__(self) -> None:
        self._initialising: set[str] = set()
        self._since = 0.0

    def begin(self, report: AuditReport) -> None:
        self._since = time.monotonic()
        self._initialising = {line.endpoint for line in report.endpoints if line.service == "initialising"}

    def note(self, event: Event) -> None:
        if isinstance(event, Service):
            note = self._initialising.add if event.state == "initialising" else self._initialising.discard
            note(event.endpoint)

    def coming_up(self) -> frozenset[str]:
        """After a while one that waits is no news."""
        return frozenset(self._initialising if time.monotonic() - self._since < BRING_UP_S else ())
