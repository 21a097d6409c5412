"""The company lines while no agent has command: emergency calls out, calls in, and calls of the agent's that go on."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum

from firmware.gateway.messages import (
    Apply,
    CallerId,
    IncomingCall,
    Place,
    Release,
    TrunkProgress,
    TrunkReleased,
)
from firmware.timers import TimerSpec
from firmware.voice.resident_bells import Bells, Call
from firmware.voice.resident_hunt import Hunt, Input, State
from firmware.voice.resident_line import RINGBACK
from firmware.voice.resident_means import Means


class Outside:
    """Every trunk's part in survival."""

    def __init__(
        self,
        means: Means,
        bells: Bells,
        connected: Callable[[str], None],
        left: Callable[[str, str | None], None],
        deserted: Callable[[str], None],
    ) -> None:
        """What it tells: `connected(telephone)` hears a line now; `left(endpoint, connection)` has gone from there;
        `deserted(telephone)` has no call out any more.
        """
        self._means = means
        self._bells = bells
        self._connected = connected
        self._left = left
        self._deserted = deserted
        self._hunts: dict[str, Hunt] = {}
        """By caller."""
        self._placed: dict[str, str] = {}
        """Trunk of an agent's call out that is not through yet, to its caller."""

    # ---- calls out

    def reaches(self, dialled: str) -> bool:
        """Whether an emergency number can be called through a line of this house."""
        return bool(self._means.plan.trunks) and dialled in self._means.plan.emergency_digits

    def hunt(self, call: Call, dialled: str) -> None:
        """Call out, as long as the caller is there."""
        if self.reaches(dialled):
            self._hunts[call.caller] = Hunt(call, self._means.plan.emergency_digits[dialled], self._means, self)
            self._hunts[call.caller].machine.handle(Input.BEGIN)

    def adopt(self, call: Call, trunk: str, place: Place, through: bool) -> None:
        """An emergency call that the agent has begun."""
        hunt = self._hunts[call.caller] = Hunt(call, place.digits, self._means, self, trunk)
        hunt.machine.resume(State.THROUGH if through else State.TRYING)

    def follow(self, trunk: str, caller: str) -> None:
        """A call out of the agent's, which goes on by itself."""
        self._placed[trunk] = caller

    def caller_gone(self, caller: str) -> None:
        """He has hung up: what goes out for him ends."""
        hunt = self._hunts.pop(caller, None)
        if hunt is not None:
            self._means.never(("hunt", caller))
            hunt.end()
        for trunk in [trunk for trunk, placed_by in self._placed.items() if placed_by == caller]:
            del self._placed[trunk]
            self._means.order(Release(endpoint=trunk, unless_ringing=True))

    def hunted(self, caller: str) -> Call | None:
        """The emergency call that goes on for him."""
        hunt = self._hunts.get(caller)
        return None if hunt is None else hunt.call

    def check(self) -> None:
        """A line may have refused, or have been lost without a word: the next one."""
        for hunt in self._hunts.values():
            if not hunt.at_it():
                hunt.machine.handle(Input.LOST)

    # ---- events

    def progress(self, event: TrunkProgress) -> None:
        if event.stage != "dialled":
            return
        caller = self._placed.pop(event.endpoint, None)
        for hunt in self._hunts.values():
            if hunt.trunk == event.endpoint:
                hunt.machine.handle(Input.DIALLED)
                caller = hunt.call.caller
        if caller is not None and event.connection is not None:
            self._connected(caller)

    def released(self, event: TrunkReleased) -> None:
        for call in self._bells.of(event.endpoint):
            self._bells.end(call)
        caller = self._placed.pop(event.endpoint, None)
        self._left(event.endpoint, event.connection)
        if caller is not None:
            self._deserted(caller)
        self.check()

    def incoming(self, event: IncomingCall) -> None:
        """Unless its line was taken for an emergency in the moment in which it came."""
        trunk = self._means.view.endpoint(event.endpoint).trunk
        if trunk is None or not trunk.emergency:
            self.call_in(event.endpoint, event.caller, event.answered)

    def call_in(self, trunk: str, caller: CallerId | None, answered: bool) -> None:
        """Ring for it until somebody answers, or the caller gives up. `answered`: the line is off-hook already."""
        plan, means = self._means.plan, self._means
        targets = plan.incoming.get(trunk, plan.reception)
        connection = means.new_connection()
        entry = means.journal.call_in(trunk, targets, caller, connection, means.now_ns)
        call = Call(trunk, targets, connection, entry, outside=True, shown=caller or CallerId())
        if answered:
            means.order(Apply(endpoint=trunk, signal=RINGBACK))
        self._bells.begin(call)

    # ---- HuntHost

    def claimed(self, trunk: str) -> bool:
        return any(hunt.trunk == trunk for hunt in self._hunts.values())

    def trunk_taken(self, trunk: str) -> None:
        for call in self._bells.of(trunk):
            self._bells.end(call)
        caller = self._placed.pop(trunk, None)
        state = self._means.view.endpoint(trunk)
        tag = self._means.view.tag(state.connection) if state.connection is not None else state.tag
        self._means.journal.trunk_taken(trunk, state.connection, tag, self._means.now_ns)
        self._left(trunk, state.connection)
        if caller is not None:
            self._deserted(caller)

    def waits_alone(self, call: Call) -> bool:
        return self._means.view.endpoint(call.caller).connection is None

    # ---- MachineHost

    def arm_timer(self, machine: str, spec: TimerSpec, event: Enum) -> None:
        hunt = self._hunts[machine]
        self._means.later(("hunt", machine), spec.default, lambda: _feed(hunt, Input.TIME_OVER))

    def disarm_timer(self, machine: str) -> None:
        self._means.never(("hunt", machine))

    def refused(self, machine: str, state: Enum, event: Enum) -> None:
        """The machine counts; there is nothing more to do."""


def _feed(hunt: Hunt, event: Input) -> None:
    hunt.machine.handle(event)
