"""Emergency calls that outlive the agent, or that the gateway has made without it."""

from __future__ import annotations

import pytest

from firmware.gateway.messages import Connect, JournalEntry, Leg, Place
from tests.unit.exchange.hotel import CITY, PORTS, Hotel
from tests.unit.exchange.outside import NUMBER, all_down, no_line


@pytest.fixture
def hotel() -> Hotel:
    return Hotel(trunks=[CITY])


@pytest.mark.parametrize("through", [False, True])
def test_an_emergency_of_the_agent_s_for_which_survival_took_another_line_keeps_it(hotel: Hotel, through: bool) -> None:
    """While the agent was away its line gave no dial tone; the gateway has taken the next (no tag, no entry)."""
    hotel.call("101", "112")
    on_dialled = hotel.gateway.trunk("fxo/1").placed.on_dialled  # type: ignore[union-attr]
    assert on_dialled is not None
    hotel.gateway.alone = True
    hotel.gateway.release("fxo/1", "no-dial-tone", 27)
    again = Connect(connection=on_dialled.connection, legs=(Leg(endpoint="fxs/1"), Leg(endpoint="fxo/2")))
    assert hotel.gateway.execute(Place(endpoint="fxo/2", digits="112", on_dialled=again, emergency=True)) is None
    if through:
        hotel.gateway.go_on("fxo/2")
    hotel.restart()
    assert hotel.gateway.trunk("fxo/2").stage == ("proceeding" if through else "seizing")
    if not through:
        hotel.go_on("fxo/2")
    assert hotel.talks("101", "fxo/2")
    hotel.hang_up("101")
    assert hotel.gateway.trunk("fxo/2").stage == "guard"


def test_an_emergency_whose_line_was_lost_while_the_agent_was_away_takes_the_next_at_once(hotel: Hotel) -> None:
    hotel.call("101", "112")
    hotel.gateway.alone = True
    hotel.gateway.release("fxo/1", "no-dial-tone", 27)
    hotel.restart()
    assert hotel.gateway.trunk("fxo/2").stage == "seizing" or hotel.gateway.trunk("fxo/1").stage == "seizing"


def test_survival_whose_line_has_another_call_by_now_does_not_take_that_for_the_emergency(hotel: Hotel) -> None:
    """The journal names the line that was tried last; since then a call came in there and was answered."""
    gateway, now = hotel.gateway, hotel.gateway.now_ns
    gateway.lift(PORTS["101"])
    gateway.ring_in("fxo/1", "600700800")
    gateway.lift(PORTS["109"])
    gateway.execute(Connect(connection="resident/2", legs=(Leg(endpoint="fxo/1"), Leg(endpoint=PORTS["109"]))))
    gateway.journal["e1"] = JournalEntry(
        entry="e1", boot="b", kind="call", endpoints=(PORTS["101"], PORTS["100"], PORTS["109"]), dialled="112",
        connection="resident/1", started_ns=now, emergency=True, trunk="fxo/1",
    )  # fmt: skip
    gateway.journal["e2"] = JournalEntry(
        entry="e2", boot="b", kind="call", endpoints=("fxo/1", PORTS["109"]), connection="resident/2",
        started_ns=now, answered_ns=now, trunk="fxo/1",
    )  # fmt: skip
    gateway.now_ns += 1_000_000_000
    hotel.restart()
    assert hotel.talks("109", "fxo/1")
    hotel.hang_up("101")
    assert hotel.talks("109", "fxo/1")


def test_a_survived_emergency_that_reception_joined_is_a_talking_line(hotel: Hotel) -> None:
    gateway, now = hotel.gateway, hotel.gateway.now_ns
    gateway.lift(PORTS["101"])
    both = Connect(connection="resident/1", legs=(Leg(endpoint=PORTS["101"]), Leg(endpoint="fxo/1")))
    gateway.execute(Place(endpoint="fxo/1", digits="112", on_dialled=both, emergency=True))
    gateway.go_on("fxo/1")
    gateway.lift(PORTS["100"])
    all_three = Connect(connection="resident/1", legs=(*both.legs, Leg(endpoint=PORTS["100"])))
    assert gateway.execute(all_three) is None
    gateway.journal["e1"] = JournalEntry(
        entry="e1", boot="b", kind="call", endpoints=(PORTS["101"], PORTS["100"]), dialled="112",
        connection="resident/1", started_ns=now, answered_ns=now + 1, emergency=True, trunk="fxo/1",
    )  # fmt: skip
    gateway.now_ns += 1_000_000_000
    hotel.restart()
    assert hotel.talks("101", "100", "fxo/1")
    hotel.far_end_answers("fxo/1")
    assert hotel.line("101").state == "talking"
    hotel.hang_up("100")
    assert hotel.talks("101", "fxo/1")
    all_down(hotel, "101")


