"""A register-level model of the Si3210: the same bytes on its SPI, the same behaviour on its line and highway.

Modelled: normal and daisy-chain framing, identity, direct and indirect registers, interrupts, battery, linefeed,
ringing, loop closure, ring trip, power alarms, calibration, PCM start counts and law, gains. Not modelled: the tone,
metering and FSK oscillators (they can be set but make no sound), the DTMF decoder (reads "no digit"), 16-bit linear
samples (the chip stays off the highway). Source: reference board.md section 1, which follows the data sheet.

The world outside works `pair` (the wires) and lets time pass by `advance`; a driver sees `transfer` alone.
"""

from __future__ import annotations

import math

from boardsupport.chip_model import HIGH_IMPEDANCE, PCLK_HZ, ModelledChip, PcmMap
from boardsupport.si3210 import regs
from boardsupport.si3210.sim_core import INDIRECT_PRESENT, ChipState
from boardsupport.si3210.sim_line import (
    FED,
    LOWEST_FEED,
    ON_HOOK_TRANSMISSION,
    LineCircuit,
    Pair,
    PairFault,
    RingVoltage,
)
from boardsupport.si3210.sim_power import Calibration

__all__ = ["PCLK_HZ", "Pair", "PairFault", "PcmMap", "RingVoltage", "Si3210Model"]

INDIRECT_SAMPLES = 2.0
"""An indirect access takes two frames."""
_READ_ONLY = frozenset(register.address for register in regs.REGISTERS.values() if register.access == "r")
_WRITE_ONE_CLEARS = frozenset(register.address for register in regs.REGISTERS.values() if register.access == "w1c")
_ENABLES = frozenset(register.address for register in (regs.ENABLE_1, regs.ENABLE_2, regs.ENABLE_3))
_SUPPLY = frozenset(register.address for register in (regs.POWER_DOWN_1, regs.HIGH_BATTERY, regs.DCDC_PERIOD))
_LINE = frozenset(register.address for register in (regs.ON_HOOK_VOLTAGE, regs.LOOP_CURRENT_LIMIT, regs.LOOP_DEBOUNCE))
_AUDIO = frozenset(range(1, 16))
_TRIMMED = frozenset(range(98, 108))
_ANALOG_GAIN = (1.0, 10 ** (-3.5 / 20), 10 ** (3.5 / 20), 1.0)


