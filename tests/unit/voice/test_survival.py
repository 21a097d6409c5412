"""Who has command: what an agent is told, what it is not told again, and what is kept for the next one."""

from __future__ import annotations

from itertools import count

import msgspec
import pytest

from firmware.gateway.messages import (
    CallerId,
    Connect,
    DigitMap,
    Event,
    Leg,
    OffHook,
    OnHook,
    ResidentPlan,
    Signal,
    TrunkAnswered,
)
from firmware.voice.journal import MAX_BYTES, MOST_FORGOTTEN, Journal
from firmware.voice.resident_wakeups import ResidentWakeups
from firmware.voice.survival import Survival, of_this_board
from firmware.voice.wakeups import Wakeups
from tests.unit.voice.rig import Rig

SECOND_NS = 1_000_000_000
PLAN = ResidentPlan(
    revision="r1",
    digit_map=DigitMap(patterns=("10[1-4]", "112")),
    routes={"101": ("fxs/1",), "102": ("fxs/2",), "8": ("fxs/3", "fxs/4")},
    reception=("fxs/3", "fxs/4"),
    emergency=("112",),
    caller_ids={"fxs/1": CallerId(number="101"), "fxs/4": CallerId(number="104")},
    hot_lines={"fxs/4": 0, "fxs/2": 5},
    trunks=("fxo/1", "fxo/2"),
    incoming={"fxo/1": ("fxs/2", "fxs/4"), "fxo/2": ("fxs/2",), "fxo/3": ("fxs/4",)},
)


class Site:
    """A gateway with `fxs/1` and `fxs/2` in a call of an agent's, and what agents are told."""

    def __init__(self) -> None:
        self.rig = Rig()
        self.told: list[Event] = []
        self.journal = Journal("boot", iter("abcdef").__next__)
        wakeups = Wakeups(self.rig.gateway, self.journal, lambda action: None)
        lodged = ResidentWakeups(self.rig.gateway, wakeups, self.journal, None)
        self.survival = Survival(
            self.rig.gateway, self.journal, PLAN, wakeups, lodged, self.rig.do, self.told.append, lambda: "id"
        )
        self.rig.lift("fxs/1", "fxs/2")
        legs = (Leg(endpoint="fxs/1"), Leg(endpoint="fxs/2"))
        self.rig.do(Connect(connection="c1", legs=legs, tag=b"call"))
        self.rig.events()

    def turn(self) -> None:
        """What the core does in each turn."""
        self.survival.dispatch(self.rig.now)
        self.survival.tick(self.rig.now, utc_ns=0)
        self.survival.dispatch(self.rig.now)

    def left(self) -> list[tuple[tuple[str, ...], bytes]]:
        return [(entry.endpoints, entry.tag) for entry in self.journal.entries() if entry.kind == "left"]


def adopted() -> Site:
    site = Site()
    site.survival.agent_takes_command(site.rig.now)
    return site


def test_who_hangs_up_between_two_agents_is_noted_though_survival_never_began() -> None:
    site = adopted()
    site.survival.agent_gone()
    site.rig.replace("fxs/2")
    site.turn()
    assert site.survival.agent_takes_command(site.rig.now) is None
    assert site.left() == [(("fxs/2",), b"call")]


def test_an_agent_that_answers_a_ping_before_its_audit_has_seen_nothing_yet() -> None:
    """The ping comes with the reply to the greeting, and is answered before the agent's next command."""
    site = adopted()
    site.survival.agent_gone()
    site.rig.replace("fxs/2")
    site.turn()
    site.survival.ping_sent(7)
    site.survival.ping_answered(7, site.rig.now)
    site.survival.agent_takes_command(site.rig.now)
    assert site.left() == [(("fxs/2",), b"call")]


def test_what_is_known_of_wake_ups_is_bounded_and_kept_for_a_day() -> None:
    ids, hour_ns = count(), 3600 * SECOND_NS
    journal = Journal("boot", lambda: f"e{next(ids)}")
    for number in range(MOST_FORGOTTEN + 10):
        journal.wakeup_ended(f"w{number}", ("fxs/1",), "confirmed", number, number)
    journal.forget([entry.entry for entry in journal.entries()])
    assert len(journal.forgotten()) == MOST_FORGOTTEN
    assert not journal.wakeup_over("w0") and journal.wakeup_over(f"w{MOST_FORGOTTEN}")
    journal.forget([journal.wakeup_ended("later", ("fxs/1",), "answered", 25 * hour_ns, 25 * hour_ns)])
    assert [entry.wakeup for entry in journal.forgotten()] == ["later"]


