"""What a record of the PMS means for the hotel.

A field that is there but empty clears; in RE, which some systems send with every field that was asked for, it changes
nothing. A value that means nothing is noted, and the rest of the record counts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TypeVar

from msgspec import UNSET, UnsetType

from firmware.pms import languages
from firmware.pms.fias.codec import NotARecordError, readable
from firmware.pms.fias.records import Record
from firmware.pms.model import (
    CheckIn,
    CheckOut,
    Equipment,
    GuestChange,
    GuestData,
    MessageGiven,
    MessageWithdrawn,
    NightAudit,
    PmsEvent,
    RoomData,
    WakeupCleared,
    WakeupSet,
)
from firmware.restriction.model import Level

T = TypeVar("T")
_FLAGS: Mapping[str, bool] = {"Y": True, "N": False}
_NO_VIP = frozenset({None, "0", "N"})


@dataclass(frozen=True, slots=True)
class Reading:
    """One record being read; `notes` gathers what meant nothing."""

    record: Record
    classes: Mapping[str, Level]
    notes: list[str] = field(default_factory=list)

    def event(self) -> PmsEvent | None:
        """None: the record asks for nothing. Raises NotARecordError where it asks for what cannot be."""
        return _EVENTS[self.record.id](self)

    @property
    def room(self) -> str:
        return self.record.get("RN") or ""

    def known(self, name: str) -> str | None:
        """A field's data, if there are any."""
        return self.record.get(name) or None

    def text(self, name: str) -> str | UnsetType | None:
        """UNSET where it is not there, None where it is empty."""
        data = self.record.get(name)
        return UNSET if data is None else data.strip() or None

    def choice(self, name: str, meanings: Mapping[str, T]) -> T | UnsetType | None:
        """What its data mean; None where it is empty."""
        data = self.record.get(name)
        if not data:
            return UNSET if data is None else None
        return meanings[data] if data in meanings else self.meaningless(name)

    def day(self, name: str) -> date | UnsetType | None:
        data = self.record.get(name)
        if not data:
            return UNSET if data is None else None
        moment = moment_of(data, "000000")
        return moment.date() if moment else self.meaningless(name)

    def time(self) -> datetime:
        """DA and TI. Raises NotARecordError for a moment that there is not."""
        day, time = self.record.get("DA") or "", self.record.get("TI") or ""
        moment = moment_of(day, time)
        if moment is None:
            raise NotARecordError("bad value", f"{self.record.id}: DA {readable(day)} TI {readable(time)}")
        return moment

    def meaningless(self, name: str) -> UnsetType:
        self.notes.append(f"{name} {readable(self.record.get(name) or '')}")
        return UNSET


def moment_of(day: str, time: str) -> datetime | None:
    """YYMMDD and HHMMSS as the hotel's wall time (naive); None: there is no such moment."""
    if not re.fullmatch(r"[0-9]{12}", day + time) or len(day) != len(time):
        return None
    try:
        return datetime.strptime("20" + day + time, "%Y%m%d%H%M%S")  # noqa: DTZ007
    except ValueError:
        return None


def _guest(reading: Reading) -> GuestData:
    vip = reading.text("GV")
    return GuestData(
        name=reading.text("GN"),
        first_name=reading.text("GF"),
        title=reading.text("GT"),
        language=_language(reading),
        vip=UNSET if vip is UNSET else vip not in _NO_VIP,
        group=reading.text("GG"),
        arrival=reading.day("GA"),
        departure=reading.day("GD"),
        no_post=_cleared(reading.choice("NP", _FLAGS)),
    )


def _cleared(flag: bool | UnsetType | None) -> bool | UnsetType:
    return False if flag is None else flag


def _language(reading: Reading) -> str | UnsetType | None:
    data = reading.text("GL")
    if not isinstance(data, str):
        return data
    if not re.fullmatch(r"[A-Za-z]{2}([-_].*)?", data):
        return reading.meaningless("GL")
    return languages.iso_639_1(data[:2])


def _guest_equipment(reading: Reading) -> RoomData:
    return RoomData(cor=reading.choice("CS", reading.classes))


def _room_equipment(reading: Reading) -> RoomData:
    cor = reading.choice("CS", reading.classes)
    dnd, lamp = reading.choice("DN", _FLAGS), reading.choice("ML", _FLAGS)
    return RoomData(
        cor=UNSET if cor is None else cor, dnd=UNSET if dnd is None else dnd, lamp=UNSET if lamp is None else lamp
    )


def _shared(flag: str | None) -> bool | None:
    return _FLAGS.get(flag or "")


def _check_in(reading: Reading) -> CheckIn:
    return CheckIn(
        room=reading.room,
        key=reading.known("G#"),
        shared=_shared(reading.record.get("GS")),
        resync=reading.record.get("SF") is not None,
        guest=_guest(reading),
        equipment=_guest_equipment(reading),
    )


def _check_out(reading: Reading) -> CheckOut:
    return CheckOut(
        room=reading.room,
        key=reading.known("G#"),
        shared=_shared(reading.record.get("GS")),
        resync=reading.record.get("SF") is not None,
    )


def _guest_change(reading: Reading) -> GuestChange:
    old = reading.known("RO")
    if old == reading.room:
        old = None
    new_shared, old_shared = _shares(reading.record)
    return GuestChange(
        room=reading.room,
        key=reading.known("G#"),
        shared=_shared(new_shared),
        old_room=old,
        old_shared=_shared(old_shared) if old else None,
        guest=_guest(reading),
        equipment=_guest_equipment(reading),
    )


def _shares(record: Record) -> tuple[str | None, str | None]:
    """GS of the new room and of the old one: each belongs to the room field before it."""
    found: dict[str, str] = {}
    room = "RN"
    for name, data in record.fields:
        if name in ("RN", "RO"):
            room = name
        elif name == "GS":
            found.setdefault(room, data)
    return found.get("RN"), found.get("RO")


def _equipment(reading: Reading) -> Equipment | None:
    equipment = _room_equipment(reading)
    return None if equipment == RoomData() else Equipment(room=reading.room, equipment=equipment)


def _wakeup(reading: Reading) -> WakeupSet:
    return WakeupSet(room=reading.room, at=reading.time())


def _wakeup_cleared(reading: Reading) -> WakeupCleared:
    whole_room = not reading.known("DA") and not reading.known("TI")
    return WakeupCleared(room=reading.room, at=None if whole_room else reading.time())


def _message(reading: Reading) -> MessageGiven | None:
    """XT without a text says that there is none."""
    text = reading.known("MT")
    if text is None:
        return None
    return MessageGiven(room=reading.room, key=reading.known("G#"), number=reading.known("MI"), text=text)


def _message_withdrawn(reading: Reading) -> MessageWithdrawn:
    return MessageWithdrawn(room=reading.room, key=reading.known("G#"), number=reading.known("MI"))


_EVENTS: Mapping[str, Callable[[Reading], PmsEvent | None]] = {
    "GI": _check_in,
    "GO": _check_out,
    "GC": _guest_change,
    "RE": _equipment,
    "WR": _wakeup,
    "WC": _wakeup_cleared,
    "XL": _message,
    "XT": _message,
    "XD": _message_withdrawn,
    "NS": lambda _: NightAudit(begins=True),
    "NE": lambda _: NightAudit(begins=False),
}
