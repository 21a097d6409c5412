"""What the parts of call control share: the telephones and calls that stand, the timers, and the decisions so far."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from enum import Enum
from typing import Any

import msgspec

from firmware.exchange.call import Call
from firmware.exchange.decisions import (
    CallChanged,
    CallView,
    Decision,
    LineChanged,
    LineView,
    Note,
    Party,
    Send,
)
from firmware.exchange.numbering import AgentSettings, Extension, Instant, NumberingPlan
from firmware.exchange.tags import connection_tag, endpoint_tag
from firmware.exchange.telephone import HalfCall, Telephone
from firmware.gateway.messages import (
    Apply,
    Collect,
    Command,
    Connect,
    ForgetJournal,
    Ring,
    Signal,
    Tag,
    Tone,
)
from firmware.timers import Timers, TimerSpec


class Core:
    """State of one agent. Every entry sets `now`, works, and takes the decisions away with `finish`."""

    def __init__(self, plan: NumberingPlan, settings: AgentSettings, new_id: Callable[[], str], now: Instant) -> None:
        self.plan = plan
        self.settings = settings
        self.new_id = new_id
        self.now = now
        self.at_ns = now.monotonic_ns
        """When what is dealt with happened: an event has been on its way for a while, a hang-up for a second."""
        self.telephones: dict[str, Telephone] = {}
        self.calls: dict[str, Call] = {}
        """By leg, in the order they began."""
        self.guests: dict[str, str] = {}
        """Room to the name that staff telephones show."""
        self.refusals = 0
        self._halves: dict[str, HalfCall] = {}
        self._timers = Timers()
        self._timeouts: dict[str, Enum] = {}
        self._posted: deque[tuple[HalfCall, Enum, tuple[Any, ...]]] = deque()
        self._decisions: list[Decision] = []
        self._touched_calls: dict[str, Call] = {}
        self._touched_telephones: dict[str, Telephone] = {}
        self._call_views: dict[str, CallView] = {}
        self._line_views: dict[str, LineView] = {}
        self._serial = 0

    # ------------------------------------------------------------------------------------------------------- objects

    def telephone_of(self, extension: Extension) -> Telephone | None:
        return None if extension.port is None else self.telephones.get(extension.port)

    def new_call(self, root: str | None = None) -> Call:
        call = Call(self, self.new_id(), self.new_id(), self.at_ns, root)
        self.calls[call.leg] = call
        self.touch(call)
        return call

    def new_half(self, telephone: Telephone, call: Call | None) -> HalfCall:
        """A half-call of this telephone, in the foreground."""
        self._serial += 1
        half = HalfCall(self, telephone, call, f"half-call {telephone.endpoint} {self._serial}")
        self._halves[half.name] = half
        telephone.halves.append(half)
        return half

    def forget_half(self, half: HalfCall) -> None:
        self._halves.pop(half.name, None)
        if half in half.telephone.halves:
            half.telephone.halves.remove(half)
        if half.call is not None:
            half.call.detach(half)
            half.call = None

    def rename(self, call: Call, call_id: str) -> None:
        """The call goes on under the id of the call that it took over (transfer)."""
        former = self._call_views.pop(call.id, None)
        if former is not None and call.id != call_id:
            self.decide(CallChanged(former, ended=True))
        call.id = call_id
        self.touch(call)

    # ----------------------------------------------------------------------------------------------------- decisions

    def decide(self, decision: Decision) -> None:
        self._decisions.append(decision)

    def note(self, verb: str, **pairs: object) -> None:
        self.decide(Note(verb, pairs))

    def send(self, *commands: Command) -> None:
        for command in commands:
            endpoint = getattr(command, "endpoint", None)
            if isinstance(command, Apply | Collect | Ring) and endpoint in self.telephones:
                self.telephones[command.endpoint].signalled_ns = self.now.monotonic_ns
            self.decide(Send(command))

    def play(self, endpoint: str, tone: Tone | None, overlay: bool = False) -> None:
        """Let a telephone hear a tone, or (None) its connection."""
        self.send(Apply(endpoint=endpoint, signal=None if tone is None else Signal(tone=tone, overlay=overlay)))

    def touch(self, thing: Call | Telephone) -> None:
        """It may look different now: tag and view are compared at the end."""
        if isinstance(thing, Call):
            self._touched_calls[thing.leg] = thing
        else:
            self._touched_telephones[thing.endpoint] = thing

    def forget_journal(self, entry: str) -> None:
        self.send(ForgetJournal(entries=(entry,)))

    # -------------------------------------------------------------------------------------------------------- events

    def post(self, half: HalfCall, event: Enum, *arguments: Any) -> None:
        """Tell another half-call, as soon as the present one has finished."""
        self._posted.append((half, event, arguments))

    def settle(self) -> None:
        """Work off what was posted, in its order."""
        while self._posted:
            half, event, arguments = self._posted.popleft()
            if half.alive:
                half.feed(event, *arguments)

    def due(self, now: Instant) -> Iterator[tuple[HalfCall, Enum]]:
        """The half-calls whose timers have run out."""
        for name in self._timers.due(now.seconds):
            half, event = self._halves.get(str(name)), self._timeouts.pop(str(name), None)
            if half is not None and event is not None:
                yield half, event

    def next_deadline_ns(self) -> int | None:
        seconds = self._timers.next_deadline()
        return None if seconds is None else round(seconds * 1e9)

    # --------------------------------------------------------------------------------------- the machines' surroundings

    def arm_timer(self, machine: str, spec: TimerSpec, event: Enum) -> None:
        self._timeouts[machine] = event
        self._timers.arm(machine, self.now.seconds + spec.value(self.settings.timers))

    def disarm_timer(self, machine: str) -> None:
        self._timers.disarm(machine)
        self._timeouts.pop(machine, None)

    def refused(self, machine: str, state: Enum, event: Enum) -> None:
        self.refusals += 1
        self.note("refused-event", machine=machine, state=state.name, event=event.name)

    # --------------------------------------------------------------------------------------------------------- people

    def party_of(self, extension: Extension) -> Party:
        return Party(
            port=extension.port,
            extension=extension.number,
            room=extension.room,
            number=extension.number,
            name=self.name_of(extension),
        )

    def party_at(self, endpoint: str | None) -> Party:
        extension = self.plan.by_port.get(endpoint) if endpoint is not None else None
        return Party(port=endpoint) if extension is None else self.party_of(extension)

    def name_of(self, extension: Extension) -> str | None:
        """The guest's name, or the extension's own."""
        guest = self.guests.get(extension.room) if extension.room is not None and extension.kind == "room" else None
        return guest or extension.name

    # --------------------------------------------------------------------------------------------------------- finish

    def finish(self) -> list[Decision]:
        """The decisions of this entry: with tags as things stand now, and what has come to look different."""
        decisions = [self._with_tag(decision) for decision in self._decisions]
        self._decisions = []
        for telephone in self._touched_telephones.values():
            tag = endpoint_tag(telephone)
            if tag != telephone.tag:
                telephone.tag = tag
                decisions.append(Send(Tag(endpoint=telephone.endpoint, tag=tag)))
        decisions += self._changed_calls()
        decisions += self._changed_lines()
        self._touched_calls.clear()
        self._touched_telephones.clear()
        return decisions

    def _with_tag(self, decision: Decision) -> Decision:
        if not isinstance(decision, Send):
            return decision
        command = decision.command
        if isinstance(command, Ring):
            telephone = self.telephones[command.endpoint]
            telephone.tag = endpoint_tag(telephone)
            answer = None if command.on_answer is None else self._tagged(command.on_answer)
            return Send(msgspec.structs.replace(command, tag=telephone.tag, on_answer=answer), decision.gateway)
        if isinstance(command, Connect):
            return Send(self._tagged(command), decision.gateway)
        return decision

    def _tagged(self, command: Connect) -> Connect:
        for call in self.calls.values():
            if call.connection == command.connection:
                return msgspec.structs.replace(command, tag=connection_tag(call))
        return command

    def _changed_calls(self) -> Iterator[Decision]:
        for call in self._touched_calls.values():
            former = self._call_views.get(call.id)
            if call.ended:
                successor = any(c.id == call.id for c in self.calls.values())
                if former is not None and not successor:
                    del self._call_views[call.id]
                    yield CallChanged(former, ended=True)
                continue
            view = call.view()
            if view != former:
                self._call_views[call.id] = view
                yield CallChanged(view)

    def _changed_lines(self) -> Iterator[Decision]:
        for telephone in self._touched_telephones.values():
            view = telephone.view()
            if view != self._line_views.get(telephone.endpoint):
                self._line_views[telephone.endpoint] = view
                yield LineChanged(view)
