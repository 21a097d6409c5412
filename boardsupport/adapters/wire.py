"""The adapters of the simulated board: the seams of `boardsupport/bus.py` over the bench's four Unix sockets.

They carry what spidev, ALSA and GPIO carry on a Pi, and nothing more. A bench that is gone raises BusError from every
call; it does not come back by itself: close and open again.
"""

from __future__ import annotations

import os
import select
import socket
import struct
from collections import deque
from collections.abc import Sequence
from pathlib import Path

from boardsupport.adapters import unix_path, wire_format
from boardsupport.adapters.wire_format import PinOperation, WireFormatError
from boardsupport.bus import BLOCK_SAMPLES, PLAYOUT_BLOCKS, Block, BusError, Edge, Window

REPLY_TIMEOUT_S = 2.0
"""A bench that answers later than this is taken for dead."""


def _connect(path: Path) -> socket.socket:
    try:
        connection = unix_path.connect(path, socket.SOCK_SEQPACKET)
    except OSError as missing:
        raise BusError(f"{path}: the bench does not answer ({missing.strerror})") from missing
    # the kernel's own time-outs: Python's would turn MSG_DONTWAIT into a wait
    limit = struct.pack("@ll", int(REPLY_TIMEOUT_S), 0)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, limit)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, limit)
    return connection


def _receive(connection: socket.socket, flags: int = 0) -> bytes:
    """One message; BlockingIOError if there is none yet and `flags` say not to wait."""
    try:
        message = connection.recv(wire_format.MESSAGE_LIMIT, flags)
    except OSError as broken:
        if isinstance(broken, BlockingIOError) and flags & socket.MSG_DONTWAIT:
            raise
        raise BusError(f"the bench is gone ({broken})") from broken
    if not message:
        raise BusError("the bench is gone")
    return message


def _send(connection: socket.socket, message: bytes, flags: int = 0) -> None:
    try:
        connection.send(message, flags)
    except OSError as broken:
        if isinstance(broken, BlockingIOError) and flags & socket.MSG_DONTWAIT:
            raise
        raise BusError(f"the bench is gone ({broken})") from broken


class WireSpi:
    """An SpiBus: one request and one reply for a whole list of windows. Use it from one thread."""

    def __init__(self, run_directory: Path) -> None:
        self._path = run_directory / wire_format.SPI_SOCKET
        self._connection = _connect(self._path)
        self._owed = False
        """A reply has not come in time; it would be taken for the next one's if it came after all."""

    def transfer(self, windows: Sequence[Window]) -> list[bytes]:
        """See `SpiBus.transfer`. After a time-out the next transfer begins on a connection of its own."""
        if not windows:
            return []
        if self._owed:
            self._connection.close()
            self._connection = _connect(self._path)
            self._owed = False
        try:
            return self._exchange(windows)
        except BusError as failure:
            self._owed = isinstance(failure.__cause__, BlockingIOError)
            raise

    def _exchange(self, windows: Sequence[Window]) -> list[bytes]:
        _send(self._connection, wire_format.pack_windows(windows))
        try:
            return wire_format.unpack_replies(_receive(self._connection), windows)
        except WireFormatError as wrong:
            raise BusError(f"short transfer: {wrong}") from wrong

    def close(self) -> None:
        self._connection.close()


class WireHighway:
    """A PcmHighway: blocks arrive every 10 ms, and each that is written gets a serial number."""

    def __init__(self, run_directory: Path, slots: int) -> None:
        self.slots = slots
        self._connection = _connect(run_directory / wire_format.PCM_SOCKET)
        try:
            present = wire_format.unpack_hello(_receive(self._connection))
        except (WireFormatError, BusError) as wrong:
            self._connection.close()
            raise BusError(str(wrong)) from wrong
        if present != slots:
            self._connection.close()
            raise BusError(f"the bench's highway has {present} slots, the board table says {slots}")
        self._next_serial = 0
        self._played = -1

    def offset_of(self, slot: int) -> int:
        """The bench's frames are in the order of the slots."""
        if not 0 <= slot < self.slots:
            raise ValueError(f"no slot {slot} among {self.slots}")
        return slot

    def fileno(self) -> int:
        return self._connection.fileno()

    def read(self) -> Block | None:
        """See `PcmHighway.read`."""
        try:
            message = _receive(self._connection, socket.MSG_DONTWAIT)
        except BlockingIOError:
            return None
        try:
            index, played, capture = wire_format.unpack_capture(message, self.slots)
        except WireFormatError as wrong:
            raise BusError(str(wrong)) from wrong
        if played is not None:
            self._played = played
        return Block(index, capture, played)

    def write(self, block: bytes | bytearray | memoryview) -> int:
        """See `PcmHighway.write`. Raises ValueError for a block of the wrong length."""
        if len(block) != self.slots * BLOCK_SAMPLES:
            raise ValueError(f"a block has {self.slots * BLOCK_SAMPLES} bytes, not {len(block)}")
        if self._next_serial - (self._played + 1) >= PLAYOUT_BLOCKS:
            raise BlockingIOError("the playout is full")
        serial = self._next_serial
        _send(self._connection, wire_format.pack_playback(serial, block), socket.MSG_DONTWAIT)
        self._next_serial += 1
        return serial

    def close(self) -> None:
        self._connection.close()


class WirePins:
    """The board's pins. Use it from one thread."""

    def __init__(self, run_directory: Path, socket_name: str = wire_format.PINS_SOCKET) -> None:
        self._connection = _connect(run_directory / socket_name)
        self._edges: deque[Edge] = deque()
        # edges that arrive before the answer to a read() are kept, and the poller must be told of them
        self._kept = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self._poll = select.epoll()
        self._poll.register(self._connection.fileno(), select.EPOLLIN)
        self._poll.register(self._kept, select.EPOLLIN)

    def write(self, pin: int, level: bool) -> None:
        """See `Pins.write`."""
        self._ask(PinOperation.WRITE, pin, level)

    def watch(self, pin: int) -> None:
        """See `Pins.watch`."""
        self._ask(PinOperation.WATCH, pin)

    def read(self, pin: int) -> bool:
        """See `Pins.read`."""
        self._ask(PinOperation.READ, pin)
        while True:
            operation, edge = self._report(_receive(self._connection))
            if operation is PinOperation.VALUE and edge.pin == pin:
                return edge.level
            self._edges.append(edge)
            os.eventfd_write(self._kept, 1)

    def fileno(self) -> int:
        return self._poll.fileno()

    def edges(self) -> list[Edge]:
        """See `Pins.edges`."""
        while True:
            try:
                message = _receive(self._connection, socket.MSG_DONTWAIT)
            except BlockingIOError:
                break
            self._edges.append(self._report(message)[1])
        if self._edges:
            self._settle()
        found = list(self._edges)
        self._edges.clear()
        return found

    def close(self) -> None:
        self._poll.close()
        os.close(self._kept)
        self._connection.close()

    def _settle(self) -> None:
        try:
            os.eventfd_read(self._kept)
        except BlockingIOError:
            return

    def _ask(self, operation: PinOperation, pin: int, level: bool = False) -> None:
        _send(self._connection, wire_format.pack_pin_request(operation, pin, level))

    def _report(self, message: bytes) -> tuple[PinOperation, Edge]:
        try:
            return wire_format.unpack_pin_report(message)
        except WireFormatError as wrong:
            raise BusError(str(wrong)) from wrong
