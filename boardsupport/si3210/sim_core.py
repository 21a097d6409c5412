"""What the parts of the Si3210 model share: the register file, time in samples, and the interrupt line."""

from __future__ import annotations

import random

from boardsupport.chip_model import SAMPLES_PER_MS, RegisterFile
from boardsupport.registers import Bits
from boardsupport.si3210 import regs

__all__ = ["INDIRECT_PRESENT", "SAMPLES_PER_MS", "ChipState", "Trims"]

INDIRECT_PRESENT = frozenset(range(44)) | frozenset(range(88, 105))
"""Addresses of the indirect space that hold a value; the others read 0 and ignore a store (board.md 1.6)."""
MANUAL_CALIBRATION_RESET = 0x0100
"""What 88..93 hold after a reset; a manual calibration finds no balance until they are zeroed."""
_INTERRUPT_PAIRS = (
    (regs.STATUS_1.address, regs.ENABLE_1.address),
    (regs.STATUS_2.address, regs.ENABLE_2.address),
    (regs.STATUS_3.address, regs.ENABLE_3.address),
)


class Trims:
    """The individual errors of one piece of silicon: what calibration should find, by result register."""

    def __init__(self, seed: int) -> None:
        rng = random.Random(seed)
        self.true: dict[int, int] = {}
        for register in (
            regs.CAL_RING_GAIN_RESULT,
            regs.CAL_TIP_GAIN_RESULT,
            regs.CAL_DIFFERENTIAL_RESULT,
            regs.CAL_COMMON_MODE_RESULT,
            regs.CAL_ILIM_RESULT,
            regs.CAL_ADC_RESULT,
            regs.CAL_DAC_ADC_RESULT,
            regs.CAL_DAC_RESULT,
            regs.CAL_BALANCE_RESULT,
        ):
            self.true[register.address] = register.reset + rng.randint(4, 7)
        # one chip in four measures a DC peak that the driver must not believe (board.md 1.4, register 107)
        insane = rng.randrange(4) == 0
        self.true[regs.CAL_DC_PEAK_RESULT.address] = 0x0F if insane else rng.randint(6, 10)


class ChipState(RegisterFile):
    """Registers, timers and interrupt of one chip."""

    def __init__(self, seed: int) -> None:
        super().__init__(regs.REGISTERS.values())
        self.trims = Trims(seed)
        self.indirect = [0] * 256

    def reset(self, part_and_revision: int) -> None:
        """All registers to their reset values, nothing pending."""
        self.load_resets()
        self.direct[regs.SPI_MODE.address] = part_and_revision
        self.indirect[:] = [0] * 256
        for address in regs.MANUAL_CAL_IND:
            self.indirect[address] = MANUAL_CALIBRATION_RESET
        self.update_interrupt()

    def raise_interrupt(self, field: Bits, mask: int | None = None) -> None:
        """Set status bits (all of the field, or those of `mask`, in place)."""
        self.direct[field.register.address] |= field.mask if mask is None else mask
        self.update_interrupt()

    def update_interrupt(self) -> None:
        """The pin follows status AND enable."""
        level = any(self.direct[status] & self.direct[enable] for status, enable in _INTERRUPT_PAIRS)
        self.pull_interrupt(level)

    def trim_error(self, address: int) -> int:
        """How far a calibration result register is from what this silicon needs."""
        return self.trims.true[address] - self.direct[address]
