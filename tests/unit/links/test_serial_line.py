"""A serial link, over ptys: both directions, seven and eight bits, and adapters that are pulled out and come back."""

from __future__ import annotations

import asyncio
import os
import pty
import termios
import threading
import tty
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
import serial

from firmware.links import SerialLine
from tests.unit.links.partner import User, Waits, running, until


class Adapter:
    """A pty under a name of its own: `link` has the slave, the test the master."""

    def __init__(self, device: Path) -> None:
        self.master, slave = pty.openpty()
        tty.setraw(slave)
        os.set_blocking(self.master, False)
        device.unlink(missing_ok=True)
        device.symlink_to(os.ttyname(slave))
        os.close(slave)
        self._device = device

    def pull_out(self) -> None:
        self._device.unlink()
        os.close(self.master)

    async def read(self, size: int) -> bytes:
        """What the link has sent. Raises TimeoutError."""
        data = b""

        def more() -> bool:
            nonlocal data
            with suppress(BlockingIOError):
                data += os.read(self.master, size - len(data))
            return len(data) == size

        await until(more)
        return data


@pytest.fixture
def device(tmp_path: Path) -> Path:
    return tmp_path / "usb-adapter-if00-port0"


@pytest.fixture
def plain_file(device: Path) -> Path:
    device.touch()
    return device


@contextmanager
def plugged(device: Path) -> Iterator[Adapter]:
    adapter = Adapter(device)
    try:
        yield adapter
    finally:
        os.close(adapter.master)


ALL_BYTES = bytes(range(256))


async def test_every_byte_goes_both_ways_at_8n1(device: Path) -> None:
    """XON and XOFF, CR and LF, the eighth bit: nothing is flow control, nothing is translated."""
    user, waits = User(), Waits()
    with plugged(device) as adapter:
        line = SerialLine("front-office", str(device), 9600, "8N1", user, waits.terms)
        async with running(line):
            await until(lambda: line.connected)
            assert line.why == f"connected to {device}"
            assert line.send(ALL_BYTES)
            assert await adapter.read(256) == ALL_BYTES
            os.write(adapter.master, ALL_BYTES)
            await until(lambda: user.data == ALL_BYTES)
            assert await line.drained()
    assert user.told == ["opened", "lost: the link was stopped"]


async def test_at_7e1_the_eighth_bit_is_nobodys(device: Path) -> None:
    user, waits = User(), Waits()
    with plugged(device) as adapter:
        line = SerialLine("front-office", str(device), 9600, "7E1", user, waits.terms)
        async with running(line):
            await until(lambda: line.connected)
            assert line.send(b"\x02GI|RN0412|\x03\x85\xff")
            assert await adapter.read(14) == b"\x02GI|RN0412|\x03\x05\x7f"
            with_parity = bytes(code | (code.bit_count() & 1) << 7 for code in range(128))
            os.write(adapter.master, with_parity)
            await until(lambda: user.data == bytes(range(128)))
        assert line.recorder.entries()[1].data == b"\x02GI|RN0412|\x03\x05\x7f"


@pytest.mark.parametrize(
    ("bits", "data", "parity", "stop"), [("7E1", 7, "E", 1), ("8N2", 8, "N", 2), ("7O1", 7, "O", 1)]
)
async def test_a_uart_is_set_up_as_the_site_says(
    plain_file: Path, monkeypatch: pytest.MonkeyPatch, bits: str, data: int, parity: str, stop: int
) -> None:
    """What the driver is asked for where the device is no pty."""
    asked: list[tuple[object, ...]] = []

    def opened(*settings: object, **options: object) -> None:
        asked.append((*settings, options))
        raise serial.SerialException(5, "no such thing here")

    monkeypatch.setattr("firmware.links.serial_port.serial.Serial", opened)
    waits = Waits()
    async with running(SerialLine("front-office", str(plain_file), 1200, bits, User(), waits.terms)):
        await waits.over()
    ((*settings, options),) = asked
    assert settings == [str(plain_file), 1200, data, parity, stop]
    assert options == {"timeout": 0, "write_timeout": 0, "exclusive": True}


async def test_the_line_is_raw_at_its_speed_without_flow_control(device: Path) -> None:
    waits = Waits()
    with plugged(device) as adapter:
        line = SerialLine("front-office", str(device), 1200, "8N1", User(), waits.terms)
        async with running(line):
            await until(lambda: line.connected)
            iflag, oflag, cflag, lflag, ispeed, ospeed, _ = termios.tcgetattr(adapter.master)
            assert (ispeed, ospeed) == (termios.B1200, termios.B1200)
            assert not iflag & (termios.IXON | termios.IXOFF | termios.ICRNL) and not cflag & termios.CRTSCTS
            assert not oflag & termios.OPOST and not lflag & (termios.ECHO | termios.ICANON)


