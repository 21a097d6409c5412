"""A gateway for tests: keeps the rules of firmware/gateway/messages.py, and the telephones do what a test says."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import Literal

import msgspec

from firmware.gateway import messages as m
from firmware.gateway.digitmap import match


@dataclass
class Line:
    """One telephone's line."""

    endpoint: str
    off_hook: bool = False
    armed: m.OffHookPlan | None = None
    flash: bool = False
    ring: m.Ring | None = None
    collecting: m.DigitMap | None = None
    owned: bool = False
    """The signal is the collection's, and ends at its first digit."""
    digits: str = ""
    signal: m.Signal | None = None
    connection: str | None = None
    tag: bytes = b""
    service: str = "in-service"
    caller: m.CallerId | None = None
    lamp: bool | None = None
    wakeup: str | None = None
    recording: m.Record | None = None


@dataclass
class TrunkLine(Line):
    """A company line. `off_hook`: seized."""

    stage: m.TrunkStage = "idle"
    incoming: bool = False
    placed: m.Place | None = None
    presented: bool = False
    since_ns: int = 0
    answered_ns: int | None = None
    answered_by: m.AnsweredBy | None = None
    deaf: bool = False
    """Gives no dial tone."""
    probes: int = 0


@dataclass
class Connection:
    name: str
    tag: bytes
    legs: dict[str, m.Leg]
    since_ns: int


@dataclass
class Waking:
    """An attempt of a wake-up that stands."""

    command: m.Wake
    began_ns: int
    digits: str = ""
    ending: bool = False
    """Stopped, and its journal is not on the disk yet."""


class RefusedError(Exception):
    def __init__(self, fault: str, code: str) -> None:
        super().__init__(code)
        self.error = m.Error(fault=fault, code=code, text=code)  # type: ignore[arg-type]


