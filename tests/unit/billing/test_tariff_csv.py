"""The tariff table in its written form: what is read, what is refused and where, and the way back."""

from __future__ import annotations

from datetime import datetime

import pytest

from firmware.billing import tariff_csv
from firmware.billing.pricing import TariffTable
from firmware.billing.tariff_csv import MOST_FAULTS, TariffError, parse, write

HEADER = "prefix,name,days,from,to,connection,interval_s,price,free_s,minimum,surcharge_percent,tax_percent"
DAY = '0,national,"1-5",08:00,18:00,10,60,25,0,0,10,23'
NIGHT = '0,national,"1-5",18:00,08:00,10,60,15,0,0,10,7.5'
WEEK_END = '0,national,"6,7",08:00,08:00,10,60,15,5,0,10,23'
REST = ",elsewhere,1-7,00:00,24:00,0,30,200,0,100,0,0"


def table(*lines: str) -> bytes:
    return "\r\n".join((HEADER, *lines, "")).encode()


def faults(data: bytes) -> list[str]:
    with pytest.raises(TariffError) as refused:
        parse(data)
    return [str(fault) for fault in refused.value.faults]


def test_a_table_is_read() -> None:
    day, night, week_end, rest = parse(table(DAY, NIGHT, WEEK_END, REST))
    assert (day.prefix, day.name, day.connection, day.interval_s, day.price) == ("0", "national", 10, 60, 25)
    assert sorted(week_end.hours.days) == [6, 7] and week_end.free_s == 5
    assert str(night.tax_percent) == "7.5"
    assert (rest.prefix, rest.minimum) == ("", 100)
    assert TariffTable([rest]).price("1", datetime.fromisoformat("2026-11-22T23:59:59"), 30) == 200


def test_what_is_written_is_read_as_the_same() -> None:
    rows = parse(table(DAY, NIGHT, WEEK_END, REST, '0221,"a, b and ""c""","1-2,4,6-7",1:05,23:59,0,1,0,0,0,0,0.25'))
    assert parse(write(rows).encode()) == rows


def test_a_mark_of_utf8_empty_lines_blanks_and_the_columns_order_do_not_matter() -> None:
    header = ",".join(reversed(HEADER.split(",")))
    row = " 23 ,10,0,0, 25,60,10,18:00,08:00,1-5,Zürich,0"
    (found,) = parse(f"\ufeff{header}\n\n{row}\n,,,,,,,,,,,\n".encode())
    assert (found.name, found.price, str(found.tax_percent)) == ("Zürich", 25, "23")


def test_a_table_of_a_spreadsheet_that_writes_semicolons_and_decimal_commas_is_read() -> None:
    rows = (HEADER.replace(",", ";"), "0;to, and fro;6,7;8:00;20:00;10;60;25;0;0;7,5;23", "1;;;;;;60;1;;;;")
    found, _ = parse("\r\n".join(rows).encode("utf-8-sig"))
    assert (found.name, sorted(found.hours.days), str(found.surcharge_percent)) == ("to, and fro", [6, 7], "7.5")
    assert faults("\n".join((*rows, "2;;;;;;60;x;;;;")).encode()) == [
        "line 4, column price: 'x': it is a whole number, 0 to 100000000",
    ]


def test_rows_that_are_there_twice_are_named_each() -> None:
    told = faults(table(DAY, NIGHT, DAY, DAY))
    assert [fault.partition(":")[0] for fault in told] == ["line 4, column prefix", "line 5, column prefix"]


def test_empty_cells_have_their_usual_value_but_interval_and_price_have_none() -> None:
    (found,) = parse(table("0,,,,,,60,25,,,,"))
    assert (found.connection, found.free_s, found.minimum, found.surcharge_percent) == (0, 0, 0, 0)
    assert found.hours.days == frozenset(range(1, 8))
    assert faults(table("0,,,,,,,,,,,")) == [
        "line 2, column interval_s: '': it may not be empty",
        "line 2, column price: '': it may not be empty",
    ]


