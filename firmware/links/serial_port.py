"""Links over a serial line: a UART, a USB adapter, or a pty that stands for one."""

from __future__ import annotations

import errno
import os
import termios
from collections.abc import Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import serial

from firmware.details import Detail, DetailCode
from firmware.links.aside import aside
from firmware.links.connection import ReachError, reason
from firmware.links.link import Link, LinkUser, Terms

_PTY_MAJORS = range(136, 144)
"""Of Unix 98 pty slaves (the kernel's devices.txt)."""
_SEVEN_BITS = bytes(code & 0x7F for code in range(256))
_WHY: Mapping[int | None, tuple[DetailCode, str]] = {
    errno.ENOENT: ("no-device", "no such device"),
    errno.ENXIO: ("no-device", "the device is not there"),
    errno.EAGAIN: ("device-in-use", "in use by another program"),
    None: ("device-unfit", "not a serial line, or one that cannot be set so"),
}


class SerialLine(Link):
    """`bits` as "8N1": data bits, parity (N, E, O), stop bits. No flow control; DTR and RTS are on while it is open.

    `device` is best a name that survives replugging, as /dev/serial/by-id/...; open means that the device is there, not
    that anybody listens at the other end of the cable.
    """

    gone = Detail("device-gone", "the device is gone")

    def __init__(
        self, name: str, device: str, baud: int, bits: str, user: LinkUser, terms: Terms | None = None
    ) -> None:
        super().__init__(name, device, user, terms or Terms())
        self._baud = baud
        self._bits = bits
        self._port: Any = None

    @property
    def carrier(self) -> bool | None:
        """Whether the far end's modem or terminal is on (DCD); None: the line does not tell, as a pty, or is not open.

        Many cables do not join that wire, and the line then says that it is off.
        """
        try:
            return None if self._port is None else bool(self._port.cd)
        except OSError:
            return None

    async def _reach(self) -> None:
        # A USB adapter is set up by messages to it, which it may leave unanswered for seconds.
        port = await aside(partial(_open, self.where, self._baud, self._bits), undo=_close)
        self._port = port
        try:
            self._reached()
            await self._talk(port.fileno(), self.where)
        finally:
            self._port = None
            await aside(partial(_close, port))

    def _on_the_wire(self, data: bytes) -> bytes:
        # A UART drops the eighth bit itself; what comes from a pty or a careless adapter may hold the parity there.
        return data.translate(_SEVEN_BITS) if self._bits[0] == "7" else data


def _open(device: str, baud: int, bits: str) -> Any:
    """A `serial.Serial` that nobody else has open. Raises OSError with a reason for people."""
    try:
        # A pty has no parity and only eight bits; asked for others, it (or the C library) refuses.
        able = "8N1" if os.major(Path(device).stat().st_rdev) in _PTY_MAJORS else bits
        data, parity, stop = int(able[0]), able[1], int(able[2])
        return serial.Serial(device, baud, data, parity, stop, timeout=0, write_timeout=0, exclusive=True)
    except termios.error as error:
        raise ReachError(*_WHY[None]) from error
    except OSError as error:
        raise ReachError(*_WHY.get(error.errno, ("failed", reason(error)))) from error


def _close(port: Any) -> None:
    """At once: the kernel would wait up to 30 s until all that was written is sent."""
    with suppress(OSError, termios.error):
        port.reset_output_buffer()
    port.close()
