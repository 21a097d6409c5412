"""A gateway for tests: keeps the rules of firmware/gateway/messages.py, and the telephones do what a test says."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

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


@dataclass
class Connection:
    name: str
    tag: bytes
    legs: dict[str, m.Leg]
    since_ns: int


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
    """No agent: hang-ups out of connections are written into the journal."""
    entries: int = 0

    def __post_init__(self) -> None:
        self.lines = {endpoint: Line(endpoint) for endpoint in self.endpoints}

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

    def _arm(self, command: m.Arm) -> None:
        line = self._line(command.endpoint)
        line.armed, line.flash = command.plan, command.flash

    def _tag(self, command: m.Tag) -> None:
        self._line(command.endpoint).tag = command.tag

    def _collect(self, command: m.Collect) -> None:
        line = self._off_hook_line(command.endpoint)
        line.collecting, line.digits = command.digit_map, ""
        line.owned = command.signal is not None
        line.signal = command.signal or line.signal
        if command.tag is not None:
            line.tag = command.tag

    def _connect(self, command: m.Connect) -> None:
        for leg in command.legs:
            line = self._off_hook_line(leg.endpoint)
            if line.connection not in (None, command.connection):
                raise RefusedError("state", "in-another-connection")
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
        line = self._line(command.endpoint)
        if line.off_hook:
            raise RefusedError("state", "off-hook")
        if line.service != "in-service":
            raise RefusedError("gateway", "out-of-service")
        line.ring, line.tag, line.caller = command, command.tag, command.caller

    def _stopring(self, command: m.StopRing) -> None:
        self._line(command.endpoint).ring = None

    def _apply(self, command: m.Apply) -> None:
        line = self._off_hook_line(command.endpoint)
        line.signal, line.owned, line.digits = command.signal, False, ""
        if command.tag is not None:
            line.tag = command.tag

    def _lodge(self, command: m.Lodge) -> None:
        self.plan = command.plan

    def _forgetjournal(self, command: m.ForgetJournal) -> None:
        for entry in command.entries:
            if entry in self.journal and self.journal[entry].ended_ns is not None:
                del self.journal[entry]

    def _returntoservice(self, command: m.ReturnToService) -> None:
        self.fail(command.endpoint, "in-service")

    # ----------------------------------------------------------------------------------------------------- telephones

    def lift(self, endpoint: str) -> None:
        line = self.lines[endpoint]
        assert not line.off_hook
        line.off_hook = True
        ring, line.ring = line.ring, None
        made = None
        if ring is not None and ring.on_answer is not None:
            made = self._answered(ring.on_answer)
        elif ring is None and line.armed is not None and line.service == "in-service":
            line.signal, line.collecting, line.digits = line.armed.signal, line.armed.digit_map, ""
            line.owned = True
        self.events.append(m.OffHook(endpoint=endpoint, at_ns=self.now_ns, answered=ring is not None, connection=made,
                                     tag=line.tag))  # fmt: skip

    def _answered(self, connect: m.Connect) -> str | None:
        try:
            self._connect(connect)
        except RefusedError:
            return None
        for other in self.lines.values():
            answer = None if other.ring is None else other.ring.on_answer
            if answer is not None and answer.connection == connect.connection:
                other.ring = None
        for leg in connect.legs:
            self.lines[leg.endpoint].signal = None
        return connect.connection

    def replace(self, endpoint: str, opened_ns: int | None = None, failed: bool = False) -> None:
        """The handset is down (or the port has failed); `opened_ns`: since when, where that is told late."""
        line = self.lines[endpoint]
        assert line.off_hook
        left = line.connection
        line.off_hook = False
        line.signal = line.collecting = line.connection = None
        line.digits = ""
        tag = line.tag
        if left is not None:
            connection = self.connections[left]
            del connection.legs[endpoint]
            if self.alone:
                self._note_left(endpoint, left, connection.tag, failed)
            if not connection.legs:
                del self.connections[left]
        elif self.alone:
            self._note_left(endpoint, None, tag, failed)
        opened = self.now_ns if opened_ns is None else opened_ns
        self.events.append(m.OnHook(endpoint=endpoint, at_ns=opened, connection=left, failed=failed, tag=tag))

    def _note_left(self, endpoint: str, connection: str | None, tag: bytes, failed: bool) -> None:
        self.entries += 1
        name = f"entry-{self.entries}"
        self.journal[name] = m.JournalEntry(
            entry=name, boot="b", kind="left", endpoints=(endpoint,), connection=connection, tag=tag,
            started_ns=self.now_ns, ended_ns=self.now_ns, lost=failed,
        )  # fmt: skip

    def flash(self, endpoint: str) -> None:
        line = self.lines[endpoint]
        if line.off_hook and line.flash:
            self.events.append(m.Flash(endpoint=endpoint, at_ns=self.now_ns, tag=line.tag))

    def dial(self, endpoint: str, digits: str) -> None:
        for digit in digits:
            line = self.lines[endpoint]
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
            if found == "none" or len(line.digits) > line.collecting.max_digits:
                self._collected(line, "no-match")
            elif found == "complete":
                self._collected(line, "complete")

    def pause(self, endpoint: str) -> None:
        """The digit timer runs out."""
        line = self.lines[endpoint]
        if line.collecting is not None:
            found = match(line.collecting.patterns, line.digits) if line.digits else "none"
            done = "complete" if found == "complete-or-more" else "timeout"
            self._collected(line, done if line.digits else "silent")

    def _collected(self, line: Line, outcome: str) -> None:
        line.collecting = None
        line.signal = None if line.owned else line.signal
        self.events.append(m.Digits(endpoint=line.endpoint, digits=line.digits, outcome=outcome, at_ns=self.now_ns,
                                    tag=line.tag))  # type: ignore[arg-type]  # fmt: skip

    def played(self, endpoint: str) -> None:
        """A tone that ends by itself has ended."""
        line = self.lines[endpoint]
        if line.signal is not None and line.signal.tone == "confirmation":
            signal, line.signal = line.signal, None
            self.events.append(m.PlaybackDone(endpoint=endpoint, signal=signal, at_ns=self.now_ns, tag=line.tag))

    def fail(self, endpoint: str, service: str) -> None:
        line = self.lines[endpoint]
        if service != "in-service":
            if line.off_hook:
                self.replace(endpoint, failed=True)
            line.ring = None
        line.service = service
        self.events.append(m.Service(endpoint=endpoint, state=service, at_ns=self.now_ns))  # type: ignore[arg-type]

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
        )

    def _state(self, line: Line) -> m.EndpointState:
        return m.EndpointState(
            endpoint=line.endpoint, kind="fxs", service=line.service, hook="off-hook" if line.off_hook else "on-hook",
            tag=line.tag, armed=line.armed is not None, ringing=line.ring is not None,
            collecting=line.collecting is not None, digits=line.digits if line.collecting or line.off_hook else "",
            signal=line.signal, connection=line.connection,
        )  # type: ignore[arg-type]  # fmt: skip

    # ---------------------------------------------------------------------------------------------------------- checks

    def hears(self, endpoint: str) -> str | None:
        """The tone at the ear, or "endpoint+endpoint" whom it talks to, or None."""
        line = self.lines[endpoint]
        if line.signal is not None and not line.signal.overlay:
            return line.signal.tone
        if line.connection is None:
            return None
        legs = self.connections[line.connection].legs
        if legs[endpoint].mode != "sendrecv":
            return None
        heard = sorted(e for e, leg in legs.items() if e != endpoint and leg.mode == "sendrecv")
        return "+".join(heard) if heard else None
