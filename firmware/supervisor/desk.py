"""The desk's use cases: what the API and the pages ask for, each checked, carried out, and written into the audit."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable
from datetime import datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

from firmware import passwords
from firmware.audit import AuditFilter
from firmware.billing.credit import Credit
from firmware.billing.outputs.service import RecordOutputService
from firmware.billing.service import Billing
from firmware.clock import Clock
from firmware.config import Config
from firmware.errors import RefusedError
from firmware.events import EventBus
from firmware.hotel.service import HotelService
from firmware.log import Log
from firmware.store import Repositories, StorageError
from firmware.store.model import Page, RecordFilter, User, to_ms
from firmware.supervisor import views
from firmware.supervisor.access_desk import AccessDesk
from firmware.supervisor.account_desk import AccountDesk
from firmware.supervisor.agent_service import AgentService
from firmware.supervisor.alarm_board import AlarmBoard
from firmware.supervisor.audit_trail import AuditTrail
from firmware.supervisor.billing_desk import BillingDesk
from firmware.supervisor.call_readings import CallReadings
from firmware.supervisor.clock_desk import ClockDesk, Keeper
from firmware.supervisor.credentials import Credentials
from firmware.supervisor.emergency_check import EmergencyDryRun
from firmware.supervisor.guest_data import GuestData
from firmware.supervisor.numbering import room_extensions, trunk_groups
from firmware.supervisor.output_desk import OutputDesk
from firmware.supervisor.plant_desk import PlantDesk
from firmware.supervisor.report_desk import ReportDesk
from firmware.supervisor.room_desk import RoomDesk
from firmware.supervisor.settings_desk import SettingsDesk
from firmware.supervisor.stay_desk import StayDesk
from firmware.supervisor.store_thread import PATIENCE_S, StoreThread
from firmware.supervisor.telephone_desks import TelephoneDesks
from firmware.supervisor.upkeep import Upkeep
from webui import types
from webui.api.health import Health
from webui.api.links import Links
from webui.live import Hub
from webui.services import Identity, Part, Period, Place

T = TypeVar("T")
log = Log("desk")


class Desk:
    """See `webui.services.Services`."""

    def __init__(
        self,
        config: Config,
        zone: ZoneInfo,
        clock: Clock,
        store: StoreThread,
        agent: AgentService,
        hotel: HotelService,
        billing: Billing,
        credit: Credit,
        links: Links,
        outputs: RecordOutputService,
        alarms: AlarmBoard,
        bus: EventBus,
        health: Callable[[], Health],
        telephone: TelephoneDesks,
        keeper: Keeper,
        upkeep: Upkeep,
    ) -> None:
        self.hub = Hub()
        self.wakeups = telephone.wakeups
        self.codes = telephone.codes
        self.requests = telephone.requests
        self.voice_mail = telephone.voice_mail
        self.prompts = telephone.prompts
        self.menus = telephone.menus
        self.links = links
        self.box = upkeep.box
        self.plant = PlantDesk(config, agent)
        self.backups = upkeep.backups
        self.line_tests = upkeep.line_tests
        self._trail = AuditTrail(config, clock, store)
        self.rooms = RoomDesk(room_extensions(config), zone, hotel, agent, credit, config.hotel.currency)
        self.stays = StayDesk(hotel, self.rooms, clock, zone, config.hotel.currency, lambda: uuid.uuid4().hex[:20])
        self.settings = SettingsDesk(config, store, agent, hotel, self._trail, alarms)
        credentials = Credentials(clock, store, self._trail, alarms, lambda: keeper.trusted)
        self.access = AccessDesk(zone, clock, store, self._trail, credentials)
        self.accounts = AccountDesk(clock, store, self._trail, credentials, self.access)
        self.backups.confirm = self.accounts.confirm
        self.readings = CallReadings(self._trail, clock)
        self.wall_clock = ClockDesk(keeper, self._trail, clock, zone)
        self.outputs = OutputDesk(outputs, self._trail, zone)
        self.billing = BillingDesk(billing, store, self._trail, zone)
        self.guests = GuestData(
            hotel, billing, store, agent, self._trail, clock, zone, telephone.requests, telephone.voice_mail
        )
        self.reports = ReportDesk(store, zone, sum(len(group.ports) for group in trunk_groups(config)))
        self._dry_run = EmergencyDryRun(agent, self._trail, bus)
        self._zone = zone
        self._clock = clock
        self._store = store
        self._agent = agent
        self._alarms = alarms
        self._health = health
        self.on_enrolled: Callable[[], None] = lambda: None

    # ------------------------------------------------------------------------------------------------------- who asks

    async def identify(self, token: str) -> Identity | None:
        """Who holds this token. Raises StorageError."""
        digest = passwords.token_digest(token)
        found = await self._store.do(lambda kept: kept.access.token_of(digest))
        if found is None:
            return None
        today = self._clock.utc()
        if found.used is None or found.used.date() != today.date():
            await self._note_use(found.name, today)
        return Identity(found.name, found.role)

    async def _note_use(self, name: str, today: datetime) -> None:
        try:
            await self._store.do(lambda kept: kept.access.used(name, today), PATIENCE_S)
        except StorageError as error:
            log.warning("use-not-kept", token=name, error=error)

    def local(self, naive: datetime) -> datetime:
        return naive.replace(tzinfo=self._zone)

    # ---------------------------------------------------------------------------------------------- lines and calls

    def lines(self) -> list[types.Line]:
        return [views.line(view) for view in self._agent.lines()]

    def calls(self) -> list[types.Call]:
        return [views.call(view, self._clock, self._zone) for view in self._agent.calls()]

    async def dial(self, from_number: str, to_number: str, who: Identity) -> types.Call:
        made = await self._agent.request(lambda agent, now: agent.dial(from_number, to_number, now))
        await self._trail.note(who, "call-placed", made, {"from": from_number, "to": to_number}, extension=from_number)
        found = next((call for call in self.calls() if call.id == made), None)
        if found is None:
            raise RefusedError("ended", f"the call from {from_number} has ended already")
        return found

    async def clear(self, call: str, who: Identity) -> None:
        await self._agent.request(lambda agent, now: (None, agent.clear(call, now)))
        await self._trail.note(who, "call-cleared", call)

    async def return_to_service(self, port: str, who: Identity) -> None:
        await self._agent.request(lambda agent, now: (None, agent.return_to_service(port, now)))
        await self._trail.note(who, "returned-to-service", port)

    async def emergency_dry_run(self, who: Identity) -> types.EmergencyDryRun:
        return await self._dry_run.run(who)

    # ------------------------------------------------------------------------------------------------- what is kept

    async def call_records(
        self,
        period: Period,
        room: str | None,
        number: str | None,
        part: Part,
        direction: types.Direction | None = None,
    ) -> tuple[list[types.CallRecord], Place | None]:
        wanted = RecordFilter(since=period.since, until=period.until, room=room, number=number, direction=direction)
        page = Page(limit=part.limit + 1, after=part.after)

        def work(kept: Repositories) -> list[tuple[Place, types.CallRecord]]:  # views too: calls do not wait for them
            found = kept.call_records.finished(wanted, page)
            return [(place, views.call_record(record, self._zone)) for place, record in found]

        shown, following = _cut(await self._store.do(work), part, lambda item: item[0])
        return [view for _, view in shown], following

    async def alarms(self, everything: bool, part: Part) -> tuple[list[types.Alarm], Place | None]:
        found = await self._alarms.shown(everything, Page(limit=part.limit + 1, after=part.after))
        shown, following = _cut(found, part, lambda alarm: (to_ms(alarm.raised), alarm.id))
        return [views.alarm(alarm, self._zone) for alarm in shown], following

    async def acknowledge(self, alarm: int, who: Identity) -> types.Alarm:
        seen = await self._alarms.acknowledge(alarm, who.name)
        await self._trail.note(who, "alarm-acknowledged", f"{seen.kind} {seen.subject}", detail={"id": alarm})
        return views.alarm(seen, self._zone)

    async def audit(self, wanted: AuditFilter, part: Part) -> tuple[list[types.AuditEntry], Place | None]:
        page = Page(limit=part.limit + 1, after=part.after)
        found = await self._store.do(lambda kept: kept.audit.entries(wanted, page))
        shown, following = _cut(found, part, lambda entry: (to_ms(entry.at), entry.id))
        return [views.audit_entry(entry, self._zone) for entry in shown], following

    def health(self) -> Health:
        return self._health()

    # ------------------------------------------------------------------------------------------------ first manager

    async def enrolment_open(self, secret: str) -> bool:
        digest, now = passwords.token_digest(secret), self._clock.utc()
        return await self._store.do(lambda kept: kept.access.enrolment_open(digest, now))

    async def enrol(self, secret: str, name: str, password: str) -> None:
        """Make the first manager. Raises RefusedError (expired, password)."""
        if not await self.enrolment_open(secret):
            raise RefusedError("expired", "this link was used already, or is too old")
        hashed = await asyncio.to_thread(passwords.digest, password)
        digest, now = passwords.token_digest(secret), self._clock.utc()
        user = User(name=name, password=hashed, role="manager", created=now)
        await self._store.do(lambda kept: kept.access.enrol(digest, user, now))
        await self._trail.note(
            Identity(name, "manager", "first-manager link"), "user-added", name, detail={"role": "manager"}
        )
        self.on_enrolled()

    # ------------------------------------------------------------------------------------------------------- audit

    async def note_feature(self, extension: str, feature: str, value: object) -> None:
        """A telephone has changed something by a code: kept, and in the audit."""
        await self._store.do(lambda kept: kept.settings.put_features(extension, {feature: value}))
        who = Identity(extension, "desk", "keypad")
        await self._trail.note(who, "feature-changed", extension, detail={feature: value})


def _cut(found: list[T], part: Part, place: Callable[[T], Place]) -> tuple[list[T], Place | None]:
    """The asked part of what was found with one more, and where the next part begins; None: it is the last."""
    shown = found[: part.limit]
    return shown, place(shown[-1]) if len(found) > part.limit else None
