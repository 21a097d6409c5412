"""What the models of all chips have in common: their time, their place on the highway, and the face the bench sees."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Iterable
from typing import NamedTuple, Protocol

from boardsupport.bus import Law
from boardsupport.registers import Bits, Register

SAMPLES_PER_MS = 8
PCLK_HZ = frozenset((256_000, 512_000, 768_000, 1_024_000, 1_536_000, 1_544_000, 2_048_000, 4_096_000, 8_192_000))
"""Accepted PCM clocks (board.md 3.2)."""
HIGH_IMPEDANCE = 0xFF
"""What is read where nothing drives SDO: a pull-up."""
BYTE_SAMPLES = 8 / 1_000_000 * 8000
"""Eight clocks of a 1 MHz SPI, in samples of time."""
HISTORY = 4096


class PcmMap(NamedTuple):
    """Where in the frame a chip sends and listens: bit offsets from FSYNC, and its law."""

    transmit_bit: int
    receive_bit: int
    law: Law


class ChipModel(Protocol):
    """What the bench does with a chip of any kind."""

    @property
    def now(self) -> float:
        """The model's time in samples."""
        ...

    @property
    def interrupt(self) -> bool:
        """The INT pin is pulled low."""
        ...

    @property
    def interrupt_at(self) -> float:
        """The sample at which `interrupt` last changed."""
        ...

    @property
    def audio_version(self) -> int:
        """Changes whenever anything of the audio path may have changed."""
        ...

    def advance(self, samples: float) -> None:
        """Time passes."""
        ...

    def power(self, on: bool) -> None:
        """The board's supply."""
        ...

    def reset_pin(self, asserted: bool) -> None: ...

    def transfer(self, data: bytes) -> bytes:
        """One chip-select window."""
        ...

    def pcm_map(self) -> PcmMap | None:
        """Start counts and law while the PCM interface is enabled and clocked."""
        ...

    def audio_path(self) -> bool:
        """Speech passes between highway and line, at least in one direction."""
        ...

    def digital_loopback(self) -> bool:
        """What the highway sends to the chip comes back from it."""
        ...

    def gains(self) -> tuple[float, float]:
        """Linear gain from highway to line, and from line to highway."""
        ...

    def impairment(self) -> tuple[float, float]:
        """What the chip adds to speech towards the highway: direct offset and peak of 50 Hz hum, in 16-bit steps."""
        ...


class Timers:
    """Time in samples of 125 us, fractions included, and what falls due in it, by name."""

    def __init__(self) -> None:
        self.now = 0.0
        self.next_due = math.inf
        self._timers: dict[str, tuple[float, Callable[[], object]]] = {}

    def set_timer(self, name: str, after: float, action: Callable[[], object]) -> None:
        """Call `action` in `after` samples; replaces the timer of this name."""
        self._timers[name] = (self.now + after, action)
        self._find_next()

    def clear_timer(self, name: str) -> None:
        if self._timers.pop(name, None) is not None:
            self._find_next()

    def clear_timers(self) -> None:
        self._timers.clear()
        self.next_due = math.inf

    def has_timer(self, name: str) -> bool:
        return name in self._timers

    def run_until(self, target: float) -> None:
        """Let time pass and fire what comes due, in order."""
        while self.next_due <= target:
            name = min(self._timers, key=lambda each: self._timers[each][0])
            at, action = self._timers.pop(name)
            self.now = max(self.now, at)
            self._find_next()
            action()
        self.now = max(self.now, target)

    def _find_next(self) -> None:
        self.next_due = min((at for at, _ in self._timers.values()), default=math.inf)


