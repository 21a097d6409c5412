"""A small hotel on the simulated gateway, driven by an agent, on a virtual clock."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from firmware.exchange import decisions as d
from firmware.exchange.agent import CallAgent
from firmware.exchange.numbering import AgentSettings, Extension, Instant, NumberingPlan
from firmware.exchange.trunk_groups import TrunkGroup
from firmware.gateway.messages import Lodge
from tests.unit.exchange.gateway import SimGateway

START = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
"""The hotel's wall time."""


def room(number: str, port: str, **more: object) -> Extension:
    fields: dict[str, object] = {"room": number, "kind": "room", "pickup_group": "floor 1", **more}
    return Extension(number=number, port=port, **fields)  # type: ignore[arg-type]


def staff(number: str, port: str, name: str, **more: object) -> Extension:
    fields: dict[str, object] = {"kind": "staff", "pickup_group": "staff", **more}
    return Extension(number=number, port=port, name=name, **fields)  # type: ignore[arg-type]


EXTENSIONS = (
    room("101", "fxs/1"),
    room("102", "fxs/2"),
    room("103", "fxs/3"),
    room("2112", "fxs/4", room="112"),
    staff("100", "fxs/5", "Reception", operator=True),
    staff("109", "fxs/6", "Night desk", operator=True),
    staff("110", "fxs/7", "Housekeeping"),
    staff("111", "fxs/8", "Kitchen"),
)
OUTSIDE = ("0xxxxxxxxx",)
CITY = TrunkGroup(name="city", ports=("fxo/1", "fxo/2"), supervised=True)
PORTS = {extension.number: str(extension.port) for extension in EXTENSIONS}


