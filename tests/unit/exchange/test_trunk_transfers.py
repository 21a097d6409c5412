"""Parties outside who are held, given to somebody else, or joined with each other."""

from __future__ import annotations

from dataclasses import replace

import pytest

from firmware.exchange.numbering import AgentSettings
from firmware.exchange.trunk_groups import TrunkGroup
from tests.unit.exchange.hotel import CITY, EXTENSIONS, PORTS, Hotel
from tests.unit.exchange.outside import NUMBER, Judge, all_down, held_and_consulting


@pytest.fixture
def hotel() -> Hotel:
    return Hotel(trunks=[CITY])


def test_staff_may_join_two_company_lines_for_an_hour(hotel: Hotel) -> None:
    held_and_consulting(hotel)
    hotel.far_end_answers("fxo/2")
    hotel.hang_up("100")
    assert hotel.talks("fxo/1", "fxo/2")
    hotel.wait(3590)
    assert hotel.talks("fxo/1", "fxo/2")
    hotel.wait(20)
    all_down(hotel)
    assert hotel.last().direction == "outgoing" and hotel.last().from_party.number == "600700800"


def test_also_before_the_far_end_has_answered(hotel: Hotel) -> None:
    held_and_consulting(hotel)
    hotel.hang_up("100")
    assert hotel.talks("fxo/1", "fxo/2") and hotel.line("100").state == "idle"
    hotel.far_end_answers("fxo/2")
    hotel.far_end_releases("fxo/1")
    assert hotel.gateway.trunk("fxo/2").stage == "guard"
    all_down(hotel)


@pytest.mark.parametrize("why", ["no supervision", "no right"])
def test_else_the_held_caller_rings_back(why: str) -> None:
    group = CITY if why == "no right" else replace(CITY, supervised=False)
    hotel = Hotel(AgentSettings(trunk_transfer=why != "no right"), trunks=[group])
    held_and_consulting(hotel)
    hotel.far_end_answers("fxo/2", "timer")
    hotel.hang_up("100")
    assert hotel.gateway.trunk("fxo/2").stage == "guard" and hotel.rings("100")
    hotel.lift("100")
    assert hotel.talks("100", "fxo/1")
    all_down(hotel, "100")


def test_a_reversal_at_the_answer_is_supervision_enough() -> None:
    hotel = Hotel(trunks=[replace(CITY, supervised=False)])
    held_and_consulting(hotel)
    hotel.far_end_answers("fxo/2", "reversal")
    hotel.hang_up("100")
    assert hotel.talks("fxo/1", "fxo/2")
    hotel.far_end_releases("fxo/2")
    all_down(hotel)


def test_a_room_cannot_join_two_company_lines() -> None:
    extensions = [replace(e, flash=True) if e.number == "101" else e for e in EXTENSIONS]
    hotel = Hotel(extensions=extensions, trunks=[CITY])
    hotel.call_out("101", NUMBER, "fxo/2")
    hotel.far_end_answers("fxo/2")
    hotel.flash("101")
    hotel.dial("101", f"0{NUMBER}")
    hotel.go_on("fxo/1")
    hotel.far_end_answers("fxo/1")
    hotel.hang_up("101")
    assert not hotel.talks("fxo/2", "fxo/1")
    assert hotel.rings("101")
    hotel.far_end_releases("fxo/2")
    all_down(hotel)


def test_a_three_way_call_with_two_lines_goes_on_without_its_host_only_if_they_may_be_joined(hotel: Hotel) -> None:
    held_and_consulting(hotel)
    hotel.far_end_answers("fxo/2")
    hotel.flash("100")
    assert hotel.talks("100", "fxo/1", "fxo/2")
    hotel.hang_up("100")
    assert hotel.talks("fxo/1", "fxo/2")
    hotel.far_end_releases("fxo/1")
    all_down(hotel)


def test_a_three_way_call_whose_host_may_not_join_them_is_over_when_he_leaves() -> None:
    hotel = Hotel(AgentSettings(trunk_transfer=False), trunks=[CITY])
    held_and_consulting(hotel)
    hotel.far_end_answers("fxo/2")
    hotel.flash("100")
    hotel.hang_up("100")
    assert {hotel.gateway.trunk(port).stage for port in CITY.ports} == {"guard"}
    all_down(hotel)


