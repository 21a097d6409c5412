"""Wake-up orders: given, cancelled, seen to by a person; which room rings when, and what has become of them."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import date, datetime
from typing import Annotated, Literal, Protocol, TypeAlias, get_args

import msgspec
from msgspec import Meta

from firmware.config.schema import Language
from firmware.errors import Limit
from webui.faults import ApiError
from webui.route import PART, PERIOD, READERS, Ask, Many, Route
from webui.services import Identity, Part, Period, Place
from webui.types import Answer, Request, Stamp, told_as

State: TypeAlias = Literal["waiting", "ringing", "answered", "not_answered", "busy", "error", "missed", "cancelled"]
Repeat: TypeAlias = Literal["once", "daily", "weekdays"]
OUTCOMES: tuple[State, ...] = ("answered", "not_answered", "busy", "error", "missed", "cancelled")
MOST_ROOMS = 500
HISTORY_COLUMNS = (
    "order", "room", "guest", "name", "at", "attempts", "outcome", "late_seconds", "ordered_by", "ordered_through",
    "ordered_at",
)  # fmt: skip
_WALL = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_DATE_TIME, _LAST_DATE = Limit("date-time"), Limit("date")
_AS = "the hotel's wall time, as 2026-11-22T07:00 or 2026-11-22T07:00:30"
WallTime = Annotated[str, Meta(description=_AS, extra=told_as("date-time"))]
_UNTIL = '"check-out", or the last date'
Until = Annotated[str, Meta(description=_UNTIL, extra=told_as("date"))]


class WakeupAttempt(Answer, frozen=True, kw_only=True):
    """One try to wake the room, `started` when its bell rang. `ended` and `outcome` null: it goes on."""

    started: Stamp
    ended: Stamp | None
    outcome: str | None


class Ordered(Answer, frozen=True, kw_only=True):
    """Who has given the order, through what, and when."""

    by: str
    through: Literal["keypad", "desk", "pms", "api", "system"]
    at: Stamp


class Wakeup(Answer, frozen=True, kw_only=True):
    """An order. `at` is the hotel's time as ordered; `due` when it rings next, or has rung last.

    `guest` null: it is the room's; `room_vacant`: nobody lives there. `by_person`: staff call him, and say what came of
    it. `language` null: the guest's, else the hotel's. `snoozes`: how often this occurrence was put off. Of a recurring
    order the state is that of its latest occurrence.
    """

    id: str
    room: str
    room_vacant: bool
    guest: str | None
    language: str | None
    at: Stamp
    due: Stamp
    repeat: Repeat
    until: str | None
    vip: bool
    by_person: bool
    state: State
    snoozes: int
    attempts: list[WakeupAttempt]
    ordered: Ordered


class NewWakeup(Request, frozen=True, kw_only=True):
    """For one `room`, or for all of `rooms` or none. `language` null: the guest's, else the hotel's."""

    room: str | None = None
    rooms: Annotated[list[str], Meta(min_length=1, max_length=MOST_ROOMS)] | None = None
    at: WallTime
    repeat: Repeat = "once"
    until: Until | None = None
    vip: bool = False
    language: Language | None = None


class WakeupChange(Request, frozen=True, kw_only=True):
    """Another time for an order that is still to ring."""

    at: WallTime


class WakeupOutcome(Request, frozen=True, kw_only=True):
    """What came of a call that a person has made."""

    outcome: Literal["answered", "not_answered"]


class PlannedWakeup(Answer, frozen=True, kw_only=True):
    """A room that rings, and when; later than `due` only where so many are due that not all can ring at once."""

    room: str
    order: str
    due: Stamp
    rings_at: Stamp
    vip: bool
    by_person: bool


class PastWakeup(Answer, frozen=True, kw_only=True):
    """An occurrence that is over; `at` is when it was due. `guest`, `name`: whose it was, or who had the room's bill.

    `late_seconds`: of the first ring; null: it has not rung, or that is not known.
    """

    order: str
    room: str
    guest: str | None
    name: str | None
    at: Stamp
    attempts: list[WakeupAttempt]
    outcome: State
    late_seconds: float | None
    ordered: Ordered


class WakeupReport(Answer, frozen=True, kw_only=True):
    """How the wake-ups of a period ended.

    `success_rate`: answered, of all that were not cancelled; null: there were none. `mean_late_seconds`: of the first
    rings; null: not known.
    """

    outcomes: dict[str, int]
    total: int
    success_rate: float | None
    mean_late_seconds: float | None


class WakeupSettings(Answer, frozen=True, kw_only=True):
    """How guests are woken, as `[wakeup]` of the configuration says."""

    attempts: int
    ring_seconds: int
    spacing_seconds: int
    key_needed: bool
    late_minutes: int
    snooze_minutes: int
    snoozes: int
    speak_name: bool
    ringing_at_once: int
    reception_every_seconds: int
    escalation: list[str]
    escalation_after_seconds: int
    vip_by_person: bool


class Ordering(msgspec.Struct, frozen=True, kw_only=True):
    """An order as checked; `at` is naive, the hotel's."""

    rooms: list[str]
    at: datetime
    repeat: Repeat
    until: str | None
    vip: bool
    language: Language | None


class WakeupFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which orders; the period is of `due`. `due`: only those that are still to ring."""

    room: str | None
    state: State | None
    period: Period
    due: bool = False


class Wakeups(Protocol):
    """Raises RefusedError (unknown-wakeup, unknown-room, past, bad-until, over, ringing, not-due) and StorageError."""

    async def order(self, wanted: Ordering, who: Identity) -> list[Wakeup]:
        """A second order for the same room and minute is the same one."""
        ...

    async def change(self, wakeup: str, at: datetime, who: Identity) -> Wakeup: ...

    async def cancel(self, wakeup: str, who: Identity) -> None: ...

    async def wakeup(self, wakeup: str) -> Wakeup: ...

    async def wakeups(self, wanted: WakeupFilter, part: Part) -> tuple[list[Wakeup], Place | None]:
        """Those that are still to ring, earliest first; then those that are over, latest first."""
        ...

    async def outcome(self, wakeup: str, answered: bool, who: Identity) -> Wakeup: ...

    def plan(self, day: date | None) -> list[PlannedWakeup]:
        """In the order of ringing; `day` None: of the coming 24 hours."""
        ...

    async def history(self, wanted: WakeupFilter, part: Part) -> tuple[list[PastWakeup], Place | None]: ...

    async def report(self, period: Period) -> WakeupReport: ...

    def settings(self) -> WakeupSettings: ...


async def order_wakeups(ask: Ask) -> Many:
    return Many(await ask.services.wakeups.order(_ordering(ask.body), ask.who))


async def change_wakeup(ask: Ask) -> Wakeup:
    return await ask.services.wakeups.change(ask.path["id"], _wall_time(ask.body.at), ask.who)


async def cancel_wakeup(ask: Ask) -> None:
    await ask.services.wakeups.cancel(ask.path["id"], ask.who)


async def wakeup(ask: Ask) -> Wakeup:
    return await ask.services.wakeups.wakeup(ask.path["id"])


async def wakeups(ask: Ask) -> Many:
    return Many(*await ask.services.wakeups.wakeups(_filter(ask, ask.query.flag("due")), ask.query.part()))


async def wakeup_outcome(ask: Ask) -> Wakeup:
    return await ask.services.wakeups.outcome(ask.path["id"], ask.body.outcome == "answered", ask.who)


async def wakeup_plan(ask: Ask) -> Many:
    """The whole: a part of a plan is of no use to who prints it."""
    day = ask.query.text("date")
    return Many(ask.services.wakeups.plan(None if day is None else _date(day, "date")))


async def wakeup_history(ask: Ask) -> Many:
    return Many(*await ask.services.wakeups.history(_filter(ask), ask.query.part()))


async def wakeup_report(ask: Ask) -> WakeupReport:
    return await ask.services.wakeups.report(ask.query.period(ask.services.local))


async def wakeup_settings(ask: Ask) -> WakeupSettings:
    return ask.services.wakeups.settings()


# ------------------------------------------------------------------------------------------------------------- checks


def _ordering(body: NewWakeup) -> Ordering:
    """Raises ApiError."""
    if (body.room is None) == (body.rooms is None):
        raise ApiError(422, "bad-value", "an order is for `room` or for `rooms`", "room")
    rooms, until = list(dict.fromkeys(body.rooms or [body.room or ""])), _until(body.until)
    return Ordering(
        rooms=rooms, at=_wall_time(body.at), repeat=body.repeat, until=until, vip=body.vip, language=body.language
    )


def _wall_time(text: str) -> datetime:
    """Naive. Raises ApiError."""
    words = f"{text[:40]} is no time of the hotel's day, as 2026-11-22T07:00"
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise ApiError(422, "bad-value", words, "at", limit=_DATE_TIME) from None
    if found.tzinfo is not None:
        words = "at is the hotel's wall time, without an offset, as 2026-11-22T07:00"
        raise ApiError(422, "bad-value", words, "at", limit=_DATE_TIME)
    if not _WALL.fullmatch(text):
        raise ApiError(422, "bad-value", words, "at", limit=_DATE_TIME)
    return found


def _until(text: str | None) -> str | None:
    return text if text is None or text == "check-out" else _date(text, "until").isoformat()


def _date(text: str, field: str) -> date:
    if _DATE.fullmatch(text):
        with suppress(ValueError):
            return date.fromisoformat(text)
    also = '"check-out" or ' if field == "until" else ""
    raise ApiError(422, "bad-value", f"{field} is {also}a date, as 2026-11-22", field, limit=_LAST_DATE)


def _filter(ask: Ask, due: bool = False) -> WakeupFilter:
    query = ask.query
    state: State | None = query.choice("state", get_args(State))
    return WakeupFilter(room=query.text("room"), state=state, period=query.period(ask.services.local), due=due)


_FILTER = {"room": "a room number", **PERIOD, "state": ", ".join(get_args(State))}

ROUTES: tuple[Route, ...] = (
    Route(
        "GET", "/wakeups", wakeups,
        "Wake-up orders: those still to ring, earliest first, then those that are over, latest first", READERS, Wakeup,
        True, query={**_FILTER, "due": "true: only those still to ring, also again", **PART},
    ),
    Route(
        "POST", "/wakeups", order_wakeups, "Order wake-ups for a room, or for all of a list or none", READERS, Wakeup,
        True, body=NewWakeup, status=201, refusals=(404, 409),
    ),
    Route(
        "GET", "/wakeups/plan", wakeup_plan, "Which room rings when, in that order", READERS, PlannedWakeup, True,
        query={"date": "the hotel's day, as 2026-11-22; else the coming 24 hours"},
        csv=("room", "order", "due", "rings_at", "vip", "by_person"),
    ),
    Route(
        "GET", "/wakeups/history", wakeup_history, "Wake-ups that are over, latest first", READERS, PastWakeup, True,
        query={**_FILTER, **PART}, csv=HISTORY_COLUMNS,
    ),
    Route(
        "GET", "/wakeups/report", wakeup_report, "How the wake-ups of a period ended", READERS, WakeupReport,
        query=PERIOD,
    ),
    Route(
        "GET", "/wakeups/{id}", wakeup, "One order, also of those that are over", READERS, Wakeup, refusals=(404,),
    ),
    Route(
        "PATCH", "/wakeups/{id}", change_wakeup, "Another time for an order that is still to ring", READERS, Wakeup,
        body=WakeupChange, refusals=(404, 409),
    ),
    Route(
        "DELETE", "/wakeups/{id}", cancel_wakeup, "Cancel an order: of a recurring one, the whole", READERS, status=204,
        refusals=(404, 409),
    ),
    Route(
        "POST", "/wakeups/{id}/outcome", wakeup_outcome, "What came of a wake-up that a person does", READERS, Wakeup,
        body=WakeupOutcome, refusals=(404, 409),
    ),
    Route(
        "GET", "/settings/wakeup", wakeup_settings, "How guests are woken, as the configuration says", READERS,
        WakeupSettings,
    ),
)  # fmt: skip
