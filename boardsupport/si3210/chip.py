"""The Si3210's verbs: identity, power, linefeed, ringer, calibration registers, measurements. No policy, no waiting
beyond the silicon's own; `bringup.py` puts them in order, `port.py` decides."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from boardsupport.bus import Law
from boardsupport.chores import Sleep
from boardsupport.faults import ChipFaultError
from boardsupport.si3210 import regs
from boardsupport.si3210.access import EMPTY_REVISIONS, RegisterAccess
from boardsupport.si3210.regs import Linefeed
from boardsupport.si3210.ringer import NEON_ACTIVE_TICKS, NEON_INACTIVE_TICKS, RingerSettings

ENHANCE_VALUE = 0xEB
"""Register 108: the enhancements of revision C but extended impedance (bit 4) and loop closure by voltage (bit 2)."""
AUTOMATIC_VALUE = regs.AUTO_RING_TRIP.mask | regs.AUTO_LOOP_CLOSURE.mask | regs.AUTO_OPEN.mask
BATTERY_FEED_VALUE = 0x01
"""The low battery switch stays off."""
COMMON_MODE_VALUE = 0x04
LOOP_CURRENT_20MA = 0x00
LOOP_DEBOUNCE_COUNT = 0x0A
"""12.5 ms."""
GAIN_PENDING = regs.CAL_RING_GAIN.mask | regs.CAL_TIP_GAIN.mask
OLDEST_REVISION = 2
CalibrationResults = bytes
"""Registers 96 to 107 as a calibration left them."""


@dataclass(frozen=True, slots=True)
class ChipSettings:
    """What a chip is set to, fixed while it works. `start_clock`: PCLK cycles from FSYNC to its timeslot."""

    law: Law
    start_clock: int
    impedance: int
    bell: RingerSettings

    @property
    def pcm_mode(self) -> int:
        """Register 1 with the PCM interface on."""
        code = regs.FORMAT_ALAW if self.law == "alaw" else regs.FORMAT_ULAW
        return regs.PCM_FORMAT.put(regs.PCM_ENABLE.mask, code)

    @property
    def start_counts(self) -> tuple[int, int]:
        """Low and high byte of registers 2, 3 and 4, 5."""
        return self.start_clock & 0xFF, self.start_clock >> 8 & regs.START_HIGH_MASK

    @property
    def impedance_value(self) -> int:
        """Register 10."""
        return regs.TISS.put(regs.IMPEDANCE_ENABLE.mask, self.impedance)


@dataclass(frozen=True, slots=True)
class LineState:
    """Registers 8, 64 and 68 of one moment."""

    loopback: int
    linefeed: int
    loop: int

    @property
    def absent(self) -> bool:
        """Nothing drives SDO."""
        return self.loopback == self.linefeed == self.loop == 0xFF

    @property
    def was_reset(self) -> bool:
        return self.loopback != 0

    @property
    def actual(self) -> int:
        """The linefeed state that the line is in."""
        return regs.LFS.of(self.linefeed)

    @property
    def closed(self) -> bool:
        """Loop closed; it means something only while `sensing`."""
        return bool(regs.LCR.of(self.loop))

    @property
    def tripped(self) -> bool:
        return bool(regs.RTP.of(self.loop))

    @property
    def sensing(self) -> bool:
        """The loop detector works: active or on-hook transmission."""
        return self.actual in SENSING


SENSING = frozenset(
    (
        Linefeed.FORWARD_ACTIVE,
        Linefeed.FORWARD_ON_HOOK_TRANSMISSION,
        Linefeed.REVERSE_ACTIVE,
        Linefeed.REVERSE_ON_HOOK_TRANSMISSION,
    )
)
LINE_STATE = (regs.LOOPBACK, regs.LINEFEED, regs.LOOP_STATUS)


@dataclass(frozen=True, slots=True)
class LineReading:
    """What the chip measures on its line, magnitudes: volts and milliamperes."""

    tip_v: float
    ring_v: float
    loop_v: float
    loop_ma: float

    @classmethod
    def of(cls, tip: int, ring: int, volts: int, current: int) -> LineReading:
        """From registers 80, 81, 78 and 79."""
        return cls(
            tip * regs.MONITOR_VOLTS,
            ring * regs.MONITOR_VOLTS,
            (volts & regs.SENSE_MASK) * regs.SETTING_VOLTS,
            (current & regs.SENSE_MASK) * regs.LOOP_CURRENT_MA,
        )


LINE_READING = (regs.TIP_VOLTAGE, regs.RING_VOLTAGE, regs.LOOP_VOLTAGE, regs.LOOP_CURRENT)


class Si3210:
    """One chip. All methods raise BusError where the wire fails."""

    def __init__(self, access: RegisterAccess, settings: ChipSettings, sleep: Sleep) -> None:
        self.access = access
        self.settings = settings
        self.sleep = sleep

    def identify(self) -> int:
        """The revision. Raises ChipFaultError chip-absent if there is no Si3210 of a usable revision."""
        identity = self.access.synchronise()
        mode = self.access.read(regs.PCM_MODE)[0]
        revision = regs.REVISION.of(identity)
        if identity == 0xFF or revision in EMPTY_REVISIONS:
            raise ChipFaultError("chip-absent", "no chip answers on this socket")
        if regs.PART_3215.of(mode):
            raise ChipFaultError("chip-absent", "the module has an Si3215 or Si3216, which this release does not serve")
        if revision < OLDEST_REVISION:
            raise ChipFaultError("chip-absent", f"the Si3210 is of revision {revision}, too old to be used")
        return revision

    def check_reset_values(self) -> None:
        """After a reset: register 8, 11 and 64 as the data sheet says, and register 4 keeps what is written."""
        probe = 0x5A
        self.access.write((regs.RX_START_LOW, probe))
        found = self.access.read(regs.LOOPBACK, regs.HYBRID, regs.LINEFEED, regs.RX_START_LOW)
        self.access.write((regs.RX_START_LOW, 0))
        expected = [regs.LOOPBACK.reset, regs.HYBRID.reset, regs.LINEFEED.reset, probe]
        if found != expected:
            raise ChipFaultError("chip-absent", f"after a reset registers 8, 11, 64, 4 read {bytes(found).hex(' ')}")

    def warm_state(self) -> LineState | None:
        """The line's state if the chip is as we leave it in service, else None."""
        settings = self.settings
        low, high = settings.start_counts
        registers = (
            (regs.LOOPBACK, 0),
            (regs.PCM_MODE, settings.pcm_mode),
            (regs.TX_START_LOW, low),
            (regs.TX_START_HIGH, high),
            (regs.RX_START_LOW, low),
            (regs.RX_START_HIGH, high),
            (regs.POWER_DOWN_1, 0),
            (regs.ON_HOOK_VOLTAGE, regs.ON_HOOK_VOLTAGE.reset),
            (regs.AUTOMATIC, AUTOMATIC_VALUE),
            (regs.ENHANCE, ENHANCE_VALUE),
            (regs.IMPEDANCE, settings.impedance_value),
            (regs.ENABLE_2, 0xFF),
        )
        count = len(registers)
        found = self.access.read(
            *(register for register, _ in registers), regs.CALIBRATION_1, regs.DCDC_OFF_TIME, *LINE_STATE
        )
        calibration, dcdc = found[count : count + 2]
        state = LineState(*found[count + 2 :])
        as_left = found[:count] == [value for _, value in registers]
        busy = regs.CAL_START.of(calibration) or regs.DCDC_CALIBRATE.of(dcdc)
        if not as_left or busy or state.absent or regs.LF.of(state.linefeed) == Linefeed.OPEN:
            return None
        return state

    # --- line ---

    def set_linefeed(self, state: Linefeed) -> None:
        self.access.write((regs.LINEFEED, state))

    def set_on_hook_volts(self, volts: float) -> None:
        """What the open line is fed with."""
        self.access.write((regs.ON_HOOK_VOLTAGE, round(volts / regs.SETTING_VOLTS)))

    def reading(self) -> LineReading:
        return LineReading.of(*self.access.read(*LINE_READING))

    def line_state(self) -> LineState:
        return LineState(*self.access.read(*LINE_STATE))

    def wire_volts(self) -> tuple[float, float]:
        """Magnitudes on tip and ring."""
        tip, ring = self.access.read(regs.TIP_VOLTAGE, regs.RING_VOLTAGE)
        return tip * regs.MONITOR_VOLTS, ring * regs.MONITOR_VOLTS

    def loop_current_ma(self) -> float:
        return (self.access.read(regs.LOOP_CURRENT)[0] & regs.SENSE_MASK) * regs.LOOP_CURRENT_MA

    def enable_interrupts(self) -> None:
        """Ring trip, loop closure and power alarms; what is pending is cleared first."""
        self.access.write(
            (regs.STATUS_1, 0xFF),
            (regs.STATUS_2, 0xFF),
            (regs.STATUS_3, 0xFF),
            (regs.ENABLE_1, 0),
            (regs.ENABLE_2, 0xFF),
            (regs.ENABLE_3, 0),
        )

    def disable_interrupts(self) -> None:
        self.access.write((regs.ENABLE_1, 0), (regs.ENABLE_2, 0), (regs.ENABLE_3, 0))

    async def set_ringer(self, ringer: RingerSettings) -> None:
        """Set the ringing generator; not while ringing or in on-hook transmission. Raises NoClockError."""
        self.access.write((regs.RING_OSC, 0), (regs.HIGH_BATTERY, ringer.battery))
        await self.access.write_indirect(ringer.indirect)
        self.access.write(
            (regs.RING_ACTIVE_LOW, NEON_ACTIVE_TICKS & 0xFF),
            (regs.RING_ACTIVE_HIGH, NEON_ACTIVE_TICKS >> 8),
            (regs.RING_INACTIVE_LOW, NEON_INACTIVE_TICKS & 0xFF),
            (regs.RING_INACTIVE_HIGH, NEON_INACTIVE_TICKS >> 8),
            (regs.RING_TRIP_DEBOUNCE, ringer.trip_debounce),
            (regs.RING_OSC, ringer.oscillator),
        )

    # --- power and calibration ---

    def power_down(self) -> None:
        """Line open, DC-DC converter off, no interrupts."""
        self.disable_interrupts()
        self.access.write((regs.LINEFEED, Linefeed.OPEN), (regs.POWER_DOWN_1, regs.DCDC_OFF.mask))

    def battery_volts(self) -> float:
        return self.access.read(regs.BATTERY_1)[0] * regs.MONITOR_VOLTS

    def results(self) -> CalibrationResults:
        """Registers 96 to 107."""
        return bytes(self.access.read(*regs.CALIBRATION_RESULTS))

    def restore(self, results: CalibrationResults) -> None:
        """Write back what `results` gave, without starting anything. Raises ValueError on a wrong length."""
        if len(results) != len(regs.CALIBRATION_RESULTS):
            raise ValueError(f"{len(results)} bytes are no calibration of an Si3210")
        still = bytes([results[0] & ~regs.CAL_START.mask]) + results[1:]
        self.access.write(*zip(regs.CALIBRATION_RESULTS, still, strict=True))

    def mark_gain_pending(self) -> None:
        """Leave ring and tip gain marked as still to be calibrated, for whoever takes this chip over."""
        self.access.write((regs.CALIBRATION_1, GAIN_PENDING))

    def known_results(self) -> CalibrationResults | None:
        """The results of a chip that is in service; None if its gains have not been calibrated yet."""
        results = self.results()
        return None if results[0] & GAIN_PENDING else results

    async def wait_until(self, done: Callable[[], bool], timeout_s: float, step_s: float = 0.01) -> bool:
        """Look every `step_s` until `done`, at most `timeout_s`; whether it was."""
        waited = 0.0
        while not done():
            if waited >= timeout_s:
                return False
            await self.sleep(step_s)
            waited += step_s
        return True
