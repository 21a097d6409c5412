"""Renews the tables in docs/restriction.md: `.venv/bin/python tools/restriction_tables.py`."""

from pathlib import Path

from firmware.restriction.document import renewed

PAGE = Path(__file__).resolve().parent.parent / "docs" / "restriction.md"

PAGE.write_text(renewed(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
