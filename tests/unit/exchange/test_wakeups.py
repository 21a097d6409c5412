"""Wake-ups: the gateway carries them out, call control knows whose telephones ring, and looks after who was woken."""

from __future__ import annotations

import pytest

from firmware.exchange import decisions as d
from firmware.exchange.numbering import AgentSettings
from firmware.gateway import messages as m
from tests.unit.exchange.hotel import PORTS, Hotel


@pytest.fixture
def hotel() -> Hotel:
    return Hotel()


def wakeup(*numbers: str, name: str = "w1") -> m.Wakeup:
    return m.Wakeup(
        id=name, endpoints=tuple(PORTS[number] for number in numbers), due_utc_ns=0, greetings=(("good-morning",),),
        keys={"1": "confirmed", "2": "snoozed", "0": "reception"}, emergency=("112", "0112"),
        thanks={"confirmed": ("thank-you",), "snoozed": ("again-in-ten",)},
    )  # fmt: skip


def wake(hotel: Hotel, *numbers: str, name: str = "w1") -> None:
    hotel.carry_out(hotel.agent.wake(wakeup(*numbers, name=name), 1, hotel.now))
    hotel.pump()


def press(hotel: Hotel, number: str, key: str) -> None:
    hotel.dial(number, key)
    hotel.pause(number)


def over(hotel: Hotel, outcome: m.WakeupOutcome, name: str = "w1") -> None:
    hotel.gateway.end_wakeup(name, outcome)
    hotel.pump()


def outcomes(hotel: Hotel) -> list[str]:
    return [report.outcome for report in hotel.reports]


def rings(hotel: Hotel, number: str) -> bool:
    line = hotel.gateway.lines[PORTS[number]]
    return line.wakeup is not None and not line.off_hook


def told(hotel: Hotel) -> list[d.WakeupRings]:
    return [decision for decision in hotel.decided if isinstance(decision, d.WakeupRings)]


def down(hotel: Hotel, *numbers: str) -> None:
    for number in numbers:
        hotel.hang_up(number)
    assert hotel.quiet() and hotel.refusals == []
    assert hotel.agent.standing_wakeups() == frozenset()
    assert all(line.wakeup is None for line in hotel.gateway.lines.values())


def test_a_guest_is_woken_and_confirms(hotel: Hotel) -> None:
    wake(hotel, "101")
    assert rings(hotel, "101") and hotel.line("101").state == "ringing" and hotel.agent.standing_wakeups() == {"w1"}
    began = hotel.gateway.now_ns
    hotel.lift("101")
    assert hotel.hears("101") == "good-morning" and hotel.line("101").state == "talking"
    assert [event.answered for event in told(hotel)] == [False, True] and told(hotel)[0].at_ns == began
    press(hotel, "101", "1")
    assert hotel.hears("101") == "thank-you"
    [report] = hotel.reports
    assert (report.id, report.outcome, report.entry) == ("w1", "confirmed", "entry-1")
    assert report.started_utc_ns == hotel.now.utc_ns_at(began) and report.ended_utc_ns > report.started_utc_ns
    hotel.played("101")
    assert hotel.hears("101") == "busy"
    down(hotel, "101")
    assert not hotel.records


def test_a_report_is_told_once_and_stays_in_the_journal_until_it_is_on_disk(hotel: Hotel) -> None:
    wake(hotel, "101")
    hotel.lift("101")
    press(hotel, "101", "1")
    hotel.begin()
    assert outcomes(hotel) == ["confirmed"] and list(hotel.gateway.journal) == ["entry-1"]
    hotel.restart()
    assert outcomes(hotel) == ["confirmed", "confirmed"], "another process knows of nothing"
    hotel.begin()
    assert len(hotel.reports) == 2 and hotel.reports[1].entry == "entry-1"
    hotel.carry_out(hotel.agent.wakeup_noted(("entry-1",), hotel.now))
    assert not hotel.gateway.journal


def test_what_was_noted_while_the_gateway_was_away_is_forgotten_when_it_is_back(hotel: Hotel) -> None:
    wake(hotel, "101")
    over(hotel, "no-answer")
    hotel.agent.wakeup_noted(("entry-1",), hotel.now)  # the channel is broken, and nothing is carried out
    assert hotel.gateway.journal
    hotel.begin()
    assert not hotel.gateway.journal and outcomes(hotel) == ["no-answer"]


