"""SMDR: one line of fixed columns for each call, as Mitel's exchanges write it.

A layout is a table of columns; what an exchange of ours cannot know stays blank in it, so that every column has its
usual place.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from firmware.billing.outputs.model import OutsideCall, Result

BLANK = " "
_LONG = ((1800, "+"), (600, "%"), (300, "-"))
"""Seconds from which a call is marked, and how."""
_COMPLETION: dict[Result, str] = {
    "answered": "A", "busy": "B", "failed": "E", "lost": "E", "barred": "T", "no-answer": BLANK,
}  # fmt: skip
_MOST_HOURS = 99


@dataclass(frozen=True, slots=True)
class Column:
    """`first` counts from 1; `write` gives at most `width` characters, which stand on the left."""

    name: str
    first: int
    width: int
    write: Callable[[OutsideCall], str]


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns from left to right; all between and behind them is blank up to `width`."""

    width: int
    columns: Sequence[Column]


def line(layout: Layout, call: OutsideCall) -> str:
    """The call in one line, without its end."""
    written = [BLANK] * layout.width
    for column in layout.columns:
        text = column.write(call)[: column.width]
        written[column.first - 1 : column.first - 1 + len(text)] = text
    return "".join(written)


def mark(seconds: int) -> str:
    """Tells long calls: five minutes, ten, thirty."""
    return next((sign for least, sign in _LONG if seconds >= least), BLANK)


def duration(seconds: int, hour_digits: int = 2) -> str:
    """hh:mm:ss, full at 99:99:99."""
    hours, rest = divmod(seconds, 3600)
    if hour_digits == 2 and hours > _MOST_HOURS:
        return "99:99:99"
    return f"{hours:0{hour_digits}}:{rest // 60:02}:{rest % 60:02}"


def _calling(call: OutsideCall) -> str:
    return call.extension if call.direction == "outgoing" else call.trunk


def _called(call: OutsideCall) -> str:
    return call.trunk if call.direction == "outgoing" else call.extension


def _digits(call: OutsideCall) -> str:
    """An analog line tells no digits of a call in."""
    return call.number if call.direction == "outgoing" else ""


def _time_to_answer(digits: int) -> Callable[[OutsideCall], str]:
    def write(call: OutsideCall) -> str:
        if call.direction == "outgoing":
            return ""
        if call.ringing is None:
            return "*" * digits
        return f"{min(int(call.ringing.total_seconds()), 10**digits - 1):0{digits}}"

    return write


def _completion(call: OutsideCall) -> str:
    """A call in shows by its time to answer whether it was."""
    return _COMPLETION[call.result] if call.direction == "outgoing" else BLANK


def _never(call: OutsideCall) -> str:
    """Attendant, speed call, transfer, third party, account code, meter pulses: not told by a leg of ours."""
    return ""


STANDARD = Layout(
    90,
    (
        Column("long-call mark", 1, 1, lambda call: mark(call.seconds)),
        Column("date mm/dd", 2, 5, lambda call: f"{call.started:%m/%d}"),
        Column("start hh:mm:ss", 8, 8, lambda call: f"{call.started:%H:%M:%S}"),
        Column("duration hh:mm:ss", 17, 8, lambda call: duration(call.seconds)),
        Column("calling party", 26, 4, _calling),
        Column("attendant", 30, 1, _never),
        Column("time to answer", 32, 3, _time_to_answer(3)),
        Column("digits dialled", 36, 26, _digits),
        Column("completion", 63, 1, _completion),
        Column("speed or forward", 64, 1, _never),
        Column("called party", 66, 4, _called),
        Column("transfer", 71, 1, _never),
        Column("third party", 73, 4, _never),
        Column("account code", 78, 12, _never),
    ),
)
EXTENDED = Layout(
    101,
    (
        Column("long-call mark", 1, 1, lambda call: mark(call.seconds)),
        Column("date mm/dd", 2, 5, lambda call: f"{call.started:%m/%d}"),
        Column("start hh:mm:ss", 8, 8, lambda call: f"{call.started:%H:%M:%S}"),
        Column("duration hhhh:mm:ss", 18, 10, lambda call: duration(call.seconds, 4)),
        Column("calling party", 29, 7, _calling),
        Column("attendant", 36, 1, _never),
        Column("time to answer", 37, 4, _time_to_answer(4)),
        Column("digits dialled", 42, 20, _digits),
        Column("meter pulses", 63, 5, _never),
        Column("completion", 68, 1, _completion),
        Column("speed or forward", 69, 1, _never),
        Column("called party", 70, 7, _called),
        Column("transfer", 78, 1, _never),
        Column("third party", 80, 7, _never),
        Column("account code", 88, 12, _never),
    ),
)
