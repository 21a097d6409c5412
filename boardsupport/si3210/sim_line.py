"""The Si3210 model's line side: the pair outside, linefeed states, ringing, loop closure, ring trip, power alarms."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from typing import Literal, TypeAlias

from boardsupport.si3210 import regs
from boardsupport.si3210.regs import Linefeed
from boardsupport.si3210.sim_core import SAMPLES_PER_MS, ChipState
from boardsupport.si3210.sim_power import OVERHEAD_VOLTS, Supply

PairFault: TypeAlias = Literal["none", "open", "short", "foreign-voltage", "overload"]
FOREIGN_VOLTS = 60.0
FOREIGN_HZ = 50.0
SHORT_OHMS = 10.0
RINGER_OHMS = 7000.0
"""One REN at ringing frequencies (7 kilohms by definition); below, its capacitor blocks."""


class Pair:
    """Two wires and what hangs on them: one telephone, and what can be wrong. Setters mark the change."""

    def __init__(self) -> None:
        self.version = 0
        self.closed = False
        """The telephone's loop (hook switch, dial contact)."""
        self.fault: PairFault = "none"
        self.leaky = False
        """Insulation so bad that it empties the battery's capacitor."""
        self.cable_ohms = 100.0
        self.telephone_ohms = 250.0
        self.ren = 1.0
        """Ringer equivalence number of all bells on the pair; 0: no telephone."""
        self.leak_ohms = math.inf
        """Insulation between the wires."""
        self.foreign_dc = self.foreign_ac = 0.0
        """Volts against ground that others put on both wires; the alternating ones effective, at 50 Hz."""
        self.noise_dbm0: float | None = None
        """Of what the pair picks up; None: too little to matter."""

    def set_closed(self, closed: bool) -> None:
        """The telephone closes or opens the loop."""
        self.closed = closed
        self.version += 1

    def set_fault(self, fault: PairFault) -> None:
        self.fault = fault
        self.version += 1

    def set_load(self, ren: float, leak_ohms: float) -> None:
        """What hangs on the pair besides the loop."""
        self.ren, self.leak_ohms = ren, leak_ohms
        self.version += 1

    def set_foreign(self, dc: float, ac: float, noise_dbm0: float | None) -> None:
        """What comes from outside."""
        self.foreign_dc, self.foreign_ac, self.noise_dbm0 = dc, ac, noise_dbm0
        self.version += 1

    @property
    def intact(self) -> bool:
        """The telephone hears the line and the line the telephone."""
        return self.fault in ("none", "overload")

    @property
    def open(self) -> bool:
        """Nothing but bells and bad insulation is between the wires."""
        return self.fault != "short" and not (self.closed and self.fault != "open")

    def loop_ohms(self) -> float:
        """Direct-current resistance that the port sees."""
        if self.fault == "short":
            return SHORT_OHMS
        if self.open:
            return self.leak_ohms
        loop = self.cable_ohms + self.telephone_ohms
        return loop if math.isinf(self.leak_ohms) else loop * self.leak_ohms / (loop + self.leak_ohms)

    def foreign_volts(self, at: float) -> float:
        """Foreign voltage on both wires at a sample (magnitude)."""
        if self.fault == "foreign-voltage":
            return FOREIGN_VOLTS
        return abs(self.foreign_dc + self.foreign_ac * math.sqrt(2) * math.sin(2 * math.pi * FOREIGN_HZ * at / 8000.0))


@dataclass(frozen=True, slots=True)
class RingVoltage:
    """The alternating voltage on the line at this moment."""

    hz: float
    peak_v: float
    trapezoid: bool


FED = frozenset((1, 2, 5, 6))
"""States with battery on both wires: talking and on-hook transmission."""
ON_HOOK_TRANSMISSION = frozenset((2, 6))
FULL_SCALE_VPK = 96.0
FEED_OHMS = 320.0
RING_SOURCE_OHMS = 80.0
RING_LIMIT_MA = 90.0
THRESHOLD_PER_MA = 0x3600 / 34.0
"""0x3600 = 34 mA (board.md 1.7)."""
ADC_ERROR_MA = 3.0
"""Measuring error per count of register 103."""
ALARM_SAMPLES = 8 * SAMPLES_PER_MS
ALARM_REPEAT_SAMPLES = 100 * SAMPLES_PER_MS
BATTERY_CHECK_SAMPLES = 20 * SAMPLES_PER_MS
DEBOUNCE_SAMPLES = regs.DEBOUNCE_COUNT_US / 125
FILTER_BY_HZ = ((16.7, 0x0200), (20.0, 0x0320), (30.0, 0x0380), (40.0, 0x0400), (50.0, 0x06A8), (60.0, 0x0800))
"""Ring trip filter NRTP that suits a ringing frequency (board.md 1.7)."""
ALARM_THRESHOLDS = (32, 33, 34)
RESTING_POWER = (0x0040, 0x0040, 0x0040)
TALKING_POWER = (0x0180, 0x0900, 0x0700)
OVERLOAD_POWER = (0x0180, 0x0900, 0x7000)
FOREIGN_POWER = (0x0180, 0x5000, 0x0700)


