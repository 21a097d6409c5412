"""How an Si3210 comes into service, step by step with its failure exits (the order of the Linux and vendor drivers).

Every wait is a coroutine's, so that all ports of a board come up side by side.
"""

from __future__ import annotations

from dataclasses import dataclass

from boardsupport.faults import ChipError, ChipFaultError
from boardsupport.si3210 import regs
from boardsupport.si3210.chip import (
    AUTOMATIC_VALUE,
    BATTERY_FEED_VALUE,
    COMMON_MODE_VALUE,
    ENHANCE_VALUE,
    LOOP_CURRENT_20MA,
    LOOP_DEBOUNCE_COUNT,
    CalibrationResults,
    Si3210,
)
from boardsupport.si3210.regs import Linefeed

FOREIGN_VOLTS = 6.4
"""More than this on a wire that we do not feed comes from somewhere else."""
BATTERY_READY_VOLTS = 72.0
POWER_UP_S = 0.5
LEAK_S = 0.5
LEAK_VOLTS = 2.2
HOOK_SETTLE_S = 0.15
"""How long the line is fed before loop closure is believed."""
CALIBRATION_S = 2.0
MANUAL_S = 0.8
MANUAL_STEP_S = 0.04
DCDC_CALIBRATION_S = 1.0
PAIR_OR_MODULE = (
    "take the pair off the port: if it then comes into service, look for a short to ground or to another pair; if not, "
    "change the line module"
)
_AUTOMATIC_2 = 0x1F
_AUTOMATIC_1 = 0x5F


@dataclass(frozen=True, slots=True)
class BroughtUp:
    """How it went: the calibration to keep (None: the handset was lifted, so there was none), and the hook."""

    calibration: CalibrationResults | None
    off_hook: bool


async def bring_up(chip: Si3210, saved: CalibrationResults | None, full: bool) -> BroughtUp:
    """From any state to a fed line with PCM and interrupts on.

    `full` calibrates where the handset is down, and otherwise falls back to `saved`; without `full` what is `saved` is
    believed at once. Raises ChipFaultError or NoClockError, and the line is then open and unpowered; or BusError.
    """
    chip.identify()
    try:
        chip.power_down()
        await _await_quiet_wires(chip)
        await _write_registers(chip)
        await power_up(chip)
        calibration = await _calibration(chip, saved, full)
        await _finish_registers(chip)
        await start_line(chip)
        off_hook = await hook_is_off(chip)
        chip.enable_interrupts()
    except ChipError:
        chip.power_down()
        raise
    return BroughtUp(calibration, off_hook)


async def _calibration(chip: Si3210, saved: CalibrationResults | None, full: bool) -> CalibrationResults | None:
    if saved is not None and not full:
        chip.restore(saved)
        return saved
    await _leak_test(chip)
    if not await calibrate_once(chip):
        await _calibrate_indoors(chip)
        if await _lifted(chip):
            return await _do_without_gain(chip, saved)
        if not await calibrate_once(chip):
            await _calibrate_by_hand(chip)
    await _calibrate_dcdc(chip)
    return chip.results()


async def _do_without_gain(chip: Si3210, saved: CalibrationResults | None) -> CalibrationResults | None:
    """The handset is lifted: what was saved must do, or the gains' defaults until it is replaced."""
    if saved is not None:
        chip.restore(saved)
    else:
        await _calibrate_dcdc(chip)
        chip.mark_gain_pending()
    return saved


async def _lifted(chip: Si3210) -> bool:
    """Feed the line for a moment to look at the hook."""
    chip.set_linefeed(Linefeed.FORWARD_ACTIVE)
    lifted = await hook_is_off(chip)
    chip.set_linefeed(Linefeed.OPEN)
    return lifted


async def _await_quiet_wires(chip: Si3210) -> None:
    """Nothing but us may feed the line. Raises ChipFaultError foreign-voltage."""
    volts = 0.0
    for _ in range(5):
        volts = max(chip.wire_volts())
        if volts <= FOREIGN_VOLTS:
            return
        await chip.sleep(0.02)
    raise ChipFaultError("foreign-voltage", f"{volts:.0f} V on the pair while the port does not feed it")


