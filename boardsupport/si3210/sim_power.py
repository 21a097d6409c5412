"""The Si3210 model's supply and calibration: what takes the silicon's time before a line can be fed."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from boardsupport.registers import Bits
from boardsupport.si3210 import regs
from boardsupport.si3210.sim_core import SAMPLES_PER_MS, ChipState

if TYPE_CHECKING:
    from boardsupport.si3210.sim_line import LineCircuit, Pair

RAMP_VOLTS_PER_SAMPLE = 0.75 / SAMPLES_PER_MS
"""The DC-DC converter charges its capacitor with about 750 V/s."""
HOLD_SAMPLES = 2000 * SAMPLES_PER_MS
"""Time constant with the converter off and nothing connected."""
LEAK_SAMPLES = 80 * SAMPLES_PER_MS
LOADED_SAMPLES = 30 * SAMPLES_PER_MS
OVERHEAD_VOLTS = 4.0
"""What the output stage needs between battery and line."""
DCDC_CALIBRATION_MS = 20
LIMITED_VOLTS = 60.0
"""All that a converter reaches whose DC peak setting is senseless, and under load one that was never calibrated."""


class Supply:
    """Battery voltage by the DC-DC converter. `present`: the 12 V; `limit_v`: what it allows when overloaded."""

    def __init__(self, state: ChipState, pair: Pair) -> None:
        self._state = state
        self._pair = pair
        self.present = True
        self._limit_v = math.inf
        self._volts = 0.0
        self._at = 0.0
        self._loaded = False
        self._peak_known = False

    def reset(self) -> None:
        """A chip that loses its state stops the converter; the capacitor keeps what it has."""
        self.rebase()
        self._peak_known = False

    def discharge(self) -> None:
        """Power was off for long."""
        self._volts, self._at = 0.0, self._state.now

    @property
    def limit_v(self) -> float:
        return self._limit_v

    @limit_v.setter
    def limit_v(self, volts: float) -> None:
        if volts != self._limit_v:
            self.rebase()
            self._limit_v = volts

    def volts(self) -> float:
        """Magnitude of the battery voltage now."""
        elapsed = self._state.now - self._at
        target = self._target()
        if target is None:
            return self._volts * math.exp(-elapsed / self._time_constant())
        step = elapsed * RAMP_VOLTS_PER_SAMPLE
        if self._volts < target:
            return min(target, self._volts + step)
        return max(target, self._volts - step)

    def rebase(self, loaded: bool | None = None) -> None:
        """Start a new piece of the curve: call before anything changes that it depends on. `loaded`: current flows."""
        self._volts, self._at = self.volts(), self._state.now
        if loaded is not None:
            self._loaded = loaded

    def calibrate(self) -> None:
        """DC-DC calibration (register 93 bit 7) began."""
        self._state.set_timer("dcdc", DCDC_CALIBRATION_MS * SAMPLES_PER_MS, self._calibration_ended)

    def peak_known(self) -> None:
        """The DC peak is known, by calibration or because the driver has written what it was."""
        self.rebase()
        self._peak_known = True

    def _calibration_ended(self) -> None:
        if self._target() is None:
            self.calibrate()
            return
        direct, peak = self._state.direct, regs.CAL_DC_PEAK_RESULT.address
        self.peak_known()
        direct[regs.DCDC_OFF_TIME.address] &= ~regs.DCDC_CALIBRATE.mask & 0xFF
        direct[peak] = self._state.trims.true[peak]

    def _target(self) -> float | None:
        state = self._state
        running = self.present and state.clock and not state.field(regs.DCDC_OFF)
        if not running or state.direct[regs.DCDC_PERIOD.address] == 0:
            return None
        asked = (state.direct[regs.HIGH_BATTERY.address] & 0x3F) * regs.SETTING_VOLTS
        sane = state.direct[regs.CAL_DC_PEAK_RESULT.address] in regs.DC_PEAK_SANE
        if not sane or (self._loaded and not self._peak_known):
            asked = min(asked, LIMITED_VOLTS)
        return min(asked, self._limit_v)

    def _time_constant(self) -> float:
        if self._loaded:
            return LOADED_SAMPLES
        return LEAK_SAMPLES if self._pair.leaky else HOLD_SAMPLES


STEP_SAMPLES = 60 * SAMPLES_PER_MS
"""Each of the ten steps of a full calibration; together 0.6 s."""
SPOILT = 6
"""Error of a result that was measured while the line was fed."""
SETTLE_SAMPLES = 20 * SAMPLES_PER_MS
"""The transistor current readings follow registers 98 and 99 that late."""
UNBALANCED_CURRENT = 20
_STEPS: tuple[tuple[Bits, int], ...] = (
    (regs.CAL_RING_GAIN, regs.CAL_RING_GAIN_RESULT.address),
    (regs.CAL_TIP_GAIN, regs.CAL_TIP_GAIN_RESULT.address),
    (regs.CAL_DIFFERENTIAL, regs.CAL_DIFFERENTIAL_RESULT.address),
    (regs.CAL_COMMON_MODE, regs.CAL_COMMON_MODE_RESULT.address),
    (regs.CAL_ILIM, regs.CAL_ILIM_RESULT.address),
    (regs.CAL_MONITOR_1, regs.CAL_ADC_RESULT.address),
    (regs.CAL_MONITOR_2, regs.CAL_ADC_RESULT.address),
    (regs.CAL_DAC, regs.CAL_DAC_RESULT.address),
    (regs.CAL_ADC, regs.CAL_DAC_ADC_RESULT.address),
    (regs.CAL_BALANCE, regs.CAL_BALANCE_RESULT.address),
)
_NEEDS_OPEN_LINE = {regs.CAL_RING_GAIN, regs.CAL_TIP_GAIN}


class Calibration:
    """Registers 96..106: the automatic steps in turn, and the transistor readings of the manual way."""

    def __init__(self, state: ChipState, line: LineCircuit, supply: Supply) -> None:
        self._state = state
        self._line = line
        self._supply = supply
        self._settling: dict[int, tuple[float, int]] = {}

    def reset(self) -> None:
        self._settling.clear()

    def control_written(self) -> None:
        """Register 96 was written: bit 6 begins with the steps marked in 96 and 97, without it all stops."""
        if self._state.field(regs.CAL_START):
            self._state.set_timer("calibration", STEP_SAMPLES, self._step)
        else:
            self._state.clear_timer("calibration")

    def result_written(self, address: int, previous: int) -> None:
        """A result register was written by the driver (restoring, or searching by hand)."""
        self._settling[address] = (self._state.now + SETTLE_SAMPLES, previous)
        if address == regs.CAL_DC_PEAK_RESULT.address:
            self._supply.peak_known()
        self._state.audio_version += 1

    def transistor_current(self, result_address: int) -> int:
        """Q5 or Q6 while register 98 or 99 is searched downwards: 0 from the right setting on."""
        state = self._state
        unprepared = any(state.indirect[address] for address in regs.MANUAL_CAL_IND)
        if self._line.lfs or unprepared or not self._line.quiet():
            return UNBALANCED_CURRENT
        setting = state.direct[result_address]
        until, previous = self._settling.get(result_address, (0.0, setting))
        if state.now < until:
            setting = previous
        return max(0, setting - state.trims.true[result_address])

    def _step(self) -> None:
        state = self._state
        for field, result in _STEPS:
            if state.field(field):
                self._run(field, result)
                break
        if any(state.field(field) for field, _ in _STEPS):
            state.set_timer("calibration", STEP_SAMPLES, self._step)
        else:
            state.direct[regs.CALIBRATION_1.address] = 0
            state.audio_version += 1

    def _run(self, field: Bits, result: int) -> None:
        state, quiet = self._state, self._line.quiet()
        if field in _NEEDS_OPEN_LINE and not (quiet and self._supply.volts() > LIMITED_VOLTS):
            return  # does not converge: stays busy, and goes on when the handset is replaced
        if field is regs.CAL_BALANCE and not quiet:
            state.raise_interrupt(regs.BALANCE_ERROR_IRQ)
        else:
            spoilt = SPOILT if self._line.lfs else 0
            state.direct[result] = state.trims.true[result] + spoilt
        state.direct[field.register.address] &= ~field.mask & 0xFF
