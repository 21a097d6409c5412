"""A finished call outside as an accounting system sees it: what every format of call records is written from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, TypeAlias

Result: TypeAlias = Literal["answered", "no-answer", "busy", "barred", "failed", "lost"]
"""barred: the class of restriction, a list or the hour; failed: another cause than busy or no answer; lost: cut off
with the box before anybody had answered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutsideCall:
    """One leg. Instants are aware, in the zone in which they are to be written.

    `extension` is the house's own side and `number` the other; both are as dialled, the number without outside prefix.
    """

    leg: str
    call: str
    direction: Literal["outgoing", "incoming"]
    extension: str
    """Or the trunk, as `trunk`, of a caller from outside who was put through to outside."""
    room: str = ""
    name: str = ""
    number: str
    trunk: str = ""
    """`T` and three digits: the place of the trunk's table in the configuration, from T001."""
    trunk_name: str = ""
    started: datetime
    answered: datetime | None
    ended: datetime
    seconds: int
    """Whole seconds of talk."""
    result: Result
    cause: int | None = None
    emergency: bool = False
    complete: bool = True
    amount: str = ""
    """In the currency's main unit, exact to its minor one; empty: no charge is known."""
    currency: str = ""
    unpriced: bool = False

    @property
    def minutes(self) -> int:
        """Rounded up; an answered call has one at least."""
        return max(-(-self.seconds // 60), 0 if self.answered is None else 1)

    @property
    def ringing(self) -> timedelta | None:
        """Until the answer; None: nobody has answered."""
        return None if self.answered is None else self.answered - self.started
