"""Sending records over a serial cable: each waits for its ACK, and is never repeated before an ENQ was tried.

A record that came through although its ACK was lost would be acted on twice, and charge a guest twice: so whoever has
heard nothing asks first what the answer was. Such an ENQ may bring two answers, and the second is for nothing else.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum, auto

from firmware.fsm import Machine, StateTable, Transition
from firmware.pms.fias.line import Outgoing, Sent
from firmware.pms.fias.turn import Turn
from firmware.pms.machine import Transmit
from firmware.timers import TimerSpec

ENQ, ACK, NAK = 0x05, 0x06, 0x15
X75 = TimerSpec("X75", 3, 1, 30, "a FIAS record has gone out (serial), and no answer; then it is asked for by ENQ")
X76 = TimerSpec("X76", 3, 1, 30, "an ENQ has gone out, and no answer; then the next, or the record once more")
X77 = TimerSpec("X77", 0.5, 0.1, 3, "an ENQ was answered; a second answer, to the record itself, may be on its way")
_TRANSMISSIONS, _ENQUIRIES, _ROUNDS = 4, 3, 2


class State(Enum):
    """Where the record is."""

    IDLE = auto()
    SENT = auto()
    """It has gone out."""
    ASKED = auto()
    """What the answer was has been asked by ENQ."""
    REFUSED = auto()
    """NAK after an ENQ: to the ENQ, or to the record itself, and then one to the ENQ follows."""
    SETTLED = auto()
    """ACK after an ENQ; another that follows is not for the next record."""


class Input(Enum):
    """What happens to it."""

    SEND = auto()
    ACK = auto()
    NAK = auto()
    OTHER = auto()
    """A byte that is no answer and belongs to no frame."""
    TIME_OVER = auto()


_S, _I, _T = State, Input, Transition
TABLE: StateTable[State, Input] = StateTable(
    "fias sender",
    State.IDLE,
    {
        (_S.IDLE, _I.SEND): _T("transmit", _S.SENT),
        (_S.SENT, _I.ACK): _T("taken", _S.IDLE),
        (_S.SENT, _I.NAK): _T("repeat", (_S.SENT, _S.IDLE)),
        (_S.SENT, _I.OTHER): _T("enquire", _S.ASKED),
        (_S.SENT, _I.TIME_OVER): _T("enquire", _S.ASKED),
        (_S.ASKED, _I.ACK): _T("taken", _S.SETTLED),
        (_S.ASKED, _I.NAK): _T(None, _S.REFUSED),
        (_S.ASKED, _I.TIME_OVER): _T("insist", (_S.ASKED, _S.SENT, _S.IDLE)),
        (_S.REFUSED, _I.ACK): _T("taken", _S.SETTLED),
        (_S.REFUSED, _I.TIME_OVER): _T("repeat", (_S.SENT, _S.IDLE)),
        (_S.SETTLED, _I.TIME_OVER): _T(None, _S.IDLE),
    },
    timers={
        _S.SENT: (X75, _I.TIME_OVER),
        _S.ASKED: (X76, _I.TIME_OVER),
        _S.REFUSED: (X77, _I.TIME_OVER),
        _S.SETTLED: (X77, _I.TIME_OVER),
    },
)


class SerialSender:
    """One record at a time. `sent` is told what became of it, `deaf` that nobody answers at all."""

    TIMER = "fias sender"

    def __init__(self, turn: Turn, baud: int, sent: Callable[[Sent], None], deaf: Callable[[], None]) -> None:
        self._turn = turn
        self._seconds_per_byte = 10 / baud
        self._sent = sent
        self._deaf = deaf
        self._machine = Machine(TABLE, self.TIMER, self, self)
        self._outgoing: Outgoing | None = None
        self._frame = b""
        self._refusals = self._enquiries = self._rounds = 0

    @property
    def ready(self) -> bool:
        return self._machine.state is State.IDLE

    def reset(self) -> None:
        self._outgoing = None
        self._machine.resume(State.IDLE)

    def send(self, outgoing: Outgoing, frame: bytes) -> None:
        self._outgoing, self._frame = outgoing, frame
        self._refusals, self._rounds = 0, 1
        self._machine.handle(Input.SEND)

    def heard(self, byte: int) -> None:
        """A byte that belongs to no frame, and is no ENQ."""
        self._machine.handle({ACK: Input.ACK, NAK: Input.NAK}.get(byte, Input.OTHER))

    def expired(self) -> None:
        self._machine.handle(Input.TIME_OVER)

    # ---- MachineHost

    def arm_timer(self, machine: str, spec: TimerSpec, event: Enum) -> None:
        """An answer cannot come before the record is out."""
        transmission = len(self._frame) * self._seconds_per_byte if spec is X75 else 0
        self._turn.after(machine, spec.default + transmission)

    def disarm_timer(self, machine: str) -> None:
        self._turn.timers.disarm(machine)

    def refused(self, machine: str, state: Enum, event: Enum) -> None:
        """An answer that nobody waits for."""

    # ---- actions

    def transmit(self) -> None:
        self._turn.put(Transmit(self._frame))

    def taken(self) -> None:
        self._finish(taken=True)

    def repeat(self) -> State:
        self._refusals += 1
        if self._refusals < _TRANSMISSIONS:
            self.transmit()
            return State.SENT
        self._finish(taken=False)
        return State.IDLE

    def enquire(self) -> None:
        self._enquiries = 1
        self._turn.put(Transmit(bytes((ENQ,))))

    def insist(self) -> State:
        if self._enquiries < _ENQUIRIES:
            self._enquiries += 1
            self._turn.put(Transmit(bytes((ENQ,))))
            return State.ASKED
        if self._rounds < _ROUNDS:
            self._rounds += 1
            self.transmit()
            return State.SENT
        self._deaf()
        return State.IDLE

    def _finish(self, *, taken: bool) -> None:
        outgoing, self._outgoing = self._outgoing, None
        if outgoing is not None:
            self._sent(Sent(outgoing, taken))
