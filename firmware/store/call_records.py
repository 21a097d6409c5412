"""Call records: opened on disk when a call is answered, closed when a leg ends."""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from msgspec.structs import replace

from firmware.store.database import Database, matching
from firmware.store.model import (
    CallRecord,
    Page,
    RecordFilter,
    optional_instant,
    optional_ms,
    to_ms,
)

TEMPORARY_FAILURE = 41
"""Q.850: the cause of a call that was cut off with the box or the gateway."""

_COLUMNS = (
    "leg, call, direction, from_number, to_number, from_room, to_room, trunk, dialled, started, answered, ended, "
    "talk_ms, answered_by, cause, end, complete, emergency, outside, guest, charge_amount, charge_currency, unpriced, "
    "boot, note"
)

_FLAGS = ("complete", "emergency", "unpriced")
_NUMBERS = ("from_number", "to_number", "dialled", "outside")
_STAYS = ("leg", "call", "started", "answered", "talk_ms")
_UPDATES = ", ".join(f"{name} = excluded.{name}" for name in _COLUMNS.split(", ") if name not in _STAYS)
_PLACES = ", ".join("?" * len(_COLUMNS.split(",")))
_INSERT = (
    f"INSERT INTO call_record ({_COLUMNS}) VALUES ({_PLACES}) ON CONFLICT (leg) DO UPDATE SET {_UPDATES}, "
    "answered = coalesce(call_record.answered, excluded.answered), "
    "talk_ms = iif(excluded.ended IS NULL, max(call_record.talk_ms, excluded.talk_ms), excluded.talk_ms) "
    "WHERE call_record.ended IS NULL"
)


class CallRecords(Protocol):
    """The contract of both twins."""

    def open(self, record: CallRecord) -> None:
        """Write an answered leg as open; a leg that is open already is brought up to date (an adopted call)."""
        ...

    def close(self, record: CallRecord) -> bool:
        """Write the final record; one that was never opened appears now. False: it was closed before, and stays so."""
        ...

    def open_records(self) -> list[CallRecord]:
        """Oldest first."""
        ...

    def known(self, legs: Collection[str]) -> set[str]:
        """Those of the legs that have a record, open or closed."""
        ...

    def heartbeat(self, at: datetime, talked_ms: Mapping[str, int]) -> None:
        """These open records, by leg, stand at this instant, and have been talked in for so long."""
        ...

    def lost(self, keep: Collection[str]) -> list[CallRecord]:
        """Every open record but those to keep, as it is to be closed: lost, ended at its last heartbeat."""
        ...

    def finished(self, wanted: RecordFilter, page: Page) -> list[tuple[tuple[int, int], CallRecord]]:
        """Closed records, latest start first, each with its place for `Page.after`."""
        ...

    def emergencies(self, since: datetime) -> list[CallRecord]:
        """The legs of emergency calls that are open, or ended since then; in the order of their start."""
        ...

    def calls_of(self, guest: str, room: str, since: datetime, until: datetime) -> set[str]:
        """The calls, open or over, with a leg that this guest pays for, or that his room had in this time.

        Of the latter those that came in, and those out that nobody pays for but no emergency calls.
        """
        ...

    def erase(self, calls: Collection[str]) -> None:
        """Take the numbers outside out of all closed legs of these calls.

        Everything else stays: when, how long, what it cost.
        """
        ...

    def forget(self, before: datetime) -> int:
        """Delete closed records that started earlier; how many."""
        ...


