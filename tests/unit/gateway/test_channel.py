"""The channel between agent and gateway: bytes in any pieces, refusals that can be addressed, replies in order."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware.errors import PeerError, UnavailableError
from firmware.gateway import channel
from firmware.gateway.channel import (
    FrameReader,
    GatewayClient,
    command_number,
    decode_command,
    decode_from_gateway,
    encode,
)
from firmware.gateway.messages import (
    Apply,
    Audit,
    CommandFrame,
    Done,
    Event,
    EventFrame,
    Hello,
    Limits,
    OffHook,
    Ping,
    Pong,
    ReplyFrame,
    Signal,
    Welcome,
)
from firmware.processes import short_path


@given(st.lists(st.binary(max_size=300), max_size=5), st.data())
def test_frames_come_whole_in_whatever_pieces_they_travel(payloads: list[bytes], data: st.DataObject) -> None:
    stream = b"".join(len(payload).to_bytes(4, "big") + payload for payload in payloads)
    reader, found, at = FrameReader(), [], 0
    while at < len(stream):
        size = data.draw(st.integers(1, len(stream) - at))
        found += reader.feed(stream[at : at + size])
        at += size
    assert found == payloads


def test_a_frame_beyond_the_limit_ends_the_channel() -> None:
    with pytest.raises(PeerError, match="at most"):
        FrameReader().feed((Limits.FRAME_BYTES + 1).to_bytes(4, "big"))


def test_a_command_survives_the_wire() -> None:
    frame = CommandFrame(number=7, command=Apply(endpoint="fxs/1", signal=Signal(tone="busy"), tag=b"\x00\xff"))
    (payload,) = FrameReader().feed(encode(frame))
    assert decode_command(payload) == frame


@pytest.mark.parametrize(
    "command",
    [
        {"type": "dance"},
        {"type": "apply", "endpoint": "fxs/1", "signal": None, "loud": True},
        {"type": "apply", "endpoint": 5, "signal": None},
        {"type": "apply", "endpoint": "fxs/1"},
    ],
)
def test_what_is_not_a_command_is_refused_by_its_number(command: dict[str, object]) -> None:
    payload = msgspec.msgpack.encode({"type": "command", "number": 9, "command": command})
    with pytest.raises(PeerError):
        decode_command(payload)
    assert command_number(payload) == 9


@given(st.binary(max_size=60))
def test_noise_is_refused_and_nothing_else(noise: bytes) -> None:
    for decode in (decode_command, decode_from_gateway):
        with pytest.raises(PeerError):
            decode(noise)
    command_number(noise)


class Gateway:
    """The other end: answers as told."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.commands: list[CommandFrame] = []
        self.writer: asyncio.StreamWriter

    async def __aenter__(self) -> Gateway:
        with short_path(self.path) as name:
            self._server = await asyncio.start_unix_server(self._serve, name)
        return self

    async def __aexit__(self, *error: object) -> None:
        self._server.close()
        self.writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.writer = writer
        frames = FrameReader()
        while data := await reader.read(4096):
            for payload in frames.feed(data):
                frame = decode_command(payload)
                self.commands.append(frame)
                if isinstance(frame.command, Hello):
                    welcome = Welcome(protocol=1, gateway="voice", boot="b", started_ns=1)
                    self.write(ReplyFrame(number=frame.number, reply=welcome))
                elif not isinstance(frame.command, Audit):
                    self.write(ReplyFrame(number=frame.number, reply=Done()))

    def write(self, frame: ReplyFrame | EventFrame) -> None:
        self.writer.write(encode(frame))


@pytest.fixture
def socket_path(tmp_path: Path) -> Path:
    deep = tmp_path / ("a-directory-name-that-is-long" * 3) / ("and-another-one" * 4)
    deep.mkdir(parents=True)
    return deep / "voice.sock"


async def settle(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110 - what is waited for has no event of its own
            await asyncio.sleep(0.005)


async def test_commands_are_answered_and_events_come_in_order(socket_path: Path) -> None:
    events: list[Event] = []
    async with Gateway(socket_path) as gateway:
        client = await GatewayClient.connect(socket_path, "test", events.append, lambda: None)
        assert client.welcome.gateway == "voice"
        assert await client.call(Apply(endpoint="fxs/1", signal=None)) == Done()
        lifted = OffHook(endpoint="fxs/1", at_ns=5)
        gateway.write(EventFrame(serial=1, event=lifted))
        gateway.write(EventFrame(serial=2, event=Ping(number=3)))
        await settle(lambda: any(isinstance(frame.command, Pong) for frame in gateway.commands))
        assert events == [lifted]
        assert gateway.commands[-1].command == Pong(number=3)
        await client.close()


async def test_a_gap_in_the_events_ends_the_channel(socket_path: Path) -> None:
    closed = asyncio.Event()
    async with Gateway(socket_path) as gateway:
        await GatewayClient.connect(socket_path, "test", lambda event: None, closed.set)
        gateway.write(EventFrame(serial=1, event=OffHook(endpoint="fxs/1", at_ns=5)))
        gateway.write(EventFrame(serial=3, event=OffHook(endpoint="fxs/1", at_ns=6)))
        async with asyncio.timeout(10):
            await closed.wait()


async def test_a_gateway_that_goes_fails_what_waits_and_says_so_once(socket_path: Path) -> None:
    closed: list[bool] = []
    async with Gateway(socket_path) as gateway:
        client = await GatewayClient.connect(socket_path, "test", lambda event: None, lambda: closed.append(True))
        waiting = asyncio.ensure_future(client.call(Audit()))
        await settle(lambda: any(isinstance(frame.command, Audit) for frame in gateway.commands))
        gateway.writer.close()
        with pytest.raises(UnavailableError):
            await waiting
        with pytest.raises(UnavailableError):
            client.send(Audit())
        await client.close()
    assert closed == [True]


async def test_a_gateway_that_has_fallen_silent_counts_as_gone(
    socket_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(channel, "SILENT_S", 1.0)
    async with Gateway(socket_path):
        closed = asyncio.Event()
        client = await GatewayClient.connect(socket_path, "test", lambda event: None, closed.set)
        async with asyncio.timeout(10):
            await closed.wait()
        with pytest.raises(UnavailableError):
            client.send(Audit())


async def test_what_was_sent_to_an_agent_that_stood_still_is_history(
    socket_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    events: list[Event] = []
    closed = asyncio.Event()
    async with Gateway(socket_path) as gateway:
        await GatewayClient.connect(socket_path, "test", events.append, closed.set)
        gateway.write(EventFrame(serial=1, event=OffHook(endpoint="fxs/1", at_ns=5)))
        await settle(lambda: bool(events))
        monkeypatch.setattr(channel, "SLEPT_S", 0.2)
        gateway.write(EventFrame(serial=2, event=OffHook(endpoint="fxs/2", at_ns=6)))
        time.sleep(0.3)  # noqa: ASYNC251 - the loop itself stands still
        async with asyncio.timeout(10):
            await closed.wait()
    assert [event.endpoint for event in events if isinstance(event, OffHook)] == ["fxs/1"]


async def test_nobody_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(UnavailableError):
        await GatewayClient.connect(tmp_path / "voice.sock", "test", lambda event: None, lambda: None)
