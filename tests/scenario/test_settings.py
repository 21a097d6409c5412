"""Settings of the exchange by the API: in force on the telephones at once, audited, and kept."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.clients import Api, Bench, Json
from tests.harness import Product, wait_for
from tests.scenario.conftest import EXCHANGE
from tests.scenario.talking import answer, hang_up, lift_and_dial, ring_up

RECEPTION = 7


@pytest.fixture(autouse=True)
def _extension_as_before(api: Api) -> Iterator[None]:
    """What is set for room 102 is taken back afterwards."""
    yield
    api.call("PUT", _extension("102"), {"dnd": False, "forward": []})


def _extension(number: str) -> str:
    return f"/api/v1/settings/extensions/{number}"


def test_what_rooms_see_and_flash_of_rooms(bench: Bench, api: Api, settings: Json) -> None:
    ring_up(bench, 1, "102", 2)
    wait_for(lambda: (bench.phone(2)["caller_id"] or {}).get("number") == "101", 15, "room 102 shows who calls")
    answer(bench, 2, 1)
    hang_up(bench, 1, 2)
    api.call("PUT", EXCHANGE, {**settings, "rooms_see": "nothing", "room_flash": True})
    ring_up(bench, 1, "102", 2)
    withheld = {"number": None, "name": None}
    wait_for(lambda: withheld.items() <= (bench.phone(2)["caller_id"] or {}).items(), 15, "room 102 shows no number")
    answer(bench, 2, 1)
    bench.flash(2, 300)
    bench.wait_signal(2, "dial", "stutter")


def test_forwarding_after_the_no_answer_time_and_by_the_desk(bench: Bench, api: Api, settings: Json) -> None:
    timers = {**settings["timers"], "no_answer": 5}
    api.call("PUT", EXCHANGE, {**settings, "forward_no_answer": True, "timers": timers})
    ring_up(bench, 1, "102", 2)
    bench.wait_ringing(RECEPTION, deadline_s=30)
    bench.wait_quiet(2)
    hang_up(bench, 1)
    api.call("PUT", _extension("102"), {"dnd": True, "forward": []})
    bench.off_hook(2)
    bench.wait_signal(2, "stutter")
    hang_up(bench, 2)
    assert api.line(2)["dnd"] is True
    lift_and_dial(bench, 1, "102")
    bench.wait_signal(1, "busy", "congestion", "tone:950+1400+1800")


def test_settings_outlive_the_control_plane_and_are_in_the_audit(
    product: Product, bench: Bench, api: Api, settings: Json
) -> None:
    wanted = {**settings, "forward_busy": True}
    api.call("PUT", EXCHANGE, wanted)
    api.call("PUT", _extension("102"), {"dnd": True, "forward": ["busy"]})
    old = product.kill("supervisor")
    wait_for(lambda: product.ready() and product.pid("supervisor") != old, 40, "another supervisor is ready")
    assert api.call("GET", EXCHANGE) == wanted
    assert api.call("GET", _extension("102")) == {"dnd": True, "forward": ["busy"]}
    lift_and_dial(bench, 1, "102")
    bench.wait_ringing(RECEPTION)
    answer(bench, RECEPTION, 1)
    entries = api.get("/audit")["items"]
    changed = next(entry for entry in entries if entry["subject"] == "exchange")
    assert (changed["who"], changed["through"], changed["detail"]["forward_busy"]) == ("tests", "api", True)
    assert next(entry for entry in entries if entry["subject"] == "102")["detail"]["forward"] == ["busy"]


def test_a_refused_setting_changes_nothing(api: Api, settings: Json) -> None:
    answer = api.raw("PUT", EXCHANGE, b'{"rooms_see": "nothing", "timers": {"howler": 1}}')
    assert (answer.status, answer.json["error"]["field"]) == (422, "timers.howler")
    assert api.call("GET", EXCHANGE) == settings
