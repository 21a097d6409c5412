"""What people do with calls: hold, consult, transfer, three-way, do-not-disturb, forwarding, pick-up, and so on."""

from __future__ import annotations

from dataclasses import replace
from datetime import time

import pytest

from firmware.errors import RefusedError
from firmware.exchange import decisions as d
from firmware.exchange.numbering import AgentSettings, RoomBlocking
from firmware.gateway.messages import Alarm, CallerId, Connect, Error, Lodge
from firmware.hotel.model import Guest, Room
from firmware.hotel.service import effects
from tests.unit.exchange.hotel import EXTENSIONS, Hotel


@pytest.fixture
def hotel() -> Hotel:
    return Hotel()


def held(hotel: Hotel) -> None:
    """Room 101 talks to housekeeping, who has put it on hold and hears dial tone."""
    hotel.connect("101", "110")
    hotel.flash("110")
    assert hotel.hears("101") == "hold" and hotel.hears("110") == "recall"


def consulting(hotel: Hotel) -> None:
    """... and talks to the kitchen."""
    held(hotel)
    hotel.dial("110", "111")
    assert hotel.hears("110") == "ringback" and hotel.hears("101") == "hold"
    hotel.lift("111")
    assert hotel.talks("110", "111") and hotel.hears("101") == "hold"


def all_down(hotel: Hotel, *numbers: str) -> None:
    for number in numbers:
        hotel.hang_up(number)
    assert hotel.quiet() and hotel.refusals == []
    assert all(count == 1 for count in hotel.closed.values())


def test_a_room_telephone_s_flash_is_nothing(hotel: Hotel) -> None:
    hotel.connect("110", "101")
    hotel.flash("101")
    assert hotel.talks("101", "110")


def test_a_room_telephone_s_hook_brings_dial_tone_back_after_a_call(hotel: Hotel) -> None:
    hotel.connect("102", "101")
    hotel.hang_up("102")
    assert hotel.hears("101") == "busy"
    hotel.flash("101")
    assert hotel.hears("101") == "dial"


def test_who_hangs_up_and_lifts_again_faster_than_a_hang_up_can_be_told_has_dial_tone(hotel: Hotel) -> None:
    hotel.connect("101", "102")
    opened = hotel.gateway.now_ns
    hotel.flash("101")  # both replaced their handsets; this one was up again before that was more than a flash
    hotel.hang_up("102", opened)
    assert hotel.hears("101") == "dial"
    hotel.dial("101", "102")
    assert hotel.rings("102")


def test_a_tap_long_before_the_other_hangs_up_is_nothing(hotel: Hotel) -> None:
    hotel.connect("101", "102")
    hotel.flash("101")
    hotel.hang_up("102")
    assert hotel.hears("101") == "busy"


def test_hold_and_back(hotel: Hotel) -> None:
    held(hotel)
    assert [call.state for call in hotel.agent.calls()] == ["held", "dialling"]
    hotel.flash("110")
    assert hotel.talks("101", "110") and hotel.talks("110", "101")
    all_down(hotel, "101", "110")


def test_back_from_a_busy_number(hotel: Hotel) -> None:
    held(hotel)
    hotel.lift("111")
    hotel.dial("110", "111")
    assert hotel.hears("110") == "busy"
    hotel.flash("110")
    assert hotel.talks("101", "110")
    all_down(hotel, "101", "110", "111")


def test_back_while_the_other_rings(hotel: Hotel) -> None:
    held(hotel)
    hotel.dial("110", "111")
    hotel.flash("110")
    assert hotel.talks("101", "110") and not hotel.rings("111")
    all_down(hotel, "110", "101")


def test_a_holder_who_hangs_up_is_rung_back(hotel: Hotel) -> None:
    held(hotel)
    hotel.hang_up("110")
    assert hotel.rings("110") and hotel.hears("101") == "hold" and hotel.shows("110")[0] == "101"
    hotel.lift("110")
    assert hotel.talks("101", "110")
    all_down(hotel, "101", "110")


def test_a_recall_that_nobody_answers(hotel: Hotel) -> None:
    held(hotel)
    hotel.hang_up("110")
    hotel.wait(61)
    assert not hotel.rings("110") and hotel.hears("101") == "congestion"
    all_down(hotel, "101")


def test_a_recall_whose_party_has_gone(hotel: Hotel) -> None:
    held(hotel)
    hotel.hang_up("110")
    hotel.hang_up("101")
    assert not hotel.rings("110")
    assert hotel.quiet()


