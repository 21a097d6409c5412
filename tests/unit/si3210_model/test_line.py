"""The model's pair: battery, feeding, loop closure, ringing, ring trip, alarms; and what wrong drivers see."""

from __future__ import annotations

import pytest

from boardsupport.si3210 import regs
from boardsupport.si3210.sim import Si3210Model
from tests.unit.si3210_model.harness import Hand, working


def test_the_battery_takes_its_time_and_needs_supply_and_clock() -> None:
    hand = Hand(Si3210Model())
    hand.write(14, 0)
    assert hand.read(82) < 0x10
    hand.wait(120)
    assert hand.read(82) >= 0xC0
    for forbid in (lambda model: model.set_supply(False), lambda model: model.set_clock(None)):
        hand = Hand(Si3210Model())
        forbid(hand.model)
        hand.write(14, 0)
        hand.wait(500)
        assert hand.read(82) < 6


def test_a_converter_that_was_never_calibrated_gives_in_under_load() -> None:
    for calibrated in (True, False):
        hand = Hand(Si3210Model())
        for address, value in regs.INDIRECT_VALUES.items():
            hand.store(address, value)
        hand.battery_up()
        if calibrated:
            hand.write(107, hand.read(107))  # as the driver writes back what a calibration gave
        hand.write(64, 4)
        hand.wait(100)
        assert (hand.read(82) >= 0xC0) is calibrated
        hand.write(64, 0)
        hand.wait(100)
        assert hand.read(82) >= 0xC0


def test_leakage_empties_the_battery_within_the_leak_test() -> None:
    for leaky in (False, True):
        hand = Hand(Si3210Model())
        hand.battery_up()
        hand.model.pair.leaky = leaky
        hand.write(14, 0x10)
        hand.wait(500)
        assert (hand.read(82) < 6) is leaky


def test_requested_and_actual_linefeed_are_told_apart() -> None:
    hand = working()
    assert hand.read(64) == 0x11
    hand.write(64, 4)
    hand.model.pair.set_closed(True)
    hand.wait(150)
    assert hand.read(64) == 0x14, "ring trip: still asked to ring, in truth active"


def test_loop_closure_after_its_debounce() -> None:
    hand = working()
    hand.write(22, 0x02)
    hand.model.pair.set_closed(True)
    hand.wait(10)
    assert hand.read(68) == 0
    hand.wait(4)
    assert (hand.read(68), hand.read(19), hand.model.interrupt) == (1, 2, True)
    assert hand.read(79) == 16, "20 mA in counts of 1.25 mA"


def test_a_contact_shorter_than_the_debounce_is_not_seen() -> None:
    hand = working()
    hand.model.pair.set_closed(True)
    hand.wait(8)
    hand.model.pair.set_closed(False)
    hand.wait(50)
    assert (hand.read(68), hand.read(19) & 2) == (0, 0)


def test_lifted_between_bursts_goes_active_by_itself() -> None:
    hand = working()
    hand.write(64, 2)
    hand.model.pair.set_closed(True)
    hand.wait(20)
    assert hand.read(64) == 0x12


def test_ringing_voltage_is_what_the_registers_say() -> None:
    hand = working()
    hand.store(20, 0x7E6D)
    hand.store(21, 0x0193)
    hand.write(64, 4)
    voltage = hand.model.ringing()
    assert voltage is not None
    assert voltage.hz == pytest.approx(25, abs=0.2)
    assert voltage.peak_v == pytest.approx(60, abs=1)


def test_chip_cadence_alternates_ringing_and_on_hook_transmission() -> None:
    hand = working()
    for address, value in ((48, 0x80), (49, 0x3E), (50, 0x00), (51, 0x7D), (34, 0x18)):
        hand.write(address, value)
    hand.write(64, 4)
    hand.wait(1990)
    assert hand.read(64) == 0x44
    hand.wait(20)
    assert (hand.read(64), hand.read(18)) == (0x24, 0x10)
    hand.wait(4000)
    assert (hand.read(64), hand.read(18)) == (0x44, 0x30)


