"""The calls of survival whose called telephones ring: whose bell is whose, and who rings next."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from firmware.gateway.messages import Apply, CallerId, Connect, Leg, Ring, RingKind, Signal, StopRing, StopWake
from firmware.voice.resident_means import Means

CALL_WAITING = Signal(tone="call-waiting", overlay=True)


@dataclass(slots=True)
class Call:
    """A call whose called telephones ring: all of them, or whichever come free, if it can wait.

    `caller` is a telephone, or of a call in the trunk. `rung`: those whose bells are its own. `entry` is None for one
    that the agent began.
    """

    caller: str
    targets: tuple[str, ...]
    connection: str
    entry: str | None = None
    emergency: bool = False
    outside: bool = False
    """It comes in on a trunk."""
    shown: CallerId = field(default_factory=CallerId)
    rung: set[str] = field(default_factory=set)

    @property
    def waits(self) -> bool:
        return self.emergency or self.outside

    @property
    def kind(self) -> RingKind:
        return "priority" if self.emergency else "external" if self.outside else "internal"


class Bells:
    """All calls that ring. `free_bell` makes a telephone ring for nothing any more, whatever it rang for."""

    def __init__(self, means: Means, free_bell: Callable[[str], None]) -> None:
        self.calls: list[Call] = []
        self._means = means
        self._free_bell = free_bell

    def begin(self, call: Call) -> None:
        """Ring whom it calls; a call that can wait is offered to them by and by."""
        if call.emergency:
            self._insist(call.targets)
        self.calls.append(call)
        for target in () if call.waits else call.targets:
            self._ring(call, target)

    def adopt(self, call: Call) -> None:
        """A call whose telephones ring already."""
        self.calls.append(call)

    def end(self, call: Call, no_answer: bool = False) -> None:
        """Nobody is to answer any more."""
        if call in self.calls:
            self.calls.remove(call)
        self._hush(call)
        if call.entry is not None:
            self._means.journal.call_ends(call.entry, self._means.now_ns, no_answer)

    def answered(self, connection: str) -> list[Call]:
        """The calls that a telephone has been joined with; the gateway has stopped what rang then."""
        found = [call for call in self.calls if call.connection == connection]
        for call in found:
            self.calls.remove(call)
            self._hush(call)
        return found

    def of(self, caller: str) -> list[Call]:
        return [call for call in self.calls if call.caller == caller]

    def free(self, target: str) -> None:
        for call in self.calls:
            call.rung.discard(target)

    def offer(self) -> None:
        """Whoever is idle, or has come free, rings for a call that waits; for an emergency first."""
        for call in sorted(self.calls, key=lambda call: not call.emergency):
            for target in call.targets if call.waits else ():
                if self._means.idle(target):
                    self._ring(call, target)

    def _ring(self, call: Call, target: str) -> None:
        self._free_bell(target)
        call.rung.add(target)
        legs = (Leg(endpoint=call.caller), Leg(endpoint=target))
        connect = Connect(connection=call.connection, legs=legs)
        self._means.order(Ring(endpoint=target, kind=call.kind, caller=call.shown, on_answer=connect))

    def _hush(self, call: Call) -> None:
        for target in sorted(call.rung):
            if self._means.rings(target):
                self._means.order(StopRing(endpoint=target))
        call.rung.clear()

    def _insist(self, targets: Sequence[str]) -> None:
        """Who is lifted hears that an emergency waits; what rings for anything less is ended, to ring for it.

        The attempt of a wake-up is ended, too: it is made again.
        """
        ringing_for_one = {target for call in self.calls if call.emergency for target in call.rung}
        for target in targets:
            state = self._means.view.endpoint(target)
            if state.wakeup is not None:
                self._means.order(StopWake(id=state.wakeup))
            elif state.hook == "off-hook":
                self._means.order(Apply(endpoint=target, signal=CALL_WAITING))
            elif self._means.rings(target) and target not in ringing_for_one:
                self._free_bell(target)
                self._means.order(StopRing(endpoint=target))
