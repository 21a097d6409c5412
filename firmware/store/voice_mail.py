"""Voice mail: what callers have left for rooms, and the greetings that guests have recorded. The audio is in files."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import msgspec

from firmware.services.model import Greeting, VoiceMessage
from firmware.store.database import Database
from firmware.store.model import from_ms, optional_instant, optional_ms, to_ms

_MESSAGE = 'id, room, guests, from_number, at, ms, size, heard, "left"'
_GREETING = "room, id, guests, at, size"


class VoiceMail(Protocol):
    """The contract of both twins."""

    def messages(self) -> list[VoiceMessage]:
        """All, copies of the house's too, oldest first."""
        ...

    def put(self, message: VoiceMessage) -> None:
        """A new one, or as it is now."""
        ...

    def remove(self, message_id: str) -> None: ...

    def greetings(self) -> dict[str, Greeting]:
        """By room."""
        ...

    def put_greeting(self, greeting: Greeting) -> None:
        """In place of what the room had."""
        ...

    def remove_greeting(self, room: str) -> None: ...


class SqliteVoiceMail:
    """Voice mail in the database; see `VoiceMail`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def messages(self) -> list[VoiceMessage]:
        with self._database.reading() as connection:
            rows = connection.execute(f"SELECT {_MESSAGE} FROM voice_message ORDER BY at, rowid").fetchall()
        return [_message(row) for row in rows]

    def put(self, message: VoiceMessage) -> None:
        row = (
            message.id, message.room, msgspec.json.encode(message.guests).decode(), message.from_number,
            to_ms(message.at), message.ms, message.size, optional_ms(message.heard), optional_ms(message.left),
        )  # fmt: skip
        with self._database.transaction() as connection:
            connection.execute(
                f"INSERT INTO voice_message ({_MESSAGE}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE "
                'SET room = excluded.room, guests = excluded.guests, heard = excluded.heard, "left" = excluded."left"',
                row,
            )

    def remove(self, message_id: str) -> None:
        with self._database.transaction() as connection:
            connection.execute("DELETE FROM voice_message WHERE id = ?", (message_id,))

    def greetings(self) -> dict[str, Greeting]:
        with self._database.reading() as connection:
            rows = connection.execute(f"SELECT {_GREETING} FROM voice_greeting ORDER BY room").fetchall()
        return {row[0]: _greeting(row) for row in rows}

    def put_greeting(self, greeting: Greeting) -> None:
        guests = msgspec.json.encode(greeting.guests).decode()
        with self._database.transaction() as connection:
            connection.execute(
                f"INSERT OR REPLACE INTO voice_greeting ({_GREETING}) VALUES (?, ?, ?, ?, ?)",
                (greeting.room, greeting.id, guests, to_ms(greeting.at), greeting.size),
            )

    def remove_greeting(self, room: str) -> None:
        with self._database.transaction() as connection:
            connection.execute("DELETE FROM voice_greeting WHERE room = ?", (room,))


def _message(row: Sequence[Any]) -> VoiceMessage:
    key, room, guests, number, at, ms, size, heard, left = row
    return VoiceMessage(
        id=key, room=room, guests=tuple(msgspec.json.decode(guests)), from_number=number, at=from_ms(at), ms=ms,
        size=size, heard=optional_instant(heard), left=optional_instant(left),
    )  # fmt: skip


def _greeting(row: Sequence[Any]) -> Greeting:
    room, key, guests, at, size = row
    return Greeting(id=key, room=room, guests=tuple(msgspec.json.decode(guests)), at=from_ms(at), size=size)
