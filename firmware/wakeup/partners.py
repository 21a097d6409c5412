"""Whom the wake-up service works with: the call agent, and the people who are told."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Protocol

from firmware.exchange.agent import CallAgent
from firmware.exchange.decisions import Decision
from firmware.exchange.numbering import Instant
from firmware.hotel.model import WakeupOrder, WakeupState


class Agent(Protocol):
    """The call agent beside its gateway."""

    async def change(self, how: Callable[[CallAgent, Instant], list[Decision]]) -> None: ...

    async def reachable(self) -> bool:
        """Whether the gateway answers now."""
        ...

    @property
    def coming_up(self) -> Collection[str]:
        """Endpoints that the gateway is just bringing into service."""
        ...


class Persons(Protocol):
    """Who is told when a machine is not enough; see `firmware.wakeup.persons`."""

    async def failed(self, order: WakeupOrder, state: WakeupState, *, lifted: bool = False) -> None:
        """Nobody was woken. `lifted`: the handset was, and no key was pressed."""
        ...

    async def due(self, order: WakeupOrder) -> None:
        """A person is to wake this guest, now."""
        ...

    async def done(self, order: WakeupOrder) -> None:
        """This wake-up needs nobody any more."""
        ...
