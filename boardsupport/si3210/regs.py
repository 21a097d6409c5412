"""The Si3210 ProSLIC's data sheet: direct registers, their fields and reset values, and the indirect registers.

Sources: Si3210 data sheet rev. 1.61 (register summary, indirect register tables) and the values that the Linux drivers
of the same chip write. Where both are silent the reset value is the one that the silicon is known to read back.
"""

from __future__ import annotations

from enum import IntEnum

from boardsupport.registers import IndirectRegister, Register, by_address

READ = 0x80
"""Bit 7 of the command byte: 1 reads, 0 writes; the rest is the register address."""

# --- identity, PCM, audio path -------------------------------------------------------------------------------------
SPI_MODE = Register(0, "SPI mode")
DAISY_CHAIN = SPI_MODE.bits(7)
PART = SPI_MODE.bits(5, 4)
"""0 Si3210, 1 Si3211, 2 Si3212, 3 Si3210M."""
REVISION = SPI_MODE.bits(3, 0)
"""2 and above is usable; 0 and 15 are what an empty socket reads."""

PCM_MODE = Register(1, "PCM mode", reset=0x08)
PART_3215 = PCM_MODE.bits(7)
PCM_ENABLE = PCM_MODE.bits(5)
PCM_FORMAT = PCM_MODE.bits(4, 3)
FORMAT_ALAW = 0
FORMAT_ULAW = 1

TX_START_LOW = Register(2, "PCM transmit start count, low byte")
TX_START_HIGH = Register(3, "PCM transmit start count, high bits")
RX_START_LOW = Register(4, "PCM receive start count, low byte")
RX_START_HIGH = Register(5, "PCM receive start count, high bits")
START_HIGH_MASK = 0x03
"""Start counts are 10 bits wide, in PCLK cycles from FSYNC."""
PART_NUMBER_2 = Register(6, "digital I/O, part number 2")
LOOPBACK = Register(8, "loopback control", reset=0x02)
"""0x02 digital loopback, set by a reset: a value other than 0 in service tells that the chip has reset itself."""
AUDIO_GAIN = Register(9, "audio path gain")
IMPEDANCE = Register(10, "two-wire impedance", reset=0x28)
IMPEDANCE_ENABLE = IMPEDANCE.bits(3)
TISS = IMPEDANCE.bits(2, 0)
HYBRID = Register(11, "hybrid", reset=0x33)
POWER_DOWN_1 = Register(14, "power down 1", reset=0x10)
DCDC_OFF = POWER_DOWN_1.bits(4)
POWER_DOWN_2 = Register(15, "power down 2")

# --- interrupts ----------------------------------------------------------------------------------------------------
STATUS_1 = Register(18, "interrupt status 1", access="w1c")
STATUS_2 = Register(19, "interrupt status 2", access="w1c")
STATUS_3 = Register(20, "interrupt status 3", access="w1c")
ENABLE_1 = Register(21, "interrupt enable 1")
ENABLE_2 = Register(22, "interrupt enable 2")
ENABLE_3 = Register(23, "interrupt enable 3")
RING_ACTIVE_IRQ = STATUS_1.bits(4)
RING_INACTIVE_IRQ = STATUS_1.bits(5)
RING_TRIP_IRQ = STATUS_2.bits(0)
LOOP_CLOSURE_IRQ = STATUS_2.bits(1)
POWER_ALARM_IRQ = STATUS_2.bits(7, 2)
"""Transistors Q1 (bit 2) to Q6 (bit 7)."""
DTMF_IRQ = STATUS_3.bits(0)
INDIRECT_IRQ = STATUS_3.bits(1)
BALANCE_ERROR_IRQ = STATUS_3.bits(2)
"""Common-mode balance calibration failed."""

DTMF = Register(24, "DTMF decode", access="r")
DTMF_VALID = DTMF.bits(4)
DTMF_DIGIT = DTMF.bits(3, 0)

# --- indirect access -----------------------------------------------------------------------------------------------
INDIRECT_LOW = Register(28, "indirect data, low byte")
INDIRECT_HIGH = Register(29, "indirect data, high byte")
INDIRECT_ADDRESS = Register(30, "indirect address")
"""Writing it starts a store if 28 or 29 was written since the last access, a fetch otherwise."""
INDIRECT_STATUS = Register(31, "indirect status", access="r")
INDIRECT_BUSY = INDIRECT_STATUS.bits(0)

