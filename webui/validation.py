"""Bodies as the objects that routes take; of one that is refused: at which place, and what is taken there."""

from __future__ import annotations

import re
from bisect import bisect_left
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
    limit = limit_at(kind, ".".join(filter(None, (place, *ends))), of_key=bool(at and at[1]))
    return ApiError(422, "bad-value", _in_words(text.partition(" - at ")[0]), field, limit=limit)


def _with_keys(place: str, text: str, body: bytes, kind: type[msgspec.Struct]) -> str:
    """A place with the keys of mappings on its way, which msgspec calls [...]; as it is if they are not found."""
    if ENTRY not in place:
        return place
    whole = at = msgspec.json.decode(body)
    named = ""
    for step in STEP.findall(place):
        key: Any = int(step[1:-1]) if step[1:-1].isdigit() and step[0] == "[" else step
        if step == ENTRY:
            key = _wrong_key(at, whole, text, kind)
            if key is None:
                return place
        named += step if isinstance(key, int) else f".{key}"
        at = at[key]
    return named.removeprefix(".")


def _wrong_key(mapping: dict[str, Any], whole: Any, text: str, kind: type[msgspec.Struct]) -> str | None:
    """The first whose value is refused so, and which is then the only one that is left in the mapping."""
    entries = dict(mapping)
    keys = list(entries)

    def is_among(most: int) -> bool:
        mapping.clear()
        mapping.update((key, entries[key]) for key in keys[: most + 1])
        return _complaint(msgspec.json.encode(whole), kind) == text

    found = bisect_left(range(len(keys)), True, key=is_among)
    if found == len(keys):
        return None
    mapping.clear()
    mapping[keys[found]] = entries[keys[found]]
    return keys[found]


def _complaint(body: bytes, kind: type[msgspec.Struct]) -> str:
    try:
        msgspec.json.decode(body, type=kind)
    except msgspec.ValidationError as error:
        return str(error)
    return ""


def _in_words(text: str) -> str:
    """The same with what a pattern stands for, instead of the pattern."""
    for pattern, meaning in PATTERNS.items():
        text = text.replace(f"matching regex {pattern!r}", f"of {meaning}")
    return text
