"""Guest requests and staff PINs."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol

import msgspec

from firmware.details import Detail
from firmware.errors import RefusedError
from firmware.services.model import GuestRequest, PinLock, StaffPin
from firmware.store.database import Database
from firmware.store.model import from_ms, optional_instant, optional_ms, to_ms

_REQUEST = 'id, kind, names, room, guest, "left", by, state, done, done_by'
_PIN = "name, digest, rights, created"


class Requests(Protocol):
    """The contract of both twins."""

    def add(self, request: GuestRequest) -> None: ...

    def get(self, request_id: str) -> GuestRequest | None: ...

    def listed(self, everything: bool, limit: int) -> list[GuestRequest]:
        """The open ones, oldest first, then, if `everything`, those that are done, latest first."""
        ...

    def finish(self, request_id: str, who: str, at: datetime) -> GuestRequest:
        """Somebody has seen to it; of one that is done nothing changes. Raises RefusedError (unknown-request)."""
        ...

    def forget(self, before: datetime) -> int:
        """Delete those that were done earlier; how many."""
        ...


class Pins(Protocol):
    """The contract of both twins: who may do what by a PIN, wrong tries, locked telephones."""

    def all(self) -> list[StaffPin]:
        """By name."""
        ...

    def put(self, pin: StaffPin) -> None:
        """Replaces that of the same name. Raises RefusedError (taken) where somebody else has this PIN."""
        ...

    def remove(self, name: str) -> bool:
        """Whether there was one."""
        ...

    def of(self, digest: str) -> StaffPin | None: ...

    def try_begins(self, extension: str, at: datetime, since: datetime) -> tuple[int, int]:
        """Counts as wrong until it turns out right; how many have been wrong since, this one included: in a row, and
        at all."""
        ...

    def try_was_right(self, extension: str) -> None:
        """The latest one; the wrong ones before it are in no row any more."""
        ...

    def lock(self, lock: PinLock) -> None:
        """Its tries are forgotten: when the lock has ended, they begin anew."""
        ...

    def unlock(self, extension: str) -> bool:
        """Whether it was locked."""
        ...

    def locks(self) -> list[PinLock]:
        """Also those that have run out, by extension."""
        ...


class SqliteRequests:
    """Guest requests in the database; see `Requests`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, request: GuestRequest) -> None:
        row = (
            request.id, request.kind, _json(request.names), request.room, request.guest, to_ms(request.left),
            request.by, request.state, optional_ms(request.done), request.done_by,
        )  # fmt: skip
        with self._database.transaction() as connection:
            connection.execute(f"INSERT INTO guest_request ({_REQUEST}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", row)

    def get(self, request_id: str) -> GuestRequest | None:
        with self._database.reading() as connection:
            row = connection.execute(f"SELECT {_REQUEST} FROM guest_request WHERE id = ?", (request_id,)).fetchone()
        return row and _request(row)

    def listed(self, everything: bool, limit: int) -> list[GuestRequest]:
        sql = f"SELECT {_REQUEST} FROM guest_request WHERE state = ? ORDER BY"
        with self._database.reading() as connection:
            rows = connection.execute(f'{sql} "left", rowid LIMIT ?', ("open", limit)).fetchall()
            if everything:
                rows += connection.execute(f"{sql} done DESC, rowid DESC LIMIT ?", ("done", limit)).fetchall()
        return [_request(row) for row in rows[:limit]]

    def finish(self, request_id: str, who: str, at: datetime) -> GuestRequest:
        with self._database.transaction() as connection:
            connection.execute(
                "UPDATE guest_request SET state = 'done', done = ?, done_by = ? WHERE id = ? AND state = 'open'",
                (to_ms(at), who, request_id),
            )
            row = connection.execute(f"SELECT {_REQUEST} FROM guest_request WHERE id = ?", (request_id,)).fetchone()
        if row is None:
            raise unknown_request(request_id)
        return _request(row)

    def forget(self, before: datetime) -> int:
        with self._database.transaction() as connection:
            sql = "DELETE FROM guest_request WHERE state = 'done' AND done < ?"
            return connection.execute(sql, (to_ms(before),)).rowcount


