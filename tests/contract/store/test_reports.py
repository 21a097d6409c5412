"""What reports count: both twins count alike, by the hotel's wall time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from firmware.billing.model import Charge
from firmware.store import Repositories, in_memory, open_repositories
from firmware.store.model import CallRecord
from firmware.store.reports import AbandonedCall, HourOfAnswers, HourOfCalls, HourOfLines, RoomOfCalls, Span

MORNING = datetime(2026, 11, 22, 7, 30, tzinfo=UTC)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
DAY = Span(since=datetime(2026, 11, 21, 23, tzinfo=UTC), until=datetime(2026, 11, 22, 23, tzinfo=UTC), offset=HOUR)
"""A day in Warsaw."""


@pytest.fixture(params=["memory", "sqlite"])
def kept(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Repositories]:
    repositories = in_memory() if request.param == "memory" else open_repositories(tmp_path)
    yield repositories
    repositories.close()


def call(kept: Repositories, leg: str, started: datetime, minutes: float = 5, **changes: object) -> None:
    """One that was answered after ten seconds."""
    ended = started + minutes * MINUTE
    record = CallRecord(
        leg=leg, call="c-" + leg, direction="internal", from_number="203", to_number="100", from_room="203",
        dialled="100", started=started, answered=started + timedelta(seconds=10), ended=ended, talk_ms=60_000,
        end="released",
    )  # fmt: skip
    kept.call_records.close(replace(record, **changes))


def call_in(kept: Repositories, leg: str, started: datetime, minutes: float = 1, **changes: object) -> None:
    """One for reception that nobody answered."""
    usual = {"direction": "incoming", "from_number": "0601", "from_room": None, "trunk": "fxo/1", "answered": None}
    call(kept, leg, started, minutes, **usual | {"talk_ms": 0} | changes)


def test_calls_are_counted_in_the_hour_of_the_hotels_day_in_which_they_began(kept: Repositories) -> None:
    call(kept, "a", MORNING)
    call(kept, "b", MORNING + 10 * MINUTE, answered=None, talk_ms=0)
    call_in(kept, "c", MORNING + HOUR)
    assert kept.reports.calls_by_hour(DAY) == [
        HourOfCalls(hour=8, direction="internal", calls=2, answered=1, talk_ms=60_000),
        HourOfCalls(hour=9, direction="incoming", calls=1, answered=0, talk_ms=0),
    ]


def test_what_began_at_the_end_of_a_span_belongs_to_the_next_and_open_calls_to_none(kept: Repositories) -> None:
    call(kept, "first", DAY.since)
    call(kept, "next", DAY.until)
    kept.call_records.open(
        CallRecord(leg="o", call="o", direction="internal", from_number="", to_number="", started=MORNING)
    )
    assert [(one.hour, one.calls) for one in kept.reports.calls_by_hour(DAY)] == [(0, 1)]


def test_a_call_from_room_to_room_is_one_of_each(kept: Repositories) -> None:
    call(kept, "a", MORNING, to_room="204", to_number="204")
    call(kept, "b", MORNING)
    assert kept.reports.calls_by_room(DAY) == [
        RoomOfCalls(room="203", placed=2, received=0, talk_ms=120_000),
        RoomOfCalls(room="204", placed=0, received=1, talk_ms=60_000),
    ]


class TestLines:
    """Company lines count while they are held, whichever hour the call began in."""

    def test_two_calls_at_once_are_two_and_one_after_the_other_is_one(self, kept: Repositories) -> None:
        call_in(kept, "a", MORNING, 20)
        call_in(kept, "b", MORNING + 10 * MINUTE, 10)
        call_in(kept, "c", MORNING + 20 * MINUTE, 5)
        call(kept, "inside", MORNING, 20)
        (eight,) = (one for one in kept.reports.lines_by_hour(DAY) if one.most)
        assert eight == HourOfLines(hour=8, most=2, busy_ms=35 * 60_000, passed_ms=3_600_000)

    def test_a_long_call_fills_the_hours_that_it_lasts(self, kept: Repositories) -> None:
        call_in(kept, "a", MORNING, 120)
        busy = {one.hour: (one.most, one.busy_ms // 60_000) for one in kept.reports.lines_by_hour(DAY) if one.most}
        assert busy == {8: (1, 30), 9: (1, 60), 10: (1, 30)}

    def test_a_call_over_midnight_counts_on_both_days_for_its_part_of_each(self, kept: Repositories) -> None:
        call_in(kept, "before", DAY.since - 10 * MINUTE, 30)
        call_in(kept, "after", DAY.until - 5 * MINUTE, 30)
        busy = {one.hour: one.busy_ms // 60_000 for one in kept.reports.lines_by_hour(DAY) if one.busy_ms}
        assert busy == {0: 20, 23: 5}

    def test_all_hours_of_a_day_have_passed_and_of_a_part_of_an_hour_that_part(self, kept: Repositories) -> None:
        assert [one.passed_ms for one in kept.reports.lines_by_hour(DAY)] == [3_600_000] * 24
        short = replace(DAY, since=MORNING, until=MORNING + 40 * MINUTE)
        assert [(one.hour, one.passed_ms // 60_000) for one in kept.reports.lines_by_hour(short)] == [(8, 30), (9, 10)]

    def test_hours_begin_where_the_hotels_do(self, kept: Repositories) -> None:
        """Half an hour beside UTC's, as in India."""
        call_in(kept, "a", MORNING, 60)
        found = kept.reports.lines_by_hour(replace(DAY, offset=timedelta(hours=5, minutes=30)))
        assert [(one.hour, one.busy_ms) for one in found if one.busy_ms] == [(13, 3_600_000)]


