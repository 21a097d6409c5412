"""How a PMS is reached: real sockets of the loopback address and a real pseudo-terminal."""

from __future__ import annotations

import asyncio
import contextlib
import os
import tty
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from boardsupport.bench.pms.wires import Pty, TcpClient, TcpServer, Wire
from tests.harness import free_port

GONE = (ConnectionError, asyncio.IncompleteReadError)


class End:
    """Notes what happens at the PMS's end."""

    def __init__(self, wire: Wire) -> None:
        self.events: asyncio.Queue[str | bytes] = asyncio.Queue()
        wire.end = self

    def opened(self) -> None:
        self.events.put_nowait("opened")

    def closed(self) -> None:
        self.events.put_nowait("closed")

    def received(self, data: bytes) -> None:
        self.events.put_nowait(data)

    async def next(self) -> str | bytes:
        return await asyncio.wait_for(self.events.get(), 5)


class Clients:
    """Connections to one port, closed at the end of the test."""

    def __init__(self) -> None:
        self.port = free_port()
        self.address = f"127.0.0.1:{self.port}"
        self._writers: list[asyncio.StreamWriter] = []

    async def connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        self._writers.append(writer)
        return reader, writer

    async def close(self) -> None:
        for writer in self._writers:
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()


@pytest.fixture
async def clients() -> AsyncIterator[Clients]:
    made = Clients()
    yield made
    await made.close()


@pytest.fixture
async def server(clients: Clients) -> AsyncIterator[TcpServer]:
    wire = TcpServer(clients.address, replaces=True)
    yield wire
    wire.stop()


async def test_bytes_go_both_ways_over_tcp(server: TcpServer, clients: Clients) -> None:
    end = End(server)
    await server.start()
    reader, writer = await clients.connect()
    assert await end.next() == "opened"
    server.send(b"LS")
    assert await reader.readexactly(2) == b"LS"
    writer.write(b"LD")
    assert await end.next() == b"LD"
    writer.close()
    assert await end.next() == "closed"
    assert not server.connected


async def test_a_second_client_takes_the_place_of_the_first(server: TcpServer, clients: Clients) -> None:
    end = End(server)
    await server.start()
    first, _ = await clients.connect()
    await end.next()
    second, _ = await clients.connect()
    assert [await end.next(), await end.next()] == ["closed", "opened"]
    with pytest.raises(GONE):
        await first.readexactly(1)
    server.send(b"x")
    assert await second.readexactly(1) == b"x"


async def test_a_mitel_pms_turns_a_second_client_away(clients: Clients) -> None:
    wire = TcpServer(clients.address, replaces=False)
    end = End(wire)
    await wire.start()
    first, _ = await clients.connect()
    await end.next()
    second, _ = await clients.connect()
    with pytest.raises(GONE):
        await second.readexactly(1)
    wire.send(b"x")
    assert await first.readexactly(1) == b"x"
    wire.stop()


async def test_cut_refuse_silent_and_open(server: TcpServer, clients: Clients) -> None:
    end = End(server)
    await server.start()
    reader, _ = await clients.connect()
    await end.next()
    server.cut()
    assert await end.next() == "closed"
    with pytest.raises(GONE):
        await reader.readexactly(1)
    await server.put("refuse")
    with pytest.raises(ConnectionRefusedError):
        await clients.connect()
    await server.put("open")
    reader, writer = await clients.connect()
    assert await end.next() == "opened"
    await server.put("silent")
    server.send(b"lost")
    writer.write(b"lost too")
    await writer.drain()
    second, _ = await clients.connect()  # its coming is handled after what came before it
    assert [await end.next(), await end.next()] == ["closed", "opened"]
    await server.put("open")
    server.send(b"heard")
    assert await second.readexactly(5) == b"heard"


async def test_the_pms_calls_an_exchange_that_comes_later_and_again() -> None:
    port = free_port()
    wire = TcpClient(f"127.0.0.1:{port}", replaces=False)
    end = End(wire)
    await wire.start()
    come: asyncio.Queue[asyncio.StreamWriter] = asyncio.Queue()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        come.put_nowait(writer)

    exchange = await asyncio.start_server(serve, "127.0.0.1", port)
    assert await end.next() == "opened"
    writer = await come.get()
    writer.write(b"\x05")
    assert await end.next() == b"\x05"
    writer.close()
    assert await end.next() == "closed"
    assert await end.next() == "opened"
    wire.stop()
    last = await come.get()
    last.close()
    exchange.close()


async def test_bytes_go_both_ways_over_a_terminal(tmp_path: Path) -> None:
    path = tmp_path / "pms-serial"
    wire = Pty(path, seven_bit=False)
    end = End(wire)
    await wire.start()
    assert await end.next() == "opened"
    product = os.open(path, os.O_RDWR | os.O_NOCTTY)
    tty.setraw(product)
    everything = bytes(range(256))
    wire.send(everything)
    heard = b""
    while len(heard) < 256:
        heard += await asyncio.to_thread(os.read, product, 256)
    assert heard == everything
    os.write(product, everything)
    received = b""
    while len(received) < 256:
        piece = await end.next()
        assert isinstance(piece, bytes)
        received += piece
    assert received == everything
    os.close(product)
    wire.stop()
    assert not path.is_symlink()


async def test_seven_bits_lose_the_eighth_both_ways(tmp_path: Path) -> None:
    wire = Pty(tmp_path / "p", seven_bit=True)
    end = End(wire)
    await wire.start()
    await end.next()
    product = os.open(tmp_path / "p", os.O_RDWR | os.O_NOCTTY)
    wire.send(b"\xc1")
    assert await asyncio.to_thread(os.read, product, 1) == b"A"
    os.write(product, b"\xc2")
    assert await end.next() == b"B"
    os.close(product)
    wire.stop()


async def test_an_adapter_is_unplugged_and_plugged_in_again(tmp_path: Path) -> None:
    path = tmp_path / "p"
    wire = Pty(path, seven_bit=False)
    end = End(wire)
    await wire.start()
    product = os.open(path, os.O_RDWR | os.O_NOCTTY)
    wire.cut()
    assert [await end.next() for _ in range(3)] == ["opened", "closed", "opened"]
    with pytest.raises(OSError, match="Input/output"):
        os.write(product, b"x")
    os.close(product)
    product = os.open(path, os.O_RDWR | os.O_NOCTTY)
    os.write(product, b"x")
    assert await end.next() == b"x"
    os.close(product)
    await wire.put("refuse")
    assert not path.exists()
    await wire.put("open")
    assert path.is_char_device()
    wire.stop()


async def test_more_than_a_terminal_holds_waits_for_its_reader(tmp_path: Path) -> None:
    wire = Pty(tmp_path / "p", seven_bit=False)
    End(wire)
    await wire.start()
    product = os.open(tmp_path / "p", os.O_RDWR | os.O_NOCTTY)
    sent = bytes(n % 251 for n in range(100_000))
    wire.send(sent)
    heard = b""
    while len(heard) < len(sent):
        heard += await asyncio.to_thread(os.read, product, 4096)
    assert heard == sent
    os.close(product)
    wire.stop()


async def test_somebody_elses_file_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "p").write_text("precious")
    wire = Pty(tmp_path / "p", seven_bit=False)
    End(wire)
    with pytest.raises(FileExistsError):
        await wire.start()
    wire.stop()
    assert (tmp_path / "p").read_text() == "precious"
