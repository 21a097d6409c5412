"""Survival: what telephones experience while no agent answers, through the gateway itself."""

from __future__ import annotations

import msgspec
import pytest

from firmware.gateway.digitmap import emergency_only
from firmware.gateway.messages import (
    Apply,
    Arm,
    CallerId,
    Collect,
    Connect,
    DigitMap,
    Digits,
    JournalEntry,
    Leg,
    OffHookPlan,
    OnHook,
    ResidentPlan,
    Ring,
    RingKind,
    Signal,
    Tone,
)
from firmware.voice.journal import Journal
from tests.unit.voice.alone import Alone as GatewayAlone
from tests.unit.voice.rig import SILENCE, Rig

PLAN = ResidentPlan(
    revision="r1",
    digit_map=DigitMap(patterns=("10[1-4]", "8", "112")),
    routes={"101": ("fxs/1",), "102": ("fxs/2",), "103": ("fxs/3",), "8": ("fxs/3", "fxs/4")},
    reception=("fxs/3", "fxs/4"),
    emergency=("112",),
    caller_ids={"fxs/1": CallerId(number="101"), "fxs/2": CallerId(number="102")},
    hot_lines={},
)


class Alone(GatewayAlone):
    def __init__(self, plan: ResidentPlan = PLAN) -> None:
        super().__init__(plan, Rig(ports=5))


@pytest.fixture
def alone() -> Alone:
    alone = Alone()
    alone.begin()
    return alone


def test_a_telephone_hears_dial_tone_and_reaches_another(alone: Alone) -> None:
    alone.lift("fxs/1")
    assert alone.tone("fxs/1") == "dial"
    alone.dial("fxs/1", "102")
    assert alone.tone("fxs/1") == "ringback"
    ring = alone.rig.lines.ringing["fxs/2"]
    assert (ring.caller, ring.kind) == (CallerId(number="101"), "internal")
    alone.lift("fxs/2")
    assert alone.tone("fxs/1") is None
    assert alone.rig.state("fxs/1").connection == alone.rig.state("fxs/2").connection is not None
    entry = alone.entry()
    assert (entry.endpoints, entry.dialled, entry.ended_ns) == (("fxs/1", "fxs/2"), "102", None)
    assert entry.answered_ns is not None


def test_who_remains_hears_congestion_then_the_howler_then_nothing(alone: Alone) -> None:
    alone.lift("fxs/1")
    alone.dial("fxs/1", "102")
    alone.lift("fxs/2")
    alone.replace("fxs/2")
    assert alone.tone("fxs/1") == "congestion"
    assert alone.entry().ended_ns is not None
    alone.wait(31)
    assert alone.tone("fxs/1") == "howler"
    alone.wait(61)
    assert alone.tone("fxs/1") is None
    alone.replace("fxs/1")
    alone.lift("fxs/1")
    assert alone.tone("fxs/1") == "dial"


def test_an_emergency_number_goes_through_while_another_rings(alone: Alone) -> None:
    alone.lift("fxs/1")
    alone.dial("fxs/1", "102")
    alone.dial("fxs/1", "104")
    assert alone.tone("fxs/1") == "ringback" and set(alone.rig.lines.ringing) == {"fxs/2"}
    alone.dial("fxs/1", "112")
    assert alone.tone("fxs/1") == "ringback" and set(alone.rig.lines.ringing) == {"fxs/3", "fxs/4"}
    alone.lift("fxs/3")
    assert not alone.rig.state("fxs/1").collecting and alone.tone("fxs/1") is None


@pytest.mark.parametrize("seconds", [0, 31, 95])
def test_an_emergency_number_goes_through_however_long_the_handset_has_been_left_off(
    alone: Alone, seconds: int
) -> None:
    alone.lift("fxs/1")
    alone.dial("fxs/1", "199")
    alone.wait(seconds)
    heard = alone.tone("fxs/1")
    assert heard == {0: "unobtainable", 31: "howler", 95: None}[seconds]
    alone.dial("fxs/1", "10")
    assert alone.tone("fxs/1") == heard and not alone.journal.entries()
    alone.dial("fxs/1", "112")
    alone.wait(0.1)
    assert alone.tone("fxs/1") == "ringback"
    assert {port: ring.on_answer is not None for port, ring in alone.rig.lines.ringing.items()} == {
        "fxs/3": True, "fxs/4": True
    }  # fmt: skip
    assert alone.entry().emergency


