"""Call records on their way to the disk: opened at the answer, closed at the end, and never lost while we live."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from datetime import datetime

import msgspec
from msgspec.structs import replace

from firmware.clock import Clock, utc_of
from firmware.errors import UnavailableError
from firmware.events import EventBus
from firmware.exchange.decisions import LegRecord, Party
from firmware.log import Log
from firmware.store import Repositories, StorageError
from firmware.store.model import CallRecord
from firmware.supervisor.events import RecordEvent
from firmware.supervisor.store_thread import StoreThread

HEARTBEAT_S = 10.0
PATIENCE_S = 0.5
"""How long a call's answer, or a tone that confirms, waits for the disk before telephony goes on without it."""
MOST_WAITING = 10_000

log = Log("records")


class RecordKeeper:
    """Writes records; what the database refuses waits here and is tried again.

    `price` completes a record that is final; `also` are written in the same transaction, once for each record.
    """

    def __init__(self, store: StoreThread, clock: Clock, bus: EventBus) -> None:
        self._store = store
        self._clock = clock
        self._bus = bus
        self._waiting: deque[tuple[bool, CallRecord]] = deque(maxlen=MOST_WAITING)
        self._open: dict[str, CallRecord] = {}
        """As they were opened."""
        self.boot = ""
        """Of the gateway that has the calls."""
        self.lost: list[CallRecord] = []
        """What the last `begin` found open, of a gateway that is no more."""
        self.price: Callable[[CallRecord], CallRecord] = lambda record: record
        self.payer_of: Callable[[str], str | None] = lambda room: None
        """The guest who pays for calls from a room, as long as it is his."""
        self.also: list[Callable[[Repositories, CallRecord], object]] = []

    async def open(self, leg: LegRecord) -> None:
        """The record is on disk when this returns, or (disk slow or refusing) it waits and the call goes on."""
        record = self._open[leg.leg] = self._as_opened(self.record_of(leg))
        note = msgspec.json.encode(leg).decode()
        await self._write(False, replace(record, boot=self.boot, note=note))

    async def close(self, leg: LegRecord) -> None:
        """The record is final."""
        record = self.price(self._as_opened(self.record_of(leg)))
        self._open.pop(leg.leg, None)
        await self._write(True, record)
        self._bus.publish(RecordEvent(record))

    async def begin(self, boot: str) -> list[LegRecord]:
        """The records that are open and may still stand in this boot of the gateway; every other was lost."""
        self.boot, self.lost = boot, []
        try:
            found = await self._store.do(lambda kept: kept.call_records.open_records())
            mine = [record for record in found if record.boot == boot and record.note]
            keep = {record.leg: record for record in mine}
            lost = list(map(self.price, await self._store.do(lambda kept: kept.call_records.lost(keep))))
            await self._store.do(lambda kept: _close(kept, lost, self.also))
        except UnavailableError as error:
            log.error("not-settled", error=error)
            return []
        self._open, self.lost = keep, lost
        for record in lost:
            log.warning("lost", leg=record.leg, call=record.call, ended=record.ended)
            self._bus.publish(RecordEvent(record))
        return [msgspec.json.decode(record.note or "", type=LegRecord) for record in mine]

    async def known(self, legs: Collection[str]) -> set[str]:
        """Those that have a record already."""
        try:
            return await self._store.do(lambda kept: kept.call_records.known(legs))
        except UnavailableError:
            return set()

    async def beat(self) -> None:
        """Write down that the open records are alive now, and try again what waits.

        While the store is in trouble this is also how it is found out that it can write again.
        """
        now = self._clock.utc()
        try:
            if self._open or self._store.trouble is not None:
                await self._store.do(lambda kept: kept.call_records.heartbeat(now))
            while self._waiting:
                final, record = first = self._waiting[0]
                await self._store.do(lambda kept: self._put(kept, final, record))  # noqa: B023 - awaited here
                with suppress(ValueError):  # another beat has had it written too
                    self._waiting.remove(first)
        except StorageError as error:
            log.error("waiting", records=len(self._waiting), error=error)
        else:
            self._store.recovered()

    async def run(self) -> None:
        """The heartbeat, until cancelled."""
        while True:
            await asyncio.sleep(HEARTBEAT_S)
            await self.beat()

    def record_of(self, leg: LegRecord) -> CallRecord:
        """The leg on the wall clock; the talk time comes from the monotonic one."""
        ended_ns, answered_ns = leg.ended_ns, leg.answered_ns
        talk_ms = (ended_ns - answered_ns) // 1_000_000 if ended_ns is not None and answered_ns is not None else 0
        return CallRecord(
            leg=leg.leg, call=leg.call, direction=leg.direction, from_number=number_of(leg.from_party),
            to_number=number_of(leg.to_party) or leg.dialled, from_room=leg.from_party.room, to_room=leg.to_party.room,
            trunk=leg.trunk, dialled=leg.dialled, started=self._instant(leg.started_ns),
            answered=None if answered_ns is None else self._instant(answered_ns),
            ended=None if ended_ns is None else self._instant(ended_ns), talk_ms=max(0, talk_ms),
            answered_by=leg.answered_by, cause=leg.cause, end=leg.end, complete=leg.complete, emergency=leg.emergency,
            outside=leg.outside,
        )  # fmt: skip

    def _as_opened(self, record: CallRecord) -> CallRecord:
        """Begun when it was said to have begun, though the clock was set meanwhile; and paid by whoever lived in the
        room when it came into the call.
        """
        opened, room = self._open.get(record.leg), record.paying_room
        if opened is not None:
            record = replace(record, started=opened.started, answered=opened.answered or record.answered)
            if opened.paying_room == room:
                return replace(record, guest=opened.guest)
        return replace(record, guest=None if room is None else self.payer_of(room))

    def _instant(self, at_ns: int) -> datetime:
        return utc_of(at_ns, self._clock)

    async def _write(self, final: bool, record: CallRecord) -> None:
        work = asyncio.ensure_future(self._store.do(lambda kept: self._put(kept, final, record)))
        try:
            await asyncio.wait_for(asyncio.shield(work), PATIENCE_S)
        except TimeoutError:
            log.error("disk-slow", leg=record.leg, after_s=PATIENCE_S)
            work.add_done_callback(lambda done: self._keep_if_failed(done, final, record))
        except UnavailableError as error:
            log.error("not-written", leg=record.leg, error=error)
            self._let_wait(final, record)

    def _put(self, kept: Repositories, final: bool, record: CallRecord) -> None:
        if final:
            _close(kept, [record], self.also)
        else:
            kept.call_records.open(record)

    def _keep_if_failed(self, work: asyncio.Future[None], final: bool, record: CallRecord) -> None:
        if not work.cancelled() and work.exception() is not None:
            self._let_wait(final, record)

    def _let_wait(self, final: bool, record: CallRecord) -> None:
        if len(self._waiting) == MOST_WAITING:
            log.error("given-up", leg=self._waiting[0][1].leg, waiting=MOST_WAITING)
        self._waiting.append((final, record))


def _close(
    kept: Repositories, records: Sequence[CallRecord], also: Sequence[Callable[[Repositories, CallRecord], object]]
) -> None:
    """All of it, or nothing; a record that was closed already stays as it is, and so does what was written with it."""
    with kept.together():
        for record in records:
            if kept.call_records.close(record):
                for write in also:
                    write(kept, record)


def number_of(party: Party) -> str:
    """What one would dial to reach this party; empty if nobody knows."""
    return party.number or party.extension or ""
