"""Who speaks on a Mitel link, at the PMS's end: ENQ before each message, ACK or NAK after it, and the exchange first
where both want to.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from enum import Enum
from typing import Final

from boardsupport.bench.pms.journal import Journal
from boardsupport.bench.pms.settings import Schedule, Timer

STX, ETX, ENQ, ACK, NAK = 0x02, 0x03, 0x05, 0x06, 0x15
ANSWER_S: Final = 3.0
TEXT_S: Final = 3.0
"""How long a text may take after the ACK to its ENQ, and a frame from STX to ETX."""
YIELD_S: Final = 6.0
"""So long the PMS keeps away after a collision; the exchange's repeats are within."""
MOST_REPEATS: Final = 3
DEAD_ENQUIRIES: Final = 20
LONGEST: Final = 200


class State(Enum):
    """Whose turn it is."""

    IDLE = "idle"
    RECEIVING = "receiving"
    """The exchange was given its turn."""
    YIELDED = "yielded"
    """The same after a collision."""
    ASKED = "asked"
    """Our ENQ is out."""
    BUSY = "busy"
    """The exchange has answered it by NAK."""
    TOLD = "told"
    """Our text is out."""


class Event(Enum):
    """What comes in, or does not."""

    ENQ = "ENQ"
    TEXT = "text"
    ACK = "ACK"
    NAK = "NAK"
    TIMEOUT = "timeout"


class Turns:
    """`handle` takes each text of the exchange and says whether it is understood.

    `answers`: how the next turns of the exchange are answered out of turn: "busy" (its ENQ by NAK), "NAK" (its text,
    not taken), "lose" (taken, not answered).
    """

    def __init__(
        self, write: Callable[[bytes], None], handle: Callable[[bytes], bool], journal: Journal, schedule: Schedule
    ) -> None:
        self._write, self._handle, self._journal, self._schedule = write, handle, journal, schedule
        self.answers: deque[str] = deque()
        self.heard = False
        """The exchange has answered, or said something, since it last was silent for too long."""
        self._queue: deque[bytes] = deque()
        self._state = State.IDLE
        self._clock: Timer | None = None
        self._stalling: Timer | None = None
        self._body: bytearray | None = None
        self._text = b""
        self._enquiries = self._repeats = 0

    @property
    def waiting(self) -> int:
        """Messages that have not been confirmed yet."""
        return len(self._queue)

    def send(self, text: bytes) -> None:
        """Send a message as soon as it is this side's turn."""
        self._queue.append(text)
        if self._state is State.IDLE:
            self._ask()

    def opened(self) -> None:
        """There is a connection: what was not confirmed goes again, from ENQ on."""
        self._rest()

    def closed(self) -> None:
        """The connection has gone, and half a frame with it."""
        self._to(State.IDLE, None)
        self._drop_frame()
        self.heard = False
        self._enquiries = self._repeats = 0

    def received(self, data: bytes) -> None:
        """Bytes from the exchange."""
        for byte in data:
            if byte == STX:
                self._begin_frame()
            elif self._body is None:
                self._control(byte)
            elif byte == ETX:
                self._text = bytes(self._body)
                self._drop_frame()
                self._happen(Event.TEXT)
            else:
                self._body.append(byte)
                if len(self._body) > LONGEST:
                    self._broken()

    # --- frames

    def _begin_frame(self) -> None:
        if self._body is not None:
            self._journal.blame("a frame begins inside another", repr(bytes(self._body)))
        self._drop_frame()
        self._body = bytearray()
        self._stalling = self._schedule(TEXT_S, self._broken)

    def _drop_frame(self) -> None:
        if self._stalling is not None:
            self._stalling.cancel()
        self._stalling = self._body = None

    def _broken(self) -> None:
        """A frame without an end."""
        self._journal.blame("a frame without an end", repr(bytes(self._body or b"")))
        self._drop_frame()
        self._write(bytes([NAK]))

    def _control(self, byte: int) -> None:
        event = {ENQ: Event.ENQ, ACK: Event.ACK, NAK: Event.NAK}.get(byte)
        if event is None:
            self._journal.blame(f"byte {byte:02X}h between frames")
        else:
            self._happen(event)

    # --- turns

    def _happen(self, event: Event) -> None:
        if event is not Event.TIMEOUT:
            self.heard, self._enquiries = True, 0
        action = TURNS.get((self._state, event))
        if action is not None:
            action(self)

    def _to(self, state: State, timeout_s: float | None) -> None:
        self._state = state
        if self._clock is not None:
            self._clock.cancel()
        self._clock = None if timeout_s is None else self._schedule(timeout_s, lambda: self._happen(Event.TIMEOUT))

    def _rest(self) -> None:
        """Nobody's turn: ours, if there is something to say."""
        self._to(State.IDLE, None)
        if self._queue:
            self._ask()

    def _ask(self) -> None:
        self._write(bytes([ENQ]))
        self._to(State.ASKED, ANSWER_S)

    def _ask_again(self) -> None:
        self._enquiries += 1
        if self._enquiries == DEAD_ENQUIRIES:
            self.heard = False
            self._journal.count("no answer to ENQ")
        self._ask()

    def _wait_since_busy(self) -> None:
        self._to(State.BUSY, ANSWER_S)

    def _tell(self) -> None:
        self._write(bytes([STX]) + self._queue[0] + bytes([ETX]))
        self._to(State.TOLD, ANSWER_S)

    def _tell_again(self) -> None:
        """Refused or not answered: the text alone is repeated, then dropped."""
        if self._repeats == MOST_REPEATS:
            self._journal.count("message given up")
            self._confirmed()
            return
        self._repeats += 1
        self._tell()

    def _confirmed(self) -> None:
        self._repeats = 0
        self._queue.popleft()
        self._rest()

    def _grant(self) -> None:
        if self._planned("busy"):
            self._write(bytes([NAK]))
            return
        self._write(bytes([ACK]))
        self._to(State.RECEIVING, TEXT_S)

    def _yield(self) -> None:
        self._write(bytes([ACK]))
        self._to(State.YIELDED, YIELD_S)

    def _grant_in_yield(self) -> None:
        self._write(bytes([ACK]))

    def _take(self) -> None:
        """A text in its turn. After a NAK the exchange may repeat it without another ENQ."""
        if self._answer_text():
            self._rest()
        else:
            self._to(State.RECEIVING, TEXT_S)

    def _take_in_yield(self) -> None:
        self._answer_text()

    def _take_unannounced(self) -> None:
        self._to(State.RECEIVING, TEXT_S)
        self._journal.blame("a message without ENQ", repr(self._text))
        self._take()

    def _take_without_asking(self) -> None:
        self._journal.blame("a message without ENQ", repr(self._text))
        self._answer_text()

    def _never_came(self) -> None:
        self._journal.count("no text after ENQ")
        self._rest()

    def _confirms_out_of_turn(self) -> None:
        self._journal.blame("ACK in a collision, where the exchange goes first and sends its text")

    def _answer_text(self) -> bool:
        """Whether the text was taken."""
        if self._planned("NAK"):
            self._write(bytes([NAK]))
            return False
        lost = self._planned("lose")
        good = self._handle(self._text)
        if not lost:
            self._write(bytes([ACK if good else NAK]))
        return good

    def _planned(self, word: str) -> bool:
        if self.answers and self.answers[0] == word:
            self.answers.popleft()
            return True
        return False


