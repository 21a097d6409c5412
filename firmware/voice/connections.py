"""Connections: which endpoints hear each other, and how who answers or is reached joins those that are there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from firmware.gateway.messages import Connect, ConnectionState, Leg
from firmware.voice.endpoint import Endpoint
from firmware.voice.fabric import Fabric


@dataclass(slots=True)
class Connection:
    """A connection that stands."""

    name: str
    tag: bytes
    legs: list[Leg]
    since_ns: int


class Connections:
    """All connections by name. Times are monotonic nanoseconds."""

    def __init__(self, endpoints: Mapping[str, Endpoint], fabric: Fabric) -> None:
        self._endpoints = endpoints
        self._fabric = fabric
        self._standing: dict[str, Connection] = {}

    def __contains__(self, name: str) -> bool:
        return name in self._standing

    def __len__(self) -> int:
        return len(self._standing)

    def states(self) -> tuple[ConnectionState, ...]:
        """For the audit."""
        return tuple(
            ConnectionState(connection=one.name, tag=one.tag, legs=tuple(one.legs), since_ns=one.since_ns)
            for one in self._standing.values()
        )

    def connect(self, command: Connect, now_ns: int) -> None:
        """Make, change or (no legs) end a connection."""
        if not command.legs:
            self.disconnect(command.connection)
            return
        standing = self._standing.get(command.connection)
        since = standing.since_ns if standing is not None else now_ns
        members = {leg.endpoint for leg in command.legs}
        for leg in standing.legs if standing is not None else ():
            if leg.endpoint not in members:
                self._endpoints[leg.endpoint].connection = None
        made = Connection(command.connection, command.tag, list(command.legs), since)
        self._standing[command.connection] = made
        for leg in command.legs:
            self._endpoints[leg.endpoint].join(command.connection)
        self._route(made)

    def unite(self, command: Connect, now_ns: int, newcomer: Endpoint) -> str | None:
        """Make a connection that was asked for beforehand: who stands in it stays, who can't join any more is left out.

        The signals of its legs end. None: nobody is left whom the newcomer could hear.
        """
        standing = self._standing.get(command.connection)
        legs = {leg.endpoint: leg for leg in standing.legs} if standing is not None else {}
        for leg in command.legs:
            if self._endpoints[leg.endpoint] is newcomer or self._may_join(leg.endpoint, command.connection):
                legs[leg.endpoint] = leg
        if len(legs) < 2:
            return None
        tag = command.tag or (standing.tag if standing is not None else b"")
        self.connect(msgspec.structs.replace(command, legs=tuple(legs.values()), tag=tag), now_ns)
        for name in legs:
            self._endpoints[name].end_signal()
        return command.connection

    def disconnect(self, name: str) -> None:
        """End a connection; an unknown one is no error."""
        connection = self._standing.pop(name, None)
        if connection is None:
            return
        for leg in connection.legs:
            self._endpoints[leg.endpoint].connection = None
        self._fabric.disconnect(name)

    def leave(self, endpoint: Endpoint) -> tuple[str | None, bytes]:
        """Take an endpoint out of its connection; that connection and its tag, or None and no tag."""
        connection = self._standing.get(endpoint.connection or "")
        endpoint.connection = None
        if connection is None:
            return None, b""
        connection.legs = [leg for leg in connection.legs if leg.endpoint != endpoint.name]
        if connection.legs:
            self._route(connection)
        else:
            self.disconnect(connection.name)
        return connection.name, connection.tag

    def names(self, connection: str) -> list[str]:
        """Who is in a connection; nobody if there is no such one."""
        standing = self._standing.get(connection)
        return [] if standing is None else [leg.endpoint for leg in standing.legs]

    def tag(self, connection: str) -> bytes:
        standing = self._standing.get(connection)
        return b"" if standing is None else standing.tag

    def members(self, endpoint: Endpoint) -> list[Endpoint]:
        """Who is in its connection, itself included; itself alone if it is in none."""
        connection = self._standing.get(endpoint.connection or "")
        return [endpoint] if connection is None else [self._endpoints[leg.endpoint] for leg in connection.legs]

    def _may_join(self, name: str, connection: str) -> bool:
        endpoint = self._endpoints[name]
        return endpoint.may_join() and endpoint.connection in (None, connection)

    def _route(self, connection: Connection) -> None:
        legs = [(self._endpoints[leg.endpoint].index, leg.mode) for leg in connection.legs]
        self._fabric.connect(connection.name, legs)
