"""The call agent: gateway events, timers and requests in, decisions out. It holds no clock and does no I/O."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from firmware.errors import RefusedError
from firmware.exchange import adopt, incoming, lines, trunks
from firmware.exchange.agent_house import HouseRequests
from firmware.exchange.agent_machine import MachineRequests
from firmware.exchange.call import Call
from firmware.exchange.causes import Cause
from firmware.exchange.core import Core
from firmware.exchange.decisions import CallView, Decision, EmergencyCheck, LegRecord, LineView, Send
from firmware.exchange.features import click, credit, emergency_lines, lamps, menu, wakeups
from firmware.exchange.features.emergency import PastEmergency
from firmware.exchange.half_call import ALERTING, State
from firmware.exchange.numbering import AgentSettings, Instant, NumberingPlan
from firmware.exchange.originate import arm
from firmware.exchange.resident import resident_plan
from firmware.gateway import messages
from firmware.gateway.messages import (
    Apply,
    AuditReport,
    Collect,
    Command,
    Connect,
    Lodge,
    LodgeWakeups,
    Place,
    ProbeTrunk,
    Record,
    Ring,
    Wake,
)


def call_is_due(call: Call) -> None:
    """An emergency tries all lines again; a guest's credit runs out; two lines have been joined for long enough; or
    nobody has answered the exchange's own call.
    """
    if call.emergency:
        emergency_lines.try_again(call)
    elif call.paid_by is not None:
        credit.look_after(call.core, call.paid_by)
    else:
        call.release(Cause.NORMAL_CLEARING if call.summons is None else Cause.NO_ANSWER)


class CallAgent(HouseRequests, MachineRequests):
    """Controls the telephones of one gateway.

    `begin` comes first, with each connection to the gateway; then `handle` for each of its events, `tick` when
    `next_deadline_ns` has come, `refused` for each command that it refused, `lost` when it has died. All return what is
    to be done, in order. `new_id` gives an id that is unique for ever, at most 24 characters.
    """

    def __init__(self, plan: NumberingPlan, settings: AgentSettings, new_id: Callable[[], str]) -> None:
        super().__init__(plan, settings, new_id)
        self._handlers: dict[type, Callable[..., None]] = {
            messages.OffHook: lines.off_hook,
            messages.OnHook: lines.on_hook,
            messages.Flash: lines.flash,
            messages.DigitsStarted: lines.digits_started,
            messages.Digits: lines.digits,
            messages.PlaybackDone: lines.playback_done,
            messages.RecordingEnded: lines.recording_ended,
            messages.Alarm: lines.alarm,
            messages.Service: lines.service,
            messages.IncomingCall: incoming.call_in,
            messages.TrunkProgress: trunks.progress,
            messages.TrunkAnswered: trunks.answered,
            messages.TrunkReleased: trunks.released,
            messages.TrunkProbed: trunks.probed,
            messages.RingingStarted: wakeups.rings,
            messages.WakeupAnswered: wakeups.answered,
            messages.WakeupEnded: wakeups.ended,
        }

    # ------------------------------------------------------------------------------------------------------- gateway

    def begin(
        self,
        audit: AuditReport,
        now: Instant,
        *,
        open_records: Sequence[LegRecord] = (),
        known_entries: Iterable[str] = (),
    ) -> list[Decision]:
        """Take a gateway over as the audit found it: calls are rebuilt, telephones armed, the resident plan lodged.

        `open_records`: what the store holds as open; those that do not stand any more are closed. `known_entries`: the
        journal entries whose records are on disk already.
        """
        of_before = self._leave(self._core, audit, now)
        core = self._core = Core(self._plan, self._settings, self._new_id, now)
        core.guests, core.room_classes = dict(self._guests), dict(self._room_classes)
        core.occupied, core.past_emergencies = set(self._occupied), list(self._past_emergencies)
        core.wakeups_told = self._wakeups_told
        core.languages, core.calls_refused = dict(self._languages), set(self._calls_refused)
        adopt.terminals(core, audit)
        for telephone in core.telephones.values():
            number = "" if telephone.extension is None else telephone.extension.number
            telephone.do_not_disturb = number in self._dnd
            telephone.forward = self._forward.get(number, frozenset())
            lamps.light(core, telephone, number in self._lit)
            arm(core, telephone)
        plan = resident_plan(core)
        if audit.plan != plan.revision:
            core.send(Lodge(plan=plan))
        revision, lodged = self._wakeups or (audit.wakeups, ())
        if revision is not None and revision != audit.wakeups:
            core.send(LodgeWakeups(revision=revision, wakeups=lodged))
        adopt.calls(core, audit, open_records, frozenset(known_entries), {wakeup.id: wakeup for wakeup in lodged})
        self._take_journal(core, audit)
        return [*of_before, *self._finish()]

    def handle(self, event: messages.Event, now: Instant) -> list[Decision]:
        """An event of the gateway; what is none of call control's business gives no decision."""
        core = self._enter(now)
        handler = self._handlers.get(type(event))
        if handler is not None:
            core.at_ns = min(core.at_ns, getattr(event, "at_ns", core.at_ns))
            handler(core, event)
        return self._finish()

    def tick(self, now: Instant) -> list[Decision]:
        """Let the timers that are due run out."""
        core = self._enter(now)
        for due in core.due(now):
            if isinstance(due, Call):
                call_is_due(due)
            else:
                half, event = due
                half.feed(event)
            core.settle()
        return self._finish()

    def next_deadline_ns(self) -> int | None:
        """When `tick` has something to do; None: nothing runs."""
        return None if self._core is None else self._core.next_deadline_ns()

    def refused(self, command: Command, error: messages.Error, now: Instant) -> list[Decision]:
        """The gateway refused a command. Where the telephone has moved on meanwhile, its event says how."""
        core = self._enter(now)
        core.note("command-refused", command=type(command).__name__, fault=error.fault, code=error.code)
        if isinstance(command, Ring):
            telephone = core.telephones.get(command.endpoint)
            front = None if telephone is None else telephone.front
            if telephone is not None and error.code == "wakeup":
                wakeups.keeps(core, telephone)
            if front is not None and front.state in ALERTING and front.state is not State.WAKING:
                lines.could_not_ring(front)
        elif isinstance(command, Wake):
            wakeups.refused(core, command, error)
        elif isinstance(command, Record):
            lines.could_not_record(core, command)
        elif isinstance(command, Apply | Collect) and error.fault != "state":
            lines.could_not_speak(core, command)
        elif isinstance(command, Place):
            trunks.refused_to_place(core, command, error)
        elif isinstance(command, ProbeTrunk):
            trunks.refused_to_probe(core, command)
        elif isinstance(command, Connect) and error.fault != "state":
            lines.could_not_connect(core, command.connection)
        return self._finish()

    def lost(self, now: Instant) -> list[Decision]:
        """The gateway has died: its calls are over, without anybody having hung up."""
        core = self._enter(now)
        attempts = wakeups.never_told(core, core.attempts)
        menu.abandon(core)
        for call in list(core.calls.values()):
            call.close_record(Cause.TEMPORARY_FAILURE, "lost")
        decisions = [*attempts, *self._finish()]
        self._core = None
        return [decision for decision in decisions if not isinstance(decision, Send)]

    # ------------------------------------------------------------------------------------------------------- requests

    def dial(self, from_number: str, to_number: str, now: Instant) -> tuple[str, list[Decision]]:
        """Click to dial: the call's id, and what is to be done. Raises RefusedError."""
        core = self._enter(now)
        call = click.dial(core, from_number, to_number)
        return call, self._finish()

    def clear(self, call_id: str, now: Instant) -> list[Decision]:
        """End a call; those who are in it hear busy. Raises RefusedError for an unknown one."""
        core = self._enter(now)
        calls = [call for call in core.calls.values() if call.id == call_id]
        if not calls:
            raise RefusedError("unknown-call", f"there is no call {call_id}")
        if any(call.emergency for call in calls):
            raise RefusedError("emergency", "an emergency call is ended by its caller alone")
        for call in calls:
            call.release(Cause.NORMAL_CLEARING)
        return self._finish()

    def return_to_service(self, port: str, now: Instant) -> list[Decision]:
        """A person says that a port may be tried again. Raises RefusedError for an unknown one."""
        core = self._enter(now)
        if core.terminal(port) is None:
            raise RefusedError("unknown-port", f"there is no port {port}")
        core.send(messages.ReturnToService(endpoint=port))
        return self._finish()

    def probe_trunks(self, now: Instant) -> tuple[EmergencyCheck, list[Decision]]:
        """The technician's dry run of an emergency call: nobody is dialled; `TrunkTested` follows for each line."""
        check = emergency_lines.dry_run(self._enter(now))
        return check, self._finish()

    def allowance_changed(self, room: str | None, now: Instant) -> list[Decision]:
        """What a room may still spend has changed, or (None) any room's may have: its calls that stand end by that.

        To be told when a charge was written, and when a limit or the tariff changes.
        """
        if self._core is None:
            return []
        core = self._enter(now)
        for paying in credit.rooms(core) if room is None else (room,):
            credit.look_after(core, paying)
        return self._finish()

    def remember_emergency(self, extension: str, dialled: str, at_ns: int) -> None:
        """An emergency call of before, so that a call back finds its room."""
        self._past_emergencies.append(PastEmergency(extension, dialled, at_ns))

    # ---------------------------------------------------------------------------------------------------------- views

    @property
    def settings(self) -> AgentSettings:
        return self._settings

    def calls(self) -> list[CallView]:
        """The calls that stand, in the order they began."""
        return [] if self._core is None else [call.view() for call in self._core.calls.values()]

    def lines(self) -> list[LineView]:
        if self._core is None:
            return []
        return [terminal.view() for terminal in (*self._core.telephones.values(), *self._core.trunks.values())]

    @property
    def refusals(self) -> int:
        """Events that a table had no rule for."""
        return 0 if self._core is None else self._core.refusals
