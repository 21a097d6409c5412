"""Message lamps that are told by an FSK message: who is still to be told, and when to try.

A message goes to an idle on-hook telephone by on-hook transmission. One that was disturbed (the telephone was lifted,
or rang) did not get through and is sent again when the line has been idle for a moment.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

IDLE_NS = 1_000_000_000
"""How long after a disturbance a line is left alone: a telephone that was just replaced is not listening yet."""
MARGIN_NS = 1_000_000_000
"""What on-hook transmission takes beside the message itself, at most."""


@dataclass(slots=True)
class _Message:
    lit: bool
    due_ns: int
    over_ns: int | None = None
    """When the transmission that was asked for is over; None: none is."""
    heard: bool = False
    """The line has opened for it, and the message is on its way."""


class FskLamps:
    """The messages that are to be sent, one for each line at most; times are monotonic nanoseconds."""

    def __init__(self) -> None:
        self._messages: dict[str, _Message] = {}

    def __bool__(self) -> bool:
        """Whether anybody is to be told."""
        return bool(self._messages)

    def tell(self, port: str, lit: bool, now_ns: int) -> None:
        """Tell this telephone, as soon as its line is idle; replaces what was still to be told."""
        self._messages[port] = _Message(lit, now_ns)

    def look(self, idle: Collection[str], length_ns: int, now_ns: int) -> list[str]:
        """The lines on which a transmission is to begin now. `idle`: those on which nothing else goes on."""
        begin = []
        for port, message in list(self._messages.items()):
            if port not in idle:
                self._messages[port] = _Message(message.lit, now_ns + IDLE_NS)
            elif message.over_ns is None and now_ns >= message.due_ns:
                message.over_ns = now_ns + length_ns + MARGIN_NS
                begin.append(port)
            elif message.over_ns is not None and now_ns >= message.over_ns:
                self._end(port, message, now_ns)
        return begin

    def opened(self, port: str) -> bool | None:
        """The line is in on-hook transmission: what the message is to say; None: it did not open for a message."""
        message = self._messages.get(port)
        if message is None or message.over_ns is None or message.heard:
            return None
        message.heard = True
        return message.lit

    def sounds(self, port: str) -> bool:
        """Whether a message may be on the line."""
        message = self._messages.get(port)
        return message is not None and message.heard

    def _end(self, port: str, message: _Message, now_ns: int) -> None:
        if message.heard:
            del self._messages[port]
        else:
            self._messages[port] = _Message(message.lit, now_ns + IDLE_NS)
