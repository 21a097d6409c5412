"""What the pages say: complete in every language, and nothing of it is in the code."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import get_args

import pytest

from firmware.gateway.messages import LineTestOutcome
from firmware.passwords import LEAST_CHARACTERS, MOST_CHARACTERS
from tests.harness import ROOT
from webui import faults
from webui.api.reports import LONGEST

STATIC = ROOT / "webui" / "static"
LANGUAGES = ("en", "vi", "ru", "pl", "zh")
FORMS = {
    "en": {"one", "other"}, "vi": {"other"}, "zh": {"other"}, "ru": {"one", "few", "many", "other"},
    "pl": {"one", "few", "many", "other"},
}  # fmt: skip
"""The plural forms of each language (Unicode CLDR, cardinals)."""
FORM = re.compile(r"\.(one|two|few|many|other)$")
PLACE = re.compile(r"\{\w+\}")
KEY = r"[a-z][a-z0-9-]*\.[a-zA-Z0-9_.-]+"
BY_TELEPHONE = {"wrong", "not-yours", "no-pin", "unknown-kind", "unknown-recording"}
"""Codes that are spoken to guests: the API does not answer them."""
NOT_OF_THE_API = ("firmware/console", "firmware/supervisor/console_desk.py", "firmware/diagrams.py")


@cache
def areas() -> list[str]:
    return sorted(path.stem for path in (STATIC / "texts" / "en").glob("*.json"))


@cache
def texts(language: str, area: str) -> dict[str, str]:
    found: dict[str, str] = json.loads((STATIC / "texts" / language / f"{area}.json").read_text(encoding="utf-8"))
    return found


def plural_keys(area: str) -> set[str]:
    return {FORM.sub("", key) for key in texts("en", area) if FORM.search(key)}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_there_in_every_language(language: str) -> None:
    assert sorted(path.stem for path in (STATIC / "texts" / language).glob("*.json")) == areas()
    for area in areas():
        plurals = plural_keys(area)
        wanted = {key for key in texts("en", area) if FORM.sub("", key) not in plurals}
        wanted |= {f"{key}.{form}" for key in plurals for form in FORMS[language]}
        assert set(texts(language, area)) == wanted, area
        assert all(text.strip() for text in texts(language, area).values()), area


@pytest.mark.parametrize("language", [language for language in LANGUAGES if language != "en"])
def test_every_text_has_the_places_of_the_english_one(language: str) -> None:
    for area in areas():
        english = texts("en", area)
        for key, text in texts(language, area).items():
            model = english.get(key) or english[FORM.sub(".other", key)]
            assert set(PLACE.findall(text)) == set(PLACE.findall(model)), key


def scripts() -> Iterator[tuple[str, str]]:
    for path in sorted((STATIC / "js").rglob("*.js")):
        yield path.name, re.sub(r"^\s*//[^\n]*$|/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.M | re.S)


def all_keys() -> set[str]:
    return {FORM.sub("", key) for area in areas() for key in texts("en", area)}


def test_every_text_that_is_asked_for_is_there() -> None:
    asked = {(name, key) for name, script in scripts() for key in re.findall(rf"\bt\(\s*\"({KEY})\"", script)}
    assert len(asked) > 20
    assert {(name, key) for name, key in asked if key not in all_keys()} == set()


def test_no_text_is_left_that_nobody_asks_for() -> None:
    """A key is asked for as a whole, or by its beginning (`common.role-${role}`, "audit.lamp-"); errors by code."""
    script = "\n".join(script for _, script in scripts())
    whole = set(re.findall(rf"[\"'`]({KEY})[\"'`]", script))
    beginning = r"[\"'`]([a-z][a-z0-9-]*\.[a-zA-Z0-9_.-]*)"
    beginnings = (
        *re.findall(rf"{beginning}(?:\$\{{|\"\s*\+)", script),
        *re.findall(rf"{beginning}(?<=[-.])\"", script),
    )
    of_code = {key for key in all_keys() if key.startswith(("error.", "enrolment."))}
    assert {key for key in all_keys() - whole - of_code if not key.startswith(beginnings)} == set()


def codes() -> set[str]:
    """Every code that a refusal has in the code, as a literal."""
    found = set(re.findall(r'"([a-z-]+)": \d{3}', Path(faults.__file__).read_text(encoding="utf-8")))
    for folder in ("firmware", "webui"):
        for path in (ROOT / folder).rglob("*.py"):
            if not str(path.relative_to(ROOT)).startswith(NOT_OF_THE_API):
                found |= set(_codes_in(ast.parse(path.read_text(encoding="utf-8"))))
    return found


def _codes_in(tree: ast.AST) -> Iterator[str]:
    for call in ast.walk(tree):
        if not isinstance(call, ast.Call):
            continue
        named = call.func.value if isinstance(call.func, ast.Attribute) and call.func.attr == "of" else call.func
        place = {"RefusedError": 0, "ApiError": 1}.get(getattr(named, "id", ""))
        if place is not None and len(call.args) > place and isinstance(code := call.args[place], ast.Constant):
            yield str(code.value)


def test_every_refusal_has_a_text() -> None:
    known = {key.removeprefix("error.") for key in texts("en", "errors")}
    assert codes() - BY_TELEPHONE - known == set()


def test_every_way_in_which_a_line_test_ends_early_has_a_text() -> None:
    early = {f"extensions.why-{outcome}" for outcome in get_args(LineTestOutcome) if outcome != "done"}
    assert {key for key in texts("en", "extensions") if key.startswith("extensions.why-")} == early


def test_no_sentence_is_half_in_the_language_of_the_api() -> None:
    assert {key for key, text in texts("en", "errors").items() if PLACE.search(text)} == set()


def test_how_long_a_password_is_is_said_as_it_is_asked() -> None:
    for language in LANGUAGES:
        found = [int(number) for number in re.findall(r"\d+", texts(language, "errors")["error.password"])]
        assert found == [LEAST_CHARACTERS, MOST_CHARACTERS]


def test_how_long_a_report_may_be_is_said_as_it_is_asked() -> None:
    for language in LANGUAGES:
        assert re.findall(r"\d+", texts(language, "errors")["error.bad-period"]) == [str(LONGEST.days)]


def test_who_wants_a_night_of_a_whole_day_is_told_the_word_that_the_form_has_for_it() -> None:
    for language in LANGUAGES:
        word = texts(language, "trunks")["trunks.night-on"]
        assert re.search(f"[“„«]{word}[”»]", texts(language, "errors")["error.same-hours"]), language


def test_people_read_no_text_of_the_code() -> None:
    """Letters in the children of an element or in what a screen reader says come from t(), a name or the API."""
    spoken = re.compile(r"(?:title|placeholder|\"aria-label\"): \"[^\"]*[A-Za-z]{3}|>[A-Za-z]{3,}[^<]*</")
    found = {(name, match) for name, script in scripts() for match in spoken.findall(script)}
    assert found == set()


def test_every_reason_for_which_something_of_a_pms_was_not_taken_has_words() -> None:
    told = r"(?:NotARecordError|NotAMessageError|\._?refuse|_give_up)\(\"([^\"]+)\"|_refused\(record, \"([^\"]+)\""
    found = {
        (one or other).replace(" ", "-")
        for path in (ROOT / "firmware" / "pms").rglob("*.py")
        for one, other in re.findall(told, path.read_text(encoding="utf-8"))
    }
    words = {key.removeprefix("pms.reason.") for key in texts("en", "pms") if key.startswith("pms.reason.")}
    assert found == words
