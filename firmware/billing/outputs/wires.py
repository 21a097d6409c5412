"""Lines to a collector by TCP or a serial line: the oldest first, each removed when it has been taken."""

from __future__ import annotations

from collections.abc import Callable

from firmware.billing.outputs.formats import END
from firmware.billing.outputs.shelf import Shelf
from firmware.config import split_address
from firmware.config.outputs import Destination
from firmware.links import Link, LinkUser, SerialLine, TcpClient, TcpServer, Terms

AT_ONCE = 10
"""Lines: so many may come twice where a connection was lost, and fewer would make a long backlog slow."""


class Wire:
    """A few lines, and the next when those were taken.

    Taken means that the collector's TCP has acknowledged them, or that our UART has sent them: neither says more.
    """

    def __init__(self, name: str, to: Destination, wake: Callable[[], None], terms: Terms | None = None) -> None:
        self.link = _link(name, to, _Collector(wake), terms)
        self._encoding = "ascii" if to.kind == "serial" and to.bits.startswith("7") else "utf-8"
        self._taken: frozenset[str] = frozenset()
        """The legs whose lines were taken last; the store may have them still, if it could not let them go."""

    async def deliver(self, shelf: Shelf) -> bool:
        """Send the oldest lines; whether they were taken. Raises StorageError: then they are not sent again."""
        lines = await shelf.first(AT_ONCE)
        if not lines:
            return False
        text = "".join(line.line + END for line in lines if line.leg not in self._taken)
        if text and not (self.link.send(text.encode(self._encoding, "replace")) and await self.link.drained()):
            return False
        self._taken = frozenset(line.leg for line in lines)
        await shelf.take(lines[-1].id)
        return True


class _Collector(LinkUser):
    """Says nothing that we would listen to; that it is there again is news."""

    def __init__(self, wake: Callable[[], None]) -> None:
        self._wake = wake

    def opened(self) -> None:
        self._wake()

    def received(self, data: bytes) -> None:
        """Some collectors answer each line; nothing is to be learnt from it."""

    def lost(self, why: str) -> None:
        """What was not taken waits."""


def _link(name: str, to: Destination, user: LinkUser, terms: Terms | None) -> Link:
    if to.kind == "serial":
        return SerialLine(name, to.place, to.baud, to.bits, user, terms)
    host, port = split_address(to.place)
    if to.kind == "tcp-client":
        return TcpClient(name, host, port, user, terms)
    return TcpServer(name, host, port, user, terms, newcomer="shares")
