"""The settings that the desk changes while the house runs: each is kept first, and then in force."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

import msgspec

from firmware.config import Config
from firmware.details import Detail
from firmware.errors import Limit, RefusedError
from firmware.exchange.agent import CallAgent
from firmware.exchange.decisions import Decision
from firmware.exchange.numbering import Instant
from firmware.hotel.service import By, HotelService
from firmware.supervisor import views
from firmware.supervisor.agent_service import AgentService
from firmware.supervisor.alarm_board import AlarmBoard
from firmware.supervisor.audit_trail import AuditTrail
from firmware.supervisor.numbering import (
    EXCHANGE,
    NIGHT_SERVICE,
    ROOM_BLOCKING,
    agent_settings,
    night_service,
    room_blocking,
)
from firmware.supervisor.restriction import RESTRICTION, HouseRestrictions
from firmware.supervisor.store_thread import StoreThread
from webui import types
from webui.services import Identity

S = TypeVar("S", bound=msgspec.Struct)


class SettingsDesk:
    """See `webui.services.Settings`."""

    def __init__(
        self,
        config: Config,
        store: StoreThread,
        agent: AgentService,
        hotel: HotelService,
        trail: AuditTrail,
        alarms: AlarmBoard,
    ) -> None:
        self._config = config
        self._extensions = {entry.number: entry for entry in config.extensions}
        self._rooms = {entry.room_number for entry in config.extensions if entry.kind == "room"}
        self._store = store
        self._agent = agent
        self._trail = trail
        self._alarms = alarms
        self._hotel = hotel

    async def room_blocking(self) -> types.RoomBlocking:
        return views.room_blocking(await self._store.do(lambda kept: kept.settings.get(ROOM_BLOCKING)))

    async def set_room_blocking(self, wanted: types.RoomBlocking, who: Identity) -> types.RoomBlocking:
        """Raises RefusedError and StorageError."""
        if (wanted.from_ is None) != (wanted.to is None):
            raise _missing(wanted, "`from` and `to` are given together, or neither: all day")
        for index, group in enumerate(wanted.exceptions):
            if strangers := [room for room in group if room not in self._rooms]:
                detail = Detail("room", f"{strangers[0]} is no room", {"room": strangers[0]})
                raise RefusedError.of("no-such-room", detail, f"exceptions[{index}]")
        blocking = room_blocking(wanted)
        return await self._put(ROOM_BLOCKING, wanted, who, lambda agent, now: agent.set_room_blocking(blocking))

    async def exchange(self) -> types.ExchangeSettings:
        return views.exchange_settings(await self._store.do(lambda kept: kept.settings.get(EXCHANGE)))

    async def set_exchange(self, wanted: types.ExchangeSettings, who: Identity) -> types.ExchangeSettings:
        return await self._put(
            EXCHANGE, wanted, who, lambda agent, now: agent.set_settings(agent_settings(wanted, agent.settings), now)
        )

    async def night_service(self) -> types.NightService:
        return views.night_service(await self._store.do(lambda kept: kept.settings.get(NIGHT_SERVICE)))

    async def set_night_service(self, wanted: types.NightService, who: Identity) -> types.NightService:
        """Raises RefusedError and StorageError."""
        if (wanted.from_ is None) != (wanted.to is None) or (wanted.mode == "auto" and wanted.from_ is None):
            raise _missing(wanted, '`from` and `to` are given together; "auto" needs both')
        if wanted.mode == "auto" and wanted.from_ == wanted.to:
            raise RefusedError("same-hours", 'a night that ends as it begins: use "on"', "to")
        if wanted.target is not None:
            self._check_telephone(wanted.target)
        night = night_service(wanted)
        return await self._put(
            NIGHT_SERVICE, wanted, who, lambda agent, now: agent.set_settings(replace(agent.settings, night=night), now)
        )

    async def restriction(self) -> types.Restriction:
        return views.restriction(await self._store.do(lambda kept: kept.settings.get(RESTRICTION)))

    async def set_restriction(self, wanted: types.Restriction, who: Identity) -> types.Restriction:
        """Raises RefusedError, with the entry that is wrong, and StorageError."""
        restrictions = HouseRestrictions(self._config, wanted)
        await self._put(
            RESTRICTION,
            wanted,
            who,
            lambda agent, now: agent.set_settings(replace(agent.settings, restrictions=restrictions), now),
        )
        await self._alarms.clear(RESTRICTION, RESTRICTION)
        return wanted

    def extension(self, number: str) -> types.ExtensionSettings:
        """As it is now, whether the desk or a telephone has set it. Raises RefusedError."""
        self._check_extension(number)
        dnd, forward = self._agent.features(number)
        return types.ExtensionSettings(dnd=dnd, forward=views.forward_cases(forward))

    async def set_extension(
        self, number: str, wanted: types.ExtensionSettings, who: Identity
    ) -> types.ExtensionSettings:
        """Do-not-disturb of a room's telephone is the room's. Raises RefusedError and StorageError."""
        self._check_extension(number)
        cases = views.forward_cases(wanted.forward)
        room = self._extensions[number].room_number
        if room is not None and room in self._rooms:
            features: dict[str, object] = {"forward": " ".join(cases)}
            await self._hotel.change(By(who.name, who.through), lambda draft: draft.set_dnd(room, wanted.dnd))
        else:
            features = {"dnd": wanted.dnd, "forward": " ".join(cases)}
        await self._store.do(lambda kept: kept.settings.put_features(number, features))
        await self._agent.change(
            lambda agent, now: agent.set_forward(number, cases) + agent.set_dnd(number, wanted.dnd, now)
        )
        await self._trail.note(who, "feature-changed", number, {"dnd": wanted.dnd, "forward": cases})
        return types.ExtensionSettings(dnd=wanted.dnd, forward=cases)

    async def _put(
        self, name: str, wanted: S, who: Identity, in_force: Callable[[CallAgent, Instant], list[Decision]]
    ) -> S:
        """What cannot be kept changes nothing."""
        value = views.builtins(wanted)
        await self._store.do(lambda kept: kept.settings.put(name, value))
        await self._agent.change(in_force)
        await self._trail.note(who, "setting-changed", name, value)
        return wanted

    def _check_extension(self, number: str) -> None:
        if number not in self._extensions:
            raise RefusedError("unknown-extension", f"there is no extension {number}", "number")

    def _check_telephone(self, number: str) -> None:
        """A call that is sent there must ring somewhere."""
        extension = self._extensions.get(number)
        if extension is None or extension.port in (None, "sip"):
            raise RefusedError("unknown-number", f"{number} is no extension with a telephone on this box", "target")


def _missing(hours: types.RoomBlocking | types.NightService, text: str) -> RefusedError:
    """Names which of the two is."""
    return RefusedError("bad-value", text, "from" if hours.from_ is None else "to", limit=Limit("time"))
