"""The messages of a Mitel link, as one table, and how those of the PMS are read.

Three letters say which message it is, its form how the rest is cut. Reading does not count columns where it can do
without: fields may be wider, padded on either side, or cut short. Rooms keep their leading zeros: 00101 is not 101.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, NamedTuple, TypeAlias

from firmware.errors import PeerError
from firmware.pms import languages
from firmware.pms.mitel.frames import LONGEST
from firmware.pms.mitel.settings import Dialect, MitelSettings
from firmware.pms.model import (
    TURNING,
    Equipment,
    GuestData,
    GuestDetail,
    NameGiven,
    PmsEvent,
    ResyncBegun,
    ResyncEnded,
    RoomClosed,
    RoomData,
    RoomOpened,
    WakeupCleared,
    WakeupSet,
)

Form: TypeAlias = Literal["word", "status", "check", "name", "time", "lamp", "amount", "language"]
"""word: nothing but itself; status: a digit, a blank, the room; check: the same, a name may follow; name: a digit, a
blank, the name, the room; time: hhmm or blanks, the room; lamp: status, or time; amount: the room, the amount;
language: two letters, the room."""
NAME_WIDTH, SHORT_NAME_WIDTH = 21, 20
WITHDRAWN = "9999"
"""For the time: it withdraws the wake-up as blanks do."""


class NotAMessageError(PeerError):
    """A text that we cannot take; `reason` is a word or two for the counter."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason


class UnknownFunctionError(NotAMessageError):
    """A message that we do not serve, or that is not the PMS's to send."""

    def __init__(self, text: str) -> None:
        super().__init__("unknown message", readable(text))


class Fields(NamedTuple):
    """What stands in a message. `value`: name, time, amount, language."""

    room: str = ""
    status: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a text's meaning depends on; `local` is the hotel's wall time."""

    settings: MitelSettings
    local: datetime


@dataclass(frozen=True, slots=True)
class Message:
    """A text of the PMS that we know; no event: there is nothing to do. `served`: or it should be, and we cannot."""

    function: str
    event: PmsEvent | None = None
    served: bool = True


def read(data: bytes, settings: MitelSettings, local: datetime) -> Message:
    """What stands between STX and ETX. Raises NotAMessageError, for what is unknown UnknownFunctionError."""
    text = data.decode(settings.encoding, "replace")
    if len(data) > LONGEST:
        raise NotAMessageError("too long", readable(text))
    if re.search(r"[\x00-\x1f\x7f]", text):
        raise NotAMessageError("not a text", readable(text))
    function = text[:3].upper().rstrip()
    kind = MESSAGES.get(function)
    if kind is None or kind.direction == "out" or settings.dialect not in kind.dialects:
        raise UnknownFunctionError(text)
    if kind.event is None:
        return Message(function, served=kind.served)
    fields = _CUT[kind.form](text[3:], settings)
    if kind.form != "word" and not fields.room:
        raise NotAMessageError("no extension", readable(text))
    event = kind.event(fields, Reading(settings, local))
    if event is None:
        raise NotAMessageError("unknown status", readable(text))
    return Message(function, event)


def readable(text: str) -> str:
    """For the log: the beginning, control characters spelled out."""
    shown = text[:60].encode("unicode_escape").decode("ascii")
    return f"{shown}..." if len(text) > 60 else shown


# ------------------------------------------------------------------------------------------------------------- fields


def _status(body: str, settings: MitelSettings) -> Fields:
    return Fields(_first(body[1:]), body[:1])


def _check(body: str, settings: MitelSettings) -> Fields:
    """The name is told from the room by a blank, by being no digits, or by the room's full width."""
    if settings.dialect != "room-first":
        return _status(body, settings)
    room, name = _room_and_name(body[1:], settings.extension_width)
    return Fields(room, body[:1], name)


