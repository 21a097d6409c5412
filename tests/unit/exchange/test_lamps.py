"""Message lamps, and what else is said of a room and its guest while telephones are in use."""

from __future__ import annotations

import pytest

from firmware.exchange import decisions as d
from firmware.gateway.messages import Lamp, Lodge
from tests.unit.exchange.gateway import SimGateway
from tests.unit.exchange.hotel import CITY, PORTS, Hotel
from tests.unit.exchange.outside import NUMBER, all_down


@pytest.fixture
def hotel() -> Hotel:
    return Hotel(trunks=[CITY])


def lit(hotel: Hotel, number: str = "101") -> bool | None:
    return hotel.gateway.lines[PORTS[number]].lamp


def set_lamp(hotel: Hotel, on: bool, number: str = "101") -> None:
    hotel.carry_out(hotel.agent.set_lamp(number, on, hotel.now))
    hotel.pump()


def lamps(hotel: Hotel) -> list[Lamp]:
    commands = [decision.command for decision in hotel.decided if isinstance(decision, d.Send)]
    return [command for command in commands if isinstance(command, Lamp)]


def test_a_lamp_is_lit_and_put_out_on_the_extension_s_telephone(hotel: Hotel) -> None:
    hotel.decided.clear()
    set_lamp(hotel, True)
    assert lit(hotel) and not lit(hotel, "102")
    set_lamp(hotel, True)
    hotel.connect("101", "102")
    set_lamp(hotel, False)
    assert lit(hotel) is False and hotel.talks("101", "102")
    assert [(lamp.endpoint, lamp.lit) for lamp in lamps(hotel)] == [("fxs/1", True), ("fxs/1", False)]


def test_a_new_gateway_is_told_of_every_telephone_as_one_may_still_show_what_it_was_told_before(hotel: Hotel) -> None:
    set_lamp(hotel, True)
    hotel.carry_out(hotel.agent.lost(hotel.now))
    set_lamp(hotel, True, "102")
    set_lamp(hotel, False)
    hotel.gateway = SimGateway(list(hotel.gateway.lines), hotel.gateway.now_ns)
    hotel.begin()
    assert {number for number in PORTS if lit(hotel, number)} == {"102"}
    assert lit(hotel) is False


def test_an_agent_that_comes_back_tells_the_gateway_only_what_has_changed(hotel: Hotel) -> None:
    set_lamp(hotel, True)
    set_lamp(hotel, True, "102")
    hotel.agent = hotel.new_agent()
    for number in ("102", "103"):
        assert hotel.agent.set_lamp(number, True, hotel.now) == []
    hotel.decided.clear()
    hotel.begin()
    assert {(lamp.endpoint, lamp.lit) for lamp in lamps(hotel)} == {("fxs/1", False), ("fxs/3", True)}


def test_a_lamp_of_a_number_without_a_telephone_is_only_kept(hotel: Hotel) -> None:
    hotel.decided.clear()
    set_lamp(hotel, True, "8888")
    assert lamps(hotel) == []


def test_a_guest_who_leaves_has_no_name_from_the_next_ring_on(hotel: Hotel) -> None:
    hotel.agent.set_guest("101", "Ada Lovelace")
    hotel.call("101", "100")
    hotel.agent.set_guest("101", None)
    assert hotel.shows("100") == ("101", "Ada Lovelace") and hotel.agent.calls()[0].from_party.name is None
    hotel.hang_up("101")
    hotel.call("101", "100")
    assert hotel.shows("100") == ("101", "")
    hotel.agent.set_guest("101", "")
    hotel.hang_up("101")
    hotel.agent.set_guest("101", "Grace Hopper")
    hotel.call("101", "100")
    assert hotel.shows("100") == ("101", "Grace Hopper")
    all_down(hotel, "101")


def test_a_call_outside_goes_on_when_its_room_is_checked_out(hotel: Hotel) -> None:
    hotel.carry_out(hotel.agent.set_occupied("101", True, hotel.now))
    hotel.call_out("101", NUMBER)
    hotel.far_end_answers("fxo/2")
    hotel.carry_out(hotel.agent.set_occupied("101", False, hotel.now))
    hotel.carry_out(hotel.agent.set_room_class("101", "internal", hotel.now))
    hotel.agent.set_guest("101", None)
    hotel.wait(600)
    assert hotel.talks("101", "fxo/2") and hotel.agent.class_of("101") == "internal"
    all_down(hotel, "101")


def test_what_telephones_do_without_an_agent_depends_on_no_guest(hotel: Hotel) -> None:
    hotel.decided.clear()
    hotel.agent.set_guest("101", "Ada Lovelace")
    hotel.carry_out(hotel.agent.set_occupied("101", True, hotel.now))
    hotel.carry_out(hotel.agent.set_room_class("101", "unrestricted", hotel.now))
    hotel.begin()
    assert not [s for s in hotel.decided if isinstance(s, d.Send) and isinstance(s.command, Lodge)]
