"""SMDR lines, column by column."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from firmware.billing.outputs.formats import smdr_writer
from firmware.billing.outputs.smdr import EXTENDED, STANDARD, Layout
from tests.unit.outputs.calls import call, incoming, unanswered

standard, extended = smdr_writer(False), smdr_writer(True)


def column(layout: Layout, line: str, name: str) -> str:
    found = next(column for column in layout.columns if column.name == name)
    return line[found.first - 1 : found.first - 1 + found.width]


def test_a_call_out_in_the_standard_layout() -> None:
    line = standard(call())
    assert line == f"{' 03/12 07:42:10 00:03:06 203       48221234567                A  T001':<90}"


def test_a_call_out_in_the_extended_layout() -> None:
    line = extended(call(extension="20345"))
    assert line == f"{' 03/12 07:42:10  0000:03:06 20345        48221234567               A T001':<101}"


def test_a_call_in_stands_the_other_way_round_and_tells_the_time_to_answer() -> None:
    line = standard(incoming())
    assert column(STANDARD, line, "calling party") == "T001"
    assert column(STANDARD, line, "called party") == "203 "
    assert column(STANDARD, line, "time to answer") == "008"
    assert column(STANDARD, line, "digits dialled").isspace()
    assert column(EXTENDED, extended(incoming()), "time to answer") == "0008"


def test_a_call_in_that_nobody_answers_has_stars() -> None:
    line = standard(unanswered(direction="incoming"))
    assert column(STANDARD, line, "time to answer") == "***"
    assert column(STANDARD, line, "completion") == " "


def test_a_long_wait_for_the_answer_fills_its_column() -> None:
    slow = incoming()
    assert slow.answered is not None
    slow = replace(slow, started=slow.answered - timedelta(seconds=2000))
    assert column(STANDARD, standard(slow), "time to answer") == "999"


@pytest.mark.parametrize(
    ("seconds", "mark"), [(0, " "), (299, " "), (300, "-"), (599, "-"), (600, "%"), (1799, "%"), (1800, "+")]
)
def test_long_calls_are_marked(seconds: int, mark: str) -> None:
    assert standard(call(seconds))[0] == mark


def test_the_duration_is_full_at_its_most() -> None:
    assert column(STANDARD, standard(call(99 * 3600)), "duration hh:mm:ss") == "99:00:00"
    assert column(STANDARD, standard(call(100 * 3600)), "duration hh:mm:ss") == "99:99:99"
    assert column(EXTENDED, extended(call(100 * 3600)), "duration hhhh:mm:ss") == "0100:00:00"


@pytest.mark.parametrize(
    ("result", "letter"),
    [("answered", "A"), ("busy", "B"), ("barred", "T"), ("failed", "E"), ("lost", "E"), ("no-answer", " ")],
)
def test_how_it_went(result: str, letter: str) -> None:
    assert column(STANDARD, standard(call(result=result)), "completion") == letter


@pytest.mark.parametrize(("layout", "width"), [(STANDARD, 90), (EXTENDED, 101)])
def test_columns_neither_overlap_nor_stand_out(layout: Layout, width: int) -> None:
    ends = [column.first + column.width for column in layout.columns]
    assert layout.width == width
    assert all(end <= following.first for end, following in zip(ends, layout.columns[1:], strict=False))
    assert ends[-1] - 1 <= width


def test_a_line_is_always_as_wide_as_its_layout_and_ascii() -> None:
    strange = call(number="0" * 60, extension="ŁÓDŹ", trunk="T001")
    assert len(standard(strange)) == 90
    assert standard(strange).isascii()
