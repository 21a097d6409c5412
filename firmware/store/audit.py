"""The audit: who changed what, through what. Entries are added and, after their time, deleted.

Nothing else becomes of them, but that details may be taken out when a guest's data are erased.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Protocol

import msgspec

from firmware.audit import AuditFilter
from firmware.store.database import Database, matching
from firmware.store.model import AuditEntry, Page, from_ms, optional_ms, to_ms


class Audit(Protocol):
    """The contract of both twins."""

    def add(self, entry: AuditEntry) -> int:
        """The entry's id."""
        ...

    def entries(self, wanted: AuditFilter, page: Page) -> list[AuditEntry]:
        """Latest first."""
        ...

    def mentioning(self, word: str, since: datetime) -> list[AuditEntry]:
        """Those in whose detail it stands, oldest first."""
        ...

    def rewrite(self, entries: Iterable[AuditEntry]) -> None:
        """Put their details in place of the former; everything else stays as it was written."""
        ...

    def forget(self, before: datetime) -> int: ...


class SqliteAudit:
    """The audit in its own database; see `Audit`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, entry: AuditEntry) -> int:
        detail = msgspec.json.encode(entry.detail).decode()
        with self._database.transaction() as connection:
            row = connection.execute(
                "INSERT INTO audit (at, who, through, action, subject, room, detail) "
                "VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING id",
                (to_ms(entry.at), entry.who, entry.through, entry.action, entry.subject, entry.room, detail),
            ).fetchone()
        return int(row[0])

    def entries(self, wanted: AuditFilter, page: Page) -> list[AuditEntry]:
        these, values = matching(
            ("at >= ?", optional_ms(wanted.since)), ("at < ?", optional_ms(wanted.until)), ("room = ?", wanted.room),
            ("who = ?", wanted.who), ("action = ?", wanted.action), ("(at, id) < (?, ?)", page.after),
        )  # fmt: skip
        sql = (
            "SELECT id, at, who, through, action, subject, room, detail FROM audit "
            f"WHERE {these} ORDER BY at DESC, id DESC LIMIT ?"
        )
        with self._database.reading() as connection:
            rows = connection.execute(sql, (*values, page.limit)).fetchall()
        return [_entry(row) for row in rows]

    def mentioning(self, word: str, since: datetime) -> list[AuditEntry]:
        sql = (
            "SELECT id, at, who, through, action, subject, room, detail FROM audit "
            "WHERE at >= ? AND instr(detail, ?) ORDER BY at, id"
        )
        with self._database.reading() as connection:
            rows = connection.execute(sql, (to_ms(since), word)).fetchall()
        return [_entry(row) for row in rows]

    def rewrite(self, entries: Iterable[AuditEntry]) -> None:
        with self._database.transaction() as connection:
            connection.executemany(
                "UPDATE audit SET detail = ? WHERE id = ?",
                [(msgspec.json.encode(entry.detail).decode(), entry.id) for entry in entries],
            )

    def forget(self, before: datetime) -> int:
        with self._database.transaction() as connection:
            return connection.execute("DELETE FROM audit WHERE at < ?", (to_ms(before),)).rowcount


def _entry(row: tuple[Any, ...]) -> AuditEntry:
    number, at, who, through, action, subject, room, detail = row
    return AuditEntry(
        id=number, at=from_ms(at), who=who, through=through, action=action, subject=subject, room=room,
        detail=msgspec.json.decode(detail),
    )  # fmt: skip
