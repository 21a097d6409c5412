"""Tariffs and charges."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal, Protocol, get_args

import msgspec
from msgspec import Meta

from firmware.details import Detail
from webui.faults import ApiError
from webui.route import EVERYBODY, PART, READERS, TECHNICAL, Ask, Many, Route, part_of
from webui.services import Identity, Part, Place
from webui.types import Acknowledgement, Answer, Money, Request, Stamp

State = Literal["pending", "posted", "doubtful", "refused", "settled"]
TARIFF_COLUMNS = (
    "prefix", "name", "days", "from", "to", "connection", "interval_s", "price", "free_s", "minimum",
    "surcharge_percent", "tax_percent",
)  # fmt: skip
MOST_TABLE_BYTES = 4 << 20


class Tariff(Answer, frozen=True, kw_only=True):
    """What calls to numbers that begin with `prefix` cost; money in minor units. An empty prefix: all other numbers."""

    prefix: str
    name: str
    days: str
    from_: str = msgspec.field(name="from")
    to: str
    connection: int
    interval_s: int
    price: int
    free_s: int
    minimum: int
    surcharge_percent: int | float
    tax_percent: int | float


class TariffsTaken(Answer, frozen=True, kw_only=True):
    """How many rows are in force now."""

    rows: int


class Charging(Request, frozen=True, kw_only=True):
    """Who prices calls: the tariffs, or the PMS, which is told number and duration then.

    `hidden_digits`: so many last digits of a number are left out in charges and on the bill.
    """

    calls_priced_by: Literal["tariffs", "pms"] = "tariffs"
    hidden_digits: Annotated[int, Meta(ge=0, le=20)] = 0


class Article(Request, frozen=True, kw_only=True):
    """Something of a minibar, by the PMS's number for it."""

    article: Annotated[int, Meta(ge=1, le=9999)]
    count: Annotated[int, Meta(ge=1, le=99)] = 1


class Minibar(Request, frozen=True, kw_only=True):
    """What a room's guests have taken; the PMS knows what it costs."""

    room: Annotated[str, Meta(min_length=1, max_length=120)]
    items: Annotated[list[Article], Meta(min_length=1, max_length=50)]


class Charge(Answer, frozen=True, kw_only=True):
    """What a room owes, and what has become of it. `charge` null: the PMS prices it.

    `call_record`: the record it is for. `posting`: its number at the PMS (P#), sent `sends` times by `link`. `status`
    and `text` are what the PMS said, at `told`; `text_detail`: where the words are ours, for another language.
    """

    id: int
    kind: Literal["call", "minibar"]
    state: State
    room: str
    guest: str | None
    call_record: str | None
    number: str
    trunk: str | None
    started: Stamp
    talk_seconds: int
    charge: Money | None
    items: list[Article]
    by: str | None
    link: str | None
    posting: int | None
    sends: int
    status: str | None
    text: str | None
    text_detail: Detail | None = None
    told: Stamp | None
    settled: Acknowledgement | None


class Billing(Protocol):
    """Raises RefusedError (tariff, unknown-charge, unknown-room, settled) and StorageError."""

    def tariffs(self) -> Sequence[Tariff]: ...

    async def put_tariffs(self, table: bytes, who: Identity) -> TariffsTaken: ...

    def charging(self) -> Charging: ...

    async def set_charging(self, wanted: Charging, who: Identity) -> Charging: ...

    async def charges(self, state: State | None, room: str | None, part: Part) -> tuple[list[Charge], Place | None]: ...

    async def settle(self, charge: int, who: Identity) -> Charge: ...

    async def minibar(self, wanted: Minibar, who: Identity) -> Charge: ...


async def tariffs(ask: Ask) -> Many:
    """The whole table, unless a part of it is asked for."""
    rows, query = ask.services.billing.tariffs(), ask.query
    if query.text("limit") is None and query.text("cursor") is None:
        return Many(list(rows))
    return part_of(rows, query.part())


async def put_tariffs(ask: Ask) -> TariffsTaken:
    return await ask.services.billing.put_tariffs(ask.body, ask.who)


async def charging(ask: Ask) -> Charging:
    return ask.services.billing.charging()


async def set_charging(ask: Ask) -> Charging:
    return await ask.services.billing.set_charging(ask.body, ask.who)


async def charges(ask: Ask) -> Many:
    query = ask.query
    state: State | None = query.choice("state", get_args(State))
    found = await ask.services.billing.charges(state, query.text("room"), query.part())
    await ask.services.readings.note(ask.who, query.text("room"))
    return Many(*found)


async def settle(ask: Ask) -> Charge:
    number = ask.path["id"]
    if not number.isascii() or not number.isdigit() or len(number) > 15:
        raise ApiError(404, "unknown-charge", f"there is no charge {number}", "id")
    return await ask.services.billing.settle(int(number), ask.who)


async def minibar(ask: Ask) -> Charge:
    return await ask.services.billing.minibar(ask.body, ask.who)


ROUTES: tuple[Route, ...] = (
    Route(
        "GET", "/tariffs", tariffs, "The tariffs: the whole table, or a part of it", READERS, Tariff, True, query=PART,
        csv=TARIFF_COLUMNS,
    ),
    Route(
        "PUT", "/tariffs", put_tariffs, "Replace the tariffs by a table; a fault in it changes nothing", TECHNICAL,
        TariffsTaken, takes="text/csv", most_bytes=MOST_TABLE_BYTES,
    ),
    Route("GET", "/settings/charging", charging, "Who prices calls, and what the bill shows", READERS, Charging),
    Route(
        "PUT", "/settings/charging", set_charging, "Who prices calls, and what the bill shows; of calls that end then",
        TECHNICAL, Charging, body=Charging,
    ),
    Route(
        "GET", "/charges", charges, "What rooms owe, latest first", READERS, Charge, True,
        query={"state": ", ".join(get_args(State)), "room": "a room number", **PART},
    ),
    Route(
        "POST", "/charges", minibar, "What was taken from a room's minibar, for the PMS to price", EVERYBODY, Charge,
        body=Minibar, status=201, refusals=(404,),
    ),
    Route(
        "POST", "/charges/{id}/settle", settle, "A person has seen to a charge: it is never posted",
        READERS, Charge, refusals=(404, 409),
    ),
)  # fmt: skip