def test_a_lifted_telephone_is_busy_and_so_is_one_that_rings(alone: Alone) -> None:
    alone.lift("fxs/2")
    alone.lift("fxs/1")
    alone.dial("fxs/1", "102")
    assert alone.tone("fxs/1") == "busy"
    alone.replace("fxs/1")
    alone.lift("fxs/1")
    alone.dial("fxs/1", "101")
    assert alone.tone("fxs/1") == "busy"


def test_an_unknown_number_is_unobtainable_and_half_a_number_congestion(alone: Alone) -> None:
    alone.lift("fxs/1")
    alone.dial("fxs/1", "104")
    assert alone.tone("fxs/1") == "unobtainable"
    alone.lift("fxs/2")
    alone.dial("fxs/2", "10")
    alone.wait(5)
    assert alone.tone("fxs/2") == "congestion"


def test_reception_rings_together_and_the_first_has_the_call(alone: Alone) -> None:
    alone.lift("fxs/1")
    alone.dial("fxs/1", "8")
    alone.wait(5)
    assert set(alone.rig.lines.ringing) == {"fxs/3", "fxs/4"}
    alone.lift("fxs/4")
    assert alone.rig.lines.ringing == {}
    assert alone.entry().endpoints == ("fxs/1", "fxs/4")


def test_a_caller_who_gives_up_stops_the_ringing(alone: Alone) -> None:
    alone.lift("fxs/1")
    alone.dial("fxs/1", "102")
    alone.replace("fxs/1")
    assert alone.rig.lines.ringing == {}
    entry = alone.entry()
    assert (entry.answered_ns, entry.ended_ns is not None, entry.no_answer) == (None, True, False)


def test_who_gives_up_does_not_stop_the_bell_of_another_call(alone: Alone) -> None:
    alone.lift("fxs/1")
    alone.dial("fxs/1", "103")
    alone.lift("fxs/2")
    alone.dial("fxs/2", "8")  # fxs/3 and fxs/4, of which one rings already
    assert set(alone.rig.lines.ringing) == {"fxs/3", "fxs/4"}
    alone.replace("fxs/2")
    assert set(alone.rig.lines.ringing) == {"fxs/3"}
    alone.lift("fxs/3")
    assert alone.rig.state("fxs/3").connection == alone.rig.state("fxs/1").connection is not None


def test_ringing_without_an_answer_ends_after_two_minutes(alone: Alone) -> None:
    alone.lift("fxs/1")
    alone.dial("fxs/1", "102")
    alone.wait(121)
    assert "fxs/2" not in alone.rig.lines.ringing
    assert alone.tone("fxs/1") == "congestion"
    assert alone.entry().no_answer


class TestEmergency:
    def test_rings_reception_with_priority(self, alone: Alone) -> None:
        alone.lift("fxs/1")
        alone.dial("fxs/1", "112")
        assert {ring.kind for ring in alone.rig.lines.ringing.values()} == {"priority"}
        assert alone.entry().emergency

    def test_rings_for_ever(self, alone: Alone) -> None:
        alone.lift("fxs/1")
        alone.dial("fxs/1", "112")
        alone.wait(400)
        assert alone.tone("fxs/1") == "ringback" and set(alone.rig.lines.ringing) == {"fxs/3", "fxs/4"}

    def test_takes_the_ringing_of_a_lesser_call(self, alone: Alone) -> None:
        alone.lift("fxs/2")
        alone.dial("fxs/2", "8")
        alone.wait(5)
        assert alone.tone("fxs/2") == "ringback"
        alone.lift("fxs/1")
        alone.dial("fxs/1", "112")
        alone.wait(0.1)
        assert {ring.kind for ring in alone.rig.lines.ringing.values()} == {"priority"}
        alone.replace("fxs/2")
        alone.lift("fxs/3")
        assert alone.rig.state("fxs/1").connection == alone.rig.state("fxs/3").connection is not None

    def test_rings_whom_another_emergency_has_left(self, alone: Alone) -> None:
        for caller in ("fxs/1", "fxs/2"):
            alone.lift(caller)
            alone.dial(caller, "112")
        alone.lift("fxs/3")
        assert alone.rig.state("fxs/1").connection is not None
        alone.lift("fxs/4")
        assert alone.rig.state("fxs/2").connection == alone.rig.state("fxs/4").connection is not None

    def test_keeps_its_bells_when_another_emergency_gives_up(self, alone: Alone) -> None:
        for caller in ("fxs/1", "fxs/2"):
            alone.lift(caller)
            alone.dial(caller, "112")
        alone.replace("fxs/2")
        assert set(alone.rig.lines.ringing) == {"fxs/3", "fxs/4"}
        alone.lift("fxs/4")
        assert alone.rig.state("fxs/1").connection == alone.rig.state("fxs/4").connection is not None

    def test_leaves_its_bells_to_another_emergency(self, alone: Alone) -> None:
        for caller in ("fxs/1", "fxs/2"):
            alone.lift(caller)
            alone.dial(caller, "112")
        alone.replace("fxs/1")
        alone.wait(0.1)
        alone.lift("fxs/4")
        assert alone.rig.state("fxs/2").connection == alone.rig.state("fxs/4").connection is not None

    def test_waits_for_a_reception_that_talks(self, alone: Alone) -> None:
        alone.lift("fxs/3")
        alone.lift("fxs/4")
        alone.lift("fxs/1")
        alone.dial("fxs/1", "112")
        assert alone.tone("fxs/1") == "ringback"
        assert alone.tone("fxs/3") == "call-waiting"
        alone.replace("fxs/3")
        assert alone.rig.lines.ringing["fxs/3"].kind == "priority"
        alone.lift("fxs/3")
        assert alone.rig.state("fxs/3").connection == alone.rig.state("fxs/1").connection is not None


