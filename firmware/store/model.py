"""What the store keeps, as values. Instants are aware datetimes in UTC with millisecond precision."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, TypeAlias

import msgspec

Role: TypeAlias = Literal["desk", "housekeeping", "manager", "technician"]
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class _Value(msgspec.Struct, frozen=True, kw_only=True):
    pass


class CallRecord(_Value, frozen=True, kw_only=True):
    """One leg of a call; open while `ended` is None."""

    leg: str
    call: str
    direction: Literal["internal", "outgoing", "incoming"]
    from_number: str
    to_number: str
    from_room: str | None = None
    to_room: str | None = None
    trunk: str | None = None
    dialled: str = ""
    started: datetime
    answered: datetime | None = None
    ended: datetime | None = None
    talk_ms: int = 0
    answered_by: Literal["reversal", "ringback-end", "timer", "digital"] | None = None
    cause: int | None = None
    end: Literal["released", "barred", "lost"] | None = None
    complete: bool = True
    emergency: bool = False
    outside: str = ""
    """The number called outside, without the outside prefix; `dialled` is another where the call was given away."""
    guest: str | None = None
    """Who pays for it, of an outside call."""
    charge_amount: int | None = None
    """Minor units, tax and surcharge included."""
    charge_currency: str | None = None
    unpriced: bool = False
    """It costs something, and no tariff says what."""
    boot: str | None = None
    """While open: the boot of the gateway that has the call; it cannot outlive that."""
    note: str | None = None
    """While open: the call agent's own form of the leg."""

    @property
    def paying_room(self) -> str | None:
        """The room that talks outside on a line that was called out by; a call given to a room is that room's."""
        return (self.from_room or self.to_room) if self.direction == "outgoing" and not self.emergency else None


class RecordFilter(_Value, frozen=True, kw_only=True):
    """Which finished records: `since` inclusive, `until` exclusive, by start."""

    since: datetime | None = None
    until: datetime | None = None
    room: str | None = None
    number: str | None = None
    guest: str | None = None
    """Who pays."""
    direction: Literal["internal", "outgoing", "incoming"] | None = None


class StoredAlarm(_Value, frozen=True, kw_only=True):
    """An alarm. It stands until cleared; the desk sees it until it is both acknowledged and cleared."""

    id: int
    kind: str
    subject: str
    text: str
    facts: Mapping[str, str] = {}
    """What the text says that other languages have to say, by name: number, time, why (a code), from, address."""
    raised: datetime
    cleared: datetime | None = None
    acknowledged_by: str | None = None
    acknowledged_at: datetime | None = None


class Token(_Value, frozen=True, kw_only=True):
    """A program's right to use the API; only the hash of the token itself is kept."""

    name: str
    role: Role
    created: datetime
    used: datetime | None = None


class User(_Value, frozen=True, kw_only=True):
    """A person who may log in; `password` is an Argon2id hash, `language` what the page speaks to him (None: as it is).

    `second_factor`: a password alone does not let him in.
    """

    name: str
    password: str
    role: Role
    created: datetime
    language: str | None = None
    second_factor: bool = False


class Session(_Value, frozen=True, kw_only=True):
    """A person who is logged in; `role` is the person's now, `address` where the log-in came from."""

    id: str
    user: str
    role: Role
    address: str
    created: datetime
    used: datetime


class AuditEntry(_Value, frozen=True, kw_only=True):
    """Who changed what, through what (keypad, desk, api, command line, system)."""

    id: int = 0
    at: datetime
    who: str
    through: str
    action: str
    subject: str
    room: str | None = None
    detail: dict[str, Any] = {}


class Page(_Value, frozen=True, kw_only=True):
    """A part of a list: how many at most, and after which place (opaque, from the part before)."""

    limit: int = 100
    after: tuple[int, int] | None = None


def to_ms(instant: datetime) -> int:
    """Milliseconds since 1970; what is less is cut off, as the API does."""
    return (instant - EPOCH) // timedelta(milliseconds=1)


def from_ms(milliseconds: int) -> datetime:
    return EPOCH + timedelta(milliseconds=milliseconds)


def optional_ms(instant: datetime | None) -> int | None:
    return None if instant is None else to_ms(instant)


def optional_instant(milliseconds: int | None) -> datetime | None:
    return None if milliseconds is None else from_ms(milliseconds)
