"""Emergency calls through company lines: they always go out, reception joins, and a call back finds who called."""

from __future__ import annotations

from dataclasses import replace

import pytest

from firmware.exchange import decisions as d
from firmware.exchange.numbering import AgentSettings
from firmware.exchange.trunk_groups import NightService
from firmware.gateway.messages import Alarm
from tests.unit.exchange.hotel import CITY, EXTENSIONS, PORTS, Hotel
from tests.unit.exchange.outside import NUMBER, Judge, all_down


@pytest.fixture
def hotel() -> Hotel:
    """Nobody may call anything."""
    barred = Judge(dict.fromkeys(("internal", "national", "unrestricted"), ("-",)))
    extensions = [replace(e, floor=1) if e.kind == "room" else e for e in EXTENSIONS]
    return Hotel(AgentSettings(restrictions=barred), extensions=extensions, trunks=[CITY])


@pytest.fixture
def free() -> Hotel:
    return Hotel(trunks=[CITY])


@pytest.mark.parametrize("dialled", ["112", "0112"])
def test_112_goes_out_from_a_room_barred_from_everything_while_reception_rings(hotel: Hotel, dialled: str) -> None:
    hotel.call("101", dialled)
    placed = hotel.gateway.trunk("fxo/1").placed or hotel.gateway.trunk("fxo/2").placed
    assert placed is not None and placed.digits == "112" and placed.emergency
    assert hotel.rings("100") and hotel.rings("109")
    assert "101, floor 1, has dialled 112 at" in hotel.alarms["emergency-call", "101"]
    assert hotel.facts["emergency-call", "101"] == {"number": "112"}
    hotel.go_on(placed.endpoint)
    assert hotel.talks("101", placed.endpoint) and hotel.rings("100")
    hotel.far_end_answers(placed.endpoint)
    assert hotel.rings("100") and hotel.agent.calls()[0].emergency
    hotel.lift("100")
    assert hotel.talks("101", "100", placed.endpoint) and not hotel.rings("109")
    signal = hotel.gateway.lines[PORTS["100"]].signal
    assert signal is not None and signal.prompts == ("emergency-from-101",) and signal.overlay
    hotel.hang_up("100")
    assert hotel.talks("101", placed.endpoint) and not hotel.rings("100") and not hotel.rings("109")
    all_down(hotel, "101")
    record = hotel.last()
    assert record.emergency and record.dialled == "112" and record.direction == "outgoing"
    assert len(hotel.records) == 1 and record.answered_by == "reversal"


def test_reception_that_answers_before_the_line_is_through_stays_in_the_call(hotel: Hotel) -> None:
    hotel.call("101", "112")
    hotel.lift("100")
    assert hotel.talks("101", "100")
    hotel.go_on("fxo/1")
    assert hotel.talks("101", "100", "fxo/1") and hotel.talks("100", "101", "fxo/1")
    hotel.flash("100")
    assert hotel.talks("101", "100", "fxo/1")
    hotel.hang_up("101")
    assert hotel.hears("100") == "busy" and hotel.gateway.trunk("fxo/1").stage == "guard"
    all_down(hotel, "100")


def test_the_next_line_is_tried_where_one_gives_no_dial_tone(hotel: Hotel) -> None:
    hotel.gateway.trunk("fxo/1").deaf = True
    hotel.call("101", "112")
    hotel.go_on("fxo/1")
    hotel.go_on("fxo/2")
    assert hotel.talks("101", "fxo/2")
    all_down(hotel, "101")


def test_a_call_out_is_released_before_a_call_in_and_never_an_emergency(free: Hotel) -> None:
    free.ring_in("fxo/1", "600700800")
    free.lift("109")
    free.call_out("102", NUMBER)
    free.far_end_answers("fxo/2")
    free.call("101", "112")
    assert free.hears("102") == "congestion" and free.talks("109", "fxo/1")
    placed = free.gateway.trunk("fxo/2").placed
    assert placed is not None and placed.digits == "112"
    free.go_on("fxo/2")
    assert free.talks("101", "fxo/2")
    free.hang_up("102")
    free.call("102", "112")
    assert free.hears("109") == "congestion" and free.talks("101", "fxo/2")
    free.go_on("fxo/1")
    assert free.talks("102", "fxo/1")
    free.call("103", "112")
    assert free.talks("101", "fxo/2") and free.talks("102", "fxo/1") and free.talks("103", "109")
    assert ("emergency-no-line", "103") in free.alarms
    free.hang_up("101")
    free.go_on("fxo/2")
    free.wait(6)
    free.go_on("fxo/2")
    assert free.talks("103", "109", "fxo/2")
    all_down(free, "102", "103", "109")
    assert {record.cause for record in free.records.values() if not record.emergency} == {8}


