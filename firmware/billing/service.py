"""Billing's use cases: the tariffs in force, the price of a call, and what becomes of charges."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Coroutine, Mapping, Sequence
from typing import Any, Protocol, TypeVar
from zoneinfo import ZoneInfo

import msgspec
from msgspec.structs import replace

from firmware.billing.model import Charge, ChargeFilter, ChargeState, Charging, Tariff, Verdict
from firmware.billing.pricing import TariffTable
from firmware.billing.tariff_csv import parse
from firmware.clock import Clock
from firmware.errors import RefusedError
from firmware.log import Log
from firmware.store import Repositories, StorageError
from firmware.store.model import CallRecord, Page

T = TypeVar("T")
LOOK_EVERY_S = 5.0
CHARGING = "charging"
"""The setting's name."""
UNPRICED, DOUBTFUL, REFUSED = "unpriced", "charge-doubtful", "charge-refused"
"""Alarm kinds. The subject is the number outside, or the charge's id."""
_FOR_A_PERSON: Mapping[ChargeState, str] = {"doubtful": DOUBTFUL, "refused": REFUSED}
"""States that need a person, and the alarms that say so."""
LATEST = Page(limit=1000)
MOST_ARTICLE, MOST_COUNT, MOST_AMOUNT = 9999, 99, 10**15 - 1
"""FIAS, fields MA, M# and TA."""

log = Log("billing")


class Store(Protocol):
    async def do(self, work: Callable[[Repositories], T]) -> T:
        """Raises StorageError, or what `work` raises on purpose."""
        ...


class Alarms(Protocol):
    async def raise_alarm(
        self, kind: str, subject: str, text: str, *, facts: Mapping[str, str] | None = None
    ) -> None: ...

    async def clear(self, kind: str, subject: str) -> None: ...


