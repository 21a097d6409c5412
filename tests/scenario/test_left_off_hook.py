"""A handset that is left off: busy, howler, silence, and the desk is told. It takes the time that this takes."""

from __future__ import annotations

import pytest

from tests.clients import Api, Bench
from tests.harness import wait_for
from tests.scenario.talking import call, hang_up, lift


@pytest.mark.timeout(600)
def test_a_handset_left_off_howls_and_is_taken_out_of_service(bench: Bench, api: Api) -> None:
    """Two at once: one that never dialled, one that was left after a call."""
    call(bench, 1, "102", 2)
    hang_up(bench, 2)
    bench.wait_signal(1, "busy", "congestion")
    bench.off_hook(3)
    bench.wait_signal(3, "busy", "congestion", deadline_s=75)
    bench.wait_signal(1, "howler", deadline_s=150)
    wait_for(lambda: api.line(1)["state"] == "howler", 5, "the line says that it howls")
    bench.wait_signal(3, "howler", deadline_s=150)
    wait_for(lambda: api.line(1)["state"] == "out-of-service", 300, "the line is out of service")
    bench.wait_now(1, "silence")
    told = wait_for(
        lambda: [a for a in api.alarms() if {"101", "fxs/1"} & {a["subject"], *a["text"].split()}], 10, "an alarm"
    )
    assert told[0]["cleared"] is None
    hang_up(bench, 1)
    hang_up(bench, 3)
    for phone in (1, 3):
        wait_for(lambda number=phone: api.line(number)["state"] == "idle", 10, "the line is well")  # type: ignore[misc]
        lift(bench, phone)
    wait_for(lambda: not [a for a in api.alarms() if a["id"] == told[0]["id"] and a["cleared"] is None], 10, "cleared")
