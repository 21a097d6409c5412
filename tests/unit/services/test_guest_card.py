"""The card beside the telephone has every code in every language; run as a program this writes docs/guest-card.md."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from firmware.exchange.service_codes import SERVICE_CODES
from firmware.services.card_texts import DIAL, DOES, ENTRIES, LANGUAGE_NAMES, PLACES, TITLES
from firmware.services.guest_card import card, document

PAGE = Path(__file__).parents[3] / "docs" / "guest-card.md"


def test_the_page_is_that_of_the_table() -> None:
    assert PAGE.read_text(encoding="utf-8") == document(), (
        "write it anew: python -m tests.unit.services.test_guest_card"
    )


def test_each_way_to_dial_each_code_is_on_one_card() -> None:
    assert set(ENTRIES) == {(code.name, argument) for code in SERVICE_CODES for argument in code.arguments}
    rows = [*card("guest", "en"), *card("staff", "en")]
    assert len(rows) == sum(len(code.arguments) for code in SERVICE_CODES)


@pytest.mark.parametrize("language", LANGUAGE_NAMES)
def test_every_word_is_there_in_every_language(language: str) -> None:
    words = [entry.does for entry in ENTRIES.values()] + list(PLACES.values()) + list(TITLES.values()) + [DIAL, DOES]
    assert all(word.get(language, "").strip() for word in words)
    said = [row.does for row in (*card("guest", language), *card("staff", language))]
    assert len(said) == len(set(said)), "two lines say the same"


def test_what_guests_have_no_business_with_is_not_on_theirs() -> None:
    shown = {row.service for row in card("guest", "en")}
    assert "wakeup-set" in shown
    assert shown.isdisjoint({"room-status", "minibar", "wakeup-room", "staff-menu"})


def test_the_site_has_digits_of_its_own() -> None:
    codes = [replace(code, digits="#1") if code.name == "wakeup-set" else code for code in SERVICE_CODES]
    assert [row.dial for row in card("guest", "pl", codes)][:2] == ["#1*GGMM", "#1*MMDDGGMM"]


if __name__ == "__main__":
    PAGE.write_text(document(), encoding="utf-8")
