"""Charges on their way to the PMS: each under one number, once; what nobody knows of is for a person.

A posting that was not answered is sent once more under the same number, when the link has been found alive; if that is
not answered either, it may have been booked or not: it is doubtful (FIAS 6, rule 5).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import TypeAlias
from zoneinfo import ZoneInfo

from firmware.billing.model import Charge, Verdict
from firmware.errors import RefusedError
from firmware.hotel.service import Store
from firmware.log import Log
from firmware.pms import said
from firmware.pms.machine import Outcome, Told
from firmware.pms.model import Posting
from firmware.store import Repositories
from firmware.store.charges import Charges

Confirm: TypeAlias = Callable[[int, Verdict, str | None, str | None], Awaitable[Charge]]
"""`Billing.confirm`: the charge, its verdict, and the PMS's code and text."""
MOST_SENDS = 2
VERDICTS: Mapping[Outcome, Verdict] = {"done": "posted", "refused": "refused", "not-served": "refused"}

log = Log("outbox")


class ChargeOutbox:
    """See `firmware.pms.link.Outbox`. `widths`: digits of a posting number, by link."""

    def __init__(self, store: Store, confirm: Confirm, zone: ZoneInfo, widths: Mapping[str, int]) -> None:
        self._store = store
        self._confirm = confirm
        self._zone = zone
        self._widths = widths

    async def next(self, link: str) -> tuple[Posting, bool] | None:
        """Its number is on disk, and that it is being sent. Raises StorageError."""
        while (found := await self._store.do(lambda kept: self._begin(kept, link))) is not None:
            charge, why_not = found
            if why_not is None:
                return self._posting(charge), charge.sends > 1
            await self._confirm(charge.id, "doubtful" if charge.sends else "refused", None, why_not)
        return None

    def _begin(self, kept: Repositories, link: str) -> tuple[Charge, str | None] | None:
        """The oldest, which is being sent now, or else why it is not."""
        due = kept.charges.due(link, 1)
        if not due:
            return None
        if due[0].sends >= MOST_SENDS:
            return due[0], said.NO_ANSWER
        if due[0].sends and (due[0].posting or 0) >= 10 ** self._widths[link]:
            return due[0], said.NUMBER_TOO_LONG
        if _would_be_anothers(kept, due[0]):
            return due[0], said.GUEST_HAS_LEFT
        return kept.charges.begin_posting(due[0].id, link, self._widths[link]), None

    async def told(self, posting: Posting, told: Told, link: str) -> None:
        """Raises StorageError."""
        verdict = VERDICTS.get(told.outcome)
        if verdict is not None:
            try:
                await self._confirm(posting.id, verdict, told.status, told.text)
            except RefusedError as error:  # an older copy of the database was taken meanwhile
                log.error("not-noted", charge=posting.id, number=posting.number, verdict=verdict, error=error)
        elif told.outcome == "again":
            await self._store.do(lambda kept: _postpone(kept.charges, posting.id, told))
        else:
            log.warning("unanswered", charge=posting.id, number=posting.number, link=link)

    async def waiting(self) -> int:
        return await self._store.do(lambda kept: kept.charges.count_pending())

    def _posting(self, charge: Charge) -> Posting:
        return Posting(
            id=charge.id,
            number=charge.posting or 1,
            room=charge.room,
            kind=charge.kind,
            amount=charge.amount,
            started=charge.started.astimezone(self._zone),
            talk_seconds=charge.talk_seconds,
            dialled=charge.number,
            trunk=charge.trunk,
            items=charge.items,
            user=charge.user,
        )


def _would_be_anothers(kept: Repositories, charge: Charge) -> bool:
    """A posting names the room alone: the PMS would have the next guest pay, as nobody is left who was there then."""
    if charge.guest is None or kept.rooms.room_of(charge.guest) == charge.room:
        return False
    guests = kept.rooms.house([charge.room]).rooms[charge.room].guests
    return bool(guests) and all(guest.arrival is not None and guest.arrival > charge.started for guest in guests)


def _postpone(charges: Charges, charge: int, told: Told) -> None:
    """The PMS says that it has not taken it; or it never went out, which says nothing of the time before."""
    found = charges.get(charge)
    if found is not None:
        charges.postpone(charge, 0 if told.status else max(0, found.sends - 1))
