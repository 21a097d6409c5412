"""Voice mail: who would hear busy, or gets no answer from a room, may leave a message for its guest."""

from __future__ import annotations

from dataclasses import replace

import pytest

from firmware.exchange.dialogue import TakeDown
from tests.unit.exchange.hotel import CITY, Hotel
from tests.unit.exchange.menus import Menus, hotel_with

ALL = frozenset({"busy", "no-answer", "dnd"})


def house(cases: frozenset[str] = ALL, **more: object) -> tuple[Hotel, Menus]:
    hotel, menus = hotel_with(TakeDown("m1.wav"), menu="mail-leave", voice_mail=cases, **more)
    hotel.carry_out(hotel.agent.set_occupied("102", True, hotel.now))
    return hotel, menus


def engage(hotel: Hotel, case: str) -> None:
    """Room 102 cannot be reached by 101, who has called it."""
    if case == "busy":
        hotel.lift("102")
    elif case == "dnd":
        hotel.carry_out(hotel.agent.set_dnd("102", True, hotel.now))
    hotel.call("101", "102")
    if case == "no-answer":
        hotel.wait(61)


@pytest.mark.parametrize(("case", "cause"), [("busy", 17), ("dnd", 21), ("no-answer", 19)])
def test_a_message_may_be_left(case: str, cause: int) -> None:
    hotel, menus = house()
    engage(hotel, case)
    opening = menus.script.opening
    assert (opening.extension, opening.room) == ("101", "101"), "the caller's, whose language is spoken"
    assert opening.values == {"room": "102"}
    assert hotel.gateway.lines["fxs/1"].recording is not None and not hotel.rings("102")
    assert (hotel.last().to_party.extension, hotel.last().cause, hotel.last().answered_ns) == ("102", cause, None)
    hotel.gateway.recorded("fxs/1", 4.0)
    hotel.pump()
    assert hotel.hears("101") == "busy"
    hotel.hang_up("101")
    if case == "busy":
        hotel.hang_up("102")
    assert hotel.quiet() and hotel.refusals == [] and len(hotel.records) == 1


@pytest.mark.parametrize("case", sorted(ALL))
def test_a_case_that_the_site_has_not_chosen(case: str) -> None:
    hotel, menus = house(ALL - {case})
    engage(hotel, case)
    assert not menus.begun and hotel.hears("101") in ("busy", "congestion")


def test_a_room_without_a_guest_has_none() -> None:
    hotel, menus = house()
    hotel.carry_out(hotel.agent.set_occupied("102", False, hotel.now))
    engage(hotel, "busy")
    assert not menus.begun and hotel.hears("101") == "busy"


def test_staff_and_reception_have_none() -> None:
    hotel, menus = house()
    hotel.lift("110")
    hotel.call("101", "110")
    assert hotel.hears("101") == "busy"
    hotel.call("103", "8888")
    hotel.wait(61)
    assert not menus.begun


def test_what_is_forwarded_to_reception_comes_there() -> None:
    hotel, menus = house(forward_busy=True)
    engage(hotel, "busy")
    assert hotel.rings("100") and not menus.begun


def test_a_house_without_that_menu() -> None:
    hotel, menus = house()
    menus.steps = {}
    engage(hotel, "busy")
    assert hotel.hears("101") == "busy"


def test_a_caller_from_outside_comes_to_reception_instead() -> None:
    hotel, menus = house(trunks=(replace(CITY, targets={"fxo/1": "102"}),))
    hotel.ring_in("fxo/1", "600700800")
    assert hotel.rings("102")
    hotel.wait(61)
    assert hotel.rings("100") and not menus.begun
