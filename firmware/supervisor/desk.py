"""The desk's use cases: what the API and the pages ask for, each checked, carried out, and written into the audit."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

from firmware import passwords
from firmware.clock import Clock
from firmware.config import Config
from firmware.errors import RefusedError
from firmware.log import Log
from firmware.store import StorageError
from firmware.store.model import AuditEntry, Page, RecordFilter, User, to_ms
from firmware.supervisor import views
from firmware.supervisor.agent_service import AgentService
from firmware.supervisor.alarm_board import AlarmBoard
from firmware.supervisor.numbering import EXCHANGE, ROOM_BLOCKING, agent_settings, room_blocking
from firmware.supervisor.store_thread import StoreThread
from webui import types
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
        alarms: AlarmBoard,
        health: Callable[[], types.Health],
    ) -> None:
        self.hub = Hub()
        self._config = config
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
            await self._store.do(lambda kept: kept.access.used(name, today))
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
        await self._audit(who, "call-placed", made, {"from": from_number, "to": to_number}, extension=from_number)
        found = next((call for call in self.calls() if call.id == made), None)
        if found is None:
            raise RefusedError("ended", f"the call from {from_number} has ended already")
        return found

    async def clear(self, call: str, who: Identity) -> None:
        await self._agent.request(lambda agent, now: (None, agent.clear(call, now)))
        await self._audit(who, "call-cleared", call)

    async def return_to_service(self, port: str, who: Identity) -> None:
        await self._agent.request(lambda agent, now: (None, agent.return_to_service(port, now)))
        await self._audit(who, "returned-to-service", port)

    # ------------------------------------------------------------------------------------------------- what is kept

    async def call_records(
        self, period: Period, room: str | None, number: str | None, part: Part
    ) -> tuple[list[types.CallRecord], Place | None]:
        wanted = RecordFilter(since=period.since, until=period.until, room=room, number=number)
        page = Page(limit=part.limit + 1, after=part.after)
        found = await self._store.do(lambda kept: kept.call_records.finished(wanted, page))
        shown, following = _cut(found, part, lambda item: item[0])
        return [views.call_record(record, self._zone) for _, record in shown], following

    async def alarms(self, everything: bool, part: Part) -> tuple[list[types.Alarm], Place | None]:
        found = await self._alarms.shown(everything, Page(limit=part.limit + 1, after=part.after))
        shown, following = _cut(found, part, lambda alarm: (to_ms(alarm.raised), alarm.id))
        return [views.alarm(alarm, self._zone) for alarm in shown], following

    async def acknowledge(self, alarm: int, who: Identity) -> types.Alarm:
        seen = await self._alarms.acknowledge(alarm, who.name)
        await self._audit(who, "alarm-acknowledged", f"{seen.kind} {seen.subject}", detail={"id": alarm})
        return views.alarm(seen, self._zone)

    async def audit(self, period: Period, room: str | None, part: Part) -> tuple[list[types.AuditEntry], Place | None]:
        page = Page(limit=part.limit + 1, after=part.after)
        found = await self._store.do(lambda kept: kept.audit.entries(period.since, period.until, room, page))
        shown, following = _cut(found, part, lambda entry: (to_ms(entry.at), entry.id))
        return [views.audit_entry(entry, self._zone) for entry in shown], following

    def health(self) -> types.Health:
        return self._health()

    # --------------------------------------------------------------------------------------------------- settings

    async def room_blocking(self) -> types.RoomBlocking:
        return views.room_blocking(await self._store.do(lambda kept: kept.settings.get(ROOM_BLOCKING)))

    async def set_room_blocking(self, wanted: types.RoomBlocking, who: Identity) -> types.RoomBlocking:
        """Kept first, then in force: a setting that cannot be kept changes nothing."""
        self._check_blocking(wanted)
        value, blocking = views.builtins(wanted), room_blocking(wanted)
        await self._store.do(lambda kept: kept.settings.put(ROOM_BLOCKING, value))
        await self._agent.change(lambda agent, now: agent.set_room_blocking(blocking))
        await self._audit(who, "setting-changed", ROOM_BLOCKING, detail=value)
        return wanted

    def _check_blocking(self, wanted: types.RoomBlocking) -> None:
        if (wanted.from_ is None) != (wanted.to is None):
            field = "to" if wanted.to is None else "from"
            raise RefusedError("bad-value", "`from` and `to` are given together, or neither: all day", field)
        rooms = {entry.room_number for entry in self._config.extensions if entry.kind == "room"}
        for index, group in enumerate(wanted.exceptions):
            for room in group:
                if room not in rooms:
                    raise RefusedError("bad-value", f"{room} is no room", f"exceptions[{index}]")

    async def exchange_settings(self) -> types.ExchangeSettings:
        return views.exchange_settings(await self._store.do(lambda kept: kept.settings.get(EXCHANGE)))

    async def set_exchange_settings(self, wanted: types.ExchangeSettings, who: Identity) -> types.ExchangeSettings:
        """Kept first, then in force, as `set_room_blocking`."""
        value = views.builtins(wanted)
        await self._store.do(lambda kept: kept.settings.put(EXCHANGE, value))
        await self._agent.change(lambda agent, now: agent.set_settings(agent_settings(wanted, agent.settings), now))
        await self._audit(who, "setting-changed", EXCHANGE, detail=value)
        return wanted

    def extension_settings(self, number: str) -> types.ExtensionSettings:
        """As it is now, whether the desk or a telephone has set it. Raises RefusedError."""
        self._check_extension(number)
        dnd, forward = self._agent.features(number)
        return types.ExtensionSettings(dnd=dnd, forward=views.forward_cases(forward))

    async def set_extension_settings(
        self, number: str, wanted: types.ExtensionSettings, who: Identity
    ) -> types.ExtensionSettings:
        """Kept first, then in force. Raises RefusedError."""
        self._check_extension(number)
        cases = views.forward_cases(wanted.forward)
        features = {"dnd": wanted.dnd, "forward": " ".join(cases)}
        await self._store.do(lambda kept: kept.settings.put_features(number, features))
        await self._agent.change(
            lambda agent, now: agent.set_forward(number, cases) + agent.set_dnd(number, wanted.dnd, now)
        )
        await self._audit(who, "feature-changed", number, detail={"dnd": wanted.dnd, "forward": cases})
        return types.ExtensionSettings(dnd=wanted.dnd, forward=cases)

    def _check_extension(self, number: str) -> None:
        if number not in {entry.number for entry in self._config.extensions}:
            raise RefusedError("unknown-extension", f"there is no extension {number}", "number")

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
        await self._audit(
            Identity(name, "manager", "first-manager link"), "user-added", name, detail={"role": "manager"}
        )
        self.on_enrolled()

    # ------------------------------------------------------------------------------------------------------- audit

    async def note_feature(self, extension: str, feature: str, value: object) -> None:
        """A telephone has changed something by a code: kept, and in the audit."""
        await self._store.do(lambda kept: kept.settings.put_features(extension, {feature: value}))
        who = Identity(extension, "desk", "keypad")
        await self._audit(who, "feature-changed", extension, detail={feature: value})

    async def _audit(
        self,
        who: Identity,
        action: str,
        subject: str,
        detail: dict[str, object] | None = None,
        extension: str | None = None,
    ) -> None:
        """`extension`: whose room is concerned, where the subject itself is none."""
        number = extension or subject
        room = next((entry.room_number for entry in self._config.extensions if entry.number == number), None)
        entry = AuditEntry(
            at=self._clock.utc(), who=who.name, through=who.through, action=action, subject=subject, room=room,
            detail=detail or {},
        )  # fmt: skip
        try:
            await self._store.do(lambda kept: kept.audit.add(entry))
        except StorageError as error:
            log.error("audit-not-kept", who=who.name, action=action, subject=subject, error=error)


def _cut(found: list[T], part: Part, place: Callable[[T], Place]) -> tuple[list[T], Place | None]:
    """The asked part of what was found with one more, and where the next part begins; None: it is the last."""
    shown = found[: part.limit]
    return shown, place(shown[-1]) if len(found) > part.limit else None
