"""One telephone port as the gateway sees it: a table-driven machine that obeys the agent and reports to it.

    INITIALISING --> ON_HOOK <--> RINGING
         |             |  ^          |
         v        lift |  | replace  | answer
    OUT_OF_SERVICE     v  |          v
                   COLLECTING <--> OFF_HOOK

What must not wait for the agent is done here, in the block in which it happens: dial tone and digit collection of an
armed endpoint, the connection of an answered call, everything that ends with on-hook.
"""

from __future__ import annotations

from enum import Enum, auto
from typing import Protocol

from firmware.fsm import Machine, MachineHost, StateTable, Transition
from firmware.gateway.messages import (
    AlarmKind,
    Collect,
    Connect,
    DigitMap,
    Digits,
    DigitsStarted,
    EndpointState,
    Event,
    Flash,
    LampKind,
    OffHook,
    OffHookPlan,
    OnHook,
    PlaybackDone,
    Ring,
    RingingStarted,
    Service,
    ServiceState,
    Signal,
)
from firmware.voice.collect import Collection, Outcome


class State(Enum):
    """Where an endpoint is."""

    INITIALISING = auto()
    """Its port is not in service yet."""
    OUT_OF_SERVICE = auto()
    """Its port does not work."""
    ON_HOOK = auto()
    """Idle."""
    RINGING = auto()
    """Ringing, or waiting for its turn to."""
    OFF_HOOK = auto()
    """Lifted: hears a signal, a connection, or nothing."""
    COLLECTING = auto()
    """Lifted, and what is dialled is collected."""


class Input(Enum):
    """What happens to an endpoint."""

    FOUND_ON_HOOK = auto()
    FOUND_OFF_HOOK = auto()
    FAILED = auto()
    LIFTED = auto()
    REPLACED = auto()
    FLASHED = auto()
    DIGIT = auto()
    DEADLINE = auto()
    BURST = auto()
    WINDOW = auto()
    SIGNAL_ENDED = auto()
    RING = auto()
    STOP_RING = auto()
    COLLECT = auto()
    JOINED = auto()
    APPLY = auto()


_S, _I, _T = State, Input, Transition

