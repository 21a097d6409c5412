"""The demonstration hotel's control plane without a gateway: store, call agent, desk, feed."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar, cast
from zoneinfo import ZoneInfo

import msgspec
import pytest
from argon2 import PasswordHasher

from firmware import config as configuration
from firmware import passwords
from firmware.audit import AuditFilter
from firmware.billing.credit import Credit
from firmware.billing.service import Billing
from firmware.clock import VirtualClock
from firmware.config import Config
from firmware.events import EventBus
from firmware.exchange.agent import CallAgent
from firmware.exchange.decisions import CallView, Decision, LineState, LineView
from firmware.exchange.numbering import AgentSettings, Instant
from firmware.hotel.house import House as HotelHouse
from firmware.hotel.service import HotelService
from firmware.processes import RunDirectory
from firmware.store import Repositories, in_memory
from firmware.store.model import AuditEntry, Page, Role, User
from firmware.supervisor.agent_service import AgentService
from firmware.supervisor.alarm_board import AlarmBoard
from firmware.supervisor.audit_trail import AuditTrail
from firmware.supervisor.beside import Beside
from firmware.supervisor.desk import Desk
from firmware.supervisor.events import RequestEvent, VoiceMailEvent
from firmware.supervisor.feed import Feed
from firmware.supervisor.gateway_tap import GatewayTap
from firmware.supervisor.house_events import house_events
from firmware.supervisor.numbering import numbering_plan, room_extensions
from firmware.supervisor.restriction import HouseRestrictions
from firmware.supervisor.store_thread import StoreThread
from firmware.supervisor.upkeep import Means, Upkeep
from tests.unit.supervisor.telephone import Telephone
from webui.services import Identity

T = TypeVar("T")
EXAMPLE = Path(__file__).parents[3] / "examples" / "hotel.toml"
ZONE = ZoneInfo("Europe/Warsaw")
ANNA = Identity("anna", "desk")
GOOD = "correct horse"


def cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """Passwords that cost nothing."""
    hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(passwords, "_hasher", hasher)
    monkeypatch.setattr(passwords, "NOBODYS", hasher.hash("nobody's"))


class StandingAlarms:
    """The kinds of alarms that stand."""

    def __init__(self) -> None:
        self.standing: set[str] = set()

    async def raise_alarm(self, kind: str, subject: str, text: str) -> None:
        self.standing.add(kind)

    async def clear(self, kind: str, subject: str) -> None:
        self.standing.discard(kind)


class Service:
    """The agent service as the desk sees it; the gateway's lines are as the test says."""

    def __init__(self, agent: CallAgent, now: Callable[[], Instant]) -> None:
        self.agent = agent
        self.now = now
        self.states: dict[str, LineState] = {}
        self.standing: list[CallView] = []
        self.lodged = True
        self.tap = GatewayTap()

    def lines(self) -> list[LineView]:
        return [LineView(port, state, None, None) for port, state in self.states.items()]

    def calls(self) -> list[CallView]:
        return self.standing

    def features(self, number: str) -> tuple[bool, frozenset[str]]:
        return self.agent.features(number)

    def room_class(self, room: str) -> str | None:
        return self.agent.room_class(room)

    def class_of(self, number: str) -> str:
        return self.agent.class_of(number)

    async def change(self, how: Callable[[CallAgent, Instant], list[Decision]]) -> None:
        how(self.agent, self.now())

    async def request(self, ask: Callable[[CallAgent, Instant], tuple[T, list[Decision]]]) -> T:
        return ask(self.agent, self.now())[0]


class House:
    """`change_text` edits the configuration first; `make` is where its data are kept; `data`: sound and menus."""

    def __init__(
        self,
        change_text: Callable[[str], str] = str,
        make: Callable[[], Repositories] = in_memory,
        data: Path = Path("nowhere"),
    ) -> None:
        self.config: Config = configuration.loads(change_text(EXAMPLE.read_text(encoding="utf-8")))
        self.clock = VirtualClock()
        self.trusted, self.by_network = True, False
        """What the keeper of the clock says."""
        self.errors: list[Exception] = []
        self.bus = EventBus(lambda event, error: self.errors.append(error))
        self.store = StoreThread(make)
        ids, settings = itertools.count(1), AgentSettings(restrictions=HouseRestrictions(self.config))
        self.agent = CallAgent(numbering_plan(self.config), settings, lambda: f"id{next(ids)}")
        self.service = Service(self.agent, self.now)
        self.alarms = AlarmBoard(self.store, self.clock, self.bus)
        service = cast(AgentService, self.service)
        telephones = {room: [e.number for e in entries] for room, entries in room_extensions(self.config).items()}
        self.hotel = HotelService(telephones, [], self.store, service, self.clock)
        self.hotel.on_changed = self._changed
        self.billing = Billing(
            self.store, self.alarms, self.clock, ZONE, self.config.hotel.currency, telephones, asyncio.ensure_future
        )
        self.credit = Credit(lambda: self.hotel.house, lambda: self.billing.table)
        self.telephone = Telephone(self.config, ZONE, self.clock, self.store, service, self.hotel, self.alarms, data)
        self.telephone.mail.on_changed = lambda room: self.bus.publish(VoiceMailEvent(room))
        self.telephone.requests.on_changed = lambda request: self.bus.publish(RequestEvent(request))
        self.desk = Desk(
            self.config, ZONE, self.clock, self.store, service, self.hotel, self.billing, self.credit, None, None,
            self.alarms, self.bus, lambda: None, self.telephone.desks, self, self._upkeep(data, service),
        )  # type: ignore[arg-type,return-value]  # fmt: skip
        self.feed = Feed(self.bus, self.desk, self.clock, ZONE)

    def _upkeep(self, data: Path, service: AgentService) -> Upkeep:
        means = Means(
            config=self.config, data=data, directory=RunDirectory(data), zone=ZONE, clock=self.clock, store=self.store,
            service=service, alarms=self.alarms, bus=self.bus, trail=AuditTrail(self.config, self.clock, self.store),
            beside=Beside(), trusted=lambda: self.trusted,
        )  # fmt: skip
        return Upkeep(means)

    async def vouch(self) -> datetime:
        """A word that counts for a day."""
        return self.clock.utc() + timedelta(days=1)

    def _changed(self, before: HotelHouse, after: HotelHouse, rooms: Sequence[str]) -> None:
        for event in house_events(before, after, rooms):
            self.bus.publish(event)

    def now(self) -> Instant:
        return Instant(round(self.clock.monotonic() * 1e9), self.clock.utc().astimezone(ZONE))

    async def add_people(self, **roles: Role) -> None:
        """Users of these names, who all log in with the password GOOD."""
        for name, role in roles.items():
            user = User(name=name, password=passwords.digest(GOOD), role=role, created=self.clock.utc())
            await self.store.do(lambda kept, user=user: kept.access.add_user(user))

    async def audit(self) -> list[AuditEntry]:
        """Latest first."""
        return await self.store.do(lambda kept: kept.audit.entries(AuditFilter(), Page(limit=100)))

    def sent(self, topic: str) -> list[Any]:
        """What the live feed has sent under a topic."""
        return [
            msgspec.json.decode(message.partition(b"data: ")[2])
            for _, name, message in self.desk.hub._kept
            if name == topic
        ]
