"""The in-memory twin of `firmware.store.rooms`."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from datetime import datetime

from msgspec.structs import replace

from firmware.hotel.draft import Draft
from firmware.hotel.house import REMEMBERED, House
from firmware.hotel.model import Occurrence, Room, WakeupOrder
from firmware.store.model import AuditEntry


class MemoryRooms:
    """See `firmware.store.rooms.Rooms`."""

    def __init__(self) -> None:
        self._house = House({})
        self._ended: dict[str, WakeupOrder] = {}
        self.occurrences: list[tuple[int, Occurrence]] = []
        """Each with its sequence."""
        self._sequence = itertools.count(1)
        self._due: dict[str, AuditEntry] = {}
        self._keys = itertools.count(1)

    def house(self, rooms: Iterable[str]) -> House:
        kept = self._house
        found = {room: kept.rooms.get(room, Room(room=room)) for room in rooms}
        return House(
            found,
            {key: message for key, message in kept.messages.items() if message.room in found},
            {key: order for key, order in kept.wakeups.items() if order.room in found},
            tuple(one for _, one in self.occurrences if one.state != "cancelled")[-REMEMBERED:],
        )

    def room_of(self, guest: str) -> str | None:
        return next((room.room for room in self._house.rooms.values() if room.guest(guest)), None)

    def wakeups_for(self, guest: str) -> list[WakeupOrder]:
        return sorted((order for order in self.orders().values() if order.guest == guest), key=lambda order: order.at)

    def orders(self) -> dict[str, WakeupOrder]:
        """By id; also those that will not ring any more."""
        return {**self._ended, **self._house.wakeups}

    def forget(self, before: datetime) -> int:
        self.occurrences = [(key, one) for key, one in self.occurrences if (one.ended or one.ordered) >= before]
        kept = {one.order for _, one in self.occurrences}
        gone = [key for key, order in self._ended.items() if order.ordered < before and key not in kept]
        for key in gone:
            del self._ended[key]
        return len(gone)

    def write(self, draft: Draft) -> None:
        self._write_wakeups(draft)
        written = {room.room: replace(room, dnd=False) for room in draft.changed_rooms()}
        kept, before = self._house, draft.before
        messages = {key: message for key, message in kept.messages.items() if key not in before.messages}
        wakeups = {key: order for key, order in kept.wakeups.items() if key not in before.wakeups}
        self._house = House({**kept.rooms, **written}, {**messages, **draft.messages}, {**wakeups, **draft.wakeups})

    def _write_wakeups(self, draft: Draft) -> None:
        ended = self._ended | {order.id: order for order in draft.ended}
        self._ended = {key: order for key, order in ended.items() if key not in draft.wakeups}
        again = {(order.id, order.rings, "cancelled") for order in draft.new_wakeups()}
        self.occurrences = [
            (key, one) for key, one in self.occurrences if (one.order, one.at, one.state) not in again
        ] + [(next(self._sequence), one) for one in draft.occurrences]

    def audit_later(self, entries: Sequence[AuditEntry]) -> None:
        for entry in entries:
            self._due[str(next(self._keys))] = entry

    def audit_due(self) -> list[tuple[str, AuditEntry]]:
        return list(self._due.items())

    def audited(self, keys: Iterable[str]) -> None:
        for key in keys:
            self._due.pop(key, None)