class TestHotLines:
    def test_at_once(self) -> None:
        alone = Alone(plan=_with_hot_line(0))
        alone.begin()
        alone.lift("fxs/2")
        assert set(alone.rig.lines.ringing) == {"fxs/3", "fxs/4"}

    def test_after_a_wait_longer_than_the_first_digit_timer(self) -> None:
        alone = Alone(plan=_with_hot_line(20))
        alone.begin()
        alone.lift("fxs/2")
        alone.wait(19)
        assert (alone.tone("fxs/2"), alone.rig.lines.ringing) == ("dial", {})
        alone.wait(2)
        assert set(alone.rig.lines.ringing) == {"fxs/3", "fxs/4"}
        alone.dial("fxs/2", "101")
        assert set(alone.rig.lines.ringing) == {"fxs/3", "fxs/4"}

    def test_that_call_at_the_same_moment_do_not_ring_one_telephone_twice(self) -> None:
        plan = msgspec.structs.replace(PLAN, hot_lines={"fxs/1": 20, "fxs/2": 20})
        alone = Alone(plan)
        alone.begin()
        alone.lift("fxs/1")
        alone.lift("fxs/2")
        alone.wait(21)
        assert [alone.tone("fxs/1"), alone.tone("fxs/2")] == ["ringback", "busy"]
        alone.replace("fxs/1")
        assert alone.rig.lines.ringing == {}

    def test_not_once_a_digit_was_dialled(self) -> None:
        alone = Alone(plan=_with_hot_line(20))
        alone.begin()
        alone.lift("fxs/2")
        alone.wait(18)
        alone.dial("fxs/2", "1")
        alone.wait(3)
        assert alone.rig.lines.ringing == {}


