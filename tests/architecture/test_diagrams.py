"""The state diagrams in docs/ are those of the tables."""

from pathlib import Path

from tools import diagrams

ROOT = Path(__file__).resolve().parents[2]


def test_diagrams_are_current() -> None:
    stale = diagrams.differences(ROOT / "docs" / "diagrams")
    assert not stale, f"run `make diagrams`: {stale}"


def test_no_two_machines_share_a_page() -> None:
    slugs = [diagrams.slug(table) for table in diagrams.tables()]
    assert len(slugs) == len(set(slugs))
