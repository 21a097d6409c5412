"""Reception in emergency calls: it joins, leaves, is cut off, and is needed for others meanwhile."""

from __future__ import annotations

import pytest

from firmware.errors import RefusedError
from firmware.gateway.messages import Connect, Error
from tests.unit.exchange.hotel import CITY, EXTENSIONS, PORTS, Hotel
from tests.unit.exchange.outside import deafen, no_line


@pytest.fixture
def hotel() -> Hotel:
    return Hotel(trunks=[CITY])


def end(hotel: Hotel, *numbers: str) -> None:
    for number in numbers:
        if hotel.gateway.lines[PORTS[number]].off_hook:
            hotel.hang_up(number)


@pytest.mark.parametrize("stage", ["through", "answered"])
def test_staff_that_pick_an_emergency_call_up_join_it(hotel: Hotel, stage: str) -> None:
    hotel.call("101", "112")
    hotel.go_on("fxo/1")
    if stage == "answered":
        hotel.far_end_answers("fxo/1")
    hotel.call("111", "*8")
    if stage == "through":
        hotel.far_end_answers("fxo/1")
    assert hotel.talks("101", "111", "fxo/1")
    hotel.hang_up("111")
    assert hotel.talks("101", "fxo/1")
    hotel.hang_up("101")
    assert hotel.gateway.trunk("fxo/1").stage == "guard"
    assert hotel.quiet()


def test_an_operator_who_takes_a_waiting_emergency_by_flash_joins_it(hotel: Hotel) -> None:
    hotel.connect("100", "103")
    hotel.connect("109", "102")
    hotel.call("101", "112")
    hotel.go_on("fxo/1")
    hotel.far_end_answers("fxo/1")
    hotel.flash("100")
    assert hotel.talks("101", "100", "fxo/1")
    hotel.hang_up("100")
    assert hotel.talks("101", "fxo/1")
    end(hotel, "101")
    assert hotel.gateway.trunk("fxo/1").stage == "guard"


def test_reception_that_hangs_up_while_a_line_is_looked_for_does_not_end_the_call(hotel: Hotel) -> None:
    no_line(hotel)
    hotel.lift("100")
    assert hotel.talks("101", "100")
    hotel.hang_up("100")
    assert hotel.agent.calls() and hotel.agent.calls()[0].emergency
    deafen(hotel, False)
    hotel.wait(6)
    hotel.go_on("fxo/1")
    assert hotel.talks("101", "fxo/1")
    end(hotel, "101")


def test_nor_does_reception_whose_port_fails(hotel: Hotel) -> None:
    no_line(hotel)
    hotel.lift("100")
    hotel.gateway.fail(PORTS["100"], "out-of-service")
    hotel.pump()
    assert hotel.agent.calls() and hotel.agent.calls()[0].emergency and hotel.rings("109")
    end(hotel, "101")


def test_an_operator_whose_port_fails_does_not_make_a_lost_call_of_it(hotel: Hotel) -> None:
    hotel.call("101", "112")
    hotel.go_on("fxo/1")
    hotel.far_end_answers("fxo/1")
    hotel.lift("100")
    hotel.gateway.fail(PORTS["100"], "out-of-service")
    hotel.pump()
    assert hotel.talks("101", "fxo/1")
    hotel.hang_up("101")
    assert hotel.last().end == "released" and hotel.last().complete


def test_a_flash_of_the_caller_does_not_take_reception_out_of_the_call(hotel: Hotel) -> None:
    hotel.call("110", "112")
    hotel.go_on("fxo/1")
    hotel.far_end_answers("fxo/1")
    hotel.lift("100")
    assert hotel.talks("110", "100", "fxo/1")
    hotel.flash("110")
    assert hotel.talks("100", "110", "fxo/1")


def test_a_flash_of_the_caller_and_a_transfer_leave_no_bell_ringing(hotel: Hotel) -> None:
    hotel.call("110", "112")
    hotel.go_on("fxo/1")
    hotel.far_end_answers("fxo/1")
    hotel.flash("110")
    hotel.dial("110", "103")
    if hotel.rings("103"):
        hotel.lift("103")
    hotel.hang_up("110")
    end(hotel, "103")
    if hotel.rings("100"):
        hotel.lift("100")
        hotel.hang_up("100")
    assert hotel.quiet() and all(count == 1 for count in hotel.closed.values())