class Billing:
    """`rooms`: the guest rooms; nobody else has a bill. `beside` does work that nobody waits for."""

    def __init__(
        self,
        store: Store,
        alarms: Alarms,
        clock: Clock,
        zone: ZoneInfo,
        currency: str,
        rooms: Collection[str],
        beside: Callable[[Coroutine[Any, Any, None]], object],
    ) -> None:
        self._store = store
        self._alarms = alarms
        self._clock = clock
        self._zone = zone
        self._rooms = frozenset(rooms)
        self._beside = beside
        self.currency = currency
        self.table = TariffTable()
        """The tariffs in force."""
        self.charging = Charging()
        self._version = 0
        self.payer_of: Callable[[str], str | None] = lambda room: None
        self.on_tariffs: Callable[[], None] = lambda: None
        """Told when other tariffs are in force."""
        self.on_charge: Callable[[], None] = lambda: None
        """Told when something is to be posted, or has been settled; from the store's thread too, just before it is on
        disk."""

    # ------------------------------------------------------------------------------------------------------- tariffs

    async def run(self) -> None:
        """See, until cancelled, whether another process has put tariffs into the store."""
        while True:
            try:
                await self.load()
            except StorageError as error:
                log.error("not-loaded", error=error)
            await asyncio.sleep(LOOK_EVERY_S)

    async def load(self) -> None:
        """The store's setting and tariffs are in force, if they are others than before. Raises StorageError."""
        known = self._version

        def work(kept: Repositories) -> tuple[Any, int, Sequence[Tariff] | None]:
            version = kept.tariffs.version()
            return kept.settings.get(CHARGING), version, None if version == known else kept.tariffs.rows()

        setting, version, rows = await self._store.do(work)
        if rows is not None:
            self._take(version, rows)
        try:
            self.charging = msgspec.convert(setting or {}, Charging)
        except msgspec.ValidationError as error:
            raise StorageError(f"the stored setting {CHARGING} is not usable: {error}") from error

    async def set_charging(self, wanted: Charging) -> None:
        """Calls that end from now on go by it. Raises StorageError."""
        await self._store.do(lambda kept: kept.settings.put(CHARGING, msgspec.to_builtins(wanted)))
        self.charging = wanted

    async def put_tariffs(self, data: bytes) -> int:
        """Replace the table by a CSV file's; how many rows. It stays as it was with a TariffError or StorageError."""
        rows = await asyncio.to_thread(parse, data)

        def work(kept: Repositories) -> int:
            kept.tariffs.replace(rows)
            return kept.tariffs.version()

        self._take(await self._store.do(work), rows)
        return len(rows)

    def _take(self, version: int, rows: Sequence[Tariff]) -> None:
        self.table, self._version = TariffTable(rows), version
        log.info("tariffs", rows=len(rows), version=version)
        self.on_tariffs()

    # --------------------------------------------------------------------------------------------------------- calls

    def priced(self, record: CallRecord) -> CallRecord:
        """The record of a finished call with what it costs, or the mark that no tariff says so.

        Neither, where the PMS prices calls.
        """
        if not is_charged(record) or self.charging.calls_priced_by == "pms":
            return record
        started = record.started.astimezone(self._zone)
        amount = self.table.price(record.outside, started, record.talk_ms // 1000)
        if amount is None or amount > MOST_AMOUNT:
            return replace(record, unpriced=True)
        return replace(record, charge_amount=amount, charge_currency=self.currency)

    def estimate(self, charge: Charge) -> int:
        """What a call that the PMS prices may cost, by the tariffs in force; 0: they do not say."""
        return self.table.price(charge.number, charge.started.astimezone(self._zone), charge.talk_seconds) or 0

    def write_charge(self, kept: Repositories, record: CallRecord) -> None:
        """What a room owes for this record, in the transaction that closes it: there where its guest lives by now."""
        room = (kept.rooms.room_of(record.guest) if record.guest else None) or record.paying_room
        if not is_charged(record) or record.unpriced or room not in self._rooms:
            return
        shown = record.outside[: max(0, len(record.outside) - self.charging.hidden_digits)]
        kept.charges.add(
            Charge(
                kind="call", leg=record.leg, guest=record.guest, room=room, number=shown, trunk=record.trunk,
                started=record.started, talk_seconds=record.talk_ms // 1000, amount=record.charge_amount,
                currency=self.currency,
            )
        )  # fmt: skip
        self.on_charge()

    def finished(self, record: CallRecord) -> None:
        """This record has been closed: the desk hears of a call that has no tariff."""
        if record.unpriced:
            self._beside(self._tell_unpriced(record))

    async def _tell_unpriced(self, record: CallRecord) -> None:
        room = record.paying_room
        caller = room or record.from_number
        who = f"room {room}" if room is not None else caller or "a company line"
        text = f"{record.outside} was called from {who} and has no tariff: the call is not charged"
        await self._alarms.raise_alarm(UNPRICED, record.outside, text, facts={"from": caller} if caller else None)

    # ------------------------------------------------------------------------------------------------------- charges

    async def minibar(self, room: str, items: Sequence[tuple[int, int]], user: str) -> Charge:
        """What was taken from a minibar, as (article, count), priced by the PMS. Raises RefusedError, StorageError."""
        if room not in self._rooms:
            raise RefusedError("unknown-room", f"there is no room {room}", "room")
        if not items or not all(1 <= a <= MOST_ARTICLE and 1 <= n <= MOST_COUNT for a, n in items):
            text = f"articles are 1 to {MOST_ARTICLE}, each 1 to {MOST_COUNT} times"
            raise RefusedError("bad-value", text, "items")
        charge = Charge(
            kind="minibar", guest=self.payer_of(room), room=room, started=self._clock.utc(), currency=self.currency,
            items=tuple(items), user=user,
        )  # fmt: skip
        added = await self._store.do(lambda kept: kept.charges.add(charge))
        assert added is not None, "it is no call's"
        self.on_charge()
        return added

    async def begin(self, link: str | None) -> None:
        """This link posts charges from now on; None: none does. The desk knows of each that needs a person.

        Raises StorageError.
        """
        now = self._clock.utc()

        def work(kept: Repositories) -> list[Charge]:
            kept.charges.take_over(link, now)
            return [each for state in _FOR_A_PERSON for each in kept.charges.listed(ChargeFilter(state=state), LATEST)]

        self._beside(self._tell_again(await self._store.do(work)))

    async def _tell_again(self, charges: Sequence[Charge]) -> None:
        """Somebody may have died before he could tell; an alarm that stands is not raised again."""
        for charge in charges:
            await self._alarms.raise_alarm(_FOR_A_PERSON[charge.state], str(charge.id), said_of(charge))

    async def confirm(self, number: int, verdict: Verdict, status: str | None, text: str | None) -> Charge:
        """What came of posting a charge; the desk hears of what needs a person. Raises RefusedError, StorageError."""
        now = self._clock.utc()
        charge = await self._store.do(lambda kept: kept.charges.confirm(number, verdict, status, text, now))
        await self._tell(charge)
        if (verdict, charge.state) == ("posted", "settled"):
            text = f"room {charge.room}: {charge.settled_by} has settled what the PMS has taken all the same"
            await self._alarms.raise_alarm(DOUBTFUL, str(charge.id), text)
        return charge

    async def settle(self, number: int, who: str) -> Charge:
        """A person has seen to it; it is never posted. Raises RefusedError (unknown-charge, settled), StorageError."""
        now = self._clock.utc()
        charge = await self._store.do(lambda kept: kept.charges.settle(number, who, now))
        self.on_charge()
        await self._tell(charge)
        return charge

    async def _tell(self, charge: Charge) -> None:
        """One alarm at most stands for a charge: the one of its state."""
        stands = _FOR_A_PERSON.get(charge.state)
        for kind in _FOR_A_PERSON.values():
            if kind != stands:
                await self._alarms.clear(kind, str(charge.id))
        if stands is not None:
            await self._alarms.raise_alarm(stands, str(charge.id), said_of(charge))


def is_charged(record: CallRecord) -> bool:
    """Whether this call costs anything: answered, by a line of a telephone company, and no emergency."""
    outside = record.direction == "outgoing" and record.trunk is not None and record.outside
    return bool(outside) and record.answered is not None and not record.emergency


def said_of(charge: Charge) -> str:
    """A charge that needs a person, in words."""
    what = f"the call to {charge.number}" if charge.kind == "call" else "the minibar"
    said = " ".join(filter(None, (charge.status, charge.text)))
    if charge.state == "doubtful":
        return f"room {charge.room}, {what}: sent to the PMS, which did not say whether it has taken it"
    if not charge.sends:
        return f"room {charge.room}, {what}: {said}"
    return f"room {charge.room}, {what}: refused by the PMS" + (f": {said}" if said else "")
