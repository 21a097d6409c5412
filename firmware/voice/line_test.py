"""One line test in voice: what both kinds have in common, and the test of a telephone's pair."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass

from boardsupport.port import PairInUse, PairReading, PairTested
from firmware.gateway.messages import LineTested, LineTestOutcome, Reading, ReadingName
from firmware.voice.fabric import Fabric
from firmware.voice.line_events import LineEvent
from firmware.voice.line_test_sound import NoiseMeter
from firmware.voice.surroundings import Lines, Media
from firmware.voice.telephone import State, Telephone

NS_PER_MS = 1_000_000
NOISE_MS = 300
OPENING_MS = 150
"""From the order for on-hook transmission until the line has settled."""
PATIENCE_MS = 25_000
"""A port that has told nothing by then will not; its bells may have to wait for others."""
NEEDS_NOTHING = frozenset({State.ON_HOOK, State.OUT_OF_SERVICE, State.INITIALISING})


@dataclass(frozen=True, slots=True)
class Means:
    """What a test works with. `tell` is given its outcome, once; `now_ns` is the core's time."""

    lines: Lines
    media: Media
    fabric: Fabric
    tell: Callable[[LineTested], None]
    now_ns: Callable[[], int]


class LineTest(ABC):
    """A test of one endpoint; it lasts until `over`."""

    def __init__(self, endpoint: str, means: Means) -> None:
        self.endpoint = endpoint
        self.over = False
        self._means = means
        self._began_ns = means.now_ns()
        self._readings: dict[ReadingName, float] = {}

    @abstractmethod
    def event(self, event: LineEvent) -> None:
        """Its port has told something."""

    @abstractmethod
    def block(self) -> None:
        """10 ms have passed."""

    def stop(self) -> None:
        """The line is wanted, or the test is not any more."""
        self._end("aborted")

    @abstractmethod
    def _leave(self) -> None:
        """Give the line back."""

    def _ms(self, since_ns: int) -> float:
        return (self._means.now_ns() - since_ns) / NS_PER_MS

    def _end(self, outcome: LineTestOutcome, text: str = "") -> None:
        if self.over:
            return
        self.over = True
        self._leave()
        readings = tuple(Reading(name=name, value=round(value, 2)) for name, value in self._readings.items())
        self._means.tell(
            LineTested(
                endpoint=self.endpoint, outcome=outcome, readings=readings, at_ns=self._means.now_ns(), text=text
            )
        )


class PairLineTest(LineTest):
    """Of a telephone: its port measures the pair, then the noise on it is heard."""

    def __init__(self, telephone: Telephone, ring: bool, means: Means) -> None:
        super().__init__(telephone.name, means)
        self._telephone = telephone
        self._noise = NoiseMeter()
        self._listen_ns: int | None = None
        self._refused = False
        means.lines.test_pair(telephone.name, ring)

    def event(self, event: LineEvent) -> None:
        if isinstance(event, PairInUse):
            self._refused = True
            self._end("in-use")
        elif isinstance(event, PairTested) and self._listen_ns is None:
            self._tested(event)

    def _tested(self, event: PairTested) -> None:
        if event.reading is None:
            self._end("absent")
            return
        self._note(event.reading)
        if event.fed:
            self._listen_ns = self._means.now_ns() + OPENING_MS * NS_PER_MS
            self._means.lines.transmit_on_hook(self.endpoint, OPENING_MS + NOISE_MS)
        else:
            self._end("foreign-voltage" if event.reading.foreign else "out-of-service", self._why())

    def block(self) -> None:
        if self._telephone.state not in NEEDS_NOTHING:
            self._end("aborted")
        elif self._listen_ns is None:
            if self._ms(self._began_ns) > PATIENCE_MS:
                self._end("absent", "the port has given no answer")
        elif self._means.now_ns() >= self._listen_ns:
            self._noise.take(self._means.media.samples(self._telephone.index))
            if self._noise.blocks * 10 >= NOISE_MS:
                self._readings["noise"] = self._noise.dbm0
                self._end("done", self._why())

    def _leave(self) -> None:
        """What has the line of a port that refused the test keeps it."""
        if not self._refused:
            self._means.lines.end_test(self.endpoint)

    def _note(self, reading: PairReading) -> None:
        values: dict[ReadingName, float | None] = {
            "foreign-dc": reading.foreign_dc,
            "foreign-ac": reading.foreign_ac,
            "on-hook-voltage": reading.on_hook_v,
            "leak-current": reading.leak_ma,
            "ringer-current": reading.ring_ma,
            "ringer-load": reading.ringers,
        }
        self._readings.update({name: value for name, value in values.items() if value is not None})

    def _why(self) -> str:
        """What the port has said of its faults."""
        return "; ".join(f"{kind}: {text}" for kind, text in self._telephone.alarms.items())
