"""Attempts whose report does not come: the agent is asked now and then which ones it knows."""

from __future__ import annotations

from collections.abc import Collection

from firmware.clock import Clock
from firmware.exchange.agent import CallAgent
from firmware.exchange.decisions import Decision
from firmware.exchange.numbering import Instant
from firmware.wakeup.partners import Agent

EVERY_S = 30.0


class Unheard:
    """Of an attempt that the agent does not know, twice in turn, nothing will be heard any more."""

    def __init__(self, agent: Agent, clock: Clock) -> None:
        self._agent = agent
        self._clock = clock
        self._at = 0.0
        self._once: frozenset[str] = frozenset()

    async def look(self, attempts: Collection[str]) -> frozenset[str]:
        """Which of these attempts, by their ids, are lost."""
        if self._clock.monotonic() < self._at:
            return frozenset()
        self._at = self._clock.monotonic() + EVERY_S
        standing: list[str] = []

        def ask(agent: CallAgent, now: Instant) -> list[Decision]:
            standing.extend(agent.standing_wakeups())
            return []

        await self._agent.change(ask)
        unknown = frozenset(attempts).difference(standing)
        lost, self._once = unknown & self._once, unknown
        return lost
