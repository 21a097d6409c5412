"""Stays, present and past: the bill of one, all that is kept of its guest, and its erasure."""

from __future__ import annotations

from typing import Annotated, Literal, Protocol

import msgspec
from msgspec import Meta

from webui import types
from webui.api import billing, hotel
from webui.api.requests import GuestRequest, VoiceMessage
from webui.route import FRONT, MANAGER, PART, PERIOD, Ask, Many, Route
from webui.services import Identity, Part, Period, Place
from webui.types import Answer, Stamp

BILL_COLUMNS = (
    "kind", "started", "room", "number", "talk_seconds", "article", "count", "charge_amount", "charge_currency",
    "unpriced", "state",
)  # fmt: skip
Days = Annotated[int, Meta(ge=1, le=3650)]


class Stay(Answer, frozen=True, kw_only=True):
    """Somebody who lives here, or did. `guest` is the id; `room` the last one; `departure` what was planned.

    `departed` null: the guest is in. `erased`: since when nothing says any more who it was.
    """

    guest: str
    room: str
    name: str | None
    first_name: str | None
    title: str | None
    language: str | None
    vip: bool
    reservation: str | None
    group: str | None
    arrival: Stamp
    departure: str | None
    departed: Stamp | None
    erased: Stamp | None


class StayFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which stays."""

    room: str | None = None
    name: str | None = None
    reservation: str | None = None
    period: Period


class BillLine(Answer, frozen=True, kw_only=True):
    """A call outside, an article of the minibar, or (kind "internal") a call within the house, which costs nothing.

    `charge` null: not priced here; `unpriced`: no tariff knows the number. `state` is that of the charge.
    """

    kind: Literal["call", "minibar", "internal"]
    started: Stamp
    room: str
    number: str | None = None
    talk_seconds: int | None = None
    article: int | None = None
    count: int | None = None
    charge: types.Money | None = None
    unpriced: bool = False
    state: billing.State | None = None


class Bill(Answer, frozen=True, kw_only=True):
    """What a stay has come to, oldest first. The sums are of what has a price here; `priced`: that is all."""

    stay: Stay
    items: list[BillLine]
    calls: types.Money
    minibar: types.Money
    total: types.Money
    priced: bool


class WhileIn(Answer, frozen=True, kw_only=True):
    """What is kept of a guest only while he lives here."""

    deposit: types.Money | None
    no_post: bool
    needs_person: bool


class GuestWakeup(Answer, frozen=True, kw_only=True):
    """A wake-up that was ordered; `at` is the hotel's time."""

    id: str
    room: str
    at: Stamp
    repeat: str
    until: str | None
    vip: bool
    state: str
    by: str
    through: str
    ordered: Stamp


class KeptOfGuest(Answer, frozen=True, kw_only=True):
    """Everything that is kept of a guest."""

    stay: Stay
    while_in: WhileIn | None
    messages: list[hotel.Message]
    wakeups: list[GuestWakeup]
    requests: list[GuestRequest]
    voice_mail: list[VoiceMessage]
    call_records: list[types.CallRecord]
    charges: list[billing.Charge]
    audit: list[types.AuditEntry]


class Retention(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """For how many days things are kept; a member that is not given has its default.

    `records`: stays, from the departure; call records, charges, wake-ups. `alarms`: those that are over.
    """

    records: Days = 180
    alarms: Days = 365
    audit: Days = 365


class Guests(Protocol):
    """Raises RefusedError (unknown-guest) and StorageError."""

    async def stays(self, wanted: StayFilter, part: Part) -> tuple[list[Stay], Place | None]: ...

    async def bill(self, guest: str, internal: bool) -> Bill: ...

    async def data(self, guest: str, who: Identity) -> KeptOfGuest: ...

    async def erase(self, guest: str, who: Identity) -> None:
        """Raises RefusedError (present, unsettled, in-call), too; then nothing has changed."""
        ...

    async def retention(self) -> Retention: ...

    async def set_retention(self, wanted: Retention, who: Identity) -> Retention: ...


async def stays(ask: Ask) -> Many:
    query = ask.query
    wanted = StayFilter(
        room=query.text("room"), name=query.text("name"), reservation=query.text("reservation"),
        period=query.period(ask.services.local),
    )  # fmt: skip
    return Many(*await ask.services.guests.stays(wanted, query.part()))


async def bill(ask: Ask) -> Bill:
    made = await ask.services.guests.bill(ask.path["guest"], ask.query.flag("internal"))
    await ask.services.readings.note(ask.who, made.stay.room)
    return made


async def data(ask: Ask) -> KeptOfGuest:
    return await ask.services.guests.data(ask.path["guest"], ask.who)


async def erase(ask: Ask) -> None:
    await ask.services.guests.erase(ask.path["guest"], ask.who)


async def retention(ask: Ask) -> Retention:
    return await ask.services.guests.retention()


async def set_retention(ask: Ask) -> Retention:
    return await ask.services.guests.set_retention(ask.body, ask.who)


ROUTES: tuple[Route, ...] = (
    Route(
        "GET", "/stays", stays, "Stays, present and past, that touch a period; latest arrival first", FRONT, Stay, True,
        query={
            "room": "the last one", "name": "a part of the first or the last name", "reservation": "the whole of it",
            **PERIOD, **PART,
        },
    ),
    Route(
        "GET", "/stays/{guest}/bill", bill, "What a stay has come to", FRONT, Bill,
        query={"internal": "true: calls within the house, too"}, csv=BILL_COLUMNS, refusals=(404,),
    ),
    Route(
        "GET", "/stays/{guest}/data", data, "Everything that is kept of a guest", MANAGER, KeptOfGuest, refusals=(404,),
    ),
    Route(
        "DELETE", "/stays/{guest}/data", erase,
        "Take out who a guest was who has left, and whom he called; amounts and times stay", MANAGER,
        status=204, refusals=(404, 409),
    ),
    Route("GET", "/settings/retention", retention, "For how many days things are kept", MANAGER, Retention),
    Route(
        "PUT", "/settings/retention", set_retention,
        "For how many days things are kept; what is older is deleted within the hour", MANAGER, Retention,
        body=Retention,
    ),
)  # fmt: skip