class RegisterFile(Timers):
    """The registers of one chip, its interrupt pin, and what its audio path depends on."""

    def __init__(self, registers: Iterable[Register]) -> None:
        super().__init__()
        self.direct = bytearray(128)
        self.clock = True
        """PCLK and FSYNC run at an accepted rate."""
        self.interrupt = False
        """The INT pin is pulled low."""
        self.interrupt_at = 0.0
        """When `interrupt` last changed."""
        self.audio_version = 0
        """Counts changes of anything that the audio path depends on."""
        self._resets = tuple((register.address, register.reset) for register in registers)

    def load_resets(self) -> None:
        """All registers to their reset values, nothing pending."""
        self.direct[:] = bytes(128)
        for address, value in self._resets:
            self.direct[address] = value
        self.clear_timers()
        self.audio_version += 1

    def pull_interrupt(self, low: bool) -> None:
        if low != self.interrupt:
            self.interrupt = low
            self.interrupt_at = self.now

    def field(self, bits: Bits) -> int:
        """A field's present value."""
        return bits.of(self.direct[bits.register.address])

    def word(self, low: int) -> int:
        """Two registers, low byte first."""
        return self.direct[low] | self.direct[low + 1] << 8


class Wires(Protocol):
    """The pair at a chip. `version` counts what the world has changed of it."""

    version: int


class WireSide(Protocol):
    """The part of a chip that is at its pair."""

    def sense(self) -> None:
        """The pair has changed."""
        ...


class ModelledChip(ABC):
    """What the models of all chips do alike: time, power, reset, windows of SPI, and changes of the wires."""

    def __init__(self, state: RegisterFile, pair: Wires, line: WireSide) -> None:
        self.history: deque[tuple[float, int, int]] = deque(maxlen=HISTORY)
        """Register writes as (sample, address, value), for tests."""
        self._registers, self._wires, self._wire_side = state, pair, line
        self._seen_wires = pair.version
        self._powered = True
        self._in_reset = False
        self._frame: list[int] = []

    @property
    def now(self) -> float:
        """The model's time in samples."""
        return self._registers.now

    @property
    def interrupt(self) -> bool:
        """The INT pin is pulled low."""
        return self._registers.interrupt

    @property
    def interrupt_at(self) -> float:
        """The sample at which `interrupt` last changed."""
        return self._registers.interrupt_at

    @property
    def audio_version(self) -> int:
        """Changes whenever anything of the audio path may have changed."""
        return self._registers.audio_version

    @property
    def alive(self) -> bool:
        """It has power and is not held in reset."""
        return self._powered and not self._in_reset

    def advance(self, samples: float) -> None:
        """Time passes."""
        target = self._registers.now + samples
        if self._seen_wires != self._wires.version:
            self._seen_wires = self._wires.version
            self._registers.audio_version += 1
            self._wire_side.sense()
        self._registers.run_until(target)

    def power(self, on: bool) -> None:
        """The board's supply. Without it the chip loses its state, and lets go of the line."""
        if on != self._powered:
            self._powered = on
            self._lose_state()

    def reset_pin(self, asserted: bool) -> None:
        """The RESET pin, active low on the board: `asserted` holds the chip in reset."""
        if asserted != self._in_reset:
            self._in_reset = asserted
            self._lose_state()

    def upset(self) -> None:
        """The chip resets by itself, as after a surge on the line."""
        self._lose_state()

    def transfer(self, data: bytes) -> bytes:
        """One chip-select window; the chip takes exactly eight clocks of it, more are lost."""
        if not data:
            return b""
        self.advance(BYTE_SAMPLES * len(data))
        if not self.alive:
            return bytes([HIGH_IMPEDANCE]) * len(data)
        return bytes([self._byte(data[0])]) + bytes([HIGH_IMPEDANCE]) * (len(data) - 1)

    def partial_window(self) -> None:
        """A window of fewer than eight clocks: what was half received is forgotten."""
        self._frame.clear()

    def register(self, address: int) -> int:
        """A register's value without the side effects and the time of an access (for the world and for tests)."""
        return self._read(address)

    @abstractmethod
    def _byte(self, value: int) -> int:
        """What is read while this is written; `_frame` is what has come before."""

    @abstractmethod
    def _read(self, address: int) -> int:
        """A register's value."""

    @abstractmethod
    def _lose_state(self) -> None:
        """As after a reset."""
