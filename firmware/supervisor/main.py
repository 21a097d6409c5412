"""The composition root of the control plane: the only place that builds its parts and joins them."""

from __future__ import annotations

import asyncio
import secrets
import signal
import uuid
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from firmware import passwords, watchdog
from firmware.billing.credit import Credit, spent_by
from firmware.billing.outputs.service import RecordOutputService
from firmware.billing.service import Billing
from firmware.clock import SystemClock
from firmware.config import Config, split_address
from firmware.config.schema import Language
from firmware.events import EventBus
from firmware.exchange.agent import CallAgent
from firmware.exchange.decisions import FeatureChanged, LineView
from firmware.exchange.numbering import AgentSettings
from firmware.host import reached_at
from firmware.hotel.house import House
from firmware.hotel.model import Room
from firmware.hotel.service import By, HotelService
from firmware.ivr.house_texts import house_texts
from firmware.ivr.prompts import PromptService
from firmware.log import Log, write_aside
from firmware.processes import RunDirectory
from firmware.store import StorageError, open_repositories
from firmware.store.alarms import DATABASE, STORAGE
from firmware.store.model import CallRecord
from firmware.supervisor.agent_service import AgentService
from firmware.supervisor.alarm_board import AlarmBoard
from firmware.supervisor.audit_trail import AuditTrail
from firmware.supervisor.beside import Beside
from firmware.supervisor.clock_keeper import ClockKeeper
from firmware.supervisor.clock_vouching import ClockVouching
from firmware.supervisor.console import ConsoleService
from firmware.supervisor.desk import Desk
from firmware.supervisor.events import (
    AlarmEvent,
    LineEvent,
    LinkEvent,
    RecordEvent,
    RequestEvent,
    RoomEvent,
    VoiceMailEvent,
)
from firmware.supervisor.feed import Feed
from firmware.supervisor.gateway_alarms import SERVICE_RESTARTING
from firmware.supervisor.health import HealthService
from firmware.supervisor.house_events import house_events
from firmware.supervisor.housekeeping import Housekeeping
from firmware.supervisor.indicators import Indicators
from firmware.supervisor.loop_watch import LoopWatch
from firmware.supervisor.numbering import numbering_plan, room_extensions
from firmware.supervisor.pms_links import PmsLinks
from firmware.supervisor.record_keeper import RecordKeeper
from firmware.supervisor.restore import Restore
from firmware.supervisor.restriction import HouseRestrictions
from firmware.supervisor.store_thread import StoreThread
from firmware.supervisor.talking import Talking, menu_book
from firmware.supervisor.tree import BudgetError, ChildSpec, ServiceView, Tree
from firmware.supervisor.upkeep import Means, Upkeep
from webui.app import create_app
from webui.redirect import create_redirect
from webui.server import Server

LINK_HOURS = 24

log = Log("supervisor")


def run(config: Config, data: Path) -> int:
    """Run the control plane until SIGTERM or SIGINT; 1 if a service could not be kept alive."""
    write_aside()
    return asyncio.run(Supervisor(config, data).run())


