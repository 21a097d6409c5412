"""Bodies of requests: bounded by what their route takes, read in time, checked."""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
from microdot import Request

from webui.faults import ApiError
from webui.route import Route
from webui.types import PATTERNS

MOST_TABLE_BYTES = 4 << 20
MOST_DRAINED = MOST_TABLE_BYTES
READ_S = 20.0
DRAIN_S = 5.0


def bounds(routes: Iterable[Route], prefix: str) -> Mapping[tuple[str, str], int]:
    """How many bytes a body may have, by method and path, where that is more than usual."""
    return {(route.method, prefix + route.path): MOST_TABLE_BYTES for route in routes if route.takes_csv}


async def body_of(request: Request, route: Route) -> Any:
    """The body as the route takes it: an object, the bytes of a table, or None. Raises ApiError."""
    if route.takes_csv:
        return await _table(request)
    return None if route.body is None else _object(request, route.body)


async def drain(request: Request) -> None:
    """Read a body that nobody has read (up to a bound), so that its sender comes to read the answer."""
    if request.content_length <= Request.max_body_length or getattr(request.g, "taken", False):
        return
    left, stream = min(request.content_length, MOST_DRAINED), request.stream
    assert stream is not None
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(DRAIN_S):
            while left > 0 and (piece := await stream.read(min(left, 65536))):
                left -= len(piece)


async def _table(request: Request) -> bytes:
    if _content_type(request) != "text/csv":
        raise ApiError(415, "not-csv", "send text/csv")
    if request.content_length <= Request.max_body_length:
        return bytes(request.body or b"")
    request.g.taken, stream = True, request.stream
    assert stream is not None
    try:
        async with asyncio.timeout(READ_S):
            return bytes(await stream.readexactly(request.content_length))
    except (asyncio.IncompleteReadError, TimeoutError):
        raise ApiError(400, "malformed", "the body is shorter than its Content-Length, or came too slowly") from None


def _object(request: Request, kind: type[msgspec.Struct]) -> msgspec.Struct:
    """No body at all stands for an object without members."""
    if request.content_length and _content_type(request) != "application/json":
        raise ApiError(415, "not-json", "send application/json")
    try:
        return msgspec.json.decode(request.body or b"{}", type=kind)
    except msgspec.ValidationError as error:
        text = str(error)
        place = re.search(r" - at (?:`key` in )?`\$\.?([^`]*)`$", text)
        missing = re.search(r"(?:required|unknown) field `([^`]*)`", text)
        field = ".".join(filter(None, (place[1] if place else "", missing[1] if missing else ""))) or None
        raise ApiError(422, "bad-value", _in_words(text.partition(" - at ")[0]), field) from None
    except msgspec.DecodeError as error:
        raise ApiError(400, "not-json", f"the body is not JSON: {error}") from None


def _content_type(request: Request) -> str:
    return (request.content_type or "").partition(";")[0].strip().lower()


def _in_words(text: str) -> str:
    """The same with what a pattern stands for, instead of the pattern."""
    for pattern, meaning in PATTERNS.items():
        text = text.replace(f"matching regex {pattern!r}", f"of {meaning}")
    return text
