"""Wake-ups by telephone: what digits mean, for whom one may order, what is on disk when it is confirmed."""

from __future__ import annotations

from datetime import datetime

import pytest

from firmware.errors import RefusedError
from firmware.exchange.dialogue import Answered
from firmware.services.wakeup_actions import MOST_ORDERS, moment
from tests.unit.services.rig import Hall, items

NOW = datetime(2026, 11, 22, 3, 0)  # noqa: DTZ001 - the hotel's wall time, as the rig's clock has it


def meant(digits: str, now: datetime = NOW) -> str:
    try:
        return moment(digits, now).isoformat(timespec="minutes")
    except RefusedError as error:
        return error.code


@pytest.mark.parametrize(
    ("digits", "said"),
    [
        ("0700", "2026-11-22T07:00"),
        ("0259", "2026-11-23T02:59"),
        ("0300", "2026-11-23T03:00"),
        ("2400", "wrong"),
        ("0760", "wrong"),
        ("11220700", "2026-11-22T07:00"),
        ("12240630", "2026-12-24T06:30"),
        ("01050700", "2027-01-05T07:00"),
        ("11220259", "past"),
        ("11210700", "past"),
        ("06010700", "past"),
        ("02300700", "wrong"),
        ("02290700", "wrong"),
        ("13010700", "wrong"),
        ("00010700", "wrong"),
        ("01010760", "wrong"),
        ("070", "wrong"),
        ("", "wrong"),
        ("7*00", "wrong"),
    ],
)
def test_digits_mean_the_next_such_time_or_a_date_ahead(digits: str, said: str) -> None:
    assert meant(digits) == said


def test_the_29th_of_february_is_in_leap_years_alone() -> None:
    assert meant("02290700", datetime(2027, 12, 1)) == "2028-02-29T07:00"  # noqa: DTZ001
    assert meant("02290700", datetime(2027, 1, 1)) == "wrong"  # noqa: DTZ001


async def test_a_guest_s_order_is_on_disk_when_he_is_told(hall: Hall) -> None:
    await hall.check_in("203", "g1", language="vi")
    assert await hall.act("1203", "wakeup-check", digits="0700") == Answered(
        "ok", {"at": "2026-11-22T07:00", "room": "203"}
    )
    assert hall.hotel.house.wakeups == {}
    ordered = await hall.act("1203", "wakeup-order", at="2026-11-22T07:00")
    assert ordered == Answered("ok", {"at": "2026-11-22T07:00", "room": "203"})
    kept = await hall.store.do(lambda kept: kept.rooms.house(["203"]).wakeups_of("203"))
    assert [(order.guest, order.through, order.by) for order in kept] == [("g1", "keypad", "1203")]
    assert (await hall.act("1203", "wakeup-order", at="2026-11-22T07:00")).result == "same"


async def test_what_the_disk_refuses_is_not_confirmed(hall: Hall) -> None:
    await hall.check_in("203", "g1")
    hall.refusing = True
    assert await hall.act("1203", "wakeup-order", at="2026-11-22T07:00") == Answered("unavailable")
    assert hall.hotel.house.wakeups == {}


async def test_a_vacant_room_may_have_one_and_it_is_said(hall: Hall) -> None:
    assert (await hall.act("1203", "wakeup-check", digits="0700")).result == "vacant"
    assert (await hall.act("1203", "wakeup-order", at="2026-11-22T07:00")).result == "vacant"
    assert len(hall.hotel.house.wakeups_of("203")) == 1


async def test_only_reception_orders_for_another_room(hall: Hall) -> None:
    await hall.check_in("203", "g1")
    assert (await hall.act("100", "wakeup-check", digits="0700", room="1203")).values["room"] == "203"
    assert (await hall.act("100", "wakeup-order", at="2026-11-22T07:00", room="203")).result == "ok"
    assert (await hall.act("100", "wakeup-order", at="2026-11-22T07:00", room="999")).result == "no-room"
    for number in ("101", "109", "400", "0601234567"):
        assert (await hall.act(number, "wakeup-order", at="2026-11-22T08:00", room="203")).result == "refused"
        assert (await hall.act(number, "wakeup-order", at="2026-11-22T08:00", room="999")).result == "refused"
    assert (await hall.act("100", "wakeup-order", at="2026-11-22T08:00")).result == "refused"
    assert (await hall.act("1203", "wakeup-order", at="2026-11-22T08:00", room="203")).result == "ok"


async def test_orders_are_heard_changed_and_cancelled_by_whose_they_are(hall: Hall) -> None:
    await hall.check_in("203", "g1")
    assert await hall.act("1203", "wakeup-list") == Answered("none")
    for at in ("2026-11-23T08:00", "2026-11-22T07:00"):
        await hall.act("1203", "wakeup-order", at=at)
    heard = items(await hall.act("1203", "wakeup-list"), "at", "repeat", "id")
    assert [item[:2] for item in heard] == [("2026-11-22T07:00", "once"), ("2026-11-23T08:00", "once")]
    first, second = (item[2] for item in heard)
    for action, more in (("wakeup-cancel", {}), ("wakeup-change", {"at": "2026-11-22T09:00"})):
        assert (await hall.act("101", action, id=first, **more)).result == "none"
    changed = await hall.act("1203", "wakeup-change", id=first, at="2026-11-22T07:30")
    assert changed == Answered("ok", {"at": "2026-11-22T07:30", "room": "203"})
    assert (await hall.act("1203", "wakeup-change", id=first, at="2026-11-22T01:00")).result == "past"
    assert await hall.act("1203", "wakeup-cancel", id=second) == Answered("ok", {"count": "1"})
    assert (await hall.act("1203", "wakeup-cancel", id=second)).result == "none"
    assert await hall.act("1203", "wakeup-cancel", all="yes") == Answered("ok", {"count": "1"})
    assert (await hall.act("1203", "wakeup-cancel", all="yes")).result == "none"


async def test_a_room_has_so_many_at_most(hall: Hall) -> None:
    for hour in range(MOST_ORDERS):
        assert (await hall.act("1203", "wakeup-order", at=f"2026-11-22T{hour + 8:02}:00")).result == "vacant"
    assert (await hall.act("1203", "wakeup-order", at="2026-11-23T09:00")).result == "full"
    assert (await hall.act("1203", "wakeup-order", at="2026-11-22T08:00")).result == "same"


async def test_a_person_of_the_staff_says_what_has_become_of_a_wake_up(hall: Hall) -> None:
    assert (await hall.act("100", "wakeup-person", id="w1", outcome="awake")).result == "ok"
    assert (await hall.act("109", "wakeup-person", id="w2", outcome="no-answer")).result == "ok"
    assert (await hall.act("101", "wakeup-person", id="w3", outcome="awake")).result == "refused"
    assert [(key, answered, by.name) for key, answered, by in hall.outcomes] == [
        ("w1", True, "100"),
        ("w2", False, "109"),
    ]
