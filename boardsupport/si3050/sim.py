"""A register-level model of the Si3050 with an Si3019: the same bytes on its SPI, the same on its line and highway.

Modelled: three-byte framing in a chain, registers, software reset, watchdog, the isolation link and what is out of
reach without it, hook switch and settling, direct-current termination, ring detection with and without validation,
line voltage, loop current, drop-out, interrupts, on-hook line monitor, PCM start counts and law, full scale, gains.
Not modelled: the calibrations after off-hook (audio is good after FOH alone), billing tone and receive overload
detection, 16 kHz and linear samples (the chip stays off the highway), ground start, filters, spark quenching.
Sources: reference board.md section 2; where it is silent, the Si3050 data sheet's text.

The world outside works `pair` (the wires) and lets time pass by `advance`; a driver sees `transfer` alone.
"""

from __future__ import annotations

from boardsupport.chip_model import HIGH_IMPEDANCE, PCLK_HZ, SAMPLES_PER_MS, ModelledChip, PcmMap
from boardsupport.registers import Register
from boardsupport.si3050 import regs
from boardsupport.si3050.sim_core import DaaState
from boardsupport.si3050.sim_line import LineSide
from boardsupport.si3050.sim_pair import CompanyPair, RingSignal

__all__ = ["CompanyPair", "RingSignal", "Si3050Model"]

SYSTEM_REVISION = 5
LINE_SIDE_REVISION = 4
RESET_SAMPLES = 10 * SAMPLES_PER_MS
"""How long a software reset takes; what is written meanwhile is lost."""
WATCHDOG_SAMPLES = 4000 * SAMPLES_PER_MS
"""Without a register access for that long the line is put on-hook (data sheet, register 2)."""
FULL_SCALE_DBM0 = 3.14
FULL_SCALE_DBM = (0.0, 3.2, 6.0)
"""Of the converters, into 600 ohms: as reset, with FULL, with FULL2 (data sheet, registers 30 and 31)."""
MONITOR_LOSS_DB = 6.0
"""What the line monitor hears less than the receive path does off-hook."""
CONTROL_FIXED, CONTROL_PATTERN = 0x30, 0x20
"""Bits 5 and 4 of a control byte are always 1 and 0."""
CONTROL_READ = 0x40
HOOK_BITS = regs.OFF_HOOK.mask | regs.LINE_MONITOR.mask | regs.OFF_HOOK_POLARITY.mask
_READ_ONLY = frozenset(register.address for register in regs.REGISTERS.values() if register.access == "r")
_INTERRUPTS = frozenset((regs.CONTROL_2.address, regs.INTERRUPT_MASK.address))
_AUDIO = frozenset(
    register.address
    for register in (
        regs.CONTROL_2, regs.CONTROL_3, regs.MUTE, regs.AC_TERMINATION, regs.CONTROL_5, regs.PCM_MODE,
        regs.TX_START_LOW, regs.TX_START_HIGH, regs.RX_START_LOW, regs.RX_START_HIGH,
        regs.TRANSMIT_GAIN_2, regs.RECEIVE_GAIN_2, regs.TRANSMIT_GAIN_3, regs.RECEIVE_GAIN_3, *regs.HYBRID,
    )
)  # fmt: skip


