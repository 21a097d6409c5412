"""The consoles: one on the serial port, and any on the socket that `nightporter console` connects to."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

from firmware.clock import Clock
from firmware.console.commands import COMMANDS
from firmware.console.contract import Box, Seat
from firmware.console.session import Session
from webui.services import Services

MOST_CALLERS = 8
TICK_S = 1.0


class SerialLink(Protocol):
    """See `firmware.links.SerialLine`."""

    @property
    def why(self) -> str: ...

    @property
    def carrier(self) -> bool | None: ...

    @property
    def backlog(self) -> int: ...

    def send(self, data: bytes) -> bool: ...

    async def run(self) -> None: ...


class Consoles:
    """`listen` makes the socket; `make_serial` builds the serial port's link for its user; None: there is none."""

    def __init__(
        self,
        services: Services,
        box: Box,
        clock: Clock,
        greeting: str,
        listen: Callable[[], socket.socket],
        make_serial: Callable[[SerialConsole], SerialLink] | None,
    ) -> None:
        self._services = services
        self._box = box
        self._clock = clock
        self._greeting = greeting
        self._listen = listen
        self._sessions: list[Session] = []
        self._serial = None if make_serial is None else SerialConsole(self, make_serial)

    async def run(self) -> None:
        """Until cancelled."""
        server = await asyncio.get_running_loop().create_unix_server(lambda: Caller(self), sock=self._listen())
        serial = None if self._serial is None else asyncio.ensure_future(self._serial.link.run())
        try:
            await self._keep_time(serial)
        finally:
            if serial is not None:
                serial.cancel()
            server.close()
            for session in list(self._sessions):
                self.close(session, "the console was stopped")
                session.wire.hang_up()

    async def _keep_time(self, serial: asyncio.Future[None] | None) -> None:
        while serial is None or not serial.done():
            await asyncio.sleep(TICK_S)
            for session in list(self._sessions):
                session.tick()
            if self._serial is not None:
                self._serial.look_at_carrier()
        serial.result()

    # ------------------------------------------------------------------------------------------------------- sessions

    def open(self, wire: Caller | SerialConsole) -> Session:
        session = Session(wire, self._services, self._box, COMMANDS, self._clock, self._greeting)
        self._sessions.append(session)
        session.open()
        return session

    def close(self, session: Session, why: str) -> None:
        if session in self._sessions:
            self._sessions.remove(session)
        session.closed(why)

    def is_full(self) -> bool:
        return len(self._sessions) >= MOST_CALLERS

    def seats(self) -> Sequence[Seat]:
        """A serial port that cannot be used says why."""
        return list(self._seats())

    def announce(self, text: str) -> None:
        """To who stands before the box."""
        for session in self._sessions:
            if session.wire.physical:
                session.announce(text)

    def _seats(self) -> Iterator[Seat]:
        for session in self._sessions:
            who = "-" if session.who is None else f"{session.who.name} ({session.who.role})"
            yield Seat(who, session.wire.place, session.since)
        if self._serial is not None and not self._serial.is_open:
            yield Seat("-", f"{self._serial.place}: {self._serial.link.why}", None)


class SerialConsole:
    """See `session.Wire` and `firmware.links.LinkUser`."""

    place = "serial port"
    physical = True

    def __init__(self, consoles: Consoles, make_link: Callable[[SerialConsole], SerialLink]) -> None:
        self._consoles = consoles
        self._session: Session | None = None
        self._had_carrier = False
        self.link = make_link(self)

    @property
    def backlog(self) -> int:
        return self.link.backlog

    def send(self, data: bytes) -> None:
        self.link.send(data)

    def hang_up(self) -> None:
        """A cable stays."""

    @property
    def is_open(self) -> bool:
        return self._session is not None

    def opened(self) -> None:
        self._had_carrier = False
        self._session = self._consoles.open(self)

    def received(self, data: bytes) -> None:
        if self._session is not None:
            self._session.received(data)

    def lost(self, why: str) -> None:
        if self._session is not None:
            self._consoles.close(self._session, why)
        self._session = None

    def look_at_carrier(self) -> None:
        """Whoever switches his terminal off is logged out; a cable without that wire never had a carrier."""
        has_it = bool(self.link.carrier)
        if self._had_carrier and not has_it and self._session is not None:
            self._session.closed("hung up")
            self._session.open()
        self._had_carrier = has_it


class Caller(asyncio.Protocol):
    """One `nightporter console`; see `session.Wire`."""

    place = "command line"
    physical = False

    def __init__(self, consoles: Consoles) -> None:
        self._consoles = consoles
        self._session: Session | None = None
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        if self._consoles.is_full():
            transport.write(b"too many consoles are open\r\n")
            transport.close()
        else:
            self._session = self._consoles.open(self)

    def data_received(self, data: bytes) -> None:
        if self._session is not None:
            self._session.received(data)

    def eof_received(self) -> bool:
        """Whoever writes no more may still read: as Ctrl-D."""
        self.data_received(b"\x04")
        return True

    def connection_lost(self, error: Exception | None) -> None:
        if self._session is not None:
            self._consoles.close(self._session, "hung up")
        self._session = None

    @property
    def backlog(self) -> int:
        return 0 if self._transport is None else self._transport.get_write_buffer_size()

    def send(self, data: bytes) -> None:
        if self._transport is not None:
            self._transport.write(data)

    def hang_up(self) -> None:
        if self._transport is not None:
            self._transport.close()
