"""Beside the call agent: what passes between it and the gateway, and orders that are none of its business."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from firmware.errors import UnavailableError
from firmware.gateway.channel import GatewayClient
from firmware.gateway.messages import Command, Event, Figures, GetFigures, Reply

Watcher: TypeAlias = Callable[[Command | Event], None]


class GatewayTap:
    """`client` is the channel while there is one."""

    def __init__(self) -> None:
        self.client: GatewayClient | None = None
        self._watchers: list[Watcher] = []

    def watch(self, watcher: Watcher) -> Callable[[], None]:
        """Have this one told of every command of the agent and every event; the answer ends it."""
        self._watchers.append(watcher)
        return lambda: self._watchers.remove(watcher)

    def passes(self, message: Command | Event) -> None:
        """A command goes out, or an event has come."""
        for watcher in tuple(self._watchers):
            watcher(message)

    async def order(self, command: Command) -> Reply:
        """Have the gateway do this (an `Error` is a reply too). Raises UnavailableError."""
        if self.client is None:
            raise UnavailableError("the voice gateway is not there")
        return await self.client.call(command)

    async def figures(self) -> Figures | None:
        """The gateway's counters, or None while it is away."""
        try:
            reply = await self.order(GetFigures())
        except UnavailableError:
            return None
        return reply if isinstance(reply, Figures) else None
