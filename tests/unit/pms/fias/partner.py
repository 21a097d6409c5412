"""A PMS at the other end of a FiasMachine, and the hotel behind it; time goes on only when a test says so."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import reduce
from operator import xor

from firmware.pms.fias.machine import FiasMachine
from firmware.pms.fias.settings import FiasSettings
from firmware.pms.machine import (
    Counted,
    Deliver,
    Moment,
    Noted,
    Output,
    Reconnect,
    StateChanged,
    Told,
    Transmit,
)
from firmware.pms.model import News, PmsEvent, Posting

START = datetime(2026, 3, 11, 7, 45, tzinfo=UTC)
STX, ETX, ENQ, ACK, NAK = b"\x02", b"\x03", b"\x05", b"\x06", b"\x15"


def wall(moment: str) -> datetime:
    """The hotel's wall time."""
    return datetime.fromisoformat(moment)


def framed(record: str, encoding: str = "utf-8") -> bytes:
    return STX + record.encode(encoding) + ETX


def checked(record: str) -> bytes:
    """With its LRC, as on a serial line."""
    return framed(record) + bytes((reduce(xor, record.encode(), 3),))


class Partner:
    """Says records, hears what is sent, and answers for the hotel (`refuse`: why an event is refused)."""

    def __init__(self, **settings: object) -> None:
        settings.setdefault("lr_pace_ms", 0)
        self.machine = FiasMachine(FiasSettings(**settings), lambda count: bytes(range(count)))  # type: ignore[arg-type]
        self.seconds = 1000.0
        self.refuse: Callable[[PmsEvent], str | None] = lambda event: None
        self.outputs: list[Output] = []
        self.events: list[PmsEvent] = []
        self.bytes = b""
        self.told: list[Told] = []
        self.counted: Counter[tuple[str, str]] = Counter()
        self.notes: list[Noted] = []
        self.reconnects: list[str] = []
        self.states: list[str] = []

    @property
    def now(self) -> Moment:
        return Moment(self.seconds, START + timedelta(seconds=self.seconds - 1000))

    def connect(self) -> None:
        self._carry_out(self.machine.connected(self.now))

    def lose(self) -> None:
        self._carry_out(self.machine.lost(self.now))

    def close(self) -> None:
        self._carry_out(self.machine.close(self.now))

    def give(self, data: bytes) -> None:
        self._carry_out(self.machine.received(data, self.now))

    def say(self, *records: str) -> None:
        """One read for each record."""
        for record in records:
            self.give(framed(record))

    def wait(self, seconds: float) -> None:
        """Time passes; what is due happens at its moment."""
        end = self.seconds + seconds
        while (deadline := self.machine.next_deadline()) is not None and deadline <= end:
            self.seconds = max(deadline, self.seconds)
            self._carry_out(self.machine.tick(self.now))
        self.seconds = end

    def post(self, posting: Posting, repeat: bool = False) -> None:
        self._carry_out(self.machine.post(posting, repeat, self.now))

    def tell(self, news: News) -> None:
        self._carry_out(self.machine.tell(news, self.now))

    def hears(self) -> list[str]:
        """The records that were sent since the last call (TCP)."""
        said, self.bytes = self.bytes, b""
        return [part[1:].decode() for part in said.split(ETX)[:-1]]

    def hears_bytes(self) -> bytes:
        said, self.bytes = self.bytes, b""
        return said

    def start(self) -> None:
        """A link that is alive, over TCP; nothing of the start is left to be looked at."""
        self.connect()
        self.say("LS|DA260311|TI074500|", "LA|DA260311|TI074507|")
        self.forget()

    def start_serial(self) -> None:
        """The same over a cable: every record of ours is acknowledged."""
        self.connect()
        self.give(checked("LS|DA260311|TI074500|"))
        while ETX in self.hears_bytes():
            self.give(ACK)
        self.give(checked("LA|DA260311|TI074507|"))
        self.forget()

    def forget(self) -> None:
        self.bytes = b""
        self.events.clear()
        self.told.clear()
        self.notes.clear()
        self.counted.clear()
        self.states.clear()
        self.outputs.clear()

    def _carry_out(self, outputs: list[Output]) -> None:
        self.outputs += outputs
        delivered = [output.event for output in outputs if isinstance(output, Deliver)]
        self.events += delivered
        for output in outputs:
            self._one(output)
        if delivered:
            self._carry_out(self.machine.handled([self.refuse(event) for event in delivered], self.now))

    def _one(self, output: Output) -> None:
        match output:
            case Transmit(data):
                self.bytes += data
            case Told():
                self.told.append(output)
            case Counted(what, kind):
                self.counted[what, kind] += 1
            case Noted():
                self.notes.append(output)
            case Reconnect(why):
                self.reconnects.append(why)
            case StateChanged(state):
                self.states.append(state)
            case Deliver():
                pass
