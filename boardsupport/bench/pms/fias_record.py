"""FIAS records as this PMS writes and reads them: an identification, and fields of two letters and their data."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

Fields: TypeAlias = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Record:
    """A record: its identification, and its fields in order; a field may come twice (GS in a move)."""

    id: str
    fields: Fields = ()

    def get(self, field: str) -> str | None:
        """The data of the first field of that name; None where there is none."""
        return next((data for name, data in self.fields if name == field), None)

    @property
    def text(self) -> str:
        """As it is sent."""
        return f"{self.id}|" + "".join(f"{name}{clean(data)}|" for name, data in self.fields)

    def only(self, allowed: Iterable[str]) -> Record:
        """The record with these fields alone."""
        names = set(allowed)
        return Record(self.id, tuple((name, data) for name, data in self.fields if name in names))


def read(text: str) -> Record:
    """The record that a frame's text holds, whatever its length; a last field may lack its end."""
    head, *rest = text.split("|")
    pieces = rest[:-1] if rest and rest[-1] == "" else rest
    return Record(head, tuple((piece[:2], piece[2:]) for piece in pieces))


def clean(data: str) -> str:
    """Data without what would break the record: separators and control characters become blanks."""
    return "".join(" " if letter == "|" or unicodedata.category(letter) == "Cc" else letter for letter in data)


def encode(text: str, encoding: str, seven_bit: bool) -> bytes:
    """Text in the site's code page; a letter that it lacks is sent without its accents, or as a question mark."""
    charset = "ascii" if seven_bit else encoding
    return b"".join(_letter(letter, charset) for letter in text)


def _letter(letter: str, charset: str) -> bytes:
    try:
        return letter.encode(charset)
    except UnicodeEncodeError:
        bare = "".join(part for part in unicodedata.normalize("NFKD", letter) if not unicodedata.combining(part))
        return bare.encode(charset, "replace")
