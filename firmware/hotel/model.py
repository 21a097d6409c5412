"""Rooms, guests, messages and wake-up orders, as values."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, TypeAlias, get_args

import msgspec

from firmware.config.schema import Language, first_spoken
from firmware.restriction.model import Level

Housekeeping: TypeAlias = Literal["dirty", "clean", "inspected", "out-of-order", "make-up", "service"]
HOUSEKEEPING: tuple[Housekeeping, ...] = get_args(Housekeeping)
LampReason: TypeAlias = Literal["desk", "voice-mail", "text"]
WakeupState: TypeAlias = Literal[
    "waiting", "ringing", "answered", "not_answered", "busy", "error", "missed", "cancelled"
]
Repeat: TypeAlias = Literal["once", "daily", "weekdays"]
Through: TypeAlias = Literal["keypad", "desk", "pms", "api", "system"]


class _Value(msgspec.Struct, frozen=True, kw_only=True):
    pass


class Guest(_Value, frozen=True, kw_only=True):
    """Somebody who lives in a room, from check-in to check-out."""

    id: str
    """Ours, unique for ever."""
    name: str | None = None
    first_name: str | None = None
    title: str | None = None
    language: str | None = None
    """ISO 639-1."""
    vip: bool = False
    reservation: str | None = None
    """The PMS's key of the stay (G#), or what the desk typed."""
    group: str | None = None
    arrival: datetime | None = None
    """When he was checked in (UTC)."""
    departure: str | None = None
    """A date, or the hotel's wall time, in ISO 8601."""
    limit: int | None = None
    """Deposit or credit limit for calls, in minor units; None: no limit."""
    no_post: bool = False
    """The PMS's NP flag: information only, it bars nothing."""
    needs_person: bool = False
    """Wake-up and alarm by a person, as the guest cannot hear."""


class Room(_Value, frozen=True, kw_only=True):
    """What is known of a room; its guests in the order of their check-in, the first of them is shown and pays."""

    room: str
    guests: tuple[Guest, ...] = ()
    housekeeping: Housekeeping | None = None
    dnd: bool = False
    lamp: frozenset[LampReason] = frozenset()
    cor: Level | None = None
    """Its own class of restriction; None: the default of its occupancy."""

    @property
    def occupied(self) -> bool:
        return bool(self.guests)

    @property
    def payer(self) -> Guest | None:
        """The first guest has the bill."""
        return self.guests[0] if self.guests else None

    @property
    def shown_name(self) -> str | None:
        """What staff telephones show: the first guest who has a name."""
        return next((guest.name for guest in self.guests if guest.name), None)

    @property
    def language(self) -> Language | None:
        """The first guest's whose language we speak."""
        return first_spoken(*(guest.language for guest in self.guests))

    def guest(self, guest_id: str) -> Guest | None:
        return next((guest for guest in self.guests if guest.id == guest_id), None)

    def holder_of(self, reservation: str | None) -> Guest | None:
        """The guest of this reservation."""
        return next((guest for guest in self.guests if reservation and guest.reservation == reservation), None)


class Message(_Value, frozen=True, kw_only=True):
    """A text for a guest; for the whole room while `guest` is None."""

    id: str
    room: str
    guest: str | None = None
    text: str
    number: str | None = None
    """The PMS's own (MI)."""
    by: str
    created: datetime
    read: datetime | None = None


class Attempt(_Value, frozen=True, kw_only=True):
    """One try to wake a room; instants in UTC. `ended` None: it goes on."""

    started: datetime
    ended: datetime | None = None
    outcome: str | None = None
    """As the gateway has it (`WakeupOutcome`); of a person's wake-up "person"."""


class WakeupOrder(_Value, frozen=True, kw_only=True):
    """A wake-up. `at` is the hotel's wall time (naive); `guest` None: the room's.

    `state` and `attempts` are of the latest occurrence that has begun; of one that has not rung yet, "waiting".
    """

    id: str
    room: str
    guest: str | None = None
    at: datetime
    repeat: Repeat = "once"
    until: str | None = None
    """"check-out", a date, or None."""
    vip: bool = False
    state: WakeupState = "waiting"
    by: str
    through: Through
    ordered: datetime
    link: str | None = None
    """The PMS link that has ordered it. Of an order that was made here, or made here as well, all links know."""
    rings: datetime | None = None
    """Wall time (naive) of the occurrence that is still to ring, or rings; None: there is none any more."""
    put_off: datetime | None = None
    """The instant (UTC) at which that occurrence rings next, where it is not its own: put off by the guest, or tried
    again.
    """
    attempts: tuple[Attempt, ...] = ()
    snoozes: int = 0
    """How often the guest has put off this occurrence."""
    lang: str | None = None
    """Language that was asked for; None: the guest's, else the hotel's."""

    def is_known_to(self, link: str) -> bool:
        """Whether this PMS link is owed an answer (WA) for each occurrence."""
        return self.through != "pms" or self.link == link


class Occurrence(_Value, frozen=True, kw_only=True):
    """A wake-up that is over. `at` is its own wall time (naive); instants in UTC.

    `guest` and `name`: whose it was, or who had the room's bill; None: nobody lived there.
    """

    order: str
    room: str
    guest: str | None = None
    name: str | None = None
    at: datetime
    repeat: Repeat = "once"
    vip: bool = False
    state: WakeupState
    attempts: tuple[Attempt, ...] = ()
    by: str
    through: Through
    ordered: datetime
    link: str | None = None
    ended: datetime | None = None
    """None: not known."""

    def is_known_to(self, link: str) -> bool:
        """As of the order."""
        return self.through != "pms" or self.link == link