def test_only_one_caller_from_outside_is_released_and_his_line_tried_until_it_is_free(free: Hotel) -> None:
    free.ring_in("fxo/1", "600700800")
    free.lift("109")
    free.wait(1)
    free.ring_in("fxo/2", "600700801")
    free.lift("100")
    free.gateway.trunk("fxo/2").deaf = True  # its exchange holds the caller
    free.call("101", "112")
    free.go_on("fxo/2")
    free.go_on("fxo/2")
    assert free.hears("100") == "congestion" and free.talks("109", "fxo/1")
    free.wait(6)
    free.go_on("fxo/2")
    free.gateway.trunk("fxo/2").deaf = False
    free.wait(6)
    assert free.talks("109", "fxo/1")
    free.go_on("fxo/2")
    assert free.talks("101", "fxo/2")
    all_down(free, "101", "100", "109")


def test_a_line_known_to_give_no_dial_tone_is_the_last_that_is_tried(free: Hotel) -> None:
    fault = Alarm(endpoint="fxo/1", kind="no-dial-tone", raised=True, text="", at_ns=free.gateway.now_ns)
    free.gateway.events.append(fault)
    free.pump()
    free.call_out("102", NUMBER)
    free.call("101", "112")
    free.go_on("fxo/2")
    assert free.talks("101", "fxo/2") and free.hears("102") == "congestion"
    free.call("103", "112")
    free.go_on("fxo/1")
    assert free.talks("103", "fxo/1")
    all_down(free, "101", "102", "103")


def test_a_line_that_rings_in_unanswered_is_of_no_use(free: Hotel) -> None:
    free.ring_in("fxo/1", "600700800")
    free.call_out("102", NUMBER)
    free.call("101", "112")
    assert free.gateway.trunk("fxo/1").stage == "ringing-in" and free.hears("102") == "congestion"
    free.go_on("fxo/2")
    assert free.talks("101", "fxo/2")
    free.far_end_releases("fxo/1", "abandoned")
    all_down(free, "101", "102")


def test_where_no_line_works_the_caller_hears_so_and_has_reception_while_all_are_tried_again(hotel: Hotel) -> None:
    for port in CITY.ports:
        hotel.gateway.trunk(port).deaf = True
    hotel.call("101", "112")
    hotel.go_on("fxo/1")
    hotel.go_on("fxo/2")
    assert hotel.hears("101") == "emergency-no-line" and hotel.rings("100")
    assert "no company line" in hotel.alarms["emergency-no-line", "101"]
    assert hotel.facts["emergency-no-line", "101"] == {"number": "112"}
    hotel.played("101")
    assert hotel.hears("101") == "ringback"
    hotel.lift("100")
    assert hotel.talks("101", "100") and len(hotel.open) == 1
    for port in CITY.ports:
        hotel.go_on(port)
        hotel.gateway.trunk(port).deaf = False
    hotel.wait(6)
    hotel.go_on("fxo/1")
    assert hotel.talks("101", "100", "fxo/1") and ("emergency-no-line", "101") not in hotel.alarms
    hotel.far_end_answers("fxo/1")
    hotel.hang_up("100")
    assert hotel.talks("101", "fxo/1")
    all_down(hotel, "101")
    assert len(hotel.records) == 1


def test_with_every_line_dead_and_every_operator_talking_one_is_put_through(free: Hotel) -> None:
    for port in CITY.ports:
        free.gateway.fail(port, "out-of-service")
    free.pump()
    free.connect("100", "103")
    free.connect("109", "102")
    free.call("101", "112")
    assert free.talks("101", "100")
    all_down(free, "100", "101", "102", "103", "109")


def test_an_operator_who_talks_is_told_and_not_cut_off_while_a_line_carries_it(free: Hotel) -> None:
    free.connect("100", "103")
    free.connect("109", "102")
    free.call("101", "112")
    free.go_on("fxo/1")
    signal = free.gateway.lines[PORTS["100"]].signal
    assert free.talks("101", "fxo/1") and signal is not None and signal.tone == "call-waiting"
    assert free.talks("109", "102")
    free.hang_up("100")
    assert free.rings("100")
    free.lift("100")
    assert free.talks("100", "101", "fxo/1")
    all_down(free, "100", "101", "102", "103", "109")


def test_the_line_that_fails_in_the_midst_of_it_is_replaced(hotel: Hotel) -> None:
    hotel.call("101", "112")
    hotel.go_on("fxo/1")
    hotel.gateway.fail("fxo/1", "out-of-service")
    hotel.pump()
    hotel.go_on("fxo/2")
    assert hotel.talks("101", "fxo/2")
    all_down(hotel, "101")


