"""What a record of the telephone exchange must look like: identifications, fields and their shapes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Final

from boardsupport.bench.pms.fias_record import Record

LINK_RECORDS: Final = frozenset({"LS", "LD", "LR", "LA", "LE"})
WITHOUT_LR: Final = LINK_RECORDS | {"DR", "DS", "DE"}
WITHOUT_ASKING: Final = "a record must be asked for by LR before it is sent"

MANDATORY: Final[Mapping[str, tuple[str, ...]]] = {
    "LS": ("DA", "TI"), "LA": ("DA", "TI"), "LE": ("DA", "TI"), "LD": ("DA", "TI", "V#", "IF"), "LR": ("RI", "FL"),
    "DR": ("DA", "TI"), "RE": ("RN",), "WR": ("RN", "DA", "TI"), "WC": ("RN",), "WA": ("RN", "DA", "TI", "AS"),
    "PS": ("RN", "PT", "P#"), "XL": ("RN", "G#"), "XM": ("RN", "G#"), "XD": ("RN", "G#"), "XR": ("RN", "G#"),
    "XC": ("RN", "G#", "BA"), "VA": ("RN", "EN", "AS"), "PR": ("WS",),
}  # fmt: skip
"""The records that an exchange may send, and what none of them lacks. P# is optional to the specification alone."""
RE_FIELDS: Final = frozenset({"RN", "G#", "RS", "ID", "VM", "ML", "CT", "PP", "PU"})
"""Of the room's equipment: what the PMS alone tells, such as the class, is not for the exchange to send."""

_TIME: Final = r"([01]\d|2[0-3])[0-5]\d[0-5]\d"
SHAPES: Final[Mapping[str, str]] = {
    "TI": _TIME, "DU": r"\d\d[0-5]\d[0-5]\d", "P#": r"[1-9]\d{0,7}", "DD": r"\d{1,20}", "TA": r"-?\d{1,15}",
    "MP": r"\d{1,10}", "MA": r"\d{1,4}", "M#": r"\d{1,2}", "PX": r"\d{1,6}", "PC": r"[LNI]", "PT": r"[CMT]",
    "SO": r"\w{1,5}", "CT": r".{1,20}", "ID": r".{1,16}", "WS": r".{1,16}", "X1": r".{1,25}", "RN": r".{1,16}",
    "G#": r"\d{1,10}", "RS": r"([1-689]|10)", "VM": r"(Y|\d{4})", "ML": r"[YN]", "V#": r".{1,10}", "AS": r"[A-Z]{2}",
    "RI": r"[A-Z]{2}", "FL": r"([A-Z][A-Z0-9#+])+", "IF": r"[A-Z]{2}", "RL": r"\d{1,4}", "RT": r"\d{1,3}",
}  # fmt: skip
DATES: Final = frozenset({"DA", "GA", "GD"})
BLANK_ALLOWED: Final = {("WC", "DA"), ("WC", "TI"), ("XL", "G#"), ("XM", "G#"), ("XD", "G#")}
WA_ANSWERS: Final = frozenset({"OK", "NR", "BY", "UR", "DE"})


def faults(record: Record, text: str, asked: Mapping[str, frozenset[str]]) -> Iterator[str]:
    """Everything that is wrong with a record from the exchange; `asked`: the fields that its LRs named, by record."""
    if record.id not in MANDATORY:
        yield f"an exchange has no record {record.id!r}"
        return
    if not text.endswith("|"):
        yield "the last field is not closed"
    if record.id not in WITHOUT_LR:
        yield from _unasked(record, asked)
    names = [name for name, _ in record.fields]
    yield from (f"{name} is missing" for name in MANDATORY[record.id] if name not in names)
    yield from (f"{name} comes twice" for name in set(names) if names.count(name) > 1 and name not in ("MA", "M#"))
    echoed = ("DA", "TI") if record.id == "WA" and record.get("AS") == "UR" else ()  # as bad as they came
    for name, data in record.fields:
        if name not in echoed:
            yield from _shape(record.id, name, data)
    yield from SPECIAL.get(record.id, _nothing)(record)


def _unasked(record: Record, asked: Mapping[str, frozenset[str]]) -> Iterator[str]:
    if record.id not in asked:
        yield WITHOUT_ASKING
        return
    yield from (f"{name} is not in the LR" for name, _ in record.fields if name not in asked[record.id])


def _shape(record: str, name: str, data: str) -> Iterator[str]:
    if len(name) != 2:
        yield f"field {name + data!r} has no identification"
    elif not data:
        if (record, name) not in BLANK_ALLOWED:
            yield f"{name} is empty: it should be left out"
    elif any(ord(letter) < 0x20 or ord(letter) == 0x7F for letter in data) and name != "MT":
        yield f"{name} holds a control character"
    elif not (_is_date(data) if name in DATES else re.fullmatch(SHAPES.get(name, ".*"), data, re.DOTALL)):
        yield f"{name} is {data!r}"


def _is_date(data: str) -> bool:
    if not re.fullmatch(r"\d{6}", data):
        return False
    try:
        datetime.strptime(data, "%y%m%d").replace(tzinfo=UTC)
    except ValueError:
        return False
    return True


def _nothing(record: Record) -> Iterator[str]:
    yield from ()


def _posting(record: Record) -> Iterator[str]:
    """What each type of posting needs."""
    has = {name for name, _ in record.fields}
    if (kind := record.get("PT")) == "C" and "TA" not in has:
        yield "PT C without TA"
    elif kind == "T" and not ("MP" in has or {"DU", "DD"} <= has):
        yield "PT T with neither MP nor DU and DD"
    elif kind == "M" and "MA" not in has:
        yield "PT M without MA"


def _equipment(record: Record) -> Iterator[str]:
    yield from (f"{name} is for the PMS to tell" for name, _ in record.fields if name not in RE_FIELDS)


def _wake_up_answer(record: Record) -> Iterator[str]:
    if (answer := record.get("AS")) not in WA_ANSWERS:
        yield f"AS{answer} is no answer to a wake-up"


def _request(record: Record) -> Iterator[str]:
    names = [name for name, _ in record.fields]
    if names != ["RI", "FL"]:
        yield "an LR has RI and FL alone"
    if record.get("RI") in WITHOUT_LR:
        yield f"{record.get('RI')} is not asked for"
    fields = record.get("FL") or ""
    pairs = [fields[at : at + 2] for at in range(0, len(fields), 2)]
    yield from (f"FL names {pair} twice" for pair in set(pairs) if pairs.count(pair) > 1)


SPECIAL: Final[Mapping[str, Callable[[Record], Iterator[str]]]] = {
    "PS": _posting, "RE": _equipment, "WA": _wake_up_answer, "LR": _request,
}  # fmt: skip