class SqlitePins:
    """Staff PINs in the database; see `Pins`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> list[StaffPin]:
        with self._database.reading() as connection:
            return [_pin(row) for row in connection.execute(f"SELECT {_PIN} FROM staff_pin ORDER BY name")]

    def put(self, pin: StaffPin) -> None:
        row = (pin.name, pin.digest, _json(sorted(pin.rights)), to_ms(pin.created))
        with self._database.transaction() as connection:
            sql = "SELECT 1 FROM staff_pin WHERE digest = ? AND name <> ?"
            if connection.execute(sql, (pin.digest, pin.name)).fetchone():
                raise taken()
            connection.execute(f"INSERT OR REPLACE INTO staff_pin ({_PIN}) VALUES (?, ?, ?, ?)", row)

    def remove(self, name: str) -> bool:
        with self._database.transaction() as connection:
            return connection.execute("DELETE FROM staff_pin WHERE name = ?", (name,)).rowcount > 0

    def of(self, digest: str) -> StaffPin | None:
        with self._database.reading() as connection:
            row = connection.execute(f"SELECT {_PIN} FROM staff_pin WHERE digest = ?", (digest,)).fetchone()
        return row and _pin(row)

    def try_begins(self, extension: str, at: datetime, since: datetime) -> tuple[int, int]:
        with self._database.transaction() as connection:
            connection.execute("DELETE FROM pin_try WHERE at < ?", (to_ms(since),))
            connection.execute("INSERT INTO pin_try (extension, at) VALUES (?, ?)", (extension, to_ms(at)))
            sql = "SELECT count(*) - sum(forgiven), count(*) FROM pin_try WHERE extension = ?"
            in_a_row, every = connection.execute(sql, (extension,)).fetchone()
        return int(in_a_row), int(every)

    def try_was_right(self, extension: str) -> None:
        with self._database.transaction() as connection:
            sql = "DELETE FROM pin_try WHERE rowid = (SELECT max(rowid) FROM pin_try WHERE extension = ?)"
            connection.execute(sql, (extension,))
            connection.execute("UPDATE pin_try SET forgiven = 1 WHERE extension = ?", (extension,))

    def lock(self, lock: PinLock) -> None:
        with self._database.transaction() as connection:
            connection.execute("DELETE FROM pin_try WHERE extension = ?", (lock.extension,))
            connection.execute(
                "INSERT OR REPLACE INTO pin_lock (extension, since, until) VALUES (?, ?, ?)",
                (lock.extension, to_ms(lock.since), optional_ms(lock.until)),
            )

    def unlock(self, extension: str) -> bool:
        with self._database.transaction() as connection:
            return connection.execute("DELETE FROM pin_lock WHERE extension = ?", (extension,)).rowcount > 0

    def locks(self) -> list[PinLock]:
        with self._database.reading() as connection:
            rows = connection.execute("SELECT extension, since, until FROM pin_lock ORDER BY extension").fetchall()
        return [
            PinLock(extension=extension, since=from_ms(since), until=optional_instant(until))
            for extension, since, until in rows
        ]


def unknown_request(request_id: str) -> RefusedError:
    """What both twins raise for a request that is not there."""
    return RefusedError("unknown-request", f"there is no request {request_id}", "id")


def taken() -> RefusedError:
    """What both twins raise for a PIN that somebody else has: it must tell who he is."""
    return RefusedError.of("taken", Detail("pin-taken", "this PIN cannot be used; choose another"), "pin")


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()


def _request(row: Sequence[Any] | sqlite3.Row) -> GuestRequest:
    key, kind, names, room, guest, left, by, state, done, done_by = row
    return GuestRequest(
        id=key, kind=kind, names=msgspec.json.decode(names), room=room, guest=guest, left=from_ms(left), by=by,
        state=state, done=optional_instant(done), done_by=done_by,
    )  # fmt: skip


def _pin(row: Sequence[Any] | sqlite3.Row) -> StaffPin:
    name, digest, rights, created = row
    return StaffPin(name=name, digest=digest, rights=frozenset(msgspec.json.decode(rights)), created=from_ms(created))
