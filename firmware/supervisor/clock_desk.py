"""The desk's clock: who says that it is right is in the audit."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from firmware.clock import Clock
from firmware.supervisor.audit_trail import AuditTrail
from webui.api import clock as api
from webui.services import Identity
from webui.types import stamp


class Keeper(Protocol):
    """See `firmware.supervisor.clock_keeper.ClockKeeper`."""

    @property
    def trusted(self) -> bool: ...

    @property
    def by_network(self) -> bool: ...

    async def vouch(self) -> datetime: ...


class ClockDesk:
    """See `webui.api.clock.WallClock`."""

    def __init__(self, keeper: Keeper, trail: AuditTrail, clock: Clock, zone: ZoneInfo) -> None:
        self._keeper = keeper
        self._trail = trail
        self._clock = clock
        self._zone = zone

    @property
    def by_network(self) -> bool:
        """A time service keeps it: what a person sets would not last."""
        return self._keeper.by_network

    async def vouch(self, who: Identity) -> api.Vouched:
        until, now = stamp(await self._keeper.vouch(), self._zone), stamp(self._clock.utc(), self._zone)
        await self._trail.note(who, "clock-vouched", "clock", {"shows": now, "until": until})
        return api.Vouched(now=now, until=until)
