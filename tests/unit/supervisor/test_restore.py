"""A control plane that starts again: what was said before holds before the first call."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from firmware.hotel.draft import Draft
from firmware.store import Repositories
from firmware.store.model import CallRecord
from firmware.supervisor.numbering import EXCHANGE, NIGHT_SERVICE, ROOM_BLOCKING
from firmware.supervisor.restore import Restore
from firmware.supervisor.restriction import RESTRICTION
from tests.unit.supervisor.house import ANNA, House
from webui.types import Restriction


@pytest.fixture
async def house() -> AsyncIterator[House]:
    made = House()
    await made.store.open()
    yield made
    await made.store.close()


async def restored(house: House) -> None:
    await Restore(house.config, house.service, house.hotel, house.store, house.clock, house.alarms).run()


async def test_settings_features_and_classes_hold_again(house: House) -> None:
    def before(kept: Repositories) -> None:
        draft = Draft(kept.rooms.house(["101"]))
        draft.set_class("101", "mobile")
        kept.rooms.write(draft)
        kept.settings.put_features("103", {"dnd": True, "forward": "busy no-answer"})
        kept.settings.put(ROOM_BLOCKING, {"enabled": True})
        kept.settings.put(EXCHANGE, {"trunk_transfer": False})
        kept.settings.put(NIGHT_SERVICE, {"mode": "on", "target": "203"})

    await house.store.do(before)
    await restored(house)
    agent = house.agent
    assert (agent.room_class("101"), agent.room_class("102")) == ("mobile", None)
    assert agent.features("103") == (True, frozenset({"busy", "no-answer"}))
    assert agent.settings.room_blocking.enabled and not agent.settings.trunk_transfer
    assert (agent.settings.night.mode, agent.settings.night.target) == ("on", "203")


async def test_what_is_not_usable_does_not_keep_the_rest_away(house: House) -> None:
    await house.store.do(lambda kept: kept.settings.put(EXCHANGE, {"call_waiting": "often"}))
    await house.store.do(lambda kept: kept.settings.put(NIGHT_SERVICE, {"mode": "on"}))
    await restored(house)
    assert house.agent.settings.call_waiting and house.agent.settings.night.mode == "on"


async def test_a_list_that_the_configuration_does_not_allow_any_more_is_told_and_the_others_hold(house: House) -> None:
    kept = {"black_out": ["112"], "forbidden": ["2212"]}
    await house.store.do(lambda store: store.settings.put(RESTRICTION, kept))
    await restored(house)
    restrictions, local = house.agent.settings.restrictions, house.now().local
    assert restrictions.judge("221234567", "unrestricted", local).reason == "forbidden"
    assert restrictions.judge("112", "internal", local).allowed
    (alarm,) = await house.alarms.standing()
    assert alarm.kind == "restriction" and "`black_out` is not in force: 112 is an emergency number" in alarm.text
    await house.desk.settings.set_restriction(Restriction(forbidden=["2212"]), ANNA)
    assert await house.alarms.standing() == []


async def test_emergency_calls_of_the_last_half_hour_are_remembered_from_their_end(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = house.clock.utc()

    def call(leg: str, began: int, ended: int | None, **more: Any) -> CallRecord:
        end = None if ended is None else now - timedelta(minutes=ended)
        return CallRecord(
            leg=leg, call=leg, direction="outgoing", from_number=leg, to_number="112", dialled="112",
            started=now - timedelta(minutes=began), ended=end, **{"emergency": True, **more},
        )  # fmt: skip

    def before(kept: Repositories) -> None:
        for record in (call("101", 55, 20), call("102", 40, 31), call("103", 5, 5, emergency=False)):
            kept.call_records.close(record)
        kept.call_records.open(call("201", 2, None, answered=now))

    await house.store.do(before)
    remembered: list[tuple[str, str, int]] = []
    monkeypatch.setattr(house.agent, "remember_emergency", lambda *said: remembered.append(said))
    await restored(house)
    now_ns = round(house.clock.monotonic() * 1e9)
    assert remembered == [("101", "112", now_ns - 20 * 60 * 10**9), ("201", "112", now_ns)]
