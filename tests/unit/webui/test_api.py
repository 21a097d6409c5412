"""The front desk's API as a program sees it."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import pytest
from microdot.test_client import TestClient
from microdot.test_client import TestResponse as Answer

from tests.unit.webui.fakes import CALL, ZONE, House
from webui.app import create_app
from webui.types import ExchangeSettings, RoomChange


class Program:
    """A client with a token; the clock of the rate limit stands still until moved."""

    def __init__(self) -> None:
        self.house = House()
        self.now = 0.0
        self.client = TestClient(create_app(self.house, lambda: self.now))

    async def ask(
        self, method: str, path: str, body: Any = None, token: str | None = "boss-token", **headers: str
    ) -> Answer:
        self.now += 1.0
        sent = dict(headers)
        if token is not None:
            sent["Authorization"] = f"Bearer {token}"
        if body is not None and "Content-Type" not in sent:
            sent["Content-Type"] = "application/json"
        raw = json.dumps(body).encode() if isinstance(body, dict | list) else body
        return await self.client.request(method, f"/api/v1{path}", headers=sent, body=raw)


@pytest.fixture
def program() -> Program:
    return Program()


def fault(answer: Answer) -> tuple[int, str, str | None]:
    assert set(answer.json) == {"error"}
    return answer.status_code, answer.json["error"]["code"], answer.json["error"]["field"]


async def test_without_a_token_nothing_is_told(program: Program) -> None:
    for headers in (
        {},
        {"Authorization": "Basic eDp5"},
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer wrong"},
    ):
        answer = await program.ask("GET", "/lines", token=None, **headers)
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"] == "Bearer"


async def test_roles(program: Program) -> None:
    assert (await program.ask("GET", "/lines", token="maid-token")).status_code == 200
    assert fault(await program.ask("GET", "/calls", token="maid-token"))[:2] == (403, "not-allowed")
    assert fault(await program.ask("GET", "/alarms", token="maid-token"))[:2] == (403, "not-allowed")
    assert fault(await program.ask("GET", "/audit", token="desk-token"))[:2] == (403, "not-allowed")
    assert (await program.ask("GET", "/audit", token="tech-token")).status_code == 200


async def test_fifty_requests_a_second_for_each_token(program: Program) -> None:
    app = create_app(program.house, lambda: program.now)
    client = TestClient(app)
    headers = {"Authorization": "Bearer boss-token"}
    statuses = [(await client.get("/api/v1/lines", headers=dict(headers))).status_code for _ in range(60)]
    assert statuses.count(200) == 50 and statuses[-1] == 429
    other = await client.get("/api/v1/lines", headers={"Authorization": "Bearer desk-token"})
    assert other.status_code == 200
    program.now += 0.5
    assert (await client.get("/api/v1/lines", headers=dict(headers))).status_code == 200


async def test_a_flood_of_wrong_tokens_is_stopped_before_the_store_and_told_once_a_minute(
    program: Program, caplog: pytest.LogCaptureFixture
) -> None:
    client = TestClient(create_app(program.house, lambda: program.now))

    async def ask(token: str) -> int:
        return (await client.get("/api/v1/lines", headers={"Authorization": f"Bearer {token}"})).status_code

    assert await ask("desk-token") == 200
    statuses = [await ask(f"wrong-{number}") for number in range(40)]
    assert statuses == [401] * 10 + [429] * 30
    assert program.house.looked_up == 11
    assert await ask("desk-token") == 200, "who was here before is not shut out"
    assert await ask("maid-token") == 429, "who is new waits"
    program.now += 0.1
    assert await ask("maid-token") == 200
    assert await ask("wrong") == 401, "a good token costs nothing"
    assert len(caplog.records) == 1
    program.now += 60
    assert await ask("wrong") == 401
    assert [record.message for record in caplog.records][1:] == ["wrong-tokens count=42 last_from=127.0.0.1"]


async def test_a_revoked_token_is_wrong_at_once(program: Program) -> None:
    assert (await program.ask("GET", "/lines", token="desk-token")).status_code == 200
    del program.house.roles["desk-token"]
    assert fault(await program.ask("GET", "/lines", token="desk-token"))[:2] == (401, "bad-token")


async def test_lists_come_in_parts(program: Program) -> None:
    first = (await program.ask("GET", "/lines?limit=2")).json
    second = (await program.ask("GET", f"/lines?limit=2&cursor={first['next']}")).json
    third = (await program.ask("GET", f"/lines?limit=2&cursor={second['next']}")).json
    ports = [line["port"] for part in (first, second, third) for line in part["items"]]
    assert ports == [f"fxs/{n}" for n in range(1, 6)]
    assert third["next"] is None


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "limit"),
        ("limit=1001", "limit"),
        ("limit=x", "limit"),
        ("cursor=zz", "cursor"),
        ("colour=1", "colour"),
        ("from=yesterday", "from"),
    ],
)
async def test_a_bad_query_names_its_parameter(program: Program, query: str, field: str) -> None:
    status, _, named = fault(await program.ask("GET", f"/call-records?{query}"))
    assert (status, named) == (422, field)


async def test_a_parameter_that_is_not_known_is_refused_everywhere(program: Program) -> None:
    for path in ("/lines", "/rooms/101", "/session", "/settings/exchange"):
        assert fault(await program.ask("GET", f"{path}?colour=1")) == (422, "unknown-parameter", "colour")


async def test_call_objects(program: Program) -> None:
    (call,) = (await program.ask("GET", "/calls")).json["items"]
    assert set(call) == {"id", "state", "from", "to", "trunk", "started", "answered", "emergency"}
    assert set(call["from"]) == {"port", "extension", "room", "number", "name"}


async def test_click_to_dial(program: Program) -> None:
    answer = await program.ask("POST", "/calls", {"from": "101", "to": "102"})
    assert (answer.status_code, answer.json["id"]) == (201, CALL.id)
    assert program.house.asked == [("dial", "101", "102", "boss")]


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({"from": "101"}, 422, "to"),
        ({"from": "101", "to": 5}, 422, "to"),
        ({"from": "101", "to": "five"}, 422, "to"),
        ({"from": "101", "to": "102\n"}, 422, "to"),
        ({"from": "101", "to": "102", "loud": True}, 422, "loud"),
        ({"from": "555", "to": "102"}, 422, "from"),
        ([], 422, None),
        (b"{", 400, None),
    ],
)
async def test_a_bad_body_changes_nothing(program: Program, body: Any, status: int, field: str | None) -> None:
    found = fault(await program.ask("POST", "/calls", body))
    assert (found[0], found[2]) == (status, field)
    assert program.house.asked == []


async def test_a_text_of_the_wrong_shape_is_answered_in_words(program: Program) -> None:
    answer = await program.ask("POST", "/calls", {"from": "101", "to": "five"})
    assert answer.json["error"]["message"] == "Expected `str` of digits, * and #"


async def test_other_than_json_is_refused(program: Program) -> None:
    answer = await program.ask("POST", "/calls", b"from=101", **{"Content-Type": "application/x-www-form-urlencoded"})
    assert fault(answer)[0] == 415


async def test_what_is_not_there_now_is_503(program: Program) -> None:
    program.house.voice_there = program.house.store_there = False
    assert fault(await program.ask("POST", "/calls", {"from": "101", "to": "102"}))[:2] == (503, "unavailable")
    assert fault(await program.ask("GET", "/call-records"))[:2] == (503, "unavailable")


async def test_unknown_things_are_404(program: Program) -> None:
    assert fault(await program.ask("DELETE", "/calls/zz"))[0] == 404
    assert fault(await program.ask("POST", "/alarms/8/acknowledge"))[0] == 404
    assert fault(await program.ask("POST", "/alarms/x/acknowledge"))[0] == 404
    assert fault(await program.ask("GET", "/nothing"))[0] == 404
    refused = await program.ask("PUT", "/calls")
    assert fault(refused)[0] == 405
    assert {"GET", "POST"} <= set(refused.headers["Allow"].split(", "))


async def test_clearing_a_call_and_returning_a_line_answer_nothing(program: Program) -> None:
    assert (await program.ask("DELETE", "/calls/c1")).status_code == 204
    assert (await program.ask("POST", "/lines/fxs/3/return-to-service")).status_code == 204
    assert program.house.asked == [("clear", "c1"), ("return", "fxs/3")]


async def test_a_bug_inside_tells_nothing_of_itself(program: Program) -> None:
    answer = await program.ask("GET", "/health")
    assert fault(answer)[:2] == (500, "internal")
    assert "ZeroDivision" not in answer.text and "a bug" not in answer.text


async def test_a_body_that_is_too_large_is_refused(program: Program) -> None:
    assert fault(await program.ask("POST", "/calls", b"x" * 100_000))[:2] == (413, "too-large")


async def test_every_answer_has_the_security_headers(program: Program) -> None:
    for path in ("/lines", "/nothing", "/openapi.json"):
        headers = (await program.ask("GET", path)).headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["Content-Security-Policy"].startswith("default-src 'none'")
        assert headers["Cache-Control"] == "no-store"


async def test_call_records_by_period_room_and_number(program: Program) -> None:
    query = "from=2026-11-22T07:00&to=2026-11-22T08:00:00%2B00:00&room=101&number=8&limit=7&direction=incoming"
    answer = await program.ask("GET", f"/call-records?{query}")
    assert answer.json["items"][0]["from"] == "101"
    assert answer.json["next"]
    _, period, room, number, part = program.house.asked[0]
    assert period.since == datetime(2026, 11, 22, 7, tzinfo=ZONE)  # type: ignore[attr-defined]
    assert period.until.isoformat() == "2026-11-22T08:00:00+00:00"  # type: ignore[attr-defined]
    assert (room, number, part.limit) == ("101", "8", 7)  # type: ignore[attr-defined]


async def test_call_records_as_a_table(program: Program) -> None:
    answer = await program.ask("GET", "/call-records", Accept="text/csv")
    assert answer.headers["Content-Type"].startswith("text/csv")
    head, row = answer.text.splitlines()
    assert head.startswith("id,call,direction,from,to,room,")
    assert dict(zip(head.split(","), row.split(","), strict=True))["complete"] == "true"


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("text/csv;charset=utf-8", "text/csv"),
        ("text/csv, application/json;q=0.5", "text/csv"),
        ("text/csv;q=0.1, application/json", "application/json"),
        ("application/json, text/csv", "application/json"),
        ("text/csv;q=0", "application/json"),
        ("text/csv;q=much", "application/json"),
        ("*/*", "application/json"),
    ],
)
async def test_the_table_or_json_is_chosen_by_what_is_preferred(program: Program, accept: str, kind: str) -> None:
    answer = await program.ask("GET", "/call-records", Accept=accept)
    assert answer.headers["Content-Type"].startswith(kind)


async def test_acknowledging_says_who(program: Program) -> None:
    answer = await program.ask("POST", "/alarms/7/acknowledge")
    assert answer.json["acknowledged"]["by"] == "boss"


async def test_room_to_room_blocking_is_read_and_set(program: Program) -> None:
    path = "/settings/room-to-room-blocking"
    assert (await program.ask("GET", path)).json == {"enabled": False, "from": None, "to": None, "exceptions": []}
    wanted = {"enabled": True, "from": "22:00", "to": "06:30", "exceptions": [["101", "102"]]}
    assert (await program.ask("PUT", path, wanted)).json == wanted
    assert (await program.ask("GET", path)).json == wanted
    for hour in ("24:00", "22:00\n", "7:00"):
        answer = await program.ask("PUT", path, {"enabled": True, "from": hour, "to": "06:00"})
        assert fault(answer) == (422, "bad-value", "from")


async def test_the_exchange_s_settings_are_read_and_set(program: Program) -> None:
    path = "/settings/exchange"
    before = (await program.ask("GET", path)).json
    assert (before["rooms_see"], before["room_flash"], before["timers"]["no_answer"]) == ("number", False, 60)
    wanted = {**before, "rooms_see": "nothing", "forward_busy": True, "timers": {**before["timers"], "no_answer": 20}}
    assert (await program.ask("PUT", path, wanted)).json == wanted
    assert (await program.ask("GET", path)).json == wanted
    assert fault(await program.ask("PUT", path, wanted, token="desk-token"))[:2] == (403, "not-allowed")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"rooms_see": "everything"}, "rooms_see"),
        ({"forward_busy": 1}, "forward_busy"),
        ({"timers": {"no_answer": 4}}, "timers.no_answer"),
        ({"timers": {"no_answer": 601}}, "timers.no_answer"),
        ({"timers": {"T301": 20}}, "timers.T301"),
        ({"colour": "blue"}, "colour"),
    ],
)
async def test_a_bad_setting_of_the_exchange_is_named_and_changes_nothing(
    program: Program, body: Any, field: str
) -> None:
    assert fault(await program.ask("PUT", "/settings/exchange", body)) == (422, "bad-value", field)
    assert program.house.settings.of_exchange == ExchangeSettings()


async def test_an_extension_s_settings(program: Program) -> None:
    path = "/settings/extensions/101"
    wanted = {"dnd": True, "forward": ["busy"]}
    assert (await program.ask("PUT", path, wanted, token="desk-token")).json == wanted
    assert (await program.ask("GET", path)).json == wanted
    assert (await program.ask("GET", "/settings/extensions/1%301")).json == wanted, "an address may be escaped"
    for body, field in (({"dnd": True}, "forward"), ({"dnd": True, "forward": ["never"]}, "forward[0]")):
        assert fault(await program.ask("PUT", path, body)) == (422, "bad-value", field)
    assert fault(await program.ask("PUT", "/settings/extensions/555", wanted))[:2] == (404, "unknown-extension")


async def test_the_night_service_is_switched_by_the_desk(program: Program) -> None:
    path = "/settings/night-service"
    assert (await program.ask("GET", path)).json == {"mode": "off", "from": None, "to": None, "target": None}
    wanted = {"mode": "auto", "from": "22:00", "to": "06:30", "target": "110"}
    assert (await program.ask("PUT", path, wanted, token="desk-token")).json == wanted
    assert fault(await program.ask("PUT", path, {"mode": "maybe"})) == (422, "bad-value", "mode")
    assert fault(await program.ask("PUT", path, {"mode": "on", "until": "06:00"})) == (422, "bad-value", "until")


async def test_the_lists_and_hours_of_calls_outside(program: Program) -> None:
    path = "/settings/restriction"
    none = {"allowed": [], "forbidden": [], "black_out": [], "black_in": [], "hours": {}}
    assert (await program.ask("GET", path)).json == none
    hours = {"international": {"from": "07:00", "to": "23:00", "days": "1-5,7"}}
    wanted = {**none, "forbidden": ["0700"], "black_in": ["+48221234567"], "hours": hours}
    assert (await program.ask("PUT", path, wanted, token="tech-token")).json == wanted
    assert (await program.ask("GET", path, token="desk-token")).json == wanted
    assert fault(await program.ask("PUT", path, none, token="desk-token"))[:2] == (403, "not-allowed")


@pytest.mark.parametrize(
    ("hours", "field"),
    [
        ({"international": {"from": "07:00", "to": "23:00", "days": "0-7"}}, "hours.international.days"),
        ({"international": {"from": "7", "to": "23:00"}}, "hours.international.from"),
        ({"international": {"from": "07:00"}}, "hours.international.to"),
        ({"abroad": {"from": "07:00", "to": "23:00"}}, "hours"),
    ],
)
async def test_bad_hours_are_named(program: Program, hours: Any, field: str) -> None:
    assert fault(await program.ask("PUT", "/settings/restriction", {"hours": hours})) == (422, "bad-value", field)


async def test_a_room_is_what_the_design_says(program: Program) -> None:
    (room,) = (await program.ask("GET", "/rooms")).json["items"]
    assert room == (await program.ask("GET", "/rooms/101", token="tech-token")).json
    assert set(room) == {
        "room", "floor", "extensions", "occupancy", "guests", "housekeeping", "dnd", "message_lamp", "class",
        "effective_class", "next_wakeup", "line_state",
    }  # fmt: skip
    assert (room["class"], room["effective_class"], room["message_lamp"]) == (None, "internal", {
        "lit": False, "reasons": [],
    })  # fmt: skip
    assert fault(await program.ask("GET", "/rooms/555")) == (404, "unknown-room", "room")


async def test_a_change_of_a_room_names_only_what_is_to_change(program: Program) -> None:
    answer = await program.ask("PATCH", "/rooms/101", {"class": "mobile"}, token="desk-token")
    assert (answer.status_code, answer.json["room"]) == (200, "101")
    await program.ask("PATCH", "/rooms/101", {"class": None, "dnd": True})
    assert program.house.rooms.changes == [RoomChange(class_="mobile"), RoomChange(class_=None, dnd=True)]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"class": "everything"}, "class"),
        ({"dnd": "yes"}, "dnd"),
        ({"dnd": None}, "dnd"),
        ({"housekeeping": "spotless"}, "housekeeping"),
        ({"message_lamp": {"lit": True}}, "message_lamp"),
        ({"dnd": True, "colour": "blue"}, "colour"),
    ],
)
async def test_a_bad_change_of_a_room_is_named_and_changes_nothing(program: Program, body: Any, field: str) -> None:
    assert fault(await program.ask("PATCH", "/rooms/101", body)) == (422, "bad-value", field)
    assert program.house.rooms.changes == []


async def test_who_may_change_a_room_and_try_the_emergency_path(program: Program) -> None:
    for token in ("maid-token", "tech-token"):
        assert fault(await program.ask("PATCH", "/rooms/101", {"dnd": True}, token=token))[:2] == (403, "not-allowed")
    assert fault(await program.ask("POST", "/emergency/dry-run", token="desk-token"))[0] == 403


async def test_the_dry_run_of_an_emergency_call(program: Program) -> None:
    assert (await program.ask("POST", "/emergency/dry-run", token="tech-token")).json == {
        "lines": [{"port": "fxo/1", "state": "dial-tone", "ms": 310, "fault": None}], "reception": ["100"],
        "numbers": ["112"], "lodged": True, "ok": True,
    }  # fmt: skip
    program.house.voice_there = False
    assert fault(await program.ask("POST", "/emergency/dry-run"))[:2] == (503, "unavailable")


async def test_the_openapi_document_says_what_a_timer_may_be(program: Program) -> None:
    document = (await program.ask("GET", "/openapi.json", token=None)).json
    shown = document["components"]["schemas"]["CallTimers"]["properties"]["no_answer"]
    assert (shown["minimum"], shown["maximum"], shown["default"]) == (5, 600, 60)
    assert "T301" in shown["description"]


async def test_the_openapi_document_names_every_route_and_its_types(program: Program) -> None:
    document = (await program.ask("GET", "/openapi.json", token=None)).json
    assert document["openapi"] == "3.1.0"
    assert set(document["paths"]["/api/v1/calls"]) == {"get", "post"}
    assert "/api/v1/alarms/{id}/acknowledge" in document["paths"]
    assert "text/csv" in document["paths"]["/api/v1/call-records"]["get"]["responses"]["200"]["content"]
    assert document["paths"]["/api/v1/lines"]["get"]["parameters"][0]["schema"] == {
        "type": "integer", "minimum": 1, "maximum": 1000, "default": 100,
    }  # fmt: skip
    assert {"401", "403", "429", "503"} <= set(document["paths"]["/api/v1/events"]["get"]["responses"])
    text = json.dumps(document)
    for reference in {part.split('"')[0] for part in text.split("#/components/schemas/")[1:]}:
        assert reference in document["components"]["schemas"]
    assert set(document["components"]["schemas"]["Line"]["required"]) >= {"port", "kind", "state"}
