"""Whether an answer is one that the OpenAPI document describes: its status, its kind, its object."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from webui import openapi
from webui.routes import ROUTES

DOCUMENT: dict[str, Any] = json.loads(json.dumps(openapi.document(ROUTES, "0")))
_PATTERNS = {re.compile(re.sub(r"{\w+}", "[^/]+", path)): entry for path, entry in DOCUMENT["paths"].items()}
STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}[+-]\d\d:\d\d")
_KNOWN = {
    "title", "description", "default", "format", "discriminator", "type", "minimum", "maximum", "minLength",
    "maxLength", "pattern", "minItems", "maxItems", "additionalProperties", "required", "properties", "items", "enum",
}  # fmt: skip
_TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,), "array": (list,), "string": (str,), "boolean": (bool,), "null": (type(None),),
    "integer": (int,), "number": (int, float),
}  # fmt: skip


def check(method: str, path: str, status: int, headers: Mapping[str, Any], body: Any) -> None:
    """`body`: what its JSON says. AssertionError: programs that have read the document would be surprised."""
    operation = _operation(method, path)
    if operation is None:
        assert status in (404, 405, 413), f"{method} {path} is not described, and was answered {status}"
        return
    what = f"{method} {path}: {status}"
    assert str(status) in operation["responses"] or status == 413, f"{what} is not described"
    described = operation["responses"].get(str(status), operation["responses"]["500"]).get("content", {})
    kind = str(headers.get("Content-Type", "")).partition(";")[0]
    if not described:
        assert body is None, f"{what} has a body"
        return
    assert kind in described, f"{what} is {kind}"
    if kind == "application/json":
        conform(body, described[kind]["schema"], what)


def check_request(method: str, path: str, body: Any) -> None:
    """A body that was taken. AssertionError: the document does not say that it may be sent."""
    if (wanted := _operation(method, path).get("requestBody")) is not None:
        conform(body, wanted["content"]["application/json"]["schema"], f"the body of {method} {path}")


def conform(value: Any, schema: Any, place: str) -> None:
    """Validate as JSON Schema says, and more strictly: objects have no members beyond those that are described."""
    if "$ref" in schema:
        conform(value, DOCUMENT["components"]["schemas"][schema["$ref"].rpartition("/")[2]], place)
    elif "anyOf" in schema:
        _any_of(value, schema["anyOf"], place)
    else:
        _plain(value, schema, place)


def _plain(value: Any, schema: Any, place: str) -> None:
    assert set(schema) <= _KNOWN, f"{place}: this checks no {set(schema) - _KNOWN}"
    kinds = [schema["type"]] if isinstance(schema.get("type"), str) else schema.get("type", list(_TYPES))
    fits = any(isinstance(value, _TYPES[kind]) and (isinstance(value, bool) <= (kind == "boolean")) for kind in kinds)
    assert fits, f"{place} is no {kinds}: {value!r}"
    assert value in schema.get("enum", [value]), f"{place} is not among {schema['enum']}: {value!r}"
    if isinstance(value, dict):
        _members(value, schema, place)
    elif isinstance(value, list):
        for number, item in enumerate(value):
            conform(item, schema.get("items", {}), f"{place}[{number}]")
    elif isinstance(value, str):
        assert re.search(schema.get("pattern", ""), value), f"{place}: {value!r}"
        assert schema.get("format") != "date-time" or STAMP.fullmatch(value), f"{place}: {value}"


def _members(value: dict[str, Any], schema: Any, place: str) -> None:
    missing = set(schema.get("required", ())) - set(value)
    assert not missing, f"{place} has no {missing}"
    properties, others = schema.get("properties", {}), schema.get("additionalProperties", "properties" not in schema)
    for name, member in value.items():
        assert name in properties or others is not False, f"{place} has a {name}"
        conform(member, properties.get(name, others if isinstance(others, dict) else {}), f"{place}.{name}")


def _any_of(value: Any, schemas: list[Any], place: str) -> None:
    faults: list[str] = []
    for schema in schemas:
        try:
            conform(value, schema, place)
        except AssertionError as error:
            faults.append(str(error))
    assert len(faults) < len(schemas), " and ".join(faults)


def _operation(method: str, path: str) -> Any:
    """That of the document; a literal path goes before one with places in it."""
    exact = DOCUMENT["paths"].get(path)
    entry = exact or next((entry for pattern, entry in _PATTERNS.items() if pattern.fullmatch(path)), {})
    return entry.get(method.lower())
