"""A link that listens: one partner at a time, or all who want to hear."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import replace

from firmware.links import Newcomer, TcpServer
from tests.unit.links.partner import User, Waits, running, until


class House:
    """A listening link, and how to call it."""

    def __init__(self, newcomer: Newcomer, unread_bytes: int = 64 * 1024) -> None:
        self.user, self.waits = User(), Waits()
        terms = replace(self.waits.terms, unread_bytes=unread_bytes)
        self.link = TcpServer("front-office", "127.0.0.1", 0, self.user, terms, newcomer)

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[House]:
        async with running(self.link):
            await until(lambda: self.link.address)
            yield self

    async def call(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        assert self.link.address is not None
        return await asyncio.open_connection(*self.link.address)


def name(writer: asyncio.StreamWriter) -> str:
    host, port = writer.get_extra_info("sockname")
    return f"{host}:{port}"


async def test_bytes_go_both_ways_and_the_next_partner_is_served_when_the_first_has_gone() -> None:
    async with House("refused").listening() as house:
        assert house.link.address is not None
        assert house.link.why == f"waits for a connection at 127.0.0.1:{house.link.address[1]}"
        for _ in range(2):
            reader, writer = await house.call()
            with closing(writer):
                await until(lambda: house.link.connected)
                assert house.link.why == f"connected to {name(writer)}"
                assert house.link.send(b"\x05")
                assert await reader.readexactly(1) == b"\x05"
                writer.write(b"\x06")
                await until(lambda: house.user.data.endswith(b"\x06"))
                house.user.data.clear()
            await until(lambda: not house.link.connected)
            await until(lambda: house.user.told[-1] == "lost: closed by the far end")
            assert house.link.why == f"{name(writer)}: closed by the far end"
    assert house.user.told == ["opened", "lost: closed by the far end"] * 2


async def test_a_second_partner_is_refused_while_the_first_is_there() -> None:
    async with House("refused").listening() as house:
        reader, writer = await house.call()
        with closing(writer):
            await until(lambda: house.link.connected)
            second_reader, second = await house.call()
            with closing(second):
                assert await second_reader.read() == b""
            assert house.link.send(b"still here")
            assert await reader.readexactly(10) == b"still here"
    assert house.user.told == ["opened", "lost: the link was stopped"]


async def test_a_second_partner_replaces_a_first_that_has_hung_up_though_that_was_not_read_yet() -> None:
    async with House("refused").listening() as house:
        house.link.pause()
        _, writer = await house.call()
        await until(lambda: house.link.connected)
        writer.write(b"unread")
        writer.close()
        await writer.wait_closed()
        reader, second = await house.call()
        with closing(second):
            await until(lambda: len(house.user.told) == 3)
            assert house.link.send(b"welcome")
            assert await reader.readexactly(7) == b"welcome"
    assert house.user.told[:3] == ["opened", f"lost: replaced by {name(second)}", "opened"]
    assert house.user.data == b""


async def test_where_newcomers_replace_the_last_of_many_has_the_line() -> None:
    async with House("replaces").listening() as house:
        calls = [await house.call() for _ in range(4)]
        await until(lambda: house.user.told.count("opened") == 4)
        assert house.link.send(b"to you")
        assert await calls[-1][0].readexactly(6) == b"to you"
        for reader, writer in calls[:-1]:
            assert await reader.read() == b""
            writer.close()
        calls[-1][1].close()
    assert house.user.told[0:8:2] == ["opened"] * 4
    assert all(told.startswith("lost: replaced by ") for told in house.user.told[1:7:2])


async def test_where_they_share_all_hear_and_one_loss_is_told_when_the_last_has_gone() -> None:
    async with House("shares").listening() as house:
        calls = [await house.call() for _ in range(3)]
        await until(lambda: house.link.connections == 3)
        assert house.link.send(b"11/22 07:45 a call\r\n")
        for reader, _ in calls:
            assert await reader.readline() == b"11/22 07:45 a call\r\n"
        assert await house.link.drained()
        assert [entry.direction for entry in house.link.recorder.entries()].count(">") == 1
        calls[0][1].close()
        await until(lambda: name(calls[0][1]) not in house.link.why)
        assert house.link.why == f"connected to {name(calls[1][1])}, {name(calls[2][1])}"
        for _, writer in calls[1:]:
            writer.close()
        await until(lambda: len(house.user.told) == 2)
    assert house.user.told == ["opened", "lost: closed by the far end"]


async def test_a_sharer_who_does_not_read_is_given_up_alone_and_holds_up_nobody() -> None:
    async with House("shares").listening() as house:
        stalled, (reader, writer) = await house.call(), await house.call()
        stalled[1].transport.pause_reading()
        await until(lambda: house.link.connections == 2)
        taken = 0
        while house.link.why.count(",") == 1:
            assert house.link.send(bytes(16 * 1024))
            taken += len(await reader.readexactly(16 * 1024))
            assert await house.link.drained()
        assert taken > 64 * 1024
        assert house.link.connected
        stalled[1].transport.abort()
        writer.close()
    assert house.user.told[0] == "opened" and len(house.user.told) == 2


async def test_an_address_in_use_is_said_and_tried_again() -> None:
    user, waits = User(), Waits()
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        link = TcpServer("front-office", "127.0.0.1", port, user, waits.terms)
        async with running(link):
            assert [await waits.over() for _ in range(3)] == [0.5, 5, 10]
            assert link.why == f"127.0.0.1:{port}: address already in use"
            assert link.address is None
            assert await waits.begun() == 20
            other.close()
            waits.end()
            await until(lambda: link.address)
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            await until(lambda: link.connected)
            writer.close()


async def test_a_stopped_link_frees_its_address_and_its_partner() -> None:
    house = House("refused")
    async with house.listening():
        reader, writer = await house.call()
        await until(lambda: house.link.connected)
        address = house.link.address
    assert await reader.read() == b""
    writer.close()
    assert house.link.address is None
    assert house.user.told == ["opened", "lost: the link was stopped"]
    with socket.socket() as caller:
        assert caller.connect_ex(address) != 0


async def test_ipv6_addresses_are_written_with_brackets() -> None:
    waits = Waits()
    link = TcpServer("front-office", "::1", 0, User(), waits.terms)
    async with running(link):
        await until(lambda: link.why != "not started")
        assert "[::1]:" in link.why