def test_ring_trip_is_quick_and_needs_a_lifted_handset() -> None:
    hand = working()
    hand.write(64, 4)
    hand.wait(3000)
    assert hand.read(68) == 0
    hand.model.pair.set_closed(True)
    assert hand.until(68, 2, mask=2, limit_ms=100) > 20


def test_wrong_ring_trip_settings_show() -> None:
    spurious = working()
    spurious.store(29, 0)
    spurious.write(64, 4)
    spurious.wait(200)
    assert spurious.read(68) & 2, "no threshold: trips on the ringer's own current"
    flushed = working()
    flushed.store(36, 0x8000)
    flushed.write(64, 4)
    flushed.wait(200)
    assert flushed.read(68) & 2, "the filter left flushed lets the ringing current through"
    deaf = working()
    deaf.store(36, 0)
    deaf.write(64, 4)
    deaf.model.pair.set_closed(True)
    deaf.wait(2000)
    assert not deaf.read(68) & 2, "a filter that never settles never trips"


def test_without_battery_nothing_rings_and_nothing_is_fed() -> None:
    hand = Hand(Si3210Model())
    for address, value in regs.INDIRECT_VALUES.items():
        hand.store(address, value)
    hand.write(64, 4)
    voltage = hand.model.ringing()
    assert voltage is None or voltage.peak_v < 1
    hand.write(64, 1)
    hand.model.pair.set_closed(True)
    hand.wait(100)
    assert hand.read(79) == 0
    assert not hand.model.audio_path()


def test_a_ringing_amplitude_that_was_never_set_does_not_ring() -> None:
    hand = working()
    hand.store(21, 0)
    hand.write(64, 4)
    assert hand.model.ringing() is None


def test_an_uncalibrated_chip_sees_a_lifted_handset_that_is_not_there() -> None:
    hand = Hand(Si3210Model())
    for address, value in regs.INDIRECT_VALUES.items():
        hand.store(address, value)
    hand.battery_up()
    hand.write(64, 1)
    hand.wait(50)
    assert hand.read(68) == 1
    assert hand.model.impairment() != (0.0, 0.0)


def test_a_calibrated_chip_is_clean_and_its_results_can_be_restored() -> None:
    hand = working()
    assert hand.model.impairment() == (0.0, 0.0)
    saved = {address: hand.read(address) for address in regs.CALIBRATION_RESULTS}
    hand.model.power(False)
    hand.model.power(True)
    assert hand.model.impairment() != (0.0, 0.0)
    for address, value in saved.items():
        hand.write(address, value)
    assert hand.model.impairment() == (0.0, 0.0)
    other = Si3210Model(seed=2)
    for address, value in saved.items():
        Hand(other).write(address, value)
    assert other.impairment() != (0.0, 0.0), "another chip has other errors"


def test_calibration_takes_time_and_waits_for_the_handset() -> None:
    hand = Hand(Si3210Model())
    hand.battery_up()
    hand.model.pair.set_closed(True)
    hand.write(97, 0x1F)
    hand.write(96, 0x5F)
    hand.wait(2000)
    assert hand.read(96) & 0x40, "busy for as long as the telephone is lifted"
    hand.model.pair.set_closed(False)
    assert hand.until(96, 0) > 400


def test_manual_calibration_finds_the_trims() -> None:
    hand = Hand(Si3210Model())
    hand.battery_up()
    for address in regs.MANUAL_CAL_IND:
        hand.store(address, 0)
    for setting, reading in ((98, 88), (99, 89)):
        for value in range(31, 0, -1):
            hand.write(setting, value)
            hand.wait(40)
            if hand.read(reading) == 0:
                break
    calibrated = Hand(Si3210Model())
    calibrated.bring_up()
    assert [hand.read(at) for at in (98, 99)] == [calibrated.read(at) for at in (98, 99)]


def test_manual_calibration_of_a_fed_line_finds_nothing() -> None:
    hand = working()
    for address in regs.MANUAL_CAL_IND:
        hand.store(address, 0)
    for value in range(31, 0, -1):
        hand.write(98, value)
        hand.wait(40)
        assert hand.read(88) > 0


