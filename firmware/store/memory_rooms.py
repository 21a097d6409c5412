"""The in-memory twin of `firmware.store.rooms`."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from datetime import datetime

from msgspec.structs import replace

from firmware.hotel.draft import Draft
from firmware.hotel.house import House
from firmware.hotel.model import Room, WakeupOrder
from firmware.store.model import AuditEntry


class MemoryRooms:
    """See `firmware.store.rooms.Rooms`."""

    def __init__(self) -> None:
        self._house = House({})
        self._over: list[WakeupOrder] = []
        self._due: dict[str, AuditEntry] = {}
        self._keys = itertools.count(1)

    def house(self, rooms: Iterable[str]) -> House:
        kept = self._house
        found = {room: kept.rooms.get(room, Room(room=room)) for room in rooms}
        return House(
            found,
            {key: message for key, message in kept.messages.items() if message.room in found},
            {key: order for key, order in kept.wakeups.items() if order.room in found},
        )

    def room_of(self, guest: str) -> str | None:
        return next((room.room for room in self._house.rooms.values() if room.guest(guest)), None)

    def wakeups_for(self, guest: str) -> list[WakeupOrder]:
        orders = [*self._over, *self._house.wakeups.values()]
        return sorted((order for order in orders if order.guest == guest), key=lambda order: order.at)

    def forget(self, before: datetime) -> int:
        count = len(self._over)
        self._over = [order for order in self._over if order.ordered >= before]
        return count - len(self._over)

    def write(self, draft: Draft) -> None:
        self._over = [order for order in (*self._over, *draft.cancelled) if order.id not in draft.wakeups]
        written = {room.room: replace(room, dnd=False) for room in draft.changed_rooms()}
        kept, before = self._house, draft.before
        messages = {key: message for key, message in kept.messages.items() if key not in before.messages}
        wakeups = {key: order for key, order in kept.wakeups.items() if key not in before.wakeups}
        self._house = House({**kept.rooms, **written}, {**messages, **draft.messages}, {**wakeups, **draft.wakeups})

    def audit_later(self, entries: Sequence[AuditEntry]) -> None:
        for entry in entries:
            self._due[str(next(self._keys))] = entry

    def audit_due(self) -> list[tuple[str, AuditEntry]]:
        return list(self._due.items())

    def audited(self, keys: Iterable[str]) -> None:
        for key in keys:
            self._due.pop(key, None)