@pytest.mark.parametrize("number", [None, "112", "private"])
def test_a_call_back_rings_the_room_and_reception_whatever_line_it_comes_by(hotel: Hotel, number: str | None) -> None:
    hotel.carry_out(hotel.agent.set_dnd("101", True, hotel.now))
    hotel.call("101", "112")
    hotel.go_on("fxo/1")
    hotel.hang_up("101")
    hotel.go_on("fxo/1")
    hotel.wait(25 * 60)
    if number == "private":
        hotel.ring_in("fxo/2", private=True)
    else:
        hotel.ring_in("fxo/2", number)
    assert hotel.rings("101") and hotel.rings("100") and hotel.rings("109")
    hotel.lift("101")
    assert hotel.talks("101", "fxo/2") and not hotel.rings("100")
    all_down(hotel, "101")


def test_a_call_back_goes_before_night_service_and_black_lists(free: Hotel) -> None:
    settings = AgentSettings(night=NightService(mode="on"), restrictions=Judge(black=("112",)))
    free.carry_out(free.agent.set_settings(settings, free.now))
    free.call("101", "112")
    free.hang_up("101")
    free.go_on("fxo/1")
    free.ring_in("fxo/1", "112")
    assert free.rings("101") and free.rings("100")
    free.far_end_releases("fxo/1", "abandoned")
    all_down(free)


def test_others_are_not_taken_for_a_call_back_and_after_half_an_hour_nobody_is(hotel: Hotel) -> None:
    hotel.call("101", "112")
    hotel.hang_up("101")
    hotel.go_on("fxo/1")
    hotel.ring_in("fxo/1", "600700800")
    assert not hotel.rings("101") and hotel.rings("100")
    hotel.far_end_releases("fxo/1", "abandoned")
    hotel.wait(31 * 60)
    hotel.ring_in("fxo/1")
    assert not hotel.rings("101") and hotel.rings("100")
    hotel.far_end_releases("fxo/1", "abandoned")
    all_down(hotel)


def test_what_was_called_before_a_restart_of_the_box_is_remembered(hotel: Hotel) -> None:
    hotel.agent = hotel.new_agent()
    hotel.agent.remember_emergency("103", "112", hotel.gateway.now_ns)
    hotel.begin()
    hotel.ring_in("fxo/1", "112")
    assert hotel.rings("103") and hotel.rings("100")
    hotel.far_end_releases("fxo/1", "abandoned")
    all_down(hotel)


def test_the_resident_plan_knows_the_lines_and_what_is_sent(hotel: Hotel) -> None:
    plan = hotel.lodged().plan
    assert plan.trunks == ("fxo/2", "fxo/1")
    assert plan.emergency_digits["112"] == plan.emergency_digits["0112"] == "112"
    assert Hotel(trunks=[replace(CITY, targets={"fxo/2": "103"})]).lodged().plan.incoming == {"fxo/2": ("fxs/3",)}


@pytest.mark.parametrize("stage", ["seizing", "through", "answered", "joined"])
def test_an_emergency_call_outlives_the_agent(hotel: Hotel, stage: str) -> None:
    hotel.call("101", "112")
    if stage != "seizing":
        hotel.go_on("fxo/1")
    if stage in ("answered", "joined"):
        hotel.far_end_answers("fxo/1")
    if stage == "joined":
        hotel.lift("100")
    hotel.restart()
    call = hotel.agent.calls()[0]
    assert call.emergency and call.trunk == "city"
    if stage == "seizing":
        hotel.go_on("fxo/1")
    if stage != "joined":
        hotel.lift("100")
    assert hotel.talks("101", "100", "fxo/1") and not hotel.rings("109")
    hotel.hang_up("100")
    assert hotel.talks("101", "fxo/1")
    all_down(hotel, "101")
    assert len(hotel.records) == 1 and hotel.last().emergency


def test_an_operator_who_dials_112_himself_is_joined_by_the_other(hotel: Hotel) -> None:
    hotel.call("100", "112")
    hotel.go_on("fxo/1")
    assert hotel.talks("100", "fxo/1") and hotel.rings("109")
    all_down(hotel, "100")


def test_an_emergency_call_is_never_recorded_twice_nor_left_open_whoever_leaves_first(free: Hotel) -> None:
    free.call("101", "112")
    free.go_on("fxo/1")
    free.far_end_answers("fxo/1")
    free.lift("100")
    free.far_end_releases("fxo/1", "failed")
    assert any(isinstance(x, d.OpenRecord) for x in free.decided)
    free.go_on("fxo/2")
    assert free.talks("101", "100", "fxo/2")
    all_down(free, "101", "100")


def test_an_emergency_gets_a_line_also_where_callers_are_never_known(hotel: Hotel) -> None:
    """Every caller without a number counts as a call back for half an hour: one of them must make room all the same."""
    hotel.call("103", "112")
    hotel.go_on("fxo/1")
    hotel.hang_up("103")
    hotel.go_on("fxo/1")
    hotel.ring_in("fxo/1")
    hotel.lift("100")
    hotel.ring_in("fxo/2")
    hotel.lift("109")
    hotel.call("101", "112")
    placed = [port for port in CITY.ports if hotel.gateway.trunk(port).placed is not None]
    assert placed, "no line for 112, with two ordinary calls in"
