"""What can be wrong with a telephone's pair: it is told, the others go on, and it recovers."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.clients import Api, Bench, Json
from tests.harness import wait_for
from tests.scenario.talking import call, connected, hang_up, lift


def alarms_about(api: Api, port: str, *, standing: bool = True) -> list[Json]:
    return [
        item
        for item in api.alarms()
        if port in item["subject"] + item["text"] and (item["cleared"] is None or not standing)
    ]


@pytest.fixture(autouse=True)
def _mended(bench: Bench) -> Iterator[None]:
    """Takes all faults away again, before the bench is settled."""
    yield
    for port in bench.world()["phones"]:
        bench.fault(port, "none")


@pytest.mark.parametrize("kind", ["foreign-voltage", "overload"])
def test_a_fault_is_told_and_the_others_go_on(bench: Bench, api: Api, kind: str) -> None:
    call(bench, 1, "102", 2)
    bench.fault(3, kind)
    wait_for(lambda: alarms_about(api, "fxs/3"), 30, f"an alarm about {kind}")
    assert wait_for(lambda: api.line(3)["fault"], 10, "the line shows its fault")
    connected(bench, 1, 2)
    bench.fault(3, "none")
    wait_for(lambda: not alarms_about(api, "fxs/3"), 60, "the alarm is over")
    wait_for(lambda: api.line(3)["fault"] is None and api.line(3)["state"] == "idle", 30, "the line is well again")
    lift(bench, 3, deadline_s=15)


def test_a_cut_pair_is_as_a_telephone_replaced(bench: Bench, api: Api) -> None:
    """Current stops, as when the handset is put down: the other party is released, nothing stays behind."""
    call(bench, 1, "102", 2)
    bench.fault(2, "open")
    bench.wait_signal(1, "busy", "congestion")
    hang_up(bench, 1)
    hang_up(bench, 2)
    bench.fault(2, "none")
    wait_for(lambda: api.line(2)["state"] == "idle", 30, "the line is idle")
    call(bench, 1, "102", 2)


def test_a_short_circuit_is_told_and_does_no_harm(bench: Bench, api: Api) -> None:
    """A short draws loop current as a lifted handset does: it ends as one that is left off, or as an alarm."""
    bench.fault(3, "short")
    wait_for(lambda: api.line(3)["state"] != "idle" or alarms_about(api, "fxs/3"), 15, "the short is noticed")
    call(bench, 1, "102", 2)
    bench.fault(3, "none")
    wait_for(lambda: api.line(3)["state"] == "idle", 60, "the line is idle")
    lift(bench, 3, deadline_s=15)


def test_a_port_with_foreign_voltage_at_power_up_stays_off(bench: Bench, api: Api) -> None:
    bench.power(False)
    bench.fault(3, "foreign-voltage")
    bench.power(True)
    wait_for(lambda: api.line(3)["fault"] == "foreign-voltage", 60, "the line shows its fault")
    assert api.line(3)["state"] == "out-of-service"
    wait_for(
        lambda: "foreign-voltage" in {alarm["kind"] for alarm in alarms_about(api, "fxs/3")},
        10,
        "the alarm is raised",
    )
    lift(bench, 1, deadline_s=40)
    bench.fault(3, "none")
    wait_for(lambda: api.line(3)["state"] == "idle", 60, "the line comes into service")


def test_an_unknown_fault_is_refused(bench: Bench) -> None:
    assert bench.raw("POST", "/bench/ports/fxs/1/fault", b'{"kind": "lightning"}').status == 422
    assert bench.raw("POST", "/bench/ports/fxs/99/fault", b'{"kind": "open"}').status == 404
