"""What a company line does whatever its calls are: service, rest, timers, receivers, and the end of a call."""

from __future__ import annotations

from enum import Enum
from typing import ClassVar, Literal, Protocol, TypeAlias

from firmware.fsm import Machine
from firmware.gateway.messages import (
    CallerId,
    Connect,
    EndpointKind,
    EndpointState,
    ReleaseReason,
    Service,
    ServiceState,
    Signal,
    TrunkProbed,
    TrunkReleased,
    TrunkStage,
    TrunkState,
)
from firmware.timers import TimerSpec
from firmware.voice.endpoint import Endpoint, EndpointHost
from firmware.voice.trunk_call import TrunkCall
from firmware.voice.trunk_ear import Ear, LineTone, Phase, Sound, heard_tone
from firmware.voice.trunk_health import LineHealth
from firmware.voice.trunk_profile import TrunkProfile
from firmware.voice.trunk_table import (
    ON_HOOK,
    RINGING_IN,
    SEIZED,
    SETTING_UP,
    TABLE,
    TALKING,
    X32,
    X34,
    X38,
    X40,
    X42,
    X43,
    Input,
    State,
)

Receiver: TypeAlias = Literal["caller-id", "tones"]

_NS = 1_000_000_000
_STAGES: dict[State, TrunkStage] = {
    **dict.fromkeys((State.RINGING, State.PAUSE, State.TOLD, State.CAUGHT), "ringing-in"),
    **dict.fromkeys((State.SEIZING, State.AWAITING, State.TESTING), "seizing"),
    State.DIALLING: "dialling",
    **dict.fromkeys(SETTING_UP, "proceeding"),
    **dict.fromkeys((State.ANSWERING, *TALKING), "active"),
    **dict.fromkeys((State.LISTENING, *ON_HOOK), "guard"),
}
_SERVICE: dict[State, ServiceState] = {State.INITIALISING: "initialising", State.OUT_OF_SERVICE: "out-of-service"}
_STANDING = frozenset({*SETTING_UP, *TALKING})
_JOINABLE = frozenset({State.TOLD, State.ANSWERING, State.CAUGHT, *_STANDING})
_CLEARING = frozenset({Input.FEED_LOST, Input.REFUSED, Input.SPECIAL, Input.SILENT, Input.DIAL_TONE})
# Caller id is listened for also where it does not matter: a message is not to be heard from its middle on.
_RECEIVERS: dict[State, Receiver] = {
    **dict.fromkeys((State.IDLE, State.DEAD, *RINGING_IN, *ON_HOOK), "caller-id"),
    **dict.fromkeys((State.AWAITING, State.TESTING, State.LISTENING, State.CAUGHT, *_STANDING), "tones"),
}  # fmt: skip


class TrunkHost(EndpointHost, Protocol):
    """What a trunk asks of the gateway."""

    def seize_line(self, trunk: TrunkLine) -> None: ...

    def release_line(self, trunk: TrunkLine) -> None: ...

    def dial(self, trunk: TrunkLine, digits: str) -> None:
        """Send digits; DIGITS_OUT tells when they are out. None of them: what still goes out is broken off."""
        ...

    def receive(self, trunk: TrunkLine, receiver: Receiver | None) -> None:
        """What its line is listened to for, from now on."""
        ...

    def unite(self, trunk: TrunkLine, connect: Connect) -> str | None:
        """Make what `on_dialled` asks for; the connection, or None if the caller is gone."""
        ...

    def mute(self, trunk: TrunkLine, muted: bool) -> None:
        """Whether its line hears nothing, whatever there is to hear."""
        ...

    def start_timer(self, trunk: TrunkLine, seconds: float) -> None:
        """TIME_OVER comes after that; a timer that runs is replaced."""
        ...

    def stop_timer(self, trunk: TrunkLine) -> None: ...

    def refused(self, machine: str, state: Enum, event: Enum) -> None: ...


