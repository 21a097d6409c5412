"""What strangers can do to the listening socket: nonsense, endless heads, bodies that never come."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tests.unit.webui.fakes import House
from webui import app, bodies
from webui.gate import LOOK_AGAIN_S
from webui.server import MOST_HEAD_BYTES, Server

DEADLINE_S = 20


class Served:
    """A house that is served at `port`; its clock stands still until moved."""

    def __init__(self) -> None:
        self.house = House()
        self.now = 0.0
        self.port = 0


@pytest.fixture
async def served() -> AsyncIterator[Served]:
    made = Served()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        made.port = int(probe.getsockname()[1])
    serving = asyncio.Event()
    server = Server(app.create_app(made.house, lambda: made.now), "127.0.0.1", made.port, lambda now: serving.set())
    task = asyncio.create_task(server.run())
    await serving.wait()
    yield made
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


@pytest.fixture
def port(served: Served) -> int:
    return served.port


async def answer(port: int, request: bytes) -> bytes:
    async with asyncio.timeout(DEADLINE_S):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(request)
        status = await reader.readline()
        writer.close()
        return status


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"nonsense\r\n\r\n",
        b"GET / nonsense\r\n\r\n",
        b"GET / HTTP/1.1\r\nno colon\r\n\r\n",
        b"GET /?a=%zz HTTP/1.1\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        b"\xff\xfe\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + b"X: 12345678\r\n" * (MOST_HEAD_BYTES // 10),
    ],
)
async def test_nonsense_is_answered_as_such(port: int, request_bytes: bytes) -> None:
    assert b" 400 " in await answer(port, request_bytes)
    assert b" 200 " in await answer(port, b"GET / HTTP/1.1\r\n\r\n")


async def test_a_large_body_that_never_comes_is_not_waited_for(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "DRAIN_S", 0.1)
    head = b"PUT /api/v1/settings/room-to-room-blocking HTTP/1.1\r\nContent-Length: 900000\r\n\r\n"
    assert b" 413 " in await answer(port, head)


async def test_a_form_that_cannot_be_read_is_refused(port: int) -> None:
    head = b"POST /first-manager/once HTTP/1.1\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    assert b" 422 " in await answer(port, head + b"Content-Length: 8\r\n\r\nname=%zz")


@asynccontextmanager
async def listening(served: Served, token: str) -> AsyncIterator[asyncio.StreamReader]:
    """The live feed of somebody, from its first event on."""
    async with asyncio.timeout(DEADLINE_S):
        reader, writer = await asyncio.open_connection("127.0.0.1", served.port)
        writer.write(f"GET /api/v1/events HTTP/1.1\r\nAuthorization: Bearer {token}\r\n\r\n".encode())
        assert b" 200 " in await reader.readline()
        await reader.readuntil(b": the events begin\n\n")
        yield reader
        writer.close()


async def test_who_may_not_read_calls_does_not_hear_of_them_either(served: Served) -> None:
    async with listening(served, "maid-token") as maid, listening(served, "desk-token") as desk:
        for topic in ("call", "call-record", "line"):
            served.house.hub.publish(topic, b"{}")
        assert b"event: line\n" in await maid.readuntil(b"\n\n")
        assert b"event: call\n" in await desk.readuntil(b"\n\n")


async def test_who_listens_by_a_token_that_is_revoked_hears_no_more(served: Served) -> None:
    async with listening(served, "desk-token") as reader:
        served.now += LOOK_AGAIN_S
        served.house.hub.publish("call", b"{}")
        assert b"event: call\n" in await reader.readuntil(b"\n\n")
        del served.house.roles["desk-token"]
        served.now += LOOK_AGAIN_S
        served.house.hub.publish("call", b"{}")
        assert await reader.read() == b""
        assert served.house.hub.listeners == 0
