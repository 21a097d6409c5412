"""FIAS frames: over TCP they are only cut out; a serial line has a check byte, answers, and repeats."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from enum import Enum
from functools import reduce
from operator import xor
from typing import Final, Protocol

from boardsupport.bench.pms.journal import Journal
from boardsupport.bench.pms.settings import Schedule, Timer

STX, ETX, ENQ, ACK, NAK = 0x02, 0x03, 0x05, 0x06, 0x15
LONGEST: Final = 4096
ANSWER_S: Final = 3.0
"""Timers 1 and 2 of the serial handshake."""
REMEMBERED_S: Final = 6.0
STALLED_S: Final = 4.5
"""Twice what the longest record takes at 9600 baud."""
MOST_REPEATS: Final = 3
MOST_ENQUIRIES: Final = 3


class Framing(Protocol):
    """Between the wire and the records."""

    @property
    def busy(self) -> bool:
        """Whether a record waits to be taken by the exchange."""

    def send(self, body: bytes) -> None: ...

    def received(self, data: bytes) -> None: ...

    def reset(self) -> None: ...


def check_byte(body: bytes) -> int:
    """XOR of everything after STX up to and including ETX."""
    return reduce(xor, body, ETX)


class TcpFrames:
    """STX, record, ETX. `deliver` takes each record."""

    def __init__(self, write: Callable[[bytes], None], deliver: Callable[[bytes], None], journal: Journal) -> None:
        self._write, self._deliver, self._journal = write, deliver, journal
        self._body: bytearray | None = None

    @property
    def busy(self) -> bool:
        return False

    def send(self, body: bytes) -> None:
        self._write(bytes([STX]) + body + bytes([ETX]))

    def reset(self) -> None:
        self._body = None

    def received(self, data: bytes) -> None:
        for byte in data:
            self._take(byte)

    def _take(self, byte: int) -> None:
        if byte == STX:
            if self._body is not None:
                self._journal.blame("a frame begins inside another", repr(bytes(self._body)))
            self._body = bytearray()
        elif self._body is None:
            self._journal.blame(f"byte {byte:02X}h between frames")
        elif byte == ETX:
            body, self._body = bytes(self._body), None
            self._deliver(body)
        elif len(self._body) >= LONGEST:
            self._journal.blame(f"a frame of more than {LONGEST} bytes")
            self._body = None
        else:
            self._body.append(byte)


class _Place(Enum):
    """Where the receiver is in a frame."""

    OUTSIDE = "outside"
    INSIDE = "inside"
    CHECK = "check"


class SerialFrames:
    """Frames with a check byte (unless `lrc` is false), each answered by ACK or NAK; ENQ asks for the answer again.

    `lost` is called when nobody has answered at all; what waited then goes out no more. `answers` holds how the next
    frames are answered out of turn: "lose" (taken, not answered) or "NAK" (not taken).
    """

    def __init__(
        self,
        write: Callable[[bytes], None],
        deliver: Callable[[bytes], None],
        lost: Callable[[], None],
        journal: Journal,
        schedule: Schedule,
        lrc: bool = True,
    ) -> None:
        self._write, self._deliver, self._lost = write, deliver, lost
        self._journal, self._schedule, self._lrc = journal, schedule, lrc
        self.answers: deque[str] = deque()
        self._queue: deque[bytes] = deque()
        self._clock: Timer | None = None
        self._stalling: Timer | None = None
        self._forgetting: Timer | None = None
        self.reset()

    # --- out: one record at a time

    @property
    def busy(self) -> bool:
        return bool(self._queue)

    def send(self, body: bytes) -> None:
        self._queue.append(body)
        if len(self._queue) == 1:
            self._transmit()

    def reset(self) -> None:
        """The line has been interrupted: nothing that waited goes out any more."""
        for timer in (self._clock, self._stalling, self._forgetting):
            if timer is not None:
                timer.cancel()
        self._clock = self._stalling = self._forgetting = None
        self._queue.clear()
        self._repeats = self._enquiries = 0
        self._place, self._body = _Place.OUTSIDE, bytearray()
        self._remembered = NAK
        self._last: bytes | None = None
        self._unasked = False

    def _transmit(self) -> None:
        body = self._queue[0]
        check = bytes([check_byte(body)]) if self._lrc else b""
        self._write(bytes([STX]) + body + bytes([ETX]) + check)
        self._enquiries = 0
        self._await_answer()

    def _await_answer(self) -> None:
        if self._clock is not None:
            self._clock.cancel()
        self._clock = self._schedule(ANSWER_S, self._enquire)

    def _enquire(self) -> None:
        """No answer, or none that can be read: ask for it; the record itself goes again only when nobody says it."""
        if self._enquiries == MOST_ENQUIRIES:
            self._journal.count("no answer to ENQ")
            if self._repeats == MOST_REPEATS:
                self._give_up()
            else:
                self._repeat()
            return
        self._enquiries += 1
        self._write(bytes([ENQ]))
        self._await_answer()

    def _give_up(self) -> None:
        self._queue.clear()
        self._repeats = self._enquiries = 0
        self._lost()

    def _repeat(self) -> None:
        if self._repeats == MOST_REPEATS:
            self._journal.count("record given up")
            self._finish()
            return
        self._repeats += 1
        self._transmit()

    def _finish(self) -> None:
        if self._clock is not None:
            self._clock.cancel()
        self._clock, self._repeats = None, 0
        self._queue.popleft()
        if self._queue:
            self._transmit()

    # --- in

    def received(self, data: bytes) -> None:
        for byte in data:
            if self._place is _Place.OUTSIDE:
                self._between_frames(byte)
            elif self._place is _Place.CHECK:
                self._frame_is_there(byte)
            else:
                self._inside_frame(byte)

    def _between_frames(self, byte: int) -> None:
        if byte == STX:
            self._place, self._body = _Place.INSIDE, bytearray()
            self._stalling = self._schedule(STALLED_S, self._stalled)
        elif byte == ENQ:
            self._unasked = False
            self._answer(self._remembered)
        elif byte == ACK and self._queue:
            self._finish()
        elif byte == NAK and self._queue:
            if not self._enquiries:  # after an ENQ it may say that nothing was received
                self._journal.blame("NAK to a good record", repr(self._queue[0]))
            self._repeat()
        elif byte not in (ACK, NAK):
            self._journal.blame(f"byte {byte:02X}h between frames")
            self._remembered = NAK
            if self._queue:
                self._enquire()

    def _inside_frame(self, byte: int) -> None:
        if byte == ETX and self._lrc:
            self._place = _Place.CHECK
        elif byte == ETX:
            self._frame_is_there(check_byte(bytes(self._body)))
        elif byte == STX:
            self._journal.blame("a frame begins inside another", repr(bytes(self._body)))
            self._body.clear()
        elif len(self._body) >= LONGEST:
            self._journal.blame(f"a frame of more than {LONGEST} bytes")
            self._stalled()
        else:
            self._body.append(byte)

    def _stalled(self) -> None:
        """Half a frame: forgotten without a word; the sender will ask."""
        self._place = _Place.OUTSIDE

    def _frame_is_there(self, check: int) -> None:
        if self._stalling is not None:
            self._stalling.cancel()
        self._place, body = _Place.OUTSIDE, bytes(self._body)
        if check != check_byte(body):
            self._journal.blame(f"check byte {check:02X}h, expected {check_byte(body):02X}h", repr(body))
            self._answer(NAK)
            return
        if self._unasked and body == self._last:
            self._journal.blame("a record is repeated that nobody has asked for by ENQ", repr(body))
        planned = self.answers.popleft() if self.answers else None
        if planned == "NAK":
            self._last = None
            self._answer(NAK)
            return
        self._last, self._unasked = body, planned == "lose"
        self._answer(ACK, aloud=planned != "lose")
        self._deliver(body)

    def _answer(self, byte: int, aloud: bool = True) -> None:
        """Answer, and remember it for as long as an ENQ may ask for it."""
        self._remembered = byte
        if self._forgetting is not None:
            self._forgetting.cancel()
        self._forgetting = self._schedule(REMEMBERED_S, self._forget)
        if aloud:
            self._write(bytes([byte]))

    def _forget(self) -> None:
        self._remembered = NAK
