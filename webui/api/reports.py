"""Reports of a period, by hours and days of the hotel's wall time: calls, company lines, charges, abandoned calls."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Protocol

from firmware.errors import Limit
from webui.faults import ApiError
from webui.route import PERIOD, READERS, TECHNICAL, Ask, Route
from webui.types import Answer, Direction, Money, Stamp

LONGEST = timedelta(days=400)


class DirectionOfCalls(Answer, frozen=True, kw_only=True):
    """The finished calls of one direction."""

    direction: Direction
    calls: int
    answered: int
    talk_seconds: int


class HourOfCalls(Answer, frozen=True, kw_only=True):
    """The calls that began in this hour of the day, on all days of the period."""

    hour: int
    internal: int
    outgoing: int
    incoming: int
    answered: int
    talk_seconds: int


class RoomOfCalls(Answer, frozen=True, kw_only=True):
    """A room's calls: those that it `placed`, and those that were for it."""

    room: str
    placed: int
    received: int
    talk_seconds: int


class CallsReport(Answer, frozen=True, kw_only=True):
    """Finished calls, counted as the records are: a transfer has two. Rooms with most calls first."""

    since: Stamp
    until: Stamp
    by_direction: list[DirectionOfCalls]
    by_hour: list[HourOfCalls]
    by_room: list[RoomOfCalls]


class HourOfLines(Answer, frozen=True, kw_only=True):
    """Company lines in this hour of the day, on all days of the period.

    `most`: in use at once. `busy_seconds`: of all lines together; `occupancy`: that of what all lines could have had.
    """

    hour: int
    most: int
    busy_seconds: int
    occupancy: float


class LinesReport(Answer, frozen=True, kw_only=True):
    """How much the company lines were in use by calls that are over; `lines`: how many there are."""

    since: Stamp
    until: Stamp
    lines: int
    most: int
    busy_seconds: int
    by_hour: list[HourOfLines]


class DayOfCharges(Answer, frozen=True, kw_only=True):
    """What was charged on a day. `without_amount`: so many of the charges are priced by the PMS."""

    day: str
    calls: int
    minibar: int
    charge: Money
    without_amount: int


class ChargesReport(Answer, frozen=True, kw_only=True):
    """The days on which something was charged, earliest first; a sum for each currency."""

    since: Stamp
    until: Stamp
    by_day: list[DayOfCharges]
    sums: list[Money]


class HourOfAnswers(Answer, frozen=True, kw_only=True):
    """Calls in that began in this hour of the day, and those of them that nobody answered."""

    hour: int
    calls: int
    abandoned: int


class AbandonedCall(Answer, frozen=True, kw_only=True):
    """A call in that nobody answered: from which number, where it rang first, and how long the caller waited."""

    started: Stamp
    from_number: str
    to: str
    waited_seconds: int


class AbandonedReport(Answer, frozen=True, kw_only=True):
    """Calls in that nobody answered. `mean_wait_seconds` null: there were none. `latest`: at most a hundred."""

    since: Stamp
    until: Stamp
    calls: int
    abandoned: int
    mean_wait_seconds: float | None
    by_hour: list[HourOfAnswers]
    latest: list[AbandonedCall]


class Reports(Protocol):
    """Of what began from `since` (inclusive) until `until` (exclusive). Raises StorageError."""

    async def calls(self, since: datetime, until: datetime) -> CallsReport: ...

    async def lines(self, since: datetime, until: datetime) -> LinesReport: ...

    async def charges(self, since: datetime, until: datetime) -> ChargesReport: ...

    async def abandoned(self, since: datetime, until: datetime) -> AbandonedReport: ...


async def calls_report(ask: Ask) -> CallsReport:
    return await ask.services.reports.calls(*_bounds(ask))


async def lines_report(ask: Ask) -> LinesReport:
    return await ask.services.reports.lines(*_bounds(ask))


async def charges_report(ask: Ask) -> ChargesReport:
    return await ask.services.reports.charges(*_bounds(ask))


async def abandoned_report(ask: Ask) -> AbandonedReport:
    found = await ask.services.reports.abandoned(*_bounds(ask))
    await ask.services.readings.note(ask.who, None)  # single calls are in it, with who called whom
    return found


def _bounds(ask: Ask) -> tuple[datetime, datetime]:
    """The period, in UTC. Raises ApiError: both ends are needed, and not further apart than can be counted soon."""
    period = ask.query.period(ask.services.local)
    if period.since is None or period.until is None:
        missing = "from" if period.since is None else "to"
        raise ApiError(422, "bad-value", f"a report is of a period: {missing} is missing", missing, limit=Limit("date"))
    try:
        since, until = period.since.astimezone(UTC), period.until.astimezone(UTC)
    except OverflowError:  # the first or last day that there is, in a zone where it is another one
        raise ApiError(
            422, "bad-value", "from and to are days that a calendar has", "from", limit=Limit("date")
        ) from None
    if not timedelta() < until - since <= LONGEST:
        raise ApiError(422, "bad-period", f"to is after from, by {LONGEST.days} days at most", "to")
    return since, until


ROUTES: tuple[Route, ...] = (
    Route(
        "GET", "/reports/calls", calls_report, "Finished calls of a period by hour, room and direction", READERS,
        CallsReport, query=PERIOD,
    ),
    Route(
        "GET", "/reports/lines", lines_report, "How much the company lines were in use, by hour", TECHNICAL,
        LinesReport, query=PERIOD,
    ),
    Route(
        "GET", "/reports/charges", charges_report, "What was charged, by day", TECHNICAL, ChargesReport, query=PERIOD,
    ),
    Route(
        "GET", "/reports/abandoned", abandoned_report, "Calls in that nobody answered", READERS, AbandonedReport,
        query=PERIOD,
    ),
)  # fmt: skip