def test_balance_calibration_with_the_handset_lifted_is_an_error() -> None:
    hand = Hand(Si3210Model())
    hand.battery_up()
    hand.model.pair.set_closed(True)
    hand.write(97, 0x01)
    hand.write(96, 0x40)
    hand.until(96, 0)
    assert hand.read(20) & 0x04


@pytest.mark.parametrize("fault", ["overload", "foreign-voltage"])
def test_power_alarm_opens_the_line(fault: str) -> None:
    hand = working()
    hand.write(22, 0xFF)
    hand.model.pair.set_fault(fault)  # type: ignore[arg-type]
    hand.wait(20)
    assert hand.read(64) == 0
    assert hand.read(19) & 0xFC
    assert hand.model.interrupt


def test_power_alarm_without_automatic_open_leaves_the_line() -> None:
    hand = working()
    hand.write(67, 0x06)
    hand.model.pair.set_fault("overload")
    hand.wait(20)
    assert hand.read(64) == 0x11
    assert hand.read(19) & 0xFC


def test_thresholds_that_were_never_set_alarm_at_the_first_conversation() -> None:
    hand = working()
    for address in (32, 33, 34):
        hand.store(address, 0)
    hand.model.pair.set_closed(True)
    hand.wait(50)
    assert hand.read(64) == 0


def test_foreign_voltage_is_measured_with_the_line_open() -> None:
    hand = Hand(Si3210Model())
    assert (hand.read(80), hand.read(81)) == (0, 0)
    hand.model.pair.set_fault("foreign-voltage")
    assert min(hand.read(80), hand.read(81)) > 0x11


def test_a_short_is_a_closed_loop_without_voltage_and_an_open_pair_draws_no_ringing_current() -> None:
    hand = working()
    hand.model.pair.set_fault("short")
    hand.wait(20)
    assert (hand.read(68), hand.read(78)) == (1, 0)
    for fault, drawn in (("none", True), ("open", False)):
        hand = working()
        hand.model.pair.set_fault(fault)  # type: ignore[arg-type]
        hand.write(64, 4)
        readings = []
        for _ in range(50):
            hand.wait(1)
            readings.append(hand.read(79) & 0x3F)
        assert (max(readings) > 3) is drawn


def test_reversed_polarity_is_seen_on_the_pair_and_in_the_sense_registers() -> None:
    hand = working()
    assert hand.model.line_volts() == pytest.approx(48)
    hand.write(64, 5)
    assert hand.model.line_volts() == pytest.approx(-48)
    assert hand.read(78) & regs.SENSE_SIGN


def test_speech_passes_with_loop_current_or_in_on_hook_transmission() -> None:
    hand = working()
    assert not hand.model.audio_path(), "active without loop current"
    hand.write(64, 2)
    assert hand.model.audio_path()
    hand.write(64, 1)
    hand.model.pair.set_closed(True)
    assert hand.model.audio_path()
    hand.write(8, 0x02)
    assert not hand.model.audio_path(), "the loopback that a reset sets"


def test_gains_of_registers_and_mute() -> None:
    hand = working()
    assert hand.model.gains() == (1.0, 1.0)
    hand.store(26, 0x2000)
    hand.write(9, 0x04)
    receive, transmit = hand.model.gains()
    assert receive == pytest.approx(0.5)
    assert transmit == pytest.approx(10 ** (-3.5 / 20))
    hand.write(9, 0x30)
    assert hand.model.gains() == (0.0, 0.0)


def test_neon_waveform_is_high_and_slow() -> None:
    hand = working()
    for address, value in ((22, 0x03E8), (21, 0x7BEF), (20, 0x009F), (29, 0x4600)):
        hand.store(address, value)
    for address, value in ((48, 0xE0), (49, 0x01), (50, 0xF0), (51, 0x05), (34, 0x19), (74, 0x3F)):
        hand.write(address, value)
    hand.wait(100)
    hand.write(64, 4)
    voltage = hand.model.ringing()
    assert voltage is not None
    assert voltage.trapezoid
    assert voltage.peak_v > 80
    assert voltage.hz < 10
    hand.wait(2000)
    assert hand.read(68) == 0