def test_what_happened_while_nobody_was_there_is_told_with_the_wall_clock_of_then(hotel: Hotel) -> None:
    wake(hotel, "101")
    hotel.gateway.alone = True
    began = hotel.gateway.now_ns
    hotel.gateway.lift("fxs/1")
    hotel.gateway.now_ns += 5_000_000_000
    hotel.gateway.dial("fxs/1", "1")
    hotel.gateway.pause("fxs/1")
    hotel.gateway.replace("fxs/1")
    hotel.restart()
    [report] = hotel.reports
    assert (report.outcome, report.entry) == ("confirmed", "entry-1")
    assert (report.started_utc_ns, report.ended_utc_ns) == (began + 10**18, began + 10**18 + 5_000_000_000)
    assert hotel.quiet() and list(hotel.gateway.journal) == ["entry-1"]


@pytest.mark.parametrize("answered", [False, True])
def test_an_attempt_goes_on_when_the_supervisor_dies(hotel: Hotel, answered: bool) -> None:
    hotel.carry_out(hotel.agent.lodge_wakeups("r1", (wakeup("101"),), hotel.now))
    wake(hotel, "101")
    if answered:
        hotel.lift("101")
    before = hotel.agent
    hotel.agent = hotel.new_agent()
    hotel.agent.lodge_wakeups("r1", before._wakeups[1], hotel.now)  # type: ignore[index]
    hotel.begin()
    hotel.pump()
    assert hotel.agent.standing_wakeups() == {"w1"} and not hotel.reports
    assert hotel.line("101").state == ("talking" if answered else "ringing")
    if not answered:
        hotel.lift("101")
    press(hotel, "101", "1")
    assert outcomes(hotel) == ["confirmed"] and hotel.hears("101") == "thank-you"
    down(hotel, "101")


def test_an_attempt_that_was_adopted_began_when_its_bell_did(hotel: Hotel) -> None:
    began = hotel.gateway.now_ns
    wake(hotel, "101")
    hotel.gateway.now_ns += 7_000_000_000
    hotel.restart()
    over(hotel, "no-answer")
    assert [report.started_utc_ns for report in hotel.reports] == [hotel.now.utc_ns_at(began)]


def test_an_attempt_whose_bell_is_late_began_with_it(hotel: Hotel) -> None:
    wake(hotel, "101")
    bell_ns = hotel.gateway.now_ns + 3_000_000_000
    hotel.gateway.now_ns = bell_ns
    hotel.gateway.attempts["w1"].began_ns = bell_ns
    over(hotel, "no-answer")
    assert hotel.reports[0].started_utc_ns == hotel.now.utc_ns_at(bell_ns)


def test_a_supervisor_that_begins_before_it_has_looked_at_its_orders_thanks_all_the_same(hotel: Hotel) -> None:
    hotel.carry_out(hotel.agent.lodge_wakeups("r1", (wakeup("101"),), hotel.now))
    wake(hotel, "101")
    hotel.restart()
    hotel.carry_out(hotel.agent.lodge_wakeups("r1", (wakeup("101"),), hotel.now))
    hotel.lift("101")
    press(hotel, "101", "1")
    assert outcomes(hotel) == ["confirmed"] and hotel.hears("101") == "thank-you"
    down(hotel, "101")


def test_all_telephones_of_a_room_ring_and_the_first_has_the_call() -> None:
    hotel = Hotel()
    wake(hotel, "101", "102")
    assert rings(hotel, "101") and rings(hotel, "102")
    hotel.lift("102")
    assert hotel.line("101").state == "idle" and hotel.line("102").state == "talking"
    assert len(told(hotel)) == 2
    press(hotel, "102", "1")
    down(hotel, "102")


def test_nobody_answers(hotel: Hotel) -> None:
    wake(hotel, "101")
    over(hotel, "no-answer")
    assert outcomes(hotel) == ["no-answer"] and hotel.line("101").state == "idle"
    down(hotel)


def test_replaced_during_the_greeting(hotel: Hotel) -> None:
    wake(hotel, "101")
    hotel.lift("101")
    hotel.hang_up("101")
    assert outcomes(hotel) == ["no-key"] and hotel.line("101").state == "idle"
    hotel.call("102", "101")
    assert hotel.rings("101")
    down(hotel, "102")


def test_left_off_hook_after_it_is_as_after_a_call(hotel: Hotel) -> None:
    wake(hotel, "101")
    hotel.lift("101")
    over(hotel, "no-key")
    assert hotel.hears("101") == "busy"
    hotel.wait(31)
    assert hotel.hears("101") == "howler"
    hotel.dial("101", "112")
    assert hotel.rings("100")
    down(hotel, "101")


