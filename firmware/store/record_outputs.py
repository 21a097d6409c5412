"""Lines for accounting systems: kept with the call's record, removed when they have been taken."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from firmware.store.database import Database
from firmware.store.model import from_ms, to_ms


@dataclass(frozen=True, slots=True)
class OutputLine:
    """A line that waits; ids rise in the order in which the lines were kept."""

    id: int
    leg: str
    line: str
    kept: datetime


@dataclass(frozen=True, slots=True)
class FilePlace:
    """How long a file was, in bytes, when all that had been written to it was removed from here."""

    file: str
    size: int


@dataclass(frozen=True, slots=True)
class Backlog:
    """What an output has before it: lines that wait, since when the first does, and how many found no room, ever."""

    lines: int
    oldest: datetime | None
    lost: int


class RecordOutputs(Protocol):
    """The contract of both twins. An output is told by its name."""

    def keep(self, output: str, leg: str, line: str, at: datetime, most: int) -> bool:
        """Let a line wait behind the others; a leg that waits has one already. False: `most` wait, it is lost."""
        ...

    def first(self, output: str, limit: int) -> list[OutputLine]:
        """The oldest lines, in their order."""
        ...

    def take(self, output: str, last: int, place: FilePlace | None = None) -> None:
        """Remove the lines up to this id: they have been taken. `place` is kept for `place_of`."""
        ...

    def place_of(self, output: str) -> FilePlace | None:
        """What the last `take` with a place said."""
        ...

    def waits(self, output: str, leg: str) -> bool: ...

    def backlog(self, output: str) -> Backlog: ...

    def outputs(self) -> set[str]:
        """Those for which lines wait."""
        ...

    def forget(self, before: datetime) -> int:
        """Delete lines that were kept earlier; how many."""
        ...


class SqliteRecordOutputs:
    """Lines in the database; see `RecordOutputs`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def keep(self, output: str, leg: str, line: str, at: datetime, most: int) -> bool:
        with self._database.transaction() as connection:
            (waiting,) = connection.execute("SELECT count(*) FROM output_line WHERE output = ?", (output,)).fetchone()
            if waiting >= most:
                connection.execute(
                    "INSERT INTO output_state (output, lost) VALUES (?, 1) "
                    "ON CONFLICT (output) DO UPDATE SET lost = lost + 1",
                    (output,),
                )
                return False
            connection.execute(
                "INSERT INTO output_line (output, leg, line, kept) VALUES (?, ?, ?, ?) "
                "ON CONFLICT (output, leg) DO NOTHING",
                (output, leg, line, to_ms(at)),
            )
        return True

    def first(self, output: str, limit: int) -> list[OutputLine]:
        sql = "SELECT id, leg, line, kept FROM output_line WHERE output = ? ORDER BY id LIMIT ?"
        with self._database.reading() as connection:
            rows = connection.execute(sql, (output, limit)).fetchall()
        return [OutputLine(number, leg, line, from_ms(kept)) for number, leg, line, kept in rows]

    def take(self, output: str, last: int, place: FilePlace | None = None) -> None:
        with self._database.transaction() as connection:
            connection.execute("DELETE FROM output_line WHERE output = ? AND id <= ?", (output, last))
            if place is not None:
                connection.execute(
                    "INSERT INTO output_state (output, file, size) VALUES (?, ?, ?) "
                    "ON CONFLICT (output) DO UPDATE SET file = excluded.file, size = excluded.size",
                    (output, place.file, place.size),
                )

    def place_of(self, output: str) -> FilePlace | None:
        with self._database.reading() as connection:
            row = connection.execute("SELECT file, size FROM output_state WHERE output = ?", (output,)).fetchone()
        return None if row is None or row[0] is None else FilePlace(*row)

    def waits(self, output: str, leg: str) -> bool:
        with self._database.reading() as connection:
            sql = "SELECT 1 FROM output_line WHERE output = ? AND leg = ?"
            return connection.execute(sql, (output, leg)).fetchone() is not None

    def backlog(self, output: str) -> Backlog:
        with self._database.reading() as connection:
            (lines,) = connection.execute("SELECT count(*) FROM output_line WHERE output = ?", (output,)).fetchone()
            lost = connection.execute("SELECT lost FROM output_state WHERE output = ?", (output,)).fetchone()
        first = self.first(output, 1)
        return Backlog(lines, first[0].kept if first else None, lost[0] if lost else 0)

    def outputs(self) -> set[str]:
        with self._database.reading() as connection:
            return {output for (output,) in connection.execute("SELECT DISTINCT output FROM output_line").fetchall()}

    def forget(self, before: datetime) -> int:
        with self._database.transaction() as connection:
            return connection.execute("DELETE FROM output_line WHERE kept < ?", (to_ms(before),)).rowcount
