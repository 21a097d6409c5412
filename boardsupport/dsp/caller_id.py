"""Caller id and message lamp by FSK or DTMF, as complete bursts of law bytes.

Sources: Bellcore GR-30-CORE and GR-31-CORE (Bell 202 modem, SDMF and MDMF), ETSI EN 300 659-3 (V.23 modem, call setup
and message waiting messages), ETSI EN 300 659-1 annex B (DTMF). The modem is spandsp's.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from datetime import datetime
from enum import Enum
from typing import Literal, TypeAlias

from boardsupport.bus import Law
from boardsupport.dsp._dsp import ffi, lib
from boardsupport.dsp.law import LAW_NUMBER
from boardsupport.dsp.tones import DTMF_KEYS, dtmf

Standard: TypeAlias = Literal["bellcore", "etsi"]
MessageFormat: TypeAlias = Literal["mdmf", "sdmf"]
Field: TypeAlias = tuple[int, bytes]


class Absence(Enum):
    """Why there is no number or name; the value is the code of both standards."""

    PRIVATE = "P"
    """The caller withholds it."""
    UNAVAILABLE = "O"
    """It is not known here ("out of area")."""


MODEM: dict[Standard, int] = {"bellcore": 1, "etsi": 2}
"""spandsp's ADSI_STANDARD_CLASS and ADSI_STANDARD_CLIP."""
NAME_LENGTH: dict[Standard, int] = {"bellcore": 15, "etsi": 50}
NUMBER_LENGTH = 20
NUMBER_CHARACTERS = frozenset("0123456789*#+")

# Message types.
SDMF_CALLER_ID = 0x04
SDMF_MESSAGE_WAITING = 0x06
MDMF_CALLER_ID = 0x80
MDMF_MESSAGE_WAITING = 0x82
# Parameters of the multiple data message format.
DATE_AND_TIME = 0x01
CALLER_NUMBER = 0x02
NUMBER_ABSENCE = 0x04
CALLER_NAME = 0x07
NAME_ABSENCE = 0x08
VISUAL_INDICATOR = 0x0B
LAMP_ON = b"\xff"
LAMP_OFF = b"\x00"
# In the single data message format the lamp is one character, sent three times (GR-1401).
SDMF_LAMP_ON = b"\x42\x42\x42"
SDMF_LAMP_OFF = b"\x6f\x6f\x6f"

NO_TYPE = 0
BURST_ROOM = 8000 * 4
"""The longest message, 255 words of 10 bits at 1200 Bd with seizure and mark, lasts under 3 s."""


def caller_id_fsk(
    number: str | Absence | None,
    name: str | Absence | None,
    when: datetime,
    standard: Standard,
    law: Law,
    message: MessageFormat = "mdmf",
) -> bytes:
    """The burst for an on-hook telephone: channel seizure, mark, message, checksum; about half a second.

    `number` None is Absence.UNAVAILABLE; `name` None leaves the name out. `when` is local time. Letters beyond ASCII
    lose their accents, a name is cut at 15 (Bellcore) or 50 characters. SDMF carries no name.
    Raises ValueError for a number with other characters than 0-9 * # + or more than 20 of them.
    """
    number = Absence.UNAVAILABLE if number is None else number
    stamp = when.strftime("%m%d%H%M").encode("ascii")
    if isinstance(number, str):
        check_number(number)
    if message == "sdmf":
        text = number if isinstance(number, str) else number.value
        return _burst(standard, SDMF_CALLER_ID, [(NO_TYPE, stamp + text.encode("ascii"))], law)
    fields: list[Field] = [(DATE_AND_TIME, stamp), _number_field(number)]
    if isinstance(name, Absence):
        fields.append((NAME_ABSENCE, name.value.encode("ascii")))
    elif name is not None and (displayed := display_name(name)[: NAME_LENGTH[standard]].strip()):
        fields.append((CALLER_NAME, displayed.encode("ascii")))
    return _burst(standard, MDMF_CALLER_ID, fields, law)


def vmwi_fsk(lit: bool, standard: Standard, law: Law, message: MessageFormat = "mdmf") -> bytes:
    """The burst that lights or puts out the message lamp of an on-hook telephone (visual indicator)."""
    if message == "sdmf":
        return _burst(standard, SDMF_MESSAGE_WAITING, [(NO_TYPE, SDMF_LAMP_ON if lit else SDMF_LAMP_OFF)], law)
    return _burst(standard, MDMF_MESSAGE_WAITING, [(VISUAL_INDICATOR, LAMP_ON if lit else LAMP_OFF)], law)


def caller_id_dtmf(
    number: str | Absence | None,
    law: Law,
    start: str = "A",
    end: str = "C",
    dbm0: float = -10.0,
) -> bytes:
    """The number as DTMF, 70 ms on and 70 ms off: `start`, the digits, `end`.

    A withheld number is "B10" and an unknown one "B00" in place of start and digits (EN 300 659-1 annex B).
    Countries differ in start and end: "D" and "C", "A" and "#", none and "#". A "+" cannot be sent and is left out.
    """
    if number is None or number is Absence.UNAVAILABLE:
        digits = "B00"
    elif number is Absence.PRIVATE:
        digits = "B10"
    else:
        digits = start + check_number(number).replace("+", "")
    if any(key not in DTMF_KEYS for key in start + end):
        raise ValueError(f"start {start!r} and end {end!r} are DTMF digits")
    return dtmf(digits + end, 70, 70, dbm0, law)


def check_number(number: str) -> str:
    """The number itself, if it can be sent. Raises ValueError."""
    if not number or len(number) > NUMBER_LENGTH or not NUMBER_CHARACTERS.issuperset(number):
        raise ValueError(f"{number!r} is not a number of 1 to {NUMBER_LENGTH} characters 0-9 * # +")
    return number


def display_name(name: str) -> str:
    """What a caller-id display can show of a name: ASCII, accents taken off, the rest as "?"."""
    plain = unicodedata.normalize("NFKD", name.translate(_NOT_DECOMPOSED))
    letters = (letter for letter in plain if not unicodedata.combining(letter))
    return "".join(letter if " " <= letter <= "~" else "?" for letter in letters)


_NOT_DECOMPOSED = str.maketrans({
    "đ": "d", "Đ": "D", "ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "ß": "ss", "æ": "ae", "Æ": "AE", "œ": "oe", "ı": "i",
    "ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "’": "'", "–": "-",
})  # fmt: skip


def _number_field(number: str | Absence) -> Field:
    if isinstance(number, Absence):
        return NUMBER_ABSENCE, number.value.encode("ascii")
    return CALLER_NUMBER, number.encode("ascii")


def _burst(standard: Standard, message_type: int, fields: Sequence[Field], law: Law) -> bytes:
    out = bytearray(BURST_ROOM)
    samples: int = lib.dsp_fsk(
        MODEM[standard],
        LAW_NUMBER[law],
        bytes(kind for kind, _ in fields),
        bytes(len(body) for _, body in fields),
        b"".join(body for _, body in fields),
        len(fields),
        message_type,
        ffi.from_buffer("uint8_t[]", out),
        len(out),
    )
    if samples < 0:
        raise ValueError(f"a message of {sum(len(body) + 2 for _, body in fields)} bytes cannot be sent")
    return bytes(out[:samples])
