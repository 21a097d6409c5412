"""A call with a party outside, in every state: whatever happens to it, nothing is left of it afterwards."""

from __future__ import annotations

from dataclasses import replace

import pytest

from firmware.exchange.numbering import AgentSettings
from firmware.exchange.trunk_groups import NightService
from tests.unit.exchange.hotel import CITY, EXTENSIONS, PORTS, Hotel
from tests.unit.exchange.outside import NUMBER, Judge

STATES = [
    "rings",
    "talks",
    "held",
    "consults",
    "rung",
    "placing",
    "through",
    "transferred",
    "bridged",
    "three",
    "blind",
    "recall",
    "waits",
    "announced",
]

WHAT = ["fxo/1", "fxo/2", "fxo/1 fails", "100 fails", "flash", "emergency", "restart", "hang up", "restart, hang up"]


def build(state: str) -> Hotel:
    night = NightService(mode="on") if state == "announced" else NightService()
    hotel = Hotel(AgentSettings(night=night), trunks=[CITY])
    if state == "waits":
        hotel.connect("100", "102")
        hotel.connect("109", "103")
    hotel.ring_in("fxo/1", "600700800")
    if state in ("rings", "announced", "waits"):
        return hotel
    hotel.lift("100")
    if state == "talks":
        return hotel
    hotel.flash("100")
    if state == "held":
        return hotel
    if state == "recall":
        hotel.hang_up("100")
        return hotel
    if state in ("consults", "rung", "blind"):
        hotel.dial("100", "103")
        if state == "consults":
            hotel.lift("103")
        if state == "blind":
            hotel.hang_up("100")
        return hotel
    hotel.dial("100", f"0{NUMBER}")
    if state == "placing":
        return hotel
    if state == "transferred":
        hotel.hang_up("100")
        return hotel
    hotel.go_on("fxo/2")
    if state == "through":
        return hotel
    hotel.far_end_answers("fxo/2")
    if state == "bridged":
        hotel.hang_up("100")
    if state == "three":
        hotel.flash("100")
    return hotel


def finish(hotel: Hotel) -> None:
    hotel.pump()
    hotel.go_on("fxo/2")
    for number, port in PORTS.items():
        if hotel.gateway.lines[port].off_hook:
            hotel.hang_up(number)
    hotel.go_on("fxo/1")
    for port in CITY.ports:
        stage = hotel.gateway.trunk(port).stage
        if stage not in ("idle", "guard"):
            hotel.far_end_releases(port, "abandoned" if stage == "ringing-in" else "loop-break")
    hotel.wait(400)
    assert hotel.quiet() and hotel.refusals == []
    assert all(line.state == "idle" for line in hotel.agent.lines())
    assert all(count == 1 for count in hotel.closed.values())


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("which", [0, 1, -1])
def test_a_call_that_is_cleared_leaves_nothing(state: str, which: int) -> None:
    hotel = build(state)
    calls = hotel.agent.calls()
    if -len(calls) <= which < len(calls):
        hotel.carry_out(hotel.agent.clear(calls[which].id, hotel.now))
    finish(hotel)


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize(
    "what", ["fxo/1", "fxo/2", "100", "flash", "emergency", "restart", "hang up", "restart, hang up"]
)
def test_whatever_happens_to_a_call_leaves_nothing(state: str, what: str) -> None:
    hotel = build(state)
    if what.endswith("fails"):
        port = PORTS.get(what[:-6], what[:-6])
        hotel.gateway.fail(port, "out-of-service")
        hotel.pump()
        hotel.gateway.fail(port, "in-service")
    elif what.startswith("fxo"):
        if hotel.gateway.trunk(what).stage not in ("idle", "guard"):
            hotel.far_end_releases(what, "loop-break")
    elif what == "flash":
        hotel.flash("100")
    elif what == "emergency":
        hotel.call("101", "112")
        placed = [p for p in CITY.ports if (c := hotel.gateway.trunk(p).placed) is not None and c.emergency]
        if state not in ("rings", "waits"):
            assert placed, "a line was to be had"
        for port in placed:
            hotel.go_on(port)
            assert hotel.talks("101", port)
    elif what.startswith("restart"):
        before = {(c.id, c.state, c.dialled) for c in hotel.agent.calls()}
        lines = [line.state for line in hotel.agent.lines()]
        hotel.restart()
        assert {(c.id, c.state, c.dialled) for c in hotel.agent.calls()} == before
        assert [line.state for line in hotel.agent.lines()] == lines
    if what.endswith("hang up") and hotel.gateway.lines[PORTS["100"]].off_hook:
        hotel.hang_up("100")
    finish(hotel)


@pytest.mark.parametrize("how", ["pick-up", "redial", "click", "consult", "transfer"])
def test_a_barred_class_gets_no_line(how: str) -> None:
    judge = Judge({"internal": ("-",)})
    extensions = [replace(e, flash=True) if e.number == "101" else e for e in EXTENSIONS]
    hotel = Hotel(AgentSettings(restrictions=judge), extensions=extensions, trunks=[CITY])
    if how == "redial":
        hotel.call("101", f"0{NUMBER}")
        hotel.hang_up("101")
        hotel.call("101", "*66")
    elif how == "click":
        hotel.carry_out(hotel.agent.dial("101", f"0{NUMBER}", hotel.now)[1])
        hotel.lift("101")
    elif how == "pick-up":
        hotel.call_out("110", NUMBER)
        hotel.call("101", "*8")
    else:
        hotel.connect("102", "101")
        hotel.flash("101")
        hotel.dial("101", f"0{NUMBER}")
        if how == "transfer":
            hotel.hang_up("101")
    assert hotel.line("fxo/2").state == ("dialling" if how == "pick-up" else "idle")
    assert not hotel.talks("101", "fxo/2")
