"""112 gets out: from a barred room with every line busy, with dead lines, without an agent, and by the lifeline."""

from __future__ import annotations

import time
from contextlib import nullcontext

import pytest

from tests.clients import Api, Bench
from tests.harness import Product, wait_for
from tests.hotel import Hotel
from tests.scenario.talking import (
    answered_outside,
    call_out,
    connected,
    hang_up,
    lift,
    lift_and_dial,
    line_with,
    may_call_out,
)

ROOM, RECEPTION = 1, 7
DIGITS_WITHIN_S = 4
"""From the last digit dialled until the company's exchange has the number."""
SLACK_S = 1.5
"""What the test itself needs to look."""
CALLER = "600700800"


@pytest.fixture(scope="module")
def hotel() -> Hotel:
    """The demonstration hotel, whose lifeline telephone is housekeeping's."""
    return Hotel.demonstration(lifeline="fxs/8")


def fill_both_lines(bench: Bench, api: Api) -> None:
    """One call out, one call in, both talking."""
    may_call_out(api, "102")
    call_out(bench, 2, "221234567", "fxo/2")
    answered_outside(bench, api, "fxo/2")
    bench.company("fxo/1", "ring", number=CALLER, caller_id="fsk-before")
    bench.wait_ringing(RECEPTION, 20)
    bench.off_hook(RECEPTION)
    bench.wait_line("fxo/1", state="talking-in")


def test_with_every_line_busy_112_takes_the_call_out_and_a_call_back_finds_the_room(bench: Bench, api: Api) -> None:
    fill_both_lines(bench, api)
    lift(bench, ROOM)
    bench.dial(ROOM, "112")
    dialled = time.monotonic()
    line = line_with(bench, "112", 20)
    took_s = time.monotonic() - dialled
    assert line == "fxo/2", "the call out goes before the call in"
    assert took_s < DIGITS_WITHIN_S + SLACK_S
    connected(bench, ROOM, line)
    bench.wait_signal(2, "congestion", "busy")
    alarm = wait_for(lambda: api.standing_alarms("emergency-call"), 10, "the desk is told")[0]
    assert alarm["subject"] == "101" and "floor 1" in alarm["text"]
    assert next(c for c in api.calls() if c["emergency"])["trunk"] == "city"
    hang_up(bench, RECEPTION)
    bench.company("fxo/1", "hang-up")
    bench.wait_ringing(RECEPTION, 20)  # reception is free now, and rings for it
    bench.off_hook(RECEPTION)
    bench.wait_now(RECEPTION, "speech")  # which room
    wait_for(lambda: bench.hearing(RECEPTION)["now"] == "silence", 20, "the announcement is over")
    connected(bench, ROOM, line, RECEPTION)
    hang_up(bench, RECEPTION)
    connected(bench, ROOM, line)
    hang_up(bench, ROOM, 2)
    bench.wait_line(line, 10, state="idle")
    bench.wait_quiet(RECEPTION)
    bench.company("fxo/1", "ring", caller_id="none")
    bench.wait_ringing(ROOM, 20)
    bench.wait_ringing(RECEPTION, 5)
    bench.off_hook(ROOM)
    connected(bench, ROOM, "fxo/1")


def test_nothing_but_the_caller_ends_it(bench: Bench) -> None:
    lift_and_dial(bench, ROOM, "0112")
    line = line_with(bench, "112", 15)
    bench.company(line, "answer", reversal=True)
    for tone in ("busy", "congestion", "none"):
        bench.company(line, "alert", tone=tone)
        bench.wait_audio(4000)
    assert bench.phone(line)["seized"]
    connected(bench, ROOM, line)


@pytest.mark.timeout(240)
@pytest.mark.parametrize("alone", [False, True])
def test_a_line_whose_caller_the_exchange_holds_is_tried_again_when_it_lets_him_go(
    product: Product, bench: Bench, alone: bool
) -> None:
    """Each seizure gives him back, and begins the exchange's 20 s anew. `alone`: the supervisor does nothing."""
    bench.company("fxo/2", "unplug")
    bench.company("fxo/1", "ring", number=CALLER, caller_id="fsk-before")
    bench.wait_ringing(RECEPTION, 20)
    bench.off_hook(RECEPTION)
    bench.wait_line("fxo/1", state="talking-in")
    with product.frozen("launcher", "supervisor") if alone else nullcontext():
        if alone:
            bench.wait_audio(2000)
        lift_and_dial(bench, ROOM, "112")
        line_with(bench, "112", 60)
        connected(bench, ROOM, "fxo/1")
        hang_up(bench, ROOM)
    wait_for(product.ready, 40, "the supervisor is at work")


