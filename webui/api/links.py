"""Links to property management systems."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, Protocol

from firmware.details import Detail
from webui.route import PART, READERS, TECHNICAL, Ask, Many, Route, part_of
from webui.services import Identity
from webui.types import Answer, Stamp


class Counters(Answer, frozen=True, kw_only=True):
    """Records since the start."""

    received: int
    sent: int
    refused: int


class Link(Answer, frozen=True, kw_only=True):
    """A PMS link. `why`: its connection in words; `kinds`: the counters of each record; `outbox`: what waits for it.

    `why_detail`: the same for one who says it in another language.
    """

    name: str
    protocol: str
    state: Literal["down", "starting", "alive", "closed"]
    since: Stamp
    why: str
    why_detail: Detail
    counters: Counters
    kinds: dict[str, dict[str, int]]
    outbox: int


class Waiting(Answer, frozen=True, kw_only=True):
    """What the PMS has not been told yet; postings of charges are at /charges. `kind` as "lamp", `what` in full."""

    id: int
    since: Stamp
    kind: str
    room: str | None
    what: dict[str, Any]


class TraceEntry(Answer, frozen=True, kw_only=True):
    """Raw traffic: `line` has its time, its direction (< from the PMS, > to it, * of the connection) and its bytes."""

    id: int
    at: Stamp
    line: str


class Links(Protocol):
    """Raises RefusedError (unknown-link) and StorageError."""

    def links(self) -> Sequence[Link]: ...

    async def resync(self, name: str, who: Identity) -> Link: ...

    async def outbox(self, name: str, limit: int) -> list[Waiting]: ...

    def trace(self, name: str, after: int, limit: int) -> list[TraceEntry]: ...


async def links(ask: Ask) -> Many:
    return part_of(ask.services.links.links(), ask.query.part())


async def resync(ask: Ask) -> Link:
    return await ask.services.links.resync(ask.path["name"], ask.who)


async def outbox(ask: Ask) -> Many:
    """The oldest; there is no other part, as it changes while it is read."""
    return Many(await ask.services.links.outbox(ask.path["name"], ask.query.part().limit))


async def trace(ask: Ask) -> Many:
    """The newest, unless a cursor says after which."""
    part = ask.query.part()
    found = ask.services.links.trace(ask.path["name"], part.after[0] if part.after else 0, part.limit)
    return Many(found, (found[-1].id, 0) if found else part.after)


ROUTES: tuple[Route, ...] = (
    Route("GET", "/links", links, "The PMS links", READERS, Link, True, query=PART),
    Route(
        "POST", "/links/{name}/resync", resync, "Ask the PMS to tell everything anew", READERS, Link, status=202,
        refusals=(404,),
    ),
    Route(
        "GET", "/links/{name}/outbox", outbox, "What the PMS has not been told yet, oldest first", READERS, Waiting,
        True, query=PART, refusals=(404,),
    ),
    Route(
        "GET", "/links/{name}/trace", trace, "The last raw traffic of a link; `next` of it: what comes after",
        TECHNICAL, TraceEntry, True, query=PART, refusals=(404,),
    ),
)  # fmt: skip
