"""Lines to collectors by TCP and over a serial line: the stored ones first, each once while the connection holds."""

from __future__ import annotations

import asyncio
import os
import pty
import socket
import tty
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

import pytest

from firmware.billing.outputs.shelf import Shelf
from firmware.billing.outputs.wires import Wire
from firmware.config.outputs import Destination
from firmware.links import BackOff, Terms
from firmware.store import StorageError
from firmware.supervisor.store_thread import StoreThread
from tests.harness import free_port
from tests.unit.outputs.test_files import EVENING, keep

LIMIT_S = 20.0
TERMS = Terms(back_off=BackOff(soon=0.01, first=0.02, longest=0.02))


class Running:
    """A wire, and the loop that empties the shelf over it when there is news."""

    def __init__(self, to: Destination, shelf: Shelf) -> None:
        self.news = asyncio.Event()
        self.shelf = shelf
        self.wire = Wire("output", to, self.news.set, TERMS)

    async def deliver(self) -> None:
        while await self.wire.deliver(self.shelf):
            pass

    async def until(self, true: Callable[[], bool]) -> None:
        async with asyncio.timeout(LIMIT_S):
            while not true():  # noqa: ASYNC110 - what is waited for is seen from outside only
                await asyncio.sleep(0.005)


@asynccontextmanager
async def running(to: Destination, shelf: Shelf) -> AsyncIterator[Running]:
    made = Running(to, shelf)
    task = asyncio.create_task(made.wire.link.run())
    try:
        yield made
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


@asynccontextmanager
async def collector(port: int) -> AsyncIterator[asyncio.StreamReader]:
    """One that connects to us."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        yield reader
    finally:
        writer.close()
        await writer.wait_closed()


async def read(reader: asyncio.StreamReader, count: int) -> list[str]:
    async with asyncio.timeout(LIMIT_S):
        return [(await reader.readuntil(b"\r\n")).decode() for _ in range(count)]


def told(*legs: str) -> list[str]:
    return [f"line of {leg}\r\n" for leg in legs]


async def listening(made: Running) -> None:
    await made.until(lambda: made.wire.link.why.startswith("waits"))


async def test_lines_wait_until_a_collector_connects_and_come_in_their_order(store: StoreThread, shelf: Shelf) -> None:
    port = free_port()
    await keep(store, "b", "a")
    async with running(Destination("tcp-server", f"127.0.0.1:{port}"), shelf) as made:
        await listening(made)
        assert not await made.wire.deliver(shelf)
        assert (await shelf.backlog()).lines == 2
        async with collector(port) as reader:
            async with asyncio.timeout(LIMIT_S):
                await made.news.wait()
            await keep(store, "c")
            await made.deliver()
            assert await read(reader, 3) == told("b", "a", "c")
    assert (await shelf.backlog()).lines == 0


async def test_every_collector_that_is_connected_gets_a_copy(store: StoreThread, shelf: Shelf) -> None:
    port = free_port()
    async with running(Destination("tcp-server", f"127.0.0.1:{port}"), shelf) as made:
        await listening(made)
        async with collector(port) as one, collector(port) as other:
            await made.until(lambda: made.wire.link.connections == 2)
            await keep(store, "a")
            await made.deliver()
            assert await read(one, 1) == await read(other, 1) == told("a")


async def test_a_collector_that_stops_reading_holds_up_nobody_and_gets_all_when_it_goes_on(
    store: StoreThread, shelf: Shelf
) -> None:
    port, legs = free_port(), [f"{number:0500}" for number in range(60)]
    await keep(store, *legs[:40])
    async with running(Destination("tcp-server", f"127.0.0.1:{port}"), shelf) as made:
        await listening(made)
        with socket.socket() as lazy:
            lazy.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
            lazy.setblocking(False)
            await asyncio.get_running_loop().sock_connect(lazy, ("127.0.0.1", port))
            await made.until(lambda: made.wire.link.connected)
            delivery = asyncio.create_task(made.deliver())
            await made.until(lambda: made.wire.link.backlog > 2048)
            await keep(store, *legs[40:])
            assert not delivery.done()
            reader, writer = await asyncio.open_connection(sock=lazy)
            assert await read(reader, len(legs)) == told(*legs)
            await delivery
            writer.close()
    assert (await shelf.backlog()).lines == 0


async def test_after_a_reconnect_the_stored_lines_come_first(store: StoreThread, shelf: Shelf) -> None:
    arrived: asyncio.Queue[asyncio.StreamReader] = asyncio.Queue()
    writers: list[asyncio.StreamWriter] = []

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.append(writer)
        arrived.put_nowait(reader)

    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with running(Destination("tcp-client", f"127.0.0.1:{port}"), shelf) as made:
        await arrived.get()
        await made.until(lambda: made.wire.link.connected)
        writers[0].close()
        await keep(store, "a", "b")
        again = await asyncio.wait_for(arrived.get(), LIMIT_S)
        await made.until(lambda: made.wire.link.connections == 2)
        await keep(store, "c")
        await made.deliver()
        assert await read(again, 3) == told("a", "b", "c")
    for writer in writers:
        writer.close()
    server.close()
    await server.wait_closed()


async def test_a_line_that_the_store_cannot_let_go_is_not_sent_again(
    store: StoreThread, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(shelf: Shelf, last: int) -> None:
        raise StorageError("the disk is full")

    port = free_port()
    await keep(store, "a", "b")
    async with running(Destination("tcp-server", f"127.0.0.1:{port}"), shelf) as made:
        await listening(made)
        async with collector(port) as reader:
            await made.until(lambda: made.wire.link.connected)
            with monkeypatch.context() as patched:
                patched.setattr(Shelf, "take", full)
                for _ in range(3):
                    with pytest.raises(StorageError):
                        await made.wire.deliver(shelf)
            await made.deliver()
            assert await read(reader, 2) == told("a", "b")


@pytest.mark.parametrize(("bits", "expected"), [("8N1", "línea\r\n".encode()), ("7E1", b"l?nea\r\n")])
async def test_a_serial_line_carries_lines_as_its_bits_allow(
    store: StoreThread, shelf: Shelf, bits: str, expected: bytes
) -> None:
    printer, ours = pty.openpty()
    tty.setraw(printer)
    await store.do(lambda kept: kept.record_outputs.keep("output", "a", "línea", EVENING, 10))
    async with running(Destination("serial", os.ttyname(ours), 9600, bits), shelf) as made:
        await made.until(lambda: made.wire.link.connected)
        await made.deliver()
        assert os.read(printer, 100) == expected
    os.close(printer)
    os.close(ours)
    assert (await shelf.backlog()).lines == 0