TABLE: StateTable[State, Input] = StateTable(
    "endpoint",
    State.INITIALISING,
    {
        (_S.INITIALISING, _I.FOUND_ON_HOOK): _T("enter_service", _S.ON_HOOK),
        (_S.INITIALISING, _I.FOUND_OFF_HOOK): _T("enter_service_lifted", (_S.OFF_HOOK, _S.COLLECTING)),
        (_S.INITIALISING, _I.FAILED): _T("leave_service", _S.OUT_OF_SERVICE),
        (_S.OUT_OF_SERVICE, _I.FOUND_ON_HOOK): _T("enter_service", _S.ON_HOOK),
        (_S.OUT_OF_SERVICE, _I.FOUND_OFF_HOOK): _T("enter_service_lifted", (_S.OFF_HOOK, _S.COLLECTING)),
        (_S.OUT_OF_SERVICE, _I.FAILED): _T(None, _S.OUT_OF_SERVICE),
        (_S.ON_HOOK, _I.LIFTED): _T("lifted", (_S.OFF_HOOK, _S.COLLECTING)),
        (_S.ON_HOOK, _I.RING): _T("begin_ringing", _S.RINGING),
        (_S.ON_HOOK, _I.FOUND_ON_HOOK): _T("enter_service", _S.ON_HOOK),
        (_S.ON_HOOK, _I.FOUND_OFF_HOOK): _T("enter_service_lifted", (_S.OFF_HOOK, _S.COLLECTING)),
        (_S.ON_HOOK, _I.REPLACED): _T(None, _S.ON_HOOK),
        (_S.ON_HOOK, _I.SIGNAL_ENDED): _T(None, _S.ON_HOOK),
        (_S.ON_HOOK, _I.FAILED): _T("leave_service", _S.OUT_OF_SERVICE),
        (_S.ON_HOOK, _I.BURST): _T(None, _S.ON_HOOK),
        (_S.RINGING, _I.LIFTED): _T("answered", _S.OFF_HOOK),
        (_S.RINGING, _I.STOP_RING): _T("end_ringing", _S.ON_HOOK),
        (_S.RINGING, _I.BURST): _T("ring_burst", _S.RINGING),
        (_S.RINGING, _I.WINDOW): _T("send_caller_id", _S.RINGING),
        (_S.RINGING, _I.SIGNAL_ENDED): _T(None, _S.RINGING),
        (_S.RINGING, _I.FOUND_ON_HOOK): _T("end_ringing", _S.ON_HOOK),
        (_S.RINGING, _I.FAILED): _T("fail_ringing", _S.OUT_OF_SERVICE),
        (_S.OFF_HOOK, _I.REPLACED): _T("replaced", _S.ON_HOOK),
        (_S.OFF_HOOK, _I.FLASHED): _T("flashed", _S.OFF_HOOK),
        (_S.OFF_HOOK, _I.DIGIT): _T(None, _S.OFF_HOOK),
        (_S.OFF_HOOK, _I.SIGNAL_ENDED): _T("signal_ended", _S.OFF_HOOK),
        (_S.OFF_HOOK, _I.COLLECT): _T("begin_collection", _S.COLLECTING),
        (_S.OFF_HOOK, _I.APPLY): _T("apply", _S.OFF_HOOK),
        (_S.OFF_HOOK, _I.BURST): _T(None, _S.OFF_HOOK),
        (_S.OFF_HOOK, _I.FOUND_OFF_HOOK): _T(None, _S.OFF_HOOK),
        (_S.OFF_HOOK, _I.FOUND_ON_HOOK): _T("replaced", _S.ON_HOOK),
        (_S.OFF_HOOK, _I.FAILED): _T("fail_lifted", _S.OUT_OF_SERVICE),
        (_S.COLLECTING, _I.REPLACED): _T("replaced", _S.ON_HOOK),
        (_S.COLLECTING, _I.FLASHED): _T("flashed", _S.COLLECTING),
        (_S.COLLECTING, _I.DIGIT): _T("digit", (_S.COLLECTING, _S.OFF_HOOK)),
        (_S.COLLECTING, _I.DEADLINE): _T("deadline", _S.OFF_HOOK),
        (_S.COLLECTING, _I.SIGNAL_ENDED): _T("signal_ended", _S.COLLECTING),
        (_S.COLLECTING, _I.COLLECT): _T("begin_collection", _S.COLLECTING),
        (_S.COLLECTING, _I.JOINED): _T("end_collection", _S.OFF_HOOK),
        (_S.COLLECTING, _I.APPLY): _T("apply", _S.COLLECTING),
        (_S.COLLECTING, _I.FOUND_OFF_HOOK): _T(None, _S.COLLECTING),
        (_S.COLLECTING, _I.FOUND_ON_HOOK): _T("replaced", _S.ON_HOOK),
        (_S.COLLECTING, _I.FAILED): _T("fail_lifted", _S.OUT_OF_SERVICE),
    },
)

LIFTED_STATES = frozenset({State.OFF_HOOK, State.COLLECTING})
_SERVICE: dict[State, ServiceState] = {State.INITIALISING: "initialising", State.OUT_OF_SERVICE: "out-of-service"}


