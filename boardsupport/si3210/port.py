"""A telephone port on an Si3210: the verbs and events of `boardsupport.port.FxsPort` over the chip.

`keeper.py` brings the chip into service and back; this file is the line while it is in service.
"""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Callable

from boardsupport.bus import BusError
from boardsupport.port import (
    CallerIdWindow,
    FaultKind,
    LampKind,
    Lifted,
    PortEvent,
    PortStateError,
    Replaced,
    RingBurst,
    RingPlan,
)
from boardsupport.ringing import RingScheduler
from boardsupport.si3210 import regs
from boardsupport.si3210.access import ChipError, NoClockError, Sleep
from boardsupport.si3210.bringup import FOREIGN_VOLTS
from boardsupport.si3210.chip import CalibrationResults, LineReading, LineState, Si3210
from boardsupport.si3210.faults import MOST_POWER_ALARMS, FaultLog, PowerAlarms
from boardsupport.si3210.hook import HookMachine, HookTimes
from boardsupport.si3210.keeper import Keeper, Trouble, recalibrate
from boardsupport.si3210.line import LineWish
from boardsupport.si3210.line_watch import LineWatch, Verdict
from boardsupport.si3210.regs import Linefeed
from boardsupport.si3210.reset import ResetLine
from boardsupport.si3210.ring_cycle import RingCycle
from boardsupport.si3210.ringer import RingerSettings, neon
from boardsupport.si3210.service import LineService
from boardsupport.si3210.timers import Chores

NS = 1_000_000_000
DEAF_NS = 150_000_000
"""After ring trip or a power alarm the loop detector needs its debounce time before an open loop is believed."""
VERIFY_S = 0.2
POWER_BACKOFF_S = 0.25
"""How long the output transistors cool before the line is fed again."""
POWER_QUIET_S = 10.0
OHT_SETTLE_S = 0.05
CALIBRATE_AFTER_S = 5.0
CALIBRATE_AGAIN_S = 60.0
CURRENT_SAMPLES_S = (0.105, 0.112, 0.114, 0.112)
"""Moments within a burst at which ringing current is looked for, at different phases of any ringing frequency."""