def _name(body: str, settings: MitelSettings) -> Fields:
    name, room = _name_and_room(body[2:], settings.extension_width)
    if settings.dialect == "room-first" and not room.isdigit() and _first(body[2:])[:1].isdigit():
        room, name = _room_and_name(body[2:], settings.extension_width)
    return Fields(room, body[:1], name)


def _time(body: str, settings: MitelSettings) -> Fields:
    """Blanks for the time run into those of the room."""
    if re.match(r"[0-9]{4}", body):
        return Fields(_first(body[4:]), value=body[:4])
    if not body.startswith(" ") or " " in body.strip():
        return Fields()
    return Fields(body.strip())


def _lamp(body: str, settings: MitelSettings) -> Fields:
    return _time(body, settings) if re.match(r"[0-9]{4}", body) else _status(body, settings)


def _amount(body: str, settings: MitelSettings) -> Fields:
    room, _, amount = body.strip().partition(" ")
    return Fields(room, value=amount.strip())


def _language(body: str, settings: MitelSettings) -> Fields:
    return Fields(_first(body[2:]), value=body[:2].strip())


def _first(body: str) -> str:
    return next(iter(body.split()), "")


def _room_and_name(body: str, width: int) -> tuple[str, str]:
    body = body.strip()
    room, _, name = body.partition(" ")
    if len(room) <= width:
        return room, name
    digits = re.match(f"[0-9]{{1,{width}}}", body)
    end = digits.end() if digits else width
    return body[:end], body[end:]


def _name_and_room(body: str, width: int) -> tuple[str, str]:
    """By columns if the length is a known one; else the room stands last, or touches a name that fills its field."""
    name, _, last = body.rstrip().rpartition(" ")
    behind, behind_20 = body[NAME_WIDTH:].strip(), body[SHORT_NAME_WIDTH:].strip()
    if len(body) == NAME_WIDTH + width:
        return body[:NAME_WIDTH], behind
    if len(body) == SHORT_NAME_WIDTH + width and (behind_20.isdigit() or behind_20 == last):
        return body[:SHORT_NAME_WIDTH], behind_20
    if behind.isdigit() and not last.isdigit() and len(name) + 1 < SHORT_NAME_WIDTH:
        return body[:NAME_WIDTH], behind
    return name, last


_CUT: Mapping[Form, Callable[[str, MitelSettings], Fields]] = {
    "word": lambda body, settings: Fields(),
    "status": _status,
    "check": _check,
    "name": _name,
    "time": _time,
    "lamp": _lamp,
    "amount": _amount,
    "language": _language,
}


# ------------------------------------------------------------------------------------------------------------- events


_HOW: Mapping[str, Literal["add", "replace", "delete"]] = {"1": "add", "2": "replace", "3": "delete"}


def _checked(fields: Fields, reading: Reading) -> PmsEvent | None:
    if fields.status == "0":
        return RoomClosed(room=fields.room)
    name, first_name = _names(fields.value)
    guest = GuestData(name=name, first_name=first_name) if name else GuestData()
    return RoomOpened(room=fields.room, guest=guest) if fields.status == "1" else None


def _named(fields: Fields, reading: Reading) -> PmsEvent | None:
    how = _HOW.get(fields.status)
    name, first_name = _names(fields.value)
    return None if how is None else NameGiven(room=fields.room, how=how, name=name, first_name=first_name)


def _names(field: str) -> tuple[str | None, str | None]:
    """Surname and first name of LAST,FIRST; a word alone is a surname, only zeros are no name."""
    whole = " ".join(TURNING.sub("", field).split()).strip(", ")
    if not whole.strip("0"):
        return None, None
    last, _, first = whole.partition(",")
    return last.strip(), first.strip() or None


def _lit(fields: Fields, reading: Reading) -> PmsEvent | None:
    if fields.value:
        return _woken(fields, reading)
    if fields.status not in ("0", "1"):
        return None
    return Equipment(room=fields.room, equipment=RoomData(lamp=fields.status == "1"))


