"""Company lines: calls out, who may make them, and what stands when the agent comes back."""

from __future__ import annotations

from datetime import datetime

import pytest

from firmware.exchange import decisions as d
from firmware.exchange.numbering import AgentSettings
from firmware.exchange.trunk_groups import Allowed
from firmware.gateway.messages import Alarm, PlaybackDone
from tests.unit.exchange.hotel import CITY, PORTS, Hotel
from tests.unit.exchange.outside import NUMBER, Judge, all_down


@pytest.fixture
def hotel() -> Hotel:
    return Hotel(trunks=[CITY])


def test_a_number_outside_goes_out_without_the_prefix_and_the_caller_hears_the_line_at_once(hotel: Hotel) -> None:
    hotel.call("101", f"0{NUMBER}")
    placed = hotel.gateway.trunk("fxo/2").placed
    assert placed is not None and placed.digits == NUMBER and not placed.emergency
    assert hotel.hears("101") is None and hotel.line("101").state == "dialling"
    hotel.go_on("fxo/2")
    assert hotel.talks("101", "fxo/2")
    view = hotel.agent.calls()[0]
    assert (view.state, view.trunk, view.to_party.number, view.to_party.port) == ("ringing", "city", NUMBER, "fxo/2")
    hotel.far_end_answers("fxo/2")
    assert hotel.agent.calls()[0].state == "answered" and len(hotel.open) == 1
    hotel.gateway.now_ns += 60_000_000_000
    all_down(hotel, "101")
    record = hotel.last()
    assert (record.direction, record.trunk, record.dialled) == ("outgoing", "city", NUMBER)
    assert record.answered_by == "reversal" and record.answered_ns is not None and record.end == "released"
    assert hotel.gateway.trunk("fxo/2").stage == "guard"


def test_dial_tone_sounds_again_after_the_prefix_where_there_are_company_lines(hotel: Hotel) -> None:
    hotel.lift("101")
    collecting = hotel.gateway.lines[PORTS["101"]].collecting
    assert collecting is not None and collecting.dial_tone_after == "0"
    assert Hotel().gateway.lines[PORTS["101"]].armed.digit_map.dial_tone_after == ""  # type: ignore[union-attr]


def test_the_far_end_that_releases_leaves_the_caller_with_busy_and_the_line_free(hotel: Hotel) -> None:
    hotel.call_out("101", NUMBER)
    hotel.far_end_answers("fxo/2")
    hotel.far_end_releases("fxo/2")
    assert hotel.hears("101") == "busy" and hotel.line("fxo/2").state == "idle"
    all_down(hotel, "101")


@pytest.mark.parametrize(
    ("reason", "cause", "heard"),
    [("busy-tone", 17, "busy"), ("congestion-tone", 34, "all-lines-busy"), ("special-information", 1, "unobtainable")],
)
def test_a_call_that_the_far_end_does_not_take_ends_with_its_cause(
    hotel: Hotel, reason: str, cause: int, heard: str
) -> None:
    hotel.call_out("101", NUMBER)
    hotel.far_end_releases("fxo/2", reason, cause)
    assert hotel.hears("101") == heard
    all_down(hotel, "101")
    assert hotel.last().cause == cause and hotel.last().answered_ns is None


def test_a_line_without_dial_tone_is_passed_over_for_the_next(hotel: Hotel) -> None:
    hotel.gateway.trunk("fxo/2").deaf = True
    hotel.call("101", f"0{NUMBER}")
    hotel.go_on("fxo/2")
    assert hotel.gateway.trunk("fxo/1").stage == "seizing"
    hotel.go_on("fxo/1")
    assert hotel.talks("101", "fxo/1") and hotel.agent.calls()[0].to_party.port == "fxo/1"
    all_down(hotel, "101")
    assert len(hotel.records) == 1


def test_without_a_free_line_the_caller_is_told_so(hotel: Hotel) -> None:
    hotel.call_out("101", NUMBER, "fxo/2")
    hotel.call_out("102", NUMBER, "fxo/1")
    hotel.call("103", f"0{NUMBER}")
    assert hotel.hears("103") == "all-lines-busy"
    all_down(hotel, "101", "102", "103")
    assert sorted(r.cause or 0 for r in hotel.records.values()) == [16, 16, 34]


def test_a_line_that_is_known_not_to_work_is_not_tried(hotel: Hotel) -> None:
    hotel.gateway.events.append(
        Alarm(endpoint="fxo/2", kind="line-dead", raised=True, text="no battery", at_ns=hotel.gateway.now_ns)
    )
    hotel.pump()
    assert hotel.alarms["line-dead", "fxo/2"] and hotel.line("fxo/2").fault == "line-dead"
    hotel.call_out("101", NUMBER, "fxo/1")
    assert hotel.talks("101", "fxo/1")
    all_down(hotel, "101")