# --- oscillators ---------------------------------------------------------------------------------------------------
OSC1 = Register(32, "tone oscillator 1")
OSC2 = Register(33, "tone oscillator 2")
RING_OSC = Register(34, "ringing oscillator")
RING_ACTIVE_TIMER = RING_OSC.bits(4)
RING_INACTIVE_TIMER = RING_OSC.bits(3)
RING_ON = RING_OSC.bits(2)
RING_OFFSET = RING_OSC.bits(1)
RING_TRAPEZOID = RING_OSC.bits(0)
METERING_OSC = Register(35, "pulse metering oscillator")
OSC1_ACTIVE_LOW = Register(36, "oscillator 1 active time, low byte")
OSC1_ACTIVE_HIGH = Register(37, "oscillator 1 active time, high byte")
OSC1_INACTIVE_LOW = Register(38, "oscillator 1 inactive time, low byte")
OSC1_INACTIVE_HIGH = Register(39, "oscillator 1 inactive time, high byte")
OSC2_ACTIVE_LOW = Register(40, "oscillator 2 active time, low byte")
OSC2_ACTIVE_HIGH = Register(41, "oscillator 2 active time, high byte")
OSC2_INACTIVE_LOW = Register(42, "oscillator 2 inactive time, low byte")
OSC2_INACTIVE_HIGH = Register(43, "oscillator 2 inactive time, high byte")
METERING_ACTIVE_LOW = Register(44, "metering active time, low byte")
METERING_ACTIVE_HIGH = Register(45, "metering active time, high byte")
METERING_INACTIVE_LOW = Register(46, "metering inactive time, low byte")
METERING_INACTIVE_HIGH = Register(47, "metering inactive time, high byte")
RING_ACTIVE_LOW = Register(48, "ringing active time, low byte")
RING_ACTIVE_HIGH = Register(49, "ringing active time, high byte")
RING_INACTIVE_LOW = Register(50, "ringing inactive time, low byte")
RING_INACTIVE_HIGH = Register(51, "ringing inactive time, high byte")
OSC_TICK_US = 125
FSK_DATA = Register(52, "FSK data")

# --- line ----------------------------------------------------------------------------------------------------------
LINEFEED = Register(64, "linefeed control")
LFS = LINEFEED.bits(6, 4)
"""Shadow: the state that the line is really in (read only)."""
LF = LINEFEED.bits(2, 0)
"""The state that was asked for."""


class Linefeed(IntEnum):
    """States of the linefeed, in LF as requested and in LFS as they are."""

    OPEN = 0
    FORWARD_ACTIVE = 1
    FORWARD_ON_HOOK_TRANSMISSION = 2
    TIP_OPEN = 3
    RINGING = 4
    REVERSE_ACTIVE = 5
    REVERSE_ON_HOOK_TRANSMISSION = 6
    RING_OPEN = 7


LINEFEED_REVERSED = 0x04
"""Turns states 1 and 2 into 5 and 6; meaningless for open (0) and ringing (4)."""