async def test_an_adapter_that_is_pulled_out_is_lost_and_used_again_when_it_is_back(device: Path) -> None:
    user, waits = User(), Waits()
    adapter = Adapter(device)
    line = SerialLine("front-office", str(device), 9600, "8N1", user, waits.terms)
    async with running(line):
        await until(lambda: line.connected)
        adapter.pull_out()
        assert await waits.over() == 0.5
        assert user.told == ["opened", "lost: the device is gone"]
        assert await waits.over() == 5
        assert line.why == f"{device}: no such device"
        assert not line.send(b"x")
        await waits.begun()
        with plugged(device) as again:
            waits.end()
            await until(lambda: line.connected)
            assert line.send(b"back")
            assert await again.read(4) == b"back"
    assert line.connections == 2


async def test_a_device_that_goes_while_the_link_is_sending_is_lost(device: Path) -> None:
    user, waits = User(), Waits()
    adapter = Adapter(device)
    line = SerialLine("front-office", str(device), 9600, "8N1", user, waits.terms)
    async with running(line):
        await until(lambda: line.connected)
        assert line.send(bytes(40_000))
        await until(lambda: line.backlog)
        adapter.pull_out()
        await waits.over()
        assert user.told == ["opened", "lost: the device is gone"]


async def test_what_does_not_fit_at_once_waits_and_follows_in_order(device: Path) -> None:
    waits = Waits()
    text = ALL_BYTES * 200
    with plugged(device) as adapter:
        line = SerialLine("front-office", str(device), 9600, "8N1", User(), waits.terms)
        async with running(line):
            await until(lambda: line.connected)
            assert line.send(text[:50_000]) and line.send(text[50_000:])
            assert 0 < line.backlog <= len(text)
            assert await adapter.read(len(text)) == text
            assert await line.drained()


async def test_a_line_that_takes_nothing_is_given_up_when_the_buffer_is_full(device: Path) -> None:
    user, waits = User(), Waits()
    with plugged(device):
        line = SerialLine("records", str(device), 9600, "8N1", user, waits.terms)
        async with running(line):
            await until(lambda: line.connected)
            sent = 0
            while line.send(bytes(8192)):
                sent += 1
            assert 64 * 1024 - 8192 <= sent * 8192 < 256 * 1024
            await waits.over()
            assert user.told[:2] == ["opened", "lost: the far end does not read"]


async def test_a_device_has_one_user_and_the_next_gets_it_afterwards(device: Path) -> None:
    user, waits = User(), Waits()
    with plugged(device) as adapter:
        first = SerialLine("front-office", str(device), 9600, "8N1", User(), Waits().terms)
        second = SerialLine("records", str(device), 9600, "8N1", user, waits.terms)
        async with running(first):
            await until(lambda: first.connected)
            task = asyncio.create_task(second.run())
            await waits.begun()
            assert second.why == f"{device}: in use by another program"
            assert first.send(b"mine")
            assert await adapter.read(4) == b"mine"
        waits.end()
        await until(lambda: second.connected)
        task.cancel()
        await asyncio.wait([task])
    assert user.told == ["opened", "lost: the link was stopped"]


async def test_what_is_no_serial_line_is_said_so(plain_file: Path) -> None:
    waits = Waits()
    line = SerialLine("records", str(plain_file), 9600, "8N1", User(), waits.terms)
    async with running(line):
        await waits.over()
        assert line.why == f"{plain_file}: not a serial line, or one that cannot be set so"


async def test_a_driver_that_stands_still_holds_up_nobody_and_leaves_nothing_open(
    plain_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The loop goes on; a link that is stopped meanwhile closes what the driver gives in the end."""
    began, go_on, closed = threading.Event(), threading.Event(), threading.Event()

    class Slow:
        def __init__(self, *_: object, **__: object) -> None:
            began.set()
            assert go_on.wait(5)

        def reset_output_buffer(self) -> None:
            raise termios.error(5, "Input/output error")

        def close(self) -> None:
            closed.set()

    monkeypatch.setattr("firmware.links.serial_port.serial.Serial", Slow)
    user = User()
    async with running(SerialLine("records", str(plain_file), 9600, "8N1", user, Waits().terms)):
        await until(began.is_set)
    assert not closed.is_set()
    go_on.set()
    assert await asyncio.to_thread(closed.wait, 5)
    assert user.told == []
