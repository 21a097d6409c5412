"""The ways in which one number is written: as dialled here, as presented with an incoming call, and by E.164."""

from __future__ import annotations

from collections.abc import Iterator

from firmware.restriction.model import Kind, NumberingTable, Row
from firmware.restriction.plan import DIGITS, Plan

_WITHOUT_E164: frozenset[Kind] = frozenset(
    {"emergency", "service", "directory", "operator", "carrier", "feature", "unknown"}
)
"""Short numbers and codes, which mean something in this network only."""


class Forms:
    """Numbers as one country writes them. `local`: the row of numbers that are dialled without area code."""

    def __init__(self, table: NumberingTable, plan: Plan, local: Row | None, area_codes: tuple[str, ...]) -> None:
        self._table = table
        self._plan = plan
        self._local = local
        self._area_codes = area_codes

    def dialable(self, presented: str) -> str | None:
        """What one dials here to call back a number as it was presented; None for no number at all.

        Taken are +48..., 0048..., 48..., with and without the trunk prefix, and numbers of the own area. Where a string
        may mean two things, the country code is thought of first, then the area code, then a number of the own area.
        """
        digits = "".join(char for char in presented.replace("(0)", "") if char in DIGITS)
        abroad = self._table.international_prefix
        if presented.strip().startswith("+"):
            return self._from_e164(digits)
        if digits.startswith(abroad):
            return self._from_e164(digits.removeprefix(abroad))
        if not digits:
            return None
        known = (number for number in self._readings(digits) if self._is_number(number))
        return next(known, None) or (None if digits.startswith("0") else self._from_e164(digits))

    def e164(self, dialled: str) -> str | None:
        """Country code and national number of what is dialled so; None for short numbers, and without a known area."""
        return next(self._e164(dialled), None)

    def normal(self, presented: str) -> str:
        """One string for every way to present or dial a number, to compare them."""
        dialled = self.dialable(presented)
        return (self.e164(dialled) or dialled) if dialled is not None else ""

    def spellings(self, dialled: str) -> tuple[str, ...]:
        """What else one could dial to reach the same: without carrier codes or digits too many, with area code, without
        the country's own code. `dialled` is the first; a number of this country is never written as one abroad."""
        found = dict.fromkeys((dialled,))
        for number in (dialled, *self._plan.behind_codes(dialled)):
            for written in (number, self._shortened(number)):
                found[written] = None
                for international in self._e164(written):
                    found.update(dict.fromkeys(self._national_forms(international)))
        return tuple(found)

    def _readings(self, digits: str) -> Iterator[str]:
        table = self._table
        if self._plan.classify(digits).kind in _WITHOUT_E164 or (
            table.trunk_prefix and digits.startswith(table.trunk_prefix)
        ):
            yield digits
        if digits.startswith(table.country_code):
            yield table.trunk_prefix + digits[len(table.country_code) :]
        yield table.trunk_prefix + digits
        yield digits
        if digits.startswith("0"):
            yield table.trunk_prefix + digits[1:]

    def _is_number(self, digits: str) -> bool:
        """Whether one calls somebody so: a whole number, and no code before another."""
        found = self._plan.classify(digits)
        return found.fit == "whole" and found.kind not in ("carrier", "feature", "operator")

    def _from_e164(self, digits: str) -> str | None:
        table = self._table
        own = table.trunk_prefix + digits[len(table.country_code) :]
        for dialled in (own if digits.startswith(table.country_code) else "", table.international_prefix + digits):
            if self._is_number(dialled):
                return dialled
        return None

    def _e164(self, dialled: str) -> Iterator[str]:
        table = self._table
        found = self._plan.classify(dialled)
        if dialled.startswith(table.international_prefix):
            yield dialled[len(table.international_prefix) :]
        elif found.row is None or found.row.kind in _WITHOUT_E164:
            return
        elif found.row is self._local:
            yield from (table.country_code + area + dialled for area in self._area_codes)
        else:
            yield table.country_code + dialled.removeprefix(table.trunk_prefix)

    def _shortened(self, dialled: str) -> str:
        """Without the digits that are too many: the exchange does not wait for them."""
        found = self._plan.classify(dialled)
        return dialled[: found.row.most] if found.row is not None else dialled

    def _national_forms(self, international: str) -> Iterator[str]:
        table = self._table
        if international.startswith(table.country_code):
            national = international[len(table.country_code) :]
            yield table.trunk_prefix + national
            found = self._plan.classify(national)
            if found.fit == "whole" and found.row is not self._local:
                yield national
