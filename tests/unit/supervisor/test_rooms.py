"""Rooms at the desk: what is shown, what may be changed, and that it is kept before it holds."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from firmware.errors import RefusedError
from firmware.exchange.decisions import LineView
from firmware.store import Repositories, StorageError, open_repositories
from firmware.supervisor.events import LineEvent
from tests.unit.supervisor.house import ANNA, House
from webui.types import ExtensionSettings, RoomChange


@pytest.fixture
async def house() -> AsyncIterator[House]:
    """Room 101 has a second telephone, in the bathroom; room 103 none."""

    def more(text: str) -> str:
        bathroom = '[[extension]]\nnumber = "1101"\nroom = "101"\nkind = "room"\nport = "fxs/3"\n'
        return text.replace('port = "fxs/3"', "", 1) + bathroom

    made = House(more)
    await made.store.open()
    yield made
    await made.store.close()
    assert made.errors == []


async def test_every_room_once_with_what_is_known_of_it(house: House) -> None:
    house.service.states = {"fxs/1": "talking", "fxs/3": "idle"}
    rooms = house.desk.rooms.rooms()
    assert [room.room for room in rooms] == ["101", "102", "103", "201", "202", "203"]
    first, _, third, *_ = rooms
    assert (first.extensions, first.floor, first.line_state) == (["101", "1101"], 1, "talking")
    assert (first.class_, first.effective_class, first.occupancy, first.guests) == (None, "internal", "vacant", [])
    assert (third.extensions, third.line_state) == (["103"], None)
    with pytest.raises(RefusedError, match="no room 100"):
        house.desk.rooms.room("100")


async def test_a_class_of_its_own_goes_before_the_telephone_s_and_the_default(house: House) -> None:
    changed = await house.desk.rooms.change_room("102", RoomChange(class_="mobile"), ANNA)
    assert (changed.class_, changed.effective_class) == ("mobile", "mobile")
    assert house.agent.room_class("102") == "mobile"
    assert (await house.store.do(lambda kept: kept.rooms.house(["102"]))).rooms["102"].cor == "mobile"
    changed = await house.desk.rooms.change_room("102", RoomChange(class_=None), ANNA)
    assert (changed.class_, changed.effective_class, house.agent.room_class("102")) == (None, "internal", None)
    assert (await house.store.do(lambda kept: kept.rooms.house(["102"]))).rooms["102"].cor is None


async def test_the_configuration_s_class_of_a_telephone_is_shown_as_the_one_that_holds() -> None:
    house = House(lambda text: text.replace('number = "102"', 'number = "102"\nclass = "local"', 1))
    assert house.desk.rooms.room("102").effective_class == "local"


async def test_do_not_disturb_is_for_all_telephones_of_the_room(house: House) -> None:
    await house.desk.rooms.change_room("101", RoomChange(dnd=True), ANNA)
    assert house.agent.features("101")[0] and house.agent.features("1101")[0]
    await house.desk.settings.set_extension("101", ExtensionSettings(dnd=False, forward=[]), ANNA)
    assert not house.desk.rooms.room("101").dnd and not house.agent.features("1101")[0]
    assert await house.store.do(lambda kept: kept.settings.features()) == {}


async def test_who_changed_what_of_which_room_is_in_the_audit(house: House) -> None:
    await house.desk.rooms.change_room("101", RoomChange(class_="mobile", dnd=True), ANNA)
    await house.desk.rooms.change_room("101", RoomChange(class_="mobile", dnd=True, message_lamp=False), ANNA)
    told = [(entry.who, entry.action, entry.subject, entry.room, entry.detail) for entry in await house.audit()]
    assert told == [
        ("anna", "dnd", "101", "101", {"on": True}),
        ("anna", "class", "101", "101", {"class": "mobile"}),
    ]


async def test_a_room_of_which_nobody_has_said_anything_is_clean(house: House) -> None:
    assert house.desk.rooms.room("101").housekeeping == "clean"


async def test_housekeeping_and_the_lamp_are_shown(house: House) -> None:
    changed = await house.desk.rooms.change_room("101", RoomChange(housekeeping="clean", message_lamp=True), ANNA)
    assert (changed.housekeeping, changed.message_lamp.lit, changed.message_lamp.reasons) == ("clean", True, ["desk"])


async def test_what_cannot_be_kept_does_not_hold(tmp_path: Path) -> None:
    house = House(make=lambda: open_repositories(tmp_path))
    await house.store.open()

    def spoil(kept: Repositories) -> None:
        with kept.databases[0].transaction() as connection:
            connection.execute("DROP TABLE feature")

    await house.store.do(spoil)
    with pytest.raises(StorageError):
        await house.desk.rooms.change_room("102", RoomChange(class_="local", dnd=True), ANNA)
    assert house.agent.room_class("102") is None
    assert (await house.store.do(lambda kept: kept.rooms.house(["102"]))).rooms["102"].cor is None
    await house.store.close()


async def test_the_live_feed_has_the_room_when_it_looks_different(house: House) -> None:
    house.service.states = {"fxs/1": "ringing"}
    for state in ("ringing", "ringing", "talking"):
        house.service.states["fxs/1"] = state  # type: ignore[assignment]
        house.bus.publish(LineEvent(LineView("fxs/1", "idle", "101", None)))
    house.bus.publish(LineEvent(LineView("fxs/7", "idle", "100", None)))
    assert [(room["room"], room["line_state"]) for room in house.sent("room")] == [
        ("101", "ringing"),
        ("101", "talking"),
    ]
    await house.desk.rooms.change_room("102", RoomChange(class_="local"), ANNA)
    await house.desk.rooms.change_room("102", RoomChange(class_="local"), ANNA)
    await house.desk.settings.set_extension("103", ExtensionSettings(dnd=True, forward=[]), ANNA)
    assert [(room["room"], room["class"], room["dnd"]) for room in house.sent("room")[2:]] == [
        ("102", "local", False), ("103", None, True),
    ]  # fmt: skip
