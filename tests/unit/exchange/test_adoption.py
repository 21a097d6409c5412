"""The agent comes back, or the gateway does: calls go on, what has ended is recorded, and everything is armed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from msgspec import structs

from firmware.exchange import decisions as d
from firmware.exchange.numbering import emergency_map
from firmware.exchange.tags import EndpointTag, decode_connection, decode_endpoint
from firmware.gateway.messages import MAX_TAG_BYTES, Arm, Connect, JournalEntry, Leg, Lodge, Ring, Signal
from tests.unit.exchange.gateway import Connection, SimGateway
from tests.unit.exchange.hotel import PORTS, Hotel


@pytest.fixture
def hotel() -> Hotel:
    return Hotel()


def test_everything_is_armed_and_the_plan_is_lodged_once(hotel: Hotel) -> None:
    commands = [decision.command for decision in hotel.decided if isinstance(decision, d.Send)]
    assert sum(isinstance(command, Arm) for command in commands) == len(PORTS)
    plan = hotel.lodged().plan
    assert plan.routes["101"] == ("fxs/1",) and plan.routes["8888"] == ("fxs/5", "fxs/6") == plan.reception
    assert {"112", "0112"} <= set(plan.emergency) and "*8" not in plan.digit_map.patterns
    hotel.decided.clear()
    hotel.restart()
    assert not [s for s in hotel.decided if isinstance(s, d.Send) and isinstance(s.command, Lodge)]


def test_in_survival_a_number_of_reception_that_is_an_extension_too_rings_all_operators() -> None:
    hotel = Hotel()
    hotel.plan = replace(hotel.plan, reception=("8", "100"))
    hotel.restart()
    assert hotel.lodged().plan.routes["100"] == ("fxs/5", "fxs/6")


def test_a_call_with_its_consultation_is_still_known(hotel: Hotel) -> None:
    hotel.connect("101", "110")
    hotel.flash("110")
    hotel.dial("110", "111")
    hotel.lift("111")
    before = hotel.agent.calls()
    hotel.restart()
    assert hotel.agent.calls() == before
    hotel.hang_up("110")
    assert hotel.talks("101", "111")
    hotel.hang_up("101")
    hotel.hang_up("111")
    assert hotel.quiet() and len({record.call for record in hotel.records.values()}) == 1


def test_a_call_that_was_answered_while_nobody_looked(hotel: Hotel) -> None:
    hotel.call("101", "8888")
    hotel.gateway.lift(PORTS["109"])
    answered_ns = hotel.gateway.now_ns
    hotel.gateway.now_ns += 5_000_000_000
    hotel.restart()
    assert hotel.talks("101", "109") and not hotel.rings("100")
    (record,) = hotel.open.values()
    assert record.answered_ns == answered_ns and record.to_party.extension == "109"


def test_a_party_that_left_while_nobody_looked_has_its_time_in_the_record(hotel: Hotel) -> None:
    hotel.connect("101", "102")
    hotel.gateway.alone = True
    left_ns = hotel.gateway.now_ns
    hotel.gateway.replace(PORTS["102"])
    hotel.gateway.now_ns += 30_000_000_000
    hotel.restart()
    assert hotel.hears("101") == "busy"
    assert hotel.last().ended_ns == left_ns and hotel.last().complete and not hotel.gateway.journal
    hotel.hang_up("101")
    assert hotel.quiet()


def test_a_caller_who_gave_up_while_nobody_looked_has_his_time_in_the_record(hotel: Hotel) -> None:
    hotel.call("101", "102")
    hotel.gateway.alone = True
    left_ns = hotel.gateway.now_ns
    hotel.gateway.replace(PORTS["101"])
    hotel.gateway.now_ns += 30_000_000_000
    hotel.restart()
    assert not hotel.rings("102") and hotel.quiet() and not hotel.gateway.journal
    assert (hotel.last().ended_ns, hotel.last().end, hotel.last().answered_ns) == (left_ns, "released", None)


@pytest.mark.parametrize("alone", [False, True])
def test_a_call_whose_port_has_failed_is_lost(hotel: Hotel, alone: bool) -> None:
    hotel.connect("101", "102")
    hotel.gateway.alone = alone
    failed_ns = hotel.gateway.now_ns
    hotel.gateway.fail(PORTS["102"], "out-of-service")
    if alone:
        hotel.gateway.events.clear()
        hotel.gateway.now_ns += 30_000_000_000
        hotel.restart()
    else:
        hotel.pump()
    record = hotel.last()
    assert (record.end, record.complete, record.cause, record.ended_ns) == ("lost", False, 41, failed_ns)
    assert hotel.hears("101") in ("busy", "congestion")


def test_a_held_party_who_hung_up_while_nobody_looked_has_its_time_in_the_record(hotel: Hotel) -> None:
    hotel.connect("101", "110")
    hotel.flash("110")
    hotel.gateway.alone = True
    left_ns = hotel.gateway.now_ns
    hotel.gateway.replace(PORTS["101"])
    hotel.gateway.now_ns += 30_000_000_000
    hotel.restart()
    assert (hotel.last().ended_ns, hotel.last().end, hotel.last().complete) == (left_ns, "released", True)


@pytest.mark.parametrize(("who", "ended"), [("101", ["101"]), ("102", ["110"]), ("110", ["101", "110"])])
def test_who_left_a_conference_while_nobody_looked_ends_his_calls_then(
    hotel: Hotel, who: str, ended: list[str]
) -> None:
    hotel.connect("101", "110")
    hotel.flash("110")
    hotel.dial("110", "102")
    hotel.lift("102")
    hotel.flash("110")
    assert hotel.talks("101", "102", "110")
    hotel.gateway.alone = True
    left_ns = hotel.gateway.now_ns
    hotel.gateway.replace(PORTS[who])
    hotel.gateway.now_ns += 30_000_000_000
    hotel.restart()
    closed = [record for record in hotel.records.values() if record.ended_ns is not None]
    assert [record.from_party.extension for record in closed] == ended
    assert {record.ended_ns for record in closed} == {left_ns}


def test_who_left_a_conference_while_nobody_looked_is_not_met_again(hotel: Hotel) -> None:
    hotel.connect("101", "110")
    hotel.flash("110")
    hotel.dial("110", "102")
    hotel.lift("102")
    hotel.flash("110")
    hotel.gateway.alone = True
    hotel.gateway.replace(PORTS["101"])
    hotel.restart()
    hotel.gateway.now_ns += 30_000_000_000
    hotel.restart()
    assert hotel.talks("102", "110") and set(hotel.closed.values()) == {1}


@pytest.mark.parametrize(("seconds", "state"), [(0, "off-hook"), (31, "howler"), (92, "out-of-service")])
@pytest.mark.parametrize("tags", [True, False])
def test_a_handset_left_off_is_known_by_what_it_hears(hotel: Hotel, seconds: float, state: str, tags: bool) -> None:
    hotel.connect("101", "102")
    hotel.hang_up("102")
    hotel.wait(seconds)
    heard = hotel.hears("101")
    assert hotel.line("101").state == state
    hotel.alarms.clear()
    if not tags:
        hotel.gateway.lines["fxs/1"].tag = b""
    hotel.restart()
    assert hotel.line("101").state == state and hotel.hears("101") == heard and not hotel.agent.calls()
    assert (("off-hook", "fxs/1") in hotel.alarms) == (state == "out-of-service")
    hotel.dial("101", "112")
    assert hotel.rings("100")
    hotel.hang_up("101")
    assert hotel.quiet() and not {kind for kind, _ in hotel.alarms} - {"emergency-call"}


@pytest.mark.parametrize("digits", ["", "1"])
def test_a_handset_lifted_anew_while_nobody_looked_is_not_the_one_that_was_left_off(hotel: Hotel, digits: str) -> None:
    hotel.call("101", "105")
    hotel.gateway.replace("fxs/1")
    hotel.gateway.lift("fxs/1")
    hotel.gateway.dial("fxs/1", digits)
    hotel.restart()
    hotel.dial("101", "102"[len(digits) :])
    assert hotel.rings("102")


def test_an_emergency_number_half_dialled_after_a_call_goes_through(hotel: Hotel) -> None:
    hotel.call("101", "105")
    hotel.dial("101", "11")
    hotel.restart()
    hotel.dial("101", "2")
    assert hotel.rings("100") and hotel.hears("101") == "ringback"


@pytest.mark.parametrize(("digits", "rings"), [("5", "102"), ("112", "100")])
def test_what_was_dialled_at_ringback_while_nobody_looked(hotel: Hotel, digits: str, rings: str) -> None:
    hotel.call("101", "102")
    hotel.gateway.dial("fxs/1", digits)
    hotel.restart()
    assert hotel.hears("101") == "ringback" and hotel.rings(rings) and len(hotel.agent.calls()) == 1


def test_an_emergency_for_which_nobody_rings_any_more_rings_again(hotel: Hotel) -> None:
    hotel.call("101", "112")
    for operator in ("100", "109"):
        hotel.gateway.lines[PORTS[operator]].ring = None
    hotel.restart()
    assert hotel.rings("100") and hotel.rings("109") and hotel.hears("101") == "ringback"
    hotel.lift("100")
    assert hotel.talks("101", "100")


def test_an_emergency_that_waited_for_reception_to_hang_up_goes_on_waiting(hotel: Hotel) -> None:
    hotel.connect("102", "100")
    hotel.connect("103", "109")
    hotel.lift("101")
    survived(hotel, None, emergency=True)
    entry = hotel.gateway.journal["j-1"]
    hotel.gateway.journal["j-1"] = structs.replace(entry, endpoints=("fxs/1", "fxs/5", "fxs/6"), answered_ns=None)
    del hotel.gateway.connections["survival/1"]
    hotel.gateway.lines["fxs/1"].connection = None
    hotel.gateway.lines["fxs/5"].connection = "call/" + next(iter(hotel.open))
    hotel.gateway.lines["fxs/1"].collecting = None
    hotel.gateway.lines["fxs/1"].signal = Signal(tone="ringback")
    hotel.restart()
    assert hotel.talks("101", "100") and hotel.hears("102") == "congestion"


def test_two_emergencies_of_the_resident_plan_are_both_answered(hotel: Hotel) -> None:
    for room in (1, 2):
        line = hotel.gateway.lines[f"fxs/{room}"]
        line.off_hook, line.signal = True, Signal(tone="ringback")
        hotel.gateway.journal[f"j-{room}"] = JournalEntry(
            entry=f"j-{room}", boot="b", kind="call", endpoints=(f"fxs/{room}", "fxs/5", "fxs/6"), dialled="112",
            connection=f"survival/{room}", started_ns=hotel.gateway.now_ns, emergency=True,
        )  # fmt: skip
    for port in ("fxs/5", "fxs/6"):
        joined = Connect(connection="survival/1", legs=(Leg(endpoint="fxs/1"), Leg(endpoint=port)))
        hotel.gateway.lines[port].ring = Ring(endpoint=port, on_answer=joined)
    hotel.restart()
    assert hotel.hears("101") == hotel.hears("102") == "ringback" and len(hotel.agent.calls()) == 2
    hotel.lift("100")
    assert hotel.talks("101", "100") and hotel.rings("109")
    hotel.lift("109")
    assert hotel.talks("102", "109")


def test_a_call_both_of_whose_parties_have_gone(hotel: Hotel) -> None:
    hotel.connect("101", "102")
    hotel.gateway.alone = True
    hotel.gateway.replace(PORTS["101"])
    hotel.gateway.replace(PORTS["102"])
    hotel.restart()
    assert hotel.quiet() and hotel.last().end == "released" and hotel.closed.total() == 1


def test_a_holder_who_hung_up_while_nobody_looked_is_rung_back(hotel: Hotel) -> None:
    hotel.connect("101", "110")
    hotel.flash("110")
    hotel.gateway.alone = True
    hotel.gateway.replace(PORTS["110"])
    hotel.restart()
    assert hotel.rings("110")
    hotel.lift("110")
    assert hotel.talks("101", "110")


def test_digits_that_were_complete_while_nobody_looked_are_taken(hotel: Hotel) -> None:
    hotel.lift("101")
    hotel.gateway.dial(PORTS["101"], "102")
    hotel.restart()
    assert hotel.rings("102") and hotel.hears("101") == "ringback"


def test_the_gateway_died(hotel: Hotel) -> None:
    hotel.connect("101", "102")
    hotel.call("103", "100")
    hotel.carry_out(hotel.agent.lost(hotel.now))
    assert all(record.end == "lost" and not record.complete for record in hotel.records.values())
    assert len(hotel.records) == 2 and not hotel.open
    fresh = SimGateway(list(hotel.gateway.lines), hotel.gateway.now_ns)
    for port in ("fxs/1", "fxs/2", "fxs/3"):
        fresh.lines[port].off_hook = True
    hotel.gateway = fresh
    hotel.begin()
    assert hotel.hears("101") == hotel.hears("103") == "dial" and not hotel.agent.calls()[0].answered_ns
    assert all(line.armed is not None for line in fresh.lines.values())


def survived(hotel: Hotel, ended_ns: int | None, emergency: bool = False) -> None:
    """The gateway has joined room 101 and reception by its resident plan."""
    now_ns = hotel.gateway.now_ns
    entry = JournalEntry(
        entry="j-1", boot="b", kind="call", endpoints=("fxs/1", "fxs/5"), dialled="112" if emergency else "8888",
        connection="survival/1", started_ns=now_ns - 9_000_000_000, answered_ns=now_ns - 7_000_000_000,
        ended_ns=ended_ns, emergency=emergency,
    )  # fmt: skip
    hotel.gateway.journal["j-1"] = entry
    if ended_ns is None:
        legs = {port: Leg(endpoint=port) for port in entry.endpoints}
        hotel.gateway.connections["survival/1"] = Connection("survival/1", b"", legs, now_ns)
        for port in legs:
            line = hotel.gateway.lines[port]
            line.off_hook, line.connection = True, "survival/1"


def test_a_call_of_the_resident_plan_is_adopted_and_recorded_once(hotel: Hotel) -> None:
    survived(hotel, None)
    hotel.restart()
    assert hotel.talks("101", "100") and [call.state for call in hotel.agent.calls()] == ["answered"]
    hotel.restart()
    assert len(hotel.open) == 1 and hotel.talks("101", "100")
    hotel.hang_up("100")
    hotel.hang_up("101")
    assert hotel.quiet() and hotel.closed == {"j-1": 1}


def test_an_adopted_call_of_the_resident_plan_that_ends_while_nobody_looks_has_its_time_in_the_record(
    hotel: Hotel,
) -> None:
    survived(hotel, None)
    hotel.restart()
    left_ns = hotel.gateway.now_ns
    for room in ("101", "100"):
        hotel.gateway.replace(PORTS[room])
    hotel.gateway.journal["j-1"] = structs.replace(hotel.gateway.journal["j-1"], ended_ns=left_ns)
    hotel.gateway.events.clear()
    hotel.gateway.now_ns += 30_000_000_000
    hotel.restart()
    assert (hotel.last().end, hotel.last().complete, hotel.last().ended_ns) == ("released", True, left_ns)
    assert hotel.quiet() and hotel.closed == {"j-1": 1} and not hotel.gateway.journal


def test_a_call_of_the_resident_plan_that_still_rings_is_heard_to_ring_after_a_digit(hotel: Hotel) -> None:
    caller = hotel.gateway.lines["fxs/1"]
    caller.off_hook, caller.signal, caller.owned = True, Signal(tone="ringback"), True
    caller.collecting = emergency_map(hotel.plan, {})
    joined = Connect(connection="survival/1", legs=(Leg(endpoint="fxs/1"), Leg(endpoint="fxs/5")))
    hotel.gateway.lines["fxs/5"].ring = Ring(endpoint="fxs/5", on_answer=joined)
    hotel.gateway.journal["j-1"] = JournalEntry(
        entry="j-1", boot="b", kind="call", endpoints=("fxs/1", "fxs/5"), dialled="8888", connection="survival/1",
        started_ns=hotel.gateway.now_ns,
    )  # fmt: skip
    hotel.restart()
    hotel.dial("101", "5")
    assert hotel.hears("101") == "ringback" and hotel.rings("100")
    hotel.lift("100")
    assert hotel.talks("101", "100")


def test_a_call_of_the_resident_plan_that_has_ended_is_recorded(hotel: Hotel) -> None:
    survived(hotel, hotel.gateway.now_ns - 1_000_000_000, emergency=True)
    hotel.restart()
    assert hotel.last().leg == "j-1" and hotel.last().end == "released" and hotel.last().complete
    at = hotel.now.local - timedelta(seconds=9)
    assert hotel.alarms["emergency-call", "101"] == f"101 has dialled 112 at {at:%H:%M:%S}"
    assert not hotel.gateway.journal


def test_a_call_of_the_resident_plan_that_died_with_the_gateway_is_lost(hotel: Hotel) -> None:
    survived(hotel, hotel.gateway.now_ns - 1_000_000_000)
    hotel.gateway.journal["j-1"] = structs.replace(hotel.gateway.journal["j-1"], lost=True)
    hotel.restart()
    assert (hotel.last().end, hotel.last().complete, hotel.last().cause) == ("lost", False, 41)


@pytest.mark.parametrize("tags", [False, True])
def test_a_call_that_nothing_stands_for_is_lost_whether_tags_tell_of_it_or_only_its_record(
    hotel: Hotel, tags: bool
) -> None:
    hotel.connect("101", "102")
    for name in ("101", "102"):
        tag = hotel.gateway.lines[PORTS[name]].tag
        hotel.gateway.replace(PORTS[name])
        hotel.gateway.lines[PORTS[name]].tag = tag if tags else b""
    hotel.gateway.journal.clear()
    hotel.restart()
    record = hotel.last()
    assert (record.end, record.complete, record.cause) == ("lost", False, 41) and hotel.quiet()


def test_what_belongs_to_nobody_is_ended(hotel: Hotel) -> None:
    hotel.connect("101", "102")
    hotel.call("103", "100")
    for line in hotel.gateway.lines.values():
        line.tag = b""
    for connection in hotel.gateway.connections.values():
        connection.tag = b"not ours"
    hotel.restart()
    assert not hotel.gateway.connections and not hotel.rings("100") and hotel.hears("103") == "dial"


def test_tags_stay_far_below_their_limit(hotel: Hotel) -> None:
    hotel.connect("101", "100")
    for room in ("102", "103", "2112"):
        hotel.call(room, "100")
    hotel.flash("100")
    hotel.flash("100")
    assert max(len(line.tag) for line in hotel.gateway.lines.values()) < MAX_TAG_BYTES // 2


@pytest.mark.parametrize("tag", [b"", b"\xff", b"\x93", b"hello", b"\x92\x63\xa0"])
def test_a_foreign_tag_is_no_tag(tag: bytes) -> None:
    assert decode_endpoint(tag) is None and decode_connection(tag) is None
    assert EndpointTag(1).halves == ()


def test_a_tag_from_before_the_resident_plan_s_call_is_history(hotel: Hotel) -> None:
    hotel.lift("101")
    line = hotel.gateway.lines["fxs/1"]
    survived(hotel, hotel.gateway.now_ns)
    entry = hotel.gateway.journal.pop("j-1")
    hotel.gateway.journal["j-1"] = structs.replace(entry, answered_ns=None, ended_ns=None)
    line.collecting, line.digits, line.signal = None, "8888", Signal(tone="ringback")
    caller, operator = Leg(endpoint="fxs/1"), Leg(endpoint="fxs/5")
    joined = Connect(connection="survival/1", legs=(caller, operator))
    hotel.gateway.lines["fxs/5"].ring = Ring(endpoint="fxs/5", on_answer=joined)
    hotel.restart()
    assert [call.state for call in hotel.agent.calls()] == ["ringing"] and hotel.rings("100")
    hotel.lift("100")
    assert hotel.talks("101", "100")
    hotel.hang_up("101")
    hotel.hang_up("100")
    assert hotel.quiet() and hotel.closed == {"j-1": 1}


def test_a_recall_goes_on_ringing(hotel: Hotel) -> None:
    hotel.connect("101", "110")
    hotel.flash("110")
    hotel.hang_up("110")
    hotel.restart()
    assert hotel.rings("110") and [call.state for call in hotel.agent.calls()] == ["held"]
    hotel.lift("110")
    assert hotel.talks("101", "110")
