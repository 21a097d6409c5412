"""What strangers can do to the listening socket: nonsense, endless heads, bodies that never come."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.harness import free_port
from tests.unit.webui.fakes import House
from webui import app, bodies, live, server
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
    made.port = free_port()
    serving = asyncio.Event()
    served_by = Server(app.create_app(made.house, lambda: made.now), "127.0.0.1", made.port, lambda now: serving.set())
    task = asyncio.create_task(served_by.run())
    await serving.wait()
    yield made
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


@pytest.fixture
def port(served: Served) -> int:
    return served.port


async def answer(port: int, request: bytes, ends: bool = False) -> bytes:
    """The first line of the answer; `ends`: nothing comes behind the request."""
    async with asyncio.timeout(DEADLINE_S):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(request)
        if ends:
            writer.write_eof()
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
        b"POST / HTTP/1.1\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
        b"POST / HTTP/1.1\r\nContent-Length: +2\r\n\r\n{}",
        b"POST / HTTP/1.1\r\nContent-Length : 2\r\n\r\n{}",
        b"POST / HTTP/1.1\r\nX: 1\r\n Content-Length: 2\r\n\r\n{}",
        b"POST / HTTP/1.1\r\nX: 1\rContent-Length: 2\r\n\r\n{}",
        b"GET / HTTP/1.1\r\nX: 1\r\n \r\nX: 2\r\n\r\n",
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


BOSS = b"Authorization: Bearer boss-token\r\n"
CALL = b'{"from":"101","to":"102"}'
PIECES = b"1\r\n{\r\n18;why=not\r\n" + CALL[1:] + b"\r\n0\r\nX-Sum: 1\r\n\r\n"


def in_pieces(pieces: bytes, *headers: bytes) -> bytes:
    """Click to dial, as programs send it that do not say the length of their body beforehand."""
    head = b"POST /api/v1/calls HTTP/1.1\r\nContent-Type: application/json\r\nTransfer-Encoding: Chunked\r\n"
    return head + b"".join(headers) + b"\r\n" + pieces


async def test_a_body_in_pieces_is_a_body(served: Served) -> None:
    assert b" 201 " in await answer(served.port, in_pieces(PIECES, BOSS))
    assert served.house.asked == [("dial", "101", "102", "boss")]


async def test_who_asks_first_whether_he_may_send_the_body_is_told_so(served: Served) -> None:
    head = b"POST /api/v1/calls HTTP/1.1\r\nContent-Type: application/json\r\nExpect: 100-continue\r\n"
    async with asyncio.timeout(DEADLINE_S):
        reader, writer = await asyncio.open_connection("127.0.0.1", served.port)
        writer.write(head + BOSS + b"Content-Length: %d\r\n\r\n" % len(CALL))
        assert await reader.readuntil(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
        writer.write(CALL)
        assert b" 201 " in await reader.readline()
        writer.close()


@pytest.mark.parametrize(
    ("request_bytes", "status"),
    [
        (in_pieces(PIECES), b" 401 "),
        (in_pieces(b"nonsense\r\n", BOSS), b" 400 "),
        (in_pieces(b"-1\r\n", BOSS), b" 400 "),
        (in_pieces(b"-fffff\r\n\r\n10000\r\n" + b" " * 0x10000 + b"\r\n" + PIECES, BOSS), b" 400 "),
        (in_pieces(b"0x1\r\n{\r\n1_8\r\n" + CALL[1:] + b"\r\n0\r\n\r\n", BOSS), b" 400 "),
        (in_pieces(b"3\r\n{}}}}\r\n0\r\n\r\n", BOSS), b" 400 "),
        (in_pieces(b"2\r\n{}", BOSS), b" 400 "),
        (in_pieces(b"ffffffff\r\n", BOSS), b" 413 "),
        (in_pieces(b"4000\r\n" + b" " * 0x4000 + b"\r\n1\r\n", BOSS), b" 413 "),
        (in_pieces(PIECES, BOSS, b"Content-Length: 2\r\n"), b" 400 "),
        (in_pieces(PIECES, BOSS).replace(b"Chunked", b"gzip"), b" 501 "),
    ],
)
async def test_pieces_that_make_no_body_change_nothing(served: Served, request_bytes: bytes, status: bytes) -> None:
    assert status in await answer(served.port, request_bytes, ends=True)
    assert served.house.asked == []


async def test_who_only_connects_keeps_nobody_out(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "MOST_CONNECTIONS", 3)
    async with listening(served, "desk-token") as feed:
        idle = [await asyncio.open_connection("127.0.0.1", served.port) for _ in range(5)]
        assert b" 200 " in await answer(served.port, b"GET / HTTP/1.1\r\n\r\n")
        assert await idle[0][0].read() == b"", "who has said nothing for longest has given way"
        served.house.hub.publish("line", b"{}")
        assert b"event: line\n" in await feed.readuntil(b"\n\n"), "and nobody who was being served"
    for _, writer in idle:
        writer.close()


async def test_who_begins_a_body_and_does_not_end_it_keeps_nobody_out(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "MOST_CONNECTIONS", 2)
    head = b"POST /api/v1/session HTTP/1.1\r\nTransfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n1\r\n"
    begun = [await asyncio.open_connection("127.0.0.1", served.port) for _ in range(2)]
    for reader, writer in begun:
        writer.write(head)
        await reader.readuntil(b"\r\n\r\n")
    assert b" 200 " in await answer(served.port, b"GET / HTTP/1.1\r\n\r\n")
    for _, writer in begun:
        writer.close()


async def test_who_takes_nothing_of_his_answer_is_let_go(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "TAKE_S", 0.1)
    before = descriptors()
    with socket.socket() as deaf:
        deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
        await asyncio.get_running_loop().sock_connect(_unblocked(deaf), ("127.0.0.1", served.port))
        deaf.send(b"GET /api/v1/events HTTP/1.1\r\n" + BOSS + b"\r\n")
        await until(lambda: served.house.hub.listeners == 1)
        served.house.hub.publish("line", b'"%s"' % (b"x" * (16 << 20)))
        await until(lambda: served.house.hub.listeners == 0 and descriptors() == before + 1)


def descriptors() -> int:
    """How many files and sockets this process has open."""
    return len(list(Path("/proc/self/fd").iterdir()))


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(DEADLINE_S):
        while not condition():  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0.01)


def _unblocked(made: socket.socket) -> socket.socket:
    made.setblocking(False)
    return made


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


async def test_who_listens_too_often_ends_his_own_and_keeps_nobody_else_out(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "MOST_OF_ONE", 2)
    desk = (served, "desk-token")
    async with listening(served, "boss-token") as other, listening(*desk) as oldest, listening(*desk) as second:
        assert served.house.hub.listeners == 3
        async with listening(*desk) as third:
            assert await oldest.read() == b""
            served.house.hub.publish("line", b"{}")
            for reader in (other, second, third):
                assert b"event: line\n" in await reader.readuntil(b"\n\n")
            assert served.house.hub.listeners == 3


async def test_who_may_not_read_calls_does_not_hear_of_them_either(served: Served) -> None:
    """Nor of alarms, which say who has called whom."""
    async with listening(served, "maid-token") as maid, listening(served, "desk-token") as desk:
        for topic in ("call", "call-record", "alarm", "line"):
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


async def heads(port: int, *requests: bytes) -> list[bytes]:
    """The head of each answer on one connection, until the server ends it; each is asked when the last was answered."""
    found: list[bytes] = []
    async with asyncio.timeout(DEADLINE_S):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for request in requests:
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            found.append(head)
            await reader.readexactly(int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0]))
            if b"Connection: close" in head:
                assert await reader.read() == b""
                break
        writer.close()
    return found


async def test_one_connection_serves_several_requests(port: int) -> None:
    ask = b"GET /api/v1/lines HTTP/1.1\r\nHost: x\r\n\r\n"
    answers = await heads(port, ask, ask, ask.replace(b"Host: x", b"Host: x\r\nConnection: close"), ask)
    assert [b"keep-alive" in answer for answer in answers] == [True, True, False]
    assert all(b" 401 " in answer for answer in answers)


async def test_who_speaks_an_older_http_is_answered_once(port: int) -> None:
    answers = await heads(port, b"GET /api/v1/lines HTTP/1.0\r\n\r\n", b"GET / HTTP/1.0\r\n\r\n")
    assert len(answers) == 1


async def test_what_nobody_has_read_of_a_body_is_not_taken_for_a_request(port: int) -> None:
    smuggled = b"GET /api/v1/openapi.json HTTP/1.1\r\nHost: x\r\n\r\n"
    body = smuggled + b" " * 40_000
    long = b"PUT /api/v1/tariffs HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % len(body)
    chunked = b"PUT /api/v1/tariffs HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
    for request in (long + body, chunked + smuggled, b"GET / HTTP/1.1\r\nContent-Length: x\r\n\r\n" + smuggled):
        assert len(await heads(port, request, smuggled)) == 1


@pytest.mark.parametrize("line", [b"X:" + b" " * 1_000 + b"\0\r\n", b"X: x" + b" \t" * 7_000 + b"x\r\n"])
async def test_space_in_a_head_holds_nobody_up(port: int, line: bytes) -> None:
    before = time.process_time()
    await answer(port, b"GET /api/v1/lines HTTP/1.1\r\n" + line + b"\r\n")
    assert time.process_time() - before < 1.0


async def test_a_request_that_breaks_off_in_its_head_is_not_done(served: Served) -> None:
    whole = b"DELETE /api/v1/calls/c1 HTTP/1.1\r\n" + BOSS
    assert await answer(served.port, whole, ends=True) == b""
    assert served.house.asked == []


async def test_an_empty_line_behind_a_body_is_no_request(port: int) -> None:
    post = b"POST /api/v1/session HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}\r\n"
    answers = await heads(port, post, b"GET / HTTP/1.1\r\n\r\n")
    assert b" 200 " in answers[1]


async def test_an_answer_that_has_no_body_says_no_length_and_the_next_one_follows(port: int) -> None:
    ask = b"GET /static/js/main.js HTTP/1.1\r\n"
    (first,) = await heads(port, ask + b"\r\n")
    tag = first.split(b"ETag: ")[1].split(b"\r\n")[0]
    async with asyncio.timeout(DEADLINE_S):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for _ in range(2):
            writer.write(ask + b"If-None-Match: " + tag + b"\r\n\r\n")
            head = await reader.readuntil(b"\r\n\r\n")
            assert b" 304 " in head and b"Content-Length" not in head and b"Connection: keep-alive" in head
        writer.close()


async def test_head_says_how_long_the_answer_would_be(port: int) -> None:
    async with asyncio.timeout(DEADLINE_S):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"HEAD /static/js/main.js HTTP/1.1\r\n\r\nGET / HTTP/1.1\r\n\r\n")
        assert b"Content-Length: 0" not in await reader.readuntil(b"\r\n\r\n")
        assert b" 200 " in await reader.readline(), "what follows is the next answer"
        writer.close()
