"""Line tests, and bells and tones for a person who listens: what goes on beside the endpoints' own life.

An endpoint knows nothing of it: it stays idle (a company line is seized for a test as for a probe), and whatever needs
it has it at once; `give_way` is called before.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from firmware.gateway.messages import Ring, Signal, TestLine, TryBell, TryTone
from firmware.voice.line_events import LineEvent
from firmware.voice.line_test import NS_PER_MS, LineTest, Means, PairLineTest
from firmware.voice.line_test_trunk import TrunkLineTest
from firmware.voice.telephone import Telephone
from firmware.voice.trunk import Trunk


@dataclass(frozen=True, slots=True)
class _Trial:
    """A bell or a tone. `end` makes it silent."""

    until_ns: int
    end: Callable[[], None]


class LineTests:
    """At most one test or trial of each endpoint."""

    def __init__(self, means: Means) -> None:
        self._means = means
        self._tests: dict[str, LineTest] = {}
        self._trials: dict[str, _Trial] = {}

    def busy(self, endpoint: str) -> bool:
        return endpoint in self._tests or endpoint in self._trials

    def begin(self, endpoint: Telephone | Trunk, command: TestLine) -> None:
        """The endpoint is idle, or out of service."""
        if isinstance(endpoint, Trunk):
            self._tests[endpoint.name] = TrunkLineTest(endpoint, self._means)
        else:
            self._tests[endpoint.name] = PairLineTest(endpoint, command.ring, self._means)

    def ring(self, telephone: Telephone, command: TryBell) -> None:
        """The telephone is idle, and stays so for everybody else."""
        self._means.lines.ring(telephone.name, Ring(endpoint=telephone.name, kind="internal"))
        self._try(telephone, command.ms, lambda: self._means.lines.stop_ring(telephone.name))

    def tone(self, telephone: Telephone, command: TryTone) -> None:
        """Likewise."""
        source = self._means.media.source(Signal(tone=command.tone, repeat=True))
        self._means.lines.transmit_on_hook(telephone.name, command.ms)
        self._means.fabric.play(telephone.index, source)
        self._try(telephone, command.ms, lambda: self._means.fabric.play(telephone.index, None))

    def give_way(self, endpoint: str) -> None:
        """Something needs the endpoint, or a person says so: what goes on there is over."""
        trial = self._trials.pop(endpoint, None)
        if trial is not None:
            trial.end()
        test = self._tests.pop(endpoint, None)
        if test is not None:
            test.stop()

    def event(self, endpoint: str, event: LineEvent) -> None:
        """Its port has told something."""
        if (test := self._tests.get(endpoint)) is not None:
            test.event(event)
            self._forget_ended()

    def block(self) -> None:
        """10 ms have passed."""
        if not (self._tests or self._trials):
            return
        for test in list(self._tests.values()):
            test.block()
        self._forget_ended()
        now = self._means.now_ns()
        for endpoint in [name for name, trial in self._trials.items() if now >= trial.until_ns]:
            self._trials.pop(endpoint).end()

    def _try(self, telephone: Telephone, ms: int, end: Callable[[], None]) -> None:
        self._trials[telephone.name] = _Trial(self._means.now_ns() + ms * NS_PER_MS, end)

    def _forget_ended(self) -> None:
        self._tests = {name: test for name, test in self._tests.items() if not test.over}
