"""Bodies as the objects that routes take; of one that is refused: at which place, and what is taken there."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable
from typing import Any

import msgspec

from webui.faults import ApiError
from webui.limits import ENTRY, STEP, limit_at
from webui.types import PATTERNS

_PLACE = re.compile(r" - at (`key` in )?`\$\.?([^`]*)`$")
_MEMBER = re.compile(r"(?:required|unknown) field `([^`]*)`")


def validated(body: bytes, kind: type[msgspec.Struct]) -> msgspec.Struct:
    """No body at all stands for an object without members. Raises ApiError."""
    try:
        return msgspec.json.decode(body or b"{}", type=kind)
    except msgspec.ValidationError as error:
        raise _refusal(str(error), body, kind) from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ApiError(400, "not-json", f"the body is not JSON: {error}") from None


def _refusal(text: str, body: bytes, kind: type[msgspec.Struct]) -> ApiError:
    at, member = _PLACE.search(text), _MEMBER.search(text)
    place, ends = at[2] if at else "", [member[1]] if member else []
    field = ".".join(filter(None, (_with_keys(place, text, body, kind), *ends))) or None
    limit = limit_at(kind, place, *ends, of_key=bool(at and at[1]))
    return ApiError(422, "bad-value", _in_words(text.partition(" - at ")[0]), field, limit=limit)


def _with_keys(place: str, text: str, body: bytes, kind: type[msgspec.Struct]) -> str:
    """A place with the keys of mappings on its way, which msgspec calls [...]; as it is if they are not found."""
    if ENTRY not in place:
        return place
    try:
        whole = msgspec.json.decode(body)
        return _found(whole, STEP.findall(place), lambda: _complaint(whole, kind) == text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return place  # there is worse behind what was refused
    except (LookupError, TypeError):
        return place  # members are there twice: what was refused is not what is read last


def _found(whole: Any, steps: list[str], is_refused: Callable[[], bool]) -> str:
    """Raises LookupError and TypeError."""
    at, place = whole, ""
    for step in steps:
        key = _wrong_key(at, is_refused) if step == ENTRY else int(step[1:-1]) if step[0] == "[" else step
        place += step if isinstance(key, int) else f".{key}"
        at = at[key]
    return place.removeprefix(".")


def _wrong_key(mapping: Any, is_refused: Callable[[], bool]) -> str:
    """The first entry with which it is refused; it is the only one then that is left. Raises LookupError, TypeError."""
    if not isinstance(mapping, dict):
        raise TypeError("no mapping")
    entries: dict[str, Any] = dict(mapping)
    keys = list(entries)

    def leave(some: list[str]) -> None:
        mapping.clear()
        mapping.update((key, entries[key]) for key in some)

    def is_among(most: int) -> bool:
        leave(keys[: most + 1])
        return is_refused()

    wrong = keys[bisect_left(range(len(keys)), True, key=is_among)]
    leave([wrong])
    return wrong


def _complaint(whole: Any, kind: type[msgspec.Struct]) -> str:
    try:
        msgspec.convert(whole, kind)
    except msgspec.ValidationError as error:
        return str(error)
    return ""


def _in_words(text: str) -> str:
    """The same with what a pattern stands for, instead of the pattern."""
    for pattern, meaning in PATTERNS.items():
        text = text.replace(f"matching regex {pattern!r}", f"of {meaning}")
    return text
