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
    ClearAlarm,
    Decision,
    LineChanged,
    LineView,
    Note,
    Party,
    Send,
)
from firmware.exchange.features.emergency import PastEmergency, subject_at
from firmware.exchange.features.emergency_lines import NO_LINE
from firmware.exchange.features.wakeups import Attempt
from firmware.exchange.half import Half
from firmware.exchange.numbering import AgentSettings, Extension, Instant, NumberingPlan
from firmware.exchange.tags import connection_tag, endpoint_tag
from firmware.exchange.telephone import HalfCall
from firmware.exchange.terminals import Telephone, Terminal, TrunkLine
from firmware.exchange.trunk_half import TrunkHalf
from firmware.gateway.messages import (
    Apply,
    Collect,
    Command,
    Connect,
    Disconnect,
    ForgetJournal,
    Place,
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
        self.trunks: dict[str, TrunkLine] = {}
        self.calls: dict[str, Call] = {}
        """By leg, in the order they began."""
        self.guests: dict[str, str] = {}
        """Room to the name that staff telephones show."""
        self.room_classes: dict[str, str] = {}
        """Room to the class of restriction that the desk or the PMS has given it."""
        self.occupied: set[str] = set()
        self.languages: dict[str, str] = {}
        """Room to the language of its announcements."""
        self.calls_refused: set[str] = set()
        """Extensions whose guest wants no calls from other rooms."""
        self.attempts: dict[str, Attempt] = {}
        """Wake-ups that the gateway carries out now, by id."""
        self.wakeups_told: set[str] = set()
        """Journal entries of wake-ups of which reports have been made."""
        self.acts: dict[str, Half] = {}
        """Who waits for something to be done in the hotel."""
        self.past_emergencies: list[PastEmergency] = []
        self.refusals = 0
        self._halves: dict[str, Half] = {}
        self._timers = Timers()
        self._timeouts: dict[str, Enum] = {}
        self._posted: deque[tuple[Half, Enum, tuple[Any, ...]]] = deque()
        self._decisions: list[Decision] = []
        self._touched_calls: dict[str, Call] = {}
        self._touched_terminals: dict[str, Terminal] = {}
        self._call_views: dict[str, CallView] = {}
        self._line_views: dict[str, LineView] = {}
        self._serial = 0

    # ------------------------------------------------------------------------------------------------------- objects

    def terminal(self, endpoint: str) -> Terminal | None:
        return self.telephones.get(endpoint) or self.trunks.get(endpoint)

    def telephone_of(self, extension: Extension) -> Telephone | None:
        return None if extension.port is None else self.telephones.get(extension.port)

    def new_call(self, root: str | None = None) -> Call:
        call = Call(self, self.new_id(), self.new_id(), self.at_ns, root)
        self.calls[call.leg] = call
        self.touch(call)
        return call

    def new_half(self, telephone: Telephone, call: Call | None) -> HalfCall:
        """A half-call of this telephone, in the foreground."""
        half = HalfCall(self, telephone, call, self._name("half-call", telephone))
        self._halves[half.name] = half
        telephone.halves.append(half)
        return half

    def new_trunk_half(self, line: TrunkLine, call: Call) -> TrunkHalf:
        """A call at this company line."""
        half = TrunkHalf(self, line, call, self._name("trunk-call", line))
        self._halves[half.name] = half
        line.half = half
        return half

    def _name(self, kind: str, terminal: Terminal) -> str:
        self._serial += 1
        return f"{kind} {terminal.endpoint} {self._serial}"

    def parties(self) -> list[Half]:
        """Everybody who has a part in a call."""
        return list(self._halves.values())

    def forget_half(self, half: Half) -> None:
        self._halves.pop(half.name, None)
        half.terminal.drop(half)
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
            if isinstance(command, Apply | Collect | Ring):
                terminal = self.terminal(command.endpoint)
                if terminal is not None:
                    terminal.signalled_ns = self.now.monotonic_ns
            self.decide(Send(command))

    def play(self, endpoint: str, tone: Tone | None, overlay: bool = False) -> None:
        """Let a telephone hear a tone, or (None) its connection."""
        self.send(Apply(endpoint=endpoint, signal=None if tone is None else Signal(tone=tone, overlay=overlay)))

    def in_language(self, extension: Extension | None, signal: Signal) -> Signal:
        """An announcement in the language of the room, where that is known."""
        room = None if extension is None else extension.guest_room
        language = self.languages.get(room or "")
        if language is None or not signal.prompts:
            return signal
        return msgspec.structs.replace(signal, prompts=tuple(f"{language}/{name}" for name in signal.prompts))

    def undo(self, connection: str | None) -> None:
        """End what the gateway made for an answer that came too late, unless others are in it by now (pick-up)."""
        if connection is not None and not any(c.connection == connection and c.connected for c in self.calls.values()):
            self.send(Disconnect(connection=connection))

    def touch(self, thing: Call | Terminal | None) -> None:
        """It may look different now: tag and view are compared at the end."""
        if isinstance(thing, Call):
            self._touched_calls[thing.leg] = thing
            thing = None if thing.calling is None else thing.calling.terminal  # whose tag has the whole call
        if thing is not None:
            self._touched_terminals[thing.endpoint] = thing

    def forget_journal(self, entry: str) -> None:
        self.send(ForgetJournal(entries=(entry,)))

    # -------------------------------------------------------------------------------------------------------- events

    def post(self, half: Half, event: Enum, *arguments: Any) -> None:
        """Tell another half-call, as soon as the present one has finished."""
        self._posted.append((half, event, arguments))

    def settle(self) -> None:
        """Work off what was posted, in its order."""
        while self._posted:
            half, event, arguments = self._posted.popleft()
            if half.alive:
                half.feed(event, *arguments)

    def due(self, now: Instant) -> Iterator[tuple[Half, Enum] | Call]:
        """The half-calls whose timers have run out, and the calls that are to be tried again."""
        for name in self._timers.due(now.seconds):
            half, event = self._halves.get(str(name)), self._timeouts.pop(str(name), None)
            if half is not None and event is not None:
                yield half, event
            elif (call := self.calls.get(str(name))) is not None:
                yield call

    def call_due(self, call: Call, spec: TimerSpec, since_ns: int) -> None:
        """Have the call among those that are due, that time after the instant."""
        self._timers.arm(call.leg, since_ns / 1e9 + spec.value(self.settings.timers))

    def call_due_at(self, call: Call, at_ns: int | None) -> None:
        """Have the call among those that are due at this instant; None: never."""
        if at_ns is None:
            self._timers.disarm(call.leg)
        else:
            self._timers.arm(call.leg, at_ns / 1e9)

    def remember_emergency(self, call: Call) -> None:
        """A call back would be for who placed it: from now on, and again when the call is over."""
        extension = self.plan.by_port.get(call.from_endpoint or "")
        if extension is not None:
            past = PastEmergency(extension.number, call.dialled, self.now.monotonic_ns)
            self.past_emergencies = [*(old for old in self.past_emergencies if not old.like(past)), past]

    def emergency_over(self, call: Call) -> None:
        """Nobody waits for a line any more; that there was a call stands until somebody acknowledges it."""
        self.remember_emergency(call)
        if call.no_line and call.from_endpoint is not None:
            who = subject_at(call.from_endpoint, self.plan.by_port.get(call.from_endpoint))
            self.decide(ClearAlarm(NO_LINE, who))

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
        if endpoint in self.trunks:
            return self.trunks[endpoint].party()
        extension = self.plan.by_port.get(endpoint) if endpoint is not None else None
        return Party(port=endpoint) if extension is None else self.party_of(extension)

    def name_of(self, extension: Extension) -> str | None:
        """The guest's name, or the extension's own."""
        guest = self.guests.get(extension.room) if extension.room is not None and extension.kind == "room" else None
        return guest or extension.name

    def class_of(self, extension: Extension) -> str:
        """The class of restriction that is in force."""
        return self.plan.class_of(extension, self.room_classes, self.occupied)

    # --------------------------------------------------------------------------------------------------------- finish

    def finish(self) -> list[Decision]:
        """The decisions of this entry: with tags as things stand now, and what has come to look different."""
        decisions = [self._with_tag(decision) for decision in self._decisions]
        self._decisions = []
        for terminal in self._touched_terminals.values():
            tag = endpoint_tag(terminal)
            if tag != terminal.tag:
                terminal.tag = tag
                decisions.append(Send(Tag(endpoint=terminal.endpoint, tag=tag)))
        decisions += self._changed_calls()
        decisions += self._changed_lines()
        self._touched_calls.clear()
        self._touched_terminals.clear()
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
        if isinstance(command, Place):
            line = self.trunks[command.endpoint]
            line.tag = endpoint_tag(line)
            dialled = None if command.on_dialled is None else self._tagged(command.on_dialled)
            return Send(msgspec.structs.replace(command, tag=line.tag, on_dialled=dialled), decision.gateway)
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
        for terminal in self._touched_terminals.values():
            view = terminal.view()
            if view != self._line_views.get(terminal.endpoint):
                self._line_views[terminal.endpoint] = view
                yield LineChanged(view)