def test_the_thanks_are_not_there(hotel: Hotel) -> None:
    wake(hotel, "101")
    hotel.lift("101")
    press(hotel, "101", "2")
    assert hotel.hears("101") == "again-in-ten"
    hotel.played("101", failed=True)
    assert hotel.hears("101") == "busy"


def test_the_guest_wants_reception(hotel: Hotel) -> None:
    wake(hotel, "101")
    hotel.lift("101")
    press(hotel, "101", "0")
    assert outcomes(hotel) == ["reception"] and hotel.rings("100") and hotel.hears("101") == "ringback"
    hotel.lift("100")
    assert hotel.talks("101", "100")
    down(hotel, "101", "100")
    assert hotel.last().from_party.extension == "101"


def test_an_emergency_number_in_the_greeting(hotel: Hotel) -> None:
    wake(hotel, "101")
    hotel.lift("101")
    hotel.dial("101", "112")
    assert outcomes(hotel) == ["emergency"] and hotel.rings("100") and ("emergency-call", "101") in hotel.alarms
    hotel.lift("100")
    assert hotel.talks("101", "100")
    down(hotel, "101", "100")


def test_do_not_disturb_forwarding_and_class_are_not_asked() -> None:
    hotel = Hotel(AgentSettings(forward_busy=True, forward_no_answer=True))
    hotel.carry_out(hotel.agent.set_dnd("101", True, hotel.now))
    hotel.carry_out(hotel.agent.set_room_class("101", "internal", hotel.now))
    wake(hotel, "101")
    assert rings(hotel, "101")
    hotel.wait(100)
    assert not hotel.rings("100")


def test_a_room_that_talks_hears_that_something_waits(hotel: Hotel) -> None:
    hotel.connect("101", "102")
    wake(hotel, "101")
    assert outcomes(hotel) == ["busy"] and hotel.reports[0].entry is None
    signal = hotel.gateway.lines["fxs/1"].signal
    assert signal is not None and signal.tone == "call-waiting" and signal.overlay
    assert hotel.talks("101", "102")
    down(hotel, "101", "102")
    wake(hotel, "101")
    assert rings(hotel, "101")


def test_one_telephone_of_the_room_is_busy_and_the_other_rings(hotel: Hotel) -> None:
    hotel.lift("102")
    wake(hotel, "101", "102")
    assert rings(hotel, "101") and not hotel.reports
    hotel.dial("102", "103")
    assert hotel.rings("103")


def test_no_emergency_call_is_disturbed(hotel: Hotel) -> None:
    hotel.call("101", "112")
    hotel.lift("100")
    wake(hotel, "101")
    assert outcomes(hotel) == ["busy"] and hotel.gateway.lines["fxs/1"].signal is None


def test_a_room_without_a_telephone_in_service(hotel: Hotel) -> None:
    hotel.gateway.fail("fxs/1", "out-of-service")
    hotel.pump()
    wake(hotel, "101")
    wake(hotel, "101", name="w2")
    assert outcomes(hotel) == ["failed", "failed"]


@pytest.mark.parametrize("code", ["busy", "failed", "standing", "over"])
def test_the_gateway_refuses(hotel: Hotel, code: str) -> None:
    decisions = hotel.agent.wake(wakeup("101"), 1, hotel.now)
    [command] = [s.command for s in decisions if isinstance(s, d.Send) and isinstance(s.command, m.Wake)]
    hotel.carry_out(hotel.agent.refused(command, m.Error(fault="state", code=code, text=code), hotel.now))
    assert outcomes(hotel) == ([code] if code in ("busy", "failed") else [])
    assert hotel.agent.standing_wakeups() == ({"w1"} if code == "standing" else frozenset())
    assert hotel.line("101").state == ("ringing" if code == "standing" else "idle")


def test_lifted_just_before_it_rings(hotel: Hotel) -> None:
    hotel.gateway.lift("fxs/1")  # on its way to the agent
    hotel.carry_out(hotel.agent.wake(wakeup("101"), 1, hotel.now))
    hotel.pump()
    assert outcomes(hotel) == ["busy"] and hotel.hears("101") == "dial"
    hotel.dial("101", "102")
    assert hotel.rings("102")
    down(hotel, "101")


