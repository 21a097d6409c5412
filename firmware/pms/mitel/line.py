"""Whose turn it is on a Mitel link: the table of all rules, and the message of ours that is under way.

    IDLE --> ASKING --> SENDING --> RESTING --> IDLE      a message of ours: ENQ, ACK, the text, ACK
      |       | BUSY       |        (YIELDING)
      |       | COLLIDED   |
      +---> RECEIVING <----+                              one of the PMS: ENQ, ACK, the text, ACK

Where an ACK stands decides what it means: after an ENQ it grants, after a text it confirms. If both sides ask, we go
first. Our message is kept until it is confirmed or refused for good; whatever comes in between, it begins at ENQ again.
"""

from __future__ import annotations

from enum import Enum, auto
from typing import Protocol

from firmware.fsm import Machine, MachineHost, StateTable, Transition
from firmware.pms.machine import Outcome
from firmware.pms.mitel.frames import ACK, ENQ, ETX, NAK, STX
from firmware.timers import TimerSpec

X60 = TimerSpec("X60", 3.0, 1.0, 30.0, "The PMS has the turn, and no text has come.")
X61 = TimerSpec("X61", 3.0, 1.0, 30.0, "The PMS has not answered an ENQ, until the next.")
X62 = TimerSpec("X62", 3.0, 1.0, 30.0, "The PMS has not answered a text, until it is sent again.")
X63 = TimerSpec("X63", 3.0, 1.0, 30.0, "The PMS is busy, until it is asked again.")
X64 = TimerSpec("X64", 1.25, 0.5, 2.0, "Both sides have asked twice at once; anywhere in the range, by chance.")
X65 = TimerSpec("X65", 0.1, 0.1, 5.0, "The line rests after a message, so that the PMS can have its turn.")
X66 = TimerSpec("X66", 6.5, 0.1, 30.0, "The PMS gave way to us and has something to say: it waits 6 s before it asks.")

MOST_ENQS = 20
"""So many without an answer: the PMS is down."""
MOST_UNANSWERED = 6
"""Texts without an answer, though the ENQs have one: the PMS is down."""
MOST_REFUSED = 5
"""Texts answered by NAK: the PMS will not have this message."""

MOST_PASSED_OVER = 20
"""So many messages of the PMS go before one of ours that waits, if the PMS leaves no pause between them."""


class State(Enum):
    """Who has the turn."""

    CLOSED = auto()
    """There is no connection."""
    IDLE = auto()
    """Nobody."""
    RECEIVING = auto()
    """The PMS: its ENQ was acknowledged, its text has begun, or it was refused and may be repeated."""
    ASKING = auto()
    """An ENQ of ours waits for its answer."""
    BUSY = auto()
    """Our ENQ was answered by NAK."""
    COLLIDED = auto()
    """Both sides asked at once, again."""
    SENDING = auto()
    """A text of ours waits for its answer."""
    RESTING = auto()
    """Nobody, for a moment."""
    YIELDING = auto()
    """Nobody: it is the PMS's turn, which gave way before."""


class Event(Enum):
    """What happens on the line."""

    CONNECTED = auto()
    LOST = auto()
    ENQ = auto()
    ACK = auto()
    NAK = auto()
    STX = auto()
    """A text begins."""
    ACCEPTED = auto()
    """A text of the PMS is understood and done."""
    REFUSED = auto()
    """One is not."""
    WANTED = auto()
    """There is something to send."""
    TIME_OVER = auto()


_S, _E, _T = State, Event, Transition
_OPEN = tuple(state for state in State if state is not State.CLOSED)
_FREE = (_S.RESTING, _S.YIELDING)
_GRANTING = (_S.YIELDING, _S.BUSY, _S.COLLIDED)
_LATER = (_S.BUSY, _S.COLLIDED)
_NEXT = (_S.IDLE, _S.ASKING)

TABLE: StateTable[State, Event] = StateTable(
    "mitel line",
    State.CLOSED,
    {
        (_S.CLOSED, _E.CONNECTED): _T(None, _S.IDLE),
        **{(state, _E.LOST): _T("forget", _S.CLOSED) for state in _OPEN},
        (_S.IDLE, _E.ENQ): _T("grant", _S.RECEIVING),
        (_S.IDLE, _E.STX): _T(None, _S.RECEIVING),
        (_S.IDLE, _E.WANTED): _T("ask", _S.ASKING),
        (_S.RECEIVING, _E.ENQ): _T("grant", _S.RECEIVING),
        (_S.RECEIVING, _E.STX): _T(None, _S.RECEIVING),
        (_S.RECEIVING, _E.ACCEPTED): _T("acknowledge", _S.RESTING),
        (_S.RECEIVING, _E.REFUSED): _T("refuse", _S.RECEIVING),
        (_S.RECEIVING, _E.TIME_OVER): _T("go_on", _NEXT),
        (_S.ASKING, _E.ACK): _T("send", _S.SENDING),
        (_S.ASKING, _E.NAK): _T("put_off", _S.BUSY),
        (_S.ASKING, _E.ENQ): _T("collide", (_S.ASKING, _S.COLLIDED)),
        (_S.ASKING, _E.STX): _T(None, _S.ASKING),
        (_S.ASKING, _E.ACCEPTED): _T("acknowledge", _S.ASKING),
        (_S.ASKING, _E.REFUSED): _T("refuse", _S.ASKING),
        (_S.ASKING, _E.TIME_OVER): _T("ask_again", _S.ASKING),
        (_S.SENDING, _E.ACK): _T("confirmed", (_S.RESTING, _S.YIELDING)),
        (_S.SENDING, _E.NAK): _T("rejected", _S.RESTING),
        (_S.SENDING, _E.ENQ): _T("grant", _S.RECEIVING),
        (_S.SENDING, _E.STX): _T(None, _S.SENDING),
        (_S.SENDING, _E.ACCEPTED): _T("acknowledge", _S.SENDING),
        (_S.SENDING, _E.REFUSED): _T("refuse", _S.SENDING),
        (_S.SENDING, _E.TIME_OVER): _T("unanswered", _S.ASKING),
        (_S.RESTING, _E.ENQ): _T("share", (_S.RECEIVING, _S.ASKING)),
        **{(state, _E.ENQ): _T("grant", _S.RECEIVING) for state in _GRANTING},
        **{(state, _E.STX): _T(None, _S.RECEIVING) for state in (*_FREE, *_LATER)},
        **{(state, _E.TIME_OVER): _T("go_on", _NEXT) for state in _FREE},
        **{(state, _E.TIME_OVER): _T("ask", _S.ASKING) for state in _LATER},
    },
    {
        _S.RECEIVING: (X60, _E.TIME_OVER),
        _S.ASKING: (X61, _E.TIME_OVER),
        _S.SENDING: (X62, _E.TIME_OVER),
        _S.BUSY: (X63, _E.TIME_OVER),
        _S.COLLIDED: (X64, _E.TIME_OVER),
        _S.RESTING: (X65, _E.TIME_OVER),
        _S.YIELDING: (X66, _E.TIME_OVER),
    },
)


