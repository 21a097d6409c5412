"""Serves the application over HTTP: bounded in connections, in time to ask, and in time to take the answer."""

from __future__ import annotations

import asyncio
import errno
import re
import ssl
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

from microdot import Microdot, Request

from firmware.log import Log
from webui.bodies import drain, is_taken

MOST_CONNECTIONS = 256
MOST_HEAD_BYTES = 16 * 1024
ASK_S = 10.0
TAKE_S = 30.0
AGAIN_S = 2.0
FIELD = re.compile(rb"([\w!#$%&'*+.^`|~-]+):([^\0\r\n]*)\r?\n")
"""A line of a head (RFC 9112, 5), not folded: what another reads otherwise could hide a request from it."""
SPACE = b" \t"
"""Around a value. FIELD leaves it there: a pattern that splits it off takes hours for a line of nothing else."""
FRAMING = frozenset({b"content-length", b"transfer-encoding"})
EMPTY = frozenset({b"\r\n", b"\n"})

log = Log("web")


class _Reader:
    """What microdot reads from: the head of a request is bounded as a whole, and says in one way where the body ends.

    Who waits to be told that he may send the body is told so at the head's end (RFC 9110, 10.1.1).
    """

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._left = MOST_HEAD_BYTES
        self._of_head: Callable[[bytes], None] = self._first
        self._framed = False
        self._expects = False
        self.read = reader.read
        self.readexactly = reader.readexactly

    async def readline(self) -> bytes:
        line = await self._reader.readline()
        if self._of_head == self._first and line in EMPTY:
            line = await self._reader.readline()  # one behind a body is no request (RFC 9112, 2.2)
        self._left -= len(line)
        self._of_head(line)
        return line

    def _first(self, line: bytes) -> None:
        self._of_head = self._next

    def _next(self, line: bytes) -> None:
        """Raises ValueError."""
        if self._left < 0:
            raise ValueError("the head of the request is too long")
        if line in EMPTY:
            self._of_head = self._behind
            if self._expects:
                self._writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        elif field := FIELD.fullmatch(line):
            self._take(field[1].lower(), field[2].strip(SPACE))
        else:
            raise ValueError("a line of the head is no field")

    def _take(self, name: bytes, value: bytes) -> None:
        if name in FRAMING:
            if self._framed or (name == b"content-length" and not value.isdigit()):
                raise ValueError("it is not clear where the body ends")
            self._framed = True
        self._expects |= (name, value.lower()) == (b"expect", b"100-continue")

    def _behind(self, line: bytes) -> None:
        """Lines of a body in pieces are its own reader's business."""


class _Writer:
    """What microdot writes to: a peer that takes nothing for a while is given up."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self._writer = writer

    async def awrite(self, data: bytes) -> None:
        self._writer.write(data)
        try:
            async with asyncio.timeout(TAKE_S):
                await self._writer.drain()
        except TimeoutError:
            self._writer.transport.abort()
            raise ConnectionResetError(errno.ECONNRESET, "takes nothing") from None  # what microdot takes for an end


class Server:
    """One listening address. `serving` is told when it begins and when it ends.

    When there are as many connections as may be, a newcomer takes the place of one that nobody works for: whose request
    has not come yet, or whose answer is not taken.
    """

    def __init__(
        self,
        app: Microdot,
        host: str,
        port: int,
        serving: Callable[[bool], None] = lambda serving: None,
        tls: Callable[[], ssl.SSLContext] | None = None,
    ) -> None:
        """`tls` gives what the next connection is served with by HTTPS; None: plain HTTP."""
        self._app = app
        self._host = host
        self._port = port
        self._serving = serving
        self._tls = tls
        self._connections: set[asyncio.Task[Any]] = set()
        self._waiting: dict[asyncio.Task[Any], str] = {}
        """Those that may have to give way, the first that waits first, and where each comes from."""

    async def run(self) -> None:
        """Until cancelled; an address that cannot be had is tried for again and again. Raises what `tls` raises."""
        if self._tls is not None:
            self._tls()
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
        is_full = len(self._connections) >= MOST_CONNECTIONS
        self._connections.add(task)
        try:
            if not is_full or self._make_room():
                await self._shake_hands(writer)
                await self._serve(reader, writer)
        except (OSError, TimeoutError, asyncio.CancelledError):
            pass  # the peer is gone or too slow, or we stop
        finally:
            self._connections.discard(task)
            writer.transport.abort()

    async def _shake_hands(self, writer: asyncio.StreamWriter) -> None:
        """Here, not where connections are accepted, so that those who never finish count as connections, too."""
        if self._tls is not None:
            with self._gives_way(writer):
                await writer.start_tls(self._tls(), ssl_handshake_timeout=ASK_S)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Requests one after the other (RFC 9112, 9.3), until one of the two sides wants no more."""
        request, goes_on = None, True
        while goes_on:
            with self._gives_way(writer):
                request = await self._read(reader, writer)
            if request is None and reader.at_eof():
                return
            goes_on = await self._answer(request, writer)
        await self._close(request, writer)

    async def _answer(self, request: Request | None, writer: asyncio.StreamWriter) -> bool:
        """Whether another request may come. None: what came is no request."""
        if request is not None:
            request.g.waits = lambda: self._gives_way(writer)
        response = await self._app.dispatch_request(request)  # type: ignore[arg-type]  # None: 400
        is_whole = isinstance(response.body, bytes | None)
        goes_on = is_whole and request is not None and _may_go_on(request) and "Connection" not in response.headers
        response.headers["Connection"] = "keep-alive" if goes_on else "close"
        with self._gives_way(writer) if is_whole else nullcontext():
            await response.write(_Writer(writer))
        return goes_on

    async def _close(self, request: Request | None, writer: asyncio.StreamWriter) -> None:
        with self._gives_way(writer):
            if writer.can_write_eof():  # TLS says so by its own means (RFC 8446, 6.1)
                writer.write_eof()
            if request is not None:
                await drain(request)
            writer.close()
            async with asyncio.timeout(TAKE_S):
                await writer.wait_closed()

    async def _read(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> Request | None:
        """The request; None: it makes no sense, or there is none any more."""
        peer, scheme = writer.get_extra_info("peername"), "https" if self._tls else "http"
        try:
            async with asyncio.timeout(ASK_S):
                return await Request.create(self._app, _Reader(reader, writer), writer, peer, scheme)  # type: ignore[arg-type]  # reads alike
        except (ValueError, IndexError, asyncio.IncompleteReadError):
            log.info("malformed", peer=peer)
            return None

    @contextmanager
    def _gives_way(self, writer: asyncio.StreamWriter) -> Iterator[None]:
        """Meanwhile a newcomer may take the place of this connection."""
        task, peer = asyncio.current_task(), writer.get_extra_info("peername")
        assert task is not None
        self._waiting[task] = str(peer[0]) if peer else ""
        try:
            yield
        finally:
            self._waiting.pop(task, None)

    def _make_room(self) -> bool:
        """Who has waited longest goes, of the address that most come from: so nobody can keep all others out."""
        if not self._waiting:
            return False
        busiest = Counter(self._waiting.values()).most_common(1)[0][0]
        task = next(task for task, address in self._waiting.items() if address == busiest)
        del self._waiting[task]
        return task.cancel()


def _may_go_on(request: Request) -> bool:
    """Whether the peer wants to ask more, and nothing of this request is left to be read."""
    asked = request.headers.get("Connection", "").lower()
    return request.http_version == "1.1" and "close" not in asked and is_taken(request)