def test_reception_that_gives_the_caller_to_somebody_else_leaves_no_line_seized(hotel: Hotel) -> None:
    no_line(hotel)
    hotel.lift("100")
    hotel.wait(6)
    assert hotel.gateway.trunk("fxo/1").stage == "seizing"
    hotel.flash("100")
    hotel.dial("100", "103")
    if hotel.rings("103"):
        hotel.lift("103")
    hotel.hang_up("100")
    hotel.gateway.trunk("fxo/1").deaf = False
    hotel.go_on("fxo/1")
    end(hotel, "101", "103")
    assert hotel.gateway.trunk("fxo/1").stage in ("idle", "guard")
    assert hotel.quiet()


def test_a_waiting_emergency_rings_before_a_caller_who_waited_already(hotel: Hotel) -> None:
    hotel.connect("100", "103")
    hotel.connect("109", "102")
    hotel.ring_in("fxo/2", "600700800")
    hotel.call("101", "112")
    hotel.go_on("fxo/1")
    hotel.hang_up("100")
    kind = hotel.gateway.lines[PORTS["100"]].ring.kind  # type: ignore[union-attr]
    assert kind == "priority" and hotel.shows("100")[0] == "101"


def test_an_operator_who_comes_free_rings_for_the_emergency_before_a_caller_who_waited_already() -> None:
    only = [e for e in EXTENSIONS if e.number not in ("109", "110", "111")]
    hotel = Hotel(extensions=only, trunks=[CITY])
    hotel.lift("100")  # dials: can be told of nothing
    hotel.ring_in("fxo/2", "600700800")
    hotel.call("101", "112")
    hotel.go_on("fxo/1")
    hotel.hang_up("100")
    assert hotel.shows("100")[0] == "101"


def test_an_operator_who_comes_free_rings_for_an_emergency_that_was_answered_outside(hotel: Hotel) -> None:
    hotel.lift("100")
    hotel.lift("109")
    hotel.call("101", "112")
    hotel.go_on("fxo/1")
    hotel.far_end_answers("fxo/1")
    hotel.hang_up("100")
    assert hotel.rings("100")


def test_a_call_back_rings_reception_also_where_it_is_not_to_be_disturbed(hotel: Hotel) -> None:
    for operator in ("100", "109"):
        hotel.carry_out(hotel.agent.set_dnd(operator, True, hotel.now))
    hotel.call("101", "112")
    hotel.go_on("fxo/1")
    hotel.hang_up("101")
    hotel.ring_in("fxo/2", "112")
    assert hotel.rings("101") and hotel.rings("100") and hotel.rings("109")


def test_half_an_hour_counts_from_the_end_of_the_call(hotel: Hotel) -> None:
    hotel.call("101", "112")
    hotel.go_on("fxo/1")
    hotel.far_end_answers("fxo/1")
    hotel.wait(31 * 60)
    hotel.hang_up("101")
    hotel.ring_in("fxo/2", "112")
    assert hotel.rings("101")


def test_a_call_of_the_rescue_that_calls_back_is_not_ended_for_another_emergency() -> None:
    hotel = Hotel(trunks=[CITY])
    hotel.call("101", "112")
    hotel.go_on("fxo/1")
    hotel.hang_up("101")
    hotel.go_on("fxo/1")
    hotel.ring_in("fxo/1", "112")
    hotel.lift("101")
    hotel.ring_in("fxo/2", "600700800")
    hotel.lift("100")
    hotel.call("102", "112")
    assert hotel.talks("101", "fxo/1")


def test_a_connection_that_the_gateway_has_no_room_for_does_not_end_an_emergency(hotel: Hotel) -> None:
    no_line(hotel)
    hotel.call("109", "8")  # busy
    hotel.lift("100")
    (connection,) = hotel.gateway.connections
    made = Connect(connection=connection, legs=())
    refused = Error(fault="gateway", code="full", text="full")
    hotel.carry_out(hotel.agent.refused(made, refused, hotel.now))
    hotel.pump()
    assert any(call.emergency for call in hotel.agent.calls())


