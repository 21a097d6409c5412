"""A numbering plan as a digit map: where a number ends, so that it goes out without a wait.

No string fits two patterns, so that `firmware/gateway/digitmap.py` tells exactly what the plan does: numbers of a fixed
length are complete at once, those of a variable one by the timer or #, unknown ones as they were typed.
"""

from __future__ import annotations

from collections.abc import Mapping

from firmware.restriction.model import Row
from firmware.restriction.plan import Plan

_TOLD_APART = 3
"""So many lengths of one row are patterns of their own; more are "any further digits", without an end."""
_ALL = "0123456789"


def outside_patterns(plan: Plan, prefix: str) -> tuple[str, ...]:
    """Every string that is a number behind the outside prefix, as patterns; a few hundred at most."""
    return tuple(prefix + pattern for pattern in _Drawer(plan.rows, plan.beginnings).behind("", None))


class _Drawer:
    """Walks through the digits with which prefixes begin."""

    def __init__(self, rows: Mapping[str, Row], beginnings: frozenset[str]) -> None:
        self._rows = rows
        self._beginnings = beginnings

    def behind(self, digits: str, row: Row | None) -> tuple[str, ...]:
        """What may follow these digits, where `row` is the one of the longest prefix so far."""
        row = self._rows.get(digits, row)
        if digits not in self._beginnings:
            return _free(row, len(digits))
        alike: dict[tuple[str, ...], str] = {}
        for digit in _ALL:
            alike_for = self._behind_digit(digits + digit, row)
            alike[alike_for] = alike.get(alike_for, "") + digit
        patterns = [set_of(chosen) + rest for rests, chosen in alike.items() for rest in rests]
        ends_here = row is not None and row.least <= len(digits) <= row.most
        return (*([""] if ends_here else []), *patterns)

    def _behind_digit(self, digits: str, row: Row | None) -> tuple[str, ...]:
        if digits in self._rows or digits in self._beginnings:
            return self.behind(digits, row)
        return _free(row, len(digits))


def _free(row: Row | None, length: int) -> tuple[str, ...]:
    """What may follow `length` digits that no longer prefix begins with: any digits, as many as the row wants."""
    if row is None:
        return ("x.",)
    if length > row.most:
        return ()
    least = max(row.least - length, 0)
    lengths = range(least, row.most - length + 1)
    return tuple("x" * more for more in lengths) if len(lengths) <= _TOLD_APART else ("x" * least + "x.",)


def set_of(digits: str) -> str:
    """Rising digits as one element of a pattern: "7", "[2-47]", "x"."""
    if digits == _ALL:
        return "x"
    if len(digits) == 1:
        return digits
    runs: list[str] = []
    for digit in digits:
        if runs and int(digit) == int(runs[-1][-1]) + 1:
            runs[-1] += digit
        else:
            runs.append(digit)
    return "[" + "".join(run if len(run) < 3 else f"{run[0]}-{run[-1]}" for run in runs) + "]"