class Si3210Model(ModelledChip):
    """One Si3210 with its line. `seed` makes this piece of silicon different; `chain`: its place on a shared select."""

    def __init__(self, revision: int = 5, clock_hz: int = 4_096_000, seed: int = 1, chain: int = 0) -> None:
        self._state = ChipState(seed)
        self._chain_bit = 1 << chain
        self._identity = revision & regs.REVISION.mask
        self.pair = Pair()
        self.line = LineCircuit(self._state, self.pair)
        self.calibration = Calibration(self._state, self.line, self.line.supply)
        super().__init__(self._state, self.pair, self.line)
        self._data_written = False
        self._fetching: int | None = None
        self.set_clock(clock_hz)
        self._lose_state()

    # --- handles of the world --------------------------------------------------------------------------------------

    def power(self, on: bool) -> None:
        if on != self._powered:
            super().power(on)
            self.line.supply.discharge()

    def set_clock(self, clock_hz: int | None) -> None:
        """PCLK as it runs now; None: it stands still."""
        self.line.supply.rebase()
        self._state.clock = clock_hz in PCLK_HZ
        if self._state.clock and self._state.direct[regs.INDIRECT_STATUS.address]:
            self._state.set_timer("indirect", INDIRECT_SAMPLES, self._indirect_done)

    def set_supply(self, present: bool) -> None:
        """The 12 V that the DC-DC converter works from."""
        self.line.supply.rebase()
        self.line.supply.present = present

    def ringing(self) -> RingVoltage | None:
        """The ringing voltage on the line now."""
        return self.line.ringing() if self.alive else None

    def line_volts(self) -> float:
        """Direct voltage between tip and ring; negative: reversed polarity."""
        return self.line.line_volts() if self.alive else 0.0

    def pcm_map(self) -> PcmMap | None:
        """Start counts and law while the PCM interface is enabled and clocked."""
        state = self._state
        if not self.alive or not state.clock or not state.field(regs.PCM_ENABLE):
            return None
        code = state.field(regs.PCM_FORMAT)
        if code not in (regs.FORMAT_ALAW, regs.FORMAT_ULAW):
            return None
        count_mask = regs.START_HIGH_MASK << 8 | 0xFF
        return PcmMap(
            state.word(regs.TX_START_LOW.address) & count_mask,
            state.word(regs.RX_START_LOW.address) & count_mask,
            "alaw" if code == regs.FORMAT_ALAW else "ulaw",
        )

    def audio_path(self) -> bool:
        """Speech passes between highway and line: with loop current, or on-hook in on-hook transmission."""
        state, line = self._state, self.line
        blocked = state.direct[regs.POWER_DOWN_2.address] or state.direct[regs.LOOPBACK.address]
        if not self.alive or blocked or line.lfs not in FED or line.supply.volts() < LOWEST_FEED:
            return False
        return line.lfs in ON_HOOK_TRANSMISSION or line.loop_current_ma() > 0

    def digital_loopback(self) -> bool:
        """What the highway sends to the chip comes back from it."""
        return self.alive and bool(self._state.direct[regs.LOOPBACK.address] & 0x02)

    def gains(self) -> tuple[float, float]:
        """Linear gain from highway to line, and from line to highway."""
        setting = self._state.direct[regs.AUDIO_GAIN.address]
        receive = self._state.indirect[regs.RECEIVE_GAIN_IND] / regs.DIGITAL_GAIN_0DB * _ANALOG_GAIN[setting & 3]
        transmit = self._state.indirect[regs.TRANSMIT_GAIN_IND] / regs.DIGITAL_GAIN_0DB * _ANALOG_GAIN[setting >> 2 & 3]
        return (0.0 if setting & 0x10 else receive, 0.0 if setting & 0x20 else transmit)

    @property
    def linefeed(self) -> int:
        """The state that the line is really in (LFS)."""
        return self.line.lfs if self.alive else 0

    def take_ring_edges(self) -> list[tuple[float, bool]]:
        """When ringing voltage went on and off since the last call, as (sample, on)."""
        edges, self.line.ring_edges = self.line.ring_edges, []
        return edges

    def impedance(self) -> int | None:
        """TISS code of the two-wire impedance, None while the synthesis is off."""
        state = self._state
        return state.field(regs.TISS) if state.field(regs.IMPEDANCE_ENABLE) else None

    def hybrid_is_default(self) -> bool:
        return self._state.direct[regs.HYBRID.address] == regs.HYBRID.reset

    def impairment(self) -> tuple[float, float]:
        """What a chip without its trims adds to speech: direct offset and peak of 50 Hz hum, in 16-bit steps."""
        trim = self._state.trim_error
        offset = abs(trim(regs.CAL_DAC_ADC_RESULT.address)) + abs(trim(regs.CAL_DAC_RESULT.address))
        unequal = abs(trim(regs.CAL_TIP_GAIN_RESULT.address)) + abs(trim(regs.CAL_RING_GAIN_RESULT.address))
        return 64.0 * offset, 300.0 * abs(trim(regs.CAL_BALANCE_RESULT.address)) + 20.0 * unequal

    # --- SPI -------------------------------------------------------------------------------------------------------

    def indirect(self, address: int) -> int:
        """An indirect register's value, likewise."""
        return self._state.indirect[address]

    def _byte(self, value: int) -> int:
        daisy = bool(self._state.field(regs.DAISY_CHAIN))
        self._frame.append(value)
        if len(self._frame) < (3 if daisy else 2):
            return HIGH_IMPEDANCE
        frame, self._frame = self._frame, []
        if daisy and not frame[0] & self._chain_bit:
            return HIGH_IMPEDANCE  # meant for another chip of the chain
        command, data = frame[-2:]
        if command & regs.READ:
            return self._read(command & 0x7F)
        self._write(command & 0x7F, data)
        return HIGH_IMPEDANCE

    # --- registers -------------------------------------------------------------------------------------------------

    def _read(self, address: int) -> int:
        line = self.line
        if address == regs.LINEFEED.address:
            return line.lfs << 4 | line.lf
        if address == regs.LOOP_STATUS.address:
            return line.lcr | line.rtp << 1
        if regs.POWER_READING.address <= address <= regs.Q6_CURRENT.address:
            return self._measurement(address)
        return self._state.direct[address] if address in regs.REGISTERS else 0

    def _measurement(self, address: int) -> int:
        line = self.line
        sign = regs.SENSE_SIGN if line.reversed else 0
        if address == regs.LOOP_VOLTAGE.address:
            return sign | min(regs.SENSE_MASK, round(abs(line.line_volts()) / regs.SETTING_VOLTS))
        if address == regs.LOOP_CURRENT.address:
            return sign | min(regs.SENSE_MASK, round(line.present_current_ma() / regs.LOOP_CURRENT_MA))
        if address in (regs.TIP_VOLTAGE.address, regs.RING_VOLTAGE.address):
            return _counts(line.wire_volts()[address == regs.RING_VOLTAGE.address])
        if address in (regs.BATTERY_1.address, regs.BATTERY_2.address):
            return _counts(line.supply.volts())
        if address == regs.Q5_CURRENT.address:
            return self.calibration.transistor_current(regs.CAL_RING_GAIN_RESULT.address)
        if address == regs.Q6_CURRENT.address:
            return self.calibration.transistor_current(regs.CAL_TIP_GAIN_RESULT.address)
        if address == regs.POWER_READING.address:
            return min(0xFF, line.power()[self._state.direct[regs.POWER_SELECT.address] % 6 // 2] >> 7)
        return 0

    def _write(self, address: int, value: int) -> None:
        state = self._state
        self.history.append((state.now, address, value))
        if address in _READ_ONLY or address not in regs.REGISTERS:
            return
        if address in _WRITE_ONE_CLEARS:
            state.direct[address] &= ~value & 0xFF
            state.update_interrupt()
            return
        if address in _SUPPLY:
            self.line.supply.rebase()
        previous = state.direct[address]
        state.direct[address] = self._kept(address, value)
        self._written(address, value, previous)

    def _kept(self, address: int, value: int) -> int:
        """The value that a register keeps of what is written to it."""
        if address == regs.SPI_MODE.address:
            return value & 0xC0 | self._identity
        if address == regs.PCM_MODE.address:
            return value & ~regs.PART_3215.mask
        return value

    def _written(self, address: int, value: int, previous: int) -> None:
        state = self._state
        if address == regs.LINEFEED.address:
            self.line.request(value)
        elif address in _ENABLES:
            state.update_interrupt()
        elif address in (regs.INDIRECT_LOW.address, regs.INDIRECT_HIGH.address):
            self._data_written = True
        elif address == regs.INDIRECT_ADDRESS.address:
            self._access_indirect(value)
        elif address in _SUPPLY:
            self.line.battery_changing()
        elif address in _LINE:
            self.line.sense()
        elif address == regs.CALIBRATION_1.address:
            self.calibration.control_written()
        elif address in _TRIMMED:
            self.calibration.result_written(address, previous)
        elif address == regs.DCDC_OFF_TIME.address and regs.DCDC_CALIBRATE.of(value):
            self.line.supply.calibrate()
        elif address in _AUDIO:
            state.audio_version += 1

    # --- indirect access -------------------------------------------------------------------------------------------

    def _access_indirect(self, address: int) -> None:
        """Begin a store (data was written before) or a fetch; one that comes while busy is lost."""
        state = self._state
        if state.direct[regs.INDIRECT_STATUS.address]:
            return
        state.direct[regs.INDIRECT_STATUS.address] = regs.INDIRECT_BUSY.mask
        self._fetching = None if self._data_written else address
        self._data_written = False
        if state.clock:
            state.set_timer("indirect", INDIRECT_SAMPLES, self._indirect_done)

    def _indirect_done(self) -> None:
        state = self._state
        if not state.clock:
            return
        low, high = regs.INDIRECT_LOW.address, regs.INDIRECT_HIGH.address
        if self._fetching is not None:
            value = state.indirect[self._fetching]
            state.direct[low], state.direct[high] = value & 0xFF, value >> 8
        else:
            address = state.direct[regs.INDIRECT_ADDRESS.address]
            if address in INDIRECT_PRESENT:
                state.indirect[address] = state.direct[low] | state.direct[high] << 8
                state.audio_version += 1
                self.line.sense()
        state.direct[regs.INDIRECT_STATUS.address] = 0
        state.raise_interrupt(regs.INDIRECT_IRQ)

    def _lose_state(self) -> None:
        self.line.supply.reset()
        self._state.reset(self._identity)
        self.line.reset()
        self.calibration.reset()
        self.line.supply.rebase(loaded=False)
        self._frame.clear()
        self._data_written = False


def _counts(volts: float) -> int:
    return min(0xFF, math.floor(volts / regs.MONITOR_VOLTS))
