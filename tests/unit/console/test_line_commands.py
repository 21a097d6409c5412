"""What a technician reads of a line test at the console."""

from __future__ import annotations

import pytest

from tests.unit.console.sitting import Sitting
from tests.unit.supervisor.house import House
from webui.api.line_tests import LineTest
from webui.services import Identity


@pytest.mark.parametrize(
    ("verdict", "text", "told"),
    [("good", "good", "fxo/1: good\n"), ("bad", "dial tone is late", "fxo/1: bad. dial tone is late\n")],
)
async def test_what_was_found_is_said_once(
    technician: Sitting, house: House, monkeypatch: pytest.MonkeyPatch, verdict: str, text: str, told: str
) -> None:
    async def found(port: str, ring: bool, who: Identity) -> LineTest:
        values = {"port": port, "tested": "", "verdict": verdict, "measurements": [], "text": text, "outcome": "done"}
        return LineTest(**values)  # type: ignore[arg-type]

    house.service.states["fxo/1"] = "idle"
    monkeypatch.setattr(house.desk.line_tests, "test", found)
    assert told in await technician.do("line fxo/1 test")