def test_a_header_alone_is_an_empty_table() -> None:
    assert parse(table()) == ()


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        ("prefix", "+48"), ("prefix", "0x"), ("prefix", "0" * 25), ("days", "0-3"), ("days", "5-1"), ("days", "mon"),
        ("days", "1;2"), ("from", "25:00"), ("from", "24:00:00"), ("to", "8"), ("to", "08:60"), ("connection", "-1"),
        ("connection", "1.5"), ("interval_s", "0"), ("interval_s", "sixty"), ("price", "1e3"), ("price", "0,25"),
        ("price", "100000001"), ("free_s", "-5"), ("minimum", "\u0661"), ("surcharge_percent", "10%"),
        ("tax_percent", "-1"), ("tax_percent", "1000.1"), ("tax_percent", "NaN"), ("tax_percent", "1,2,3"),
        ("name", "x" * 121), ("name", "=1+1"), ("name", "+x"), ("name", "-x"), ("name", "@x"), ("price", "9" * 5000),
    ],
)  # fmt: skip
def test_a_cell_that_is_no_good_is_named_by_line_and_column(column: str, cell: str) -> None:
    cells = dict(zip(HEADER.split(","), ("0", "", "1-7", "00:00", "00:00", *"106000000"), strict=False))
    cells |= {"interval_s": "60", "price": "10", "free_s": "0", "minimum": "0", "surcharge_percent": "0"}
    cells |= {"tax_percent": "0", "connection": "0", column: f'"{cell}"'}
    (told,) = faults(table(DAY.replace("0,", "1,", 1), ",".join(cells[name] for name in HEADER.split(","))))
    assert told.startswith(f"line 3, column {column}: ")


def test_every_fault_is_told_up_to_a_bound() -> None:
    assert [fault.split(":")[0] for fault in faults(table("x,,,,,,60,y,,,,", "", "0,,,9,,,60,1,,,,"))] == [
        "line 2, column prefix", "line 2, column price", "line 4, column from",
    ]  # fmt: skip
    with pytest.raises(TariffError) as refused:
        parse(table(*["x,,,,,,60,1,,,,"] * 100))
    assert len(refused.value.faults) == MOST_FAULTS
    assert str(refused.value).endswith("; and more")
    assert (refused.value.code, refused.value.field) == ("tariff", "line 2, column prefix")


def test_a_text_over_several_lines_does_not_shift_the_numbers() -> None:
    assert faults(table('0,"two\r\nlines",,,,,60,1,,,,', "0,,,,,,60,x,,,,"))[1].startswith("line 4, column price")


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "line 1: there is no header"),
        (b"\n\n", "line 1: there is no header"),
        (HEADER.replace(",price", "").encode(), "line 1, column price: is missing"),
        (HEADER.replace("price", "prize").encode(), "line 1, column price: is missing"),
        (f"{HEADER},price".encode(), "line 1, column price: is there twice"),
        (HEADER.replace(",", "\t").encode(), "line 1, column prefix: is missing"),
        (f"{HEADER};more".encode(), "line 1, column tax_percent: is missing"),
        (table("0,,6,7,,,,60,1,,,,"), "line 2: 13 cells, and the header has 12; days"),
        (table("0,,1-7"), "line 2: 3 cells"),
        (table('0,"open'), "line 2: this is no line of comma-separated values"),
        (f"{HEADER}\n0,Zürich,,,,,60,1,,,,".encode("latin-1"), "line 2: this is not UTF-8"),
    ],
)
def test_a_file_that_is_no_table(data: bytes, told: str) -> None:
    assert faults(data)[0].startswith(told)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("1-7,00:00,00:00", "3,10:00,11:00"),
        ("1-5,08:00,18:00", '"5,6",17:59,19:00'),
        ("5,22:00,06:00", "6,05:59,07:00"),
        ("7,22:00,06:00", "1,05:00,05:30"),
        ("1,08:00,18:00", "1,08:00,18:00"),
    ],
)
def test_two_prices_at_the_same_time_are_refused(one: str, other: str) -> None:
    rest = ",0,60,1,0,0,0,0"
    (told,) = faults(table(f"0,,{one}{rest}", f"1,,{other}{rest}", f"0,,{other}{rest}"))
    assert told == "line 4, column prefix: prefix 0 has another price at the same time, in line 2"


def test_a_table_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tariff_csv, "MOST_ROWS", 3)
    rows = [f"{number},,,,,,60,1,,,," for number in range(4)]
    assert len(parse(table(*rows[:3]))) == 3
    assert faults(table(*rows)) == ["line 5: a table has at most 3 rows"]
