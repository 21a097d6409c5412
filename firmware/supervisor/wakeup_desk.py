"""The desk's wake-ups: ordered, changed, cancelled, seen to by a person; which room rings when; reports."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import partial
from statistics import fmean
from typing import Protocol
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from firmware.clock import Clock
from firmware.config.schema import Wakeup as WakeupConfig
from firmware.errors import RefusedError
from firmware.hotel.model import Attempt, Occurrence, WakeupOrder
from firmware.hotel.service import By, HotelService
from firmware.store import Repositories
from firmware.store.model import Page
from firmware.store.wakeups import WakeupFilter
from firmware.supervisor.audit_trail import AuditTrail
from firmware.supervisor.store_thread import StoreThread
from firmware.wakeup import orders, schedule
from firmware.wakeup.plan import Planned
from firmware.wakeup.rules import Rulebook
from webui.api import wakeups as api
from webui.services import Identity, Part, Period, Place
from webui.types import stamp

COMING = timedelta(hours=24)
WITHOUT_BELL = ("busy", "failed")
"""Outcomes of attempts in which nothing rang."""


class Ringing(Protocol):
    """What rings them; see `firmware.wakeup.service.WakeupService`."""

    def plan(self, day: date) -> list[Planned]: ...

    async def person_outcome(self, order_id: str, answered: bool, by: By) -> None: ...


class WakeupDesk:
    """See `webui.api.wakeups.Wakeups`. `places`: rooms whose bells can begin at the same moment."""

    def __init__(
        self,
        hotel: HotelService,
        ringing: Ringing,
        store: StoreThread,
        trail: AuditTrail,
        clock: Clock,
        zone: ZoneInfo,
        config: WakeupConfig,
        rules: Rulebook,
        places: int,
        new_id: Callable[[], str],
    ) -> None:
        self._hotel = hotel
        self._ringing = ringing
        self._store = store
        self._trail = trail
        self._clock = clock
        self._zone = zone
        self._config = config
        self._rules = rules
        self._places = places
        self._new_id = new_id

    # ---------------------------------------------------------------------------------------------------------- orders

    async def order(self, wanted: api.Ordering, who: Identity) -> list[api.Wakeup]:
        """Each once, although a second order may be the same one."""
        one = orders.Wanted(
            rooms=tuple(wanted.rooms), at=wanted.at, repeat=wanted.repeat, until=wanted.until, vip=wanted.vip,
            lang=wanted.language,
        )  # fmt: skip
        now, by = self._clock.utc(), orders.Orderer(who.name, "api" if who.through == "api" else "desk")
        placed = await self._hotel.change(
            _by(who), lambda draft: orders.place(draft, one, now, self._zone, self._new_id, by)
        )
        return [self.view(each.order) for each in placed]

    async def change(self, wakeup: str, at: datetime, who: Identity) -> api.Wakeup:
        await self._pending(wakeup)
        now = self._clock.utc()
        return self.view(
            await self._hotel.change(_by(who), lambda draft: orders.change(draft, wakeup, at, now, self._zone))
        )

    async def cancel(self, wakeup: str, who: Identity) -> None:
        await self._pending(wakeup)
        await self._hotel.change(_by(who), lambda draft: orders.cancel(draft, wakeup))

    async def outcome(self, wakeup: str, answered: bool, who: Identity) -> api.Wakeup:
        await self._pending(wakeup)
        await self._ringing.person_outcome(wakeup, answered, _by(who))
        seen = await self.wakeup(wakeup)
        await self._trail.note(who, "wakeup-seen-to", wakeup, {"answered": answered}, room=seen.room)
        return seen

    async def _pending(self, wakeup: str) -> None:
        """Raises RefusedError: over, or unknown-wakeup."""
        if wakeup not in self._hotel.house.wakeups:
            found = await self.wakeup(wakeup)
            raise RefusedError("over", f"the wake-up of room {found.room} is over: {found.state}", "id")

    # ----------------------------------------------------------------------------------------------------------- lists

    async def wakeup(self, wakeup: str) -> api.Wakeup:
        order = self._hotel.house.wakeups.get(wakeup)
        order = order or await self._store.do(lambda kept: _over(kept, wakeup))
        if order is None:
            raise RefusedError("unknown-wakeup", f"there is no wake-up {wakeup}", "id")
        return self.view(order)

    async def wakeups(self, wanted: api.WakeupFilter, part: Part) -> tuple[list[api.Wakeup], Place | None]:
        """A place among those that are to ring is (0, index); of those that are over it is the store's."""
        found: list[WakeupOrder] = []
        after = part.after
        if after is None or after[0] == 0:
            begin = 0 if after is None else after[1]
            waiting = self._waiting(wanted)
            found, after = waiting[begin : begin + part.limit], None
            if len(waiting) > begin + part.limit:
                return [self.view(order) for order in found], (0, begin + part.limit)
            if wanted.due:
                return [self.view(order) for order in found], None
            if len(found) == part.limit:  # of those that are over, with the next part
                return [self.view(order) for order in found], (0, begin + part.limit)
        over, following = await self._over(self._filter(wanted), after, part.limit - len(found))
        return [self.view(order) for order in (*found, *over)], following

    def _waiting(self, wanted: api.WakeupFilter) -> list[WakeupOrder]:
        chosen = [
            order
            for order in self._hotel.house.wakeups.values()
            if wanted.room in (None, order.room)
            and wanted.state in (None, order.state)
            and _is_within(schedule.due(order, self._zone), wanted.period)
        ]
        return sorted(chosen, key=lambda order: (schedule.due(order, self._zone), order.room, order.id))

    async def _over(
        self, wanted: WakeupFilter, after: Place | None, limit: int
    ) -> tuple[list[WakeupOrder], Place | None]:
        """Orders that will not ring any more, each once, where its last occurrence was."""
        pending = frozenset(self._hotel.house.wakeups)

        def work(kept: Repositories, after: Place | None) -> list[tuple[Place, WakeupOrder | None]]:
            page = kept.wakeups.history(wanted, Page(limit=limit + 1, after=after))
            return [(place, None if one.order in pending else _last(kept, one)) for place, one in page]

        found: list[tuple[Place, WakeupOrder]] = []
        while True:
            page = await self._store.do(partial(work, after=after))
            found += [(place, order) for place, order in page if order is not None]
            if len(found) > limit:
                return [order for _, order in found[:limit]], found[limit - 1][0]
            if len(page) <= limit:
                return [order for _, order in found], None
            after = page[-1][0]

    def _filter(self, wanted: api.WakeupFilter) -> WakeupFilter:
        """The period as the hotel's wall time."""
        since, until = (each and _wall(each, self._zone) for each in (wanted.period.since, wanted.period.until))
        return WakeupFilter(since=since, until=until, room=wanted.room, state=wanted.state)

    # ------------------------------------------------------------------------------------------------ plan and reports

    def plan(self, day: date | None) -> list[api.PlannedWakeup]:
        now = self._clock.utc()
        if day is not None:
            return [self._planned(one) for one in self._ringing.plan(day)]
        today = now.astimezone(self._zone).date()
        coming = [*self._ringing.plan(today), *self._ringing.plan(today + timedelta(days=1))]
        return [self._planned(one) for one in coming if now <= one.rings_at < now + COMING]

    def _planned(self, one: Planned) -> api.PlannedWakeup:
        order = self._hotel.house.wakeups[one.id]
        return api.PlannedWakeup(
            room=one.room, order=one.id, due=stamp(one.due, self._zone), rings_at=stamp(one.rings_at, self._zone),
            vip=order.vip, by_person=self._by_person(order),
        )  # fmt: skip

    async def history(self, wanted: api.WakeupFilter, part: Part) -> tuple[list[api.PastWakeup], Place | None]:
        chosen, page = self._filter(wanted), Page(limit=part.limit + 1, after=part.after)
        found = await self._store.do(lambda kept: kept.wakeups.history(chosen, page))
        shown = found[: part.limit]
        return [self._past(one) for _, one in shown], shown[-1][0] if len(found) > part.limit else None

    def _past(self, one: Occurrence) -> api.PastWakeup:
        return api.PastWakeup(
            order=one.order, room=one.room, guest=one.guest, name=one.name,
            at=stamp(schedule.instant_of(one.at, self._zone), self._zone),
            attempts=[self._attempt(attempt) for attempt in one.attempts],
            outcome=one.state, late_seconds=_late_s(one, self._zone), ordered=self._ordered(one),
        )  # fmt: skip

    async def report(self, period: Period) -> api.WakeupReport:
        """In turns, as others wait for the store, too."""
        wanted = self._filter(api.WakeupFilter(room=None, state=None, period=period))
        counts: Counter[str] = Counter()
        late: list[float] = []
        after: Place | None = None
        while found := await self._store.do(partial(_some, wanted, after)):
            counts.update(one.state for _, one in found)
            late += [seconds for _, one in found if (seconds := _late_s(one, self._zone)) is not None]
            after = found[-1][0]
        due = counts.total() - counts["cancelled"]
        return api.WakeupReport(
            outcomes={state: counts[state] for state in api.OUTCOMES},
            total=counts.total(),
            success_rate=round(counts["answered"] / due, 4) if due else None,
            mean_late_seconds=round(fmean(late), 3) if late else None,
        )

    def settings(self) -> api.WakeupSettings:
        said = self._config
        return api.WakeupSettings(
            attempts=said.attempts, ring_seconds=said.ring_seconds, spacing_seconds=said.spacing_seconds,
            key_needed=said.key_needed, late_minutes=said.late_minutes, snooze_minutes=said.snooze_minutes,
            snoozes=said.snoozes, speak_name=said.speak_name, ringing_at_once=self._places,
            reception_every_seconds=said.reception_every_seconds, escalation=list(said.escalation),
            escalation_after_seconds=said.escalation_after_seconds, vip_by_person=said.vip.by_person,
        )  # fmt: skip

    # ----------------------------------------------------------------------------------------------------------- forms

    def view(self, order: WakeupOrder) -> api.Wakeup:
        zone, room = self._zone, self._hotel.house.rooms.get(order.room)
        return api.Wakeup(
            id=order.id,
            room=order.room,
            room_vacant=room is None or not room.occupied,
            guest=order.guest,
            language=order.lang,
            at=stamp(order.at.replace(tzinfo=zone), zone),
            due=stamp(schedule.due(order, zone), zone),
            repeat=order.repeat,
            until=order.until,
            vip=order.vip,
            by_person=self._by_person(order),
            state=order.state,
            snoozes=order.snoozes,
            attempts=[self._attempt(attempt) for attempt in order.attempts],
            ordered=self._ordered(order),
        )

    def _ordered(self, one: WakeupOrder | Occurrence) -> api.Ordered:
        return api.Ordered(by=one.by, through=one.through, at=stamp(one.ordered, self._zone))

    def _attempt(self, attempt: Attempt) -> api.WakeupAttempt:
        ended = stamp(attempt.ended, self._zone) if attempt.ended else None
        return api.WakeupAttempt(started=stamp(attempt.started, self._zone), ended=ended, outcome=attempt.outcome)

    def _by_person(self, order: WakeupOrder) -> bool:
        return self._rules.rules_of(order, self._hotel.house.rooms.get(order.room)).by_person


