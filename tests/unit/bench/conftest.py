"""The bench's API takes larger bodies in its whole process; the other tests in this one shall not."""

from __future__ import annotations

import pytest
from microdot import Request


@pytest.fixture(autouse=True)
def body_limits_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    for limit in ("max_content_length", "max_body_length"):
        monkeypatch.setattr(Request, limit, getattr(Request, limit))
