"""The query of a request: `limit`, `cursor`, `from`, `to` and words, each checked and named when wrong."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import TypeVar

from firmware.errors import Limit
from webui.faults import ApiError
from webui.services import Part, Period, Place

T = TypeVar("T", bound=str)
MOST = 1000
USUAL = 100


class Query:
    """Raises ApiError 422 with the parameter's name for a value that is no good, or a name that is not known."""

    def __init__(self, values: Mapping[str, str], known: Collection[str]) -> None:
        self._values = values
        for name in values:
            if name not in known:
                allowed = ", ".join(known) or "none"
                raise ApiError(422, "unknown-parameter", f"unknown parameter {name}; known are {allowed}", name)

    def text(self, name: str) -> str | None:
        return self._values.get(name) or None

    def choice(self, name: str, choices: Sequence[T]) -> T | None:
        """One of these words, or None where it is not given."""
        wanted = self.text(name)
        if wanted is None:
            return None
        for choice in choices:
            if choice == wanted:
                return choice
        limit = Limit("choice", one_of=tuple(choices))
        raise ApiError(422, "bad-value", f"{name} is one of {', '.join(choices)}", name, limit=limit)

    def flag(self, name: str) -> bool:
        value = self._values.get(name, "false")
        if value not in ("true", "false"):
            raise ApiError(422, "bad-value", f"{name} is true or false", name, limit=Limit("yes-or-no"))
        return value == "true"

    def part(self, usual: int = USUAL) -> Part:
        """Which part of the list."""
        limit = self._values.get("limit", str(usual))
        if not re.fullmatch(r"[0-9]{1,4}", limit) or not 1 <= int(limit) <= MOST:
            raise ApiError(422, "bad-value", f"limit is 1 to {MOST}", "limit", limit=Limit("whole-number", 1, MOST))
        cursor = self._values.get("cursor")
        return Part(int(limit), None if cursor is None else _place(cursor))

    def period(self, local: Callable[[datetime], datetime]) -> Period:
        """From and to; an instant without an offset is the hotel's wall time."""
        return Period(self._instant("from", local), self._instant("to", local))

    def _instant(self, name: str, local: Callable[[datetime], datetime]) -> datetime | None:
        value = self.text(name)
        if value is None:
            return None
        try:
            found = datetime.fromisoformat(value.replace(" ", "+"))  # a plus sign that was not escaped is a space
        except ValueError:
            text = f"{name} is an instant such as 2026-11-22T07:00:00+01:00"
            raise ApiError(422, "bad-value", text, name, limit=Limit("date-time")) from None
        return local(found) if found.tzinfo is None else found


def cursor_of(place: Place | None) -> str | None:
    """A place in a list as clients see it: opaque."""
    return None if place is None else f"{place[0]:x}-{place[1]:x}"


def _place(cursor: str) -> Place:
    match = re.fullmatch(r"([0-9a-f]{1,15})-([0-9a-f]{1,15})", cursor)
    if match is None:
        raise ApiError(422, "bad-value", "cursor is `next` of the part before", "cursor")
    return int(match[1], 16), int(match[2], 16)
