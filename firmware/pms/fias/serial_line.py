"""FIAS over a serial cable: STX, record, ETX and its check (LRC); every record is answered by ACK or NAK.

Both directions are independent. Of a byte only the place says what it is: after ETX comes the LRC, which may look like
ENQ, ACK or STX.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from enum import Enum, auto
from functools import reduce
from operator import xor

from firmware.pms.fias.codec import ETX, LONGEST, STX
from firmware.pms.fias.line import Outgoing, Sent
from firmware.pms.fias.serial_sender import ACK, ENQ, NAK, SerialSender
from firmware.pms.fias.turn import Turn
from firmware.pms.machine import Transmit

_ENQ_WINDOW_S = 6.0
"""An ENQ later than this after the last answer asks for something else: both timers of the PMS are 3 s, so an ordinary
one comes just at their limit."""
_REPEAT_WINDOW_S = 15.0
"""A PMS that lost our ACK sends its record again 12 s later."""
_LONGEST_RECORD = 2000
_HARMLESS_TWICE = (b"L", b"PA")
"""Records of the link, and answers: the same ones may well be said twice in a row, and mean it."""


def lrc(data: bytes | bytearray) -> int:
    """Of a record (without STX and ETX): XOR of its bytes and ETX."""
    return reduce(xor, data, ETX)


def frame(data: bytes, *, checked: bool = True) -> bytes:
    """A record as it goes over the cable."""
    return bytes((STX, *data, ETX, *((lrc(data),) if checked else ())))


class Place(Enum):
    """What the next byte is."""

    OUTSIDE = auto()
    DATA = auto()
    CHECK = auto()


class SerialReceiver:
    """Takes frames and answers them; an answer waits until the hotel has kept the record."""

    TIMER = "fias frame"

    def __init__(self, turn: Turn, baud: int, *, checked: bool) -> None:
        self._turn = turn
        self._checked = checked
        self._patience_s = 2 * _LONGEST_RECORD * 10 / baud
        self._record = bytearray()
        self._previous: tuple[bytes, float] | None = None
        self.reset()

    def reset(self) -> None:
        """The record before is remembered: it may be repeated on the next connection."""
        self.place = Place.OUTSIDE
        self._turn.timers.disarm(self.TIMER)
        self._answer: int = NAK
        self._answered: float | None = None
        self._owed: list[int] = []

    def take(self, byte: int) -> bytes | None:
        """The record that this byte completes, if it is a new one."""
        if self.place is Place.CHECK:
            return self._complete(byte == lrc(self._record))
        if byte == STX:
            self._begin()
        elif byte == ETX and self._checked:
            self.place = Place.CHECK
        elif byte == ETX:
            return self._complete(True)
        elif len(self._record) >= LONGEST:
            self._give_up("too long", "no ETX in 4096 bytes")
        else:
            self._record.append(byte)
        return None

    def stray(self) -> None:
        """A byte outside frames: a frame whose STX was lost, perhaps, which is not to be taken for answered."""
        self._answer = NAK

    def enquired(self) -> None:
        """The PMS has missed our answer; one that is owed still comes."""
        if self._owed:
            return
        if self._answered is None or self._turn.now.seconds - self._answered > _ENQ_WINDOW_S:
            self._answer = NAK
        self._say(self._answer)

    def received(self, *, kept: bool) -> None:
        """The record that `take` gave; not `kept`: its ACK waits for `release`."""
        self._previous = bytes(self._record), self._turn.now.seconds
        if kept:
            self._reply(ACK)
        else:
            self._owed.append(ACK)

    def release(self) -> None:
        owed, self._owed = self._owed, []
        for answer in owed:
            self._say(answer)

    def expired(self) -> None:
        self._give_up("broken off", "a frame that stopped half-way")

    def _begin(self) -> None:
        """The answer to the record before must not be taken for one to this."""
        self.place = Place.DATA
        self._record.clear()
        self._answer = NAK
        self._turn.after(self.TIMER, self._patience_s)

    def _complete(self, good: bool) -> bytes | None:
        self.place = Place.OUTSIDE
        self._turn.timers.disarm(self.TIMER)
        record = bytes(self._record)
        if not good:
            self._turn.refuse("bad LRC", f"{len(record)} bytes")
            self._reply(NAK)
        elif self._is_repeat(record):
            self._turn.refuse("duplicate", f"{len(record)} bytes")
            self.received(kept=True)
        else:
            return record
        return None

    def _is_repeat(self, record: bytes) -> bool:
        if self._previous is None or record.startswith(_HARMLESS_TWICE):
            return False
        previous, at = self._previous
        return record == previous and self._turn.now.seconds - at <= _REPEAT_WINDOW_S

    def _reply(self, answer: int) -> None:
        """Answers go out in the order of the records."""
        if self._owed:
            self._owed.append(answer)
        else:
            self._say(answer)

    def _say(self, answer: int) -> None:
        self._answer, self._answered = answer, self._turn.now.seconds
        self._turn.put(Transmit(bytes((answer,))))

    def _give_up(self, reason: str, detail: str) -> None:
        self.place = Place.OUTSIDE
        self._turn.timers.disarm(self.TIMER)
        self._turn.refuse(reason, detail)


class SerialLine:
    """Both directions of the cable."""

    def __init__(
        self, turn: Turn, baud: int, sent: Callable[[Sent], None], deaf: Callable[[], None], *, checked: bool
    ) -> None:
        self._checked = checked
        self._receiver = SerialReceiver(turn, baud, checked=checked)
        self._sender = SerialSender(turn, baud, sent, deaf)

    def reset(self) -> None:
        self._receiver.reset()
        self._sender.reset()

    def feed(self, data: bytes) -> Iterator[bytes]:
        for byte in data:
            if self._receiver.place is not Place.OUTSIDE or byte == STX:
                record = self._receiver.take(byte)
                if record is not None:
                    yield record
            elif byte == ENQ:
                self._receiver.enquired()
            else:
                if byte not in (ACK, NAK):
                    self._receiver.stray()
                self._sender.heard(byte)

    def received(self, *, kept: bool) -> None:
        self._receiver.received(kept=kept)

    def release(self) -> None:
        self._receiver.release()

    def ready(self) -> bool:
        return self._sender.ready

    def send(self, outgoing: Outgoing, data: bytes) -> None:
        self._sender.send(outgoing, frame(data, checked=self._checked))

    def expired(self, key: Hashable) -> None:
        if key == SerialReceiver.TIMER:
            self._receiver.expired()
        elif key == SerialSender.TIMER:
            self._sender.expired()
