"""Rooms, guests, messages, wake-up orders and news for PMS links: the database and its twin keep the same contract."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from firmware.hotel.draft import Draft
from firmware.hotel.house import House
from firmware.hotel.model import Guest, Message, Room, WakeupOrder
from firmware.pms.model import LampNews, MessageNews, News, ResyncWanted, StatusNews
from firmware.store import Repositories, in_memory, open_repositories
from firmware.store.model import AuditEntry

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
ROOMS = ("101", "102", "103")
HOLM = Guest(
    id="g1", name="Holm", first_name="Astrid", title="Ms", language="sv", vip=True, reservation="88120", group="T7",
    arrival=NOON, departure="2026-11-25", limit=5000, no_post=True, needs_person=True,
)  # fmt: skip
BAUER = Guest(id="g2", name="Bauer")


@pytest.fixture(params=["memory", "sqlite"])
def kept(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Repositories]:
    repositories = in_memory() if request.param == "memory" else open_repositories(tmp_path)
    yield repositories
    repositories.close()


def draft(kept: Repositories) -> Draft:
    return Draft(kept.rooms.house(ROOMS))


def written(kept: Repositories, change: Draft) -> House:
    kept.rooms.write(change)
    return kept.rooms.house(ROOMS)


def test_every_room_is_vacant_at_first(kept: Repositories) -> None:
    assert kept.rooms.house(ROOMS) == House({room: Room(room=room) for room in ROOMS})


def test_all_of_a_house_is_found_again(kept: Repositories) -> None:
    change = draft(kept)
    change.check_in("101", HOLM, cor="mobile")
    change.check_in("101", BAUER, share=True)
    change.set_housekeeping("102", "inspected")
    change.set_lamp("101", True)
    change.set_lamp("101", True, "voice-mail")
    change.leave_message(
        Message(id="m1", room="101", guest="g1", text="Ring back", number="7", by="anna", created=NOON)
    )
    order = WakeupOrder(
        id="w1", room="101", guest="g1", at=datetime(2026, 11, 23, 7, 0, 30), by="anna", through="desk", ordered=NOON,  # noqa: DTZ001 - the hotel's wall time
        link="front-office",
    )  # fmt: skip
    change.order_wakeup(order)
    assert written(kept, change) == change.house()
    again = draft(kept)
    again.move("101", "103")
    again.read_message("m1", NOON)
    house = written(kept, again)
    assert house == again.house()
    assert [guest.id for guest in house.rooms["103"].guests] == ["g1", "g2"]


def test_guests_who_change_places_are_each_in_one_room(kept: Repositories) -> None:
    change = draft(kept)
    change.check_in("101", HOLM)
    change.check_in("102", BAUER)
    written(kept, change)
    again = draft(kept)
    again.swap("101", "102")
    house = written(kept, again)
    assert (house.room_of("g1"), house.room_of("g2")) == ("102", "101")


def test_a_cancelled_wake_up_and_a_withdrawn_message_are_gone(kept: Repositories) -> None:
    change = draft(kept)
    change.check_in("101", HOLM)
    change.leave_message(Message(id="m1", room="101", text="x", by="anna", created=NOON))
    at = datetime(2026, 11, 23, 7, 0)  # noqa: DTZ001 - the hotel's wall time
    change.order_wakeup(WakeupOrder(id="w1", room="101", at=at, by="anna", through="desk", ordered=NOON))
    written(kept, change)
    again = draft(kept)
    again.check_out("101")
    house = written(kept, again)
    assert (house.messages, house.wakeups) == ({}, {})


def test_a_wake_up_that_was_cancelled_and_is_waiting_again_is_one(kept: Repositories) -> None:
    change = draft(kept)
    change.check_in("101", HOLM)
    at = datetime(2026, 11, 23, 7, 0)  # noqa: DTZ001 - the hotel's wall time
    change.order_wakeup(WakeupOrder(id="w1", room="101", guest="g1", at=at, by="anna", through="desk", ordered=NOON))
    written(kept, change)
    leaves = draft(kept)
    left = leaves.check_out("101")
    written(kept, leaves)
    assert [order.state for order in kept.rooms.wakeups_for("g1")] == ["cancelled"]
    comes = draft(kept)
    comes.settle_in("102", HOLM, left)
    house = written(kept, comes)
    assert house == comes.house()
    assert [(order.room, order.state) for order in kept.rooms.wakeups_for("g1")] == [("102", "waiting")]


def test_a_room_that_is_not_configured_any_more_is_left_out(kept: Repositories) -> None:
    change = draft(kept)
    change.check_in("101", HOLM)
    kept.rooms.write(change)
    assert list(kept.rooms.house(["102"]).rooms) == ["102"]


def test_what_is_in_such_a_room_waits_there_while_others_change(kept: Repositories) -> None:
    change = draft(kept)
    change.check_in("101", HOLM)
    change.leave_message(Message(id="m1", room="101", text="x", by="anna", created=NOON))
    at = datetime(2026, 11, 23, 7, 0)  # noqa: DTZ001 - the hotel's wall time
    change.order_wakeup(WakeupOrder(id="w1", room="101", at=at, by="anna", through="desk", ordered=NOON))
    whole = written(kept, change)
    without = Draft(kept.rooms.house(["102"]))
    assert (without.messages, without.wakeups) == ({}, {})
    without.check_in("102", BAUER)
    kept.rooms.write(without)
    again = kept.rooms.house(ROOMS)
    assert (again.rooms["101"], again.messages, again.wakeups) == (whole.rooms["101"], whole.messages, whole.wakeups)


def test_audit_entries_are_due_until_they_are_written(kept: Repositories) -> None:
    entries = [AuditEntry(at=NOON, who="anna", through="desk", action=action, subject="101") for action in "abc"]
    kept.rooms.audit_later(entries)
    due = kept.rooms.audit_due()
    assert [entry for _, entry in due] == entries
    kept.rooms.audited([key for key, _ in due[:2]])
    assert [entry for _, entry in kept.rooms.audit_due()] == entries[2:]


def lamp(room: str, lit: bool) -> News:
    return LampNews(room=room, lit=lit)


def told(kept: Repositories, link: str) -> list[News]:
    found = []
    while (waiting := kept.pms.next_news(link)) is not None:
        found.append(waiting[1])
        kept.pms.told(waiting[0])
    return found


def test_news_wait_for_each_link_in_their_order(kept: Repositories) -> None:
    kept.pms.add_news(["a", "b"], [lamp("101", True), StatusNews(room="101", status="clean", occupied=True)], NOON)
    kept.pms.add_news(["a"], [MessageNews(room="101", text="x")], NOON)
    assert (kept.pms.waiting("a"), kept.pms.waiting("b")) == (3, 2)
    waiting = kept.pms.waiting_news("a", 2)
    assert [(since, type(news).__name__) for _, since, news in waiting] == [(NOON, "LampNews"), (NOON, "StatusNews")]
    assert [type(news).__name__ for news in told(kept, "a")] == ["LampNews", "StatusNews", "MessageNews"]
    assert kept.pms.waiting("b") == 2


def test_of_a_lamp_only_the_last_matters_and_messages_all(kept: Repositories) -> None:
    for lit in (True, False, True):
        kept.pms.add_news(["a"], [lamp("101", lit), lamp("102", not lit), MessageNews(room="101", text=str(lit))], NOON)
    kept.pms.add_news(["a"], [ResyncWanted(), ResyncWanted()], NOON)
    found = told(kept, "a")
    assert [news for news in found if isinstance(news, LampNews)] == [lamp("101", True), lamp("102", False)]
    assert sum(isinstance(news, MessageNews) for news in found) == 3
    assert sum(isinstance(news, ResyncWanted) for news in found) == 1


def test_what_a_link_is_owed_goes_with_the_link(kept: Repositories) -> None:
    kept.pms.add_news(["a", "b"], [lamp("101", True)], NOON)
    kept.pms.note_resynced("a", NOON)
    kept.pms.keep_links(["b"])
    assert (kept.pms.waiting("a"), kept.pms.waiting("b"), kept.pms.resynced("a")) == (0, 1, None)


def test_when_a_link_was_last_in_step_is_known_of_each(kept: Repositories) -> None:
    assert kept.pms.resynced("a") is None
    kept.pms.note_resynced("a", NOON)
    kept.pms.note_resynced("a", NOON + timedelta(hours=1))
    assert kept.pms.resynced("a") == NOON + timedelta(hours=1) and kept.pms.resynced("b") is None
