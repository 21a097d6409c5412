"""Company lines in survival: emergency calls get out, calls in ring, and calls of the agent's go on."""

from __future__ import annotations

import msgspec
import pytest

from boardsupport.fxo import FeedLost, PolarityChanged, RingingStopped
from boardsupport.port import InService, OutOfService, RingBurst
from firmware.gateway.messages import (
    Answer,
    Apply,
    CallerId,
    Connect,
    DigitMap,
    Leg,
    Mode,
    Place,
    ResidentPlan,
    Ring,
    Signal,
    Tone,
    TrunkState,
)
from firmware.voice.resident_hunt import NO_LINE, X28
from tests.unit.voice.alone import Alone
from tests.unit.voice.rig import PROFILE, SILENCE, Rig

PLAN = ResidentPlan(
    revision="r1",
    digit_map=DigitMap(patterns=("10[1-4]", "8", "112", "0112")),
    routes={"101": ("fxs/1",), "102": ("fxs/2",), "8": ("fxs/3", "fxs/4")},
    reception=("fxs/3", "fxs/4"),
    emergency=("112", "0112"),
    caller_ids={"fxs/1": CallerId(number="101"), "fxs/5": CallerId(number="105")},
    trunks=("fxo/1", "fxo/2"),
    emergency_digits={"112": "112", "0112": "112"},
    incoming={"fxo/2": ("fxs/2",)},
)
CALLER = CallerId(number="0601234567")


class House(Alone):
    """Five telephones, of which two are reception's, and two company lines whose exchange does what the test says."""

    def __init__(self, plan: ResidentPlan = PLAN) -> None:
        super().__init__(plan, Rig(ports=5, trunks=[PROFILE, PROFILE]))

    def trunk(self, port: str) -> TrunkState:
        state = self.rig.state(port).trunk
        assert state is not None
        return state

    def hears(self, port: str, tone: str = "dial") -> None:
        self.rig.gateway.tone(self.rig.gateway.trunks[port].index, tone, "began")  # type: ignore[arg-type]
        self.settle()

    def open_line(self, port: str, dial_tone: bool = True) -> None:
        """The port has seized its line; with dial tone the digits go out."""
        self.rig.open_line(port)
        if dial_tone:
            self.hears(port)
            for _ in range(100):
                self.rig.block()
        self.settle()

    def rest(self, port: str) -> None:
        """A line that was put down has been on-hook for long enough."""
        self.rig.close_line(port)
        self.wait(1.2)

    def ring_in(self, port: str, caller: CallerId | None = CALLER) -> None:
        self.rig.line(port, RingBurst(self.rig.now, True, 1))
        self.rig.line(port, RingBurst(self.rig.now, False, 1))
        self.rig.gateway.caller_told(self.rig.gateway.trunks[port].index, caller)
        self.settle()

    def rings_in_for_the_agent(self, port: str) -> None:
        """Before it is gone."""
        self.rig.line(port, RingBurst(self.rig.now, True, 1))
        self.rig.gateway.caller_told(self.rig.gateway.trunks[port].index, CALLER)
        self.rig.events()

    def stop_ringing_in(self, port: str) -> None:
        self.rig.line(port, RingingStopped(self.rig.now))
        self.settle()

    def answer(self, port: str, trunk: str) -> None:
        """Lift for a call in, and the port takes the line."""
        self.lift(port)
        self.rig.open_line(trunk, ringing=True)
        self.settle()

    def emergency(self, caller: str = "fxs/1", dialled: str = "112") -> None:
        self.lift(caller)
        self.dial(caller, dialled)
        self.wait(0.1)

    def connected(self) -> set[str]:
        """Who is in the only connection there is."""
        (standing,) = self.rig.gateway.connections.states()
        return {leg.endpoint for leg in standing.legs}

    def fail(self, port: str) -> None:
        self.rig.line(port, OutOfService(self.rig.now, "chip gone"))
        self.settle()

    def agent_calls_out(self, caller: str, trunk: str, emergency: bool = False, dialled: bool = True) -> None:
        """The agent has placed a call, before it is gone."""
        legs = (Leg(endpoint=caller), Leg(endpoint=trunk))
        joined = Connect(connection="c1", legs=legs, tag=b"call")
        self.rig.lift(caller)
        self.rig.do(Place(endpoint=trunk, digits="0222", on_dialled=joined, emergency=emergency, tag=b"out"))
        self.rig.open_line(trunk)
        if dialled:
            self.rig.gateway.tone(self.rig.gateway.trunks[trunk].index, "dial", "began")
            for _ in range(100):
                self.rig.block()
        self.rig.events()


