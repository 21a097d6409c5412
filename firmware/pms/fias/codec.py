"""Records as bytes: frames cut out of a stream, and text in the site's code page."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from firmware.errors import PeerError
from firmware.pms.fias.records import DATA, FROM_PMS, LIMITS, LINK, Field, Record
from firmware.pms.model import TURNING

STX, ETX = 0x02, 0x03
LONGEST = 4096
"""So many bytes are waited for ETX; a record has 2000 at most."""
_STX, _ETX = bytes((STX,)), bytes((ETX,))
_MARK = re.compile(b"[" + _STX + _ETX + b"]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_CONTROL_BUT_LINES = re.compile(r"[\x00-\x09\x0b\x0e-\x1f\x7f]")
_FIELD_ID = re.compile(r"[A-Z0-9][A-Z0-9#+]")
_UNLIKE = str.maketrans({
    "ß": "ss", "ẞ": "SS", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "đ": "d",
    "Đ": "D", "ð": "d", "Ð": "D", "þ": "th", "Þ": "Th", "ı": "i", "‘": "'", "’": "'", "“": '"', "”": '"', "–": "-",
    "—": "-", "…": "...", "€": "EUR", "|": " ",
})  # fmt: skip
"""Letters that no decomposition makes ASCII."""


class NotARecordError(PeerError):
    """Bytes that are no record; `reason` is a word or two for the counter."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail


@dataclass(slots=True)
class FrameCutter:
    """Cuts records out of a stream without check or acknowledgement: TCP."""

    _part: bytearray | None = None
    """Of the record that has begun."""

    def reset(self) -> None:
        self._part = None

    def feed(self, data: bytes) -> Iterator[bytes | None]:
        """What stands between STX and ETX, each; None: a record that was too long. Junk between frames is skipped."""
        start = 0
        for mark in _MARK.finditer(data):
            if self._overflows(data[start : mark.start()]):
                yield None
            start = mark.end()
            begun, self._part = self._part, bytearray() if mark[0] == _STX else None
            if mark[0] == _ETX and begun is not None:
                yield bytes(begun)
        if self._overflows(data[start:]):
            yield None

    def _overflows(self, piece: bytes) -> bool:
        """Add to the record, if one has begun; one that has become too long is given up."""
        if self._part is None:
            return False
        self._part += piece
        if len(self._part) <= LONGEST:
            return False
        self._part = None
        return True


def decode(data: bytes, encoding: str) -> Record:
    """A record of the PMS, its fields cleaned of control characters, those of direction too. Raises NotARecordError."""
    text = data.decode(encoding, "replace")
    name, *segments = text.split("|")
    if not re.fullmatch(r"[A-Z]{2}", name):
        raise NotARecordError("not a record", readable(text))
    if name not in LINK and name not in DATA:
        raise NotARecordError("unknown record", name)
    if name not in FROM_PMS:
        raise NotARecordError("not for us", name)
    record = Record(name, tuple(_decoded(segment) for segment in segments if _FIELD_ID.match(segment)))
    _check(record)
    return record


def _decoded(segment: str) -> Field:
    field, value = segment[:2], TURNING.sub("", segment[2:])
    if field == "MT":
        return field, _CONTROL_BUT_LINES.sub(" ", value).replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n")
    if field in ("RN", "RO"):
        return field, value
    return field, _CONTROL.sub(" ", value)


def _check(record: Record) -> None:
    needs = (DATA.get(record.id) or LINK[record.id]).needs
    missing = [field for field in needs if not (record.get(field) or "").strip()]
    if missing:
        raise NotARecordError("missing field", f"{record.id} without {missing[0]}")
    for field in ("RN", "RO"):
        if _CONTROL.search(record.get(field) or "") or "\N{REPLACEMENT CHARACTER}" in (record.get(field) or ""):
            raise NotARecordError("bad value", f"{record.id}: {field} {readable(record.get(field) or '')}")


def encode(record: Record, encoding: str) -> bytes:
    """A record of ours, what the code page lacks written otherwise."""
    parts = [record.id.encode("ascii")]
    parts += [name.encode("ascii") + _encoded(name, data, encoding) for name, data in record.fields]
    return b"|".join(parts) + b"|"


def _encoded(field: str, text: str, encoding: str) -> bytes:
    """A field's data, cut to what the field holds, in bytes, which are never fewer than its characters."""
    control = _CONTROL_BUT_LINES if field == "MT" else _CONTROL
    limit = LIMITS.get(field)
    encoded = b""
    for char in control.sub(" ", text).replace("|", " "):
        following = encoded + _character(char, encoding)
        if limit is not None and len(following) > limit:
            break
        encoded = following
    return encoded


def _character(char: str, encoding: str) -> bytes:
    for attempt in (char, char.translate(_UNLIKE), _without_accents(char)):
        try:
            return attempt.encode(encoding)
        except UnicodeEncodeError:
            continue
    return b"" if unicodedata.combining(char) else b"?"


def _without_accents(char: str) -> str:
    parts = unicodedata.normalize("NFKD", char).replace("|", " ")
    return "".join(part for part in parts if not unicodedata.combining(part))


def readable(text: str) -> str:
    """For the log: the beginning, control characters spelled out."""
    shown = text[:60].encode("unicode_escape").decode("ascii")
    return f"{shown}..." if len(text) > 60 else shown
