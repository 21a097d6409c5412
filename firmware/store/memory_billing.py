"""In-memory twins of the repositories of billing."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from datetime import datetime

from msgspec.structs import replace

from firmware.billing.model import Charge, ChargeFilter, Tariff, Verdict
from firmware.store.charges import (
    AFTER_LOSS,
    BEGINNINGS,
    NUMBERS_LOST,
    confirmed,
    known,
    left_by_its_link,
    next_number,
    postable,
    settled,
)
from firmware.store.model import Page


class MemoryTariffs:
    """See `firmware.store.tariffs.Tariffs`."""

    def __init__(self) -> None:
        self._rows: tuple[Tariff, ...] = ()
        self._version = 0

    def version(self) -> int:
        return self._version

    def rows(self) -> tuple[Tariff, ...]:
        return self._rows

    def replace(self, rows: Sequence[Tariff]) -> None:
        self._rows, self._version = tuple(rows), self._version + 1


class MemoryCharges:
    """See `firmware.store.charges.Charges`."""

    def __init__(self) -> None:
        self._charges: dict[int, Charge] = {}
        self._last = 0
        self._next: dict[str, int] = {}
        self._beginning: int | None = None

    def add(self, charge: Charge) -> Charge | None:
        if charge.leg is not None and any(each.leg == charge.leg for each in self._charges.values()):
            return None
        self._last += 1
        return self._put(replace(charge, id=self._last))

    def get(self, charge: int) -> Charge | None:
        return self._charges.get(charge)

    def listed(self, wanted: ChargeFilter, page: Page) -> list[Charge]:
        found = [
            charge
            for charge in reversed(self._charges.values())
            if wanted.state in (None, charge.state)
            and wanted.room in (None, charge.room)
            and wanted.guest in (None, charge.guest)
            and (page.after is None or charge.id < page.after[0])
        ]
        return found[: page.limit]

    def due(self, link: str, limit: int) -> list[Charge]:
        found = [each for each in self._charges.values() if each.state == "pending" and each.link in (None, link)]
        return found[:limit]

    def begin_posting(self, charge: int, link: str, width: int) -> Charge:
        found = postable(self.get(charge), charge, link)
        number = found.posting
        if number is None:
            number = next_number(self._next.get(link), self._beginning, width)
            self._next[link] = number + 1
        return self._put(replace(found, link=link, posting=number, sends=found.sends + 1))

    def confirm(self, charge: int, verdict: Verdict, status: str | None, text: str | None, at: datetime) -> Charge:
        found = known(self.get(charge), charge)
        return self._put(replace(found, **confirmed(found, verdict, status, text, at)))

    def postpone(self, charge: int, sends: int = 0) -> None:
        found = self.get(charge)
        if found is not None and found.state == "pending":
            self._put(replace(found, sends=sends))

    def take_over(self, link: str | None, at: datetime) -> list[Charge]:
        others = [c for c in self._charges.values() if c.state == "pending" and c.link not in (None, link)]
        for charge in others:
            if not charge.sends:
                self._put(replace(charge, link=None, posting=None))
        return [self._put(replace(charge, **left_by_its_link(charge, at))) for charge in others if charge.sends]

    def doubt_after_loss(self) -> None:
        for charge in [each for each in self._charges.values() if each.state == "pending" and self._next]:
            self._put(replace(charge, state="doubtful", text=AFTER_LOSS))
        self._next = {link: number + NUMBERS_LOST for link, number in self._next.items()}
        self._beginning = secrets.randbelow(BEGINNINGS)

    def settle(self, charge: int, who: str, at: datetime) -> Charge:
        found = known(self.get(charge), charge)
        return self._put(replace(found, **settled(found, who, at)))

    def move(self, guests: Collection[str], room: str) -> int:
        moved = [c for c in self._charges.values() if c.guest in guests and c.state == "pending" and not c.sends]
        for charge in moved:
            self._put(replace(charge, room=room))
        return len(moved)

    def unsettled(self, guest: str) -> list[Charge]:
        return [each for each in self._of(guest) if each.state != "posted"]

    def count_pending(self) -> int:
        return sum(charge.state == "pending" for charge in self._charges.values())

    def spent(self, guest: str) -> int:
        return sum(charge.amount or 0 for charge in self._of(guest))

    def without_amount(self, guest: str) -> list[Charge]:
        return [each for each in self._of(guest) if each.kind == "call" and each.amount is None]

    def erase(self, guest: str) -> None:
        for charge in [each for each in self._charges.values() if each.guest == guest]:
            self._put(replace(charge, number="", text=None))

    def forget(self, before: datetime) -> int:
        old = [c.id for c in self._charges.values() if c.started < before and c.state in ("posted", "settled")]
        for number in old:
            del self._charges[number]
        return len(old)

    def _of(self, guest: str) -> list[Charge]:
        return [each for each in self._charges.values() if each.guest == guest and each.state != "settled"]

    def _put(self, charge: Charge) -> Charge:
        self._charges[charge.id] = charge
        return charge