def test_an_emergency_that_reception_has_answered_and_that_looks_for_a_line_outlives_the_agent(hotel: Hotel) -> None:
    no_line(hotel)
    hotel.lift("100")
    hotel.wait(6)
    assert hotel.gateway.trunk("fxo/1").stage == "seizing" and hotel.talks("101", "100")
    hotel.restart()
    assert hotel.talks("101", "100") and hotel.gateway.trunk("fxo/1").stage == "seizing"
    hotel.gateway.trunk("fxo/1").deaf = False
    hotel.go_on("fxo/1")
    assert hotel.talks("101", "100", "fxo/1")
    all_down(hotel, "101", "100")


def test_a_call_back_to_an_emergency_of_survival_finds_the_room(hotel: Hotel) -> None:
    now = hotel.gateway.now_ns
    hotel.gateway.journal["e1"] = JournalEntry(
        entry="e1", boot="b", kind="call", endpoints=(PORTS["101"],), dialled="112", connection="resident/1",
        started_ns=now, answered_ns=now + 1, ended_ns=now + 2, emergency=True, trunk="fxo/1",
    )  # fmt: skip
    hotel.gateway.now_ns += 1_000_000_000
    hotel.restart()
    assert hotel.last().emergency and ("emergency-call", "101") in hotel.alarms
    hotel.ring_in("fxo/2", "112")
    assert hotel.rings("101") and hotel.rings("100")


def test_a_call_back_to_an_emergency_that_was_adopted_unanswered_finds_the_room(hotel: Hotel) -> None:
    hotel.call("101", "112")
    hotel.go_on("fxo/1")
    hotel.restart()  # no record is in the store that could tell of it
    hotel.hang_up("101")
    hotel.ring_in("fxo/2", "112")
    assert hotel.rings("101") and hotel.rings("100")


def test_an_emergency_without_a_line_whose_reception_has_left_outlives_the_agent(hotel: Hotel) -> None:
    no_line(hotel)
    hotel.lift("100")
    hotel.hang_up("100")
    assert hotel.agent.calls()[0].emergency
    hotel.restart()
    assert hotel.agent.calls() and hotel.agent.calls()[0].emergency and hotel.hears("101") != "congestion"
    assert hotel.rings("100") or hotel.rings("109")


def test_reception_that_has_left_an_emergency_to_the_line_is_not_rung_again_after_a_restart(hotel: Hotel) -> None:
    hotel.call("101", "112")
    hotel.lift("100")
    hotel.go_on("fxo/1")
    hotel.hang_up("100")
    assert not hotel.rings("100") and not hotel.rings("109")
    hotel.restart()
    assert hotel.talks("101", "fxo/1")
    assert not hotel.rings("100") and not hotel.rings("109")


@pytest.mark.parametrize("answered", [False, True])
def test_who_has_hung_up_on_112_and_lifted_again_while_the_agent_was_away_is_not_in_the_call(
    hotel: Hotel, answered: bool
) -> None:
    hotel.call("101", "112")
    hotel.go_on("fxo/1")
    if answered:
        hotel.far_end_answers("fxo/1")
    hotel.gateway.alone = True
    hotel.gateway.replace(PORTS["101"])
    hotel.gateway.lift(PORTS["101"])
    hotel.restart()
    assert hotel.hears("101") == "dial" and hotel.line("101").state == "off-hook"
    assert hotel.gateway.trunk("fxo/1").stage == "guard"


def test_who_calls_for_help_is_not_taken_for_gone_because_a_call_back_waits_at_his_telephone(hotel: Hotel) -> None:
    no_line(hotel)
    hotel.gateway.lines[PORTS["101"]].signal = None  # the announcement has ended, and that was told to nobody
    hotel.restart()
    hotel.ring_in("fxo/2")
    hotel.restart()
    assert any(call.emergency for call in hotel.agent.calls())


