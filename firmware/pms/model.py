"""What a PMS and the hotel say to one another, whatever the protocol: plain values.

Rooms are in the PMS's own words here; who carries events to the hotel translates them (`rooms.py`). A member that a
record does not have is UNSET and changes nothing; one that is there but empty is None and clears.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Literal, TypeAlias

import msgspec
from msgspec import UNSET, UnsetType

from firmware.hotel.model import Housekeeping
from firmware.restriction.model import Level

TURNING = re.compile(r"[\u202a-\u202e\u2066-\u2069]")
"""They turn the direction of all that stands behind (Unicode, UAX 9): a name must not read as another."""


class _Value(msgspec.Struct, frozen=True, kw_only=True):
    pass


# ------------------------------------------------------------------------------------------------------ from the PMS


class GuestData(_Value, frozen=True, kw_only=True):
    """What a record says of a guest. `limit` is a credit limit in minor units."""

    name: str | UnsetType | None = UNSET
    first_name: str | UnsetType | None = UNSET
    title: str | UnsetType | None = UNSET
    language: str | UnsetType | None = UNSET
    """ISO 639-1."""
    vip: bool | UnsetType = UNSET
    group: str | UnsetType | None = UNSET
    arrival: date | UnsetType | None = UNSET
    departure: date | UnsetType | None = UNSET
    no_post: bool | UnsetType = UNSET
    limit: int | UnsetType | None = UNSET


class RoomData(_Value, frozen=True, kw_only=True):
    """What a record says of the room's telephones."""

    cor: Level | UnsetType | None = UNSET
    """Class of restriction."""
    dnd: bool | UnsetType = UNSET
    lamp: bool | UnsetType = UNSET
    """The desk's reason of the message lamp."""


class CheckIn(_Value, frozen=True, kw_only=True, tag=True):
    """GI. `key` is the reservation (G#); `shared`: somebody is in already; `resync`: the record says so itself."""

    room: str
    key: str | None = None
    shared: bool | None = None
    resync: bool = False
    guest: GuestData = GuestData()
    equipment: RoomData = RoomData()


class CheckOut(_Value, frozen=True, kw_only=True, tag=True):
    """GO. `shared`: somebody stays. No key: the room is empty."""

    room: str
    key: str | None = None
    shared: bool | None = None
    resync: bool = False


class GuestChange(_Value, frozen=True, kw_only=True, tag=True):
    """GC; with `old_room`, which is another, a move. `shared` is of the new room, `old_shared` of the old one."""

    room: str
    key: str | None = None
    shared: bool | None = None
    old_room: str | None = None
    old_shared: bool | None = None
    guest: GuestData = GuestData()
    equipment: RoomData = RoomData()


class Equipment(_Value, frozen=True, kw_only=True, tag=True):
    """RE, MW, RST, DND: of the room's telephones, whoever lives there."""

    room: str
    equipment: RoomData = RoomData()


class RoomOpened(_Value, frozen=True, kw_only=True, tag=True):
    """CHK1: somebody lives there from now on; an occupied room stays as it is. A name may come with it, or later."""

    room: str
    guest: GuestData = GuestData()


class RoomClosed(_Value, frozen=True, kw_only=True, tag=True):
    """CHK0: nobody does; a vacant room stays as it is."""

    room: str


class NameGiven(_Value, frozen=True, kw_only=True, tag=True):
    """NAM1 (add), NAM2 (replace the first), NAM3 (delete; no name: all). It opens no line by itself."""

    room: str
    how: Literal["add", "replace", "delete"]
    name: str | None = None
    first_name: str | None = None


class GuestDetail(_Value, frozen=True, kw_only=True, tag=True):
    """LNG, LMT: of whoever lives in the room."""

    room: str
    guest: GuestData = GuestData()


class WakeupSet(_Value, frozen=True, kw_only=True, tag=True):
    """WR, WKP: at the hotel's wall time (naive, to the second)."""

    room: str
    at: datetime


class WakeupCleared(_Value, frozen=True, kw_only=True, tag=True):
    """WC; no time: all of the room."""

    room: str
    at: datetime | None = None


