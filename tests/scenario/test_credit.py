"""A guest's deposit: warned a minute before its end, cut off at the end, refused from then on, but no emergency."""

from __future__ import annotations

from tests.clients import Api, Bench
from tests.harness import wait_for
from tests.scenario.talking import answered_outside, call_out, hang_up, lift_and_dial, line_with

NUMBER = "221234567"
LINE = "fxo/2"
TARIFFS = (
    "prefix,name,days,from,to,connection,interval_s,price,free_s,minimum,surcharge_percent,tax_percent\n"
    ",all,1-7,00:00,00:00,0,1,10,0,0,0,0\n"
)
DEPOSIT = 80
"""For eight seconds."""


def left(api: Api) -> tuple[int, int]:
    """The guest's deposit, and what is left of it."""
    (guest,) = api.call("GET", "/api/v1/rooms/101")["guests"]
    return guest["deposit"]["amount"], guest["deposit_left"]["amount"]


def test_a_deposit_ends_the_call_and_further_ones_but_no_emergency(bench: Bench, api: Api) -> None:
    assert api.raw("PUT", "/api/v1/tariffs", TARIFFS.encode(), "text/csv").status == 200
    api.call("POST", "/api/v1/rooms/101/check-in", {"name": "Holm", "deposit": DEPOSIT, "class": "national"})
    assert left(api) == (DEPOSIT, DEPOSIT)
    call_out(bench, 1, NUMBER)
    answered_outside(bench, api, LINE)
    bench.wait_now(1, "tone:1400")
    bench.wait_signal(1, "busy")
    (record,) = wait_for(lambda: api.records("&room=101"), 5, "the record")
    assert record["talk_seconds"] in (8, 9), "the deposit's seconds, and what hanging up takes"
    assert record["charge"]["amount"] == 10 * record["talk_seconds"]
    wait_for(lambda: left(api) == (DEPOSIT, 0), 5, "the deposit used up, as the desk sees it")
    hang_up(bench, 1)
    lift_and_dial(bench, 1, f"0{NUMBER}")
    bench.wait_signal(1, "speech")
    barred = wait_for(lambda: [r for r in api.records("&room=101") if r["end"] == "barred"], 5, "the refusal")
    assert (barred[0]["cause"], barred[0]["charge"]) == (57, None)
    hang_up(bench, 1)
    lift_and_dial(bench, 1, "112")
    line_with(bench, "112")
    hang_up(bench, 1)
