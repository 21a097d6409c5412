"""The countries' tables: every class against every kind of number, and what must hold for each row."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from typing import get_args

import pytest

from firmware.config.schema import CountryCode, RestrictionClass
from firmware.restriction import LEVELS, TABLES, Row
from firmware.restriction.model import KIND_LEVELS, rank
from tests.unit.restriction.numbers import NUMBERS, restriction

NOON = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
CASES = [(country, *number) for country, (_, numbers) in NUMBERS.items() for number in numbers]
ROWS = [(country, row) for country, table in TABLES.items() for row in (*table.rows, *table.without_trunk)]


@pytest.mark.parametrize(("country", "digits", "kind", "lowest"), CASES)
def test_every_class_against_every_kind_of_number(country: str, digits: str, kind: str, lowest: str) -> None:
    site = restriction(country)
    for cls in LEVELS:
        verdict = site.judge(digits, cls, NOON)
        assert verdict.kind == kind
        assert verdict.allowed == (rank(cls) >= LEVELS.index(lowest)), (cls, verdict)


def test_every_country_has_a_table_and_every_kind_of_it_an_example() -> None:
    assert tuple(TABLES) == get_args(CountryCode) == tuple(NUMBERS)
    assert get_args(RestrictionClass) == LEVELS
    for country, (_, numbers) in NUMBERS.items():
        kinds = {row.kind for row in TABLES[country].rows}
        assert kinds <= {kind for _, kind, _ in numbers}, country


@pytest.mark.parametrize(
    ("country", "row"), ROWS, ids=lambda value: value if isinstance(value, str) else value.prefixes[0]
)
def test_a_row_begins_and_ends_where_it_says(country: str, row: Row) -> None:
    plan = restriction(country, area_codes=(), local_digits=None).plan
    for prefix in {row.prefixes[0], row.prefixes[-1]}:
        for length in {row.least, row.most}:
            for fill in "09":
                digits = _inside(plan, prefix, length, fill)
                if digits is None:
                    continue
                found = plan.classify(digits)
                assert (found.row, found.fit, found.level) == (row, "whole", row.level)
        longest = _inside(plan, prefix, row.most, "0")
        assert longest is not None
        assert plan.classify(longest + "0").fit == "long"
        assert plan.classify(longest + "0").level == "unrestricted"
        unfinished = plan.classify(longest[: row.least - 1])
        assert unfinished.fit == "short" or unfinished.row is not row


def _inside(plan, prefix: str, length: int, fill: str) -> str | None:  # type: ignore[no-untyped-def]
    """A number of the row that is filled up so, or nearly so where a longer prefix is in the way."""
    if len(prefix) > length:
        return None
    random.seed(prefix)
    for _ in range(200):
        digits = prefix + fill * (length - len(prefix))
        if plan.classify(digits).prefix == prefix:
            return digits
        fill = random.choice("0123456789")
    return None


@pytest.mark.parametrize("country", TABLES)
@pytest.mark.parametrize("own_area", [True, False])
def test_no_number_can_be_lengthened_into_a_dearer_one(country: str, own_area: bool) -> None:
    """Keys pressed after a whole number reach the exchange too: they must not make another number of it."""
    plan = restriction(country, **({} if own_area else {"area_codes": (), "local_digits": None})).plan
    faults = [
        (prefix, longer)
        for longer, dearer in plan.rows.items()
        for prefix in (longer[:length] for length in range(1, len(longer)))
        if prefix in plan.rows
        and rank(dearer.level) > rank(plan.rows[prefix].level)
        and len(longer) > plan.rows[prefix].least
    ]
    assert not faults


@pytest.mark.parametrize("country", TABLES)
def test_nothing_is_said_twice(country: str) -> None:
    prefixes = [prefix for row in (*TABLES[country].rows, *TABLES[country].without_trunk) for prefix in row.prefixes]
    assert len(prefixes) == len(set(prefixes))


@pytest.mark.parametrize("country", TABLES)
def test_calls_abroad_and_services_of_no_country_are_never_cheap(country: str) -> None:
    site, prefix = restriction(country), TABLES[country].international_prefix
    for code in range(1, 1000):
        level = site.plan.classify(f"{prefix}{code}1234567890"[: len(prefix) + 12]).level
        assert rank(level) >= rank("international"), code
    for code in ("870", "878", "881", "882", "883", "888", "979"):
        assert site.plan.classify(f"{prefix}{code}123456789").level == "unrestricted"


def test_a_row_is_never_cheaper_than_its_kind() -> None:
    for country, row in ROWS:
        floor = KIND_LEVELS.get(row.kind, "unrestricted")
        assert rank(row.level) >= rank(floor), (country, row.prefixes)
    with pytest.raises(ValueError, match="too low"):
        Row(prefixes=("09",), kind="premium", level="national", least=9, most=9, source=None)
    with pytest.raises(ValueError, match="digits"):
        Row(prefixes=("0900123",), kind="premium", level="unrestricted", least=3, most=5, source=None)


def test_what_no_document_vouches_for_is_named() -> None:
    assert "number 19222" in TABLES["de"].unsourced()
    assert TABLES["pl"].unsourced() == []
    for table in TABLES.values():
        named = sum(row.source is None for row in (*table.rows, *table.without_trunk))
        assert len(table.unsourced()) == named
