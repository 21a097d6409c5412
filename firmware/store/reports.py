"""What reports count of call records and charges: by hours and days of the hotel's wall time."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, Literal, Protocol

import msgspec

from firmware.store.database import Database
from firmware.store.model import EPOCH, from_ms, to_ms

LONGEST_CALL = timedelta(days=1)
"""No company line is held longer: `max_minutes` is at most a day. What began earlier is not looked for."""
HOUR = timedelta(hours=1)
_LOCAL_HOUR = "(started + :offset) / 3600000 % 24"
_WITHIN = "ended IS NOT NULL AND started >= :since AND started < :until"


class Span(msgspec.Struct, frozen=True, kw_only=True):
    """From `since` (inclusive) until `until` (exclusive) the hotel's clocks show UTC and `offset`."""

    since: datetime
    until: datetime
    offset: timedelta


class HourOfCalls(msgspec.Struct, frozen=True, kw_only=True):
    """Of the calls of one direction that began in this hour of the day."""

    hour: int
    direction: Literal["internal", "outgoing", "incoming"]
    calls: int
    answered: int
    talk_ms: int


class RoomOfCalls(msgspec.Struct, frozen=True, kw_only=True):
    """A room's calls: those that it `placed`, and those that were for it."""

    room: str
    placed: int
    received: int
    talk_ms: int


class HourOfLines(msgspec.Struct, frozen=True, kw_only=True):
    """Company lines in this hour of the day: the `most` at once, line time in use, and time that has passed."""

    hour: int
    most: int
    busy_ms: int
    passed_ms: int


class DayOfCharges(msgspec.Struct, frozen=True, kw_only=True):
    """What was charged on a day. `without_amount`: charges that the PMS prices."""

    day: date
    currency: str
    calls: int
    minibar: int
    amount: int
    without_amount: int


class HourOfAnswers(msgspec.Struct, frozen=True, kw_only=True):
    """Calls in that began in this hour of the day, those that nobody answered, and for how long they rang."""

    hour: int
    calls: int
    abandoned: int
    waited_ms: int


class AbandonedCall(msgspec.Struct, frozen=True, kw_only=True):
    """A call in that nobody answered, from outside to where it rang first."""

    started: datetime
    from_number: str
    to_number: str
    waited_ms: int


class Reports(Protocol):
    """The contract of both twins. Only what is over is counted, where it began; of lines, where it lasted."""

    def calls_by_hour(self, span: Span) -> list[HourOfCalls]:
        """Where there were any; by legs, as the records are."""
        ...

    def calls_by_room(self, span: Span) -> list[RoomOfCalls]: ...

    def lines_by_hour(self, span: Span) -> list[HourOfLines]:
        """Of all hours of the day that the span touches."""
        ...

    def charges_by_day(self, span: Span) -> list[DayOfCharges]:
        """Earliest first; those that a person has settled are among them."""
        ...

    def answers_by_hour(self, span: Span) -> list[HourOfAnswers]:
        """A call whose legs several telephones had is one; those that a black list refused are none."""
        ...

    def abandoned(self, span: Span, limit: int) -> list[AbandonedCall]:
        """Latest first."""
        ...


