"""The Si3050 voice DAA's data sheet, with an Si3019 on the line side: registers, fields and reset values.

Sources: Si3050 + Si3011/18/19 data sheet rev. 1.5, those of the sister chips Si3056 and Si306x for the bits that they
share, and what the Linux drivers and the vendor's own code read and write. Marked "unverified": from memory only.
"""

from __future__ import annotations

from enum import IntEnum

from boardsupport.registers import Register, by_address

# --- serial interface: control byte, address, data; each in a chip-select window of its own ---------------------------
BROADCAST = 0x80
"""Bit 7 of the control byte: to all chips of a chain (unverified)."""
READ = 0x60
"""The control byte that reads from the first, or only, chip of a chain: bit 6 reads, bit 5 is always 1."""
WRITE = 0x20
CHAIN_MASK = 0x0F
"""The chip's number in its chain, with its bits in reversed order."""
ADDRESS_MASK = 0x7F

# --- control and interrupts -------------------------------------------------------------------------------------------
CONTROL_1 = Register(1, "control 1")
SOFTWARE_RESET = CONTROL_1.bits(7)
"""Clears itself."""
PWM_MODE = CONTROL_1.bits(5, 4)
PWM_ENABLE = CONTROL_1.bits(3)
ISOLATED_LOOPBACK = CONTROL_1.bits(1)

CONTROL_2 = Register(2, "control 2", reset=0x03)
"""Its reset value is how the chip is told from an empty socket, and from one that was never set up."""
INTERRUPT_ENABLE = CONTROL_2.bits(7)
INTERRUPT_HIGH = CONTROL_2.bits(6)
"""The interrupt pin's active level; 0 is low."""
WATCHDOG_ENABLE = CONTROL_2.bits(4)
"""WDTEN: without a register access for 4 s the line goes on-hook; only a reset turns it off (unverified)."""
RING_BEGIN_AND_END = CONTROL_2.bits(2)
"""RDI: the ring interrupt also tells where a burst ends, not only where it begins."""
HYBRID_ENABLE = CONTROL_2.bits(1)
RECEIVE_ENABLE = CONTROL_2.bits(0)

INTERRUPT_MASK = Register(3, "interrupt mask")
"""Ones let the source of the same bit pull the interrupt pin."""
INTERRUPT_SOURCE = Register(4, "interrupt source", access="w0c")
"""Zeros clear; ones leave a bit as it is."""
RING_IRQ = INTERRUPT_SOURCE.bits(7)
RECEIVE_OVERLOAD_IRQ = INTERRUPT_SOURCE.bits(6)
FRAME_IRQ = INTERRUPT_SOURCE.bits(5)
"""The isolation link has no frame lock."""
BILLING_TONE_IRQ = INTERRUPT_SOURCE.bits(4)
DROP_OUT_IRQ = INTERRUPT_SOURCE.bits(3)
"""The line side has lost its supply: no loop current while off-hook."""
LOOP_OVERLOAD_IRQ = INTERRUPT_SOURCE.bits(2)
"""Loop current above what LCS can show."""
GROUND_DETECT_IRQ = INTERRUPT_SOURCE.bits(1)
POLARITY_IRQ = INTERRUPT_SOURCE.bits(0)
"""The sign of LINE_VOLTAGE has changed."""

# --- line -------------------------------------------------------------------------------------------------------------
DAA_CONTROL_1 = Register(5, "DAA control 1")
RING_NEGATIVE = DAA_CONTROL_1.bits(6)
"""RDTN: a negative half-wave above the ring threshold, at this moment."""
RING_POSITIVE = DAA_CONTROL_1.bits(5)
"""RDTP."""
RING_HALF_WAVES = DAA_CONTROL_1.bits(6, 5)
OFF_HOOK_POLARITY = DAA_CONTROL_1.bits(4)
"""Of the off-hook pin (unverified)."""
LINE_MONITOR = DAA_CONTROL_1.bits(3)
"""ONHM: what arrives on the line is heard while on-hook."""
RING_DETECTED = DAA_CONTROL_1.bits(2)
"""RDT: latched; drops 4.5 to 9 s after the last positive half-wave, or when the line goes off-hook."""
OFF_HOOK = DAA_CONTROL_1.bits(0)
DAA_CONTROL_1_ZERO = 0x82
"""Bits that always read 0."""

