"""What guests and staff dial for services: the site's digits, the card beside the telephone, PINs."""

from __future__ import annotations

from typing import Annotated, Literal, Protocol, TypeAlias, get_args

import msgspec
from msgspec import Meta

from firmware.config.schema import LANGUAGES, Language
from firmware.services.model import LEAST_PIN, MOST_CODE, MOST_LOCK_MINUTES, MOST_PIN, MOST_STAFF_NAME
from webui import types
from webui.route import MANAGER, READERS, TECHNICAL, Ask, Many, Route
from webui.services import Identity
from webui.types import Answer, Request, Stamp

Card: TypeAlias = Literal["guest", "staff"]
Right: TypeAlias = Literal["stays", "class", "blocking", "night"]
CODE = r"^[0-9*]+(?!\n)$"
DIGITS = r"^[0-9]+(?!\n)$"
types.PATTERNS |= {CODE: "0-9 and *", DIGITS: "digits"}
Code = Annotated[str, types.looks_like(CODE, "code", 1, MOST_CODE)]
NewDigits = Annotated[str, types.looks_like(DIGITS, "digits", LEAST_PIN, MOST_PIN)]
StaffName = Annotated[str, types.name_of(MOST_STAFF_NAME)]


class ServiceCodes(Request, frozen=True, kw_only=True):
    """What is dialled for each service, by its name; one that is not given has its default."""

    digits: dict[str, Code] = msgspec.field(default_factory=dict)


class CardRow(Answer, frozen=True, kw_only=True):
    """A line of the card. `dial` has places as HHMM; `service` is the name of the code."""

    service: str
    dial: str
    does: str


class Pin(Answer, frozen=True, kw_only=True):
    """Who may use staff codes; the PIN itself is never shown."""

    name: str
    rights: list[Right]
    created: Stamp


class NewPin(Request, frozen=True, kw_only=True):
    """`rights`: check-in and check-out; a room's class; calls from room to room; night service. PINs are unlike."""

    name: StaffName
    pin: NewDigits
    rights: Annotated[list[Right], Meta(min_length=1)]


class PinSettings(Request, frozen=True, kw_only=True):
    """For how long wrong PINs lock a telephone's staff codes; null: until somebody unlocks it."""

    lock_minutes: Annotated[int, Meta(ge=1, le=MOST_LOCK_MINUTES)] | None = 60


class PinLock(Answer, frozen=True, kw_only=True):
    """A telephone whose staff codes wrong PINs have locked; `until` null: until somebody unlocks it."""

    extension: str
    since: Stamp
    until: Stamp | None


class Codes(Protocol):
    """Raises RefusedError (bad-value, unknown-code, taken, emergency, unknown-name, not-locked), StorageError."""

    async def codes(self) -> ServiceCodes: ...

    async def set_codes(self, wanted: ServiceCodes, who: Identity) -> ServiceCodes: ...

    async def card(self, which: Card, language: Language | None) -> list[CardRow]:
        """With the site's digits; `language` None: the hotel's."""
        ...

    async def pins(self) -> list[Pin]: ...

    async def add_pin(self, wanted: NewPin, who: Identity) -> Pin: ...

    async def remove_pin(self, name: str, who: Identity) -> None: ...

    async def pin_settings(self) -> PinSettings: ...

    async def set_pin_settings(self, wanted: PinSettings, who: Identity) -> PinSettings: ...

    async def pin_locks(self) -> list[PinLock]:
        """Those that stand, by extension."""
        ...

    async def unlock(self, number: str, who: Identity) -> None:
        """Staff codes count again at this telephone."""
        ...


async def service_codes(ask: Ask) -> ServiceCodes:
    return await ask.services.codes.codes()


async def set_service_codes(ask: Ask) -> ServiceCodes:
    return await ask.services.codes.set_codes(ask.body, ask.who)


async def guest_card(ask: Ask) -> Many:
    which: Card = ask.query.choice("for", get_args(Card)) or "guest"
    return Many(await ask.services.codes.card(which, ask.query.choice("language", LANGUAGES)))


async def pins(ask: Ask) -> Many:
    return Many(await ask.services.codes.pins())


async def add_pin(ask: Ask) -> Pin:
    return await ask.services.codes.add_pin(ask.body, ask.who)


async def remove_pin(ask: Ask) -> None:
    await ask.services.codes.remove_pin(ask.path["name"], ask.who)


async def pin_settings(ask: Ask) -> PinSettings:
    return await ask.services.codes.pin_settings()


async def set_pin_settings(ask: Ask) -> PinSettings:
    return await ask.services.codes.set_pin_settings(ask.body, ask.who)


async def pin_locks(ask: Ask) -> Many:
    return Many(await ask.services.codes.pin_locks())


async def unlock_staff_codes(ask: Ask) -> None:
    await ask.services.codes.unlock(ask.path["number"], ask.who)


ROUTES: tuple[Route, ...] = (
    Route("GET", "/settings/codes", service_codes, "What is dialled for each service", READERS, ServiceCodes),
    Route(
        "PUT", "/settings/codes", set_service_codes, "What is dialled for each service; in force at once", TECHNICAL,
        ServiceCodes, body=ServiceCodes, refusals=(409,),
    ),
    Route(
        "GET", "/guest-card", guest_card, "The card beside the telephone: what to dial, and what it does", READERS,
        CardRow, True, query={"language": f"{', '.join(LANGUAGES)}; else the hotel's", "for": "guest, or staff"},
        csv=("service", "dial", "does"),
    ),
    Route("GET", "/pins", pins, "Who has a PIN for staff codes", MANAGER, Pin, True),
    Route(
        "POST", "/pins", add_pin, "Give somebody a PIN, or another one", MANAGER, Pin, body=NewPin, status=201,
        refusals=(409,),
    ),
    Route("DELETE", "/pins/{name}", remove_pin, "Somebody's PIN counts no more", MANAGER, status=204, refusals=(404,)),
    Route(
        "GET", "/settings/pins", pin_settings, "How long wrong PINs lock a telephone's staff codes", MANAGER,
        PinSettings,
    ),
    Route(
        "PUT", "/settings/pins", set_pin_settings, "How long wrong PINs lock a telephone's staff codes", MANAGER,
        PinSettings, body=PinSettings,
    ),
    Route(
        "GET", "/settings/pins/locks", pin_locks, "Telephones whose staff codes wrong PINs have locked", TECHNICAL,
        PinLock, True,
    ),
    Route(
        "POST", "/lines/{number}/unlock-staff-codes", unlock_staff_codes,
        "Staff codes count again at a telephone that wrong PINs have locked", TECHNICAL, status=204,
        refusals=(404, 409),
    ),
)  # fmt: skip