class SqliteReports:
    """See `Reports`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def calls_by_hour(self, span: Span) -> list[HourOfCalls]:
        sql = (
            f"SELECT {_LOCAL_HOUR} AS hour, direction, count(*) AS calls, count(answered) AS answered, "
            f"sum(talk_ms) AS talk_ms FROM call_record WHERE {_WITHIN} GROUP BY hour, direction "
            "ORDER BY hour, direction"
        )
        return [HourOfCalls(**row) for row in self._rows(sql, span)]

    def calls_by_room(self, span: Span) -> list[RoomOfCalls]:
        sides = (("from_room", "1 AS placed, 0 AS received"), ("to_room", "0, 1"))
        each = (
            f"SELECT {room} AS room, {counts}, talk_ms FROM call_record WHERE {_WITHIN} AND {room} IS NOT NULL"
            for room, counts in sides
        )
        sql = (
            "SELECT room, sum(placed) AS placed, sum(received) AS received, sum(talk_ms) AS talk_ms "
            f"FROM ({' UNION ALL '.join(each)}) GROUP BY room ORDER BY room"
        )
        return [RoomOfCalls(**row) for row in self._rows(sql, span)]

    def lines_by_hour(self, span: Span) -> list[HourOfLines]:
        """How many lines are in use changes where a call begins or ends; hours begin with what the one before had."""
        held = (
            "FROM call_record WHERE trunk IS NOT NULL AND started >= :earliest AND started < :until "
            "AND ended > max(started, :since)"
        )
        sql = (
            f"WITH edge (at, step) AS (SELECT max(started, :since), 1 {held} UNION ALL SELECT min(ended, :until), -1 "
            f"{held} UNION ALL SELECT value, 0 FROM json_each(:hours)), "
            "level AS (SELECT at, sum(step) OVER earlier AS lines, lead(at, 1, :until) OVER earlier - at AS ms "
            "FROM edge WINDOW earlier AS (ORDER BY at, step ROWS UNBOUNDED PRECEDING)) "
            "SELECT (at + :offset) / 3600000 % 24 AS hour, max(lines) AS most, sum(lines * ms) AS busy_ms, "
            "sum(ms) AS passed_ms FROM level WHERE at < :until GROUP BY hour ORDER BY hour"
        )
        hours = json.dumps([to_ms(begins) for begins in hours_of(span)])
        rows = self._rows(sql, span, earliest=to_ms(span.since - LONGEST_CALL), hours=hours)
        return [HourOfLines(**row) for row in rows]

    def charges_by_day(self, span: Span) -> list[DayOfCharges]:
        sql = (
            "SELECT (started + :offset) / 86400000 AS day, currency, sum(kind = 'call') AS calls, "
            "sum(kind = 'minibar') AS minibar, coalesce(sum(amount), 0) AS amount, sum(amount IS NULL) AS "
            "without_amount FROM charge WHERE started >= :since AND started < :until "
            "GROUP BY day, currency ORDER BY day, currency"
        )
        rows = self._rows(sql, span)
        return [DayOfCharges(**row | {"day": EPOCH.date() + timedelta(days=row["day"])}) for row in rows]

    def answers_by_hour(self, span: Span) -> list[HourOfAnswers]:
        sql = (
            f"SELECT {_LOCAL_HOUR} AS hour, count(*) AS calls, sum(nobody) AS abandoned, "
            f"sum(iif(nobody, waited_ms, 0)) AS waited_ms FROM ({_CALLS_IN}) GROUP BY hour ORDER BY hour"
        )
        return [HourOfAnswers(**row) for row in self._rows(sql, span)]

    def abandoned(self, span: Span, limit: int) -> list[AbandonedCall]:
        sql = (
            f"SELECT started, from_number, to_number, waited_ms FROM ({_CALLS_IN}) WHERE nobody "
            "ORDER BY started DESC LIMIT :limit"
        )
        rows = self._rows(sql, span, limit=limit)
        return [AbandonedCall(**row | {"started": from_ms(row["started"])}) for row in rows]

    def _rows(self, sql: str, span: Span, **more: object) -> Sequence[dict[str, Any]]:
        values = {
            "since": to_ms(span.since),
            "until": to_ms(span.until),
            "offset": span.offset // timedelta(milliseconds=1),
        }
        with self._database.reading() as connection:
            found = connection.execute(sql, values | more)
            names = [name for name, *_ in found.description]
            return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


# SQLite takes what is not aggregated from the row of the minimum: the first leg of the call.
_CALLS_IN = (
    "SELECT min(started) AS started, from_number, to_number, count(answered) = 0 AS nobody, "
    f"sum(ended - started) AS waited_ms FROM call_record WHERE {_WITHIN} AND direction = 'incoming' "
    "AND end IS NOT 'barred' GROUP BY call"
)


def hours_of(span: Span) -> list[datetime]:
    """Where the hours of the wall time begin within a span; its first may be a part of one."""
    since, until = span.since + span.offset, span.until + span.offset
    whole = since.replace(minute=0, second=0, microsecond=0)
    begins = [whole + HOUR * number for number in range((until - whole) // HOUR + 1)]
    return [max(at, since) - span.offset for at in begins if at < until]
