"""Mitel: rooms are opened and closed, and names, lamps, classes and wake-ups come before or after, in any order."""

from __future__ import annotations

import itertools
from datetime import datetime

import pytest

from firmware.hotel.model import Guest
from firmware.pms.model import (
    Equipment,
    GuestData,
    GuestDetail,
    NameGiven,
    PmsEvent,
    ResyncBegun,
    ResyncEnded,
    RoomClosed,
    RoomData,
    RoomOpened,
    WakeupSet,
)
from tests.unit.pms.pms_house import Hotel

OPEN, CLOSE = RoomOpened(room="101"), RoomClosed(room="101")
OPEN_HOLM = RoomOpened(room="101", guest=GuestData(name="HOLM"))


def nam(how: int, name: str | None, first_name: str | None = None, room: str = "101") -> NameGiven:
    kinds = {1: "add", 2: "replace", 3: "delete"}
    return NameGiven(room=room, how=kinds[how], name=name, first_name=first_name)  # type: ignore[arg-type]


NAMES: dict[str, tuple[list[PmsEvent], list[str | None] | None]] = {
    "opened, no name": ([OPEN], [None]),
    "opened, a name": ([OPEN, nam(1, "HOLM")], ["HOLM"]),
    "a name, opened": ([nam(1, "HOLM"), OPEN], ["HOLM"]),
    "a name opens nothing": ([nam(1, "HOLM")], None),
    "two names, opened": ([nam(1, "HOLM"), nam(1, "BAUER"), OPEN], ["HOLM", "BAUER"]),
    "opened with a name": ([OPEN_HOLM], ["HOLM"]),
    "opened with the name that came": ([nam(1, "HOLM"), OPEN_HOLM], ["HOLM"]),
    "opened twice": ([OPEN, nam(1, "HOLM"), OPEN], ["HOLM"]),
    "the same name twice": ([OPEN, nam(1, "HOLM"), nam(1, "HOLM")], ["HOLM"]),
    "the same name, not in capitals": ([OPEN, nam(1, "Holm"), nam(1, "HOLM"), nam(3, "HOLM")], [None]),
    "the same name twice, early": ([nam(1, "HOLM"), nam(1, "HOLM"), OPEN], ["HOLM"]),
    "the same name before and after": ([nam(1, "HOLM"), OPEN, nam(1, "HOLM")], ["HOLM"]),
    "a second guest": ([OPEN, nam(1, "HOLM"), nam(1, "BAUER")], ["HOLM", "BAUER"]),
    "the first has another name": ([OPEN, nam(1, "HOLM"), nam(1, "BAUER"), nam(2, "RASK")], ["RASK", "BAUER"]),
    "another name, early": ([nam(1, "HOLM"), nam(2, "RASK"), OPEN], ["RASK"]),
    "another name, early, the only one": ([nam(2, "RASK"), OPEN], ["RASK"]),
    "the second's name is deleted": ([OPEN, nam(1, "HOLM"), nam(1, "BAUER"), nam(3, "BAUER")], ["HOLM"]),
    "the first's name is deleted": ([OPEN, nam(1, "HOLM"), nam(1, "BAUER"), nam(3, "HOLM")], ["BAUER"]),
    "the only name is deleted": ([OPEN, nam(1, "HOLM"), nam(3, "HOLM")], [None]),
    "all names are deleted": ([OPEN, nam(1, "HOLM"), nam(1, "BAUER"), nam(3, None)], [None]),
    "a name that nobody has is deleted": ([OPEN, nam(1, "HOLM"), nam(3, "BAUER")], ["HOLM"]),
    "an early name is deleted": ([nam(1, "HOLM"), nam(1, "BAUER"), nam(3, "HOLM"), OPEN], ["BAUER"]),
    "zeros add nobody": ([OPEN, nam(1, "HOLM"), nam(1, None)], ["HOLM"]),
    "zeros add nobody, early": ([nam(1, None), nam(1, "HOLM"), OPEN], ["HOLM"]),
    "zeros for the only guest": ([nam(1, None), OPEN, nam(1, None)], [None]),
    "closed": ([OPEN, nam(1, "HOLM"), nam(1, "BAUER"), CLOSE], None),
    "closed twice": ([OPEN, CLOSE, CLOSE], None),
    "closed and opened": ([OPEN, nam(1, "HOLM"), CLOSE, OPEN], [None]),
    "an early name is gone with a check-out": ([nam(1, "HOLM"), CLOSE, OPEN], [None]),
}  # fmt: skip


