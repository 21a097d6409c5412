"""The Si3050 model as a driver meets it: framing, identity, reset, isolation link, interrupts, PCM."""

from __future__ import annotations

import pytest

from boardsupport.si3050 import regs
from boardsupport.si3050.sim import Si3050Model
from tests.unit.si3050_model.harness import Hand, fresh, working


def test_presence_is_the_reset_value_of_register_2() -> None:
    assert fresh().read(2) == 0x03


def test_an_access_is_three_windows_and_data_comes_in_the_third() -> None:
    model = fresh().model
    assert [model.transfer(bytes([byte])) for byte in (0x60, 2, 0xFF)] == [b"\xff", b"\xff", b"\x03"]


def test_more_than_eight_clocks_in_a_window_are_lost() -> None:
    model = fresh().model
    assert model.transfer(bytes([0x60, 2, 0xFF])) == b"\xff\xff\xff"
    model.transfer(bytes([2]))
    assert model.transfer(b"\xff")[0] == 0x03


def test_a_half_received_access_shifts_the_next_until_it_is_flushed() -> None:
    hand = working()
    hand.model.transfer(bytes([0x60]))
    assert hand.read(2) != 0x03
    hand.model.partial_window()
    assert hand.read(2) == 0x03


def test_what_is_no_control_byte_does_nothing() -> None:
    hand = fresh()
    for byte in (0x82, 0xFF, 0x00, 0x11):
        hand.model.transfer(bytes([byte]))
    assert hand.read(2) == 0x03


def test_chips_of_a_chain_answer_to_their_number_with_its_bits_reversed() -> None:
    chips = [Si3050Model(chain=place) for place in range(4)]
    for code, chip in zip((0x0, 0x8, 0x4, 0xC), chips, strict=True):
        assert Hand(chip, chain_code=code).read(2) == 0x03
        assert Hand(chip, chain_code=code ^ 0x8).read(2) == 0xFF
    for chip in chips:
        for byte in (0xA0, 33, 0x28):
            chip.transfer(bytes([byte]))
        assert chip.register(33) == 0x28, "broadcast"


def test_a_software_reset_takes_its_time_and_clears_itself() -> None:
    hand = working()
    hand.write(33, 0x28)
    hand.write(1, 0x80)
    assert hand.read(1) & 0x80
    hand.write(33, 0x20)
    hand.until(1, 0x00, limit_ms=100)
    assert hand.read(33) == 0x00, "written too early"
    hand.write(33, 0x20)
    assert hand.read(33) == 0x20


@pytest.mark.parametrize("seed", range(1, 6))
def test_the_isolation_link_takes_some_100_ms(seed: int) -> None:
    hand = fresh(seed)
    assert hand.read(11) & 0xF0 == 0
    assert not hand.read(12) & 0x40
    assert 70 <= hand.link_up() <= 140
    assert hand.read(11) >> 4 == 3
    assert hand.read(12) & 0x40
    assert hand.read(13) & 0x40


def test_nothing_of_the_line_is_seen_or_switched_before_the_link_is_up() -> None:
    hand = fresh()
    hand.write(5, 0x01)
    hand.wait(10)
    assert (hand.read(29), hand.read(28), hand.read(12)) == (0, 0, 0)
    assert hand.model.pair.loop_ma() == 0
    hand.link_up()
    assert hand.model.pair.loop_ma() > 20, "the line side follows the register once it is there"


@pytest.mark.parametrize("how", ["power-down", "software reset", "reset pin", "power", "upset", "clock"])
def test_whatever_takes_the_link_away_puts_the_line_on_hook(how: str) -> None:
    hand = working()
    hand.write(5, 0x01)
    assert hand.model.pair.loop_ma() > 20
    if how == "power-down":
        hand.write(6, 0x10)
    elif how == "software reset":
        hand.write(1, 0x80)
    elif how == "reset pin":
        hand.model.reset_pin(True)
        hand.model.reset_pin(False)
    elif how == "power":
        hand.model.power(False)
        assert hand.read(2) == 0xFF
        hand.model.power(True)
    elif how == "upset":
        hand.model.upset()
    else:
        hand.model.set_clock(None)
    assert hand.model.pair.loop_ma() == 0
    assert not hand.read(12) & 0x40
    if how not in ("power-down", "clock"):
        assert (hand.read(2), hand.read(5), hand.read(6)) == (0x03, 0x00, 0x10)


def test_without_the_clock_nothing_is_written_and_the_link_comes_back_with_it() -> None:
    hand = working()
    hand.write(4, 0x00)
    hand.model.set_clock(None)
    hand.write(16, 0x01)
    assert hand.read(16) == 0x00
    assert hand.read(4) & 0x20, "frame lock was lost"
    assert hand.model.pcm_map() is None
    hand.model.set_clock(4_096_000)
    hand.until(12, 0x40, 0x40, limit_ms=200)
    assert hand.model.pcm_map() is not None