def suitable_filter(hz: float) -> float:
    """NRTP for a ringing frequency, between the table's rows by straight lines."""
    if hz <= FILTER_BY_HZ[0][0]:
        return FILTER_BY_HZ[0][1]
    for (low, below), (high, above) in itertools.pairwise(FILTER_BY_HZ):
        if hz <= high:
            return below + (above - below) * (hz - low) / (high - low)
    return FILTER_BY_HZ[-1][1]


class LineCircuit:
    """LF and LFS, and everything that the chip detects on the pair."""

    def __init__(self, state: ChipState, pair: Pair) -> None:
        self._state = state
        self._pair = pair
        self.supply = Supply(state, pair)
        self.lf = 0
        self.lfs = 0
        self.lcr = False
        self.rtp = False
        self.ring_edges: list[tuple[float, bool]] = []
        """When the ring generator went on and off, as (sample, on)."""
        self._ring_began = 0.0

    def reset(self) -> None:
        self._mark_ringing(0)
        self.lf = self.lfs = 0
        self.lcr = self.rtp = False

    def request(self, linefeed: int) -> None:
        """Register 64 was written."""
        self.lf = linefeed & regs.LF.mask
        self.rtp = False
        self._clear("ring-on", "ring-off", "trip", "alarm")
        self._enter(self.lf)
        if self.lf == Linefeed.RINGING:
            self._burst()

    def quiet(self) -> bool:
        """Nothing on the pair draws or feeds current."""
        return self._pair.open and self._pair.fault not in ("foreign-voltage", "overload")

    def sense(self) -> None:
        """Compare again: the pair, the linefeed, a threshold or the battery has changed."""
        loaded = self.lfs == Linefeed.RINGING or (self.lfs != Linefeed.OPEN and not self.quiet())
        self.supply.rebase(loaded)
        self._sense_loop()
        self._sense_trip()
        self._sense_power()

    def battery_changing(self) -> None:
        """The converter goes up or down: look again while it does."""
        self.sense()
        self._state.set_timer("battery", BATTERY_CHECK_SAMPLES, self._battery_check)

    # --- what can be measured ---

    def feed_volts(self) -> float:
        """Open-circuit voltage of the fed line (magnitude)."""
        state = self._state
        if self.lfs not in FED:
            return 0.0
        setting = (state.direct[regs.ON_HOOK_VOLTAGE.address] & 0x3F) * regs.SETTING_VOLTS
        setting *= 1.0 + 0.04 * state.trim_error(regs.CAL_DIFFERENTIAL_RESULT.address)
        return max(0.0, min(setting, self.supply.volts() - OVERHEAD_VOLTS))

    def loop_current_ma(self) -> float:
        """Direct current through the loop (magnitude), limited as registers 71 and 102 say."""
        ohms = self._pair.loop_ohms()
        if math.isinf(ohms):
            return 0.0
        limit = 20.0 + 3.0 * (self._state.direct[regs.LOOP_CURRENT_LIMIT.address] & 0x07)
        limit *= 1.0 + 0.05 * self._state.trim_error(regs.CAL_ILIM_RESULT.address)
        return min(limit, 1000.0 * self.feed_volts() / (FEED_OHMS + ohms))

    def line_volts(self) -> float:
        """Voltage between tip and ring as the telephone has it; negative when reversed."""
        ohms = self._pair.loop_ohms()
        volts = self.feed_volts() if math.isinf(ohms) else self.loop_current_ma() * ohms / 1000.0
        return -volts if self.reversed else volts

    @property
    def reversed(self) -> bool:
        return self.lfs in (Linefeed.REVERSE_ACTIVE, Linefeed.REVERSE_ON_HOOK_TRANSMISSION)

    def wire_volts(self) -> tuple[float, float]:
        """Tip and ring against ground (magnitudes of negative voltages)."""
        foreign = self._pair.foreign_volts(self._state.now)
        if self.lfs == Linefeed.OPEN or foreign > OVERHEAD_VOLTS:
            return foreign, foreign
        common = self._state.direct[regs.COMMON_MODE_VOLTAGE.address] * regs.SETTING_VOLTS
        tip, ring = common, common + abs(self.line_volts())
        tip *= 1.0 + 0.03 * self._state.trim_error(regs.CAL_TIP_GAIN_RESULT.address)
        ring *= 1.0 + 0.03 * self._state.trim_error(regs.CAL_RING_GAIN_RESULT.address)
        return (ring, tip) if self.reversed else (tip, ring)

    def ringing(self) -> RingVoltage | None:
        """What the ring generator puts on the pair now; None outside a burst or where it can't."""
        if self.lfs != Linefeed.RINGING:
            return None
        ind = self._state.indirect
        coefficient, amplitude = ind[regs.RING_COEFFICIENT_IND], ind[regs.RING_AMPLITUDE_IND]
        trapezoid = bool(self._state.field(regs.RING_TRAPEZOID))
        if not 0 < coefficient < 0x8000 or amplitude >= 0x8000:
            return None
        if trapezoid:
            hz = 8000.0 / (2 * max(1, ind[regs.RING_PHASE_IND]))
            peak = FULL_SCALE_VPK * amplitude / 0x8000
        else:
            c = coefficient / 0x8000
            hz = 1000.0 * math.acos(c) / (2 * math.pi)
            peak = FULL_SCALE_VPK * amplitude * 4 / (0x8000 * math.sqrt((1 - c) / (1 + c)))
        if peak <= (self._state.direct[regs.ON_HOOK_VOLTAGE.address] & 0x3F) * regs.SETTING_VOLTS:
            return None  # the amplitude must exceed VOC (board.md 1.7)
        return RingVoltage(hz, max(0.0, min(peak, self.supply.volts() - OVERHEAD_VOLTS)), trapezoid)

    def ring_current_ma(self, voltage: RingVoltage) -> float:
        """Peak of the alternating current into ringer, telephone or fault."""
        ringer = RINGER_OHMS / max(self._pair.ren, 0.01) * max(1.0, 15.0 / voltage.hz)
        ohms = min(self._pair.loop_ohms(), math.inf if self._pair.fault in ("open", "short") else ringer)
        return min(RING_LIMIT_MA, 1000.0 * voltage.peak_v / (RING_SOURCE_OHMS + ohms))

    def present_current_ma(self) -> float:
        """What the loop current register shows: direct current, or the ringing current of this instant."""
        voltage = self.ringing()
        if voltage is None:
            return self.loop_current_ma()
        phase = 2 * math.pi * voltage.hz * (self._state.now - self._ring_began) / 8000.0
        return abs(self.ring_current_ma(voltage) * math.sin(phase))

    def power(self) -> tuple[int, int, int]:
        """Power in Q1/Q2, Q3/Q4 and Q5/Q6 in the scale of their alarm thresholds."""
        if self.lfs == Linefeed.OPEN or self.supply.volts() < LOWEST_FEED:
            return (0, 0, 0)
        if self._pair.fault == "overload":
            return OVERLOAD_POWER
        if self._pair.fault == "foreign-voltage":
            return FOREIGN_POWER
        return RESTING_POWER if self.quiet() else TALKING_POWER

    # --- what the chip does about it ---

    def _mark_ringing(self, lfs: int) -> None:
        if (lfs == Linefeed.RINGING) != (self.lfs == Linefeed.RINGING):
            self.ring_edges.append((self._state.now, lfs == Linefeed.RINGING))

    def _enter(self, lfs: int) -> None:
        self._mark_ringing(lfs)
        self.lfs = lfs
        self._state.audio_version += 1
        if lfs == Linefeed.RINGING:
            self._ring_began = self._state.now
        if lfs not in FED:
            self.lcr = False
        self.sense()

    def _burst(self) -> None:
        """A burst begins; with the timers on, it ends and comes again."""
        if self.lfs != Linefeed.RINGING:
            self._enter(Linefeed.RINGING)
        if self._state.field(regs.RING_ACTIVE_TIMER):
            self._state.set_timer("ring-on", self._state.word(regs.RING_ACTIVE_LOW.address), self._pause)

    def _pause(self) -> None:
        self._state.raise_interrupt(regs.RING_ACTIVE_IRQ)
        self._enter(Linefeed.FORWARD_ON_HOOK_TRANSMISSION)
        if self._state.field(regs.RING_INACTIVE_TIMER):
            length = max(1, self._state.word(regs.RING_INACTIVE_LOW.address))
            self._state.set_timer("ring-off", length, self._pause_over)

    def _pause_over(self) -> None:
        self._state.raise_interrupt(regs.RING_INACTIVE_IRQ)
        self._burst()

    def _sense_loop(self) -> None:
        if self.lfs not in FED:
            self._clear("loop")
            return
        threshold = self._state.indirect[43 if self.lcr else regs.LOOP_THRESHOLD_IND] / THRESHOLD_PER_MA
        error = ADC_ERROR_MA * self._state.trim_error(regs.CAL_ADC_RESULT.address)
        closed = self.loop_current_ma() + max(0.0, error) >= threshold
        if closed == self.lcr:
            self._clear("loop")
        elif not self._state.has_timer("loop"):
            counts = self._state.direct[regs.LOOP_DEBOUNCE.address] & 0x7F
            self._state.set_timer("loop", counts * DEBOUNCE_SAMPLES, self._loop_changed)

    def _loop_changed(self) -> None:
        self.lcr = not self.lcr
        self._state.raise_interrupt(regs.LOOP_CLOSURE_IRQ)
        if self.lcr and self.lfs in ON_HOOK_TRANSMISSION and self._state.field(regs.AUTO_LOOP_CLOSURE):
            self._clear("ring-on", "ring-off")
            self._enter(Linefeed.REVERSE_ACTIVE if self.reversed else Linefeed.FORWARD_ACTIVE)

    def _sense_trip(self) -> None:
        voltage = self.ringing()
        nrtp = self._state.indirect[regs.RING_TRIP_FILTER_IND]
        if voltage is None or nrtp == 0:
            self._clear("trip")
            return
        ratio = nrtp / suitable_filter(voltage.hz)
        # a filter far too fast lets the alternating current through, one too slow only takes its time
        mean = self.ring_current_ma(voltage) * 2 / math.pi * max(1.0, ratio / 2)
        if mean < self._state.indirect[regs.RING_TRIP_THRESHOLD_IND] / THRESHOLD_PER_MA:
            self._clear("trip")
        elif not self.rtp and not self._state.has_timer("trip"):
            settling = 8000.0 / max(voltage.hz, 15.0) / min(ratio, 1.0)
            counts = self._state.direct[regs.RING_TRIP_DEBOUNCE.address] & 0x7F
            self._state.set_timer("trip", settling + counts * DEBOUNCE_SAMPLES, self._tripped)

    def _tripped(self) -> None:
        self.rtp = True
        self._state.raise_interrupt(regs.RING_TRIP_IRQ)
        if self._state.field(regs.AUTO_RING_TRIP):
            self._clear("ring-on", "ring-off")
            self._enter(Linefeed.FORWARD_ACTIVE)

    def _sense_power(self) -> None:
        if not self._alarms():
            self._clear("alarm")
        elif not self._state.has_timer("alarm"):
            self._state.set_timer("alarm", ALARM_SAMPLES, self._alarm)

    def _alarms(self) -> int:
        """Status bits of the transistors beyond their threshold."""
        pairs = zip(self.power(), ALARM_THRESHOLDS, range(3), strict=True)
        return sum(0b11 << (2 + 2 * n) for power, at, n in pairs if power > self._state.indirect[at])

    def _alarm(self) -> None:
        mask = self._alarms()
        if not mask:
            return
        self._state.raise_interrupt(regs.POWER_ALARM_IRQ, mask)
        if self._state.field(regs.AUTO_OPEN):
            self.lf = 0
            self._clear("ring-on", "ring-off", "trip")
            self._enter(Linefeed.OPEN)
        else:
            self._state.set_timer("alarm", ALARM_REPEAT_SAMPLES, self._alarm)

    def _battery_check(self) -> None:
        before = self.supply.volts()
        self._state.audio_version += 1
        self.sense()
        if self.lfs != Linefeed.OPEN and before < LOWEST_FEED * 6:
            self._state.set_timer("battery", BATTERY_CHECK_SAMPLES, self._battery_check)

    def _clear(self, *names: str) -> None:
        for name in names:
            self._state.clear_timer(name)


LOWEST_FEED = 10.0
"""Below this battery voltage nothing is fed."""
