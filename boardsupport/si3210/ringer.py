"""The Si3210's ringing generator: what to write for a frequency and an amplitude, and for a neon lamp.

Formulas: Si3210 data sheet, "Ringing Generation" (sinusoidal ringing) and "Ring Trip Detection".
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from boardsupport.si3210 import regs

FULL_SCALE_VPK = 96.0
OUTPUT_OVERHEAD_V = 5.0
"""What the output stage needs between the battery and the peak of ringing."""
NORMAL_BATTERY = 0x32
HIGHEST_BATTERY = 0x3F
RING_TRIP_THRESHOLD = 0x3600
"""34 mA."""

_RING_TRIP = (
    (16.7, 0x0200, 0x0F),
    (20.0, 0x0320, 0x0B),
    (30.0, 0x0380, 0x09),
    (40.0, 0x0400, 0x07),
    (50.0, 0x06A8, 0x05),
    (60.0, 0x0800, 0x05),
)
"""Ringing frequency in Hz, filter NRTP, debounce count."""


@dataclass(frozen=True, slots=True)
class RingerSettings:
    """What the ringing generator and the ring trip detector are set to."""

    indirect: dict[int, int]
    battery: int
    """Code of register 74."""
    trip_debounce: int
    oscillator: int = 0
    """Register 34: 0 for bells (the cadence is software's), timers and trapezoid for the lamp."""

    @property
    def vpk(self) -> float:
        """Peak of sinusoidal ringing in volts."""
        c = self.indirect[regs.RING_COEFFICIENT_IND] / 0x8000
        amplitude = self.indirect[regs.RING_AMPLITUDE_IND] / 0x8000
        return 4 * amplitude * FULL_SCALE_VPK / math.sqrt((1 - c) / (1 + c))


def ring_coefficient(ring_hz: float) -> int:
    """RCO = 2^15 cos(2 pi f / 1000 Hz)."""
    return round(0x8000 * math.cos(2 * math.pi * ring_hz / 1000))


def ring_amplitude(ring_hz: float, ring_vpk: float) -> int:
    """RNGX = 1/4 sqrt((1 - c) / (1 + c)) 2^15 Vpk / 96 V, c = cos(2 pi f / 1000 Hz)."""
    c = math.cos(2 * math.pi * ring_hz / 1000)
    return round(0.25 * math.sqrt((1 - c) / (1 + c)) * 0x8000 * ring_vpk / FULL_SCALE_VPK)


def bell(ring_hz: float, ring_vpk: float) -> RingerSettings:
    """Sinusoidal ringing. Raises ValueError where the chip can't make it or it would not exceed the on-hook voltage."""
    if not 15 <= ring_hz <= 68:
        raise ValueError(f"ringing at {ring_hz} Hz: the ring trip detector works from 15 to 68 Hz")
    lowest = regs.ON_HOOK_VOLTAGE.reset * regs.SETTING_VOLTS
    highest = HIGHEST_BATTERY * regs.SETTING_VOLTS - OUTPUT_OVERHEAD_V
    if not lowest < ring_vpk <= highest:
        raise ValueError(f"ringing with {ring_vpk} Vpk: it must exceed {lowest} V and not {highest} V")
    _, filter_, debounce = min(_RING_TRIP, key=lambda row: abs(row[0] - ring_hz))
    battery = max(NORMAL_BATTERY, math.ceil((ring_vpk + OUTPUT_OVERHEAD_V) / regs.SETTING_VOLTS))
    indirect = {
        regs.RING_OFFSET_IND: 0,
        regs.RING_COEFFICIENT_IND: ring_coefficient(ring_hz),
        regs.RING_AMPLITUDE_IND: ring_amplitude(ring_hz, ring_vpk),
        regs.RING_PHASE_IND: 0,
        regs.RING_TRIP_THRESHOLD_IND: RING_TRIP_THRESHOLD,
        regs.RING_TRIP_FILTER_IND: filter_,
    }
    return RingerSettings(indirect, battery, debounce)


def neon(normal: RingerSettings) -> RingerSettings:
    """A message lamp: trapezoid of 91.5 Vpk, 60 ms in every 250 ms by the chip's timers (Linux wctdm's values)."""
    indirect = normal.indirect | {
        regs.RING_COEFFICIENT_IND: 0x009F,
        regs.RING_AMPLITUDE_IND: 0x7BEF,
        regs.RING_PHASE_IND: 0x03E8,
        regs.RING_TRIP_THRESHOLD_IND: 0x4600,
    }
    shape = regs.RING_ACTIVE_TIMER.mask | regs.RING_INACTIVE_TIMER.mask | regs.RING_TRAPEZOID.mask
    return RingerSettings(indirect, HIGHEST_BATTERY, normal.trip_debounce, shape)


NEON_ACTIVE_TICKS = 0x01E0
NEON_INACTIVE_TICKS = 0x05F0