def test_the_same_attempt_is_not_begun_twice(hotel: Hotel) -> None:
    wake(hotel, "101")
    wake(hotel, "101")
    assert not hotel.reports and rings(hotel, "101")


def test_a_wakeup_is_stopped(hotel: Hotel) -> None:
    wake(hotel, "101")
    hotel.carry_out(hotel.agent.stop_wakeup("w1", hotel.now))
    hotel.pump()
    assert outcomes(hotel) == ["stopped"] and not rings(hotel, "101")
    hotel.carry_out(hotel.agent.stop_wakeup("w1", hotel.now))
    down(hotel)


def test_a_telephone_that_rings_or_greets_is_busy_for_others(hotel: Hotel) -> None:
    wake(hotel, "101")
    hotel.call("102", "101")
    assert hotel.hears("102") == "busy"
    hotel.lift("101")
    hotel.call("103", "101")
    assert hotel.hears("103") == "busy"
    press(hotel, "101", "1")
    down(hotel, "101", "102", "103")


def test_reception_s_own_wakeup_stops_for_an_emergency(hotel: Hotel) -> None:
    hotel.lift("109")
    wake(hotel, "100")
    hotel.call("101", "112")
    assert hotel.rings("100") and not rings(hotel, "100") and outcomes(hotel) == ["stopped"]
    hotel.lift("100")
    assert hotel.talks("101", "100")
    down(hotel, "101", "100", "109")


def test_an_operator_who_hears_his_greeting_is_put_through_to_an_emergency(hotel: Hotel) -> None:
    wake(hotel, "100")
    hotel.lift("100")
    for port in ("fxs/6", "fxs/7", "fxs/8"):
        hotel.gateway.fail(port, "out-of-service")
    hotel.call("101", "112")
    assert hotel.talks("101", "100") and outcomes(hotel) == ["stopped"]
    down(hotel, "101", "100")


def test_an_operator_who_ends_his_greeting_is_rung_for_an_emergency(hotel: Hotel) -> None:
    wake(hotel, "100")
    hotel.lift("100")
    hotel.lift("109")
    hotel.gateway.lift("fxs/1")
    hotel.gateway.dial("fxs/1", "112")
    hotel.gateway.replace("fxs/5")  # on its way when the call comes
    hotel.pump()
    assert hotel.talks("101", "109") and outcomes(hotel) == ["no-key"]
    down(hotel, "101", "109")


def test_a_telephone_that_was_lifted_for_its_wakeup_when_it_was_to_ring_for_an_emergency(hotel: Hotel) -> None:
    for port in ("fxs/6", "fxs/7", "fxs/8"):
        hotel.gateway.fail(port, "out-of-service")
    wake(hotel, "100")
    hotel.gateway.lift("fxs/1")
    hotel.gateway.dial("fxs/1", "112")
    hotel.gateway.lift("fxs/5")
    hotel.pump()
    assert hotel.talks("101", "100") and outcomes(hotel) == ["stopped"]
    down(hotel, "101", "100")


def test_a_telephone_that_comes_free_while_its_room_is_woken_rings_too(hotel: Hotel) -> None:
    hotel.lift("102")
    wake(hotel, "101", "102")
    hotel.hang_up("102")
    assert rings(hotel, "102") and hotel.line("102").state == "ringing"
    hotel.call("103", "102")
    assert hotel.hears("103") == "busy"
    hotel.lift("102")
    press(hotel, "102", "1")
    assert outcomes(hotel) == ["confirmed"] and hotel.hears("102") == "thank-you"
    down(hotel, "102", "103")


def test_one_that_comes_free_after_a_restart_is_known_to_ring(hotel: Hotel) -> None:
    hotel.lift("102")
    wake(hotel, "101", "102")
    hotel.restart()
    hotel.hang_up("102")
    hotel.pump()
    assert rings(hotel, "102") and hotel.line("102").state == "ringing"


def test_a_call_that_waits_for_a_telephone_which_the_gateway_rings_first(hotel: Hotel) -> None:
    hotel.gateway.fail("fxs/6", "out-of-service")
    hotel.connect("101", "100")
    hotel.call("102", "8888")
    assert hotel.hears("102") == "ringback"
    wake(hotel, "100", "110")
    hotel.hang_up("100")
    assert rings(hotel, "100") and hotel.line("100").state == "ringing" and hotel.hears("102") == "busy"
    hotel.call("103", "112")
    assert hotel.rings("100") and outcomes(hotel) == ["stopped"]
    hotel.lift("100")
    assert hotel.talks("103", "100")
    down(hotel, "101", "102", "103", "100")


