"""What is wrong in a refused table, text or setting is said in the page's languages: by code, and by facts."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, get_args

import pytest

from firmware.billing import tariff_csv
from firmware.billing.tariff_csv import MOST_FAULTS, MOST_ROWS, parse
from firmware.details import Detail, DetailCode, OfCharges, OfLinks, OfStore, OfTables
from firmware.errors import RefusedError
from firmware.pms import said as of_charges
from firmware.pms.fias import postings
from tests.harness import ROOT
from tests.unit.billing.test_tariff_csv import DAY, HEADER, REST, table

LANGUAGES = ("en", "vi", "ru", "pl", "zh")
PLACE = re.compile(r"\{(\w+)\}")
TELLING = {"Detail", "_taken", "_bad", "_refused", "ReachError"}
"""What makes a detail: its code first, its facts as a mapping or by name."""
WITH_FACTS = {OfLinks: {"place", "reason", "other"}, OfStore: {"file", "reason", "made"}}
"""Of these, facts are put together elsewhere than where the code is chosen."""


@cache
def sentences(language: str) -> dict[str, str]:
    found: dict[str, str] = json.loads((ROOT / f"webui/static/texts/{language}/faults.json").read_text("utf-8"))
    return found


def refusal(run: Callable[[], Any]) -> RefusedError:
    with pytest.raises(RefusedError) as refused:
        run()
    return refused.value


def codes(kinds: Any) -> set[str]:
    return {code for kind in get_args(kinds) for code in (get_args(kind) or (kind,))}


TABLES: dict[str, bytes] = {
    "more": table(*["x,,,,,,60,1,,,,"] * (MOST_FAULTS + 1)),
    "not-utf8": b"\xff",
    "no-header": b"",
    "not-csv": table('0,"open'),
    "column-missing": HEADER.replace("price", "prize").encode(),
    "column-twice": f"{HEADER},price".encode(),
    "column-unknown": f"{HEADER},prize".encode(),
    "most-rows": table("0,,,,,,60,1,,,,", "1,,,,,,60,1,,,,"),
    "more-cells": table("0,,6,7,,,,60,1,,,,"),
    "fewer-cells": table("0,,1-7"),
    "overlap": table(DAY, DAY),
    "overlap-rest": table(REST, REST),
    "empty": table("0,,,,,,60,,,,,"),
    "prefix": table("x,,,,,,60,1,,,,"),
    "name": table(f"0,{'x' * 121},,,,,60,1,,,,"),
    "formula": table("0,=1,,,,,60,1,,,,"),
    "days": table("0,,mon,,,,60,1,,,,"),
    "days-order": table("0,,6-2,,,,60,1,,,,"),
    "time": table("0,,,8,,,60,1,,,,"),
    "whole-number": table("0,,,,,,60,x,,,,"),
    "percent": table("0,,,,,,60,1,,,,10%"),
}
"""A table with each fault."""


def said(detail: Detail, language: str) -> str:
    """As the page says it; a place that no fact fills is left."""
    text = sentences(language)[f"fault.{detail.code}"]
    return PLACE.sub(lambda place: str(detail.facts.get(place[1], place[0])), text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_has_a_sentence_and_every_sentence_a_code(language: str) -> None:
    assert {key.removeprefix("fault.") for key in sentences(language)} == codes(DetailCode)


def test_every_fault_of_a_table_is_told_with_all_that_its_sentences_say(monkeypatch: pytest.MonkeyPatch) -> None:
    assert set(TABLES) == codes(OfTables)
    for code, data in TABLES.items():
        monkeypatch.setattr(tariff_csv, "MOST_ROWS", 1 if code == "most-rows" else MOST_ROWS)
        told = [each for each in refusal(lambda data=data: parse(data)).details if each.code == code]
        assert told, code
        for language in LANGUAGES:
            assert PLACE.findall(said(told[0], language)) == [], (code, language)


def test_a_fault_of_a_table_is_told_by_line_column_and_value() -> None:
    (told,) = refusal(lambda: parse(table(DAY, "06,,6-2,,,,60,1,,,,"))).details
    assert (told.line, told.column, told.facts) == (3, "days", {"value": "6-2", "days": "6-2"})
    assert said(told, "pl").startswith("„6-2” idzie wstecz")
    assert str(told) == "line 3, column days: '6-2': 6-2: days begin with Monday, 1"


def brought() -> Iterator[tuple[str, set[str]]]:
    """Where a detail is made with a code as a literal: the code, and the facts that it brings."""
    for path in (ROOT / "firmware").rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        if "Detail" not in text:
            continue
        for call in ast.walk(ast.parse(text)):
            if isinstance(call, ast.Call) and call.args and getattr(call.func, "id", "") in TELLING:
                code = call.args[0]
                if isinstance(code, ast.Constant):
                    yield str(code.value), set(_facts(call))


def _facts(call: ast.Call) -> Iterator[str]:
    yield from (keyword.arg for keyword in call.keywords if keyword.arg)
    for part in call.args[2:]:
        if isinstance(part, ast.Dict):
            yield from (str(key.value) for key in part.keys if isinstance(key, ast.Constant))


def test_every_other_sentence_says_only_what_is_told_with_its_code() -> None:
    told = list(brought())
    elsewhere = {kind: codes(kind) for kind in (OfTables, OfCharges, *WITH_FACTS)}
    assert {code for code, _ in told} >= codes(DetailCode).difference(*elsewhere.values())
    told = [(code, facts) for code, facts in told if not any(code in found for found in elsewhere.values())]
    told += [(code, facts) for kind, facts in WITH_FACTS.items() for code in codes(kind)]
    for language in LANGUAGES:
        for code, facts in told:
            assert set(PLACE.findall(sentences(language)[f"fault.{code}"])) <= facts, (code, language)


def test_what_we_say_of_a_charge_has_a_code_and_what_a_pms_says_has_none() -> None:
    ours = [*postings.MEANINGS.values(), postings.GARBLED, postings.NO_NUMBER, of_charges.NO_ANSWER]
    ours += [of_charges.NUMBER_TOO_LONG, of_charges.GUEST_HAS_LEFT]
    found = [detail.code for text in ours if (detail := of_charges.detail_of(text)) is not None]
    assert (len(found), set(found)) == (len(ours), codes(OfCharges))
    assert of_charges.detail_of("Folio closed") is of_charges.detail_of(None) is None
    for language in LANGUAGES:
        assert not any(PLACE.search(sentences(language)[f"fault.{code}"]) for code in found), language
