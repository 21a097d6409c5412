"""What may be done by whom, of every route there is: others are refused, and nothing is changed by that."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from typing import Any

import pytest
from argon2 import PasswordHasher
from microdot.test_client import TestClient
from microdot.test_client import TestResponse as Answer

from firmware import passwords
from tests.unit.webui.program import ROLES, Program
from webui.api.access import NewUser
from webui.app import HEADERS, create_app
from webui.gate import CHANGES_NOTHING
from webui.route import Route
from webui.routes import ROUTES
from webui.services import Identity

PASSWORD = "correct horse"
BOSS = Identity("boss", "manager", "desk")
CLOSED = [route for route in ROUTES if route.roles]
CHANGING = [route for route in CLOSED if route.method not in CHANGES_NOTHING]


@pytest.fixture
async def program(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Program]:
    monkeypatch.setattr(passwords, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    made = Program()
    await made.open()
    for role in ROLES:
        await made.house.desk.access.add_user(NewUser(name=role, password=PASSWORD, role=role), BOSS)  # type: ignore[arg-type]
    yield made
    await made.close()


class Browser:
    """One that somebody of this role has logged in by; nobody waits for the limit of requests."""

    def __init__(self, program: Program) -> None:
        self._now = 0.0
        self._client = TestClient(create_app(program.house.desk, lambda: self._now))
        self.csrf = ""

    async def log_in(self, role: str) -> Browser:
        answer = await self.ask("POST", "/session", {"name": role, "password": PASSWORD})
        assert answer.status_code == 200, answer.text
        self.csrf = answer.json["csrf"]
        return self

    async def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        self._now += 1.0
        sent = {"Content-Type": "application/json", "X-CSRF-Token": self.csrf, **headers}
        raw = None if body is None else json.dumps(body).encode()
        return await self._client.request(method, f"/api/v1{path}", headers=sent, body=raw)


def path_of(route: Route) -> str:
    return re.sub(r"{\w+}", "203", route.path)


def code(answer: Answer) -> tuple[int, str]:
    return answer.status_code, answer.json["error"]["code"]


async def state(program: Program) -> tuple[Any, ...]:
    access = program.house.desk.access
    people = await access.users(), await access.sessions(), [token.name for token in await access.tokens()]
    return program.house.hotel.house, people, await program.house.audit()


async def test_a_role_is_refused_whatever_is_not_for_it_and_nothing_is_changed(program: Program) -> None:
    before = await state(program)
    for role in ROLES:
        for route in [route for route in CLOSED if role not in route.roles]:
            answer = await program.ask(route.method, path_of(route), b"{}", role)
            assert code(answer) == (403, "not-allowed"), f"{role}: {route.method} {route.path}"
    assert await state(program) == before


async def test_a_person_s_role_counts_as_a_token_s_does(program: Program) -> None:
    for role in ("housekeeping", "technician"):
        browser = await Browser(program).log_in(role)
        before = await state(program)
        for route in [route for route in CLOSED if role not in route.roles]:
            answer = await browser.ask(route.method, path_of(route), {})
            assert code(answer) == (403, "not-allowed"), f"{role}: {route.method} {route.path}"
        assert await state(program) == before


async def test_nobody_gets_anything(program: Program) -> None:
    nobody, before = Browser(program), await state(program)
    for route in CLOSED:
        assert code(await nobody.ask(route.method, path_of(route), {})) == (401, "no-token"), route.path
    assert await state(program) == before


@pytest.mark.parametrize("sent", ["", "0" * 64, "é"])
async def test_no_change_by_a_session_without_its_csrf_token(program: Program, sent: str) -> None:
    browser = await Browser(program).log_in("manager")
    before = await state(program)
    for route in CHANGING:
        answer = await browser.ask(route.method, path_of(route), {}, **{"X-CSRF-Token": sent})
        assert code(answer) == (403, "csrf"), f"{route.method} {route.path}"
    assert await state(program) == before


async def test_what_a_form_of_another_site_can_send_is_no_change(program: Program) -> None:
    """Even if the browser sent the cookie, which it does not (SameSite), and even with the token."""
    browser, kinds = await Browser(program).log_in("manager"), ("text/plain", "application/x-www-form-urlencoded", "")
    before = await state(program)
    for route in [route for route in CHANGING if route.body is not None]:
        for kind in kinds:
            answer = await browser.ask(route.method, path_of(route), {"x": 1}, **{"Content-Type": kind})
            assert answer.status_code == 415, f"{route.method} {route.path} as {kind!r}"
    assert await state(program) == before


async def test_another_role_ends_the_sessions_of_the_person(program: Program) -> None:
    desk, manager = await Browser(program).log_in("desk"), await Browser(program).log_in("manager")
    assert (await manager.ask("PATCH", "/users/desk", {"role": "housekeeping"})).status_code == 200
    assert code(await desk.ask("GET", "/rooms")) == (401, "no-session")
    await desk.log_in("desk")
    assert code(await desk.ask("GET", "/calls")) == (403, "not-allowed")


async def test_every_answer_forbids_what_a_page_of_ours_never_does(program: Program) -> None:
    for method, path in (("GET", "/rooms"), ("GET", "/nothing"), ("TRACE", "/rooms"), ("POST", "/session")):
        headers = {name.lower(): value for name, value in (await program.ask(method, path)).headers.items()}
        assert {name.lower() for name in HEADERS} <= set(headers), path
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
