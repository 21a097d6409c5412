"""What the manual tells the collector's vendor is what the code does."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import fields

from firmware.billing.outputs.fields import DEFAULT_CSV, DEFAULT_FREE, FIELDS
from firmware.billing.outputs.formats import csv_writer, smdr_writer
from firmware.billing.outputs.smdr import EXTENDED, STANDARD, Column, Layout
from firmware.config.schema import RecordOutput
from tests.unit.outputs.calls import call

MANUAL = (Path(__file__).parents[3] / "docs" / "record-outputs.md").read_text(encoding="utf-8")
FLAT = " ".join(MANUAL.split())


def rows(heading: str) -> dict[str, list[str]]:
    """The rows of a section's tables by their first cell."""
    section = MANUAL.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("| ")]
    return {row[0]: row[1:] for row in ([cell.strip() for cell in line.strip("|").split(" |")] for line in lines)}


def place(column: Column) -> str:
    last = column.first + column.width - 1
    return str(column.first) if last == column.first else f"{column.first}–{last}"


@pytest.mark.parametrize(("layout", "cell"), [(STANDARD, 0), (EXTENDED, 1)])
def test_every_column_has_its_place_in_the_manual(layout: Layout, cell: int) -> None:
    told = {name: row[cell] for name, row in rows("SMDR").items() if len(row) == 3 and row[cell]}
    told.pop("column")
    assert told.pop("width of the line") == str(layout.width)
    assert told == {column.name: place(column) for column in layout.columns}


def test_every_field_is_explained() -> None:
    cells = [cell for cell in rows("Fields of csv and free") if cell.startswith("`")]
    assert sorted(name.strip("`") for cell in cells for name in cell.split(", ")) == sorted(FIELDS)


@pytest.mark.parametrize("default", [DEFAULT_CSV, DEFAULT_FREE])
def test_what_a_line_has_by_default(default: tuple[str, ...]) -> None:
    assert f"line has {', '.join(f'`{name}`' for name in default)}" in FLAT


def test_the_examples_are_true() -> None:
    assert f"\n{smdr_writer(False)(call()).rstrip()}\n" in MANUAL
    assert f"\n{csv_writer([], ',')(call())}\n" in MANUAL


def test_every_key_is_explained() -> None:
    told = [name.strip("`") for name in rows("Keys") if name.startswith("`")]
    assert told == [field.name for field in fields(RecordOutput)]