class MessageGiven(_Value, frozen=True, kw_only=True, tag=True):
    """XL, XT: a text for a guest; `number` is the PMS's own (MI)."""

    room: str
    key: str | None = None
    number: str | None = None
    text: str


class MessageWithdrawn(_Value, frozen=True, kw_only=True, tag=True):
    """XD; no number: all of the guest's."""

    room: str
    key: str | None = None
    number: str | None = None


class ResyncBegun(_Value, frozen=True, kw_only=True, tag=True):
    """DS, GRS: all rooms are unseen from now on."""


class ResyncEnded(_Value, frozen=True, kw_only=True, tag=True):
    """DE, END; not `complete`: it broke off or fell silent, and the unseen stay as they are."""

    complete: bool = True


class NightAudit(_Value, frozen=True, kw_only=True, tag=True):
    """NS, NE: the PMS may not post meanwhile."""

    begins: bool


PmsEvent: TypeAlias = (
    CheckIn | CheckOut | GuestChange | Equipment | RoomOpened | RoomClosed | NameGiven | GuestDetail | WakeupSet
    | WakeupCleared | MessageGiven | MessageWithdrawn | ResyncBegun | ResyncEnded | NightAudit
)  # fmt: skip


# -------------------------------------------------------------------------------------------------------- to the PMS


class Posting(_Value, frozen=True, kw_only=True, tag=True):
    """PS. `number` is its P#, kept on disk before this is given out; `started` the hotel's wall time.

    `items`: article and count of a minibar posting. `amount`: minor units, tax and surcharge included; None: the PMS
    prices it (PT=T).
    """

    id: int
    number: int
    room: str
    kind: Literal["call", "minibar"]
    amount: int | None
    started: datetime
    talk_seconds: int = 0
    dialled: str = ""
    trunk: str | None = None
    text: str | None = None
    items: tuple[tuple[int, int], ...] = ()
    user: str | None = None


class StatusNews(_Value, frozen=True, kw_only=True, tag=True):
    """RE RS, STS: the room's housekeeping status; `user`: the maid."""

    room: str
    status: Housekeeping
    occupied: bool
    user: str | None = None


class LampNews(_Value, frozen=True, kw_only=True, tag=True):
    """MW, RE ML: the desk's reason of the lamp was switched here."""

    room: str
    lit: bool


class DndNews(_Value, frozen=True, kw_only=True, tag=True):
    """DND, RE RS8: do-not-disturb was switched here."""

    room: str
    on: bool
    status: Housekeeping | None = None
    occupied: bool = True


class VoiceMailNews(_Value, frozen=True, kw_only=True, tag=True):
    """RE VM: messages in the room's voice mail, not heard and heard."""

    room: str
    unheard: int
    heard: int


class WakeupNews(_Value, frozen=True, kw_only=True, tag=True):
    """WR, WKP: an order was made here."""

    room: str
    at: datetime


class WakeupClearedNews(_Value, frozen=True, kw_only=True, tag=True):
    """WC, WKP blank: an order was withdrawn here; no time: all of the room."""

    room: str
    at: datetime | None = None


class WakeupResult(_Value, frozen=True, kw_only=True, tag=True):
    """WA: what has become of a wake-up, with the date and time of its order; once for each."""

    room: str
    at: datetime
    outcome: Literal["OK", "NR", "BY", "UR", "DE"]


class MessageNews(_Value, frozen=True, kw_only=True, tag=True):
    """XL, or (`gone`) XD: a text was left here, or was deleted here."""

    room: str
    key: str | None = None
    number: str | None = None
    text: str = ""
    gone: bool = False


class MessagesWanted(_Value, frozen=True, kw_only=True, tag=True):
    """XM: the guest's texts, please; they come as `MessageGiven`."""

    room: str
    key: str | None = None


class ResyncWanted(_Value, frozen=True, kw_only=True, tag=True):
    """DR, RQINZ."""


News: TypeAlias = (
    StatusNews | LampNews | DndNews | VoiceMailNews | WakeupNews | WakeupClearedNews | WakeupResult | MessageNews
    | MessagesWanted | ResyncWanted
)  # fmt: skip
"""What is told to the PMS beside postings."""
