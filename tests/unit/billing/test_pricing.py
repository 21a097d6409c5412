"""What a call costs: which row of the table counts, and how the amount comes from it."""

from __future__ import annotations

from datetime import datetime, time
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware.billing.model import Tariff
from firmware.billing.pricing import TariffTable, amount, seconds
from firmware.restriction.site import Hours

SUNDAY_NOON = datetime.fromisoformat("2026-11-22T12:00:00")


def tariff(
    prefix: str = "", days: str = "1234567", begins: str = "00:00", ends: str = "00:00", **changes: Any
) -> Tariff:
    usual: dict[str, Any] = {
        "name": "", "connection": 0, "interval_s": 60, "price": 10, "free_s": 0, "minimum": 0,
        "surcharge_percent": Decimal(0), "tax_percent": Decimal(0),
    }  # fmt: skip
    hours = Hours(time.fromisoformat(begins), time.fromisoformat(ends), frozenset(map(int, days)))
    return Tariff(prefix=prefix, hours=hours, **usual | changes)


@pytest.mark.parametrize(
    ("talk", "expected"),
    [(0, 0), (1, 10), (60, 10), (61, 20), (120, 20), (186, 40)],
)
def test_an_interval_counts_from_its_first_second(talk: int, expected: int) -> None:
    assert amount(tariff(), talk) == expected


@pytest.mark.parametrize(
    ("talk", "expected"),
    [(0, 30), (20, 30), (21, 40), (80, 40), (81, 50)],
)
def test_free_seconds_come_before_the_intervals_and_not_before_the_connection(talk: int, expected: int) -> None:
    assert amount(tariff(connection=30, free_s=20), talk) == expected


def test_the_minimum_holds_before_surcharge_and_tax() -> None:
    row = tariff(minimum=100, surcharge_percent=Decimal(50), tax_percent=Decimal(10))
    assert amount(row, 1) == 165
    assert amount(row, 60 * 20) == 330


def test_it_is_rounded_half_up_once_at_the_end() -> None:
    assert amount(tariff(price=1, tax_percent=Decimal(50)), 1) == 2, "1.5"
    assert amount(tariff(price=1, tax_percent=Decimal("49.9")), 1) == 1
    # 3 x 1.05 = 3.15, x 1.11 = 3.4965: rounding the first to 3 gives 3.33, and rounding it to 4 gives 4.44
    assert amount(tariff(price=3, surcharge_percent=Decimal(5), tax_percent=Decimal(11)), 1) == 3
    # 13 x 1.5 = 19.5, x 1.1 = 21.45: rounded twice it would be 22
    assert amount(tariff(price=13, surcharge_percent=Decimal(50), tax_percent=Decimal(10)), 1) == 21


def test_percents_are_exact_where_a_float_is_not() -> None:
    # 2.5 exactly; in binary fractions 10 x 1.1 x ... lies beside it
    assert amount(tariff(price=1000, tax_percent=Decimal("0.05")), 1) == 1001
    assert amount(tariff(price=50, tax_percent=Decimal(7)), 1) == 54, "53.5"


def test_a_call_of_three_minutes_and_six_seconds() -> None:
    row = tariff("060", connection=20, interval_s=30, price=45, surcharge_percent=Decimal(10), tax_percent=Decimal(23))
    assert TariffTable([row]).price("0601234567", SUNDAY_NOON, 186) == 453  # (20 + 45 x 7) x 1.1 x 1.23 = 453.255


def test_the_longest_prefix_wins() -> None:
    table = TariffTable([tariff("0", price=1), tariff("0601", price=3), tariff("06", price=2), tariff("", price=9)])
    prices = {number: table.price(number, SUNDAY_NOON, 1) for number in ("0", "05", "060", "0601", "060123", "1")}
    assert prices == {"0": 1, "05": 1, "060": 2, "0601": 3, "060123": 3, "1": 9}


def test_without_a_row_there_is_no_price() -> None:
    table = TariffTable([tariff("00")])
    assert table.price("0", SUNDAY_NOON, 60) is None
    assert table.price("1234", SUNDAY_NOON, 60) is None
    assert TariffTable().price("1234", SUNDAY_NOON, 60) is None


def test_hours_that_the_longest_prefix_leaves_open_are_not_those_of_a_shorter_one() -> None:
    table = TariffTable([tariff("0", price=1), tariff("09", begins="08:00", ends="18:00", price=99)])
    assert table.price("0900", SUNDAY_NOON, 1) == 99
    assert table.price("0900", SUNDAY_NOON.replace(hour=18), 1) is None


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("2026-11-23T07:59:59", 3),  # Monday morning belongs to the week-end
        ("2026-11-23T08:00:00", 1),
        ("2026-11-23T17:59:59", 1),
        ("2026-11-23T18:00:00", 2),
        ("2026-11-28T07:59:59", 2),  # Saturday morning belongs to the night that began on Friday
        ("2026-11-28T08:00:00", 3),
        ("2026-11-22T23:59:59", 3),  # Sunday
        ("2026-11-24T07:59:59", 2),
    ],
)
def test_day_night_and_week_end(at: str, expected: int) -> None:
    table = TariffTable(
        [
            tariff("0", "12345", "08:00", "18:00", price=1),
            tariff("0", "12345", "18:00", "08:00", price=2),
            tariff("0", "67", "08:00", "08:00", price=3),
        ]
    )
    assert table.price("0221", datetime.fromisoformat(at), 1) == expected


def test_a_budget_that_does_not_pay_for_the_connection_gives_no_second() -> None:
    assert seconds(tariff(connection=50), 49) == 0
    assert seconds(tariff(minimum=50), 49) == 0


def test_a_price_that_does_not_grow_has_no_end() -> None:
    assert seconds(tariff(connection=50, price=0), 50) is None
    assert TariffTable([tariff("0")]).seconds_for("1", SUNDAY_NOON, 100) is None


percents = st.decimals(0, 1000, places=2)
tariffs = st.builds(
    lambda **changes: tariff(**changes),
    connection=st.integers(0, 500), interval_s=st.integers(1, 200), price=st.integers(1, 500),
    free_s=st.integers(0, 100), minimum=st.integers(0, 1000), surcharge_percent=percents, tax_percent=percents,
)  # fmt: skip


@given(tariffs, st.integers(0, 20_000))
def test_the_seconds_of_a_budget_are_the_last_that_it_pays_for(row: Tariff, budget: int) -> None:
    last = seconds(row, budget)
    assert last is not None
    if amount(row, 0) <= budget:
        assert amount(row, last) <= budget
    else:
        assert last == 0
    assert amount(row, last + 1) > budget


@given(tariffs, st.integers(0, 5_000))
def test_the_amount_is_the_exact_sum_rounded_half_up(row: Tariff, talk: int) -> None:
    intervals = 0
    while row.free_s + intervals * row.interval_s < talk:
        intervals += 1
    exact = Fraction(max(row.connection + row.price * intervals, row.minimum))
    exact *= (100 + Fraction(row.surcharge_percent)) * (100 + Fraction(row.tax_percent)) / 10_000
    assert -Fraction(1, 2) < amount(row, talk) - exact <= Fraction(1, 2)
