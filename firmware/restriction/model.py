"""What a numbering plan is to the class of restriction: rows that say what begins so, how long it is, who may call it.

Prefixes and lengths are those of what goes out on the line, without the hotel's own outside prefix. Of all rows that a
number begins with, the one with the longest prefix counts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

Level: TypeAlias = Literal["internal", "local", "national", "mobile", "international", "unrestricted"]
"""Classes of restriction, nested: each may call what those before it may."""
LEVELS: tuple[Level, ...] = get_args(Level)
_RANK: Mapping[Level, int] = {level: rank for rank, level in enumerate(LEVELS)}

Kind: TypeAlias = Literal[
    "emergency", "local", "toll-free", "service", "national", "corporate", "voip", "shared-cost", "mobile", "pager",
    "international", "satellite", "global", "premium", "personal", "directory", "operator", "carrier", "feature",
    "unknown",
]  # fmt: skip
"""What a number is. carrier: it chooses another company, and a number follows; feature: it works on the line itself, or
hides its number; global: a service that is no country's."""

KIND_LEVELS: Mapping[Kind, Level] = {
    "emergency": "internal",
    "local": "local",
    "toll-free": "local",
    "service": "local",
    "national": "national",
    "corporate": "national",
    "voip": "national",
    "shared-cost": "national",
    "mobile": "mobile",
    "international": "international",
}
"""The lowest class that may call a kind; a kind that is not here is for the unrestricted only. A row may ask for more,
never for less."""


def rank(level: Level) -> int:
    """0 for internal to 5 for unrestricted."""
    return _RANK[level]


def lowest_level(kind: Kind) -> Level:
    """The lowest class that may call numbers of this kind."""
    return KIND_LEVELS.get(kind, "unrestricted")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """Numbers that begin alike. `least` and `most` are digits of the whole number, the prefix among them.

    Raises ValueError for lengths that cannot be, and for a class that is too low for the kind.
    """

    prefixes: tuple[str, ...]
    kind: Kind
    level: Level
    least: int
    most: int
    source: str | None
    """The document that says so; None: common knowledge that we found in no such document."""
    note: str = ""
    """What it is, or why it has this class, where the kind does not say so already."""
    cut: tuple[int, int] | None = None
    """The digits (from, to) that choose a carrier or feature: without them stands what is really called."""

    def __post_init__(self) -> None:
        longest = max(map(len, self.prefixes))
        if not longest <= self.most or not 1 <= self.least <= self.most:
            raise ValueError(f"{self.prefixes[0]}: {self.least} to {self.most} digits")
        if rank(self.level) < rank(lowest_level(self.kind)):
            raise ValueError(f"{self.prefixes[0]}: {self.level} is too low for {self.kind}")

    @property
    def lengths(self) -> str:
        """In words: "9" or "7 to 9"."""
        return str(self.most) if self.least == self.most else f"{self.least} to {self.most}"


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberingTable:
    """The numbering plan of one country, as it is dialled from one of its fixed lines."""

    country: str
    country_code: str
    international_prefix: str
    trunk_prefix: str
    """What is dialled before a national significant number; empty in a closed plan."""
    area_codes: str
    """A regular expression of what is long enough for an area code, without trunk prefix."""
    rows: tuple[Row, ...]
    without_trunk: tuple[Row, ...] = ()
    """Numbers dialled without the trunk prefix, where a site says nothing of `local_digits`."""
    local: Row | None = None
    """They in place of `without_trunk` where it does; the site's length stands in for this row's."""
    area_without_trunk: bool = False
    """Whether an area code may be dialled without the trunk prefix too."""

    def unsourced(self) -> list[str]:
        """The rows that no document vouches for, by prefix ("number 19222")."""
        every = (*self.rows, *self.without_trunk)
        return [f"number {row.prefixes[0]}" for row in every if row.source is None]
