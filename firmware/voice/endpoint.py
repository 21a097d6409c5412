"""What telephones and trunks have in common as endpoints: a place in a connection, one signal, a tag, alarms."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar, Protocol

from firmware.gateway.messages import (
    Alarm,
    AlarmKind,
    Collect,
    EndpointKind,
    EndpointState,
    Event,
    PlaybackDone,
    Signal,
)
from firmware.log import Log
from firmware.voice.collector import Collector

log = Log("voice")


class EndpointHost(Protocol):
    """What every endpoint asks of the gateway."""

    now_ns: int

    def emit(self, event: Event, connection_tag: bytes = b"") -> None:
        """Tell an event, with the tag of the connection that it took a leg from."""
        ...

    def play(self, endpoint: Endpoint, signal: Signal | None) -> bool:
        """Let it hear this signal from its beginning, or none; whether that ends by itself."""
        ...

    def receive_digits(self, endpoint: Endpoint, enabled: bool, dial_tone: bool) -> None:
        """Switch its DTMF receiver for a collection."""
        ...

    def leave(self, endpoint: Endpoint) -> tuple[str | None, bytes]:
        """Take it out of its connection; that connection and its tag, or None and no tag."""
        ...

    def stop_recording(self, endpoint: Endpoint) -> None: ...


class Endpoint(ABC):
    """An endpoint of either kind. Times are monotonic nanoseconds."""

    kind: ClassVar[EndpointKind]

    def __init__(self, name: str, index: int, host: EndpointHost) -> None:
        self.name = name
        self.index = index
        self.tag = b""
        self.signal: Signal | None = None
        self.signal_ends = False
        """It has a signal that ends by itself."""
        self.connection: str | None = None
        self.off_hook_since_ns: int | None = None
        self.alarms: dict[AlarmKind, str] = {}
        self.collector = Collector(self, host)
        self._host = host

    @property
    @abstractmethod
    def off_hook(self) -> bool:
        """Lifted, or with its line seized: it can hear and be heard."""

    @abstractmethod
    def may_join(self) -> bool:
        """Whether it can be put into a connection now."""

    @abstractmethod
    def audit(self) -> EndpointState:
        """Everything that an agent may ask about it."""

    @abstractmethod
    def apply(self, signal: Signal | None, tag: bytes | None) -> None:
        """Let it hear this in place of what it hears; it is off-hook."""

    @abstractmethod
    def played(self, signal: Signal, failed: bool) -> None:
        """Its signal has ended by itself."""

    def join(self, connection: str) -> None:
        """It is part of this connection from now on."""
        self.connection = connection

    def collect(self, command: Collect) -> None:
        """Begin to collect digits; it is off-hook."""
        self.collector.obey(command)

    def take_digit(self, digit: str, at_ns: int) -> None:
        """A digit has come while it is off-hook."""
        if self.collector.collection is not None:
            self.collector.digit(digit, at_ns)

    def expire(self, now_ns: int) -> None:
        """End the collection whose time is over."""
        if self.collector.due():
            self.collector.deadline(now_ns)

    def hear(self, signal: Signal | None) -> None:
        if signal is not None or self.signal is not None:
            self.signal = signal
            self.signal_ends = self._host.play(self, signal)

    def hear_tagged(self, signal: Signal | None, tag: bytes | None) -> None:
        if tag is not None:
            self.tag = tag
        self.hear(signal)

    def end_signal(self) -> None:
        """A connection was made in which it is answered, or answers."""
        self.hear(None)

    def signal_ended(self, signal: Signal, failed: bool) -> None:
        self.signal, self.signal_ends = None, False
        done = PlaybackDone(endpoint=self.name, signal=signal, at_ns=self._host.now_ns, failed=failed, tag=self.tag)
        self._host.emit(done)

    def set_alarm(self, kind: AlarmKind, raised: bool, text: str, at_ns: int) -> None:
        """Note and tell that something is wrong with it, or no longer; what changes nothing is not told."""
        if raised == (kind in self.alarms):
            return
        if raised:
            self.alarms[kind] = text
        else:
            del self.alarms[kind]
        log.warning("fault", endpoint=self.name, kind=kind, raised=raised, text=text)
        self._host.emit(Alarm(endpoint=self.name, kind=kind, raised=raised, text=text, at_ns=at_ns))
