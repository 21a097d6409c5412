"""The seam between drivers and wires: everything that a board's adapters offer, on silicon and on the bench alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, TypeAlias

SAMPLE_RATE_HZ = 8000
BLOCK_SAMPLES = 80
"""One block of the highway is 10 ms."""
BLOCK_NS = 10_000_000
PLAYOUT_BLOCKS = 4
"""40 ms: what a highway holds of the blocks that are still to be played."""
Law: TypeAlias = Literal["alaw", "ulaw"]
"""Companding of G.711, one for the whole highway."""
IDLE: dict[Law, int] = {"alaw": 0xD5, "ulaw": 0xFF}
"""What a silent timeslot carries: positive zero with the law's inversions (G.711, Q.522)."""


class BusError(OSError):
    """The wire itself failed: no such device, a short transfer, the bench gone."""


@dataclass(frozen=True, slots=True)
class Window:
    """The clocks between one falling and the next rising edge of a chip select, most significant bit first."""

    chip_select: int
    data: bytes


def split(data: bytes, windows: Sequence[Window]) -> list[bytes]:
    """What was clocked in, end to end, as one piece for each window."""
    pieces: list[bytes] = []
    start = 0
    for window in windows:
        pieces.append(data[start : start + len(window.data)])
        start += len(window.data)
    return pieces


class SpiBus(Protocol):
    """A serial peripheral bus with numbered chip selects (the board table says which chip is behind which)."""

    def transfer(self, windows: Sequence[Window]) -> list[bytes]:
        """Clock the windows out in order, in one round trip; for each, the bytes clocked in (same length).

        Blocks for the transfer alone (under a millisecond per few dozen windows). Raises BusError.
        """
        ...

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Block:
    """Ten milliseconds of the highway, from the chips.

    `capture` holds 80 frames of `slots` bytes; the byte of timeslot s in frame f is at f * slots + offset_of(s).
    `played` is the serial number of the block that the chips received while they sent this one, or None where the
    highway had nothing to play (an underrun: they received idle code). `index` counts blocks since the highway began,
    also those that were lost.
    """

    index: int
    capture: bytes
    played: int | None


class PcmHighway(Protocol):
    """The PCM bus: PCLK and FSYNC run as long as it is open."""

    slots: int
    """Timeslots in a frame: 8, 32 or 64."""

    def offset_of(self, slot: int) -> int:
        """Where a timeslot's byte stands in a frame of this highway's memory."""
        ...

    def fileno(self) -> int:
        """Readable when a block can be read without waiting."""
        ...

    def read(self) -> Block | None:
        """The next block from the chips, or None if there is none yet. Raises BusError."""
        ...

    def write(self, block: bytes | bytearray | memoryview) -> int:
        """Queue a block towards the chips, laid out as `Block.capture`; its serial number (0, 1, 2, ...).

        What does not fit into the `PLAYOUT_BLOCKS` is refused with BlockingIOError. Raises BusError.
        """
        ...

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Edge:
    """A change of an input pin, stamped with CLOCK_MONOTONIC where it happened, as the kernel stamps GPIO edges."""

    pin: int
    level: bool
    at_ns: int


class Pins(Protocol):
    """The board's GPIO lines by number (of the board table)."""

    def write(self, pin: int, level: bool) -> None:
        """Drive an output. Raises BusError."""
        ...

    def read(self, pin: int) -> bool:
        """The present level of an input. Raises BusError."""
        ...

    def watch(self, pin: int) -> None:
        """Report both edges of this input from now on. Raises BusError."""
        ...

    def fileno(self) -> int:
        """Readable when `edges` has something."""
        ...

    def edges(self) -> list[Edge]:
        """The edges since the last call, in order; does not wait. Raises BusError."""
        ...

    def close(self) -> None: ...
