"""Wake-up orders, and wake-ups that are over: written with the house (`Rooms.write`), looked up here."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Protocol, TypeAlias

import msgspec

from firmware.hotel.draft import Draft
from firmware.hotel.house import REMEMBERED
from firmware.hotel.model import Attempt, Occurrence, WakeupOrder, WakeupState
from firmware.store.database import Database, matching
from firmware.store.model import Page, optional_instant, optional_ms, to_ms

_ORDER = (
    "id", "room", "guest", "at", "repeat", "until", "vip", "state", "by", "through", "ordered", "link", "rings",
    "put_off", "attempts", "snoozes", "lang",
)  # fmt: skip
_OVER = (
    "wakeup", "room", "guest", "name", "at", "repeat", "vip", "state", "attempts", "by", "through", "ordered", "link",
    "ended",
)  # fmt: skip
_INSTANTS = ("ordered", "put_off", "ended")
Placed: TypeAlias = tuple[tuple[int, int], Occurrence]


class WakeupFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which wake-ups: by their own wall time (naive), from `since` (inclusive) until `until` (exclusive)."""

    since: datetime | None = None
    until: datetime | None = None
    room: str | None = None
    state: WakeupState | None = None
    order: str | None = None


class Wakeups(Protocol):
    """The contract of both twins."""

    def history(self, wanted: WakeupFilter, page: Page) -> list[Placed]:
        """Those that are over, latest time first, each with its place for `Page.after`."""
        ...

    def order(self, order_id: str) -> WakeupOrder | None:
        """Also one that will not ring any more."""
        ...

    def counts(self, wanted: WakeupFilter) -> Mapping[WakeupState, int]:
        """How many have ended in which state."""
        ...

    def erase(self, guest: str) -> None:
        """Nothing says any more what the guest was called."""
        ...


