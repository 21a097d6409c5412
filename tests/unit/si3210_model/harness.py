"""A hand on the model's SPI: register accesses as a careful driver makes them, and time in milliseconds."""

from __future__ import annotations

from boardsupport.si3210 import regs
from boardsupport.si3210.sim import Si3210Model

OFF_HOOK_MS = 20


class Hand:
    def __init__(self, model: Si3210Model) -> None:
        self.model = model

    def write(self, address: int, value: int) -> None:
        self.model.transfer(bytes([address]))
        self.model.transfer(bytes([value]))

    def read(self, address: int) -> int:
        self.model.transfer(bytes([address | 0x80]))
        return self.model.transfer(b"\xff")[0]

    def wait(self, ms: float) -> None:
        self.model.advance(ms * 8)

    def until(self, address: int, value: int, mask: int = 0xFF, limit_ms: int = 3000) -> int:
        """Milliseconds until a register reads so."""
        for elapsed in range(limit_ms):
            if self.read(address) & mask == value:
                return elapsed
            self.wait(1)
        raise AssertionError(f"register {address} did not become {value:#x} in {limit_ms} ms")

    def store(self, address: int, value: int) -> None:
        self.write(28, value & 0xFF)
        self.write(29, value >> 8)
        self.write(30, address)
        self.until(31, 0, limit_ms=5)

    def fetch(self, address: int) -> int:
        self.write(30, address)
        self.until(31, 0, limit_ms=5)
        return self.read(28) | self.read(29) << 8

    def battery_up(self) -> None:
        self.write(14, 0x00)
        while self.read(82) < 0xC0:
            self.wait(5)

    def calibrate(self) -> None:
        self.write(97, 0x1F)
        self.write(96, 0x5F)
        self.until(96, 0)
        self.write(93, 0x99)
        self.wait(50)
        if self.read(107) not in regs.DC_PEAK_SANE:
            self.write(107, regs.DC_PEAK_DEFAULT)

    def bring_up(self) -> None:
        """As board.md 1.5 has it, with the line active at the end."""
        for address, value in regs.INDIRECT_VALUES.items():
            self.store(address, value)
        for address, value in ((8, 0), (108, 0xEB), (67, 0x07), (66, 0x01)):
            self.write(address, value)
        self.battery_up()
        self.calibrate()
        for address in (18, 19, 20):
            self.write(address, 0xFF)
        self.write(64, 1)


def working() -> Hand:
    hand = Hand(Si3210Model())
    hand.bring_up()
    hand.wait(50)
    return hand
