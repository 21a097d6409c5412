"""The box's power and the lifeline: what a cut leaves behind, and who holds the relay."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from tests.clients import Api, Bench, Json
from tests.harness import Product, wait_for
from tests.scenario.talking import call, hang_up, lift

LIFELINE = 7


def relay_held(bench: Bench) -> bool:
    return bool(bench.world()["lifeline"]["held"])


def record_of(api: Api, call_id: str) -> Json:
    return wait_for(lambda: [item for item in api.records() if item["call"] == call_id], 20, "its record")[0]


@pytest.mark.parametrize("longer_than_the_clock_may_be_gone", [False, True])
def test_a_call_ends_with_the_power_and_so_does_its_record(
    bench: Bench, api: Api, longer_than_the_clock_may_be_gone: bool
) -> None:
    call(bench, 1, "102", 2)
    (standing,) = api.calls()
    bench.power(False)
    assert not relay_held(bench)
    if longer_than_the_clock_may_be_gone:
        wait_for(lambda: not api.health()["ready"], 30, "the gateway is not ready")
    bench.power(True)
    record = record_of(api, standing["id"])
    answered = [datetime.fromisoformat(item["answered"]) for item in (record, standing)]
    assert record["ended"] is not None and abs(answered[0] - answered[1]) < timedelta(seconds=1)
    assert 0 <= record["talk_seconds"] <= 30
    assert standing["id"] not in [item["id"] for item in api.calls()], "new ones may be: the handsets are still up"
    hang_up(bench, 1, 2)
    wait_for(lambda: {line["state"] for port, line in api.lines().items() if "fxs" in port} == {"idle"}, 60, "all idle")
    lift(bench, 1, deadline_s=20)


def test_the_lifeline_is_held_by_voice_alone_and_falls_with_it(product: Product, bench: Bench, api: Api) -> None:
    world = bench.world()
    assert (world["lifeline"]["port"], world["lifeline"]["held"]) == (f"fxs/{LIFELINE}", True)
    bench.off_hook(LIFELINE)
    bench.wait_signal(LIFELINE, "dial")
    with product.frozen("supervisor"):
        bench.wait_audio(1000)
        assert relay_held(bench)
    with product.frozen("voice"):
        wait_for(lambda: not relay_held(bench), 10, "the relay falls when voice stands still")
    wait_for(lambda: relay_held(bench), 10, "the relay is held again")
    with product.frozen("launcher"):  # else the next voice may be there before the relay falls
        product.kill("voice")
        wait_for(lambda: not relay_held(bench), 10, "the relay falls with voice")
    wait_for(lambda: f"fxs/{LIFELINE}" in api.lines(), 30, "voice is back")
    bench.wait_audio(3000)
    assert not relay_held(bench), "the telephone is off-hook on the company's line"
    hang_up(bench, LIFELINE)
    wait_for(lambda: relay_held(bench), 20, "the relay is held again")
    lift(bench, LIFELINE, deadline_s=20)