class Hotel:
    """Agent and gateway together; what the agent decided is kept in `decided`."""

    def __init__(
        self,
        settings: AgentSettings | None = None,
        extensions: Iterable[Extension] = EXTENSIONS,
        trunks: Iterable[TrunkGroup] = (),
    ) -> None:
        groups = tuple(trunks)
        self.plan = NumberingPlan(
            extensions=tuple(extensions),
            reception=("8", "8888"),
            emergency=("112", "997", "998", "999"),
            trunks=groups,
            outside=OUTSIDE if groups else (),
        )
        self.settings = settings or AgentSettings()
        lines = [port for group in groups for port in group.ports]
        self.gateway = SimGateway([*(str(e.port) for e in self.plan.extensions), *lines])
        self.tested: list[d.TrunkTested] = []
        self.ids = 0
        self.decided: list[d.Decision] = []
        self.records: dict[str, d.LegRecord] = {}
        self.open: dict[str, d.LegRecord] = {}
        self.closed: Counter[str] = Counter()
        self.alarms: dict[tuple[str, str], str] = {}
        self.facts: dict[tuple[str, str], Mapping[str, str]] = {}
        self.refusals: list[str] = []
        self.replies: deque[Any] = deque()
        """Refused commands, with the number of events that come before the refusal."""
        self.guests: dict[str, str] = {}
        self.acts: list[d.DialogueActs] = []
        self.reports: list[d.WakeupReport] = []
        self.persons: list[d.PersonReport] = []
        self.agent = self.new_agent()
        self.begin()

    def new_agent(self) -> CallAgent:
        agent = CallAgent(self.plan, self.settings, self.new_id)
        for guest_room, name in self.guests.items():
            agent.set_guest(guest_room, name)
        return agent

    def new_id(self) -> str:
        self.ids += 1
        return f"{self.ids:024d}"

    @property
    def now(self) -> Instant:
        return Instant(self.gateway.now_ns, START + timedelta(microseconds=self.gateway.now_ns // 1000 - 10**9))

    # ----------------------------------------------------------------------------------------------------- the agent

    def begin(self) -> None:
        audit = self.gateway.audit()
        self.replies.clear()
        self.carry_out(
            self.agent.begin(audit, self.now, open_records=tuple(self.open.values()), known_entries=self.closed)
        )

    def carry_out(self, decisions: list[d.Decision]) -> None:
        for decision in decisions:
            self.decided.append(decision)
            if isinstance(decision, d.Send):
                error = self.gateway.execute(decision.command)
                if error is not None:
                    assert error.fault != "agent", error
                    self.replies.append((len(self.gateway.events), decision.command, error))
            elif isinstance(decision, d.OpenRecord):
                assert decision.record.answered_ns is not None
                self.open[decision.record.leg] = decision.record
            elif isinstance(decision, d.CloseRecord):
                assert decision.record.ended_ns is not None and decision.record.end is not None
                self.open.pop(decision.record.leg, None)
                self.records[decision.record.leg] = decision.record
                self.closed[decision.record.leg] += 1
            elif isinstance(decision, d.RaiseAlarm):
                self.alarms[decision.kind, decision.subject] = decision.text
                self.facts[decision.kind, decision.subject] = decision.facts
            elif isinstance(decision, d.ClearAlarm):
                self.alarms.pop((decision.kind, decision.subject), None)
            elif isinstance(decision, d.DialogueActs):
                self.acts.append(decision)
            elif isinstance(decision, d.WakeupReport):
                self.reports.append(decision)
            elif isinstance(decision, d.PersonReport):
                self.persons.append(decision)
            elif isinstance(decision, d.TrunkTested):
                self.tested.append(decision)
            elif isinstance(decision, d.Note) and decision.verb == "refused-event":
                self.refusals.append(str(decision.pairs))

    def pump(self) -> None:
        """Give the agent everything that the gateway has to report; a refusal comes after the events before it."""
        while self._pending():
            if self.replies and self.replies[0][0] <= 0:
                _, command, error = self.replies.popleft()
                self.carry_out(self.agent.refused(command, error, self.now))
                continue
            event = self.gateway.events.popleft()
            self.replies = deque((behind - 1, *rest) for behind, *rest in self.replies)
            self.carry_out(self.agent.handle(event, self.now))

    def _pending(self) -> bool:
        if not self.gateway.events and not self.replies:
            self.gateway.kept()
        return bool(self.gateway.events or self.replies)

    def wait(self, seconds: float) -> None:
        """Let time pass, with the agent's timers."""
        self.pump()
        end_ns = self.gateway.now_ns + round(seconds * 1e9)
        while (due := self.agent.next_deadline_ns()) is not None and due <= end_ns:
            self.gateway.now_ns = max(due, self.gateway.now_ns)
            self.carry_out(self.agent.tick(self.now))
            self.pump()
        self.gateway.now_ns = end_ns

    def restart(self) -> None:
        """The supervisor dies and comes back, with what it had stored."""
        before, self.agent = self.agent, self.new_agent()
        for extension in self.plan.extensions:
            self.agent.set_dnd(extension.number, before.features(extension.number)[0], self.now)
        self.begin()

    # ------------------------------------------------------------------------------------------------- what people do

    def _do(self, action: Callable[..., None], number: str, *arguments: str | int) -> None:
        action(PORTS[number], *arguments)
        self.pump()
        self.gateway.now_ns += 100_000_000

    def lift(self, number: str) -> None:
        self._do(self.gateway.lift, number)

    def hang_up(self, number: str, *opened_ns: int) -> None:
        self._do(self.gateway.replace, number, *opened_ns)

    def dial(self, number: str, digits: str) -> None:
        self._do(self.gateway.dial, number, digits)

    def pause(self, number: str) -> None:
        self._do(self.gateway.pause, number)

    def flash(self, number: str) -> None:
        self._do(self.gateway.flash, number)

    def played(self, number: str, failed: bool = False) -> None:
        self._do(self.gateway.played, number, failed)

    def call(self, caller: str, digits: str) -> None:
        self.lift(caller)
        self.dial(caller, digits)

    def connect(self, caller: str, called: str) -> None:
        self.call(caller, called)
        self.lift(called)

    # ---------------------------------------------------------------------------------- what a company's exchange does

    def _out_there(self, action: Callable[..., None], *arguments: Any, **named: Any) -> None:
        action(*arguments, **named)
        self.pump()
        self.gateway.now_ns += 100_000_000

    def go_on(self, port: str) -> None:
        """Dial tone and digits; or the rest of the line is over."""
        self._out_there(self.gateway.go_on, port)

    def far_end_answers(self, port: str, by: str = "reversal") -> None:
        self._out_there(self.gateway.far_end_answers, port, by)

    def far_end_releases(self, port: str, reason: str = "reversal", cause: int = 16) -> None:
        self._out_there(self.gateway.release, port, reason, cause)

    def ring_in(self, port: str, number: str | None = None, **named: Any) -> None:
        self._out_there(self.gateway.ring_in, port, number, **named)

    def call_out(self, caller: str, number: str, port: str = "fxo/2") -> None:
        """Dialled, and the digits are out."""
        self.call(caller, f"0{number}")
        self.go_on(port)

    # ------------------------------------------------------------------------------------------ what is heard and seen

    def hears(self, number: str) -> str | None:
        """The number of an extension, or a company line."""
        return self.gateway.hears(PORTS.get(number, number))

    def talks(self, number: str, *others: str) -> bool:
        return self.hears(number) == "+".join(sorted(PORTS.get(other, other) for other in others))

    def rings(self, number: str) -> bool:
        return self.gateway.lines[PORTS[number]].ring is not None

    def shows(self, number: str) -> tuple[str, str]:
        caller = self.gateway.lines[PORTS[number]].caller
        assert caller is not None
        return caller.number, caller.name

    def line(self, number: str) -> d.LineView:
        return next(line for line in self.agent.lines() if line.port == PORTS.get(number, number))

    def last(self) -> d.LegRecord:
        return next(reversed(self.records.values()))

    def quiet(self) -> bool:
        """Nothing stands any more."""
        lines = self.gateway.lines.values()
        still = all(line.ring is None and line.connection is None for line in lines)
        return still and not self.gateway.connections and not self.agent.calls() and not self.open

    def lodged(self) -> Lodge:
        return next(s.command for s in reversed(self.decided) if isinstance(s, d.Send) and isinstance(s.command, Lodge))
