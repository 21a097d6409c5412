"""The digit map of numbers outside: it ends a number where the country's table does."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware.gateway.digitmap import check, match
from firmware.restriction import TABLES, Restriction
from firmware.restriction.patterns import outside_patterns
from tests.unit.restriction.numbers import EMERGENCY, NUMBERS, restriction

_PLANS = {country: restriction(country).plan for country in TABLES}
_PATTERNS = {country: restriction(country).outside_patterns("0") for country in TABLES}
_PREFIXES = {country: tuple(plan.rows)[:: 20 if country == "us" else 1] for country, plan in _PLANS.items()}


@pytest.mark.parametrize("country", TABLES)
def test_the_set_is_small_and_well_formed(country: str) -> None:
    patterns = _PATTERNS[country]
    assert len(patterns) < 300
    assert sum(map(len, patterns)) < 5000
    for pattern in patterns:
        check(pattern)
        assert pattern.startswith("0")


@pytest.mark.parametrize(
    ("country", "digits", "outcome"),
    [
        ("pl", "0221234567", "complete"),
        ("pl", "022123456", "partial"),
        ("pl", "0112", "complete"),
        ("pl", "0997", "complete"),
        ("pl", "0", "partial"),
        ("pl", "00", "partial"),
        ("pl", "00049301234567", "complete-or-more"),
        ("pl", "02219115", "complete-or-more"),
        ("pl", "0971", "complete-or-more"),
        ("pl", "0800123456", "complete"),
        ("uk", "002079460123", "complete"),
        ("uk", "00169772345", "complete-or-more"),
        ("uk", "001697723456", "complete"),
        ("uk", "079460123", "complete"),
        ("uk", "008001111", "complete"),
        ("uk", "0999", "complete"),
        ("uk", "0118500", "complete"),
        ("de", "003023125000", "complete-or-more"),
        ("de", "0015123456789", "complete"),
        ("de", "00151234567890", "none"),
        ("us", "012125550123", "complete"),
        ("us", "02125550123", "complete"),
        ("us", "001148221234567", "complete-or-more"),
        ("us", "00", "complete-or-more"),
        ("us", "0911", "complete"),
        ("us", "0411", "complete"),
        ("cn", "062791234", "complete"),
        ("cn", "013812345678", "complete"),
        ("cn", "0075582791234", "complete"),
        ("cn", "0120", "complete"),
        ("ru", "084952234567", "complete"),
        ("ru", "02234567", "complete"),
        ("ru", "081048221234567", "complete-or-more"),
        ("ru", "0101", "complete"),
        ("vn", "002438251234", "complete"),
        ("vn", "00912345678", "complete"),
        ("vn", "038251234", "complete"),
        ("vn", "0115", "complete"),
        ("vn", "018001090", "complete-or-more"),
    ],
)
def test_a_number_ends_at_its_full_length(country: str, digits: str, outcome: str) -> None:
    assert match(_PATTERNS[country], digits) == outcome


@given(st.data(), st.sampled_from(list(TABLES)))
@settings(max_examples=400, deadline=None)
def test_the_map_says_exactly_what_the_table_says(data: st.DataObject, country: str) -> None:
    plan = _PLANS[country]
    digits = data.draw(st.sampled_from(["", *_PREFIXES[country]])) + data.draw(st.text("0123456789", max_size=12))
    found, outcome = plan.classify(digits), match(_PATTERNS[country], "0" + digits)
    open_ended = found.row is not None and found.row.most - found.row.least > 2
    if found.fit == "short":
        assert outcome == "partial"
    elif found.fit == "unknown" or (found.fit == "long" and open_ended):
        assert outcome == "complete-or-more"
    elif found.fit == "long":
        assert outcome == "none"
    else:
        ends = found.row is not None and len(digits) == found.row.most and not open_ended
        assert outcome == ("complete" if ends and digits not in plan.beginnings else "complete-or-more")


@pytest.mark.parametrize("country", TABLES)
def test_no_string_fits_two_patterns(country: str) -> None:
    """Else a number could wait for the end of another."""
    for digits, _, _ in NUMBERS[country][1]:
        dialled = "0" + digits
        satisfied = [p for p in _PATTERNS[country] if match((p,), dialled) in ("complete", "complete-or-more")]
        assert len(satisfied) == 1, (dialled, satisfied)


def test_a_number_of_the_own_area_ends_as_one_of_another() -> None:
    away, home = restriction("pl", area_codes=()).plan, _PLANS["pl"]
    assert outside_patterns(away, "9") == outside_patterns(home, "9")


@pytest.mark.parametrize("prefix", ["0", "9", "99", "8", "12"])
@pytest.mark.parametrize("country", TABLES)
def test_an_emergency_number_never_waits_also_where_it_begins_with_the_prefix(country: str, prefix: str) -> None:
    patterns = restriction(country).outside_patterns(prefix)
    begun = [number for number in EMERGENCY[country] if number.startswith(prefix)]
    for number in (*begun, *(prefix + number for number in EMERGENCY[country] if not _behind(prefix + number, begun))):
        assert match(patterns, number) == "complete"
        assert all(match(patterns, number + digit) == "none" for digit in "0123456789")


def _behind(digits: str, emergency: list[str]) -> bool:
    return any(digits.startswith(number) for number in emergency)


def test_a_hotels_own_emergency_number_ends_at_once_too() -> None:
    site = Restriction(TABLES["pl"], (*EMERGENCY["pl"], "601100100", "2255"))
    patterns = site.outside_patterns("0")
    for number in ("0601100100", "02255"):
        assert match(patterns, number) == "complete"
    assert match(patterns, "0601100101") == "complete"


@settings(deadline=None)
@given(st.sampled_from(list(TABLES)), st.text("0123456789", min_size=1, max_size=16))
def test_every_digit_leads_on_until_a_number_is_whole(country: str, digits: str) -> None:
    """A caller is never stopped before a number could be whole, and never kept waiting behind one that is."""
    outcomes = [match(_PATTERNS[country], ("0" + digits)[:length]) for length in range(1, len(digits) + 2)]
    for earlier, later in itertools.pairwise(outcomes):
        assert (later == "none") == (earlier in ("complete", "none"))