class EndpointHost(MachineHost, Protocol):
    """What an endpoint asks of the gateway."""

    now_ns: int

    def emit(self, event: Event, connection_tag: bytes = b"") -> None:
        """Tell an event, with the tag of the connection that it took a leg from."""
        ...

    def play(self, endpoint: Endpoint, signal: Signal | None) -> None:
        """Let it hear this signal from its beginning, or none."""
        ...

    def send_burst(self, endpoint: Endpoint) -> None:
        """Play the caller-id burst that was prepared when it began to ring."""
        ...

    def receive_digits(self, endpoint: Endpoint, enabled: bool, dial_tone: bool) -> None:
        """Switch its DTMF receiver."""
        ...

    def ring(self, endpoint: Endpoint, ring: Ring) -> None: ...

    def stop_ring(self, endpoint: Endpoint) -> None: ...

    def answer(self, endpoint: Endpoint, connect: Connect) -> str | None:
        """Make what `on_answer` asks for; the connection, or None if the other parties are gone."""
        ...

    def leave(self, endpoint: Endpoint) -> tuple[str | None, bytes]:
        """Take it out of its connection; that connection and its tag, or None and no tag."""
        ...

    def stop_recording(self, endpoint: Endpoint) -> None: ...


class Endpoint:
    """State of one telephone port; the actions of the table are its methods. Times are monotonic nanoseconds."""

    def __init__(self, name: str, index: int, host: EndpointHost) -> None:
        self.name = name
        self.index = index
        self.machine = Machine(TABLE, name, self, host)
        self.tag = b""
        self.plan: OffHookPlan | None = None
        self.reports_flash = False
        self.ringing: Ring | None = None
        self.collection: Collection | None = None
        self.untaken = ""
        """A number of which nobody has taken note: nothing was done to the endpoint since its collection ended."""
        self.signal: Signal | None = None
        self.connection: str | None = None
        self.lamp = False
        self.lamp_kind: LampKind | None = None
        """As the agent said; None: as is usual in the country."""
        self.off_hook_since_ns: int | None = None
        self.alarms: dict[AlarmKind, str] = {}
        self._host = host
        self._collection_owns_signal = False

    @property
    def state(self) -> State:
        return self.machine.state

    @property
    def lifted_now(self) -> bool:
        return self.state in LIFTED_STATES

    def audit(self) -> EndpointState:
        """Everything that an agent may ask about it."""
        return EndpointState(
            endpoint=self.name,
            kind="fxs",
            service=_SERVICE.get(self.state, "in-service"),
            hook="off-hook" if self.lifted_now else "on-hook",
            tag=self.tag,
            armed=self.plan is not None,
            ringing=self.state is State.RINGING,
            collecting=self.state is State.COLLECTING,
            digits=self.collection.digits if self.collection else self.untaken,
            signal=self.signal,
            connection=self.connection,
            lamp=self.lamp,
            off_hook_since_ns=self.off_hook_since_ns,
            alarms=tuple(self.alarms),
        )

    # ---- service

    def enter_service(self, at_ns: int) -> None:
        self._host.emit(Service(endpoint=self.name, state="in-service", at_ns=at_ns))

    def enter_service_lifted(self, at_ns: int) -> State:
        self.enter_service(at_ns)
        return self.lifted(at_ns)

    def leave_service(self, at_ns: int) -> None:
        self._host.emit(Service(endpoint=self.name, state="out-of-service", at_ns=at_ns))

    def fail_ringing(self, at_ns: int) -> None:
        self.end_ringing()
        self.leave_service(at_ns)

    def fail_lifted(self, at_ns: int) -> None:
        """The agent is told of on-hook, so that what it was part of is cleared."""
        self.replaced(at_ns, failed=True)
        self.leave_service(at_ns)

    # ---- hook

    def lifted(self, at_ns: int) -> State:
        """Do what the endpoint is armed with, at once; then report."""
        self.off_hook_since_ns = at_ns
        state = State.OFF_HOOK
        if self.plan is not None:
            self._hear(self.plan.signal)
            if self.plan.digit_map is not None:
                self._collect(self.plan.digit_map, own_signal=True)
                state = State.COLLECTING
        self._host.emit(OffHook(endpoint=self.name, at_ns=at_ns, tag=self.tag))
        return state

    def answered(self, at_ns: int) -> None:
        ring = self.ringing
        self.end_ringing()
        self.off_hook_since_ns = at_ns
        connect = ring.on_answer if ring is not None else None
        made = self._host.answer(self, connect) if connect is not None else None
        self._host.emit(OffHook(endpoint=self.name, at_ns=at_ns, answered=True, connection=made, tag=self.tag))

    def replaced(self, at_ns: int, failed: bool = False) -> None:
        """On-hook ends everything that the endpoint does."""
        self.end_collection()
        self._hear(None)
        self._host.stop_recording(self)
        left, connection_tag = self._host.leave(self)
        self.off_hook_since_ns = None
        gone = OnHook(endpoint=self.name, at_ns=at_ns, connection=left, failed=failed, tag=self.tag)
        self._host.emit(gone, connection_tag)

    def flashed(self, at_ns: int) -> None:
        if self.reports_flash:
            self._host.emit(Flash(endpoint=self.name, at_ns=at_ns, tag=self.tag))

    # ---- ringing

    def begin_ringing(self, ring: Ring) -> None:
        self.ringing = ring
        self.tag = ring.tag
        self._host.ring(self, ring)

    def end_ringing(self, at_ns: int = 0) -> None:
        self.ringing = None
        self._host.stop_ring(self)

    def ring_burst(self, at_ns: int, on: bool, number: int) -> None:
        if on and number == 1:
            self._host.emit(RingingStarted(endpoint=self.name, at_ns=at_ns, tag=self.tag))

    def send_caller_id(self, at_ns: int) -> None:
        self._host.send_burst(self)

    # ---- digits

    def begin_collection(self, command: Collect) -> None:
        if command.tag is not None:
            self.tag = command.tag
        if command.signal is not None:
            self._hear(command.signal)
        self._collect(command.digit_map, own_signal=command.signal is not None)

    def digit(self, digit: str, at_ns: int) -> State:
        collection = self._current()
        first = not collection.digits
        outcome = collection.feed(digit, self._host.now_ns)
        if first:
            if self._collection_owns_signal:
                self._hear(None)
            self._host.receive_digits(self, enabled=True, dial_tone=False)
            self._host.emit(DigitsStarted(endpoint=self.name, at_ns=at_ns, tag=self.tag))
        return State.COLLECTING if outcome is None else self._conclude(collection, outcome, at_ns)

    def deadline(self, at_ns: int) -> None:
        collection = self._current()
        self._conclude(collection, collection.expire(), at_ns)

    def end_collection(self) -> None:
        self.untaken = ""
        if self.collection is not None:
            self.collection = None
            self._host.receive_digits(self, enabled=False, dial_tone=False)

    def _collect(self, digit_map: DigitMap, own_signal: bool) -> None:
        self.untaken, self.collection = "", Collection(digit_map, self._host.now_ns)
        self._collection_owns_signal = own_signal
        self._host.receive_digits(self, enabled=True, dial_tone=self.signal is not None)

    def _conclude(self, collection: Collection, outcome: Outcome, at_ns: int) -> State:
        self.end_collection()
        self.untaken = collection.digits
        if self._collection_owns_signal:
            self._hear(None)
        self._host.emit(
            Digits(endpoint=self.name, digits=collection.digits, outcome=outcome, at_ns=at_ns, tag=self.tag)
        )
        return State.OFF_HOOK

    def _current(self) -> Collection:
        assert self.collection is not None, "COLLECTING without a collection"
        return self.collection

    # ---- signals

    def apply(self, signal: Signal | None, tag: bytes | None) -> None:
        if tag is not None:
            self.tag = tag
        self.untaken, self._collection_owns_signal = "", False
        self._hear(signal)

    def signal_ended(self, signal: Signal, failed: bool) -> None:
        self.signal = None
        self._host.emit(
            PlaybackDone(endpoint=self.name, signal=signal, at_ns=self._host.now_ns, failed=failed, tag=self.tag)
        )

    def end_signal(self) -> None:
        """A connection was made in which it is answered, or answers."""
        self._hear(None)

    def _hear(self, signal: Signal | None) -> None:
        if signal is not None or self.signal is not None:
            self.signal = signal
            self._host.play(self, signal)