DAA_CONTROL_2 = Register(6, "DAA control 2", reset=0x10)
CHIP_POWER_DOWN = DAA_CONTROL_2.bits(5)
"""Unverified."""
LINE_SIDE_POWER_DOWN = DAA_CONTROL_2.bits(4)
"""Cleared to start the isolation link."""
SAMPLE_RATE = Register(7, "sample rate")
SAMPLE_RATE_16K = SAMPLE_RATE.bits(3)
CONTROL_3 = Register(10, "control 3")
DIGITAL_LOOPBACK = CONTROL_3.bits(0)
REVISION = Register(11, "device and revision", access="r")
LINE_SIDE_TYPE = REVISION.bits(7, 4)
"""0 until the isolation link is up."""
TYPE_SI3018, TYPE_SI3019 = 1, 3
"""Unverified: a line side of any other type but 0 is taken as it is."""
SYSTEM_REVISION = REVISION.bits(3, 0)
LINE_SIDE_STATUS = Register(12, "line-side status", access="r")
FRAME_DETECT = LINE_SIDE_STATUS.bits(6)
"""FDT: the isolation link is up."""
LOOP_CURRENT = LINE_SIDE_STATUS.bits(4, 0)
"""LCS, off-hook."""
LOOP_CURRENT_MA = 3.3
LOOP_OVERLOADED = 0x1F
"""More than 127 mA."""
LINE_SIDE_REVISION = Register(13, "line-side revision", reset=0x40, access="r")
LINE_SIDE_REVISION_NUMBER = LINE_SIDE_REVISION.bits(5, 2)
CONTROL_4 = Register(14, "control 4")
RING_PIN_POLARITY = CONTROL_4.bits(1)
MUTE = Register(15, "transmit and receive mute")
TRANSMIT_MUTE = MUTE.bits(7)
RECEIVE_MUTE = MUTE.bits(3)

INTERNATIONAL_1 = Register(16, "international control 1")
ACT2 = INTERNATIONAL_1.bits(7)
ON_HOOK_SPEED = INTERNATIONAL_1.bits(6)
AC_TERMINATION_3018 = INTERNATIONAL_1.bits(5)
IIR_FILTER = INTERNATIONAL_1.bits(4)
RINGER_IMPEDANCE = INTERNATIONAL_1.bits(1)
"""1 synthesised."""
RING_THRESHOLD = INTERNATIONAL_1.bits(0)
"""RT; with RING_THRESHOLD_2 see RING_THRESHOLD_VRMS."""
INTERNATIONAL_2 = Register(17, "international control 2")
CLEAR_CALIBRATION = INTERNATIONAL_2.bits(7)
MANUAL_CALIBRATION = INTERNATIONAL_2.bits(6)
NO_AUTO_CALIBRATION = INTERNATIONAL_2.bits(5)
RING_THRESHOLD_2 = INTERNATIONAL_2.bits(4)
BILLING_TONE_ENABLE = INTERNATIONAL_2.bits(2)
RECEIVE_OVERLOAD = INTERNATIONAL_2.bits(1)
"""Unverified."""
BILLING_TONE = INTERNATIONAL_2.bits(0)
"""Unverified."""
RING_THRESHOLD_VRMS = {(0, 0): (13.5, 16.5), (0, 1): (19.35, 23.65), (1, 1): (40.5, 49.5)}
"""By (RT2, RT): less than the first is never detected, more than the second always."""
INTERNATIONAL_3 = Register(18, "international control 3")
FULL_WAVE_RING = INTERNATIONAL_3.bits(1)
"""RFWE: both half-waves are detected."""
INTERNATIONAL_4 = Register(19, "international control 4")
OVERLOAD_DETECTED = INTERNATIONAL_4.bits(2)
DROP_OUT_DETECTED = INTERNATIONAL_4.bits(1)
OVERLOAD_PROTECT = INTERNATIONAL_4.bits(0)

CALL_PROGRESS_RECEIVE = Register(20, "call progress receive attenuation")
CALL_PROGRESS_TRANSMIT = Register(21, "call progress transmit attenuation")
RING_VALIDATION_1 = Register(22, "ring validation 1", reset=0x96)
"""Reset value unverified, as of the next one."""
RING_DELAY_LOW = RING_VALIDATION_1.bits(7, 6)
RING_MAXIMUM = RING_VALIDATION_1.bits(5, 0)
RING_VALIDATION_2 = Register(23, "ring validation 2", reset=0x2D)
RING_DELAY_HIGH = RING_VALIDATION_2.bits(7)
RING_TIMEOUT = RING_VALIDATION_2.bits(6, 3)
RING_TIMEOUT_MS = 128
RING_CONFIRMATION = RING_VALIDATION_2.bits(2, 0)
RING_CONFIRMATION_MS = (100, 150, 200, 256, 384, 512, 640, 1024)
RING_VALIDATION_3 = Register(24, "ring validation 3", reset=0x19)
RING_VALIDATION_ENABLE = RING_VALIDATION_3.bits(7)
RING_ASSERTION = RING_VALIDATION_3.bits(5, 0)
RING_ASSERTION_MS = 2
RESISTOR_CALIBRATION = Register(25, "resistor calibration")
NO_RESISTOR_CALIBRATION = RESISTOR_CALIBRATION.bits(4)

