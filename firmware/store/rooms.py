"""What is said of a room beside its guests: its class of restriction."""

from __future__ import annotations

from typing import Protocol

from firmware.store.database import Database


class Rooms(Protocol):
    """The contract of both twins."""

    def classes(self) -> dict[str, str]:
        """Room to its own class of restriction; a room without one is left out."""
        ...

    def put_class(self, room: str, cor: str | None) -> None:
        """None: the default of its occupancy."""
        ...


class SqliteRooms:
    """Rooms in the database; see `Rooms`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def classes(self) -> dict[str, str]:
        with self._database.reading() as connection:
            return dict(connection.execute("SELECT room, class FROM room WHERE class IS NOT NULL").fetchall())

    def put_class(self, room: str, cor: str | None) -> None:
        with self._database.transaction() as connection:
            connection.execute(
                "INSERT INTO room (room, class) VALUES (?, ?) ON CONFLICT (room) DO UPDATE SET class = excluded.class",
                (room, cor),
            )
