"""The desk's rooms: what is known of each, and what may be changed of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec import UNSET

from firmware.config import Config
from firmware.config.schema import Extension
from firmware.errors import RefusedError
from firmware.events import EventBus
from firmware.exchange.agent import CallAgent
from firmware.exchange.decisions import Decision
from firmware.exchange.numbering import Instant
from firmware.restriction.model import Level
from firmware.store import Repositories
from firmware.supervisor.agent_service import AgentService
from firmware.supervisor.audit_trail import AuditTrail
from firmware.supervisor.events import RoomEvent
from firmware.supervisor.store_thread import StoreThread
from webui import types
from webui.services import Identity

NOT_SERVED = ("housekeeping", "message_lamp")


class RoomDesk:
    """See `webui.services.Rooms`."""

    def __init__(
        self, config: Config, store: StoreThread, agent: AgentService, trail: AuditTrail, bus: EventBus
    ) -> None:
        self._store = store
        self._agent = agent
        self._trail = trail
        self._bus = bus
        self._extensions: dict[str, list[Extension]] = {}
        for extension in config.extensions:
            if extension.kind == "room" and (room := extension.room_number) is not None:
                self._extensions.setdefault(room, []).append(extension)
        self._at = {entry.port: room for room, entries in self._extensions.items() for entry in entries if entry.port}

    def rooms(self) -> list[types.Room]:
        """In the order of the configuration."""
        return [self.room(room) for room in self._extensions]

    def at(self, port: str) -> str | None:
        """The room of the telephone at this port."""
        return self._at.get(port)

    def room(self, room: str) -> types.Room:
        """Raises RefusedError (unknown-room)."""
        extensions = self._extensions_of(room)
        return types.Room(
            room=room,
            floor=next((entry.floor for entry in extensions if entry.floor is not None), None),
            extensions=[entry.number for entry in extensions],
            occupancy="vacant",
            guests=[],
            housekeeping=None,
            dnd=any(self._agent.features(entry.number)[0] for entry in extensions),
            message_lamp=types.MessageLamp(lit=False, reasons=[]),
            class_=msgspec.convert(self._agent.room_class(room), Level | None),
            effective_class=msgspec.convert(self._agent.class_of(extensions[0].number), Level),
            next_wakeup=None,
            line_state=self._line_state(extensions),
        )

    async def change_room(self, room: str, wanted: types.RoomChange, who: Identity) -> types.Room:
        """Kept first, then in force: what cannot be kept changes nothing. Raises RefusedError and StorageError."""
        numbers = [entry.number for entry in self._extensions_of(room)]
        if refused := next((name for name in NOT_SERVED if getattr(wanted, name) is not UNSET), None):
            raise RefusedError("not-served", f"{refused} is not served yet", refused)
        await self._store.do(lambda kept: _keep(kept, room, numbers, wanted))
        await self._agent.change(lambda agent, now: _apply(agent, room, numbers, wanted, now))
        await self._trail.note(who, "room-changed", room, _given(wanted), room=room)
        self._bus.publish(RoomEvent(room))
        return self.room(room)

    def _extensions_of(self, room: str) -> Sequence[Extension]:
        if room not in self._extensions:
            raise RefusedError("unknown-room", f"there is no room {room}", "room")
        return self._extensions[room]

    def _line_state(self, extensions: Sequence[Extension]) -> types.LineState | None:
        port = next((entry.port for entry in extensions if entry.port is not None), None)
        return next((line.state for line in self._agent.lines() if line.port == port), None)


def _given(wanted: types.RoomChange) -> dict[str, Any]:
    """What the request named."""
    given = {"class": wanted.class_, "dnd": wanted.dnd}
    return {name: value for name, value in given.items() if value is not UNSET}


def _keep(kept: Repositories, room: str, numbers: Sequence[str], wanted: types.RoomChange) -> None:
    with kept.together():
        if wanted.class_ is not UNSET:
            kept.rooms.put_class(room, wanted.class_)
        for number in numbers:
            if wanted.dnd is not UNSET:
                kept.settings.put_features(number, {"dnd": wanted.dnd})


def _apply(
    agent: CallAgent, room: str, numbers: Sequence[str], wanted: types.RoomChange, now: Instant
) -> list[Decision]:
    decisions: list[Decision] = []
    if wanted.class_ is not UNSET:
        decisions += agent.set_room_class(room, wanted.class_, now)
    for number in numbers:
        if wanted.dnd is not UNSET:
            decisions += agent.set_dnd(number, wanted.dnd, now)
    return decisions
