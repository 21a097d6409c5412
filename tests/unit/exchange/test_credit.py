"""A guest's credit: without any no call begins, a tone says when a minute is left, and the call ends with it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from firmware.exchange import decisions as d
from firmware.exchange.numbering import AgentSettings
from firmware.gateway.messages import Apply, PlaybackDone
from tests.unit.exchange.hotel import CITY, EXTENSIONS, PORTS, Hotel
from tests.unit.exchange.outside import NUMBER, Purse, all_down

FREE = "800123456"


@pytest.fixture
def purse() -> Purse:
    return Purse({"101": 300}, free=(FREE,))


@pytest.fixture
def hotel(purse: Purse) -> Hotel:
    extensions = [replace(e, flash=True) if e.number == "101" else e for e in EXTENSIONS]
    return Hotel(AgentSettings(allowance=purse), extensions=extensions, trunks=[CITY])


def talks_outside(hotel: Hotel, caller: str, port: str = "fxo/2", number: str = NUMBER) -> None:
    hotel.call_out(caller, number, port)
    hotel.far_end_answers(port)


def warned(hotel: Hotel, number: str = "101") -> int:
    """How often the telephone was given the tone."""
    commands = [decision.command for decision in hotel.decided if isinstance(decision, d.Send)]
    given = [c for c in commands if isinstance(c, Apply) and c.endpoint == PORTS[number] and c.signal is not None]
    tones = [c.signal for c in given if c.signal is not None and c.signal.tone == "end-of-period"]
    assert all(tone.overlay for tone in tones)
    return len(tones)


def told(hotel: Hotel, verb: str) -> list[dict[str, object]]:
    return [decision.pairs for decision in hotel.decided if isinstance(decision, d.Note) and decision.verb == verb]


def change(hotel: Hotel, room: str | None = "101") -> None:
    hotel.carry_out(hotel.agent.allowance_changed(room, hotel.now))
    hotel.pump()


def test_a_minute_before_the_end_the_guest_is_warned_and_talks_on_until_it_is_over(hotel: Hotel) -> None:
    talks_outside(hotel, "101")
    hotel.wait(239)
    assert warned(hotel) == 0
    hotel.wait(1)
    assert warned(hotel) == 1 and hotel.talks("101", "fxo/2")
    line = hotel.gateway.lines[PORTS["101"]]
    assert line.signal is not None
    hotel.gateway.events.append(PlaybackDone(endpoint=line.endpoint, signal=line.signal, at_ns=hotel.gateway.now_ns))
    hotel.wait(59.8)
    assert warned(hotel) == 1 and hotel.talks("101", "fxo/2")
    hotel.wait(0.2)
    assert hotel.hears("101") == "busy" and hotel.gateway.trunk("fxo/2").stage == "guard"
    assert told(hotel, "credit-used-up")[0]["room"] == "101"
    all_down(hotel, "101")
    record = hotel.last()
    assert (record.cause, record.end) == (31, "released")
    assert record.ended_ns is not None and record.answered_ns is not None
    assert record.ended_ns - record.answered_ns == 300_000_000_000


def test_it_counts_from_the_answer_by_the_prices_at_the_start_as_the_bill_does(hotel: Hotel, purse: Purse) -> None:
    hotel.call_out("101", NUMBER)
    hotel.wait(100)
    hotel.far_end_answers("fxo/2")
    hotel.wait(299.8)
    assert hotel.talks("101", "fxo/2")
    all_down(hotel, "101")
    began = hotel.now.local_at(hotel.last().started_ns)
    assert len(purse.asked) > 1 and set(purse.asked) == {("101", NUMBER, began)}


def test_without_credit_a_call_outside_is_refused_with_an_announcement(hotel: Hotel, purse: Purse) -> None:
    purse.left["101"] = 0
    hotel.call("101", f"0{NUMBER}")
    assert hotel.hears("101") == "credit-used-up" and hotel.gateway.trunk("fxo/2").stage == "idle"
    assert (hotel.last().end, hotel.last().cause, hotel.last().dialled) == ("barred", 57, NUMBER)
    hotel.hang_up("101")
    hotel.call("101", "100")
    assert hotel.rings("100")
    hotel.hang_up("101")
    hotel.call_out("101", FREE)
    assert hotel.talks("101", "fxo/2")
    all_down(hotel, "101")


def test_an_emergency_call_asks_nobody_for_credit_and_lasts(hotel: Hotel, purse: Purse) -> None:
    purse.left["101"] = 0
    hotel.call("101", "112")
    hotel.go_on("fxo/1")
    hotel.far_end_answers("fxo/1")
    change(hotel)
    hotel.wait(4000)
    assert hotel.talks("101", "fxo/1") and purse.asked == [] and warned(hotel) == 0
    all_down(hotel, "101")


def test_staff_and_guests_without_a_limit_talk_for_as_long_as_they_like(hotel: Hotel, purse: Purse) -> None:
    talks_outside(hotel, "110", "fxo/2")
    assert purse.asked == []
    talks_outside(hotel, "102", "fxo/1")
    hotel.wait(7000)
    assert hotel.talks("110", "fxo/2") and hotel.talks("102", "fxo/1")
    all_down(hotel, "110", "102")


def test_who_has_less_than_a_minute_is_warned_at_once(hotel: Hotel, purse: Purse) -> None:
    purse.left["101"] = 20
    talks_outside(hotel, "101")
    assert warned(hotel) == 1
    hotel.wait(20)
    assert hotel.hears("101") == "busy"
    all_down(hotel, "101")


def test_credit_that_is_gone_by_the_answer_ends_the_call_there(hotel: Hotel, purse: Purse) -> None:
    hotel.call_out("101", NUMBER)
    purse.left["101"] = 0
    hotel.far_end_answers("fxo/2")
    assert hotel.hears("101") == "busy" and warned(hotel) == 0
    all_down(hotel, "101")


@pytest.mark.parametrize("room", ["101", None])
def test_more_credit_makes_the_call_longer_and_less_makes_it_shorter(
    hotel: Hotel, purse: Purse, room: str | None
) -> None:
    talks_outside(hotel, "101")
    hotel.wait(250)
    assert warned(hotel) == 1
    purse.left["101"] = 500
    change(hotel, room)
    hotel.wait(180)
    assert hotel.talks("101", "fxo/2") and warned(hotel) == 1
    hotel.wait(20)
    assert warned(hotel) == 2
    purse.left["101"] = 460
    change(hotel, room)
    hotel.wait(12)
    assert hotel.hears("101") == "busy" and warned(hotel) == 2
    all_down(hotel, "101")


def test_a_limit_that_is_lifted_lets_the_call_go_on(hotel: Hotel, purse: Purse) -> None:
    talks_outside(hotel, "101")
    del purse.left["101"]
    change(hotel)
    hotel.wait(4000)
    assert hotel.talks("101", "fxo/2") and warned(hotel) == 0
    purse.left["101"] = 300
    change(hotel)
    assert hotel.hears("101") == "busy"
    all_down(hotel, "101")


TWINS = [replace(e, room="101") if e.number == "102" else e for e in EXTENSIONS]
"""Rooms whose second telephone is 102's."""


