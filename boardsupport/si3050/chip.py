"""The Si3050's verbs: identity, configuration, line side, hook, measurements. No policy and no waiting; `bringup.py`
puts them in order, `port.py` decides."""

from __future__ import annotations

from dataclasses import dataclass

from boardsupport.chores import Sleep
from boardsupport.faults import ChipFaultError, NoClockError
from boardsupport.fxo import FxoSettings, LineReading
from boardsupport.registers import Register
from boardsupport.si3050 import regs
from boardsupport.si3050.access import EMPTY, RegisterAccess

IN_SERVICE = regs.CONTROL_2.reset | regs.INTERRUPT_ENABLE.mask | regs.WATCHDOG_ENABLE.mask
"""Register 2. Ringing interrupts when it begins only (no RDI): its end is the poll's to see.

The watchdog hangs up once nobody has accessed the chip for 4 s: no line stays seized by a process that is no more.
"""
ATTENTIVE = regs.RING_IRQ.mask | regs.FRAME_IRQ.mask | regs.POLARITY_IRQ.mask
"""Register 3 while the line is idle; a line with something going on is polled, and interrupts no more."""
ON_HOOK = regs.LINE_MONITOR.mask
OFF_HOOK = regs.LINE_MONITOR.mask | regs.OFF_HOOK.mask
"""Register 5; the line monitor stays on, as the Linux drivers keep it, so that a chip that has lost it shows."""
HOOK_CHECK = regs.DAA_CONTROL_1_ZERO | regs.OFF_HOOK_POLARITY.mask | OFF_HOOK
"""What of register 5 must read as it was written."""
FAST_SETTLING = 3
"""FOH code for a line that was off-hook a moment ago."""
NO_CLOCK = "the chip keeps nothing that is written to it: no PCM clock at the chip"


@dataclass(frozen=True, slots=True)
class ChipSettings:
    """What a chip is set to, fixed while it works. `start_clock`: PCLK cycles from FSYNC to its timeslot.

    Raises ValueError for a gain that the chip doesn't have.
    """

    line: FxoSettings
    start_clock: int

    def __post_init__(self) -> None:
        gain_steps(self.line.receive_db)
        gain_steps(self.line.transmit_db)

    @property
    def registers(self) -> tuple[tuple[Register, int], ...]:
        """All that is written before the line side is started, in order."""
        low, high = self.start_clock & 0xFF, self.start_clock >> 8 & regs.START_HIGH_MASK
        receive, transmit = gain_steps(self.line.receive_db), gain_steps(self.line.transmit_db)
        return (
            (regs.PCM_MODE, self.pcm_mode),
            (regs.INTERNATIONAL_1, self.line.international_1),
            (regs.DC_TERMINATION, self.line.dc_termination),
            (regs.AC_TERMINATION, self.line.ac_termination),
            (regs.CONTROL_5, self.line.control_5),
            # both half-waves, judged by the driver: the chip's own validation would hide what a reversal does
            (regs.INTERNATIONAL_3, regs.FULL_WAVE_RING.mask),
            (regs.RING_VALIDATION_3, 0),
            (regs.TX_START_LOW, low),
            (regs.TX_START_HIGH, high),
            (regs.RX_START_LOW, low),
            (regs.RX_START_HIGH, high),
            (regs.TRANSMIT_GAIN_2, transmit[0]),
            (regs.RECEIVE_GAIN_2, receive[0]),
            (regs.TRANSMIT_GAIN_3, transmit[1]),
            (regs.RECEIVE_GAIN_3, receive[1]),
        )

    @property
    def pcm_mode(self) -> int:
        """Register 33 with the PCM interface on."""
        code = regs.FORMAT_ALAW if self.line.law == "alaw" else regs.FORMAT_ULAW
        return regs.PCM_FORMAT.put(regs.PCM_ENABLE.mask, code)


