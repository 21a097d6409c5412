"""Random walks: whatever people do, in whatever order, and whenever the agent dies, nothing is left hanging."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from firmware.exchange.decisions import LineView
from firmware.exchange.dialogue import Act, Answered, Ask, Dial, Finish, Opening, Say, Step, TakeDown
from firmware.exchange.half_call import IN_MENU
from firmware.exchange.numbering import AgentSettings, VoiceMailCase
from firmware.gateway.messages import WakeupOutcome
from tests.unit.exchange.gateway import TrunkLine
from tests.unit.exchange.hotel import CITY, EXTENSIONS, PORTS, Hotel
from tests.unit.exchange.menus import Menus
from tests.unit.exchange.outside import Purse
from tests.unit.exchange.test_wakeups import wakeup

NUMBERS = st.sampled_from(sorted(PORTS))
DIALLED = st.sampled_from([*sorted(PORTS), "8888", "8", "112", "*8", "*66", "*78", "*79", "10", "555", "#", "1",
                           "0221234567", "0112", "0", "*57", "*56", "*98", "*61", "*99"])  # fmt: skip
MENUS: dict[str, tuple[Step, ...]] = {
    "wakeup-main": (Say(("a",)), Ask(("b",), ("1", "2", "xxxx")), Act("wakeup-list"), Say(("c",)), Finish(None)),
    "wakeup-cancel": (Act("wakeup-cancel"), Dial("")),
    "messages": (TakeDown("m.wav"), Ask((), ("x.",)), Dial("0221234567")),
    "mail-leave": (Say(("leave",)), TakeDown("m.wav"), Finish()),
    "alarm": (Say(("d",)), Ask(("e",), ("5",)), Act("escalation-acknowledge"), Say(("f",))),
}
LINES = st.sampled_from(CITY.ports)

PECULIAR: dict[str, dict[str, object]] = {
    "102": {"room": "101"},
    "103": {"off_hook": "reception:20"},
    "2112": {"off_hook": "reception:0", "flash": True},
}


class Walk(RuleBasedStateMachine):
    """Telephones do what they like; events may be late, so that commands meet telephones that have moved on."""

    hotel: Hotel

    @initialize()
    def start(self) -> None:
        self.purse = Purse({"101": 90.5, "103": 30})
        self.names = 0
        self.woken: set[str] = set()
        voice_mail: frozenset[VoiceMailCase] = frozenset({"busy", "dnd", "no-answer"})
        menus = Menus(MENUS, Act("mail-leave"))
        self.hotel = Hotel(
            AgentSettings(allowance=self.purse, dialogues=menus, voice_mail=voice_mail),
            extensions=[replace(e, **PECULIAR.get(e.number, {})) for e in EXTENSIONS],  # type: ignore[arg-type]
            trunks=[replace(CITY, targets={"fxo/2": "103"}, supervised=False)],
        )
        self.late = False
        self.hotel.agent.set_occupied("101", True, self.hotel.now)

    def act(self) -> None:
        self.hotel.gateway.now_ns += 50_000_000
        if not self.late:
            self.hotel.wait(0)

    @rule(number=NUMBERS)
    def hook(self, number: str) -> None:
        gateway, port = self.hotel.gateway, PORTS[number]
        (gateway.replace if gateway.lines[port].off_hook else gateway.lift)(port)
        self.act()

    @rule(number=NUMBERS, digits=DIALLED)
    def call(self, number: str, digits: str) -> None:
        gateway, port = self.hotel.gateway, PORTS[number]
        if not gateway.lines[port].off_hook:
            gateway.lift(port)
            self.act()
        gateway.dial(port, digits)
        self.act()

    @rule(number=NUMBERS)
    def talk_outside(self, number: str) -> None:
        """A whole call out, which single steps would seldom come to."""
        self.call(number, "0221234567")
        for port in CITY.ports:
            self.line_goes_on(port)
            self.far_end_answers(port)

    @rule(number=NUMBERS)
    def answer(self, number: str) -> None:
        gateway, port = self.hotel.gateway, PORTS[number]
        if gateway.lines[port].ring is not None:
            gateway.lift(port)
            self.act()

    @rule(number=NUMBERS)
    def flash(self, number: str) -> None:
        self.hotel.gateway.flash(PORTS[number])
        self.act()

    @rule(number=NUMBERS)
    def pause(self, number: str) -> None:
        self.hotel.gateway.pause(PORTS[number])
        self.act()

    @rule(seconds=st.sampled_from([1, 6, 35, 65]))
    def wait(self, seconds: int) -> None:
        if not self.late:
            self.hotel.wait(seconds)

    @rule(room=st.sampled_from(["101", "103"]), seconds=st.sampled_from([None, 0, 7, 61, 200.25]))
    def allow(self, room: str, seconds: float | None) -> None:
        """The guest's credit is another from here on."""
        self.purse.left.pop(room, None)
        if seconds is not None:
            self.purse.left[room] = seconds
        self.hotel.carry_out(self.hotel.agent.allowance_changed(room, self.hotel.now))
        self.act()

    @rule(number=NUMBERS, lit=st.booleans())
    def light(self, number: str, lit: bool) -> None:
        self.hotel.carry_out(self.hotel.agent.set_lamp(number, lit, self.hotel.now))
        self.act()

    @rule(numbers=st.lists(NUMBERS, min_size=1, max_size=2, unique=True))
    def wake(self, numbers: list[str]) -> None:
        self.names += 1
        self.woken.add(f"w{self.names}")
        self.hotel.carry_out(self.hotel.agent.wake(wakeup(*numbers, name=f"w{self.names}"), 1, self.hotel.now))
        self.act()

    @rule(outcome=st.sampled_from(["no-answer", "no-key", "confirmed", "reception"]))
    def wakeup_ends(self, outcome: WakeupOutcome) -> None:
        for name in list(self.hotel.gateway.attempts):
            self.hotel.gateway.end_wakeup(name, outcome)
        self.act()

    @rule()
    def stop_wakeups(self) -> None:
        for name in sorted(self.hotel.agent.standing_wakeups()):
            self.hotel.carry_out(self.hotel.agent.stop_wakeup(name, self.hotel.now))
        self.act()

    @rule(number=st.sampled_from(["8888", "100", "101", "110", "0221234567"]))
    def summon(self, number: str) -> None:
        self.names += 1
        agent, opening = self.hotel.agent, Opening("alarm", values={"caller": "Wake-up"})
        self.hotel.carry_out(agent.call_person(f"p{self.names}", number, opening, 30, self.hotel.now))
        self.act()

    @rule(number=NUMBERS, failed=st.booleans())
    def prompt_ends(self, number: str, failed: bool) -> None:
        self.hotel.gateway.played(PORTS[number], failed)
        for port in CITY.ports:
            self.hotel.gateway.played(port, failed)
        self.act()

    @rule(number=NUMBERS)
    def recording_ends(self, number: str) -> None:
        self.hotel.gateway.recorded(PORTS[number], 2.0)
        self.act()

    @rule(last=st.booleans())
    def hotel_answers(self, last: bool) -> None:
        if self.hotel.acts:
            act = self.hotel.acts[-1 if last else 0].dialogue
            self.hotel.carry_out(self.hotel.agent.answer_dialogue(act, Answered("ok"), self.hotel.now))
            self.act()

    @rule(late=st.booleans())
    def delay(self, late: bool) -> None:
        """From here on events stay in the channel, or they come through again."""
        self.late = late
        self.act()

    @rule()
    def agent_dies(self) -> None:
        """What is on the way is lost with it."""
        if not self.pending():
            self.hotel.wait(0)
        core = self.hotel.agent._core
        assert core is not None
        menus = any(half.state in IN_MENU for half in core.parties()) or any(c.summons for c in core.calls.values())
        known = not self.pending() and not menus  # menus, and calls of the exchange's own, are not taken over
        before = Counter(line.state for line in self.hotel.agent.lines()) if known else None
        calls = {(call.id, call.state) for call in self.hotel.agent.calls()}
        self.restart()
        if before is not None and not self.hotel.gateway.events:
            assert {(call.id, call.state) for call in self.hotel.agent.calls()} == calls
            assert Counter(line.state for line in self.hotel.agent.lines()) == before

    def restart(self) -> None:
        """A wake-up that neither stands nor was told, as its refusal was lost, would be asked for again."""
        self.hotel.restart()
        told = {report.id for report in self.hotel.reports} | self.hotel.agent.standing_wakeups()
        self.woken &= told

    @rule(number=NUMBERS)
    def moves_while_the_agent_is_away(self, number: str) -> None:
        self.hotel.gateway.alone = True
        gateway, port = self.hotel.gateway, PORTS[number]
        (gateway.replace if gateway.lines[port].off_hook else gateway.lift)(port)
        self.hotel.gateway.now_ns += 50_000_000
        self.restart()

    @rule(number=NUMBERS)
    def port_fails_and_comes_back(self, number: str) -> None:
        self.hotel.gateway.fail(PORTS[number], "out-of-service")
        self.act()
        self.hotel.gateway.fail(PORTS[number], "in-service")
        self.act()

    @rule(port=LINES, number=st.sampled_from([None, "600700800", "112"]))
    def ring_in(self, port: str, number: str | None) -> None:
        if self.hotel.gateway.trunk(port).stage in ("idle", "guard"):
            self.hotel.gateway.ring_in(port, number)
            self.act()

    @rule(port=LINES)
    def line_goes_on(self, port: str) -> None:
        self.hotel.gateway.go_on(port)
        self.act()

    @rule(port=LINES)
    def far_end_answers(self, port: str) -> None:
        if self.hotel.gateway.trunk(port).stage == "proceeding":
            self.hotel.gateway.far_end_answers(port)
            self.act()

    @rule(port=LINES)
    def far_end_releases(self, port: str) -> None:
        line = self.hotel.gateway.trunk(port)
        emergency = line.placed is not None and line.placed.emergency and line.stage != "seizing"
        if line.stage not in ("idle", "guard") and not emergency:
            self.hotel.gateway.release(port, "abandoned" if line.stage == "ringing-in" else "loop-break")
            self.act()

    @rule(port=LINES, deaf=st.booleans())
    def dial_tone(self, port: str, deaf: bool) -> None:
        self.hotel.gateway.trunk(port).deaf = deaf

    @rule(port=LINES)
    def line_fails_and_comes_back(self, port: str) -> None:
        self.hotel.gateway.fail(port, "out-of-service")
        self.act()
        self.hotel.gateway.fail(port, "in-service")
        self.act()

    def pending(self) -> bool:
        return bool(self.hotel.gateway.events or self.hotel.replies)

    @invariant()
    def every_record_is_closed_once(self) -> None:
        if hasattr(self, "hotel"):
            assert all(count == 1 for count in self.hotel.closed.values())
            assert not set(self.hotel.open) & set(self.hotel.closed)

    @invariant()
    def agent_and_gateway_agree(self) -> None:
        if not hasattr(self, "hotel") or self.pending():
            return
        gateway = self.hotel.gateway
        assert self.hotel.refusals == []
        standing = {call.connection for call in self.hotel.agent._core.calls.values() if call.connected}
        assert set(gateway.connections) == standing
        answered = [c for c in self.hotel.agent.calls() if c.answered_ns is not None]
        assert len(self.hotel.open) == len(answered)
        for line, view in zip(gateway.lines.values(), self.hotel.agent.lines(), strict=True):
            if isinstance(line, TrunkLine):
                self.line_agrees(line, view)
                continue
            rings = line.ring is not None or (line.wakeup is not None and not line.off_hook)
            assert (view.state == "ringing") == rings, (line, view)
            assert line.collecting is None or line.connection is None
            if view.state in ("howler", "out-of-service") and line.service == "in-service":
                assert line.collecting is not None, "112 must go through"
            if view.state == "idle":
                assert not line.off_hook and line.connection is None
            if view.state == "off-hook" and line.service == "in-service":
                assert line.off_hook and line.connection is None
                assert line.signal is not None or line.collecting is not None

    @invariant()
    def every_wakeup_and_every_summons_is_told_once(self) -> None:
        if not hasattr(self, "hotel"):
            return
        hotel = self.hotel
        assert all(count == 1 for count in Counter(report.call for report in hotel.persons).values())
        if not self.pending():
            assert hotel.agent.standing_wakeups() == set(hotel.gateway.attempts)
            waking = {line.wakeup for line in hotel.gateway.lines.values()} - {None}
            assert waking == set(hotel.gateway.attempts)

    @invariant()
    def nobody_talks_beyond_his_credit(self) -> None:
        if not hasattr(self, "hotel") or self.late:
            return
        now_ns = self.hotel.gateway.now_ns
        for call in self.hotel.agent.calls():
            room = call.from_party.room
            left = self.purse.left.get(room or "")
            if call.trunk is not None and call.answered_ns is not None and left is not None and not call.emergency:
                assert now_ns <= call.answered_ns + left * 1e9 + 1000

    def line_agrees(self, line: TrunkLine, view: LineView) -> None:
        """A company line is seized exactly while it has a call."""
        if view.state == "idle":
            assert line.stage in ("idle", "guard") or (line.stage == "ringing-in" and not line.off_hook)
        elif view.state in ("dialling", "talking"):
            assert line.off_hook and line.stage not in ("idle", "guard")

    def teardown(self) -> None:
        if not hasattr(self, "hotel"):
            return
        self.hotel.pump()
        for _ in range(3):
            for port, line in self.hotel.gateway.lines.items():
                if isinstance(line, TrunkLine):
                    line.deaf = False
                    self.hotel.gateway.go_on(port)
                    if line.stage not in ("idle", "guard"):
                        self.hotel.gateway.release(port, "failed")
                elif line.off_hook:
                    self.hotel.gateway.replace(port)
                self.hotel.pump()
        for name in list(self.hotel.gateway.attempts):
            self.hotel.gateway.end_wakeup(name, "no-answer")
        self.hotel.wait(700)
        assert {report.id for report in self.hotel.reports} == self.woken
        assert self.hotel.quiet(), (self.hotel.agent.calls(), self.hotel.open)
        assert all(line.state == "idle" for line in self.hotel.agent.lines())
        assert self.hotel.refusals == []
        core = self.hotel.agent._core
        assert core is not None and not core._halves and not core._timeouts and not core.acts and not core.attempts


Walk.TestCase.settings = settings(
    max_examples=60, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck)
)
TestWalk = Walk.TestCase
