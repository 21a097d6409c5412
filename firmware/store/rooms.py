"""Rooms, guests, messages and wake-up orders: all that is known of the house, and the news that PMS links are owed."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Protocol

import msgspec

from firmware.hotel.draft import Draft
from firmware.hotel.house import House
from firmware.hotel.model import HOUSEKEEPING, Guest, LampReason, Message, Room, WakeupOrder
from firmware.restriction import LEVELS
from firmware.store import wakeups
from firmware.store.database import Database
from firmware.store.model import AuditEntry, optional_instant, optional_ms, to_ms

_GUEST = (
    "id", "room", "place", "name", "first_name", "title", "language", "vip", "reservation", "party", "arrival",
    "departure", "credit_limit", "no_post", "needs_person",
)  # fmt: skip
_MESSAGE = ("id", "room", "guest", "text", "number", "by", "created", "read")


class Rooms(Protocol):
    """The contract of both twins. Do-not-disturb is kept as a feature of the room's telephones, not here."""

    def house(self, rooms: Iterable[str]) -> House:
        """These rooms, with what is theirs, as they were last written; one that is not known yet is vacant."""
        ...

    def room_of(self, guest: str) -> str | None:
        """Where he lives; None: he has left."""
        ...

    def wakeups_for(self, guest: str) -> list[WakeupOrder]:
        """Orders for this guest, also those that are over, in the order of their time."""
        ...

    def write(self, draft: Draft) -> None:
        """What has changed."""
        ...

    def forget(self, before: datetime) -> int:
        """Delete wake-ups that were over earlier, and orders of which nothing is left then; how many orders."""
        ...

    def audit_later(self, entries: Sequence[AuditEntry]) -> None:
        """Part of the change that they tell of; they are in the audit when `audit_due` has been emptied into it."""
        ...

    def audit_due(self) -> list[tuple[str, AuditEntry]]:
        """With a key for `audited`, oldest first."""
        ...

    def audited(self, keys: Iterable[str]) -> None: ...


