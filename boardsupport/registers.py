"""How a chip's registers are declared: an address, a reset value, and the fields inside, each written down once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, TypeAlias

Access: TypeAlias = Literal["rw", "r", "w1c", "w0c"]
"""Read and write, read only, or read with ones (or zeros) written back to clear."""


@dataclass(frozen=True, slots=True)
class Register:
    """One direct register of eight bits."""

    address: int
    name: str
    reset: int = 0
    access: Access = "rw"

    def bits(self, high: int, low: int | None = None) -> Bits:
        """The field from bit `high` down to bit `low` (one bit if left out)."""
        return Bits(self, high, high if low is None else low)


@dataclass(frozen=True, slots=True)
class Bits:
    """A field of a register, named by its highest and lowest bit as data sheets do."""

    register: Register
    high: int
    low: int

    def __post_init__(self) -> None:
        if not 0 <= self.low <= self.high <= 7:
            raise ValueError(f"register {self.register.address}: no field {self.high}:{self.low} in eight bits")

    @property
    def mask(self) -> int:
        """The field's bits, all ones, in place."""
        return ((1 << (self.high - self.low + 1)) - 1) << self.low

    def of(self, value: int) -> int:
        """The field's value in a register's value."""
        return (value & self.mask) >> self.low

    def put(self, value: int, field: int) -> int:
        """The register's value with this field replaced. Raises ValueError if it doesn't fit."""
        if field & ~(self.mask >> self.low):
            raise ValueError(f"register {self.register.address}: {field:#x} does not fit {self.high}:{self.low}")
        return (value & ~self.mask) | (field << self.low)


@dataclass(frozen=True, slots=True)
class IndirectRegister:
    """One register of sixteen bits behind a chip's indirect access, and the value that a driver gives it."""

    address: int
    name: str
    value: int


def by_address(registers: Iterable[Register]) -> dict[int, Register]:
    """The declared registers by their address. Raises ValueError where two share one."""
    table: dict[int, Register] = {}
    for register in registers:
        if register.address in table:
            raise ValueError(f"register {register.address} is declared twice")
        table[register.address] = register
    return table
