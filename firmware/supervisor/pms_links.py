"""The PMS links of the configuration: built, kept at work, shown to the desk."""

from __future__ import annotations

import asyncio
import os
import re
import uuid
from collections.abc import Callable, Collection
from contextlib import suppress
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec

from firmware.clock import Clock
from firmware.config import Config, split_address
from firmware.config.schema import FiasLink, MitelLink, PmsLink
from firmware.errors import RefusedError
from firmware.hotel.service import HotelService
from firmware.links import Link, LinkUser, SerialLine, TcpClient, TcpServer
from firmware.log import Log
from firmware.pms.fias.machine import FiasMachine
from firmware.pms.fias.settings import CLASSES as FIAS_CLASSES
from firmware.pms.fias.settings import FiasSettings
from firmware.pms.link import Alarms, Around
from firmware.pms.link import PmsLink as LinkAtWork
from firmware.pms.machine import PmsMachine
from firmware.pms.mitel.machine import MitelMachine
from firmware.pms.mitel.settings import CLASSES as MITEL_CLASSES
from firmware.pms.mitel.settings import MitelSettings
from firmware.pms.model import News
from firmware.pms.outbox import ChargeOutbox, Confirm
from firmware.pms.reconcile import Reconciler
from firmware.pms.rooms import RoomNames
from firmware.store import StorageError
from firmware.supervisor.audit_trail import AuditTrail
from firmware.supervisor.store_thread import StoreThread
from webui.api import links as api
from webui.services import Identity
from webui.types import stamp

WORDS = re.compile(r"([A-Z])")
STOP_S = 1.0
"""For the last words to a PMS."""

log = Log("pms")


