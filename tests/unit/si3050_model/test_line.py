"""The Si3050 model's line: current, voltage, polarity, ringing, hook switch, what passes for audio."""

from __future__ import annotations

import pytest

from tests.unit.si3050_model.harness import Hand, fresh, working

RING = 0x80
POLARITY = 0x01


def off_hook(hand: Hand) -> None:
    hand.write(5, 0x01)
    hand.wait(200)


def test_line_voltage_is_signed_and_within_a_tenth() -> None:
    for seed in range(1, 9):
        hand = working(seed)
        assert hand.volts() == pytest.approx(48, rel=0.1)
        hand.model.pair.set_battery(-48)
        assert hand.volts() == pytest.approx(-48, rel=0.1)


def test_whose_wires_are_swapped_reads_the_other_sign() -> None:
    assert working(swapped=True).volts() < -40


def test_up_to_3_v_reads_0_unless_that_is_turned_off() -> None:
    hand = working()
    hand.model.pair.set_battery(2.5)
    assert hand.volts() == 0
    hand.write(31, 0xA1)
    assert hand.volts() in (2, 3)


@pytest.mark.parametrize("dead", ["unplugged", "no feed"])
def test_a_dead_line_reads_no_voltage(dead: str) -> None:
    hand = working()
    pair = hand.model.pair
    if dead == "unplugged":
        pair.set_plugged(False)
    else:
        pair.set_battery(0)
    assert hand.volts() == 0
    off_hook(hand)
    assert hand.read(28) == 0
    assert hand.read(19) & 0x02, "the line side has no supply"
    assert hand.read(4) & 0x08


def test_loop_current_is_shown_in_both_registers_off_hook_alone() -> None:
    hand = working()
    assert (hand.read(12) & 0x1F, hand.read(28)) == (0, 0)
    off_hook(hand)
    ma = hand.model.pair.loop_ma()
    assert 35 < ma < 45
    assert hand.read(28) * 1.1 == pytest.approx(ma, abs=1.2)
    assert (hand.read(12) & 0x1F) * 3.3 == pytest.approx(ma, abs=3.4)
    assert 4 <= hand.volts() <= 7


def test_the_termination_decides_the_current() -> None:
    currents = {}
    for termination in (0x00, 0xC0, 0xC1, 0xC2):
        hand = working()
        hand.model.pair.loop_ohms = 300.0
        hand.write(26, termination)
        off_hook(hand)
        currents[termination] = hand.model.pair.loop_ma()
    assert currents[0x00] > currents[0xC0] > 100, "a higher voltage between tip and ring leaves less current"
    assert currents[0xC1] < 50, "800 ohms"
    assert currents[0xC2] == pytest.approx(60), "limited"


def test_a_very_short_loop_overloads() -> None:
    hand = working()
    hand.model.pair.loop_ohms = 200.0
    off_hook(hand)
    assert hand.read(12) & 0x1F == 0x1F
    assert hand.read(4) & 0x04


def test_a_telephone_in_parallel_pulls_the_voltage_down_and_takes_current() -> None:
    hand = working()
    hand.model.pair.set_lifted("kitchen", True)
    assert 5 <= hand.volts() <= 15
    hand.model.pair.set_lifted("kitchen", False)
    off_hook(hand)
    before = hand.read(28)
    hand.model.pair.set_lifted("kitchen", True)
    hand.wait(10)
    assert hand.read(28) < 0.8 * before


def test_every_change_of_sign_is_an_interrupt() -> None:
    hand = working()
    for volts in (-48, 48):
        hand.model.pair.set_battery(volts)
        hand.wait(1)
        assert hand.read(4) & POLARITY
        hand.write(4, 0x00)
    hand.model.pair.set_battery(0)
    hand.wait(1)
    assert not hand.read(4) & POLARITY, "0 has the sign of plus"


def test_half_waves_follow_the_ringing_voltage() -> None:
    hand = working()
    hand.ring(hz=25)
    seen = []
    for _ in range(40):
        seen.append(hand.read(5) & 0x60)
        hand.wait(1 - 24 / 1000)
    assert set(seen) == {0x00, 0x20, 0x40}
    assert seen.index(0x20) < seen.index(0x40)
    assert abs(seen.count(0x20) - seen.count(0x40)) <= 2
    hand.quiet()
    assert hand.read(5) & 0x60 == 0


