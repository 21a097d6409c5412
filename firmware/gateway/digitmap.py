"""Digit maps in MGCP's notation (RFC 3435, 2.1.5): which strings of digits are complete, and which could become so.

A pattern is a sequence of elements: a digit `0`-`9`, `*`, `#`, `A`-`D`; `x` for any digit 0-9; a set such as `[2-47]`;
each may be followed by `.` for "any number of times, also none". A final `T` says that the inter-digit timer must run
out before the match counts, even where nothing longer is possible.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, TypeAlias

import msgspec

from firmware.errors import ConfigError
from firmware.gateway.messages import DigitMap

Match: TypeAlias = Literal["none", "partial", "complete", "complete-or-more"]

DIGITS = frozenset("0123456789*#ABCD")
_ANY = frozenset("0123456789")
_A_DAY_MS = 24 * 3600 * 1000


@dataclass(frozen=True, slots=True)
class _Element:
    """One place of a pattern: the digits that fit, and whether it may repeat (also be left out)."""

    digits: frozenset[str]
    repeats: bool


@dataclass(frozen=True, slots=True)
class _Pattern:
    elements: tuple[_Element, ...]
    waits: bool

    def closure(self, places: Iterable[int]) -> set[int]:
        """The places reachable without a digit: a repeating element may be left out."""
        reached: set[int] = set()
        for place in places:
            reached.add(place)
            while place < len(self.elements) and self.elements[place].repeats:
                place += 1
                reached.add(place)
        return reached

    def step(self, places: set[int], digit: str) -> set[int]:
        """The places after one more digit."""
        following = set()
        for place in places:
            if place < len(self.elements) and digit in self.elements[place].digits:
                following.add(place if self.elements[place].repeats else place + 1)
        return self.closure(following)

    def match(self, digits: str) -> Match:
        places = self.closure((0,))
        for digit in digits:
            places = self.step(places, digit)
            if not places:
                return "none"
        end = len(self.elements)
        if end not in places:
            return "partial"
        return "complete-or-more" if self.waits or places != {end} else "complete"


def check(pattern: str) -> None:
    """Raise ConfigError, saying what is wrong, if this is not a pattern."""
    _parse(pattern)


def emergency_only(digit_map: DigitMap, emergency: Iterable[str]) -> DigitMap:
    """What a telephone that is left off-hook may still dial, however late: numbers that no state may swallow."""
    return msgspec.structs.replace(digit_map, patterns=tuple(emergency), first_digit_ms=_A_DAY_MS)


def match(patterns: Iterable[str], digits: str) -> Match:
    """How far `digits` have come under all patterns together.

    "complete": a pattern is satisfied and no further digit could satisfy one; "complete-or-more": satisfied, but
    further digits may make another number, so the inter-digit timer decides; "partial": not yet; "none": no more.
    Raises ConfigError for a malformed pattern.
    """
    compiled = _compile(tuple(patterns))
    found = {pattern.match(digits) for pattern in compiled.others}
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
    """A digit map: a hotel's is mostly plain numbers, which are looked up rather than tried."""

    numbers: frozenset[str]
    beginnings: frozenset[str]
    others: tuple[_Pattern, ...]


@lru_cache(maxsize=64)
def _compile(patterns: tuple[str, ...]) -> _Compiled:
    plain = [pattern for pattern in patterns if pattern and DIGITS.issuperset(pattern)]
    return _Compiled(
        frozenset(plain),
        frozenset(number[:length] for number in plain for length in range(len(number))),
        tuple(_parse(pattern) for pattern in patterns if not pattern or not DIGITS.issuperset(pattern)),
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
