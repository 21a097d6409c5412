"""The dialogues and tables in docs/pms.md are those of the code."""

from __future__ import annotations

from tests.unit.pms.document import DOCUMENT


def test_the_document_is_current() -> None:
    assert DOCUMENT.renewed() == DOCUMENT.text, "run `python -m tests.unit.pms.document`"


def test_every_part_stands_in_the_document_once() -> None:
    assert sorted(DOCUMENT.names()) == sorted(DOCUMENT.parts)