def test_an_attempt_that_is_over_but_not_told_when_the_agent_comes_is_told_once(hotel: Hotel) -> None:
    wake(hotel, "101")
    hotel.lift("101")
    audit = hotel.gateway.audit()
    hotel.gateway.dial("fxs/1", "1")
    hotel.gateway.pause("fxs/1")
    audit = m.AuditReport(
        endpoints=audit.endpoints, connections=audit.connections, journal=tuple(hotel.gateway.journal.values()),
        plan=audit.plan,
    )  # fmt: skip
    hotel.agent = hotel.new_agent()
    hotel.carry_out(hotel.agent.begin(audit, hotel.now))
    assert hotel.agent.standing_wakeups() == {"w1"} and not hotel.reports
    hotel.pump()
    assert [(r.outcome, r.entry) for r in hotel.reports] == [("confirmed", "entry-1")]
    assert hotel.agent.standing_wakeups() == frozenset() and hotel.hears("101") == "busy"


def test_an_emergency_number_after_a_greeting_that_asked_for_no_key(hotel: Hotel) -> None:
    wake(hotel, "101")
    hotel.lift("101")
    hotel.gateway.end_wakeup("w1", "answered", "112")
    hotel.pump()
    assert hotel.rings("100") and outcomes(hotel) == ["answered"]
    down(hotel, "101")


def test_a_caller_who_waits_for_reception_is_rung_when_the_wakeup_is_over(hotel: Hotel) -> None:
    hotel.lift("109")
    hotel.connect("101", "100")
    hotel.call("102", "8888")
    assert hotel.hears("102") == "ringback"
    hotel.hang_up("100")
    assert hotel.rings("100")
    wake(hotel, "100")
    assert outcomes(hotel) == ["busy"] and hotel.rings("100")
    hotel.lift("100")
    assert hotel.talks("102", "100")
    down(hotel, "101", "102", "100", "109")


def test_the_port_fails_while_it_rings_or_greets(hotel: Hotel) -> None:
    wake(hotel, "101")
    hotel.gateway.fail("fxs/1", "out-of-service")
    hotel.pump()
    wake(hotel, "102", name="w2")
    hotel.lift("102")
    hotel.gateway.fail("fxs/2", "out-of-service")
    hotel.pump()
    assert outcomes(hotel) == ["failed", "failed"]
    down(hotel)


def test_an_attempt_dies_with_its_gateway(hotel: Hotel) -> None:
    wake(hotel, "101")
    hotel.carry_out(hotel.agent.lost(hotel.now))
    assert [(r.outcome, r.entry) for r in hotel.reports] == [("stopped", None)]
    hotel.carry_out(hotel.agent.wake(wakeup("101"), 2, hotel.now))
    assert [(r.outcome, r.entry) for r in hotel.reports][1:] == [("stopped", None)]
    assert hotel.agent.standing_wakeups() == frozenset()
    assert hotel.agent.stop_wakeup("w1", hotel.now) == []


def test_an_attempt_that_the_gateway_was_never_told_of(hotel: Hotel) -> None:
    hotel.agent.wake(wakeup("101"), 1, hotel.now)  # the channel breaks, and nothing is carried out
    hotel.begin()
    assert [(r.outcome, r.entry) for r in hotel.reports] == [("stopped", None)]
    assert hotel.line("101").state == "idle"


def test_wakeups_are_lodged_and_again_with_a_gateway_that_has_lost_them(hotel: Hotel) -> None:
    hotel.carry_out(hotel.agent.lodge_wakeups("r1", (wakeup("101"),), hotel.now))
    assert hotel.gateway.lodged == m.LodgeWakeups(revision="r1", wakeups=(wakeup("101"),))
    sent = len(hotel.decided)
    hotel.begin()
    assert not any(isinstance(s, d.Send) and isinstance(s.command, m.LodgeWakeups) for s in hotel.decided[sent:])
    hotel.gateway.lodged = None
    hotel.begin()
    assert hotel.gateway.lodged is not None


def test_wakeups_that_are_lodged_stay_until_somebody_says_otherwise(hotel: Hotel) -> None:
    hotel.carry_out(hotel.agent.lodge_wakeups("r1", (wakeup("101"),), hotel.now))
    hotel.restart()
    assert hotel.gateway.lodged is not None and hotel.gateway.lodged.revision == "r1"
