"""Keeps one telephone port in service: see `boardsupport.keeper`.

A foreign voltage goes, a chip comes back; after ten power alarms only a person's word helps.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from boardsupport.bus import BusError
from boardsupport.faults import FaultLog, Trouble
from boardsupport.keeper import KeptPort, PortKeeper
from boardsupport.port import FaultKind
from boardsupport.reset import ResetLine
from boardsupport.si3210 import regs
from boardsupport.si3210.bringup import bring_up, calibrate_once
from boardsupport.si3210.chip import CalibrationResults, LineState, Si3210
from boardsupport.si3210.line import LineWish
from boardsupport.si3210.regs import Linefeed
from boardsupport.si3210.ringer import RingerSettings, neon

RETRY_S: dict[FaultKind, float | None] = {
    "foreign-voltage": 2.0,
    "chip-absent": 1.0,
    "chip-reset": 0.0,
    "no-clock": 1.0,
    "no-supply": 5.0,
    "leakage": 10.0,
    "calibration": 10.0,
    "overload": None,
}


class KeptTelephone(KeptPort, Protocol):
    """What the keeper tells a telephone port."""

    def entered_service(self, off_hook: bool, wish: LineWish | None, ringer: RingerSettings | None) -> None: ...


class Keeper(PortKeeper):
    """The life of one telephone port between start and stop. `_thorough`: also calibrate in full."""

    retry_s = RETRY_S

    def __init__(
        self,
        socket: str,
        chip: Si3210,
        reset: ResetLine,
        faults: FaultLog,
        port: KeptTelephone,
        calibration: CalibrationResults | None,
        keep: Callable[[str, CalibrationResults], None],
        clock: Callable[[], int],
    ) -> None:
        super().__init__(port, faults, clock, chip.sleep)
        whole = calibration is not None and len(calibration) == len(regs.CALIBRATION_RESULTS)
        self.calibration = calibration if whole else None
        """What is known of this chip; None: it has never been calibrated, or what was kept of it is damaged."""
        self._socket = socket
        self._chip = chip
        self._reset = reset
        self._telephone = port
        self._keep = keep

    def calibrated(self, results: CalibrationResults) -> None:
        """A calibration has succeeded."""
        self.calibration = results
        self._keep(self._socket, results)

    async def _take_over(self) -> bool:
        """A chip that kept its state while our process was away goes on as it is, only ringing stops."""
        self._chip.access.synchronise()
        found = self._chip.warm_state()
        if found is None:
            return False
        self._reset.hold(self._socket)
        oscillator = self._chip.access.read(regs.RING_OSC)[0]
        bell, lamp = self._chip.settings.bell, neon(self._chip.settings.bell)
        wish = _found_doing(found, oscillator == lamp.oscillator)
        ringer: RingerSettings | None = lamp if wish.neon_lamp else bell
        if not wish.neon_lamp and await self._chip.access.read_indirect(bell.indirect) != bell.indirect:
            ringer = None
        if self.calibration is None:
            self.calibration = self._chip.known_results()
        self._thorough = self.calibration is None
        self._chip.enable_interrupts()
        now = self._chip.line_state()
        self._enter(now.sensing and now.closed, cold=False, wish=wish, ringer=ringer)
        return True

    async def _bring_up(self) -> None:
        if self._thorough and await self._reset.reset(self._socket):
            self._chip.identify()
            self._chip.check_reset_values()
        result = await bring_up(self._chip, self.calibration, full=self._thorough)
        self._thorough = False
        if result.calibration is None or result.calibration != self.calibration:
            self.calibration = None
            if result.calibration is not None:
                self.calibrated(result.calibration)
        self._enter(result.off_hook, cold=True, wish=None, ringer=self._chip.settings.bell)

    def _enter(self, off_hook: bool, cold: bool, wish: LineWish | None, ringer: RingerSettings | None) -> None:
        self._faults.clear_all("in service again")
        self._telephone.entered_service(off_hook, wish, ringer)
        self._entered(off_hook, cold)

    def _troubled(self, trouble: Trouble) -> None:
        if trouble.kind in ("overload", "foreign-voltage"):
            self._disconnect()

    def _disconnect(self) -> None:
        """Nothing must feed this pair until the trouble is over."""
        try:
            self._chip.power_down()
        except BusError as failure:
            self._faults.set("chip-absent", True, str(failure))


def _found_doing(found: LineState, neon_generator: bool) -> LineWish:
    """The lamps of a line whose process was away. Reversed on-hook transmission belongs to a caller-id burst."""
    requested = regs.LF.of(found.linefeed)
    return LineWish(
        polarity_lamp=found.actual == Linefeed.REVERSE_ACTIVE,
        neon_lamp=neon_generator and requested == Linefeed.RINGING,
    )


async def recalibrate(chip: Si3210) -> CalibrationResults | None:
    """Calibrate an idle line that is in service; it is open meanwhile, and the caller feeds it again.

    None, and the old values in place, if it did not succeed: somebody may have lifted the handset.
    """
    before = chip.results()
    done = await calibrate_once(chip)
    if not done:
        chip.restore(before)
    chip.enable_interrupts()
    return chip.results() if done else None
