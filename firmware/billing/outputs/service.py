"""Call records for accounting systems: a line is kept with its record, and goes out when somebody takes it."""

from __future__ import annotations

import asyncio
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from firmware.billing.outputs.outlet import Outlet
from firmware.billing.outputs.records import House
from firmware.clock import Clock
from firmware.config import Config
from firmware.details import Detail
from firmware.errors import RefusedError
from firmware.events import EventBus
from firmware.links import Terms
from firmware.log import Log
from firmware.store import Repositories, StorageError
from firmware.store.model import CallRecord
from firmware.store.record_outputs import Backlog
from firmware.supervisor.alarm_board import AlarmBoard
from firmware.supervisor.events import RecordEvent
from firmware.supervisor.store_thread import StoreThread

LATE, FULL = "record-output-late", "record-output-full"
"""Kinds of alarms: lines wait for too long; there is no room for more of them."""
WATCH_EVERY_S = 10.0
TEST_TALK_S, TEST_AMOUNT = 186, 240
TEST_NUMBER = "5550142"

log = Log("record-outputs")


@dataclass(frozen=True, slots=True)
class OutputView:
    """An output as it is now. `oldest`: since when the first line waits; `lost`: how many have found no room, ever."""

    name: str
    format: str
    to: str
    connected: bool
    standing: Detail
    waiting: int
    oldest: datetime | None
    lost: int

    @property
    def why(self) -> str:
        """`standing` in English."""
        return self.standing.text


class RecordOutputService:
    """All `[[record_output]]` of the configuration, in their order."""

    def __init__(
        self,
        config: Config,
        store: StoreThread,
        alarms: AlarmBoard,
        clock: Clock,
        bus: EventBus,
        data: Path,
        terms: Terms | None = None,
    ) -> None:
        self._config = config
        self._store = store
        self._alarms = alarms
        self._clock = clock
        house = House.of(config)
        self.outlets = [Outlet(output, house, store, data, terms) for output in config.record_outputs]
        self._told: dict[tuple[str, str], bool] = {}
        bus.subscribe(RecordEvent, lambda event: self._wake())

    def keep(self, kept: Repositories, record: CallRecord) -> None:
        """Within the transaction that closes the record, in the store's thread. Raises StorageError."""
        for outlet in self.outlets:
            outlet.keep(kept, record)

    async def run(self) -> None:
        """Until cancelled."""
        async with asyncio.TaskGroup() as group:
            for outlet in self.outlets:
                group.create_task(outlet.run())
            group.create_task(self._watch())

    async def views(self) -> list[OutputView]:
        """In the configuration's order. Raises StorageError."""
        return [_view(outlet, await outlet.shelf.backlog()) for outlet in self.outlets]

    async def test(self, index: int) -> str:
        """Send a made-up call of the first room, three minutes and six seconds long; the line that goes out.

        Nothing else knows of that call. Raises RefusedError (unknown-output, full) and StorageError.
        """
        if not 0 <= index < len(self.outlets):
            raise RefusedError("unknown-output", f"there is no record_output[{index}]", "index")
        outlet, record = self.outlets[index], self._made_up()
        line = await self._store.do(lambda kept: outlet.put(kept, record))
        if line is None:
            raise RefusedError("full", f"there is no room for more lines of {outlet.settings.key}")
        log.info("test", output=outlet.settings.key, leg=record.leg)
        outlet.wake()
        return line

    def _made_up(self) -> CallRecord:
        rooms = [entry for entry in self._config.extensions if entry.kind == "room"]
        number, room = (rooms[0].number, rooms[0].room_number) if rooms else ("101", "101")
        ended = self._clock.utc()
        answered = ended - timedelta(seconds=TEST_TALK_S)
        return CallRecord(
            leg=f"test-{uuid.uuid4().hex[:20]}", call="test", direction="outgoing", from_number=number, from_room=room,
            to_number=TEST_NUMBER, dialled=TEST_NUMBER, started=answered - timedelta(seconds=9), answered=answered,
            ended=ended, talk_ms=TEST_TALK_S * 1000, answered_by="reversal", cause=16, end="released",
            trunk=self._config.trunks[0].name if self._config.trunks else None, outside=TEST_NUMBER,
            charge_amount=TEST_AMOUNT, charge_currency=self._config.hotel.currency,
        )  # fmt: skip

    def _wake(self) -> None:
        for outlet in self.outlets:
            outlet.wake()

    # ------------------------------------------------------------------------------------------------------- alarms

    async def _watch(self) -> None:
        await self._tell_orphans()
        while True:
            try:
                await self.look()
            except StorageError as error:
                log.error("not-looked", error=error)
            await asyncio.sleep(WATCH_EVERY_S)

    async def look(self) -> None:
        """Raise and clear the alarms of each output. Raises StorageError."""
        now = self._clock.utc()
        for outlet in self.outlets:
            settings, backlog = outlet.settings, await outlet.shelf.backlog()
            late = backlog.oldest is not None and now - backlog.oldest > timedelta(seconds=settings.alarm_after_s)
            full = backlog.lines >= settings.most_lines
            text = f"{backlog.lines} call records wait for the accounting system: {outlet.why}"
            await self._tell(LATE, settings.key, late, text)
            await self._tell(FULL, settings.key, full, f"there is no room for more; {text}")

    async def _tell(self, kind: str, subject: str, stands: bool, text: str) -> None:
        if self._told.get((kind, subject)) == stands:
            return
        if stands:
            await self._alarms.raise_alarm(kind, subject, text)
        else:
            await self._alarms.clear(kind, subject)
        self._told[kind, subject] = stands

    async def _tell_orphans(self) -> None:
        """Lines of an output that has another name now, or is gone, wait until their retention ends."""
        try:
            found = await self._store.do(lambda kept: kept.record_outputs.outputs())
        except StorageError as error:
            log.error("not-looked", error=error)
            return
        for name in sorted(found - {outlet.settings.key for outlet in self.outlets}):
            log.warning("not-configured-any-more", output=name)


def _view(outlet: Outlet, backlog: Backlog) -> OutputView:
    settings = outlet.settings
    return OutputView(
        name=settings.key, format=settings.format, to=settings.to, connected=outlet.connected, standing=outlet.standing,
        waiting=backlog.lines, oldest=backlog.oldest, lost=backlog.lost,
    )  # fmt: skip
