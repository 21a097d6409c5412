"""What the services need of the rest of the product."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar

from firmware.config.schema import Language
from firmware.exchange.agent import CallAgent
from firmware.exchange.decisions import Decision
from firmware.exchange.numbering import Instant
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


class Speaker(Protocol):
    async def say(self, text: str, language: Language) -> str:
        """The name of a prompt that says this. Raises UnavailableError."""
        ...
