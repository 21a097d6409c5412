"""What the gateway works with, as it sees it: the lines, audio, recordings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from firmware.gateway.messages import LampKind, Ring, Signal
from firmware.trunk_countries import DtmfSpec
from firmware.voice.fabric import Source
from firmware.voice.message_lamps import LampLines
from firmware.voice.trunk_line import Receiver


class Lines(LampLines, Protocol):
    """The ports, on their own thread; every call returns at once and takes effect a little later."""

    def ring(self, port: str, ring: Ring) -> None: ...

    def stop_ring(self, port: str) -> None: ...

    def seize(self, port: str) -> None: ...

    def release(self, port: str) -> None: ...

    def return_to_service(self, port: str) -> None: ...

    def test_pair(self, port: str, ring: bool) -> None:
        """A telephone's port measures its pair; PairTested tells."""
        ...

    def end_test(self, port: str) -> None: ...

    def report(self, port: str) -> None:
        """A company line's port measures its line; LineMeasured tells."""
        ...


class SignalSource(Source, Protocol):
    """What plays a signal."""

    @property
    def endless(self) -> bool:
        """It goes on until it is replaced."""
        ...


class Media(Protocol):
    """Sources of audio, and what is received from it."""

    def source(self, signal: Signal) -> SignalSource: ...

    def digits(self, digits: str, speed: DtmfSpec) -> Source:
        """Digits for an exchange; ends with the last one's pause."""
        ...

    def receive_digits(self, index: int, enabled: bool, dial_tone: bool) -> None: ...

    def receive_line(self, index: int, receiver: Receiver | None) -> None:
        """What a company line is listened to for; tones and caller ids come from the next block on."""
        ...

    def level(self, index: int) -> float:
        """dBm0 of what an endpoint said in the last block."""
        ...

    def samples(self, index: int) -> Sequence[int]:
        """The linear samples of it."""
        ...

    def cancel_echo(self, index: int, enabled: bool) -> None:
        """Switch the canceller of an endpoint, which is on as a rule."""
        ...

    def test_tone(self, hz: float, dbm0: float) -> Source:
        """A tone without end."""
        ...

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

    def digit(self, index: int, digit: str) -> None:
        """An endpoint sends a digit: it ends a recording that waits for one."""
        ...
