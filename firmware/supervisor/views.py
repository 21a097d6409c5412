"""From what the services hold to what the API shows."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Literal, TypeVar, get_args
from zoneinfo import ZoneInfo

import msgspec

from firmware.clock import Clock, utc_of
from firmware.config.schema import LANGUAGES, Language
from firmware.exchange.decisions import CallView, LineView, Party
from firmware.store import StorageError
from firmware.store.model import AuditEntry, CallRecord, StoredAlarm
from webui import types
from webui.api.stays import Retention
from webui.route import part_of
from webui.services import Part, Place
from webui.types import stamp

T = TypeVar("T", bound=msgspec.Struct)
V = TypeVar("V")
_KINDS: dict[str, Literal["fxs", "fxo", "e1", "sip"]] = {"fxs": "fxs", "fxo": "fxo", "e1": "e1", "sip": "sip"}


def line(view: LineView) -> types.Line:
    return types.Line(
        port=view.port, kind=_KINDS[view.port.partition("/")[0]], state=view.state, extension=view.extension,
        fault=view.fault, dnd=view.dnd,
    )  # fmt: skip


def call(view: CallView, clock: Clock, zone: ZoneInfo) -> types.Call:
    answered = view.answered_ns
    return types.Call(
        id=view.id, state=view.state, from_=_party(view.from_party), to=_party(view.to_party, view.dialled),
        trunk=view.trunk, started=stamp(utc_of(view.started_ns, clock), zone),
        answered=None if answered is None else stamp(utc_of(answered, clock), zone), emergency=view.emergency,
    )  # fmt: skip


def _party(party: Party, dialled: str = "") -> types.Party:
    """A party; where nobody has answered yet, its number is what was dialled."""
    number = party.number or party.extension or dialled or None
    return types.Party(port=party.port, extension=party.extension, room=party.room, number=number, name=party.name)


def call_record(record: CallRecord, zone: ZoneInfo) -> types.CallRecord:
    answered, ended = record.answered, record.ended
    return types.CallRecord(
        id=record.leg, call=record.call, direction=record.direction, from_=record.from_number, to=record.to_number,
        room=record.from_room or record.to_room, trunk=record.trunk, dialled=record.dialled,
        started=stamp(record.started, zone), answered=stamp(answered, zone) if answered else None,
        ended=stamp(ended, zone) if ended else None, talk_seconds=record.talk_ms // 1000,
        answered_by=record.answered_by, cause=record.cause, end=record.end, complete=record.complete,
        emergency=record.emergency, charge=_charge(record), unpriced=record.unpriced,
    )  # fmt: skip


def _charge(record: CallRecord) -> types.Money | None:
    if record.charge_amount is None or record.charge_currency is None:
        return None
    return types.Money(amount=record.charge_amount, currency=record.charge_currency)


def alarm(kept: StoredAlarm, zone: ZoneInfo) -> types.Alarm:
    seen = None
    if kept.acknowledged_at is not None:
        seen = types.Acknowledgement(by=kept.acknowledged_by or "", at=stamp(kept.acknowledged_at, zone))
    return types.Alarm(
        id=kept.id, kind=kept.kind, subject=kept.subject, text=kept.text, facts=dict(kept.facts),
        raised=stamp(kept.raised, zone), cleared=stamp(kept.cleared, zone) if kept.cleared else None,
        acknowledged=seen,
    )  # fmt: skip


def audit_entry(entry: AuditEntry, zone: ZoneInfo) -> types.AuditEntry:
    return types.AuditEntry(
        id=entry.id, at=stamp(entry.at, zone), who=entry.who, through=entry.through, action=entry.action,
        subject=entry.subject, room=entry.room, detail=entry.detail,
    )  # fmt: skip


def room_blocking(kept: Any) -> types.RoomBlocking:
    """The stored setting, or the default: rooms may call each other. Raises StorageError."""
    return _setting(kept or {"enabled": False}, types.RoomBlocking)


def exchange_settings(kept: Any) -> types.ExchangeSettings:
    """The stored settings, or the defaults. Raises StorageError."""
    return _setting(kept or {}, types.ExchangeSettings)


def night_service(kept: Any) -> types.NightService:
    """The stored setting, or the default: reception is always attended. Raises StorageError."""
    return _setting(kept or {"mode": "off"}, types.NightService)


def restriction(kept: Any) -> types.Restriction:
    """The stored setting, or the default: the classes alone decide. Raises StorageError."""
    return _setting(kept or {}, types.Restriction)


def retention(kept: Any) -> Retention:
    """The stored setting, or the defaults. Raises StorageError."""
    return _setting(kept or {}, Retention)


def _setting(kept: Any, kind: type[T]) -> T:
    """Raises StorageError for what this release does not allow."""
    try:
        return msgspec.convert(kept, kind)
    except msgspec.ValidationError as error:
        raise StorageError(f"the stored {kind.__name__} is not usable: {error}") from error


def forward_cases(cases: Collection[str]) -> list[types.ForwardCase]:
    """Each case once, in one order."""
    return [case for case in get_args(types.ForwardCase) if case in cases]


def names(by_language: Mapping[str, str]) -> dict[Language, str]:
    """In the languages that are spoken here."""
    return {language: by_language[language] for language in LANGUAGES if language in by_language}


def part(items: Sequence[V], wanted: Part) -> tuple[list[V], Place | None]:
    """A part of what is in memory; its place is the index."""
    found = part_of(items, wanted)
    return found.items, found.next


def builtins(value: msgspec.Struct) -> dict[str, Any]:
    found: dict[str, Any] = msgspec.to_builtins(value)
    return found
