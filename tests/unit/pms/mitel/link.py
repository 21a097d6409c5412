"""A Mitel link in a test: the machine, a hotel that takes what it is told, a clock, and dialogues to compare with.

A dialogue has a line for each step: `< ` what the PMS sends, `> ` what we send, `3 s` passes. ENQ, ACK and NAK stand
for themselves, STX and ETX too; anything else is a text, put between STX and ETX, with `_` for a blank. `+` joins what
comes in one read.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from firmware.pms.machine import (
    Counted,
    Deliver,
    Moment,
    Noted,
    Output,
    PmsMachine,
    Reconnect,
    StateChanged,
    Told,
    Transmit,
)
from firmware.pms.mitel.machine import MitelMachine
from firmware.pms.mitel.settings import MitelSettings
from firmware.pms.model import News, PmsEvent

SIGNS = {"STX": b"\x02", "ETX": b"\x03", "ENQ": b"\x05", "ACK": b"\x06", "NAK": b"\x15"}
NOON = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
wall = datetime.fromisoformat


def data(words: str) -> bytes:
    """Bytes of one step."""
    return b"".join(SIGNS.get(word) or frame(word.replace("_", " ")) for word in words.split("+"))


def frame(text: str, encoding: str = "ascii") -> bytes:
    return b"\x02" + text.encode(encoding) + b"\x03"


class Link:
    """`refusals`: what the hotel says to its events, room by room."""

    def __init__(
        self, settings: MitelSettings | None = None, start: datetime = NOON, waits: Sequence[float] = (), **site: object
    ) -> None:
        settings = settings or MitelSettings(**site)  # type: ignore[arg-type]
        self.machine: PmsMachine = MitelMachine(settings, iter(waits) if waits else None)
        self.start, self.seconds = start, 1000.0
        self.refusals: dict[str, str] = {}
        self.sent: list[bytes] = []
        self.events: list[PmsEvent] = []
        self.told: list[Told] = []
        self.states: list[str] = []
        self.reconnects = 0
        self.counted: list[tuple[str, str]] = []
        self.notes: list[Noted] = []
        self.do(self.machine.connected(self.now))

    @property
    def now(self) -> Moment:
        return Moment(self.seconds, self.start + timedelta(seconds=self.seconds - 1000))

    @property
    def state(self) -> str:
        return self.machine.state

    def do(self, outputs: list[Output]) -> None:
        """Carry outputs out as the contract asks: events first, then their answers."""
        while outputs:
            events = [output.event for output in outputs if isinstance(output, Deliver)]
            for output in outputs:
                self._keep(output)
            if not events:
                return
            self.events += events
            answers = [self.refusals.get(getattr(event, "room", "")) for event in events]
            outputs = self.machine.handled(answers, self.now)

    def _keep(self, output: Output) -> None:
        if isinstance(output, Transmit):
            self.sent += [bytes((byte,)) for byte in output.data] if len(output.data) < 3 else [output.data]
        elif isinstance(output, Told):
            self.told.append(output)
        elif isinstance(output, StateChanged):
            self.states.append(output.state)
        elif isinstance(output, Counted):
            self.counted.append((output.what, output.kind))
        elif isinstance(output, Noted):
            self.notes.append(output)
        elif isinstance(output, Reconnect):
            self.reconnects += 1

    def receive(self, received: bytes) -> None:
        self.do(self.machine.received(received, self.now))

    def wait(self, seconds: float) -> None:
        """Time passes, and what falls due in it happens in time."""
        end = self.seconds + seconds
        while (deadline := self.machine.next_deadline()) is not None and deadline <= end + 1e-6:
            self.seconds = max(self.seconds, deadline)
            self.do(self.machine.tick(self.now))
        self.seconds = max(self.seconds, end)

    def tell(self, news: News) -> None:
        assert self.machine.takes_news()
        self.do(self.machine.tell(news, self.now))

    def lose(self) -> None:
        self.do(self.machine.lost(self.now))

    def connect(self) -> None:
        self.do(self.machine.connected(self.now))

    def talk(self, dialogue: str) -> None:
        """Go through a dialogue; whatever we have sent must stand in it, and nothing else."""
        for step in filter(None, map(str.strip, dialogue.splitlines())):
            if step.startswith("<"):
                self._nothing_unsaid(step)
                self.receive(data(step[1:].strip()))
            elif step.startswith(">"):
                wanted = data(step[1:].strip())
                assert self.sent and self.sent[0] == wanted, f"{step}, but: {self.sent}"
                del self.sent[0]
            else:
                self._nothing_unsaid(step)
                self.wait(float(step.removesuffix("s")))
        self._nothing_unsaid("the end")

    def _nothing_unsaid(self, step: str) -> None:
        assert not self.sent, f"before {step}: {self.sent}"

    def message(self, text: str, encoding: str = "ascii") -> PmsEvent | None:
        """The PMS sends a message, which is to be acknowledged; what the hotel was told of it."""
        before = len(self.events)
        self.receive(b"\x05" + frame(text, encoding))
        assert self.sent == [b"\x06", b"\x06"], (text, self.sent)
        self.sent.clear()
        self.wait(0.1)
        new = self.events[before:]
        assert len(new) <= 1
        return new[0] if new else None

    def outcomes(self) -> list[str]:
        outcomes = [told.outcome for told in self.told]
        self.told.clear()
        return list(outcomes)