async def _write_registers(chip: Si3210) -> None:
    await chip.access.write_indirect(_indirect_values(chip) | {regs.SCRATCH_IND: 0})
    chip.access.write(
        (regs.LOOPBACK, 0),
        (regs.ENHANCE, ENHANCE_VALUE),
        (regs.AUTOMATIC, AUTOMATIC_VALUE),
        (regs.BATTERY_FEED, BATTERY_FEED_VALUE),
        (regs.LOOP_DEBOUNCE, LOOP_DEBOUNCE_COUNT),
        (regs.RING_OSC, 0),
        (regs.ON_HOOK_VOLTAGE, regs.ON_HOOK_VOLTAGE.reset),
        (regs.HIGH_BATTERY, regs.HIGH_BATTERY.reset),
        (regs.LOW_BATTERY, regs.LOW_BATTERY.reset),
    )
    await chip.access.write_indirect(dict.fromkeys(regs.FLUSHED_FILTERS, regs.FILTER_FLUSH))


def _indirect_values(chip: Si3210) -> dict[int, int]:
    return regs.INDIRECT_VALUES | chip.settings.bell.indirect


async def power_up(chip: Si3210) -> None:
    """Start the DC-DC converter and wait for its battery. Raises ChipFaultError no-supply."""
    chip.access.write((regs.DCDC_PERIOD, regs.DCDC_PERIOD.reset), (regs.POWER_DOWN_1, 0), (regs.POWER_DOWN_2, 0))
    if not await chip.wait_until(lambda: chip.battery_volts() >= BATTERY_READY_VOLTS, POWER_UP_S):
        volts = chip.battery_volts()
        raise ChipFaultError("no-supply", f"the battery reaches {volts:.0f} V of 75 V: no 12 V supply, or a short")
    chip.access.write((regs.LOOP_CURRENT_LIMIT, LOOP_CURRENT_20MA), (regs.DCDC_OFF_TIME, regs.DCDC_OFF_TIME.reset))


async def _leak_test(chip: Si3210) -> None:
    """The battery's capacitor must keep its charge for half a second. Raises ChipFaultError leakage."""
    chip.access.write((regs.LINEFEED, Linefeed.OPEN), (regs.POWER_DOWN_1, regs.DCDC_OFF.mask))
    if await chip.wait_until(lambda: chip.battery_volts() < LEAK_VOLTS, LEAK_S, step_s=0.05):
        raise ChipFaultError("leakage", "the battery drains away with the converter off: leakage on module or pair")
    await power_up(chip)


async def hook_is_off(chip: Si3210) -> bool:
    """Whether the handset is lifted, after the fed line has settled."""
    await chip.sleep(HOOK_SETTLE_S)
    return chip.line_state().closed


# --- calibration -----------------------------------------------------------------------------------------------------


async def calibrate_once(chip: Si3210) -> bool:
    """One automatic calibration; False if it does not end in time or finds no balance."""
    chip.disable_interrupts()
    chip.access.write((regs.LINEFEED, Linefeed.OPEN), (regs.STATUS_3, regs.BALANCE_ERROR_IRQ.mask))
    chip.access.write((regs.CALIBRATION_2, _AUTOMATIC_2), (regs.CALIBRATION_1, _AUTOMATIC_1))
    ended = await _calibration_ended(chip, CALIBRATION_S)
    return ended and not regs.BALANCE_ERROR_IRQ.of(chip.access.read(regs.STATUS_3)[0])


async def _calibration_ended(chip: Si3210, timeout_s: float) -> bool:
    ended = await chip.wait_until(
        lambda: not regs.CAL_START.of(chip.access.read(regs.CALIBRATION_1)[0]), timeout_s, step_s=0.02
    )
    if not ended:
        chip.access.write((regs.CALIBRATION_1, 0))
    return ended


async def _calibrate_indoors(chip: Si3210) -> None:
    """What does not depend on the pair: converters, DACs, current limit. Raises ChipFaultError calibration."""
    monitors = regs.CAL_MONITOR_1.mask | regs.CAL_MONITOR_2.mask | regs.CAL_DAC.mask | regs.CAL_ADC.mask
    rest = regs.CAL_DIFFERENTIAL.mask | regs.CAL_COMMON_MODE.mask | regs.CAL_ILIM.mask
    chip.access.write((regs.CALIBRATION_2, monitors), (regs.CALIBRATION_1, regs.CAL_START.mask | rest))
    if not await _calibration_ended(chip, MANUAL_S):
        raise ChipFaultError("calibration", "the line chip can't calibrate its own circuits: change the line module")