def test_a_caller_who_hangs_up_while_the_line_is_being_seized_leaves_nothing(hotel: Hotel) -> None:
    hotel.call("101", f"0{NUMBER}")
    all_down(hotel, "101")
    assert hotel.gateway.trunk("fxo/2").stage == "guard" and hotel.last().answered_ns is None


def test_a_call_in_on_the_line_that_was_seized_is_presented_and_the_call_out_takes_another(hotel: Hotel) -> None:
    hotel.call("101", f"0{NUMBER}")
    hotel.gateway.release("fxo/2", "glare", 44)
    hotel.gateway.trunk("fxo/2").stage = "idle"
    hotel.gateway.ring_in("fxo/2", "600700800", answered=True)
    hotel.pump()
    assert hotel.rings("100") and hotel.hears("fxo/2") == "ringback"
    hotel.go_on("fxo/1")
    assert hotel.talks("101", "fxo/1")
    hotel.lift("100")
    assert hotel.talks("100", "fxo/2")
    all_down(hotel, "100", "101")


def test_who_may_not_call_hears_so_and_is_recorded_as_barred() -> None:
    judge = Judge({"internal": ("-",), "national": ("22",)})
    hotel = Hotel(AgentSettings(restrictions=judge), trunks=[CITY])
    hotel.call("101", f"0{NUMBER}")
    assert hotel.hears("101") == "call-barred" and hotel.last().end == "barred"
    assert (hotel.last().direction, hotel.last().dialled) == ("outgoing", NUMBER)
    hotel.hang_up("101")
    hotel.carry_out(hotel.agent.set_room_class("101", "national", hotel.now))
    assert hotel.agent.room_class("101") == "national"
    hotel.call_out("101", NUMBER)
    assert hotel.talks("101", "fxo/2")
    hotel.restart()
    all_down(hotel, "101")


@pytest.mark.parametrize(
    ("number", "occupied", "own", "expected"),
    [
        ("101", False, None, "internal"),
        ("101", True, None, "national"),
        ("101", True, "mobile", "mobile"),
        ("110", False, None, "unrestricted"),
    ],
)
def test_the_class_is_the_room_s_own_or_that_of_its_occupancy(
    number: str, occupied: bool, own: str | None, expected: str
) -> None:
    asked: list[str] = []

    class Note(Judge):
        def judge(self, digits: str, cor: str, local: datetime) -> Allowed:
            asked.append(cor)
            return Allowed()

    hotel = Hotel(AgentSettings(restrictions=Note()), trunks=[CITY])
    hotel.carry_out(hotel.agent.set_occupied("101", occupied, hotel.now))
    hotel.carry_out(hotel.agent.set_room_class("101", own, hotel.now))
    hotel.call(number, f"0{NUMBER}")
    assert asked == [expected]
    all_down(hotel, number)


def test_a_missing_announcement_is_replaced_by_a_tone() -> None:
    hotel = Hotel(AgentSettings(restrictions=Judge({"internal": ("-",)})), trunks=[CITY])
    hotel.call("101", f"0{NUMBER}")
    line = hotel.gateway.lines[PORTS["101"]]
    signal, line.signal = line.signal, None
    assert signal is not None
    hotel.gateway.events.append(
        PlaybackDone(endpoint=line.endpoint, signal=signal, at_ns=hotel.gateway.now_ns, failed=True)
    )
    hotel.pump()
    assert hotel.hears("101") == "congestion"
    all_down(hotel, "101")


def test_reception_calls_out_for_a_room_and_gives_the_call_over_before_it_is_answered(hotel: Hotel) -> None:
    hotel.connect("101", "100")
    hotel.flash("100")
    hotel.dial("100", f"0{NUMBER}")
    hotel.hang_up("100")
    hotel.go_on("fxo/2")
    assert hotel.talks("101", "fxo/2")
    hotel.far_end_answers("fxo/2")
    all_down(hotel, "101")
    assert hotel.last().from_party.extension == "101" and hotel.last().direction == "outgoing"


def test_click_to_dial_calls_out(hotel: Hotel) -> None:
    call, decisions = hotel.agent.dial("100", f"0{NUMBER}", hotel.now)
    hotel.carry_out(decisions)
    hotel.lift("100")
    hotel.go_on("fxo/2")
    assert hotel.talks("100", "fxo/2") and hotel.agent.calls()[0].id == call
    all_down(hotel, "100")


def test_calls_out_in_every_stage_outlive_the_agent(hotel: Hotel) -> None:
    hotel.call("101", f"0{NUMBER}")
    hotel.restart()
    hotel.go_on("fxo/2")
    assert hotel.talks("101", "fxo/2")
    hotel.restart()
    assert hotel.talks("101", "fxo/2") and hotel.agent.calls()[0].state == "ringing"
    hotel.far_end_answers("fxo/2")
    hotel.restart()
    assert hotel.talks("101", "fxo/2") and hotel.agent.calls()[0].state == "answered"
    hotel.far_end_releases("fxo/2")
    assert hotel.hears("101") == "busy"
    all_down(hotel, "101")
    assert hotel.last().answered_by == "reversal" and len(hotel.records) == 1