class SqliteWakeups:
    """See `Wakeups`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def history(self, wanted: WakeupFilter, page: Page) -> list[Placed]:
        after = page.after and (_wall(page.after[0]), page.after[1])
        these, values = _matching(wanted, ("(at, sequence) < (?, ?)", after))
        sql = (
            f"SELECT {', '.join(_OVER)}, sequence FROM wakeup_occurrence WHERE {these} "
            "ORDER BY at DESC, sequence DESC LIMIT ?"
        )
        with self._database.reading() as connection:
            rows = connection.execute(sql, (*values, page.limit)).fetchall()
        found = [(_occurrence(row[:-1]), row[-1]) for row in rows]
        return [((place_of(one.at), sequence), one) for one, sequence in found]

    def order(self, order_id: str) -> WakeupOrder | None:
        with self._database.reading() as connection:
            return next(iter(orders_where(connection, "id = ?", order_id)), None)

    def counts(self, wanted: WakeupFilter) -> Mapping[WakeupState, int]:
        these, values = _matching(wanted)
        with self._database.reading() as connection:
            sql = f"SELECT state, count(*) FROM wakeup_occurrence WHERE {these} GROUP BY state"
            return dict(connection.execute(sql, values).fetchall())

    def erase(self, guest: str) -> None:
        with self._database.transaction() as connection:
            connection.execute("UPDATE wakeup_occurrence SET name = NULL WHERE guest = ?", (guest,))


# ------------------------------------------------------------------------------------ within the house's transaction


def pending(connection: sqlite3.Connection) -> list[WakeupOrder]:
    """All that are still to ring."""
    return orders_where(connection, "rings IS NOT NULL")


def latest_over(connection: sqlite3.Connection) -> tuple[Occurrence, ...]:
    """What the house remembers of those that are over."""
    sql = f"SELECT {', '.join(_OVER)} FROM wakeup_occurrence WHERE state <> 'cancelled' ORDER BY sequence DESC LIMIT ?"
    return tuple(_occurrence(row) for row in reversed(connection.execute(sql, (REMEMBERED,)).fetchall()))


def orders_where(connection: sqlite3.Connection, condition: str, *values: object) -> list[WakeupOrder]:
    sql = f"SELECT {', '.join(_ORDER)} FROM wakeup WHERE {condition} ORDER BY at"
    return [_order(row) for row in connection.execute(sql, values)]


def write(connection: sqlite3.Connection, draft: Draft) -> None:
    """An order that is to ring after all was never cancelled."""
    connection.executemany(
        f"INSERT OR REPLACE INTO wakeup ({', '.join(_ORDER)}) VALUES ({', '.join('?' * len(_ORDER))})",
        [_order_row(order) for order in (*draft.changed_wakeups(), *draft.ended)],
    )
    connection.executemany(
        "DELETE FROM wakeup_occurrence WHERE wakeup = ? AND at = ? AND state = 'cancelled'",
        [(order.id, order.rings and order.rings.isoformat()) for order in draft.new_wakeups()],
    )
    connection.executemany(
        f"INSERT INTO wakeup_occurrence ({', '.join(_OVER)}) VALUES ({', '.join('?' * len(_OVER))})",
        [_occurrence_row(occurrence) for occurrence in draft.occurrences],
    )


def forget(connection: sqlite3.Connection, before: datetime) -> int:
    """Those that were over earlier, and orders of which nothing is left; how many orders."""
    connection.execute("DELETE FROM wakeup_occurrence WHERE coalesce(ended, ordered) < ?", (to_ms(before),))
    sql = "DELETE FROM wakeup WHERE rings IS NULL AND ordered < ? AND id NOT IN (SELECT wakeup FROM wakeup_occurrence)"
    return connection.execute(sql, (to_ms(before),)).rowcount


# -------------------------------------------------------------------------------------------------------------- rows


def place_of(wall: datetime) -> int:
    """A wall time, in whole seconds, as a place in the history."""
    return int(wall.replace(tzinfo=UTC).timestamp())


def _wall(place: int) -> str:
    return datetime.fromtimestamp(place, UTC).replace(tzinfo=None).isoformat()


def _matching(wanted: WakeupFilter, *more: tuple[str, Any]) -> tuple[str, Sequence[object]]:
    return matching(
        ("at >= ?", wanted.since and wanted.since.isoformat()),
        ("at < ?", wanted.until and wanted.until.isoformat()),
        ("room = ?", wanted.room),
        ("state = ?", wanted.state),
        ("wakeup = ?", wanted.order),
        *more,
    )


def _order_row(order: WakeupOrder) -> Sequence[object]:
    return (
        order.id, order.room, order.guest, order.at.isoformat(), order.repeat, order.until, int(order.vip),
        order.state, order.by, order.through, to_ms(order.ordered), order.link, order.rings and order.rings.isoformat(),
        optional_ms(order.put_off), msgspec.json.encode(order.attempts).decode(), order.snoozes, order.lang,
    )  # fmt: skip


def _order(row: Sequence[Any]) -> WakeupOrder:
    return msgspec.convert(_values(_ORDER, row), WakeupOrder)


def _occurrence_row(one: Occurrence) -> Sequence[object]:
    return (
        one.order, one.room, one.guest, one.name, one.at.isoformat(), one.repeat, int(one.vip), one.state,
        msgspec.json.encode(one.attempts).decode(), one.by, one.through, to_ms(one.ordered), one.link,
        optional_ms(one.ended),
    )  # fmt: skip


def _occurrence(row: Sequence[Any]) -> Occurrence:
    values = _values(_OVER, row)
    return msgspec.convert(values | {"order": values.pop("wakeup")}, Occurrence)


def _values(columns: Sequence[str], row: Sequence[Any]) -> dict[str, Any]:
    values = dict(zip(columns, row, strict=True))
    instants = {name: optional_instant(values[name]) for name in _INSTANTS if name in values}
    attempts = msgspec.json.decode(values["attempts"], type=tuple[Attempt, ...])
    return values | instants | {"vip": bool(values["vip"]), "attempts": attempts}