class Si3050Model(ModelledChip):
    """One Si3050 with its line. `seed` makes this piece of silicon different; `chain`: its place on a shared select."""

    def __init__(self, clock_hz: int = 4_096_000, seed: int = 1, chain: int = 0, swapped: bool = False) -> None:
        self._state = DaaState(seed)
        self._chain_code = int(f"{chain:04b}"[::-1], 2)
        self.pair = CompanyPair(swapped)
        self.line = LineSide(self._state, self.pair)
        super().__init__(self._state, self.pair, self.line)
        self._state.clock = clock_hz in PCLK_HZ
        self._lose_state()

    # --- handles of the world --------------------------------------------------------------------------------------

    def set_clock(self, clock_hz: int | None) -> None:
        """PCLK as it runs now; None: it stands still."""
        self._state.clock = clock_hz in PCLK_HZ
        self._state.audio_version += 1
        self.line.power()

    def pcm_map(self) -> PcmMap | None:
        """Start counts and law while the PCM interface is enabled and clocked."""
        state = self._state
        code = state.field(regs.PCM_FORMAT)
        listening = self.alive and state.clock and state.field(regs.PCM_ENABLE)
        if not listening or code not in (regs.FORMAT_ALAW, regs.FORMAT_ULAW):
            return None
        count_mask = regs.START_HIGH_MASK << 8 | 0xFF
        return PcmMap(
            state.word(regs.TX_START_LOW.address) & count_mask,
            state.word(regs.RX_START_LOW.address) & count_mask,
            "alaw" if code == regs.FORMAT_ALAW else "ulaw",
        )

    def audio_path(self) -> bool:
        """Speech passes: both ways off-hook and settled, to the highway alone while the line is monitored on-hook."""
        line = self.line
        if self.off_hook:
            return line.settled and not line.starved
        return line.linked and bool(self._state.field(regs.LINE_MONITOR))

    @property
    def off_hook(self) -> bool:
        """The hook switch is closed."""
        return self.line.off_hook

    def digital_loopback(self) -> bool:
        """What the highway sends to the chip comes back from it."""
        state = self._state
        return self.alive and bool(state.field(regs.DIGITAL_LOOPBACK) or state.field(regs.PCM_LOOPBACK))

    def gains(self) -> tuple[float, float]:
        """Linear gain from highway to line ("transmit" to the data sheet), and from line to highway ("receive")."""
        state = self._state
        full_scale = FULL_SCALE_DBM[2 if state.field(regs.FULL_SCALE_2) else state.field(regs.FULL_SCALE)]
        converter = full_scale - FULL_SCALE_DBM0
        transmit = self._gain_db(regs.TRANSMIT_GAIN_2, regs.TRANSMIT_GAIN_3) + converter
        receive = self._gain_db(regs.RECEIVE_GAIN_2, regs.RECEIVE_GAIN_3) - converter
        deaf = state.field(regs.RECEIVE_MUTE) or not state.field(regs.RECEIVE_ENABLE)
        silent = state.field(regs.TRANSMIT_MUTE) or not self.off_hook
        if not self.off_hook:
            receive -= MONITOR_LOSS_DB
        return (0.0 if silent else 10 ** (transmit / 20), 0.0 if deaf else 10 ** (receive / 20))

    def _gain_db(self, coarse: Register, fine: Register) -> float:
        return self._steps(coarse, regs.MOST_GAIN_DB) + self._steps(fine, regs.GAIN_STEPS_MASK) / 10

    def _steps(self, register: Register, most: int) -> int:
        value = self._state.direct[register.address]
        steps = value & regs.GAIN_STEPS_MASK
        return -steps if value & regs.GAIN_ATTENUATES else min(steps, most)

    def impairment(self) -> tuple[float, float]:
        """Direct offset and hum in 16-bit steps: the converter of the line monitor has an offset."""
        return (0.0 if self.off_hook else self._state.silicon.monitor_offset), 0.0

    def ac_impedance(self) -> int | None:
        """ACIM code of the two-wire impedance; None while the hybrid is off."""
        return self._state.field(regs.AC_IMPEDANCE) if self._state.field(regs.HYBRID_ENABLE) else None

    # --- SPI -------------------------------------------------------------------------------------------------------

    def _byte(self, value: int) -> int:
        if not self._frame and value & CONTROL_FIXED != CONTROL_PATTERN:
            return HIGH_IMPEDANCE  # no control byte
        self._frame.append(value)
        if len(self._frame) < 3:
            return HIGH_IMPEDANCE
        (control, address, data), self._frame = self._frame, []
        meant = control & regs.BROADCAST or control & regs.CHAIN_MASK == self._chain_code
        if not meant:
            return HIGH_IMPEDANCE
        self._watch()
        if control & CONTROL_READ:
            return self._read(address & regs.ADDRESS_MASK)
        self._write(address & regs.ADDRESS_MASK, data)
        return HIGH_IMPEDANCE

    def _watch(self) -> None:
        if self._state.field(regs.WATCHDOG_ENABLE):
            self._state.set_timer("watchdog", WATCHDOG_SAMPLES, self._bite)

    def _bite(self) -> None:
        address = regs.DAA_CONTROL_1.address
        self._state.direct[address] = regs.OFF_HOOK.put(self._state.direct[address], 0)
        self.line.hook()

    # --- registers -------------------------------------------------------------------------------------------------

    def _read(self, address: int) -> int:
        line, value = self.line, self._state.direct[address]
        if address == regs.DAA_CONTROL_1.address:
            return value | line.ring.half_wave() | (regs.RING_DETECTED.mask if line.ring.detected else 0)
        if address == regs.REVISION.address:
            return regs.LINE_SIDE_TYPE.put(SYSTEM_REVISION, regs.TYPE_SI3019 if line.linked else 0)
        if address == regs.LINE_SIDE_STATUS.address:
            return regs.FRAME_DETECT.put(line.loop_current(), int(line.linked))
        if address == regs.LINE_SIDE_REVISION.address:
            return regs.LINE_SIDE_REVISION_NUMBER.put(value, LINE_SIDE_REVISION if line.linked else 0)
        if address == regs.INTERNATIONAL_4.address:
            return regs.DROP_OUT_DETECTED.put(0, int(line.starved))
        if address == regs.LOOP_CURRENT_FINE.address:
            return line.loop_current_fine()
        if address == regs.LINE_VOLTAGE.address:
            return line.line_voltage() & 0xFF
        return value if address in regs.REGISTERS else 0

    def _write(self, address: int, value: int) -> None:
        state = self._state
        self.history.append((state.now, address, value))
        lost = not state.clock or state.has_timer("reset")
        if lost or address in _READ_ONLY or address not in regs.REGISTERS:
            return
        if address == regs.INTERRUPT_SOURCE.address:
            state.direct[address] &= value
            state.update_interrupt()
            return
        state.direct[address] = self._kept(address, value)
        self._written(address, value)

    def _kept(self, address: int, value: int) -> int:
        """The value that a register keeps of what is written to it."""
        if address == regs.DAA_CONTROL_1.address:
            return value & HOOK_BITS
        if address == regs.CONTROL_2.address:
            return value | self._state.direct[address] & regs.WATCHDOG_ENABLE.mask  # only a reset turns it off
        return value

    def _written(self, address: int, value: int) -> None:
        state = self._state
        if address == regs.CONTROL_1.address and regs.SOFTWARE_RESET.of(value):
            self._soft_reset()
        elif address == regs.DAA_CONTROL_1.address:
            self.line.hook()
        elif address == regs.DAA_CONTROL_2.address:
            self.line.power()
        elif address == regs.DC_TERMINATION.address:
            self.line.termination_written()
        if address in _INTERRUPTS:
            state.update_interrupt()
            self._watch()
        if address in _AUDIO:
            state.audio_version += 1

    def _soft_reset(self) -> None:
        self._lose_state()
        self._state.direct[regs.CONTROL_1.address] = regs.SOFTWARE_RESET.mask
        self._state.set_timer("reset", RESET_SAMPLES, self._reset_done)

    def _reset_done(self) -> None:
        self._state.direct[regs.CONTROL_1.address] = regs.CONTROL_1.reset

    def _lose_state(self) -> None:
        self._state.reset()
        self.line.reset()
        self._frame.clear()
