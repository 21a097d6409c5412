"""The line tests of the night: once, one line at a time, and never one that is in use."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from firmware.backup import schedule
from firmware.clock import Clock
from firmware.errors import UnavailableError
from firmware.log import Log
from firmware.store import StorageError
from firmware.supervisor.line_test_desk import LineTestDesk
from firmware.supervisor.store_thread import StoreThread

LOOK_EVERY_S = 20.0
"""Also how long lines that were in use wait for their next turn."""
PAUSE_S = 1.0
"""Between two lines."""
WINDOW = timedelta(hours=1)
"""What has not been tested by then is left for the next night."""

log = Log("line-tests")


class NightlyLineTests:
    """`at` is the hotel's wall time. What was tested is on disk, so that a restart goes on where it was."""

    def __init__(self, at: str, desk: LineTestDesk, store: StoreThread, clock: Clock, zone: ZoneInfo) -> None:
        self._at = at
        self._desk = desk
        self._store = store
        self._clock = clock
        self._zone = zone

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            await self.look()
            await asyncio.sleep(LOOK_EVERY_S)

    async def look(self) -> None:
        """Test every line that is owed and not in use."""
        try:
            owed = await self.owed()
            self._desk.running = bool(owed)
            for port in owed:
                found = await self._desk.measure(port)
                log.info("tested", port=port, verdict=found.verdict)
                await asyncio.sleep(PAUSE_S)
            self._desk.running = bool(await self.owed())
        except (UnavailableError, StorageError) as error:
            log.warning("put-off", error=error)

    async def owed(self) -> list[str]:
        """The lines that this night has not tested yet; none outside its hour."""
        now = self._clock.utc()
        due = schedule.last_due(now, self._at, self._zone)
        if now - due > WINDOW:
            return []
        latest = await self._store.do(lambda kept: kept.line_tests.latest())
        tested: dict[str, datetime] = {test.port: test.tested for test in latest}
        return [port for port in self._desk.ports if not due <= tested.get(port, due - WINDOW) <= now]
