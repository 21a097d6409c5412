"""Check-in, check-out, move, swap, groups, messages of guests."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal, Protocol

import msgspec
from msgspec import UNSET, Meta, UnsetType

from firmware.restriction import Level
from webui import types
from webui.route import FRONT, PART, READERS, Ask, Many, Route, part_of
from webui.services import Identity
from webui.types import Answer, Request, Stamp

NAME = r"^(?=.*\S)[^\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]+(?!\n)$"
LANGUAGE = r"^[a-z]{2}(?!\n)$"
types.PATTERNS |= {NAME: "characters in one line, not space alone", LANGUAGE: "two small letters of ISO 639-1"}
Name = Annotated[str, types.looks_like(NAME, "line", 1, 80)]
LanguageCode = Annotated[str, types.looks_like(LANGUAGE, "language")]
MinorUnits = Annotated[int, Meta(ge=0, le=10**12)]
RoomNumber = Annotated[str, Meta(min_length=1, max_length=120)]
MOST_GROUP_BYTES = 1 << 20


class Amount(Request, frozen=True, kw_only=True):
    """Money of the hotel's currency, in minor units."""

    amount: MinorUnits
    currency: str


class CheckIn(Request, frozen=True, kw_only=True):
    """A guest. `departure`: a date (today or later), or the hotel's wall time; `class` null: the default of an occupied
    room; `deposit`: what his calls may cost at most, in minor units (or an amount of the hotel's currency); `share`:
    into an occupied room; `needs_person`: he cannot hear a wake-up call.
    """

    name: Name | None = None
    first_name: Name | None = None
    title: Name | None = None
    language: LanguageCode | None = None
    vip: bool = False
    reservation: Name | None = None
    group: Name | None = None
    departure: str | None = None
    class_: Level | None = msgspec.field(name="class", default=None)
    deposit: MinorUnits | Amount | None = None
    share: bool = False
    needs_person: bool = False