@pytest.mark.parametrize(("events", "names"), NAMES.values(), ids=NAMES.keys())
def test_the_names_of_a_room(events: list[PmsEvent], names: list[str | None] | None) -> None:
    """None: it is vacant."""
    hotel = Hotel().says(*events)
    assert hotel.names("101") == (names or []) and hotel.room("101").occupied == (names is not None)
    assert Hotel().together(*events).names("101") == (names or [])


BEFORE_NOON = WakeupSet(room="101", at=datetime.fromisoformat("2026-11-23T06:45"))
CHECK_IN: list[PmsEvent] = [
    OPEN,
    nam(1, "HOLM", "ASTRID"),
    Equipment(room="101", equipment=RoomData(lamp=True)),
    Equipment(room="101", equipment=RoomData(cor="local")),
    BEFORE_NOON,
]


@pytest.mark.parametrize(
    "events", list(itertools.permutations(CHECK_IN)), ids=lambda events: "".join(str(CHECK_IN.index(e)) for e in events)
)
def test_a_check_in_is_the_same_in_any_order(events: list[PmsEvent]) -> None:
    hotel = Hotel().says(RoomClosed(room="101"), *events)
    room = hotel.room("101")
    assert [(guest.name, guest.first_name) for guest in room.guests] == [("HOLM", "ASTRID")]
    assert (room.lamp, room.cor, hotel.wakeups()) == ({"desk"}, "local", {"101": ["06:45"]})


def test_a_check_in_resets_what_was_set_in_a_vacant_room_by_others() -> None:
    hotel = Hotel()
    by_hand = hotel.desk()
    by_hand.set_class("101", "international")
    by_hand.set_lamp("101", True)
    hotel.keep(by_hand)
    hotel.says(OPEN)
    assert (hotel.room("101").cor, hotel.room("101").lamp) == (None, frozenset())


def test_what_was_said_for_one_guest_is_not_the_next_one_s() -> None:
    hotel = Hotel().says(*CHECK_IN, CLOSE)
    assert hotel.wakeups() == {} and hotel.room("101").housekeeping == "dirty"
    hotel.says(OPEN)
    assert (hotel.names("101"), hotel.room("101").cor, hotel.room("101").lamp) == ([None], None, frozenset())


def test_a_check_in_of_an_occupied_room_only_adds_what_it_says() -> None:
    hotel = Hotel().says(*CHECK_IN)
    before = hotel.house
    hotel.says(OPEN)
    assert hotel.house == before
    hotel.says(RoomOpened(room="101", guest=GuestData(name="RASK")))
    assert hotel.names("101") == ["RASK"] and hotel.wakeups() == {"101": ["06:45"]}


def test_who_was_checked_in_by_hand_stays_himself() -> None:
    hotel = Hotel()
    by_hand = hotel.desk()
    by_hand.check_in("101", Guest(id="a"))
    hotel.keep(by_hand)
    hotel.says(OPEN, nam(1, "HOLM"))
    assert [(guest.id, guest.name) for guest in hotel.room("101").guests] == [("a", "HOLM")]


def test_details_are_of_the_first_guest_and_of_nobody_in_a_vacant_room() -> None:
    hotel = Hotel().says(OPEN, nam(1, "HOLM"), nam(1, "BAUER"))
    hotel.says(GuestDetail(room="101", guest=GuestData(limit=2500)), GuestDetail(room="102", guest=GuestData(limit=1)))
    assert [guest.limit for guest in hotel.room("101").guests] == [2500, None] and hotel.refused == ["vacant"]


def test_a_general_reset_wipes_nothing_and_rooms_that_were_not_named_leave_by_setting() -> None:
    opened = [RoomOpened(room=room) for room in ("101", "102", "103")]
    again = [ResyncBegun(), RoomOpened(room="101"), RoomClosed(room="102"), ResyncEnded()]
    for unseen, rooms in (("leave", "101:? 103:?"), ("check-out", "101:?")):
        hotel = Hotel(unseen).says(*opened, BEFORE_NOON, ResyncBegun())  # type: ignore[arg-type]
        assert hotel.lives() == "101:? 102:? 103:?"
        hotel.says(*again)
        assert (hotel.lives(), hotel.wakeups()) == (rooms, {"101": ["06:45"]})


def test_names_that_came_early_survive_a_check_in_that_could_not_be_kept() -> None:
    hotel = Hotel().says(nam(1, "HOLM"))
    house, memory = hotel.house, hotel.reconciler.memory
    hotel.says(OPEN)
    hotel.house = house
    hotel.reconciler.not_kept(memory)
    assert hotel.says(OPEN).names("101") == ["HOLM"]
