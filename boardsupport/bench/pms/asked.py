"""What the API of a PMS takes: bodies decoded strictly, for `api`."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any, Final, TypeAlias

from boardsupport.bench.pms.fias_words import DETAILS
from boardsupport.bench.pms.house import Guest, House
from boardsupport.bench.pms.pms import Answers, How, Resync
from boardsupport.bench.requests import ApiError, one_of, truth, whole

Body: TypeAlias = "dict[str, Any]"
NAMED: Final[Body] = dict.fromkeys(DETAILS)
"""Everything that can be said about a guest, each null where it is not said."""
HOWS: Final[tuple[How, ...]] = ("gc", "go-gi", "gi-go")
MOST_ROOMS: Final = 5000
LONGEST_TEXT: Final = 2000
LONGEST_PACE_MS: Final = 10_000
LONGEST_DELAY_MS: Final = 600_000
MOST_WORDS: Final = 1000
PLANNED: Final = re.compile(r"OK|lose|late|cut|[A-Z]{2}")
DIGITS: Final = tuple("0123456789")
LINE_WORDS: Final = ("ACK", "NAK", "lose", "busy")


def words(fields: Body, key: str, longest: int = 200, shortest: int = 1) -> str | None:
    """A text that a record can carry, or null."""
    value = fields[key]
    if value is None:
        return None
    if not isinstance(value, str) or not shortest <= len(value) <= longest or "|" in value or not value.isprintable():
        raise ApiError(
            422, f"{key}: {value!r}; allowed: {shortest} to {longest} printable characters without |, or null"
        )
    return value


def room(fields: Body, key: str = "room") -> str:
    """What the PMS calls a room, as it is: leading zeros count."""
    number = words(fields, key, 16)
    if number is None or number != number.strip():
        raise ApiError(422, f"{key}: {number!r}; allowed: 1 to 16 characters")
    return number


def key(fields: Body) -> str | None:
    """A reservation number, or null."""
    value = words(fields, "key", 10)
    if value is not None and not (value.isascii() and value.isdigit()):
        raise ApiError(422, f"key: {value!r}; allowed: 1 to 10 digits, or null")
    return value


def maybe(fields: Body, key: str) -> bool | None:
    """True, false, or null."""
    return None if fields[key] is None else truth(fields, key)


def details(fields: Body) -> dict[str, str]:
    """What is said about a guest, "" where it is taken back; dates YYYY-MM-DD become YYMMDD, truths Y or N."""
    plain = [name for name in DETAILS if name not in ("arrival", "departure", "no_post", "class")]
    found = {name: words(fields, name, shortest=0) for name in plain}
    found |= {name: fields[name] and date(fields, name) for name in ("arrival", "departure")}
    found["class"] = class_(fields)
    found["no_post"] = None if (no_post := maybe(fields, "no_post")) is None else "NY"[no_post]
    return {name: found[name] or "" for name in DETAILS if found[name] is not None}


def guest(fields: Body, house: House) -> Guest:
    """Who checks in; without a reservation number he gets one."""
    return Guest(key(fields) or house.new_key(), details(fields))


def class_(fields: Body) -> str | None:
    """A class of service as the PMS counts them, a number or its digit, or null."""
    value = fields["class"]
    if value is None or (isinstance(value, str) and value in DIGITS):
        return value
    return str(whole(fields, "class", 0, 9))


def how(fields: Body) -> How | None:
    """How a move is told, or null: as the protocol has it."""
    return None if fields["how"] is None else one_of(fields, "how", HOWS)


def date(fields: Body, key: str) -> str:
    """YYYY-MM-DD as YYMMDD."""
    return _moment(fields, key, ("%Y-%m-%d",), "YYYY-MM-DD").strftime("%y%m%d")


def time(fields: Body, key: str) -> str:
    """HH:MM or HH:MM:SS as HHMMSS."""
    return _moment(fields, key, ("%H:%M", "%H:%M:%S"), "HH:MM or HH:MM:SS").strftime("%H%M%S")


def _moment(fields: Body, key: str, forms: tuple[str, ...], allowed: str) -> datetime:
    for form in forms if isinstance(fields[key], str) else ():
        try:
            return datetime.strptime(fields[key], form).replace(tzinfo=UTC)
        except ValueError:
            continue
    raise ApiError(422, f"{key}: {fields[key]!r}; allowed: {allowed}")


def resync(fields: Body) -> Resync:
    """How a resync goes; `rooms` is null, a list, or {"count", "first"} for rooms that are invented."""
    return Resync(
        _rooms(fields["rooms"]),
        whole(fields, "pace_ms", 0, LONGEST_PACE_MS),
        truth(fields, "cut_before_end"),
        truth(fields, "no_end"),
    )


def _rooms(given: Any) -> tuple[str, ...] | None:
    if given is None:
        return None
    if isinstance(given, list) and len(given) <= MOST_ROOMS:
        return tuple(room({"rooms": each}, "rooms") for each in given)
    if not isinstance(given, dict) or given.keys() != {"count", "first"}:
        raise ApiError(422, f"rooms: {given!r}; allowed: null, a list of rooms, or an object with count and first")
    first = room(given, "first")
    if not (first.isascii() and first.isdigit()):
        raise ApiError(422, f"first: {first!r}; allowed: digits")
    count = whole(given, "count", 1, MOST_ROOMS)
    return tuple(f"{int(first) + step:0{len(first)}d}" for step in range(count))


def answers(fields: Body) -> Answers:
    """How the next charges and frames are answered."""
    plan, line = _list(fields, "next"), _list(fields, "line")
    if wrong := [word for word in plan if not PLANNED.fullmatch(word)]:
        raise ApiError(422, f"next: {wrong[0]!r}; allowed: lose, late, cut, or two capitals as OK, NG, NA, UR, RY")
    if wrong := [word for word in line if word not in LINE_WORDS]:
        raise ApiError(422, f"line: {wrong[0]!r}; allowed: {', '.join(LINE_WORDS)}")
    delay_ms, pad = whole(fields, "delay_ms", 0, LONGEST_DELAY_MS), whole(fields, "pad", 0, 8)
    return Answers(plan, line, delay_ms, pad, truth(fields, "echo"))


def _list(fields: Body, key: str) -> tuple[str, ...]:
    value = fields[key]
    if isinstance(value, list) and len(value) <= MOST_WORDS and all(isinstance(word, str) for word in value):
        return tuple(value)
    raise ApiError(422, f"{key}: {value!r}; allowed: a list of up to {MOST_WORDS} words")


def raw(fields: Body) -> bytes | None:
    """Bytes in hexadecimal, or null."""
    value = fields["raw_hex"]
    if value is None:
        return None
    try:
        return bytes.fromhex(value)
    except (ValueError, TypeError) as wrong:
        raise ApiError(422, f"raw_hex: {value!r}; allowed: pairs of hexadecimal digits") from wrong