TURNS: Final[dict[tuple[State, Event], Callable[[Turns], None]]] = {
    (State.IDLE, Event.ENQ): Turns._grant,
    (State.IDLE, Event.TEXT): Turns._take_unannounced,
    (State.RECEIVING, Event.ENQ): Turns._grant,
    (State.RECEIVING, Event.TEXT): Turns._take,
    (State.RECEIVING, Event.TIMEOUT): Turns._never_came,
    (State.YIELDED, Event.ENQ): Turns._grant_in_yield,
    (State.YIELDED, Event.TEXT): Turns._take_in_yield,
    (State.YIELDED, Event.ACK): Turns._confirms_out_of_turn,
    (State.YIELDED, Event.TIMEOUT): Turns._rest,
    (State.ASKED, Event.ENQ): Turns._yield,
    (State.ASKED, Event.TEXT): Turns._take_without_asking,
    (State.ASKED, Event.ACK): Turns._tell,
    (State.ASKED, Event.NAK): Turns._wait_since_busy,
    (State.ASKED, Event.TIMEOUT): Turns._ask_again,
    (State.BUSY, Event.ENQ): Turns._grant,
    (State.BUSY, Event.TEXT): Turns._take_without_asking,
    (State.BUSY, Event.TIMEOUT): Turns._ask,
    (State.TOLD, Event.ENQ): Turns._grant,
    (State.TOLD, Event.TEXT): Turns._take_without_asking,
    (State.TOLD, Event.ACK): Turns._confirmed,
    (State.TOLD, Event.NAK): Turns._tell_again,
    (State.TOLD, Event.TIMEOUT): Turns._tell_again,
}
"""An answer that nobody waits for is nothing."""
