"""A resync: who lives where when it has gone through, or has not; and what the disk could not keep."""

from __future__ import annotations

import pytest

from firmware.hotel.model import Guest
from firmware.pms.model import PmsEvent, ResyncBegun, ResyncEnded
from tests.unit.pms.pms_house import Hotel, equip, gc, gi, go, wr

IN_HOUSE = [gi("101", "1"), gi("102", "2"), gi("102", "3", gs="Y"), gi("103", "4")]
AS_BEFORE = "101:1 102:2,3 103:4"
BEGIN, END, BROKEN = ResyncBegun(), ResyncEnded(), ResyncEnded(complete=False)

RESYNCS: dict[str, tuple[list[PmsEvent], str]] = {
    "all as it was": (
        [BEGIN, gi("101", "1", sf=True), gi("102", "2", gs="-", sf=True), gi("102", "3", gs="-", sf=True),
         gi("103", "4", sf=True), END],
        AS_BEFORE,
    ),
    "a room is empty": ([BEGIN, go("101", gs="-", sf=True), END], "102:2,3 103:4"),
    "somebody has come": ([BEGIN, gi("104", "5", sf=True), END], "101:1 102:2,3 103:4 104:5"),
    "who was not named beside another has left": ([BEGIN, gi("102", "3", sf=True), END], "101:1 102:3 103:4"),
    "another lives there now": ([BEGIN, gi("101", "9", sf=True), END], "101:9 102:2,3 103:4"),
    "both are named, neither as shared": (
        [BEGIN, gi("101", "1", gs="N", sf=True), gi("101", "9", gs="N", sf=True), END],
        "101:1,9 102:2,3 103:4",
    ),
    "somebody has moved": ([BEGIN, gi("104", "1", sf=True), END], "102:2,3 103:4 104:1"),
    "two have changed places": (
        [BEGIN, gi("101", "4", sf=True), gi("103", "1", sf=True), END], "101:4 102:2,3 103:1",
    ),
    "it breaks off": ([BEGIN, gi("102", "3", sf=True), BROKEN], AS_BEFORE),
    "it breaks off, and the end comes": ([BEGIN, gi("102", "3", sf=True), BROKEN, END], AS_BEFORE),
    "an end without a beginning": ([END], AS_BEFORE),
    "it begins twice": (
        [BEGIN, gi("101", "1", sf=True), BEGIN, gi("102", "3", sf=True), END], "101:1 102:3 103:4",
    ),
    "somebody comes meanwhile": (
        [BEGIN, gi("101", "1", sf=True), gi("104", "5"), gi("102", "2", sf=True), gi("102", "3", sf=True), END],
        "101:1 102:2,3 103:4 104:5",
    ),
    "somebody leaves meanwhile": (
        [BEGIN, gi("101", "1", sf=True), go("101", "1"), gi("103", "4", sf=True), END], "102:2,3 103:4",
    ),
    "somebody moves meanwhile": (
        [BEGIN, gi("101", "1", sf=True), gc("104", "1", ro="101"), END], "102:2,3 103:4 104:1",
    ),
    "the next guest comes meanwhile": (
        [BEGIN, gi("101", "1", sf=True), gi("101", "5"), END], "101:5 102:2,3 103:4",
    ),
    "nobody is named": ([BEGIN, END], AS_BEFORE),
}  # fmt: skip


@pytest.mark.parametrize("together", [False, True])
@pytest.mark.parametrize(("events", "lives"), RESYNCS.values(), ids=RESYNCS.keys())
def test_who_lives_where_after_a_resync(events: list[PmsEvent], lives: str, together: bool) -> None:
    hotel = Hotel().says(*IN_HOUSE)
    (hotel.together if together else hotel.says)(*events)
    assert hotel.lives() == lives and not hotel.reconciler.in_resync


def test_a_resync_touches_only_what_it_names() -> None:
    hotel = Hotel().says(gi("101", "1", "Holm"), equip("101", dnd=True, lamp=True, cor="mobile"), wr("101", "06:45"))
    before = hotel.house
    hotel.says(BEGIN, gi("101", "1", "Holm", sf=True))
    assert hotel.house == before
    hotel.says(END)
    assert hotel.house == before


def test_who_moved_unnoticed_brings_what_is_his_in_either_order_however_long_it_takes() -> None:
    for events in ([gi("104", "1", sf=True), go("101", sf=True)], [go("101", sf=True), gi("104", "1", sf=True)]):
        hotel = Hotel().says(gi("101", "1"), wr("101", "06:45"), BEGIN, events[0]).passes(60).says(events[1], END)
        assert (hotel.lives(), hotel.wakeups()) == ("104:1", {"104": ["06:45"]})


def test_rooms_that_were_not_named_leave_where_the_site_wants_that() -> None:
    hotel = Hotel("check-out").says(*IN_HOUSE, BEGIN, gi("101", "1", sf=True), END)
    assert hotel.lives() == "101:1"
    hotel = Hotel("check-out").says(*IN_HOUSE, BEGIN, gi("101", "1", sf=True), BROKEN)
    assert hotel.lives() == AS_BEFORE


def test_in_a_resync_another_than_the_desk_s_guest_joins_him_and_stays_alone() -> None:
    hotel = Hotel()
    by_hand = hotel.desk()
    by_hand.check_in("101", Guest(id="a", name="Nowak"))
    hotel.keep(by_hand)
    hotel.says(BEGIN, gi("101", "1", "Smith", sf=True))
    assert hotel.names("101") == ["Nowak", "Smith"]
    assert hotel.says(END).names("101") == ["Smith"]


def test_in_a_resync_without_reservations_the_last_of_two_names_lives_there() -> None:
    hotel = Hotel().says(gi("101", None, "Holm"), BEGIN, gi("101", None, "Rask", sf=True), END)
    assert (hotel.names("101"), hotel.noted) == (["Rask"], ["check-out-was-lost"])


def test_a_pms_that_names_nobody_empties_no_house() -> None:
    hotel = Hotel("check-out").says(*IN_HOUSE, BEGIN, END)
    assert hotel.lives() == AS_BEFORE


def test_guests_that_come_all_at_once_without_a_resync_are_let_in() -> None:
    """As some send them after each start, all with SF."""
    hotel = Hotel().says(gi("101", "1", "Holm"), wr("101", "06:45"))
    hotel.says(gi("101", "1", "Holm", sf=True), gi("102", "2", "Bauer", sf=True), gi("102", "3", gs="Y", sf=True))
    assert (hotel.lives(), hotel.wakeups()) == ("101:1 102:2,3", {"101": ["06:45"]})


# ---------------------------------------------------------------------------------------------- what could not be kept


def test_what_the_disk_refuses_has_not_been_said() -> None:
    hotel = Hotel().says(gi("101", "1", "Holm"), wr("101", "06:45"), go("101", "1"))
    house, memory = hotel.house, hotel.reconciler.memory
    hotel.says(gi("102", "1"), gi("101", "9"))
    hotel.house = house
    hotel.reconciler.not_kept(memory)
    hotel.says(gi("102", "1"))
    assert (hotel.lives(), hotel.names("102"), hotel.wakeups()) == ("102:1", ["Holm"], {"102": ["06:45"]})


def test_a_resync_of_which_a_part_was_lost_says_nothing_of_who_was_not_named() -> None:
    hotel = Hotel("check-out").says(*IN_HOUSE, BEGIN, gi("101", "1", sf=True))
    hotel.reconciler.not_kept(hotel.reconciler.memory)
    hotel.says(END)
    assert hotel.lives() == AS_BEFORE and hotel.reconciler.memory.resyncs == 0