def test_the_desk_s_clear_does_not_cut_an_emergency(hotel: Hotel) -> None:
    hotel.call("101", "112")
    hotel.go_on("fxo/1")

    with pytest.raises(RefusedError):
        hotel.carry_out(hotel.agent.clear(hotel.agent.calls()[0].id, hotel.now))
    hotel.pump()
    assert hotel.talks("101", "fxo/1")


def test_reception_that_answers_as_the_line_is_lost_hears_the_caller(hotel: Hotel) -> None:
    hotel.call("101", "112")
    hotel.go_on("fxo/1")
    hotel.gateway.fail("fxo/1", "out-of-service")
    hotel.gateway.lift(PORTS["100"])  # the gateway joins it with the caller; the agent hears of the line's loss first
    hotel.gateway.now_ns += 5_000_000
    hotel.pump()
    assert hotel.talks("101", "100")
    hotel.go_on("fxo/2")
    assert hotel.talks("101", "100", "fxo/2")


def test_a_caller_from_outside_whom_reception_gave_to_112_may_hang_up(hotel: Hotel) -> None:
    hotel.ring_in("fxo/1", "600700800")
    hotel.lift("100")
    hotel.flash("100")
    hotel.dial("100", "112")
    hotel.go_on("fxo/2")
    hotel.far_end_answers("fxo/2")
    hotel.hang_up("100")
    assert hotel.talks("fxo/1", "fxo/2")
    hotel.far_end_releases("fxo/1", "loop-break")
    hotel.go_on("fxo/1")
    hotel.wait(30)
    assert hotel.gateway.trunk("fxo/2").stage in ("idle", "guard") and hotel.gateway.trunk("fxo/1").stage == "idle"
    for number in ("100", "109"):
        assert not hotel.rings(number)
    assert hotel.quiet()


def test_reception_that_leaves_as_the_digits_go_out_takes_nobody_off_the_line(hotel: Hotel) -> None:
    hotel.call("101", "112")
    hotel.lift("100")
    hotel.gateway.replace(PORTS["100"])
    hotel.gateway.go_on("fxo/1")
    hotel.gateway.now_ns += 5_000_000
    hotel.pump()
    assert hotel.talks("101", "fxo/1")


@pytest.mark.parametrize("how", ["flash", "pick-up"])
def test_reception_that_joins_as_the_digits_go_out_takes_nobody_off_the_line(hotel: Hotel, how: str) -> None:
    if how == "flash":
        hotel.connect("100", "103")
        hotel.connect("109", "102")
    else:
        hotel.lift("111")
        hotel.dial("111", "*")
    hotel.call("101", "112")
    if how == "flash":
        hotel.gateway.flash(PORTS["100"])
    else:
        hotel.gateway.dial(PORTS["111"], "8")
    hotel.gateway.go_on("fxo/1")
    hotel.gateway.now_ns += 5_000_000
    hotel.pump()
    assert hotel.talks("101", "fxo/1", "100" if how == "flash" else "111")


def test_a_call_back_does_not_take_dial_tone_away_from_an_operator(hotel: Hotel) -> None:
    hotel.call("101", "112")
    hotel.go_on("fxo/1")
    hotel.hang_up("101")
    hotel.lift("100")
    assert hotel.hears("100") == "dial"
    hotel.ring_in("fxo/2", "112")
    assert hotel.hears("100") == "dial"


def test_a_call_back_rings_the_room_as_soon_as_its_handset_is_replaced(hotel: Hotel) -> None:
    hotel.call("101", "112")
    hotel.go_on("fxo/1")
    hotel.hang_up("101")
    hotel.lift("101")
    hotel.ring_in("fxo/2", "112")
    assert hotel.hears("101") == "dial"
    hotel.hang_up("101")
    assert hotel.rings("101") and hotel.rings("100")


def test_a_bell_that_was_ordered_for_a_telephone_that_has_just_answered_another_does_not_ring_on(hotel: Hotel) -> None:
    """It was lifted and replaced while another call was on its way to it."""
    hotel.call("103", "100")
    hotel.lift("101")
    hotel.gateway.dial(PORTS["101"], "112")
    hotel.gateway.lift(PORTS["100"])
    hotel.gateway.replace(PORTS["100"])
    hotel.gateway.now_ns += 5_000_000
    hotel.pump()
    ring = hotel.gateway.lines[PORTS["100"]].ring
    assert (ring is not None) == (hotel.line("100").state == "ringing")
