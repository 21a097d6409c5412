"""A company-line port on an Si3050: the verbs and events of `boardsupport.fxo.FxoPort` over the chip.

`keeper.py` brings the chip into service and back; this file is the line while it is in service. What the line does is
decided by `ring.py`, `feed.py` and `polarity.py`, what the port does to it by `hook.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from boardsupport.bus import BusError
from boardsupport.chores import Chores, Sleep
from boardsupport.faults import FaultLog, Trouble
from boardsupport.fxo import FxoEvent, InUse, LineMeasured, LineReading, Released, Seized
from boardsupport.port import FaultKind, PortStateError
from boardsupport.reset import ResetLine
from boardsupport.si3050.chip import LineState, Si3050, as_written, line_volts
from boardsupport.si3050.feed import FeedMachine, FeedState
from boardsupport.si3050.held import Held
from boardsupport.si3050.hook import HookMachine, HookVerb
from boardsupport.si3050.keeper import Keeper
from boardsupport.si3050.polarity import PolarityMachine
from boardsupport.si3050.ring import RingMachine, RingState
from boardsupport.si3050.service import LineService

FED_COUNTS = 3
"""Register 28: less is no loop current (the Linux driver of the Astribank)."""
SETTLING_RESERVE_S = 0.01
"""The chip counts its settling time by the PCM clock, which is not ours."""
OPENING_S = 0.03
"""The slowest country's loop is open after 26 ms."""
DOUBT_NS = 100_000_000
"""A line side that is lost for less, or a register that reads wrong for less, comes back by itself."""
OVERLOAD_REST_S = 30.0
FLASH_MS = range(50, 1501)


