"""Every answer that these tests get is compared with the OpenAPI document."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from microdot.test_client import TestClient
from microdot.test_client import TestResponse as Answer

from tests.unit.webui import described
from tests.unit.webui.program import Program

PREFIX = "/api/v1/"
NOT_OF_THE_TABLE = (f"{PREFIX}events", f"{PREFIX}openapi.json")


@pytest.fixture(autouse=True)
def _as_described(monkeypatch: pytest.MonkeyPatch) -> None:
    real = TestClient.request

    async def request(client: TestClient, method: str, path: str, **sent: Any) -> Answer:
        answer = await real(client, method, path, **sent)
        where = path.partition("?")[0]
        if method != "OPTIONS" and where.startswith(PREFIX) and where not in NOT_OF_THE_TABLE:
            described.check(method, where, answer.status_code, answer.headers, answer.json)
            if answer.status_code < 300 and isinstance(sent.get("body"), bytes) and sent["body"].startswith(b"{"):
                described.check_request(method, where, json.loads(sent["body"]))
        return answer

    monkeypatch.setattr(TestClient, "request", request)


@pytest.fixture
async def program() -> AsyncIterator[Program]:
    """One that is open."""
    made = Program()
    await made.open()
    yield made
    await made.close()
