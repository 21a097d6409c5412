"""What is kept of guests, present and past: lists of stays, bills, and all of one guest's data, until it is erased."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from firmware.billing.model import Charge, ChargeFilter
from firmware.billing.service import DOUBTFUL, REFUSED, UNPRICED, Billing
from firmware.clock import Clock, utc_of
from firmware.errors import RefusedError
from firmware.hotel.model import Guest, Message, WakeupOrder
from firmware.hotel.service import HotelService
from firmware.store import Repositories
from firmware.store.model import AuditEntry, CallRecord, Page, RecordFilter
from firmware.store.stays import Stay, StayFilter
from firmware.supervisor import views
from firmware.supervisor.agent_service import AgentService
from firmware.supervisor.audit_trail import AuditTrail
from firmware.supervisor.billing_desk import charge_view
from firmware.supervisor.guest_bill import BillMaker
from firmware.supervisor.housekeeping import RETENTION
from firmware.supervisor.request_desk import RequestDesk
from firmware.supervisor.room_desk import departure_view
from firmware.supervisor.stay_desk import message_view
from firmware.supervisor.store_thread import StoreThread
from firmware.supervisor.voice_mail_desk import VoiceMailDesk
from webui.api import stays as api
from webui.services import Identity, Part, Place
from webui.types import Money, stamp

ALL = Page(limit=1_000_000)
BEFORE_ARRIVAL = timedelta(days=1)
"""The clock may have been set while the guest was here."""
PERSONAL = frozenset({"name", "first_name", "title", "language", "reservation", "group", "needs_person", "number"})
"""What the audit's details say of a guest that his id does not."""


@dataclass(frozen=True, slots=True)
class Found:
    """A stay, the calls that its guest pays for, and what he owes or has owed."""

    stay: Stay
    records: list[CallRecord]
    charges: list[Charge]


class GuestData:
    """See `webui.api.stays.Guests`."""

    def __init__(
        self,
        hotel: HotelService,
        billing: Billing,
        store: StoreThread,
        agent: AgentService,
        trail: AuditTrail,
        clock: Clock,
        zone: ZoneInfo,
        requests: RequestDesk,
        voice_mail: VoiceMailDesk,
    ) -> None:
        self._hotel = hotel
        self._agent = agent
        self._billing = billing
        self._store = store
        self._trail = trail
        self._clock = clock
        self._zone = zone
        self._requests = requests
        self._voice_mail = voice_mail
        self.erase_also: Callable[[str], Awaitable[object]] = _nothing
        """Wipes what is kept of a guest elsewhere: voice mail, texts that were spoken."""

    async def stays(self, wanted: api.StayFilter, part: Part) -> tuple[list[api.Stay], Place | None]:
        these = StayFilter(
            room=wanted.room, name=wanted.name, reservation=wanted.reservation, since=wanted.period.since,
            until=wanted.period.until,
        )  # fmt: skip
        page = Page(limit=part.limit + 1, after=part.after)
        found = await self._store.do(lambda kept: kept.stays.found(these, page))
        shown = found[: part.limit]
        return [self._stay(stay) for _, stay in shown], shown[-1][0] if len(found) > part.limit else None

    async def bill(self, guest: str, internal: bool) -> api.Bill:
        """Calls within the house are kept by room: `internal` are those of his last one."""
        now = self._clock.utc()

        def work(kept: Repositories) -> tuple[Found, list[CallRecord]]:
            found = found_of(kept, guest)
            return found, internal_calls(kept, found.stay, now) if internal else []

        found, within = await self._store.do(work)
        maker = BillMaker(self._zone, self._billing.currency, self._billing.charging.hidden_digits)
        return maker.bill(self._stay(found.stay), found.records, found.charges, within)

    async def data(self, guest: str, who: Identity) -> api.KeptOfGuest:
        """What is the room's is shown while he lives there. That somebody has read it is in the audit."""
        await self._hotel.settle_audit()
        zone, (present, messages, waiting) = self._zone, self._present(guest)

        def work(kept: Repositories) -> tuple[Found, list[WakeupOrder], list[AuditEntry]]:
            found = found_of(kept, guest)
            return found, kept.rooms.wakeups_for(guest), entries_of(kept, found.stay)

        found, wakeups, audit = await self._store.do(work)
        await self._trail.note(who, "guest-data-read", guest, room=found.stay.room)
        return api.KeptOfGuest(
            stay=self._stay(found.stay),
            while_in=None if present is None else self._while_in(present),
            messages=[message_view(message, zone) for message in messages],
            wakeups=[_wakeup(order, zone) for order in (*wakeups, *waiting)],
            requests=await self._requests.of_guest(guest),
            voice_mail=self._voice_mail.of_guest(guest),
            call_records=[views.call_record(record, zone) for record in found.records],
            charges=[charge_view(charge, zone) for charge in found.charges],
            audit=[views.audit_entry(entry, zone) for entry in audit],
        )

    async def erase(self, guest: str, who: Identity) -> None:
        """The audit is another database and goes first: whatever fails, the same again completes it."""
        await self._hotel.settle_audit()
        now, started = self._clock.utc(), self._calls_started()

        def work(kept: Repositories) -> Stay:
            stay = known(kept, guest)
            calls = kept.call_records.calls_of(guest, stay.room, stay.arrival, stay.departed or now)
            check_erasable(kept, stay, calls, started.get(stay.room, []))
            kept.audit.rewrite([without_person(entry, guest) for entry in entries_of(kept, stay)])
            found = found_of(kept, guest)
            with kept.together():
                for kind, subject in alarms_about(found):
                    kept.alarms.erase(kind, subject)
                kept.stays.erase(guest, now)
                kept.wakeups.erase(guest)
                kept.call_records.erase(calls)
                kept.charges.erase(guest)
            return stay

        stay = await self._store.do(work)
        await self.erase_also(guest)
        await self._trail.note(who, "guest-data-erased", guest, room=stay.room)

    def _calls_started(self) -> dict[str, list[datetime]]:
        """When the calls that stand now began, answered or not, by room."""
        started = defaultdict[str, list[datetime]](list)
        for call in self._agent.calls():
            for room in filter(None, (call.from_party.room, call.to_party.room)):
                started[room].append(utc_of(call.started_ns, self._clock))
        return started

    async def retention(self) -> api.Retention:
        return views.retention(await self._store.do(lambda kept: kept.settings.get(RETENTION)))

    async def set_retention(self, wanted: api.Retention, who: Identity) -> api.Retention:
        value = views.builtins(wanted)
        await self._store.do(lambda kept: kept.settings.put(RETENTION, value))
        await self._trail.note(who, "setting-changed", RETENTION, value)
        return wanted

    def _present(self, guest: str) -> tuple[Guest | None, list[Message], list[WakeupOrder]]:
        """Of somebody who lives here: himself, his messages and the room's, the room's wake-ups."""
        house = self._hotel.house
        room = house.room_of(guest)
        if room is None:
            return None, [], []
        messages = [message for message in house.messages_of(room) if message.guest in (guest, None)]
        return house.rooms[room].guest(guest), messages, [o for o in house.wakeups_of(room) if o.guest is None]

    def _stay(self, stay: Stay) -> api.Stay:
        def optional(instant: datetime | None) -> str | None:
            return None if instant is None else stamp(instant, self._zone)

        return api.Stay(
            guest=stay.guest, room=stay.room, name=stay.name, first_name=stay.first_name, title=stay.title,
            language=stay.language, vip=stay.vip, reservation=stay.reservation, group=stay.party,
            arrival=stamp(stay.arrival, self._zone), departure=departure_view(stay.departure, self._zone),
            departed=optional(stay.departed), erased=optional(stay.erased),
        )  # fmt: skip

    def _while_in(self, guest: Guest) -> api.WhileIn:
        deposit = None if guest.limit is None else Money(amount=guest.limit, currency=self._billing.currency)
        return api.WhileIn(deposit=deposit, no_post=guest.no_post, needs_person=guest.needs_person)


