"""What a company-line port (FXO) offers above its chip: the verbs and the events that the voice gateway works with.

A port lives on the line thread's event loop: every verb is called there, every event is given out there. Audio is not
its business: while on-hook the line monitor passes what arrives (caller id), while off-hook both directions are open.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from boardsupport.bus import Law
from boardsupport.port import Fault, InService, OutOfService, RingBurst


@dataclass(frozen=True, slots=True)
class RingingStopped:
    """No burst for longer than a pause between bursts may last, and nobody has answered: the caller has given up."""

    at_ns: int


@dataclass(frozen=True, slots=True)
class PolarityChanged:
    """The two wires have changed places: answer, clearing, or the mark before a caller id; see `reversed`."""

    at_ns: int
    reversed: bool
    """Against the polarity of the idle line: as it was when the port came into service, or when it last seized."""


@dataclass(frozen=True, slots=True)
class FeedLost:
    """The exchange has taken its feed away: no battery on-hook, no loop current off-hook (denial, loop break)."""

    at_ns: int


@dataclass(frozen=True, slots=True)
class FeedBack:
    """The feed is there again after `ms` without."""

    at_ns: int
    ms: int


@dataclass(frozen=True, slots=True)
class Seized:
    """The line is off-hook and its audio path open (the answer to `seize`); `ringing`: that answered a call in."""

    at_ns: int
    ringing: bool


@dataclass(frozen=True, slots=True)
class Released:
    """The line is on-hook (the answer to `release`)."""

    at_ns: int


@dataclass(frozen=True, slots=True)
class InUse:
    """A telephone in parallel has seized the line while the port is on-hook, or has let it go."""

    at_ns: int
    in_use: bool


@dataclass(frozen=True, slots=True)
class LineReading:
    """What the chip measures on its line: volts between the wires (0 for up to 3 V), milliamperes while off-hook."""

    volts: float
    milliamperes: float


@dataclass(frozen=True, slots=True)
class LineMeasured:
    """The answer to `report`: what is on the line. `reading` None: the chip does not answer. Not `live`: no service."""

    at_ns: int
    reading: LineReading | None
    live: bool


FxoEvent: TypeAlias = (
    RingBurst
    | RingingStopped
    | PolarityChanged
    | FeedLost
    | FeedBack
    | Seized
    | Released
    | InUse
    | Fault
    | InService
    | OutOfService
    | LineMeasured
)
"""`RingBurst`: ringing voltage came or went; `number` counts the bursts of this ringing from 1."""


@dataclass(frozen=True, slots=True)
class FxoTimes:
    """Limits in milliseconds, all debounced against the edge's own time."""

    ring_min: float = 64
    """Ringing voltage for less is none (DAHDI; ETSI ES 203 021 asks for 200 ms at most).

    A gap between two bursts of less than four times as much is none either.
    """
    ring_pause_max: float = 7000
    """The longest pause between bursts of one ringing: 4 to 5 s in the countries of the product, and reserve."""
    feed_lost: float = 80
    """No loop current, or no battery, for less is a glitch."""
    feed_back: float = 64
    """A feed that comes back for less is none."""
    feed_blind: float = 650
    """After going off-hook the loop current is not judged for that long."""
    dead_after: float = 1000
    """No battery for longer, on-hook and not ringing: the line is dead (`Fault` "line-dead")."""
    polarity: float = 64
    """A reversal holds at least that long."""
    in_use: float = 200
    """A telephone in parallel holds the line, or leaves it, at least that long; its dial pulses are shorter."""
    overload: float = 48
    """Too much loop current for less is what closing the loop makes."""


@dataclass(frozen=True, slots=True)
class FxoSettings:
    """What a country asks of a company-line port: register values of `boardsupport/si3050/countries.py`."""

    law: Law
    international_1: int
    """Register 16."""
    dc_termination: int
    """Register 26."""
    ac_termination: int
    """Register 30."""
    control_5: int
    """Register 31."""
    receive_db: float = 0.0
    transmit_db: float = 0.0
    in_use_volts: float = 20.0
    """An on-hook voltage between 3 V and this: somebody else is off-hook on the line."""
    times: FxoTimes = FxoTimes()


class FxoPort(Protocol):
    """One company line. Verbs that the state does not allow raise `boardsupport.port.PortStateError`."""

    socket: str
    timeslot: int

    def listen(self, listener: Callable[[FxoEvent], None]) -> None: ...

    async def start(self) -> None:
        """Bring the port into service; the outcome is InService (`off_hook`: found seized) or Fault + OutOfService."""
        ...

    async def stop(self) -> None:
        """Leave the line as it is and stop looking at it."""
        ...

    def seize(self) -> None:
        """Go off-hook: seizes an idle line, answers a ringing one. `Seized` tells when audio passes.

        Not again before `Released`.
        """
        ...

    def release(self) -> None:
        """Go on-hook; `Released` follows. On-hook already is no matter, and is told as well."""
        ...

    def flash(self, ms: int) -> None:
        """Open the loop for that long (a register recall towards the company's exchange).

        Raises ValueError for a time that no exchange takes for one.
        """
        ...

    def measure(self) -> LineReading:
        """What is on the line now. Raises PortStateError while the port doesn't work."""
        ...

    def report(self) -> None:
        """Measure, also out of service; event LineMeasured."""
        ...

    def return_to_service(self) -> None:
        """Begin again after a person has said so. Raises PortStateError while the port works."""
        ...