class Supervisor:
    """Everything of the control plane, built once."""

    def __init__(self, config: Config, data: Path) -> None:
        self._config = config
        self._clock = SystemClock()
        self._directory = RunDirectory(data)
        zone = ZoneInfo(config.hotel.time_zone)
        self._beside = Beside()
        self._bus = EventBus(lambda event, error: log.error("subscriber", event=type(event).__name__, error=error))
        self._store = StoreThread(partial(open_repositories, data))
        self._alarms = AlarmBoard(self._store, self._clock, self._bus)
        self._records = RecordKeeper(self._store, self._clock, self._bus)
        self._credit = Credit(lambda: self._hotel.house, lambda: self._billing.table)
        language = config.hotel.language
        self._prompts = PromptService(data, language, house_texts(config.extensions, language), self._tell_prompts)
        menus, plan = menu_book(config, data, lambda: self._hotel.house, self._speaks), numbering_plan(config)
        settings = AgentSettings(restrictions=HouseRestrictions(config), allowance=self._credit, dialogues=menus)
        self._agent = CallAgent(plan, settings, lambda: uuid.uuid4().hex[:20])
        self._service = AgentService(
            self._agent, self._directory, self._records, self._alarms, self._bus, self._clock, zone
        )
        self._keeper = ClockKeeper(self._clock, zone, self._alarms, ClockVouching(self._store))
        self._watch = LoopWatch(lambda: self._tree.stuck())
        self._health = HealthService(
            config, self._directory, self._service, self._alarms, self._bus, self._services,
            lambda: self._watch.lag_ms, self._keeper,
        )  # fmt: skip
        telephones = {room: [e.number for e in entries] for room, entries in room_extensions(config).items()}
        self._rooms_of = {number: room for room, numbers in telephones.items() for number in numbers}
        links = [link.name for link in config.pms]
        self._hotel = HotelService(telephones, links, self._store, self._service, self._clock)
        self._hotel.keeps_wakeups = config.wakeup.keep_at_check_out
        self._billing = Billing(
            self._store, self._alarms, self._clock, zone, config.hotel.currency, telephones, self._beside
        )
        self._outputs = RecordOutputService(config, self._store, self._alarms, self._clock, self._bus, data)
        self._links = PmsLinks(
            config, self._hotel, self._store, self._alarms, self._clock, zone, self._billing.confirm,
            AuditTrail(config, self._clock, self._store), self._keeper.heard,
        )  # fmt: skip
        self._talking = Talking(
            config, zone, self._clock, self._store, self._service, self._hotel, self._billing, self._alarms, menus,
            plan, telephones, self._speaks, self._beside, data,
        )  # fmt: skip
        means = self._means(data, zone)
        self._upkeep = Upkeep(means)
        self._desk = Desk(
            config, zone, self._clock, self._store, self._service, self._hotel, self._billing, self._credit,
            self._links, self._outputs, self._alarms, self._bus, self._health.health,
            self._talking.desks, self._keeper, self._upkeep,
        )  # fmt: skip
        self._console = ConsoleService(means, self._desk)
        self._feed = Feed(self._bus, self._desk, self._clock, zone)
        self._housekeeping = Housekeeping(self._store, self._clock)
        self._indicators = Indicators(
            self._alarms, self._links.links, lambda: self._health.not_ready() is None, self._bus, self._beside,
            lambda seconds, call: asyncio.get_running_loop().call_later(seconds, call), self._service.indicate,
        )  # fmt: skip
        self._loop: asyncio.AbstractEventLoop | None = None
        self._tree = Tree(self._specs())
        self._join()

    def _means(self, data: Path, zone: ZoneInfo) -> Means:
        return Means(
            self._config, data, self._directory, zone, self._clock, self._store, self._service, self._alarms, self._bus,
            AuditTrail(self._config, self._clock, self._store), self._beside, lambda: self._keeper.trusted,
        )  # fmt: skip

    def _specs(self) -> list[ChildSpec]:
        """The supervision tree, in the order of start."""
        host, port = split_address(self._config.web.listen)
        tls = self._upkeep.certificates.context if self._config.web.is_secure else None
        web = Server(create_app(self._desk), host, port, self._serving, tls)
        return [
            ChildSpec("agent", self._service.run, budget=(20, 60.0), progress_s=15.0),
            ChildSpec("records", self._records.run),
            ChildSpec("web", web.run),
            ChildSpec("health", self._health.run),
            ChildSpec("pms", self._links.run, vital=False),
            ChildSpec("record-outputs", self._outputs.run, vital=False),
            ChildSpec("tariffs", self._billing.run, vital=False),
            ChildSpec("wake-ups", self._talking.wakeups.run),
            ChildSpec("wake-up-people", self._talking.persons.run),
            ChildSpec("voice-mail", self._talking.mail.run, vital=False),
            ChildSpec("staff-pins", self._talking.pins.run, vital=False),
            ChildSpec("prompts", self._prompts.run, restart="temporary"),
            ChildSpec("housekeeping", self._housekeeping.run, vital=False),
            ChildSpec("copies", self._store.keep_copies, vital=False),
            ChildSpec("disk", self._store.watch, vital=False),
            ChildSpec("clock", self._keeper.run, vital=False),
            ChildSpec("watchdog", self._watch.run),
            ChildSpec("console", self._console.run, vital=False),
            *self._upkeep.specs(),
            *self._redirection(port),
        ]

    def _redirection(self, port: int) -> list[ChildSpec]:
        if self._config.web.redirect is None:
            return []
        host, plain = split_address(self._config.web.redirect)
        return [ChildSpec("web-redirect", Server(create_redirect(port), host, plain).run, vital=False)]

    async def run(self) -> int:
        """Open the store, take the settings from it, run the tree."""
        loop = self._loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._tree.stop)
        await self._store.open()
        await self._take_up()
        await self._try(self._end_storage_alarm, self._tell_restart)
        watchdog.notify(watchdog.READY)
        try:
            await self._tree.run()
        except BudgetError as error:
            log.error("gives-up", error=error)
            return 1
        finally:
            await self._try(self._store.look, self._records.beat)  # what waits may be written by now
            await self._store.close()
        return 0

    async def _take_up(self) -> None:
        """What the store holds is in force."""
        await Restore(self._config, self._service, self._hotel, self._store, self._clock, self._alarms).run()
        await self._talking.load()
        await self._try(self._billing.load, self._begin_posting, self._look_after_credit, self._offer_first_manager)

    async def _take_up_again(self) -> None:
        """As at a start: what could be read then, if anything, was not all."""
        before = self._hotel.house
        self._health.greeting.clear()
        await self._take_up()
        self._tell_rooms(before, self._hotel.house, list(before.rooms))
        await self._records.beat()

    async def _try(self, *steps: Callable[[], Awaitable[None]]) -> None:
        """One after the other; one that the store refuses is left out, and logged."""
        for step in steps:
            try:
                await step()
            except StorageError as error:
                log.error("without-store", step=step.__name__.strip("_"), error=error)

    def _services(self) -> list[ServiceView]:
        return self._tree.views()

    async def _begin_posting(self) -> None:
        await self._billing.begin(self._links.posting)

    async def _end_storage_alarm(self) -> None:
        """One of an earlier run has had its cause; the desk may not have seen yet what was lost."""
        if self._store.trouble is None:
            await self._alarms.clear_seen(STORAGE, DATABASE)

    async def _tell_restart(self) -> None:
        """A control plane that was started again after a death says so."""
        running = self._directory.running("supervisor")
        if running is not None and running.restarts > 0:
            text = f"the supervisor has died and was restarted, {running.restarts} times so far"
            await self._alarms.raise_alarm(SERVICE_RESTARTING, "supervisor", text)
            await self._alarms.clear(SERVICE_RESTARTING, "supervisor")

    async def _offer_first_manager(self) -> None:
        """While nobody can log in, each start has a link of its own that makes the first manager."""
        if await self._store.do(lambda kept: kept.access.users()):
            return
        secret = secrets.token_urlsafe(24)
        digest, expires = passwords.token_digest(secret), self._clock.utc() + timedelta(hours=LINK_HOURS)
        await self._store.do(lambda kept: kept.access.offer_enrolment(digest, expires))
        web = self._config.web
        self._health.greeting.update(
            first_manager_link=f"{web.scheme}://{reached_at(web.listen)[0]}/first-manager/{secret}",
            first_manager_link_expires=expires,
        )

    # ------------------------------------------------------------------------------------------------------ joining

    def _join(self) -> None:
        """Who tells whom."""
        self._service.on_progress = lambda: self._tree.progress("agent")
        self._service.on_feature = self._keep_feature
        self._service.on_connected = self._connected
        self._service.on_dialogue = self._talking.actions(self._desk.settings, self._desk.note_feature).perform
        self._talking.join()
        self._prompts.on_ready = self._talking.wakeups.refresh
        self._talking.requests.on_changed = lambda request: self._bus.publish(RequestEvent(request))
        self._talking.mail.on_changed = lambda room: self._bus.publish(VoiceMailEvent(room))
        self._bus.subscribe(AlarmEvent, lambda event: self._talking.persons.seen(event.alarm, event.former))
        self._bus.subscribe(LineEvent, lambda event: self._tell_idle(event.line))
        self._records.also.append(self._outputs.keep)
        self._hotel.on_changed = self._tell_rooms
        self._billing.payer_of = self._records.payer_of = self._payer_of
        self._records.price = self._billing.priced
        self._records.also.append(self._billing.write_charge)
        self._bus.subscribe(RecordEvent, lambda event: self._billing.finished(event.record))
        self._bus.subscribe(RecordEvent, lambda event: self._note_cost(event.record))
        self._billing.on_charge = self._tell_charge
        self._billing.on_tariffs = self._tell_tariffs
        self._links.on_changed = lambda link: self._bus.publish(LinkEvent(link))
        self._store.on_trouble = self._tell_storage
        self._store.on_kept_again = lambda: self._beside(self._take_up_again())
        self._desk.stays.recount = self._look_after_credit
        self._desk.guests.erase_also = self._talking.erase
        self._upkeep.box.restart_service = self._tree.restart
        self._desk.on_enrolled = self._health.greeting.clear

    def _connected(self) -> None:
        self._indicators.refresh()
        self._talking.connected()

    def _tell_idle(self, line: LineView) -> None:
        room = self._rooms_of.get(line.extension or "")
        if room is not None and line.state == "idle":
            self._talking.wakeups.line_idle([room])

    def _speaks(self) -> frozenset[Language]:
        """Languages in which everything can be said by now."""
        return self._prompts.ready

    def _serving(self, serving: bool) -> None:
        self._health.serving = serving

    async def _keep_feature(self, change: FeatureChanged) -> None:
        """Do-not-disturb is the room's; the telephone that has set it waits for no other."""
        room = self._rooms_of.get(change.extension)
        if change.feature != "dnd" or room is None:
            await self._desk.note_feature(change.extension, change.feature, change.value)
            return
        on = bool(change.value)
        await self._hotel.change(By(change.extension, "keypad"), lambda draft: draft.set_dnd(room, on), wait=False)

    def _tell_rooms(self, before: House, after: House, rooms: Sequence[str]) -> None:
        for event in house_events(before, after, rooms):
            self._bus.publish(event)
        self._talking.changed(before, after)
        self._links.look_for_more()
        if any(_limits(before.rooms[room]) != _limits(after.rooms[room]) for room in rooms):
            self._beside(self._look_after_credit())

    def _payer_of(self, room: str) -> str | None:
        found = self._hotel.house.rooms.get(room)
        return None if found is None or found.payer is None else found.payer.id

    def _tell_charge(self) -> None:
        """Maybe from the store's thread."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._after_charge)

    def _after_charge(self) -> None:
        self._links.look_for_more()
        self._beside(self._look_after_credit())

    def _note_cost(self, record: CallRecord) -> None:
        """What has been written comes as a charge."""
        if record.guest in self._records.unwritten():
            self._beside(self._look_after_credit())

    def _tell_tariffs(self) -> None:
        self._beside(self._look_after_credit())

    async def _look_after_credit(self) -> None:
        """What guests have spent, or may, is something else now; their calls that stand end by it."""
        guests, estimate = self._credit.limited(), self._billing.estimate
        spent = Counter(await self._store.do(lambda kept: spent_by(kept, guests, estimate)))
        for room in self._credit.take(spent + Counter(self._records.unwritten())):
            self._bus.publish(RoomEvent(room))
        await self._service.change(lambda agent, now: agent.allowance_changed(None, now))

    def _tell_storage(self, text: str | None) -> None:
        if text is None:
            self._beside(self._alarms.clear(STORAGE, DATABASE))
            self._beside(self._alarms.keep())
        else:
            self._beside(self._alarms.raise_alarm(STORAGE, DATABASE, text))
            self._beside(self._begin_posting())  # an older copy may have made charges doubtful

    def _tell_prompts(self, text: str | None) -> None:
        if text is None:
            self._beside(self._alarms.clear("prompts", "espeak-ng"))
        else:
            self._beside(self._alarms.raise_alarm("prompts", "espeak-ng", text))


def _limits(room: Room) -> list[tuple[str, int | None]]:
    """What the credit of a room depends on."""
    return [(guest.id, guest.limit) for guest in room.guests]
