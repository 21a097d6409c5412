"""The OpenAPI document: it is one, it has what programs were promised, and answers are held against it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.unit.webui.described import DOCUMENT, check, conform

SCHEMAS = DOCUMENT["components"]["schemas"]
GUEST = {
    "id", "name", "first_name", "language", "vip", "reservation", "arrival", "departure", "deposit", "deposit_left",
}  # fmt: skip
PROMISED: dict[str, set[str]] = {
    "Room": {
        "room", "floor", "extensions", "occupancy", "guests", "housekeeping", "dnd", "message_lamp", "class",
        "next_wakeup", "line_state",
    },
    "Guest": GUEST,
    "MessageLamp": {"lit", "reasons"},
    "Call": {"id", "state", "from", "to", "trunk", "started", "answered", "emergency"},
    "CallRecord": {
        "id", "call", "direction", "from", "to", "room", "trunk", "dialled", "started", "answered", "ended",
        "talk_seconds", "answered_by", "cause", "end", "complete", "emergency", "charge", "unpriced",
    },
    "Money": {"amount", "currency"},
    "Line": {"port", "kind", "state", "extension", "fault"},
    "Link": {"name", "protocol", "state", "since", "why", "why_detail", "counters", "outbox"},
    "Counters": {"received", "sent", "refused"},
    "Alarm": {"id", "kind", "subject", "text", "facts", "raised", "cleared", "acknowledged"},
    "Acknowledgement": {"by", "at"},
    "Fault": {"code", "message", "field", "limit", "details"},
    "Detail": {"code", "text", "facts", "line", "column"},
    "Health": {"ready", "processes", "services", "clock", "voice", "loop_lag_ms"},
    "Wakeup": {
        "id", "room", "guest", "at", "due", "repeat", "until", "vip", "state", "attempts", "ordered",
    },
    "WakeupAttempt": {"started", "ended", "outcome"},
    "Ordered": {"by", "through", "at"},
    "LoggedIn": {"csrf"},
}  # fmt: skip
"""The members of objects that programs rely on."""
TAKEN: dict[str, set[str]] = {
    "CheckIn": {"name", "first_name", "language", "vip", "reservation", "departure", "class", "deposit", "share"},
    "CheckOut": {"guest"},
    "Move": {"to", "guest"},
    "Swap": {"with"},
    "RoomChange": {"dnd", "message_lamp", "housekeeping", "class"},
    "NewCall": {"from", "to"},
    "NewWakeup": {"room", "rooms", "at", "repeat", "until", "vip"},
    "WakeupOutcome": {"outcome"},
    "Login": {"name", "password", "code"},
}
"""The members of requests."""
CALLS = (
    "GET /rooms", "GET /rooms/{room}", "POST /rooms/{room}/check-in", "POST /rooms/{room}/check-out",
    "POST /rooms/{room}/move", "POST /rooms/{room}/swap", "PATCH /rooms/{room}", "PUT /tariffs", "GET /tariffs",
    "GET /charges", "POST /charges/{id}/settle", "GET /calls", "POST /calls", "DELETE /calls/{id}",
    "GET /call-records", "GET /lines", "GET /links", "POST /links/{name}/resync", "GET /health", "GET /alarms",
    "POST /alarms/{id}/acknowledge", "GET /events", "GET /audit", "POST /session", "DELETE /session",
    "POST /wakeups", "GET /wakeups", "GET /wakeups/{id}", "DELETE /wakeups/{id}", "POST /wakeups/{id}/outcome",
    "GET /wakeups/plan",
)  # fmt: skip
ALARM = {
    "id": 7, "kind": "line-dead", "subject": "fxs/3", "text": "no current", "facts": {}, "cleared": None,
    "acknowledged": None, "raised": "2026-11-22T07:00:00.000+01:00",
}  # fmt: skip


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, entry in DOCUMENT["paths"].items():
        for method, operation in entry.items():
            yield method, path, operation


def references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        yield from [value["$ref"]] if "$ref" in value else []
        for member in value.values():
            yield from references(member)
    elif isinstance(value, list):
        for item in value:
            yield from references(item)


def test_the_document_can_be_used_by_generators_of_clients() -> None:
    assert DOCUMENT["openapi"].startswith("3.1")
    names = [operation["operationId"] for _, _, operation in operations()]
    assert sorted(names) == sorted(set(names)), "each is the name of a function there"
    for method, path, operation in operations():
        placed = {each["name"] for each in operation["parameters"] if each["in"] == "path"}
        assert placed == set(re.findall(r"{(\w+)}", path)), f"{method} {path}"
        assert any(status.startswith("2") for status in operation["responses"]), f"{method} {path}"
    for reference in references(DOCUMENT):
        assert reference.removeprefix("#/components/schemas/") in SCHEMAS
    schemes = DOCUMENT["components"]["securitySchemes"]
    for _, _, operation in operations():
        for each in operation.get("security", DOCUMENT["security"]):
            assert set(each) <= set(schemes)


@pytest.mark.parametrize("call", CALLS)
def test_the_calls_that_were_promised_are_there(call: str) -> None:
    method, path = call.split()
    assert method.lower() in DOCUMENT["paths"][f"/api/v1{path}"]


@pytest.mark.parametrize("name", PROMISED)
def test_objects_always_have_what_was_promised(name: str) -> None:
    properties = SCHEMAS[name]["properties"]
    assert set(properties) >= PROMISED[name]


@pytest.mark.parametrize("name", TAKEN)
def test_requests_may_have_what_was_promised(name: str) -> None:
    assert set(SCHEMAS[name]["properties"]) >= TAKEN[name]
    assert SCHEMAS[name]["additionalProperties"] is False, "what is not known is refused"


@pytest.mark.parametrize(
    "path", ["/rooms", "/wakeups", "/call-records", "/charges", "/links", "/alarms", "/audit", "/lines"]
)
def test_lists_come_in_parts(path: str) -> None:
    operation = DOCUMENT["paths"][f"/api/v1{path}"]["get"]
    assert {"limit", "cursor"} <= {parameter["name"] for parameter in operation["parameters"]}
    answer = operation["responses"]["200"]["content"]["application/json"]["schema"]
    assert set(answer["required"]) == {"items", "next"}


class TestTheCheck:
    """Held against answers that are not as described, it fails."""

    def answer(self, status: int = 200, kind: str = "application/json; charset=utf-8", **changes: Any) -> None:
        body = {key: value for key, value in {**ALARM, **changes}.items() if value is not ...}
        check("POST", "/api/v1/alarms/7/acknowledge", status, {"Content-Type": kind}, body)

    def test_what_is_as_described_passes(self) -> None:
        self.answer()
        self.answer(acknowledged={"by": "anna", "at": ALARM["raised"]})

    @pytest.mark.parametrize(
        ("changes", "words"),
        [
            ({"status": 418}, "is not described"), ({"status": 201}, "is not described"), ({"kind": "text/csv"}, "csv"),
            ({"id": "7"}, r"\.id is no"), ({"id": True}, r"\.id is no"), ({"subject": ...}, "has no {'subject'}"),
            ({"colour": "red"}, "has a colour"), ({"raised": "2026-11-22T07:00:00+01:00"}, r"\.raised"),
            ({"acknowledged": {"by": "anna"}}, "has no {'at'}"),
        ],
    )  # fmt: skip
    def test_what_is_not_fails(self, changes: dict[str, Any], words: str) -> None:
        with pytest.raises(AssertionError, match=words):
            self.answer(**changes)

    def test_words_of_a_list_and_shapes_of_texts(self) -> None:
        with pytest.raises(AssertionError, match="not among"):
            conform("purple", SCHEMAS["RoomChange"]["properties"]["housekeeping"], "status")
        with pytest.raises(AssertionError, match="five"):
            conform({"from": "101", "to": "five"}, SCHEMAS["NewCall"], "call")

    def test_an_address_that_is_not_described_may_only_be_refused(self) -> None:
        check("GET", "/api/v1/nothing", 404, {}, None)
        with pytest.raises(AssertionError, match="not described"):
            check("GET", "/api/v1/nothing", 200, {}, None)
