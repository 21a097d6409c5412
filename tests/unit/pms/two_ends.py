"""A machine of ours at one end, the bench's PMS at the other, and a wire that takes its time; hours pass in no time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from firmware.pms.fias.machine import FiasMachine
from firmware.pms.fias.settings import FiasSettings
from firmware.pms.machine import Counted, Deliver, Moment, Output, PmsMachine, Reconnect, StateChanged, Told, Transmit
from firmware.pms.mitel.machine import MitelMachine
from firmware.pms.mitel.settings import MitelSettings
from firmware.pms.model import News, PmsEvent, Posting
from tests.unit.bench_pms.rig import Call, Rig

FLIGHT_S = 0.004
"""From one end to the other, besides the bytes themselves."""


class Ends:
    """`byte_s`: how long a byte takes. Events are kept at once. A connection that is lost comes back after 1 s."""

    def __init__(self, machine: PmsMachine, byte_s: float, **settings: Any) -> None:
        rig = Rig(**settings)
        self.rig, self.pms, self.clock, self.machine = rig, rig.pms, rig.clock, machine
        self.events: list[PmsEvent] = []
        self.told: list[Told] = []
        self.counted: Counter[tuple[str, str]] = Counter()
        self.states: list[str] = []
        self.reconnects: list[str] = []
        self.news: list[News] = []
        self.postings: list[Posting] = []
        self._byte_s = byte_s
        self._free_at = {"to": 0.0, "from": 0.0}
        self._tick: Call | None = None
        rig.line.write = lambda data: self._carry("from", data, self._arrived)
        self.connect()

    @property
    def now(self) -> Moment:
        return Moment(self.clock.seconds, self.clock.now())

    def connect(self) -> None:
        self._do(self.machine.connected(self.now))
        self.rig.line.plug_in()

    def pass_(self, seconds: float) -> None:
        self.clock.pass_(seconds)

    def every(self, seconds: float, times: int, act: Callable[[int], None]) -> None:
        for number in range(times):
            self.clock.later(seconds * (number + 1), lambda number=number: act(number))  # type: ignore[misc]

    def tell(self, news: News) -> None:
        self.news.append(news)
        self._do([])

    def post(self, posting: Posting) -> None:
        self.postings.append(posting)
        self._do([])

    def _carry(self, way: str, data: bytes, arrive: Callable[[bytes], None]) -> None:
        """Bytes do not overtake one another."""
        self._free_at[way] = max(self._free_at[way], self.clock.seconds) + len(data) * self._byte_s
        self.clock.later(self._free_at[way] + FLIGHT_S - self.clock.seconds, lambda: arrive(data))

    def _arrived(self, data: bytes) -> None:
        self._do(self.machine.received(data, self.now))

    def _do(self, outputs: list[Output]) -> None:
        while outputs:
            events = [output.event for output in outputs if isinstance(output, Deliver)]
            self.events += events
            for output in outputs:
                self._one(output)
            outputs = self.machine.handled([None] * len(events), self.now) if events else []
        if self.news and self.machine.takes_news():
            self._do(self.machine.tell(self.news.pop(0), self.now))
        elif self.postings and self.machine.takes_posting():
            self._do(self.machine.post(self.postings.pop(0), False, self.now))
        self._set_alarm()

    def _set_alarm(self) -> None:
        if self._tick is not None:
            self._tick.cancel()
        deadline = self.machine.next_deadline()
        if deadline is not None:
            wait_s = max(0.0, deadline - self.clock.seconds)
            self._tick = self.clock.later(wait_s, lambda: self._do(self.machine.tick(self.now)))

    def _one(self, output: Output) -> None:
        match output:
            case Transmit(data):
                self._carry("to", data, self.pms.received)
            case Told():
                self.told.append(output)
            case Counted(what, kind):
                self.counted[what, kind] += 1
            case StateChanged(state):
                self.states.append(state)
            case Reconnect(why):
                self.reconnects.append(why)
                self.clock.later(1, self.connect)
            case _:
                pass


def fias(serial: bool = False) -> Ends:
    settings: dict[str, Any] = {"pty": Path("line")} if serial else {"listen": "x:1"}
    machine = FiasMachine(FiasSettings(serial=serial), lambda count: bytes(count))
    return Ends(machine, 10 / 9600 if serial else 0.0, protocol="fias", **settings)


def mitel(byte_s: float = 10 / 9600) -> Ends:
    return Ends(MitelMachine(MitelSettings()), byte_s, protocol="mitel", connect="x:1")