def test_a_clock_that_is_not_accepted_is_none() -> None:
    model = Si3050Model(clock_hz=640_000)
    hand = Hand(model)
    hand.write(33, 0x20)
    assert hand.read(33) == 0x00


def test_powering_up_the_line_side_leaves_a_ring_interrupt_to_clear() -> None:
    hand = fresh()
    hand.link_up()
    assert hand.read(4) & 0x80
    hand.write(4, 0x00)
    assert hand.read(4) == 0x00


def test_interrupts_are_masked_and_cleared_by_zeros() -> None:
    hand = working()
    model = hand.model
    hand.write(2, 0x87)
    model.pair.set_battery(-48)
    hand.wait(1)
    assert hand.read(4) & 0x01
    assert not model.interrupt
    hand.write(3, 0x01)
    assert model.interrupt
    hand.write(4, 0xFF)
    assert model.interrupt, "ones leave it"
    hand.write(4, 0xFE)
    assert not model.interrupt
    assert hand.read(4) & 0x01 == 0


def test_the_interrupt_pin_can_be_active_high_or_off() -> None:
    hand = working()
    hand.write(3, 0x01)
    hand.write(2, 0xC3)
    assert hand.model.interrupt, "rests low"
    hand.model.pair.set_battery(-48)
    hand.wait(1)
    assert not hand.model.interrupt
    hand.write(2, 0x03)
    assert not hand.model.interrupt


def test_the_interrupt_is_stamped_with_its_sample() -> None:
    hand = working()
    hand.write(2, 0x83)
    hand.write(3, 0x01)
    hand.model.pair.set_battery(-48)
    at = hand.model.now
    hand.wait(10)
    assert hand.model.interrupt_at == pytest.approx(at, abs=1)


def test_the_watchdog_hangs_up_when_nobody_accesses_a_register() -> None:
    hand = working()
    hand.write(2, 0x13)
    hand.write(5, 0x01)
    for _ in range(3):
        hand.wait(3000)
        assert hand.read(5) & 0x01
    hand.wait(4100)
    assert hand.model.pair.loop_ma() == 0
    hand.write(2, 0x03)
    assert hand.read(2) & 0x10, "only a reset turns it off"


def test_pcm_map_needs_enable_and_a_companding_format() -> None:
    hand = working()
    hand.write(34, 0x48)
    hand.write(35, 0x01)
    hand.write(36, 0x50)
    hand.write(37, 0xFE)
    for value, expected in ((0x20, (0x148, 0x250, "alaw")), (0x28, (0x148, 0x250, "ulaw")), (0x38, None), (0x08, None)):
        hand.write(33, value)
        assert hand.model.pcm_map() == expected


@pytest.mark.parametrize(
    ("register", "value", "transmit_db", "receive_db"),
    [
        (38, 0x06, 6.0, 0.0), (38, 0x16, -6.0, 0.0), (39, 0x0F, 0.0, 12.0), (39, 0x1F, 0.0, -15.0),
        (40, 0x05, 0.5, 0.0), (41, 0x15, 0.0, -0.5),
    ],
)  # fmt: skip
def test_gains_of_both_directions(register: int, value: int, transmit_db: float, receive_db: float) -> None:
    hand = working()
    hand.write(5, 0x01)
    hand.wait(200)
    transmit, receive = hand.model.gains()
    hand.write(register, value)
    now = hand.model.gains()
    assert now == pytest.approx((transmit * 10 ** (transmit_db / 20), receive * 10 ** (receive_db / 20)))


def test_full_scale_decides_what_0_dbm0_is_on_the_line() -> None:
    hand = working()
    hand.write(5, 0x01)
    assert hand.model.gains() == pytest.approx((1.0, 1.0), abs=0.01), "FULL: +3.2 dBm"
    hand.write(31, 0x20)
    assert hand.model.gains() == pytest.approx((10 ** (-3.14 / 20), 10 ** (3.14 / 20)))
    hand.write(30, 0x10)
    assert hand.model.gains()[0] == pytest.approx(10 ** (2.86 / 20))


@pytest.mark.parametrize(("register", "value", "muted"), [(15, 0x80, 0), (15, 0x08, 1), (2, 0x02, 1)])
def test_mutes(register: int, value: int, muted: int) -> None:
    hand = working()
    hand.write(5, 0x01)
    hand.write(register, value)
    assert [gain > 0 for gain in hand.model.gains()] == [muted != 0, muted != 1]


def test_loopbacks_return_what_the_highway_sends() -> None:
    hand = working()
    assert not hand.model.digital_loopback()
    for register, value in ((10, 0x01), (33, 0xA0)):
        before = hand.read(register)
        hand.write(register, value)
        assert hand.model.digital_loopback()
        hand.write(register, before)


def test_every_declared_register_has_its_reset_value() -> None:
    hand = fresh()
    changing = {regs.REVISION.address}
    for register in regs.REGISTERS.values():
        if register.address not in changing:
            assert hand.read(register.address) == register.reset, register.name
