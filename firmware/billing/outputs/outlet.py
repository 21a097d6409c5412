"""One output: which records it gets, and the lines' way out of the store."""

from __future__ import annotations

import asyncio
from datetime import UTC
from pathlib import Path
from typing import Protocol

from firmware.billing.outputs.files import FilePerCall, FilePerDay
from firmware.billing.outputs.records import House, outside_call, wanted, writer
from firmware.billing.outputs.shelf import Shelf
from firmware.billing.outputs.wires import Wire
from firmware.config.outputs import destination
from firmware.config.schema import RecordOutput
from firmware.details import Detail
from firmware.links import Terms
from firmware.log import Log
from firmware.store import Repositories
from firmware.store.model import CallRecord
from firmware.supervisor.store_thread import StoreThread

POLL_S = 10.0
"""News of lines come at once; what came without, as records that had to wait for the disk, is found so."""

log = Log("record-outputs")


class Taker(Protocol):
    """Where the lines go."""

    async def deliver(self, shelf: Shelf) -> bool:
        """Some of what waits; whether there is more to try. Raises OSError and StorageError."""
        ...


class Outlet:
    """`settings` as in the configuration; `data` is what a relative directory lies in."""

    def __init__(
        self, settings: RecordOutput, house: House, store: StoreThread, data: Path, terms: Terms | None = None
    ) -> None:
        self.settings = settings
        self.shelf = Shelf(store, settings.key)
        self.wire: Wire | None = None
        self._house = house
        self._write = writer(settings)
        self._news = asyncio.Event()
        self._trouble: Detail | None = None
        self._taker = self._make_taker(data, terms)

    def _make_taker(self, data: Path, terms: Terms | None) -> Taker:
        settings, to = self.settings, destination(self.settings.to)
        if to.kind in ("file-per-call", "file-per-day"):
            make = FilePerCall if to.kind == "file-per-call" else FilePerDay
            zone = UTC if settings.utc else self._house.zone
            return make(data / to.place, "csv" if settings.format == "csv" else "txt", zone)
        self.wire = Wire(settings.key, to, self.wake, terms)
        return self.wire

    def keep(self, kept: Repositories, record: CallRecord) -> None:
        """Let the record's line wait, if it is one for this output. In the store's thread; raises StorageError."""
        if wanted(self.settings, record):
            self.put(kept, record)

    def put(self, kept: Repositories, record: CallRecord) -> str | None:
        """Let its line wait, whatever it is; the line, or None: there is no room."""
        line = self._write(outside_call(record, self._house, self.settings.utc))
        at, most = record.ended or record.started, self.settings.most_lines
        if not kept.record_outputs.keep(self.settings.key, record.leg, line, at, most):
            log.error("line-lost", output=self.settings.key, leg=record.leg, waiting=most)
            return None
        return line

    def wake(self) -> None:
        """There may be something to do."""
        self._news.set()

    @property
    def connected(self) -> bool:
        """Whether lines can go out, as far as we know."""
        return self.wire.link.connected if self.wire is not None else self._trouble is None

    @property
    def standing(self) -> Detail:
        """The present state, for people."""
        if self._trouble is not None:
            return self._trouble
        if self.wire is not None:
            return self.wire.link.standing
        place = destination(self.settings.to).place
        return Detail("writes-to", f"writes to {place}", {"place": place})

    @property
    def why(self) -> str:
        """`standing` in English."""
        return self.standing.text

    async def run(self) -> None:
        """Until cancelled."""
        async with asyncio.TaskGroup() as group:
            if self.wire is not None:
                group.create_task(self.wire.link.run())
            group.create_task(self._deliver())

    async def _deliver(self) -> None:
        while True:
            self._news.clear()
            try:
                while await self._taker.deliver(self.shelf):
                    pass
            except OSError as error:  # the store's are such too
                self._tell(_failed(error, self.settings.to))
            else:
                self._tell(None)
            try:
                async with asyncio.timeout(POLL_S):
                    await self._news.wait()
            except TimeoutError:
                pass

    def _tell(self, trouble: Detail | None) -> None:
        if trouble != self._trouble:
            self._trouble = trouble
            if trouble is None:
                log.info("goes-on", output=self.settings.key)
            else:
                log.error("failed", output=self.settings.key, error=trouble.text)


def _failed(error: OSError, output: str) -> Detail:
    if not error.filename:
        return Detail("failed", str(error), {"place": output, "reason": str(error)})
    place, reason = str(error.filename), str(error.strerror)
    return Detail("failed", f"{place}: {reason}", {"place": place, "reason": reason})
