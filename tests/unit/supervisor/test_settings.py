"""From the settings of the API to those of the call agent, and back from the store."""

from __future__ import annotations

import pytest

from firmware.exchange.call_timers import CALL_TIMERS
from firmware.exchange.numbering import AgentSettings, RoomBlocking
from firmware.store import StorageError
from firmware.supervisor.numbering import agent_settings, timers
from firmware.supervisor.views import builtins, exchange_settings, room_blocking
from webui.types import CallTimers, ExchangeSettings


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
