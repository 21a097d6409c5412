"""Messages of a Mitel link: how this PMS writes its own, and how those of the exchange must look."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from boardsupport.bench.pms.fias_record import encode
from boardsupport.bench.pms.settings import PmsSettings

NAME: Final = 21
NAME_ROOM_FIRST: Final = 20


class Writer:
    """The texts that a PMS sends, in the site's dialect and width of extensions."""

    def __init__(self, settings: PmsSettings) -> None:
        self._settings = settings
        self._room_first = settings.dialect == "room-first"
        self._name_width = NAME_ROOM_FIRST if self._room_first else NAME

    def check_in(self, room: str, name: str) -> list[bytes]:
        """CHK1 and NAM1, in one message where the dialect has it so."""
        if self._room_first:
            return [b"CHK1 " + self._bytes(room).ljust(self._settings.extension_width) + self._name(name)]
        return [b"CHK1 " + self._extension(room), *([self.name(1, room, name)] if name else [])]

    def check_out(self, room: str) -> bytes:
        return b"CHK0 " + self._extension(room)

    def name(self, what: int, room: str, name: str) -> bytes:
        """`what`: 1 adds a name, 2 replaces the first, 3 takes one away."""
        return b"NAM%d " % what + self._name(name) + self._extension(room)

    def lamp(self, room: str, on: bool) -> bytes:
        return b"MW %d " % on + self._extension(room)

    def restriction(self, room: str, class_: str) -> bytes:
        return f"RST{class_} ".encode() + self._extension(room)

    def disturb(self, room: str, off: bool) -> bytes:
        """Do not disturb, on (`off` true: no calls) or off."""
        return b"DND%d " % off + self._extension(room)

    def wake_up(self, room: str, time: str) -> bytes:
        """`time` HHMMSS; empty: the wake-up is deleted."""
        return f"WKP{time[:4]:4}".encode() + self._extension(room)

    def other(self, text: str) -> bytes:
        """Any text, as it is."""
        return self._bytes(text)

    def _extension(self, room: str) -> bytes:
        width, field = self._settings.extension_width, self._bytes(room)
        return field.rjust(width) if self._settings.pad == "left" else field.ljust(width)

    def _name(self, name: str) -> bytes:
        """Upper case, cut where a character ends."""
        field = b""
        for letter in name.upper():
            if len(field + (more := self._bytes(letter))) > self._name_width:
                break
            field += more
        return field.ljust(self._name_width)

    def _bytes(self, text: str) -> bytes:
        return encode(text, self._settings.encoding, self._settings.seven_bit)


@dataclass(frozen=True)
class Message:
    """A text of the exchange: its function, what it says, and the extension that it is about."""

    function: str
    status: str
    extension: str


FORMS: Final[dict[str, tuple[int, str]]] = {
    "STS": (2, r"[1-9] "), "MW ": (2, r"[01] "), "DND": (2, r"[01] "), "MR ": (4, r"\d{4}"), "RQI": (2, r"NZ"),
    "WKP": (4, r"([01]\d[0-5]\d|2[0-3][0-5]\d|    )"),
}  # fmt: skip
"""By function: how long the status after it is, and its form."""
SHORTEST: Final = 5
"""Of the extension; RQINZ has so many blanks in its place whatever the width."""


def read(text: str) -> Message | None:
    """The message in a text; None where its function is unknown."""
    function = text[:3].upper()
    if function not in FORMS:
        return None
    end = 3 + FORMS[function][0]
    return Message(function, text[3:end], text[end:].strip())


def faults(text: str, message: Message | None, width: int) -> Iterator[str]:
    """Everything that is wrong with a text of the exchange; `width` of extensions at this site."""
    if message is None:
        yield "an exchange has no such message"
        return
    status, form = FORMS[message.function]
    field = text[3 + status :]
    if text != text.upper():
        yield "not upper case"
    if not re.fullmatch(form, message.status):
        yield f"{message.function} with {message.status!r}"
    if len(field) not in ({width, SHORTEST} if message.function == "RQI" else {width}):
        yield f"an extension field of {len(field)} characters"
    yield from _EXTENSION[message.function == "RQI"](field)


def _of_a_room(field: str) -> Iterator[str]:
    if not field.strip():
        yield "no extension"
    elif field != field.strip().ljust(len(field)):
        yield f"the extension {field!r} does not begin at the left"


def _of_none(field: str) -> Iterator[str]:
    if field.strip():
        yield f"{field!r} where blanks belong"


_EXTENSION: Final[dict[bool, Callable[[str], Iterator[str]]]] = {True: _of_none, False: _of_a_room}
