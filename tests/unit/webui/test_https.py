"""The pages over HTTPS, and browsers that come without it."""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import ssl
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from firmware import certificates
from tests.harness import free_port
from tests.unit.webui.fakes import House
from webui import server
from webui.app import create_app
from webui.redirect import create_redirect
from webui.server import Server

DEADLINE_S = 20
HOST = "127.0.0.1"


@pytest.fixture
def pem(tmp_path: Path) -> Path:
    path = tmp_path / "own.pem"
    path.write_bytes(certificates.make("box", ["localhost", HOST], datetime.now(UTC), trusted=True))
    return path


@pytest.fixture
async def port(pem: Path) -> AsyncIterator[int]:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(pem)
    async for port in _serve(lambda port, told: Server(create_app(House()), HOST, port, told, lambda: context)):
        yield port


async def _serve(make: object) -> AsyncIterator[int]:
    serving, port = asyncio.Event(), free_port()
    task = asyncio.create_task(make(port, lambda now: serving.set()).run())  # type: ignore[operator]
    await serving.wait()
    yield port
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def client(pem: Path) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(pem))


def asked(port: int, pem: Path, path: str) -> tuple[int, int]:
    """The status, and how many bytes came."""
    connection = http.client.HTTPSConnection(HOST, port, timeout=DEADLINE_S, context=client(pem))
    with contextlib.closing(connection):
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, len(answer.read())


async def test_the_api_is_served_whole(port: int, pem: Path) -> None:
    status, length = await asyncio.to_thread(asked, port, pem, "/api/v1/openapi.json")
    assert status == 200 and length > 100_000


async def test_who_speaks_no_tls_is_turned_away_and_others_go_on(port: int, pem: Path) -> None:
    reader, writer = await asyncio.open_connection(HOST, port)
    writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    async with asyncio.timeout(DEADLINE_S):
        assert b"HTTP/1.1 200" not in await reader.read()
    writer.close()
    assert (await asyncio.to_thread(asked, port, pem, "/api/v1/openapi.json"))[0] == 200


async def test_those_who_never_shake_hands_keep_nobody_out(
    port: int, pem: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "MOST_CONNECTIONS", 5)
    silent = [await asyncio.open_connection(HOST, port) for _ in range(8)]
    assert (await asyncio.to_thread(asked, port, pem, "/api/v1/openapi.json"))[0] == 200
    for _, writer in silent:
        writer.close()


@pytest.mark.parametrize(
    ("https_port", "host", "place"),
    [
        (443, "hotel.example", "https://hotel.example/static/a?b=c"),
        (8443, "192.0.2.7:80", "https://192.0.2.7:8443/static/a?b=c"),
    ],
)
async def test_plain_http_is_sent_on(https_port: int, host: str, place: str) -> None:
    async for port in _serve(lambda port, told: Server(create_redirect(https_port), HOST, port, told)):
        reader, writer = await asyncio.open_connection(HOST, port)
        writer.write(f"GET /static/a?b=c HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
        async with asyncio.timeout(DEADLINE_S):
            head = (await reader.read()).decode()
        assert " 308 " in head.splitlines()[0]
        assert f"Location: {place}\r\n" in head
        writer.close()


async def test_a_host_that_is_none_is_not_sent_anywhere() -> None:
    async for port in _serve(lambda port, told: Server(create_redirect(443), HOST, port, told)):
        reader, writer = await asyncio.open_connection(HOST, port)
        writer.write(b"POST /x HTTP/1.1\r\nHost: evil/@x\r\n\r\n")
        async with asyncio.timeout(DEADLINE_S):
            head = await reader.read()
        assert b" 400 " in head.split(b"\r\n")[0] and b"Location" not in head
        writer.close()
