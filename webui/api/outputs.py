"""Call records for accounting systems: what waits for each output, and a made-up call to try it."""

from __future__ import annotations

from typing import Protocol

from firmware.details import Detail
from webui.route import PART, READERS, TECHNICAL, Ask, Many, Route, part_of
from webui.services import Identity
from webui.types import Answer, Stamp


class Output(Answer, frozen=True, kw_only=True):
    """An output of the configuration. `oldest`: since when its first line waits; `lost`: lines that found no room."""

    name: str
    format: str
    to: str
    connected: bool
    why: str
    why_detail: Detail
    waiting: int
    oldest: Stamp | None
    lost: int


class Tried(Answer, frozen=True, kw_only=True):
    """The line of the made-up call that goes out."""

    line: str


class Outputs(Protocol):
    """Raises RefusedError (unknown-output, full) and StorageError."""

    async def outputs(self) -> list[Output]: ...

    async def test(self, index: int, who: Identity) -> Tried: ...


async def outputs(ask: Ask) -> Many:
    return part_of(await ask.services.outputs.outputs(), ask.query.part())


async def test_output(ask: Ask) -> Tried:
    place = ask.path["index"]
    index = int(place) if place.isascii() and place.isdigit() and len(place) < 6 else -1
    return await ask.services.outputs.test(index, ask.who)


ROUTES: tuple[Route, ...] = (
    Route(
        "GET", "/record-outputs", outputs, "Call-record outputs, in the order of the configuration", READERS, Output,
        True, query=PART,
    ),
    Route(
        "POST", "/record-outputs/{index}/test", test_output, "Send a made-up call of a room; outputs count from 0",
        TECHNICAL, Tried, status=202, refusals=(404, 409),
    ),
)  # fmt: skip
