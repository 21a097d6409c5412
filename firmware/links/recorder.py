"""The last of a link's raw traffic, for the technician. In memory only: guests' names and calls are in it."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from typing import Literal, TypeAlias

from firmware.clock import Clock

RECORDED_BYTES = 256 * 1024
ENTRY_BYTES = 512
"""The longest entry; what comes at once and is longer becomes several."""
JOIN_S = 0.05
"""Bytes of one direction that follow sooner belong to one entry: a serial line gives them one by one."""
OVERHEAD_BYTES = 200
"""What an entry costs beside its bytes; it counts, or single bytes would fill the memory."""

Direction: TypeAlias = Literal["<", ">", "*"]
"""<: from the far end, >: to it, *: a note of ours."""

_CONTROLS = (
    "NUL SOH STX ETX EOT ENQ ACK BEL BS HT LF VT FF CR SO SI DLE DC1 DC2 DC3 DC4 NAK SYN ETB CAN EM SUB ESC FS GS RS US"
)
_READABLE = {
    **{code: f"<{name}>" for code, name in enumerate(_CONTROLS.split())},
    **{code: f"\\x{code:02x}" for code in (ord("<"), *range(0x80, 0x100))},
    ord("\\"): "\\\\",
    0x7F: "<DEL>",
}


def readable(data: bytes) -> str:
    """ASCII as it is, control characters by name (`<STX>`), other bytes and "<" as \\xNN."""
    return data.decode("latin-1").translate(_READABLE)


@dataclass(frozen=True, slots=True)
class Entry:
    """Bytes that went one way at one time (UTC), or a note in UTF-8. Numbers rise by one, from 1."""

    number: int
    at: datetime
    direction: Direction
    data: bytes

    def line(self, zone: tzinfo) -> str:
        """As `2026-11-22 07:45:01.123 < <STX>LS|DA260311|TI074500|<ETX>`, in the zone's time."""
        text = self.data.decode() if self.direction == "*" else readable(self.data)
        stamp = self.at.astimezone(zone).replace(tzinfo=None)
        return f"{stamp.isoformat(' ', 'milliseconds')} {self.direction} {text}"


class Recorder:
    """Keeps the newest entries, as many as fit into `size_bytes`."""

    def __init__(self, clock: Clock, size_bytes: int = RECORDED_BYTES) -> None:
        self._clock = clock
        self._size_bytes = size_bytes
        self._entries: deque[Entry] = deque()
        self._used_bytes = 0
        self._number = 0
        self._last_at = 0.0
        self._shown = 0

    def received(self, data: bytes) -> None:
        self._record("<", data)

    def sent(self, data: bytes) -> None:
        self._record(">", data)

    def note(self, text: str) -> None:
        """Something that happened to the connection."""
        self._add("*", text.encode())
        self._trim()

    def entries(self, after: int = 0, limit: int | None = None) -> list[Entry]:
        """Those with a number above `after`, at most the newest `limit`, oldest first. They change no more."""
        self._shown = self._number
        found = [entry for entry in self._entries if entry.number > after]
        return found if limit is None else found[max(len(found) - limit, 0) :]

    def _record(self, direction: Direction, data: bytes) -> None:
        now = self._clock.monotonic()
        rest = data[self._join(direction, data) :] if now - self._last_at < JOIN_S else data
        self._last_at = now
        for start in range(0, len(rest), ENTRY_BYTES):
            self._add(direction, rest[start : start + ENTRY_BYTES])
        self._trim()

    def _join(self, direction: Direction, data: bytes) -> int:
        """How much of `data` went into the last entry."""
        if not self._entries or self._number == self._shown or self._entries[-1].direction != direction:
            return 0
        last = self._entries[-1]
        more = data[: ENTRY_BYTES - len(last.data)]
        self._entries[-1] = replace(last, data=last.data + more)
        self._used_bytes += len(more)
        return len(more)

    def _add(self, direction: Direction, data: bytes) -> None:
        self._number += 1
        self._entries.append(Entry(self._number, self._clock.utc(), direction, data))
        self._used_bytes += len(data) + OVERHEAD_BYTES

    def _trim(self) -> None:
        while self._used_bytes > self._size_bytes and self._entries:
            self._used_bytes -= len(self._entries.popleft().data) + OVERHEAD_BYTES
