"""How records go over the wire: the contract of a line, and TCP, where the network does the checking."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass
from typing import Literal, Protocol, TypeAlias

from firmware.pms.fias.codec import ETX, STX, FrameCutter
from firmware.pms.fias.records import Record
from firmware.pms.fias.turn import Turn
from firmware.pms.machine import Transmit

Lane: TypeAlias = Literal["link", "own", "posting", "news"]
"""link: of the link itself; own: an answer of ours to a record; the others are the hotel's."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A record on its way, and for whom. `paced`: the next one of the link's start waits a little."""

    record: Record
    lane: Lane
    paced: bool = False


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of one: `taken` by the other end, or refused in four transmissions."""

    outgoing: Outgoing
    taken: bool


class Line(Protocol):
    """One connection. What it has to tell of records sent goes to the functions that it was made with."""

    def reset(self) -> None:
        """The connection is new, or gone."""
        ...

    def feed(self, data: bytes) -> Iterator[bytes]:
        """The records in `data`; after each, `received` is called before the next is asked for."""
        ...

    def received(self, *, kept: bool) -> None:
        """The record has been dealt with; not `kept`: the hotel still has to, and `release` follows."""
        ...

    def release(self) -> None:
        """All that was received is kept."""
        ...

    def ready(self) -> bool:
        """Whether `send` may be called."""
        ...

    def send(self, outgoing: Outgoing, data: bytes) -> None: ...

    def expired(self, key: Hashable) -> None:
        """A timer that the line has armed is due."""
        ...


class TcpLine:
    """STX, record, ETX; nothing is acknowledged, and what is sent counts as taken."""

    def __init__(self, turn: Turn, sent: Callable[[Sent], None]) -> None:
        self._turn = turn
        self._sent = sent
        self._cutter = FrameCutter()

    def reset(self) -> None:
        self._cutter.reset()

    def feed(self, data: bytes) -> Iterator[bytes]:
        for record in self._cutter.feed(data):
            if record is None:
                self._turn.refuse("too long", "no ETX in 4096 bytes")
            else:
                yield record

    def received(self, *, kept: bool) -> None:
        """Nothing to be said."""

    def release(self) -> None:
        """Nothing to be said."""

    def ready(self) -> bool:
        return True

    def send(self, outgoing: Outgoing, data: bytes) -> None:
        self._turn.put(Transmit(bytes((STX,)) + data + bytes((ETX,))))
        self._sent(Sent(outgoing, taken=True))

    def expired(self, key: Hashable) -> None:
        """It has no timers."""
