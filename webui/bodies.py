"""Bodies of requests: bounded by what their route takes, read in time, checked."""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Iterable
from typing import Any

from microdot import Request

from webui.faults import ApiError
from webui.route import USUAL_BYTES, Route
from webui.validation import validated

MOST_DRAINED = 16 << 20
PIECE = 64 * 1024
READ_S = 20.0
DRAIN_S = 5.0
CODING = "Transfer-Encoding"
PIECE_SIZE = re.compile(rb"([0-9A-Fa-f]{1,8})[ \t]*(?:;[^\r\n]*)?\r?\n")
"""The line before a piece. What Python takes for a number may be negative, too, which would lift the bound."""
JSON = "application/json"
_NOT = {
    JSON: "not-json", "text/csv": "not-csv", "audio/wav": "not-wav", "text/plain": "not-text",
    "application/octet-stream": "not-bytes",
}  # fmt: skip
"""The code of the refusal of what is something else."""
_ALSO = {"audio/x-wav": "audio/wav", "audio/wave": "audio/wav", "audio/vnd.wave": "audio/wav"}
"""Names under which programs and browsers send the same."""


class Bounds:
    """How many bytes a body may have where that is more than usual."""

    def __init__(self, routes: Iterable[Route], prefix: str) -> None:
        self._most = [
            (route.method, re.compile(re.sub(r"{\w+}", "[^/]+", prefix + route.path)), route.most_bytes)
            for route in routes
            if route.most_bytes > USUAL_BYTES
        ]

    def most(self, method: str, path: str) -> int | None:
        return next((most for of, pattern, most in self._most if of == method and pattern.fullmatch(path)), None)


async def body_of(request: Request, route: Route) -> Any:
    """The body as the route takes it: an object, the bytes (or pieces) of what it takes, or None. Raises ApiError."""
    if route.body is None and not route.takes:
        return None
    if route.streamed:
        _check_content_type(request, route.takes)
        return _pieces(request, route.most_bytes)
    body = await _bytes_of(request, route.most_bytes)
    if body or route.takes:
        _check_content_type(request, route.takes or JSON)
    return body if route.body is None else validated(body, route.body)


def is_taken(request: Request) -> bool:
    """Whether all of the body has been read."""
    is_whole = CODING not in request.headers and request.content_length <= Request.max_body_length
    return is_whole or getattr(request.g, "taken", False)


async def drain(request: Request) -> None:
    """Take in what nobody has read of a body (up to a bound), so that its sender comes to read the answer."""
    if is_taken(request):
        return
    left, stream = min(request.content_length or MOST_DRAINED, MOST_DRAINED), request.stream
    assert stream is not None
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(DRAIN_S):
            while left > 0 and (piece := await stream.read(min(left, 65536))):
                left -= len(piece)


async def _pieces(request: Request, most: int) -> AsyncIterator[bytes]:
    """The body as it comes, each piece in time. Raises ApiError."""
    is_chunked = _is_chunked(request)
    if not is_chunked and request.content_length <= Request.max_body_length:
        yield bytes(request.body or b"")
        return
    source = _chunks(request.stream, most) if is_chunked else _sized(request.stream, request.content_length)
    while piece := await _in_time(anext(source, b"")):
        yield piece
    request.g.taken = True


async def _bytes_of(request: Request, most: int) -> bytes:
    is_chunked = _is_chunked(request)
    if not is_chunked and request.content_length <= Request.max_body_length:
        return bytes(request.body or b"")
    stream: Any = request.stream
    waits = getattr(request.g, "waits", contextlib.nullcontext)
    with waits():
        body = await _in_time(_whole(stream, most) if is_chunked else stream.readexactly(request.content_length))
    request.g.taken = True
    return bytes(body)


async def _in_time(reading: Awaitable[bytes]) -> bytes:
    try:
        async with asyncio.timeout(READ_S):
            return await reading
    except (ValueError, asyncio.IncompleteReadError, TimeoutError):
        raise ApiError(400, "malformed", "the body ends before its end, or came too slowly") from None


async def _whole(stream: Any, most: int) -> bytes:
    return b"".join([piece async for piece in _chunks(stream, most)])


def _is_chunked(request: Request) -> bool:
    """Whether the body comes in pieces, its length not being said beforehand. Raises ApiError for other codings."""
    coding = request.headers.get(CODING)
    if coding is None:
        return False
    if coding.strip().lower() != "chunked":
        raise ApiError(501, "transfer-coding", "of transfer codings, chunked alone is understood")
    return True


async def _chunks(stream: Any, most: int) -> AsyncGenerator[bytes, None]:
    """A body in pieces (RFC 9112, 7.1). Raises ValueError and ApiError."""
    while size := _size_of(await stream.readline()):
        if (most := most - size) < 0:
            raise ApiError(413, "too-large", "the body is too large")
        async for piece in _sized(stream, size):
            yield piece
        if await stream.readline() not in (b"\r\n", b"\n"):
            raise ValueError("a piece is longer than it says")
    while (await stream.readline()).strip():
        pass  # fields behind the body say nothing to us


def _size_of(line: bytes) -> int:
    """Raises ValueError."""
    found = PIECE_SIZE.fullmatch(line)
    if found is None:
        raise ValueError("this is not the size of a piece")
    return int(found[1], 16)


async def _sized(stream: Any, left: int) -> AsyncGenerator[bytes, None]:
    """So many bytes. Raises ValueError if there are not so many to come."""
    while left > 0:
        piece = await stream.read(min(left, PIECE))
        if not piece:
            raise ValueError("the body ends before its end")
        left -= len(piece)
        yield piece


def _check_content_type(request: Request, wanted: str) -> None:
    if _content_type(request) != wanted:
        raise ApiError(415, _NOT[wanted], f"send {wanted}")


def _content_type(request: Request) -> str:
    sent = (request.content_type or "").partition(";")[0].strip().lower()
    return _ALSO.get(sent, sent)
