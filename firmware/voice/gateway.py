"""What the gateway has and does: endpoints, connections, and what the media and the lines must do for them.

Everything here runs in the core's thread and returns at once. Commands arrive checked (see `commands.py`).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, Protocol

from boardsupport.port import (
    BreakBegan,
    CallerIdWindow,
    Fault,
    Flashed,
    InService,
    Lifted,
    OutOfService,
    PortEvent,
    PulseDigit,
    Replaced,
    RingBurst,
)
from firmware.gateway.messages import (
    Alarm,
    AlarmKind,
    Connect,
    ConnectionState,
    Event,
    LampKind,
    Leg,
    Limits,
    RecordingEnded,
    Ring,
    Signal,
)
from firmware.log import Log
from firmware.timers import TimerSpec
from firmware.voice.endpoint import Endpoint, Input, State
from firmware.voice.fabric import Fabric, Source
from firmware.voice.message_lamps import LampLines, MessageLamps

log = Log("voice")

BOX = "box"
"""The endpoint named in alarms about the gateway itself."""


class Lines(LampLines, Protocol):
    """The ports, on their own thread; every call returns at once and takes effect a little later."""

    def ring(self, port: str, ring: Ring) -> None: ...

    def stop_ring(self, port: str) -> None: ...

    def return_to_service(self, port: str) -> None: ...


class Media(Protocol):
    """Sources of audio and the receivers of digits."""

    def source(self, signal: Signal) -> Source: ...

    def receive_digits(self, index: int, enabled: bool, dial_tone: bool) -> None: ...

    def caller_id(self, port: str) -> Source | None:
        """The burst that was prepared when this port began to ring."""
        ...

    @property
    def lamp_kind(self) -> LampKind:
        """The message lamps that are usual in the country."""
        ...

    def lamp_message(self, lit: bool) -> tuple[Source, int]:
        """What tells a telephone about its message lamp, and how many milliseconds it lasts."""
        ...


class Recordings(Protocol):
    def stop(self, index: int) -> None: ...


@dataclass(slots=True)
class Connection:
    """A connection that stands."""

    name: str
    tag: bytes
    legs: list[Leg]
    since_ns: int


@dataclass(frozen=True, slots=True)
class Occurrence:
    """An event, and the tag of the connection that it took a leg from."""

    event: Event
    connection_tag: bytes = b""


class Gateway:
    """All endpoints and connections. `now_ns` is set by the core before it hands anything in."""

    def __init__(self, ports: Sequence[str], fabric: Fabric, media: Media, lines: Lines, recordings: Recordings):
        self.now_ns = 0
        self.endpoints: dict[str, Endpoint] = {name: Endpoint(name, index, self) for index, name in enumerate(ports)}
        self.connections: dict[str, Connection] = {}
        self.box_alarms: dict[AlarmKind, str] = {}
        self._by_index = list(self.endpoints.values())
        self._fabric = fabric
        self._media = media
        self._lines = lines
        self._recordings = recordings
        self._playing: dict[int, Signal] = {}
        self._happened: deque[Occurrence] = deque(maxlen=Limits.UNSENT_EVENTS)
        self.lamps = MessageLamps(lines, media.lamp_kind, media.lamp_message(True)[1])

    # ---- what happened

    def occurrences(self) -> Iterator[Occurrence]:
        """What has happened since the last call, in order; also what happens while it is worked off."""
        while self._happened:
            yield self._happened.popleft()

    def line_event(self, port: str, event: PortEvent) -> None:
        """A port's event."""
        endpoint = self.endpoints[port]
        action = _LINE_EVENTS.get(type(event))
        if action is not None:
            action(self, endpoint, event)

    def digit(self, index: int, digit: str) -> None:
        """A DTMF digit that an endpoint began to send."""
        endpoint = self._by_index[index]
        if endpoint.lifted_now:
            endpoint.machine.handle(Input.DIGIT, digit, self.now_ns)

    def expire(self) -> None:
        """Let the collections end whose time is over."""
        for endpoint in self._by_index:
            collection = endpoint.collection
            if collection is not None and self.now_ns >= collection.deadline_ns:
                endpoint.machine.handle(Input.DEADLINE, self.now_ns)

    def signals_ended(self, ended: Sequence[tuple[int, Source]]) -> None:
        """The fabric's signals that are over."""
        for index, source in ended:
            signal = self._playing.pop(index, None)
            if signal is not None:
                failed = bool(getattr(source, "failed", False))
                self._by_index[index].machine.handle(Input.SIGNAL_ENDED, signal, failed)

    def recording_ended(self, index: int, name: str, seconds: float) -> None:
        self.emit(RecordingEnded(endpoint=self._by_index[index].name, name=name, seconds=seconds))

    def box_alarm(self, kind: AlarmKind, raised: bool, text: str) -> None:
        """Something about the gateway itself; told once while it stands."""
        if raised == (kind in self.box_alarms):
            return
        if raised:
            self.box_alarms[kind] = text
        else:
            del self.box_alarms[kind]
        self.emit(Alarm(endpoint=BOX, kind=kind, raised=raised, text=text, at_ns=self.now_ns))

    def repeat_box_alarms(self) -> None:
        """Tell a new agent what stands."""
        for kind, text in self.box_alarms.items():
            self.emit(Alarm(endpoint=BOX, kind=kind, raised=True, text=text, at_ns=self.now_ns))

    # ---- connections

    def connect(self, command: Connect) -> None:
        """Make, change or (no legs) end a connection."""
        if not command.legs:
            self.disconnect(command.connection)
            return
        standing = self.connections.get(command.connection)
        since = standing.since_ns if standing is not None else self.now_ns
        members = {leg.endpoint for leg in command.legs}
        for leg in standing.legs if standing is not None else ():
            if leg.endpoint not in members:
                self.endpoints[leg.endpoint].connection = None
        for leg in command.legs:
            joined = self.endpoints[leg.endpoint]
            joined.connection, joined.untaken = command.connection, ""
            if joined.collection is not None:
                joined.machine.handle(Input.JOINED)
        made = Connection(command.connection, command.tag, list(command.legs), since)
        self.connections[command.connection] = made
        self._route(made)

    def disconnect(self, name: str) -> None:
        connection = self.connections.pop(name, None)
        if connection is None:
            return
        for leg in connection.legs:
            self.endpoints[leg.endpoint].connection = None
        self._fabric.disconnect(name)

    def connection_states(self) -> tuple[ConnectionState, ...]:
        """For the audit."""
        return tuple(
            ConnectionState(connection=one.name, tag=one.tag, legs=tuple(one.legs), since_ns=one.since_ns)
            for one in self.connections.values()
        )

    def rings_for(self, connection: str) -> list[Endpoint]:
        """The endpoints that ring, and will be joined into this connection when lifted."""
        return [
            endpoint
            for endpoint in self._by_index
            if endpoint.ringing is not None
            and endpoint.ringing.on_answer is not None
            and endpoint.ringing.on_answer.connection == connection
        ]

    def _route(self, connection: Connection) -> None:
        legs = [(self.endpoints[leg.endpoint].index, leg.mode) for leg in connection.legs]
        self._fabric.connect(connection.name, legs)

    # ---- what endpoints ask for (EndpointHost)

    def emit(self, event: Event, connection_tag: bytes = b"") -> None:
        self._happened.append(Occurrence(event, connection_tag))

    def play(self, endpoint: Endpoint, signal: Signal | None) -> None:
        if signal is None:
            self._playing.pop(endpoint.index, None)
            self._fabric.play(endpoint.index, None)
        else:
            self._playing[endpoint.index] = signal
            self._fabric.play(endpoint.index, self._media.source(signal), signal.overlay)

    def send_burst(self, endpoint: Endpoint) -> None:
        burst = self._media.caller_id(endpoint.name)
        if burst is not None:
            self._fabric.play(endpoint.index, burst)

    def receive_digits(self, endpoint: Endpoint, enabled: bool, dial_tone: bool) -> None:
        self._media.receive_digits(endpoint.index, enabled, dial_tone)

    def ring(self, endpoint: Endpoint, ring: Ring) -> None:
        self._break_off_lamp(endpoint)
        self._lines.ring(endpoint.name, ring)

    def stop_ring(self, endpoint: Endpoint) -> None:
        self._fabric.play(endpoint.index, None)
        self._lines.stop_ring(endpoint.name)

    def answer(self, endpoint: Endpoint, connect: Connect) -> str | None:
        for other in self.rings_for(connect.connection):
            if other is not endpoint:
                other.machine.handle(Input.STOP_RING)
        legs = tuple(leg for leg in connect.legs if self._may_join(leg.endpoint, endpoint, connect.connection))
        if len(legs) < 2:
            return None
        self.connect(Connect(connection=connect.connection, legs=legs, tag=connect.tag))
        for leg in legs:
            self.endpoints[leg.endpoint].end_signal()
        return connect.connection

    def leave(self, endpoint: Endpoint) -> tuple[str | None, bytes]:
        connection = self.connections.get(endpoint.connection or "")
        endpoint.connection = None
        if connection is None:
            return None, b""
        connection.legs = [leg for leg in connection.legs if leg.endpoint != endpoint.name]
        if connection.legs:
            self._route(connection)
        else:
            self.disconnect(connection.name)
        return connection.name, connection.tag

    def stop_recording(self, endpoint: Endpoint) -> None:
        self._recordings.stop(endpoint.index)

    def arm_timer(self, machine: str, spec: TimerSpec, event: Enum) -> None:
        """Endpoints have no timers bound to states: a collection brings its own times."""

    def disarm_timer(self, machine: str) -> None: ...

    def refused(self, machine: str, state: Enum, event: Enum) -> None:
        log.warning("refused", machine=machine, state=state.name, event=event.name)

    def _break_off_lamp(self, endpoint: Endpoint) -> None:
        """A lamp's message is not for a telephone that rings or is lifted."""
        if self.lamps.sounds(endpoint.name):
            self._fabric.play(endpoint.index, None)

    def _may_join(self, name: str, answering: Endpoint, connection: str) -> bool:
        endpoint = self.endpoints[name]
        return endpoint is answering or (endpoint.lifted_now and endpoint.connection in (None, connection))

    # ---- events of the lines

    def _lifted(self, endpoint: Endpoint, event: Lifted) -> None:
        self._break_off_lamp(endpoint)
        endpoint.machine.handle(Input.LIFTED, event.at_ns)

    def _replaced(self, endpoint: Endpoint, event: Replaced) -> None:
        endpoint.machine.handle(Input.REPLACED, event.at_ns)

    def _flashed(self, endpoint: Endpoint, event: Flashed) -> None:
        endpoint.machine.handle(Input.FLASHED, event.at_ns)

    def _pulses(self, endpoint: Endpoint, event: PulseDigit) -> None:
        endpoint.machine.handle(Input.DIGIT, event.digit, event.at_ns)

    def _burst(self, endpoint: Endpoint, event: RingBurst) -> None:
        endpoint.machine.handle(Input.BURST, event.at_ns, event.on, event.number)

    def _window(self, endpoint: Endpoint, event: CallerIdWindow) -> None:
        if endpoint.state is State.RINGING:
            endpoint.machine.handle(Input.WINDOW, event.at_ns)
        elif endpoint.state is State.ON_HOOK and (lit := self.lamps.opened(endpoint.name)) is not None:
            self._fabric.play(endpoint.index, self._media.lamp_message(lit)[0])

    def _in_service(self, endpoint: Endpoint, event: InService) -> None:
        log.info("in-service", endpoint=endpoint.name, cold=event.cold)
        endpoint.machine.handle(Input.FOUND_OFF_HOOK if event.off_hook else Input.FOUND_ON_HOOK, event.at_ns)
        self.lamps.restore(endpoint, self.now_ns)

    def _out_of_service(self, endpoint: Endpoint, event: OutOfService) -> None:
        log.warning("out-of-service", endpoint=endpoint.name, why=event.text)
        endpoint.machine.handle(Input.FAILED, event.at_ns)

    def _fault(self, endpoint: Endpoint, event: Fault) -> None:
        if event.raised:
            endpoint.alarms[event.kind] = event.text
        else:
            endpoint.alarms.pop(event.kind, None)
        log.warning("fault", endpoint=endpoint.name, kind=event.kind, raised=event.raised, text=event.text)
        self.emit(
            Alarm(endpoint=endpoint.name, kind=event.kind, raised=event.raised, text=event.text, at_ns=event.at_ns)
        )

    def _break_began(self, endpoint: Endpoint, event: BreakBegan) -> None:
        """Flash, pulse or hang-up: which of them is told by the event that follows."""


_LINE_EVENTS: Mapping[type, Callable[[Gateway, Endpoint, Any], None]] = {
    Lifted: Gateway._lifted,
    Replaced: Gateway._replaced,
    Flashed: Gateway._flashed,
    PulseDigit: Gateway._pulses,
    BreakBegan: Gateway._break_began,
    RingBurst: Gateway._burst,
    CallerIdWindow: Gateway._window,
    Fault: Gateway._fault,
    InService: Gateway._in_service,
    OutOfService: Gateway._out_of_service,
}