def test_two_calls_of_a_room_use_its_credit_up_together(purse: Purse) -> None:
    hotel = Hotel(AgentSettings(allowance=purse), extensions=TWINS, trunks=[CITY])
    talks_outside(hotel, "101", "fxo/2")
    hotel.wait(100)
    talks_outside(hotel, "102", "fxo/1")
    hotel.wait(99)  # a third was used alone; of what is left each has half
    assert hotel.talks("101", "fxo/2") and hotel.talks("102", "fxo/1")
    assert warned(hotel, "101") == warned(hotel, "102") == 1
    hotel.wait(2)
    assert hotel.hears("101") == hotel.hears("102") == "busy"
    all_down(hotel, "101", "102")


def test_what_one_call_has_cost_is_asked_again_when_it_is_over(purse: Purse) -> None:
    hotel = Hotel(AgentSettings(allowance=purse), extensions=TWINS, trunks=[CITY])
    talks_outside(hotel, "101", "fxo/2")
    talks_outside(hotel, "102", "fxo/1", FREE)
    hotel.hang_up("102")
    talks_outside(hotel, "102", "fxo/1")
    hotel.wait(30)
    hotel.hang_up("102")
    purse.left["101"] = 270
    change(hotel)
    hotel.wait(238)
    assert hotel.talks("101", "fxo/2")
    hotel.wait(3)
    assert hotel.hears("101") == "busy"
    all_down(hotel, "101")


def test_a_free_number_has_no_end_though_another_call_has(purse: Purse) -> None:
    hotel = Hotel(AgentSettings(allowance=purse), extensions=TWINS, trunks=[CITY])
    talks_outside(hotel, "101", "fxo/2")
    talks_outside(hotel, "102", "fxo/1", FREE)
    hotel.wait(301)
    assert hotel.hears("101") == "busy" and hotel.talks("102", "fxo/1")
    all_down(hotel, "101", "102")


def test_the_end_outlives_the_agent(hotel: Hotel) -> None:
    talks_outside(hotel, "101")
    hotel.wait(100)
    hotel.restart()
    hotel.wait(139)
    assert warned(hotel) == 0
    hotel.wait(1)
    assert warned(hotel) == 1
    hotel.restart()
    hotel.wait(59)
    assert hotel.talks("101", "fxo/2")
    hotel.wait(1)
    assert hotel.hears("101") == "busy"
    all_down(hotel, "101")
    assert len(hotel.records) == 1


