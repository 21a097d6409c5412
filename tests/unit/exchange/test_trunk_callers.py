"""Calls in by company lines: who rings for them, by day and at night, and who waits."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time

import pytest

from firmware.exchange.numbering import AgentSettings
from firmware.exchange.trunk_groups import NightService, TrunkGroup
from firmware.gateway.messages import PlaybackDone
from tests.unit.exchange.hotel import CITY, PORTS, Hotel
from tests.unit.exchange.outside import Judge, all_down


@pytest.fixture
def hotel() -> Hotel:
    return Hotel(trunks=[CITY])


def test_a_call_in_rings_the_operators_together_with_what_is_known_of_the_caller(hotel: Hotel) -> None:
    hotel.ring_in("fxo/1", "600700800", name="Jan")
    assert hotel.rings("100") and hotel.rings("109") and hotel.shows("100") == ("600700800", "Jan")
    assert hotel.line("fxo/1").state == "ringing"
    hotel.lift("100")
    assert hotel.talks("100", "fxo/1") and not hotel.rings("109")
    assert hotel.gateway.trunk("fxo/1").stage == "active"
    all_down(hotel, "100")
    record = hotel.last()
    assert (record.direction, record.trunk, record.from_party.number) == ("incoming", "city", "600700800")
    assert record.to_party.extension == "100" and record.answered_ns is not None


def test_who_withholds_his_number_is_shown_as_private_and_an_unknown_one_by_his_line(hotel: Hotel) -> None:
    hotel.ring_in("fxo/1", private=True)
    caller = hotel.gateway.lines[PORTS["100"]].caller
    assert caller is not None and caller.private and not caller.number
    hotel.far_end_releases("fxo/1", "abandoned")
    hotel.ring_in("fxo/1")
    assert hotel.shows("100") == ("", "city")
    hotel.far_end_releases("fxo/1", "abandoned")
    all_down(hotel)


def test_an_abandoned_call_stops_ringing_and_is_recorded(hotel: Hotel) -> None:
    hotel.ring_in("fxo/1", "600700800")
    hotel.far_end_releases("fxo/1", "abandoned")
    assert not hotel.rings("100") and not hotel.rings("109")
    all_down(hotel)
    assert hotel.last().direction == "incoming" and hotel.last().answered_ns is None


def test_it_is_transferred_to_a_room_by_hook_flash_and_gives_two_records_of_one_call(hotel: Hotel) -> None:
    hotel.ring_in("fxo/1", "600700800")
    hotel.lift("100")
    hotel.flash("100")
    assert hotel.hears("fxo/1") == "hold"
    hotel.dial("100", "103")
    hotel.lift("103")
    hotel.hang_up("100")
    assert hotel.talks("103", "fxo/1")
    hotel.far_end_releases("fxo/1")
    assert hotel.hears("103") == "busy"
    all_down(hotel, "103")
    first, second = hotel.records.values()
    assert first.call == second.call and first.direction == second.direction == "incoming"
    assert second.from_party.number == "600700800" and second.to_party.extension == "103"


def test_a_transfer_to_a_room_that_does_not_answer_comes_back_to_reception(hotel: Hotel) -> None:
    hotel.ring_in("fxo/1", "600700800")
    hotel.lift("100")
    hotel.flash("100")
    hotel.dial("100", "103")
    hotel.hang_up("100")
    assert hotel.hears("fxo/1") == "ringback" and hotel.rings("103")
    hotel.wait(61)
    assert hotel.rings("100") and not hotel.rings("103")
    hotel.lift("100")
    assert hotel.talks("100", "fxo/1")
    all_down(hotel, "100")


def test_calls_that_nobody_can_take_wait_in_their_order_and_are_never_dropped(hotel: Hotel) -> None:
    for operator, room in (("100", "101"), ("109", "102")):
        hotel.connect(operator, room)
    hotel.ring_in("fxo/1", "600000001")
    hotel.ring_in("fxo/2", "600000002")
    hotel.wait(300)
    assert len(hotel.agent.calls()) == 4
    hotel.hang_up("109")
    assert hotel.rings("109") and hotel.shows("109")[0] == "600000001"
    hotel.lift("109")
    assert hotel.talks("109", "fxo/1")
    hotel.hang_up("100")
    assert hotel.rings("100") and hotel.shows("100")[0] == "600000002"
    hotel.lift("100")
    assert hotel.talks("100", "fxo/2")
    all_down(hotel, "100", "109", "101", "102")


def test_two_at_once_ring_one_after_the_other(hotel: Hotel) -> None:
    hotel.ring_in("fxo/1", "600000001")
    hotel.ring_in("fxo/2", "600000002")
    assert hotel.shows("100")[0] == hotel.shows("109")[0] == "600000001"
    hotel.lift("100")
    assert hotel.shows("109")[0] == "600000002" and hotel.rings("109")
    hotel.lift("109")
    assert hotel.talks("100", "fxo/1") and hotel.talks("109", "fxo/2")
    all_down(hotel, "100", "109")


def test_a_line_with_a_target_of_its_own_rings_there_and_then_reception() -> None:
    hotel = Hotel(trunks=[replace(CITY, targets={"fxo/2": "103"})])
    hotel.ring_in("fxo/2", "600700800")
    assert hotel.rings("103") and not hotel.rings("100")
    hotel.wait(61)
    assert hotel.rings("100") and not hotel.rings("103")
    hotel.far_end_releases("fxo/2", "abandoned")
    hotel.lift("103")
    hotel.ring_in("fxo/2", "600700800")
    assert hotel.rings("100")
    hotel.far_end_releases("fxo/2", "abandoned")
    all_down(hotel, "103")


def test_the_called_number_decides_where_it_is_told() -> None:
    hotel = Hotel(trunks=[TrunkGroup(name="city", ports=("fxo/1",), did={"222": "103"})])
    hotel.ring_in("fxo/1", "600700800", called="222")
    assert hotel.rings("103") and not hotel.rings("100")
    hotel.far_end_releases("fxo/1", "abandoned")
    all_down(hotel)


def test_at_night_calls_go_to_the_night_s_telephone() -> None:
    night = NightService(mode="auto", begins=time(11), ends=time(13), target="110")
    hotel = Hotel(AgentSettings(night=night), trunks=[CITY])
    hotel.ring_in("fxo/1", "600700800")
    assert hotel.rings("110") and not hotel.rings("100")
    hotel.lift("110")
    assert hotel.talks("110", "fxo/1")
    all_down(hotel, "110")


def test_at_night_calls_may_hear_an_announcement_and_end() -> None:
    hotel = Hotel(AgentSettings(night=NightService(mode="on")), trunks=[CITY])
    hotel.ring_in("fxo/1", "600700800")
    assert hotel.hears("fxo/1") == "night-announcement" and not hotel.rings("100")
    hotel.restart()
    assert hotel.hears("fxo/1") == "night-announcement"
    hotel.gateway.played("fxo/1")
    hotel.pump()
    assert hotel.gateway.trunk("fxo/1").stage == "guard"
    all_down(hotel)


@pytest.mark.parametrize(("at", "active"), [((21, 59), False), ((22, 0), True), ((3, 0), True), ((6, 0), False)])
def test_night_service_goes_over_midnight(at: tuple[int, int], active: bool) -> None:
    night = NightService(mode="auto", begins=time(22), ends=time(6))
    local = datetime(2026, 11, 22, *at)  # noqa: DTZ001 - the hotel's wall time
    assert night.active(local) is active
    assert replace(night, mode="on").active(local) and not replace(night, mode="off").active(local)


def test_a_caller_on_the_black_list_rings_nobody() -> None:
    hotel = Hotel(AgentSettings(restrictions=Judge(black=("600666666",))), trunks=[CITY])
    hotel.ring_in("fxo/1", "600666666")
    assert not hotel.rings("100") and hotel.last().end == "barred"
    hotel.gateway.release("fxo/1", "abandoned")
    hotel.pump()
    all_down(hotel)
    assert len(hotel.records) == 1


def test_callers_wait_in_their_order_also_after_the_agent_has_come_back(hotel: Hotel) -> None:
    for operator, room in (("100", "101"), ("109", "102")):
        hotel.connect(operator, room)
    hotel.carry_out(hotel.agent.set_settings(replace(hotel.settings, call_waiting=False), hotel.now))
    hotel.ring_in("fxo/2", "600000001")
    hotel.ring_in("fxo/1", "600000002")
    hotel.settings = replace(hotel.settings, call_waiting=False)
    hotel.restart()
    hotel.hang_up("100")
    assert hotel.shows("100")[0] == "600000001"


def test_the_night_s_telephone_rings_on_where_nobody_answers() -> None:
    hotel = Hotel(AgentSettings(night=NightService(mode="on", target="110")), trunks=[CITY])
    hotel.ring_in("fxo/1", "600700800")
    hotel.wait(61)
    assert hotel.rings("110")


def test_the_night_s_telephone_rings_when_it_is_replaced() -> None:
    hotel = Hotel(AgentSettings(night=NightService(mode="on", target="110")), trunks=[CITY])
    hotel.connect("110", "103")
    hotel.ring_in("fxo/1", "600700800")
    hotel.hang_up("110")
    assert hotel.rings("110")


def test_without_the_night_s_announcement_somebody_rings() -> None:
    hotel = Hotel(AgentSettings(night=NightService(mode="on")), trunks=[CITY])
    hotel.ring_in("fxo/1", "600700800")
    line = hotel.gateway.trunk("fxo/1")
    signal, line.signal = line.signal, None
    assert signal is not None
    hotel.gateway.events.append(PlaybackDone(endpoint="fxo/1", signal=signal, at_ns=hotel.gateway.now_ns, failed=True))
    hotel.pump()
    assert line.stage == "active"


def test_an_announced_call_is_answered_when_it_is_not_when_it_began_to_ring() -> None:
    hotel = Hotel(AgentSettings(night=NightService(mode="on")), trunks=[CITY])
    hotel.gateway.ring_in("fxo/1", "600700800")
    hotel.gateway.now_ns += 4_000_000_000
    hotel.pump()
    assert hotel.agent.calls()[0].answered_ns == hotel.gateway.now_ns


def test_a_caller_from_outside_who_waits_rings_as_one_from_outside(hotel: Hotel) -> None:
    hotel.connect("100", "101")
    hotel.connect("109", "102")
    hotel.ring_in("fxo/1", "600700800")
    hotel.hang_up("100")
    ring = hotel.gateway.lines[PORTS["100"]].ring
    assert ring is not None and ring.kind == "external"


def test_a_line_s_own_telephone_that_rings_no_more_after_a_restart_is_replaced_by_reception() -> None:
    hotel = Hotel(trunks=[replace(CITY, targets={"fxo/2": "103"})])
    hotel.ring_in("fxo/2", "600700800")
    assert hotel.rings("103")
    hotel.gateway.lines[PORTS["103"]].ring = None
    hotel.gateway.lines[PORTS["103"]].service = "out-of-service"
    hotel.restart()
    assert hotel.rings("100")


def test_a_caller_whom_no_announcement_was_spoken_to_outlives_the_agent() -> None:
    hotel = Hotel(AgentSettings(night=NightService(mode="on")), trunks=[CITY])
    hotel.ring_in("fxo/1", "600700800")
    line = hotel.gateway.trunk("fxo/1")
    signal, line.signal = line.signal, None
    assert signal is not None
    hotel.gateway.events.append(PlaybackDone(endpoint="fxo/1", signal=signal, at_ns=hotel.gateway.now_ns, failed=True))
    hotel.pump()
    assert hotel.rings("100")
    hotel.restart()
    assert line.stage == "active" and hotel.rings("100")
    hotel.lift("100")
    assert hotel.talks("100", "fxo/1")
    all_down(hotel, "100")
