"""Keeps one port in service: takes a warm chip over as it is, brings a cold one up, and begins again after trouble.

What helps by itself is tried again by itself (a foreign voltage goes, a chip comes back); after ten power alarms only
a person's word helps.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from boardsupport.bus import BusError
from boardsupport.faults import FaultLog
from boardsupport.port import FaultKind, InService, OutOfService, PortEvent
from boardsupport.reset import ResetLine
from boardsupport.si3210 import regs
from boardsupport.si3210.access import NoClockError
from boardsupport.si3210.bringup import bring_up, calibrate_once
from boardsupport.si3210.chip import CalibrationResults, ChipFaultError, LineState, Si3210
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
"""How long until the next attempt, by what went wrong; None: when a person says so."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why a port that worked works no more, or why it did not come up."""

    kind: FaultKind
    text: str


class KeptPort(Protocol):
    """What the keeper tells its port."""

    def entered_service(self, off_hook: bool, wish: LineWish | None, ringer: RingerSettings | None) -> None: ...

    def left_service(self) -> None: ...

    def emit(self, event: PortEvent) -> None: ...


class Keeper:
    """The life of one port between start and stop."""

    def __init__(
        self,
        socket: str,
        chip: Si3210,
        reset: ResetLine,
        faults: FaultLog,
        port: KeptPort,
        calibration: CalibrationResults | None,
        keep: Callable[[str, CalibrationResults], None],
        clock: Callable[[], int],
    ) -> None:
        whole = calibration is not None and len(calibration) == len(regs.CALIBRATION_RESULTS)
        self.calibration = calibration if whole else None
        """What is known of this chip; None: it has never been calibrated, or what was kept of it is damaged."""
        self._socket = socket
        self._chip = chip
        self._reset = reset
        self._faults = faults
        self._port = port
        self._keep = keep
        self._clock = clock
        self._task: asyncio.Task[None] | None = None
        self._settled = asyncio.Event()
        self._recalled = asyncio.Event()
        self._trouble: asyncio.Future[Trouble] | None = None
        self._thorough = True
        """Reset and calibrate in full: at the start, and after a person's word."""

    async def start(self) -> None:
        """Until the first outcome."""
        if self._task is None:
            self._settled.clear()
            self._task = asyncio.get_running_loop().create_task(self._live())
        settled = asyncio.get_running_loop().create_task(self._settled.wait())
        await asyncio.wait((self._task, settled), return_when=asyncio.FIRST_COMPLETED)
        if self._task.done():
            settled.cancel()
            self._task.result()

    async def stop(self) -> None:
        """The chip stays as it is."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    def trouble(self, trouble: Trouble) -> None:
        """The port has found that it can't work."""
        if self._trouble is not None and not self._trouble.done():
            self._trouble.set_result(trouble)

    def recall(self) -> None:
        """A person wants the port back in service."""
        self._thorough = True
        self._recalled.set()

    def calibrated(self, results: CalibrationResults) -> None:
        """A calibration has succeeded."""
        self.calibration = results
        self._keep(self._socket, results)

    async def _live(self) -> None:
        may_be_warm, was_up = True, True
        while True:
            self._trouble = asyncio.get_running_loop().create_future()
            trouble = await self._attempt(may_be_warm)
            may_be_warm = False
            if trouble is None:
                was_up = True
                self._settled.set()
                trouble = await self._trouble
            self._tell(trouble, was_up)
            was_up = False
            await self._wait(trouble)

    async def _attempt(self, may_be_warm: bool) -> Trouble | None:
        """One try to get into service; what was in the way, or None."""
        try:
            if not (may_be_warm and await self._take_over()):
                await self._bring_up()
        except ChipFaultError as fault:
            return Trouble(fault.kind, str(fault))
        except NoClockError as missing:
            return Trouble("no-clock", str(missing))
        except BusError as failure:
            return Trouble("chip-absent", str(failure))
        return None

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
        self._port.entered_service(off_hook, wish, ringer)
        self._port.emit(InService(self._clock(), off_hook=off_hook, cold=cold))

    def _tell(self, trouble: Trouble, was_up: bool) -> None:
        self._port.left_service()
        if trouble.kind != "overload":
            self._faults.clear_all("something else is wrong", but=trouble.kind)
        self._faults.set(trouble.kind, True, trouble.text)
        if trouble.kind in ("overload", "foreign-voltage"):
            self._disconnect()
        if was_up:
            self._port.emit(OutOfService(self._clock(), trouble.text))

    def _disconnect(self) -> None:
        """Nothing must feed this pair until the trouble is over."""
        try:
            self._chip.power_down()
        except BusError as failure:
            self._faults.set("chip-absent", True, str(failure))

    async def _wait(self, trouble: Trouble) -> None:
        """Until the next attempt."""
        if trouble.kind != "chip-reset":
            self._settled.set()
        self._recalled.clear()
        delay = RETRY_S.get(trouble.kind, 5.0)
        recalled = asyncio.get_running_loop().create_task(self._wait_recall())
        if delay is None:
            await recalled
            return
        slept = asyncio.ensure_future(self._chip.sleep(delay))
        try:
            await asyncio.wait((recalled, slept), return_when=asyncio.FIRST_COMPLETED)
        finally:
            recalled.cancel()
            slept.cancel()

    async def _wait_recall(self) -> None:
        await self._recalled.wait()


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
