"""What somebody on the hotel's network may try: with cookies that are not his, odd addresses, bodies that are bombs."""

from __future__ import annotations

import json
import re
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest
from argon2 import PasswordHasher
from microdot.test_client import TestClient
from microdot.test_client import TestResponse as Answer

from firmware import passwords
from tests.unit.webui.program import Program
from webui.api.access import NewUser
from webui.app import create_app
from webui.services import Identity

PASSWORD = "correct horse"
BOSS = Identity("boss", "manager", "desk")
QUICK_S = 1.0


@pytest.fixture
async def program(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Program]:
    monkeypatch.setattr(passwords, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    made = Program()
    await made.open()
    for name in ("anna", "ben"):
        await made.house.desk.access.add_user(NewUser(name=name, password=PASSWORD, role="desk"), BOSS)
    yield made
    await made.close()


class Browser:
    """One that somebody logs in by; `headers` go with each request."""

    def __init__(self, program: Program, **headers: str) -> None:
        self._client = TestClient(create_app(program.house.desk))
        self._headers = headers
        self.csrf = ""

    async def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        sent = {"Content-Type": "application/json", "X-CSRF-Token": self.csrf, **self._headers, **headers}
        raw = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        return await self._client.request(method, f"/api/v1{path}", headers=sent, body=raw)

    async def log_in(self, name: str, **headers: str) -> Answer:
        answer = await self.ask("POST", "/session", {"name": name, "password": PASSWORD}, **headers)
        assert answer.status_code == 200, answer.text
        self.csrf = answer.json["csrf"]
        return answer

    @property
    def session(self) -> str:
        return str(self._client.cookies["nightporter"])


async def test_the_csrf_token_of_one_session_is_no_good_for_another(program: Program) -> None:
    anna, ben = Browser(program), Browser(program)
    await anna.log_in("anna")
    await ben.log_in("ben")
    clean = {"housekeeping": "clean"}
    assert (await anna.ask("PATCH", "/rooms/203", clean, **{"X-CSRF-Token": ben.csrf})).status_code == 403
    assert (await anna.ask("PATCH", "/rooms/203", clean, **{"X-CSRF-Token": anna.session})).status_code == 403
    assert program.house.hotel.house.rooms["203"].housekeeping is None
    assert (await anna.ask("PATCH", "/rooms/203", clean)).json["housekeeping"] == "clean"


async def test_a_session_that_was_planted_before_the_log_in_is_none_afterwards(program: Program) -> None:
    attacker, victim = Browser(program), Browser(program)
    await attacker.log_in("ben")
    planted = attacker.session
    await victim.log_in("anna", Cookie=f"nightporter={planted}; nightporter-browser=planted")
    assert victim.session != planted
    assert (await Browser(program).ask("GET", "/session", Cookie=f"nightporter={planted}")).status_code == 401
    assert (await victim.ask("GET", "/session")).json["name"] == "anna"


async def test_pages_of_other_sites_are_told_nothing_by_the_browser(program: Program) -> None:
    """There is no CORS, and a name that leads here by rebinding has none of our cookies."""
    elsewhere = Browser(program, Origin="http://evil.example", Host="evil.example")
    preflight = {"Access-Control-Request-Method": "PATCH", "Access-Control-Request-Headers": "x-csrf-token"}
    for method, path in (("OPTIONS", "/rooms/203"), ("GET", "/rooms"), ("GET", "/openapi.json"), ("GET", "/session")):
        answer = await elsewhere.ask(method, path, **preflight)
        assert not [name for name in answer.headers if name.lower().startswith("access-control")]
        assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
        body = {"name": "anna", "password": PASSWORD}
        answer = await elsewhere.ask("POST", "/session", body, **{"Content-Type": kind})
        assert answer.status_code == 415, "a form needs no leave of ours to be sent"


@pytest.mark.parametrize(
    "path",
    [
        "/rooms/..", "/rooms/%2e%2e", "/rooms/203%2f..", "/rooms/203%2fcheck-out", "/rooms/%00", "/rooms/203%0a",
        "/rooms/%f0%28", "/rooms/%", "/rooms/\u0662\u0660\u0663", "/rooms/203/", "//rooms/203", "/rooms/203;x=1",
        "/../rooms/203", "/alarms/1e1", "/ROOMS/203", f"/rooms/{'2' * 1500}",
    ],
)  # fmt: skip
async def test_an_odd_address_leads_nowhere(program: Program, path: str) -> None:
    for method in ("GET", "PATCH"):
        answer = await program.ask(method, path, {"housekeeping": "clean"})
        assert answer.status_code in (404, 405)
        assert answer.json["error"]["code"] in ("not-found", "unknown-room", "method-not-allowed")
    assert {entry.action for entry in await program.house.audit()} == {"user-added"}


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 16_000, b'{"name":' * 2_000, b'{"name":' + b"[" * 16_000, b'{"deposit":1e999}',
        b'{"deposit":1' + b"0" * 9_999 + b"}",
        b'{"name":"\\ud800"}', b'{"name":"\xff"}', b'\xef\xbb\xbf{}', b'{"vip":1}', b"null", b'"x"', b"{}{}", b"NaN",
        b'{"name":"a\\u0000b"}', b'{"name":"a\\r\\nSet-Cookie: x=y"}', b'{"share":false,"share":"true"}',
    ],
    ids=range(16),
)  # fmt: skip
async def test_a_body_that_is_a_bomb_is_refused_at_once(program: Program, body: bytes) -> None:
    began = time.process_time()
    answer = await program.ask("POST", "/rooms/203/check-in", body)
    assert answer.status_code in (400, 422)
    assert len(answer.text) < 400 and "Traceback" not in answer.text
    assert time.process_time() - began < QUICK_S
    assert not program.house.hotel.house.rooms["203"].occupied


async def test_what_is_written_by_guests_and_callers_stays_in_its_place(
    program: Program, caplog: pytest.LogCaptureFixture
) -> None:
    """Markup is a text, and nothing that is typed as a name begins a line of the log."""
    name = "<script>alert(1)</script>"
    refused = await program.ask("POST", "/rooms/203/check-in", {"name": f"{name}\u2028level=error"})
    assert (refused.status_code, refused.json["error"]["field"]) == (422, "name")
    answer = await program.ask("POST", "/rooms/203/check-in", {"name": name})
    assert answer.json["guests"][0]["name"] == name
    assert answer.headers["Content-Type"].startswith("application/json")
    await program.ask("POST", "/session", {"name": "x\nerror desk all-is-lost", "password": "wrong"})
    await program.ask("DELETE", "/tokens/x%0aerror%20desk%20all-is-lost", role="manager")
    assert not re.search(r"[\r\n\u2028]", "".join(record.message for record in caplog.records))
    assert "all-is-lost" not in caplog.text