def test_a_party_held_for_long_comes_back_to_a_holder_with_nobody_else(hotel: Hotel) -> None:
    held(hotel)
    hotel.wait(61)
    assert hotel.talks("101", "110")
    all_down(hotel, "101", "110")


def test_attended_transfer(hotel: Hotel) -> None:
    consulting(hotel)
    hotel.hang_up("110")
    assert hotel.talks("101", "111") and hotel.talks("111", "101")
    assert [(c.from_party.extension, c.to_party.extension) for c in hotel.agent.calls()] == [("101", "111")]
    all_down(hotel, "101", "111")
    records = list(hotel.records.values())
    assert len(records) == 2 and len({record.call for record in records}) == 1
    assert all(record.answered_ns is not None for record in records)


def test_transfer_by_hanging_up_while_it_rings(hotel: Hotel) -> None:
    held(hotel)
    hotel.dial("110", "111")
    hotel.hang_up("110")
    assert hotel.hears("101") == "ringback" and hotel.rings("111")
    hotel.lift("111")
    assert hotel.talks("101", "111")
    all_down(hotel, "111", "101")
    assert len({record.call for record in hotel.records.values()}) == 1


def test_an_unanswered_transfer_comes_back(hotel: Hotel) -> None:
    held(hotel)
    hotel.dial("110", "111")
    hotel.hang_up("110")
    hotel.wait(61)
    assert hotel.rings("110") and not hotel.rings("111") and hotel.hears("101") == "ringback"
    hotel.lift("110")
    assert hotel.talks("101", "110")
    all_down(hotel, "110", "101")


def test_an_answer_in_the_moment_in_which_an_unanswered_transfer_comes_back(hotel: Hotel) -> None:
    held(hotel)
    hotel.dial("110", "111")
    hotel.hang_up("110")
    hotel.gateway.lift("fxs/8")
    hotel.gateway.now_ns += 61_000_000_000
    hotel.carry_out(hotel.agent.tick(hotel.now))
    hotel.pump()
    assert hotel.hears("101") == "ringback" and hotel.rings("110") and hotel.hears("111") == "dial"
    hotel.lift("110")
    assert hotel.talks("101", "110")
    all_down(hotel, "111", "110", "101")


def test_transfer_in_the_moment_of_the_answer(hotel: Hotel) -> None:
    held(hotel)
    hotel.dial("110", "111")
    hotel.gateway.replace("fxs/7")
    hotel.gateway.lift("fxs/8")
    hotel.pump()
    assert hotel.talks("101", "111") and hotel.talks("111", "101")
    all_down(hotel, "101", "111")


def test_three_way(hotel: Hotel) -> None:
    consulting(hotel)
    hotel.flash("110")
    assert hotel.talks("110", "101", "111") and hotel.talks("101", "110", "111")
    hotel.flash("110")
    assert hotel.talks("110", "101") and hotel.hears("111") == "busy"
    all_down(hotel, "101", "110", "111")


@pytest.mark.parametrize("leaver", ["101", "110", "111"])
def test_who_leaves_a_three_way_call_leaves_two_behind(hotel: Hotel, leaver: str) -> None:
    consulting(hotel)
    hotel.flash("110")
    hotel.hang_up(leaver)
    one, other = [number for number in ("101", "110", "111") if number != leaver]
    assert hotel.talks(one, other) and hotel.talks(other, one)
    all_down(hotel, one, other)


def test_a_transfer_into_a_three_way_call_leaves_nobody_out(hotel: Hotel) -> None:
    hotel.connect("101", "110")
    hotel.flash("110")
    hotel.dial("110", "100")
    hotel.lift("100")
    hotel.flash("100")
    hotel.dial("100", "111")
    hotel.lift("111")
    hotel.flash("100")
    assert hotel.talks("110", "100", "111")
    hotel.hang_up("110")
    assert hotel.talks("101", "100", "111") and hotel.talks("111", "100", "101")
    all_down(hotel, "100", "111", "101")


def test_do_not_disturb(hotel: Hotel) -> None:
    hotel.call("102", "*78")
    assert d.FeatureChanged("102", "dnd", True) in hotel.decided
    assert hotel.hears("102") == "stutter"
    hotel.hang_up("102")
    assert hotel.line("102").dnd
    hotel.call("101", "102")
    assert hotel.hears("101") == "busy" and not hotel.rings("102")
    hotel.hang_up("101")
    hotel.lift("102")
    assert hotel.hears("102") == "stutter"
    hotel.dial("102", "*79")
    assert hotel.hears("102") == "dial"
    hotel.hang_up("102")
    hotel.call("101", "102")
    assert hotel.rings("102")