@pytest.fixture
def house() -> House:
    house = House()
    house.begin()
    return house


class TestEmergency:
    @pytest.mark.parametrize("dialled", ["112", "0112"])
    def test_goes_out_on_the_first_line_while_reception_rings(self, house: House, dialled: str) -> None:
        house.emergency(dialled=dialled)
        assert house.rig.lines.seized == {"fxo/1"}
        assert {ring.kind for ring in house.rig.lines.ringing.values()} == {"priority"}
        assert house.tone("fxs/1") == "ringback"
        house.open_line("fxo/1")
        assert (house.trunk("fxo/1").digits, house.trunk("fxo/1").emergency) == ("112", True)
        assert house.connected() == {"fxs/1", "fxo/1"} and house.tone("fxs/1") is None
        assert set(house.rig.lines.ringing) == {"fxs/3", "fxs/4"}
        entry = house.entry()
        assert (entry.dialled, entry.emergency, entry.trunk, entry.ended_ns) == (dialled, True, "fxo/1", None)

    @pytest.mark.parametrize("reception_first", [False, True])
    def test_reception_joins_before_and_after_it_is_through(self, house: House, reception_first: bool) -> None:
        house.emergency()
        if reception_first:
            house.lift("fxs/3")
            assert house.connected() == {"fxs/1", "fxs/3"}
            house.open_line("fxo/1")
        else:
            house.open_line("fxo/1")
            house.lift("fxs/3")
        assert house.connected() == {"fxs/1", "fxs/3", "fxo/1"}
        assert house.rig.lines.ringing == {}
        house.replace("fxs/3")
        assert house.connected() == {"fxs/1", "fxo/1"} and house.tone("fxs/1") is None
        assert house.entry().ended_ns is None

    def test_the_answer_is_in_the_journal(self, house: House) -> None:
        house.emergency()
        house.open_line("fxo/1")
        house.rig.line("fxo/1", PolarityChanged(house.rig.now, True))
        house.settle()
        assert (house.entry().answered_by, house.entry().answered_ns is None) == ("reversal", False)

    @pytest.mark.parametrize("when", ["seizing", "through", "with reception"])
    def test_who_hangs_up_frees_line_and_bells(self, house: House, when: str) -> None:
        house.emergency()
        if when != "seizing":
            house.open_line("fxo/1")
        if when == "with reception":
            house.lift("fxs/3")
        house.replace("fxs/1")
        assert house.rig.lines.seized == set() and house.rig.lines.ringing == {}
        assert house.entry().ended_ns is not None
        if when == "with reception":
            assert house.tone("fxs/3") == "congestion"

    def test_whose_caller_hangs_up_as_the_line_rings_in_leaves_it_to_who_calls(self, house: House) -> None:
        house.emergency()
        house.rig.replace("fxs/1")
        house.rig.line("fxo/1", RingBurst(house.rig.now, True, 1))
        house.settle()
        assert house.trunk("fxo/1").stage == "ringing-in" and house.tone("fxo/1") == "ringback"
        house.lift("fxs/3")
        assert house.connected() == {"fxs/3", "fxo/1"}

    def test_takes_the_next_line_if_the_first_gives_no_dial_tone(self, house: House) -> None:
        house.emergency()
        house.open_line("fxo/1", dial_tone=False)
        house.wait(2.2)
        assert "fxo/2" in house.rig.lines.seized
        house.open_line("fxo/2")
        assert house.connected() == {"fxs/1", "fxo/2"}
        assert house.entry().trunk == "fxo/2"

    def test_tells_that_no_line_works_goes_on_waiting_and_tries_again(self, house: House) -> None:
        house.emergency()
        for port in ("fxo/1", "fxo/2"):
            house.open_line(port, dial_tone=False)
            house.wait(2.2)
        assert house.rig.state("fxs/1").signal == NO_LINE
        house.rig.prompts.files["emergency-no-line.alaw"] = SILENCE
        house.rig.prompts.arrive()
        for _ in range(3):
            house.rig.block()
        house.settle()
        assert house.tone("fxs/1") == "ringback"
        assert set(house.rig.lines.ringing) == {"fxs/3", "fxs/4"}
        house.wait(X28.default)
        assert house.trunk("fxo/1").digits == "112"
        house.wait(1.2)
        house.open_line("fxo/1")
        assert house.connected() == {"fxs/1", "fxo/1"}

    def test_without_the_prompt_ringback_goes_on(self, house: House) -> None:
        for port in ("fxo/1", "fxo/2"):
            house.fail(port)
        house.emergency()
        house.rig.prompts.arrive()
        house.rig.block()
        house.settle()
        assert house.tone("fxs/1") == "ringback"
        house.rig.line("fxo/2", InService(house.rig.now, off_hook=False, cold=True))
        house.wait(X28.default + 0.1)
        assert house.rig.lines.seized == {"fxo/2"}

    def test_whose_port_fails_goes_out_again_on_the_next_line(self, house: House) -> None:
        house.emergency()
        house.open_line("fxo/1")
        house.fail("fxo/1")
        assert house.tone("fxs/1") == "ringback"
        assert house.rig.lines.seized - {"fxo/1"} == {"fxo/2"}
        house.open_line("fxo/2")
        assert house.connected() == {"fxs/1", "fxo/2"}
        assert house.entry().ended_ns is None

    def test_is_cut_by_nothing_that_the_line_does(self, house: House) -> None:
        house.emergency()
        house.open_line("fxo/1")
        house.rig.line("fxo/1", FeedLost(house.rig.now))
        house.settle()
        assert house.connected() == {"fxs/1", "fxo/1"}

    def test_a_second_one_takes_the_other_line_and_a_third_waits(self, house: House) -> None:
        house.emergency("fxs/1")
        house.emergency("fxs/2")
        assert house.rig.lines.seized == {"fxo/1", "fxo/2"}
        for port in ("fxo/1", "fxo/2"):
            house.open_line(port)
        house.emergency("fxs/5")
        assert house.rig.state("fxs/5").signal == NO_LINE
        house.replace("fxs/1")
        house.rest("fxo/1")
        house.wait(X28.default - 1)
        assert house.rig.lines.seized == {"fxo/1", "fxo/2"} and house.trunk("fxo/1").digits == "112"

    def test_a_house_without_lines_calls_reception_alone(self) -> None:
        house = House(msgspec.structs.replace(PLAN, trunks=(), emergency_digits={}))
        house.begin()
        house.emergency()
        assert house.rig.lines.seized == set() and house.tone("fxs/1") == "ringback"
        house.lift("fxs/3")
        house.replace("fxs/3")
        assert house.tone("fxs/1") == "congestion"

    def test_reception_that_leaves_before_a_line_is_through_rings_again(self, house: House) -> None:
        house.emergency()
        house.lift("fxs/3")
        house.replace("fxs/3")
        assert house.tone("fxs/1") == "ringback"
        house.wait(0.1)
        assert set(house.rig.lines.ringing) == {"fxs/3", "fxs/4"}
        house.open_line("fxo/1")
        assert house.connected() == {"fxs/1", "fxo/1"}


