"""What the loop's openings and closings mean: handset lifted or replaced, hook flash, dial pulses.

Pure and driven by one table: edges come with their time stamps (so a late reader measures right), `expire` tells that
time has passed, and the answer is the list of the port's events.

    ON_HOOK --closed--> OFF_HOOK --opened--> BREAK --closed--> OFF_HOOK (flash, or too short) or MAKE (a dial pulse)
    MAKE --opened--> BREAK; MAKE --silence--> OFF_HOOK with the digit; BREAK --too long--> ON_HOOK
"""

from __future__ import annotations

from enum import Enum, auto

from boardsupport.port import BreakBegan, Flashed, HookTimes, Lifted, PortEvent, PulseDigit, Replaced

NS_PER_MS = 1_000_000


class HookState(Enum):
    ON_HOOK = auto()
    """The loop is open and stays so."""
    OFF_HOOK = auto()
    """The loop is closed."""
    BREAK = auto()
    """The loop has opened; how long will tell why."""
    MAKE = auto()
    """Closed again after a dial pulse; another may follow."""


class HookInput(Enum):
    CLOSED = auto()
    OPENED = auto()
    EXPIRED = auto()


_ACTIONS: dict[tuple[HookState, HookInput], str] = {
    (HookState.ON_HOOK, HookInput.CLOSED): "_lift",
    (HookState.OFF_HOOK, HookInput.OPENED): "_begin_break",
    (HookState.BREAK, HookInput.CLOSED): "_end_break",
    (HookState.BREAK, HookInput.EXPIRED): "_replace",
    (HookState.MAKE, HookInput.OPENED): "_begin_break",
    (HookState.MAKE, HookInput.EXPIRED): "_end_digit",
}
"""Every rule; an edge that tells nothing new (closed while closed) is not in it and changes nothing."""

_MOST_PULSES = 10


class HookMachine:
    """The hook of one telephone."""

    def __init__(self, times: HookTimes, off_hook: bool = False) -> None:
        self.times = times
        self.state = HookState.OFF_HOOK if off_hook else HookState.ON_HOOK
        self.deadline_ns: int | None = None
        """When `expire` has something to do, or None."""
        self._opened_ns = 0
        self._pulses = 0

    @property
    def closed(self) -> bool:
        """The loop is closed as far as this machine was told."""
        return self.state in (HookState.OFF_HOOK, HookState.MAKE)

    @property
    def lifted(self) -> bool:
        """The handset counts as lifted (also within a break that may be a flash)."""
        return self.state is not HookState.ON_HOOK

    def edge(self, closed: bool, at_ns: int) -> list[PortEvent]:
        """The loop closed or opened at that moment."""
        events = self.expire(at_ns) if self._overdue(at_ns) else []
        return events + self._handle(HookInput.CLOSED if closed else HookInput.OPENED, at_ns)

    def expire(self, now_ns: int) -> list[PortEvent]:
        """Time has passed; does nothing before `deadline_ns`."""
        if self.deadline_ns is None or now_ns < self.deadline_ns:
            return []
        return self._handle(HookInput.EXPIRED, now_ns)

    def _overdue(self, at_ns: int) -> bool:
        """An edge comes after a deadline that nobody has called; in a break its own stamp decides."""
        return self.state is HookState.MAKE and self.deadline_ns is not None and at_ns >= self.deadline_ns

    def _handle(self, happened: HookInput, at_ns: int) -> list[PortEvent]:
        action = _ACTIONS.get((self.state, happened))
        if action is None:
            return []
        events: list[PortEvent] = getattr(self, action)(at_ns)
        return events

    def _lift(self, at_ns: int) -> list[PortEvent]:
        self._rest(HookState.OFF_HOOK)
        return [Lifted(at_ns)]

    def _begin_break(self, at_ns: int) -> list[PortEvent]:
        self.state = HookState.BREAK
        self._opened_ns = at_ns
        self.deadline_ns = at_ns + round((self.times.flash_max + self.times.late_edge) * NS_PER_MS)
        return [BreakBegan(at_ns)]

    def _end_break(self, at_ns: int) -> list[PortEvent]:
        times, ms = self.times, (at_ns - self._opened_ns) / NS_PER_MS
        if self._is_pulse(ms):
            self._pulses += 1
            self.state = HookState.MAKE
            self.deadline_ns = at_ns + round(times.digit_gap * NS_PER_MS)
            return []
        if ms > times.flash_max + times.tolerance:
            return [*self._replace(at_ns), *self._lift(at_ns)]
        if ms >= times.flash_min - times.tolerance:
            self._rest(HookState.OFF_HOOK)
            return [Flashed(at_ns, round(ms))]
        if self._pulses:
            self.state = HookState.MAKE
            self.deadline_ns = at_ns + round(times.digit_gap * NS_PER_MS)
        else:
            self._rest(HookState.OFF_HOOK)
        return []

    def _is_pulse(self, ms: float) -> bool:
        """Within a train the break of a sluggish dial may reach into the flash's range, a first one not."""
        times = self.times
        longest = times.pulse_max if self._pulses else min(times.pulse_max, times.flash_min - times.tolerance)
        return times.pulse_min <= ms < longest

    def _replace(self, _now_ns: int) -> list[PortEvent]:
        self._rest(HookState.ON_HOOK)
        return [Replaced(self._opened_ns)]

    def _end_digit(self, now_ns: int) -> list[PortEvent]:
        pulses, at_ns = self._pulses, min(now_ns, self.deadline_ns or now_ns)
        self._rest(HookState.OFF_HOOK)
        if pulses > _MOST_PULSES:
            return []  # somebody plays with the hook: no dial sends more than ten
        return [PulseDigit(at_ns, str(pulses % 10))]

    def _rest(self, state: HookState) -> None:
        self.state = state
        self.deadline_ns = None
        self._pulses = 0
