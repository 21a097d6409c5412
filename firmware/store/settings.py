"""What the desk or a telephone changes at run time: settings of the house, features of an extension."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

import msgspec

from firmware.store.database import Database

NO_FEATURE = (None, False, "")


class Settings(Protocol):
    """The contract of both twins: names to JSON values."""

    def get(self, name: str) -> Any:
        """The value, or None."""
        ...

    def put(self, name: str, value: Any) -> None: ...

    def features(self) -> dict[tuple[str, str], Any]:
        """(extension, feature) to value."""
        ...

    def put_features(self, extension: str, values: Mapping[str, Any]) -> None:
        """Set these features, all or none; None, False or "" takes a feature away."""
        ...


class SqliteSettings:
    """Settings in the database; see `Settings`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, name: str) -> Any:
        with self._database.reading() as connection:
            row = connection.execute("SELECT value FROM setting WHERE name = ?", (name,)).fetchone()
        return None if row is None else msgspec.json.decode(row[0])

    def put(self, name: str, value: Any) -> None:
        text = msgspec.json.encode(value).decode()
        with self._database.transaction() as connection:
            connection.execute(
                "INSERT INTO setting (name, value) VALUES (?, ?) "
                "ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                (name, text),
            )

    def features(self) -> dict[tuple[str, str], Any]:
        with self._database.reading() as connection:
            rows = connection.execute("SELECT extension, feature, value FROM feature").fetchall()
        return {(extension, feature): msgspec.json.decode(value) for extension, feature, value in rows}

    def put_features(self, extension: str, values: Mapping[str, Any]) -> None:
        with self._database.transaction() as connection:
            for feature, value in values.items():
                connection.execute("DELETE FROM feature WHERE extension = ? AND feature = ?", (extension, feature))
                if value not in NO_FEATURE:
                    text = msgspec.json.encode(value).decode()
                    connection.execute(
                        "INSERT INTO feature (extension, feature, value) VALUES (?, ?, ?)", (extension, feature, text)
                    )
