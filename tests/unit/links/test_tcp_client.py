"""A link that connects: found again whenever the far end is there, and never in anybody's way."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from firmware.links import TcpClient
from firmware.links import tcp as tcp_module
from tests.unit.links.partner import User, Waits, running, until


class FarEnd:
    """A server on loopback; `calls` are the connections that came."""

    def __init__(self) -> None:
        self.calls: asyncio.Queue[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = asyncio.Queue()
        self.port = 0

    async def call(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        async with asyncio.timeout(20):
            return await self.calls.get()

    @asynccontextmanager
    async def listening(self, port: int = 0) -> AsyncIterator[FarEnd]:
        server = await asyncio.start_server(lambda *ends: self.calls.put_nowait(ends), "127.0.0.1", port)
        self.port = server.sockets[0].getsockname()[1]
        async with server:
            yield self


async def test_bytes_go_both_ways_and_are_recorded() -> None:
    user, waits = User(), Waits()
    async with FarEnd().listening() as far:
        link = TcpClient("front-office", "127.0.0.1", far.port, user, waits.terms)
        assert not link.send(b"too early")
        async with running(link):
            reader, writer = await far.call()
            await until(lambda: link.connected)
            assert link.why == f"connected to 127.0.0.1:{far.port}"
            assert link.send(b"\x02LS|\x03")
            assert await reader.readexactly(5) == b"\x02LS|\x03"
            writer.write(b"\x02LA|\x03")
            await until(lambda: user.data == b"\x02LA|\x03")
            writer.close()
        assert (link.received_bytes, link.sent_bytes, link.connections) == (5, 5, 1)
        assert [entry.direction for entry in link.recorder.entries()] == ["*", ">", "<", "*"]
    assert user.told[0] == "opened" and len(user.told) == 2


async def test_the_far_end_hears_that_the_link_stops_and_the_user_that_it_was_lost() -> None:
    user, waits = User(), Waits()
    async with FarEnd().listening() as far:
        link = TcpClient("front-office", "127.0.0.1", far.port, user, waits.terms)
        async with running(link):
            reader, writer = await far.call()
            await until(lambda: link.connected)
        assert await reader.read() == b""
        writer.close()
    assert user.told == ["opened", "lost: the link was stopped"]


async def test_refused_it_tries_again_soon_and_then_more_seldom_until_the_far_end_is_there() -> None:
    user, waits = User(), Waits()
    with socket.socket() as taken:  # bound, not listening: nobody else gets the port, and it refuses
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        link = TcpClient("front-office", "127.0.0.1", port, user, waits.terms)
        async with running(link):
            assert [await waits.over() for _ in range(6)] == [0.5, 5, 10, 20, 40, 60]
            assert link.why == f"127.0.0.1:{port}: connection refused"
            assert len(link.recorder.entries()) == 1
            assert await waits.begun() == 60
            taken.listen()
            waits.end()
            await until(lambda: link.connected)
    assert user.told == ["opened", "lost: the link was stopped"]


async def test_after_a_good_connection_the_first_try_comes_soon_but_not_after_one_that_is_ended_at_once() -> None:
    user, waits = User(), Waits()
    async with FarEnd().listening() as far:
        link = TcpClient("front-office", "127.0.0.1", far.port, user, waits.terms)
        async with running(link):
            for expected in (0.5, 5, 10):
                (await far.call())[1].close()
                assert await waits.over() == expected
            _, writer = await far.call()
            await until(lambda: link.connected)
            waits.clock.advance(10)
            writer.close()
            assert await waits.over() == 0.5
            (await far.call())[1].close()
    lost = "lost: closed by the far end"
    assert user.told[:8] == ["opened", lost] * 4


async def test_a_dropped_connection_is_told_once_and_made_anew() -> None:
    user, waits = User(), Waits()
    async with FarEnd().listening() as far:
        link = TcpClient("front-office", "127.0.0.1", far.port, user, waits.terms)
        async with running(link):
            reader, writer = await far.call()
            await until(lambda: link.connected)
            link.drop("no answer to LS")
            link.drop("again")
            assert not link.send(b"x")
            assert user.told == ["opened"], "nothing is called back from within drop"
            await waits.over()
            assert user.told == ["opened", "lost: no answer to LS"]
            assert await reader.read() == b""
            writer.close()
            second = await far.call()
            await until(lambda: link.connected)
            second[1].close()
    assert user.told[2] == "opened"


async def test_a_user_may_send_and_drop_from_within_what_it_is_told() -> None:
    user, waits = User(), Waits()
    async with FarEnd().listening() as far:
        link = TcpClient("front-office", "127.0.0.1", far.port, user, waits.terms)
        user.on_opened = lambda: link.send(b"hello")
        user.on_received = lambda: link.drop("garbage")
        async with running(link):
            reader, writer = await far.call()
            assert await reader.readexactly(5) == b"hello"
            writer.write(b"?" * 100_000)
            await waits.over()
            writer.close()
    assert user.told[:2] == ["opened", "lost: garbage"]
    assert len(user.data) <= 4096


async def test_a_connection_that_is_reset_is_lost_with_its_reason() -> None:
    user, waits = User(), Waits()
    async with FarEnd().listening() as far:
        link = TcpClient("front-office", "127.0.0.1", far.port, user, waits.terms)
        async with running(link):
            _, writer = await far.call()
            await until(lambda: link.connected)
            far_socket = writer.get_extra_info("socket")
            far_socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # closing resets it
            writer.close()
            await waits.over()
    assert user.told[:2] == ["opened", "lost: connection reset by peer"]


async def test_a_far_end_that_does_not_read_is_given_up_when_the_buffer_is_full() -> None:
    user, waits = User(), Waits()
    async with FarEnd().listening() as far:
        link = TcpClient("front-office", "127.0.0.1", far.port, user, waits.terms)
        async with running(link):
            _, writer = await far.call()
            writer.transport.pause_reading()
            await until(lambda: link.connected)
            sent, unread = 0, 0
            while link.send(bytes(16 * 1024)):
                sent += 1
                unread = max(unread, link.backlog)
                await asyncio.sleep(0)
            assert sent < 4096
            assert 0 < unread <= 64 * 1024
            await waits.over()
            writer.transport.abort()
    assert user.told[:2] == ["opened", "lost: the far end does not read"]


async def test_drained_says_that_the_far_end_has_all_of_it() -> None:
    user, waits = User(), Waits()
    terms = replace(waits.terms, unread_bytes=8_000_000)
    async with FarEnd().listening() as far:
        link = TcpClient("records", "127.0.0.1", far.port, user, terms)
        assert not await link.drained()
        async with running(link):
            reader, writer = await far.call()
            writer.transport.pause_reading()
            await until(lambda: link.connected)
            assert link.send(bytes(7_000_000))
            waiting = asyncio.create_task(link.drained())
            await until(lambda: link.backlog < 7_000_000)
            assert not waiting.done() and link.backlog > 0
            writer.transport.resume_reading()
            reading = asyncio.create_task(reader.readexactly(7_000_000))
            assert await asyncio.wait_for(waiting, 5)
            assert link.backlog == 0
            await asyncio.wait_for(reading, 5)
            writer.close()


async def test_drained_says_that_the_connection_was_lost_first() -> None:
    user, waits = User(), Waits()
    async with FarEnd().listening() as far:
        link = TcpClient("records", "127.0.0.1", far.port, user, replace(waits.terms, unread_bytes=8_000_000))
        async with running(link):
            _, writer = await far.call()
            writer.transport.pause_reading()
            await until(lambda: link.connected)
            assert link.send(bytes(7_000_000))
            waiting = asyncio.create_task(link.drained())
            await until(lambda: link.backlog < 7_000_000)
            writer.transport.abort()
            assert not await asyncio.wait_for(waiting, 5)


async def test_a_far_end_that_takes_nothing_for_too_long_is_given_up() -> None:
    user, waits = User(), Waits()
    terms = replace(waits.terms, unread_bytes=16_000_000, gone_s=1)
    async with FarEnd().listening() as far:
        link = TcpClient("records", "127.0.0.1", far.port, user, terms)
        async with running(link):
            _, writer = await far.call()
            writer.transport.pause_reading()
            await until(lambda: link.connected)
            assert link.send(bytes(15_000_000))
            await waits.over()
            writer.transport.abort()
    assert user.told[:2] == ["opened", "lost: connection timed out"]


async def test_a_flood_comes_in_portions_between_which_other_work_has_its_turn() -> None:
    user, waits = User(), Waits()
    async with FarEnd().listening() as far:
        link = TcpClient("front-office", "127.0.0.1", far.port, user, waits.terms)
        async with running(link):
            _, writer = await far.call()
            writer.write(bytes(1_000_000))
            turns = 0
            while len(user.data) < 1_000_000:
                await asyncio.sleep(0)
                turns += 1
            assert user.largest <= 4096
            assert turns > 200
            assert sum(len(entry.data) for entry in link.recorder.entries()) <= 256 * 1024
            writer.close()


async def test_while_paused_nothing_is_read_and_afterwards_nothing_is_missing() -> None:
    user, waits = User(), Waits()
    async with FarEnd().listening() as far:
        link = TcpClient("front-office", "127.0.0.1", far.port, user, waits.terms)
        user.on_received = link.pause
        async with running(link):
            _, writer = await far.call()
            writer.write(bytes(50_000))
            await until(lambda: user.data)
            first = len(user.data)
            for _ in range(20):
                await asyncio.sleep(0)
            assert len(user.data) == first <= 4096
            user.on_received = lambda: None
            writer.close()
            link.resume()
            await waits.over()
    assert len(user.data) == 50_000
    assert user.told[:2] == ["opened", "lost: closed by the far end"]


async def test_the_connection_is_watched_for_a_silent_far_end_and_sends_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    user, waits = User(), Waits()
    made: list[socket.socket] = []
    prepare = tcp_module._prepare

    def prepare_and_keep(connected: socket.socket, gone_s: int) -> None:
        prepare(connected, gone_s)
        made.append(connected)

    monkeypatch.setattr(tcp_module, "_prepare", prepare_and_keep)
    async with FarEnd().listening() as far:
        link = TcpClient("front-office", "127.0.0.1", far.port, user, waits.terms)
        async with running(link):
            await until(lambda: link.connected)
            (used,) = made
            assert used.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) == 1
            assert used.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) == 1
            assert used.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE) < 60
            assert used.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == 30_000
            (await far.call())[1].close()


async def test_a_name_is_looked_up_beside_the_loop_and_each_address_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    user, waits = User(), Waits()
    answer = asyncio.Event()
    loop = asyncio.get_running_loop()

    def look_up(host: str, port: int, **_: object) -> list[tuple[object, ...]]:
        assert host == "pms.hotel.example"
        asyncio.run_coroutine_threadsafe(answer.wait(), loop).result(5)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in ("127.0.0.9", "127.0.0.1")]

    monkeypatch.setattr("firmware.links.tcp.socket.getaddrinfo", look_up)
    async with FarEnd().listening() as far:
        link = TcpClient("front-office", "pms.hotel.example", far.port, user, waits.terms)
        async with running(link):
            await asyncio.sleep(0)
            answer.set()
            (await far.call())[1].close()


async def test_a_name_that_nobody_knows_is_said_and_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    def look_up(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr("firmware.links.tcp.socket.getaddrinfo", look_up)
    waits = Waits()
    link = TcpClient("front-office", "pms.hotel.example", 5010, User(), waits.terms)
    async with running(link):
        assert [await waits.over() for _ in range(2)] == [0.5, 5]
        assert link.why == "pms.hotel.example:5010: name or service not known"


async def test_a_text_that_cannot_be_a_name_is_said_too() -> None:
    waits = Waits()
    link = TcpClient("front-office", "a..b", 5010, User(), waits.terms)
    async with running(link):
        await waits.over()
        assert link.why == "a..b:5010: not a host name"
