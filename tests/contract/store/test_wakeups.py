"""Wake-ups that recur, go on, and are over: the database and its twin keep the same contract."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from firmware.hotel.draft import Draft
from firmware.hotel.house import House
from firmware.hotel.model import Attempt, WakeupOrder, WakeupState
from firmware.store import Repositories, in_memory, open_repositories
from firmware.store.database import Database, migrations
from firmware.store.model import Page
from firmware.store.rooms import SqliteRooms
from firmware.store.wakeups import WakeupFilter
from tests.unit.hotel.values import HOLM, NOON, ROOMS, wakeup, wall

DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
SEVEN = wall("2026-11-23T07:00")
ALL = WakeupFilter()


@pytest.fixture(params=["memory", "sqlite"])
def kept(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Repositories]:
    repositories = in_memory() if request.param == "memory" else open_repositories(tmp_path)
    yield repositories
    repositories.close()


def draft(kept: Repositories, now: datetime = NOON) -> Draft:
    return Draft(kept.rooms.house(ROOMS), now=now)


def write(kept: Repositories, change: Draft) -> House:
    kept.rooms.write(change)
    house = kept.rooms.house(ROOMS)
    assert house == change.house()
    return house


def ordered(kept: Repositories, *orders: WakeupOrder) -> None:
    change = draft(kept)
    for order in orders:
        change.order_wakeup(order)
    write(kept, change)


def ended(kept: Repositories, key: str, state: WakeupState, at: datetime, following: datetime | None = None) -> None:
    change = draft(kept, at + MINUTE)
    change.begin_attempt(key, at)
    change.end_attempt(key, "no-answer", at + MINUTE)
    change.finish(key, state, following)
    write(kept, change)


def history(kept: Repositories, **wanted: object) -> list[tuple[str, datetime, str]]:
    found = kept.wakeups.history(chosen(**wanted), Page())
    return [(one.order, one.at, one.state) for _, one in found]


def chosen(**wanted: object) -> WakeupFilter:
    return replace(ALL, **wanted)


def test_what_goes_on_is_found_again(kept: Repositories) -> None:
    ordered(kept, replace(wakeup("w1", "101"), repeat="daily", until="check-out", lang="vi", vip=True))
    change = draft(kept)
    change.begin_attempt("w1", NOON)
    assert write(kept, change).wakeups["w1"].state == "ringing"
    change = draft(kept)
    change.end_attempt("w1", "snoozed", NOON + MINUTE)
    change.put_off("w1", NOON + 11 * MINUTE, snoozed=True)
    order = write(kept, change).wakeups["w1"]
    assert (order.snoozes, order.put_off, order.lang) == (1, NOON + 11 * MINUTE, "vi")
    assert order.attempts == (Attempt(started=NOON, ended=NOON + MINUTE, outcome="snoozed"),)


def test_a_recurring_order_has_a_row_for_each_time(kept: Repositories) -> None:
    change = draft(kept)
    change.check_in("101", HOLM)
    change.order_wakeup(replace(wakeup("w1", "101", "g1"), repeat="daily"))
    write(kept, change)
    ended(kept, "w1", "not_answered", NOON + DAY, SEVEN + DAY)
    ended(kept, "w1", "answered", NOON + 2 * DAY)
    assert history(kept) == [("w1", SEVEN + DAY, "answered"), ("w1", SEVEN, "not_answered")]
    _, first = kept.wakeups.history(ALL, Page())[1]
    assert (first.name, first.by, first.ordered, first.ended) == ("Holm", "anna", NOON, NOON + DAY + MINUTE)
    assert first.attempts == (Attempt(started=NOON + DAY, ended=NOON + DAY + MINUTE, outcome="no-answer"),)
    order = kept.wakeups.order("w1")
    assert order is not None and (order.state, order.rings) == ("answered", None)
    assert kept.wakeups.order("w9") is None


def three(kept: Repositories) -> None:
    rooms = {3: "101", 4: "102", 5: "101"}
    ordered(kept, *(wakeup(f"w{day}", room, at=f"2026-11-2{day}T07:00") for day, room in rooms.items()))
    for key, state in (("w3", "answered"), ("w4", "missed"), ("w5", "answered")):
        ended(kept, key, state, NOON)  # type: ignore[arg-type]


def test_the_history_by_time_room_state_and_order(kept: Repositories) -> None:
    three(kept)
    assert [key for key, _, _ in history(kept)] == ["w5", "w4", "w3"]
    assert [key for key, _, _ in history(kept, since=SEVEN + DAY, until=SEVEN + 2 * DAY)] == ["w4"]
    assert [key for key, _, _ in history(kept, room="101")] == ["w5", "w3"]
    assert [key for key, _, _ in history(kept, state="missed")] == ["w4"]
    assert [key for key, _, _ in history(kept, order="w3")] == ["w3"]


def test_the_history_in_parts(kept: Repositories) -> None:
    three(kept)
    first = kept.wakeups.history(ALL, Page(limit=2))
    rest = kept.wakeups.history(ALL, Page(limit=2, after=first[-1][0]))
    assert [one.order for _, one in (*first, *rest)] == ["w5", "w4", "w3"]


def test_how_many_were_woken(kept: Repositories) -> None:
    three(kept)
    assert kept.wakeups.counts(ALL) == {"answered": 2, "missed": 1}
    assert kept.wakeups.counts(chosen(until=SEVEN + DAY)) == {"answered": 1}


def test_the_house_remembers_what_is_over(kept: Repositories) -> None:
    three(kept)
    change = draft(kept)
    change.order_wakeup(wakeup("w6", "103"))
    write(kept, change)
    change = draft(kept)
    change.cancel_wakeups(change.wakeups.values())
    house = write(kept, change)
    assert [one.order for one in house.over] == ["w3", "w4", "w5"]
    assert house.has_rung("101", SEVEN, "fias") and not house.has_rung("103", SEVEN, "fias")


def test_what_was_cancelled_and_is_to_ring_after_all_is_not_in_the_history(kept: Repositories) -> None:
    change = draft(kept)
    change.check_in("101", HOLM)
    change.order_wakeup(replace(wakeup("w1", "101", "g1"), repeat="daily"))
    write(kept, change)
    ended(kept, "w1", "answered", NOON, SEVEN + DAY)
    leaves = draft(kept)
    left = leaves.check_out("101")
    write(kept, leaves)
    assert history(kept) == [("w1", SEVEN + DAY, "cancelled"), ("w1", SEVEN, "answered")]
    comes = draft(kept)
    comes.settle_in("102", HOLM, left)
    assert write(kept, comes).wakeups["w1"].room == "102"
    assert history(kept) == [("w1", SEVEN, "answered")]


def test_retention_is_by_the_end_of_each_and_an_order_goes_with_its_last(kept: Repositories) -> None:
    ordered(kept, replace(wakeup("w1", "101"), repeat="daily"))
    ended(kept, "w1", "answered", NOON + 10 * DAY, SEVEN + DAY)
    ended(kept, "w1", "missed", NOON + 20 * DAY)
    assert kept.rooms.forget(NOON + 15 * DAY) == 0
    assert [state for _, _, state in history(kept)] == ["missed"] and kept.wakeups.order("w1") is not None
    assert kept.rooms.forget(NOON + 30 * DAY) == 1
    assert history(kept) == [] and kept.wakeups.order("w1") is None


def test_what_is_to_ring_still_is_spared(kept: Repositories) -> None:
    ordered(kept, replace(wakeup("w1", "101"), repeat="daily"))
    ended(kept, "w1", "answered", NOON, SEVEN + DAY)
    assert kept.rooms.forget(NOON + 30 * DAY) == 0 and list(kept.rooms.house(ROOMS).wakeups) == ["w1"]


def test_a_guest_who_is_erased_has_no_name_in_the_history(kept: Repositories) -> None:
    change = draft(kept)
    change.check_in("101", HOLM)
    change.order_wakeup(wakeup("w1", "101", "g1"))
    write(kept, change)
    ended(kept, "w1", "answered", NOON)
    kept.wakeups.erase("g2")
    assert kept.wakeups.history(ALL, Page())[0][1].name == "Holm"
    kept.wakeups.erase("g1")
    assert kept.wakeups.history(ALL, Page())[0][1].name is None


def test_orders_of_an_older_release_are_still_to_ring(tmp_path: Path) -> None:
    path = tmp_path / "nightporter.db"
    connection = sqlite3.connect(path)
    for sql in migrations("nightporter")[:7]:
        connection.executescript(sql)
    connection.execute("PRAGMA user_version = 7")
    connection.executemany(
        "INSERT INTO wakeup (id, room, at, repeat, vip, state, by, through, ordered) "
        "VALUES (?, '101', '2026-11-23T07:00:00', 'once', 0, ?, 'anna', 'desk', 0)",
        [("w1", "waiting"), ("w2", "cancelled")],
    )
    connection.commit()
    connection.close()
    database = Database("nightporter", path)
    assert SqliteRooms(database).house(ROOMS).wakeups == {
        "w1": WakeupOrder(
            id="w1", room="101", at=SEVEN, rings=SEVEN, by="anna", through="desk",
            ordered=datetime(1970, 1, 1, tzinfo=UTC),
        )
    }  # fmt: skip
    database.close()
