"""Logging in on a page: cookies, what a change must carry, and who may do what with people and tokens."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from microdot import Request
from microdot.test_client import TestClient
from microdot.test_client import TestResponse as Answer

from firmware.errors import UnavailableError
from tests.unit.webui.fakes import House
from webui import gate as gate_module
from webui.api.access import Login, UserChange
from webui.app import create_app
from webui.gate import Gate
from webui.route import EVERYBODY
from webui.services import Identity, Source

ANNA = {"name": "anna", "password": "right password"}
BOSS = {"name": "boss", "password": "right password"}


class Browser:
    """A page of ours in a browser, which keeps cookies; the clock of the limits stands still until moved."""

    def __init__(self, scheme: str = "http") -> None:
        self.house = House()
        self.now = 0.0
        self.client = TestClient(create_app(self.house, lambda: self.now), scheme=scheme)
        self.csrf: str | None = None

    async def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        self.now += 1.0
        sent = {"Content-Type": "application/json", **headers}
        if self.csrf is not None and "X-CSRF-Token" not in headers:
            sent["X-CSRF-Token"] = self.csrf
        raw = None if body is None else json.dumps(body).encode()
        return await self.client.request(method, f"/api/v1{path}", headers=sent, body=raw)

    async def log_in(self, who: dict[str, str] = ANNA, **headers: str) -> Answer:
        answer = await self.ask("POST", "/session", who, **headers)
        if answer.status_code == 200:
            self.csrf = answer.json["csrf"]
        return answer


@pytest.fixture
def browser() -> Browser:
    return Browser()


def fault(answer: Answer) -> tuple[int, str, str | None]:
    assert set(answer.json) == {"error"}
    return answer.status_code, answer.json["error"]["code"], answer.json["error"]["field"]


async def test_who_logs_in_gets_a_cookie_that_no_script_reads_and_no_other_site_sends(browser: Browser) -> None:
    answer = await browser.log_in()
    assert set(answer.json) == {"csrf", "name", "role", "language", "second_factor", "second_factor_due"}
    assert (answer.json["name"], answer.json["role"]) == ("anna", "desk")
    session, known = answer.headers["Set-Cookie"]
    assert session == "nightporter=secret1; Path=/; HttpOnly; SameSite=Strict"
    assert known == "nightporter-browser=browser; Path=/; HttpOnly; SameSite=Strict; Max-Age=34560000"
    assert "secret1" not in answer.text
    assert (await browser.ask("GET", "/session")).json == answer.json
    assert (await browser.ask("GET", "/calls")).status_code == 200


async def test_over_https_the_cookies_are_for_https_only() -> None:
    for scheme, headers in (("https", {}), ("http", {"X-Forwarded-Proto": "https"})):
        answer = await Browser(scheme).log_in(**headers)
        assert all("; Secure" in cookie for cookie in answer.headers["Set-Cookie"])


async def test_without_a_session_nothing_is_told_and_a_wrong_password_opens_none(browser: Browser) -> None:
    assert fault(await browser.ask("GET", "/session"))[:2] == (401, "no-token")
    answer = await browser.log_in({**ANNA, "password": "wrong password"})
    assert fault(answer)[:2] == (401, "bad-login") and "Set-Cookie" not in answer.headers
    assert fault(await browser.ask("GET", "/calls", Cookie="nightporter=guess"))[:2] == (401, "no-session")


async def test_who_must_wait_is_told_how_long(browser: Browser) -> None:
    answer = await browser.log_in({**ANNA, "password": "once too often"})
    assert fault(answer)[:2] == (429, "too-many-tries")
    assert answer.headers["Retry-After"] == "300"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"name": "anna"}, "password"),
        ({"name": "anna", "password": 5}, "password"),
        ({"name": "anna", "password": "x" * 201}, "password"),
        ({**ANNA, "remember": True}, "remember"),
    ],
)
async def test_a_bad_log_in_names_what_is_wrong(browser: Browser, body: Any, field: str) -> None:
    assert fault(await browser.log_in(body)) == (422, "bad-value", field)


async def test_a_form_of_another_site_cannot_log_anybody_in(browser: Browser) -> None:
    answer = await browser.ask("POST", "/session", ANNA, **{"Content-Type": "text/plain"})
    assert answer.status_code == 415 and browser.house.access.came == []


@pytest.mark.parametrize("csrf", ["", "wrong", "ü"])
async def test_a_change_by_a_session_without_its_csrf_token_changes_nothing(browser: Browser, csrf: str) -> None:
    await browser.log_in()
    call = {"from": "101", "to": "102"}
    assert fault(await browser.ask("POST", "/calls", call, **{"X-CSRF-Token": csrf}))[:2] == (403, "csrf")
    assert fault(await browser.ask("DELETE", "/session", **{"X-CSRF-Token": csrf}))[:2] == (403, "csrf")
    assert browser.house.asked == []
    assert (await browser.ask("GET", "/calls", **{"X-CSRF-Token": csrf})).status_code == 200, "reading needs none"
    assert (await browser.ask("POST", "/calls", call)).status_code == 201
    assert browser.house.asked == [("dial", "101", "102", "anna")]


async def test_the_csrf_token_of_another_session_is_no_good(browser: Browser) -> None:
    await browser.log_in()
    other = browser.csrf
    await browser.log_in()
    assert other != browser.csrf
    assert fault(await browser.ask("DELETE", "/session", **{"X-CSRF-Token": other or ""}))[:2] == (403, "csrf")


async def test_logging_out_ends_the_session_and_takes_its_cookie(browser: Browser) -> None:
    await browser.log_in()
    answer = await browser.ask("DELETE", "/session")
    assert answer.status_code == 204
    assert answer.headers["Set-Cookie"] == ["nightporter=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0"]
    assert browser.house.access.open == {}
    assert fault(await browser.ask("GET", "/session"))[0] == 401


async def test_a_token_goes_before_a_cookie_and_needs_no_csrf_token(browser: Browser) -> None:
    await browser.log_in()
    token = {"Authorization": "Bearer tech-token", "X-CSRF-Token": ""}
    assert (await browser.ask("GET", "/session", **token)).json == {
        "csrf": None, "name": "tech", "role": "technician", "language": None, "second_factor": False,
        "second_factor_due": False,
    }  # fmt: skip
    assert (await browser.ask("POST", "/alarms/7/acknowledge", **token)).json["acknowledged"]["by"] == "tech"
    assert fault(await browser.ask("DELETE", "/session", **token))[:2] == (409, "no-session")
    wrong = {"Authorization": "Bearer wrong", "X-CSRF-Token": ""}
    assert fault(await browser.ask("GET", "/session", **wrong))[:2] == (401, "bad-token")


async def test_one_s_own_password_is_changed_and_the_page_goes_on_by_another_session(browser: Browser) -> None:
    await browser.log_in()
    wanted = {"old": "right password", "new": "better password"}
    assert fault(await browser.ask("PUT", "/session/password", {**wanted, "new": "short"}))[2] == "new"
    refused = await browser.ask("PUT", "/session/password", {**wanted, "old": "wrong"})
    assert fault(refused) == (422, "wrong-password", "old")
    answer = await browser.ask("PUT", "/session/password", wanted)
    assert answer.status_code == 200 and answer.json["csrf"] != browser.csrf
    assert answer.headers["Set-Cookie"][0].startswith("nightporter=new;")
    assert (await browser.ask("GET", "/session")).json == answer.json


async def test_people_and_tokens_are_the_manager_s(browser: Browser) -> None:
    asked = [
        ("GET", "/users", None), ("POST", "/users", {**ANNA, "role": "desk"}), ("PATCH", "/users/anna", {}),
        ("DELETE", "/users/anna", None), ("GET", "/tokens", None), ("POST", "/tokens", {"name": "t", "role": "desk"}),
        ("DELETE", "/tokens/till", None), ("GET", "/sessions", None), ("DELETE", "/sessions/s0", None),
    ]  # fmt: skip
    await browser.log_in(ANNA)
    for method, path, body in asked:
        assert fault(await browser.ask(method, path, body))[:2] == (403, "not-allowed")
        technician = {"Authorization": "Bearer tech-token"}
        assert fault(await browser.ask(method, path, body, **technician))[:2] == (403, "not-allowed")
    await browser.log_in(BOSS)
    statuses = [(await browser.ask(method, path, body)).status_code for method, path, body in asked]
    assert statuses == [200, 201, 200, 204, 200, 201, 204, 200, 204]


async def test_users_are_shown_without_their_passwords(browser: Browser) -> None:
    await browser.log_in(BOSS)
    answer = await browser.ask("POST", "/users", {"name": "cleo", "password": "long enough", "role": "housekeeping"})
    assert set(answer.json) == {"name", "role", "created", "second_factor"}
    listed = (await browser.ask("GET", "/users")).json["items"]
    assert [user["name"] for user in listed] == ["anna", "boss", "cleo"]
    await browser.ask("PATCH", "/users/c%6Ceo", {"role": "desk"})
    assert browser.house.access.asked == [("change", "cleo", UserChange(role="desk"))]
    assert fault(await browser.ask("DELETE", "/users/nobody"))[:2] == (404, "unknown-user")
    assert fault(await browser.ask("DELETE", "/users/boss"))[:2] == (409, "last-manager")


@pytest.mark.parametrize(
    "name",
    ["", " anna", "anna ", "an\nna", "anna\n", "x" * 65, "anna\u200b", "an\u202ena", "an\u2028na", "an\x85na", "\xa0"],
)
async def test_a_name_is_one_that_can_be_read(browser: Browser, name: str) -> None:
    await browser.log_in(BOSS)
    answer = await browser.ask("POST", "/users", {"name": name, "password": "long enough", "role": "desk"})
    assert fault(answer) == (422, "bad-value", "name")
    limit = {"kind": "name", "least": 1, "most": 64, "one_of": None}
    assert answer.json["error"]["limit"] == limit


async def test_a_new_token_is_told_once(browser: Browser) -> None:
    await browser.log_in(BOSS)
    made = await browser.ask("POST", "/tokens", {"name": "pc", "role": "desk"})
    assert made.json == {"token": "t0ken", "name": "pc", "role": "desk"}
    assert set((await browser.ask("GET", "/tokens")).json["items"][0]) == {"name", "role", "created", "used"}


async def test_who_listens_by_a_session_is_heard_until_it_ends_and_listening_is_no_use_of_it() -> None:
    house, now = House(), 0.0
    gate = Gate(house, lambda: now)
    await house.access.log_in(Login(**ANNA), Source("::1", False, "", ""))
    headers = {"Cookie": "nightporter=secret1"}
    request = Request(None, ("::1", 5), "GET", "/api/v1/events", "1.1", headers)
    stands = gate.standing(request, await gate.admit(request, EVERYBODY))
    now += 10
    assert await stands()
    assert house.access.used == ["secret1"], "by the admission alone"
    house.access.open.clear()
    now += 10
    assert not await stands()


async def test_while_the_store_cannot_say_who_asks_he_is_for_ten_minutes_who_he_was(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    house, now = House(), 0.0
    gate = Gate(house, lambda: now)
    await house.access.log_in(Login(**ANNA), Source("::1", False, "", ""))

    def request(session: str) -> Request:
        return Request(None, ("::1", 5), "GET", "/api/v1/alarms", "1.1", {"Cookie": f"nightporter={session}"})

    who = await gate.admit(request("secret1"), EVERYBODY)

    async def cannot_say(session: str, use: bool) -> Identity | None:
        raise UnavailableError("the disk does not answer")

    monkeypatch.setattr(house.access, "who_has", cannot_say)
    now += 599
    assert await gate.admit(request("secret1"), EVERYBODY) == who
    with pytest.raises(UnavailableError):
        await gate.admit(request("secret2"), EVERYBODY)
    now += 2
    with pytest.raises(UnavailableError):
        await gate.admit(request("secret1"), EVERYBODY)


async def test_who_is_known_does_not_wait_for_a_slow_store_and_who_is_not_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate_module, "PATIENCE_S", 0.01)
    house, now = House(), 0.0
    gate = Gate(house, lambda: now)
    await house.access.log_in(Login(**ANNA), Source("::1", False, "", ""))
    request = Request(None, ("::1", 5), "GET", "/api/v1/alarms", "1.1", {"Cookie": "nightporter=secret1"})
    at_once, moves = house.access.who_has, asyncio.Event()

    async def slowly(session: str, use: bool) -> Identity | None:
        await moves.wait()
        return await at_once(session, use)

    monkeypatch.setattr(house.access, "who_has", slowly)
    waiting = asyncio.create_task(gate.admit(request, EVERYBODY))
    done, _ = await asyncio.wait([waiting], timeout=0.1)
    assert not done
    moves.set()
    who = await waiting
    moves.clear()
    assert await asyncio.wait_for(gate.admit(request, EVERYBODY), 20) == who
    stands = gate.standing(request, who)
    now += 5.0
    assert await asyncio.wait_for(stands(), 20)


async def test_whose_session_was_ended_is_nobody_though_the_store_cannot_say(browser: Browser) -> None:
    await browser.log_in()
    stolen = dict(browser.client.cookies)
    assert (await browser.ask("DELETE", "/session")).status_code == 204

    async def cannot_say(session: str, use: bool) -> Identity | None:
        raise UnavailableError("the disk does not answer")

    browser.house.access.who_has = cannot_say  # type: ignore[method-assign]
    browser.client.cookies.update(stolen)
    assert (await browser.ask("GET", "/session")).status_code == 503


async def test_fifty_requests_a_second_for_each_session(browser: Browser) -> None:
    await browser.log_in()
    client = TestClient(create_app(browser.house, lambda: 0.0), cookies=browser.client.cookies)
    statuses = [(await client.get("/api/v1/lines")).status_code for _ in range(51)]
    assert statuses.count(200) == 50 and statuses[-1] == 429
    assert (await client.get("/api/v1/lines", headers={"Authorization": "Bearer desk-token"})).status_code == 200


async def test_the_openapi_document_says_how_one_proves_who_one_is(browser: Browser) -> None:
    document = (await browser.ask("GET", "/openapi.json")).json
    assert set(document["components"]["securitySchemes"]) == {"token", "session", "csrf"}
    assert document["security"] == [{"token": []}, {"session": []}]
    paths = document["paths"]
    assert paths["/api/v1/session"]["post"]["security"] == []
    assert paths["/api/v1/calls"]["post"]["security"] == [{"token": []}, {"session": [], "csrf": []}]
    assert "security" not in paths["/api/v1/calls"]["get"]
