"""Who has looked at guests' calls is in the audit: once a quarter of an hour for each person and room."""

from __future__ import annotations

from firmware.clock import Clock
from firmware.supervisor.audit_trail import AuditTrail
from webui.services import Identity

ONCE_IN_S = 900.0


class CallReadings:
    """See `webui.services.Readings`."""

    def __init__(self, trail: AuditTrail, clock: Clock) -> None:
        self._trail = trail
        self._clock = clock
        self._noted: dict[tuple[str, str, str], float] = {}

    async def note(self, who: Identity, room: str | None, number: str | None = None) -> None:
        if room is None and number is None and who.through == "api":
            return
        now, key = self._clock.monotonic(), (who.through, who.name, room or number or "")
        self._noted = {key: at for key, at in self._noted.items() if now - at < ONCE_IN_S}
        if key in self._noted:
            return
        self._noted[key] = now
        # Not the number itself: what was dialled is kept as long as call records are, the audit longer.
        detail = {"by": "number"} if number else {}
        await self._trail.note(who, "calls-read", room or "all rooms", detail, extension=number, room=room)
