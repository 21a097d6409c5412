"""Dialogues for docs/pms.md: a machine, a PMS that follows a script, a hotel that keeps what it is told, and a clock.

A line has the hotel's time, who speaks (`PMS`, `box`) and what is said. `=` says what has come of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import msgspec
from msgspec import UNSET

from firmware.pms.fias.machine import FiasMachine
from firmware.pms.fias.serial_line import frame
from firmware.pms.fias.settings import FiasSettings
from firmware.pms.machine import Deliver, Moment, Output, PmsMachine, Reconnect, StateChanged, Told, Transmit
from firmware.pms.mitel.machine import MitelMachine
from firmware.pms.mitel.settings import MitelSettings
from firmware.pms.model import News, PmsEvent, Posting

START = datetime(2026, 3, 11, 7, 45, tzinfo=UTC)
LANES = {"posting": "charge:", "news": "news:"}
SIGNS = {5: "ENQ", 6: "ACK", 21: "NAK"}
ENQ, ACK, NAK = b"\x05", b"\x06", b"\x15"


class Dialogue:
    """`shown` makes lines of the bytes of one side; `refusals`: what the hotel says to events of a room."""

    def __init__(self, machine: PmsMachine, shown: Callable[[bytes], Iterator[str]]) -> None:
        self.lines: list[str] = []
        self.refusals: dict[str, str] = {}
        self._machine = machine
        self._shown = shown
        self._seconds = 0.0

    @property
    def now(self) -> Moment:
        return Moment(self._seconds, START + timedelta(seconds=self._seconds))

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    def without_signs(self) -> Dialogue:
        """ENQ, ACK and NAK left out of what is shown."""
        self.lines[:] = [line for line in self.lines if line.rpartition(" ")[2] not in SIGNS.values()]
        return self

    def connect(self) -> None:
        self._line("=", "connected")
        self._carry_out(self._machine.connected(self.now))

    def pms(self, *said: bytes) -> None:
        """Each in a read of its own."""
        for data in said:
            self._say("PMS", data)
            self._carry_out(self._machine.received(data, self.now))

    def wait(self, seconds: float) -> None:
        """Time passes; what is due happens at its moment."""
        end = self._seconds + seconds
        while (deadline := self._machine.next_deadline()) is not None and deadline <= end + 1e-6:
            self._seconds = max(deadline, self._seconds)
            self._carry_out(self._machine.tick(self.now))
        self._seconds = max(end, self._seconds)

    def post(self, posting: Posting, repeat: bool = False) -> None:
        assert self._machine.takes_posting()
        self._carry_out(self._machine.post(posting, repeat, self.now))

    def tell(self, *news: News) -> None:
        for item in news:
            assert self._machine.takes_news()
            self._carry_out(self._machine.tell(item, self.now))

    def held(self) -> None:
        """A charge is due, and may not go."""
        assert not self._machine.takes_posting()
        self._line("=", "charges wait")

    def _carry_out(self, outputs: list[Output]) -> None:
        while outputs:
            events = [output.event for output in outputs if isinstance(output, Deliver)]
            for output in outputs:
                self._show(output)
            answers = [self.refusals.get(getattr(event, "room", "")) for event in events]
            outputs = self._machine.handled(answers, self.now) if events else []

    def _show(self, output: Output) -> None:
        match output:
            case Transmit(data):
                self._say("box", data)
            case Deliver(event):
                refusal = self.refusals.get(getattr(event, "room", ""))
                self._line("=", plain(event) + (f"; refused: {refusal}" if refusal else ""))
            case Told(lane, outcome, status):
                self._line("=", ", ".join(filter(None, (f"{LANES[lane]} {outcome}", status))))
            case StateChanged(state):
                self._line("=", f"the link is {state}")
            case Reconnect(why):
                self._line("=", f"{why}: the connection is made anew")

    def _say(self, who: str, data: bytes) -> None:
        for said in self._shown(data):
            self._line(who, said)

    def _line(self, who: str, text: str) -> None:
        stamp = f"{self.now.local:%H:%M:%S.%f}"[:-5]
        self.lines.append(f"{stamp}  {who:3}  {text}".rstrip())


def plain(event: PmsEvent) -> str:
    """What it is and whatever it says: `check in: room 0412, name Holm`."""
    name = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", type(event).__name__).lower()
    said = ", ".join(f"{word.replace('_', ' ')} {value}" for word, value in _members(event))
    return f"{name}: {said}" if said else name


def _members(value: msgspec.Struct) -> Iterator[tuple[str, str]]:
    for info in msgspec.structs.fields(value):
        member = getattr(value, info.name)
        if isinstance(member, msgspec.Struct):
            yield from _members(member)
        elif member is None or isinstance(member, bool):
            if member != info.default:
                yield info.name, {True: "yes", False: "no", None: "none"}[member]
        elif member is not UNSET and member != info.default:
            yield info.name, str(member)


def fias(**settings: object) -> Dialogue:
    """Over TCP; with `serial`, over a cable, where the PMS acknowledges nothing by itself."""
    made = FiasSettings(**settings)  # type: ignore[arg-type]
    return Dialogue(FiasMachine(made, lambda count: bytes(count)), _records(made.serial))


def mitel(**settings: object) -> Dialogue:
    made = MitelSettings(**settings)  # type: ignore[arg-type]
    return Dialogue(MitelMachine(made), _texts)


def record(text: str) -> bytes:
    """As it goes over TCP."""
    return b"\x02" + text.encode() + b"\x03"


def checked(text: str) -> bytes:
    """As it goes over a cable."""
    return frame(text.encode())


def _records(serial: bool) -> Callable[[bytes], Iterator[str]]:
    def shown(data: bytes) -> Iterator[str]:
        while data:
            if data[0] != 2:
                yield SIGNS[data[0]]
                data = data[1:]
                continue
            end = data.index(3) + 1
            check = f"  LRC {data[end]:02X}h" if serial else ""
            yield data[1 : end - 1].decode() + check
            data = data[end + serial :]

    return shown


def _texts(data: bytes) -> Iterator[str]:
    """Texts in quotation marks, so that blanks are seen."""
    for sign, text in re.findall(rb"([\x05\x06\x15])|\x02([^\x03]*)\x03", data):
        yield SIGNS[sign[0]] if sign else f'"{text.decode()}"'
