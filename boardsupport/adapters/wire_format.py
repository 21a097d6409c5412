"""The messages on the wires between the bench and whoever drives its board: SPI windows, PCM blocks, pin levels.

Four Unix sockets of type SOCK_SEQPACKET, one message each way at a time; all numbers little-endian.

spi.sock   request: for each window chip select (u8), length (u16), the bytes; reply: the bytes clocked in, end to end
pcm.sock   first, from the bench: magic, slots (u16), samples (u16); then every 10 ms a block: index (u64), the serial
           played (i64, -1: nothing), capture; the other way: serial (u64), the block to play
pins.sock  requests: operation (u8), pin (u16), level (u8); replies and reports: operation, pin, level, time (u64, ns)
panel.sock the same, for who drives LEDs and reads the button; no edges are reported on it
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from enum import IntEnum

from boardsupport.bus import BLOCK_SAMPLES, Edge, Window, split

SPI_SOCKET = "spi.sock"
PCM_SOCKET = "pcm.sock"
PINS_SOCKET = "pins.sock"
PANEL_SOCKET = "panel.sock"
NOTHING_PLAYED = -1
MESSAGE_LIMIT = 65536

_WINDOW = struct.Struct("<BH")
_HELLO = struct.Struct("<4sHH")
_MAGIC = b"NPH1"
_CAPTURE = struct.Struct("<Qq")
_PLAYBACK = struct.Struct("<Q")
_REQUEST = struct.Struct("<BHB")
_REPORT = struct.Struct("<BHBQ")


class WireFormatError(ValueError):
    """The other end sent what is no message of this wire."""


class PinOperation(IntEnum):
    """What a message on the pins' wire is about."""

    WRITE = 1
    READ = 2
    WATCH = 3
    VALUE = 4
    EDGE = 5


def pack_windows(windows: Iterable[Window]) -> bytes:
    """A request on the SPI wire."""
    parts: list[bytes] = []
    for window in windows:
        parts += (_WINDOW.pack(window.chip_select, len(window.data)), window.data)
    return b"".join(parts)


def unpack_windows(message: bytes) -> list[Window]:
    """Raises WireFormatError."""
    windows: list[Window] = []
    position = 0
    while position < len(message):
        if position + _WINDOW.size > len(message):
            raise WireFormatError("a window's head is cut off")
        chip_select, length = _WINDOW.unpack_from(message, position)
        position += _WINDOW.size
        data = message[position : position + length]
        if len(data) != length:
            raise WireFormatError("a window's bytes are cut off")
        windows.append(Window(chip_select, data))
        position += length
    return windows


def unpack_replies(message: bytes, windows: Sequence[Window]) -> list[bytes]:
    """The reply cut into one piece for each window. Raises WireFormatError."""
    if len(message) != sum(len(window.data) for window in windows):
        raise WireFormatError(f"{len(message)} bytes came back, not as many as were sent")
    return split(message, windows)


def pack_hello(slots: int) -> bytes:
    return _HELLO.pack(_MAGIC, slots, BLOCK_SAMPLES)


def unpack_hello(message: bytes) -> int:
    """The slots of a frame. Raises WireFormatError."""
    if len(message) != _HELLO.size:
        raise WireFormatError("no highway answers here")
    magic, slots, samples = _HELLO.unpack(message)
    if magic != _MAGIC or samples != BLOCK_SAMPLES:
        raise WireFormatError("the highway speaks another language")
    return int(slots)


def pack_capture(index: int, played: int | None, capture: bytes) -> bytes:
    return _CAPTURE.pack(index, NOTHING_PLAYED if played is None else played) + capture


def unpack_capture(message: bytes, slots: int) -> tuple[int, int | None, bytes]:
    """Index, serial number played, capture. Raises WireFormatError."""
    if len(message) != _CAPTURE.size + slots * BLOCK_SAMPLES:
        raise WireFormatError(f"a block of {len(message)} bytes")
    index, played = _CAPTURE.unpack_from(message)
    return index, None if played == NOTHING_PLAYED else played, message[_CAPTURE.size :]


def pack_playback(serial: int, block: bytes | bytearray | memoryview) -> bytes:
    return _PLAYBACK.pack(serial) + block


def unpack_playback(message: bytes, slots: int) -> tuple[int, bytes]:
    """Serial number, block. Raises WireFormatError."""
    if len(message) != _PLAYBACK.size + slots * BLOCK_SAMPLES:
        raise WireFormatError(f"a block of {len(message)} bytes")
    return _PLAYBACK.unpack_from(message)[0], message[_PLAYBACK.size :]


def pack_pin_request(operation: PinOperation, pin: int, level: bool = False) -> bytes:
    return _REQUEST.pack(operation, pin, level)


def unpack_pin_request(message: bytes) -> tuple[PinOperation, int, bool]:
    """Raises WireFormatError."""
    if len(message) != _REQUEST.size:
        raise WireFormatError(f"a pin request of {len(message)} bytes")
    operation, pin, level = _REQUEST.unpack(message)
    return _operation(operation), pin, bool(level)


def pack_pin_report(operation: PinOperation, edge: Edge) -> bytes:
    return _REPORT.pack(operation, edge.pin, edge.level, edge.at_ns)


def unpack_pin_report(message: bytes) -> tuple[PinOperation, Edge]:
    """Raises WireFormatError."""
    if len(message) != _REPORT.size:
        raise WireFormatError(f"a pin report of {len(message)} bytes")
    operation, pin, level, at_ns = _REPORT.unpack(message)
    return _operation(operation), Edge(pin, bool(level), at_ns)


def _operation(code: int) -> PinOperation:
    try:
        return PinOperation(code)
    except ValueError as unknown:
        raise WireFormatError(f"pin operation {code}") from unknown
