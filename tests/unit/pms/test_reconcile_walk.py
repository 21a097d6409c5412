"""A PMS does what PMSs do, tells it in its own manner, and loses records; the house follows it."""

from __future__ import annotations

import itertools
from datetime import datetime

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from firmware.hotel.draft import Draft
from firmware.hotel.model import WakeupOrder
from firmware.pms.model import News, PmsEvent, ResyncBegun, ResyncEnded, WakeupNews, WakeupResult
from tests.unit.hotel.values import wakeup
from tests.unit.pms.pms_house import ROOMS, Hotel, gc, gi, go, wr

rooms = st.sampled_from(ROOMS)
guests = st.integers(0, 11)


def known_as(order: WakeupOrder) -> tuple[str, datetime]:
    return order.room, order.rings or order.at


class Pms(RuleBasedStateMachine):
    """What is true is in `true`: the reservations in each room. What the exchange has made of it is in `hotel`."""

    @initialize(together=st.booleans())
    def begin(self, together: bool) -> None:
        self.true: dict[str, list[str]] = {room: [] for room in ROOMS}
        self.woken: dict[str, str] = {}
        """When each reservation is to be woken."""
        self.staff: dict[str, str] = {}
        """Rooms in which nobody has lived since a wake-up was ordered there, by order."""
        self.expected: set[tuple[str, datetime]] = set()
        """What the PMS expects a WA for."""
        self.hotel = Hotel()
        self.hotel.on_changed = self.hears
        self.numbers = itertools.count(1)
        self.together = together
        self.in_step = True
        self.losing = False

    def say(self, *events: PmsEvent) -> None:
        if self.losing:
            self.in_step = False
            self.losing = False
            return
        (self.hotel.together if self.together else self.hotel.says)(*events)

    def hears(self, change: Draft, news: list[News]) -> None:
        """It knows of what it has moved itself, and lets go from where it has moved him."""
        moved: dict[tuple[str, datetime], set[tuple[str, datetime]]] = {}
        over = {one.order: (one.room, one.at) for one in change.occurrences}
        for key, order in change.before.wakeups.items():
            now = change.wakeups.get(key)
            moved.setdefault(known_as(order), set()).add(over[key] if now is None else known_as(now))
        self.expected = {now for known in self.expected for now in moved.get(known, {known})}
        for told in news:
            if isinstance(told, WakeupResult):
                self.expected.remove((told.room, told.at))
            if isinstance(told, WakeupNews):
                assert (told.room, told.at) not in self.expected
                self.expected.add((told.room, told.at))
        self.staff = {order: room for order, room in self.staff.items() if not change.rooms[room].occupied}

    def one_of(self, choice: int) -> tuple[str, str]:
        """A room and a reservation that is in it; somebody comes where nobody is."""
        if not any(self.true.values()):
            self.check_in(ROOMS[choice % len(ROOMS)])
        found = [(room, key) for room, keys in self.true.items() for key in keys]
        return found[choice % len(found)]

    def shared(self, room: str) -> str:
        """Whether there is still, or already, somebody else."""
        return "Y" if self.true[room] else "N"

    @rule(seconds=st.sampled_from([1, 5, 20]))
    def passes(self, seconds: float) -> None:
        self.hotel.passes(seconds)

    @rule(really=st.booleans())
    def loses_the_next(self, really: bool) -> None:
        """And is in step again after a resync."""
        self.losing = really and self.in_step

    @rule(room=rooms)
    def check_in(self, room: str) -> None:
        key = str(next(self.numbers))
        event = gi(room, key, gs=self.shared(room))
        self.true[room].append(key)
        self.say(event)

    @rule(choice=guests, with_key=st.booleans())
    def check_out(self, choice: int, with_key: bool) -> None:
        room, key = self.one_of(choice)
        self.true[room].remove(key)
        self.woken.pop(key, None)
        self.say(go(room, key if with_key or self.true[room] else None, self.shared(room)))

    @rule(choice=guests, time=st.sampled_from(["06:00", "07:00"]))
    def wake_up(self, choice: int, time: str) -> None:
        """Of a guest who is alone, as the record names only a room."""
        room, key = self.one_of(choice)
        if self.in_step and not self.losing and len(self.true[room]) == 1 and key not in self.woken:
            self.woken[key] = time
            order = wr(room, time)
            self.expected.add((room, order.at))
            self.say(order)

    @rule(room=rooms)
    def wake_staff(self, room: str) -> None:
        """Who sleep in a room that is vacant."""
        if self.hotel.room(room).occupied or room in self.staff.values():
            return
        change, key = self.hotel.desk(), f"staff{next(self.numbers)}"
        order = change.order_wakeup(wakeup(key, room, at="2026-11-23T05:00"))
        self.staff[order.id] = room
        self.hotel.keep(change)

    @rule(choice=guests, to=rooms, manner=st.sampled_from(["GC", "GO GI", "GI GO"]))
    def move(self, choice: int, to: str, manner: str) -> None:
        room, key = self.one_of(choice)
        if room == to:
            return
        self.true[room].remove(key)
        old_shared, new_shared = self.shared(room), self.shared(to)
        self.true[to].append(key)
        comes, leaves = gi(to, key, gs=new_shared), go(room, key, old_shared)
        if manner == "GC":
            self.say(gc(to, key, gs=new_shared, ro=room, old_gs=old_shared))
        else:
            self.say(*((leaves, comes) if manner == "GO GI" else (comes, leaves)))

    @rule(
        choice=guests, manner=st.sampled_from(["GC GC", "GO GO GI GI", "GI GI GO GO", "GI GO GI GO"]),
        left_gs=st.sampled_from(["N", "Y", "-"]),
    )  # fmt: skip
    def swap(self, choice: int, manner: str, left_gs: str) -> None:
        alone = [room for room, keys in self.true.items() if len(keys) == 1]
        if len(alone) < 2:
            self.check_in(next((room for room, keys in self.true.items() if not keys), ROOMS[0]))
            return
        room, to = alone[choice % len(alone)], alone[(choice + 1) % len(alone)]
        (one,), (two,) = self.true[room], self.true[to]
        self.true[room], self.true[to] = [two], [one]
        if manner == "GC GC":
            self.say(gc(to, one, ro=room), gc(room, two, ro=to))
            return
        comes = iter((gi(to, one), gi(room, two)))
        leaves = iter((go(room, one, left_gs), go(to, two, left_gs)))
        self.say(*(next(comes if kind == "GI" else leaves) for kind in manner.split()))

    @rule(order=st.permutations(ROOMS), breaks_off=st.booleans())
    def resync(self, order: list[str], breaks_off: bool) -> None:
        named: list[PmsEvent] = []
        for room in order:
            keys = self.true[room]
            named += [gi(room, key, gs="Y" if place else "N", sf=True) for place, key in enumerate(keys)]
            named += [] if keys else [go(room, gs="-", sf=True)]
        self.losing = False
        self.say(ResyncBegun(), *named, ResyncEnded(complete=not breaks_off))
        if not breaks_off:
            if not self.in_step:
                self.woken = {}  # what went on meanwhile may have taken them
            self.in_step = True

    @invariant()
    def everybody_lives_where_the_pms_says(self) -> None:
        if hasattr(self, "true") and self.in_step:
            lives = {r.room: sorted(str(g.reservation) for g in r.guests) for r in self.hotel.house.rooms.values()}
            assert lives == {room: sorted(keys) for room, keys in self.true.items()}

    @invariant()
    def everybody_is_woken_where_he_lives(self) -> None:
        if not hasattr(self, "true") or not self.in_step:
            return
        orders = self.hotel.house.wakeups.values()
        for key, time in self.woken.items():
            room = next(room for room, keys in self.true.items() if key in keys)
            assert any(order.room == room and f"{order.at:%H:%M}" == time for order in orders)

    @invariant()
    def who_sleeps_in_a_vacant_room_is_woken(self) -> None:
        if hasattr(self, "true"):
            orders = self.hotel.house.wakeups
            assert all(key in orders and orders[key].room == room for key, room in self.staff.items())

    @invariant()
    def the_pms_expects_what_is_to_ring(self) -> None:
        if hasattr(self, "true"):
            assert self.expected == {known_as(order) for order in self.hotel.house.wakeups.values()}

    @invariant()
    def nothing_is_refused(self) -> None:
        if hasattr(self, "true"):
            assert self.hotel.refused == []


Pms.TestCase.settings = settings(
    max_examples=60, stateful_step_count=30, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
TestPms = Pms.TestCase
