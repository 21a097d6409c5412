"""Serves the application over HTTP: bounded in connections, in time to ask, and in time to take the answer."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from typing import Any

from microdot import Microdot, Request

from firmware.log import Log

MOST_CONNECTIONS = 256
MOST_HEAD_BYTES = 16 * 1024
ASK_S = 10.0
TAKE_S = 30.0
AGAIN_S = 2.0

log = Log("web")


class _Reader:
    """What microdot reads from: the head of a request is bounded as a whole, not only each of its lines."""

    def __init__(self, reader: asyncio.StreamReader) -> None:
        self._reader = reader
        self._left = MOST_HEAD_BYTES
        self.read = reader.read
        self.readexactly = reader.readexactly

    async def readline(self) -> bytes:
        line = await self._reader.readline()
        self._left -= len(line)
        if self._left < 0:
            raise ValueError("the head of the request is too long")
        return line


class _Writer:
    """What microdot writes to: a peer that takes nothing for a while is given up."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self._writer = writer

    async def awrite(self, data: bytes) -> None:
        self._writer.write(data)
        async with asyncio.timeout(TAKE_S):
            await self._writer.drain()


class Server:
    """One listening address. `serving` is told when it begins and when it ends."""

    def __init__(self, app: Microdot, host: str, port: int, serving: Callable[[bool], None]) -> None:
        self._app = app
        self._host = host
        self._port = port
        self._serving = serving
        self._connections: set[asyncio.Task[Any]] = set()

    async def run(self) -> None:
        """Until cancelled; an address that cannot be had is tried for again and again."""
        while True:
            try:
                server = await asyncio.start_server(self._accept, self._host, self._port, reuse_address=True)
                break
            except OSError as error:
                log.error("cannot-listen", host=self._host, port=self._port, error=error.strerror or error)
                await asyncio.sleep(AGAIN_S)
        log.info("listens", host=self._host, port=self._port)
        self._serving(True)
        try:
            await server.serve_forever()
        finally:
            self._serving(False)
            server.close()
            for connection in list(self._connections):
                connection.cancel()
            await asyncio.gather(*self._connections, return_exceptions=True)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._connections.add(task)
        try:
            if len(self._connections) <= MOST_CONNECTIONS:
                await self._serve(reader, writer)
        except (OSError, TimeoutError, asyncio.CancelledError):
            pass  # the peer is gone or too slow, or we stop
        finally:
            self._connections.discard(task)
            with contextlib.suppress(OSError):
                writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request: Request | None = None
        try:
            async with asyncio.timeout(ASK_S):
                peer, bounded = writer.get_extra_info("peername"), _Reader(reader)
                request = await Request.create(self._app, bounded, writer, peer)  # type: ignore[arg-type]  # reads alike
        except (ValueError, IndexError, asyncio.IncompleteReadError):
            log.info("malformed", peer=writer.get_extra_info("peername"))
        if request is None and reader.at_eof():
            return
        response = await self._app.dispatch_request(request)  # type: ignore[arg-type]  # None: 400
        await response.write(_Writer(writer))