class TestTakingOver:
    def test_a_call_of_the_agent_goes_on_and_who_leaves_is_noted(self) -> None:
        alone = Alone()
        _agents_call(alone.rig)
        alone.begin()
        assert alone.rig.state("fxs/1").connection == "c1"
        alone.replace("fxs/2")
        assert alone.tone("fxs/1") == "congestion"
        entry = alone.entry()
        assert (entry.kind, entry.endpoints, entry.tag) == ("left", ("fxs/2",), b"call")

    def test_a_call_of_the_agent_that_rings_can_be_answered(self) -> None:
        alone = Alone()
        _agents_ringing(alone.rig)
        alone.begin()
        alone.lift("fxs/2")
        assert alone.rig.state("fxs/1").connection == "c1"
        alone.replace("fxs/1")
        assert alone.tone("fxs/2") == "congestion"

    def test_a_call_of_the_agent_that_rings_can_be_abandoned(self) -> None:
        alone = Alone()
        _agents_ringing(alone.rig)
        alone.begin()
        alone.replace("fxs/1")
        assert alone.rig.lines.ringing == {}

    def test_an_emergency_of_the_agent_rings_on_and_keeps_its_bell(self) -> None:
        alone = Alone()
        _agents_ringing(alone.rig, "fxs/3", "priority")
        alone.begin()
        alone.lift("fxs/2")
        alone.dial("fxs/2", "112")
        assert alone.rig.lines.ringing["fxs/4"].kind == "priority"
        alone.wait(400)
        assert alone.tone("fxs/1") == "ringback"
        alone.lift("fxs/3")
        assert alone.rig.state("fxs/1").connection == "c1"

    def test_a_call_whose_caller_had_gone_before_does_not_ring_on(self) -> None:
        alone = Alone()
        _agents_ringing(alone.rig)
        alone.rig.replace("fxs/1")
        alone.rig.events()
        alone.begin(lost=((OnHook(endpoint="fxs/1", at_ns=7, tag=b"caller"), b""),))
        assert alone.rig.lines.ringing == {}
        entry = alone.entry()
        assert (entry.kind, entry.endpoints, entry.tag, entry.ended_ns) == ("left", ("fxs/1",), b"caller", 7)

    def test_what_rings_for_the_agent_alone_does_not_ring_for_ever(self) -> None:
        alone = Alone()
        alone.rig.do(Ring(endpoint="fxs/2"))
        alone.begin()
        alone.wait(60)
        assert "fxs/2" in alone.rig.lines.ringing
        alone.wait(61)
        assert alone.rig.lines.ringing.keys() <= set(PLAN.reception)

    def test_a_party_on_hold_that_leaves_is_noted_once(self) -> None:
        alone = Alone()
        alone.rig.lift("fxs/1")
        alone.rig.do(Apply(endpoint="fxs/1", signal=Signal(tone="hold"), tag=b"held"))
        alone.rig.events()
        alone.begin()
        alone.replace("fxs/1")
        left_ns = alone.entry().ended_ns
        alone.wait(5)
        alone.lift("fxs/1")
        alone.replace("fxs/1")
        assert (alone.entry().tag, alone.entry().ended_ns) == (b"held", left_ns)

    def test_a_number_that_the_frozen_agent_did_not_act_on_is_served(self) -> None:
        alone = Alone()
        alone.rig.lift("fxs/1")
        alone.rig.events()
        unseen = Digits(endpoint="fxs/1", digits="102", outcome="complete", at_ns=1)
        alone.begin(lost=((unseen, b""),))
        assert "fxs/2" in alone.rig.lines.ringing

    def test_a_hang_up_that_the_frozen_agent_did_not_see_frees_the_other(self) -> None:
        alone = Alone()
        _agents_call(alone.rig)
        alone.rig.replace("fxs/2")
        alone.rig.events()
        alone.begin(lost=((OnHook(endpoint="fxs/2", at_ns=1, connection="c1"), b"call"),))
        assert alone.tone("fxs/1") == "congestion"
        assert alone.entry().kind == "left"

    @pytest.mark.parametrize(("heard", "follows"), [("busy", "howler"), ("howler", None), (None, None)])
    def test_a_handset_that_the_agent_knows_to_be_left_off_is_not_taken_for_one_just_lifted(
        self, heard: Tone | None, follows: Tone | None
    ) -> None:
        alone = Alone()
        alone.rig.lift("fxs/1")
        signal = None if heard is None else Signal(tone=heard)
        left = emergency_only(PLAN.digit_map, PLAN.emergency)
        alone.rig.do(Collect(endpoint="fxs/1", digit_map=left, signal=signal))
        alone.rig.events()
        alone.begin()
        assert alone.tone("fxs/1") == heard
        alone.wait(61)
        assert alone.tone("fxs/1") == follows
        alone.dial("fxs/1", "112")
        assert alone.tone("fxs/1") == "ringback"

    def test_a_telephone_found_lifted_hears_dial_tone(self) -> None:
        alone = Alone()
        alone.rig.lift("fxs/1")
        alone.rig.events()
        alone.begin()
        assert alone.tone("fxs/1") == "dial"
        alone.dial("fxs/1", "102")
        assert "fxs/2" in alone.rig.lines.ringing

    def test_dial_tone_goes_on_where_it_was_on(self) -> None:
        alone = Alone()
        plan = OffHookPlan(signal=Signal(tone="stutter"), digit_map=PLAN.digit_map)
        alone.rig.do(Arm(endpoint="fxs/1", plan=plan))
        alone.rig.lift("fxs/1")
        alone.rig.events()
        alone.begin()
        assert alone.tone("fxs/1") == "stutter"
        alone.dial("fxs/1", "102")
        assert "fxs/2" in alone.rig.lines.ringing