def test_forwarding_to_reception() -> None:
    hotel = Hotel(AgentSettings(forward_no_answer=True, forward_busy=True, timers={"T301": 20}))
    hotel.call("101", "102")
    hotel.wait(21)
    assert not hotel.rings("102") and hotel.rings("100") and hotel.hears("101") == "ringback"
    hotel.lift("100")
    assert hotel.talks("101", "100")
    hotel.call("103", "102")
    hotel.hang_up("103")
    hotel.lift("102")
    hotel.call("103", "102")
    assert hotel.rings("109") and hotel.hears("103") == "ringback"


def test_pick_up_in_the_group(hotel: Hotel) -> None:
    hotel.call("101", "110")
    hotel.call("111", "*8")
    assert hotel.talks("101", "111") and not hotel.rings("110")
    all_down(hotel, "101", "111")
    hotel.call("102", "*8")
    assert hotel.hears("102") == "unobtainable"


def test_redial(hotel: Hotel) -> None:
    hotel.call("101", "*66")
    assert hotel.hears("101") == "unobtainable"
    hotel.hang_up("101")
    hotel.call("101", "102")
    hotel.hang_up("101")
    hotel.restart()
    hotel.call("101", "*66")
    assert hotel.rings("102")


@pytest.mark.parametrize("guests", [(), ("g2",), ("g1", "g2")])
def test_who_has_left_has_his_last_number_forgotten(hotel: Hotel, guests: tuple[str, ...]) -> None:
    hotel.call("101", "102")
    hotel.hang_up("101")
    before = Room(room="101", guests=(Guest(id="g1"),))
    after = Room(room="101", guests=tuple(Guest(id=guest) for guest in guests))
    hotel.carry_out(effects(hotel.agent, before, after, ["101"], hotel.now))
    hotel.restart()
    hotel.call("101", "*66")
    assert hotel.rings("102") is ("g1" in guests)


def test_operators_ring_together_and_the_first_answer_wins(hotel: Hotel) -> None:
    hotel.call("101", "8888")
    assert hotel.rings("100") and hotel.rings("109")
    hotel.gateway.lift("fxs/5")
    hotel.gateway.lift("fxs/6")
    hotel.pump()
    assert hotel.talks("101", "100") and hotel.hears("109") == "dial"
    all_down(hotel, "109", "100", "101")


def test_call_waiting_for_operators(hotel: Hotel) -> None:
    hotel.connect("101", "100")
    hotel.call("102", "100")
    signal = hotel.gateway.lines["fxs/5"].signal
    assert hotel.hears("102") == "ringback" and signal is not None and signal.tone == "call-waiting"
    hotel.flash("100")
    assert hotel.talks("102", "100") and hotel.hears("101") == "hold"
    hotel.flash("100")
    assert hotel.talks("101", "100") and hotel.hears("102") == "hold"
    hotel.hang_up("101")
    assert hotel.hears("100") == "busy" and hotel.hears("102") == "hold"
    hotel.flash("100")
    assert hotel.talks("102", "100")
    all_down(hotel, "102", "100")


def test_a_flash_takes_the_waiting_call_also_when_the_first_has_ended(hotel: Hotel) -> None:
    hotel.connect("101", "100")
    hotel.call("102", "100")
    hotel.hang_up("101")
    assert hotel.hears("100") == "busy"
    hotel.flash("100")
    assert hotel.talks("100", "102") and hotel.gateway.lines["fxs/5"].collecting is None
    all_down(hotel, "100", "102")


def test_a_waiting_call_rings_when_the_operator_hangs_up(hotel: Hotel) -> None:
    hotel.connect("101", "100")
    hotel.call("102", "100")
    hotel.hang_up("100")
    assert hotel.rings("100")
    hotel.lift("100")
    assert hotel.talks("100", "102")
    all_down(hotel, "100", "101", "102")


def test_an_operator_who_comes_free_rings_for_whoever_waits_for_reception(hotel: Hotel) -> None:
    hotel.lift("109")
    hotel.call("101", "8888")
    assert hotel.rings("100") and not hotel.rings("109")
    hotel.hang_up("109")
    assert hotel.rings("109")


