"""One number in its many forms: as a call presents it, and as it is dialled back."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware.restriction import TABLES
from tests.unit.restriction.numbers import NUMBERS, restriction


@pytest.mark.parametrize(
    ("country", "presented", "dialled"),
    [
        ("pl", "221234567", "221234567"),
        ("pl", "48221234567", "221234567"),
        ("pl", "+48221234567", "221234567"),
        ("pl", "+48 22 123-45-67", "221234567"),
        ("pl", "0048221234567", "221234567"),
        ("pl", "0221234567", "221234567"),
        ("pl", "481234567", "481234567"),
        ("pl", "501234567", "501234567"),
        ("pl", "+493023125000", "00493023125000"),
        ("pl", "493023125000", "00493023125000"),
        ("pl", "00493023125000", "00493023125000"),
        ("pl", "112", "112"),
        ("pl", "19115", "19115"),
        ("pl", "", None),
        ("pl", "anonymous", None),
        ("pl", "+", None),
        ("pl", "12", None),
        ("pl", "000", None),
        ("us", "2127364100", "12127364100"),
        ("us", "12127364100", "12127364100"),
        ("us", "+12127364100", "12127364100"),
        ("us", "+18763922345", "18763922345"),
        ("us", "+48221234567", "01148221234567"),
        ("us", "01148221234567", "01148221234567"),
        ("us", "911", "911"),
        ("uk", "02079460123", "02079460123"),
        ("uk", "2079460123", "02079460123"),
        ("uk", "442079460123", "02079460123"),
        ("uk", "79460123", "79460123"),
        ("uk", "+44 (0)20 7946 0123", "02079460123"),
        ("uk", "07700900123", "07700900123"),
        ("de", "03023125000", "03023125000"),
        ("de", "3023125000", "03023125000"),
        ("de", "+493023125000", "03023125000"),
        ("de", "023125000", "023125000"),
        ("de", "0048221234567", "0048221234567"),
        ("cn", "62791234", "62791234"),
        ("cn", "01062791234", "01062791234"),
        ("cn", "13812345678", "013812345678"),
        ("cn", "+8613812345678", "013812345678"),
        ("cn", "95588", "95588"),
        ("ru", "4952234567", "84952234567"),
        ("ru", "74952234567", "84952234567"),
        ("ru", "84952234567", "84952234567"),
        ("ru", "+74952234567", "84952234567"),
        ("ru", "2234567", "2234567"),
        ("ru", "8005553535", "88005553535"),
        ("ru", "+77272234567", "87272234567"),
        ("ru", "+48221234567", "81048221234567"),
        ("ru", "81048221234567", "81048221234567"),
        ("vn", "0912345678", "0912345678"),
        ("vn", "912345678", "0912345678"),
        ("vn", "84912345678", "0912345678"),
        ("vn", "38251234", "38251234"),
    ],
)
def test_a_presented_number_is_dialled_back(country: str, presented: str, dialled: str | None) -> None:
    assert restriction(country).dialable(presented) == dialled


@pytest.mark.parametrize(
    ("country", "ways"),
    [
        ("pl", ("221234567", "48221234567", "+48221234567", "0048221234567", "0221234567")),
        ("us", ("2127364100", "12127364100", "+12127364100", "1 (212) 736-4100")),
        ("uk", ("79460123", "02079460123", "2079460123", "+442079460123", "00442079460123")),
        ("de", ("03023125000", "3023125000", "+493023125000", "00493023125000")),
        ("cn", ("13812345678", "013812345678", "+8613812345678")),
        ("cn", ("62791234", "02162791234", "+862162791234")),
        ("ru", ("2234567", "84952234567", "4952234567", "+74952234567")),
        ("vn", ("38251234", "02438251234", "+842438251234")),
    ],
)
def test_the_same_telephone_is_known_by_any_form_of_its_number(country: str, ways: tuple[str, ...]) -> None:
    site = restriction(country)
    assert all(site.same(one, other) for one in ways for other in ways)
    assert not any(site.same(one, "+390612345678") for one in ways)


def test_no_number_is_nobodys() -> None:
    site = restriction("pl")
    assert not site.same("", "")
    assert not site.same("anonymous", "anonymous")


@pytest.mark.parametrize("country", TABLES)
def test_what_one_dials_is_called_back_the_same(country: str) -> None:
    """As far as it is a person's number: with the trunk prefix, or as it was."""
    site = restriction(country)
    for digits, kind, _ in NUMBERS[country][1]:
        if kind in ("local", "national", "mobile", "international"):
            assert site.same(site.dialable(digits) or "", digits), digits


@settings(deadline=None)
@given(st.sampled_from(list(TABLES)), st.text("+0123456789 -()", max_size=20))
def test_what_is_dialled_back_is_a_number(country: str, presented: str) -> None:
    site = restriction(country)
    dialled = site.dialable(presented)
    assert dialled is None or site.plan.classify(dialled).fit == "whole"
