"""An emergency call of survival that looks for a line outside: its state machine, and which line comes next.

RESTING --line--> TRYING --digits are out--> THROUGH; a line fails: the next one; none is left: RESTING, then again
"""

from __future__ import annotations

from enum import Enum, auto
from typing import Protocol

from firmware.fsm import Machine, MachineHost, StateTable, Transition
from firmware.gateway.messages import Apply, Connect, EndpointState, Leg, Place, Release, Signal
from firmware.timers import TimerSpec
from firmware.voice.resident_bells import Call
from firmware.voice.resident_means import Means
from firmware.voice.trunk_health import UNUSABLE

X28 = TimerSpec("X28", 5.0, 1.0, 60.0, "No line has taken an emergency call, until all are tried again.")
CALL_IN = 3
"""Rank of a line with a call in."""
NO_LINE = Signal(prompts=("emergency-no-line",))


class State(Enum):
    """Where the call outside is."""

    RESTING = auto()
    """No line has taken it."""
    TRYING = auto()
    """A line is seized for it."""
    THROUGH = auto()
    """A line carries it."""


class Input(Enum):
    """What happens to it."""

    BEGIN = auto()
    DIALLED = auto()
    LOST = auto()
    TIME_OVER = auto()


_S, _I, _T = State, Input, Transition
TABLE: StateTable[State, Input] = StateTable(
    "resident hunt",
    State.RESTING,
    {
        (_S.RESTING, _I.BEGIN): _T("try_all", (_S.TRYING, _S.RESTING)),
        (_S.RESTING, _I.TIME_OVER): _T("try_all", (_S.TRYING, _S.RESTING)),
        (_S.TRYING, _I.DIALLED): _T("carried", _S.THROUGH),
        (_S.TRYING, _I.LOST): _T("try_next", (_S.TRYING, _S.RESTING)),
        (_S.THROUGH, _I.LOST): _T("try_all", (_S.TRYING, _S.RESTING)),
    },
    timers={_S.RESTING: (X28, _I.TIME_OVER)},
)


class HuntHost(MachineHost, Protocol):
    """What a hunt asks of survival as a whole."""

    def claimed(self, trunk: str) -> bool:
        """Another emergency has it, or is about to."""
        ...

    def trunk_taken(self, trunk: str) -> None:
        """Whoever had this line has it no more."""
        ...

    def waits_alone(self, call: Call) -> bool:
        """Its caller is connected with nobody."""
        ...


class Hunt:
    """One emergency call, for as long as its caller is there."""

    def __init__(self, call: Call, digits: str, means: Means, host: HuntHost, trunk: str | None = None) -> None:
        self.call = call
        self.trunk = trunk
        """The line that is tried, or carries it."""
        self.machine = Machine(TABLE, call.caller, self, host)
        self._digits = digits
        self._means = means
        self._host = host
        self._tried: set[str] = set()
        self._cut_in = False
        """A caller from outside was released for it: another one's exchange would hold him just so."""
        self._told = False

    def at_it(self) -> bool:
        """Whether its line is still at work for it, if it is to be."""
        if self.trunk is None:
            return True
        state = self._means.view.endpoint(self.trunk).trunk
        return state is not None and state.emergency and state.digits == self._digits

    def try_all(self) -> State:
        self._tried.clear()
        return self.try_next()

    def try_next(self) -> State:
        if self.trunk is not None:
            self._tried.add(self.trunk)
        self.trunk = self._choose()
        if self.trunk is None:
            self._tell()
            return State.RESTING
        self._place(self.trunk)
        return State.TRYING

    def carried(self) -> None:
        self._cut_in = False

    def end(self) -> None:
        """The caller has gone."""
        if self.trunk is not None:
            self._means.order(Release(endpoint=self.trunk, unless_ringing=True))

    def _choose(self) -> str | None:
        """An idle line, else one whose call out can be ended, else a call in, else one that gave no dial tone."""
        ranked = [
            (rank, place, trunk)
            for place, trunk in enumerate(self._means.plan.trunks)
            if trunk not in self._tried
            and not self._host.claimed(trunk)
            and (rank := _rank(self._means.view.endpoint(trunk))) is not None
            and not (self._cut_in and rank == CALL_IN)
        ]
        return min(ranked)[2] if ranked else None

    def _place(self, trunk: str) -> None:
        now = self._means.view.endpoint(trunk).trunk
        if now is not None and (now.incoming or now.digits):
            self._cut_in = self._cut_in or now.incoming
            self._means.order(Release(endpoint=trunk))
            self._host.trunk_taken(trunk)
        call = self.call
        through = Connect(connection=call.connection, legs=(Leg(endpoint=call.caller), Leg(endpoint=trunk)))
        self._means.order(Place(endpoint=trunk, digits=self._digits, on_dialled=through, emergency=True))
        if call.entry is not None:
            self._means.journal.placed(call.entry, trunk)

    def _tell(self) -> None:
        """The caller hears, once, that no line works, and goes on waiting for reception."""
        if not self._told and self._host.waits_alone(self.call):
            self._told = True
            self._means.order(Apply(endpoint=self.call.caller, signal=NO_LINE))


def _rank(state: EndpointState) -> int | None:
    """The less the sooner; None: it cannot be had. A call that rings in on-hook has its line until it stops."""
    trunk = state.trunk
    if trunk is None or state.service != "in-service" or trunk.emergency or UNUSABLE & set(state.alarms):
        return None
    if trunk.stage == "ringing-in" and state.hook == "on-hook":
        return None
    if trunk.incoming:
        return CALL_IN
    if trunk.digits:
        return 2
    if "no-dial-tone" in state.alarms:
        return 4
    return 1 if trunk.stage == "guard" else 0
