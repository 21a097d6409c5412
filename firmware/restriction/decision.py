"""Who may call which number: the country's plan, the site's own lists and hours, and one verdict."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias

from firmware.restriction.forms import Forms
from firmware.restriction.model import Kind, Level, NumberingTable, Row, rank
from firmware.restriction.patterns import outside_patterns
from firmware.restriction.plan import DIGITS, Classified, Plan
from firmware.restriction.site import Site, check, first_match

Reason: TypeAlias = Literal["class", "forbidden", "black-list", "hours", "unknown-number", "incomplete"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """Allowed, or barred and why.

    kind, level: what the number is and the lowest class that may call it; `rule` is the prefix of the country's table,
    or the site's own entry, that has decided.
    """

    reason: Reason | None
    kind: Kind
    level: Level
    rule: str

    @property
    def allowed(self) -> bool:
        return self.reason is None


class Restriction:
    """The class of restriction of one site. Raises RefusedError, with the field, for settings that cannot be.

    `emergency` are all emergency numbers, the country's and the hotel's: no class, list or hour bars them.
    """

    def __init__(self, table: NumberingTable, emergency: tuple[str, ...], site: Site | None = None) -> None:
        self.table = table
        self.site = site or Site()
        self.emergency = emergency
        country = Plan((*table.rows, *table.without_trunk, *_emergency_rows(emergency)))
        check(self.site, table, country, Forms(table, country, None, ()), emergency)
        local = _local_row(table, self.site)
        without_trunk = table.without_trunk if self.site.local_digits is None or local is None else (local,)
        own_area = _area_rows(table, country, self.site.area_codes)
        self._rows = (*table.rows, *without_trunk, *own_area, *_emergency_rows(emergency))
        self.plan = Plan(self._rows)
        self.forms = Forms(table, self.plan, local, self.site.area_codes)
        self._black_out = {
            spelling: entry
            for entry in self.site.black_out
            for spelling in self.forms.spellings(self.forms.dialable(entry) or entry)
        }
        self._black_in = frozenset(map(self.forms.normal, self.site.black_in))

    def judge(self, digits: str, cls: Level, local: datetime) -> Verdict:
        """Whether a telephone of this class may call `digits`: all that goes out on the line, no outside prefix.

        `local` is the hotel's wall time.
        """
        found = self.plan.classify(digits)
        if found.kind == "emergency" and found.fit == "whole":
            return Verdict(None, found.kind, found.level, found.prefix)
        reason, rule = self._decide(found, cls, local)
        return Verdict(reason, found.kind, found.level, rule)

    def admits(self, presented: str) -> bool:
        """Whether a call from this number comes in; one without a number always does."""
        return self.forms.normal(presented) not in self._black_in

    def dialable(self, presented: str) -> str | None:
        """What one dials, behind the outside prefix, to call back a number as it was presented; None for none."""
        return self.forms.dialable(presented)

    def same(self, one: str, other: str) -> bool:
        """Whether two numbers, presented or dialled, are the same telephone's; no number is nobody's."""
        normal = self.forms.normal(one)
        return normal != "" and normal == self.forms.normal(other)

    def outside_patterns(self, prefix: str) -> tuple[str, ...]:
        """Patterns of a digit map for everything behind the outside prefix, see `patterns.py`."""
        behind = tuple(n[len(prefix) :] for n in self.emergency if n.startswith(prefix) and n != prefix)
        plan = Plan((*self._rows, *_emergency_rows(behind))) if behind else self.plan
        return outside_patterns(plan, prefix)

    def _decide(self, found: Classified, cls: Level, local: datetime) -> tuple[Reason | None, str]:
        """The reason to bar and the rule; who stands in two lists hears of the first."""
        if cls == "internal":
            return "class", found.prefix
        if not DIGITS.issuperset(found.digits):
            return "unknown-number", ""
        spellings = self.forms.spellings(found.digits)
        if forbidden := first_match(self.site.forbidden, spellings):
            return "forbidden", forbidden
        if listed := next((self._black_out[each] for each in spellings if each in self._black_out), None):
            return "black-list", listed
        if allowed := first_match(self.site.allowed, (found.digits,)):
            return None, allowed
        return self._reason(found, cls, local), found.prefix

    def _reason(self, found: Classified, cls: Level, local: datetime) -> Reason | None:
        """What the country's table and the hours say."""
        if found.fit == "short":
            return "incomplete"
        if rank(found.level) > rank(cls):
            return "unknown-number" if found.kind == "unknown" else "class"
        if cls != "unrestricted" and not self._open(found.level, local):
            return "hours"
        return None

    def _open(self, level: Level, local: datetime) -> bool:
        bound = [hours for bounded, hours in self.site.hours.items() if rank(bounded) <= rank(level)]
        return all(any(each.cover(local) for each in hours) for hours in bound)


def _local_row(table: NumberingTable, site: Site) -> Row | None:
    """The row of numbers dialled without area code, where there is one."""
    if table.local is not None and site.local_digits is not None:
        return dataclasses.replace(table.local, least=site.local_digits, most=site.local_digits)
    return table.local if table.local in table.without_trunk else None


def _area_rows(table: NumberingTable, country: Plan, area_codes: tuple[str, ...]) -> Iterator[Row]:
    """The site's own area, which the country's rows hold for a distant one."""
    for code in area_codes:
        for prefix in (table.trunk_prefix + code, *([code] if table.area_without_trunk else [])):
            distant = country.classify(prefix).row
            if distant is not None:
                yield dataclasses.replace(distant, prefixes=(prefix,), kind="local", level="local", note="own area")


def _emergency_rows(numbers: Iterable[str]) -> tuple[Row, ...]:
    return tuple(
        Row(prefixes=(n,), kind="emergency", level="internal", least=len(n), most=len(n), source="emergency numbers")
        for n in numbers
    )
