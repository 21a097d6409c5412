"""The linefeed and the ringing generator of one port in service: ringing, on-hook transmission, lamps."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from boardsupport.bus import BusError
from boardsupport.chores import Chores, Sleep
from boardsupport.port import CallerIdWindow, FaultKind, LampKind, PortEvent, RingBurst, RingPlan
from boardsupport.ringing import RingScheduler
from boardsupport.si3210.chip import Si3210
from boardsupport.si3210.line import LineWish
from boardsupport.si3210.regs import Linefeed
from boardsupport.si3210.ring_cycle import RingCycle
from boardsupport.si3210.ringer import RingerSettings, neon

OHT_SETTLE_S = 0.05
CURRENT_SAMPLES_S = (0.105, 0.112, 0.114, 0.112)
"""Moments within a burst at which ringing current is looked for, at different phases of any ringing frequency."""
ACTIVE = (Linefeed.FORWARD_ACTIVE, Linefeed.REVERSE_ACTIVE)


class LineControl:
    """Turns wishes into linefeed states. `failed` is told of a bus that fails, `rang` of a burst's currents in mA."""

    def __init__(
        self,
        chip: Si3210,
        chores: Chores,
        scheduler: RingScheduler,
        emit: Callable[[PortEvent], None],
        failed: Callable[[FaultKind, str], None],
        rang: Callable[[list[float]], None],
        clock: Callable[[], int],
        sleep: Sleep,
    ) -> None:
        self.wish = LineWish()
        self.fed = False
        """In service, and the line not taken away for a moment."""
        self.written = Linefeed.OPEN
        """What was last written to the chip."""
        self.generator = asyncio.Lock()
        """Held while the ringing generator changes hands, and by whoever takes the line away."""
        self._chip = chip
        self._chores = chores
        self._scheduler = scheduler
        self._emit = emit
        self._failed = failed
        self._rang = rang
        self._clock = clock
        self._sleep = sleep
        self._bell = chip.settings.bell
        self._neon = neon(self._bell)
        self._ringer: RingerSettings | None = None
        self._told: RingBurst | None = None
        """The burst that is on the line, as far as the listener was told."""

    def take(self, off_hook: bool, found: LineWish | None, ringer: RingerSettings | None) -> None:
        """The chip has come into service with its generator set so; `found`: the lamps of a warm chip."""
        lamps = self.wish if found is None else found
        self.wish = LineWish(
            lifted=off_hook, polarity_lamp=lamps.polarity_lamp, neon_lamp=lamps.neon_lamp,
            neon_ready=ringer == self._neon,
        )  # fmt: skip
        self._ringer = ringer
        self.feed()

    def feed(self) -> None:
        """Write the wished linefeed, whatever the chip has now; a lamp may have been switched meanwhile."""
        self.fed = True
        self.written = Linefeed.OPEN
        self.apply()
        self.settle_lamp()

    def leave(self) -> None:
        """The line is out of service: nothing of a call is left of the wishes."""
        self.fed = False
        self.end_ring()
        self.end_transmit()

    def apply(self) -> None:
        """Write the linefeed that the line should have, if it is another one."""
        wanted = self.wish.linefeed
        if not self.fed or wanted == self.written:
            return
        self.written = wanted
        try:
            self._chip.set_linefeed(wanted)
        except BusError as failure:
            self._failed("chip-absent", str(failure))

    # --- hook ---

    def lifted(self) -> None:
        """The handset is up: ringing and on-hook transmission are over."""
        self.wish.lifted = True
        self.end_ring()
        self.end_transmit()
        self.apply()

    def replaced(self) -> None:
        self.wish.lifted = False
        self.apply()
        self.settle_lamp()

    # --- ringing ---

    def ring(self, plan: RingPlan) -> None:
        """Begin to ring; replaces a ringing under way. Raises ValueError for a cadence that is none."""
        cycle = RingCycle(plan, self._scheduler, self, self._burst_event, self._sleep, self._clock)
        self.end_ring()
        self.end_transmit()
        self.wish.ringing = True
        self._chores.run("ring", self._ring(cycle))

    def end_ring(self) -> None:
        """Forget the ringing; the caller applies what follows."""
        self._chores.cancel("ring")
        self._chores.cancel("current")
        self.wish.burst = self.wish.ringing = self.wish.caller_id_reversal = False
        if self._told is not None:
            self._burst_event(RingBurst(self._clock(), False, self._told.number))

    def burst(self, on: bool) -> None:
        """RingingLine: ringing voltage on, or on-hook transmission."""
        self.wish.burst = on
        self.apply()
        if on:
            self._chores.run("current", self._watch_current())

    def reverse(self) -> None:
        """RingingLine: the line reversal before a caller-id burst."""
        self.wish.caller_id_reversal = True
        self.apply()

    def quiet(self) -> None:
        """RingingLine: on-hook transmission before the first burst."""
        self.apply()

    async def _ring(self, cycle: RingCycle) -> None:
        async with self.generator:
            await self._use(self._bell)
        await cycle.run()

    def _burst_event(self, event: PortEvent) -> None:
        if isinstance(event, RingBurst):
            self._told = event if event.on else None
        self._emit(event)

    async def _watch_current(self) -> None:
        found: list[float] = []
        for pause in CURRENT_SAMPLES_S:
            await self._sleep(pause)
            if not self.wish.burst:
                break
            found.append(self._chip.loop_current_ma())
        if len(found) > 1:
            self._rang(found)

    # --- test ---

    def begin_test(self) -> None:
        """Lamps rest while the pair is measured."""
        self.wish.testing = True
        self.apply()

    def end_test(self) -> None:
        """As before; what the test has rung falls silent, and what was to be heard of the pair was heard."""
        self.wish.testing = False
        self.end_ring()
        self.end_transmit()
        self.apply()
        self.settle_lamp()

    # --- on-hook transmission ---

    def transmit(self, ms: int) -> None:
        """On-hook transmission for that long, with a window when the line has settled."""
        self.wish.transmit = True
        self.apply()
        self._chores.later("window", OHT_SETTLE_S, lambda: self._emit(CallerIdWindow(self._clock())))
        self._chores.later("transmit", OHT_SETTLE_S + ms / 1000, self._transmitted)

    def end_transmit(self) -> None:
        """Forget the transmission; the caller applies what follows."""
        self._chores.cancel("window")
        self._chores.cancel("transmit")
        self.wish.transmit = False

    def _transmitted(self) -> None:
        self.wish.transmit = False
        self.apply()
        self.settle_lamp()

    # --- lamps ---

    def set_lamp(self, kind: LampKind, lit: bool) -> None:
        """Neon or polarity; kept while the line is out of service."""
        if kind == "polarity":
            self.wish.polarity_lamp = lit
        else:
            self.wish.neon_lamp = lit
        self.apply()
        self.settle_lamp()

    def settle_lamp(self) -> None:
        """Give the ringing generator to whom it belongs now."""
        wanted = self._neon if self.wish.neon_wanted else self._bell
        if self.fed and self._ringer != wanted and not self.wish.ringing:
            self._chores.run("lamp", self._change_ringer())

    async def _change_ringer(self) -> None:
        async with self.generator:
            await self._use(self._neon if self.wish.neon_wanted else self._bell)
        self.apply()

    async def _use(self, ringer: RingerSettings) -> None:
        """Set the generator up; a line that is fed is in an active state while it changes. The lock is held."""
        if self._ringer == ringer:
            return
        self.wish.neon_ready = False
        self._ringer = None
        if self.fed and self.written not in ACTIVE:
            self.written = Linefeed.FORWARD_ACTIVE
            self._chip.set_linefeed(Linefeed.FORWARD_ACTIVE)
        await self._chip.set_ringer(ringer)
        self._ringer = ringer
        self.wish.neon_ready = ringer == self._neon
