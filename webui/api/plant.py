"""What is wired to the box: extensions and company lines, as the configuration says, and how each is set."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, Protocol

import msgspec

from webui.route import PART, READERS, Ask, Many, Route, part_of
from webui.types import Answer, ForwardCase


class Extension(Answer, frozen=True, kw_only=True):
    """An extension; how its line is stands at /lines. `class`: what it may call now. `room` null: of no room."""

    number: str
    kind: Literal["room", "staff", "service"]
    room: str | None
    floor: int | None
    name: str | None
    port: str | None
    operator: bool
    class_: str = msgspec.field(name="class")
    off_hook: str
    profile: Literal["voice", "data"]
    dnd: bool
    forward: list[ForwardCase]


class Trunk(Answer, frozen=True, kw_only=True):
    """Lines outside that are chosen as one. `incoming`: where their calls go, but for those of `targets`."""

    name: str
    kind: Literal["analog", "sip", "e1"]
    ports: list[str]
    incoming: str
    targets: dict[str, str]
    answer: str | None
    silence_s: int | None
    max_minutes: int | None
    served: bool


class Plant(Protocol):
    """What the configuration has."""

    def extensions(self) -> Sequence[Extension]: ...

    def trunks(self) -> Sequence[Trunk]: ...


async def extensions(ask: Ask) -> Many:
    return part_of(ask.services.plant.extensions(), ask.query.part())


async def trunks(ask: Ask) -> Many:
    return part_of(ask.services.plant.trunks(), ask.query.part())


ROUTES: tuple[Route, ...] = (
    Route("GET", "/extensions", extensions, "The extensions as they are set", READERS, Extension, True, query=PART),
    Route("GET", "/trunks", trunks, "The groups of lines outside", READERS, Trunk, True, query=PART),
)  # fmt: skip