def _last(kept: Repositories, one: Occurrence) -> WakeupOrder | None:
    """The order of this occurrence, if that was its last one."""
    if one.repeat != "once":
        latest = kept.wakeups.history(WakeupFilter(order=one.order), Page(limit=1))
        if latest[0][1].at != one.at:
            return None
    return _as_it_ended(kept.wakeups.order(one.order), one)


def _over(kept: Repositories, order_id: str) -> WakeupOrder | None:
    latest = kept.wakeups.history(WakeupFilter(order=order_id), Page(limit=1))
    order = kept.wakeups.order(order_id)
    return _as_it_ended(order, latest[0][1]) if latest else order


def _as_it_ended(order: WakeupOrder | None, last: Occurrence) -> WakeupOrder | None:
    return None if order is None else replace(order, rings=last.at, put_off=None)


def _some(wanted: WakeupFilter, after: Place | None, kept: Repositories) -> list[tuple[Place, Occurrence]]:
    return kept.wakeups.history(wanted, Page(limit=1000, after=after))


def _late_s(one: Occurrence, zone: ZoneInfo) -> float | None:
    """By how much the first ring was late; None: it has not rung."""
    rung = next((attempt.started for attempt in one.attempts if attempt.outcome not in WITHOUT_BELL), None)
    return None if rung is None else round((rung - schedule.instant_of(one.at, zone)).total_seconds(), 3)


def _is_within(at: datetime, period: Period) -> bool:
    return (period.since is None or at >= period.since) and (period.until is None or at < period.until)


def _wall(instant: datetime, zone: ZoneInfo) -> datetime:
    return instant.astimezone(zone).replace(tzinfo=None, fold=0)


def _by(who: Identity) -> By:
    return By(who.name, who.through)