async def _nothing(guest: str) -> None:
    return None


# ---------------------------------------------------------------------------------------------- in the store's thread


def known(kept: Repositories, guest: str) -> Stay:
    """Raises RefusedError (unknown-guest)."""
    stay = kept.stays.get(guest)
    if stay is None:
        raise RefusedError("unknown-guest", f"there is no guest {guest}", "guest")
    return stay


def check_erasable(kept: Repositories, stay: Stay, calls: Collection[str], started: Sequence[datetime]) -> None:
    """Raises RefusedError while he is here, or something that he owes is open.

    `calls`: his; `started`: of those that stand in his last room.
    """
    if stay.departed is None:
        raise RefusedError("present", f"the guest lives in room {stay.room}; check out first", "guest")
    if any(at < stay.departed for at in started) or any(leg.call in calls for leg in kept.call_records.open_records()):
        raise RefusedError("in-call", "a call of the guest, or of his room from before he left, still stands", "guest")
    for charge in kept.charges.unsettled(stay.guest):
        raise RefusedError("unsettled", f"charge {charge.id} is {charge.state}; settle it first", "guest")


def found_of(kept: Repositories, guest: str) -> Found:
    """Raises RefusedError (unknown-guest)."""
    stay = known(kept, guest)
    records = [record for _, record in kept.call_records.finished(RecordFilter(guest=guest), ALL)]
    return Found(stay, records, kept.charges.listed(ChargeFilter(guest=guest), ALL))


def internal_calls(kept: Repositories, stay: Stay, now: datetime) -> list[CallRecord]:
    """Those from his last room."""
    wanted = RecordFilter(room=stay.room, since=stay.arrival, until=stay.departed or now)
    found = [record for _, record in kept.call_records.finished(wanted, ALL)]
    return [record for record in found if (record.direction, record.from_room) == ("internal", stay.room)]


def alarms_about(found: Found) -> list[tuple[str, str]]:
    """Alarms whose text has a number that he has called, as (kind, subject)."""
    of_charges = [(kind, str(charge.id)) for charge in found.charges for kind in (DOUBTFUL, REFUSED)]
    return of_charges + [(UNPRICED, record.outside) for record in found.records if record.unpriced and record.outside]


def entries_of(kept: Repositories, stay: Stay) -> list[AuditEntry]:
    """The audit's entries that name him by his id."""
    return kept.audit.mentioning(f'"{stay.guest}"', stay.arrival - BEFORE_ARRIVAL)


def without_person(entry: AuditEntry, guest: str) -> AuditEntry:
    """What it says of somebody else stays."""
    if entry.detail.get("guest") != guest:
        return entry
    return replace(entry, detail={key: None if key in PERSONAL else value for key, value in entry.detail.items()})


def _wakeup(order: WakeupOrder, zone: ZoneInfo) -> api.GuestWakeup:
    return api.GuestWakeup(
        id=order.id, room=order.room, at=stamp(order.at.replace(tzinfo=zone), zone), repeat=order.repeat,
        until=order.until, vip=order.vip, state=order.state, by=order.by, through=order.through,
        ordered=stamp(order.ordered, zone),
    )  # fmt: skip
