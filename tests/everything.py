"""All that the API tells of a hotel, by the table of its routes: what is new in it is compared by itself."""

from __future__ import annotations

import http.client
import json
import re
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from tests.clients import Answer, Http, Json, RequestError
from webui.route import Route
from webui.routes import ROUTES

OF_THE_BOX = {
    "/lines": "whether each is in service",
    "/calls": "what stands at this moment",
    "/links": "whether each is connected",
    "/links/{name}/trace": "what went over the wire lately",
    "/record-outputs": "whether each is connected",
    "/health": "processes and the clock",
    "/system": "storage, memory and time",
    "/session": "who asks",
    "/session/mine": "who asks",
    "/sessions": "everybody logs in again",
    "/backups": "those of this box",
    "/backups/state": "what is next, and what is in the USB socket",
    "/backups/{name}": "those of this box",
    "/system/certificate": "plain HTTP here",
    "/wakeups/plan": "of the coming hours",
}
"""What is no part of the hotel, and is in no backup."""
OWN_PLACES = {
    "/settings/extensions/{number}": ("/rooms", "extensions"),
    "/lines/{port}/tests": ("/line-tests", "port"),
}
"""Where the values of a path's variable are listed, if it is not the path before it."""
ONLY = {"/prompts/{language}/{name}": ("source", "site")}
"""Of these alone; all others are made of the same texts everywhere."""
PACE_S = 0.0205
"""A program may ask fifty times a second."""
VOLATILE = {"line_state", "used", "running"}
"""Members that say how something is at this moment, or when it was last used."""


class _Asking:
    """Asks one thing after the other over one connection, as fast as is allowed."""

    def __init__(self, api: Http) -> None:
        self._connection = http.client.HTTPConnection(api._host, api._port, timeout=60)
        self._headers = api._headers
        self._next = 0.0

    def raw(self, path: str) -> Answer:
        time.sleep(max(0.0, self._next - time.monotonic()))
        self._next = time.monotonic() + PACE_S
        self._connection.request("GET", f"/api/v1{path}", headers=self._headers)
        response = self._connection.getresponse()
        answer = Answer(response.status, response.read(), dict(response.getheaders()))
        if answer.status != 200:
            raise RequestError(f"GET {path}", answer)
        return answer

    def get(self, path: str, query: dict[str, str]) -> Json:
        return self.raw(f"{path}?{urlencode(query)}").json

    def close(self) -> None:
        self._connection.close()


def everything(api: Http, until: str) -> dict[str, Json]:
    """Path to what GET answers there, of every route whose subject is the hotel; lists with all their parts.

    Reports are of the month before `until`, an instant in ISO 8601 with Z.
    """
    with closing(_Asking(api)) as asking:
        found = {route.path: _get(asking, route, route.path, until) for route in ROUTES if _names_things(route)}
        for route in sorted(_routes(), key=lambda route: route.path.count("{")):
            for path in _paths(route.path.replace("{kind}/{number}", "{port}"), found):
                found[path] = _get(asking, route, path, until)
    return {path: _steady(answer) for path, answer in found.items() if path not in OF_THE_BOX}


def _names_things(route: Route) -> bool:
    """A list of what is of the box itself, with things of the hotel's below it."""
    is_above = any(other.path.startswith(f"{route.path}/{{") for other in _routes())
    return route.method == "GET" and route.listed and route.path in OF_THE_BOX and is_above


def _routes() -> list[Route]:
    return [route for route in ROUTES if route.method == "GET" and route.path not in OF_THE_BOX]


def _paths(pattern: str, found: dict[str, Json]) -> Iterator[str]:
    """The pattern with each thing that its list has. AssertionError: nobody has said where that list is."""
    if "{" not in pattern:
        yield pattern
        return
    before, first, rest = re.match(r"(.*?)/{(\w+)}(.*)", pattern).groups()  # type: ignore[union-attr]
    place, member = OWN_PLACES.get(pattern, (before, first))
    listed = found.get(place)
    listed = listed["items"] if isinstance(listed, dict) else listed
    assert isinstance(listed, list), f"{pattern}: where are its values listed? see OWN_PLACES"
    key, wanted = ONLY.get(pattern, ("", None))
    for item in (item for item in listed if not key or item[key] == wanted):
        for value in _values(item, member):
            more = re.match(r"/{(\w+)}(.*)", rest)
            if more is not None:  # two in a row, both of the same thing
                yield f"{before}/{value}/{item[more[1]]}{more[2]}"
            else:
                yield from _paths(f"{before}/{value}{rest}", found)


def _values(item: dict[str, Any], member: str) -> list[str]:
    value = item.get(member, item.get("id"))
    assert value is not None, f"no {member} in {sorted(item)}"
    return [str(each) for each in value] if isinstance(value, list) else [str(value)]


def _get(asking: _Asking, route: Route, path: str, until: str) -> Json:
    query = {"all": "true"} if "all" in route.query else {}
    if {"from", "to"} <= set(route.query) and not route.listed:
        query |= {"from": f"{datetime.fromisoformat(until) - timedelta(days=30):%Y-%m-%dT%H:%M:%SZ}", "to": until}
    if route.gives:
        return asking.raw(path).body
    if not route.listed:
        return asking.get(path, query)
    items: list[Json] = []
    while True:
        part = asking.get(path, query)
        items += part["items"]
        if part["next"] is None:
            return items
        query["cursor"] = part["next"]


def _steady(answer: Json) -> Json:
    if isinstance(answer, list):
        return [_steady(each) for each in answer]
    if isinstance(answer, dict):
        is_made_here = answer.get("source") == "product"  # a prompt, which is made in its turn
        volatile = VOLATILE | {"seconds"} if is_made_here else VOLATILE
        return {key: _steady(value) for key, value in answer.items() if key not in volatile}
    return answer


def differences(before: dict[str, Json], after: dict[str, Json]) -> dict[str, str]:
    """Path to how it differs, in short."""
    return {
        path: f"{_short(before.get(path))} is now {_short(after.get(path))}"
        for path in sorted({*before, *after})
        if before.get(path) != after.get(path)
    }


def _short(answer: Json) -> str:
    return repr(answer)[:600] if isinstance(answer, bytes) else json.dumps(answer)[:600]
