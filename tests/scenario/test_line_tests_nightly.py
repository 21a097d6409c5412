"""The line tests of the night: every line once, by itself, without a bell; one in use when it is free."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.clients import Json
from tests.harness import Product, wait_for
from tests.hotel import Hotel

WARSAW = ZoneInfo("Europe/Warsaw")
LINES = {"fxs/1", "fxs/2", "fxs/3", "fxo/1"}
IN_USE = "fxs/3"
"""Its turn comes after that of two others, which leaves time to lift it."""


@pytest.fixture(scope="module")
def hotel() -> Hotel:
    """Whose night began a minute ago."""
    at = (datetime.now(UTC) - timedelta(minutes=1)).astimezone(WARSAW)
    return Hotel.of_rooms(2, fxo=1, line_tests=f"{at:%H:%M}")


@pytest.mark.timeout(300)
def test_every_line_is_tested_once_and_one_in_use_when_it_is_free(product: Product) -> None:
    api, bench = product.api, product.bench
    bench.off_hook(IN_USE)

    def report() -> Json:
        return api.call("GET", "/api/v1/line-tests")

    def tested() -> set[str]:
        return {item["port"] for item in report()["items"]}

    wait_for(lambda: tested() == LINES - {IN_USE}, 120, "the lines that are free are tested", every_s=1.0)
    assert report()["running"]
    assert not any(phone["rang_ms"] for phone in bench.world()["phones"].values())
    bench.on_hook(IN_USE)
    wait_for(lambda: tested() == LINES and not report()["running"], 120, "the last one is tested", every_s=1.0)
    history = {port: api.call("GET", f"/api/v1/lines/{port}/tests")["items"] for port in LINES}
    assert {port: len(items) for port, items in history.items()} == dict.fromkeys(LINES, 1)
    assert report()["good"] == len(LINES), report()
