"""The PMS's book of charges: each is booked before it is answered; one that comes again is recognised by its number."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

NEAR: Final = 5000
"""Of so many bookings the numbers are remembered: a repeat comes soon, and numbers of four digits begin again."""
PAGE: Final = 1000
Verdict: TypeAlias = Literal["new", "repeat", "conflict"]


@dataclass
class Posting:
    """A booked charge: `content` is its record's fields without the posting number, as they came."""

    number: int | None
    content: Mapping[str, str]
    at: str
    conflict: bool = False
    """Another one was booked under this number before."""
    repeats: int = 0
    answer: str | None = None

    def view(self) -> dict[str, Any]:
        """As the API gives it; date, time and duration are written as in the record."""
        get = self.content.get
        amount = get("TA")
        return {
            "number": self.number,
            "room": get("RN"),
            "amount": int(amount) if amount and amount.lstrip("-").isdigit() else None,
            "kind": get("PT"),
            "pulses": get("MP"),
            "dialled": get("DD"),
            "duration": get("DU"),
            "date": get("DA"),
            "time": get("TI"),
            "text": get("CT"),
            "article": get("MA"),
            "conflict": self.conflict,
            "repeats": self.repeats,
            "answer": self.answer,
            "at": self.at,
        }


class Book:
    """Every charge that was booked since the bench began."""

    def __init__(self) -> None:
        self._postings: list[Posting] = []
        self._near: dict[int, Posting] = {}
        self._repeats = self._conflicts = 0
        self.refused: Counter[str] = Counter()
        """Charges that were answered by another word than OK and not booked, by that word."""

    def take(self, number: int | None, content: Mapping[str, str], at: str) -> tuple[Posting, Verdict]:
        """Book a charge, or find it booked already."""
        known = None if number is None else self._near.get(number)
        if known is not None and known.content == content:
            known.repeats += 1
            self._repeats += 1
            return known, "repeat"
        posting = Posting(number, content, at, conflict=known is not None)
        self._postings.append(posting)
        self._conflicts += posting.conflict
        if number is not None:
            self._near.pop(number, None)
            self._near[number] = posting
        if len(self._near) > NEAR:
            del self._near[next(iter(self._near))]
        return posting, "conflict" if posting.conflict else "new"

    def has(self, number: int) -> bool:
        """Whether a charge was booked under this number lately."""
        return number in self._near

    def times(self, number: int) -> int:
        """How often the charge that was booked under this number has come."""
        return self._near[number].repeats + 1 if number in self._near else 0

    def reset(self) -> None:
        """Forget all of it."""
        self._postings.clear()
        self._near.clear()
        self._repeats = self._conflicts = 0
        self.refused.clear()

    def page(self, after: int) -> list[dict[str, Any]]:
        """Up to `PAGE` postings that follow the first `after` ones, in the order in which they were booked."""
        return [posting.view() for posting in self._postings[after : after + PAGE]]

    def view(self, last: int) -> dict[str, Any]:
        """As the API gives it, with the `last` postings."""
        views = [posting.view() for posting in self._postings[-last:]]
        return {
            "postings": views,
            "booked": len(self._postings),
            "repeats": self._repeats,
            "conflicts": self._conflicts,
            "refused": dict(self.refused),
        }
