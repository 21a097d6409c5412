"""What a change of the house has come to so far; `firmware.hotel.draft` has the use cases that make it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import TypeVar

from firmware.errors import RefusedError
from firmware.hotel.house import REMEMBERED, Entry, House
from firmware.hotel.model import Guest, Occurrence, Room, WakeupOrder
from firmware.hotel.wakeup_news import wakeup_news
from firmware.pms.model import DndNews, LampNews, News, StatusNews

T = TypeVar("T")


class Change:
    """The house with a change that is not in force yet, and what is to be written and told of it.

    `keeps_wakeups`: a check-out leaves wake-up orders alone (a setting). `now`: the instant of the change (UTC).
    """

    def __init__(self, house: House, keeps_wakeups: bool = False, now: datetime | None = None) -> None:
        self.before = house
        self.rooms = dict(house.rooms)
        self.messages = dict(house.messages)
        self.wakeups = dict(house.wakeups)
        self.entries: list[Entry] = []
        self.news: list[News] = []
        """For the PMS links, beside what `room_news` and `wakeup_news` find; not for who has asked for this change."""
        self.set_by: dict[str, str | None] = {}
        """Who has set the housekeeping status of a room."""
        self.ended: list[WakeupOrder] = []
        """Wake-up orders that will not ring any more, in their final state."""
        self.occurrences: list[Occurrence] = []
        """Wake-ups that are over by this change."""
        self.revived: set[str] = set()
        """Wake-up orders that an earlier change had cancelled."""
        self._now = now
        self._keeps_wakeups = keeps_wakeups

    def house(self) -> House:
        over = tuple(occurrence for occurrence in self.occurrences if occurrence.state != "cancelled")
        return House(self.rooms, self.messages, self.wakeups, (*self.before.over, *over)[-REMEMBERED:])

    def attempt(self, work: Callable[[], T]) -> T:
        """All of `work`, or, if it raises, nothing of it."""
        rooms, messages, wakeups = dict(self.rooms), dict(self.messages), dict(self.wakeups)
        counts = len(self.entries), len(self.news)
        ended, occurrences, revived = list(self.ended), list(self.occurrences), set(self.revived)
        set_by = dict(self.set_by)
        try:
            return work()
        except BaseException:
            self.rooms, self.messages, self.wakeups = rooms, messages, wakeups
            self.ended, self.occurrences, self.revived, self.set_by = ended, occurrences, revived, set_by
            del self.entries[counts[0] :], self.news[counts[1] :]
            raise

    @property
    def is_idle(self) -> bool:
        """Nothing is to be kept or told."""
        return not (self.entries or self.news or self.occurrences or self.changed_rooms() or self.changed_wakeups())

    def changed_rooms(self) -> list[Room]:
        before = self.before.rooms
        return [room for key, room in self.rooms.items() if room is not before[key] and room != before[key]]

    def changed_wakeups(self) -> list[WakeupOrder]:
        """Those that are to ring, and are new or different."""
        before = self.before.wakeups
        return [order for key, order in self.wakeups.items() if order != before.get(key)]

    def new_wakeups(self) -> list[WakeupOrder]:
        """Those that are to ring, and were not."""
        return [order for key, order in self.wakeups.items() if key not in self.before.wakeups]

    def news_for(self, link: str, by: str | None) -> list[News]:
        """What a PMS link is to be told; `by`: the link that has asked for this change."""
        wakeups = wakeup_news(self.before.wakeups, self.wakeups, self.occurrences, link, link == by, self.revived)
        return wakeups if link == by else [*self.room_news(), *self.news, *wakeups]

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