class PmsLinks:
    """See `webui.api.links.Links`. The first FIAS link posts the charges."""

    def __init__(
        self,
        config: Config,
        hotel: HotelService,
        store: StoreThread,
        alarms: Alarms,
        clock: Clock,
        zone: ZoneInfo,
        confirm: Confirm,
        trail: AuditTrail,
        heard_clock: Callable[[datetime], None],
    ) -> None:
        self._store = store
        self._zone = zone
        self._trail = trail
        self.on_changed: Callable[[api.Link], None] = lambda link: None
        around = Around(hotel, store, alarms, clock, zone, self._changed, heard_clock)
        posting = next((link for link in config.pms if isinstance(link, FiasLink)), None)
        self.posting = None if posting is None else posting.name
        """The link that posts charges."""
        widths = {} if posting is None else {posting.name: posting.posting_number_width}
        outbox = ChargeOutbox(store, confirm, zone, widths)
        rooms = hotel.house.rooms.keys()
        late = timedelta(minutes=config.wakeup.late_minutes)
        self._links = {
            link.name: LinkAtWork(
                name=link.name,
                protocol=_protocol(link),
                machine=_machine(link),
                reconciler=Reconciler(link.name, _new_id, link.unseen_after_resync, late),
                rooms=RoomNames(link.room_map, rooms),
                outbox=outbox if link is posting else None,
                alarm_after_s=link.alarm_after_s,
                around=around,
                make_link=_connection(link),
            )
            for link in config.pms
        }

    async def run(self) -> None:
        """Until cancelled; then each PMS hears a good-bye."""
        try:
            await self._store.do(lambda kept: kept.pms.keep_links(self._links))
        except StorageError as error:
            log.error("links-not-kept", error=error)
        tasks = [asyncio.ensure_future(link.run()) for link in self._links.values()]
        try:
            await self._all_at_work(tasks)
        finally:
            await self._say_good_bye()
            for task in tasks:
                task.cancel()

    async def _all_at_work(self, tasks: Collection[asyncio.Task[None]]) -> None:
        """Until one fails, or we are told to end; the links themselves go on then, for their last words."""
        if not tasks:
            await asyncio.Event().wait()
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()

    async def _say_good_bye(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(STOP_S):
                await asyncio.gather(*(link.stop() for link in self._links.values()))

    def look_for_more(self) -> None:
        """Something may wait for a PMS."""
        for link in self._links.values():
            link.look_for_more()

    # ------------------------------------------------------------------------------------------------------- the desk

    def links(self) -> list[api.Link]:
        return [self._view(link) for link in self._links.values()]

    async def resync(self, name: str, who: Identity) -> api.Link:
        """Raises RefusedError (unknown-link) and StorageError."""
        link = self._found(name)
        await link.ask_for_resync()
        await self._trail.note(who, "resync-asked", name)
        return self._view(link)

    async def outbox(self, name: str, limit: int) -> list[api.Waiting]:
        """Raises RefusedError (unknown-link) and StorageError."""
        link = self._found(name).name
        waiting = await self._store.do(lambda kept: kept.pms.waiting_news(link, limit))
        return [self._waiting(key, since, news) for key, since, news in waiting]

    def _waiting(self, key: int, since: datetime, news: News) -> api.Waiting:
        what = msgspec.to_builtins(news)
        kind = WORDS.sub(r"-\1", what.pop("type").removesuffix("News")).lower().removeprefix("-")
        return api.Waiting(id=key, since=stamp(since, self._zone), kind=kind, room=what.pop("room", None), what=what)

    def trace(self, name: str, after: int, limit: int) -> list[api.TraceEntry]:
        """Raises RefusedError (unknown-link)."""
        return [
            api.TraceEntry(id=entry.number, at=stamp(entry.at, self._zone), line=entry.line(self._zone))
            for entry in self._found(name).link.recorder.entries(after, limit)
        ]

    def _found(self, name: str) -> LinkAtWork:
        if name not in self._links:
            raise RefusedError("unknown-link", f"there is no PMS link {name}", "name")
        return self._links[name]

    def _changed(self, name: str) -> None:
        self.on_changed(self._view(self._links[name]))

    def _view(self, link: LinkAtWork) -> api.Link:
        kinds: dict[str, dict[str, int]] = {}
        for (what, kind), count in sorted(link.kinds.items()):
            kinds.setdefault(kind, {})[what] = count
        return api.Link(
            name=link.name,
            protocol=link.protocol,
            state=link.state,
            since=stamp(link.since, self._zone),
            why=link.link.why,
            why_detail=link.link.standing,
            counters=api.Counters(
                received=link.counters["received"], sent=link.counters["sent"], refused=link.counters["refused"]
            ),
            kinds=kinds,
            outbox=link.owed,
        )


def _new_id() -> str:
    return uuid.uuid4().hex[:20]


def _protocol(link: PmsLink) -> str:
    return "fias" if isinstance(link, FiasLink) else "mitel"


def _machine(link: PmsLink) -> PmsMachine:
    serial = link.transport == "serial"
    seven_bit = link.bits.startswith("7") and serial
    if isinstance(link, MitelLink):
        return MitelMachine(
            MitelSettings(
                dialect=link.dialect,
                extension_width=link.extension_width,
                pad=link.pad,
                ack_unknown=link.ack_unknown,
                telnet_filter=link.telnet_filter,
                seven_bit=seven_bit,
                encoding=link.encoding,
                decimals=link.decimals,
                class_map={**MITEL_CLASSES, **link.class_map},
            )
        )
    return FiasMachine(
        FiasSettings(
            lr_pace_ms=link.lr_pace_ms,
            answer_s=link.answer_s,
            keepalive_s=link.keepalive_s,
            posting_number_width=link.posting_number_width,
            serial=serial,
            lrc=link.lrc,
            baud=link.baud,
            seven_bit=seven_bit,
            encoding=link.encoding,
            key=link.key,
            class_map={**FIAS_CLASSES, **link.class_map},
        ),
        os.urandom,
    )


def _connection(link: PmsLink) -> Callable[[LinkUser], Link]:
    def make(user: LinkUser) -> Link:
        if link.transport == "serial":
            return SerialLine(link.name, link.device or "", link.baud, link.bits, user)
        host, port = split_address(link.address or "")
        if link.transport == "tcp-client":
            return TcpClient(link.name, host, port, user)
        return TcpServer(link.name, host, port, user)

    return make
