"""docs/restriction.md says what the tables say."""

from __future__ import annotations

from pathlib import Path

from firmware.restriction import LEVELS, TABLES
from firmware.restriction.document import renewed, tables

PAGE = Path(__file__).resolve().parents[3] / "docs" / "restriction.md"


def test_the_tables_in_the_manual_are_current() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert renewed(page) == page, "run .venv/bin/python tools/restriction_tables.py"


def test_every_row_stands_there_with_its_source() -> None:
    text = tables()
    for table in TABLES.values():
        assert f"(`{table.country}`)" in text
        for row in table.rows:
            assert row.source is None or row.source in text
    assert sum(line.startswith(tuple(f"| {level} |" for level in LEVELS)) for line in text.splitlines()) == sum(
        len(table.rows) + (table.local is not None) for table in TABLES.values()
    )


def test_every_class_is_explained() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert all(f"| `{level}` |" in page for level in LEVELS)
