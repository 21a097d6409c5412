"""The in-memory twin of `firmware.store.rooms`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from firmware.hotel.draft import Draft
from firmware.hotel.house import House
from firmware.hotel.model import Room
from firmware.store.model import AuditEntry


class MemoryRooms:
    """See `firmware.store.rooms.Rooms`."""

    def __init__(self) -> None:
        self._house = House({})
        self._due: dict[str, AuditEntry] = {}

    def house(self, rooms: Iterable[str]) -> House:
        kept = self._house
        return House({room: kept.rooms.get(room, Room(room=room)) for room in rooms}, kept.messages, kept.wakeups)

    def room_of(self, guest: str) -> str | None:
        return next((room.room for room in self._house.rooms.values() if room.guest(guest)), None)

    def write(self, draft: Draft) -> None:
        written = {room.room: replace(room, dnd=False) for room in draft.changed_rooms()}
        self._house = House({**self._house.rooms, **written}, dict(draft.messages), dict(draft.wakeups))

    def audit_later(self, entries: Sequence[AuditEntry]) -> None:
        for entry in entries:
            self._due[f"{len(self._due)}-{id(entry)}"] = entry

    def audit_due(self) -> list[tuple[str, AuditEntry]]:
        return list(self._due.items())

    def audited(self, keys: Iterable[str]) -> None:
        for key in keys:
            self._due.pop(key, None)