class TestWarning:
    def test_reception_is_told_by_voice_after_a_minute(self, alone: Alone) -> None:
        alone.wait(59)
        assert alone.rig.lines.ringing == {}
        alone.wait(2)
        assert set(alone.rig.lines.ringing) == {"fxs/3", "fxs/4"}
        alone.lift("fxs/3")
        assert alone.rig.lines.ringing == {}
        assert alone.rig.state("fxs/3").signal == Signal(prompts=("survival-warning",))

    def test_it_is_followed_by_dial_tone(self, alone: Alone) -> None:
        alone.rig.prompts.files["survival-warning.alaw"] = SILENCE
        alone.wait(61)
        alone.lift("fxs/3")
        alone.rig.prompts.arrive()
        for _ in range(3):
            alone.rig.block()
        alone.settle()
        assert alone.tone("fxs/3") == "dial"

    def test_without_the_prompt_a_tone_warns(self, alone: Alone) -> None:
        alone.wait(61)
        alone.lift("fxs/3")
        alone.rig.prompts.arrive()
        alone.rig.block()
        alone.settle()
        assert alone.tone("fxs/3") == "warning"

    def test_it_is_repeated_until_somebody_takes_it(self, alone: Alone) -> None:
        alone.wait(61)
        alone.wait(46)
        assert alone.rig.lines.ringing == {}
        alone.wait(301)
        assert set(alone.rig.lines.ringing) == {"fxs/3", "fxs/4"}
        alone.lift("fxs/3")
        alone.replace("fxs/3")
        alone.wait(400)
        assert alone.rig.lines.ringing == {}


def test_the_journal_keeps_ended_calls_until_they_are_forgotten(alone: Alone) -> None:
    alone.lift("fxs/1")
    alone.dial("fxs/1", "102")
    alone.lift("fxs/2")
    name = alone.entry().entry
    alone.journal.forget([name])
    assert alone.entry().entry == name
    alone.replace("fxs/1")
    alone.journal.forget([name])
    assert alone.journal.entries() == ()


def test_a_call_that_stood_when_the_gateway_died_is_lost() -> None:
    entry = JournalEntry(entry="e", boot="boot", kind="call", endpoints=("fxs/1", "fxs/2"), started_ns=5, answered_ns=9)
    journal = Journal("boot", lambda: "x", [entry])
    journal.close_orphans(100)
    (lost,) = journal.entries()
    assert (lost.ended_ns, lost.lost) == (100, True)


def test_a_call_of_another_boot_keeps_its_time_of_day() -> None:
    entry = JournalEntry(
        entry="e", boot="before", kind="call", endpoints=("fxs/1", "fxs/2"), started_ns=5000, answered_ns=5900,
        utc_ns=1_000_000,
    )  # fmt: skip
    journal = Journal("boot", lambda: "x", [entry], lambda: 1_007_000)
    journal.close_orphans(100)
    (lost,) = journal.entries()
    assert (lost.started_ns, lost.answered_ns, lost.ended_ns, lost.lost) == (-6900, -6000, -6000, True)
    journal.close_orphans(200)
    assert journal.entries() == (lost,)


def _with_hot_line(seconds: int) -> ResidentPlan:
    return ResidentPlan(
        revision="r2", digit_map=PLAN.digit_map, routes=PLAN.routes, reception=PLAN.reception,
        emergency=PLAN.emergency, caller_ids={}, hot_lines={"fxs/2": seconds},
    )  # fmt: skip


def _agents_call(rig: Rig) -> None:
    rig.lift("fxs/1", "fxs/2")
    rig.do(Connect(connection="c1", legs=(Leg(endpoint="fxs/1"), Leg(endpoint="fxs/2")), tag=b"call"))
    rig.events()


def _agents_ringing(rig: Rig, called: str = "fxs/2", kind: RingKind = "internal") -> None:
    rig.lift("fxs/1")
    rig.do(Apply(endpoint="fxs/1", signal=Signal(tone="ringback")))
    answer = Connect(connection="c1", legs=(Leg(endpoint="fxs/1"), Leg(endpoint=called)), tag=b"call")
    rig.do(Ring(endpoint=called, kind=kind, on_answer=answer))
    rig.events()