@dataclass
class SimGateway:
    """Commands come in by `execute`; what it reports is in `events`, in order."""

    endpoints: list[str]
    now_ns: int = 1_000_000_000_000
    lines: dict[str, Line] = field(default_factory=dict)
    connections: dict[str, Connection] = field(default_factory=dict)
    events: deque[m.Event] = field(default_factory=deque)
    journal: dict[str, m.JournalEntry] = field(default_factory=dict)
    plan: m.ResidentPlan | None = None
    alone: bool = False
    """No agent: hang-ups out of connections, and answers of far ends, are written into the journal."""
    entries: int = 0
    attempts: dict[str, Waking] = field(default_factory=dict)
    lodged: m.LodgeWakeups | None = None

    def __post_init__(self) -> None:
        self.lines = {
            endpoint: Line(endpoint) if endpoint.startswith("fxs/") else TrunkLine(endpoint)
            for endpoint in self.endpoints
        }

    def trunk(self, endpoint: str) -> TrunkLine:
        line = self.lines[endpoint]
        assert isinstance(line, TrunkLine)
        return line

    # ------------------------------------------------------------------------------------------------------- commands

    def execute(self, command: m.Command) -> m.Error | None:
        """Carry out a command, or say why not; a refused one changes nothing."""
        try:
            self._dispatch(msgspec.msgpack.decode(msgspec.msgpack.encode(command), type=m.Command))
        except RefusedError as refused:
            return refused.error
        return None

    def _dispatch(self, command: m.Command) -> None:
        name = type(command).__name__
        tag = getattr(command, "tag", b"") or b""
        assert len(tag) <= m.MAX_TAG_BYTES
        handler = getattr(self, f"_{name.lower()}", None)
        assert handler is not None, f"{name} is not for call control"
        handler(command)

    def _line(self, endpoint: str) -> Line:
        line = self.lines.get(endpoint)
        if line is None:
            raise RefusedError("agent", "unknown-endpoint")
        return line

    def _off_hook_line(self, endpoint: str) -> Line:
        line = self._line(endpoint)
        if not line.off_hook:
            raise RefusedError("state", "on-hook")
        return line

    def _not_waking(self, endpoint: str) -> None:
        if self._line(endpoint).wakeup is not None:
            raise RefusedError("state", "wakeup")

    def _arm(self, command: m.Arm) -> None:
        line = self._line(command.endpoint)
        line.armed, line.flash = command.plan, command.flash

    def _tag(self, command: m.Tag) -> None:
        self._line(command.endpoint).tag = command.tag

    def _collect(self, command: m.Collect) -> None:
        self._not_waking(command.endpoint)
        line = self._off_hook_line(command.endpoint)
        line.collecting, line.digits = command.digit_map, ""
        line.owned = command.signal is not None
        line.signal = command.signal or line.signal
        if command.tag is not None:
            line.tag = command.tag

    def _connect(self, command: m.Connect) -> None:
        for leg in command.legs:
            self._not_waking(leg.endpoint)
            line = self._line(leg.endpoint)
            rings_in = isinstance(line, TrunkLine) and line.stage == "ringing-in"
            if not line.off_hook and not rings_in:
                raise RefusedError("state", "on-hook")
            if line.connection not in (None, command.connection):
                raise RefusedError("state", "in-another-connection")
        for leg in command.legs:
            if isinstance(line := self.lines[leg.endpoint], TrunkLine) and line.stage == "ringing-in":
                self._take_call(line)
        self._end(command.connection)
        if command.legs:
            legs = {leg.endpoint: leg for leg in command.legs}
            self.connections[command.connection] = Connection(command.connection, command.tag, legs, self.now_ns)
            for endpoint in legs:
                self.lines[endpoint].connection = command.connection
                self.lines[endpoint].collecting, self.lines[endpoint].digits = None, ""

    def _end(self, name: str) -> None:
        standing = self.connections.pop(name, None)
        for endpoint in standing.legs if standing else ():
            self.lines[endpoint].connection = None

    def _disconnect(self, command: m.Disconnect) -> None:
        self._end(command.connection)

    def _ring(self, command: m.Ring) -> None:
        self._not_waking(command.endpoint)
        line = self._line(command.endpoint)
        if line.off_hook:
            raise RefusedError("state", "off-hook")
        if line.service != "in-service":
            raise RefusedError("gateway", "out-of-service")
        line.ring, line.tag, line.caller = command, command.tag, command.caller

    def _stopring(self, command: m.StopRing) -> None:
        self._not_waking(command.endpoint)
        self._line(command.endpoint).ring = None

    def _apply(self, command: m.Apply) -> None:
        self._not_waking(command.endpoint)
        line = self._off_hook_line(command.endpoint)
        line.signal, line.owned, line.digits = command.signal, False, ""
        if command.tag is not None:
            line.tag = command.tag

    def _lamp(self, command: m.Lamp) -> None:
        self._line(command.endpoint).lamp = command.lit

    def _lodge(self, command: m.Lodge) -> None:
        self.plan = command.plan

    def _forgetjournal(self, command: m.ForgetJournal) -> None:
        for entry in command.entries:
            if entry in self.journal and self.journal[entry].ended_ns is not None:
                del self.journal[entry]

    def _returntoservice(self, command: m.ReturnToService) -> None:
        self.fail(command.endpoint, "in-service")

    def _record(self, command: m.Record) -> None:
        self._off_hook_line(command.endpoint).recording = command

    def _stoprecord(self, command: m.StopRecord) -> None:
        self._line(command.endpoint).recording = None

    # ------------------------------------------------------------------------------------------------------- wake-ups

    def _wake(self, command: m.Wake) -> None:
        wakeup = command.wakeup
        if wakeup.id in self.attempts:
            raise RefusedError("state", "standing")
        if any(e.wakeup == wakeup.id and e.outcome in ("confirmed", "answered") for e in self.journal.values()):
            raise RefusedError("state", "over")
        usable = [line for line in map(self._line, wakeup.endpoints) if line.service == "in-service"]
        idle = [line for line in usable if not line.off_hook and line.ring is None and line.wakeup is None]
        if not idle:
            raise RefusedError("state", "busy" if usable else "failed")
        self.attempts[wakeup.id] = Waking(command, self.now_ns)
        for line in idle:
            line.wakeup = wakeup.id
            self.events.append(
                m.RingingStarted(endpoint=line.endpoint, at_ns=self.now_ns, tag=line.tag, wakeup=line.wakeup)
            )

    def _stopwake(self, command: m.StopWake) -> None:
        """Telephones that only ring are free at once; one that was lifted when it is on the disk (see `kept`)."""
        lines = [line for line in self.lines.values() if line.wakeup == command.id]
        if not any(line.off_hook for line in lines):
            self.end_wakeup(command.id, "stopped")
        elif command.id in self.attempts:
            self.attempts[command.id].ending = True

    def kept(self) -> None:
        """What was stopped is in the journal, on the disk."""
        for name, attempt in list(self.attempts.items()):
            if attempt.ending:
                self.end_wakeup(name, "stopped")

    def _join_attempt(self, line: Line) -> None:
        """A telephone that comes free while its room is woken rings too."""
        for name, attempt in self.attempts.items():
            members = [other for other in self.lines.values() if other.wakeup == name]
            free = line.wakeup is None and line.service == "in-service"
            if free and line.endpoint in attempt.command.wakeup.endpoints and not any(o.off_hook for o in members):
                line.wakeup = name
                self.events.append(
                    m.RingingStarted(endpoint=line.endpoint, at_ns=self.now_ns, tag=line.tag, wakeup=line.wakeup)
                )

    def _lodgewakeups(self, command: m.LodgeWakeups) -> None:
        self.lodged = command

    def end_wakeup(self, wakeup: str, outcome: m.WakeupOutcome, digits: str = "") -> None:
        """It is in the journal, and told; the telephone that was lifted for it stays as it is."""
        attempt = self.attempts.pop(wakeup, None)
        if attempt is None:
            return
        self.entries += 1
        lifted = None
        for line in self.lines.values():
            if line.wakeup == wakeup:
                lifted = line.endpoint if line.off_hook else lifted
                line.wakeup, line.signal = None, None
        entry = f"entry-{self.entries}"
        self.journal[entry] = m.JournalEntry(
            entry=entry, boot="b", kind="wakeup", endpoints=attempt.command.wakeup.endpoints, wakeup=wakeup,
            outcome=outcome, started_ns=attempt.began_ns, ended_ns=self.now_ns, utc_ns=attempt.began_ns + 10**18,
        )  # fmt: skip
        self.events.append(
            m.WakeupEnded(
                id=wakeup, entry=entry, outcome=outcome, endpoint=lifted, started_ns=attempt.began_ns,
                at_ns=self.now_ns, digits=digits,
            )
        )  # fmt: skip

    def _wake_key(self, line: Line, digit: str) -> None:
        assert line.wakeup is not None
        attempt = self.attempts[line.wakeup]
        wakeup, attempt.digits = attempt.command.wakeup, attempt.digits + digit
        if attempt.digits in wakeup.emergency:
            self.end_wakeup(wakeup.id, "emergency", attempt.digits)
        elif not digit or not any(number.startswith(attempt.digits) for number in wakeup.emergency):
            outcome, attempt.digits = wakeup.keys.get(attempt.digits), ""
            if outcome is not None:
                self.end_wakeup(wakeup.id, outcome)

    def _lift_for_wakeup(self, line: Line) -> None:
        for other in self.lines.values():
            if other is not line and other.wakeup == line.wakeup:
                other.wakeup = None
        line.signal = m.Signal(prompts=self.attempts[str(line.wakeup)].command.wakeup.greetings[0])
        answered = m.WakeupAnswered(id=str(line.wakeup), endpoint=line.endpoint, at_ns=self.now_ns, tag=line.tag)
        self.events.append(answered)

    # ----------------------------------------------------------------------------------------------------- telephones

    def lift(self, endpoint: str) -> None:
        line = self.lines[endpoint]
        assert not line.off_hook
        line.off_hook = True
        if line.wakeup is not None:
            self._lift_for_wakeup(line)
            return
        ring, line.ring = line.ring, None
        made = None
        if ring is not None and ring.on_answer is not None:
            made = self._made(ring.on_answer)
            for other in self.lines.values():
                answer = None if other.ring is None else other.ring.on_answer
                if made is not None and answer is not None and answer.connection == made:
                    other.ring = None
        elif ring is None and line.armed is not None and line.service == "in-service":
            line.signal, line.collecting, line.digits = line.armed.signal, line.armed.digit_map, ""
            line.owned = True
        self.events.append(m.OffHook(endpoint=endpoint, at_ns=self.now_ns, answered=ring is not None, connection=made,
                                     tag=line.tag))  # fmt: skip

    def _made(self, connect: m.Connect) -> str | None:
        """Those that are still there, and those that stand in the connection already."""
        standing = self.connections.get(connect.connection)
        own = {leg.endpoint: leg for leg in connect.legs if self._may_join(leg.endpoint, connect.connection)}
        if len(own) < 2:
            return None
        legs = {**(standing.legs if standing else {}), **own}
        connect = msgspec.structs.replace(connect, legs=tuple(legs.values()))
        try:
            self._connect(connect)
        except RefusedError:
            return None
        for leg in connect.legs:
            self.lines[leg.endpoint].signal = None
        return connect.connection

    def _may_join(self, endpoint: str, connection: str) -> bool:
        line = self.lines[endpoint]
        there = line.off_hook or (isinstance(line, TrunkLine) and line.stage == "ringing-in")
        return there and line.connection in (None, connection)

    def replace(self, endpoint: str, opened_ns: int | None = None, failed: bool = False) -> None:
        """The handset is down (or the port has failed); `opened_ns`: since when, where that is told late."""
        line = self.lines[endpoint]
        assert line.off_hook
        left = line.connection
        line.off_hook, line.recording = False, None
        if line.wakeup is not None:
            self.end_wakeup(line.wakeup, "failed" if failed else "no-key")
            return
        line.signal = line.collecting = line.connection = None
        line.digits = ""
        tag = line.tag
        if left is not None:
            connection = self.connections[left]
            del connection.legs[endpoint]
            if self.alone:
                self.note("left", endpoint, left, connection.tag, failed)
            if not connection.legs:
                del self.connections[left]
        elif self.alone:
            self.note("left", endpoint, None, tag, failed)
        opened = self.now_ns if opened_ns is None else opened_ns
        self.events.append(m.OnHook(endpoint=endpoint, at_ns=opened, connection=left, failed=failed, tag=tag))
        if not failed:
            self._join_attempt(line)

    def note(
        self,
        kind: Literal["left", "answered"],
        endpoint: str,
        connection: str | None,
        tag: bytes,
        failed: bool = False,
        by: m.AnsweredBy | None = None,
    ) -> None:
        self.entries += 1
        name = f"entry-{self.entries}"
        self.journal[name] = m.JournalEntry(
            entry=name, boot="b", kind=kind, endpoints=(endpoint,), connection=connection, tag=tag,
            started_ns=self.now_ns, answered_ns=self.now_ns if kind == "answered" else None, ended_ns=self.now_ns,
            answered_by=by, lost=failed,
        )  # fmt: skip

    def flash(self, endpoint: str) -> None:
        line = self.lines[endpoint]
        if line.off_hook and line.flash:
            self.events.append(m.Flash(endpoint=endpoint, at_ns=self.now_ns, tag=line.tag))

    def dial(self, endpoint: str, digits: str) -> None:
        for digit in digits:
            line = self.lines[endpoint]
            if line.wakeup is not None:
                self._wake_key(line, digit)
                continue
            if line.recording is not None:
                self.recorded(endpoint, 3.0, digit)
            if line.collecting is None:
                return
            if not line.digits:
                line.signal = None if line.owned else line.signal
                self.events.append(m.DigitsStarted(endpoint=endpoint, at_ns=self.now_ns, tag=line.tag))
            if digit == line.collecting.terminator:
                self._collected(line, "terminated")
                return
            line.digits += digit
            found = match(line.collecting.patterns, line.digits)
            if line.digits in line.collecting.at_once:
                found = "complete"
            if found == "none" or len(line.digits) > line.collecting.max_digits:
                self._collected(line, "no-match")
            elif found == "complete":
                self._collected(line, "complete")

    def pause(self, endpoint: str) -> None:
        """The digit timer runs out; in a wake-up, that for an emergency number that may have been begun."""
        line = self.lines[endpoint]
        if line.wakeup is not None and line.off_hook:
            self._wake_key(line, "")
        if line.collecting is not None:
            found = match(line.collecting.patterns, line.digits) if line.digits else "none"
            done = "complete" if found == "complete-or-more" else "timeout"
            self._collected(line, done if line.digits else "silent")

    def _collected(self, line: Line, outcome: str) -> None:
        line.collecting = None
        line.signal = None if line.owned else line.signal
        self.events.append(m.Digits(endpoint=line.endpoint, digits=line.digits, outcome=outcome, at_ns=self.now_ns,
                                    tag=line.tag))  # type: ignore[arg-type]  # fmt: skip

    def recorded(self, endpoint: str, seconds: float, digit: str = "") -> None:
        """A recording ends: by silence, or by a digit."""
        record, self.lines[endpoint].recording = self.lines[endpoint].recording, None
        if record is not None:
            self.events.append(m.RecordingEnded(endpoint=endpoint, name=record.name, seconds=seconds, digit=digit))

    def played(self, endpoint: str, failed: bool = False) -> None:
        """What ends by itself has ended; `failed`: the prompt is not there."""
        line = self.lines[endpoint]
        if line.signal is not None and line.signal.prompts and line.wakeup is None:
            signal, line.signal = line.signal, None
            done = m.PlaybackDone(endpoint=endpoint, signal=signal, at_ns=self.now_ns, failed=failed, tag=line.tag)
            self.events.append(done)

    def fail(self, endpoint: str, service: str) -> None:
        line = self.lines[endpoint]
        if isinstance(line, TrunkLine):
            if service != "in-service" and line.stage not in ("idle", "guard"):
                self.release(endpoint, "failed", 27)
        elif service != "in-service":
            if line.off_hook:
                self.replace(endpoint, failed=True)
            line.ring = None
            if line.wakeup is not None:
                wakeup, line.wakeup = line.wakeup, None
                if not any(other.wakeup == wakeup for other in self.lines.values()):
                    self.end_wakeup(wakeup, "failed")
        line.service = service
        self.events.append(m.Service(endpoint=endpoint, state=service, at_ns=self.now_ns))  # type: ignore[arg-type]
        if not isinstance(line, TrunkLine):
            self._join_attempt(line)

    # -------------------------------------------------------------------------------------------------- company lines

    def _place(self, command: m.Place) -> None:
        line = self.trunk(command.endpoint)
        if line.stage not in ("idle", "guard") or line.service != "in-service":
            raise RefusedError("state", line.stage)
        line.stage, line.off_hook, line.incoming, line.placed, line.tag = "seizing", True, False, command, command.tag
        line.since_ns, line.answered_ns, line.answered_by, line.caller = self.now_ns, None, None, None

    def _answer(self, command: m.Answer) -> None:
        line = self.trunk(command.endpoint)
        if line.stage != "ringing-in":
            raise RefusedError("state", line.stage)
        self._take_call(line)

    def _release(self, command: m.Release) -> None:
        line = self.trunk(command.endpoint)
        if command.unless_ringing and line.stage == "ringing-in":
            return
        if line.stage == "ringing-in" and not line.off_hook:
            line.presented = True
        elif line.stage != "idle":
            self._line_on_hook(line)

    def _probetrunk(self, command: m.ProbeTrunk) -> None:
        line = self.trunk(command.endpoint)
        if line.stage != "idle":
            raise RefusedError("state", line.stage)
        line.probes += 1
        self.events.append(m.TrunkProbed(endpoint=line.endpoint, dial_tone=not line.deaf, ms=300, at_ns=self.now_ns))

    def _take_call(self, line: TrunkLine) -> None:
        line.stage, line.off_hook, line.answered_ns = "active", True, self.now_ns

    def _line_on_hook(self, line: TrunkLine) -> str | None:
        left = line.connection
        line.stage, line.off_hook, line.signal, line.connection, line.placed = "guard", False, None, None, None
        line.presented = False
        if left is not None:
            del self.connections[left].legs[line.endpoint]
            if not self.connections[left].legs:
                del self.connections[left]
        return left

    def go_on(self, endpoint: str) -> None:
        """The line gives dial tone, if it does, and the digits go out; a line that rests has rested."""
        line = self.trunk(endpoint)
        if line.stage == "guard":
            line.stage = "idle"
        if line.stage != "seizing" or line.placed is None:
            return
        if line.deaf:
            self.release(endpoint, "no-dial-tone", 27)
            return
        line.stage, made = "proceeding", None
        if line.placed.on_dialled is not None:
            made = self._made(line.placed.on_dialled)
        self.events.append(
            m.TrunkProgress(endpoint=endpoint, stage="dialled", at_ns=self.now_ns, connection=made, tag=line.tag)
        )

    def far_end_answers(self, endpoint: str, by: m.AnsweredBy = "reversal") -> None:
        line = self.trunk(endpoint)
        assert line.stage == "proceeding"
        line.stage, line.answered_ns, line.answered_by = "active", self.now_ns, by
        if self.alone:
            self.note("answered", endpoint, None, line.tag, by=by)
        self.events.append(m.TrunkAnswered(endpoint=endpoint, by=by, at_ns=self.now_ns, tag=line.tag))

    def release(self, endpoint: str, reason: m.ReleaseReason = "reversal", cause: int = 16) -> None:
        """The far end has released, or the call could not be."""
        line = self.trunk(endpoint)
        tag, was = line.tag, line.stage
        connection_tag = self.connections[line.connection].tag if line.connection is not None else tag
        left = self._line_on_hook(line)
        if self.alone and connection_tag:
            self.note("left", endpoint, left, connection_tag)
        if was == "ringing-in":
            line.stage = "idle"
        self.events.append(
            m.TrunkReleased(
                endpoint=endpoint,
                cause=cause,
                reason=reason,
                at_ns=self.now_ns,
                connection=left,
                tag=tag,
            )
        )

    def ring_in(self, endpoint: str, number: str | None = None, name: str = "", private: bool = False,
                answered: bool = False, called: str = "") -> None:  # fmt: skip
        line = self.trunk(endpoint)
        assert line.stage in ("idle", "guard"), line.stage
        line.stage, line.incoming, line.off_hook, line.presented = "ringing-in", True, answered, True
        line.since_ns, line.answered_ns, line.tag = self.now_ns, None, b""
        known = number is not None or private
        line.caller = m.CallerId(number=number or "", name=name, private=private) if known else None
        self.events.append(
            m.IncomingCall(
                endpoint=endpoint,
                at_ns=self.now_ns,
                caller=line.caller,
                called=called,
                answered=answered,
            )
        )

    # ---------------------------------------------------------------------------------------------------------- audit

    def audit(self) -> m.AuditReport:
        self.alone = False
        self.events.clear()
        return m.AuditReport(
            endpoints=tuple(self._state(line) for line in self.lines.values()),
            connections=tuple(
                m.ConnectionState(connection=c.name, tag=c.tag, legs=tuple(c.legs.values()), since_ns=c.since_ns)
                for c in self.connections.values()
            ),
            journal=tuple(self.journal.values()),
            plan=None if self.plan is None else self.plan.revision,
            wakeups=None if self.lodged is None else self.lodged.revision,
        )

    def _state(self, line: Line) -> m.EndpointState:
        trunk = None
        if isinstance(line, TrunkLine):
            trunk = m.TrunkState(
                stage=line.stage, incoming=line.incoming, caller=line.caller, presented=line.presented,
                digits=line.placed.digits if line.placed else "", since_ns=line.since_ns,
                emergency=line.placed is not None and line.placed.emergency, answered_ns=line.answered_ns,
                answered_by=line.answered_by,
            )  # fmt: skip
        return m.EndpointState(
            endpoint=line.endpoint, kind="fxs" if trunk is None else "fxo", trunk=trunk,
            service=line.service, hook="off-hook" if line.off_hook else "on-hook",
            tag=line.tag, armed=line.armed is not None, wakeup=line.wakeup,
            ringing=line.ring is not None or (line.wakeup is not None and not line.off_hook),
            collecting=line.collecting is not None, digits=line.digits if line.collecting or line.off_hook else "",
            signal=line.signal, connection=line.connection, lamp=line.lamp,
        )  # type: ignore[arg-type]  # fmt: skip

    # ---------------------------------------------------------------------------------------------------------- checks

    def hears(self, endpoint: str) -> str | None:
        """The tone at the ear, or "endpoint+endpoint" whom it talks to, or None."""
        line = self.lines[endpoint]
        if line.signal is not None and not line.signal.overlay:
            return line.signal.tone or " ".join(line.signal.prompts)
        if line.connection is None:
            return None
        legs = self.connections[line.connection].legs
        if legs[endpoint].mode != "sendrecv":
            return None
        heard = sorted(e for e, leg in legs.items() if e != endpoint and leg.mode == "sendrecv")
        return "+".join(heard) if heard else None
