"""A program with tokens of all roles, which uses the API of the demonstration hotel, down to the store."""

from __future__ import annotations

import json
from typing import Any

from microdot.test_client import TestClient
from microdot.test_client import TestResponse as Answer

from firmware import passwords
from tests.unit.supervisor.house import House
from webui.app import create_app

ROLES = ("desk", "housekeeping", "manager", "technician")


class Program:
    """`house` is what it talks to."""

    def __init__(self, house: House | None = None) -> None:
        self.house = house or House()
        self.house.billing.payer_of = self._first_guest
        self._now = 0.0
        self._client = TestClient(create_app(self.house.desk, lambda: self._now))

    async def open(self) -> None:
        await self.house.store.open()
        now = self.house.clock.utc()
        for role in ROLES:
            digest = passwords.token_digest(role)
            await self.house.store.do(lambda kept: kept.access.add_token(f"a-{role}", digest, role, now))  # type: ignore[arg-type]  # noqa: B023 - awaited here

    async def close(self) -> None:
        await self.house.store.close()
        assert self.house.errors == []

    def _first_guest(self, room: str) -> str | None:
        return next((guest.id for guest in self.house.hotel.house.rooms[room].guests), None)

    async def ask(self, method: str, path: str, body: Any = None, role: str = "desk", **headers: str) -> Answer:
        self._now += 1.0
        sent = {"Authorization": f"Bearer {role}", **headers}
        if body is not None:
            sent.setdefault("Content-Type", "application/json")
        raw = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        return await self._client.request(method, f"/api/v1{path}", headers=sent, body=raw)

    async def done(self, method: str, path: str, body: Any = None, role: str = "desk") -> Any:
        """The answer of what must go well."""
        answer = await self.ask(method, path, body, role)
        assert answer.status_code < 300, answer.text
        return answer.json

    async def refused(self, method: str, path: str, body: Any = None, role: str = "desk") -> tuple[int, str, str]:
        """Status, code and field of what must not go well, and has changed nothing."""
        before = self.house.hotel.house
        audit = await self.house.audit()
        answer = await self.ask(method, path, body, role)
        assert set(answer.json) == {"error"}, answer.text
        assert (self.house.hotel.house, await self.house.audit()) == (before, audit)
        return answer.status_code, answer.json["error"]["code"], answer.json["error"]["field"]
