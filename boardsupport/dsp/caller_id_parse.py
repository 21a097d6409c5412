"""What a caller-id message says: FSK messages of Bellcore and ETSI, and the keys of a DTMF message.

Sources as of `caller_id`. No message is taken on trust: what is not a number, a name or a time is left out, and one
whose lengths do not fit is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from boardsupport.dsp.caller_id import (
    CALLER_NAME,
    CALLER_NUMBER,
    DATE_AND_TIME,
    MDMF_CALLER_ID,
    NAME_ABSENCE,
    NUMBER_ABSENCE,
    NUMBER_CHARACTERS,
    NUMBER_LENGTH,
    SDMF_CALLER_ID,
    Absence,
)


class MessageError(ValueError):
    """The line delivered what is no caller-id message."""


@dataclass(frozen=True, slots=True)
class CallTime:
    """The exchange's time of the call; no year is sent."""

    month: int
    day: int
    hour: int
    minute: int


@dataclass(frozen=True, slots=True)
class ReceivedCallerId:
    """Who calls. `name` and `when` None: not sent."""

    number: str | Absence
    name: str | Absence | None = None
    when: CallTime | None = None


def parse_fsk(message: bytes) -> ReceivedCallerId | None:
    """A message from its type to its checksum; None: it is of another kind (a message lamp).

    Raises MessageError for a wrong checksum, and for lengths that lead beyond the message.
    """
    if len(message) < 3 or len(message) != message[1] + 3 or sum(message) % 256:
        raise MessageError(f"{len(message)} bytes without their length or checksum")
    kind, body = message[0], message[2:-1]
    if kind == SDMF_CALLER_ID:
        return _single(body)
    return _multiple(body) if kind == MDMF_CALLER_ID else None


def parse_dtmf(keys: str) -> ReceivedCallerId:
    """Keys up to the end code: A and the number, D and the number, or the number alone; B or D and why there is none.

    A number that the call was diverted by (D after A) is left out. Raises MessageError for other keys.
    """
    if not _DTMF_MESSAGE.fullmatch(keys):
        raise MessageError(f"{keys!r} is no caller id by DTMF")
    if keys in _DTMF_ABSENCES:
        return ReceivedCallerId(_DTMF_ABSENCES[keys])
    fields = {code: digits for code, digits in reversed(_DTMF_FIELD.findall(keys[:-1])) if digits}
    if "B" in fields:
        return ReceivedCallerId(Absence.PRIVATE if fields["B"] == _DTMF_PRIVATE else Absence.UNAVAILABLE)
    number = fields.get("A") or fields.get("D") or fields.get("")
    return ReceivedCallerId(_number(number) if number else Absence.UNAVAILABLE)


_DTMF_MESSAGE = re.compile(r"(?:[ABD]?[0-9]+|[AD])(?:[ABD][0-9]*)*[C#]")
_DTMF_FIELD = re.compile(r"([ABD]?)([0-9]*)")
_DTMF_PRIVATE = "10"
_DTMF_ABSENCES = {"D1#": Absence.PRIVATE, "D2#": Absence.UNAVAILABLE, "D3#": Absence.UNAVAILABLE}
"""One digit after D is a reason: withheld, from abroad, not known (the variant that ends with #)."""
_FILLING = str.maketrans("", "", " -().")
"""What some exchanges put between the digits of a number."""


def _single(body: bytes) -> ReceivedCallerId:
    return ReceivedCallerId(_number(_text(body[8:])), None, _time(body[:8]))


def _multiple(body: bytes) -> ReceivedCallerId:
    fields: dict[int, bytes] = {}
    for kind, value in _parameters(body):
        fields.setdefault(kind, value)
    if NUMBER_ABSENCE in fields:
        number: str | Absence = _absence(_text(fields[NUMBER_ABSENCE]))
    else:
        number = _number(_text(fields.get(CALLER_NUMBER, b"")))
    if NAME_ABSENCE in fields:
        name: str | Absence | None = _absence(_text(fields[NAME_ABSENCE]))
    else:
        name = _text(fields.get(CALLER_NAME, b"")) or None
    return ReceivedCallerId(number, name, _time(fields.get(DATE_AND_TIME, b"")))


def _parameters(body: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at < len(body):
        value = body[at + 2 : at + 2 + body[at + 1]] if at + 1 < len(body) else b""
        if at + 1 >= len(body) or len(value) != body[at + 1]:
            raise MessageError(f"parameter {body[at]} is cut off")
        yield body[at], value
        at += 2 + len(value)


def _text(value: bytes) -> str:
    """Both standards' characters are those of ISO 8859-1; what no display shows is left out."""
    return "".join(letter for letter in value.decode("latin-1") if letter.isprintable()).strip()


def _number(text: str) -> str | Absence:
    number = text.translate(_FILLING)
    if 0 < len(number) <= NUMBER_LENGTH and NUMBER_CHARACTERS.issuperset(number):
        return number
    return _absence(text)


def _absence(text: str) -> Absence:
    return Absence.PRIVATE if text == Absence.PRIVATE.value else Absence.UNAVAILABLE


def _time(value: bytes) -> CallTime | None:
    if len(value) != 8 or not value.isdigit():
        return None
    month, day, hour, minute = (int(value[at : at + 2]) for at in range(0, 8, 2))
    if 1 <= month <= 12 and 1 <= day <= 31 and hour < 24 and minute < 60:
        return CallTime(month, day, hour, minute)
    return None