def test_a_wake_up_whose_entry_no_agent_has_fetched_in_time_is_still_known_to_be_over() -> None:
    ids = count()
    journal = Journal("boot", lambda: f"e{next(ids)}")
    for number in range(MAX_BYTES // 400 + 10):
        journal.wakeup_ended(f"w{number}", ("fxs/1",), "confirmed", number, number)
    assert "w0" not in {entry.wakeup for entry in journal.entries()}
    assert journal.wakeup_over("w0")


def test_after_a_power_cut_an_attempt_was_as_long_ago_as_the_wall_clock_says() -> None:
    before = Journal("boot-1", lambda: "e1", utc_ns=lambda: 1000 * SECOND_NS)
    before.forget([before.wakeup_ended("w", ("fxs/1",), "snoozed", 490 * SECOND_NS, 500 * SECOND_NS)])
    after = Journal("boot-2", lambda: "e2", (), lambda: 1100 * SECOND_NS, before.forgotten())
    after.close_orphans(20 * SECOND_NS)
    (entry,) = after.wakeups()["w"]
    assert (entry.started_ns, entry.ended_ns) == (-90 * SECOND_NS, -80 * SECOND_NS)


def test_a_hang_up_that_an_agent_is_known_to_have_seen_is_not_noted() -> None:
    site = adopted()
    site.rig.replace("fxs/2")
    site.turn()
    site.survival.ping_sent(1)
    site.survival.ping_answered(1, site.rig.now)
    site.survival.agent_gone()
    site.survival.agent_takes_command(site.rig.now)
    assert [type(event) for event in site.told] == [OnHook]
    assert site.left() == []


@pytest.mark.parametrize("late", [False, True], ids=["before survival", "in survival"])
def test_an_answer_outside_that_no_agent_is_known_to_have_seen_is_noted_once(late: bool) -> None:
    site = adopted()
    site.survival.agent_gone()
    if late:
        site.rig.gateway.now_ns += 2 * SECOND_NS
        site.turn()
        assert site.survival.active
    answered = TrunkAnswered(endpoint="fxo/1", by="reversal", at_ns=site.rig.now, tag=b"out")
    site.rig.gateway.emit(answered)
    site.turn()
    site.survival.agent_takes_command(site.rig.now)
    (entry,) = [entry for entry in site.journal.entries() if entry.kind == "answered"]
    assert (entry.endpoints, entry.tag, entry.answered_ns) == (("fxo/1",), b"out", answered.at_ns)
    site.journal.forget([entry.entry])
    assert not site.journal.entries()


def test_an_answer_outside_that_the_agent_has_seen_is_not_noted() -> None:
    site = adopted()
    site.rig.gateway.emit(TrunkAnswered(endpoint="fxo/1", by="reversal", at_ns=site.rig.now, tag=b"out"))
    site.turn()
    site.survival.ping_sent(1)
    site.survival.ping_answered(1, site.rig.now)
    site.survival.agent_gone()
    site.survival.agent_takes_command(site.rig.now)
    assert not site.journal.entries()


def test_what_the_audit_shows_is_no_event_after_it() -> None:
    """A telephone is lifted in the same turn in which the agent audits."""
    site = Site()
    site.rig.lift("fxs/3")
    site.survival.agent_takes_command(site.rig.now)
    site.turn()
    assert site.told == []
    site.rig.lift("fxs/4")
    site.turn()
    assert [(type(event), event.endpoint) for event in site.told if isinstance(event, OffHook)] == [(OffHook, "fxs/4")]


def test_who_hangs_up_in_the_turn_in_which_survival_begins_frees_the_other() -> None:
    site = adopted()
    site.survival.agent_gone()
    site.rig.gateway.now_ns += 2 * SECOND_NS
    site.rig.replace("fxs/2")
    site.survival.tick(site.rig.now, utc_ns=0)
    site.turn()
    assert site.survival.active
    assert site.rig.state("fxs/1").signal == Signal(tone="congestion")


def test_a_plan_that_names_telephones_of_another_board_serves_with_the_others() -> None:
    plan = of_this_board(PLAN, {"fxs/1", "fxs/2", "fxs/3"})
    assert plan.routes == {"101": ("fxs/1",), "102": ("fxs/2",), "8": ("fxs/3",)}
    assert (plan.reception, set(plan.caller_ids), plan.hot_lines) == (("fxs/3",), {"fxs/1"}, {"fxs/2": 5})
    assert of_this_board(PLAN, {"fxs/1"}).routes == {"101": ("fxs/1",)}


def test_a_plan_keeps_the_company_lines_that_are_there_and_whom_they_ring() -> None:
    plan = of_this_board(PLAN, {"fxs/2", "fxo/1", "fxo/3"})
    assert (plan.trunks, plan.incoming) == (("fxo/1",), {"fxo/1": ("fxs/2",)})


def test_a_journal_that_is_full_gives_up_its_oldest_ended_calls_and_says_so(caplog: pytest.LogCaptureFixture) -> None:
    journal = Journal("boot", map(str, count()).__next__)
    for number in range(MAX_BYTES // 400 + 10):
        entry = journal.call_begins("fxs/1", ("fxs/2",), "102", f"c{number}", emergency=False, now_ns=number)
        if number > 0:
            journal.call_ends(entry, number, no_answer=True)
    kept = [entry.entry for entry in journal.entries()]
    given_up = [record.getMessage() for record in caplog.records]
    assert kept[0] == "0", "a call that stands is not given up"
    assert sum(len(msgspec.msgpack.encode(entry)) for entry in journal.entries()) <= MAX_BYTES
    assert kept[1:] == [str(number) for number in range(1 + len(given_up), MAX_BYTES // 400 + 10)]
    assert len(given_up) >= 10 and all("dropped" in text for text in given_up)
