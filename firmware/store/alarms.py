"""Alarms: raised once while they stand, seen until acknowledged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

import msgspec

from firmware.store.database import Database
from firmware.store.model import Page, StoredAlarm, from_ms, optional_instant, optional_ms, to_ms

STORAGE, DATABASE = "storage", "database"
"""Kind and subject of the alarm about the store itself."""
_COLUMNS = "id, kind, subject, text, facts, raised, cleared, acknowledged_by, acknowledged_at"


class Alarms(Protocol):
    """The contract of both twins."""

    def raise_alarm(
        self, kind: str, subject: str, text: str, at: datetime, facts: Mapping[str, str] | None = None
    ) -> StoredAlarm | None:
        """The new alarm; None if the same kind and subject stands already."""
        ...

    def take(self, alarm: StoredAlarm) -> StoredAlarm | None:
        """Keep one that was raised elsewhere, with what became of it, under an id from here; None: it stands here."""
        ...

    def clear(self, kind: str, subject: str, at: datetime) -> StoredAlarm | None:
        """The alarm that stood, now cleared; None if there was none."""
        ...

    def acknowledge(self, alarm: int, who: str, at: datetime, ends: bool) -> StoredAlarm | None:
        """A person has seen it; `ends`: that clears it too. The first to acknowledge is kept. None: unknown id."""
        ...

    def get(self, alarm: int) -> StoredAlarm | None: ...

    def shown(self, everything: bool, page: Page) -> list[StoredAlarm]:
        """Latest first: those that are not both acknowledged and cleared, or `everything`."""
        ...

    def erase(self, kind: str, subject: str) -> None:
        """Delete those of this kind and subject that are over, whether somebody has seen them or not."""
        ...

    def forget(self, before: datetime) -> int:
        """Delete those that are acknowledged and were cleared before; how many."""
        ...


class SqliteAlarms:
    """Alarms in the database; see `Alarms`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def raise_alarm(
        self, kind: str, subject: str, text: str, at: datetime, facts: Mapping[str, str] | None = None
    ) -> StoredAlarm | None:
        return self.take(StoredAlarm(id=0, kind=kind, subject=subject, text=text, facts=facts or {}, raised=at))

    def take(self, alarm: StoredAlarm) -> StoredAlarm | None:
        with self._database.transaction() as connection:
            row = connection.execute(
                f"INSERT INTO alarm ({_COLUMNS}) VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?) "
                f"ON CONFLICT (kind, subject) WHERE cleared IS NULL DO NOTHING RETURNING {_COLUMNS}",
                (
                    alarm.kind, alarm.subject, alarm.text, msgspec.json.encode(alarm.facts).decode(),
                    to_ms(alarm.raised), optional_ms(alarm.cleared), alarm.acknowledged_by,
                    optional_ms(alarm.acknowledged_at),
                ),
            ).fetchone()  # fmt: skip
        return row and _alarm(row)

    def clear(self, kind: str, subject: str, at: datetime) -> StoredAlarm | None:
        with self._database.transaction() as connection:
            row = connection.execute(
                f"UPDATE alarm SET cleared = ? WHERE kind = ? AND subject = ? AND cleared IS NULL RETURNING {_COLUMNS}",
                (to_ms(at), kind, subject),
            ).fetchone()
        return row and _alarm(row)

    def acknowledge(self, alarm: int, who: str, at: datetime, ends: bool) -> StoredAlarm | None:
        now = to_ms(at)
        with self._database.transaction() as connection:
            row = connection.execute(
                "UPDATE alarm SET acknowledged_by = coalesce(acknowledged_by, ?), "
                "acknowledged_at = coalesce(acknowledged_at, ?), cleared = coalesce(cleared, ?) "
                f"WHERE id = ? RETURNING {_COLUMNS}",
                (who, now, now if ends else None, alarm),
            ).fetchone()
        return row and _alarm(row)

    def get(self, alarm: int) -> StoredAlarm | None:
        with self._database.reading() as connection:
            row = connection.execute(f"SELECT {_COLUMNS} FROM alarm WHERE id = ?", (alarm,)).fetchone()
        return row and _alarm(row)

    def shown(self, everything: bool, page: Page) -> list[StoredAlarm]:
        after = page.after or (2**62, 2**62)
        sql = (
            f"SELECT {_COLUMNS} FROM alarm WHERE (? OR cleared IS NULL OR acknowledged_at IS NULL) "
            "AND (raised, id) < (?, ?) ORDER BY raised DESC, id DESC LIMIT ?"
        )
        with self._database.reading() as connection:
            rows = connection.execute(sql, (everything, *after, page.limit)).fetchall()
        return [_alarm(row) for row in rows]

    def erase(self, kind: str, subject: str) -> None:
        with self._database.transaction() as connection:
            sql = "DELETE FROM alarm WHERE kind = ? AND subject = ? AND cleared IS NOT NULL"
            connection.execute(sql, (kind, subject))

    def forget(self, before: datetime) -> int:
        with self._database.transaction() as connection:
            sql = "DELETE FROM alarm WHERE acknowledged_at IS NOT NULL AND cleared < ?"
            return connection.execute(sql, (to_ms(before),)).rowcount


def _alarm(row: Sequence[Any]) -> StoredAlarm:
    number, kind, subject, text, facts, raised, cleared, by, at = row
    return StoredAlarm(
        id=number, kind=kind, subject=subject, text=text, facts=msgspec.json.decode(facts, type=dict[str, str]),
        raised=from_ms(raised), cleared=optional_instant(cleared), acknowledged_by=by,
        acknowledged_at=optional_instant(at),
    )  # fmt: skip
