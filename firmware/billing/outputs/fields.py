"""The fields that a csv or free line may be made of: a name, and how it is written."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import TypeAlias

from firmware.billing.outputs.model import OutsideCall

Write: TypeAlias = Callable[[OutsideCall], str]


def _instant(at: datetime | None) -> str:
    return "" if at is None else f"{at:%Y/%m/%d %H:%M:%S}"


def _duration(seconds: int) -> str:
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def _ring_seconds(call: OutsideCall) -> str:
    return str((call.ringing or (call.ended - call.started)) // timedelta(seconds=1))


def _yes(value: bool) -> str:
    return "1" if value else "0"


def _from(call: OutsideCall) -> str:
    return call.extension if call.direction == "outgoing" else call.number


def _to(call: OutsideCall) -> str:
    return call.number if call.direction == "outgoing" else call.extension


def _from_dn(call: OutsideCall) -> str:
    return call.extension if call.direction == "outgoing" else call.trunk


def _to_dn(call: OutsideCall) -> str:
    return call.trunk if call.direction == "outgoing" else call.extension


def _kind(dn: Write) -> Write:
    """Whether that end is one of the house's extensions or a company line."""
    return lambda call: "extension" if dn(call) == call.extension != call.trunk else "line"


def _name(dn: Write) -> Write:
    return lambda call: call.name if dn(call) == call.extension != call.trunk else ""


def _chain(call: OutsideCall) -> str:
    return ";".join(filter(None, (_from_dn(call), _to_dn(call))))


def _nothing(call: OutsideCall) -> str:
    """The exchange has no such thing; the field keeps its place."""
    return ""


FREE_TEXT: Mapping[str, Write] = {
    "historyid": lambda call: call.leg,
    "callid": lambda call: call.call,
    "duration": lambda call: _duration(call.seconds),
    "time-start": lambda call: _instant(call.started),
    "time-answered": lambda call: _instant(call.answered),
    "time-end": lambda call: _instant(call.ended),
    "reason-terminated": lambda call: call.result,
    "from-no": _from,
    "to-no": _to,
    "from-dn": _from_dn,
    "to-dn": _to_dn,
    "dial-no": lambda call: call.number if call.direction == "outgoing" else "",
    "reason-changed": _nothing,
    "final-number": _to,
    "final-dn": _to_dn,
    "bill-code": _nothing,
    "bill-rate": _nothing,
    "bill-cost": lambda call: call.amount,
    "bill-name": _nothing,
    "chain": _chain,
    "from-type": _kind(_from_dn),
    "to-type": _kind(_to_dn),
    "final-type": _kind(_to_dn),
    "from-dispname": _name(_from_dn),
    "to-dispname": _name(_to_dn),
    "final-dispname": _name(_to_dn),
    "missed-queue-calls": _nothing,
}
"""Under the names that collectors of free-text call records know."""
OWN: Mapping[str, Write] = {
    "leg": lambda call: call.leg,
    "date": lambda call: f"{call.started:%Y-%m-%d}",
    "time": lambda call: f"{call.started:%H:%M:%S}",
    "direction": lambda call: call.direction,
    "room": lambda call: call.room,
    "extension": lambda call: call.extension,
    "number": lambda call: call.number,
    "trunk": lambda call: call.trunk,
    "trunk-name": lambda call: call.trunk_name,
    "ring-seconds": _ring_seconds,
    "seconds": lambda call: str(call.seconds),
    "minutes": lambda call: str(call.minutes),
    "result": lambda call: call.result,
    "cause": lambda call: "" if call.cause is None else str(call.cause),
    "emergency": lambda call: _yes(call.emergency),
    "complete": lambda call: _yes(call.complete),
    "amount": lambda call: call.amount,
    "currency": lambda call: call.currency,
    "unpriced": lambda call: _yes(call.unpriced),
}
"""What else there is to say."""
FIELDS: Mapping[str, Write] = {**FREE_TEXT, **OWN}
DEFAULT_CSV = (
    "date", "time", "direction", "room", "extension", "number", "trunk", "seconds", "minutes", "result", "amount",
    "currency", "leg",
)  # fmt: skip
DEFAULT_FREE = (
    "historyid", "callid", "duration", "time-start", "time-answered", "time-end", "reason-terminated", "from-no",
    "to-no", "from-dn", "to-dn", "dial-no", "final-number", "final-dn", "bill-cost",
)  # fmt: skip
NEVER_CUT = frozenset({
    "room", "extension", "from-dn", "to-dn", "final-dn", "trunk", "duration", "seconds", "minutes", "ring-seconds",
    "amount", "bill-cost", "currency", "cause",
})  # fmt: skip
"""A part of these would be another room, time or amount: they rather stand out of their column."""