class Si3210Port:
    """One telephone. Lives on the line thread's loop; see `boardsupport.port.FxsPort` for the verbs."""

    def __init__(
        self,
        socket: str,
        timeslot: int,
        chip: Si3210,
        times: HookTimes,
        scheduler: RingScheduler,
        service: LineService,
        interrupt_pin: int,
        reset: ResetLine,
        calibration: CalibrationResults | None,
        keep: Callable[[str, CalibrationResults], None],
        clock: Callable[[], int],
        sleep: Sleep,
    ) -> None:
        self.socket = socket
        self.timeslot = timeslot
        self.access = chip.access
        self.live = False
        self._chip = chip
        self._scheduler = scheduler
        self._service = service
        self._interrupt_pin = interrupt_pin
        self._clock = clock
        self._sleep = sleep
        self._times = times
        self._listener: Callable[[PortEvent], None] = lambda event: None
        self._chores = Chores(sleep, self._chore_failed)
        self._faults = FaultLog(self._emit, clock)
        self._power_alarms = PowerAlarms()
        self._keeper = Keeper(socket, chip, reset, self._faults, self, calibration, keep)
        self._bell = chip.settings.bell
        self._neon = neon(self._bell)
        self._ringer: RingerSettings | None = self._bell
        self._generator = asyncio.Lock()
        """Held while the ringing generator changes hands, and through a late calibration."""
        self._hook = HookMachine(times)
        self._watch = LineWatch()
        self._wish = LineWish()
        self._written = Linefeed.OPEN
        self._busy = False
        """The line is taken away for a moment: power alarm, late calibration."""
        self._deaf_until_ns = 0
        self._burst_number = 0

    # --- verbs ---

    def listen(self, listener: Callable[[PortEvent], None]) -> None:
        """Give all events to this one."""
        self._listener = listener

    async def start(self) -> None:
        """See `FxsPort.start`; goes on trying by itself afterwards where that can help."""
        self._service.attach(self, self._interrupt_pin)
        await self._keeper.start()

    async def stop(self) -> None:
        """See `FxsPort.stop`."""
        self.live = False
        self._service.detach(self)
        self._chores.cancel_all()
        await self._keeper.stop()

    def ring(self, plan: RingPlan) -> None:
        """See `FxsPort.ring`. A ringing under way is replaced. Raises ValueError for a cadence that is none."""
        self._demand_service()
        if self._hook.lifted:
            raise PortStateError(f"{self.socket}: the handset is lifted")
        self._end_ring()
        self._end_transmit()
        cycle = RingCycle(plan, self._scheduler, self, self._emit_burst, self._sleep, self._clock)
        self._wish.ringing = True
        self._chores.run("ring", self._ring(cycle))

    def stop_ring(self) -> None:
        """See `FxsPort.stop_ring`; nothing happens if it doesn't ring."""
        if self._wish.ringing:
            self._end_ring()
            self._apply()
            self._settle_lamp()

    def set_lamp(self, kind: LampKind, lit: bool) -> None:
        """See `FxsPort.set_lamp`; kept also while the port is out of service."""
        if kind == "fsk":
            raise PortStateError("an FSK lamp is a message in the audio, which the port does not send")
        if kind == "polarity":
            self._wish.polarity_lamp = lit
        else:
            self._wish.neon_lamp = lit
        if self.live:
            self._apply()
            self._settle_lamp()

    def transmit_on_hook(self, ms: int) -> None:
        """See `FxsPort.transmit_on_hook`."""
        self._demand_service()
        if not self._wish.idle:
            raise PortStateError(f"{self.socket}: the line is in use")
        self._wish.transmit = True
        self._apply()
        self._chores.later("window", OHT_SETTLE_S, lambda: self._emit(CallerIdWindow(self._clock())))
        self._chores.later("transmit", OHT_SETTLE_S + ms / 1000, self._transmitted)

    def return_to_service(self) -> None:
        """See `FxsPort.return_to_service`. Raises PortStateError while the port works."""
        if self.live:
            raise PortStateError(f"{self.socket} is in service")
        self._power_alarms.forget()
        self._keeper.recall()

    # --- the keeper's side ---

    def entered_service(self, off_hook: bool, wish: LineWish | None, ringer: RingerSettings | None) -> None:
        """The chip works and its line is fed; `wish`: what a warm chip was found doing."""
        self._hook = HookMachine(self._times, off_hook)
        self._watch = LineWatch()
        if wish is not None:
            self._wish = wish
        self._wish = LineWish(
            lifted=off_hook, polarity_lamp=self._wish.polarity_lamp, neon_lamp=self._wish.neon_lamp,
            neon_ready=ringer == self._neon,
        )  # fmt: skip
        self._ringer = ringer
        self._busy = False
        self._written = Linefeed.OPEN
        self.live = True
        self._apply()
        self._settle_lamp()
        self._plan_calibration(CALIBRATE_AFTER_S)

    def left_service(self) -> None:
        """The chip is not usable now."""
        self.live = False
        self._chores.cancel_all()
        self._wish.burst = self._wish.ringing = self._wish.transmit = False

    def emit(self, event: PortEvent) -> None:
        """An event of the keeper's."""
        self._emit(event)

    # --- what the board's service tells ---

    def signalled(self, status: int, state: LineState, at_ns: int) -> None:
        """See `ServedPort.signalled`."""
        if self._busy or not self._alive(state):
            return
        if regs.POWER_ALARM_IRQ.of(status) and state.actual == Linefeed.OPEN:
            self._power_alarm(at_ns)
        elif regs.RING_TRIP_IRQ.of(status) or state.tripped:
            self._tripped(at_ns)
        elif state.sensing:
            self._loop(state.closed, at_ns)

    def polled(self, state: LineState, now_ns: int) -> None:
        """See `ServedPort.polled`."""
        if self._busy or not self._alive(state):
            return
        if regs.LF.of(state.linefeed) == Linefeed.OPEN:
            self._power_alarm(now_ns)
        elif state.tripped:
            self._tripped(now_ns)
        elif state.sensing:
            self._loop(state.closed, now_ns)

    def measured(self, reading: LineReading, now_ns: int) -> None:
        """See `ServedPort.measured`."""
        if self._busy or now_ns < self._deaf_until_ns or self._written not in _ACTIVE:
            return
        if self._hook.closed:
            self._tell(self._watch.closed(reading))
        elif not self._hook.lifted:
            self._tell(self._watch.idle(reading))
            if self._watch.unlike_ours(reading, self._wish.reversed):
                self._fail("foreign-voltage", f"{reading.tip_v:.0f} V and {reading.ring_v:.0f} V on the idle pair")

    def bus_failed(self, text: str) -> None:
        """See `ServedPort.bus_failed`."""
        self._fail("chip-absent", text)

    def _alive(self, state: LineState) -> bool:
        if state.absent:
            self._fail("chip-absent", "the chip does not answer any more")
        elif state.was_reset:
            self._fail("chip-reset", "the chip has reset itself")
        return self.live

    # --- hook ---

    def _loop(self, closed: bool, at_ns: int) -> None:
        if closed != self._hook.closed and (closed or at_ns >= self._deaf_until_ns):
            self._hook_events(self._hook.edge(closed, at_ns))

    def _tripped(self, at_ns: int) -> None:
        """The chip has stopped ringing by itself; whether the loop stays closed is looked at a little later."""
        self._deaf_until_ns = at_ns + DEAF_NS
        self._chores.later("verify", VERIFY_S, self._verify)
        self._loop(True, at_ns)

    def _verify(self) -> None:
        state = self._chip.line_state()
        if self.live and not self._busy and state.sensing:
            self._loop(state.closed, self._clock())

    def _hook_events(self, events: list[PortEvent]) -> None:
        for event in events:
            if isinstance(event, Lifted):
                self._lifted(event)
            else:
                if isinstance(event, Replaced):
                    self._replaced()
                self._emit(event)
        deadline = self._hook.deadline_ns
        if deadline is None:
            self._chores.cancel("hook")
        else:
            self._chores.later("hook", (deadline - self._clock()) / NS, self._hook_expired)

    def _hook_expired(self) -> None:
        self._hook_events(self._hook.expire(max(self._clock(), self._hook.deadline_ns or 0)))

    def _lifted(self, event: Lifted) -> None:
        ringing = self._wish.ringing
        self._wish.lifted = True
        self._end_ring()
        self._end_transmit()
        self._apply()
        self._tell(self._watch.lifted())
        self._emit(dataclasses.replace(event, ringing=ringing))
        self._settle_lamp()

    def _replaced(self) -> None:
        self._wish.lifted = False
        self._apply()
        self._settle_lamp()
        self._plan_calibration(CALIBRATE_AFTER_S)

    # --- linefeed, ringing, lamp ---

    def _apply(self) -> None:
        """Write the linefeed that the line should have, if it is another one."""
        wanted = self._wish.linefeed
        if self.live and not self._busy and wanted != self._written:
            self._written = wanted
            try:
                self._chip.set_linefeed(wanted)
            except BusError as failure:
                self._fail("chip-absent", str(failure))

    async def _ring(self, cycle: RingCycle) -> None:
        async with self._generator:
            await self._use(self._bell)
        await cycle.run()

    def burst(self, on: bool) -> None:
        """RingingLine: ringing voltage on, or on-hook transmission."""
        self._wish.burst = on
        self._apply()
        if on:
            self._chores.run("current", self._watch_current())

    def reverse(self) -> None:
        """RingingLine: the line reversal before a caller-id burst."""
        self._wish.caller_id_reversal = True
        self._apply()

    def quiet(self) -> None:
        """RingingLine: on-hook transmission before the first burst."""
        self._apply()

    def _end_ring(self) -> None:
        self._chores.cancel("ring")
        self._chores.cancel("current")
        on, wish = self._wish.burst, self._wish
        wish.burst = wish.ringing = wish.caller_id_reversal = False
        if on:
            self._emit(RingBurst(self._clock(), False, self._burst_number))

    def _emit_burst(self, event: PortEvent) -> None:
        if isinstance(event, RingBurst):
            self._burst_number = event.number
        self._emit(event)

    def _end_transmit(self) -> None:
        self._chores.cancel("window")
        self._chores.cancel("transmit")
        self._wish.transmit = False

    def _transmitted(self) -> None:
        self._wish.transmit = False
        self._apply()
        self._settle_lamp()

    def _settle_lamp(self) -> None:
        """Give the ringing generator to whom it belongs now."""
        wanted = self._neon if self._wish.neon_wanted else self._bell
        if self.live and self._ringer != wanted and not self._wish.ringing:
            self._chores.run("lamp", self._change_ringer())

    async def _change_ringer(self) -> None:
        async with self._generator:
            await self._use(self._neon if self._wish.neon_wanted else self._bell)
        self._apply()

    async def _use(self, ringer: RingerSettings) -> None:
        """Set the generator up; the line is in an active state while it changes. The lock is held."""
        if self._ringer == ringer:
            return
        self._wish.neon_ready = False
        self._ringer = None
        if self._written == Linefeed.RINGING:
            self._written = Linefeed.FORWARD_ACTIVE
            self._chip.set_linefeed(Linefeed.FORWARD_ACTIVE)
        await self._chip.set_ringer(ringer)
        self._ringer = ringer
        self._wish.neon_ready = ringer == self._neon

    async def _watch_current(self) -> None:
        found: list[float] = []
        for pause in CURRENT_SAMPLES_S:
            await self._sleep(pause)
            if not self._wish.burst:
                break
            found.append(self._chip.loop_current_ma())
        if len(found) > 1:
            self._tell(self._watch.burst(found))

    # --- power alarms, late calibration, trouble ---

    def _power_alarm(self, at_ns: int) -> None:
        """The chip has opened the line by itself."""
        self._end_ring()
        self._end_transmit()
        count = self._power_alarms.add(at_ns)
        self._faults.set("power-alarm", True, "the line drivers get too hot: the line was opened")
        if count >= MOST_POWER_ALARMS:
            self._fail("overload", f"{count} power alarms: out of service until somebody returns the port to service")
            return
        self._busy = True
        self._chores.later("power", POWER_BACKOFF_S, self._recover)

    def _recover(self) -> None:
        volts = max(self._chip.wire_volts())
        if volts > FOREIGN_VOLTS:
            self._fail("foreign-voltage", f"{volts:.0f} V on the pair while the port does not feed it")
            return
        self._chip.enable_interrupts()
        self._feed_again()
        self._chores.later("calm", POWER_QUIET_S, lambda: self._faults.set("power-alarm", False, "no more alarms"))

    def _feed_again(self) -> None:
        self._busy = False
        self._written = Linefeed.OPEN
        self._deaf_until_ns = self._clock() + DEAF_NS
        self._apply()
        self._chores.later("verify", VERIFY_S, self._verify)

    def _plan_calibration(self, seconds: float) -> None:
        if self.live and self._keeper.calibration is None and not self._hook.lifted:
            self._chores.later("calibrate", seconds, self._begin_calibration)

    def _begin_calibration(self) -> None:
        if not self.live or self._busy or not self._wish.idle:
            self._plan_calibration(CALIBRATE_AFTER_S)
            return
        self._chores.run("calibration", self._calibrate())

    async def _calibrate(self) -> None:
        """The first calibration of a chip that came into service with the handset lifted; the line is idle."""
        async with self._generator:
            self._busy = True
            done = await recalibrate(self._chip)
            if done is not None:
                self._keeper.calibrated(done)
        self._feed_again()
        if done is None:
            self._plan_calibration(CALIBRATE_AGAIN_S)

    def _chore_failed(self, failure: BaseException) -> None:
        if isinstance(failure, NoClockError):
            self._fail("no-clock", str(failure))
        elif isinstance(failure, BusError | ChipError):
            self._fail("chip-absent", str(failure))
        else:
            raise failure

    def _fail(self, kind: FaultKind, text: str) -> None:
        if self.live:
            self.left_service()
            self._keeper.trouble(Trouble(kind, text))

    def _demand_service(self) -> None:
        if not self.live:
            raise PortStateError(f"{self.socket} is out of service")

    def _tell(self, verdicts: list[Verdict]) -> None:
        for verdict in verdicts:
            self._faults.set(verdict.kind, verdict.raised, verdict.text)

    def _emit(self, event: PortEvent) -> None:
        self._listener(event)


_ACTIVE = (Linefeed.FORWARD_ACTIVE, Linefeed.REVERSE_ACTIVE)
