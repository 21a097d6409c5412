"""The channel between call agent and gateway: a stream of frames, each a big-endian u32 length and that many bytes.

The codec does no I/O; `GatewayClient` is the agent's end on asyncio. The gateway's end is `firmware/voice/server.py`.
"""

from __future__ import annotations

import asyncio
import struct
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TypeAlias

import msgspec

from firmware.errors import PeerError, UnavailableError
from firmware.gateway.messages import (
    PROTOCOL_VERSION,
    Command,
    CommandFrame,
    Event,
    EventFrame,
    Hello,
    Limits,
    Ping,
    Pong,
    Reply,
    ReplyFrame,
    Welcome,
)
from firmware.processes import short_path

_LENGTH = struct.Struct(">I")
_READ_BYTES = 65536
SILENT_S = 3.0
"""A gateway pings four times a second: one that has sent nothing for so long does not work."""
SLEPT_S = 1.0
"""Who reads its pings after a longer pause has stood still itself: the gateway has given it up and gone on alone."""

AgentFrame: TypeAlias = CommandFrame
GatewayFrame: TypeAlias = ReplyFrame | EventFrame


class _Numbered(msgspec.Struct):
    """All that is read of a command which is not one."""

    number: int


_encoder = msgspec.msgpack.Encoder()
_command_decoder = msgspec.msgpack.Decoder(CommandFrame)
_gateway_decoder: msgspec.msgpack.Decoder[GatewayFrame] = msgspec.msgpack.Decoder(GatewayFrame)
_number_decoder = msgspec.msgpack.Decoder(_Numbered)
_DECODE_ERRORS = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)


class FrameReader:
    """Cuts a byte stream into frames; feed it in any pieces."""

    def __init__(self, limit: int = Limits.FRAME_BYTES) -> None:
        self._buffer = bytearray()
        self._limit = limit

    def feed(self, data: bytes) -> list[bytes]:
        """The payloads that are whole now. Raises PeerError for one longer than the limit."""
        self._buffer += data
        payloads = []
        while len(self._buffer) >= _LENGTH.size:
            (length,) = _LENGTH.unpack_from(self._buffer)
            if length > self._limit:
                raise PeerError(f"a frame of {length} bytes; at most {self._limit} are allowed")
            end = _LENGTH.size + length
            if len(self._buffer) < end:
                break
            payloads.append(bytes(self._buffer[_LENGTH.size : end]))
            del self._buffer[:end]
        return payloads


def encode(frame: AgentFrame | GatewayFrame) -> bytes:
    """A frame as it goes over the wire, length first."""
    payload = _encoder.encode(frame)
    return _LENGTH.pack(len(payload)) + payload


def decode_command(payload: bytes) -> CommandFrame:
    """What an agent sent. Raises PeerError."""
    try:
        return _command_decoder.decode(payload)
    except _DECODE_ERRORS as error:
        raise PeerError(f"not a command: {error}") from error


def command_number(payload: bytes) -> int | None:
    """The number of a command that is otherwise refused, so that the refusal can be addressed; else None."""
    try:
        return _number_decoder.decode(payload).number
    except _DECODE_ERRORS:
        return None


def decode_from_gateway(payload: bytes) -> GatewayFrame:
    """What a gateway sent. Raises PeerError."""
    try:
        return _gateway_decoder.decode(payload)
    except _DECODE_ERRORS as error:
        raise PeerError(f"not a reply or event: {error}") from error


