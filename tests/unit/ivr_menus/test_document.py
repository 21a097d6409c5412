"""The tables and the example in docs/menus.md are those of the code, and what it shows can be loaded."""

from __future__ import annotations

import re

import pytest

from firmware.ivr.menus.parser import parse
from firmware.ivr.menus.statements import FORMS
from tests.unit.ivr_menus.document import DOCUMENT

TEXT = DOCUMENT.text


def test_the_document_is_current() -> None:
    assert DOCUMENT.renewed() == TEXT, "run `python -m tests.unit.ivr_menus.document`"


def test_every_part_stands_in_the_document_once() -> None:
    assert sorted(DOCUMENT.names()) == sorted(DOCUMENT.parts)


@pytest.mark.parametrize("form", FORMS)
def test_every_form_is_explained(form: str) -> None:
    assert f"|{form}}}" in TEXT


def test_its_pieces_of_menus_can_be_read() -> None:
    pieces = [piece for piece in re.findall(r"```\n(.*?)```", TEXT, re.DOTALL) if "    " in piece]
    assert len(pieces) == 3
    for piece in pieces:
        menu = piece if re.search(r"^\w+:$", piece, re.MULTILINE) else f"start:\n{piece}"
        assert parse("shown", "shown.menu", menu)[1] == []
