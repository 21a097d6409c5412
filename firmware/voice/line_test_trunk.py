"""The test of a company line: its feed and noise while it rests; seized, dial tone, loop current and echo return.

Nothing is dialled. What comes back of the port's own sound is measured beside the dial tone, by three tones that no
digit and no signalling of an exchange has, and the line is released within 3 s.
"""

from __future__ import annotations

from collections.abc import Callable
from statistics import fmean

from boardsupport.fxo import LineMeasured
from firmware.voice.line_events import LineEvent
from firmware.voice.line_test import NOISE_MS, LineTest, Means
from firmware.voice.line_test_sound import NoiseMeter, ToneMeter
from firmware.voice.trunk import Trunk
from firmware.voice.trunk_health import UNUSABLE
from firmware.voice.trunk_table import Input, State

DEAD_VOLTS = 3.0
"""The chip shows less as none."""
CURRENT_AFTER_MS = 700
"""From the seizure on; before that the current is what charges the cable."""
PROBE_HZ = (1060.0, 1560.0, 1880.0)
PROBE_DBM0 = -13.0
PROBE_BLOCKS, SETTLE_BLOCKS = 16, 8
"""The way there and back through the highway, and the echo's own 8 ms, take less than `SETTLE_BLOCKS`."""
PATIENCE_MS = 12_000
RESTING = (State.LISTENING, State.GUARD)
"""Of a call that is over, or of the test before: soon it is idle."""
SEIZED = (State.SEIZING, State.AWAITING, State.TESTING)


class TrunkLineTest(LineTest):
    """`_step` is what a block does now."""

    def __init__(self, trunk: Trunk, means: Means) -> None:
        super().__init__(trunk.name, means)
        self._trunk = trunk
        self._noise = NoiseMeter()
        self._open_ns: int | None = None
        self._current_asked = False
        self._probes = list(PROBE_HZ)
        self._meter: ToneMeter | None = None
        self._settling = 0
        self._losses: list[float] = []
        self._step: Callable[[], None] = self._rest
        self._rest()

    def event(self, event: LineEvent) -> None:
        if not isinstance(event, LineMeasured):
            return
        if event.reading is None:
            self._end("absent")
        elif self._trunk.off_hook and self._step == self._seized:
            self._readings["loop-current"] = event.reading.milliamperes
        elif self._step == self._wait:
            self._measured(abs(event.reading.volts), event.live)

    def _measured(self, volts: float, live: bool) -> None:
        self._readings["line-voltage"] = volts
        if not live:
            self._end("out-of-service", self._why())
        elif volts < DEAD_VOLTS or UNUSABLE & self._trunk.alarms.keys():
            self._end("dead", self._why())
        elif self._trunk.state is State.IN_USE:
            self._end("in-use")
        else:
            self._step = self._listen

    def block(self) -> None:
        if self._trunk.call is not None:
            self._end("aborted", "a call has the line")
        elif self._ms(self._began_ns) > PATIENCE_MS:
            self._too_long()
        else:
            self._step()

    def _too_long(self) -> None:
        if self._step == self._rest:
            self._end("in-use")
        else:
            self._end("absent", "the port has given no answer")

    # ---- the steps

    def _rest(self) -> None:
        if self._trunk.state not in RESTING:
            self._began_ns = self._means.now_ns()
            self._step = self._wait
            self._means.lines.report(self.endpoint)

    def _wait(self) -> None:
        """For what the port measures."""

    def _listen(self) -> None:
        """The line rests."""
        if self._trunk.state is not State.IDLE:
            self._end("in-use")
            return
        self._noise.take(self._means.media.samples(self._trunk.index))
        if self._noise.blocks * 10 >= NOISE_MS:
            self._readings["noise"] = self._noise.dbm0
            self._step = self._seized
            self._trunk.do(Input.TEST)

    def _seized(self) -> None:
        state, now = self._trunk.state, self._means.now_ns()
        if state not in SEIZED:
            self._end("no-dial-tone", self._why())
            return
        if state is State.SEIZING:
            return
        if self._open_ns is None:
            self._open_ns = now
        if state is State.TESTING and "dial-tone" not in self._readings:
            self._readings["dial-tone"] = self._ms(self._open_ns)
        if not self._current_asked and self._ms(self._open_ns) >= CURRENT_AFTER_MS:
            self._current_asked = True
            self._means.lines.report(self.endpoint)
        if state is State.TESTING and "loop-current" in self._readings:
            self._means.media.cancel_echo(self._trunk.index, False)
            self._step = self._probe

    def _probe(self) -> None:
        if self._trunk.state is not State.TESTING:
            self._end("aborted", "the exchange has taken the line away")
        elif self._meter is None:
            self._next_probe()
        elif self._settling < SETTLE_BLOCKS:
            self._settling += 1
        else:
            self._meter.take(self._means.media.samples(self._trunk.index))
            if self._meter.full:
                self._losses.append(PROBE_DBM0 - self._meter.dbm0)
                self._meter = None

    def _next_probe(self) -> None:
        if self._probes:
            hz = self._probes.pop(0)
            self._meter, self._settling = ToneMeter(hz, PROBE_BLOCKS), 0
            self._means.fabric.play(self._trunk.index, self._means.media.test_tone(hz, PROBE_DBM0))
        else:
            self._readings["echo-return-loss"] = fmean(self._losses)
            self._end("done", self._why())

    def _leave(self) -> None:
        """A call that has the line meanwhile keeps it."""
        if self._step == self._probe:
            self._means.media.cancel_echo(self._trunk.index, True)
        if self._trunk.call is None and self._trunk.state in SEIZED:
            self._means.fabric.play(self._trunk.index, None)
            self._trunk.do(Input.RELEASE)

    def _why(self) -> str:
        return "; ".join(f"{kind}: {text}" for kind, text in self._trunk.alarms.items())
