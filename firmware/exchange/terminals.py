"""What calls end at: telephones and company lines, as call control sees them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

from firmware.exchange.decisions import LineState, LineView, Party
from firmware.exchange.half_call import ALERTING, BACKGROUND, IN_MENU, TALKING, State
from firmware.gateway.messages import CallerId, ServiceState

if TYPE_CHECKING:
    from firmware.exchange.half import Half
    from firmware.exchange.numbering import Extension
    from firmware.exchange.telephone import HalfCall
    from firmware.exchange.trunk_groups import TrunkGroup
    from firmware.exchange.trunk_half import TrunkHalf

LEFT_OFF_HOOK = "off-hook"
"""Alarm kind: a handset was left off the hook until its telephone went out of service."""
UNPLACEABLE = frozenset({"line-dead", "line-in-use", "no-dial-tone"})
"""Faults of a company line that a call out need not be tried on; the line comes back by itself."""


class Terminal(ABC):
    """One endpoint of the gateway: its service, its faults, and its tag."""

    redial = ""
    """What was dialled last from here."""

    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint
        self.service: ServiceState = "in-service"
        self.faults: list[str] = []
        self.tag = b""
        self.signalled_ns = 0
        """When it was last given a signal; an event that is older than that does not tell what it hears now."""

    @property
    @abstractmethod
    def parts(self) -> tuple[Half, ...]:
        """Its parts in calls."""

    @abstractmethod
    def drop(self, half: Half) -> None:
        """This part is over."""

    @abstractmethod
    def view(self) -> LineView:
        """What the desk sees of it."""


class Telephone(Terminal):
    """One FXS endpoint: its hook and its half-calls (the last that is not in the background is in front)."""

    def __init__(self, endpoint: str, extension: Extension | None) -> None:
        super().__init__(endpoint)
        self.extension = extension
        self.off_hook = False
        self.do_not_disturb = False
        self.forward: frozenset[str] = frozenset()
        """Of "no-answer" and "busy": beyond what the site forwards anyway."""
        self.lamp: bool | None = None
        """Whether the message lamp is lit; None: the gateway has not been told yet."""
        self.dialling = False
        """The first digit has come."""
        self.asked_reception = False
        """Since it was lifted it has called reception, by itself or by hand."""
        self.tapped_ns = 0
        """When the hook was last let go after a flash that does not count at this telephone."""
        self.halves: list[HalfCall] = []

    @property
    def parts(self) -> tuple[Half, ...]:
        return tuple(self.halves)

    def drop(self, half: Half) -> None:
        self.halves = [other for other in self.halves if other is not half]

    @property
    def front(self) -> HalfCall | None:
        """The half-call that hook and flash act on."""
        return next((half for half in reversed(self.halves) if half.state not in BACKGROUND), None)

    @property
    def holding(self) -> HalfCall | None:
        return next((half for half in reversed(self.halves) if half.state is State.HOLDING), None)

    @property
    def waiting(self) -> HalfCall | None:
        """The call that waits first, an emergency before all."""
        waits = [half for half in self.halves if half.state is State.CALL_WAITING]
        emergencies = (half for half in waits if half.call is not None and half.call.emergency)
        return next(emergencies, waits[0] if waits else None)

    @property
    def usable(self) -> bool:
        return self.service == "in-service" and self.extension is not None

    @property
    def free(self) -> bool:
        """Could ring now."""
        return self.usable and not self.off_hook and not self.halves

    def view(self) -> LineView:
        return LineView(
            port=self.endpoint,
            state=self._line_state(),
            extension=None if self.extension is None else self.extension.number,
            fault=self._fault(),
            dnd=self.do_not_disturb,
        )

    def _fault(self) -> str | None:
        if self.faults:
            return self.faults[-1]
        left = self.front is not None and self.front.state is State.LOCKED_OUT
        return LEFT_OFF_HOOK if left else None

    def _line_state(self) -> LineState:
        if self.service != "in-service":
            return "out-of-service"
        front = self.front
        if front is None:
            return "off-hook" if self.off_hook else "idle"
        if front.state is State.OVERLAP_SENDING:
            return "dialling" if self.dialling else "off-hook"
        return _LINE_STATES.get(front.state, "off-hook")


class TrunkLine(Terminal):
    """One trunk endpoint: a company line, with at most one call."""

    def __init__(self, endpoint: str, group: TrunkGroup | None) -> None:
        super().__init__(endpoint)
        self.group = group
        """None: the configuration does not serve this line."""
        self.half: TrunkHalf | None = None
        self.caller: CallerId | None = None
        """Who calls in; None: nobody does, or nothing is known of him."""
        self.number = ""
        """What is called out."""
        self.seized = False
        """Off-hook: the far end hears what it is given."""

    @property
    def parts(self) -> tuple[Half, ...]:
        return () if self.half is None else (self.half,)

    def drop(self, half: Half) -> None:
        if self.half is half:
            self.half = None

    @property
    def usable(self) -> bool:
        return self.service == "in-service" and self.group is not None

    @property
    def dead(self) -> bool:
        """Nothing can be tried on it."""
        return "line-dead" in self.faults

    @property
    def idle(self) -> bool:
        """Has no call, and works as far as anybody knows."""
        return self.usable and self.half is None and UNPLACEABLE.isdisjoint(self.faults)

    def party(self) -> Party:
        """The far end of its call, or of the last one."""
        if self.number:
            return Party(port=self.endpoint, number=self.number)
        caller = self.caller or CallerId()
        return Party(port=self.endpoint, number=caller.number or None, name=caller.name or None)

    def view(self) -> LineView:
        fault = self.faults[-1] if self.faults else None
        return LineView(port=self.endpoint, state=self._line_state(), extension=None, fault=fault)

    def _line_state(self) -> LineState:
        if self.service != "in-service":
            return "out-of-service"
        return "idle" if self.half is None else _TRUNK_STATES.get(self.half.state, "talking")


_LINE_STATES: dict[State, LineState] = {
    **dict.fromkeys(ALERTING, "ringing"),
    **dict.fromkeys(TALKING | IN_MENU, "talking"),
    State.WOKEN: "talking",
    State.CALL_DELIVERED: "dialling",
    State.PROCEEDING: "dialling",
    State.HOWLER: "howler",
    State.LOCKED_OUT: "out-of-service",
}
_TRUNK_STATES: dict[State, LineState] = {State.CALL_DELIVERED: "ringing", State.PLACING: "dialling"}
