"""The OpenAPI 3.1 document, drawn from the table of routes and the types that validate."""

from __future__ import annotations

import re
from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

import msgspec

from webui import types
from webui.gate import CHANGES_NOTHING, CSRF_HEADER, SESSION_COOKIE
from webui.query import MOST, USUAL
from webui.route import Route
from webui.routes import TOPICS

REFERENCE = "#/components/schemas/{name}"
EVENTS = {
    "summary": f"Server-sent events: {', '.join(TOPICS)}; data is the GET object",
    "operationId": "events",
    "description": "Ids rise. `Last-Event-ID` resumes, or the first event is `reset`: fetch everything anew. "
    "A role hears of what it may GET.",
    "parameters": [{"name": "Last-Event-ID", "in": "header", "schema": {"type": "string"}}],
}
STREAM = {"description": "A stream", "content": {"text/event-stream": {"schema": {"type": "string"}}}}
ALWAYS = (401, 403, 422, 429, 500, 503)
WITH_BODY = (400, 413, 415, 501)
NEXT_HEADER = "X-Next-Cursor"
SCHEMES = {
    "token": {"type": "http", "scheme": "bearer"},
    "session": {"type": "apiKey", "in": "cookie", "name": SESSION_COOKIE},
    "csrf": {"type": "apiKey", "in": "header", "name": CSRF_HEADER},
}
QUERY_SCHEMAS: dict[str, dict[str, Any]] = {
    "limit": {"type": "integer", "minimum": 1, "maximum": MOST, "default": USUAL},
    "all": {"type": "boolean", "default": False},
    "internal": {"type": "boolean", "default": False},
}
"""Of the parameters that are no texts."""


def document(routes: Iterable[Route], version: str) -> dict[str, Any]:
    """The document as plain values."""
    routes = tuple(routes)
    wanted: list[Any] = [types.ErrorAnswer]
    for route in routes:
        wanted += [kind for kind in (route.answer, route.body) if kind is not None and kind not in wanted]
    schemas, components = msgspec.json.schema_components(wanted, ref_template=REFERENCE)
    references = dict(zip(wanted, schemas, strict=True))
    paths: dict[str, dict[str, Any]] = {}
    for route in routes:
        paths.setdefault(f"/api/v1{route.path}", {})[route.method.lower()] = _operation(route, references)
    paths["/api/v1/events"] = {"get": EVENTS | {"responses": {"200": STREAM, **_refusals(ALWAYS, references)}}}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Night Porter", "version": version, "description": "The front desk's API."},
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": SCHEMES,
        },
        "security": [{"token": []}, {"session": []}],
    }


def _operation(route: Route, references: dict[Any, Any]) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "summary": route.summary,
        "operationId": route.handler.__name__,
        "description": f"For the roles {', '.join(sorted(route.roles))}." if route.roles else "For anybody.",
        "parameters": _parameters(route),
        "responses": {str(route.status): _answer(route, references)},
    }
    if not route.roles:
        operation["security"] = []
    elif route.method not in CHANGES_NOTHING:
        operation["security"] = [{"token": []}, {"session": [], "csrf": []}]
    if route.body is not None:
        schema = references[route.body]
        operation["requestBody"] = {"required": True, "content": {"application/json": {"schema": schema}}}
    if route.takes:
        operation["requestBody"] = {"required": True, "content": {route.takes: {"schema": _raw(route.takes)}}}
    of_body = WITH_BODY if "requestBody" in operation else ()
    operation["responses"] |= _refusals((*of_body, *ALWAYS, *route.refusals), references)
    return operation


def _refusals(statuses: Iterable[int], references: dict[Any, Any]) -> dict[str, Any]:
    content = {"application/json": {"schema": references[types.ErrorAnswer]}}
    return {
        str(status): {"description": HTTPStatus(status).phrase, "content": content} for status in sorted(set(statuses))
    }


def _parameters(route: Route) -> list[dict[str, Any]]:
    text = {"type": "string"}
    found: list[dict[str, Any]] = [
        {"name": name, "in": "path", "required": True, "schema": text} for name in re.findall(r"{(\w+)}", route.path)
    ]
    found += [
        {"name": name, "in": "query", "description": what, "schema": QUERY_SCHEMAS.get(name, text)}
        for name, what in route.query.items()
    ]
    return found


def _answer(route: Route, references: dict[Any, Any]) -> dict[str, Any]:
    answer: dict[str, Any] = {"description": HTTPStatus(route.status).phrase}
    if route.gives:
        answer["content"] = {route.gives: {"schema": _raw(route.gives)}}
    if route.answer is None:
        return answer
    schema = references[route.answer]
    if route.listed:
        properties = {"items": {"type": "array", "items": schema}, "next": {"type": ["string", "null"]}}
        schema = {"type": "object", "properties": properties, "required": ["items", "next"]}
    answer["content"] = {"application/json": {"schema": schema}}
    if route.csv:
        answer["content"]["text/csv"] = {"schema": {"type": "string"}}
        answer["headers"] = {NEXT_HEADER: {"description": "`next` of a table", "schema": {"type": "string"}}}
    return answer


def _raw(media: str) -> dict[str, Any]:
    """Text is a string; of anything else, the media type says all (OpenAPI 3.1, 4.8.14.2)."""
    return {"type": "string"} if media.startswith("text/") else {}
