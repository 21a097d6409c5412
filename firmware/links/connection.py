"""One connection: bytes in and out of a non-blocking file descriptor on the event loop, whatever is behind it."""

from __future__ import annotations

import asyncio
import errno
import fcntl
import os
import select
import socket
import struct
import termios
from collections.abc import Callable, Mapping
from contextlib import suppress

from firmware.details import Detail, DetailCode

READ_BYTES = 4096
"""Taken at once; then the loop's other work has its turn, so that a flood from a far end stops nothing."""
_INT = struct.Struct("i")
_GONE = {errno.EIO, errno.ENXIO, errno.ENODEV}
"""What reading and writing says of a tty whose device was pulled out, or of a pty whose other end was closed."""
_CODES: Mapping[int | None, DetailCode] = {
    errno.ECONNREFUSED: "nobody-listens", errno.ECONNRESET: "hung-up", errno.EPIPE: "hung-up",
    errno.ETIMEDOUT: "no-answer", errno.EHOSTUNREACH: "no-way", errno.ENETUNREACH: "no-way",
    errno.EHOSTDOWN: "no-way", errno.EADDRINUSE: "address-in-use",
}  # fmt: skip


class ReachError(OSError):
    """What is told of a far end that cannot be reached, in words of ours."""

    def __init__(self, code: DetailCode, text: str) -> None:
        super().__init__(text)
        self.code = code


def failure(error: OSError) -> Detail:
    """What an error says, for people."""
    code: DetailCode = "name-unknown" if isinstance(error, socket.gaierror) else _CODES.get(error.errno, "failed")
    text = reason(error)
    return Detail(error.code if isinstance(error, ReachError) else code, text, {"reason": text})


def reason(error: OSError) -> str:
    """For people, as "connection refused"; the kernel's word where it has one, for asyncio adds to it."""
    if error.errno is not None and error.errno > 0:
        return os.strerror(error.errno).lower()
    return (error.strerror or str(error)).lower() or "no answer"


class Connection:
    """Reads until it is ended. The descriptor stays its owner's, who closes it after `ended`.

    `ended` becomes the reason; from then on nothing is read or written. Nothing is called back from within `write`
    and `end`.
    """

    def __init__(
        self, descriptor: int, peer: str, received: Callable[[bytes], None], unread_bytes: int, gone: Detail
    ) -> None:
        self.peer = peer
        self._loop = asyncio.get_running_loop()
        self.ended: asyncio.Future[Detail] = self._loop.create_future()
        self._descriptor = descriptor
        self._received = received
        self._unread_bytes = unread_bytes
        self._gone = gone
        self._waiting = bytearray()
        self.resume()

    @property
    def open(self) -> bool:
        return not self.ended.done()

    @property
    def backlog(self) -> int:
        """Bytes that were written and are not taken: a TCP peer has not acknowledged them, a UART not sent them.

        A pty takes at once what fits into it.
        """
        if not self.open:
            return 0
        queued = b""
        with suppress(OSError):  # a tty without its device
            # For a socket the same number is SIOCOUTQ: what the peer has not acknowledged.
            queued = fcntl.ioctl(self._descriptor, termios.TIOCOUTQ, bytes(_INT.size))
        return len(self._waiting) + (_INT.unpack(queued)[0] if queued else 0)

    @property
    def dead(self) -> bool:
        """The far end has hung up, though perhaps not all that it said was read."""
        poll = select.poll()
        poll.register(self._descriptor, select.POLLRDHUP)
        return not self.open or bool(poll.poll(0))

    def write(self, data: bytes) -> bool:
        """False: ended, before or by this; a far end that leaves too much unread is given up."""
        if not self.open:
            return False
        if self.backlog + len(data) > self._unread_bytes:
            self.end(Detail("not-read", "the far end does not read"))
            return False
        self._waiting += data
        self._flush()
        return self.open

    def pause(self) -> None:
        """Read no more; nor is it noticed then that the far end hangs up."""
        self._loop.remove_reader(self._descriptor)

    def resume(self) -> None:
        if self.open:
            self._loop.add_reader(self._descriptor, self._read)

    def end(self, why: Detail) -> None:
        """Once; what waits to be written is lost."""
        if self.open:
            self._loop.remove_reader(self._descriptor)
            self._loop.remove_writer(self._descriptor)
            self.ended.set_result(why)

    def _read(self) -> None:
        try:
            data = os.read(self._descriptor, READ_BYTES)
        except BlockingIOError:
            return
        except OSError as error:
            self._fail(error)
            return
        if data:
            self._received(data)
        else:
            self.end(self._gone)

    def _flush(self) -> None:
        try:
            written = os.write(self._descriptor, self._waiting)
        except BlockingIOError:
            written = 0
        except OSError as error:
            self._fail(error)
            return
        del self._waiting[:written]
        if self._waiting:
            self._loop.add_writer(self._descriptor, self._flush)
        else:
            self._loop.remove_writer(self._descriptor)

    def _fail(self, error: OSError) -> None:
        self.end(self._gone if error.errno in _GONE else failure(error))