class TestEmergencyOnBusyLines:
    def test_takes_the_line_of_a_call_out_before_that_of_a_call_in(self) -> None:
        house = House()
        house.agent_calls_out("fxs/2", "fxo/2")
        house.begin()
        house.ring_in("fxo/1")
        house.answer("fxs/3", "fxo/1")
        house.emergency()
        assert house.rig.lines.seized == {"fxo/1"} and house.trunk("fxo/2").stage == "guard"
        assert house.tone("fxs/2") == "congestion"
        house.rest("fxo/2")
        house.open_line("fxo/2")
        assert house.rig.state("fxo/2").connection == house.rig.state("fxs/1").connection is not None
        left = [entry for entry in house.journal.entries() if entry.kind == "left"]
        assert [(entry.endpoints, entry.tag) for entry in left] == [(("fxo/2",), b"call")]

    def test_takes_that_of_a_call_in_if_there_is_no_other(self) -> None:
        house = House(msgspec.structs.replace(PLAN, trunks=("fxo/1",)))
        house.begin()
        house.ring_in("fxo/1")
        house.answer("fxs/3", "fxo/1")
        house.emergency()
        assert house.tone("fxs/3") == "congestion" and house.trunk("fxo/1").stage == "guard"
        (call_in,) = [entry for entry in house.journal.entries() if not entry.emergency]
        assert call_in.ended_ns is not None
        house.rest("fxo/1")
        house.open_line("fxo/1")
        assert house.trunk("fxo/1").digits == "112"

    def test_takes_one_that_a_call_has_come_in_on_in_that_moment(self) -> None:
        """What is told of the calls that had the line before is not the emergency's: it ends with its caller."""
        house = House(msgspec.structs.replace(PLAN, trunks=("fxo/1",)))
        joined = Connect(connection="c", legs=(Leg(endpoint="fxs/2"), Leg(endpoint="fxo/1")))
        house.rig.lift("fxs/2")
        house.rig.do(Place(endpoint="fxo/1", digits="0222", on_dialled=joined, tag=b"out"))
        house.rig.events()
        house.begin()
        house.lift("fxs/1")
        house.rig.line_digits("fxs/1", "112")
        house.rig.line("fxo/1", RingBurst(house.rig.now, True, 1))
        house.settle()
        house.rest("fxo/1")
        house.open_line("fxo/1")
        assert house.trunk("fxo/1").emergency and house.connected() == {"fxs/1", "fxo/1"}
        house.replace("fxs/1")
        assert house.rig.lines.seized == set() and house.rig.lines.ringing == {}

    def test_never_takes_that_of_another_emergency(self) -> None:
        house = House(msgspec.structs.replace(PLAN, trunks=("fxo/1",)))
        house.agent_calls_out("fxs/2", "fxo/1", emergency=True)
        house.begin()
        house.emergency()
        assert house.rig.state("fxs/1").signal == NO_LINE
        assert house.connected() == {"fxs/2", "fxo/1"}

    def test_a_line_that_rings_in_is_not_waited_for(self, house: House) -> None:
        house.ring_in("fxo/1")
        house.emergency()
        assert house.rig.lines.seized == {"fxo/2"}


