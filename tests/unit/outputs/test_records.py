"""Which records an output has a line for, and what the line says of them."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from firmware import config
from firmware.billing.outputs.records import House, amount_text, outside_call, wanted, writer
from firmware.config.schema import RecordOutput
from tests.unit.outputs.calls import MORNING, record, record_in

EXAMPLE = Path(__file__).parents[3] / "examples" / "hotel.toml"


@pytest.fixture(scope="module")
def house() -> House:
    return House.of(config.load(EXAMPLE))


def output(**changes: Any) -> RecordOutput:
    return RecordOutput(**{"format": "csv", "to": "file-per-day:calls", **changes})


def line(house: House, of: Any, *names: str, **changes: Any) -> str:
    chosen = output(fields=names, **changes)
    return writer(chosen)(outside_call(of, house, chosen.utc))


def test_answered_calls_out_are_what_an_output_has_by_default() -> None:
    assert wanted(output(), record())
    assert not wanted(output(), record(answered=None, talk_ms=0))
    assert not wanted(output(), record_in())
    assert not wanted(output(incoming=True), record(direction="internal"))


def test_more_can_be_asked_for() -> None:
    assert wanted(output(answered_only=False), record(answered=None, talk_ms=0))
    assert wanted(output(incoming=True), record_in())
    assert not wanted(output(incoming=True), record_in(answered=None))
    assert wanted(output(incoming=True, answered_only=False), record_in(answered=None))


def test_short_calls_can_be_left_out_but_not_attempts() -> None:
    brief = record(talk_ms=9_999)
    assert not wanted(output(minimum_seconds=10), brief)
    assert wanted(output(minimum_seconds=10), record(talk_ms=10_000))
    assert wanted(output(minimum_seconds=10, answered_only=False), record(answered=None, talk_ms=0))


def test_a_record_is_told_in_the_hotels_time_or_in_utc(house: House) -> None:
    assert line(house, record(), "time-start") == "2026/03/12 07:42:10"
    assert line(house, record(), "time-start", utc=True) == "2026/03/12 06:42:10"


def test_an_hour_that_comes_twice_is_told_as_the_clock_on_the_wall_does(house: House) -> None:
    first = MORNING.replace(month=10, day=25, hour=2, fold=0)
    again = first.replace(fold=1)
    assert line(house, record(started=first), "time") == line(house, record(started=again), "time") == "02:42:10"


def test_what_the_line_says(house: House) -> None:
    names = ("room", "extension", "number", "trunk", "trunk-name", "seconds", "minutes", "amount", "currency", "leg")
    assert line(house, record(), *names) == "203,203,48221234567,T001,city,186,4,2.40,EUR,leg-1"


def test_the_name_is_the_extensions(house: House) -> None:
    assert line(house, record(from_number="100", from_room=None), "from-dispname", "room") == "Reception,"


def test_the_number_of_a_call_that_was_given_away_is_the_one_outside(house: House) -> None:
    assert line(house, record(dialled="110", to_number="110"), "number") == "48221234567"


def test_a_call_that_was_given_to_a_room_is_that_rooms(house: House) -> None:
    given = record(from_number="48221234567", from_room=None, to_number="203", to_room="203", dialled="203")
    assert line(house, given, "extension", "room", "number", "from-dn") == "203,203,48221234567,203"


def test_a_trunk_joined_to_a_trunk_is_no_room_of_the_house(house: House) -> None:
    bridged = record(from_number="48601234567", from_room=None)
    assert line(house, bridged, "extension", "room", "number") == "T001,,48221234567"


def test_a_call_in(house: House) -> None:
    names = ("direction", "room", "extension", "number", "amount")
    assert line(house, record_in(), *names) == "incoming,203,203,48221234567,"


@pytest.mark.parametrize(
    ("end", "cause", "result"),
    [
        ("released", 17, "busy"), ("released", 16, "no-answer"), ("released", 19, "no-answer"),
        ("released", 34, "failed"), ("barred", 21, "barred"), ("lost", 41, "lost"),
    ],
)  # fmt: skip
def test_why_nobody_answered(house: House, end: str, cause: int, result: str) -> None:
    assert line(house, record(answered=None, talk_ms=0, end=end, cause=cause), "result") == result


def test_an_answered_call_that_the_power_has_cut_off_was_answered(house: House) -> None:
    cut = record(end="lost", cause=41, complete=False)
    assert line(house, cut, "result", "complete") == "answered,0"


def test_a_call_that_no_tariff_prices_has_no_amount_and_one_that_is_free_has(house: House) -> None:
    names = ("amount", "unpriced")
    assert line(house, record(charge_amount=None, charge_currency=None, unpriced=True), *names) == ",1"
    assert line(house, record(charge_amount=0), *names) == "0.00,0"


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        (1, "EUR", "0.01"), (240, "EUR", "2.40"), (123456, "PLN", "1234.56"), (1, "VND", "1"), (2400, "VND", "2400"),
        (1, "KWD", "0.001"), (2400, "XPF", "2400"), (2400, "RWF", "2400"), (0, "EUR", "0.00"), (-5, "EUR", "-0.05"),
    ],
)  # fmt: skip
def test_no_charge_is_rounded_to_nothing(amount: int, currency: str, text: str) -> None:
    assert amount_text(amount, currency) == text


def test_every_format_writes(house: House) -> None:
    told = outside_call(record(started=MORNING - timedelta(days=1)), house, utc=False)
    assert writer(output(format="smdr"))(told).startswith(" 03/11 07:42:10 00:03:06 203 ")
    assert writer(output(format="free", fields=("room", "number"), prefix="Call ", separator=";"))(told) == (
        "Call 203;48221234567"
    )
