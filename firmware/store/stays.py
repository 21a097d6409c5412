"""Stays: who has lived in the house, and who lives there now; kept for a while after the guest has left."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol, TypeAlias

import msgspec
from msgspec.structs import replace

from firmware.hotel.draft import Draft
from firmware.hotel.model import Guest
from firmware.store.database import Database, matching
from firmware.store.model import Page, optional_instant, optional_ms, to_ms

_COLUMNS = (
    "guest", "room", "name", "first_name", "title", "language", "vip", "reservation", "party", "arrival", "departure",
    "departed", "erased",
)  # fmt: skip
_ALL = ", ".join(_COLUMNS)
_PLACES = ", ".join("?" * (len(_COLUMNS) + 1))
_UPDATES = ", ".join(f"{name} = excluded.{name}" for name in (*_COLUMNS[1:], "search"))
Placed: TypeAlias = tuple[tuple[int, int], "Stay"]


class Stay(msgspec.Struct, frozen=True, kw_only=True):
    """What is kept of a guest. Of what he needed, and what he might spend, nothing is kept when he has left."""

    guest: str
    """His id."""
    room: str
    """Where he lives, or lived last."""
    name: str | None = None
    first_name: str | None = None
    title: str | None = None
    language: str | None = None
    vip: bool = False
    reservation: str | None = None
    party: str | None = None
    """The group that he belongs to."""
    arrival: datetime
    departure: str | None = None
    """What was planned: a date, or the hotel's wall time."""
    departed: datetime | None = None
    """None: he is in."""
    erased: datetime | None = None
    """When all that says who he was has been taken out."""


class StayFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which stays: those that touch the time from `since` (inclusive) until `until` (exclusive).

    `name`: a part of the first or the last name, in capitals or not.
    """

    room: str | None = None
    name: str | None = None
    reservation: str | None = None
    since: datetime | None = None
    until: datetime | None = None


class Stays(Protocol):
    """The contract of both twins."""

    def write(self, draft: Draft, at: datetime) -> None:
        """Who has come, changed, moved or (now) left by this change of the house."""
        ...

    def get(self, guest: str) -> Stay | None: ...

    def found(self, wanted: StayFilter, page: Page) -> list[Placed]:
        """Latest arrival first, each with its place for `Page.after`."""
        ...

    def erase(self, guest: str, at: datetime) -> None:
        """Nothing says any more who he was; when he was here, and where, stays."""
        ...

    def forget(self, before: datetime) -> int:
        """Delete those that ended earlier; how many."""
        ...


class SqliteStays:
    """Stays in the database; see `Stays`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def write(self, draft: Draft, at: datetime) -> None:
        with self._database.transaction() as connection:
            connection.executemany(
                f"INSERT INTO stay ({_ALL}, search) VALUES ({_PLACES}) ON CONFLICT (guest) DO UPDATE SET {_UPDATES}",
                [_row(stay) for stay in living(draft, at)],
            )
            connection.executemany(
                "UPDATE stay SET departed = ? WHERE guest = ?", [(to_ms(at), guest) for guest in gone(draft)]
            )

    def get(self, guest: str) -> Stay | None:
        with self._database.reading() as connection:
            row = connection.execute(f"SELECT {_ALL} FROM stay WHERE guest = ?", (guest,)).fetchone()
        return row and _stay(row)

    def found(self, wanted: StayFilter, page: Page) -> list[Placed]:
        these, values = matching(
            ("room = ?", wanted.room),
            ("reservation = ?", wanted.reservation),
            ("instr(search, ?)", wanted.name and folded(wanted.name)),
            ("coalesce(departed, ?) >= ?", _twice(optional_ms(wanted.since))),
            ("arrival < ?", optional_ms(wanted.until)),
            ("(arrival, sequence) < (?, ?)", page.after),
        )
        sql = f"SELECT {_ALL}, sequence FROM stay WHERE {these} ORDER BY arrival DESC, sequence DESC LIMIT ?"
        with self._database.reading() as connection:
            rows = connection.execute(sql, (*values, page.limit)).fetchall()
        arrival = _COLUMNS.index("arrival")
        return [((row[arrival], row[-1]), _stay(row[:-1])) for row in rows]

    def erase(self, guest: str, at: datetime) -> None:
        with self._database.transaction() as connection:
            row = connection.execute(f"SELECT {_ALL} FROM stay WHERE guest = ?", (guest,)).fetchone()
            if row is not None:
                sql = f"UPDATE stay SET ({_ALL}, search) = ({_PLACES}) WHERE guest = ?"
                connection.execute(sql, (*_row(without_name(_stay(row), at)), guest))

    def forget(self, before: datetime) -> int:
        with self._database.transaction() as connection:
            return connection.execute("DELETE FROM stay WHERE departed < ?", (to_ms(before),)).rowcount


# ----------------------------------------------------------------------------------------------- rules of both twins


def living(draft: Draft, at: datetime) -> list[Stay]:
    """The stays of all who live in the rooms that have changed."""
    return [_stay_of(guest, room.room, at) for room in draft.changed_rooms() for guest in room.guests]


def gone(draft: Draft) -> set[str]:
    """Guests who live nowhere any more. (One who has moved has changed both rooms.)"""
    rooms = draft.changed_rooms()
    lived = {guest.id for room in rooms for guest in draft.before.rooms[room.room].guests}
    return lived - {guest.id for room in rooms for guest in room.guests}


def without_name(stay: Stay, at: datetime) -> Stay:
    return replace(stay, name=None, first_name=None, title=None, language=None, reservation=None, party=None, erased=at)


def folded(*names: str | None) -> str:
    """As names are compared: without regard to capitals."""
    return " ".join(filter(None, names)).casefold()


def _stay_of(guest: Guest, room: str, at: datetime) -> Stay:
    return Stay(
        guest=guest.id, room=room, name=guest.name, first_name=guest.first_name, title=guest.title,
        language=guest.language, vip=guest.vip, reservation=guest.reservation, party=guest.group,
        arrival=guest.arrival or at, departure=guest.departure,
    )  # fmt: skip


def _row(stay: Stay) -> Sequence[object]:
    return (
        stay.guest, stay.room, stay.name, stay.first_name, stay.title, stay.language, int(stay.vip), stay.reservation,
        stay.party, to_ms(stay.arrival), stay.departure, optional_ms(stay.departed), optional_ms(stay.erased),
        folded(stay.first_name, stay.name, stay.first_name),
    )  # fmt: skip


def _stay(row: Sequence[Any]) -> Stay:
    values = dict(zip(_COLUMNS, row, strict=True)) | {"vip": bool(row[_COLUMNS.index("vip")])}
    return Stay(**values | {name: optional_instant(values[name]) for name in ("arrival", "departed", "erased")})


def _twice(value: int | None) -> tuple[int, int] | None:
    return None if value is None else (value, value)