class TestCallIn:
    def test_rings_reception_with_its_caller_and_is_answered_by_lifting(self, house: House) -> None:
        house.ring_in("fxo/1")
        rings = house.rig.lines.ringing
        assert {port: (ring.kind, ring.caller) for port, ring in rings.items()} == {
            "fxs/3": ("external", CALLER),
            "fxs/4": ("external", CALLER),
        }
        house.answer("fxs/4", "fxo/1")
        assert house.rig.lines.ringing == {} and house.connected() == {"fxo/1", "fxs/4"}
        entry = house.entry()
        assert (entry.endpoints, entry.trunk, entry.caller) == (("fxo/1", "fxs/4"), "fxo/1", CALLER)
        assert entry.answered_ns is not None and entry.ended_ns is None

    def test_rings_the_telephone_that_the_plan_names_for_its_line(self, house: House) -> None:
        house.ring_in("fxo/2", caller=None)
        assert set(house.rig.lines.ringing) == {"fxs/2"}

    def test_rings_on_until_its_caller_gives_up(self, house: House) -> None:
        house.ring_in("fxo/1")
        house.wait(50)
        assert set(house.rig.lines.ringing) == {"fxs/3", "fxs/4"}
        house.stop_ringing_in("fxo/1")
        assert house.rig.lines.ringing == {}
        entry = house.entry()
        assert (entry.answered_ns, entry.ended_ns is not None, entry.no_answer) == (None, True, False)

    def test_waits_for_a_reception_that_talks(self, house: House) -> None:
        house.lift("fxs/3")
        house.lift("fxs/4")
        house.ring_in("fxo/1")
        assert house.rig.lines.ringing == {}
        house.replace("fxs/3")
        assert set(house.rig.lines.ringing) == {"fxs/3"}

    def test_answered_as_another_comes_free_does_not_ring_there(self, house: House) -> None:
        house.lift("fxs/3")
        house.ring_in("fxo/1")
        house.rig.replace("fxs/3")
        house.lift("fxs/4")
        assert house.rig.lines.ringing == {} and not house.rig.state("fxs/3").ringing

    def test_leaves_its_bells_to_an_emergency_and_has_them_back(self, house: House) -> None:
        house.ring_in("fxo/1")
        house.emergency("fxs/2")
        assert {ring.kind for ring in house.rig.lines.ringing.values()} == {"priority"}
        house.replace("fxs/2")
        house.wait(0.1)
        assert {ring.kind for ring in house.rig.lines.ringing.values()} == {"external"}

    def test_is_released_when_the_telephone_is_replaced(self, house: House) -> None:
        house.ring_in("fxo/1")
        house.answer("fxs/3", "fxo/1")
        house.replace("fxs/3")
        assert house.rig.lines.seized == set() and house.rig.gateway.connections.states() == ()
        assert house.entry().ended_ns is not None

    def test_leaves_congestion_when_the_far_end_releases(self, house: House) -> None:
        house.ring_in("fxo/1")
        house.answer("fxs/3", "fxo/1")
        house.rig.line("fxo/1", FeedLost(house.rig.now))
        house.settle()
        assert house.tone("fxs/3") == "congestion"
        assert house.entry().ended_ns is not None

    def test_that_met_a_call_out_hears_that_it_rings(self, house: House) -> None:
        house.emergency()
        house.rig.open_line("fxo/1", ringing=True)
        house.settle()
        house.wait(0.1)
        assert house.tone("fxo/1") == "ringback"
        assert house.rig.lines.seized == {"fxo/1", "fxo/2"}
        assert {ring.kind for ring in house.rig.lines.ringing.values()} == {"priority"}


