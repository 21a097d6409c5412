"""Numbers: what a digit map holds; and the tables themselves."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from firmware.exchange.call_timers import CALL_TIMERS
from firmware.exchange.causes import TONES, Cause
from firmware.exchange.half_call import HALF_CALL, Event, State
from firmware.exchange.numbering import Extension, Instant, NumberingPlan, RoomBlocking, digit_map
from firmware.exchange.tables import TABLES
from firmware.exchange.telephone import HalfCall
from firmware.exchange.trunk_half import TRUNK_CALL, TrunkHalf
from firmware.fsm import StateTable, successors
from firmware.gateway.digitmap import match

PLAN = NumberingPlan(
    extensions=(Extension(number="101", kind="room", port="fxs/1"), Extension(number="2112", kind="room")),
    reception=("8", "8888"),
    emergency=("112", "997"),
)


def test_an_emergency_number_never_waits() -> None:
    plan = replace(PLAN, emergency=("112", "11"))
    for number in plan.emergency_dialled - {"112", "0112"}:
        assert match(digit_map(plan, None).patterns, number) == "complete"


def test_every_number_is_complete_at_once_or_waits_for_a_longer_one() -> None:
    patterns = digit_map(PLAN, None).patterns
    assert {number: match(patterns, number) for number in ("101", "2112", "8", "8888", "*8", "*78", "112", "0112")} == {
        "101": "complete", "2112": "complete", "8": "complete-or-more", "8888": "complete", "*8": "complete",
        "*78": "complete", "112": "complete", "0112": "complete",
    }  # fmt: skip
    assert match(patterns, "102") == "none"


@pytest.mark.parametrize("wrong", ["", "reception", "reception:", "reception:-1", "desk:3"])
def test_a_malformed_off_hook_setting(wrong: str) -> None:
    with pytest.raises(ValueError, match="allowed are"):
        _ = Extension(number="1", kind="room", off_hook=wrong).reception_after_s


@pytest.mark.parametrize(
    ("begins", "ends", "hour", "blocked"),
    [
        (None, None, 3, True),
        (22, 6, 23, True),
        (22, 6, 5, True),
        (22, 6, 6, False),
        (8, 12, 8, True),
        (8, 12, 12, False),
    ],
)
def test_hours_of_room_blocking(begins: int | None, ends: int | None, hour: int, blocked: bool) -> None:
    rule = RoomBlocking(
        enabled=True, begins=None if begins is None else time(begins), ends=None if ends is None else time(ends)
    )
    at = datetime(2026, 11, 22, hour)  # noqa: DTZ001 - the hotel's wall time
    assert rule.blocks("101", "102", at) is blocked
    assert not rule.blocks("101", "101", at)
    assert not replace(rule, enabled=False).blocks("101", "102", at)
    assert not replace(rule, together=(frozenset({"101", "102"}),)).blocks("101", "102", at)


def test_every_cause_has_a_tone() -> None:
    assert set(TONES) == set(Cause)


def test_the_table_names_methods_that_exist_and_every_state_can_be_reached_and_left() -> None:
    owners = {HALF_CALL.name: HalfCall, TRUNK_CALL.name: TrunkHalf}
    assert {table.name for table in TABLES} == set(owners)
    for table in TABLES:
        for rule in table.transitions.values():
            assert rule.action is None or hasattr(owners[table.name], rule.action)
        following = {state for rule in table.transitions.values() for state in successors(rule)}
        assert following == {state for state, _ in table.transitions}
    rules = [rule for table in TABLES for rule in table.transitions]
    assert {state for state, _ in rules} == set(State) and {event for _, event in rules} == set(Event)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_state_knows_what_the_party_s_going_does(table: StateTable[State, Event]) -> None:
    for state in {state for state, _ in table.transitions} - {State.NULL}:
        assert (state, Event.ON_HOOK) in table.transitions


def test_timer_numbers_are_unique_and_their_defaults_allowed() -> None:
    assert len({spec.number for spec in CALL_TIMERS}) == len(CALL_TIMERS)
    assert all(spec.value({}) == spec.default for spec in CALL_TIMERS)


@pytest.mark.parametrize(
    ("now", "before"),
    [
        ("2026-10-25T01:10:00", "02:50 CEST"),
        ("2026-03-29T01:10:00", "01:50 CET"),
        ("2026-06-01T01:10:00", "02:50 CEST"),
    ],
)
def test_the_wall_time_of_before_is_what_the_wall_showed(now: str, before: str) -> None:
    local = datetime.fromisoformat(now).replace(tzinfo=UTC).astimezone(ZoneInfo("Europe/Warsaw"))
    ago = timedelta(minutes=20)
    then = Instant(3600 * 10**9, local).local_at((3600 - round(ago.total_seconds())) * 10**9)
    assert f"{then:%H:%M %Z}" == before and local.astimezone(UTC) - then.astimezone(UTC) == ago


def test_an_instant_in_utc_whatever_the_wall_shows() -> None:
    local = datetime(2026, 3, 29, 1, 0, 0, 250, tzinfo=UTC).astimezone(ZoneInfo("Europe/Warsaw"))
    now = Instant(5_000_000_000, local)
    assert now.utc_ns_at(5_000_000_000) == 1_774_746_000_000_250_000
    assert now.utc_ns_at(3_999_999_999) == 1_774_746_000_000_250_000 - 1_000_000_001