class Si3050Port:
    """One company line. Lives on the line thread's loop; see `boardsupport.fxo.FxoPort` for the verbs."""

    def __init__(
        self,
        socket: str,
        timeslot: int,
        chip: Si3050,
        service: LineService,
        interrupt_pin: int,
        reset: ResetLine,
        clock: Callable[[], int],
        sleep: Sleep,
    ) -> None:
        self.socket = socket
        self.timeslot = timeslot
        self.access = chip.access
        self.live = False
        self._chip = chip
        self._settings = chip.settings.line
        self._service = service
        self._interrupt_pin = interrupt_pin
        self._clock = clock
        self._listener: Callable[[FxoEvent], None] = lambda event: None
        self._chores = Chores(sleep, self._chore_failed)
        self._faults = FaultLog(self._emit, clock)
        self._keeper = Keeper(socket, chip, reset, self._faults, self, clock)
        self._begin(off_hook=False)

    def _begin(self, off_hook: bool) -> None:
        """Nothing is known of the line yet."""
        times = self._settings.times
        self._hook = HookMachine(self.socket, off_hook)
        self._ring = RingMachine(times)
        self._feed = FeedMachine(times)
        self._polarity = PolarityMachine(times)
        self._in_use = Held(times.in_use)
        self._overload = Held(times.overload)
        self._doubt_ns: int | None = None
        """Since when the chip does not look as it should."""

    # --- verbs ---

    def listen(self, listener: Callable[[FxoEvent], None]) -> None:
        """Give all events to this one."""
        self._listener = listener

    async def start(self) -> None:
        """See `FxoPort.start`; goes on trying by itself afterwards."""
        self._service.attach(self, self._interrupt_pin)
        await self._keeper.start()

    async def stop(self) -> None:
        """See `FxoPort.stop`."""
        self.live = False
        self._service.detach(self)
        self._chores.cancel_all()
        await self._keeper.stop()

    def seize(self) -> None:
        """See `FxoPort.seize`."""
        self._demand_service()
        self._hook.do(HookVerb.SEIZE)
        self._guarded(self._seize)

    def release(self) -> None:
        """See `FxoPort.release`."""
        self._demand_service()
        self._guarded(self._release)

    def flash(self, ms: int) -> None:
        """See `FxoPort.flash`."""
        if ms not in FLASH_MS:
            raise ValueError(f"{ms} ms is no hook flash")
        self._demand_service()
        self._hook.do(HookVerb.FLASH)
        self._guarded(self._chip.go_on_hook)
        self._chores.later("flash", ms / 1000, self._reclose)

    def measure(self) -> LineReading:
        """See `FxoPort.measure`. Raises BusError."""
        self._demand_service()
        return self._chip.line_state().reading

    def report(self) -> None:
        """See `FxoPort.report`."""
        self._guarded(self._report)

    def return_to_service(self) -> None:
        """See `FxoPort.return_to_service`."""
        if self.live:
            raise PortStateError(f"{self.socket} is in service")
        self._keeper.recall()

    # --- the keeper's side ---

    def entered_service(self, off_hook: bool) -> None:
        """The chip works; `off_hook`: it was found so."""
        self._begin(off_hook)
        if off_hook:
            self._feed.hook(True, self._clock())
        self.live = True
        self._service.attend(self)

    def left_service(self) -> None:
        """The chip is not usable now."""
        self.live = False
        self._chores.cancel_all()

    def emit(self, event: FxoEvent) -> None:
        """An event of the keeper's."""
        self._emit(event)

    # --- hook ---

    def _seize(self) -> None:
        """A ringing that has only begun counts as well: the exchange takes what follows for the answer."""
        ringing = self._ring.state is not RingState.SILENT or self._chip.line_state().half_wave
        settling_s = self._chip.go_off_hook()
        self._ring.end()
        self._polarity.take_as_usual()
        self._loop_closed()
        self._chores.later("settle", settling_s + SETTLING_RESERVE_S, lambda: self._settled(ringing))
        self._service.attend(self)

    def _settled(self, ringing: bool) -> None:
        self._hook.do(HookVerb.SETTLED)
        self._emit(Seized(self._clock(), ringing))

    def _reclose(self) -> None:
        self._hook.do(HookVerb.RECLOSE)
        self._chip.go_off_hook(settled=True)
        self._loop_closed()

    def _loop_closed(self) -> None:
        self._overload = Held(self._settings.times.overload)
        self._feed.hook(True, self._clock())

    def _release(self) -> None:
        self._hook.do(HookVerb.RELEASE)
        self._chores.cancel("settle")
        self._chores.cancel("flash")
        self._chip.go_on_hook()
        self._feed.hook(False, self._clock())
        self._chores.later("released", OPENING_S, self._released)

    def _released(self) -> None:
        self._hook.do(HookVerb.RELEASED)
        self._emit(Released(self._clock()))

    # --- what the board's service tells ---

    @property
    def restless(self) -> bool:
        """See `ServedPort.restless`."""
        return not (
            self._hook.idle
            and self._ring.state is RingState.SILENT
            and self._feed.steady
            and self._polarity.steady
            and self._in_use.steady
            and self._doubt_ns is None
        )

    def at_ease(self, daa: int, voltage: int) -> bool:
        """See `ServedPort.at_ease`."""
        state, volts = LineState(daa, 0, 0, voltage), line_volts(voltage)
        return (
            as_written(daa, off_hook=False)
            and not state.half_wave
            and (volts != 0) == self._feed.present
            and not self._polarity.differs(volts)
            and (volts == 0 or self._low(volts) == self._in_use.value)
        )

    def observed(self, state: LineState, at_ns: int) -> None:
        """See `ServedPort.observed`."""
        if not self._sound(state, at_ns):
            return
        if self._hook.closed:
            self._seized_line(state, at_ns)
        elif self._hook.idle:
            self._idle_line(state, at_ns)

    def bus_failed(self, text: str) -> None:
        """See `ServedPort.bus_failed`."""
        self._fail("chip-absent", text)

    def _idle_line(self, state: LineState, at_ns: int) -> None:
        """Ringing voltage feeds the line as well, and hides everything else."""
        self._tell(self._ring.sample(state.half_wave, at_ns))
        self._fed(state.volts != 0 or self._ring.bursting, at_ns)
        if self._ring.bursting:
            self._polarity.drop()
            self._in_use.drop()
            return
        self._tell(self._polarity.sample(state.volts, at_ns))
        if state.volts != 0 and self._in_use.sample(self._low(state.volts), at_ns):
            self._emit(InUse(self._in_use.edge_ns, self._in_use.value))

    def _seized_line(self, state: LineState, at_ns: int) -> None:
        self._fed(state.current >= FED_COUNTS, at_ns)
        self._tell(self._polarity.sample(state.volts, at_ns))
        if self._overload.sample(state.overloaded, at_ns):
            self._protect()

    def _low(self, volts: float) -> bool:
        """So little voltage on an idle line means that another telephone holds it."""
        return abs(volts) < self._settings.in_use_volts

    def _fed(self, fed: bool, at_ns: int) -> None:
        self._tell(self._feed.sample(fed, at_ns))
        if self._feed.state is FeedState.DEAD:
            self._faults.set(
                "line-dead", True, "no voltage from the exchange: look at plug and cable, then ask the company"
            )
        elif self._feed.present:
            self._faults.set("line-dead", False, "the exchange feeds the line again")

    # --- trouble ---

    def _protect(self) -> None:
        """Hang up before the line side is damaged; the line may be tried again later."""
        self._faults.set("overload", True, "more than 127 mA in the loop: the port has hung up")
        self._release()
        self._chores.later("overload", OVERLOAD_REST_S, lambda: self._faults.set("overload", False, "it has rested"))

    def _sound(self, state: LineState, at_ns: int) -> bool:
        """Whether the chip is as it was left, so that what it says means something."""
        if state.linked and as_written(state.daa, self._hook.closed):
            self._doubt_ns = None
            return True
        if self._doubt_ns is None:
            self._doubt_ns = at_ns
        fault = self._chip.diagnose()
        if fault is not None and fault.kind != "isolation-link":
            self._fail(fault.kind, str(fault))
        elif at_ns - self._doubt_ns >= DOUBT_NS:
            kind: FaultKind = "chip-absent" if fault is None else fault.kind
            self._fail(kind, "register 5 does not stay as it is written" if fault is None else str(fault))
        elif fault is None:
            self._rewrite_hook()
        return False

    def _rewrite_hook(self) -> None:
        if self._hook.closed:
            self._chip.go_off_hook()
        else:
            self._chip.go_on_hook()

    def _chore_failed(self, failure: BaseException) -> None:
        if not isinstance(failure, BusError):
            raise failure
        self._fail("chip-absent", str(failure))

    def _report(self) -> None:
        state = self._chip.line_state()
        reading = state.reading if self.live or state.linked else None
        self._emit(LineMeasured(self._clock(), reading, self.live))

    def _guarded(self, action: Callable[[], None]) -> None:
        try:
            action()
        except BusError as failure:
            self._fail("chip-absent", str(failure))

    def _fail(self, kind: FaultKind, text: str) -> None:
        if self.live:
            self.left_service()
            self._keeper.trouble(Trouble(kind, text))

    def _demand_service(self) -> None:
        if not self.live:
            raise PortStateError(f"{self.socket} is out of service")

    def _tell(self, events: Iterable[FxoEvent]) -> None:
        for event in events:
            self._emit(event)

    def _emit(self, event: FxoEvent) -> None:
        self._listener(event)
