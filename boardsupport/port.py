"""What a telephone port offers above its chip: the verbs and the events that the voice gateway works with.

A port lives on the line thread's event loop: every verb is called there, every event is given out there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, Protocol, TypeAlias

from boardsupport.bus import Law

FaultKind: TypeAlias = Literal[
    "foreign-voltage", "power-alarm", "line-dead", "short-circuit", "overload", "chip-reset", "calibration",
    "no-supply", "leakage", "chip-absent", "no-clock", "isolation-link",
]  # fmt: skip
LampKind: TypeAlias = Literal["neon", "polarity", "fsk"]
CallerIdPlace: TypeAlias = Literal[
    "none", "after-first-ring", "before-ring-reversal", "before-ring-pulse", "before-ring"
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Lifted:
    """Loop closed for good: the handset is up. `ringing`: it was by ring trip."""

    at_ns: int
    ringing: bool = False


@dataclass(frozen=True, slots=True)
class Replaced:
    """Loop open for longer than a hook flash may last; `at_ns` is when it opened."""

    at_ns: int


@dataclass(frozen=True, slots=True)
class Flashed:
    """A hook flash of `ms` milliseconds ended at `at_ns`."""

    at_ns: int
    ms: int


@dataclass(frozen=True, slots=True)
class PulseDigit:
    """A train of loop-disconnect pulses: digit "1".."9", "0" for ten."""

    at_ns: int
    digit: str


@dataclass(frozen=True, slots=True)
class BreakBegan:
    """The loop opened; flash, pulse or hang-up is not known yet (audio may be cut until it is)."""

    at_ns: int


@dataclass(frozen=True, slots=True)
class RingBurst:
    """Ringing voltage went on or off the line; `number` counts the bursts of this ringing from 1."""

    at_ns: int
    on: bool
    number: int


@dataclass(frozen=True, slots=True)
class CallerIdWindow:
    """The line is in on-hook transmission and the moment for the caller-id burst has come: send audio now."""

    at_ns: int


@dataclass(frozen=True, slots=True)
class Fault:
    """Something is wrong with chip or pair, or no longer; `text` is for a technician."""

    at_ns: int
    kind: FaultKind
    raised: bool
    text: str


@dataclass(frozen=True, slots=True)
class InService:
    """The port works; `off_hook`: its telephone was found lifted. `cold`: the chip had lost its state."""

    at_ns: int
    off_hook: bool
    cold: bool


@dataclass(frozen=True, slots=True)
class OutOfService:
    """The port does not work until it is initialised again."""

    at_ns: int
    text: str


FOREIGN_DC_VOLTS, FOREIGN_AC_VOLTS = 6.4, 10.0
"""More than that of somebody else's is a fault (Telcordia GR-909: 6 and 10 V; the chip's meter has steps of 0.4 V)."""


@dataclass(frozen=True, slots=True)
class PairReading:
    """What a port has measured of its pair; None: not measured. Volts, milliamperes, and bells as REN."""

    foreign_dc: float
    """Of both wires against ground the higher, with the feed off."""
    foreign_ac: float
    """Effective."""
    on_hook_v: float | None = None
    leak_ma: float | None = None
    ring_ma: float | None = None
    """Peak."""
    ringers: float | None = None

    @property
    def foreign(self) -> bool:
        """There is foreign voltage: this pair must not be fed."""
        return self.foreign_dc > FOREIGN_DC_VOLTS or self.foreign_ac > FOREIGN_AC_VOLTS


@dataclass(frozen=True, slots=True)
class PairTested:
    """`test_pair` is done. `reading` None: the chip does not answer. Not `fed`: foreign voltage, or out of service."""

    at_ns: int
    reading: PairReading | None
    fed: bool


@dataclass(frozen=True, slots=True)
class PairInUse:
    """`test_pair` was refused: something else has the line."""

    at_ns: int


PortEvent: TypeAlias = (
    Lifted
    | Replaced
    | Flashed
    | PulseDigit
    | BreakBegan
    | RingBurst
    | CallerIdWindow
    | Fault
    | InService
    | OutOfService
    | PairTested
    | PairInUse
)


@dataclass(frozen=True, slots=True)
class RingPlan:
    """How to ring: `cadence_ms` is on, off, on, off, ... and is repeated. The caller-id burst lasts `caller_id_ms`."""

    cadence_ms: tuple[int, ...]
    caller_id: CallerIdPlace = "none"
    caller_id_ms: int = 0


@dataclass(frozen=True, slots=True)
class HookTimes:
    """Limits in milliseconds; breaks between `pulse_max` and `flash_min`, and below `pulse_min`, mean nothing."""

    flash_min: float = 80
    flash_max: float = 800
    pulse_min: float = 20
    pulse_max: float = 80
    tolerance: float = 8
    """By how much a flash may miss its limits: loop closure is sensed in steps of 1.25 ms, and contacts bounce."""
    digit_gap: float = 200
    """Silence after a digit's last pulse; the make of a slow dial is 60 ms, the pause between digits 300 ms or more."""
    late_edge: float = 40
    """How long after `flash_max` an edge with an earlier stamp may still be on its way."""


@dataclass(frozen=True, slots=True)
class LineSettings:
    """What a country asks of a telephone port; see `boardsupport/si3210/countries.py`."""

    law: Law
    impedance: int
    """TISS code of the Si3210 (reference board.md 1.9)."""
    ring_hz: float
    ring_vpk: float
    hook: HookTimes = HookTimes()


class FxsPort(Protocol):
    """One telephone port. Verbs that the state does not allow raise `PortStateError`; events go to the listener."""

    socket: str
    timeslot: int

    def listen(self, listener: Callable[[PortEvent], None]) -> None: ...

    async def start(self) -> None:
        """Bring the port into service (takes the silicon's time); the outcome is InService or Fault + OutOfService."""
        ...

    async def stop(self) -> None:
        """Leave the line as it is and stop looking at it."""
        ...

    def ring(self, plan: RingPlan) -> None:
        """Ring the idle line; bursts wait their turn within the board's limit."""
        ...

    def stop_ring(self) -> None: ...

    def set_lamp(self, kind: LampKind, lit: bool) -> None:
        """Neon or polarity lamp; kept through calls and rings; "fsk" is the voice gateway's part."""
        ...

    def transmit_on_hook(self, ms: int) -> None:
        """On-hook transmission for that long, after which the line is idle again; event CallerIdWindow when ready."""
        ...

    def test_pair(self, ring: bool) -> None:
        """Measure the pair of an idle telephone, or of a port out of service; event PairTested.

        For 60 ms the line is not fed, and a lifted handset not noticed; whatever needs the line ends the test.
        """
        ...

    def end_test(self) -> None:
        """The test of the pair is over, and so is on-hook transmission: the line is idle at once."""
        ...

    def return_to_service(self) -> None:
        """Begin again after a person has said so."""
        ...


class PortStateError(RuntimeError):
    """The port's state does not allow this verb (ring an off-hook line, ...)."""