TRANSISTOR_CONTROL = Register(65, "external bipolar transistor control", reset=0x61)
BATTERY_FEED = Register(66, "battery feed control", reset=0x03)
AUTOMATIC = Register(67, "automatic and manual control", reset=0x1F)
AUTO_BATTERY_SELECT = AUTOMATIC.bits(3)
AUTO_RING_TRIP = AUTOMATIC.bits(2)
AUTO_LOOP_CLOSURE = AUTOMATIC.bits(1)
AUTO_OPEN = AUTOMATIC.bits(0)
LOOP_STATUS = Register(68, "loop closure and ring trip status", access="r")
LCR = LOOP_STATUS.bits(0)
RTP = LOOP_STATUS.bits(1)
LOOP_DEBOUNCE = Register(69, "loop closure debounce", reset=0x0A)
RING_TRIP_DEBOUNCE = Register(70, "ring trip debounce", reset=0x0A)
DEBOUNCE_COUNT_US = 1250
LOOP_CURRENT_LIMIT = Register(71, "loop current limit")
"""20 mA + 3 mA per count, 0..7."""
ON_HOOK_VOLTAGE = Register(72, "on-hook line voltage", reset=0x20)
COMMON_MODE_VOLTAGE = Register(73, "common-mode voltage", reset=0x02)
HIGH_BATTERY = Register(74, "high battery voltage", reset=0x32)
LOW_BATTERY = Register(75, "low battery voltage", reset=0x10)
SETTING_VOLTS = 1.5
"""Per count of registers 72..75 and 78."""
POWER_SELECT = Register(76, "power monitor transistor select")
POWER_READING = Register(77, "power monitor reading", access="r")
LOOP_VOLTAGE = Register(78, "loop voltage", access="r")
LOOP_CURRENT = Register(79, "loop current", access="r")
SENSE_SIGN = 0x40
SENSE_MASK = 0x3F
LOOP_CURRENT_MA = 1.25
TIP_VOLTAGE = Register(80, "tip voltage", access="r")
RING_VOLTAGE = Register(81, "ring voltage", access="r")
BATTERY_1 = Register(82, "battery 1 voltage", access="r")
BATTERY_2 = Register(83, "battery 2 voltage", access="r")
MONITOR_VOLTS = 0.376
"""Per count of registers 80..83, all negative against ground."""
Q1_CURRENT = Register(84, "transistor Q1 current", access="r")
Q2_CURRENT = Register(85, "transistor Q2 current", access="r")
Q3_CURRENT = Register(86, "transistor Q3 current", access="r")
Q4_CURRENT = Register(87, "transistor Q4 current", access="r")
Q5_CURRENT = Register(88, "transistor Q5 current", access="r")
Q6_CURRENT = Register(89, "transistor Q6 current", access="r")
DCDC_PERIOD = Register(92, "DC-DC PWM period", reset=0xFF)
DCDC_OFF_TIME = Register(93, "DC-DC minimum off time", reset=0x19)
DCDC_CALIBRATE = DCDC_OFF_TIME.bits(7)
DCDC_WIDTH = Register(94, "DC-DC pulse width", access="r")

# --- calibration ---------------------------------------------------------------------------------------------------
CALIBRATION_1 = Register(96, "calibration control 1", reset=0x1F)
CAL_START = CALIBRATION_1.bits(6)
"""Set to begin, reads 1 while busy."""
CAL_RING_GAIN = CALIBRATION_1.bits(4)
CAL_TIP_GAIN = CALIBRATION_1.bits(3)
CAL_DIFFERENTIAL = CALIBRATION_1.bits(2)
CAL_COMMON_MODE = CALIBRATION_1.bits(1)
CAL_ILIM = CALIBRATION_1.bits(0)
CALIBRATION_2 = Register(97, "calibration control 2", reset=0x1F)
CAL_MONITOR_1 = CALIBRATION_2.bits(4)
CAL_MONITOR_2 = CALIBRATION_2.bits(3)
CAL_DAC = CALIBRATION_2.bits(2)
CAL_ADC = CALIBRATION_2.bits(1)
CAL_BALANCE = CALIBRATION_2.bits(0)
CAL_RING_GAIN_RESULT = Register(98, "ring gain mismatch result", reset=0x10)
CAL_TIP_GAIN_RESULT = Register(99, "tip gain mismatch result", reset=0x10)
CAL_DIFFERENTIAL_RESULT = Register(100, "differential DAC gain result", reset=0x11)
CAL_COMMON_MODE_RESULT = Register(101, "common-mode DAC gain result", reset=0x11)
CAL_ILIM_RESULT = Register(102, "current limit result", reset=0x08)
CAL_ADC_RESULT = Register(103, "monitor ADC offset result", reset=0x88)
CAL_DAC_ADC_RESULT = Register(104, "analog DAC/ADC offset result")
CAL_DAC_RESULT = Register(105, "DAC offset result")
CAL_BALANCE_RESULT = Register(106, "common-mode balance result", reset=0x20)
CAL_DC_PEAK_RESULT = Register(107, "DC peak current result", reset=0x08)
DC_PEAK_SANE = range(0x02, 0x0E)
DC_PEAK_DEFAULT = 0x08
CALIBRATION_RESULTS = range(96, 108)
"""Kept after a calibration and written back for a fast re-initialisation."""
ENHANCE = Register(108, "enhancement enable (revision C and later)")