def gain_steps(db: float) -> tuple[int, int]:
    """Gain registers 2 (1 dB) and 3 (0.1 dB) for a gain, or for a loss. Raises ValueError outside the chip's range."""
    if not -regs.MOST_LOSS_DB <= db <= regs.MOST_GAIN_DB:
        raise ValueError(f"a gain of {db} dB is outside -{regs.MOST_LOSS_DB} to +{regs.MOST_GAIN_DB} dB")
    whole, tenths = divmod(round(abs(db) * 10), 10)
    sign = regs.GAIN_ATTENUATES if db < 0 else 0
    return whole | sign, tenths | sign


@dataclass(frozen=True, slots=True)
class LineState:
    """Registers 5, 12, 28 and 29 of one moment."""

    daa: int
    status: int
    current: int
    voltage: int

    @property
    def half_wave(self) -> bool:
        """Ringing voltage above the threshold, at this moment."""
        return bool(regs.RING_HALF_WAVES.of(self.daa))

    @property
    def linked(self) -> bool:
        """The isolation link is up: what the line side says means something."""
        return bool(regs.FRAME_DETECT.of(self.status))

    @property
    def off_hook(self) -> bool:
        return bool(regs.OFF_HOOK.of(self.daa))

    @property
    def overloaded(self) -> bool:
        return regs.LOOP_CURRENT.of(self.status) == regs.LOOP_OVERLOADED

    @property
    def volts(self) -> float:
        """Between the wires, negative while they are the other way round; 0 up to 3 V."""
        return line_volts(self.voltage)

    @property
    def milliamperes(self) -> float:
        """In the loop, off-hook."""
        return self.current * regs.LOOP_CURRENT_FINE_MA

    @property
    def reading(self) -> LineReading:
        return LineReading(self.volts, self.milliamperes if self.off_hook else 0.0)


LINE_STATE = (regs.DAA_CONTROL_1, regs.LINE_SIDE_STATUS, regs.LOOP_CURRENT_FINE, regs.LINE_VOLTAGE)
GLANCE = (regs.DAA_CONTROL_1, regs.LINE_VOLTAGE)
"""What tells whether an idle line needs a closer look."""


def line_volts(value: int) -> float:
    """The volts of register 29, two's complement."""
    return (value - 0x100 if value & 0x80 else value) * regs.LINE_VOLTAGE_V


def as_written(daa: int, off_hook: bool) -> bool:
    """Whether register 5 reads as the driver has left it."""
    return daa & HOOK_CHECK == (OFF_HOOK if off_hook else ON_HOOK)