class TestAbandoned:
    """Calls in that nobody answered."""

    def test_they_are_told_apart_from_those_that_somebody_answered(self, kept: Repositories) -> None:
        call_in(kept, "a", MORNING)
        call_in(kept, "b", MORNING, answered=MORNING + MINUTE)
        assert kept.reports.answers_by_hour(DAY) == [HourOfAnswers(hour=8, calls=2, abandoned=1, waited_ms=60_000)]
        assert kept.reports.abandoned(DAY, 10) == [
            AbandonedCall(started=MORNING, from_number="0601", to_number="100", waited_ms=60_000)
        ]

    def test_one_that_rang_in_vain_and_was_answered_elsewhere_is_answered(self, kept: Repositories) -> None:
        call_in(kept, "a", MORNING, call="c")
        call_in(kept, "b", MORNING + MINUTE, call="c", answered=MORNING + 2 * MINUTE)
        assert kept.reports.answers_by_hour(DAY) == [HourOfAnswers(hour=8, calls=1, abandoned=0, waited_ms=0)]
        assert kept.reports.abandoned(DAY, 10) == []

    def test_one_that_rang_at_several_in_vain_has_waited_for_all_of_them(self, kept: Repositories) -> None:
        call_in(kept, "b", MORNING + MINUTE, 2, call="c", to_number="101")
        call_in(kept, "a", MORNING, call="c")
        (found,) = kept.reports.abandoned(DAY, 10)
        assert (found.to_number, found.waited_ms) == ("100", 180_000)

    def test_who_is_on_a_black_list_has_not_been_missed(self, kept: Repositories) -> None:
        call_in(kept, "a", MORNING, end="barred")
        assert kept.reports.answers_by_hour(DAY) == []

    def test_the_latest_come_first_and_no_more_than_wanted(self, kept: Repositories) -> None:
        for minute in range(3):
            call_in(kept, f"{minute}", MORNING + minute * MINUTE)
        assert [one.started for one in kept.reports.abandoned(DAY, 2)] == [MORNING + 2 * MINUTE, MORNING + MINUTE]


def test_charges_are_of_the_hotels_day_and_each_currency_has_its_own_sum(kept: Repositories) -> None:
    def add(started: datetime, amount: int | None, currency: str = "EUR", **changes: object) -> None:
        charge = Charge(
            kind="call", leg=None, room="203", number="0601", started=started, talk_seconds=60, amount=amount,
            currency=currency, trunk=None,
        )  # fmt: skip
        kept.charges.add(replace(charge, **changes))

    add(datetime(2026, 11, 22, 22, 59, tzinfo=UTC), 100)
    add(datetime(2026, 11, 22, 23, 0, tzinfo=UTC), 50)
    add(datetime(2026, 11, 22, 23, 1, tzinfo=UTC), None, kind="minibar")
    add(datetime(2026, 11, 22, 23, 2, tzinfo=UTC), 7, "PLN")
    found = kept.reports.charges_by_day(replace(DAY, until=DAY.until + 24 * HOUR))
    assert [(one.day, one.currency, one.calls, one.minibar, one.amount, one.without_amount) for one in found] == [
        (date(2026, 11, 22), "EUR", 1, 0, 100, 0),
        (date(2026, 11, 23), "EUR", 1, 1, 50, 1),
        (date(2026, 11, 23), "PLN", 1, 0, 7, 0),
    ]
