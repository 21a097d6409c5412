"""What the parts of survival work with: the plan, the gateway as it stands, orders to it, the journal, time."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Protocol

from firmware.gateway.messages import Command, EndpointState, Release, ResidentPlan, Ring, WakeupEnded
from firmware.timers import Timers
from firmware.voice.journal import Journal

_NS = 1_000_000_000


class View(Protocol):
    """The gateway as it stands; what has been ordered since the last look is not in it yet."""

    def endpoint(self, name: str) -> EndpointState: ...

    def members(self, connection: str) -> list[str]:
        """The endpoints in a connection; none if there is no such one."""
        ...

    def tag(self, connection: str) -> bytes: ...

    def thanks(self, event: WakeupEnded) -> tuple[str, ...]:
        """The prompts that answer the key which ended a wake-up."""
        ...


class Means:
    """Shared by all parts. `now_ns` is set before anything is handed in."""

    def __init__(self, plan: ResidentPlan, view: View, journal: Journal, new_id: Callable[[], str]) -> None:
        self.plan = plan
        self.view = view
        self.journal = journal
        self.now_ns = 0
        self._new_id = new_id
        self._orders: list[Command] = []
        self._timers = Timers()
        self._actions: dict[Hashable, Callable[[], None]] = {}

    def order(self, command: Command) -> None:
        self._orders.append(command)

    def take(self) -> list[Command]:
        """The orders since the last call."""
        orders, self._orders = self._orders, []
        return orders

    def new_connection(self) -> str:
        return f"resident-{self._new_id()}"

    def idle(self, telephone: str) -> bool:
        """It can be rung: nobody has it, and it was not told to ring just now."""
        state = self.view.endpoint(telephone)
        rings_soon = any(isinstance(order, Ring) and order.endpoint == telephone for order in self._orders)
        return state.service == "in-service" and state.hook == "on-hook" and not (state.ringing or rings_soon)

    def rings(self, telephone: str) -> bool:
        """It rings for a call; ringing for a wake-up is not survival's to end."""
        state = self.view.endpoint(telephone)
        return state.ringing and state.wakeup is None

    def remaining(self, connection: str, without: str) -> list[str]:
        """Who is left in a connection when `without` and the trunks that were just told so have gone."""
        gone = {order.endpoint for order in self._orders if isinstance(order, Release)} | {without}
        return [name for name in self.view.members(connection) if name not in gone]

    # ---- time

    def later(self, key: Hashable, seconds: float, action: Callable[[], None]) -> None:
        """Do this after so long; what the key stood for before is not done."""
        self._actions[key] = action
        self._timers.arm(key, self.now_ns / _NS + seconds)

    def never(self, key: Hashable) -> None:
        self._timers.disarm(key)
        self._actions.pop(key, None)

    def run_due(self) -> None:
        """Do what is due by now."""
        for key in self._timers.due(self.now_ns / _NS):
            self._actions.pop(key)()
