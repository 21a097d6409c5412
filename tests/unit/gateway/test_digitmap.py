"""Digit maps: what a caller has dialled so far, told apart as a numbering plan needs it."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware.errors import ConfigError
from firmware.gateway import digitmap
from firmware.gateway.digitmap import check, match

_ELEMENTS = st.sampled_from(["0", "1", "5", "9", "*", "#", "A", "x", "[2-4]", "[17]", "[0-35*]"])
_PATTERNS = st.lists(st.tuples(_ELEMENTS, st.sampled_from(["", "", "."])), min_size=1, max_size=5).map(
    lambda parts: "".join(element + repeat for element, repeat in parts)
)
_DIGITS = st.text("0123456789*#A", max_size=6)


def _regex(pattern: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\*(?![^\[]*\])", r"\\*", pattern).replace(".", "*").replace("x", "[0-9]"))


@pytest.mark.parametrize(
    ("patterns", "digits", "outcome"),
    [
        (["101", "102"], "", "partial"),
        (["101", "102"], "10", "partial"),
        (["101", "102"], "102", "complete"),
        (["101", "102"], "103", "none"),
        (["101", "102"], "1021", "none"),
        (["8", "8888"], "8", "complete-or-more"),
        (["8", "8888"], "88", "partial"),
        (["8", "8888"], "8888", "complete"),
        (["0x.", "112"], "0", "complete-or-more"),
        (["0x.", "112"], "02281234", "complete-or-more"),
        (["*7[89]"], "*79", "complete"),
        (["*7[89]"], "*77", "none"),
        (["102T"], "102", "complete-or-more"),
        ([], "", "none"),
    ],
)
def test_numbers_are_told_apart(patterns: list[str], digits: str, outcome: str) -> None:
    assert match(patterns, digits) == outcome


@pytest.mark.parametrize("pattern", ["", "T", "[12", "[]", "[4-2]", "1y", "(1|2)", ".1", "[*-5]"])
def test_a_malformed_pattern_is_named(pattern: str) -> None:
    with pytest.raises(ConfigError, match="digit map pattern"):
        check(pattern)


@given(_PATTERNS, _DIGITS)
def test_a_complete_string_is_what_the_regular_expression_says(pattern: str, digits: str) -> None:
    satisfied = match([pattern], digits) in ("complete", "complete-or-more")
    assert satisfied == bool(_regex(pattern).fullmatch(digits))


@given(st.lists(_PATTERNS, min_size=1, max_size=4), _DIGITS)
def test_nothing_lies_beyond_none_and_something_beyond_partial(patterns: list[str], digits: str) -> None:
    following = {match(patterns, digits + digit) for digit in "0123456789*#A"}
    outcome = match(patterns, digits)
    if outcome in ("none", "complete"):
        assert following == {"none"}
    else:
        assert following != {"none"}


@given(st.lists(_PATTERNS, min_size=1, max_size=6), _DIGITS)
def test_patterns_together_are_satisfied_by_what_satisfies_one(patterns: list[str], digits: str) -> None:
    outcomes = {match([pattern], digits) for pattern in patterns}
    together = match(patterns, digits)
    assert (together in ("complete", "complete-or-more")) == bool(outcomes & {"complete", "complete-or-more"})
    assert (together == "none") == (outcomes == {"none"})


@given(_DIGITS)
def test_a_pattern_that_is_given_twice_counts_once(digits: str) -> None:
    assert match(["1x", "1x"], digits) == match(["1x"], digits)


def test_what_was_seen_of_a_large_map_is_forgotten_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """What it remembers of digits is bounded, and makes no difference."""
    monkeypatch.setattr(digitmap, "_MOST_STATES", 3)
    patterns = ("9[1-4]xxxx", "95xxx.", "96[1-3][4-6]xT")
    numbers = [f"9{number}" for number in range(1000, 7000, 37)]
    before = [match(patterns, number[:length]) for number in numbers for length in range(len(number) + 1)]
    again = [match(patterns, number[:length]) for number in numbers for length in range(len(number) + 1)]
    fresh = [match((*patterns, "8"), number[:length]) for number in numbers for length in range(len(number) + 1)]
    assert before == again
    assert before[1:] == fresh[1:]
    assert {"partial", "none", "complete-or-more"} <= set(before)