class Si3050:
    """One chip. All methods raise BusError where the wire fails."""

    def __init__(self, access: RegisterAccess, settings: ChipSettings, sleep: Sleep) -> None:
        self.access = access
        self.settings = settings
        self.sleep = sleep

    # --- identity and configuration ---

    def synchronise(self) -> int:
        """Register 2 of the chip in its socket. Raises ChipFaultError chip-absent."""
        control = self.access.synchronise()
        if control is None:
            raise ChipFaultError("chip-absent", "no chip answers on this socket")
        return control

    def software_reset(self) -> None:
        """All registers get their reset values; the chip wants 100 ms for it."""
        self.access.write((regs.CONTROL_1, regs.SOFTWARE_RESET.mask))

    def configure(self) -> None:
        """PCM, the country's line, gains; not yet the line side. Raises NoClockError where nothing is kept."""
        self.access.write(*self.settings.registers)
        if not self._keeps_writes():
            raise NoClockError(NO_CLOCK)

    def check_configuration(self) -> None:
        """Every register as it was written. Raises ChipFaultError chip-absent."""
        found = self.access.read(*(register for register, _ in self.settings.registers))
        wrong = [
            register.address
            for (register, value), read in zip(self.settings.registers, found, strict=True)
            if read != value
        ]
        if wrong:
            raise ChipFaultError("chip-absent", f"the chip forgets its registers {wrong}: change the line module")

    def warm_hook(self) -> bool | None:
        """Whether the line is off-hook, if the chip is as we leave it in service; None if it is not."""
        expected = (*self.settings.registers, (regs.CONTROL_2, IN_SERVICE), (regs.DAA_CONTROL_2, 0))
        found = self.access.read(*(register for register, _ in expected), regs.DAA_CONTROL_1, regs.LINE_SIDE_STATUS)
        daa, status = found[-2:]
        same = all(
            read == value or (register is regs.CONTROL_5 and read == self._fast_control_5)
            for (register, value), read in zip(expected, found, strict=False)
        )
        off_hook = bool(regs.OFF_HOOK.of(daa))
        return off_hook if same and regs.FRAME_DETECT.of(status) and as_written(daa, off_hook) else None

    def diagnose(self) -> ChipFaultError | None:
        """Why the chip does not look as it should; None where it is ours and linked after all."""
        control, revision, status = self.access.read(regs.CONTROL_2, regs.REVISION, regs.LINE_SIDE_STATUS)
        if control in EMPTY:
            return ChipFaultError("chip-absent", "the chip does not answer any more")
        if control == regs.CONTROL_2.reset:
            return ChipFaultError("chip-reset", "the chip has reset itself")
        if not regs.FRAME_DETECT.of(status):
            if not self._keeps_writes():
                return ChipFaultError("no-clock", NO_CLOCK)
            return ChipFaultError("isolation-link", f"the line side is lost (register 11 reads {revision:#04x})")
        return None

    def _keeps_writes(self) -> bool:
        """Registers are clocked by PCLK: without it nothing that is written arrives (unverified)."""
        for probe in (0x5A, 0):
            self.access.write((regs.LINE_THRESHOLD, probe))
            if self.access.read(regs.LINE_THRESHOLD) != [probe]:
                return False
        return True

    # --- line side ---

    def start_line_side(self) -> None:
        """Power it up, which brings up the isolation link."""
        self.access.write((regs.DAA_CONTROL_2, 0))

    def linked(self) -> bool:
        """The isolation link is up and the line side has said what it is."""
        revision, status = self.access.read(regs.REVISION, regs.LINE_SIDE_STATUS)
        return bool(regs.LINE_SIDE_TYPE.of(revision) and regs.FRAME_DETECT.of(status))

    def enter_service(self) -> None:
        """On-hook with the line monitor on; interrupts are possible, and all masked since the reset."""
        self.access.write((regs.DAA_CONTROL_1, ON_HOOK), (regs.CONTROL_2, IN_SERVICE))

    def silence(self) -> None:
        """On-hook, and no interrupts."""
        self.access.write((regs.INTERRUPT_MASK, 0), (regs.DAA_CONTROL_1, ON_HOOK))

    # --- hook ---

    def go_off_hook(self, settled: bool = False) -> float:
        """Close the loop; how many seconds until its audio passes.

        The chip's usual 128 ms keep the closing's own click from whoever listens, and nobody speaks that soon. A line
        that is `settled`, opened for a flash only, needs no more than 8 ms: what follows a recall may follow at once.
        """
        control = self._fast_control_5 if settled else self.settings.line.control_5
        self.access.write((regs.CONTROL_5, control), (regs.DAA_CONTROL_1, OFF_HOOK))
        return regs.OFF_HOOK_SETTLING_MS[regs.OFF_HOOK_SETTLING.of(control)] / 1000

    def go_on_hook(self) -> None:
        """Open the loop."""
        self.access.write((regs.DAA_CONTROL_1, ON_HOOK))

    def line_state(self) -> LineState:
        return LineState(*self.access.read(*LINE_STATE))

    @property
    def _fast_control_5(self) -> int:
        return regs.OFF_HOOK_SETTLING.put(self.settings.line.control_5, FAST_SETTLING)