class SqliteRooms:
    """Rooms in the database; see `Rooms`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def house(self, rooms: Iterable[str]) -> House:
        with self._database.reading() as connection:
            said = {row[0]: row[1:] for row in connection.execute(
                "SELECT room, class, housekeeping, lamp_desk, lamp_voice_mail FROM room"
            )}  # fmt: skip
            guests: dict[str, list[Guest]] = {}
            for row in connection.execute(f"SELECT {', '.join(_GUEST)} FROM guest ORDER BY room, place"):
                guests.setdefault(row[1], []).append(_guest(row))
            messages = [_message(row) for row in connection.execute(f"SELECT {', '.join(_MESSAGE)} FROM message")]
            orders, over = wakeups.pending(connection), wakeups.latest_over(connection)
        found = list(rooms)
        mine = set(found)
        unread = {message.room for message in messages if message.read is None}
        return House(
            {room: _room(room, said.get(room), guests.get(room, []), room in unread) for room in found},
            {message.id: message for message in messages if message.room in mine},
            {order.id: order for order in orders if order.room in mine},
            over,
        )

    def room_of(self, guest: str) -> str | None:
        with self._database.reading() as connection:
            row = connection.execute("SELECT room FROM guest WHERE id = ?", (guest,)).fetchone()
        return row and str(row[0])

    def write(self, draft: Draft) -> None:
        before = draft.before
        with self._database.transaction() as connection:
            _write_rooms(connection, draft.changed_rooms())
            gone = [(key,) for key in before.messages if key not in draft.messages]
            connection.executemany("DELETE FROM message WHERE id = ?", gone)
            for message in draft.messages.values():
                if message != before.messages.get(message.id):
                    _replace(connection, "message", _MESSAGE, _message_row(message))
            wakeups.write(connection, draft)

    def wakeups_for(self, guest: str) -> list[WakeupOrder]:
        with self._database.reading() as connection:
            return wakeups.orders_where(connection, "guest = ?", guest)

    def forget(self, before: datetime) -> int:
        with self._database.transaction() as connection:
            return wakeups.forget(connection, before)

    def audit_later(self, entries: Sequence[AuditEntry]) -> None:
        with self._database.transaction() as connection:
            connection.executemany(
                "INSERT INTO audit_due (id, entry) VALUES (lower(hex(randomblob(12))), ?)",
                [(msgspec.json.encode(entry).decode(),) for entry in entries],
            )

    def audit_due(self) -> list[tuple[str, AuditEntry]]:
        with self._database.reading() as connection:
            rows = connection.execute("SELECT id, entry FROM audit_due ORDER BY rowid LIMIT 1000").fetchall()
        return [(key, msgspec.json.decode(entry, type=AuditEntry)) for key, entry in rows]

    def audited(self, keys: Iterable[str]) -> None:
        with self._database.transaction() as connection:
            connection.executemany("DELETE FROM audit_due WHERE id = ?", [(key,) for key in keys])


def _write_rooms(connection: sqlite3.Connection, rooms: Sequence[Room]) -> None:
    """Guests may have changed places between these rooms: all go before any comes."""
    connection.executemany("DELETE FROM guest WHERE room = ?", [(room.room,) for room in rooms])
    for room in rooms:
        connection.execute(
            "INSERT INTO room (room, class, housekeeping, lamp_desk, lamp_voice_mail) VALUES (?, ?, ?, ?, ?) "
            "ON CONFLICT (room) DO UPDATE SET class = excluded.class, housekeeping = excluded.housekeeping, "
            "lamp_desk = excluded.lamp_desk, lamp_voice_mail = excluded.lamp_voice_mail",
            (room.room, room.cor, room.housekeeping, int("desk" in room.lamp), int("voice-mail" in room.lamp)),
        )
        for place, guest in enumerate(room.guests):
            _replace(connection, "guest", _GUEST, _guest_row(room.room, place, guest))


def _replace(connection: sqlite3.Connection, table: str, columns: Sequence[str], row: Sequence[object]) -> None:
    connection.execute(
        f"INSERT OR REPLACE INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})", row
    )


def _room(room: str, said: Sequence[object] | None, guests: Sequence[Guest], unread: bool) -> Room:
    """A word that this release does not know is left out."""
    cor, housekeeping, desk, voice_mail = said or (None, None, 0, 0)
    reasons: dict[LampReason, object] = {"desk": desk, "voice-mail": voice_mail, "text": unread}
    return Room(
        room=room,
        guests=tuple(guests),
        cor=next((level for level in LEVELS if level == cor), None),
        housekeeping=next((status for status in HOUSEKEEPING if status == housekeeping), None),
        lamp=frozenset(reason for reason, lit in reasons.items() if lit),
    )


def _guest_row(room: str, place: int, guest: Guest) -> Sequence[object]:
    return (
        guest.id, room, place, guest.name, guest.first_name, guest.title, guest.language, int(guest.vip),
        guest.reservation, guest.group, optional_ms(guest.arrival), guest.departure, guest.limit, int(guest.no_post),
        int(guest.needs_person),
    )  # fmt: skip


def _guest(row: Sequence[object]) -> Guest:
    value = dict(zip(_GUEST, row, strict=True))
    return Guest(
        id=str(value["id"]), name=_text(value["name"]), first_name=_text(value["first_name"]),
        title=_text(value["title"]), language=_text(value["language"]), vip=bool(value["vip"]),
        reservation=_text(value["reservation"]), group=_text(value["party"]), arrival=_instant(value["arrival"]),
        departure=_text(value["departure"]), limit=_number(value["credit_limit"]), no_post=bool(value["no_post"]),
        needs_person=bool(value["needs_person"]),
    )  # fmt: skip


def _message_row(message: Message) -> Sequence[object]:
    return (
        message.id, message.room, message.guest, message.text, message.number, message.by, to_ms(message.created),
        optional_ms(message.read),
    )  # fmt: skip


def _message(row: Sequence[object]) -> Message:
    value = dict(zip(_MESSAGE, row, strict=True))
    return msgspec.convert(value | {"created": _instant(value["created"]), "read": _instant(value["read"])}, Message)


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _number(value: object) -> int | None:
    return value if isinstance(value, int) else None


def _instant(value: object) -> datetime | None:
    return optional_instant(value if isinstance(value, int) else None)
