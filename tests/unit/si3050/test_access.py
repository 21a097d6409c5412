"""Register access over SPI bytes against the chip model."""

from __future__ import annotations

import pytest

from boardsupport.bus import Window
from boardsupport.si3050 import regs, sim
from boardsupport.si3050.access import RegisterAccess
from boardsupport.si3050.sim import Si3050Model
from tests.unit.virtual_board import FakeSpi


def test_several_registers_in_one_message_each_byte_in_a_window_of_its_own() -> None:
    model = Si3050Model()
    spi = FakeSpi([model])
    access = RegisterAccess(spi, 0)
    access.write((regs.AC_TERMINATION, 3), (regs.TX_START_LOW, 0xA5))
    assert access.read(regs.TX_START_LOW, regs.CONTROL_2, regs.AC_TERMINATION) == [0xA5, 0x03, 3]
    assert spi.messages == 2
    assert all(len(window.data) == 1 for window in access.read_windows((regs.CONTROL_2,)))


@pytest.mark.parametrize("strict", [True, False], ids=["passes-over-nonsense", "takes-anything"])
@pytest.mark.parametrize("left", [(), (regs.READ,), (regs.READ, 5), (regs.WRITE,)])
def test_the_framing_is_found_whatever_was_left_half_said(
    left: tuple[int, ...], strict: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not strict:
        monkeypatch.setattr(sim, "CONTROL_FIXED", 0)
        monkeypatch.setattr(sim, "CONTROL_PATTERN", 0)
    model = Si3050Model()
    spi = FakeSpi([model])
    spi.transfer([Window(0, bytes([value])) for value in left])
    access = RegisterAccess(spi, 0)
    before = {address: model.register(address) for address in regs.REGISTERS}
    assert access.synchronise() == regs.CONTROL_2.reset
    assert access.read(regs.RING_VALIDATION_3) == [regs.RING_VALIDATION_3.reset]
    assert {address: model.register(address) for address in regs.REGISTERS} == before


def test_an_empty_socket_says_nothing() -> None:
    model = Si3050Model()
    model.power(False)
    assert RegisterAccess(FakeSpi([model]), 0).synchronise() is None
