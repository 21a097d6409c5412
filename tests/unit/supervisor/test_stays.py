"""Guests at the desk: kept before it holds, told on the live feed, and in the audit with who and through what."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from firmware.errors import RefusedError
from firmware.hotel.service import By
from firmware.store import Repositories, StorageError, open_repositories
from tests.unit.hotel.values import wakeup
from tests.unit.supervisor.house import ANNA, House
from webui import types
from webui.api import hotel as api
from webui.routes import topics_of
from webui.services import Identity
from webui.types import RoomChange

TILL = Identity("till", "desk", "api")
HOLM = api.CheckIn(name="Holm", first_name="Astrid", reservation="88120")


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    made = House(make=partial(open_repositories, tmp_path))
    await made.store.open()
    yield made
    await made.store.close()
    assert made.errors == []


def told(house: House, role: str = "desk") -> list[Any]:
    """The `room` events that a role has heard."""
    topics = topics_of(role)
    messages = [message for _, topic, message in house.desk.hub._kept if topic in topics]
    return [msgspec.json.decode(m.partition(b"data: ")[2]) for m in messages if b"\nevent: room\n" in m]


def seen(event: Any) -> tuple[str, str, list[str], str]:
    return event["room"], event["occupancy"], [guest["name"] for guest in event["guests"]], event["effective_class"]


async def test_who_is_checked_in_or_moved_is_shown_with_the_wakeup_that_his_room_had_and_it_ends_with_his_stay(
    house: House,
) -> None:
    order = replace(wakeup("w1", "203"), ordered=house.clock.utc())
    await house.hotel.change(By("anna", "desk"), lambda draft: draft.order_wakeup(order))
    shown = house.desk.rooms.room("203").next_wakeup
    stays = house.desk.stays
    assert shown is not None and (await stays.check_in("203", HOLM, ANNA)).next_wakeup == shown
    assert (await stays.check_out("203", api.CheckOut(), ANNA)).wakeups == [shown]
    await house.hotel.change(By("anna", "desk"), lambda draft: draft.order_wakeup(order))
    await stays.check_in("101", HOLM, ANNA)
    assert (await stays.move("101", api.Move(to="203"), ANNA)).to.next_wakeup == shown


async def test_every_room_that_a_change_concerns_is_on_the_live_feed_as_it_is_then(house: House) -> None:
    stays = house.desk.stays
    await stays.check_in("203", HOLM, ANNA)
    assert [seen(event) for event in told(house)] == [("203", "occupied", ["Holm"], "national")]
    await stays.move("203", api.Move(to="101"), ANNA)
    assert [seen(event) for event in told(house)[1:]] == [
        ("101", "occupied", ["Holm"], "national"), ("203", "vacant", [], "internal"),
    ]  # fmt: skip
    group = [api.RoomCheckIn(room=room) for room in ("202", "203")]
    await stays.check_in_rooms(group, ANNA)
    await stays.swap("101", api.Swap(with_="203"), ANNA)
    await stays.check_out_rooms(api.GroupCheckOut(rooms=["202", "203"]), ANNA)
    assert [event["room"] for event in told(house)[3:]] == ["202", "203", "101", "203", "202", "203"]
    assert told(house)[-1] == msgspec.to_builtins(house.desk.rooms.room("203"))


async def test_housekeeping_hears_of_rooms_and_not_of_guests(house: House) -> None:
    await house.desk.stays.check_in("203", HOLM, ANNA)
    guest = house.hotel.house.rooms["203"].guests[0].id
    await house.desk.stays.change_guest("203", guest, api.GuestChange(name="Bauer"), ANNA)
    await house.desk.rooms.change_room("203", RoomChange(housekeeping="inspected"), ANNA)
    heard = told(house, "housekeeping")
    assert [(*seen(event), event["housekeeping"]) for event in heard] == [
        ("203", "occupied", [], "national", "clean"), ("203", "occupied", [], "national", "inspected"),
    ]  # fmt: skip
    assert len(told(house)) == 3


async def test_outside_calls_and_the_name_are_on_the_telephones_at_once(house: House) -> None:
    await house.desk.stays.check_in("203", HOLM, ANNA)
    assert (house.agent.class_of("203"), house.agent.class_of("101")) == ("national", "internal")
    await house.desk.stays.move("203", api.Move(to="101"), ANNA)
    assert (house.agent.class_of("203"), house.agent.class_of("101")) == ("internal", "national")


async def test_who_did_what_through_what_is_in_the_audit(house: House) -> None:
    await house.desk.stays.check_in("203", HOLM, ANNA)
    guest = house.hotel.house.rooms["203"].guests[0].id
    await house.desk.stays.change_guest("203", guest, api.GuestChange(vip=True), TILL)
    await house.desk.stays.move("203", api.Move(to="101"), TILL)
    await house.desk.stays.check_out("101", api.CheckOut(next=api.CheckIn(name="Bauer")), ANNA)
    entries = [(e.who, e.through, e.action, e.room) for e in reversed(await house.audit())]
    assert entries[:3] == [
        ("anna", "api", "check-in", "203"), ("till", "api", "guest-changed", "203"), ("till", "api", "move", "203"),
    ]  # fmt: skip
    assert entries[-2:] == [("anna", "api", "check-out", "101"), ("anna", "api", "check-in", "101")]
    moves = [(entry.room, entry.detail) for entry in await house.audit() if entry.action == "move"]
    assert moves == [("101", {"from": "203", "guests": [guest]}), ("203", {"to": "101", "guests": [guest]})]


async def test_the_desk_sees_what_a_guest_may_call_for_and_what_is_left_of_it(house: House) -> None:
    def of_one(guest: types.Guest) -> tuple[types.Money | None, types.Money | None]:
        return guest.deposit, guest.deposit_left

    room = await house.desk.stays.check_in("203", api.CheckIn(name="Holm"), ANNA)
    assert of_one(room.guests[0]) == (None, None)
    guest = room.guests[0].id

    async def count() -> None:
        house.credit.take({guest: 1200})

    house.desk.stays.recount = count
    given = api.GuestChange(deposit=5000)
    (changed,) = (await house.desk.stays.change_guest("203", guest, given, ANNA)).guests
    assert of_one(changed) == (types.Money(amount=5000, currency="EUR"), types.Money(amount=3800, currency="EUR"))
    gone = await house.desk.stays.check_out("203", api.CheckOut(), ANNA)
    assert of_one(gone.guests[0]) == of_one(changed)


async def test_a_deposit_is_kept_also_when_what_is_left_of_it_cannot_be_counted(house: House) -> None:
    async def count() -> None:
        raise StorageError("full")

    house.desk.stays.recount = count
    room = await house.desk.stays.check_in("203", HOLM, ANNA)
    given = api.GuestChange(deposit=5000)
    (changed,) = (await house.desk.stays.change_guest("203", room.guests[0].id, given, ANNA)).guests
    assert changed.deposit == types.Money(amount=5000, currency="EUR")


async def test_the_house_looks_the_same_after_a_restart(house: House, tmp_path: Path) -> None:
    house.clock.advance(0.0019)
    await house.desk.stays.check_in_rooms([api.RoomCheckIn(room="203", name="Holm", vip=True, deposit=5000)], ANNA)
    await house.desk.stays.leave_message("203", api.NewMessage(text="Ring back"), ANNA)
    again = House(make=partial(open_repositories, tmp_path))
    await again.store.open()
    await again.hotel.load()
    again.hotel.put_on_telephones(again.agent, again.now())
    assert again.desk.rooms.rooms() == house.desk.rooms.rooms()
    assert again.desk.stays.messages("203") == house.desk.stays.messages("203")
    await again.store.close()


async def test_what_cannot_be_kept_has_not_happened(house: House) -> None:
    await house.desk.stays.check_in("101", api.CheckIn(name="Bauer"), ANNA)
    before, events = house.hotel.house, len(told(house))

    def spoil(kept: Repositories) -> None:
        with kept.databases[0].transaction() as connection:
            connection.execute("DROP TABLE pms_news")
            connection.execute("DROP TABLE audit_due")

    await house.store.do(spoil)
    for attempt in (
        house.desk.stays.check_in_rooms([api.RoomCheckIn(room=room) for room in ("201", "202")], ANNA),
        house.desk.stays.move("101", api.Move(to="203"), ANNA),
        house.desk.stays.check_out("101", api.CheckOut(), ANNA),
    ):
        with pytest.raises(StorageError):
            await attempt
    assert (house.hotel.house, len(told(house))) == (before, events)
    assert await house.store.do(lambda kept: kept.rooms.house(before.rooms)) == before
    assert (house.agent.class_of("101"), house.agent.class_of("201")) == ("national", "internal")


async def test_a_refused_group_leaves_nothing_behind(house: House) -> None:
    with pytest.raises(RefusedError):
        await house.desk.stays.check_in_rooms([api.RoomCheckIn(room=room) for room in ("201", "999")], ANNA)
    assert await house.audit() == [] and told(house) == []
    assert not house.hotel.house.rooms["201"].occupied
