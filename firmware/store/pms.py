"""What PMS links are owed: news, until they have been told; and when they were last in step."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Protocol

import msgspec

from firmware.pms.model import DndNews, LampNews, News, ResyncWanted, StatusNews, VoiceMailNews
from firmware.store.database import Database
from firmware.store.model import from_ms, optional_instant, to_ms

LATEST_COUNTS = (StatusNews, LampNews, DndNews, VoiceMailNews, ResyncWanted)
"""Of these a link that was away is told the last for each room alone."""


class Pms(Protocol):
    """The contract of both twins."""

    def add_news(self, links: Iterable[str], news: Sequence[News], at: datetime) -> None: ...

    def next_news(self, link: str) -> tuple[int, News] | None:
        """The oldest, with its key for `told`."""
        ...

    def told(self, key: int) -> None: ...

    def waiting(self, link: str) -> int: ...

    def waiting_news(self, link: str, most: int) -> list[tuple[int, datetime, News]]:
        """Key, since when, and what: the oldest first."""
        ...

    def keep_links(self, links: Iterable[str]) -> None:
        """News for links that are not configured any more is dropped."""
        ...

    def resynced(self, link: str) -> datetime | None:
        """When a resync last went through."""
        ...

    def note_resynced(self, link: str, at: datetime) -> None: ...


def kind_of(news: News) -> str:
    return type(news).__name__


def room_of(news: News) -> str:
    return "" if isinstance(news, ResyncWanted) else news.room


class SqlitePms:
    """See `Pms`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add_news(self, links: Iterable[str], news: Sequence[News], at: datetime) -> None:
        with self._database.transaction() as connection:
            for link in links:
                for item in news:
                    kind, room = kind_of(item), room_of(item)
                    if isinstance(item, LATEST_COUNTS):
                        sql = "DELETE FROM pms_news WHERE link = ? AND kind = ? AND room = ?"
                        connection.execute(sql, (link, kind, room))
                    connection.execute(
                        "INSERT INTO pms_news (link, kind, room, body, created) VALUES (?, ?, ?, ?, ?)",
                        (link, kind, room, msgspec.json.encode(item).decode(), to_ms(at)),
                    )

    def next_news(self, link: str) -> tuple[int, News] | None:
        with self._database.reading() as connection:
            sql = "SELECT id, body FROM pms_news WHERE link = ? ORDER BY id LIMIT 1"
            row = connection.execute(sql, (link,)).fetchone()
        return None if row is None else (row[0], msgspec.json.decode(row[1], type=News))

    def told(self, key: int) -> None:
        with self._database.transaction() as connection:
            connection.execute("DELETE FROM pms_news WHERE id = ?", (key,))

    def waiting(self, link: str) -> int:
        with self._database.reading() as connection:
            return int(connection.execute("SELECT count(*) FROM pms_news WHERE link = ?", (link,)).fetchone()[0])

    def waiting_news(self, link: str, most: int) -> list[tuple[int, datetime, News]]:
        with self._database.reading() as connection:
            sql = "SELECT id, created, body FROM pms_news WHERE link = ? ORDER BY id LIMIT ?"
            rows = connection.execute(sql, (link, most)).fetchall()
        return [(key, from_ms(created), msgspec.json.decode(body, type=News)) for key, created, body in rows]

    def keep_links(self, links: Iterable[str]) -> None:
        known = list(links)
        with self._database.transaction() as connection:
            marks = ", ".join("?" * len(known))
            for table in ("pms_news", "pms_link"):
                connection.execute(f"DELETE FROM {table} WHERE link NOT IN ({marks})", known)

    def resynced(self, link: str) -> datetime | None:
        with self._database.reading() as connection:
            row = connection.execute("SELECT resynced FROM pms_link WHERE link = ?", (link,)).fetchone()
        return optional_instant(row[0]) if row else None

    def note_resynced(self, link: str, at: datetime) -> None:
        with self._database.transaction() as connection:
            connection.execute(
                "INSERT INTO pms_link (link, resynced) VALUES (?, ?) "
                "ON CONFLICT (link) DO UPDATE SET resynced = excluded.resynced",
                (link, to_ms(at)),
            )


class MemoryPms:
    """The in-memory twin."""

    def __init__(self) -> None:
        self._news: dict[int, tuple[str, News]] = {}
        self._since: dict[int, datetime] = {}
        self._last = 0
        self._resynced: dict[str, datetime] = {}

    def add_news(self, links: Iterable[str], news: Sequence[News], at: datetime) -> None:
        for link in links:
            for item in news:
                if isinstance(item, LATEST_COUNTS):
                    self._drop(link, item)
                self._last += 1
                self._news[self._last] = (link, item)
                self._since[self._last] = at

    def _drop(self, link: str, item: News) -> None:
        mark = (link, kind_of(item), room_of(item))
        for key in [k for k, (to, old) in self._news.items() if (to, kind_of(old), room_of(old)) == mark]:
            del self._news[key]

    def next_news(self, link: str) -> tuple[int, News] | None:
        return next(((key, item) for key, (to, item) in sorted(self._news.items()) if to == link), None)

    def told(self, key: int) -> None:
        self._news.pop(key, None)

    def waiting(self, link: str) -> int:
        return sum(to == link for to, _ in self._news.values())

    def waiting_news(self, link: str, most: int) -> list[tuple[int, datetime, News]]:
        found = [(key, self._since[key], item) for key, (to, item) in sorted(self._news.items()) if to == link]
        return found[:most]

    def keep_links(self, links: Iterable[str]) -> None:
        known = set(links)
        self._news = {key: item for key, item in self._news.items() if item[0] in known}
        self._resynced = {link: at for link, at in self._resynced.items() if link in known}

    def resynced(self, link: str) -> datetime | None:
        return self._resynced.get(link)

    def note_resynced(self, link: str, at: datetime) -> None:
        self._resynced[link] = at
