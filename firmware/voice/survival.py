"""Who has command: the agent, or, while none answers, the resident plan.

An event is the agent's as long as an agent has command. What it has not proved to have seen (it answers a ping sent
after the event) is kept, so that survival can still act on it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection

import msgspec

from firmware.gateway.messages import (
    Command,
    EndpointState,
    Event,
    Limits,
    OnHook,
    ResidentPlan,
    TrunkAnswered,
    TrunkReleased,
    WakeupEnded,
)
from firmware.log import Log
from firmware.voice.gateway import Gateway, Occurrence
from firmware.voice.journal import Journal
from firmware.voice.resident import Resident
from firmware.voice.resident_takeover import Found
from firmware.voice.resident_wakeups import ResidentWakeups
from firmware.voice.server import AGENT_GONE_NS
from firmware.voice.wakeups import Wakeups

log = Log("voice.survival")


def of_this_board(plan: ResidentPlan, endpoints: Collection[str]) -> ResidentPlan:
    """The plan without the endpoints that the board had when it was lodged and has no longer."""

    def there(names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(name for name in names if name in endpoints)

    lines = {name: there(targets) for name, targets in plan.incoming.items() if name in endpoints}
    return msgspec.structs.replace(
        plan,
        routes={number: left for number, targets in plan.routes.items() if (left := there(targets))},
        reception=there(plan.reception),
        caller_ids={name: caller for name, caller in plan.caller_ids.items() if name in endpoints},
        hot_lines={name: seconds for name, seconds in plan.hot_lines.items() if name in endpoints},
        trunks=there(plan.trunks),
        incoming={name: left for name, left in lines.items() if left},
    )


class GatewayView:
    """The gateway as survival sees it; see `resident_means.View`."""

    def __init__(self, gateway: Gateway, wakeups: Wakeups) -> None:
        self._gateway = gateway
        self._wakeups = wakeups

    def endpoint(self, name: str) -> EndpointState:
        return self._gateway.endpoints[name].audit()

    def members(self, connection: str) -> list[str]:
        return self._gateway.connections.names(connection)

    def tag(self, connection: str) -> bytes:
        return self._gateway.connections.tag(connection)

    def thanks(self, event: WakeupEnded) -> tuple[str, ...]:
        return self._wakeups.thanks(event)

    def found(self) -> Found:
        """Everything that survival begins with."""
        gateway = self._gateway
        telephones = [one for one in gateway.telephones.values() if one.wakeup is None]
        rings = {one.name: one.ringing for one in telephones if one.ringing is not None}
        calls = {one.name: one.call for one in gateway.trunks.values() if one.call is not None}
        places = {name: call.place for name, call in calls.items() if call.place is not None}
        return Found([endpoint.audit() for endpoint in gateway.endpoints.values()], rings, places)


class Survival:
    """Routes events, and begins and ends survival."""

    def __init__(
        self,
        gateway: Gateway,
        journal: Journal,
        plan: ResidentPlan | None,
        wakeups: Wakeups,
        lodged: ResidentWakeups,
        order: Callable[[Command], None],
        tell: Callable[[Event], None],
        new_id: Callable[[], str],
    ) -> None:
        """`order` carries out a command of the plan, `tell` sends an event to the agent."""
        self.plan = plan
        self.agent_commands = False
        self._gateway = gateway
        self._journal = journal
        self._wakeups = wakeups
        self._lodged = lodged
        self._order = order
        self._tell = tell
        self._new_id = new_id
        self._resident: Resident | None = None
        self._began_ns = 0
        self._heard_ns: int | None = None
        self._unconfirmed: deque[tuple[int, Occurrence]] = deque(maxlen=Limits.UNSENT_EVENTS)
        self._pings_sent = 0

    @property
    def no_agent_yet(self) -> bool:
        """Whether no agent has had command yet since the start."""
        return self._heard_ns is None

    @property
    def active(self) -> bool:
        """Whether the gateway serves by itself now."""
        return self._resident is not None

    def lodge(self, plan: ResidentPlan) -> None:
        """The plan for next time."""
        self.plan = plan

    def agent_takes_command(self, now_ns: int) -> int | None:
        """An agent has audited: from here on it decides. Since when the gateway had served by itself, if it did.

        What has happened so far is in the audit, and is no event for this agent any more.
        """
        self.agent_commands = False
        self.dispatch(now_ns)
        self._lodged.end()
        alone_since_ns = None
        if self._resident is not None:
            log.info("ends")
            alone_since_ns = self._began_ns
            self._obey(self._resident.end())
            self._resident = None
        self._note_answers()
        for _, occurrence in self._unconfirmed:  # it is back before survival began; the audit shows no times
            if isinstance(occurrence.event, OnHook | TrunkReleased):
                self._journal.hung_up(occurrence.event, occurrence.connection_tag)
        self.agent_commands = True
        self._heard_ns = now_ns
        self._unconfirmed.clear()
        return alone_since_ns

    def agent_gone(self) -> None:
        """The agent's channel is closed. Survival begins when nobody has answered a ping for a second."""
        self.agent_commands = False

    def ping_sent(self, number: int) -> None:
        self._pings_sent = number

    def ping_answered(self, number: int, now_ns: int) -> None:
        """The agent has seen everything that was sent before this ping. Before its audit it was sent nothing."""
        if not self.agent_commands:
            return
        self._heard_ns = now_ns
        while self._unconfirmed and self._unconfirmed[0][0] < number:
            self._unconfirmed.popleft()

    def tick(self, now_ns: int, utc_ns: int) -> None:
        """Begin survival if it is time (at once after a start), and let its timers run."""
        self.dispatch(now_ns)
        self._wakeups.tick()
        if self._alone(now_ns):
            self._lodged.tick(now_ns, utc_ns)
        if self._resident is not None:
            self._obey(self._resident.tick(now_ns))
        elif self.plan is not None and self._alone(now_ns):
            self._begin(self.plan, now_ns)

    def dispatch(self, now_ns: int) -> None:
        """Give what has happened to whoever has command."""
        for occurrence in self._gateway.occurrences():
            self._journal.follow(occurrence.event)
            if self._wakeups.takes(occurrence.event):
                continue
            if self.agent_commands:
                self._unconfirmed.append((self._pings_sent, occurrence))
                self._tell(occurrence.event)
            elif self._resident is not None:
                if isinstance(occurrence.event, TrunkAnswered):
                    self._journal.answered(occurrence.event)
                self._obey(self._resident.handle(occurrence.event, occurrence.connection_tag, now_ns))
            else:
                self._unconfirmed.append((self._pings_sent, occurrence))

    def _alone(self, now_ns: int) -> bool:
        if self.agent_commands:
            return False
        return self._heard_ns is None or now_ns - self._heard_ns > AGENT_GONE_NS

    def _begin(self, plan: ResidentPlan, now_ns: int) -> None:
        self.dispatch(now_ns)
        self._note_answers()
        lost = [(occurrence.event, occurrence.connection_tag) for _, occurrence in self._unconfirmed]
        self._unconfirmed.clear()
        log.warning("begins", plan=plan.revision, unseen=len(lost))
        self._began_ns = now_ns
        view = GatewayView(self._gateway, self._wakeups)
        self._resident = Resident(plan, view, self._journal, self._new_id)
        self._obey(self._resident.begin(view.found(), lost, now_ns))

    def _note_answers(self) -> None:
        """Those that no agent is known to have seen."""
        for _, occurrence in self._unconfirmed:
            if isinstance(occurrence.event, TrunkAnswered):
                self._journal.answered(occurrence.event)

    def _obey(self, commands: list[Command]) -> None:
        for command in commands:
            self._order(command)
