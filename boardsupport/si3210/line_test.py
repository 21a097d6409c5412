"""Measures a pair: foreign voltage with the feed off, then voltage and leakage of the fed line, then its bells.

The chip's own meters are used (reference board.md 1.4: registers 78 to 81); their steps are 0.376 V and 1.25 mA.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from statistics import fmean

from boardsupport.chores import Sleep
from boardsupport.port import PairReading, RingPlan
from boardsupport.si3210 import regs
from boardsupport.si3210.chip import Si3210
from boardsupport.si3210.line_control import LineControl
from boardsupport.si3210.line_watch import ON_HOOK_VOLTS
from boardsupport.si3210.regs import Linefeed

DISCHARGE_S = 0.015
"""The bell's capacitor would keep the feed's voltage for a second: it is emptied before the line is opened."""
OPEN_S = 0.005
WIRE_SAMPLES, WIRE_STEP_S = 16, 0.0025
"""Two cycles of 50 Hz, and a little more than two of 60."""
SETTLE_S = 0.2
FED_SAMPLES, FED_STEP_S = 8, 0.01
BURST_MS = 500
BURST_WAIT_S = 15.0
"""Other telephones ring first, where the board's supply is used up."""
BURST_STEP_S = 0.0033
"""Meets every phase of any ringing frequency."""
RINGER_OHMS = 7000.0
"""One REN."""
RING_SOURCE_OHMS = 80.0


async def idle_voltage(chip: Si3210, sleep: Sleep) -> PairReading | None:
    """Foreign voltage of a port that does not feed its line; None: its chip does not answer, or is being set up."""
    found: list[tuple[float, float]] = []
    for _ in range(WIRE_SAMPLES):
        state = chip.line_state()
        if state.absent or regs.LF.of(state.linefeed) != Linefeed.OPEN:
            return None
        found.append(chip.wire_volts())
        await sleep(WIRE_STEP_S)
    return _foreign(found)


class PairTest:
    """One test of a pair in service. `feed` gives the line its feed back."""

    def __init__(self, chip: Si3210, line: LineControl, sleep: Sleep, feed: Callable[[], None]) -> None:
        self._chip = chip
        self._line = line
        self._sleep = sleep
        self._feed = feed

    async def run(self, ring: bool) -> tuple[PairReading, bool]:
        """The reading, and whether the line may be fed. Raises BusError, NoClockError."""
        reading = await self._unfed()
        if reading.foreign:
            return reading, False
        volts, leak = await self._fed()
        current = await self._burst() if ring else None
        ringers = None if current is None else self._ringers(current)
        return PairReading(reading.foreign_dc, reading.foreign_ac, volts, leak, current, ringers), True

    async def _unfed(self) -> PairReading:
        chip, line = self._chip, self._line
        found: list[tuple[float, float]] = []
        async with line.generator:
            line.fed = False
            try:
                chip.set_on_hook_volts(0)
                await self._sleep(DISCHARGE_S)
                chip.set_linefeed(Linefeed.OPEN)
                await self._sleep(OPEN_S)
                for _ in range(WIRE_SAMPLES):
                    found.append(chip.wire_volts())
                    await self._sleep(WIRE_STEP_S)
            finally:
                chip.set_on_hook_volts(ON_HOOK_VOLTS)
                reading = _foreign(found)
                if not reading.foreign:
                    self._feed()
        return reading

    async def _fed(self) -> tuple[float, float]:
        """Volts between the wires, and milliamperes."""
        await self._sleep(SETTLE_S)
        found = []
        for _ in range(FED_SAMPLES):
            found.append(self._chip.reading())
            await self._sleep(FED_STEP_S)
        return fmean(abs(each.ring_v - each.tip_v) for each in found), fmean(each.loop_ma for each in found)

    async def _burst(self) -> float | None:
        """The peak of the current of one burst, in milliamperes; None: the board's supply has had no room for it."""
        waited, found = 0.0, [0.0]
        self._line.ring(RingPlan((BURST_MS, BURST_MS)))
        while not self._rings() and waited < BURST_WAIT_S:
            await self._sleep(FED_STEP_S)
            waited += FED_STEP_S
        if not self._rings():
            return None
        while self._rings():
            found.append(self._chip.loop_current_ma())
            await self._sleep(BURST_STEP_S)
        return max(found)

    def _rings(self) -> bool:
        return self._line.wish.burst

    def _ringers(self, milliamperes: float) -> float:
        """REN of what draws that much."""
        if not milliamperes:
            return 0.0
        ohms = 1000.0 * self._chip.settings.bell.vpk / milliamperes - RING_SOURCE_OHMS
        return RINGER_OHMS / max(ohms, 1.0)


def _foreign(found: list[tuple[float, float]]) -> PairReading:
    """Magnitudes come from the converter, so that alternating voltage alone has a mean as well."""
    wires = list(zip(*found, strict=True)) or [(0.0,)]
    swing = max((max(wire) - min(wire)) / 2 for wire in wires)
    alternating = max(max(wire) / math.sqrt(2) if min(wire) < max(wire) / 4 else swing / math.sqrt(2) for wire in wires)
    direct = max(0.0 if min(wire) < max(wire) / 4 else fmean(wire) for wire in wires)
    return PairReading(direct, alternating)
