"""Reports as the page sees them, down to the store."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from firmware.billing.model import Charge
from firmware.store.model import CallRecord
from firmware.supervisor.spans import spans
from tests.unit.webui.program import Program
from webui.services import Identity

DAY = "from=2026-11-22T00:00&to=2026-11-23T00:00"
MORNING = datetime(2026, 11, 22, 7, 30, tzinfo=UTC)
REPORTS = ("calls", "lines", "charges", "abandoned")
WARSAW = ZoneInfo("Europe/Warsaw")


async def call(program: Program, leg: str, started: datetime, **changes: Any) -> None:
    usual: dict[str, Any] = {
        "leg": leg, "call": leg, "direction": "outgoing", "from_number": "203", "to_number": "0601", "from_room": "203",
        "dialled": "00601", "trunk": "fxo/1", "started": started, "answered": started, "talk_ms": 1_800_000,
        "ended": started + timedelta(minutes=30), "end": "released",
    }  # fmt: skip
    record = CallRecord(**usual | changes)
    await program.house.store.do(lambda kept: kept.call_records.close(record))


async def call_in(program: Program, leg: str, started: datetime) -> None:
    """Nobody answers it."""
    missed = {"from_number": "0601", "from_room": None, "to_number": "100", "answered": None, "talk_ms": 0}
    await call(program, leg, started, direction="incoming", **missed, ended=started + timedelta(seconds=20))


async def report(program: Program, name: str, period: str = DAY) -> Any:
    answer = await program.ask("GET", f"/reports/{name}?{period}", role="manager")
    assert answer.status_code == 200, answer.text
    return answer.json


async def test_calls_are_told_by_direction_hour_and_room(program: Program) -> None:
    await call(program, "a", MORNING)
    await call_in(program, "b", MORNING + timedelta(hours=1))
    found = await report(program, "calls")
    assert {one["direction"]: (one["calls"], one["answered"]) for one in found["by_direction"]} == {
        "internal": (0, 0), "outgoing": (1, 1), "incoming": (1, 0),
    }  # fmt: skip
    busy = {one["hour"]: (one["outgoing"], one["incoming"]) for one in found["by_hour"] if one["hour"] in (8, 9)}
    assert busy == {8: (1, 0), 9: (0, 1)}
    assert [one["hour"] for one in found["by_hour"]] == list(range(24))
    assert found["by_room"] == [{"room": "203", "placed": 1, "received": 0, "talk_seconds": 1800}]
    assert (found["since"], found["until"]) == ("2026-11-22T00:00:00.000+01:00", "2026-11-23T00:00:00.000+01:00")


async def test_the_occupancy_of_company_lines_is_of_all_that_there_are(program: Program) -> None:
    await call(program, "a", MORNING)
    found = await report(program, "lines")
    eight = found["by_hour"][8]
    assert (found["most"], found["busy_seconds"], eight["most"], eight["busy_seconds"]) == (1, 1800, 1, 1800)
    assert eight["occupancy"] == round(0.5 / found["lines"], 4)


async def test_charges_are_summed_by_day(program: Program) -> None:
    for leg, amount in (("a", 385), ("b", 15)):
        charge = Charge(
            kind="call", leg=leg, room="203", number="0601", trunk=None, started=MORNING, talk_seconds=60,
            amount=amount, currency="EUR",
        )  # fmt: skip
        await program.house.store.do(lambda kept, charge=charge: kept.charges.add(charge))  # type: ignore[misc]
    found = await report(program, "charges")
    money = {"amount": 400, "currency": "EUR"}
    assert found["by_day"] == [{"day": "2026-11-22", "calls": 2, "minibar": 0, "charge": money, "without_amount": 0}]
    assert found["sums"] == [money]


async def test_who_called_in_vain_is_told_the_latest_first(program: Program) -> None:
    for minute in range(2):
        await call_in(program, str(minute), MORNING + timedelta(minutes=minute))
    found = await report(program, "abandoned")
    assert (found["calls"], found["abandoned"], found["mean_wait_seconds"]) == (2, 2, 20.0)
    assert found["latest"][0] == {
        "started": "2026-11-22T08:31:00.000+01:00", "from_number": "0601", "to": "100", "waited_seconds": 20,
    }  # fmt: skip


@pytest.mark.parametrize("name", REPORTS)
async def test_of_a_period_in_which_nothing_was_there_is_a_report_too(program: Program, name: str) -> None:
    await report(program, name)


@pytest.mark.parametrize(
    ("period", "code", "field"),
    [
        ("to=2026-11-22T00:00", "bad-value", "from"),
        ("from=2026-11-22T00:00", "bad-value", "to"),
        ("from=2026-11-22T00:00&to=2026-11-22T00:00", "bad-period", "to"),
        ("from=2025-01-01T00:00&to=2026-11-22T00:00", "bad-period", "to"),
        ("from=0001-01-01T00:00%2B14:00&to=0001-01-02T00:00", "bad-value", "from"),
    ],
)
@pytest.mark.parametrize("name", REPORTS)
async def test_a_period_that_is_none_or_too_long_is_refused(
    program: Program, name: str, period: str, code: str, field: str
) -> None:
    answer = await program.ask("GET", f"/reports/{name}?{period}", role="manager")
    error = answer.json["error"]
    assert (answer.status_code, error["code"], error["field"]) == (422, code, field)


async def test_the_report_with_single_calls_in_it_is_a_look_at_calls(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[str | None] = []

    async def note(who: Identity, room: str | None, number: str | None = None) -> None:
        looked.append(room)

    monkeypatch.setattr(program.house.desk.readings, "note", note)
    for name in REPORTS:
        await report(program, name)
    assert looked == [None]


@pytest.mark.parametrize(("name", "status"), [("calls", 200), ("abandoned", 200), ("lines", 403), ("charges", 403)])
async def test_the_desk_sees_calls_and_the_manager_the_rest(program: Program, name: str, status: int) -> None:
    assert (await program.ask("GET", f"/reports/{name}?{DAY}", role="desk")).status_code == status
    assert (await program.ask("GET", f"/reports/{name}?{DAY}", role="housekeeping")).status_code == 403


async def test_the_hour_that_the_clocks_repeat_counts_both_times(program: Program) -> None:
    """25 October 2026 in Warsaw: 02:30 is there twice, and a day has 25 hours."""
    for leg, hour in (("summer", 0), ("winter", 1), ("morning", 7)):
        await call(program, leg, datetime(2026, 10, 25, hour, 30, tzinfo=UTC))
    night = "from=2026-10-25T00:00&to=2026-10-26T00:00"
    by_hour = (await report(program, "calls", night))["by_hour"]
    assert {one["hour"]: one["outgoing"] for one in by_hour if one["outgoing"]} == {2: 2, 8: 1}
    lines = await report(program, "lines", night)
    two, eight = lines["by_hour"][2], lines["by_hour"][8]
    assert (two["busy_seconds"], two["occupancy"]) == (3600, eight["occupancy"])


def test_parts_join_without_gaps_and_end_where_the_clocks_are_changed() -> None:
    since, until = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC)
    found = list(spans(since, until, WARSAW))
    spring, autumn = datetime(2026, 3, 29, 1, tzinfo=UTC), datetime(2026, 10, 25, 1, tzinfo=UTC)
    assert [(one.since, one.until) for one in found] == [(since, spring), (spring, autumn), (autumn, until)]
    assert [one.offset for one in found] == [timedelta(hours=hours) for hours in (1, 2, 1)]


def test_no_part_is_longer_than_it_may_be() -> None:
    since = datetime(2026, 10, 20, tzinfo=WARSAW)
    found = list(spans(since, since + timedelta(days=20), WARSAW, timedelta(days=7)))
    assert max(one.until - one.since for one in found) == timedelta(days=7)
    assert all(before.until == after.since for before, after in pairwise(found))
    assert len(found) == 4
