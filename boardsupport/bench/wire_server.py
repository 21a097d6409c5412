"""The bench's end of the wires: serves SPI and pins in a thread of its own, and holds the highway's playout queue.

Each socket has one client; a new one takes the place of the old. A client that dies leaves the board as it is.
"""

from __future__ import annotations

import logging
import selectors
import socket
import threading
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from boardsupport.adapters import unix_path, wire_format
from boardsupport.adapters.wire_format import PinOperation, WireFormatError
from boardsupport.bus import PLAYOUT_BLOCKS, Edge, Window

log = logging.getLogger(__name__)

PCM_BUFFER_BYTES = 48 * 1024
"""So that a client that does not read misses blocks rather than reading old ones for long."""


class WiredBoard(Protocol):
    """What the wires are soldered to."""

    def spi(self, windows: Sequence[Window]) -> bytes:
        """Clock the windows out; the bytes clocked in, end to end."""
        ...

    def write_pin(self, pin: int, level: bool) -> None: ...

    def read_pin(self, pin: int) -> Edge:
        """The level and since when."""
        ...

    def watch_pin(self, pin: int) -> None: ...

    def unwatch_pins(self) -> None: ...


class WireServer:
    """Listens at `directory`/{spi,pcm,pins,panel}.sock. Blocks are moved by the tick, the rest by a thread."""

    def __init__(self, directory: Path, slots: int, board: WiredBoard) -> None:
        self._slots = slots
        self._board = board
        self._selector = selectors.DefaultSelector()
        self._playout: deque[tuple[int, bytes]] = deque()
        self._pcm: socket.socket | None = None
        self._pcm_new: socket.socket | None = None
        self._pcm_writing = False
        self._pins: socket.socket | None = None
        self._single: dict[str, socket.socket] = {}
        self._listeners: list[socket.socket] = []
        self._stop_receiver, self._stop_sender = socket.socketpair()
        self._selector.register(self._stop_receiver, selectors.EVENT_READ, None)
        for name, accepted in (
            (wire_format.SPI_SOCKET, self._accept_spi),
            (wire_format.PCM_SOCKET, self._accept_pcm),
            (wire_format.PINS_SOCKET, self._accept_pins),
            (wire_format.PANEL_SOCKET, self._accept_panel),
        ):
            listener = unix_path.listen(directory / name, socket.SOCK_SEQPACKET)
            listener.setblocking(False)
            self._listeners.append(listener)
            self._selector.register(listener, selectors.EVENT_READ, (self._accept, listener, accepted))
        self._on_start: Callable[[], object] = lambda: None
        self._thread = threading.Thread(target=self._serve, name="wire", daemon=True)

    def start(self, on_thread_start: Callable[[], object] = lambda: None) -> None:
        """Serve from now on; `on_thread_start` runs first in the thread (its scheduling)."""
        self._on_start = on_thread_start
        self._thread.start()

    def close(self) -> None:
        """End the thread and close all sockets."""
        self._stop_sender.send(b"x")
        if self._thread.is_alive():
            self._thread.join(timeout=2.0)
        for sock in (*self._listeners, *self._single.values(), self._stop_sender, self._stop_receiver):
            sock.close()
        for client in (self._pcm, self._pcm_new):
            if client is not None:
                client.close()
        self._selector.close()

    # --- the highway, called by the tick alone ---

    def take_block(self) -> tuple[int, bytes] | None:
        """The next block to play and its serial number; None if the queue is empty."""
        self._take_over_client()
        if self._pcm is not None:
            self._drain(self._pcm)
        return self._playout.popleft() if self._playout else None

    @property
    def is_fed(self) -> bool:
        """A client is there and has begun to write: an empty queue is its fault."""
        return self._pcm is not None and self._pcm_writing

    def send_block(self, index: int, played: int | None, capture: bytes) -> None:
        """Hand a block to the client, if there is one that reads."""
        if self._pcm is None:
            return
        try:
            self._pcm.send(wire_format.pack_capture(index, played, capture), socket.MSG_DONTWAIT)
        except BlockingIOError:
            return  # lost: the next index tells
        except OSError:
            self._drop_pcm()

    def _take_over_client(self) -> None:
        fresh, self._pcm_new = self._pcm_new, None
        if fresh is None:
            return
        self._drop_pcm()
        fresh.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, PCM_BUFFER_BYTES)
        fresh.setblocking(False)
        try:
            fresh.send(wire_format.pack_hello(self._slots))
        except OSError:
            fresh.close()
            return
        self._pcm = fresh

    def _drain(self, client: socket.socket) -> None:
        while len(self._playout) < PLAYOUT_BLOCKS:
            try:
                message = client.recv(wire_format.MESSAGE_LIMIT)
                if not message:
                    raise ConnectionResetError("closed")
                self._playout.append(wire_format.unpack_playback(message, self._slots))
                self._pcm_writing = True
            except BlockingIOError:
                return
            except (OSError, WireFormatError) as gone:
                log.info("highway client gone reason=%s", gone)
                self._drop_pcm()
                return

    def _drop_pcm(self) -> None:
        if self._pcm is not None:
            self._pcm.close()
        self._pcm = None
        self._pcm_writing = False
        self._playout.clear()

    # --- edges, called by whoever changes the board ---

    def send_edges(self, edges: Sequence[Edge]) -> None:
        """Report edges of watched pins."""
        client = self._pins
        if client is None:
            return
        for edge in edges:
            with suppress(OSError):
                client.send(wire_format.pack_pin_report(PinOperation.EDGE, edge), socket.MSG_DONTWAIT)

    # --- the thread ---

    def _serve(self) -> None:
        self._on_start()
        while True:
            for key, _ in self._selector.select():
                if key.data is None:
                    return
                handler, *arguments = key.data
                handler(*arguments)

    def _accept(self, listener: socket.socket, accepted: Callable[[socket.socket], None]) -> None:
        with suppress(OSError):
            accepted(listener.accept()[0])

    def _accept_pcm(self, client: socket.socket) -> None:
        previous, self._pcm_new = self._pcm_new, client
        if previous is not None:
            previous.close()

    def _accept_spi(self, client: socket.socket) -> None:
        self._take_place("spi", client, self._spi_request)

    def _accept_pins(self, client: socket.socket) -> None:
        self._board.unwatch_pins()
        self._take_place("pins", client, self._pin_request)
        self._pins = client

    def _accept_panel(self, client: socket.socket) -> None:
        self._take_place("panel", client, self._pin_request)

    def _take_place(self, role: str, client: socket.socket, handler: Callable[[socket.socket, bytes], None]) -> None:
        previous = self._single.pop(role, None)
        if previous is not None:
            self._selector.unregister(previous)
            previous.close()
        self._single[role] = client
        self._selector.register(client, selectors.EVENT_READ, (self._request, role, client, handler))

    def _request(self, role: str, client: socket.socket, handler: Callable[[socket.socket, bytes], None]) -> None:
        if self._single.get(role) is not client:
            return  # its successor was accepted in the same round
        try:
            message = client.recv(wire_format.MESSAGE_LIMIT)
            if not message:
                raise ConnectionResetError("closed")
            handler(client, message)
        except (OSError, WireFormatError) as gone:
            log.info("%s client gone reason=%s", role, gone)
            if self._pins is client:
                self._pins = None
            del self._single[role]
            self._selector.unregister(client)
            client.close()

    def _spi_request(self, client: socket.socket, message: bytes) -> None:
        client.send(self._board.spi(wire_format.unpack_windows(message)))

    def _pin_request(self, client: socket.socket, message: bytes) -> None:
        operation, pin, level = wire_format.unpack_pin_request(message)
        if operation is PinOperation.WRITE:
            self._board.write_pin(pin, level)
        elif operation is PinOperation.WATCH:
            self._board.watch_pin(pin)
        elif operation is PinOperation.READ:
            client.send(wire_format.pack_pin_report(PinOperation.VALUE, self._board.read_pin(pin)))
        else:
            raise WireFormatError(f"{operation.name} is no request")