def test_room_to_room_blocking() -> None:
    hotel = Hotel()
    hotel.agent.set_room_blocking(
        RoomBlocking(enabled=True, begins=time(22), ends=time(6), together=(frozenset({"101", "103"}),))
    )
    hotel.call("101", "102")
    assert hotel.rings("102")
    hotel.hang_up("101")
    hotel.agent.set_room_blocking(replace(hotel.agent.settings.room_blocking, begins=time(11), ends=time(13)))
    hotel.call("101", "102")
    assert not hotel.rings("102") and hotel.hears("101") == "congestion"
    hotel.hang_up("101")
    assert hotel.last().end == "barred"
    for number in ("103", "8888", "100", "112"):
        hotel.call("101", number)
        assert hotel.hears("101") == "ringback"
        hotel.hang_up("101")
    hotel.call("100", "102")
    assert hotel.rings("102")


def test_who_sees_what_of_a_caller(hotel: Hotel) -> None:
    hotel.agent.set_guest("101", "Ada Lovelace")
    hotel.call("101", "100")
    assert hotel.shows("100") == ("101", "Ada Lovelace")
    hotel.hang_up("101")
    hotel.call("101", "102")
    assert hotel.shows("102") == ("101", "")
    hotel.hang_up("101")
    hotel.call("2112", "102")
    assert hotel.shows("102") == ("2112", "")
    hotel.hang_up("2112")
    hotel.call("100", "102")
    assert hotel.shows("102") == ("100", "Reception")


def test_rooms_may_see_nothing_of_one_another() -> None:
    hotel = Hotel(AgentSettings(rooms_see="nothing"))
    hotel.call("101", "102")
    assert hotel.gateway.lines["fxs/2"].caller == CallerId(private=True)
    assert hotel.lodged().plan.caller_ids["fxs/1"] == CallerId(private=True)


def test_settings_are_in_force_at_once_and_calls_that_stand_are_left_alone(hotel: Hotel) -> None:
    hotel.connect("101", "110")
    hotel.lift("103")
    changed = AgentSettings(rooms_see="nothing", forward_busy=True, room_flash=True, timers={"T301": 20, "X1": 7})
    hotel.carry_out(hotel.agent.set_settings(changed, hotel.now))
    assert hotel.talks("101", "110")
    assert hotel.lodged().plan.caller_ids["fxs/1"] == CallerId(private=True)
    maps = [line.armed.digit_map for line in hotel.gateway.lines.values() if line.armed is not None]
    assert {numbers.first_digit_ms for numbers in maps if numbers is not None} == {7000}
    hotel.dial("103", "101")
    assert hotel.rings("100") and hotel.hears("103") == "ringback"
    hotel.flash("101")
    assert hotel.hears("110") == "hold" and hotel.hears("101") == "recall"


def test_the_resident_plan_is_lodged_only_if_it_changes(hotel: Hotel) -> None:
    before = len(hotel.decided)
    hotel.carry_out(hotel.agent.set_settings(replace(hotel.agent.settings, forward_busy=True), hotel.now))
    assert not [s for s in hotel.decided[before:] if isinstance(s, d.Send) and isinstance(s.command, Lodge)]


def test_what_is_set_for_an_extension_is_seen_whoever_set_it(hotel: Hotel) -> None:
    assert hotel.agent.features("101") == (False, frozenset())
    hotel.carry_out(hotel.agent.set_dnd("101", True, hotel.now))
    hotel.agent.set_forward("101", ["busy"])
    assert hotel.agent.features("101") == (True, frozenset({"busy"}))
    hotel.call("101", "*79")
    assert hotel.agent.features("101") == (False, frozenset({"busy"}))


def test_click_to_dial(hotel: Hotel) -> None:
    call, decisions = hotel.agent.dial("101", "102", hotel.now)
    hotel.carry_out(decisions)
    assert hotel.rings("101") and hotel.shows("101")[0] == "102"
    hotel.lift("101")
    assert hotel.rings("102") and hotel.hears("101") == "ringback"
    hotel.lift("102")
    assert hotel.talks("101", "102") and hotel.agent.calls()[0].id == call
    hotel.carry_out(hotel.agent.clear(call, hotel.now))
    assert hotel.hears("101") == hotel.hears("102") == "busy"
    all_down(hotel, "101", "102")


