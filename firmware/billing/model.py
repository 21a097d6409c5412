"""Tariffs, and charges on their way to the guest's bill, as values. Money is whole minor units of the currency."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Literal, TypeAlias

import msgspec

from firmware.restriction.site import Hours

ChargeKind: TypeAlias = Literal["call", "minibar"]
ChargeState: TypeAlias = Literal["pending", "posted", "doubtful", "refused", "settled"]
"""pending: not taken by the PMS yet, or there is none; posted: taken; doubtful: sent, and nobody knows whether it was
taken; refused: the PMS will not have it; settled: a person has seen to it."""
Verdict: TypeAlias = Literal["posted", "doubtful", "refused"]
"""What can come of a posting."""

MAY_BECOME: Mapping[ChargeState, frozenset[ChargeState]] = {
    "pending": frozenset({"posted", "doubtful", "refused", "settled"}),
    "doubtful": frozenset({"posted", "refused", "settled"}),
    "refused": frozenset({"settled"}),
    "posted": frozenset(),
    "settled": frozenset(),
}
"""No way leads back to pending: what may have been taken is never sent as if it were new."""


class _Value(msgspec.Struct, frozen=True, kw_only=True):
    pass


class Tariff(_Value, frozen=True, kw_only=True):
    """What calls to the numbers that begin so cost, if they start within `hours`; the empty prefix is for the rest."""

    prefix: str
    name: str
    hours: Hours
    connection: int
    interval_s: int
    price: int
    """Of each interval that has started after the free seconds."""
    free_s: int
    minimum: int
    surcharge_percent: Decimal
    tax_percent: Decimal


class Charge(_Value, frozen=True, kw_only=True):
    """What a room owes for a call or from its minibar, and what has become of it. `id` counts up in their order."""

    id: int = 0
    kind: ChargeKind
    leg: str | None = None
    """The call record that it is for; no record has two."""
    guest: str | None = None
    room: str
    """Where that guest lives; or, if there is none any more, where the call was made."""
    number: str = ""
    trunk: str | None = None
    started: datetime
    talk_seconds: int = 0
    amount: int | None = None
    """Tax and surcharge included; None: the PMS prices it."""
    currency: str
    items: tuple[tuple[int, int], ...] = ()
    """Article and count, of a minibar."""
    user: str | None = None
    """Who took stock of the minibar."""
    state: ChargeState = "pending"
    link: str | None = None
    posting: int | None = None
    """The number under which it goes out by that link (P#); it keeps it."""
    sends: int = 0
    status: str | None = None
    """What the PMS said: its code, and its text."""
    text: str | None = None
    told: datetime | None = None
    """When the posting came to its end."""
    settled_by: str | None = None
    settled_at: datetime | None = None


class Charging(_Value, frozen=True, kw_only=True):
    """What the house has set: who prices calls, and how many last digits of a number are left out on the bill."""

    calls_priced_by: Literal["tariffs", "pms"] = "tariffs"
    hidden_digits: int = 0


class ChargeFilter(_Value, frozen=True, kw_only=True):
    """Which charges."""

    state: ChargeState | None = None
    room: str | None = None
    guest: str | None = None
