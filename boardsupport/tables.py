"""The board tables, one per board revision: which chip stands where, and which pin does what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

SocketKind: TypeAlias = Literal["fxs", "fxo", "none"]
BoardKind: TypeAlias = Literal["sim", "hat"]


@dataclass(frozen=True, slots=True)
class Bay:
    """The place of one line module: its chip select, timeslot and pins."""

    chip_select: int
    timeslot: int
    interrupt_pin: int
    """Wired-OR with the other bays that name the same pin; active low."""
    reset_pin: int
    """Active low; bays that name the same pin are reset together."""
    kinds: frozenset[str] = frozenset({"fxs", "fxo"})


@dataclass(frozen=True, slots=True)
class LedPins:
    """One LED: the pin of each colour that it can show (drive high to light it)."""

    name: str
    colors: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class BoardTable:
    """Everything that software must know about one board revision."""

    revision: str
    kind: BoardKind
    bays: tuple[Bay, ...]
    max_fxs: int
    max_fxo: int
    slots: int
    """Timeslots of the PCM highway's frame: 8, 32 or 64."""
    start_offset: int
    """PCLK cycles from FSYNC to the first bit of timeslot 0."""
    ringing_at_once: int
    """How many ports the supply can ring at the same moment."""
    leds: tuple[LedPins, ...]
    """Those that software drives; what each can show says the table of `firmware.indicators`."""
    button_pin: int
    """Active low, pulled up."""
    lifeline_pin: int
    """The relay is held open while this pin toggles (see `boardsupport.leds.LifelineRelay`)."""
    lifeline_hold_ms: int
    """How long after the last toggle the relay falls."""
    marker_slot: int | None = None
    """A slot that no chip uses, to find the word that begins a frame (only above 8 slots)."""
    spi_devices: Mapping[int, str] = field(default_factory=dict)
    """Chip select -> spidev device; empty where the wire has numbered chip selects."""
    spi_hz: int = 2_000_000
    alsa_card: str = ""
    hat_product: str = ""
    """What /proc/device-tree/hat/product reads on this board."""

    def refusal(self, sockets: Sequence[str]) -> str | None:
        """Why these modules do not fit the board's bays, in the order of the bays; or None."""
        if len(sockets) > len(self.bays):
            return f"{len(sockets)} sockets, and the board has {len(self.bays)}"
        counted = {"fxs": self.max_fxs, "fxo": self.max_fxo}
        for kind, limit in counted.items():
            if sockets.count(kind) > limit:
                return f"{sockets.count(kind)} {kind} sockets, and the board has {limit}"
        for number, (kind, bay) in enumerate(zip(sockets, self.bays, strict=False), start=1):
            if kind in counted and kind not in bay.kinds:
                return f"socket {number} takes no {kind} module"
        return None

    def numbered(self, sockets: Sequence[str]) -> dict[str, Bay]:
        """The bays by the names of their ports: fxs/N counts the fxs sockets in order, fxo/N the fxo ones."""
        counts = {"fxs": 0, "fxo": 0}
        named: dict[str, Bay] = {}
        for kind, bay in zip(sockets, self.bays, strict=False):
            if kind in counts:
                counts[kind] += 1
                named[f"{kind}/{counts[kind]}"] = bay
        return named


def _sim_64() -> BoardTable:
    bays = tuple(Bay(chip_select=n, timeslot=n, interrupt_pin=100 + n // 8, reset_pin=200 + n) for n in range(40))
    leds = (
        LedPins("power", {"green": 1}),
        LedPins("system", {"green": 2, "amber": 3, "red": 4}),
        LedPins("alarm", {"red": 5}),
        LedPins("pms", {"green": 6, "amber": 7}),
        LedPins("trunk", {"green": 8, "amber": 9}),
        LedPins("lines", {"green": 11, "amber": 12}),
    )
    return BoardTable(
        "sim-64", "sim", bays, max_fxs=32, max_fxo=8, slots=64, start_offset=0, ringing_at_once=10,
        leds=leds, button_pin=13, lifeline_pin=10, lifeline_hold_ms=500, marker_slot=63,
    )  # fmt: skip


def _hat_8() -> BoardTable:
    """Six telephones and two exchange lines; all chips share one interrupt and one reset line (GPIO numbers).

    Every pin that is not a bus's or the console's is in use, so each LED has one colour, and power is on the supply.
    """
    bays = tuple(
        Bay(n, timeslot=n, interrupt_pin=2, reset_pin=24, kinds=frozenset({"fxs" if n < 6 else "fxo"}))
        for n in range(8)
    )
    leds = (
        LedPins("system", {"green": 22}),
        LedPins("alarm", {"red": 4}),
        LedPins("pms", {"green": 27}),
        LedPins("trunk", {"green": 25}),
        LedPins("lines", {"green": 23}),
    )
    return BoardTable(
        "hat-8", "hat", bays, max_fxs=6, max_fxo=2, slots=8, start_offset=1, ringing_at_once=3,
        leds=leds, button_pin=3, lifeline_pin=12, lifeline_hold_ms=500,
        spi_devices={n: f"/dev/spidev0.{n}" for n in range(8)}, alsa_card="nightporter",
        hat_product="Night Porter HAT 8",
    )  # fmt: skip


BOARDS: dict[str, BoardTable] = {table.revision: table for table in (_sim_64(), _hat_8())}
"""Every board revision that this release knows."""
