"""What staff switch for the whole house from a telephone: hours and exceptions that the desk has set stay."""

from __future__ import annotations

from firmware.hotel.service import By
from firmware.supervisor.house_switches import HouseSwitches
from tests.unit.supervisor.house import ANNA, House
from webui import types

BERT = By("Bert", "keypad")


async def test_room_to_room_calls_and_night_service() -> None:
    house = House()
    await house.store.open()
    settings, switches = house.desk.settings, HouseSwitches(house.desk.settings)
    hours = types.RoomBlocking(enabled=False, from_="22:00", to="06:00", exceptions=[["101", "102"]])
    await settings.set_room_blocking(hours, ANNA)
    await settings.set_night_service(types.NightService(mode="auto", from_="23:00", to="06:30", target="110"), ANNA)
    await switches.set_blocking(True, BERT)
    await switches.set_night(True, BERT)
    blocking, night = await settings.room_blocking(), await settings.night_service()
    assert (blocking.enabled, blocking.from_, blocking.exceptions) == (True, "22:00", [["101", "102"]])
    assert (night.mode, night.from_, night.target, house.agent.settings.night.mode) == ("on", "23:00", "110", "on")
    await switches.set_blocking(False, BERT)
    await switches.set_night(False, BERT)
    assert not (await settings.room_blocking()).enabled and (await settings.night_service()).mode == "off"
    done = [(entry.who, entry.through, entry.subject) for entry in (await house.audit())[:2]]
    assert done == [("Bert", "keypad", "night-service"), ("Bert", "keypad", "room-to-room-blocking")]
    await house.store.close()
