"""What line tests have found."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal, Protocol, TypeAlias

import msgspec

from firmware.store.database import Database
from firmware.store.model import from_ms, to_ms

KEPT = 60
"""Tests of each port: two months of nights."""
Grade: TypeAlias = Literal["good", "worse", "bad"]
Verdict: TypeAlias = Literal["good", "worse", "bad", "busy", "untestable"]
_COLUMNS = "port, tested, verdict, found, text, outcome"


class StoredMeasurement(msgspec.Struct, frozen=True, kw_only=True):
    """One value, the limits that held, and what it was worth."""

    name: str
    value: float
    unit: str
    low: float | None = None
    high: float | None = None
    verdict: Grade = "good"


class StoredLineTest(msgspec.Struct, frozen=True, kw_only=True):
    """A test of one port."""

    port: str
    tested: datetime
    verdict: Verdict
    measurements: tuple[StoredMeasurement, ...] = ()
    text: str = ""
    outcome: str | None = None
    """`LineTestOutcome` of the gateway; None: older versions have not kept it."""


class LineTests(Protocol):
    """The contract of both twins."""

    def add(self, test: StoredLineTest) -> None:
        """Of each port the latest `KEPT` stay."""
        ...

    def of(self, port: str) -> list[StoredLineTest]:
        """Latest first."""
        ...

    def latest(self) -> list[StoredLineTest]:
        """The latest of each port, by port."""
        ...


class SqliteLineTests:
    """See `LineTests`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, test: StoredLineTest) -> None:
        found = msgspec.json.encode(test.measurements).decode()
        row = (test.port, to_ms(test.tested), test.verdict, found, test.text, test.outcome)
        with self._database.transaction() as connection:
            connection.execute(f"INSERT OR REPLACE INTO line_test ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)", row)
            connection.execute(
                "DELETE FROM line_test WHERE port = ? AND tested NOT IN "
                "(SELECT tested FROM line_test WHERE port = ? ORDER BY tested DESC LIMIT ?)",
                (test.port, test.port, KEPT),
            )

    def of(self, port: str) -> list[StoredLineTest]:
        sql = f"SELECT {_COLUMNS} FROM line_test WHERE port = ? ORDER BY tested DESC"
        with self._database.reading() as connection:
            return [_line_test(row) for row in connection.execute(sql, (port,))]

    def latest(self) -> list[StoredLineTest]:
        sql = (
            f"SELECT {_COLUMNS} FROM line_test AS test WHERE tested = "
            "(SELECT max(tested) FROM line_test WHERE port = test.port) ORDER BY port"
        )
        with self._database.reading() as connection:
            return [_line_test(row) for row in connection.execute(sql)]


class MemoryLineTests:
    """See `LineTests`."""

    def __init__(self) -> None:
        self._tests: dict[str, dict[datetime, StoredLineTest]] = {}

    def add(self, test: StoredLineTest) -> None:
        tests = self._tests.setdefault(test.port, {})
        tests[test.tested] = test
        for tested in sorted(tests, reverse=True)[KEPT:]:
            del tests[tested]

    def of(self, port: str) -> list[StoredLineTest]:
        return [test for _, test in sorted(self._tests.get(port, {}).items(), reverse=True)]

    def latest(self) -> list[StoredLineTest]:
        return [self.of(port)[0] for port in sorted(self._tests)]


def _line_test(row: Sequence[Any]) -> StoredLineTest:
    port, tested, verdict, found, text, outcome = row
    measurements = msgspec.json.decode(found, type=tuple[StoredMeasurement, ...])
    return StoredLineTest(
        port=port, tested=from_ms(tested), verdict=verdict, measurements=measurements, text=text, outcome=outcome
    )