def test_click_to_dial_is_refused_or_given_up(hotel: Hotel) -> None:
    for from_number, to_number, field in (
        ("105", "101", "from"),
        ("101", "105", "to"),
        ("101", "*78", "to"),
        ("101", "101", "to"),
    ):
        with pytest.raises(RefusedError) as refused:
            hotel.agent.dial(from_number, to_number, hotel.now)
        assert refused.value.field == field
    hotel.lift("101")
    with pytest.raises(RefusedError):
        hotel.agent.dial("101", "102", hotel.now)
    hotel.hang_up("101")
    hotel.carry_out(hotel.agent.dial("101", "102", hotel.now)[1])
    hotel.wait(31)
    assert hotel.quiet()
    with pytest.raises(RefusedError):
        hotel.agent.clear("nothing", hotel.now)


def test_a_fault_of_the_line_is_told_and_cleared(hotel: Hotel) -> None:
    event = Alarm(endpoint="fxs/3", kind="line-dead", raised=True, text="no telephone found", at_ns=1)
    hotel.gateway.events.append(event)
    hotel.pump()
    assert hotel.alarms["line-dead", "fxs/3"] == "no telephone found" and hotel.line("103").fault == "line-dead"
    hotel.gateway.events.append(Alarm(endpoint="fxs/3", kind="line-dead", raised=False, text="", at_ns=2))
    hotel.pump()
    assert not hotel.alarms and hotel.line("103").fault is None


def test_of_two_faults_the_later_is_told(hotel: Hotel) -> None:
    for kind in ("power-alarm", "overload"):
        hotel.gateway.events.append(Alarm(endpoint="fxs/3", kind=kind, raised=True, text="hot", at_ns=1))
    hotel.pump()
    assert hotel.line("103").fault == "overload"


