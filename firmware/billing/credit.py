"""What guests may still spend on calls: their deposit or credit limit, less what their charges come to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from firmware.billing.model import Charge
from firmware.billing.pricing import TariffTable
from firmware.hotel.house import House
from firmware.hotel.model import Guest
from firmware.store import Repositories


class Credit:
    """See `firmware.exchange.trunk_groups.Allowance`. The first guest of a room pays for its calls."""

    def __init__(self, house: Callable[[], House], tariffs: Callable[[], TariffTable]) -> None:
        self._house = house
        self._tariffs = tariffs
        self._spent: Mapping[str, int] = {}

    def seconds(self, room: str, number: str, local: datetime) -> float | None:
        """A number that costs nothing, or has no tariff, may be called without end."""
        guest = self._payer(room)
        if guest is None or guest.limit is None:
            return None
        return self._tariffs().seconds_for(number, local, self._left_of(guest.limit, guest.id))

    def left(self, guest: Guest) -> int | None:
        """What is left of his deposit, in minor units; None: he has none, and no limit."""
        return None if guest.limit is None else self._left_of(guest.limit, guest.id)

    def limited(self) -> list[str]:
        """The guests whose credit is limited."""
        guests = (guest for room in self._house().rooms.values() for guest in room.guests)
        return [guest.id for guest in guests if guest.limit is not None]

    def take(self, spent: Mapping[str, int]) -> list[str]:
        """What they have spent by now. The rooms with a guest who has more or less left than before."""
        rooms = self._house().rooms.values()
        before = {guest.id: self.left(guest) for room in rooms for guest in room.guests}
        self._spent = spent
        return [room.room for room in rooms if any(self.left(guest) != before[guest.id] for guest in room.guests)]

    def _left_of(self, limit: int, guest: str) -> int:
        return max(0, limit - self._spent.get(guest, 0))

    def _payer(self, room: str) -> Guest | None:
        found = self._house().rooms.get(room)
        return None if found is None else found.payer


def spent_by(kept: Repositories, guests: list[str], estimate: Callable[[Charge], int]) -> dict[str, int]:
    """The sum of each one's charges, in minor units; `estimate` is for a call that the PMS prices."""
    return {
        guest: kept.charges.spent(guest) + sum(map(estimate, kept.charges.without_amount(guest))) for guest in guests
    }
