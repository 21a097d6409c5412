"""Register access to one Si3210 over the serial peripheral bus: direct, and indirect with its busy flag.

Each byte stands in a chip-select window of its own (data sheet, "Serial Peripheral Interface"), two windows to an
access; the three-byte daisy-chain mode is not used. As many accesses as possible go into one message, because a message
is a round trip.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from boardsupport.bus import SpiBus, Window
from boardsupport.chores import Sleep
from boardsupport.faults import NoClockError
from boardsupport.registers import Register
from boardsupport.si3210 import regs

EMPTY_REVISIONS = (0, 15)
"""What reads where no chip drives SDO."""
MESSAGE_WINDOWS = 480
"""An SPI_IOC_MESSAGE holds 511 transfers; a message of ours stays under that."""
FIRST_POLLS = 32
"""How often the busy flag is read within the first message, before it is known how long an access takes."""
MOST_POLLS = 150
BUSY_RETRIES = 20
RETRY_S = 0.002
"""Together 40 ms, where the silicon needs a few frames of 125 us: after that the PCM clock is not there."""


class RegisterAccess:
    """The registers of the chip behind one chip select."""

    def __init__(self, spi: SpiBus, chip_select: int, sleep: Sleep) -> None:
        self._spi = spi
        self._select = chip_select
        self._dont_care = Window(chip_select, b"\x00")
        self._sleep = sleep
        self._polls = FIRST_POLLS

    # --- building and reading messages ---

    def read_windows(self, registers: Iterable[Register | int]) -> list[Window]:
        """The windows that read these registers in order; several chips' windows may go into one message."""
        windows: list[Window] = []
        for register in registers:
            windows += (Window(self._select, bytes([regs.READ | _address(register)])), self._dont_care)
        return windows

    def write_windows(self, values: Iterable[tuple[Register | int, int]]) -> list[Window]:
        """The windows that write these registers in order."""
        windows: list[Window] = []
        for register, value in values:
            windows += (Window(self._select, bytes([_address(register)])), Window(self._select, bytes([value])))
        return windows

    @staticmethod
    def values(replies: Sequence[bytes]) -> list[int]:
        """The second byte of each access in a message's replies: what a read has read."""
        return [reply[0] for reply in replies[1::2]]

    # --- direct registers ---

    def read(self, *registers: Register | int) -> list[int]:
        """Read registers in one message. Raises BusError."""
        return self.values(self._spi.transfer(self.read_windows(registers)))

    def write(self, *values: tuple[Register | int, int]) -> None:
        """Write registers in one message. Raises BusError."""
        self._spi.transfer(self.write_windows(values))

    def synchronise(self) -> int:
        """Find the chip's framing whatever was sent to it before, and set two-byte mode; register 0 as then read.

        What is read may still be that of an empty socket. The probe asks for register 0 in any alignment.
        """
        identity = self._probe()
        for _ in range(3):
            if identity is not None:
                return identity
            self._send(0xFF, regs.SPI_MODE.address, 0)  # leave daisy-chain mode, if it is that
            identity = self._probe()
        return regs.REVISION.mask if identity is None else identity

    def _probe(self) -> int | None:
        """Register 0 if two-byte frames are answered; they are aligned then."""
        replies = [reply[0] for reply in self._send(*[regs.READ | regs.SPI_MODE.address] * 7)]
        for start in (0, 1):
            identity = replies[start]
            revision = regs.REVISION.of(identity)
            if revision not in EMPTY_REVISIONS and set(replies[start:6:2]) == {identity}:
                if start == 1:
                    self._send(regs.READ | regs.SPI_MODE.address)
                return identity
        return None

    def _send(self, *values: int) -> list[bytes]:
        return self._spi.transfer([Window(self._select, bytes([value])) for value in values])

    # --- indirect registers ---

    async def write_indirect(self, values: Mapping[int, int]) -> None:
        """Store 16-bit values. Raises NoClockError, BusError."""
        items = list(values.items())
        await self._ready()
        while items:
            batch = items[: self._batch()]
            read, polls = self._exchange([self._store(address, value) for address, value in batch], ())
            done = self._completed(read, 3, polls, len(batch))
            if done < len(batch):
                # what follows an access that is too slow falls into its busy time: do it again, the first one alone
                await self._ready()
                self._spi.transfer(self._store(*batch[done]))
                await self._ready()
                done += 1
            items = items[done:]

    async def read_indirect(self, addresses: Iterable[int]) -> dict[int, int]:
        """Fetch 16-bit values. Raises NoClockError, BusError."""
        wanted = list(addresses)
        values: dict[int, int] = {}
        await self._ready()
        while wanted:
            batch = wanted[: self._batch()]
            data = (regs.INDIRECT_LOW, regs.INDIRECT_HIGH)
            read, polls = self._exchange([self._fetch(address) for address in batch], data)
            done = self._completed(read, 1, polls, len(batch))
            for index, address in enumerate(batch[:done]):
                end = (index + 1) * (1 + polls + 2)
                values[address] = read[end - 1] << 8 | read[end - 2]
            if done < len(batch):
                await self._ready()
                self._spi.transfer(self._fetch(batch[done]))
                await self._ready()
                low, high = self.read(*data)
                values[batch[done]] = high << 8 | low
                done += 1
            wanted = wanted[done:]
        return values

    def _store(self, address: int, value: int) -> list[Window]:
        low, high = (regs.INDIRECT_LOW, value & 0xFF), (regs.INDIRECT_HIGH, value >> 8)
        return self.write_windows((low, high, (regs.INDIRECT_ADDRESS, address)))

    def _fetch(self, address: int) -> list[Window]:
        return self.write_windows(((regs.INDIRECT_ADDRESS, address),))

    def _exchange(self, starts: Iterable[list[Window]], then: Iterable[Register]) -> tuple[list[int], int]:
        """One message: each indirect access, its polls of the busy flag, and what is to be read then."""
        tail = self.read_windows([regs.INDIRECT_STATUS] * self._polls) + self.read_windows(then)
        windows: list[Window] = []
        for start in starts:
            windows += start + tail
        return self.values(self._spi.transfer(windows)), self._polls

    def _batch(self) -> int:
        """How many indirect accesses fit into one message."""
        return max(1, MESSAGE_WINDOWS // ((self._polls + 3) * 2))

    def _completed(self, read: Sequence[int], head: int, polls: int, count: int) -> int:
        """How many of the accesses in a message ended in time; learns how many polls an access takes."""
        size, longest = len(read) // count, 0
        for index in range(count):
            status = read[index * size + head : index * size + head + polls]
            waited = next((n for n, value in enumerate(status) if not value & regs.INDIRECT_BUSY.mask), None)
            if waited is None:
                self._polls = min(2 * polls, MOST_POLLS)
                return index
            longest = max(longest, waited)
        self._polls = longest + 2
        return count

    async def _ready(self) -> None:
        """Wait until no indirect access is under way. Raises NoClockError."""
        for _ in range(BUSY_RETRIES):
            if not self.read(regs.INDIRECT_STATUS)[0] & regs.INDIRECT_BUSY.mask:
                return
            await self._sleep(RETRY_S)
        raise NoClockError("the indirect registers stay busy: no PCM clock at the chip")


def _address(register: Register | int) -> int:
    return register if isinstance(register, int) else register.address
