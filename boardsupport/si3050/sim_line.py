"""The Si3050 model's line side (the Si3019): isolation link, hook switch, termination, meters, what it notices."""

from __future__ import annotations

import math

from boardsupport.chip_model import SAMPLES_PER_MS
from boardsupport.si3050 import regs
from boardsupport.si3050.sim_core import DaaState
from boardsupport.si3050.sim_pair import CompanyPair, Termination
from boardsupport.si3050.sim_ring import RingDetector

TERMINATION_VOLTS = (3.1, 3.2, 3.35, 3.5)
TERMINATION_MA = 20.0
"""The current at which DCV is the voltage between tip and ring."""
TERMINATION_OHMS = (50.0, 800.0)
LIMIT_MA = 60.0
DROP_OUT_MA = 6.0
"""With less loop current the line side has no supply."""
LONGEST_VOLTS = 127


class LineSide:
    """What the system side reaches over the isolation link; without it nothing can be read or switched."""

    def __init__(self, state: DaaState, pair: CompanyPair) -> None:
        self._state = state
        self._pair = pair
        self.ring = RingDetector(state, pair)
        self.linked = False
        self.settled = False
        """Off-hook for so long that the audio path is open."""
        self._negative = False
        self._starved = False
        self._overloaded = False

    def reset(self) -> None:
        """The chip has lost its state: the link is down, the hook switch open."""
        self.linked = self.settled = False
        self._negative = self._starved = self._overloaded = False
        self.ring.reset()
        self._pair.set_termination(None)

    # --- what the system side asks for ---

    def power(self) -> None:
        """Register 6 or the clock has changed."""
        state = self._state
        down = state.field(regs.LINE_SIDE_POWER_DOWN) or state.field(regs.CHIP_POWER_DOWN)
        if down or not state.clock:
            state.clear_timer("link")
            if self.linked:
                self.reset()
                state.audio_version += 1
                state.raise_interrupt(regs.FRAME_IRQ)
        elif not self.linked and not state.has_timer("link"):
            state.set_timer("link", state.silicon.link_samples, self._link_up)

    def hook(self) -> None:
        """Off-hook was written, or may now be obeyed."""
        state, off_hook = self._state, bool(self._state.field(regs.OFF_HOOK))
        if not self.linked:
            return
        if off_hook and self._pair.termination is None:
            self.ring.reset()
            self._pair.set_termination(self._termination())
            settling = regs.OFF_HOOK_SETTLING_MS[state.field(regs.OFF_HOOK_SETTLING)]
            state.set_timer("settle", settling * SAMPLES_PER_MS, self._settle)
        elif not off_hook:
            self.settled = False
            state.clear_timer("settle")
            self._pair.set_termination(None)
        state.audio_version += 1
        self.sense()

    def termination_written(self) -> None:
        """Register 26: also while off-hook."""
        if self.off_hook:
            self._pair.set_termination(self._termination())
            self.sense()

    # --- what it notices ---

    def sense(self) -> None:
        """Look again: the line or the hook switch has changed."""
        if not self.linked:
            return
        if not self.off_hook:
            self.ring.listen()
        self._sense_polarity()
        self._sense_current()

    def _sense_polarity(self) -> None:
        """The sign of LVS; ringing voltage that exceeds the battery turns it in every cycle."""
        negative = self.line_voltage() < 0
        if negative != self._negative:
            self._negative = negative
            self._state.raise_interrupt(regs.POLARITY_IRQ)
        signal = self._pair.ring if self._pair.plugged else None
        battery = abs(self._pair.line_volts())
        if signal is None or signal.peak_v <= battery:
            self._state.clear_timer("polarity")
        else:
            # a crossing is noticed at the converter's next look, at most a twelfth of a cycle later
            self._state.set_timer("polarity", 8000.0 / signal.hz / 12, self._sense_polarity)

    def _sense_current(self) -> None:
        starved, overloaded = self.starved, self.loop_current() >= regs.LOOP_OVERLOADED
        if starved and not self._starved:
            self._state.raise_interrupt(regs.DROP_OUT_IRQ)
        if overloaded and not self._overloaded:
            self._state.raise_interrupt(regs.LOOP_OVERLOAD_IRQ)
        self._starved, self._overloaded = starved, overloaded

    # --- what can be read ---

    @property
    def off_hook(self) -> bool:
        """The hook switch is closed."""
        return self._pair.termination is not None

    @property
    def starved(self) -> bool:
        """DOD: off-hook without the current that feeds the line side."""
        return self.off_hook and self._pair.port_ma() < DROP_OUT_MA

    def line_voltage(self) -> int:
        """LVS in volts, with the sign of the polarity."""
        if not self.linked:
            return 0
        volts = self._pair.port_volts(self._state.now) * self._state.silicon.voltmeter
        if abs(volts) <= regs.LINE_VOLTAGE_LEAST and not self._state.field(regs.LINE_VOLTAGE_UNFORCED):
            return 0
        return max(-LONGEST_VOLTS, min(LONGEST_VOLTS, round(volts / regs.LINE_VOLTAGE_V)))

    def loop_current(self) -> int:
        """LCS."""
        return min(regs.LOOP_OVERLOADED, self._counts(regs.LOOP_CURRENT_MA))

    def loop_current_fine(self) -> int:
        """LCS2."""
        return min(0xFF, self._counts(regs.LOOP_CURRENT_FINE_MA))

    def _counts(self, per_count_ma: float) -> int:
        return math.floor(self._pair.port_ma() / per_count_ma) if self.linked and self.off_hook else 0

    def _termination(self) -> Termination:
        state = self._state
        ohms = TERMINATION_OHMS[state.field(regs.DC_IMPEDANCE)]
        volts = TERMINATION_VOLTS[state.field(regs.TIP_RING_VOLTAGE)]
        limit = LIMIT_MA if state.field(regs.CURRENT_LIMIT) else math.inf
        return Termination(max(0.0, volts - TERMINATION_MA / 1000.0 * TERMINATION_OHMS[0]), ohms, limit)

    def _link_up(self) -> None:
        self.linked = True
        self._state.audio_version += 1
        # powering up the line side triggers the ring detector (data sheet, register 4)
        self._state.raise_interrupt(regs.RING_IRQ)
        self.hook()

    def _settle(self) -> None:
        self.settled = True
        self._state.audio_version += 1
