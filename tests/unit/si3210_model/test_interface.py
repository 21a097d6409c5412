"""What a driver sees on the wires: framing, identity, registers, indirect access, interrupts."""

from __future__ import annotations

import pytest

from boardsupport.si3210 import regs
from boardsupport.si3210.sim import Si3210Model
from tests.unit.si3210_model.harness import Hand


@pytest.fixture
def hand() -> Hand:
    return Hand(Si3210Model())


def test_identity_after_reset_is_that_of_the_data_sheet(hand: Hand) -> None:
    assert hand.read(0) == 0x05
    assert (hand.read(8), hand.read(11), hand.read(64)) == (0x02, 0x33, 0x00)


@pytest.mark.parametrize(
    "register", [each for each in regs.REGISTERS.values() if each.access == "rw" and each is not regs.SPI_MODE]
)
def test_registers_read_their_reset_value(hand: Hand, register: regs.Register) -> None:
    assert hand.read(register.address) == register.reset


def test_write_and_read_back(hand: Hand) -> None:
    hand.write(4, 0x5A)
    assert hand.read(4) == 0x5A


def test_read_only_registers_ignore_writes(hand: Hand) -> None:
    hand.write(68, 0x03)
    hand.write(82, 0xFF)
    assert (hand.read(68), hand.read(82)) == (0, 0)


def test_a_lost_byte_shifts_the_framing_until_it_is_made_up_for(hand: Hand) -> None:
    hand.model.transfer(b"\x04")
    assert hand.read(0) != 0x05
    hand.model.transfer(b"\xff")
    assert hand.read(0) == 0x05


def test_a_window_cut_short_ends_the_access(hand: Hand) -> None:
    hand.model.transfer(b"\x04")
    hand.model.partial_window()
    assert hand.read(0) == 0x05


def test_a_window_of_two_bytes_loses_the_second(hand: Hand) -> None:
    hand.model.transfer(b"\x04\x5a")
    hand.model.transfer(b"\x11")
    assert hand.read(4) == 0x11


def test_daisy_chain_takes_three_bytes_and_answers_its_own_bit() -> None:
    first, second = Si3210Model(chain=0), Si3210Model(chain=1)
    for model in (first, second):
        Hand(model).write(0, 0x80)
        for byte in (0x02, 0x04, 0x5A):
            model.transfer(bytes([byte]))
        for byte in (0xFF, 0x05, 0x01):
            model.transfer(bytes([byte]))
    assert (first.register(4), second.register(4)) == (0x00, 0x5A)
    assert first.register(5) == second.register(5) == 0x01
    assert [first.transfer(bytes([byte]))[0] for byte in (0x01, 0x80, 0)][2] == 0x85


def test_indirect_store_and_fetch(hand: Hand) -> None:
    hand.store(29, 0x3600)
    hand.store(36, 0x0320)
    assert (hand.fetch(29), hand.fetch(36)) == (0x3600, 0x0320)


def test_indirect_access_takes_its_time(hand: Hand) -> None:
    hand.store(29, 0x3600)
    hand.write(28, 0)
    hand.write(29, 0)
    hand.write(30, 36)
    hand.until(31, 0)
    hand.write(30, 29)
    assert hand.read(31) == 1
    assert hand.read(29) == 0, "reading before the busy flag is clear gives what stood there"
    hand.wait(1)
    assert (hand.read(31), hand.read(29)) == (0, 0x36)


def test_an_indirect_access_while_busy_is_lost(hand: Hand) -> None:
    for value, address in ((0x12, 20), (0x34, 21)):
        hand.write(28, value)
        hand.write(29, 0)
        hand.write(30, address)
    hand.wait(1)
    assert (hand.model.indirect(20), hand.model.indirect(21)) != (0x12, 0x34)


def test_without_pcm_clock_the_busy_flag_never_clears(hand: Hand) -> None:
    hand.model.set_clock(None)
    hand.write(30, 20)
    hand.wait(500)
    assert hand.read(31) == 1
    hand.model.set_clock(4_096_000)
    hand.wait(1)
    assert hand.read(31) == 0


def test_a_clock_that_the_chip_does_not_take_is_no_clock() -> None:
    hand = Hand(Si3210Model(clock_hz=640_000))
    hand.write(30, 20)
    hand.wait(100)
    assert hand.read(31) == 1


def test_interrupt_follows_status_and_enable_and_clears_by_writing_ones(hand: Hand) -> None:
    hand.store(20, 1)
    assert hand.read(20) == 0x02
    assert not hand.model.interrupt
    hand.write(23, 0x02)
    assert hand.model.interrupt
    hand.write(20, 0x01)
    assert hand.model.interrupt, "ones clear their own bit alone"
    hand.write(20, 0x02)
    assert not hand.model.interrupt


def test_reset_and_power_lose_everything(hand: Hand) -> None:
    hand.write(4, 0x5A)
    hand.store(20, 0x7EF0)
    hand.model.reset_pin(True)
    assert hand.read(0) == 0xFF
    hand.model.reset_pin(False)
    assert (hand.read(4), hand.model.indirect(20)) == (0, 0)
    hand.write(4, 0x5A)
    hand.model.power(False)
    assert hand.read(4) == 0xFF
    hand.model.power(True)
    assert hand.read(4) == 0


def test_pcm_is_on_the_highway_only_when_enabled(hand: Hand) -> None:
    assert hand.model.pcm_map() is None
    for address, value in ((2, 0x10), (3, 0x01), (4, 0x08), (5, 0x00), (1, 0x28)):
        hand.write(address, value)
    assert hand.model.pcm_map() == (0x110, 0x008, "ulaw")
    hand.write(1, 0x20)
    assert hand.model.pcm_map() == (0x110, 0x008, "alaw")
