"""Guest requests, staff PINs and voice mail, as values."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Literal, TypeAlias, get_args

import msgspec

from firmware.hotel.house import House
from firmware.hotel.model import Housekeeping

Right: TypeAlias = Literal["stays", "class", "blocking", "night"]
"""What a PIN opens: check-in and check-out, a room's class, calls from room to room, night service."""
RIGHTS: tuple[Right, ...] = get_args(Right)
LEAST_PIN, MOST_PIN = 4, 8
"""Digits."""
MOST_STAFF_NAME = 40
MOST_LOCK_MINUTES = 24 * 60
MOST_CODE = 8
"""Characters of a service code."""
MOST_KINDS = 9
"""As many things to ask for as one key can choose from."""
MOST_ID = 30
MOST_SPOKEN = 60
"""Characters of a name that is spoken: of something to ask for, or of an article."""
MailCase: TypeAlias = Literal["busy", "no_answer", "dnd"]
RequestState: TypeAlias = Literal["open", "done"]

STATUS_DIGITS: Mapping[str, Housekeeping] = {
    "1": "dirty",
    "2": "dirty",
    "3": "clean",
    "4": "clean",
    "5": "inspected",
    "6": "inspected",
    "9": "make-up",
}
"""The digits of FIAS, field RS, where even ones are of an occupied room: whether it is, we know ourselves."""


class _Value(msgspec.Struct, frozen=True, kw_only=True):
    pass


class RequestKind(_Value, frozen=True, kw_only=True):
    """What a guest may ask for; `names` by language, for the page and, spoken, for the telephone."""

    id: str
    names: dict[str, str]


class GuestRequest(_Value, frozen=True, kw_only=True):
    """Something that a room asks for, until somebody has seen to it. `names` are its kind's at that time."""

    id: str
    kind: str
    names: dict[str, str]
    room: str
    guest: str | None = None
    left: datetime
    by: str
    """The extension it was asked for from."""
    state: RequestState = "open"
    done: datetime | None = None
    done_by: str | None = None


class StaffPin(_Value, frozen=True, kw_only=True):
    """Somebody of the staff who may do things from a telephone; `digest` is his PIN's (`passwords.pin_digest`)."""

    name: str
    digest: str
    rights: frozenset[Right]
    created: datetime


class PinLock(_Value, frozen=True, kw_only=True):
    """The staff codes of a telephone are locked; `until` None: until somebody unlocks it."""

    extension: str
    since: datetime
    until: datetime | None = None

    def stands(self, now: datetime) -> bool:
        return self.until is None or now < self.until


class PinSettings(_Value, frozen=True, kw_only=True):
    """`lock_minutes` None: a telephone stays locked until the manager unlocks it."""

    lock_minutes: int | None = 60


class VoiceMailSettings(_Value, frozen=True, kw_only=True):
    """When a caller may leave a message, and how much is kept. `keeps_copy`: messages outlive the
    stay they were left in by `copy_days`."""

    cases: frozenset[MailCase] = frozenset()
    """None: there is no voice mail."""
    longest_s: int = 120
    per_room: int = 20
    total_mb: int = 200
    keeps_copy: bool = False
    copy_days: int = 30


class VoiceMessage(_Value, frozen=True, kw_only=True):
    """What a caller has said to those who lived in `room` then; its audio is the prompt `mail/ID`.

    `left` None: it is in a room's mailbox; else those whom it was for have left then, and it is a copy of the house's.
    """

    id: str
    room: str
    guests: tuple[str, ...]
    from_number: str | None = None
    at: datetime
    ms: int
    size: int
    """Bytes of its audio."""
    heard: datetime | None = None
    left: datetime | None = None


class Greeting(_Value, frozen=True, kw_only=True):
    """What the guests of a room have recorded for their callers: the prompt `mail/ID`."""

    id: str
    room: str
    guests: tuple[str, ...]
    at: datetime
    size: int


class Opened(_Value, frozen=True, kw_only=True):
    """A recording that is being made for a room. `prompt`: what is to be heard before, or is now; "" for none."""

    file: str
    room: str
    guests: tuple[str, ...]
    from_number: str | None
    prompt: str


def place_of(house: House, room: str, guests: Collection[str]) -> str | None:
    """Where something of these guests belongs now: its room while one of them lives there, else where the first of
    them lives that is anywhere; None: all have left."""
    places = [place for guest in guests if (place := house.room_of(guest)) is not None]
    return room if room in places else next(iter(places), None)
