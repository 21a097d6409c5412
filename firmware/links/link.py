"""A link: a name, and connections to its far end one after the other, for ever. It knows no protocol."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Protocol

from firmware.clock import Clock, SystemClock
from firmware.details import Detail, DetailCode
from firmware.links.back_off import BackOff
from firmware.links.connection import Connection, failure
from firmware.links.recorder import RECORDED_BYTES, Recorder
from firmware.log import Log

UNREAD_BYTES = 64 * 1024
DRAIN_POLL_S = 0.02
"""The kernel does not say when its queue is empty; it can be asked."""

log = Log("links")


class LinkUser(Protocol):
    """Who speaks on a link; called on the event loop, never from within the link's own methods. Raises nothing."""

    def opened(self) -> None:
        """There is a connection: `Link.send` works."""
        ...

    def received(self, data: bytes) -> None: ...

    def lost(self, why: str) -> None:
        """Once for each `opened`; nothing is received between it and the next."""
        ...


@dataclass(frozen=True, slots=True)
class Terms:
    """What all kinds of links have alike."""

    clock: Clock = field(default_factory=SystemClock)
    back_off: BackOff = field(default_factory=BackOff)
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep
    """Waits between tries, in seconds."""
    unread_bytes: int = UNREAD_BYTES
    """What a far end may leave unread before it is given up."""
    gone_s: int = 30
    """TCP: so long may a far end acknowledge nothing, or have no room for what waits for it."""
    recorded_bytes: int = RECORDED_BYTES


class Link(ABC):
    """`where` is the far end in words; `standing` its present state, or why there is none ("...: no such device").

    `received_bytes`, `sent_bytes`, `connections` count since the start.
    """

    gone = Detail("hung-up", "closed by the far end")

    def __init__(self, name: str, where: str, user: LinkUser, terms: Terms) -> None:
        self.name = name
        self.where = where
        self.standing = Detail("not-started", "not started")
        self.recorder = Recorder(terms.clock, terms.recorded_bytes)
        self.received_bytes = self.sent_bytes = self.connections = 0
        self._user = user
        self._terms = terms
        self._talking: list[Connection] = []
        """Those whose end is not told yet."""
        self._reading = True
        self._reached_at: float | None = None
        self._vacant = asyncio.Event()
        self._vacant.set()

    @property
    def why(self) -> str:
        """`standing` in English."""
        return self.standing.text

    @property
    def connected(self) -> bool:
        return any(connection.open for connection in self._talking)

    @property
    def backlog(self) -> int:
        """Bytes that were sent and that nobody has taken yet (`Connection.backlog`)."""
        return min((connection.backlog for connection in self._talking if connection.open), default=0)

    async def run(self) -> None:
        """Until cancelled."""
        tries = 0
        while True:
            self._reached_at = None
            try:
                await self._reach()
            except OSError as error:
                self._failed(_at(self.where, failure(error)))
            tries = 0 if self._was_steady() else tries
            await self._terms.sleep(self._terms.back_off.wait(tries))
            tries += 1

    def send(self, data: bytes) -> bool:
        """False: nobody is connected, or the far end does not read and has just been given up."""
        data = self._on_the_wire(data)
        taken = [connection.write(data) for connection in self._talking]
        if not any(taken):
            return False
        self.sent_bytes += len(data)
        self.recorder.sent(data)
        return True

    async def drained(self) -> bool:
        """True as soon as a far end has taken all that was sent before; False if there is none, or it was lost first.

        Taken means acknowledged by its TCP, or sent by our UART; bytes that were lost may have arrived all the same.
        """
        asked = tuple(self._talking)
        while waiting := [connection for connection in asked if connection.open]:
            if any(connection.backlog == 0 for connection in waiting):
                return True
            ends = [connection.ended for connection in waiting]
            await asyncio.wait(ends, timeout=DRAIN_POLL_S, return_when=asyncio.FIRST_COMPLETED)
        return False

    def drop(self, why: str, code: DetailCode = "no-answer") -> None:
        """End what is connected; `LinkUser.lost` follows, and `run` makes the next.

        What is not `drained` may be lost, on a serial line for certain.
        """
        for connection in self._talking:
            connection.end(Detail(code, why))

    def pause(self) -> None:
        """Read nothing until `resume`: the far end waits, by its TCP. Its hanging up is not noticed meanwhile."""
        self._reading = False
        for connection in self._talking:
            connection.pause()

    def resume(self) -> None:
        self._reading = True
        for connection in self._talking:
            connection.resume()

    @abstractmethod
    async def _reach(self) -> None:
        """Reach the far end and `_talk`; return when that is over. Raises OSError."""

    def _reached(self) -> None:
        self._reached_at = self._terms.clock.monotonic()

    def _was_steady(self) -> bool:
        now = self._terms.clock.monotonic()
        return self._reached_at is not None and now - self._reached_at >= self._terms.back_off.steady

    async def _talk(self, descriptor: int, peer: str) -> None:
        """One connection, from its beginning to its end; who opened the descriptor closes it."""
        connection = Connection(descriptor, peer, self._arrived, self._terms.unread_bytes, self.gone)
        if not self._reading:
            connection.pause()
        self._begin(connection)
        try:
            await asyncio.wait([connection.ended])
        finally:
            connection.end(Detail("stopped", "the link was stopped"))
            self._finish(connection)

    def _begin(self, connection: Connection) -> None:
        self._talking.append(connection)
        self._vacant.clear()
        self.connections += 1
        self.standing = self._connected_to()
        self.recorder.note(f"connected to {connection.peer}")
        log.info("connected", link=self.name, to=connection.peer)
        if len(self._talking) == 1:
            self._user.opened()

    def _finish(self, connection: Connection) -> None:
        why = connection.ended.result()
        self._talking.remove(connection)
        self.recorder.note(f"{connection.peer}: {why.text}")
        log.warning("lost", link=self.name, to=connection.peer, why=why.text)
        if self._talking:
            self.standing = self._connected_to()
        else:
            self.standing = _at(connection.peer, why)
            self._vacant.set()
            self._user.lost(why.text)

    def _connected_to(self) -> Detail:
        peers = ", ".join(connection.peer for connection in self._talking)
        return Detail("connected", f"connected to {peers}", {"place": peers})

    def _failed(self, why: Detail) -> None:
        """Told once, however often it is tried in vain."""
        if why != self.standing:
            self.standing = why
            self.recorder.note(why.text)
            log.warning("failed", link=self.name, why=why.text)

    def _arrived(self, data: bytes) -> None:
        data = self._on_the_wire(data)
        self.received_bytes += len(data)
        self.recorder.received(data)
        self._user.received(data)

    def _on_the_wire(self, data: bytes) -> bytes:
        """What of `data` the line carries."""
        return data


def _at(place: str, what: Detail) -> Detail:
    return Detail(what.code, f"{place}: {what.text}", {"place": place, **what.facts})
