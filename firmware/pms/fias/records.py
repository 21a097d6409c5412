"""The records of FIAS that a telephone switch uses, as one table: who sends them, and which fields are asked for.

LR records, reading and writing are made from it. Dates and times are text here: what they mean depends on the record.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

Field: TypeAlias = tuple[str, str]
"""Its id (two characters) and its data."""


@dataclass(frozen=True, slots=True)
class Record:
    """A record, its fields in their order: a move has GS twice, each after its room."""

    id: str
    fields: tuple[Field, ...] = ()

    def get(self, field: str) -> str | None:
        """Data of the first field with this id; None: it is not there."""
        return next((data for name, data in self.fields if name == field), None)


@dataclass(frozen=True, slots=True)
class RecordType:
    """`fields`: those of both directions, as LR asks for them; `needs`: those without which one from the PMS is
    nothing."""

    direction: Literal["in", "out", "both"]
    meaning: str
    fields: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()


def _fields(ids: str) -> tuple[str, ...]:
    return tuple(ids.split())


_ROOM = ("RN",)
_WAKEUP = _fields("RN DA TI")

LINK: Mapping[str, RecordType] = {
    "LS": RecordType("both", "link start, or: are you there"),
    "LD": RecordType("out", "who we are"),
    "LR": RecordType("out", "which record, with which fields"),
    "LA": RecordType("both", "link alive"),
    "LE": RecordType("both", "link end"),
    "LC": RecordType("in", "the PMS's configuration"),
}
"""Records of the link itself."""

DATA: Mapping[str, RecordType] = {
    "GI": RecordType("in", "check-in", _fields("RN G# GS GN GF GT GL GV GG GA GD CS NP SF"), _ROOM),
    "GO": RecordType("in", "check-out", _fields("RN G# GS SF"), _ROOM),
    "GC": RecordType("in", "guest changed or moved", _fields("RN RO G# GS GN GF GT GL GV GG GA GD CS NP"), _ROOM),
    "RE": RecordType("both", "room equipment and status", _fields("RN G# CS DN ML RS ID VM"), _ROOM),
    "WR": RecordType("both", "wake-up request", _WAKEUP, _WAKEUP),
    "WC": RecordType("both", "wake-up withdrawn", _WAKEUP, _ROOM),
    "WA": RecordType("out", "what became of a wake-up", _fields("RN DA TI AS")),
    "PS": RecordType("out", "charge", _fields("RN P# PT TA DD DU MA M# DA TI CT SO PX ID")),
    "PA": RecordType("in", "answer to a charge", _fields("AS P# RN CT DA TI"), ("AS",)),
    "NS": RecordType("in", "night audit begins", _fields("DA TI")),
    "NE": RecordType("in", "night audit ends", _fields("DA TI")),
    "XL": RecordType("both", "text for a guest", _fields("RN G# MI MT DA TI"), _fields("RN MT")),
    "XM": RecordType("out", "texts wanted", _fields("RN G#")),
    "XT": RecordType("in", "a text that was wanted", _fields("RN G# MI MT"), _ROOM),
    "XD": RecordType("both", "text deleted", _fields("RN G# MI"), _ROOM),
    "DR": RecordType("out", "resync wanted"),
    "DS": RecordType("in", "resync begins"),
    "DE": RecordType("in", "resync ends"),
}

FROM_PMS = frozenset(name for name, kind in (*LINK.items(), *DATA.items()) if kind.direction != "out")
STAMPED = frozenset({"LS", "LD", "LA", "LE", "DR"})
"""Date and time of sending are put in front of their fields."""


def is_of_room(record: Record) -> bool:
    """It says something of a room, and not of the link or the house."""
    return record.id in DATA and "RN" in DATA[record.id].needs


LIMITS: Mapping[str, int] = {
    "CT": 20, "DD": 20, "ID": 16, "PX": 6, "SO": 5, "V#": 10, "G#": 10, "MI": 8, "MT": 1900,
}  # fmt: skip
"""Most characters of a field that we send. A room is never cut: it would be another one."""


def requests() -> Iterator[Record]:
    """The LR records: one for each record that either side may send."""
    for name, kind in DATA.items():
        if kind.fields:
            yield Record("LR", (("RI", name), ("FL", "".join(kind.fields))))
