"""Digit maps in MGCP's notation (RFC 3435, 2.1.5): which strings of digits are complete, and which could become so.

A pattern is a sequence of elements: a digit `0`-`9`, `*`, `#`, `A`-`D`; `x` for any digit 0-9; a set such as `[2-47]`;
each may be followed by `.` for "any number of times, also none". A final `T` says that the inter-digit timer must run
out before the match counts, even where nothing longer is possible.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal, TypeAlias

import msgspec

from firmware.errors import ConfigError
from firmware.gateway.messages import DigitMap

Match: TypeAlias = Literal["none", "partial", "complete", "complete-or-more"]

DIGITS = frozenset("0123456789*#ABCD")
_ANY = frozenset("0123456789")
_A_DAY_MS = 24 * 3600 * 1000
_MOST_STATES = 10_000
"""So many places in a digit map are remembered; a country's plan has some thousand."""


@dataclass(frozen=True, slots=True)
class _Element:
    """One place of a pattern: the digits that fit, and whether it may repeat (also be left out)."""

    digits: frozenset[str]
    repeats: bool


@dataclass(frozen=True, slots=True)
class _Pattern:
    elements: tuple[_Element, ...]
    waits: bool

    def reach(self, place: int) -> Iterator[int]:
        """This place and those reachable from it without a digit: a repeating element may be left out."""
        yield place
        while place < len(self.elements) and self.elements[place].repeats:
            place += 1
            yield place

    def step(self, place: int, digit: str) -> Iterator[int]:
        """The places after one more digit."""
        if place < len(self.elements) and digit in self.elements[place].digits:
            yield from self.reach(place if self.elements[place].repeats else place + 1)


@dataclass(eq=False, slots=True)
class _State:
    """Where the digits so far lead in each pattern (its index, a place), what that means, and what followed."""

    places: frozenset[tuple[int, int]]
    outcome: Match
    following: dict[str, _State] = field(default_factory=dict)


class _Automaton:
    """Patterns that are tried together, each step once: then a digit is a look-up, however many patterns there are."""

    def __init__(self, patterns: tuple[_Pattern, ...]) -> None:
        self._patterns = patterns
        self._states: dict[frozenset[tuple[int, int]], _State] = {}
        self._start = self._begin()

    def match(self, digits: str) -> Match:
        if len(self._states) > _MOST_STATES:
            self._states = {}
            self._start = self._begin()
        state = self._start
        for digit in digits:
            state = state.following.get(digit) or self._step(state, digit)
        return state.outcome

    def _begin(self) -> _State:
        return self._state((index, place) for index, pattern in enumerate(self._patterns) for place in pattern.reach(0))

    def _step(self, state: _State, digit: str) -> _State:
        following = self._state(
            (index, after) for index, place in state.places for after in self._patterns[index].step(place, digit)
        )
        state.following[digit] = following
        return following

    def _state(self, reached: Iterable[tuple[int, int]]) -> _State:
        places = frozenset(reached)
        known = self._states.get(places)
        return known or self._states.setdefault(places, _State(places, self._outcome(places)))

    def _outcome(self, places: frozenset[tuple[int, int]]) -> Match:
        ended = [self._patterns[index] for index, place in places if place == len(self._patterns[index].elements)]
        if not ended:
            return "partial" if places else "none"
        goes_on = len(ended) < len(places) or any(pattern.waits for pattern in ended)
        return "complete-or-more" if goes_on else "complete"


def check(pattern: str) -> None:
    """Raise ConfigError, saying what is wrong, if this is not a pattern."""
    _parse(pattern)


def emergency_only(digit_map: DigitMap, emergency: Iterable[str]) -> DigitMap:
    """What a telephone that is left off-hook may still dial, however late: numbers that no state may swallow."""
    return msgspec.structs.replace(digit_map, patterns=tuple(emergency), first_digit_ms=_A_DAY_MS, dial_tone_after="")


def match(patterns: Iterable[str], digits: str) -> Match:
    """How far `digits` have come under all patterns together.

    "complete": a pattern is satisfied and no further digit could satisfy one; "complete-or-more": satisfied, but
    further digits may make another number, so the inter-digit timer decides; "partial": not yet; "none": no more.
    Raises ConfigError for a malformed pattern.
    """
    compiled = _compile(tuple(patterns))
    found = {compiled.others.match(digits)}
    if digits in compiled.numbers:
        found.add("complete")
    if digits in compiled.beginnings:
        found.add("partial")
    if "complete-or-more" in found or {"complete", "partial"} <= found:
        return "complete-or-more"
    if "complete" in found:
        return "complete"
    return "partial" if "partial" in found else "none"


@dataclass(frozen=True, slots=True)
class _Compiled:
    """A digit map: a hotel's own are mostly plain numbers, which are looked up rather than tried."""

    numbers: frozenset[str]
    beginnings: frozenset[str]
    others: _Automaton


@lru_cache(maxsize=64)
def _compile(patterns: tuple[str, ...]) -> _Compiled:
    plain = [pattern for pattern in patterns if pattern and DIGITS.issuperset(pattern)]
    return _Compiled(
        frozenset(plain),
        frozenset(number[:length] for number in plain for length in range(len(number))),
        _Automaton(tuple(_parse(pattern) for pattern in patterns if not pattern or not DIGITS.issuperset(pattern))),
    )


@lru_cache(maxsize=4096)
def _parse(pattern: str) -> _Pattern:
    waits = pattern.endswith("T")
    body = pattern[:-1] if waits else pattern
    elements: list[_Element] = []
    at = 0
    while at < len(body):
        digits, at = _element(pattern, body, at)
        repeats = body[at : at + 1] == "."
        elements.append(_Element(digits, repeats))
        at += repeats
    if not elements:
        raise ConfigError(f"digit map pattern {pattern!r}: empty")
    return _Pattern(tuple(elements), waits)


def _element(pattern: str, body: str, at: int) -> tuple[frozenset[str], int]:
    """The set of digits that begins at `at`, and where it ends."""
    char = body[at]
    if char == "x":
        return _ANY, at + 1
    if char in DIGITS:
        return frozenset(char), at + 1
    if char != "[":
        raise ConfigError(f"digit map pattern {pattern!r}: {char!r} is not allowed (0-9 * # A-D x [..] . T)")
    end = body.find("]", at)
    if end < 0:
        raise ConfigError(f"digit map pattern {pattern!r}: '[' is not closed")
    return _members(pattern, body[at + 1 : end]), end + 1


def _members(pattern: str, inside: str) -> frozenset[str]:
    members: set[str] = set()
    at = 0
    while at < len(inside):
        first = inside[at]
        if inside[at + 1 : at + 2] == "-" and at + 2 < len(inside):
            last = inside[at + 2]
            if not (first in _ANY and last in _ANY and first <= last):
                raise ConfigError(f"digit map pattern {pattern!r}: the range {first}-{last} does not rise within 0-9")
            members.update(digit for digit in _ANY if first <= digit <= last)
            at += 3
        elif first in DIGITS:
            members.add(first)
            at += 1
        else:
            raise ConfigError(f"digit map pattern {pattern!r}: {first!r} in [..] is not a digit")
    if not members:
        raise ConfigError(f"digit map pattern {pattern!r}: empty set")
    return frozenset(members)