REGISTERS = by_address(value for value in list(globals().values()) if isinstance(value, Register))
"""Every declared direct register by address; what is not here reads 0."""

# --- indirect registers --------------------------------------------------------------------------------------------
DIGITAL_GAIN_0DB = 0x4000
FILTER_FLUSH = 0x8000
"""Written to 35..39 while powering up, to flush the filters."""

INDIRECT = tuple(
    IndirectRegister(address, name, value)
    for address, name, value in (
        (0, "DTMF row 0 peak ratio", 0x55C2),
        (1, "DTMF row 1 peak ratio", 0x51E6),
        (2, "DTMF row 2 peak ratio", 0x4B85),
        (3, "DTMF row 3 peak ratio", 0x4937),
        (4, "DTMF column peak ratio", 0x3333),
        (5, "DTMF forward twist", 0x0202),
        (6, "DTMF reverse twist", 0x0202),
        (7, "DTMF row ratio", 0x0198),
        (8, "DTMF column ratio", 0x0198),
        (9, "DTMF row second harmonic", 0x0611),
        (10, "DTMF column second harmonic", 0x0202),
        (11, "DTMF minimum power", 0x00E5),
        (12, "DTMF hot limit", 0x0A1C),
        (13, "oscillator 1 coefficient", 0x7B30),
        (14, "oscillator 1 X", 0x0063),
        (15, "oscillator 1 Y", 0x0000),
        (16, "oscillator 2 coefficient", 0x7870),
        (17, "oscillator 2 X", 0x007D),
        (18, "oscillator 2 Y", 0x0000),
        (19, "ringing DC offset", 0x0000),
        (20, "ringing coefficient RCO", 0x7EF0),
        (21, "ringing amplitude RNGX", 0x0160),
        (22, "ringing phase RNGY", 0x0000),
        (23, "metering ramp", 0x2000),
        (24, "metering X", 0x2000),
        (25, "metering coefficient", 0x0000),
        (26, "receive digital gain", DIGITAL_GAIN_0DB),
        (27, "transmit digital gain", DIGITAL_GAIN_0DB),
        (28, "loop closure threshold", 0x1000),
        (29, "ring trip threshold", 0x3600),
        (30, "common-mode minimum", 0x1000),
        (31, "common-mode maximum", 0x0200),
        (32, "power alarm threshold Q1 Q2", 0x07C0),
        (33, "power alarm threshold Q3 Q4", 0x2600),
        (34, "power alarm threshold Q5 Q6", 0x1B80),
        (35, "loop closure filter", 0x8000),
        (36, "ring trip filter NRTP", 0x0320),
        (37, "thermal pole Q1 Q2", 0x008C),
        (38, "thermal pole Q3 Q4", 0x0100),
        (39, "thermal pole Q5 Q6", 0x0010),
        (40, "ringing common-mode bias", 0x0C00),
        (41, "DC-DC minimum voltage", 0x0C00),
        (42, "DC-DC extra", 0x1000),
        (43, "loop closure threshold, low", 0x1000),
        (99, "FSK space amplitude X0", 0x00DA),
        (100, "FSK space coefficient 0", 0x6B60),
        (101, "FSK mark amplitude X1", 0x0074),
        (102, "FSK mark coefficient 1", 0x79C0),
        (103, "FSK ratio 01", 0x1120),
        (104, "FSK ratio 10", 0x3BE0),
    )
)
"""The indirect registers by address, with the value for a 20 Hz, 66 V ringing, 600 ohm line; a country changes some."""

INDIRECT_VALUES = {register.address: register.value for register in INDIRECT}
RING_OFFSET_IND, RING_COEFFICIENT_IND, RING_AMPLITUDE_IND, RING_PHASE_IND = 19, 20, 21, 22
RECEIVE_GAIN_IND, TRANSMIT_GAIN_IND = 26, 27
LOOP_THRESHOLD_IND, RING_TRIP_THRESHOLD_IND = 28, 29
FLUSHED_FILTERS = range(35, 40)
RING_TRIP_FILTER_IND = 36
MANUAL_CAL_IND = range(88, 94)
"""Zeroed before a manual calibration."""
SCRATCH_IND = 97