async def _calibrate_by_hand(chip: Si3210) -> None:
    """For chips whose tip and ring gain does not converge by itself (data sheet, "Manual Calibration")."""
    await _calibrate_indoors(chip)
    await chip.sleep(0.01)
    await chip.access.write_indirect(dict.fromkeys(regs.MANUAL_CAL_IND, 0))
    chip.access.write((regs.CAL_RING_GAIN_RESULT, 0x10), (regs.CAL_TIP_GAIN_RESULT, 0x10))
    await _search(chip, regs.CAL_RING_GAIN_RESULT.address, regs.Q5_CURRENT.address)
    await _search(chip, regs.CAL_TIP_GAIN_RESULT.address, regs.Q6_CURRENT.address)
    await _balance(chip)


async def _search(chip: Si3210, result: int, current: int) -> None:
    """Step a gain down until its transistor carries nothing. Raises ChipFaultError calibration."""
    for setting in range(31, 0, -1):
        chip.access.write((result, setting))
        await chip.sleep(MANUAL_STEP_S)
        if chip.access.read(current)[0] == 0:
            return
    raise ChipFaultError(
        "calibration", f"current flows although no handset is lifted (register {result}): {PAIR_OR_MODULE}"
    )


async def _balance(chip: Si3210) -> None:
    """Common-mode balance, with the handset down for certain. Raises ChipFaultError calibration."""
    chip.set_linefeed(Linefeed.FORWARD_ACTIVE)
    if await hook_is_off(chip):
        raise ChipFaultError("calibration", "the handset was lifted during calibration")
    chip.access.write(
        (regs.LINEFEED, Linefeed.OPEN),
        (regs.STATUS_3, regs.BALANCE_ERROR_IRQ.mask),
        (regs.ENABLE_3, regs.BALANCE_ERROR_IRQ.mask),
        (regs.CALIBRATION_2, regs.CAL_BALANCE.mask),
        (regs.CALIBRATION_1, regs.CAL_START.mask),
    )
    ended = await _calibration_ended(chip, MANUAL_S)
    failed = regs.BALANCE_ERROR_IRQ.of(chip.access.read(regs.STATUS_3)[0])
    chip.disable_interrupts()
    if not ended or failed:
        raise ChipFaultError("calibration", f"the two wires of the pair are not alike: {PAIR_OR_MODULE}")


async def _calibrate_dcdc(chip: Si3210) -> None:
    """Peak current of the converter (register 107), an impossible one replaced. Raises ChipFaultError calibration."""
    chip.access.write((regs.DCDC_OFF_TIME, regs.DCDC_OFF_TIME.reset | regs.DCDC_CALIBRATE.mask))
    if not await chip.wait_until(
        lambda: not regs.DCDC_CALIBRATE.of(chip.access.read(regs.DCDC_OFF_TIME)[0]), DCDC_CALIBRATION_S
    ):
        raise ChipFaultError(
            "calibration", "the DC-DC converter can't be calibrated: check the 12 V supply, then change the line module"
        )
    if chip.access.read(regs.CAL_DC_PEAK_RESULT)[0] not in regs.DC_PEAK_SANE:
        chip.access.write((regs.CAL_DC_PEAK_RESULT, regs.DC_PEAK_DEFAULT))


# --- into service ----------------------------------------------------------------------------------------------------


async def _finish_registers(chip: Si3210) -> None:
    """Filters back, and every indirect register read back. Raises ChipFaultError chip-absent where one differs."""
    expected = _indirect_values(chip)
    await chip.access.write_indirect({address: expected[address] for address in regs.FLUSHED_FILTERS})
    found = await chip.access.read_indirect(expected)
    wrong = [address for address, value in expected.items() if found[address] != value]
    if wrong:
        raise ChipFaultError(
            "chip-absent", f"the line chip forgets its indirect registers {wrong}: change the line module"
        )


async def start_line(chip: Si3210) -> None:
    """PCM, impedance, ringer, and the line fed."""
    low, high = chip.settings.start_counts
    chip.access.write(
        (regs.TX_START_LOW, low),
        (regs.TX_START_HIGH, high),
        (regs.RX_START_LOW, low),
        (regs.RX_START_HIGH, high),
        (regs.PCM_MODE, chip.settings.pcm_mode),
        (regs.COMMON_MODE_VOLTAGE, COMMON_MODE_VALUE),
        (regs.IMPEDANCE, chip.settings.impedance_value),
        (regs.AUDIO_GAIN, 0),
    )
    await chip.set_ringer(chip.settings.bell)
    chip.set_linefeed(Linefeed.FORWARD_ACTIVE)
