"""How the PMS is reached: it listens, or it calls, or it sits at the other end of a pseudo-terminal."""

from __future__ import annotations

import asyncio
import logging
import os
import tty
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Final, Literal, Protocol, TypeAlias, cast

log = logging.getLogger(__name__)

AGAIN_S: Final = 0.5
"""Between two attempts to reach an exchange that listens."""
PIECE: Final = 4096
MOST_UNREAD: Final = 1 << 20
"""Bytes that wait for a reader of the pseudo-terminal; what comes after them is lost, as on a wire."""
WireState: TypeAlias = Literal["open", "refuse", "silent"]


class End(Protocol):
    """Who is connected by the wire at this end."""

    def opened(self) -> None: ...

    def received(self, data: bytes) -> None: ...

    def closed(self) -> None: ...


class Wire(ABC):
    """A link to one exchange. `state`: open, refuse (nobody gets through), silent (connected, but nothing passes)."""

    end: End
    state: WireState = "open"

    @property
    @abstractmethod
    def connected(self) -> bool:
        """Whether there is somebody at the other end, as far as a wire knows."""

    @abstractmethod
    async def start(self) -> None:
        """Let the exchange come, or go to it. Raises OSError if the address or path can't be had."""

    @abstractmethod
    def stop(self) -> None:
        """Drop the connection at once and make no other."""

    @abstractmethod
    def cut(self) -> None:
        """Drop the connection at once; the next one is welcome."""

    @abstractmethod
    def write(self, data: bytes) -> None:
        """Send, if there is a connection."""

    def send(self, data: bytes) -> None:
        """Send, unless the wire is silent or nobody is there."""
        if self.connected and self.state != "silent":
            self.write(data)

    def arrived(self, data: bytes) -> None:
        """Called with what came in."""
        if self.state != "silent":
            self.end.received(data)

    async def put(self, state: WireState) -> None:
        """Change the state. Out of a silence the connection comes back as it was."""
        before, self.state = self.state, state
        if state == "refuse":
            self.stop()
        elif before == "refuse":
            await self.start()


class _Connection(asyncio.Protocol):
    def __init__(self, owner: _Tcp) -> None:
        self._owner = owner
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        self._owner.came(self)

    def data_received(self, data: bytes) -> None:
        self._owner.heard(self, data)

    def connection_lost(self, exc: Exception | None) -> None:
        self._owner.went(self)

    def drop(self) -> None:
        if self.transport is not None:
            self.transport.abort()


class _Tcp(Wire):
    """One connection at a time. `replaces`: a second one takes its place, else it is turned away."""

    def __init__(self, address: str, replaces: bool) -> None:
        host, _, port = address.rpartition(":")
        self._host, self._port = host.strip("[]"), int(port)
        self._replaces = replaces
        self._current: _Connection | None = None

    @property
    def connected(self) -> bool:
        return self._current is not None

    def write(self, data: bytes) -> None:
        if self._current is not None and self._current.transport is not None:
            self._current.transport.write(data)

    def cut(self) -> None:
        if self._current is not None:
            self._current.drop()
            self.went(self._current)

    def came(self, connection: _Connection) -> None:
        if self._current is not None and not self._replaces:
            connection.drop()
            return
        self.cut()
        self._current = connection
        self.end.opened()

    def heard(self, connection: _Connection, data: bytes) -> None:
        if connection is self._current:
            self.arrived(data)

    def went(self, connection: _Connection) -> None:
        if connection is self._current:
            self._current = None
            self.end.closed()


class TcpServer(_Tcp):
    """The PMS listens."""

    _server: asyncio.Server | None = None

    async def start(self) -> None:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: _Connection(self), self._host, self._port)

    def stop(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
        self.cut()


class TcpClient(_Tcp):
    """The exchange listens; the PMS calls it until it is there."""

    _calling: asyncio.Task[None] | None = None

    async def start(self) -> None:
        self._calling = asyncio.create_task(self._call())

    def stop(self) -> None:
        if self._calling is not None:
            self._calling.cancel()
            self._calling = None
        self.cut()

    async def _call(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            if self._current is None:
                try:
                    await loop.create_connection(lambda: _Connection(self), self._host, self._port)
                except OSError as refused:
                    log.debug("bench pms is not connected at=%s:%d reason=%s", self._host, self._port, refused)
            await asyncio.sleep(AGAIN_S)


class Pty(Wire):
    """A pseudo-terminal whose far end is at `path`. It is made anew by `cut`, as an adapter that is plugged in again.

    The bench keeps the far end open too: a terminal that nobody had open would be an error to read from.
    """

    def __init__(self, path: Path, seven_bit: bool) -> None:
        self._path = path
        self._carried = bytes(byte & (0x7F if seven_bit else 0xFF) for byte in range(256))
        self._ends: tuple[int, int] | None = None
        self._unsent = bytearray()

    @property
    def connected(self) -> bool:
        return self._ends is not None

    async def start(self) -> None:
        self._plug_in()

    def stop(self) -> None:
        if self._ends is None:
            return
        near, far = self._ends
        self._ends = None
        self._unsent.clear()
        loop = asyncio.get_running_loop()
        loop.remove_reader(near)
        loop.remove_writer(near)
        self._unlink()
        os.close(near)
        os.close(far)
        self.end.closed()

    def cut(self) -> None:
        if self._ends is not None:
            self.stop()
            self._plug_in()

    def write(self, data: bytes) -> None:
        room = MOST_UNREAD - len(self._unsent)
        self._unsent += data[: max(0, room)].translate(self._carried)
        self._flush()

    def _plug_in(self) -> None:
        near, far = os.openpty()
        tty.setraw(far)
        os.set_blocking(near, False)
        self._ends = near, far
        self._unlink()
        self._path.symlink_to(os.ttyname(far))
        asyncio.get_running_loop().add_reader(near, self._read)
        self.end.opened()

    def _unlink(self) -> None:
        """Remove what an earlier run has left; a file that is no link is somebody's."""
        if self._path.is_symlink():
            self._path.unlink()

    def _read(self) -> None:
        if self._ends is None:
            return
        try:
            data = os.read(self._ends[0], PIECE)
        except BlockingIOError:
            return
        self.arrived(data.translate(self._carried))

    def _flush(self) -> None:
        if self._ends is None:
            return
        near, loop = self._ends[0], asyncio.get_running_loop()
        try:
            while self._unsent:
                del self._unsent[: os.write(near, self._unsent[:PIECE])]
        except BlockingIOError:
            loop.add_writer(near, self._flush)
            return
        loop.remove_writer(near)
