"""What the services need of the rest of the product."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol, TypeVar

from firmware.config.schema import Language
from firmware.exchange.agent import CallAgent
from firmware.exchange.decisions import Decision
from firmware.exchange.numbering import Instant
from firmware.hotel.service import By
from firmware.store import Repositories

T = TypeVar("T")


class Store(Protocol):
    async def do(self, work: Callable[[Repositories], T]) -> T:
        """Raises StorageError, or what `work` raises on purpose."""
        ...


class Alarms(Protocol):
    async def raise_alarm(self, kind: str, subject: str, text: str) -> None: ...

    async def clear(self, kind: str, subject: str) -> None: ...


class Telephones(Protocol):
    async def change(self, how: Callable[[CallAgent, Instant], list[Decision]]) -> None: ...


class Note(Protocol):
    async def __call__(self, by: By, action: str, room: str, detail: Mapping[str, object], /) -> None:
        """Into the audit: what of a room is no part of the house, whose changes are there anyway."""
        ...


class Speaker(Protocol):
    async def say(self, text: str, language: Language) -> str:
        """The name of a prompt that says this. Raises UnavailableError."""
        ...
