"""What a route of the API is: the form that every feature's table of routes has."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import msgspec

from webui.query import Query
from webui.services import Identity, Part, Place, Services, Source

READERS = frozenset({"desk", "manager", "technician"})
EVERYBODY = READERS | {"housekeeping"}
TECHNICAL = frozenset({"manager", "technician"})
MANAGER = frozenset({"manager"})
FRONT = frozenset({"desk", "manager"})
USUAL_BYTES = 16 * 1024
"""What a body may have; more than that is read of those alone who may use the route."""


@dataclass(frozen=True, slots=True)
class Ask:
    """A request that has passed authentication and validation."""

    services: Services
    who: Identity
    query: Query
    path: Mapping[str, str]
    body: Any
    source: Source


@dataclass(frozen=True, slots=True)
class Many:
    """An answer that is a part of a list."""

    items: list[Any]
    next: Place | None = None


@dataclass(frozen=True, slots=True)
class WithCookies:
    """An answer that sets cookies, each as `Set-Cookie` has it (RFC 6265, 4.1)."""

    answer: Any
    cookies: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Download:
    """An answer that is a file, too large to be held in memory: its name, its bytes in number, and in pieces."""

    name: str
    size: int
    pieces: AsyncIterator[bytes]


Handler: TypeAlias = Callable[[Ask], Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class Route:
    """One operation. `answer` is the type of the object, or of a list's items (`listed`).

    `csv`: the columns of the list (or of the answer's `items`) as text/csv, if it is given so, too. `takes`: the body
    is of this media type, and the handler gets its bytes (`streamed`: in pieces, as they come); `gives`: the answer is
    such bytes. Without `roles` it is for anybody, who need not say who he is.
    """

    method: str
    path: str
    handler: Handler
    summary: str
    roles: frozenset[str]
    answer: Any = None
    listed: bool = False
    body: type[msgspec.Struct] | None = None
    query: Mapping[str, str] = field(default_factory=dict)
    csv: tuple[str, ...] = ()
    takes: str = ""
    gives: str = ""
    streamed: bool = False
    most_bytes: int = USUAL_BYTES
    status: int = 200
    refusals: tuple[int, ...] = ()


PERIOD = {
    "from": "inclusive: ISO 8601, or the hotel's wall time without an offset",
    "to": "exclusive, as `from`",
}
PART = {"limit": "1 to 1000, else 100", "cursor": "`next` of the part before"}


def part_of(items: Any, part: Part) -> Many:
    """A part of a list that is in memory; the cursor is the place in it."""
    start = part.after[0] if part.after else 0
    chosen = list(items[start : start + part.limit])
    end = start + len(chosen)
    return Many(chosen, (end, 0) if end < len(items) else None)
