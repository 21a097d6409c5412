"""From a call record to what an accounting system is told of it, and whether it is told at all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from functools import partial
from typing import TypeAlias
from zoneinfo import ZoneInfo

from firmware.billing.outputs import formats
from firmware.billing.outputs.formats import Writer
from firmware.billing.outputs.model import OutsideCall, Result
from firmware.config.schema import Config, Extension, RecordOutput
from firmware.store.model import CallRecord

_BUSY = 17
_NOBODY = frozenset({16, 18, 19})
"""Q.850: the caller gave up, or nobody answered."""
_NO_DECIMALS = frozenset({
    "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF",
})  # fmt: skip
_THREE_DECIMALS = frozenset({"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"})
"""Minor units by ISO 4217; all other currencies have two decimals."""
Names: TypeAlias = Mapping[str, Extension]


@dataclass(frozen=True, slots=True)
class House:
    """What lines say of the hotel beside the record: the numbers of its trunks, its extensions, its zone."""

    zone: ZoneInfo
    trunks: Mapping[str, str]
    extensions: Names

    @classmethod
    def of(cls, config: Config) -> House:
        return cls(
            ZoneInfo(config.hotel.time_zone),
            {trunk.name: f"T{number:03}" for number, trunk in enumerate(config.trunks, 1)},
            {entry.number: entry for entry in config.extensions},
        )


def writer(output: RecordOutput) -> Writer:
    """Of the output's format."""
    if output.format == "smdr":
        return formats.smdr_writer(output.extended)
    chosen = [formats.field(text) for text in output.fields]
    make = {"csv": formats.csv_writer, "free": formats.free_writer}[output.format]
    return make(chosen, output.separator, output.prefix or "")


def wanted(output: RecordOutput, record: CallRecord) -> bool:
    """Whether this output has a line for this record, which is closed."""
    if record.direction == "internal" or (record.direction == "incoming" and not output.incoming):
        return False
    if record.answered is None:
        return not output.answered_only
    return record.talk_ms // 1000 >= output.minimum_seconds


def outside_call(record: CallRecord, house: House, utc: bool) -> OutsideCall:
    """The record, which is closed, as the house's side and the other one; in UTC, or in the hotel's zone."""
    here = partial(_in_zone, zone=UTC if utc else house.zone)
    trunk = house.trunks.get(record.trunk or "", "")
    if record.direction == "incoming":
        own, room, number = record.to_number, record.to_room, record.from_number
    else:  # a call that was given to another telephone is that one's
        ends = (record.from_number, record.to_number)
        own = next((end for end in ends if end in house.extensions), trunk)
        room, number = record.from_room or record.to_room, record.outside or record.dialled or record.to_number
    known = house.extensions.get(own)
    return OutsideCall(
        leg=record.leg,
        call=record.call,
        direction="incoming" if record.direction == "incoming" else "outgoing",
        extension=own,
        room=room or "",
        name=(known.name if known is not None else None) or "",
        number=number,
        trunk=trunk,
        trunk_name=record.trunk or "",
        started=here(record.started),
        answered=None if record.answered is None else here(record.answered),
        ended=here(record.ended or record.started),
        seconds=record.talk_ms // 1000,
        result=_result(record),
        cause=record.cause,
        emergency=record.emergency,
        complete=record.complete,
        amount=_amount(record),
        currency=record.charge_currency or "",
        unpriced=record.unpriced,
    )


def amount_text(amount: int, currency: str) -> str:
    """Minor units as people write them, all of them: "2.40" of 240 EUR, "2400" of 2400 VND."""
    decimals = 0 if currency in _NO_DECIMALS else 3 if currency in _THREE_DECIMALS else 2
    whole, rest = divmod(abs(amount), 10**decimals)
    return ("-" if amount < 0 else "") + (f"{whole}.{rest:0{decimals}}" if decimals else str(whole))


def _amount(record: CallRecord) -> str:
    if record.charge_amount is None or record.charge_currency is None:
        return ""
    return amount_text(record.charge_amount, record.charge_currency)


def _in_zone(at: datetime, zone: tzinfo) -> datetime:
    return at.astimezone(zone)


def _result(record: CallRecord) -> Result:
    if record.answered is not None:
        return "answered"
    if record.end in ("barred", "lost"):
        return record.end
    if record.cause in _NOBODY:
        return "no-answer"
    return "busy" if record.cause == _BUSY else "failed"
