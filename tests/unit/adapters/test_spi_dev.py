"""What spidev is asked for: the kernel's structure, byte by byte, and one ioctl per chip."""

from __future__ import annotations

import ctypes
import struct
from collections.abc import Callable
from pathlib import Path

import pytest

from boardsupport.adapters import spi_dev
from boardsupport.adapters.spi_dev import SpidevBus, message_request, pack_message
from boardsupport.bus import BusError, Window


def test_request_code_of_a_message() -> None:
    """As <linux/spi/spidev.h> computes SPI_IOC_MESSAGE(1) and (2)."""
    assert message_request(1) == 0x40206B00
    assert message_request(2) == 0x40406B00
    with pytest.raises(ValueError, match="fit"):
        message_request(512)


def test_chip_select_rises_after_each_window() -> None:
    packed = pack_message([Window(0, b"\x44"), Window(0, b"\x00\x00")], 0x1000, 2_000_000)
    first, second = struct.iter_unpack("=QQIIHBBBBBB", packed)
    assert first[:4] == (0x1000, 0x1000, 1, 2_000_000)
    assert second[:4] == (0x1001, 0x1001, 2, 2_000_000)
    assert (first[6], second[6]) == (1, 0), "cs_change; in the last transfer it would keep the chip selected"
    assert len(packed) == 64


@pytest.fixture
def ioctls(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int]]:
    """A kernel that answers each byte with its complement; the list of (file, transfers)."""
    seen: list[tuple[int, int]] = []

    def ioctl(file: int, request: int, argument: bytes | bytearray) -> int:
        if request in (spi_dev.SPI_IOC_WR_MODE, spi_dev.SPI_IOC_WR_BITS_PER_WORD, spi_dev.SPI_IOC_WR_MAX_SPEED_HZ):
            return 0
        assert isinstance(argument, bytearray), "an immutable argument may have 1024 bytes only"
        total = 0
        for transmit, receive, size, *_ in struct.iter_unpack("=QQIIHBBBBBB", argument):
            data = ctypes.string_at(transmit, size)
            ctypes.memmove(receive, bytes(byte ^ 0xFF for byte in data), size)
            total += size
        seen.append((file, len(argument) // 32))
        return total

    monkeypatch.setattr(spi_dev.fcntl, "ioctl", ioctl)
    return seen


def test_one_ioctl_serves_one_chips_scan(tmp_path: Path, ioctls: list[tuple[int, int]]) -> None:
    paths = {select: str(tmp_path / f"spidev0.{select}") for select in (0, 1)}
    for path in paths.values():
        Path(path).touch()
    bus = SpidevBus(paths, 2_000_000)
    replies = bus.transfer([Window(0, b"\x01"), Window(0, b"\x02"), Window(1, b"\x03"), Window(0, b"\x04\x05")])
    assert replies == [b"\xfe", b"\xfd", b"\xfc", b"\xfb\xfa"]
    assert [count for _, count in ioctls] == [2, 1, 1]
    bus.transfer([Window(0, b"\x00")] * 600)
    assert [count for _, count in ioctls[3:]] == [511, 89]
    with pytest.raises(BusError, match="chip select 7"):
        bus.transfer([Window(7, b"\x00")])
    bus.close()


@pytest.mark.parametrize("make", [lambda path: None, lambda path: path.touch()], ids=["absent", "no spidev"])
def test_a_device_that_is_none(tmp_path: Path, make: Callable[[Path], None]) -> None:
    path = tmp_path / "spidev0.0"
    make(path)
    with pytest.raises(BusError, match=r"spidev0\.0"):
        SpidevBus({0: str(path)}, 2_000_000)
