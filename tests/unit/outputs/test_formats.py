"""csv and free lines."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime

import pytest

from firmware.billing.outputs.fields import FIELDS, FREE_TEXT
from firmware.billing.outputs.formats import csv_writer, field, free_writer
from tests.unit.outputs.calls import call, incoming, unanswered


def csv_line(*names: str, separator: str = ",", prefix: str = "", **changes: object) -> str:
    return csv_writer([field(name) for name in names], separator, prefix)(call(**changes))  # type: ignore[arg-type]


def free_line(*names: str, separator: str = ",", prefix: str = "", **changes: object) -> str:
    return free_writer([field(name) for name in names], separator, prefix)(call(**changes))  # type: ignore[arg-type]


def test_a_csv_line_without_chosen_fields() -> None:
    line = csv_writer([], ",")(call())
    assert line == "2026-03-12,07:42:10,outgoing,203,203,48221234567,T001,186,4,answered,2.40,EUR,leg-1"


def test_a_free_line_without_chosen_fields() -> None:
    line = free_writer([], ",")(call())
    assert line == (
        "leg-1,call-1,00:03:06,2026/03/12 07:42:10,2026/03/12 07:42:18,2026/03/12 07:45:24,answered,203,48221234567,"
        "203,T001,48221234567,48221234567,T001,2.40"
    )


def test_the_administrator_chooses_fields_their_order_and_their_length() -> None:
    assert free_line("room:6", "dial-no:5", "duration", prefix="Call ") == "Call 203   ,48221,00:03:06"


def test_no_amount_count_or_extension_is_cut() -> None:
    line = free_line("amount:3", "seconds:2", "room:1", "number:2", amount="1234.50")
    assert line == "1234.50,186,203,48"


def test_commas_in_names_are_stripped_in_free_and_quoted_in_csv() -> None:
    assert free_line("from-dispname", "room", name="Bar, upper") == "Bar  upper,203"
    (row,) = csv.reader(io.StringIO(csv_line("from-dispname", "room", name='Bar, "upper"')))
    assert row == ['Bar, "upper"', "203"]
    assert csv_line("from-dispname", "room", separator=";", name="Bar, upper") == "Bar, upper;203"


def test_a_line_stays_one_line() -> None:
    line = csv_line("from-dispname", name="Bar\r\nupper\u2028x")
    assert line.splitlines() == [line]


@pytest.mark.parametrize(("seconds", "minutes"), [(0, "1"), (1, "1"), (60, "1"), (61, "2"), (186, "4"), (3600, "60")])
def test_minutes_are_rounded_up(seconds: int, minutes: str) -> None:
    assert csv_writer([field("minutes")], ",")(call(seconds)) == minutes


def test_a_call_that_nobody_answered() -> None:
    line = free_writer([field(n) for n in ("time-answered", "duration", "minutes", "reason-terminated")], ",")
    assert line(unanswered()) == ",00:00:00,0,no-answer"


def test_a_call_in() -> None:
    names = ["from-no", "from-dn", "to-no", "to-dn", "dial-no", "from-type", "to-type", "chain", "ring-seconds"]
    line = free_writer([field(name) for name in names], ",")(incoming())
    assert line == "48221234567,T001,203,203,,line,extension,T001;203,8"


def test_a_caller_from_outside_who_was_put_through_to_outside_is_a_line() -> None:
    assert free_line("from-dn", "from-type", "to-type", extension="T001", room="", trunk="T001") == "T001,line,line"


def test_all_names_of_the_usual_collectors_are_there() -> None:
    known = (
        "historyid callid duration time-start time-answered time-end reason-terminated from-no to-no from-dn to-dn "
        "dial-no reason-changed final-number final-dn bill-code bill-rate bill-cost bill-name chain from-type to-type "
        "final-type from-dispname to-dispname final-dispname missed-queue-calls"
    )
    assert list(FREE_TEXT) == known.split()


@pytest.mark.parametrize("name", list(FIELDS))
def test_every_field_can_be_written_of_every_call(name: str) -> None:
    write = csv_writer([field(name)], ",")
    for made in (call(), unanswered(), incoming(), call(trunk="", extension="", cause=None)):
        assert isinstance(write(made), str)


def test_instants_are_written_in_the_zone_of_the_call() -> None:
    assert free_line("time-start", started=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)) == "2026/01/02 03:04:05"


@pytest.mark.parametrize("text", ["", "room:", "room:0", "room:100", "ROOM", "room 5", "room:5:5"])
def test_what_is_no_field(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        field(text)


def test_a_field_that_nobody_knows() -> None:
    with pytest.raises(KeyError):
        field("colour")
