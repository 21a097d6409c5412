"""What a call costs: the row of the tariff table that fits, and the amount by it. Whole numbers and fractions only."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from fractions import Fraction
from math import ceil, floor

from firmware.billing.model import Tariff

_HALF = Fraction(1, 2)


class TariffTable:
    """Tariffs compiled for look-up. The longest prefix wins, then the row whose hours cover the start of the call.

    Hours that no row of that prefix covers have no tariff: a shorter prefix is another price, and does not stand in.
    """

    def __init__(self, rows: Iterable[Tariff] = ()) -> None:
        self.rows = tuple(rows)
        self._by_prefix: dict[str, list[Tariff]] = {}
        for row in self.rows:
            self._by_prefix.setdefault(row.prefix, []).append(row)
        self._longest = max(map(len, self._by_prefix), default=0)

    def row(self, number: str, started: datetime) -> Tariff | None:
        """For `number`, without outside prefix, called at this wall time of the hotel; None: it has no tariff."""
        for length in range(min(len(number), self._longest), -1, -1):
            if (found := self._by_prefix.get(number[:length])) is not None:
                return next((row for row in found if row.hours.cover(started)), None)
        return None

    def price(self, number: str, started: datetime, talk_seconds: int) -> int | None:
        """What an answered call costs, in minor units; None: it has no tariff."""
        row = self.row(number, started)
        return None if row is None else amount(row, talk_seconds)

    def seconds_for(self, number: str, started: datetime, budget: int) -> int | None:
        """How long one may talk for so much; 0: not at all; None: without end, or there is no tariff."""
        row = self.row(number, started)
        return None if row is None else seconds(row, budget)


def amount(row: Tariff, talk_seconds: int) -> int:
    """Connection and started intervals, at least the minimum; then surcharge, then tax; rounded half up once."""
    intervals = ceil(Fraction(max(0, talk_seconds - row.free_s), row.interval_s))
    return floor(max(row.connection + row.price * intervals, row.minimum) * _factor(row) + _HALF)


def seconds(row: Tariff, budget: int) -> int | None:
    """The inverse of `amount`: the last second that is still paid for."""
    bound = (budget + _HALF) / _factor(row)  # what connection, intervals and minimum must stay below
    if max(row.connection, row.minimum) >= bound:
        return 0
    if row.price == 0:
        return None
    intervals = ceil((bound - row.connection) / row.price) - 1
    return row.free_s + intervals * row.interval_s


def _factor(row: Tariff) -> Fraction:
    return (1 + Fraction(row.surcharge_percent) / 100) * (1 + Fraction(row.tax_percent) / 100)