def _undisturbed(fields: Fields, reading: Reading) -> PmsEvent | None:
    if fields.status not in ("0", "1"):
        return None
    return Equipment(room=fields.room, equipment=RoomData(dnd=fields.status == "1"))


def _restricted(fields: Fields, reading: Reading) -> PmsEvent | None:
    level = reading.settings.class_map.get(fields.status)
    return None if level is None else Equipment(room=fields.room, equipment=RoomData(cor=level))


def _woken(fields: Fields, reading: Reading) -> PmsEvent | None:
    if fields.value in ("", WITHDRAWN):
        return WakeupCleared(room=fields.room)
    hour, minute = int(fields.value[:2]), int(fields.value[2:])
    if hour > 23 or minute > 59:
        return None
    return WakeupSet(room=fields.room, at=next_time(reading.local, hour, minute))


def next_time(local: datetime, hour: int, minute: int) -> datetime:
    """The next wall time (naive) that a clock shows so, after now."""
    now = local.replace(tzinfo=None)
    today = now.replace(hour=hour, minute=minute, second=0, microsecond=0)
    return today if today > now else today + timedelta(days=1)


def _limited(fields: Fields, reading: Reading) -> PmsEvent | None:
    decimals = reading.settings.decimals
    amount = re.fullmatch(r"([0-9]{1,9})(?:[.,]([0-9]*))?", fields.value)
    if amount is None:
        return None
    units, fraction = amount[1], (amount[2] or "").rstrip("0")
    if len(fraction) > decimals:
        return None
    return GuestDetail(room=fields.room, guest=GuestData(limit=int(units + fraction.ljust(decimals, "0"))))


def _speaking(fields: Fields, reading: Reading) -> PmsEvent | None:
    word = fields.value
    if word and not re.fullmatch(r"[A-Za-z]{2}", word):
        return None
    return GuestDetail(room=fields.room, guest=GuestData(language=languages.iso_639_1(word) or None))


@dataclass(frozen=True, slots=True)
class MessageType:
    """`event`: what it tells the hotel, None for a status that it does not have; no `event`: nothing."""

    direction: Literal["in", "out", "both"]
    form: Form
    meaning: str
    event: Callable[[Fields, Reading], PmsEvent | None] | None = None
    served: bool = True
    dialects: tuple[Dialect, ...] = ("sx200", "sx2000", "room-first")


def _unserved(meaning: str) -> MessageType:
    return MessageType("in", "word", meaning, served=False)


MESSAGES: Mapping[str, MessageType] = {
    "ARE": MessageType("in", "word", "AREYUTHERE: are you there"),
    "CHK": MessageType("in", "check", "1 check-in, 0 check-out", _checked),
    "NAM": MessageType("in", "name", "1 add a name, 2 replace the first, 3 delete it, or all", _named),
    "MW": MessageType("both", "lamp", "message lamp: 1 on, 0 off; with four digits a wake-up", _lit),
    "RST": MessageType(
        "in", "status", "class of restriction, by the site's map", _restricted, dialects=("sx2000", "room-first")
    ),
    "WKP": MessageType("both", "time", "wake-up; blanks or 9999 withdraw it", _woken),
    "DND": MessageType("both", "status", "do not disturb: 1 on, 0 off", _undisturbed),
    "LMT": MessageType("in", "amount", "credit limit", _limited),
    "LNG": MessageType("in", "language", "language, EA, GE, SP or ISO 639-1", _speaking),
    "GRS": MessageType("in", "word", "a resync begins", lambda fields, reading: ResyncBegun()),
    "END": MessageType("in", "word", "a resync ends", lambda fields, reading: ResyncEnded()),
    "MOV": _unserved("room move"),
    "GRP": _unserved("group"),
    "VIP": _unserved("very important person"),
    "STE": _unserved("suite"),
    "LOC": _unserved("location"),
    "AFF": _unserved("affiliation"),
    "STS": MessageType("out", "status", "room status"),
    "RQI": MessageType("out", "word", "RQINZ: a resync, please"),
}