@pytest.mark.parametrize(
    ("international_1", "international_2", "vrms", "rings"),
    [(0x00, 0x00, 13, False), (0x00, 0x00, 17, True), (0x01, 0x00, 19, False), (0x01, 0x00, 24, True),
     (0x01, 0x10, 40, False), (0x01, 0x10, 50, True)],
)  # fmt: skip
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_ring_thresholds(international_1: int, international_2: int, vrms: float, rings: bool, seed: int) -> None:
    hand = working(seed)
    hand.write(16, international_1)
    hand.write(17, international_2)
    hand.ring(vrms)
    seen = 0
    for _ in range(80):
        seen |= hand.read(5) & 0x60
        hand.wait(1)
    assert bool(seen) is rings


def test_rdt_stays_for_5_s_after_the_last_positive_half_wave_and_drops_off_hook() -> None:
    hand = working()
    hand.ring()
    hand.wait(1000)
    hand.quiet()
    hand.wait(4400)
    assert hand.read(5) & 0x04
    hand.wait(5000)
    assert not hand.read(5) & 0x04
    hand.ring()
    hand.wait(100)
    assert hand.read(5) & 0x04
    off_hook(hand)
    assert not hand.read(5) & 0x64, "no ring detection off-hook"


def interrupts(hand: Hand, ms: int) -> int:
    count = 0
    hand.write(4, 0x00)
    for _ in range(ms):
        hand.wait(1)
        if hand.read(4) & RING:
            count += 1
            hand.write(4, ~RING & 0xFF)
    return count


@pytest.mark.parametrize(("control_2", "full_wave", "pulses"), [(3, 0, 25), (7, 0, 50), (3, 2, 50), (7, 2, 100)])
def test_without_validation_each_half_wave_interrupts(control_2: int, full_wave: int, pulses: int) -> None:
    hand = working()
    hand.write(2, control_2)
    hand.write(18, full_wave)
    hand.ring(hz=25)
    per_second = interrupts(hand, 1000)
    assert per_second == pytest.approx(pulses, abs=4)


def test_with_validation_a_burst_interrupts_at_its_begin_and_end() -> None:
    hand = working()
    for register, value in ((2, 0x07), (22, 0x16), (23, 0x1A), (24, 0x99)):
        hand.write(register, value)
    hand.ring(hz=25)
    assert interrupts(hand, 150) == 0, "200 ms must be confirmed"
    assert interrupts(hand, 850) == 1
    hand.quiet()
    assert interrupts(hand, 1000) == 1
    hand.ring(hz=120)
    assert interrupts(hand, 1000) == 0, "too fast for RMX"
    hand.ring(hz=8)
    assert interrupts(hand, 1000) == 0, "too slow for RAS"


def test_the_voltage_swings_while_it_rings() -> None:
    hand = working()
    hand.ring()
    seen = set()
    for _ in range(40):
        seen.add(hand.volts() > 0)
        hand.wait(1)
    assert seen == {True, False}


@pytest.mark.parametrize(("foh", "ms"), [(0, 512), (1, 128), (2, 64), (3, 8)])
def test_audio_is_good_when_the_line_has_settled(foh: int, ms: int) -> None:
    hand = working()
    hand.write(31, 0x80 | foh << 5)
    hand.write(5, 0x01)
    hand.wait(ms - 2)
    assert not hand.model.audio_path()
    hand.wait(3)
    assert hand.model.audio_path()
    hand.write(5, 0x00)
    assert not hand.model.audio_path()


def test_on_hook_the_line_is_heard_with_the_monitor_alone_softly_and_with_an_offset() -> None:
    hand = working()
    assert hand.model.audio_path()
    to_line, to_highway = hand.model.gains()
    assert to_line == 0
    assert 0.3 < to_highway < 0.7
    assert hand.model.impairment()[0] != 0
    hand.write(5, 0x00)
    assert not hand.model.audio_path()


def test_without_loop_current_there_is_no_audio_off_hook() -> None:
    hand = working()
    off_hook(hand)
    hand.model.pair.set_battery(0)
    hand.wait(1)
    assert not hand.model.audio_path()
    hand.model.pair.set_battery(48)
    hand.wait(1)
    assert hand.model.audio_path()


def test_bits_of_register_5_that_read_0_do_so() -> None:
    hand = fresh()
    hand.write(5, 0xFF)
    assert hand.read(5) & 0x82 == 0
    assert hand.read(5) & 0x09 == 0x09