def test_two_lines_that_were_joined_before_the_answer_outlive_the_agent(hotel: Hotel) -> None:
    held_and_consulting(hotel)
    hotel.hang_up("100")
    assert hotel.talks("fxo/1", "fxo/2")
    hotel.restart()
    assert hotel.talks("fxo/1", "fxo/2") and hotel.agent.calls()
    hotel.far_end_answers("fxo/2")
    hotel.far_end_releases("fxo/1")
    all_down(hotel)


def test_two_joined_lines_are_parted_after_an_hour_whatever_becomes_of_the_agent(hotel: Hotel) -> None:
    held_and_consulting(hotel)
    hotel.far_end_answers("fxo/2")
    hotel.hang_up("100")
    hotel.wait(3590)
    hotel.restart()
    hotel.wait(60)
    assert not hotel.talks("fxo/1", "fxo/2")


def test_two_joined_lines_of_which_one_is_never_answered_are_parted_after_an_hour(hotel: Hotel) -> None:
    held_and_consulting(hotel)
    hotel.hang_up("100")
    hotel.wait(3700)
    assert not hotel.talks("fxo/1", "fxo/2")


def test_two_lines_without_supervision_are_not_joined_by_way_of_the_next_line() -> None:
    """The transfer was right with the line that was tried first; the one that is taken then tells of nothing."""
    sure = TrunkGroup(name="sure", ports=("fxo/2",), supervised=True)
    mute = TrunkGroup(name="mute", ports=("fxo/1", "fxo/3"))
    hotel = Hotel(trunks=[sure, mute])
    hotel.gateway.trunk("fxo/2").deaf = True
    hotel.ring_in("fxo/1", "600700800")
    hotel.lift("100")
    hotel.flash("100")
    hotel.dial("100", f"0{NUMBER}")
    hotel.hang_up("100")
    hotel.go_on("fxo/2")
    hotel.go_on("fxo/3")
    assert not hotel.talks("fxo/1", "fxo/3")


def test_a_call_out_that_is_given_to_a_room_stays_an_outgoing_call(hotel: Hotel) -> None:
    hotel.call_out("100", NUMBER)
    hotel.far_end_answers("fxo/2")
    hotel.flash("100")
    hotel.dial("100", "103")
    hotel.lift("103")
    hotel.hang_up("100")
    assert hotel.talks("103", "fxo/2")
    hotel.hang_up("103")
    assert [record.direction for record in hotel.records.values()] == ["outgoing", "outgoing"]


def test_a_room_that_may_call_nobody_is_given_no_line_by_another_room() -> None:
    judge = Judge({"internal": ("-",), "national": ("22",)})
    extensions = [replace(e, flash=True) if e.number == "101" else e for e in EXTENSIONS]
    hotel = Hotel(AgentSettings(restrictions=judge), extensions=extensions, trunks=[CITY])
    hotel.carry_out(hotel.agent.set_room_class("101", "national", hotel.now))
    hotel.connect("102", "101")
    hotel.flash("101")
    hotel.dial("101", f"0{NUMBER}")
    hotel.go_on("fxo/2")
    hotel.hang_up("101")
    assert not hotel.talks("102", "fxo/2")


def test_a_caller_on_hold_whose_holder_does_not_come_back_is_not_turned_away(hotel: Hotel) -> None:
    hotel.ring_in("fxo/1", "600700800")
    hotel.lift("100")
    hotel.flash("100")
    hotel.hang_up("100")
    assert hotel.rings("100")
    hotel.wait(65)
    assert hotel.gateway.trunk("fxo/1").stage == "active" and (hotel.rings("100") or hotel.rings("109"))


def test_a_caller_on_hold_whose_holder_s_port_fails_comes_to_reception(hotel: Hotel) -> None:
    hotel.ring_in("fxo/1", "600700800")
    hotel.lift("100")
    hotel.flash("100")
    hotel.gateway.fail(PORTS["100"], "out-of-service")
    hotel.pump()
    assert hotel.gateway.trunk("fxo/1").stage == "active" and hotel.rings("109")


def test_a_caller_who_is_given_to_a_number_outside_that_is_busy_comes_back(hotel: Hotel) -> None:
    held_and_consulting(hotel)
    hotel.hang_up("100")
    hotel.far_end_releases("fxo/2", "busy-tone", 17)
    assert hotel.gateway.trunk("fxo/1").stage == "active" and hotel.rings("100")
