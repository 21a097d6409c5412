"""What the gateway has and does: telephones, trunks, connections, and what media and lines must do for them.

Everything here runs in the core's thread and returns at once. Commands arrive checked (see `commands.py`).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import partial
from typing import Literal, TypeAlias, get_args

from boardsupport.port import CallerIdWindow, InService, Lifted, PulseDigit
from firmware.gateway.messages import (
    Alarm,
    CallerId,
    Connect,
    Event,
    Limits,
    RecordingEnded,
    Ring,
    Signal,
)
from firmware.log import Log
from firmware.timers import Timers, TimerSpec
from firmware.voice.connections import Connections
from firmware.voice.digit_receivers import DigitReceivers
from firmware.voice.endpoint import Endpoint
from firmware.voice.fabric import Fabric, Source
from firmware.voice.line_events import LineEvent, telephone_event, trunk_event
from firmware.voice.line_test import Means
from firmware.voice.line_tests import LineTests
from firmware.voice.message_lamps import MessageLamps
from firmware.voice.surroundings import Lines, Media, Recordings
from firmware.voice.telephone import Input, State, Telephone
from firmware.voice.trunk import Trunk
from firmware.voice.trunk_ear import LineTone, Phase, Sound
from firmware.voice.trunk_line import Receiver, TrunkLine
from firmware.voice.trunk_profile import TrunkProfile
from firmware.voice.trunk_table import Input as TrunkInput

log = Log("voice")

BOX = "box"
"""The endpoint named in alarms about the gateway itself."""
BoxAlarm: TypeAlias = Literal["late-blocks", "no-real-time"]
BOX_ALARMS: tuple[BoxAlarm, ...] = get_args(BoxAlarm)
_NS = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Occurrence:
    """An event, and the tag of the connection that it took a leg from."""

    event: Event
    connection_tag: bytes = b""


class Gateway:
    """All endpoints and connections. `now_ns` is set by the core before it hands anything in.

    `profiles` has the trunks among the ports; the others are telephones.
    """

    def __init__(
        self,
        ports: Sequence[str],
        fabric: Fabric,
        media: Media,
        lines: Lines,
        recordings: Recordings,
        profiles: Mapping[str, TrunkProfile],
    ) -> None:
        self.now_ns = 0
        self.telephones: dict[str, Telephone] = {}
        self.trunks: dict[str, Trunk] = {}
        self._by_index: list[Endpoint] = [
            self._trunk(name, index, profiles[name]) if name in profiles else self._telephone(name, index)
            for index, name in enumerate(ports)
        ]
        self.endpoints: dict[str, Endpoint] = {endpoint.name: endpoint for endpoint in self._by_index}
        self.connections = Connections(self.endpoints, fabric)
        self.box_alarms: dict[BoxAlarm, str] = {}
        self._fabric = fabric
        self._media = media
        self._lines = lines
        self._recordings = recordings
        self._receivers = DigitReceivers(media)
        self._playing: dict[int, Signal] = {}
        self._dialling: dict[int, Trunk] = {}
        self._timers = Timers()
        self._happened: deque[Occurrence] = deque(maxlen=Limits.UNSENT_EVENTS)
        self.tests = LineTests(Means(lines, media, fabric, self.emit, lambda: self.now_ns))
        self.lamps = MessageLamps(lines, media.lamp_kind, media.lamp_message(True)[1])

    def _telephone(self, name: str, index: int) -> Telephone:
        self.telephones[name] = Telephone(name, index, self)
        return self.telephones[name]

    def _trunk(self, name: str, index: int, profile: TrunkProfile) -> Trunk:
        self.trunks[name] = Trunk(name, index, self, profile)
        return self.trunks[name]

    # ---- what happened

    def occurrences(self) -> Iterator[Occurrence]:
        """What has happened since the last call, in order; also what happens while it is worked off."""
        while self._happened:
            yield self._happened.popleft()

    def line_event(self, port: str, event: LineEvent) -> None:
        """A port's event."""
        if isinstance(event, PulseDigit):
            self._recordings.digit(self.endpoints[port].index, event.digit)
        self.tests.event(port, event)
        if port in self.trunks:
            trunk_event(self.trunks[port], event)
        else:
            self._telephone_event(self.telephones[port], event)

    def digit(self, index: int, digit: str) -> None:
        """A DTMF digit that an endpoint began to send."""
        self._recordings.digit(index, digit)
        endpoint = self._by_index[index]
        if endpoint.off_hook:
            endpoint.take_digit(digit, self.now_ns)

    def tone(self, index: int, tone: LineTone, phase: Phase) -> None:
        """A tone on a company line."""
        endpoint = self._by_index[index]
        if isinstance(endpoint, Trunk):
            endpoint.tone(tone, phase, self.now_ns)

    def caller_told(self, index: int, caller: CallerId | None) -> None:
        """A caller id on a company line. None: the exchange does not know the caller."""
        endpoint = self._by_index[index]
        if isinstance(endpoint, Trunk):
            endpoint.caller_told(caller, self.now_ns)

    def listen(self) -> None:
        """Let the trunks hear the last block, as far as it matters to them."""
        self.tests.block()
        for trunk in self.trunks.values():
            if trunk.listens:
                loudest = max(self._media.level(member.index) for member in self.connections.members(trunk))
                samples = partial(self._media.samples, trunk.index)
                trunk.sound(Sound(self._media.level(trunk.index), loudest, samples), self.now_ns)

    def expire(self) -> None:
        """Let the collections and states end whose time is over."""
        for endpoint in self._by_index:
            endpoint.expire(self.now_ns)
        for name in self._timers.due(self.now_ns / _NS):
            self.trunks[str(name)].do(TrunkInput.TIME_OVER, self.now_ns)

    def signals_ended(self, ended: Sequence[tuple[int, Source]]) -> None:
        """The fabric's signals that are over."""
        for index, source in ended:
            signal = self._playing.pop(index, None)
            trunk = self._dialling.pop(index, None)
            if signal is not None:
                self._by_index[index].played(signal, bool(getattr(source, "failed", False)))
            elif trunk is not None:
                trunk.do(TrunkInput.DIGITS_OUT, self.now_ns)

    def recording_begins(self, index: int, until_digit: bool) -> None:
        """See `recorder.RecordingHost`."""
        self._receivers.record(index, until_digit)

    def level(self, index: int) -> float:
        """See `recorder.RecordingHost`."""
        return self._media.level(index)

    def recording_over(self, index: int) -> bytes:
        """See `recorder.RecordingHost`."""
        self._receivers.record(index, False)
        return self._by_index[index].tag

    def recording_ended(self, index: int, name: str, seconds: float, digit: str, tag: bytes) -> None:
        """See `recorder.RecordingHost`."""
        endpoint = self._by_index[index].name
        self.emit(RecordingEnded(endpoint=endpoint, name=name, seconds=seconds, digit=digit, tag=tag))

    def box_alarm(self, kind: BoxAlarm, raised: bool, text: str) -> None:
        """Something about the gateway itself; told once while it stands."""
        if raised == (kind in self.box_alarms):
            return
        if raised:
            self.box_alarms[kind] = text
        else:
            del self.box_alarms[kind]
        self.emit(Alarm(endpoint=BOX, kind=kind, raised=raised, text=text, at_ns=self.now_ns))

    def repeat_box_alarms(self) -> None:
        """Tell a new agent what stands, and what does not: it may know of one that a process before us has told."""
        for kind in BOX_ALARMS:
            text = self.box_alarms.get(kind)
            self.emit(Alarm(endpoint=BOX, kind=kind, raised=text is not None, text=text or "", at_ns=self.now_ns))

    def rings_for(self, connection: str) -> list[Telephone]:
        """The telephones that ring, and will be joined into this connection when lifted."""
        return [
            telephone
            for telephone in self.telephones.values()
            if telephone.ringing is not None
            and telephone.ringing.on_answer is not None
            and telephone.ringing.on_answer.connection == connection
        ]

    def _telephone_event(self, telephone: Telephone, event: LineEvent) -> None:
        """A lamp's message has the line of an idle telephone; everything else is the telephone's."""
        if isinstance(event, CallerIdWindow) and telephone.state is not State.RINGING:
            self._lamp_window(telephone)
            return
        if isinstance(event, Lifted):
            self.tests.give_way(telephone.name)
            self._break_off_lamp(telephone)
        telephone_event(telephone, event)
        if isinstance(event, InService):
            self.lamps.restore(telephone, self.now_ns)

    def _lamp_window(self, telephone: Telephone) -> None:
        if telephone.state is State.ON_HOOK and (lit := self.lamps.opened(telephone.name)) is not None:
            self._fabric.play(telephone.index, self._media.lamp_message(lit)[0])

    def _break_off_lamp(self, telephone: Telephone) -> None:
        """A lamp's message is not for a telephone that rings or is lifted."""
        if self.lamps.sounds(telephone.name):
            self._fabric.play(telephone.index, None)

    # ---- what endpoints ask for (EndpointHost)

    def emit(self, event: Event, connection_tag: bytes = b"") -> None:
        self._happened.append(Occurrence(event, connection_tag))

    def play(self, endpoint: Endpoint, signal: Signal | None) -> bool:
        if signal is None:
            self._playing.pop(endpoint.index, None)
            self._fabric.play(endpoint.index, None)
            return False
        source = self._media.source(signal)
        self._playing[endpoint.index] = signal
        self._fabric.play(endpoint.index, source, signal.overlay)
        return not source.endless

    def receive_digits(self, endpoint: Endpoint, enabled: bool, dial_tone: bool) -> None:
        self._receivers.collect(endpoint.index, enabled, dial_tone)

    def leave(self, endpoint: Endpoint) -> tuple[str | None, bytes]:
        return self.connections.leave(endpoint)

    def stop_recording(self, endpoint: Endpoint) -> None:
        self._recordings.stop(endpoint.index)

    def refused(self, machine: str, state: Enum, event: Enum) -> None:
        log.warning("refused", machine=machine, state=state.name, event=event.name)

    # ---- what telephones ask for (TelephoneHost)

    def send_burst(self, telephone: Telephone) -> None:
        burst = self._media.caller_id(telephone.name)
        if burst is not None:
            self._fabric.play(telephone.index, burst)

    def ring(self, telephone: Telephone, ring: Ring) -> None:
        self.tests.give_way(telephone.name)
        self._break_off_lamp(telephone)
        self._lines.ring(telephone.name, ring)

    def stop_ring(self, telephone: Telephone) -> None:
        self._fabric.play(telephone.index, None)
        self._lines.stop_ring(telephone.name)

    def answer(self, telephone: Telephone, connect: Connect) -> str | None:
        for other in self.rings_for(connect.connection):
            if other is not telephone:
                other.machine.handle(Input.STOP_RING)
        return self.connections.unite(connect, self.now_ns, telephone)

    def arm_timer(self, machine: str, spec: TimerSpec, event: Enum) -> None:
        """Telephones have no timers bound to states: a collection brings its own times."""

    def disarm_timer(self, machine: str) -> None: ...

    # ---- what trunks ask for (TrunkHost)

    def seize_line(self, trunk: TrunkLine) -> None:
        self._lines.seize(trunk.name)

    def release_line(self, trunk: TrunkLine) -> None:
        self._lines.release(trunk.name)

    def dial(self, trunk: TrunkLine, digits: str) -> None:
        if digits:
            self._dialling[trunk.index] = self.trunks[trunk.name]
            self._fabric.play(trunk.index, self._media.digits(digits, trunk.profile.dtmf))
        elif self._dialling.pop(trunk.index, None) is not None:
            self._fabric.play(trunk.index, None)

    def receive(self, trunk: TrunkLine, receiver: Receiver | None) -> None:
        self._media.receive_line(trunk.index, receiver)

    def mute(self, trunk: TrunkLine, muted: bool) -> None:
        self._fabric.mute(trunk.index, muted)

    def unite(self, trunk: TrunkLine, connect: Connect) -> str | None:
        return self.connections.unite(connect, self.now_ns, trunk)

    def start_timer(self, trunk: TrunkLine, seconds: float) -> None:
        self._timers.arm(trunk.name, self.now_ns / _NS + seconds)

    def stop_timer(self, trunk: TrunkLine) -> None:
        self._timers.disarm(trunk.name)
