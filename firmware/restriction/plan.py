"""Which row of a numbering plan a number belongs to: the longest prefix wins."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, TypeAlias

from firmware.restriction.model import Kind, Level, Row

Fit: TypeAlias = Literal["short", "whole", "long", "unknown"]
DIGITS = frozenset("0123456789")


@dataclass(frozen=True, slots=True)
class Classified:
    """What a string of digits is. `row` is None where no row begins so.

    short: digits are missing; whole: a number; long: more than its row allows; unknown: no row, or not digits only.
    """

    digits: str
    prefix: str
    row: Row | None
    fit: Fit

    @property
    def kind(self) -> Kind:
        return self.row.kind if self.row is not None and self.fit in ("short", "whole") else "unknown"

    @property
    def level(self) -> Level:
        """The lowest class that may call it; what is not known is for the unrestricted only."""
        return self.row.level if self.row is not None and self.fit in ("short", "whole") else "unrestricted"


class Plan:
    """Rows compiled for look-up. Of two rows with the same prefix the later one counts.

    Nothing lies behind an emergency number, which goes out as soon as it is dialled.
    """

    def __init__(self, rows: Iterable[Row]) -> None:
        every = {prefix: row for row in rows for prefix in row.prefixes}
        emergency = tuple(prefix for prefix, row in every.items() if row.kind == "emergency")
        self.rows: dict[str, Row] = {p: r for p, r in every.items() if not _lies_behind(p, emergency)}
        self.beginnings = frozenset(prefix[:length] for prefix in self.rows for length in range(len(prefix)))
        """Digits with which the prefix of some row begins."""
        self._longest = max(map(len, self.rows), default=0)

    def classify(self, digits: str) -> Classified:
        """What these digits are, all of them together."""
        if not DIGITS.issuperset(digits):
            return Classified(digits, "", None, "unknown")
        prefix = self._prefix(digits)
        if prefix is None:
            return Classified(digits, "", None, "short" if digits in self.beginnings else "unknown")
        row = self.rows[prefix]
        fit: Fit = "short" if len(digits) < row.least else "long" if len(digits) > row.most else "whole"
        return Classified(digits, prefix, row, fit)

    def behind_codes(self, digits: str) -> tuple[str, ...]:
        """The number without the codes before it that choose a carrier or feature, one after another."""
        found = []
        row = self.classify(digits).row
        while row is not None and row.cut is not None and len(digits) > row.cut[1]:
            digits = digits[: row.cut[0]] + digits[row.cut[1] :]
            found.append(digits)
            row = self.classify(digits).row
        return tuple(found)

    def _prefix(self, digits: str) -> str | None:
        for length in range(min(len(digits), self._longest), 0, -1):
            if digits[:length] in self.rows:
                return digits[:length]
        return None


def _lies_behind(prefix: str, emergency: tuple[str, ...]) -> bool:
    return prefix.startswith(emergency) and any(prefix != each and prefix.startswith(each) for each in emergency)
