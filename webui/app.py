"""`create_app(services)`: the API and the pages on microdot."""

from __future__ import annotations

import asyncio
import contextlib
import csv
import io
import re
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager
from functools import cache
from http import HTTPStatus
from importlib.metadata import PackageNotFoundError, version
from typing import Any
from urllib.parse import unquote

import msgspec
from microdot import Microdot, Request, Response

from firmware.errors import NightPorterError
from firmware.log import Log
from webui import enrolment, openapi, static_files
from webui.bodies import Bounds, body_of
from webui.faults import ApiError, as_api_error
from webui.gate import Gate, Standing, source_of
from webui.live import MOST_LISTENERS, Listener
from webui.query import Query, cursor_of
from webui.route import EVERYBODY, Ask, Download, Many, Route, WithCookies
from webui.routes import ROUTES, topics_of
from webui.services import NOBODY, Services
from webui.types import ErrorAnswer, Fault

API = "/api/v1"
ABOUT_ACCESS = ("/session", "/users", "/tokens")
TAKES_AWAY = frozenset({"PUT", "PATCH", "DELETE"})
"""Such a change below these may be the end of what somebody was admitted by."""
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
    "Cross-Origin-Resource-Policy": "same-origin",
}
WITHOUT_BODY = frozenset({204, 304})
"""Answers that have no Content-Length: it would be wrong (RFC 9110, 8.6)."""

log = Log("web")


class _App(Microdot):
    """Takes bodies up to the bound of their route."""

    def __init__(self, bounds: Bounds) -> None:
        super().__init__()
        self._bounds = bounds

    async def dispatch_request(self, req: Request) -> Response:
        if req:  # None stands for one that cannot be read
            req.max_content_length = self._bounds.most(req.method, req.path) or Request.max_content_length
        response: Response = await super().dispatch_request(req)
        return response


def create_app(services: Services, monotonic: Callable[[], float] = time.monotonic) -> Microdot:
    """The application. `monotonic` is the clock of the rate limits."""
    app = _App(Bounds(ROUTES, API))
    gate = Gate(services, monotonic)
    for route in ROUTES:
        pattern = API + re.sub(r"{(\w+)}", r"<\1>", route.path)
        app.route(pattern, methods=[route.method])(_endpoint(route, services, gate))
    app.get(f"{API}/events")(_events(services, gate))
    _described()  # now, as it takes so long that calls would wait
    app.get(f"{API}/openapi.json")(_guarded(_description))
    static_files.mount(app, _guarded)
    enrolment.mount(app, services, _guarded)
    for status in (400, 404, 405, 413, 500):
        app.errorhandler(status)(_plain_error(status))
    app.after_request(_finish)
    app.after_error_request(_finish)
    return app


def program_version() -> str:
    try:
        return version("nightporter")
    except PackageNotFoundError:
        return "0"


def _endpoint(route: Route, services: Services, gate: Gate) -> Callable[..., Any]:
    async def handle(request: Request, **path: str) -> Response:
        who = await gate.admit(request, route.roles) if route.roles else NOBODY
        query = Query({name: request.args[name] for name in request.args}, route.query)
        body = await body_of(request, route)
        words = {name: unquote(word) for name, word in path.items()}
        answer = await route.handler(Ask(services, who, query, words, body, source_of(request)))
        if route.method in TAKES_AWAY and route.path.startswith(ABOUT_ACCESS):
            gate.access_changed()
        if route.csv and _wants_csv(request):
            table = answer if isinstance(answer, Many) else Many(answer.items)
            return await asyncio.to_thread(_csv, table, route.csv)  # a thousand rows take so long that calls would wait
        if isinstance(answer, Download):
            return _download(answer, route)
        if route.gives:
            return Response(answer, route.status, {"Content-Type": route.gives})
        return _json(answer, route.status)

    return _guarded(handle)


def _download(answer: Download, route: Route) -> Response:
    pieces: Any = answer.pieces
    headers = {
        "Content-Type": route.gives,
        "Content-Length": str(answer.size),
        "Content-Disposition": f'attachment; filename="{answer.name}"',
    }
    return Response(pieces, route.status, headers)


def _guarded(handle: Callable[..., Any]) -> Callable[..., Any]:
    """Errors become answers; what nobody foresaw is logged, without secrets, and says nothing of itself."""

    async def safe(request: Request, **path: str) -> Response:
        try:
            answer: Response = await handle(request, **path)
        except ApiError as error:
            return error_answer(error)
        except NightPorterError as error:
            return error_answer(as_api_error(error))
        except Exception:
            shown = request.path.replace(path["secret"], "...") if "secret" in path else request.path
            log.exception("failed", method=request.method, path=shown)
            return error_answer(ApiError(500, "internal", "something went wrong inside; it is in the log"))
        return answer

    return safe


