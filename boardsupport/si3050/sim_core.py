"""What the parts of the Si3050 model share: the register file, time in samples, and the interrupt line."""

from __future__ import annotations

import random

from boardsupport.chip_model import SAMPLES_PER_MS, RegisterFile
from boardsupport.registers import Bits
from boardsupport.si3050 import regs

_LINK_MS = (80, 130)
_VOLTMETER_ERROR = 0.08
_MONITOR_OFFSET = (0.02, 0.08)


class Silicon:
    """What makes one piece of silicon different from another."""

    def __init__(self, seed: int) -> None:
        rng = random.Random(seed)
        self.link_samples = rng.uniform(*_LINK_MS) * SAMPLES_PER_MS
        """How long the isolation link takes to come up."""
        self.voltmeter = 1 + rng.uniform(-_VOLTMETER_ERROR, _VOLTMETER_ERROR)
        """What it shows of one volt (10 % by the data sheet)."""
        self.ring_sensitivity = rng.random()
        """Where between the limits of the data sheet its ring thresholds are, 0 to 1."""
        self.monitor_offset = 32767 * rng.choice((-1, 1)) * rng.uniform(*_MONITOR_OFFSET)
        """Direct offset of the low-power converter that listens on-hook (up to 10 % by the data sheet)."""


class DaaState(RegisterFile):
    """Registers and interrupt of one chip."""

    def __init__(self, seed: int) -> None:
        super().__init__(regs.REGISTERS.values())
        self.silicon = Silicon(seed)

    def reset(self) -> None:
        """All registers to their reset values, nothing pending."""
        self.load_resets()
        self.update_interrupt()

    def raise_interrupt(self, source: Bits) -> None:
        """Something has happened that INTERRUPT_SOURCE tells."""
        self.direct[regs.INTERRUPT_SOURCE.address] |= source.mask
        self.update_interrupt()

    def update_interrupt(self) -> None:
        """The pin follows source AND mask, at the level that the driver has chosen; not enabled, it stays high."""
        pending = self.direct[regs.INTERRUPT_SOURCE.address] & self.direct[regs.INTERRUPT_MASK.address]
        low = bool(pending) != bool(self.field(regs.INTERRUPT_HIGH)) and bool(self.field(regs.INTERRUPT_ENABLE))
        self.pull_interrupt(low)
