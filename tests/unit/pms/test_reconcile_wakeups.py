"""Wake-ups that a PMS orders and withdraws: echoes, what comes late or twice, and the nights of the clock change."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from msgspec.structs import replace

from firmware.pms.model import ResyncBegun, ResyncEnded, RoomClosed, WakeupCleared, WakeupSet
from tests.unit.hotel.values import wakeup
from tests.unit.pms.pms_house import NOON, ZONE, Hotel, gc, gi, go, wr


def ordered_here(hotel: Hotel, repeat: str = "once") -> Hotel:
    change = hotel.desk()
    change.order_wakeup(replace(wakeup("w1", "101", at="2026-11-23T06:45"), repeat=repeat))
    hotel.keep(change)
    return hotel


def rung(hotel: Hotel, key: str) -> Hotel:
    change = hotel.desk()
    change.finish(key, "answered")
    hotel.keep(change)
    return hotel


def test_the_echo_of_an_order_of_this_house_is_no_second_one() -> None:
    hotel = ordered_here(Hotel().says(gi("101", "1"))).says(wr("101", "06:45"))
    assert list(hotel.house.wakeups) == ["w1"]


def test_the_echo_of_one_occurrence_leaves_the_order_recurring() -> None:
    hotel = ordered_here(Hotel().says(gi("101", "1")), "daily").says(wr("101", "06:45"))
    assert [(order.id, order.repeat) for order in hotel.house.wakeups.values()] == [("w1", "daily")]


def test_what_was_rung_is_not_rung_again_for_an_echo_that_comes_late() -> None:
    local = Hotel().now().local.replace(tzinfo=None)
    event = WakeupSet(room="101", at=local - timedelta(minutes=1))
    hotel = Hotel().says(gi("101", "1"), event)
    rung(hotel, next(iter(hotel.house.wakeups))).says(event)
    assert hotel.house.wakeups == {} and hotel.noted == ["wakeup-is-over"] and hotel.refused == []


def test_what_was_cancelled_may_be_ordered_again() -> None:
    hotel = Hotel().says(gi("101", "1"), wr("101", "06:45"), WakeupCleared(room="101"), wr("101", "06:45"))
    assert hotel.wakeups() == {"101": ["06:45"]}


def test_one_occurrence_is_withdrawn_and_all_are() -> None:
    hotel = ordered_here(Hotel().says(gi("101", "1")), "daily")
    hotel.says(WakeupCleared(room="101", at=datetime.fromisoformat("2026-11-23T06:45")))
    assert [order.rings for order in hotel.house.wakeups.values()] == [datetime.fromisoformat("2026-11-24T06:45")]
    assert hotel.says(WakeupCleared(room="101")).house.wakeups == {}


def test_a_wakeup_is_past_when_it_would_not_be_rung_any_more() -> None:
    for late, refused in ((2, ["past"]), (4, [])):
        hotel = Hotel(late=timedelta(minutes=late)).says(gi("101", "1"))
        local = hotel.now().local.replace(tzinfo=None)
        assert hotel.says(WakeupSet(room="101", at=local - timedelta(minutes=3))).refused == refused


def test_who_sleeps_in_a_vacant_room_is_woken_after_a_resync() -> None:
    hotel = ordered_here(Hotel()).says(wr("102", "05:00"))
    named = [go(room, gs="-", sf=True) for room in ("101", "102", "103", "104")]
    assert hotel.says(ResyncBegun(), *named, ResyncEnded()).wakeups() == {"101": ["06:45"], "102": ["05:00"]}
    assert hotel.says(RoomClosed(room="101")).wakeups() == {"101": ["06:45"], "102": ["05:00"]}


def test_what_was_ordered_for_a_vacant_room_rings_for_who_comes() -> None:
    hotel = ordered_here(Hotel()).says(wr("102", "05:00"), gi("101", "1"), gi("103", "2"), gc("102", "2", ro="103"))
    assert hotel.wakeups() == {"101": ["06:45"], "102": ["05:00"]}
    assert hotel.says(go("101", "1"), go("102", "2")).wakeups() == {}


def test_a_time_that_occurs_twice_is_not_past_while_its_second_is_to_come() -> None:
    hotel = Hotel().says(gi("101", "1"))
    night = datetime(2026, 10, 25, 1, 10, tzinfo=UTC)
    assert night.astimezone(ZONE).utcoffset() == timedelta(hours=1), "the clocks of this zone are put back that night"
    hotel.seconds += (night - NOON).total_seconds()
    local = night.astimezone(ZONE).replace(tzinfo=None) + timedelta(minutes=20)
    hotel.says(WakeupSet(room="101", at=local))
    assert [order.put_off for order in hotel.house.wakeups.values()] == [night + timedelta(minutes=20)]


def test_what_a_room_had_kept_of_who_left_is_of_who_orders_it_again() -> None:
    hotel = Hotel().says(gi("101", "1"), wr("101", "06:45"), gi("101", "2", gs="Y"), go("101", "1", "Y"))
    hotel.says(wr("101", "06:45"), gi("102", "1"))
    assert hotel.wakeups() == {"101": ["06:45"]}
    assert hotel.says(gc("103", "2", ro="101")).wakeups() == {"103": ["06:45"]}