def test_a_release_told_before_the_agent_s_tag_has_come_is_not_overlooked(hotel: Hotel) -> None:
    """A line that survival has found for the agent's emergency bears no tag at first."""
    hotel.call("101", "112")
    on_dialled = hotel.gateway.trunk("fxo/1").placed.on_dialled  # type: ignore[union-attr]
    assert on_dialled is not None
    hotel.gateway.alone = True
    hotel.gateway.release("fxo/1", "no-dial-tone", 27)
    again = Connect(connection=on_dialled.connection, legs=(Leg(endpoint="fxs/1"), Leg(endpoint="fxo/2")))
    assert hotel.gateway.execute(Place(endpoint="fxo/2", digits="112", on_dialled=again, emergency=True)) is None
    hotel.restart()
    assert hotel.line("fxo/2").state == "dialling"
    hotel.gateway.trunk("fxo/2").tag = b""
    hotel.far_end_releases("fxo/2", "no-dial-tone", 27)
    hotel.wait(6)
    assert any(hotel.gateway.trunk(port).stage == "seizing" for port in CITY.ports), "nobody looks for a line"


def test_a_survived_emergency_that_reception_took_before_any_line_loses_nobody(hotel: Hotel) -> None:
    gateway, now = hotel.gateway, hotel.gateway.now_ns
    gateway.lift(PORTS["101"])
    gateway.lift(PORTS["100"])
    both = Connect(connection="resident/1", legs=(Leg(endpoint=PORTS["101"]), Leg(endpoint=PORTS["100"])))
    assert gateway.execute(both) is None
    for number in ("101", "100"):
        gateway.lines[PORTS[number]].signal = None
    gateway.journal["e1"] = JournalEntry(
        entry="e1", boot="b", kind="call", endpoints=(PORTS["101"], PORTS["100"]), dialled="112",
        connection="resident/1", started_ns=now, answered_ns=now + 1, emergency=True,
    )  # fmt: skip
    gateway.now_ns += 1_000_000_000
    hotel.restart()
    assert hotel.talks("101", "100")

    port = next(p for p in CITY.ports if gateway.trunk(p).stage == "seizing")
    hotel.go_on(port)
    assert hotel.talks("101", "100", port)
    hotel.far_end_answers(port)
    assert hotel.talks("101", "100", port)
    hotel.hang_up("101")
    assert hotel.hears("100") == "busy"
    hotel.hang_up("100")
    assert hotel.quiet() and hotel.refusals == []


def test_who_hears_that_no_line_carries_his_call_is_not_taken_for_gone(hotel: Hotel) -> None:
    hotel.call("101", "112")
    hotel.gateway.lines[PORTS["101"]].signal = None  # what he heard has ended, and the agent was told of it too late
    hotel.restart()
    for port in CITY.ports:
        hotel.gateway.trunk(port).deaf = True
        hotel.go_on(port)
    assert hotel.hears("101") == "emergency-no-line"
    hotel.restart()
    assert any(call.emergency for call in hotel.agent.calls()) and hotel.hears("101") != "busy"


def test_who_dials_112_again_while_it_is_called_keeps_his_line(hotel: Hotel) -> None:
    hotel.call("101", "112")
    hotel.gateway.lines[PORTS["101"]].signal = None
    hotel.restart()
    assert hotel.gateway.trunk("fxo/1").stage == "seizing"
    hotel.dial("101", "112")
    assert hotel.gateway.trunk("fxo/1").stage == "seizing" and len(hotel.agent.calls()) == 1


def test_a_call_whose_line_an_emergency_took_meanwhile_is_recorded_with_its_own_number(hotel: Hotel) -> None:
    hotel.call_out("102", NUMBER)
    hotel.far_end_answers("fxo/2")
    hotel.gateway.lift(PORTS["101"])
    hotel.gateway.alone = True
    hotel.gateway.release("fxo/2", "failed", 27)
    both = Connect(connection="resident/1", legs=(Leg(endpoint=PORTS["101"]), Leg(endpoint="fxo/2")))
    assert hotel.gateway.execute(Place(endpoint="fxo/2", digits="112", on_dialled=both, emergency=True)) is None
    hotel.restart()
    (record,) = [record for record in hotel.records.values() if record.from_party.number == "102"]
    assert (record.to_party.number, record.dialled) == (NUMBER, NUMBER)


def test_the_alarm_that_no_line_carries_it_ends_with_the_call(hotel: Hotel) -> None:
    no_line(hotel)
    assert ("emergency-no-line", "101") in hotel.alarms
    hotel.hang_up("101")
    assert set(hotel.alarms) == {("emergency-call", "101")} and hotel.last().trunk is None