def test_credit_that_was_used_up_while_no_agent_was_there_ends_the_call_when_one_is_back(hotel: Hotel) -> None:
    talks_outside(hotel, "101")
    hotel.gateway.now_ns += 400_000_000_000
    hotel.restart()
    hotel.pump()
    assert hotel.hears("101") == "busy"
    all_down(hotel, "101")


def test_a_call_that_reception_has_placed_for_a_room_is_on_the_room_s_credit(hotel: Hotel) -> None:
    hotel.connect("101", "100")
    hotel.flash("100")
    hotel.dial("100", f"0{NUMBER}")
    hotel.go_on("fxo/2")
    hotel.far_end_answers("fxo/2")
    hotel.wait(30)
    hotel.hang_up("100")
    assert hotel.talks("101", "fxo/2")
    hotel.wait(209)
    assert warned(hotel) == 0
    hotel.wait(1)
    assert warned(hotel) == 1
    hotel.restart()
    hotel.wait(60)
    assert hotel.hears("101") == "busy"
    all_down(hotel, "101")


def test_so_is_one_that_reception_has_reached_before_it_called_the_room(hotel: Hotel) -> None:
    talks_outside(hotel, "100")
    hotel.flash("100")
    hotel.dial("100", "101")
    hotel.lift("101")
    hotel.hang_up("100")
    assert hotel.talks("101", "fxo/2")
    hotel.wait(10)
    hotel.restart()
    hotel.wait(230)
    assert warned(hotel) == 1
    hotel.wait(60)
    assert hotel.hears("101") == "busy" and hotel.gateway.trunk("fxo/2").stage == "guard"
    all_down(hotel, "101")


def test_reception_that_takes_a_call_out_for_a_room_pays_for_it_until_it_is_given_over(hotel: Hotel) -> None:
    hotel.connect("101", "100")
    hotel.flash("100")
    hotel.dial("100", f"0{NUMBER}")
    hotel.go_on("fxo/2")
    hotel.far_end_answers("fxo/2")
    hotel.flash("100")
    assert hotel.talks("101", "100", "fxo/2")
    hotel.wait(400)
    assert hotel.talks("101", "100", "fxo/2") and warned(hotel) == 0
    hotel.hang_up("100")
    assert hotel.hears("101") == "busy"
    all_down(hotel, "101")


def test_whoever_dials_is_warned_when_he_talks_again(hotel: Hotel) -> None:
    talks_outside(hotel, "101")
    hotel.wait(230)
    hotel.flash("101")
    hotel.wait(15)
    assert warned(hotel) == 0 and hotel.hears("101") == "recall"
    hotel.flash("101")
    assert warned(hotel) == 1 and hotel.talks("101", "fxo/2")
    hotel.wait(60)
    assert hotel.hears("101") == "busy"
    all_down(hotel, "101")


def test_a_party_on_hold_is_gone_when_the_credit_is(hotel: Hotel) -> None:
    hotel.wait(1)
    talks_outside(hotel, "101")
    hotel.flash("101")
    hotel.dial("101", "103")
    hotel.lift("103")
    hotel.wait(301)
    assert warned(hotel) == 1 and hotel.gateway.trunk("fxo/2").stage == "guard" and hotel.talks("101", "103")
    all_down(hotel, "101", "103")


def test_a_three_way_call_goes_on_without_its_party_outside(hotel: Hotel) -> None:
    talks_outside(hotel, "101")
    hotel.flash("101")
    hotel.dial("101", "103")
    hotel.lift("103")
    hotel.flash("101")
    assert hotel.talks("101", "103", "fxo/2")
    hotel.wait(301)
    assert warned(hotel) == 1 and hotel.talks("101", "103") and hotel.gateway.trunk("fxo/2").stage == "guard"
    all_down(hotel, "101", "103")


def test_calls_in_cost_nothing(hotel: Hotel, purse: Purse) -> None:
    hotel.ring_in("fxo/1", "600700800")
    hotel.lift("100")
    hotel.flash("100")
    hotel.dial("100", "101")
    hotel.lift("101")
    hotel.hang_up("100")
    hotel.wait(4000)
    assert hotel.talks("101", "fxo/1") and purse.asked == []
    all_down(hotel, "101")


def test_two_joined_lines_are_on_nobody_s_credit(hotel: Hotel, purse: Purse) -> None:
    hotel.ring_in("fxo/1", "600700800")
    hotel.lift("100")
    hotel.flash("100")
    hotel.dial("100", f"0{NUMBER}")
    hotel.go_on("fxo/2")
    hotel.far_end_answers("fxo/2")
    hotel.hang_up("100")
    change(hotel, None)
    hotel.wait(3590)
    assert hotel.talks("fxo/1", "fxo/2") and purse.asked == []
    hotel.wait(20)
    assert hotel.quiet()


def test_a_change_before_the_gateway_is_there_is_of_no_consequence(hotel: Hotel) -> None:
    assert hotel.new_agent().allowance_changed("101", hotel.now) == []