class TrunkLine(Endpoint):
    """One company line. Times are monotonic nanoseconds. A trunk's tag is its call's: it ends with it."""

    kind: ClassVar[EndpointKind] = "fxo"

    def __init__(self, name: str, index: int, host: TrunkHost, profile: TrunkProfile) -> None:
        super().__init__(name, index, host)
        self.machine = Machine(TABLE, name, self, self)
        self.profile = profile
        self.health = LineHealth(self, profile)
        self.call: TrunkCall | None = None
        self._host: TrunkHost = host
        self._ear = Ear()
        self._receiver: Receiver | None = None
        self._probe_asked = self._test_asked = False
        self._dial_tone = False
        """It is heard now."""
        self._down_ns = self._open_ns = 0

    @property
    def state(self) -> State:
        return self.machine.state

    @property
    def off_hook(self) -> bool:
        return self.state in SEIZED

    @property
    def unanswered(self) -> bool:
        """A call rings in, or has come in on the line that was being seized."""
        return self.state in (*RINGING_IN, State.CAUGHT)

    @property
    def listens(self) -> bool:
        """Whether the sound matters to it. In a call it is for silence: who hears a signal is not left alone."""
        if self.state in TALKING:
            return self.signal is None
        return self.state in (State.PAUSE, State.AWAITING, State.LISTENING)

    def may_join(self) -> bool:
        return self.state in _JOINABLE

    def join(self, connection: str) -> None:
        super().join(connection)
        self.collector.end()
        if self.state in (State.TOLD, State.CAUGHT):
            self.do(Input.ANSWER, None)

    def apply(self, signal: Signal | None, tag: bytes | None) -> None:
        self.collector.leave_signal()
        self.hear_tagged(signal, tag)

    def played(self, signal: Signal, failed: bool) -> None:
        self.signal_ended(signal, failed)

    def audit(self) -> EndpointState:
        return EndpointState(
            endpoint=self.name,
            kind=self.kind,
            service=_SERVICE.get(self.state, "in-service"),
            hook="off-hook" if self.off_hook else "on-hook",
            tag=self.tag,
            collecting=self.collector.collection is not None,
            digits=self.collector.digits,
            signal=self.signal,
            connection=self.connection,
            off_hook_since_ns=self.off_hook_since_ns,
            alarms=tuple(self.alarms),
            trunk=self._trunk_state(),
        )

    def _trunk_state(self) -> TrunkState:
        """A call in that nobody wants is none; one whose caller may still be told is not presented yet."""
        stage = _STAGES.get(self.state, "idle")
        if self.call is None or stage == "idle":
            return TrunkState(stage=stage)
        return self.call.state(stage, self.call.incoming and self.state not in (State.RINGING, State.PAUSE))

    # ---- what happens

    def do(self, event: Input, *args: object) -> None:
        """An event that its state allows."""
        self.machine.handle(event, *args)
        wanted = _RECEIVERS.get(self.state)
        if wanted == "caller-id" and not self.profile.caller_id:
            wanted = None
        if wanted != self._receiver:
            self._receiver, self._dial_tone = wanted, False
            self._host.receive(self, wanted)

    def news(self, event: Input, at_ns: int, *args: object) -> None:
        """Something of the line, which means nothing in most states. Once its digits are out, an emergency is safe."""
        if (self.state, event) not in TABLE.transitions:
            return
        safe = self.call is not None and self.call.emergency and self.state in _STANDING
        if not (safe and event in _CLEARING):
            self.do(event, at_ns, *args)

    def tone(self, tone: LineTone, phase: Phase, at_ns: int) -> None:
        """A tone of the exchange; one that was heard in the block in which its receiver was switched off is none."""
        heard = heard_tone(tone, phase) if self._receiver == "tones" else None
        if heard is not None:
            event, args = heard
            if event in (Input.DIAL_TONE, Input.DIAL_TONE_OVER):
                self._dial_tone = event is Input.DIAL_TONE
            self.news(event, at_ns, *args)

    def sound(self, sound: Sound, now_ns: int) -> None:
        """A block on its line; only while it `listens`."""
        heard = self._ear.heard(self.state, sound, now_ns)
        if heard is not None:
            self.news(heard, now_ns)

    def caller_told(self, caller: CallerId | None, now_ns: int) -> None:
        """A caller id is complete. None: the exchange does not know him either."""
        self.news(Input.CALLER, now_ns, caller)

    # ---- MachineHost

    def arm_timer(self, machine: str, spec: TimerSpec, event: Enum) -> None:
        seconds = self._seconds(spec)
        if seconds is not None:
            self._host.start_timer(self, seconds)

    def disarm_timer(self, machine: str) -> None:
        self._host.stop_timer(self)

    def refused(self, machine: str, state: Enum, event: Enum) -> None:
        self._host.refused(machine, state, event)

    def _seconds(self, spec: TimerSpec) -> float | None:
        """How long a state's timer runs from now on; None: not at all."""
        if spec is X38:
            return self.health.try_again_s()
        if spec is X32:
            return self._left(self._down_ns, X32)
        if spec is X34:
            return self._until_answer()
        if spec is X40:
            return self._until_limit()
        if spec is X43:
            return self.health.hold_s()
        if spec is X42 and not self._dial_tone:
            return None
        return self.profile.seconds(spec)

    def _until_answer(self) -> float | None:
        call, mode = self._current(), self.profile.answer
        if mode == "reversal" or (mode == "ringback-end" and call.alerting):
            return None
        return self._left(call.dialled_ns, X34)

    def _until_limit(self) -> float | None:
        call = self._current()
        if call.emergency or not self.profile.limited:
            return None
        assert call.answered_ns is not None
        return self._left(call.answered_ns, X40)

    def _left(self, since_ns: int, spec: TimerSpec) -> float:
        return max(0.0, self.profile.seconds(spec) - (self._host.now_ns - since_ns) / _NS)

    # ---- service and rest

    def in_service(self, at_ns: int) -> None:
        self._host.emit(Service(endpoint=self.name, state="in-service", at_ns=at_ns))

    def enter_service(self, at_ns: int) -> State:
        self.in_service(at_ns)
        return self.rest(at_ns)

    def enter_service_seized(self, at_ns: int) -> None:
        """Whoever seized the line is no more."""
        self.in_service(at_ns)
        self._put_down()

    def leave_service(self, at_ns: int) -> None:
        self._host.emit(Service(endpoint=self.name, state="out-of-service", at_ns=at_ns))

    def rest(self, at_ns: int) -> State:
        return self.health.rest(at_ns)

    def report_in_use(self, at_ns: int) -> None:
        self.health.in_use_for_long(at_ns)

    def line_down(self, at_ns: int) -> None:
        """The rest begins when the line is on-hook indeed."""
        self._down_ns = at_ns

    def rested(self, at_ns: int) -> State:
        free = self.rest(at_ns)
        if self.call is None:
            return free
        if free is not State.IDLE:
            self._end_call(at_ns, "failed")
            return free
        self.seize(at_ns)
        return State.SEIZING

    def seize(self, at_ns: int) -> None:
        self.off_hook_since_ns = self._open_ns = at_ns
        self._host.seize_line(self)

    # ---- the end of a call

    def hang_up(self) -> None:
        """The agent does not want it any more, and is told no more of it."""
        if self.call is not None and self.call.incoming:
            self.health.left_a_caller(self._host.now_ns)
        self._withdraw()
        self.forget_call()
        self._put_down()

    def forget_call(self) -> None:
        self.call, self.tag, self._probe_asked, self._test_asked = None, b"", False, False

    def given_up(self, at_ns: int) -> None:
        self._lose(at_ns, "abandoned")

    def dropped(self, at_ns: int) -> None:
        """The port has not done what it was told, or has gone on-hook by itself."""
        self._probed(False, at_ns)
        self._lose(at_ns, "failed")

    def loop_broken(self, at_ns: int) -> None:
        self._lose(at_ns, "loop-break")

    def refused_by_tone(self, at_ns: int, reason: ReleaseReason) -> None:
        self._lose(at_ns, reason)

    def announced(self, at_ns: int) -> None:
        self._lose(at_ns, "special-information")

    def silent(self, at_ns: int) -> None:
        self._lose(at_ns, "silence")

    def too_long(self, at_ns: int) -> None:
        self._lose(at_ns, "duration")

    def fail_call(self, at_ns: int) -> None:
        self._probed(False, at_ns)
        self._end_call(at_ns, "failed")
        self.off_hook_since_ns = None
        self.leave_service(at_ns)

    def _lose(self, at_ns: int, reason: ReleaseReason) -> None:
        self._end_call(at_ns, reason)
        self._put_down()

    def _end_call(self, at_ns: int, reason: ReleaseReason) -> None:
        """Whatever belongs to the call ends, and the agent is told; the line stays as it is."""
        call = self.call
        if call is None:
            return
        left, connection_tag = self._withdraw()
        released = TrunkReleased(
            endpoint=self.name, cause=call.cause(reason), reason=reason, at_ns=at_ns, connection=left, tag=self.tag
        )
        self._host.emit(released, connection_tag)
        self.forget_call()

    def _withdraw(self) -> tuple[str | None, bytes]:
        """Signal, collection, digits, recording and leg end; the connection that it was in, and its tag."""
        self._host.mute(self, False)
        self.collector.end()
        self.hear(None)
        self._host.dial(self, "")
        self._host.stop_recording(self)
        return self._host.leave(self)

    def _put_down(self) -> None:
        self._test_asked = False
        self.off_hook_since_ns = None
        self._down_ns = self._host.now_ns
        self._host.release_line(self)

    def _probed(self, dial_tone: bool, at_ns: int) -> None:
        """The agent's probe has its outcome, if it was one."""
        if self._probe_asked:
            self._probe_asked = False
            ms = max(0, at_ns - self._open_ns) // 1_000_000
            self._host.emit(TrunkProbed(endpoint=self.name, dial_tone=dial_tone, ms=ms, at_ns=at_ns))

    @property
    def _deserted(self) -> bool:
        """Dial tone is on the line of a call; an emergency does not care."""
        return self._dial_tone and not self._current().emergency

    def _current(self) -> TrunkCall:
        assert self.call is not None, f"{self.state.name} without a call"
        return self.call
