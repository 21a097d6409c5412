"""spidev by its ioctl: one SPI_IOC_MESSAGE clocks out a whole list of chip-select windows.

Each window is one `struct spi_ioc_transfer` with cs_change set, so that chip select rises after it (Linux
include/uapi/linux/spi/spidev.h). The kernel keeps it high for 10 us then, where the chip asks for 220 ns. In the last
transfer of a message cs_change means the opposite, so it is left clear.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import struct
from collections.abc import Mapping, Sequence
from itertools import groupby

from boardsupport.bus import BusError, Window, split

SPI_MODE_3 = 3
"""SCLK idles high, data are sampled on the rising edge."""
BITS_PER_WORD = 8
SPI_IOC_WR_MODE = 0x40016B01
SPI_IOC_WR_BITS_PER_WORD = 0x40016B03
SPI_IOC_WR_MAX_SPEED_HZ = 0x40046B04
MOST_TRANSFERS = 511
"""The ioctl's size field has 14 bits, a transfer 32 bytes."""

_TRANSFER = struct.Struct("=QQIIHBBBBBB")


def message_request(transfers: int) -> int:
    """The request code of SPI_IOC_MESSAGE(n): write direction, type 'k', number 0."""
    if not 0 < transfers <= MOST_TRANSFERS:
        raise ValueError(f"{transfers} transfers do not fit into one message")
    return 1 << 30 | (transfers * _TRANSFER.size) << 16 | ord("k") << 8


class SpidevBus:
    """An SpiBus over spidev devices, one per chip select. Use it from one thread."""

    def __init__(self, devices: Mapping[int, str], speed_hz: int) -> None:
        """Raises BusError if a device can't be opened."""
        self._speed_hz = speed_hz
        self._files: dict[int, int] = {}
        try:
            for select, path in devices.items():
                self._files[select] = self._open(path)
        except OSError as missing:
            self.close()
            raise BusError(f"{missing.filename or path}: {missing.strerror}") from missing

    def _open(self, path: str) -> int:
        file = os.open(path, os.O_RDWR | os.O_CLOEXEC)
        try:
            fcntl.ioctl(file, SPI_IOC_WR_MODE, struct.pack("=B", SPI_MODE_3))
            fcntl.ioctl(file, SPI_IOC_WR_BITS_PER_WORD, struct.pack("=B", BITS_PER_WORD))
            fcntl.ioctl(file, SPI_IOC_WR_MAX_SPEED_HZ, struct.pack("=I", self._speed_hz))
        except OSError as refused:
            os.close(file)
            raise OSError(refused.errno, refused.strerror, path) from refused
        return file

    def transfer(self, windows: Sequence[Window]) -> list[bytes]:
        """See `SpiBus.transfer`: one ioctl for each run of windows with the same chip select."""
        replies: list[bytes] = []
        for select, run in groupby(windows, key=lambda window: window.chip_select):
            some = list(run)
            for start in range(0, len(some), MOST_TRANSFERS):
                replies += self._message(select, some[start : start + MOST_TRANSFERS])
        return replies

    def _message(self, select: int, windows: Sequence[Window]) -> list[bytes]:
        file = self._files.get(select)
        if file is None:
            raise BusError(f"no SPI device behind chip select {select}")
        data = b"".join(window.data for window in windows)
        buffer = ctypes.create_string_buffer(data, len(data))
        request = bytearray(pack_message(windows, ctypes.addressof(buffer), self._speed_hz))
        try:
            # a mutable buffer: an immutable one may not be longer than 1024 bytes
            done = fcntl.ioctl(file, message_request(len(windows)), request)
        except OSError as failure:
            raise BusError(f"SPI chip select {select}: {failure.strerror}") from failure
        if done != len(data):
            raise BusError(f"SPI chip select {select}: {done} of {len(data)} bytes were clocked")
        return split(bytes(buffer.raw), windows)

    def close(self) -> None:
        for file in self._files.values():
            os.close(file)
        self._files.clear()


def pack_message(windows: Sequence[Window], address: int, speed_hz: int) -> bytes:
    """The array of spi_ioc_transfer for these windows, whose bytes lie end to end at `address`, in and out."""
    packed: list[bytes] = []
    last = len(windows) - 1
    for index, window in enumerate(windows):
        change = index != last
        size = len(window.data)
        packed.append(_TRANSFER.pack(address, address, size, speed_hz, 0, BITS_PER_WORD, change, 0, 0, 0, 0))
        address += size
    return b"".join(packed)
