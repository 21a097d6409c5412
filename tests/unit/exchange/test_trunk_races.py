"""Events of company lines that were on their way when the agent gave the line something else to do."""

from __future__ import annotations

import pytest

from tests.unit.exchange.hotel import CITY, PORTS, Hotel
from tests.unit.exchange.outside import NUMBER, all_down


@pytest.fixture
def hotel() -> Hotel:
    return Hotel(trunks=[CITY])


def end(hotel: Hotel, *numbers: str) -> None:
    for number in numbers:
        if hotel.gateway.lines[PORTS[number]].off_hook:
            hotel.hang_up(number)


def test_a_release_that_is_late_does_not_end_the_emergency_call_that_took_the_line(hotel: Hotel) -> None:
    hotel.ring_in("fxo/1", "600700800")
    hotel.lift("109")
    hotel.call_out("102", NUMBER)
    hotel.lift("101")
    hotel.gateway.dial(PORTS["101"], "112")  # reported, and not dealt with yet
    hotel.gateway.release("fxo/2", "busy-tone", 17)  # the far end of 102's call, at this very moment
    hotel.pump()
    assert hotel.talks("109", "fxo/1"), "the call in need not end"
    hotel.go_on("fxo/2")
    assert hotel.talks("101", "fxo/2")
    assert ("emergency-no-line", "101") not in hotel.alarms
    end(hotel, "101", "102", "109")
    assert hotel.gateway.trunk("fxo/2").stage == "guard", "nobody has the line any more"
    assert hotel.quiet()


def test_a_release_that_is_late_does_not_end_the_call_out_that_has_the_line_now(hotel: Hotel) -> None:
    hotel.call_out("101", NUMBER)
    hotel.far_end_answers("fxo/2")
    hotel.lift("102")
    hotel.gateway.dial(PORTS["102"], "0" + NUMBER[:-1])
    hotel.pump()
    hotel.gateway.replace(PORTS["101"])
    hotel.gateway.dial(PORTS["102"], NUMBER[-1])
    hotel.gateway.release("fxo/2")
    hotel.pump()
    assert hotel.hears("102") is None
    hotel.go_on("fxo/2")
    assert hotel.talks("102", "fxo/2")
    end(hotel, "102")
    assert hotel.gateway.trunk("fxo/2").stage == "guard"
    assert hotel.quiet()


def test_an_answer_that_is_late_is_not_the_next_call_s(hotel: Hotel) -> None:
    hotel.call_out("101", NUMBER)
    hotel.lift("102")
    hotel.gateway.dial(PORTS["102"], "0" + NUMBER[:-1])
    hotel.pump()
    hotel.gateway.replace(PORTS["101"])
    hotel.gateway.dial(PORTS["102"], NUMBER[-1])
    hotel.gateway.far_end_answers("fxo/2")
    hotel.pump()
    assert [call.state for call in hotel.agent.calls()] == ["dialling"]
    end(hotel, "102")
    assert hotel.last().answered_ns is None


def test_a_call_in_that_is_reported_as_the_line_is_to_be_seized_is_presented(hotel: Hotel) -> None:
    """Glare before the line is seized: the gateway refuses `Place`, and has told of the call in just before."""
    hotel.lift("101")
    hotel.gateway.dial(PORTS["101"], f"0{NUMBER}")
    hotel.gateway.ring_in("fxo/2", "600700800")
    hotel.pump()
    hotel.go_on("fxo/1")
    assert hotel.talks("101", "fxo/1")
    assert hotel.rings("100"), "the caller rings, and nobody is told"


def test_the_same_with_a_line_that_is_off_hook_with_its_caller(hotel: Hotel) -> None:
    hotel.lift("101")
    hotel.gateway.dial(PORTS["101"], f"0{NUMBER}")
    hotel.gateway.ring_in("fxo/2", answered=True)
    hotel.pump()
    assert hotel.rings("100") and hotel.hears("fxo/2") == "ringback"


