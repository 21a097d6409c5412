"""From a finished call to the line that an accounting system reads. What ends a line is `END`, in every format."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from firmware.billing.outputs import fields, smdr
from firmware.billing.outputs.model import OutsideCall

END = "\r\n"
Writer: TypeAlias = Callable[[OutsideCall], str]
"""The call in one line, without its end."""
_CONTROL = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]+")
_FIELD = re.compile(r"([a-z-]+)(?::([1-9][0-9]?))?")


@dataclass(frozen=True, slots=True)
class Field:
    """A name of `fields.FIELDS`, filled up with blanks to `width` characters where that is given.

    What is longer is cut, but no amount, count or extension: a part of such a one would be a wrong one.
    """

    name: str
    width: int | None = None


def field(text: str) -> Field:
    """Of "NAME" or "NAME:WIDTH" (1 to 99). Raises ValueError for another form, KeyError for an unknown name."""
    match = _FIELD.fullmatch(text)
    if match is None:
        raise ValueError(text)
    if match[1] not in fields.FIELDS:
        raise KeyError(match[1])
    return Field(match[1], int(match[2]) if match[2] else None)


def smdr_writer(extended: bool) -> Writer:
    """Fixed columns; ASCII only."""
    layout = smdr.EXTENDED if extended else smdr.STANDARD
    return lambda call: _in_one_line(smdr.line(layout, call)).encode("ascii", "replace").decode("ascii")


def csv_writer(chosen: Sequence[Field], separator: str, prefix: str = "") -> Writer:
    """Values that hold the separator or quotation marks are quoted, as in RFC 4180."""
    return _writer(chosen or [Field(name) for name in fields.DEFAULT_CSV], separator, prefix, _quoted)


def free_writer(chosen: Sequence[Field], separator: str, prefix: str = "") -> Writer:
    """For collectors that know no quotation marks: the separator is taken out of the values instead."""
    return _writer(chosen or [Field(name) for name in fields.DEFAULT_FREE], separator, prefix, _stripped)


def _writer(chosen: Sequence[Field], separator: str, prefix: str, guard: Callable[[str, str], str]) -> Writer:
    def write(call: OutsideCall) -> str:
        return prefix + separator.join(guard(_value(item, call), separator) for item in chosen)

    return write


def _value(item: Field, call: OutsideCall) -> str:
    text = _in_one_line(fields.FIELDS[item.name](call))
    if item.width is None:
        return text
    return (text if item.name in fields.NEVER_CUT else text[: item.width]).ljust(item.width)


def _in_one_line(text: str) -> str:
    return _CONTROL.sub(" ", text)


def _quoted(text: str, separator: str) -> str:
    return '"' + text.replace('"', '""') + '"' if separator in text or '"' in text else text


def _stripped(text: str, separator: str) -> str:
    return text.replace(separator, " ")
