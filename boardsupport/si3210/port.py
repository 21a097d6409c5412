"""A telephone port on an Si3210: the verbs and events of `boardsupport.port.FxsPort` over the chip.

`keeper.py` brings the chip into service and back; this file is the line while it is in service.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

from boardsupport.bus import BusError
from boardsupport.chores import Chores, Sleep
from boardsupport.faults import ChipError, FaultLog, NoClockError, Trouble
from boardsupport.port import (
    FaultKind,
    HookTimes,
    LampKind,
    Lifted,
    PairReading,
    PairTested,
    PortEvent,
    PortStateError,
    Replaced,
    RingPlan,
)
from boardsupport.reset import ResetLine
from boardsupport.ringing import RingScheduler
from boardsupport.si3210 import regs
from boardsupport.si3210.bringup import FOREIGN_VOLTS
from boardsupport.si3210.chip import CalibrationResults, LineReading, LineState, Si3210
from boardsupport.si3210.hook import HookMachine
from boardsupport.si3210.keeper import Keeper, recalibrate
from boardsupport.si3210.line import LineWish
from boardsupport.si3210.line_control import ACTIVE, LineControl
from boardsupport.si3210.line_test import PairTest, idle_voltage
from boardsupport.si3210.line_watch import LineWatch, Verdict
from boardsupport.si3210.power_alarms import MOST_POWER_ALARMS, PowerAlarms
from boardsupport.si3210.regs import Linefeed
from boardsupport.si3210.ringer import RingerSettings
from boardsupport.si3210.service import LineService

NS = 1_000_000_000
DEAF_NS = 150_000_000
"""After ring trip or a power alarm the loop detector needs its time: an open loop is believed from the next poll on."""
POWER_BACKOFF_S = 0.25
"""How long the output transistors cool before the line is fed again."""
POWER_QUIET_S = 10.0
CALIBRATE_AFTER_S = 5.0
CALIBRATE_AGAIN_S = 60.0


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
        self._service = service
        self._interrupt_pin = interrupt_pin
        self._clock = clock
        self._times = times
        self._listener: Callable[[PortEvent], None] = lambda event: None
        self._chores = Chores(sleep, self._chore_failed)
        self._faults = FaultLog(self._emit, clock)
        self._power_alarms = PowerAlarms()
        self._keeper = Keeper(socket, chip, reset, self._faults, self, calibration, keep, clock)
        self._line = LineControl(chip, self._chores, scheduler, self._emit, self._fail, self._rang, clock, sleep)
        self._hook = HookMachine(times)
        self._watch = LineWatch()
        self._deaf_until_ns = 0

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
        self.end_test()
        self._line.ring(plan)

    def stop_ring(self) -> None:
        """See `FxsPort.stop_ring`; nothing happens if it doesn't ring."""
        if self._line.wish.ringing:
            self._line.end_ring()
            self._line.apply()
            self._line.settle_lamp()

    def set_lamp(self, kind: LampKind, lit: bool) -> None:
        """See `FxsPort.set_lamp`; kept also while the port is out of service."""
        if kind == "fsk":
            raise PortStateError("an FSK lamp is a message in the audio, which the port does not send")
        self._line.set_lamp(kind, lit)

    def transmit_on_hook(self, ms: int) -> None:
        """See `FxsPort.transmit_on_hook`."""
        self._demand_service()
        if not self._line.wish.idle:
            raise PortStateError(f"{self.socket}: the line is in use")
        self._line.transmit(ms)

    def test_pair(self, ring: bool) -> None:
        """See `FxsPort.test_pair`."""
        if not self.live:
            self._chores.run("test", self._test_dead())
            return
        if not (self._line.fed and self._line.wish.idle) or self._hook.closed:
            raise PortStateError(f"{self.socket}: the line is in use")
        self._chores.cancel("calibrate")
        self._line.begin_test()
        self._chores.run("test", self._test(ring))

    def end_test(self) -> None:
        """See `FxsPort.end_test`; nothing happens if there is none."""
        self._chores.cancel("test")
        if self._line.wish.testing or self._line.wish.transmit:
            self._line.end_test()
            self._plan_calibration(CALIBRATE_AFTER_S)

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
        self.live = True
        self._line.take(off_hook, wish, ringer)
        self._plan_calibration(CALIBRATE_AFTER_S)

    def left_service(self) -> None:
        """The chip is not usable now."""
        self.live = False
        self._chores.cancel_all()
        self._line.leave()

    def emit(self, event: PortEvent) -> None:
        """An event of the keeper's."""
        self._emit(event)

    # --- what the board's service tells ---

    def signalled(self, status: int, state: LineState, at_ns: int) -> None:
        """See `ServedPort.signalled`."""
        self._observe(state, state.tripped or bool(regs.RING_TRIP_IRQ.of(status)), at_ns)

    def polled(self, state: LineState, now_ns: int) -> None:
        """See `ServedPort.polled`."""
        self._observe(state, state.tripped, now_ns)

    def measured(self, reading: LineReading, now_ns: int) -> None:
        """See `ServedPort.measured`."""
        if not self._line.fed or now_ns < self._deaf_until_ns or self._line.written not in ACTIVE:
            return
        if self._hook.closed:
            self._tell(self._watch.closed(reading))
        elif not self._hook.lifted:
            self._tell(self._watch.idle(reading))
            if self._watch.unlike_ours(reading, self._line.wish.reversed):
                self._fail("foreign-voltage", f"{reading.tip_v:.0f} V and {reading.ring_v:.0f} V on the idle pair")

    def bus_failed(self, text: str) -> None:
        """See `ServedPort.bus_failed`."""
        self._fail("chip-absent", text)

    def _observe(self, state: LineState, tripped: bool, at_ns: int) -> None:
        """What the chip has done about its line by itself, or sees on it."""
        if not (self._line.fed and self._alive(state)):
            return
        if regs.LF.of(state.linefeed) == Linefeed.OPEN:
            self._power_alarm(at_ns)
        elif tripped:
            self._tripped(at_ns)
        elif state.sensing:
            self._loop(state.closed, at_ns)

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
        """The chip has stopped ringing by itself."""
        self._deaf_until_ns = at_ns + DEAF_NS
        self._loop(True, at_ns)

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
        ringing = self._line.wish.ringing
        self.end_test()
        self._line.lifted()
        self._tell(self._watch.lifted())
        self._emit(dataclasses.replace(event, ringing=ringing))
        self._line.settle_lamp()

    def _replaced(self) -> None:
        self._line.replaced()
        self._plan_calibration(CALIBRATE_AFTER_S)

    # --- power alarms, late calibration, trouble ---

    def _power_alarm(self, at_ns: int) -> None:
        """The chip has opened the line by itself."""
        self._line.end_ring()
        self._line.end_transmit()
        count = self._power_alarms.add(at_ns)
        self._faults.set("power-alarm", True, "the line was opened: look for a short to ground or to another pair")
        if count >= MOST_POWER_ALARMS:
            self._fail("overload", f"{count} power alarms: out of service until somebody returns the port to service")
            return
        self._line.fed = False
        self._chores.later("power", POWER_BACKOFF_S, self._recover)

    def _recover(self) -> None:
        volts = max(self._chip.wire_volts())
        if volts > FOREIGN_VOLTS:
            self._fail("foreign-voltage", f"{volts:.0f} V on the pair while the port does not feed it")
            return
        self._feed_again()
        self._chores.later("calm", POWER_QUIET_S, lambda: self._faults.set("power-alarm", False, "no more alarms"))

    async def _test(self, ring: bool) -> None:
        reading, fed = await PairTest(self._chip, self._line, self._chip.sleep, self._feed_tested).run(ring)
        if not fed:
            volts = max(reading.foreign_dc, reading.foreign_ac)
            self._fail("foreign-voltage", f"{volts:.0f} V on the pair while the port does not feed it")
        self.end_test()
        self._tested(reading, fed)

    def _feed_tested(self) -> None:
        if self.live:
            self._feed_again()

    async def _test_dead(self) -> None:
        self._tested(await idle_voltage(self._chip, self._chip.sleep), fed=False)

    def _tested(self, reading: PairReading | None, fed: bool) -> None:
        self._emit(PairTested(self._clock(), reading, fed))

    def _feed_again(self) -> None:
        self._deaf_until_ns = self._clock() + DEAF_NS
        self._line.feed()

    def _plan_calibration(self, seconds: float) -> None:
        if self.live and self._keeper.calibration is None and not self._hook.lifted:
            self._chores.later("calibrate", seconds, self._begin_calibration)

    def _begin_calibration(self) -> None:
        if not (self._line.fed and self._line.wish.idle):
            self._plan_calibration(CALIBRATE_AFTER_S)
            return
        self._chores.run("calibration", self._calibrate())

    async def _calibrate(self) -> None:
        """The first calibration of a chip that came into service with the handset lifted; the line is idle."""
        async with self._line.generator:
            self._line.fed = False
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

    def _rang(self, milliamperes: list[float]) -> None:
        self._tell(self._watch.burst(milliamperes))

    def _tell(self, verdicts: list[Verdict]) -> None:
        for verdict in verdicts:
            self._faults.set(verdict.kind, verdict.raised, verdict.text)

    def _emit(self, event: PortEvent) -> None:
        self._listener(event)