def _json(answer: Any, status: int) -> Response:
    if isinstance(answer, WithCookies):
        response = _json(answer.answer, status)
        response.headers["Set-Cookie"] = list(answer.cookies)
        return response
    if answer is None:
        return Response(b"", status)
    if isinstance(answer, Many):
        answer = {"items": answer.items, "next": cursor_of(answer.next)}
    return Response(msgspec.json.encode(answer), status, {"Content-Type": "application/json; charset=utf-8"})


def error_answer(error: ApiError) -> Response:
    """The error object of the API."""
    told = list(error.details)
    fault = Fault(code=error.code, message=str(error), field=error.field, limit=error.limit, details=told)
    answer = _json(ErrorAnswer(error=fault), error.status)
    if error.status == 401:
        answer.headers["WWW-Authenticate"] = "Bearer"
    if error.status == 429:
        answer.headers["Retry-After"] = str(error.retry_s or 1)
    return answer


def _wants_csv(request: Request) -> bool:
    """Whether `Accept` prefers a table to JSON (RFC 9110, 12.5.1)."""
    weights: dict[str, float] = {}
    for choice in request.headers.get("Accept", "").lower().split(","):
        kind, *parameters = (part.strip() for part in choice.split(";"))
        weight = next((part.removeprefix("q=") for part in parameters if part.startswith("q=")), "1")
        with contextlib.suppress(ValueError):
            weights[kind] = float(weight)
    return weights.get("text/csv", 0) > weights.get("application/json", 0)


def _csv(answer: Many, columns: tuple[str, ...]) -> Response:
    """The items as a table; the next part's cursor is in a header."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, fieldnames=columns, extrasaction="raise")
    writer.writeheader()
    writer.writerows(_flat(msgspec.to_builtins(item), columns) for item in answer.items)
    headers = {"Content-Type": "text/csv; charset=utf-8; header=present"}
    if (cursor := cursor_of(answer.next)) is not None:
        headers[openapi.NEXT_HEADER] = cursor
    return Response(text.getvalue().encode(), 200, headers)


def _flat(item: dict[str, Any], columns: tuple[str, ...]) -> dict[str, Any]:
    """An object within is so many columns, which are empty where there is none; a list of them is one cell."""
    flat: dict[str, Any] = {}
    for name, value in item.items():
        if isinstance(value, dict):
            flat |= {f"{name}_{part}": each for part, each in value.items()}
        elif isinstance(value, list):
            flat[name] = "; ".join(" ".join(str(each) for each in one.values() if each is not None) for one in value)
        elif value is not None or name in columns:
            flat[name] = str(value).lower() if isinstance(value, bool) else value
    return flat


def _events(services: Services, gate: Gate) -> Callable[..., Any]:
    async def handle(request: Request) -> Response:
        who = await gate.admit(request, EVERYBODY)
        if services.hub.listeners >= MOST_LISTENERS:
            raise ApiError(503, "too-many-listeners", f"{MOST_LISTENERS} listen already")
        last = request.headers.get("Last-Event-ID", "")
        seen = int(last) if last.isascii() and last.isdigit() and len(last) < 18 else (0 if last else None)
        listening = services.hub.listen(seen, topics_of(who.role), f"{who.through} {who.name}")
        stream: Any = _stream(listening, gate.standing(request, who))
        return Response(stream, 200, {"Content-Type": "text/event-stream; charset=utf-8"})

    return _guarded(handle)


async def _stream(listening: AbstractContextManager[Listener], stands: Standing) -> AsyncIterator[bytes]:
    """Until the listener goes, or his token is revoked, or his session ends."""
    with listening as listener:
        yield b": the events begin\n\n"
        async for message in listener.messages():
            if not await stands():
                return
            yield message


async def _description(request: Request) -> Response:
    return _json(_described(), 200)


@cache
def _described() -> dict[str, Any]:
    return openapi.document(ROUTES, program_version())


def _plain_error(status: int) -> Callable[..., Any]:
    """What microdot finds by itself: no such route, wrong method, too large, malformed."""
    code, text = {
        400: ("malformed", "this is not a request that can be read"),
        404: ("not-found", "there is nothing at this address"),
        405: ("method-not-allowed", "this address does not take this method"),
        413: ("too-large", "the body is too large"),
    }.get(status, ("internal", "something went wrong inside; it is in the log"))

    async def answer(request: Request | None, *_: object) -> Response:
        refusal = error_answer(ApiError(status, code, text))
        if status == 405 and request is not None:
            refusal.headers["Allow"] = request.app.default_options_handler(request)["Allow"]
        return refusal

    return answer


async def _finish(request: Request | None, response: Response) -> Response:
    for name, value in HEADERS.items():
        if name not in response.headers:
            response.headers[name] = value
    response.reason = HTTPStatus(response.status_code).phrase
    if response.status_code in WITHOUT_BODY:
        response.body = None  # type: ignore[assignment]  # so that no length is said
    elif isinstance(response.body, bytes):
        response.headers["Content-Length"] = str(len(response.body))
    return response