class TestTakingOver:
    @pytest.mark.parametrize("who", ["fxs/2", "fxo/1"])
    def test_a_call_through_a_line_goes_on_until_one_side_ends_it(self, who: str) -> None:
        house = House()
        house.agent_calls_out("fxs/2", "fxo/1")
        house.begin()
        assert house.connected() == {"fxs/2", "fxo/1"}
        if who == "fxs/2":
            house.replace(who)
        else:
            house.rig.line(who, FeedLost(house.rig.now))
            house.settle()
            assert house.tone("fxs/2") == "congestion"
        assert house.rig.lines.seized == set()
        entry = house.entry()
        assert (entry.kind, entry.endpoints, entry.tag) == ("left", (who,), b"call")

    def test_a_call_out_on_its_way_is_put_through(self) -> None:
        house = House()
        house.agent_calls_out("fxs/2", "fxo/1", dialled=False)
        house.begin()
        assert house.tone("fxs/2") is None
        house.hears("fxo/1")
        for _ in range(100):
            house.rig.block()
        house.settle()
        assert house.connected() == {"fxs/2", "fxo/1"}
        house.replace("fxs/2")
        assert house.rig.lines.seized == set()

    def test_a_call_out_on_its_way_ends_with_its_caller(self) -> None:
        house = House()
        house.agent_calls_out("fxs/2", "fxo/1", dialled=False)
        house.begin()
        house.replace("fxs/2")
        assert house.rig.lines.seized == set()

    def test_a_call_out_that_cannot_be_leaves_its_caller_a_tone(self) -> None:
        house = House()
        house.agent_calls_out("fxs/2", "fxo/1", dialled=False)
        house.begin()
        house.wait(2.2)
        assert house.tone("fxs/2") == "congestion"

    @pytest.mark.parametrize("dialled", [False, True])
    def test_an_emergency_of_the_agent_is_given_the_next_line(self, dialled: bool) -> None:
        house = House()
        house.agent_calls_out("fxs/2", "fxo/1", emergency=True, dialled=dialled)
        house.begin()
        house.fail("fxo/1")
        assert "fxo/2" in house.rig.lines.seized
        house.open_line("fxo/2")
        assert house.connected() == {"fxs/2", "fxo/2"}
        house.replace("fxs/2")
        assert "fxo/2" not in house.rig.lines.seized

    def test_an_emergency_of_reception_does_not_ring_its_own_telephone(self) -> None:
        house = House()
        house.agent_calls_out("fxs/3", "fxo/1", emergency=True, dialled=False)
        house.begin()
        house.rig.lift("fxs/1")
        house.replace("fxs/3")
        assert house.rig.lines.ringing == {} and house.rig.lines.seized == set()

    def test_a_call_in_that_rings_for_the_agent_can_be_answered_and_abandoned(self) -> None:
        for abandoned in (False, True):
            house = House()
            house.rings_in_for_the_agent("fxo/1")
            joined = Connect(connection="c1", legs=(Leg(endpoint="fxo/1"), Leg(endpoint="fxs/3")), tag=b"call")
            house.rig.do(Ring(endpoint="fxs/3", kind="external", caller=CALLER, on_answer=joined))
            house.rig.events()
            house.begin()
            assert set(house.rig.lines.ringing) == {"fxs/3"}
            if abandoned:
                house.stop_ringing_in("fxo/1")
                assert house.rig.lines.ringing == {}
            else:
                house.answer("fxs/3", "fxo/1")
                assert house.connected() == {"fxo/1", "fxs/3"}

    @pytest.mark.parametrize("answered", [False, True])
    def test_a_call_in_that_nobody_has_taken_rings(self, answered: bool) -> None:
        """Just told, or held in a queue by the agent."""
        house = House()
        house.rings_in_for_the_agent("fxo/1")
        rig = house.rig
        if answered:
            rig.do(Answer(endpoint="fxo/1"))
            rig.open_line("fxo/1", ringing=True)
            rig.do(Apply(endpoint="fxo/1", signal=Signal(tone="hold")))
        rig.events()
        house.begin()
        assert set(rig.lines.ringing) == {"fxs/3", "fxs/4"}
        tone: Tone | None = "ringback" if answered else None
        assert house.tone("fxo/1") == tone
        house.lift("fxs/3")
        assert house.connected() == {"fxo/1", "fxs/3"} and house.tone("fxo/1") is None

    def test_a_held_far_end_is_released_with_the_telephone_that_held_it(self) -> None:
        house = House()
        house.agent_calls_out("fxs/2", "fxo/1")
        held: Mode = "inactive"
        legs = (Leg(endpoint="fxs/2"), Leg(endpoint="fxo/1", mode=held))
        house.rig.do(Connect(connection="c1", legs=legs, tag=b"call"))
        house.begin()
        house.replace("fxs/2")
        assert house.rig.lines.seized == set()
