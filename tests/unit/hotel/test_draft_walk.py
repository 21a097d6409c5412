"""Any changes in any order: what always holds of a house, and that the store finds it again."""

from __future__ import annotations

import itertools
from datetime import timedelta

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from firmware.errors import RefusedError
from firmware.hotel.draft import Draft
from firmware.hotel.model import Guest
from firmware.restriction.model import Level
from firmware.store import in_memory
from firmware.store.database import Database
from firmware.store.rooms import SqliteRooms
from tests.unit.hotel.values import NOON, ROOMS, message, wakeup

rooms = st.sampled_from(ROOMS)
places = st.integers(0, 3)


class Hotel(RuleBasedStateMachine):
    """Each rule is a change of its own, written to both stores."""

    @initialize(keeps_wakeups=st.booleans())
    def open(self, keeps_wakeups: bool) -> None:
        self.ids = itertools.count(1)
        self.twin = in_memory().rooms
        self.database = Database("nightporter", None)
        self.stored = SqliteRooms(self.database)
        self.house = self.twin.house(ROOMS)
        self.keeps_wakeups = keeps_wakeups
        self.before = self.house

    def teardown(self) -> None:
        if hasattr(self, "database"):
            self.database.close()

    def draft(self) -> Draft:
        return Draft(self.house, self.keeps_wakeups)

    def keep(self, change: Draft) -> None:
        self.twin.write(change)
        self.stored.write(change)
        self.before, self.house = self.house, change.house()

    def guest_of(self, room: str, place: int) -> str | None:
        """None: all of the room."""
        guests = self.house.rooms[room].guests
        return guests[place].id if place < len(guests) else None

    @rule(room=rooms, share=st.booleans(), cor=st.sampled_from([None, "local", "mobile"]))
    def check_in(self, room: str, share: bool, cor: Level | None) -> None:
        change = self.draft()
        number = next(self.ids)
        try:
            change.check_in(room, Guest(id=f"g{number}", reservation=str(number)), share=share, cor=cor)
        except RefusedError as refused:
            assert refused.code == "occupied" and self.house.rooms[room].occupied and not share
        self.keep(change)

    @rule(room=rooms, place=places)
    def check_out(self, room: str, place: int) -> None:
        change, left = self.draft(), self.house.rooms[room].guests
        leaver = self.guest_of(room, place)
        try:
            cleared = change.check_out(room, leaver)
        except RefusedError as refused:
            assert refused.code == "vacant" and not left
            return
        assert [guest.id for guest in cleared.guests] == ([leaver] if leaver else [guest.id for guest in left])
        assert cleared.vacant == (not change.rooms[room].occupied)
        self.keep(change)
        if cleared.vacant:
            after = self.house.rooms[room]
            assert (after.dnd, after.cor, after.lamp, after.housekeeping) == (False, None, frozenset(), "dirty")
            assert self.house.messages_of(room) == []
            assert self.keeps_wakeups or self.house.wakeups_of(room) == []

    @rule(room=rooms, to=rooms, place=places, join=st.booleans())
    def move(self, room: str, to: str, place: int, join: bool) -> None:
        change, mover = self.draft(), self.guest_of(room, place)
        theirs = {order.id for order in self.house.wakeups.values() if mover and order.guest == mover}
        try:
            change.move(room, to, mover, join=join)
        except RefusedError as refused:
            assert refused.code in ("vacant", "occupied", "same-room") and change.is_idle
            return
        self.keep(change)
        assert all(self.house.wakeups[order].room == to for order in theirs)
        assert sum(len(found.guests) for found in self.house.rooms.values()) == sum(
            len(found.guests) for found in self.before.rooms.values()
        )

    @rule(room=rooms, other=rooms)
    def swap(self, room: str, other: str) -> None:
        change = self.draft()
        try:
            change.swap(room, other)
        except RefusedError as refused:
            assert refused.code in ("vacant", "same-room") and change.is_idle
            return
        again = Draft(change.house())
        again.swap(room, other)
        assert (again.messages, again.wakeups) == (self.house.messages, self.house.wakeups)
        assert again.rooms[room].guests == self.house.rooms[room].guests
        self.keep(change)

    @rule(room=rooms, lit=st.booleans(), reason=st.sampled_from(["desk", "voice-mail"]))
    def set_lamp(self, room: str, lit: bool, reason: str) -> None:
        change = self.draft()
        change.set_lamp(room, lit, reason)  # type: ignore[arg-type]
        self.keep(change)

    @rule(room=rooms, place=places, number=st.sampled_from([None, "1", "2"]))
    def leave_message(self, room: str, place: int, number: str | None) -> None:
        change, key = self.draft(), f"m{next(self.ids)}"
        try:
            change.leave_message(message(key, room, self.guest_of(room, place), key, number))
        except RefusedError as refused:
            assert refused.code == "vacant"
        self.keep(change)

    @rule(choice=st.integers(0, 9), read=st.booleans())
    def read_message(self, choice: int, read: bool) -> None:
        if self.house.messages:
            change = self.draft()
            change.read_message(sorted(self.house.messages)[choice % len(self.house.messages)], NOON if read else None)
            self.keep(change)

    @rule(room=rooms, place=places, minute=st.integers(0, 3), link=st.sampled_from([None, "fias"]))
    def order_wakeup(self, room: str, place: int, minute: int, link: str | None) -> None:
        change = self.draft()
        at = f"2026-11-23T07:{minute:02}"
        change.order_wakeup(wakeup(f"w{next(self.ids)}", room, self.guest_of(room, place), at, link))
        self.keep(change)

    @rule(choice=st.integers(0, 9), put_off=st.booleans(), recurs=st.booleans())
    def ring(self, choice: int, put_off: bool, recurs: bool) -> None:
        """An attempt, and then another one, or the end of this occurrence."""
        if not self.house.wakeups:
            return
        change, key = self.draft(), sorted(self.house.wakeups)[choice % len(self.house.wakeups)]
        change.begin_attempt(key, NOON)
        self.keep(change)
        change = self.draft()
        order = change.end_attempt(key, "no-answer", NOON)
        if put_off:
            change.put_off(key, NOON, snoozed=recurs)
        else:
            change.finish(key, "not_answered", order.rings + timedelta(days=1) if recurs and order.rings else None)
        self.keep(change)

    @rule(room=rooms)
    def cancel_wakeups(self, room: str) -> None:
        change = self.draft()
        change.cancel_wakeups(self.house.wakeups_of(room))
        self.keep(change)

    @invariant()
    def a_guest_is_in_one_room(self) -> None:
        guests = [guest.id for room in self.house.rooms.values() for guest in room.guests]
        assert len(guests) == len(set(guests))

    @invariant()
    def the_lamp_says_whether_there_are_unread_texts(self) -> None:
        for name, room in self.house.rooms.items():
            assert ("text" in room.lamp) == any(found.read is None for found in self.house.messages_of(name))

    @invariant()
    def nothing_is_of_a_guest_who_is_not_there(self) -> None:
        for theirs in (*self.house.messages.values(), *self.house.wakeups.values()):
            room = self.house.rooms[theirs.room]
            assert theirs.guest is None or room.guest(theirs.guest)
        assert all(self.house.rooms[found.room].occupied for found in self.house.messages.values())

    @invariant()
    def the_stores_find_the_house_again(self) -> None:
        for kept in (self.twin.house(ROOMS), self.stored.house(ROOMS)):
            assert kept == self.house


Hotel.TestCase.settings = settings(
    max_examples=25, stateful_step_count=25, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
TestHotel = Hotel.TestCase
