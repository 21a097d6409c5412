"""Register access to one Si3050 over the serial peripheral bus: control, address and data, three windows to an access.

Each byte stands in a chip-select window of its own. As many accesses as possible go into one message, because a message
is a round trip.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from boardsupport.bus import SpiBus, Window
from boardsupport.registers import Register
from boardsupport.si3050 import regs

EMPTY = (0x00, 0xFF)
"""What reads where no chip drives SDO, by the way its pull resistor goes."""
WINDOWS_PER_ACCESS = 3


class RegisterAccess:
    """The registers of the chip behind one chip select."""

    def __init__(self, spi: SpiBus, chip_select: int) -> None:
        self._spi = spi
        self._select = chip_select
        self._read = Window(chip_select, bytes([regs.READ]))
        self._write = Window(chip_select, bytes([regs.WRITE]))
        self._dont_care = self._read
        """Of all values the one that a chip out of step takes for nothing worse than the beginning of a read."""

    # --- building and reading messages ---

    def read_windows(self, registers: Iterable[Register]) -> list[Window]:
        """The windows that read these registers in order; several chips' windows may go into one message."""
        windows: list[Window] = []
        for register in registers:
            windows += (self._read, Window(self._select, bytes([register.address])), self._dont_care)
        return windows

    def write_windows(self, values: Iterable[tuple[Register, int]]) -> list[Window]:
        """The windows that write these registers in order."""
        windows: list[Window] = []
        for register, value in values:
            address = Window(self._select, bytes([register.address]))
            windows += (self._write, address, Window(self._select, bytes([value])))
        return windows

    @staticmethod
    def values(replies: Sequence[bytes]) -> list[int]:
        """The third byte of each access in a message's replies: what a read has read."""
        return [reply[0] for reply in replies[WINDOWS_PER_ACCESS - 1 :: WINDOWS_PER_ACCESS]]

    # --- registers ---

    def read(self, *registers: Register) -> list[int]:
        """Read registers in one message. Raises BusError."""
        return self.values(self._spi.transfer(self.read_windows(registers)))

    def write(self, *values: tuple[Register, int]) -> None:
        """Write registers in one message. Raises BusError."""
        self._spi.transfer(self.write_windows(values))

    def synchronise(self) -> int | None:
        """Find the chip's framing whatever was sent to it before; register 2 as then read, None from an empty socket.

        What the probe says to a chip that is out of step is a read, or a write, of a register that there is not. Two
        windows more after each probe bring any chip into step in the end, whether or not it passes over what is no
        control byte.
        """
        for _ in range(WINDOWS_PER_ACCESS):
            found = set(self.read(*[regs.CONTROL_2] * 2))
            if len(found) == 1 and not found & set(EMPTY):
                return found.pop()
            self._spi.transfer([self._dont_care] * 2)
        return None