def test_an_answer_that_came_while_nobody_was_there_is_in_the_record(hotel: Hotel) -> None:
    hotel.call_out("101", NUMBER)
    hotel.gateway.far_end_answers("fxo/2", "reversal")
    answered_ns = hotel.gateway.now_ns
    hotel.gateway.now_ns += 5_000_000_000
    hotel.restart()
    assert hotel.agent.calls()[0].state == "answered"
    all_down(hotel, "101")
    assert hotel.last().answered_ns == answered_ns


@pytest.mark.parametrize("first", ["caller", "far end"])
def test_a_call_that_was_answered_and_ended_while_nobody_was_there_is_recorded_whole(hotel: Hotel, first: str) -> None:
    hotel.call_out("101", NUMBER)
    hotel.gateway.alone = True
    answered_ns = hotel.gateway.now_ns
    hotel.gateway.far_end_answers("fxo/2", "reversal")
    hotel.gateway.now_ns += 5_000_000_000
    if first == "far end":
        hotel.gateway.release("fxo/2")
    hotel.gateway.replace(PORTS["101"])
    hotel.gateway.now_ns += 30_000_000_000
    hotel.restart()
    all_down(hotel)
    record = hotel.last()
    assert (record.answered_ns, record.answered_by) == (answered_ns, "reversal")
    assert record.ended_ns == answered_ns + 5_000_000_000 and len(hotel.records) == 1
    assert not hotel.gateway.journal


def test_who_answers_on_a_line_after_a_call_was_taken_off_it_has_not_answered_that_call(hotel: Hotel) -> None:
    hotel.call_out("101", NUMBER)
    hotel.gateway.alone = True
    tag = hotel.gateway.lines["fxo/2"].tag
    hotel.gateway.release("fxo/2")
    hotel.gateway.now_ns += 5_000_000_000
    hotel.gateway.note("answered", "fxo/2", None, tag, by="reversal")
    hotel.gateway.replace(PORTS["101"])
    hotel.restart()
    all_down(hotel)
    assert hotel.last().answered_ns is None and len(hotel.records) == 1


def test_calls_in_outlive_the_agent(hotel: Hotel) -> None:
    hotel.ring_in("fxo/1", "600700800")
    hotel.restart()
    assert hotel.rings("100") and hotel.agent.calls()[0].from_party.number == "600700800"
    hotel.lift("100")
    hotel.restart()
    assert hotel.talks("100", "fxo/1")
    hotel.flash("100")
    hotel.dial("100", "103")
    hotel.restart()
    hotel.lift("103")
    hotel.hang_up("100")
    assert hotel.talks("103", "fxo/1")
    hotel.restart()
    all_down(hotel, "103")
    assert {record.direction for record in hotel.records.values()} == {"incoming"}


def test_a_call_that_came_in_meanwhile_is_new(hotel: Hotel) -> None:
    hotel.gateway.ring_in("fxo/1", "600700800")
    hotel.restart()
    assert hotel.rings("100") and hotel.shows("100")[0] == "600700800"
    hotel.far_end_releases("fxo/1", "abandoned")
    all_down(hotel)


def test_a_line_that_nobody_has_a_call_for_is_released(hotel: Hotel) -> None:
    hotel.call_out("101", NUMBER)
    hotel.gateway.lines[PORTS["101"]].tag = hotel.gateway.lines["fxo/2"].tag = b""
    for connection in hotel.gateway.connections.values():
        connection.tag = b""
    hotel.restart()
    assert hotel.gateway.trunk("fxo/2").stage == "guard"


def test_a_call_whose_line_was_released_meanwhile_is_over(hotel: Hotel) -> None:
    hotel.call_out("101", NUMBER)
    hotel.far_end_answers("fxo/2")
    hotel.gateway.alone = True
    hotel.gateway.release("fxo/2")
    hotel.restart()
    assert not hotel.agent.calls() and hotel.hears("101") is not None
    hotel.hang_up("101")
    assert hotel.quiet() and len(hotel.records) == 1


def test_a_dry_run_dials_nobody_and_tells_of_each_line(hotel: Hotel) -> None:
    hotel.gateway.trunk("fxo/1").deaf = True
    check, decisions = hotel.agent.probe_trunks(hotel.now)
    hotel.carry_out(decisions)
    hotel.pump()
    assert check.probed == ("fxo/1", "fxo/2") and check.reception == ("100", "109") and "112" in check.numbers
    assert {(t.port, t.dial_tone) for t in hotel.tested} == {("fxo/1", False), ("fxo/2", True)}
    assert not [c for c in hotel.decided if isinstance(c, d.RaiseAlarm)] and not hotel.agent.calls()