class RoomCheckIn(CheckIn, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One room of a group."""

    room: RoomNumber


class GroupCheckIn(Request, frozen=True, kw_only=True):
    """Several rooms at once, or none of them."""

    rooms: Annotated[list[RoomCheckIn], Meta(min_length=1, max_length=500)]


class CheckOut(Request, frozen=True, kw_only=True):
    """`guest` null: all guests of the room. `next`: who moves in at once."""

    guest: str | None = None
    next: CheckIn | None = None


class GroupCheckOut(Request, frozen=True, kw_only=True):
    """Several rooms at once, or none of them; with `preview` nothing is done, only told what would be cleared."""

    rooms: Annotated[list[RoomNumber], Meta(min_length=1, max_length=500)]
    preview: bool = False


class Move(Request, frozen=True, kw_only=True):
    """`guest` null: all guests of the room. `share`: into an occupied room."""

    to: RoomNumber
    guest: str | None = None
    share: bool = False


class Swap(Request, frozen=True, kw_only=True):
    """The guests of two occupied rooms change places."""

    with_: RoomNumber = msgspec.field(name="with")


class GuestChange(Request, frozen=True, kw_only=True):
    """Any subset."""

    name: Name | UnsetType | None = UNSET
    first_name: Name | UnsetType | None = UNSET
    title: Name | UnsetType | None = UNSET
    language: LanguageCode | UnsetType | None = UNSET
    vip: bool | UnsetType = UNSET
    reservation: Name | UnsetType | None = UNSET
    group: Name | UnsetType | None = UNSET
    departure: str | UnsetType | None = UNSET
    deposit: MinorUnits | Amount | UnsetType | None = UNSET
    needs_person: bool | UnsetType = UNSET


class Cleared(Answer, frozen=True, kw_only=True):
    """What a check-out has taken away from a room; `vacant`: nobody is left in it."""

    room: str
    guests: list[types.Guest]
    wakeups: list[Stamp]
    messages: int
    message_lamp: list[Literal["desk", "voice-mail", "text"]]
    dnd: bool
    class_: Level | None = msgspec.field(name="class")
    vacant: bool


class Moved(Answer, frozen=True, kw_only=True):
    """Both rooms as they are now."""

    room: types.Room
    to: types.Room


class NewMessage(Request, frozen=True, kw_only=True):
    """A text for a guest, or (`guest` null) for the room."""

    text: Annotated[str, Meta(min_length=1, max_length=2000)]
    guest: str | None = None


class MessageRead(Request, frozen=True, kw_only=True):
    """`read` false: it is to count as not read again."""

    read: bool = True


class Message(Answer, frozen=True, kw_only=True):
    """A text for a guest; the lamp of the room is lit until it is read."""

    id: str
    room: str
    guest: str | None
    text: str
    by: str
    created: Stamp
    read: Stamp | None


class Stays(Protocol):
    """Raises RefusedError (unknown-room, occupied, vacant, ...) and StorageError; then nothing has changed."""

    async def check_in(self, room: str, wanted: CheckIn, who: Identity) -> types.Room: ...

    async def check_in_rooms(self, rooms: Sequence[RoomCheckIn], who: Identity) -> list[types.Room]: ...

    async def check_out(self, room: str, wanted: CheckOut, who: Identity) -> Cleared: ...

    async def check_out_rooms(self, wanted: GroupCheckOut, who: Identity) -> list[Cleared]: ...

    async def move(self, room: str, wanted: Move, who: Identity) -> Moved: ...

    async def swap(self, room: str, wanted: Swap, who: Identity) -> Moved: ...

    async def change_guest(self, room: str, guest: str, wanted: GuestChange, who: Identity) -> types.Room: ...

    def messages(self, room: str) -> list[Message]: ...

    async def leave_message(self, room: str, wanted: NewMessage, who: Identity) -> Message: ...

    async def read_message(self, message: str, wanted: MessageRead, who: Identity) -> Message: ...

    async def withdraw_message(self, message: str, who: Identity) -> None: ...

    async def fetch_messages(self, room: str, who: Identity) -> None: ...


async def check_in(ask: Ask) -> types.Room:
    return await ask.services.stays.check_in(ask.path["room"], ask.body, ask.who)


async def check_in_group(ask: Ask) -> Many:
    return Many(await ask.services.stays.check_in_rooms(ask.body.rooms, ask.who))


async def check_out(ask: Ask) -> Cleared:
    return await ask.services.stays.check_out(ask.path["room"], ask.body, ask.who)


async def check_out_group(ask: Ask) -> Many:
    return Many(await ask.services.stays.check_out_rooms(ask.body, ask.who))


async def move(ask: Ask) -> Moved:
    return await ask.services.stays.move(ask.path["room"], ask.body, ask.who)


async def swap(ask: Ask) -> Moved:
    return await ask.services.stays.swap(ask.path["room"], ask.body, ask.who)


async def change_guest(ask: Ask) -> types.Room:
    return await ask.services.stays.change_guest(ask.path["room"], ask.path["guest"], ask.body, ask.who)


async def messages(ask: Ask) -> Many:
    return part_of(ask.services.stays.messages(ask.path["room"]), ask.query.part())


async def leave_message(ask: Ask) -> Message:
    return await ask.services.stays.leave_message(ask.path["room"], ask.body, ask.who)


async def read_message(ask: Ask) -> Message:
    return await ask.services.stays.read_message(ask.path["id"], ask.body, ask.who)


async def withdraw_message(ask: Ask) -> None:
    await ask.services.stays.withdraw_message(ask.path["id"], ask.who)


async def fetch_messages(ask: Ask) -> None:
    await ask.services.stays.fetch_messages(ask.path["room"], ask.who)


ROUTES: tuple[Route, ...] = (
    Route(
        "POST", "/rooms/{room}/check-in", check_in, "Check a guest in", FRONT, types.Room, body=CheckIn,
        refusals=(404, 409),
    ),
    Route(
        "POST", "/check-ins", check_in_group, "Check a group in: all of its rooms, or none", FRONT, types.Room, True,
        body=GroupCheckIn, most_bytes=MOST_GROUP_BYTES, refusals=(404, 409),
    ),
    Route(
        "POST", "/rooms/{room}/check-out", check_out,
        "Check a guest out, or all of a room, and the next one in; answers what was cleared", FRONT, Cleared,
        body=CheckOut, refusals=(404, 409),
    ),
    Route(
        "POST", "/check-outs", check_out_group, "Check several rooms out, or tell what that would clear", FRONT,
        Cleared, True, body=GroupCheckOut, refusals=(404, 409),
    ),
    Route(
        "POST", "/rooms/{room}/move", move, "Move a guest, or all of a room, with everything that is theirs", FRONT,
        Moved, body=Move, refusals=(404, 409),
    ),
    Route(
        "POST", "/rooms/{room}/swap", swap, "The guests of two rooms change places", FRONT, Moved, body=Swap,
        refusals=(404, 409),
    ),
    Route(
        "PATCH", "/rooms/{room}/guests/{guest}", change_guest, "Change what is known of a guest", FRONT, types.Room,
        body=GuestChange, refusals=(404,),
    ),
    Route(
        "GET", "/rooms/{room}/messages", messages, "The texts for the guests of a room, oldest first", READERS, Message,
        True, query=PART, refusals=(404,),
    ),
    Route(
        "POST", "/rooms/{room}/messages", leave_message, "Leave a text; the lamp is lit", READERS, Message,
        body=NewMessage, status=201, refusals=(404, 409),
    ),
    Route(
        "POST", "/rooms/{room}/messages/fetch", fetch_messages, "Ask the PMS for the guest's texts", READERS,
        status=202, refusals=(404,),
    ),
    Route(
        "POST", "/messages/{id}/read", read_message, "A text was read to the guest, or is to count as not read",
        READERS, Message, body=MessageRead, refusals=(404,),
    ),
    Route("DELETE", "/messages/{id}", withdraw_message, "Withdraw a text", READERS, status=204, refusals=(404,)),
)  # fmt: skip
