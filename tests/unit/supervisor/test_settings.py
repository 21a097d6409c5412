"""From the settings of the API to those of the call agent, and back from the store."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import time

import pytest

from firmware.errors import RefusedError
from firmware.exchange.call_timers import CALL_TIMERS
from firmware.exchange.numbering import AgentSettings, RoomBlocking
from firmware.gateway.digitmap import match
from firmware.store import StorageError
from firmware.supervisor.numbering import agent_settings, numbering_plan, timers
from firmware.supervisor.restriction import HouseRestrictions
from firmware.supervisor.views import builtins, exchange_settings, room_blocking
from tests.unit.supervisor.house import ANNA, House
from webui import types
from webui.faults import as_api_error
from webui.types import CallHours, CallTimers, ExchangeSettings, NightService, Restriction


def test_every_timer_can_be_set_and_has_the_default_of_its_table() -> None:
    assert timers(CallTimers()) == {timer.number: timer.default for timer in CALL_TIMERS}
    assert len(CallTimers.__struct_fields__) == len(CALL_TIMERS)


def test_the_defaults_of_the_api_are_those_of_the_agent() -> None:
    assert agent_settings(ExchangeSettings(), AgentSettings()) == AgentSettings(timers=timers(CallTimers()))


def test_room_blocking_is_not_among_them() -> None:
    before = AgentSettings(room_blocking=RoomBlocking(enabled=True))
    assert agent_settings(ExchangeSettings(rooms_see="nothing"), before).room_blocking.enabled


def test_what_was_stored_comes_back_also_by_a_release_that_knows_more() -> None:
    wanted = ExchangeSettings(forward_busy=True, timers=CallTimers(no_answer=20))
    assert exchange_settings(builtins(wanted)) == wanted
    assert exchange_settings({"forward_busy": True}) == ExchangeSettings(forward_busy=True)
    assert exchange_settings(None) == ExchangeSettings()
    with pytest.raises(StorageError, match="no_answer"):
        exchange_settings({"timers": {"no_answer": 1}})


def test_a_stored_blocking_that_is_not_usable_is_the_store_s_trouble() -> None:
    assert room_blocking(None).enabled is False
    with pytest.raises(StorageError, match="from"):
        room_blocking({"enabled": True, "from": "22:00\n", "to": "06:00"})


@pytest.fixture
async def house() -> AsyncIterator[House]:
    made = House(lambda text: text.replace('port = "fxs/8"\n', "", 1))
    await made.store.open()
    yield made
    await made.store.close()


async def test_the_night_service_is_kept_holds_at_once_and_is_in_the_audit(house: House) -> None:
    assert await house.desk.settings.night_service() == NightService(mode="off")
    wanted = NightService(mode="auto", from_="22:00", to="06:30", target="203")
    await house.desk.settings.set_night_service(wanted, ANNA)
    assert await house.desk.settings.night_service() == wanted
    night = house.agent.settings.night
    assert (night.mode, night.begins, night.ends, night.target) == ("auto", time(22), time(6, 30), "203")
    (entry,) = await house.audit()
    assert (entry.who, entry.subject, entry.detail["target"]) == ("anna", "night-service", "203")
    await house.desk.settings.set_exchange(ExchangeSettings(call_waiting=False), ANNA)
    assert house.agent.settings.night == night, "other settings leave it alone"


@pytest.mark.parametrize(
    ("wanted", "code", "field"),
    [
        (NightService(mode="auto"), "bad-value", "from"),
        (NightService(mode="auto", from_="22:00"), "bad-value", "to"),
        (NightService(mode="on", to="06:00"), "bad-value", "from"),
        (NightService(mode="auto", from_="22:00", to="22:00"), "same-hours", "to"),
        (NightService(mode="on", target="555"), "unknown-number", "target"),
        (NightService(mode="on", target="110"), "unknown-number", "target"),
    ],
)
async def test_a_night_service_that_cannot_be_is_refused(
    house: House, wanted: NightService, code: str, field: str
) -> None:
    with pytest.raises(RefusedError) as refused:
        await house.desk.settings.set_night_service(wanted, ANNA)
    assert (refused.value.code, refused.value.field, as_api_error(refused.value).status) == (code, field, 422)
    assert await house.desk.settings.night_service() == NightService(mode="off")
    assert house.agent.settings.night.mode == "off"


async def test_rooms_that_may_call_each_other_all_the_same_are_rooms(house: House) -> None:
    with pytest.raises(RefusedError, match="999 is no room") as refused:
        wanted = types.RoomBlocking(enabled=True, exceptions=[["101", "203"], ["101", "999"]])
        await house.desk.settings.set_room_blocking(wanted, ANNA)
    error = as_api_error(refused.value)
    assert (error.status, error.code, error.field) == (422, "no-such-room", "exceptions[1]")
    assert await house.audit() == []


async def test_the_lists_of_calls_outside_are_kept_and_hold_at_once(house: House) -> None:
    def judged(digits: str) -> str:
        return house.agent.settings.restrictions.judge(digits, "national", house.now().local).reason

    assert (judged("221234567"), judged("601234567")) == ("", "class")
    hours = {"national": CallHours(from_="07:00", to="23:00", days="1-6")}  # it is a Sunday, 3 in the morning
    wanted = Restriction(allowed=["601"], forbidden=["2212"], black_in=["+48 71 123 45 67"], hours=hours)
    await house.desk.settings.set_restriction(wanted, ANNA)
    assert await house.desk.settings.restriction() == wanted
    assert [judged(n) for n in ("221234567", "601234567", "711234567")] == ["forbidden", "", "hours"]
    assert house.agent.settings.restrictions.refuses_caller("711234567")
    assert not house.agent.settings.restrictions.refuses_caller("")
    (entry,) = await house.audit()
    assert (entry.subject, entry.detail["forbidden"]) == ("restriction", ["2212"])


@pytest.mark.parametrize(
    ("wanted", "code", "field"),
    [
        (Restriction(black_out=["112"]), "emergency-number", "black_out[0]"),
        (Restriction(black_in=["+48221234567", "999"]), "emergency-number", "black_in[1]"),
        (Restriction(forbidden=["2212", "everything"]), "pattern", "forbidden[1]"),
        (Restriction(allowed=["0"]), "pattern", "allowed[0]"),
        (Restriction(black_out=["nobody"]), "number", "black_out[0]"),
        (
            Restriction(hours={"national": CallHours(from_="07:00", to="23:00", days="6-2")}),
            "hours",
            "hours.national.days",
        ),
        (Restriction(hours={"internal": CallHours(from_="07:00", to="23:00")}), "hours", "hours"),
    ],
)
async def test_lists_of_calls_outside_that_cannot_be_are_refused(
    house: House, wanted: Restriction, code: str, field: str
) -> None:
    with pytest.raises(RefusedError) as refused:
        await house.desk.settings.set_restriction(wanted, ANNA)
    assert (refused.value.code, refused.value.field, as_api_error(refused.value).status) == (code, field, 422)
    assert await house.desk.settings.restriction() == Restriction()
    assert await house.audit() == []


def test_an_emergency_number_and_a_class_that_is_none() -> None:
    house = House()
    restrictions, local = HouseRestrictions(house.config), house.now().local
    assert restrictions.judge("112", "internal", local).allowed
    assert not restrictions.judge("221234567", "everything", local).allowed
    assert restrictions.same_number("+48221234567", "221234567")


def test_numbers_outside_are_dialled_behind_the_prefix_where_there_is_a_line() -> None:
    plan = numbering_plan(House().config)
    assert match(plan.patterns, "0221234567") == "complete"
    assert match(plan.patterns, "022123456") == "partial"
    begin, end = "[[trunk]]", "[[pms]]"
    without = numbering_plan(House(lambda text: text[: text.index(begin)] + text[text.index(end) :]).config)
    assert (without.outside, without.trunks) == ((), ())


def test_the_plan_has_the_company_lines_and_the_classes_of_the_configuration() -> None:
    def more(text: str) -> str:
        other = '[[trunk]]\nname = "fax"\nports = ["fxo/2"]\nincoming = "110"\nanswer = "timer"\n'
        text = text.replace('["fxo/1", "fxo/2"]', '["fxo/1"]', 1) + other + 'targets = { "fxo/2" = "203" }\n'
        return text.replace('vacant = "internal"', 'vacant = "local"', 1)

    plan = numbering_plan(House(more).config)
    city, fax = plan.trunks
    assert (city.name, city.ports, city.incoming, city.supervised) == ("city", ("fxo/1",), "reception", True)
    assert (fax.supervised, fax.target("fxo/2", "")) == (False, "203")
    assert (plan.classes.vacant, plan.classes.occupied, plan.classes.staff) == ("local", "national", "unrestricted")