class GatewayClient:
    """The agent's end of one channel: commands in order, each with its reply; events to a callback, in order.

    Pings are answered here, after the callbacks of all events before them, so an event loop that stands still counts
    as gone, and what was sent to it meanwhile is history; so does a gateway that is silent for some seconds.
    `on_closed` is called once, whoever ended the channel; commands without a reply then fail.
    """

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        on_event: Callable[[Event], None],
        on_closed: Callable[[], None],
    ) -> None:
        self.welcome: Welcome
        self._reader = reader
        self._writer = writer
        self._on_event = on_event
        self._on_closed = on_closed
        self._frames = FrameReader()
        self._waiting: deque[tuple[int, asyncio.Future[Reply] | None]] = deque()
        self._number = 0
        self._serial: int | None = None
        self._closed = False
        self._task = asyncio.create_task(self._run(), name="gateway-channel")

    @classmethod
    async def connect(
        cls, path: Path, agent: str, on_event: Callable[[Event], None], on_closed: Callable[[], None]
    ) -> GatewayClient:
        """Connect to a gateway's socket and greet it; `welcome` is its answer.

        Raises UnavailableError if nobody is there, or PeerError if it speaks another version.
        """
        try:
            with short_path(path) as name:
                reader, writer = await asyncio.open_unix_connection(name)
        except OSError as error:
            raise UnavailableError(f"gateway at {path.name}: {error.strerror or error}") from error
        client = cls(reader, writer, on_event, on_closed)
        welcome = await client.call(Hello(protocol=PROTOCOL_VERSION, agent=agent))
        if not isinstance(welcome, Welcome):
            await client.close()
            raise PeerError(f"the gateway refused the greeting: {welcome}")
        client.welcome = welcome
        return client

    def send(self, command: Command) -> asyncio.Future[Reply]:
        """Send a command now; the future becomes its reply. Raises UnavailableError (channel closed or full)."""
        if self._closed:
            raise UnavailableError("the gateway's channel is closed")
        if len(self._waiting) >= Limits.UNANSWERED_COMMANDS:
            raise UnavailableError(f"the gateway has not answered {len(self._waiting)} commands")
        future: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
        self._write(command, future)
        return future

    async def call(self, command: Command) -> Reply:
        """Send a command and wait for its reply (an `Error` is a reply too). Raises UnavailableError."""
        return await self.send(command)

    async def close(self) -> None:
        """End the channel."""
        self._task.cancel()
        with suppress(asyncio.CancelledError):
            await self._task
        self._end()

    def _write(self, command: Command, future: asyncio.Future[Reply] | None) -> None:
        self._number += 1
        self._waiting.append((self._number, future))
        self._writer.write(encode(CommandFrame(number=self._number, command=command)))

    async def _run(self) -> None:
        read_at = time.monotonic()
        try:
            while data := await self._read():
                late, read_at = time.monotonic() - read_at, time.monotonic()
                if self._serial is not None and late > SLEPT_S:
                    raise PeerError(f"read nothing for {late:.1f} s")
                for payload in self._frames.feed(data):
                    self._take(decode_from_gateway(payload))
        except (OSError, PeerError):
            pass  # the channel ends, and the owner is told below
        finally:
            self._end()

    async def _read(self) -> bytes:
        async with asyncio.timeout(SILENT_S):
            return await self._reader.read(_READ_BYTES)

    def _take(self, frame: GatewayFrame) -> None:
        if isinstance(frame, ReplyFrame):
            self._answer(frame)
            return
        if self._serial is not None and frame.serial != self._serial + 1:
            raise PeerError(f"event {frame.serial} after {self._serial}")
        self._serial = frame.serial
        if isinstance(frame.event, Ping):
            self._write(Pong(number=frame.event.number), None)
        else:
            self._on_event(frame.event)

    def _answer(self, frame: ReplyFrame) -> None:
        if not self._waiting or self._waiting[0][0] != frame.number:
            raise PeerError(f"a reply to command {frame.number}, which does not wait for one")
        future = self._waiting.popleft()[1]
        if future is not None and not future.done():
            future.set_result(frame.reply)

    def _end(self) -> None:
        if self._closed:
            return
        self._closed = True
        self._writer.close()
        for _, future in self._waiting:
            if future is not None and not future.done():
                future.set_exception(UnavailableError("the gateway's channel was closed"))
                future.exception()  # nobody may be waiting any more
        self._waiting.clear()
        self._on_closed()
