"""The manual's own table and sum."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from firmware.billing.pricing import TariffTable
from firmware.billing.tariff_csv import TariffError, parse

TEXT = (Path(__file__).parents[3] / "docs" / "tariffs.md").read_text(encoding="utf-8")
EXAMPLE = TEXT.partition("```csv\n")[2].partition("```")[0]


def test_the_table_of_the_manual_prices_every_call_of_the_week() -> None:
    table = TariffTable(parse(EXAMPLE.encode()))
    for day in range(22, 29):
        for hour in range(24):
            started = datetime.fromisoformat(f"2026-11-{day}T{hour:02}:30:00")
            assert None not in [table.price(number, started, 60) for number in ("0221", "0601", "0048", "0800", "112")]


def test_the_sum_of_the_manual_is_right() -> None:
    noon = datetime.fromisoformat("2026-11-23T12:00:00")
    assert TariffTable(parse(EXAMPLE.encode())).price("0601234567", noon, 186) == 453
    assert "so\n4.53" in TEXT


def test_the_fault_of_the_manual_is_told_so() -> None:
    lines = EXAMPLE.splitlines()
    lines[2] = lines[2].replace(",15,0", ',"0,25",0', 1)
    with pytest.raises(TariffError) as refused:
        parse("\n".join(lines).encode())
    assert f"tariffs.csv: {refused.value}" in TEXT
