"""One telephone as the gateway sees it: a table-driven machine that obeys the agent and reports to it.

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
from typing import ClassVar, Protocol

from firmware.fsm import Machine, MachineHost, StateTable, Transition
from firmware.gateway.messages import (
    Collect,
    Connect,
    EndpointKind,
    EndpointState,
    Flash,
    LampKind,
    OffHook,
    OffHookPlan,
    OnHook,
    Ring,
    RingingStarted,
    Service,
    ServiceState,
    Signal,
)
from firmware.voice.endpoint import Endpoint, EndpointHost


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
    "telephone",
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
        (_S.OFF_HOOK, _I.APPLY): _T("hear_applied", _S.OFF_HOOK),
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
        (_S.COLLECTING, _I.APPLY): _T("hear_applied", _S.COLLECTING),
        (_S.COLLECTING, _I.FOUND_OFF_HOOK): _T(None, _S.COLLECTING),
        (_S.COLLECTING, _I.FOUND_ON_HOOK): _T("replaced", _S.ON_HOOK),
        (_S.COLLECTING, _I.FAILED): _T("fail_lifted", _S.OUT_OF_SERVICE),
    },
)

LIFTED_STATES = frozenset({State.OFF_HOOK, State.COLLECTING})
_SERVICE: dict[State, ServiceState] = {State.INITIALISING: "initialising", State.OUT_OF_SERVICE: "out-of-service"}


class TelephoneHost(EndpointHost, MachineHost, Protocol):
    """What a telephone asks of the gateway."""

    def send_burst(self, telephone: Telephone) -> None:
        """Play the caller-id burst that was prepared when it began to ring."""
        ...

    def ring(self, telephone: Telephone, ring: Ring) -> None: ...

    def stop_ring(self, telephone: Telephone) -> None: ...

    def answer(self, telephone: Telephone, connect: Connect) -> str | None:
        """Make what `on_answer` asks for; the connection, or None if the other parties are gone."""
        ...


class Telephone(Endpoint):
    """State of one telephone port; the actions of the table are its methods. Times are monotonic nanoseconds."""

    kind: ClassVar[EndpointKind] = "fxs"

    def __init__(self, name: str, index: int, host: TelephoneHost) -> None:
        super().__init__(name, index, host)
        self.machine = Machine(TABLE, name, self, host)
        self.plan: OffHookPlan | None = None
        self.reports_flash = False
        self.ringing: Ring | None = None
        self.lamp: bool | None = None
        """As the agent said; None: it has not, and a telephone may show what it was told by a gateway of before."""
        self.lamp_kind: LampKind | None = None
        """As the agent said; None: as is usual in the country."""
        self.wakeup: str | None = None
        """The wake-up that has this telephone for itself: it rings for it, or is greeted."""
        self._host: TelephoneHost = host

    @property
    def state(self) -> State:
        return self.machine.state

    @property
    def off_hook(self) -> bool:
        return self.state in LIFTED_STATES

    def may_join(self) -> bool:
        return self.off_hook and self.wakeup is None

    def join(self, connection: str) -> None:
        super().join(connection)
        self.stop_collecting()

    def apply(self, signal: Signal | None, tag: bytes | None) -> None:
        self.machine.handle(Input.APPLY, signal, tag)

    def collect(self, command: Collect) -> None:
        self.machine.handle(Input.COLLECT, command)

    def stop_collecting(self) -> None:
        """What is dialled from here on is nobody's; no event."""
        self.collector.untaken = ""
        if self.collector.collection is not None:
            self.machine.handle(Input.JOINED)

    def take_digit(self, digit: str, at_ns: int) -> None:
        self.machine.handle(Input.DIGIT, digit, at_ns)

    def expire(self, now_ns: int) -> None:
        if self.collector.due():
            self.machine.handle(Input.DEADLINE, now_ns)

    def played(self, signal: Signal, failed: bool) -> None:
        self.machine.handle(Input.SIGNAL_ENDED, signal, failed)

    def audit(self) -> EndpointState:
        return EndpointState(
            endpoint=self.name,
            kind=self.kind,
            service=_SERVICE.get(self.state, "in-service"),
            hook="off-hook" if self.off_hook else "on-hook",
            tag=self.tag,
            armed=self.plan is not None,
            ringing=self.state is State.RINGING,
            collecting=self.state is State.COLLECTING,
            digits=self.collector.digits,
            signal=self.signal,
            connection=self.connection,
            lamp=self.lamp,
            off_hook_since_ns=self.off_hook_since_ns,
            alarms=tuple(self.alarms),
            wakeup=self.wakeup,
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
            self.hear(self.plan.signal)
            if self.plan.digit_map is not None:
                self.collector.begin(self.plan.digit_map, own_signal=True)
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
        self.hear(None)
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
            self._host.emit(RingingStarted(endpoint=self.name, at_ns=at_ns, tag=self.tag, wakeup=self.wakeup))

    def send_caller_id(self, at_ns: int) -> None:
        self._host.send_burst(self)

    # ---- digits

    def begin_collection(self, command: Collect) -> None:
        self.collector.obey(command)

    def digit(self, digit: str, at_ns: int) -> State:
        return State.COLLECTING if self.collector.digit(digit, at_ns) else State.OFF_HOOK

    def deadline(self, at_ns: int) -> None:
        self.collector.deadline(at_ns)

    def end_collection(self) -> None:
        self.collector.end()

    # ---- signals

    def hear_applied(self, signal: Signal | None, tag: bytes | None) -> None:
        self.collector.leave_signal()
        self.hear_tagged(signal, tag)
