"""What a change of the house has come to so far; `firmware.hotel.draft` has the use cases that make it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeVar

from firmware.errors import RefusedError
from firmware.hotel.house import Entry, House
from firmware.hotel.model import Guest, Room, WakeupOrder
from firmware.pms.model import DndNews, LampNews, News, StatusNews

T = TypeVar("T")


class Change:
    """The house with a change that is not in force yet, and what is to be written and told of it.

    `keeps_wakeups`: a check-out leaves wake-up orders alone (a setting).
    """

    def __init__(self, house: House, keeps_wakeups: bool = False) -> None:
        self.before = house
        self.rooms = dict(house.rooms)
        self.messages = dict(house.messages)
        self.wakeups = dict(house.wakeups)
        self.entries: list[Entry] = []
        self.news: list[News] = []
        """For the PMS links, beside `room_news`; not for the one that has asked for this change."""
        self.set_by: dict[str, str | None] = {}
        """Who has set the housekeeping status of a room."""
        self.cancelled: list[WakeupOrder] = []
        """Orders that this change has ended, in their final state."""
        self._keeps_wakeups = keeps_wakeups

    def house(self) -> House:
        return House(self.rooms, self.messages, self.wakeups)

    def attempt(self, work: Callable[[], T]) -> T:
        """All of `work`, or, if it raises, nothing of it."""
        rooms, messages, wakeups = dict(self.rooms), dict(self.messages), dict(self.wakeups)
        counts = len(self.entries), len(self.news)
        cancelled, set_by = list(self.cancelled), dict(self.set_by)
        try:
            return work()
        except BaseException:
            self.rooms, self.messages, self.wakeups = rooms, messages, wakeups
            self.cancelled, self.set_by = cancelled, set_by
            del self.entries[counts[0] :], self.news[counts[1] :]
            raise

    @property
    def is_idle(self) -> bool:
        """Nothing is to be kept or told."""
        return not (self.entries or self.news or self.cancelled or self.changed_rooms())

    def changed_rooms(self) -> list[Room]:
        before = self.before.rooms
        return [room for key, room in self.rooms.items() if room is not before[key] and room != before[key]]

    def room_news(self) -> list[News]:
        """What is different now of the rooms that PMS links know: lamp, housekeeping, do-not-disturb."""
        return [news for room in self.changed_rooms() for news in self._news_of(self.before.rooms[room.room], room)]

    def _news_of(self, before: Room, after: Room) -> Iterator[News]:
        name, status = after.room, after.housekeeping
        if ("desk" in before.lamp) != ("desk" in after.lamp):
            yield LampNews(room=name, lit="desk" in after.lamp)
        told = status is not None and status != before.housekeeping
        if status is not None and told:
            yield StatusNews(room=name, status=status, occupied=after.occupied, user=self.set_by.get(name))
        if after.dnd != before.dnd or (told and after.dnd):  # FIAS has one code for both: the status alone is "off"
            yield DndNews(room=name, on=after.dnd, status=status, occupied=after.occupied)

    def touched_rooms(self) -> list[str]:
        """Rooms of which anything is different: themselves, or their wake-up orders."""
        touched = {room.room for room in self.changed_rooms()}
        for one, other in ((self.before.wakeups, self.wakeups), (self.wakeups, self.before.wakeups)):
            touched |= {order.room for key, order in one.items() if other.get(key) is not order}
        return [room for room in self.rooms if room in touched]

    def moved_guests(self) -> dict[str, str]:
        """Guests who live where they did not before, by id: who has come, too, as he may have left a moment ago."""
        return {
            guest.id: room.room
            for room in self.changed_rooms()
            for guest in room.guests
            if self.before.rooms[room.room].guest(guest.id) is None
        }

    def holder_of(self, reservation: str | None) -> tuple[str, Guest] | None:
        """Who has a reservation, and the room where he lives."""
        if not reservation:
            return None
        occupied = (room for room in self.rooms.values() if room.guests)
        return next((
            (room.room, guest) for room in occupied for guest in room.guests if guest.reservation == reservation
        ), None)  # fmt: skip

    def room(self, room: str) -> Room:
        """Raises RefusedError (unknown-room)."""
        if room not in self.rooms:
            raise RefusedError("unknown-room", f"there is no room {room}", "room")
        return self.rooms[room]

    def _note(self, action: str, room: str, **detail: object) -> None:
        self.entries.append(Entry(action, room, detail))