class TestEmergency:
    def test_rings_reception_at_once_with_an_alarm(self, hotel: Hotel) -> None:
        hotel.call("2112", "112")
        assert hotel.rings("100") and hotel.rings("109") and hotel.hears("2112") == "ringback"
        ring = hotel.gateway.lines["fxs/5"].ring
        assert ring is not None and ring.kind == "priority"
        assert ("emergency-call", "112") in hotel.alarms
        hotel.lift("109")
        assert hotel.talks("2112", "109") and not hotel.rings("100")
        all_down(hotel, "2112", "109")
        assert hotel.last().emergency and ("emergency-call", "112") in hotel.alarms

    def test_with_the_outside_prefix(self, hotel: Hotel) -> None:
        hotel.call("101", "0112")
        assert hotel.rings("100")

    def test_rings_on_for_ever(self, hotel: Hotel) -> None:
        hotel.call("101", "112")
        hotel.wait(600)
        assert hotel.rings("100") and hotel.hears("101") == "ringback"

    def test_through_do_not_disturb_and_blocking(self, hotel: Hotel) -> None:
        for number in ("100", "109"):
            hotel.carry_out(hotel.agent.set_dnd(number, True, hotel.now))
        hotel.agent.set_room_blocking(RoomBlocking(enabled=True))
        hotel.call("101", "112")
        assert hotel.rings("100") and hotel.rings("109")

    def test_takes_the_ringing_of_a_lesser_call(self, hotel: Hotel) -> None:
        hotel.call("102", "8888")
        hotel.call("101", "112")
        ring = hotel.gateway.lines["fxs/5"].ring
        assert ring is not None and ring.kind == "priority" and hotel.hears("102") == "busy"

    def test_takes_an_operator_out_of_a_lesser_call(self, hotel: Hotel) -> None:
        hotel.connect("102", "100")
        hotel.connect("103", "109")
        hotel.call("101", "112")
        assert hotel.talks("101", "100") and hotel.hears("102") == "congestion" and hotel.talks("103", "109")
        all_down(hotel, "101", "100", "102", "103", "109")

    def test_takes_an_operator_out_of_a_three_way_call(self, hotel: Hotel) -> None:
        hotel.gateway.fail("fxs/6", "out-of-service")
        hotel.pump()
        hotel.connect("102", "100")
        hotel.flash("100")
        hotel.dial("100", "110")
        hotel.lift("110")
        hotel.flash("100")
        assert hotel.talks("100", "102", "110")
        hotel.call("101", "112")
        assert hotel.talks("101", "100") and hotel.hears("102") == hotel.hears("110") == "congestion"
        all_down(hotel, "101", "100", "102", "110")

    def test_waits_at_operators_who_have_emergencies(self, hotel: Hotel) -> None:
        for room, operator in (("102", "100"), ("103", "109")):
            hotel.call(room, "112")
            hotel.lift(operator)
        hotel.call("101", "112")
        assert hotel.hears("101") == "ringback" and hotel.talks("102", "100")
        hotel.hang_up("109")
        assert hotel.rings("109")
        hotel.lift("109")
        assert hotel.talks("101", "109")
        all_down(hotel, "101", "100", "102", "103", "109")

    def test_several_at_once_wait_for_one_another_and_staff_rings(self, hotel: Hotel) -> None:
        for room in ("101", "102", "103"):
            hotel.call(room, "112")
            assert hotel.hears(room) == "ringback"
        assert all(hotel.rings(number) for number in ("100", "109", "110", "111"))
        hotel.lift("110")
        assert hotel.talks("102", "110")
        hotel.lift("100")
        assert hotel.talks("101", "100") and hotel.rings("109")
        hotel.lift("109")
        assert hotel.talks("103", "109")
        all_down(hotel, "101", "102", "103", "100", "109", "110")

    def test_who_answers_one_hears_that_another_waits(self, hotel: Hotel) -> None:
        hotel.call("102", "112")
        hotel.call("101", "112")
        hotel.lift("100")
        signal = hotel.gateway.lines["fxs/5"].signal
        assert hotel.talks("102", "100") and signal is not None and signal.tone == "call-waiting"
        hotel.hang_up("101")
        assert hotel.gateway.lines["fxs/5"].signal is None
        all_down(hotel, "100", "102")

    def test_from_reception_itself(self, hotel: Hotel) -> None:
        hotel.call("100", "112")
        assert ("emergency-call", "100") in hotel.alarms and hotel.rings("109") and not hotel.rings("100")

    def test_staff_stand_in_where_no_operator_is_in_service(self, hotel: Hotel) -> None:
        for port in ("fxs/5", "fxs/6"):
            hotel.gateway.fail(port, "out-of-service")
        hotel.pump()
        hotel.call("101", "112")
        assert hotel.rings("110") and hotel.rings("111")

    def test_nobody_at_all(self) -> None:
        hotel = Hotel(extensions=EXTENSIONS[:4])
        hotel.call("101", "112")
        assert hotel.hears("101") == "congestion" and ("emergency-call", "101") in hotel.alarms

    def test_looks_further_when_the_last_operator_fails(self, hotel: Hotel) -> None:
        hotel.call("101", "112")
        for port in ("fxs/5", "fxs/6"):
            hotel.gateway.fail(port, "out-of-service")
            hotel.pump()
        assert hotel.rings("110") and hotel.hears("101") == "ringback"

    def test_from_a_consultation(self, hotel: Hotel) -> None:
        hotel.connect("101", "110")
        hotel.flash("110")
        hotel.dial("110", "112")
        assert hotel.rings("100")
        hotel.hang_up("110")
        assert not hotel.rings("100") and hotel.rings("110")


def test_pick_up_in_the_moment_of_the_answer(hotel: Hotel) -> None:
    hotel.call("101", "110")
    hotel.lift("111")
    hotel.gateway.dial("fxs/8", "*8")
    hotel.gateway.lift("fxs/7")
    hotel.pump()
    assert hotel.talks("101", "111") and hotel.hears("110") == "dial"
    all_down(hotel, "110", "101", "111")


def test_an_answer_in_the_moment_of_forwarding() -> None:
    hotel = Hotel(AgentSettings(forward_no_answer=True))
    hotel.call("101", "102")
    hotel.gateway.lift("fxs/2")
    hotel.gateway.now_ns += 61_000_000_000
    hotel.carry_out(hotel.agent.tick(hotel.now))
    hotel.gateway.lift("fxs/5")
    hotel.pump()
    assert hotel.talks("101", "100") and hotel.talks("100", "101") and hotel.hears("102") == "dial"
    all_down(hotel, "102", "101", "100")


def test_a_gateway_without_room_for_a_connection(hotel: Hotel) -> None:
    hotel.connect("101", "102")
    (call,) = hotel.agent._core.calls.values()  # type: ignore[union-attr]
    error = Error(fault="gateway", code="connections", text="")
    hotel.carry_out(hotel.agent.refused(Connect(connection=call.connection, legs=()), error, hotel.now))
    assert hotel.hears("101") == hotel.hears("102") == "congestion"
