"""Deletes what has been kept for long enough."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from firmware.clock import Clock
from firmware.log import Log
from firmware.store import Repositories, StorageError
from firmware.supervisor import views
from firmware.supervisor.store_thread import StoreThread

RETENTION = "retention"
EVERY_S = 3600.0

log = Log("retention")


class Housekeeping:
    """Once an hour."""

    def __init__(self, store: StoreThread, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            try:
                await self.forget()
            except StorageError as error:
                log.error("failed", error=error)
            await asyncio.sleep(EVERY_S)

    async def forget(self) -> None:
        """Delete what is older than its days. Raises StorageError."""
        now = self._clock.utc()

        def work(kept: Repositories) -> dict[str, int]:
            days = views.retention(kept.settings.get(RETENTION))
            return {
                "records": kept.call_records.forget(now - timedelta(days=days.records)),
                "stays": kept.stays.forget(now - timedelta(days=days.records)),
                "wakeups": kept.rooms.forget(now - timedelta(days=days.records)),
                "requests": kept.requests.forget(now - timedelta(days=days.records)),
                "charges": kept.charges.forget(now - timedelta(days=days.records)),
                "lines": kept.record_outputs.forget(now - timedelta(days=days.records)),
                "alarms": kept.alarms.forget(now - timedelta(days=days.alarms)),
                "audit": kept.audit.forget(now - timedelta(days=days.audit)),
            }

        forgotten = await self._store.do(work)
        if any(forgotten.values()):
            log.info("forgotten", **forgotten)
