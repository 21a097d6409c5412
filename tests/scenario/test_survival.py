"""Processes die, freeze and come back; calls do not."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests import audio
from tests.clients import Api, Bench, Json
from tests.harness import Product, wait_for
from tests.host_stalls import HostStalls
from tests.scenario.talking import call, connected, hang_up, lift, lift_and_dial, ring_up, stop_talking

LONGEST_GAP_MS = 40
HEARD_AT_MOST_MS = 60_000
"""So much of what a telephone has heard is kept."""


@contextmanager
def unbroken(bench: Bench, talker: int, listener: int) -> Iterator[None]:
    """What is said through the block is heard without a gap, stalls of the host apart."""
    with HostStalls() as host:
        bench.play_tone(talker, 1000, -10, 120_000)
        bench.wait_now(listener, "tone:1000")
        first = bench.highway()["blocks"]
        yield
        spent_ms = (bench.highway()["blocks"] - first) * 10
        assert spent_ms <= HEARD_AT_MOST_MS
        heard = bench.heard(listener, spent_ms)
        stop_talking(bench, talker)
    allowed = LONGEST_GAP_MS + host.longest_ms
    gap = audio.longest_gap_ms(heard, -30)
    assert gap <= allowed, f"a gap of {gap} ms; the host itself stood still for {host.longest_ms:.0f} ms at most"


def wait_calls(api: Api, count: int, deadline_s: float = 20) -> list[Json]:
    """Until so many calls stand."""
    return wait_for(lambda: found if len(found := api.calls()) == count else [], deadline_s, f"{count} calls stand")


def wait_recorded(api: Api, *calls: str) -> None:
    wait_for(lambda: {*calls} <= {item["call"] for item in api.records()}, 20, "the calls are recorded")


def wait_supervisor(product: Product, old: int) -> None:
    wait_for(lambda: product.ready() and product.pid("supervisor") != old, 40, "another supervisor is ready")


def test_a_killed_supervisor_is_not_heard_and_the_record_is_right(product: Product, bench: Bench, api: Api) -> None:
    call(bench, 1, "102", 2)
    (before,) = api.calls()
    with unbroken(bench, 1, 2):
        wait_supervisor(product, product.kill("supervisor"))
        bench.wait_audio(500)
    (after,) = wait_for(lambda: api.calls(), 10, "the call is known again")
    assert (after["id"], after["state"]) == (before["id"], "answered")
    assert after["answered"][:19] == before["answered"][:19]
    hang_up(bench, 2, 1)
    record = wait_for(lambda: [item for item in api.records() if item["call"] == before["id"]], 10, "its record")[0]
    assert (record["end"], record["complete"], record["to"]) == ("released", True, "102")
    call(bench, 3, "201", 4)


def test_held_and_consulting_parties_are_known_after_a_restart(product: Product, bench: Bench, api: Api) -> None:
    call(bench, 7, "101", 1)
    bench.flash(7, 300)
    bench.wait_signal(7, "dial", "stutter")
    bench.dial(7, "102")
    bench.wait_ringing(2)
    bench.off_hook(2)
    connected(bench, 7, 2)
    wait_supervisor(product, product.kill("supervisor"))
    assert {item["state"] for item in wait_calls(api, 2)} == {"held", "answered"}
    hang_up(bench, 7)  # the attended transfer still works
    connected(bench, 1, 2)


def test_a_killed_voice_is_back_with_dial_tone(product: Product, bench: Bench, api: Api) -> None:
    call(bench, 1, "102", 2)
    ring_up(bench, 3, "201", 4)
    product.kill("voice")
    bench.off_hook(5)
    bench.wait_signal(5, "dial", deadline_s=15)
    bench.wait_quiet(4, deadline_s=15)
    for phone in (1, 2, 3):
        bench.wait_signal(phone, "dial", "busy", "congestion", deadline_s=20)
    wait_for(product.ready, 20, "the product is ready")
    records = wait_for(lambda: [item for item in api.records() if item["end"] == "lost"], 10, "the lost call's record")
    assert records[0]["complete"] is False
    hang_up(bench, 1, 2, 3, 5)
    wait_for(lambda: {line["state"] for port, line in api.lines().items() if "fxs" in port} == {"idle"}, 15, "all idle")
    call(bench, 1, "102", 2)


def test_a_frozen_voice_goes_on_with_its_calls(product: Product, bench: Bench, api: Api) -> None:
    call(bench, 1, "102", 2)
    voice = product.pid("voice")
    with product.frozen("voice"):
        bench.wait_audio(6000)
    connected(bench, 1, 2)
    assert product.pid("voice") == voice
    assert [item["from"]["extension"] for item in wait_calls(api, 1)] == ["101"]


def test_a_telephone_found_off_hook_hears_dial_tone(product: Product, bench: Bench) -> None:
    with product.frozen("launcher"):  # else the next voice may see the handset being lifted
        product.kill("voice")
        bench.off_hook(6)
    bench.wait_signal(6, "dial", deadline_s=20)
    hang_up(bench, 6)
    wait_for(product.ready, 20, "the product is ready")


@pytest.mark.timeout(300)
def test_a_frozen_supervisor_leaves_telephones_that_work(product: Product, bench: Bench, api: Api) -> None:
    call(bench, 1, "102", 2)
    before = {item["id"] for item in api.records()}
    known = {item["id"] for item in api.calls()}
    with product.frozen("launcher", "supervisor"):  # the launcher would end it after half a minute
        lift(bench, 3, deadline_s=10)
        bench.dial(3, "201")
        bench.wait_ringing(4)
        bench.off_hook(4)
        connected(bench, 3, 4)
        lift_and_dial(bench, 5, "8#")
        bench.wait_ringing(7)
        bench.off_hook(7)
        connected(bench, 5, 7)
        bench.wait_audio(50_000)  # the sixty seconds that the reception is not to notice, all in all
        connected(bench, 1, 2)
        hang_up(bench, 5, 7)
    wait_for(product.ready, 40, "the supervisor goes on")
    adopted = wait_calls(api, 2)
    assert known < {item["id"] for item in adopted}
    assert {item["from"]["extension"] for item in adopted} == {"101", "103"}
    hang_up(bench, 3, 4, 1, 2)
    wait_recorded(api, *(item["id"] for item in adopted))
    recorded = {(item["from"], item["to"], item["end"]) for item in api.records() if item["id"] not in before}
    assert recorded == {(*pair, "released") for pair in (("101", "102"), ("103", "201"), ("202", "100"))}


@pytest.mark.timeout(300)
@pytest.mark.parametrize("role", ["supervisor", "voice"])
def test_whoever_stands_still_is_ended_and_started_anew(product: Product, bench: Bench, api: Api, role: str) -> None:
    if role == "supervisor":
        call(bench, 1, "102", 2)
    others = {other: product.pid(other) for other in ("bench", "indicators", "supervisor", "voice") if other != role}
    frozen = product.pid(role)
    with product.frozen(role):
        wait_for(lambda: frozen not in product.pids(), 150, "it is ended", every_s=0.5)
    wait_for(lambda: product.ready() and product.pid(role) != frozen, 60, "another one is ready")
    assert {other: product.pid(other) for other in others} == others
    if role == "supervisor":
        connected(bench, 1, 2)
        assert [item["from"]["extension"] for item in wait_calls(api, 1)] == ["101"]
        hang_up(bench, 1, 2)
    lift(bench, 3, deadline_s=20)
    hang_up(bench, 3)


@pytest.mark.timeout(240)
def test_with_launcher_and_supervisor_gone_the_telephones_go_on(product: Product, bench: Bench, api: Api) -> None:
    call(bench, 1, "102", 2)
    launcher, supervisor = product.pid("launcher"), product.pid("supervisor")
    for pid in (launcher, supervisor):
        os.kill(pid, signal.SIGKILL)
    wait_for(lambda: not {launcher, supervisor} & set(product.pids()), 10, "both are gone")
    connected(bench, 1, 2)
    lift(bench, 3)
    bench.dial(3, "201")
    bench.wait_ringing(4)
    bench.off_hook(4)
    connected(bench, 3, 4)
    lift_and_dial(bench, 5, "112")
    bench.wait_ringing(7)
    hang_up(bench, 5)
    voice, world = product.pid("voice"), product.pid("bench")
    product.start()
    assert (product.pid("voice"), product.pid("bench")) == (voice, world), "what runs is adopted"
    adopted = wait_calls(api, 2)
    assert {item["from"]["extension"] for item in adopted} == {"101", "103"}
    connected(bench, 1, 2)
    hang_up(bench, 1, 2, 3, 4)
    wait_recorded(api, *(item["id"] for item in adopted))


def test_the_power_fails_and_comes_back(product: Product, bench: Bench, api: Api) -> None:
    call(bench, 1, "102", 2)
    bench.power(False)
    for phone in (1, 2):
        bench.wait_now(phone, "silence")
    bench.power(True)
    bench.off_hook(3)
    bench.wait_signal(3, "dial", deadline_s=40)
    hang_up(bench, 1, 2, 3)
    wait_for(
        lambda: {line["state"] for port, line in api.lines().items() if "fxs" in port} == {"idle"}, 40, "all are idle"
    )
    call(bench, 1, "102", 2)


def test_a_telephone_off_hook_at_power_up(product: Product, bench: Bench, api: Api) -> None:
    bench.off_hook(1)
    bench.power(False)
    bench.power(True)
    bench.off_hook(2)
    bench.wait_signal(2, "dial", deadline_s=40)
    bench.wait_signal(1, "dial", "busy", "congestion", "howler", deadline_s=40)
    hang_up(bench, 1)
    wait_for(lambda: api.line(1)["state"] == "idle", 20, "the line is idle")
    lift(bench, 1)
