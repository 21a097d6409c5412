"""A hand on the model's SPI: register accesses as a careful driver makes them, and time in milliseconds."""

from __future__ import annotations

from boardsupport.si3050.sim import Si3050Model
from boardsupport.si3050.sim_pair import RingSignal

FED_V = 48.0


class Hand:
    def __init__(self, model: Si3050Model, chain_code: int = 0) -> None:
        self.model = model
        self._chain_code = chain_code

    def write(self, address: int, value: int) -> None:
        for byte in (0x20 | self._chain_code, address, value):
            self.model.transfer(bytes([byte]))

    def read(self, address: int) -> int:
        for byte in (0x60 | self._chain_code, address):
            self.model.transfer(bytes([byte]))
        return self.model.transfer(b"\xff")[0]

    def wait(self, ms: float) -> None:
        self.model.advance(ms * 8)

    def until(self, address: int, value: int, mask: int = 0xFF, limit_ms: int = 2000) -> int:
        """Milliseconds until a register reads so."""
        for elapsed in range(limit_ms):
            if self.read(address) & mask == value:
                return elapsed
            self.wait(1)
        raise AssertionError(f"register {address} did not become {value:#x} in {limit_ms} ms")

    def link_up(self) -> int:
        """Milliseconds until the isolation link is up."""
        self.write(6, 0x00)
        elapsed = 0
        while not self.read(11) & 0xF0:
            self.wait(1)
            elapsed += 1
            assert elapsed < 2000, "no isolation link"
        return elapsed

    def bring_up(self, start: int = 0, pcm: int = 0x20) -> None:
        """As board.md 2.3 has it, with FULL and LVFD in register 31 as the Linux driver sets them."""
        self.write(1, 0x80)
        self.wait(100)
        for address, value in ((33, pcm), (16, 0x00), (26, 0xC0), (30, 0x00), (31, 0xA0), (18, 0x00), (24, 0x19)):
            self.write(address, value)
        for address, value in ((34, start & 0xFF), (35, start >> 8), (36, start & 0xFF), (37, start >> 8)):
            self.write(address, value)
        self.link_up()
        self.write(5, 0x08)
        self.write(4, 0x00)

    def ring(self, vrms: float = 75.0, hz: float = 25.0) -> None:
        self.model.pair.set_ring(RingSignal(hz, vrms, self.model.now))

    def quiet(self) -> None:
        self.model.pair.set_ring(None)

    def volts(self) -> int:
        """Register 29 with its sign."""
        return int.from_bytes(bytes([self.read(29)]), "big", signed=True)


def fresh(seed: int = 1, swapped: bool = False) -> Hand:
    """Out of reset, on a fed line."""
    hand = Hand(Si3050Model(seed=seed, swapped=swapped))
    hand.model.pair.set_battery(FED_V)
    return hand


def working(seed: int = 1, swapped: bool = False) -> Hand:
    """Brought up, on-hook with the line monitored."""
    hand = fresh(seed, swapped)
    hand.bring_up()
    hand.wait(50)
    return hand
