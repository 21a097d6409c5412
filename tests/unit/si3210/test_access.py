"""Register access over SPI bytes against the chip model."""

from __future__ import annotations

import pytest

from boardsupport.faults import NoClockError
from boardsupport.si3210 import regs
from boardsupport.si3210.access import RegisterAccess
from boardsupport.si3210.sim import Si3210Model
from tests.unit.si3210.rig import FakeSpi


def access_to(model: Si3210Model) -> tuple[RegisterAccess, FakeSpi]:
    spi = FakeSpi([model])

    async def sleep(seconds: float) -> None:
        model.advance(seconds * 8000)

    return RegisterAccess(spi, 0, sleep), spi


async def test_indirect_registers_keep_what_is_written_in_few_messages() -> None:
    model = Si3210Model()
    access, spi = access_to(model)
    values = {register.address: register.address * 257 for register in regs.INDIRECT}
    await access.write_indirect(values)
    assert {address: model.indirect(address) for address in values} == values
    assert await access.read_indirect(values) == values
    assert spi.messages < 30


async def test_a_faster_bus_than_the_chip_only_costs_more_polls() -> None:
    model = Si3210Model()
    access, _ = access_to(model)
    await access.write_indirect({20: 1, 21: 2})
    access._polls = 1  # as if an earlier chip had been quicker
    values = dict.fromkeys(range(13, 44), 0x1234)
    await access.write_indirect(values)
    assert {address: model.indirect(address) for address in values} == values
    access._polls = 1
    assert await access.read_indirect(values) == values


async def test_without_a_pcm_clock_it_says_so() -> None:
    model = Si3210Model()
    access, _ = access_to(model)
    model.set_clock(None)
    with pytest.raises(NoClockError, match="PCM clock"):
        await access.write_indirect({20: 1, 21: 2})


@pytest.mark.parametrize("before", [(), (0x80,), (0x00, 0x80), (0x00, 0x80, 0x80), (0x00, 0x80, 0x80, 0x80)])
def test_finds_the_framing_whatever_was_sent_before(before: tuple[int, ...]) -> None:
    """A lone byte shifts two-byte frames; 00 80 is the switch to daisy-chain mode."""
    model = Si3210Model(revision=5)
    access, _ = access_to(model)
    for byte in before:
        model.transfer(bytes([byte]))
    assert access.synchronise() == 5
    assert access.read(regs.HYBRID) == [regs.HYBRID.reset]


def test_an_empty_socket_reads_as_such() -> None:
    model = Si3210Model()
    model.power(False)
    access, _ = access_to(model)
    assert regs.REVISION.of(access.synchronise()) == regs.REVISION.mask
