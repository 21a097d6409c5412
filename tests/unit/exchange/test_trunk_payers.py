"""Who pays for a company line that was called out by, and for which number: what the records say."""

from __future__ import annotations

import pytest

from firmware.exchange.decisions import LegRecord
from tests.unit.exchange.hotel import CITY, Hotel
from tests.unit.exchange.outside import NUMBER, all_down


@pytest.fixture
def hotel() -> Hotel:
    return Hotel(trunks=[CITY])


def called_out(hotel: Hotel, caller: str) -> None:
    hotel.call_out(caller, NUMBER)
    hotel.far_end_answers("fxo/2")


def paid(record: LegRecord) -> tuple[str, str, str | None]:
    """Direction, number outside, and the room."""
    return record.direction, record.outside, record.from_party.room or record.to_party.room


def test_a_room_that_calls_out_pays_for_its_number_without_the_prefix(hotel: Hotel) -> None:
    called_out(hotel, "101")
    (opened,) = hotel.open.values()
    assert paid(opened) == ("outgoing", NUMBER, "101")
    all_down(hotel, "101")
    assert paid(hotel.last()) == ("outgoing", NUMBER, "101")


def test_a_call_inside_and_a_call_in_have_no_number_outside(hotel: Hotel) -> None:
    hotel.lift("101")
    hotel.dial("101", "103")
    hotel.lift("103")
    all_down(hotel, "101", "103")
    assert paid(hotel.last())[:2] == ("internal", "")
    hotel.ring_in("fxo/1", "600700800")
    hotel.lift("100")
    all_down(hotel, "100")
    assert paid(hotel.last())[:2] == ("incoming", "")


def test_a_line_that_reception_has_given_to_a_room_is_the_rooms_from_then_on(hotel: Hotel) -> None:
    called_out(hotel, "100")
    hotel.flash("100")
    hotel.dial("100", "103")
    hotel.lift("103")
    hotel.hang_up("100")
    (standing,) = hotel.open.values()
    assert paid(standing) == ("outgoing", NUMBER, "103"), "if the power went now"
    all_down(hotel, "103")
    first, second = hotel.records.values()
    assert paid(first) == ("outgoing", NUMBER, None)
    assert paid(second) == ("outgoing", NUMBER, "103")
    assert second.dialled == "103"


def test_a_line_that_is_given_to_a_room_that_still_rings_is_the_rooms_from_its_answer_on(hotel: Hotel) -> None:
    called_out(hotel, "100")
    hotel.flash("100")
    hotel.dial("100", "103")
    hotel.hang_up("100")
    hotel.wait(5)
    hotel.lift("103")
    (standing,) = hotel.open.values()
    assert paid(standing) == ("outgoing", NUMBER, "103")
    all_down(hotel, "103")


def test_a_room_that_reception_has_joined_with_a_number_outside_pays_for_it(hotel: Hotel) -> None:
    hotel.lift("101")
    hotel.dial("101", "100")
    hotel.lift("100")
    hotel.flash("100")
    hotel.dial("100", f"0{NUMBER}")
    hotel.go_on("fxo/2")
    hotel.far_end_answers("fxo/2")
    hotel.hang_up("100")
    (standing,) = hotel.open.values()
    assert paid(standing) == ("outgoing", NUMBER, "101")
    all_down(hotel, "101")
    assert paid(hotel.last()) == ("outgoing", NUMBER, "101")
