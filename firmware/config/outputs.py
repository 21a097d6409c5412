"""Call-record outputs: where they go, and what may be said of each format."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias, cast, get_args

from firmware.billing.outputs import fields, formats
from firmware.config.decode import Fault, nearest
from firmware.config.lines import KeyPath
from firmware.config.schema import Baud, Config, RecordOutput

OutputKind: TypeAlias = Literal["tcp-server", "tcp-client", "serial", "file-per-call", "file-per-day"]
CALLING_COLUMNS = {False: 4, True: 7}
"""Of smdr, by `extended`: a longer extension would be another one there."""
_SERIAL = re.compile(r"(/\S+):([0-9]{1,6})-([78][NEO][12])")
_PLACES = "tcp-server:HOST:PORT | tcp-client:HOST:PORT | serial:DEVICE:BAUD-BITS | file-per-call:DIR | file-per-day:DIR"
_SHARABLE = ("tcp-client", "file-per-call", "file-per-day")
"""What two may reach at once; that nobody else listens or has the device is looked at elsewhere."""
_NOT_OF_SMDR = (("fields", ()), ("prefix", None), ("separator", ","))


@dataclass(frozen=True, slots=True)
class Destination:
    """`place`: HOST:PORT, a device, or a directory; `baud` and `bits` are of serial lines."""

    kind: OutputKind
    place: str
    baud: Baud = 9600
    bits: str = "8N1"


def destination(to: str) -> Destination:
    """Of a `record_output.to`; the address is looked at elsewhere. Raises ValueError."""
    kind, _, place = to.partition(":")
    if kind not in get_args(OutputKind) or not place:
        raise ValueError(to)
    if kind != "serial":
        return Destination(cast(OutputKind, kind), place)
    serial = _SERIAL.fullmatch(place)
    if serial is None or int(serial[2]) not in get_args(Baud):
        raise ValueError(to)
    return Destination("serial", serial[1], cast(Baud, int(serial[2])), serial[3])


def faults(config: Config) -> Iterator[Fault]:
    """Places that are none or used twice, keys that do not go with the format, fields that nobody knows."""
    used: dict[str, int] = {}
    for index, output in enumerate(config.record_outputs):
        path: KeyPath = ("record_output", index)
        try:
            place = destination(output.to)
        except ValueError:
            yield Fault((*path, "to"), f'"{output.to}" is no output', _PLACES)
            continue
        for key, value in (("name", output.name), ("to", place.place if place.kind in _SHARABLE else None)):
            if value is not None and used.setdefault(value, index) != index:
                yield Fault((*path, key), f'"{value}" is used twice: record_output[{used[value]}]', "one of its own")
        yield from _of_format(config, output, path)


def _of_format(config: Config, output: RecordOutput, path: KeyPath) -> Iterator[Fault]:
    if output.format == "smdr":
        for key, usual in _NOT_OF_SMDR:
            if getattr(output, key) != usual:
                yield Fault((*path, key), "does not go with format smdr", "format csv or free")
        most = CALLING_COLUMNS[output.extended]
        if long := [entry.number for entry in config.extensions if len(entry.number) > most]:
            what = f"smdr has {most} columns for an extension, and {long[0]} is longer"
            yield Fault((*path, "format"), what, "csv | free" if output.extended else "extended = true, or csv | free")
    elif output.extended:
        yield Fault((*path, "extended"), f"does not go with format {output.format}", "format smdr")
    for place, text in enumerate(output.fields):
        try:
            formats.field(text)
        except ValueError:
            yield Fault((*path, "fields", place), f'"{text}" is no field', "NAME or NAME:WIDTH, width 1 to 99")
        except KeyError:
            near = nearest(text.partition(":")[0], fields.FIELDS)
            hint = f" (did you mean {near}?)" if near else ""
            yield Fault((*path, "fields", place), f'"{text}" is unknown', " | ".join(fields.FIELDS) + hint)