def test_with_every_line_dead_the_caller_hears_so_and_has_reception(bench: Bench, api: Api) -> None:
    for line in ("fxo/1", "fxo/2"):
        bench.company(line, "unplug")
    wait_for(lambda: len(api.standing_alarms("line-dead")) == 2, 15, "both lines are known to be dead")
    lift_and_dial(bench, ROOM, "112")
    bench.wait_now(ROOM, "speech", 15)
    bench.wait_ringing(RECEPTION)
    wait_for(lambda: api.standing_alarms("emergency-no-line"), 10, "the desk is told that no line carries it")
    bench.off_hook(RECEPTION)
    connected(bench, ROOM, RECEPTION)
    bench.company("fxo/1", "plug")
    line_with(bench, "112", 30)  # it is tried again and again
    connected(bench, ROOM, RECEPTION, "fxo/1")


@pytest.mark.timeout(240)
@pytest.mark.parametrize("how", ["killed", "frozen"])
def test_without_a_supervisor_it_gets_out_too(product: Product, bench: Bench, api: Api, how: str) -> None:
    may_call_out(api, "102")
    call_out(bench, 2, "221234567", "fxo/2")
    bench.company("fxo/1", "unplug")
    wait_for(lambda: api.standing_alarms("line-dead"), 15, "one line is left, and it is busy")
    if how == "frozen":
        with product.frozen("supervisor"):
            bench.wait_audio(2000)
            gets_out_alone(bench)
        wait_for(product.ready, 40, "the supervisor goes on")
    else:
        old = product.kill("supervisor")
        gets_out_alone(bench)
        wait_for(lambda: product.ready() and product.pid("supervisor") != old, 40, "another supervisor is ready")
    (call,) = wait_for(lambda: [c for c in api.calls() if c["emergency"]], 20, "the call is known")
    assert (call["from"]["room"], call["trunk"]) == ("101", "city")
    connected(bench, ROOM, "fxo/2")
    hang_up(bench, ROOM, 2)
    bench.wait_line("fxo/2", 15, state="idle")
    records = wait_for(lambda: api.records("&room=101"), 10, "the record")
    assert records[0]["emergency"] and records[0]["dialled"] == "112" and records[0]["direction"] == "outgoing"


def gets_out_alone(bench: Bench) -> None:
    lift_and_dial(bench, ROOM, "112")
    line_with(bench, "112", 20)
    bench.wait_ringing(RECEPTION)
    connected(bench, ROOM, "fxo/2")


@pytest.mark.timeout(240)
def test_with_the_power_off_the_lifeline_telephone_has_the_company_s_line(product: Product, bench: Bench) -> None:
    bench.power(False)
    try:
        bench.off_hook(8)
        bench.wait_signal(8, "dial")
        bench.dial(8, "112")
        bench.wait_digits("fxo/1", "112")
        connected(bench, 8, "fxo/1")
    finally:
        bench.power(True)
    wait_for(product.ready, 60, "the box is back")
    bench.wait_audio(5000)
    assert not bench.world()["lifeline"]["held"]
    connected(bench, 8, "fxo/1")
    bench.on_hook(8)
    wait_for(lambda: bench.world()["lifeline"]["held"], 20, "the telephone is the box's again")


@pytest.mark.timeout(240)
def test_with_voice_gone_too_and_its_call_is_not_cut_when_voice_is_back(product: Product, bench: Bench) -> None:
    """Killed again and again until the lifeline telephone is in its call; then voice may come back."""
    with product.frozen("voice"):
        bench.wait_audio(1000)  # the relay falls half a second after the last heartbeat
        bench.off_hook(8)
        bench.wait_signal(8, "dial")
        bench.dial(8, "112")
        bench.wait_digits("fxo/1", "112")
        product.kill("voice")
    wait_for(product.ready, 60, "voice is back")
    connected(bench, 8, "fxo/1")
    hang_up(bench, 8)
    bench.wait_line("fxo/1", 15, state="idle")
    lift(bench, 8, deadline_s=20)


def test_a_dry_run_dials_nobody_and_names_every_line(bench: Bench, api: Api) -> None:
    found = api.call("POST", "/api/v1/emergency/dry-run")
    assert found["ok"] and {line["port"]: line["state"] for line in found["lines"]} == {
        "fxo/1": "dial-tone",
        "fxo/2": "dial-tone",
    }
    assert "112" in found["numbers"] and found["reception"] == ["100"] and found["lodged"]
    assert all(line["digits"] == "" for line in bench.world()["lines"].values())
    bench.company("fxo/2", "unplug")
    wait_for(lambda: api.standing_alarms("line-dead"), 15, "the line is known to be dead")
    found = api.call("POST", "/api/v1/emergency/dry-run")
    assert found["ok"] and {line["port"]: line["state"] for line in found["lines"]}["fxo/2"] == "fault"
