"""Call records on their way to the disk: opened at the answer, closed at the end, and never lost while we live."""

from __future__ import annotations

import asyncio
import sqlite3
from collections import Counter, deque
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, NamedTuple, TypeAlias

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
from firmware.supervisor.store_thread import StorageLateError, StoreThread

HEARTBEAT_S = 10.0
UNSEEN_MS = 20_000
"""Calls that we look after have had a heartbeat not longer ago."""
PATIENCE_S = 0.5
"""How long a call's answer, or a tone that confirms, waits for the disk before telephony goes on without it; once, not
for each of the records that wait in a row.
"""
MOST_WAITING = 10_000

Also: TypeAlias = Callable[[Repositories, CallRecord], object]

log = Log("records")


class _Opened(NamedTuple):
    """A record as it was opened; how long the call has been talked in, when it was last known to stand."""

    record: CallRecord
    answered_ns: int
    talked_ms: int


class RecordKeeper:
    """Writes records; what the database refuses waits here and is tried again.

    `price` completes a record that is final; `also` are written in the same transaction, once for each record. No
    mistake of theirs keeps a record from the disk.
    """

    def __init__(self, store: StoreThread, clock: Clock, bus: EventBus) -> None:
        self._store = store
        self._clock = clock
        self._bus = bus
        self._waiting: deque[tuple[bool, CallRecord]] = deque(maxlen=MOST_WAITING)
        self._late: dict[asyncio.Future[Any], tuple[bool, list[CallRecord]]] = {}
        """What the disk has not done in time, and is still at."""
        self._open: dict[str, _Opened] = {}
        self.boot = ""
        """Of the gateway that has the calls."""
        self.lost: list[CallRecord] = []
        """What the last `begin` found open, of a gateway that is no more."""
        self.price: Callable[[CallRecord], CallRecord] = lambda record: record
        self.payer_of: Callable[[str], str | None] = lambda room: None
        """The guest who pays for calls from a room, as long as it is his."""
        self.also: list[Also] = []
        self.on_all_kept: Callable[[], object] = lambda: None
        """Told when `all_kept` holds again, and with each heartbeat while it does."""

    @property
    def all_kept(self) -> bool:
        """All records are on the disk: what they were made from need not be known elsewhere any more."""
        return self._store.is_lasting and not (self._late or self._waiting)

    async def open(self, leg: LegRecord) -> None:
        """The record is on disk when this returns, or (disk slow or refusing) it waits and the call goes on."""
        record = self._as_opened(self.record_of(leg))
        answered_ns = leg.answered_ns or leg.started_ns
        self._open[leg.leg] = _Opened(record, answered_ns, self._since_ms(answered_ns))
        note = msgspec.json.encode(leg).decode()
        await self._write(False, [replace(record, boot=self.boot, note=note)])

    async def close(self, *legs: LegRecord) -> None:
        """The records are final, and on disk as one; one that was final before stays as it was."""
        ended = self._ended()
        new = [leg for leg in legs if leg.leg not in ended]
        records = [self._priced(self._as_known(self._as_opened(self.record_of(leg)))) for leg in new]
        for leg in legs:
            self._open.pop(leg.leg, None)
        if records:
            for record in await self._write(True, records):
                self._bus.publish(RecordEvent(record))

    async def begin(self, boot: str) -> list[LegRecord]:
        """The records that are open and may still stand in this boot of the gateway; every other was lost.

        One that has ended, and waits for the disk, is neither.
        """
        self.boot, self.lost = boot, []
        ended = self._ended()
        try:
            found = await self._store.do(lambda kept: kept.call_records.open_records())
            mine = [r for r in found if r.boot == boot and r.note and r.leg not in ended]
            keep = {record.leg for record in mine} | ended
            gone = list(map(self._priced, await self._store.do(lambda kept: kept.call_records.lost(keep))))
            lost = await self._store.do(lambda kept: _close(kept, gone, self.also))
        except UnavailableError as error:
            log.error("not-settled", error=error)
            return []
        legs = [msgspec.json.decode(record.note or "", type=LegRecord) for record in mine]
        self._open = {
            leg.leg: _Opened(record, leg.answered_ns or leg.started_ns, record.talk_ms)
            for record, leg in zip(mine, legs, strict=True)
        }
        self.lost = lost
        for record in lost:
            log.warning("lost", leg=record.leg, call=record.call, ended=record.ended)
            self._bus.publish(RecordEvent(record))
        return legs

    async def known(self, legs: Collection[str]) -> set[str]:
        """Those that have a record already, be it one that is final and waits for the disk; no others if the disk
        takes long: what is told twice is still one record.
        """
        ended = self._ended().intersection(legs)
        try:
            return ended | await self._store.do(lambda kept: kept.call_records.known(legs), PATIENCE_S)
        except UnavailableError as error:
            log.error("not-known", entries=len(legs), error=error)
            return ended

    async def beat(self) -> None:
        """Write down that the open records are alive now, and try again what waits.

        While the store is in trouble this is also how it is found out that it can write again.
        """
        now, talked_ms = self._clock.utc(), self._talked_ms()
        try:
            if talked_ms or self._store.trouble is not None:
                await self._store.do(lambda kept: kept.call_records.heartbeat(now, talked_ms))
            while self._waiting:
                final, record = first = self._waiting[0]
                await self._store.do(lambda kept: self._put(kept, final, [record]))  # noqa: B023 - awaited here
                with suppress(ValueError):  # another beat has had it written too
                    self._waiting.remove(first)
        except StorageError as error:
            log.error("waiting", records=len(self._waiting), error=error)
        else:
            self._store.recovered()
            self._tell_kept()

    def unwritten(self) -> dict[str, int]:
        """What the calls whose records wait for the disk have cost each guest, in minor units."""
        costs: Counter[str] = Counter()
        for final, record in self._waiting:
            if final and record.guest is not None:
                costs[record.guest] += record.charge_amount or 0
        return dict(costs)

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

    def _talked_ms(self) -> dict[str, int]:
        """How long each open leg has been talked in by now."""
        for leg, opened in self._open.items():
            self._open[leg] = opened._replace(talked_ms=self._since_ms(opened.answered_ns))
        return {leg: opened.talked_ms for leg, opened in self._open.items()}

    def _since_ms(self, at_ns: int) -> int:
        return max(0, round(self._clock.monotonic() * 1e9) - at_ns) // 1_000_000

    def _priced(self, record: CallRecord) -> CallRecord:
        try:
            return self.price(record)
        except Exception:  # it would happen again with each try, and take the telephones with it
            log.exception("not-priced", leg=record.leg)
            costs = record.direction == "outgoing" and record.answered is not None and not record.emergency
            return replace(record, unpriced=costs)

    def _as_opened(self, record: CallRecord) -> CallRecord:
        """Begun when it was said to have begun, though the clock was set meanwhile; and paid by whoever lived in the
        room when it came into the call.
        """
        found, room = self._open.get(record.leg), record.paying_room
        if found is not None:
            opened = found.record
            record = replace(record, started=opened.started, answered=opened.answered or record.answered)
            if opened.paying_room == room:
                return replace(record, guest=opened.guest)
        return replace(record, guest=None if room is None else self.payer_of(room))

    def _as_known(self, record: CallRecord) -> CallRecord:
        """A call that was found to be gone, nobody knows since when, ended when it was last known to stand."""
        opened = self._open.get(record.leg)
        if opened is None or record.end != "lost" or record.talk_ms <= opened.talked_ms + UNSEEN_MS:
            return record
        unknown = timedelta(milliseconds=record.talk_ms - opened.talked_ms)
        return replace(record, talk_ms=opened.talked_ms, ended=record.ended and record.ended - unknown)

    def _instant(self, at_ns: int) -> datetime:
        return utc_of(at_ns, self._clock)

    async def _write(self, final: bool, records: list[CallRecord]) -> list[CallRecord]:
        """Without those that were final before, as the disk says."""
        try:
            return await self._store.do(lambda kept: self._put(kept, final, records), PATIENCE_S)
        except StorageLateError as late:
            log.error("disk-slow", legs=_legs(records))
            self._late[late.work] = final, records
            late.work.add_done_callback(self._end_late)
        except UnavailableError as error:
            log.error("not-written", legs=_legs(records), error=error)
            self._let_wait(final, records)
        return records

    def _put(self, kept: Repositories, final: bool, records: list[CallRecord]) -> list[CallRecord]:
        if final:
            return _close(kept, records, self.also)
        for record in records:
            kept.call_records.open(record)
        return records

    def _end_late(self, work: asyncio.Future[Any]) -> None:
        final, records = self._late.pop(work)
        if work.cancelled() or work.exception() is not None:
            self._let_wait(final, records)
        self._tell_kept()

    def _tell_kept(self) -> None:
        if self.all_kept:
            self.on_all_kept()

    def _ended(self) -> set[str]:
        """The legs whose records are final, and not on disk yet."""
        unkept = [*self._late.values(), *((final, [record]) for final, record in self._waiting)]
        return {record.leg for final, records in unkept if final for record in records}

    def _let_wait(self, final: bool, records: list[CallRecord]) -> None:
        for record in records:
            if len(self._waiting) == MOST_WAITING:
                log.error("given-up", leg=self._waiting[0][1].leg, waiting=MOST_WAITING)
            self._waiting.append((final, record))


def _close(kept: Repositories, records: Sequence[CallRecord], also: Sequence[Also]) -> list[CallRecord]:
    """All of it, or nothing; a record that was closed already stays as it is, and so does what was written with it.

    Those that were not closed before.
    """
    with kept.together():
        closed = [record for record in records if kept.call_records.close(record)]
        for record in closed:
            for write in also:
                _write_with(write, kept, record)
    return closed


def _legs(records: Sequence[CallRecord]) -> str:
    return ",".join(record.leg for record in records)


def _write_with(write: Also, kept: Repositories, record: CallRecord) -> None:
    """What the disk refuses is tried again with the record; a mistake of ours would be made again each time."""
    try:
        write(kept, record)
    except Exception as error:
        disk = isinstance(error, (UnavailableError, sqlite3.DatabaseError))
        if disk and not isinstance(error, sqlite3.IntegrityError):
            raise
        log.exception("not-written-with", leg=record.leg)


def number_of(party: Party) -> str:
    """What one would dial to reach this party; empty if nobody knows."""
    return party.number or party.extension or ""
