"""Made-up calls and records, and how the store and its thread are had in a test."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from firmware.billing.outputs.model import OutsideCall
from firmware.store.model import CallRecord

WARSAW = ZoneInfo("Europe/Warsaw")
MORNING = datetime(2026, 3, 12, 7, 42, 10, tzinfo=WARSAW)


def call(seconds: int = 186, **changes: Any) -> OutsideCall:
    """A call out of room 203, answered after 8 s; Warsaw time."""
    answered = MORNING + timedelta(seconds=8)
    made = OutsideCall(
        leg="leg-1", call="call-1", direction="outgoing", extension="203", room="203", number="48221234567",
        trunk="T001", trunk_name="city", started=MORNING, answered=answered,
        ended=answered + timedelta(seconds=seconds), seconds=seconds, result="answered", cause=16, amount="2.40",
        currency="EUR",
    )  # fmt: skip
    return replace(made, **changes)


def unanswered(**changes: Any) -> OutsideCall:
    """The same, and nobody answers for half a minute."""
    return call(0, **{"answered": None, "result": "no-answer", "ended": MORNING + timedelta(seconds=30), **changes})


def incoming(**changes: Any) -> OutsideCall:
    """The same the other way round: Warsaw calls the room."""
    return call(**{"direction": "incoming", "amount": "", "currency": "", **changes})


def record(leg: str = "leg-1", **changes: Any) -> CallRecord:
    """What the store keeps of `call`."""
    started = MORNING.astimezone(UTC)
    made = CallRecord(
        leg=leg, call="call-1", direction="outgoing", from_number="203", to_number="48221234567", from_room="203",
        dialled="48221234567", outside="48221234567", trunk="city", started=started,
        answered=started + timedelta(seconds=8), ended=started + timedelta(seconds=194), talk_ms=186_400,
        answered_by="reversal", cause=16, end="released", charge_amount=240, charge_currency="EUR",
    )  # fmt: skip
    return msgspec.structs.replace(made, **changes)


def record_in(leg: str = "leg-1", **changes: Any) -> CallRecord:
    """A call in that room 203 has answered."""
    other = {
        "direction": "incoming", "from_number": "48221234567", "from_room": None, "to_number": "203", "to_room": "203",
        "dialled": "", "outside": "", "charge_amount": None, "charge_currency": None,
    }  # fmt: skip
    return record(leg, **{**other, **changes})