class SqliteCallRecords:
    """Call records in the database; see `CallRecords`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def open(self, record: CallRecord) -> None:
        with self._database.transaction() as connection:
            _write(connection, record)

    def close(self, record: CallRecord) -> bool:
        with self._database.transaction() as connection:
            return _write(connection, record)

    def open_records(self) -> list[CallRecord]:
        with self._database.reading() as connection:
            sql = f"SELECT {_COLUMNS} FROM call_record WHERE ended IS NULL ORDER BY sequence"
            return [_record(row) for row in connection.execute(sql).fetchall()]

    def known(self, legs: Collection[str]) -> set[str]:
        with self._database.reading() as connection:
            sql = "SELECT 1 FROM call_record WHERE leg = ?"
            return {leg for leg in legs if connection.execute(sql, (leg,)).fetchone()}

    def heartbeat(self, at: datetime, talked_ms: Mapping[str, int]) -> None:
        with self._database.transaction() as connection:
            connection.execute(
                "INSERT INTO heartbeat (only, at) VALUES (1, ?) ON CONFLICT (only) DO UPDATE SET at = excluded.at",
                (to_ms(at),),
            )
            connection.executemany(
                "UPDATE call_record SET talk_ms = ? WHERE leg = ? AND ended IS NULL",
                [(talk_ms, leg) for leg, talk_ms in talked_ms.items()],
            )

    def lost(self, keep: Collection[str]) -> list[CallRecord]:
        return [as_lost(record) for record in self.open_records() if record.leg not in keep]

    def finished(self, wanted: RecordFilter, page: Page) -> list[tuple[tuple[int, int], CallRecord]]:
        these, values = matching(
            ("started >= ?", optional_ms(wanted.since)),
            ("started < ?", optional_ms(wanted.until)),
            ("(from_room = ? OR to_room = ?)", wanted.room and (wanted.room, wanted.room)),
            ("? IN (from_number, to_number, dialled)", wanted.number),
            ("guest = ?", wanted.guest),
            ("direction = ?", wanted.direction),
            ("(started, sequence) < (?, ?)", page.after),
        )
        sql = (
            f"SELECT {_COLUMNS}, sequence FROM call_record WHERE ended IS NOT NULL AND {these} "
            "ORDER BY started DESC, sequence DESC LIMIT ?"
        )
        with self._database.reading() as connection:
            rows = connection.execute(sql, (*values, page.limit)).fetchall()
        return [((row[9], row[-1]), _record(row[:-1])) for row in rows]

    def emergencies(self, since: datetime) -> list[CallRecord]:
        sql = f"SELECT {_COLUMNS} FROM call_record WHERE emergency AND (ended IS NULL OR ended >= ?) ORDER BY started"
        with self._database.reading() as connection:
            return [_record(row) for row in connection.execute(sql, (to_ms(since),)).fetchall()]

    def calls_of(self, guest: str, room: str, since: datetime, until: datetime) -> set[str]:
        sql = (
            "SELECT call FROM call_record WHERE guest = :guest OR (started >= :since AND started < :until AND "
            "(direction = 'incoming' AND to_room = :room "
            "OR direction = 'outgoing' AND from_room = :room AND guest IS NULL AND NOT emergency))"
        )
        values = {"guest": guest, "room": room, "since": to_ms(since), "until": to_ms(until)}
        with self._database.reading() as connection:
            return {call for (call,) in connection.execute(sql, values).fetchall()}

    def erase(self, calls: Collection[str]) -> None:
        sql = f"SELECT {_COLUMNS} FROM call_record WHERE ended IS NOT NULL AND call IN (SELECT value FROM json_each(?))"
        change = "UPDATE call_record SET from_number = ?, to_number = ?, dialled = ?, outside = ? WHERE leg = ?"
        with self._database.transaction() as connection:
            found = map(_record, connection.execute(sql, (json.dumps(list(calls)),)).fetchall())
            connection.executemany(
                change,
                [(leg.from_number, leg.to_number, leg.dialled, leg.outside, leg.leg) for leg in without_outside(found)],
            )

    def forget(self, before: datetime) -> int:
        with self._database.transaction() as connection:
            sql = "DELETE FROM call_record WHERE ended IS NOT NULL AND started < ?"
            return connection.execute(sql, (to_ms(before),)).rowcount


def as_lost(record: CallRecord) -> CallRecord:
    """An open record whose call was not found again: it ended at its last heartbeat, or when it was answered.

    By how long it was talked, as the wall clock may have been set since.
    """
    ended = (record.answered or record.started) + timedelta(milliseconds=record.talk_ms)
    return replace(record, ended=ended, cause=TEMPORARY_FAILURE, end="lost", complete=False, boot=None, note=None)


def without_outside(records: Iterable[CallRecord]) -> list[CallRecord]:
    """The legs without the numbers outside that any leg of their call has."""
    legs, outside = list(records), defaultdict[str, set[str]](set)
    for leg in legs:
        outside[leg.call] |= _numbers_outside(leg)
    return [replace(leg, **{name: "" for name in _NUMBERS if getattr(leg, name) in outside[leg.call]}) for leg in legs]


def _numbers_outside(leg: CallRecord) -> set[str]:
    """Of a call out that was given to somebody in the house, the number outside is the one that it came from."""
    if leg.direction == "internal" or leg.emergency:
        return set()
    if leg.direction == "incoming" or leg.from_number == leg.outside:
        return {leg.from_number}
    return {leg.to_number, leg.dialled, leg.outside}


def _write(connection: sqlite3.Connection, record: CallRecord) -> bool:
    """Insert or, while it is open, update; the start and the answer stay as first written. False: it is closed."""
    return connection.execute(_INSERT, _row(record)).rowcount > 0


def _row(record: CallRecord) -> Sequence[object]:
    return (
        record.leg, record.call, record.direction, record.from_number, record.to_number, record.from_room,
        record.to_room, record.trunk, record.dialled, to_ms(record.started), optional_ms(record.answered),
        optional_ms(record.ended), record.talk_ms, record.answered_by, record.cause, record.end,
        int(record.complete), int(record.emergency), record.outside, record.guest, record.charge_amount,
        record.charge_currency, int(record.unpriced), record.boot, record.note,
    )  # fmt: skip


def _record(row: Sequence[object]) -> CallRecord:
    values = dict(zip((name.strip() for name in _COLUMNS.split(",")), row, strict=True))
    for name in ("started", "answered", "ended"):
        values[name] = optional_instant(values[name])  # type: ignore[arg-type]
    values |= {name: bool(values[name]) for name in _FLAGS}
    return CallRecord(**values)  # type: ignore[arg-type]
