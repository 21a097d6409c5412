"""What a site says of its own calls: its area, numbers allowed and forbidden, black lists, hours."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time

from firmware.details import Detail
from firmware.errors import RefusedError
from firmware.restriction.forms import Forms
from firmware.restriction.model import Level, NumberingTable
from firmware.restriction.plan import DIGITS, Plan

EVERY_DAY = frozenset(range(1, 8))
SHORTEST_ALLOWED = 3
"""An allowed number has so many places: fewer would open a part of the world rather than a number."""
_PATTERN = re.compile(r"(?:[0-9x]|\[(?:[0-9](?:-[0-9])?)+\])+")


@dataclass(frozen=True, slots=True)
class Hours:
    """From `begins` to `ends`, beginning on these days; Monday is 1.

    Over midnight where it ends before it begins, for 24 hours where both are the same.
    """

    begins: time
    ends: time
    days: frozenset[int] = EVERY_DAY

    def cover(self, local: datetime) -> bool:
        """Whether this wall time lies within."""
        today, yesterday = local.isoweekday(), (local.isoweekday() - 2) % 7 + 1
        at = local.time()
        if self.begins < self.ends:
            return today in self.days and self.begins <= at < self.ends
        return (today in self.days and at >= self.begins) or (yesterday in self.days and at < self.ends)


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """Numbers are as dialled behind the outside prefix, or with + and country code in the black lists.

    A pattern is the beginning of numbers: digits, x for any digit, sets as [2-47].
    """

    area_codes: tuple[str, ...] = ()
    """Codes, without trunk prefix, of the area that the company charges as local."""
    local_digits: int | None = None
    """How long numbers without area code are, where they all are; they are complete at once then."""
    allowed: tuple[str, ...] = ()
    """Patterns that every class from local up may call at any hour."""
    forbidden: tuple[str, ...] = ()
    """Patterns that nobody may call."""
    black_out: tuple[str, ...] = ()
    """Single numbers that nobody may call."""
    black_in: tuple[str, ...] = ()
    """Single numbers whose calls are refused."""
    hours: Mapping[Level, tuple[Hours, ...]] = field(default_factory=dict)
    """When numbers of a level, and of those above it, may be called; not for telephones of class unrestricted."""


def first_match(patterns: tuple[str, ...], numbers: tuple[str, ...]) -> str | None:
    """The pattern that one of these numbers begins with, or None."""
    for pattern in patterns:
        expression = re.compile(pattern.replace("x", "[0-9]"))
        if any(expression.match(number) for number in numbers):
            return pattern
    return None


def check(site: Site, table: NumberingTable, plan: Plan, forms: Forms, emergency: tuple[str, ...]) -> None:
    """Raise RefusedError for the first thing that cannot be, with its field, of a list as allowed[0].

    `plan` is the country's, without site.
    """
    for fault in _faults(site, table, plan, forms, emergency):
        raise fault


def _faults(
    site: Site, table: NumberingTable, plan: Plan, forms: Forms, emergency: tuple[str, ...]
) -> Iterator[RefusedError]:
    yield from _area_faults(site, table, plan)
    for name in ("allowed", "forbidden"):
        for place, pattern in enumerate(getattr(site, name)):
            if not _is_pattern(pattern):
                detail = Detail("pattern", f"{pattern!r} is no pattern: digits, x, sets as [2-47]", {"value": pattern})
                yield RefusedError.of("pattern", detail, f"{name}[{place}]")
    for place, pattern in enumerate(site.allowed):
        if len(re.sub(r"\[[^]]*\]", "x", pattern)) < SHORTEST_ALLOWED:
            text = f"{pattern!r}: allowed numbers have {SHORTEST_ALLOWED} places or more"
            detail = Detail("pattern-short", text, {"value": pattern, "least": SHORTEST_ALLOWED})
            yield RefusedError.of("pattern", detail, f"allowed[{place}]")
    for name in ("black_out", "black_in"):
        for place, number in enumerate(getattr(site, name)):
            yield from _black_list_faults(f"{name}[{place}]", number, forms, emergency)
    for level, hours in site.hours.items():
        if level in ("internal", "unrestricted"):
            text = f"there are no hours for {level}: they would bind nobody"
            yield RefusedError.of("hours", Detail("hours-nobody", text, {"level": level}), "hours")
        if not all(each.days <= EVERY_DAY and each.days for each in hours):
            detail = Detail("day-numbers", f"{level}: days are 1 (Monday) to 7", {"level": level})
            yield RefusedError.of("hours", detail, "hours")


def _area_faults(site: Site, table: NumberingTable, plan: Plan) -> Iterator[RefusedError]:
    for code in site.area_codes:
        known = plan.classify(table.trunk_prefix + code).row
        own = known is not None and (known.kind, known.level) == ("national", "national")
        if not own or re.fullmatch(table.area_codes, code) is None:
            yield RefusedError("area-code", f"{code!r} is no area code of this country", "area_codes")
    if site.local_digits is not None and (table.local is None or site.local_digits not in _local_lengths(table)):
        yield RefusedError("local-digits", f"{site.local_digits}: local numbers are not so long here", "local_digits")


def _local_lengths(table: NumberingTable) -> range:
    return range(table.local.least, table.local.most + 1) if table.local is not None else range(0)


def _black_list_faults(name: str, number: str, forms: Forms, emergency: tuple[str, ...]) -> Iterator[RefusedError]:
    dialled = forms.dialable(number)
    if dialled is None or not set(number) <= DIGITS | set("+ -()/."):
        yield RefusedError("number", f"{number!r} is no telephone number", name)
    elif found := next((each for each in (number, dialled) if each in emergency), None):
        yield RefusedError("emergency-number", f"{found} is an emergency number: a black list never holds one", name)


def _is_pattern(pattern: str) -> bool:
    if _PATTERN.fullmatch(pattern) is None:
        return False
    return all(first <= last for first, last in re.findall(r"([0-9])-([0-9])", pattern))
