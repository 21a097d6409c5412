"""The Si3050 model's ring detector: half-waves above the threshold, the one-shot behind them, and ring validation."""

from __future__ import annotations

import math

from boardsupport.chip_model import SAMPLES_PER_MS
from boardsupport.si3050 import regs
from boardsupport.si3050.sim_core import DaaState
from boardsupport.si3050.sim_pair import CompanyPair, RingSignal

ONE_SHOT_SAMPLES = 5000 * SAMPLES_PER_MS
"""RDT drops about 5 s after the last half-wave that counted (data sheet: 4.5 to 9 s)."""
DELAY_STEP_MS = 256
"""Per count of RDLY (data sheet, register 22)."""
JUST_AFTER = 1e-6
"""Of a cycle: so that the crossing that has just been taken is not taken again."""


class RingDetector:
    """What the chip notices of ringing voltage while it is on-hook.

    Without validation (RNGV 0) every half-wave that counts is a ring pulse of its own: the interrupt comes at its
    beginning, with RDI also at its end. With validation a whole burst is one pulse, found after RCC and RDLY, over RTO
    after its last half-wave.
    """

    def __init__(self, state: DaaState, pair: CompanyPair) -> None:
        self._state = state
        self._pair = pair
        self._signal: RingSignal | None = None
        self._confirmed = False
        self.detected = False
        """RDT."""

    def reset(self) -> None:
        """Forget everything (reset, off-hook, no link)."""
        self._signal = None
        self._confirmed = self.detected = False
        for name in ("ring", "ring-one-shot", "ring-confirm", "ring-over"):
            self._state.clear_timer(name)

    def listen(self) -> None:
        """The line has changed while the port is on-hook with its link up."""
        signal = self._pair.ring if self._pair.plugged else None
        if signal != self._signal:
            self._signal = signal
            self._await_crossing()

    def half_wave(self) -> int:
        """RDTP and RDTN at this moment, in place."""
        signal = self._signal
        if signal is None:
            return 0
        volts = signal.volts(self._state.now) * (-1 if self._pair.swapped else 1)
        if abs(volts) < self._threshold():
            return 0
        return regs.RING_POSITIVE.mask if volts > 0 else regs.RING_NEGATIVE.mask

    def _threshold(self) -> float:
        """Peak voltage from which on a half-wave is detected."""
        state = self._state
        setting = state.field(regs.RING_THRESHOLD_2), state.field(regs.RING_THRESHOLD)
        never, always = regs.RING_THRESHOLD_VRMS.get(setting, regs.RING_THRESHOLD_VRMS[0, 0])
        return math.sqrt(2) * (never + (always - never) * state.silicon.ring_sensitivity)

    def _crossings(self, signal: RingSignal) -> list[tuple[float, bool, bool]]:
        """Where in a cycle the threshold is crossed: (phase, positive half-wave, it begins)."""
        ratio = self._threshold() / signal.peak_v
        if ratio >= 1:
            return []
        rise = math.asin(ratio) / (2 * math.pi)
        first = not self._pair.swapped
        return [
            (rise, first, True),
            (0.5 - rise, first, False),
            (0.5 + rise, not first, True),
            (1 - rise, not first, False),
        ]

    def _await_crossing(self) -> None:
        signal = self._signal
        crossings = self._crossings(signal) if signal is not None else []
        if signal is None or not crossings:
            self._state.clear_timer("ring")
            return
        phase = signal.phase(self._state.now)
        wait, positive, begins = min(
            ((at - phase - JUST_AFTER) % 1.0 + JUST_AFTER, positive, begins) for at, positive, begins in crossings
        )
        self._state.set_timer("ring", wait * 8000.0 / signal.hz, lambda: self._crossed(positive, begins))

    def _crossed(self, positive: bool, begins: bool) -> None:
        self._await_crossing()
        state = self._state
        if state.field(regs.RING_VALIDATION_ENABLE):
            self._qualify()
        elif positive or state.field(regs.FULL_WAVE_RING):
            if begins:
                self._detect()
            if begins or state.field(regs.RING_BEGIN_AND_END):
                state.raise_interrupt(regs.RING_IRQ)

    def _detect(self) -> None:
        self.detected = True
        self._state.set_timer("ring-one-shot", ONE_SHOT_SAMPLES, self._drop)

    def _drop(self) -> None:
        self.detected = False

    # --- validation ---

    def _qualify(self) -> None:
        state = self._state
        timeout = max(1, state.field(regs.RING_TIMEOUT)) * regs.RING_TIMEOUT_MS
        state.set_timer("ring-over", timeout * SAMPLES_PER_MS, self._over)
        if self._confirmed:
            self._detect()
        elif not self._valid():
            state.clear_timer("ring-confirm")
        elif not state.has_timer("ring-confirm"):
            confirm = regs.RING_CONFIRMATION_MS[state.field(regs.RING_CONFIRMATION)]
            delay = state.field(regs.RING_DELAY_HIGH) << 2 | state.field(regs.RING_DELAY_LOW)
            state.set_timer("ring-confirm", (confirm + delay * DELAY_STEP_MS) * SAMPLES_PER_MS, self._confirm)

    def _valid(self) -> bool:
        """The half-waves follow each other within the limits of RAS and RMX."""
        if self._signal is None:
            return False
        half_ms = 500.0 / self._signal.hz
        longest = self._state.field(regs.RING_ASSERTION)
        shortest = longest - self._state.field(regs.RING_MAXIMUM)
        return shortest * regs.RING_ASSERTION_MS <= half_ms <= longest * regs.RING_ASSERTION_MS

    def _confirm(self) -> None:
        self._confirmed = True
        self._detect()
        self._state.raise_interrupt(regs.RING_IRQ)

    def _over(self) -> None:
        self._state.clear_timer("ring-confirm")
        if self._confirmed:
            self._confirmed = False
            if self._state.field(regs.RING_BEGIN_AND_END):
                self._state.raise_interrupt(regs.RING_IRQ)