def test_an_emergency_that_meets_a_call_in_loses_neither(hotel: Hotel) -> None:
    hotel.lift("101")
    hotel.gateway.dial(PORTS["101"], "112")
    hotel.gateway.ring_in("fxo/1", "600700800")
    hotel.pump()
    hotel.go_on("fxo/2")
    assert hotel.talks("101", "fxo/2")
    hotel.far_end_answers("fxo/2")
    hotel.hang_up("101")
    assert hotel.rings("100") and hotel.shows("100")[0] == "600700800"


def test_a_flash_back_as_the_digits_go_out_gives_the_held_party_back(hotel: Hotel) -> None:
    hotel.connect("101", "100")
    hotel.flash("100")
    hotel.dial("100", f"0{NUMBER}")
    hotel.gateway.flash(PORTS["100"])
    hotel.gateway.go_on("fxo/2")
    hotel.pump()
    assert hotel.talks("100", "101")
    all_down(hotel, "100", "101")


def test_a_cleared_call_as_the_digits_go_out_leaves_no_connection(hotel: Hotel) -> None:
    hotel.call("101", f"0{NUMBER}")
    hotel.gateway.go_on("fxo/2")
    call = hotel.agent.calls()[0]
    hotel.carry_out(hotel.agent.clear(call.id, hotel.now))
    hotel.pump()
    assert not hotel.gateway.connections
    end(hotel, "101")


def test_who_gives_his_call_over_while_the_line_is_seized_and_lifts_again_is_not_joined_with_it(hotel: Hotel) -> None:
    hotel.connect("101", "100")
    hotel.flash("100")
    hotel.dial("100", f"0{NUMBER}")
    hotel.hang_up("100")
    hotel.lift("100")
    assert hotel.hears("100") == "dial"
    hotel.go_on("fxo/2")
    assert hotel.talks("101", "fxo/2")
    assert hotel.hears("100") == "dial" and hotel.gateway.lines[PORTS["100"]].collecting is not None


def test_who_has_given_a_call_out_up_and_lifted_again_while_the_agent_was_away_is_not_joined_with_it(
    hotel: Hotel,
) -> None:
    hotel.call("101", f"0{NUMBER}")
    hotel.gateway.alone = True
    hotel.gateway.replace(PORTS["101"])
    hotel.gateway.lift(PORTS["101"])
    hotel.restart()
    assert hotel.line("101").state == "off-hook"
    assert hotel.gateway.trunk("fxo/2").stage == "guard"
    hotel.go_on("fxo/2")
    assert hotel.hears("101") == "dial"


@pytest.mark.parametrize("number", ["112", f"0{NUMBER}"])
def test_a_caller_who_gives_up_as_the_line_is_seized_leaves_no_line_seized(hotel: Hotel, number: str) -> None:
    """Told, and gone again, before the agent has seen either: the gateway takes `Place` then."""
    port, other = ("fxo/1", "fxo/2") if number == "112" else ("fxo/2", "fxo/1")
    hotel.lift("101")
    hotel.gateway.dial(PORTS["101"], number)
    hotel.gateway.ring_in(port, "600700800")
    hotel.gateway.release(port, "abandoned")
    hotel.pump()
    hotel.go_on(port)
    hotel.go_on(other)
    hotel.pump()
    hotel.hang_up("101")
    assert {hotel.gateway.trunk(p).stage for p in CITY.ports} <= {"idle", "guard"}
    assert hotel.quiet()


def test_a_call_in_that_meets_a_call_out_which_is_given_up_at_once_is_answered_or_over(hotel: Hotel) -> None:
    """`Place` was refused for it, and `Release` is for the call out."""
    hotel.lift("101")
    hotel.gateway.dial(PORTS["101"], f"0{NUMBER}")
    hotel.gateway.replace(PORTS["101"])
    hotel.gateway.ring_in("fxo/2", "600700800")
    hotel.pump()
    hotel.lift("100")
    assert hotel.talks("100", "fxo/2")
