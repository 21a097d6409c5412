"""What a request may have at one of its places, read off the types that validate it.

For the API there is no second list. Forms of the page that refuse before they send have some of the bounds for
themselves, in its scripts; whoever changes one here changes it there (`tests/unit/webui/test_limits_told.py` looks).
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache

from msgspec import inspect

from firmware.errors import Limit

STEP = re.compile(r"\[(?:\d+|\.\.\.)\]|[^.\[\]]+")
"""Of a place, as `rooms[1].departure` and `hours[...].from`: a member, an item of a list, an entry of a mapping."""
ENTRY = "[...]"
TOLD_AS = "limit"
"""In the `extra` of a type: the kind of what it takes, where that is more than its bounds say."""


def limit_at(kind: type, place: str, *member: str, of_key: bool = False) -> Limit | None:
    """What is taken at a place of such a request, for a member of it or as a key there; None: the place is unknown, or
    has no words.
    """
    found: inspect.Type | None = _whole(kind)
    for step in (*STEP.findall(place), *member):
        found = next((part for one in _meant(found) if (part := _part(one, step)) is not None), None)
    if of_key:
        found = next((one.key_type for one in _meant(found) if isinstance(one, inspect.DictType)), None)
    return None if found is None else limit_of(found)


def limit_of(kind: inspect.Type) -> Limit | None:
    """What a type takes; of several, what the first one does. Objects have members that say it."""
    if isinstance(kind, inspect.Metadata):
        plain, told_as = limit_of(kind.type), (kind.extra or {}).get(TOLD_AS)
        return replace(plain, kind=told_as) if plain and told_as else plain
    match kind:
        case inspect.UnionType(types=types):
            return next((limit_of(one) for one in types if not isinstance(one, inspect.NoneType)), None)
        case inspect.IntType(ge=least, le=most):
            return Limit("whole-number", least, most)
        case inspect.FloatType(ge=least, le=most):
            return Limit("number", least, most)
        case inspect.StrType(min_length=least, max_length=most):
            return Limit("characters", least, most)
        case inspect.ListType(min_length=least, max_length=most):
            return Limit("entries", least, most)
        case inspect.LiteralType(values=values):
            return Limit("choice", one_of=tuple(str(value) for value in values))
        case inspect.BoolType():
            return Limit("yes-or-no")
    return None


@cache
def _whole(kind: type) -> inspect.Type:
    return inspect.type_info(kind)


def _meant(kind: inspect.Type | None) -> list[inspect.Type]:
    """The types themselves that may stand there."""
    if isinstance(kind, inspect.Metadata):
        return _meant(kind.type)
    if isinstance(kind, inspect.UnionType):
        return [one for each in kind.types for one in _meant(each)]
    return [] if kind is None else [kind]


def _part(kind: inspect.Type, step: str) -> inspect.Type | None:
    match kind:
        case inspect.StructType(fields=fields):
            return next((field.type for field in fields if field.encode_name == step), None)
        case inspect.DictType(value_type=value) if step == ENTRY:
            return value
        case inspect.ListType(item_type=item) if step.startswith("["):
            return item
    return None