class LineHost(MachineHost, Protocol):
    """What the line asks of the link."""

    def transmit(self, data: bytes) -> None: ...

    def settled(self, outcome: Outcome, text: bytes) -> None:
        """What has become of the message under way; the next may be given."""
        ...

    def silent(self, why: str, *, deaf: bool) -> None:
        """The PMS does not answer; `deaf`: not even an ENQ. The line goes on trying."""
        ...

    def note(self, verb: str, **pairs: object) -> None: ...


class Line:
    """The turns of one connection at a time."""

    def __init__(self, host: LineHost) -> None:
        self.machine = Machine(TABLE, "line", self, host)
        self._host = host
        self._text: bytes | None = None
        self._unknown = False
        """Whether the PMS has taken it: it has gone out, and was not answered."""
        self._enqs = self._busy = self._unanswered = self._rejected = self._collisions = self._passed_over = 0

    @property
    def state(self) -> State:
        return self.machine.state

    @property
    def takes_message(self) -> bool:
        return self.state is not State.CLOSED and self._text is None

    def order(self, text: bytes) -> None:
        """Send this as soon as it is our turn; only while it `takes_message`."""
        self._text, self._unknown = text, False
        self._enqs = self._busy = self._unanswered = self._rejected = self._passed_over = 0
        if self.state is State.IDLE:
            self.machine.handle(Event.WANTED)

    # ---- actions

    def forget(self) -> None:
        self._collisions = 0
        if self._text is not None:
            self._settle("unanswered" if self._unknown else "again")

    def go_on(self) -> State:
        if self._text is None:
            return State.IDLE
        self.ask()
        return State.ASKING

    def ask(self) -> None:
        self._enqs += 1
        self._host.transmit(bytes((ENQ,)))

    def ask_again(self) -> None:
        if self._enqs == MOST_ENQS:
            self._host.silent(f"{MOST_ENQS} ENQs without an answer", deaf=True)
        self.ask()

    def put_off(self) -> None:
        self._enqs = 0
        self._busy += 1
        if self._busy == MOST_ENQS:
            self._host.note("busy", enqs=self._busy)

    def collide(self) -> State:
        """The PMS is to give way. One that does not would ask just when we do, each time."""
        self._enqs = 0
        self._collisions += 1
        return State.ASKING if self._collisions == 1 else State.COLLIDED

    def send(self) -> None:
        assert self._text is not None
        self._unknown = True
        self._enqs = self._busy = self._passed_over = 0
        self._host.transmit(bytes((STX, *self._text, ETX)))

    def confirmed(self) -> State:
        waits, self._collisions = self._collisions > 0, 0
        self._settle("done")
        return State.YIELDING if waits else State.RESTING

    def rejected(self) -> None:
        self._unknown = False
        self._rejected += 1
        if self._rejected == MOST_REFUSED:
            self._settle("refused")

    def unanswered(self) -> None:
        self._unanswered += 1
        if self._unanswered == MOST_UNANSWERED:
            self._unanswered = 0
            self._host.silent(f"{MOST_UNANSWERED} texts without an answer", deaf=False)
        self.ask()

    def grant(self) -> None:
        self._answer(ACK)

    def share(self) -> State:
        """A PMS that asks as soon as it has had its answer would never let us speak."""
        if self._text is None or self._passed_over < MOST_PASSED_OVER:
            self.grant()
            return State.RECEIVING
        self._answer(NAK)
        self.ask()
        return State.ASKING

    def acknowledge(self) -> None:
        self._passed_over += 1
        self._answer(ACK)

    def refuse(self) -> None:
        self._answer(NAK)

    def _answer(self, sign: int) -> None:
        """The PMS is there, and has had its turn."""
        self._enqs = self._collisions = 0
        self._host.transmit(bytes((sign,)))

    def _settle(self, outcome: Outcome) -> None:
        assert self._text is not None
        text, self._text = self._text, None
        self._host.settled(outcome, text)
