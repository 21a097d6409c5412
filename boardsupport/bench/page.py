"""The bench's page: static files, and the live audio of a handset or a company line over a WebSocket.

The page itself uses the bench's API like anybody else. `/bench/phones/fxs/N/audio` carries binary frames of PCM16
(little-endian, 8 kHz, mono) both ways: the earpiece to the browser, the microphone to the mouthpiece;
`/bench/lines/fxo/N/audio` does the same for who is at the other end of a company line. A browser that takes its audio
too slowly loses the oldest of it; nothing waits for it.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections import deque
from importlib import resources
from typing import TYPE_CHECKING, Final

from microdot import Microdot, Request, Response
from microdot.websocket import WebSocket, WebSocketError, websocket_upgrade

if TYPE_CHECKING:
    from boardsupport.bench.station import Station
    from boardsupport.bench.world import World

_QUEUE_BLOCKS: Final = 20  # 200 ms; a browser that is further behind hears a jump
_SEND_BLOCKS: Final = 2
_TYPES: Final = {
    "html": "text/html; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
}
_HEADERS: Final = {
    "Content-Security-Policy": "default-src 'self'; style-src 'self' 'unsafe-inline'; frame-ancestors 'self'",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-cache",
}


def mount(app: Microdot, world: World) -> None:
    """Add the page's routes to the bench's web server."""

    async def front(request: Request) -> Response:
        return _file("index.html")

    async def static(request: Request, name: str) -> Response:
        return _file(name)

    async def phone_audio(request: Request, number: str) -> Response:
        return await audio(request, world.phones.get(f"fxs/{number}"), f"fxs/{number}: no such telephone")

    async def line_audio(request: Request, number: str) -> Response:
        return await audio(request, world.lines.get(f"fxo/{number}"), f"fxo/{number}: no such company line")

    async def audio(request: Request, station: Station | None, missing: str) -> Response:
        if station is None:
            return _refusal(404, missing)
        if request.headers.get("Upgrade", "").lower() != "websocket":
            return _refusal(400, "live audio goes over a WebSocket; a recording is at audio.wav")
        socket = await websocket_upgrade(request)
        await _LiveAudio(socket, station, world).run()
        return Response.already_handled

    app.route("/")(front)
    app.route("/static/<name>")(static)
    app.route("/bench/phones/fxs/<number>/audio")(phone_audio)
    app.route("/bench/lines/fxo/<number>/audio")(line_audio)


def _file(name: str) -> Response:
    """A file of the page; 404 for any other name."""
    known = {entry.name: entry for entry in resources.files("boardsupport.bench").joinpath("static").iterdir()}
    entry = known.get(name)
    kind = _TYPES.get(name.rpartition(".")[2])
    if entry is None or kind is None:
        return _refusal(404, f"{name}: no such file")
    return Response(entry.read_bytes(), 200, {**_HEADERS, "Content-Type": kind})


def _refusal(status: int, text: str) -> Response:
    return Response(json.dumps({"error": text}), status, {"Content-Type": "application/json"})


class _LiveAudio:
    """One browser at one handset or line."""

    def __init__(self, socket: WebSocket, station: Station, world: World) -> None:
        self._socket = socket
        self._station = station
        self._world = world
        self._waiting: deque[bytes] = deque(maxlen=_QUEUE_BLOCKS)
        self._ready = asyncio.Event()
        self._loop = asyncio.get_running_loop()

    async def run(self) -> None:
        """Until the browser goes."""
        sender = asyncio.create_task(self._send())
        self._station.listeners.append(self._hear)
        try:
            await self._receive()
        except (WebSocketError, OSError, EOFError):
            pass  # it has gone
        finally:
            self._station.listeners.remove(self._hear)
            sender.cancel()
            await asyncio.gather(sender, return_exceptions=True)

    def _hear(self, block: bytes) -> None:
        """Called by the tick's thread with 10 ms of the earpiece."""
        with contextlib.suppress(RuntimeError):  # the server's loop has been closed: the bench is ending
            self._loop.call_soon_threadsafe(self._keep, block)

    def _keep(self, block: bytes) -> None:
        self._waiting.append(block)
        if len(self._waiting) >= _SEND_BLOCKS:
            self._ready.set()

    async def _send(self) -> None:
        while True:
            await self._ready.wait()
            self._ready.clear()
            samples = b"".join(self._waiting)
            self._waiting.clear()
            await self._socket.send(samples, WebSocket.BINARY)

    async def _receive(self) -> None:
        while True:
            message = await self._socket.receive()
            if isinstance(message, bytes):
                with self._world.lock:
                    self._station.microphone.push(message)
