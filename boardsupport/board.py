"""Opening a board: its adapters by its kind, and its ports by its table."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from boardsupport.bus import IDLE, BusError, Law, PcmHighway, Pins, SpiBus
from boardsupport.chores import Sleep
from boardsupport.fxo import FxoPort, FxoSettings
from boardsupport.interrupts import InterruptLines
from boardsupport.port import FxsPort, LineSettings
from boardsupport.reset import ResetLine
from boardsupport.ringing import RingScheduler
from boardsupport.si3050 import access as fxo_access
from boardsupport.si3050 import chip as fxo_chip
from boardsupport.si3050 import service as fxo_service
from boardsupport.si3050.port import Si3050Port
from boardsupport.si3210 import access as fxs_access
from boardsupport.si3210 import chip as fxs_chip
from boardsupport.si3210 import service as fxs_service
from boardsupport.si3210.chip import CalibrationResults
from boardsupport.si3210.port import Si3210Port
from boardsupport.si3210.ringer import bell
from boardsupport.tables import BOARDS, Bay, BoardTable, LedPins

__all__ = [
    "BOARDS",
    "Bay",
    "Board",
    "BoardAbsentError",
    "BoardPorts",
    "BoardTable",
    "LedPins",
    "Panel",
    "make_ports",
    "open_board",
    "open_panel",
]

HAT_PRODUCT = Path("/proc/device-tree/hat/product")
CLOCKS_PER_SLOT = 8


class BoardAbsentError(RuntimeError):
    """The board that the configuration names is not here; the text says what was looked for."""


@dataclass(frozen=True, slots=True)
class Board:
    """A board with its wires open."""

    table: BoardTable
    spi: SpiBus
    highway: PcmHighway
    pins: Pins

    def close(self) -> None:
        """Close the wires; the chips stay as they are."""
        for wire in (self.highway, self.spi, self.pins):
            wire.close()


@dataclass(frozen=True, slots=True)
class Panel:
    """What a person sees and presses of a board: the pins of its LEDs and of its button."""

    table: BoardTable
    pins: Pins


def open_panel(kind: str, revision: str, run_directory: Path) -> Panel:
    """Open LEDs and button alone, beside whoever has the board. Raises BoardAbsentError."""
    table = _table_of(kind, revision)
    try:
        return Panel(table, _hat_panel(table) if table.kind == "hat" else _sim_panel(run_directory))
    except BusError as failure:
        raise BoardAbsentError(f"LEDs and button of the board {revision} can't be opened: {failure}") from failure


def _sim_panel(run_directory: Path) -> Pins:
    from boardsupport.adapters.wire import WirePins
    from boardsupport.adapters.wire_format import PANEL_SOCKET

    return WirePins(run_directory, PANEL_SOCKET)


def _hat_panel(table: BoardTable) -> Pins:
    _check_hat(table)
    try:
        from boardsupport.adapters.gpio import GpioPins
    except ImportError as missing:
        raise BoardAbsentError(f"the board {table.revision} needs a library that is not installed: {missing}") from None
    return GpioPins([pin for led in table.leds for pin in led.colors.values()], inputs=[table.button_pin])


def open_board(kind: str, revision: str, law: Law, run_directory: Path) -> Board:
    """Open the board of the configuration but for its panel. Raises BoardAbsentError."""
    table = _table_of(kind, revision)
    try:
        return _open_hat(table, law) if table.kind == "hat" else _open_sim(table, run_directory)
    except BusError as failure:
        raise BoardAbsentError(f"the board {revision} can't be opened: {failure}") from failure


def _table_of(kind: str, revision: str) -> BoardTable:
    table = BOARDS.get(revision)
    if table is None or table.kind != kind:
        known = ", ".join(sorted(each.revision for each in BOARDS.values() if each.kind == kind)) or "none"
        raise BoardAbsentError(f'no board of kind "{kind}" has the revision "{revision}"; known: {known}')
    return table


def _open_sim(table: BoardTable, run_directory: Path) -> Board:
    from boardsupport.adapters.wire import WireHighway, WirePins, WireSpi

    return Board(table, WireSpi(run_directory), WireHighway(run_directory, table.slots), WirePins(run_directory))


def _check_hat(table: BoardTable) -> None:
    """Raises BoardAbsentError."""
    found = HAT_PRODUCT.read_text().rstrip("\0\n") if HAT_PRODUCT.exists() else None
    if found != table.hat_product:
        what = f'the HAT says it is "{found}"' if found else f"{HAT_PRODUCT} is not there"
        raise BoardAbsentError(f'the board {table.revision} ("{table.hat_product}") is absent: {what}')


def _open_hat(table: BoardTable, law: Law) -> Board:
    """The adapters of a HAT need libraries and devices that only a Raspberry Pi has, so they are imported here."""
    _check_hat(table)
    try:
        from boardsupport.adapters.alsa import AlsaHighway
        from boardsupport.adapters.gpio import GpioPins
        from boardsupport.adapters.spi_dev import SpidevBus
    except ImportError as missing:
        raise BoardAbsentError(f"the board {table.revision} needs a library that is not installed: {missing}") from None
    resets = {bay.reset_pin for bay in table.bays}
    # the clocks first: chips that have lost them keep nothing that an SPI access could find
    highway = AlsaHighway(table.alsa_card, table.slots, IDLE[law], table.marker_slot)
    return Board(table, SpidevBus(table.spi_devices, table.spi_hz), highway, GpioPins([table.lifeline_pin], resets))


def _forget(_socket: str, _results: CalibrationResults) -> None:
    """Calibrations are not kept."""


@dataclass(frozen=True, slots=True)
class BoardPorts:
    """The ports of a board by name ("fxs/1", "fxo/1", ...): telephones and company lines."""

    fxs: dict[str, FxsPort]
    fxo: dict[str, FxoPort]


def make_ports(
    board: Board,
    sockets: Sequence[str],
    settings: LineSettings,
    lines: Mapping[str, FxoSettings],
    calibrations: Mapping[str, CalibrationResults] | None = None,
    keep: Callable[[str, CalibrationResults], None] = _forget,
    clock: Callable[[], int] = time.monotonic_ns,
    sleep: Sleep = asyncio.sleep,
    scheduler: RingScheduler | None = None,
) -> BoardPorts:
    """The ports of a board: `settings` for all its telephones, `lines` for each company line by its name.

    `calibrations` are what `keep(port, results)` was given before, 12 bytes each; `keep` is called on the line thread.
    Raises ValueError for sockets that the board doesn't have, for a company line without settings, or for settings that
    a chip can't do.
    """
    refusal = board.table.refusal(sockets)
    if refusal is not None:
        raise ValueError(refusal)
    wiring = _Wiring(board, clock, sleep)
    scheduler = scheduler or RingScheduler(board.table.ringing_at_once)
    ports = BoardPorts({}, {})
    for name, bay in board.table.numbered(sockets).items():
        if name.startswith("fxs/"):
            known = (calibrations or {}).get(name)
            ports.fxs[name] = wiring.telephone(name, bay, settings, scheduler, known, keep)
        else:
            ports.fxo[name] = wiring.line(name, bay, settings.law, lines.get(name))
    return ports


class _Wiring:
    """What the ports of a board have in common: the bus, interrupt and reset lines, time."""

    def __init__(self, board: Board, clock: Callable[[], int], sleep: Sleep) -> None:
        self._board = board
        self._clock = clock
        self._sleep = sleep
        interrupts = InterruptLines(board.pins, clock)
        self._telephones = fxs_service.LineService(board.spi, interrupts, clock, sleep)
        self._lines = fxo_service.LineService(board.spi, interrupts, clock, sleep)
        self._resets: dict[int, ResetLine] = {}

    def telephone(
        self,
        name: str,
        bay: Bay,
        settings: LineSettings,
        scheduler: RingScheduler,
        known: CalibrationResults | None,
        keep: Callable[[str, CalibrationResults], None],
    ) -> FxsPort:
        ringer = bell(settings.ring_hz, settings.ring_vpk)
        chip_settings = fxs_chip.ChipSettings(settings.law, self._start_clock(bay), settings.impedance, ringer)
        access = fxs_access.RegisterAccess(self._board.spi, bay.chip_select, self._sleep)
        return Si3210Port(
            name, bay.timeslot, fxs_chip.Si3210(access, chip_settings, self._sleep), settings.hook, scheduler,
            self._telephones, bay.interrupt_pin, self._reset(bay), known, keep, self._clock, self._sleep,
        )  # fmt: skip

    def line(self, name: str, bay: Bay, law: Law, settings: FxoSettings | None) -> FxoPort:
        """Raises ValueError."""
        if settings is None:
            raise ValueError(f"{name} has no settings")
        if settings.law != law:
            raise ValueError(f"{name} can't have another law than the highway")
        access = fxo_access.RegisterAccess(self._board.spi, bay.chip_select)
        chip = fxo_chip.Si3050(access, fxo_chip.ChipSettings(settings, self._start_clock(bay)), self._sleep)
        return Si3050Port(
            name, bay.timeslot, chip, self._lines, bay.interrupt_pin, self._reset(bay), self._clock, self._sleep
        )

    def _start_clock(self, bay: Bay) -> int:
        return CLOCKS_PER_SLOT * bay.timeslot + self._board.table.start_offset

    def _reset(self, bay: Bay) -> ResetLine:
        return self._resets.setdefault(bay.reset_pin, ResetLine(self._board.pins, bay.reset_pin, self._sleep))
