"""Wake-ups are ordered, changed and cancelled."""

from __future__ import annotations

import itertools
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from firmware.errors import RefusedError
from firmware.hotel.draft import Draft
from firmware.wakeup import orders
from firmware.wakeup.orders import Orderer, Placed, Wanted
from tests.unit.hotel.values import BAUER, HOLM, NOON, draft, wakeup, wall

WARSAW = ZoneInfo("Europe/Warsaw")
KEYPAD = Orderer("101", "keypad")


def place(change: Draft, at: str, *rooms: str, now: datetime = NOON, **wanted: object) -> list[Placed]:
    ids = (f"w{number}" for number in itertools.count(len(change.wakeups) + 1))
    want = Wanted(rooms=rooms or ("101",), at=wall(at), **wanted)  # type: ignore[arg-type]
    return orders.place(change, want, now, WARSAW, lambda: next(ids), KEYPAD)


def test_a_list_of_rooms_in_one_action() -> None:
    change = draft()
    change.check_in("101", HOLM)
    placed = place(change, "2026-11-23T07:00", "101", "102")
    assert [(p.order.room, p.order.guest, p.vacant, p.known) for p in placed] == [
        ("101", "g1", False, False), ("102", None, True, False),
    ]  # fmt: skip
    assert {order.room for order in change.wakeups.values()} == {"101", "102"}
    assert all(order.rings == wall("2026-11-23T07:00") for order in change.wakeups.values())


def test_who_shares_a_room_is_woken_as_the_room_unless_he_is_named() -> None:
    change = draft()
    change.check_in("101", HOLM)
    change.check_in("101", BAUER, share=True)
    assert place(change, "2026-11-23T07:00")[0].order.guest is None
    assert place(change, "2026-11-23T08:00", guest="g2")[0].order.guest == "g2"


def test_the_same_minute_is_the_same_order() -> None:
    change = draft()
    place(change, "2026-11-23T07:00")
    again = place(change, "2026-11-23T07:00:20", vip=True, repeat="daily", until="2026-11-30")[0]
    assert again.known and list(change.wakeups) == ["w1"]
    assert (again.order.vip, again.order.repeat, again.order.until) == (True, "daily", "2026-11-30")


def test_who_orders_one_of_his_daily_wake_ups_again_keeps_the_others() -> None:
    change = draft()
    place(change, "2026-11-23T07:00", repeat="daily", until="check-out")
    place(change, "2026-11-23T07:00")
    order = change.wakeups["w1"]
    assert (len(change.wakeups), order.repeat, order.until) == (1, "daily", "check-out")


def test_a_first_day_on_which_it_does_not_ring_is_passed_over() -> None:
    order = place(draft(), "2026-11-28T07:00", repeat="weekdays")[0].order
    assert (order.at, order.rings) == (wall("2026-11-30T07:00"), wall("2026-11-30T07:00"))


@pytest.mark.parametrize(
    ("code", "field", "wanted"),
    [
        ("past", "at", {"at": "2026-11-22T12:59"}),
        ("past", "at", {"at": "2026-11-22T13:00"}),
        ("bad-until", "until", {"at": "2026-11-23T07:00", "repeat": "daily", "until": "2026-11-22"}),
        ("bad-until", "until", {"at": "2026-11-28T07:00", "repeat": "weekdays", "until": "2026-11-29"}),
        ("bad-until", "until", {"at": "2026-11-23T07:00", "repeat": "daily", "until": "for ever"}),
        ("bad-until", "until", {"at": "2026-11-23T07:00", "until": "2026-11-24"}),
        ("bad-repeat", "repeat", {"at": "2026-11-23T07:00", "repeat": "hourly"}),
        ("unknown-guest", "guest", {"at": "2026-11-23T07:00", "guest": "g9"}),
    ],
)
def test_what_cannot_be(code: str, field: str, wanted: dict[str, str]) -> None:
    change = draft()
    with pytest.raises(RefusedError) as refused:
        place(change, **wanted)  # type: ignore[arg-type]
    assert (refused.value.code, refused.value.field) == (code, field) and change.is_idle


def test_for_all_rooms_or_for_none() -> None:
    change = draft()
    with pytest.raises(RefusedError) as refused:
        place(change, "2026-11-23T07:00", "101", "999")
    assert refused.value.code == "unknown-room" and change.is_idle and change.wakeups == {}
    with pytest.raises(RefusedError, match="no room"):
        orders.place(change, Wanted((), wall("2026-11-23T07:00")), NOON, WARSAW, lambda: "w1", KEYPAD)


def test_in_the_night_of_the_clock_change_the_second_of_two_times_is_good_while_the_first_is_over() -> None:
    second_0240 = datetime.fromisoformat("2026-10-25T01:40+00:00")
    change = draft()
    order = place(change, "2026-10-25T02:50", now=second_0240)[0].order
    assert order.put_off == datetime.fromisoformat("2026-10-25T01:50+00:00")
    with pytest.raises(RefusedError, match="is past"):
        place(change, "2026-10-25T02:30", now=second_0240)
    assert place(change, "2026-10-25T03:00", now=second_0240)[0].order.put_off is None


def test_another_time_is_the_same_order() -> None:
    change = draft()
    place(change, "2026-11-23T07:00", repeat="daily")
    order = orders.change(change, "w1", wall("2026-11-23T08:15"), NOON, WARSAW)
    assert (order.id, order.at, order.rings, order.repeat) == ("w1", wall("2026-11-23T08:15"), order.at, "daily")
    assert change.wakeups == {"w1": order}
    for at, code in (("2026-11-22T08:15", "past"), ("2026-11-23T09:00", "unknown-wakeup")):
        with pytest.raises(RefusedError) as refused:
            orders.change(change, "w1" if code == "past" else "w9", wall(at), NOON, WARSAW)
        assert refused.value.code == code and change.wakeups == {"w1": order}


def test_another_time_at_which_the_room_is_woken_already_leaves_one_order() -> None:
    change = draft()
    place(change, "2026-11-23T07:00")
    place(change, "2026-11-23T08:00")
    left = orders.change(change, "w1", wall("2026-11-23T08:00"), NOON, WARSAW)
    assert (left.id, list(change.wakeups)) == ("w2", ["w2"])
    assert [(one.order, one.state) for one in change.occurrences] == [("w1", "cancelled")]


def test_what_rings_now_cannot_be_put_elsewhere_but_ended() -> None:
    change = draft()
    place(change, "2026-11-23T07:00")
    change.begin_attempt("w1", NOON)
    with pytest.raises(RefusedError) as refused:
        orders.change(change, "w1", wall("2026-11-23T08:00"), NOON, WARSAW)
    assert refused.value.code == "ringing"
    assert orders.cancel(change, "w1").state == "cancelled" and change.wakeups == {}


def test_one_or_all_of_a_room_are_cancelled() -> None:
    change = draft()
    for at in ("2026-11-23T07:00", "2026-11-23T08:00", "2026-11-23T09:00"):
        place(change, at)
    change.order_wakeup(wakeup("other", "102"))
    assert orders.cancel(change, "w2").rings is None and sorted(change.wakeups) == ["other", "w1", "w3"]
    with pytest.raises(RefusedError) as refused:
        orders.cancel(change, "w2")
    assert refused.value.code == "unknown-wakeup"
    assert [order.id for order in orders.cancel_all(change, "101")] == ["w1", "w3"]
    assert list(change.wakeups) == ["other"]
    with pytest.raises(RefusedError, match="no room 999"):
        orders.cancel_all(change, "999")
