"""The state diagrams in docs/ are those of the tables."""

from firmware import diagrams


def test_diagrams_are_current() -> None:
    stale = diagrams.differences(diagrams.DIRECTORY)
    assert not stale, f"run `make diagrams`: {stale}"


def test_no_two_machines_share_a_page() -> None:
    slugs = [diagrams.slug(table) for table in diagrams.tables()]
    assert len(slugs) == len(set(slugs))