DC_TERMINATION = Register(26, "DC termination")
TIP_RING_VOLTAGE = DC_TERMINATION.bits(7, 6)
"""DCV: 3.1, 3.2, 3.35 or 3.5 V."""
MINIMUM_CURRENT = DC_TERMINATION.bits(5, 4)
"""MINI: 10, 12, 14 or 16 mA."""
CURRENT_LIMIT = DC_TERMINATION.bits(1)
"""ILIM: 60 mA."""
DC_IMPEDANCE = DC_TERMINATION.bits(0)
"""DCR: 1 is 800 ohms."""
LOOP_CURRENT_FINE = Register(28, "loop current", access="r")
"""LCS2, off-hook (scale unverified)."""
LOOP_CURRENT_FINE_MA = 1.1
LINE_VOLTAGE = Register(29, "line voltage", access="r")
"""LVS: two's complement, its sign is the polarity of tip against ring; on-hook and off-hook, to about 10 %."""
LINE_VOLTAGE_V = 1.0
LINE_VOLTAGE_LEAST = 3
"""Up to this it reads 0, unless LINE_VOLTAGE_UNFORCED."""
AC_TERMINATION = Register(30, "AC termination")
FULL_SCALE_2 = AC_TERMINATION.bits(4)
AC_IMPEDANCE = AC_TERMINATION.bits(3, 0)
"""ACIM, see AcImpedance."""


class AcImpedance(IntEnum):
    """Codes of AC_IMPEDANCE; R270_750_150N is 270 ohms + 750 ohms || 150 nF."""

    R600 = 0
    R900 = 1
    R270_750_150N = 2
    R220_820_120N = 3
    R370_620_310N = 4
    R320_1050_230N = 5
    R370_820_110N = 6
    R275_780_115N = 7
    R120_820_110N = 8
    R350_1000_210N = 9
    R200_680_100N = 10
    R600_2U16 = 11
    R900_1U = 12
    R900_2U16 = 13
    R600_1U = 14
    GLOBAL_COMPLEX = 15


CONTROL_5 = Register(31, "control 5", reset=0x20)
FULL_SCALE = CONTROL_5.bits(7)
"""+3.2 dBm."""
OFF_HOOK_SETTLING = CONTROL_5.bits(6, 5)
"""FOH: how long after going off-hook the audio path opens, see OFF_HOOK_SETTLING_MS."""
OFF_HOOK_SETTLING_MS = (512, 128, 64, 8)
ON_HOOK_SPEED_2 = CONTROL_5.bits(3)
"""With ON_HOOK_SPEED and SPARK_QUENCH: 000 < 0.5 ms, 0 1 0 3 ms (ETSI), 1 x 1 26 ms (Australia)."""
HIGH_PASS_200HZ = CONTROL_5.bits(1)
LINE_VOLTAGE_UNFORCED = CONTROL_5.bits(0)
GROUND_START = Register(32, "ground start control")

# --- PCM, gains, hybrid -----------------------------------------------------------------------------------------------
PCM_MODE = Register(33, "PCM and SPI mode")
PCM_LOOPBACK = PCM_MODE.bits(7)
SPI_TRISTATE = PCM_MODE.bits(6)
PCM_ENABLE = PCM_MODE.bits(5)
PCM_FORMAT = PCM_MODE.bits(4, 3)
FORMAT_ALAW, FORMAT_ULAW, FORMAT_LINEAR = 0, 1, 3
PCM_CLOCKS_PER_BIT = PCM_MODE.bits(1)
PCM_TRISTATE_EDGE = PCM_MODE.bits(0)
TX_START_LOW = Register(34, "PCM transmit start count, low byte")
TX_START_HIGH = Register(35, "PCM transmit start count, high bits")
RX_START_LOW = Register(36, "PCM receive start count, low byte")
RX_START_HIGH = Register(37, "PCM receive start count, high bits")
START_HIGH_MASK = 0x03
"""Start counts are 10 bits wide, in PCLK cycles from FSYNC."""
TRANSMIT_GAIN_2 = Register(38, "transmit gain 2")
RECEIVE_GAIN_2 = Register(39, "receive gain 2")
"""In steps of 1 dB."""
TRANSMIT_GAIN_3 = Register(40, "transmit gain 3")
RECEIVE_GAIN_3 = Register(41, "receive gain 3")
"""In steps of 0.1 dB."""
GAIN_ATTENUATES = 0x10
"""In all four gain registers: the steps are of loss, not of gain."""
GAIN_STEPS_MASK = 0x0F
MOST_GAIN_DB, MOST_LOSS_DB = 12, 15
LINE_THRESHOLD = Register(43, "current and voltage threshold")
LINE_THRESHOLD_CONTROL = Register(44, "current and voltage threshold interrupt")
HYBRID = tuple(Register(45 + n, f"hybrid coefficient {n + 1}") for n in range(8))
SPARK_QUENCH = Register(59, "spark quenching control")
SPARK_QUENCH_HIGH = SPARK_QUENCH.bits(6)
SPARK_QUENCH_LOW = SPARK_QUENCH.bits(4)
RINGER_GAIN_2 = SPARK_QUENCH.bits(2)
GUARDED_CLEAR = SPARK_QUENCH.bits(1)

REGISTERS = by_address((*(value for value in list(globals().values()) if isinstance(value, Register)), *HYBRID))
"""Every declared register by address; what is not here reads 0."""
