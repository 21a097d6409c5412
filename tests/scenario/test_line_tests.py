"""Lines are tested through the API: what hangs on the bench's pairs is found, and nobody is kept from telephoning."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from tests.clients import Api, Bench, Json
from tests.harness import wait_for
from tests.scenario.talking import lift

PHONE, LINE = "fxs/3", "fxo/1"


@pytest.fixture(autouse=True)
def _mended(bench: Bench) -> Iterator[None]:
    """All pairs are good again, before the bench is settled."""
    yield
    bench.fault(PHONE, "none")
    bench.call("POST", f"/bench/ports/{PHONE}/pair", {})
    bench.call("POST", f"/bench/ports/{LINE}/pair", {})
    bench.call("POST", f"/bench/lines/{LINE}/plug")
    bench.call("POST", f"/bench/lines/{LINE}/exchange", {"dial_tone": True})


def pair(bench: Bench, port: str, **what: float) -> None:
    bench.call("POST", f"/bench/ports/{port}/pair", what)


def line_test(api: Api, port: str, ring: bool = False) -> Json:
    """The line is idle again after what was before."""
    path = f"/api/v1/lines/{port}/test"

    def tried() -> Json | None:
        found: Json = api.call("POST", path, {"ring": ring})
        return None if found["verdict"] == "busy" else found

    return wait_for(tried, 40, f"{port} is tested", every_s=1.0)


def values(found: Json) -> dict[str, float]:
    return {one["name"]: one["value"] for one in found["measurements"]}


def standing(api: Api, port: str) -> list[str]:
    return [item["kind"] for item in api.alarms() if item["subject"] == port and item["cleared"] is None]


def test_a_good_telephone_with_its_bell(bench: Bench, api: Api) -> None:
    found = line_test(api, PHONE, ring=True)
    assert found["verdict"] == "good", found
    seen = values(found)
    assert 45 < seen["on-hook-voltage"] < 51 and seen["leak-current"] == 0
    assert 0.6 < seen["ringer-load"] < 1.6


def test_the_next_test_of_a_line_begins_at_once(api: Api) -> None:
    for port in (PHONE, LINE):
        line_test(api, port)
        found = api.call("POST", f"/api/v1/lines/{port}/test", {"ring": False})
        assert found["verdict"] == "good", found


def test_no_telephone_a_leak_and_noise_are_bad_and_told_until_they_are_mended(bench: Bench, api: Api) -> None:
    pair(bench, PHONE, ren=0)
    found = line_test(api, PHONE, ring=True)
    assert found["verdict"] == "bad" and "no telephone" in found["text"]
    pair(bench, PHONE, leak_ohms=8000)
    found = line_test(api, PHONE)
    assert found["verdict"] == "bad" and "insulation" in found["text"]
    wait_for(lambda: "line-worse" in standing(api, PHONE), 10, "the alarm")
    pair(bench, PHONE, noise_dbm0=-35)
    found = line_test(api, PHONE)
    assert found["verdict"] == "bad" and abs(values(found)["noise"] + 35) < 3, found
    pair(bench, PHONE)
    assert line_test(api, PHONE)["verdict"] == "good"
    wait_for(lambda: "line-worse" not in standing(api, PHONE), 10, "the alarm is over")


def test_foreign_voltage_is_found_first_and_the_bell_stays_silent(bench: Bench, api: Api) -> None:
    pair(bench, PHONE, foreign_dc=30)
    found = line_test(api, PHONE, ring=True)
    assert found["verdict"] == "bad" and set(values(found)) == {"foreign-dc", "foreign-ac"}
    assert not bench.phone(PHONE)["ringing"]
    pair(bench, PHONE)
    wait_for(lambda: api.lines()[PHONE]["state"] == "idle", 60, "the line is in service again")


def test_a_lifted_telephone_is_busy(bench: Bench, api: Api) -> None:
    lift(bench, 3)
    assert api.call("POST", f"/api/v1/lines/{PHONE}/test", {"ring": False})["verdict"] == "busy"


def test_lifted_in_the_middle_of_a_test_it_has_dial_tone(bench: Bench, api: Api) -> None:
    found: list[Json] = []
    test = threading.Thread(
        target=lambda: found.append(api.call("POST", f"/api/v1/lines/{PHONE}/test", {"ring": True}))
    )
    test.start()
    wait_for(lambda: bench.phone(PHONE)["ringing"], 10, "the bell of the test")
    lift(bench, 3)
    test.join(30)
    assert [one["verdict"] for one in found] == ["busy"]


def test_a_company_line_dead_or_without_dial_tone(bench: Bench, api: Api) -> None:
    found = line_test(api, LINE)
    assert found["verdict"] == "good", found
    assert set(values(found)) == {"line-voltage", "noise", "dial-tone", "loop-current", "echo-return-loss"}
    pair(bench, LINE, return_loss_db=5)
    found = line_test(api, LINE)
    assert found["verdict"] == "bad" and "echo" in found["text"]
    pair(bench, LINE)
    bench.call("POST", f"/bench/lines/{LINE}/exchange", {"dial_tone": False})
    assert "no dial tone" in line_test(api, LINE)["text"]
    bench.call("POST", f"/bench/lines/{LINE}/exchange", {"dial_tone": True})
    bench.call("POST", f"/bench/lines/{LINE}/unplug")
    assert "no voltage" in line_test(api, LINE)["text"]
    report = api.call("GET", "/api/v1/line-tests")
    assert {item["port"]: item["verdict"] for item in report["items"]}[LINE] == "bad"
