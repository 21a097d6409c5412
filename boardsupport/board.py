"""Opening a board: its adapters by its kind, and its telephone ports by its table."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from boardsupport.bus import IDLE, BusError, Law, PcmHighway, Pins, SpiBus
from boardsupport.chores import Sleep
from boardsupport.interrupts import InterruptLines
from boardsupport.port import FxsPort, LineSettings
from boardsupport.reset import ResetLine
from boardsupport.ringing import RingScheduler
from boardsupport.si3210.access import RegisterAccess
from boardsupport.si3210.chip import CalibrationResults, ChipSettings, Si3210
from boardsupport.si3210.port import Si3210Port
from boardsupport.si3210.ringer import bell
from boardsupport.si3210.service import LineService
from boardsupport.tables import BOARDS, Bay, BoardTable, LedPins

__all__ = ["BOARDS", "Bay", "Board", "BoardAbsentError", "BoardTable", "LedPins", "make_ports", "open_board"]

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


def open_board(kind: str, revision: str, law: Law, run_directory: Path) -> Board:
    """Open the board of the configuration. Raises BoardAbsentError."""
    table = BOARDS.get(revision)
    if table is None or table.kind != kind:
        known = ", ".join(sorted(each.revision for each in BOARDS.values() if each.kind == kind)) or "none"
        raise BoardAbsentError(f'no board of kind "{kind}" has the revision "{revision}"; known: {known}')
    try:
        return _open_hat(table, law) if table.kind == "hat" else _open_sim(table, run_directory)
    except BusError as failure:
        raise BoardAbsentError(f"the board {revision} can't be opened: {failure}") from failure


def _open_sim(table: BoardTable, run_directory: Path) -> Board:
    from boardsupport.adapters.wire import WireHighway, WirePins, WireSpi

    return Board(table, WireSpi(run_directory), WireHighway(run_directory, table.slots), WirePins(run_directory))


def _open_hat(table: BoardTable, law: Law) -> Board:
    """The adapters of a HAT need libraries and devices that only a Raspberry Pi has, so they are imported here."""
    found = HAT_PRODUCT.read_text().rstrip("\0\n") if HAT_PRODUCT.exists() else None
    if found != table.hat_product:
        what = f'the HAT says it is "{found}"' if found else f"{HAT_PRODUCT} is not there"
        raise BoardAbsentError(f'the board {table.revision} ("{table.hat_product}") is absent: {what}')
    try:
        from boardsupport.adapters.alsa import AlsaHighway
        from boardsupport.adapters.gpio import GpioPins
        from boardsupport.adapters.spi_dev import SpidevBus
    except ImportError as missing:
        raise BoardAbsentError(f"the board {table.revision} needs a library that is not installed: {missing}") from None
    outputs = [pin for led in table.leds for pin in led.colors.values()] + [table.lifeline_pin]
    resets = {bay.reset_pin for bay in table.bays}
    # the clocks first: chips that have lost them keep nothing that an SPI access could find
    highway = AlsaHighway(table.alsa_card, table.slots, IDLE[law], table.marker_slot)
    return Board(table, SpidevBus(table.spi_devices, table.spi_hz), highway, GpioPins(outputs, resets))


def _forget(_socket: str, _results: CalibrationResults) -> None:
    """Calibrations are not kept."""


def make_ports(
    board: Board,
    sockets: Sequence[str],
    settings: LineSettings,
    calibrations: Mapping[str, CalibrationResults] | None = None,
    keep: Callable[[str, CalibrationResults], None] = _forget,
    clock: Callable[[], int] = time.monotonic_ns,
    sleep: Sleep = asyncio.sleep,
    scheduler: RingScheduler | None = None,
) -> dict[str, FxsPort]:
    """The telephone ports of a board by name ("fxs/1", ...); fxo sockets are not served and not in it.

    `calibrations` are what `keep(port, results)` was given before, 12 bytes each; `keep` is called on the line thread.
    Raises ValueError for sockets that the board doesn't have or settings that the chip can't do.
    """
    refusal = board.table.refusal(sockets)
    if refusal is not None:
        raise ValueError(refusal)
    scheduler = scheduler or RingScheduler(board.table.ringing_at_once)
    service = LineService(board.spi, InterruptLines(board.pins, clock), clock, sleep)
    resets: dict[int, ResetLine] = {}
    ports: dict[str, FxsPort] = {}
    for name, bay in board.table.numbered(sockets).items():
        if not name.startswith("fxs/"):
            continue
        reset = resets.setdefault(bay.reset_pin, ResetLine(board.pins, bay.reset_pin, sleep))
        ports[name] = Si3210Port(
            name, bay.timeslot, _chip(board, bay, settings, sleep), settings.hook, scheduler, service,
            bay.interrupt_pin, reset, (calibrations or {}).get(name), keep, clock, sleep,
        )  # fmt: skip
    return ports


def _chip(board: Board, bay: Bay, settings: LineSettings, sleep: Sleep) -> Si3210:
    start = CLOCKS_PER_SLOT * bay.timeslot + board.table.start_offset
    chip_settings = ChipSettings(settings.law, start, settings.impedance, bell(settings.ring_hz, settings.ring_vpk))
    return Si3210(RegisterAccess(board.spi, bay.chip_select, sleep), chip_settings, sleep)
