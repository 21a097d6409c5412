"""Wake-ups on the second: what is due is rung through the voice gateway, and what became of it is kept and told.

Two things run beside one another, so that no bell waits for the disk: `_watch` looks at the clock and rings, the ledger
writes what has happened, in its order. An order whose attempt stands, or is being written, is not looked at.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import date, datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from firmware.clock import Clock, utc_of
from firmware.errors import RefusedError
from firmware.exchange.agent import CallAgent
from firmware.exchange.decisions import Decision, WakeupReport, WakeupRings
from firmware.exchange.numbering import Instant
from firmware.gateway.messages import Wakeup
from firmware.hotel.house import House
from firmware.hotel.model import WakeupOrder, WakeupState
from firmware.hotel.service import By, HotelService
from firmware.log import Log
from firmware.wakeup.calls import WakeupCalls, attempts_made, order_id_of
from firmware.wakeup.ledger import Ledger, moved
from firmware.wakeup.lodging import Lodging
from firmware.wakeup.partners import Agent, Persons
from firmware.wakeup.plan import Planned
from firmware.wakeup.planner import Planner, utc
from firmware.wakeup.rules import Rules
from firmware.wakeup.unheard import Unheard
from firmware.wakeup.verdict import Again, Finished, verdict

LOOK_EVERY_S = 1.0
"""The wall clock may be set at any time."""
AWAY_S = 60.0
"""A gateway that has been away for so long will not have rung by itself what is overdue by now."""
TRY_AGAIN_S = 5.0

log = Log("wakeup")


class WakeupService:
    """Rings what is due. `planner` says when; `calls` makes of an order what the gateway is to do."""

    def __init__(
        self,
        hotel: HotelService,
        agent: Agent,
        clock: Clock,
        zone: ZoneInfo,
        rules_of: Callable[[WakeupOrder], Rules],
        planner: Planner,
        calls: WakeupCalls,
        persons: Persons,
    ) -> None:
        self._hotel = hotel
        self._agent = agent
        self._clock = clock
        self._zone = zone
        self._rules_of = rules_of
        self._planner = planner
        self._calls = calls
        self._persons = persons
        self._lodging = Lodging(agent, calls, planner, clock)
        self._unheard = Unheard(agent, clock)
        self._wake_up = asyncio.Event()
        self._ledger = Ledger(hotel, self._noted)
        self._busy: dict[str, str] = {}
        """Orders that are not to be looked at, with the gateway's id of the attempt that stands."""
        self._adopted = False
        """The gateway obeys, and has told all that happened while we were not there."""
        self._losses = 0
        self._away_s = 0.0
        self._stopping: set[str] = set()
        """Attempts that are to end; one that could not be told so is told when the gateway is back."""
        self._planned: House | None = None
        """The house as the planner has seen it."""
        self._made: Counter[tuple[str, datetime | None]] = Counter()
        """Attempts of an order's occurrence that goes on, as far as we know more than the disk."""
        self._held: set[str] = set()
        """Orders that are due, and whose lines are just coming into service."""
        self._write_at = 0.0
        self._expires: dict[str, float] = {}
        """Until when a person has time for an order that is his; monotonic, in seconds."""

    # --------------------------------------------------------------------------------------------- from the house

    def changed(self, before: House, after: House) -> None:
        """Orders may be others now; one that is no more to ring, and rings, is stopped."""
        gone = [order for key, order in before.wakeups.items() if key in self._busy and moved(order, after)]
        for order in gone:
            self._ledger.later(partial(self._stop, order))
        self._wake_up.set()

    async def _stop(self, order: WakeupOrder) -> None:
        """Its bell falls silent, and nobody need go there; an order that rings in another room by now does so anew."""
        self._expires.pop(order.id, None)
        call = self._busy.get(order.id)
        if not call or self._rules_of(order).by_person:
            await self._persons.done(order)
        if not call:
            self._busy.pop(order.id, None)
        else:  # its report is what lets go of it
            self._stopping.add(call)
            await self._agent.change(partial(_stop_wakeup, call))

    def refresh(self) -> None:
        """What guests would hear is something else now."""
        self._lodging.changed()
        self._wake_up.set()

    def line_idle(self, rooms: Collection[str]) -> None:
        """Telephones of these rooms have been replaced: who was busy when his time came is rung right after."""
        if self._planner.hasten(rooms, self._now()):
            self._wake_up.set()

    # ------------------------------------------------------------------------------------------- from the gateway

    def lost(self) -> None:
        """The gateway does not obey; what stands there goes on, and is told when it does."""
        self._ledger.lost()
        self._adopted = False
        self._losses += 1

    def adopted(self, standing: Iterable[str]) -> None:
        """The gateway obeys again, and its reports of what happened have come before this."""
        self._ledger.later(partial(self._take_over, frozenset(standing), self._losses))

    async def _take_over(self, standing: frozenset[str], losses: int) -> None:
        """What rings for nobody any more, as was decided while the gateway was away, is stopped."""
        if losses != self._losses:  # it is away again
            return
        orders = {key: self._order_of(key) for key in standing}
        for key, order in orders.items():
            if order is None or key in self._stopping:
                await self._agent.change(partial(_stop_wakeup, key))
        self._stopping &= standing
        settled = self._ledger.over_unwritten
        others = {order: key for order, key in self._busy.items() if not key or order in settled}
        self._busy = {**others, **{order.id: key for key, order in orders.items() if order is not None}}
        self._adopted = losses == self._losses
        self._away_s = 0.0
        self._lodging.forget()
        self._wake_up.set()

    def rings(self, event: WakeupRings) -> None:
        """The first bell is on the line."""
        order = self._order_of(event.id)
        if order is not None and not event.answered:
            late = utc_of(event.at_ns, self._clock) - self._planner.when(order)
            log.info("rings", room=order.room, wakeup=order.id, late_ms=round(late.total_seconds() * 1000))

    def report(self, report: WakeupReport) -> None:
        """An attempt is over."""
        self._ledger.later(lambda: self._conclude(report))

    # -------------------------------------------------------------------------------------------------- the desk

    def plan(self, day: date) -> list[Planned]:
        """Which room rings when on a day of the hotel's."""
        return self._planner.plan(self._hotel.house.wakeups.values(), day)

    async def person_outcome(self, order_id: str, answered: bool, by: By) -> None:
        """What has become of one that a person did. Raises RefusedError (unknown-wakeup, not-due), StorageError."""
        order = self._hotel.house.wakeups.get(order_id)
        if order is None:
            raise RefusedError("unknown-wakeup", f"there is no wake-up {order_id} that is still to be done", "id")
        if order.state != "ringing":
            raise RefusedError("not-due", "this wake-up is not due yet", "id")
        state: WakeupState = "answered" if answered else "not_answered"
        await self._ledger.by_person(order, state, self._now(), by)
        await self._stop(order)
        self._settle(order, Finished(state), busy=False, written=True)
        if not answered:
            await self._persons.failed(order, state)

    # ------------------------------------------------------------------------------------------------- two tasks

    async def run(self) -> None:
        """Until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._watch())
            group.create_task(self._ledger.run())

    async def _watch(self) -> None:
        while True:
            await self.look()
            await self._sleep()

    async def look(self) -> None:
        """One look at the clock."""
        self._wake_up.clear()
        self._plan_anew()
        self._end_patience()
        await self._ring_what_is_due()
        if self._adopted:
            await self._lodging.look(self._hotel.house, self._planner.next(self._busy))
            await self._look_for_lost()
        if self._ledger.owes and self._clock.monotonic() >= self._write_at:
            self._write_at = self._clock.monotonic() + TRY_AGAIN_S
            self._ledger.later(self._write_again)

    def _plan_anew(self) -> None:
        """If anything is not as it was."""
        house = self._hotel.house
        if house is not self._planned or self._planner.stale:
            self._planned = house
            self._planner.look(house.wakeups.values(), self._now())
            self._lodging.changed()

    async def _sleep(self) -> None:
        first = self._planner.next({*self._busy, *self._held})
        wait_s = LOOK_EVERY_S if first is None else max(0.0, min(LOOK_EVERY_S, (first - self._now()).total_seconds()))
        try:
            async with asyncio.timeout(min(wait_s, self._lodging.wait_s) if self._adopted else LOOK_EVERY_S):
                await self._wake_up.wait()
        except TimeoutError:
            self._away_s = 0.0 if self._adopted else self._away_s + LOOK_EVERY_S

    async def written(self) -> None:
        """Until all that has happened so far is dealt with."""
        await self._ledger.written()

    # --------------------------------------------------------------------------------------------------- ringing

    async def _ring_what_is_due(self) -> None:
        self._held.clear()
        due = [order for order in self._planner.due(self._now()) if order.id not in self._busy]
        concluded = any(map(self._is_late, due)) and await self._may_conclude()
        due = [order for order in due if not moved(order, self._hotel.house)]  # meanwhile
        missed = [order for order in due if self._is_late(order)]
        for order in missed if concluded else ():
            self._busy[order.id] = ""
            self._ledger.later(partial(self._miss, order))
        if self._adopted:
            ready = [order for order in due if order not in missed]
            by_person = [order for order in ready if self._rules_of(order).by_person]
            await self._ring([order for order in ready if order not in by_person])
            for order in by_person:
                self._busy[order.id] = ""
                self._ledger.later(partial(self._prompt, order))

    async def _may_conclude(self) -> bool:
        """A gateway that was alone may have rung by itself: it is heard first, unless it is gone for good."""
        if not self._adopted:
            return self._away_s >= AWAY_S
        self._adopted = await self._agent.reachable()
        return self._adopted

    async def _ring(self, orders: Sequence[WakeupOrder]) -> None:
        """All bells in one step; then it is written."""
        now = self._now()
        asked = [(self._calls.call(self._hotel.house, order, self._planner.when(order)), order) for order in orders]
        coming = frozenset(self._agent.coming_up)
        self._held |= {order.id for call, order in asked if call.endpoints and coming.issuperset(call.endpoints)}
        asked = [(call, order) for call, order in asked if order.id not in self._held]
        silent = [order for call, order in asked if not call.endpoints]
        calls = [call for call, order in asked if call.endpoints]
        self._busy |= {order.id: call.id if call.endpoints else "" for call, order in asked}
        if calls:
            begin = partial(self._ledger.begin, [order for call, order in asked if call.endpoints], now)
            await self._agent.change(lambda agent, at: _wake(agent, calls, partial(self._ledger.later, begin), at))
        for order in silent:  # a room without a telephone of this box
            self._ledger.later(partial(self._prompt, order))

    async def _look_for_lost(self) -> None:
        """An attempt whose report does not come is made again; at last it is late, and a person is told."""
        mine = [key for order, key in self._busy.items() if key and order not in self._ledger.over_unwritten]
        for key in await self._unheard.look(mine):
            log.error("never-told", wakeup=key)
            self._ledger.later(partial(self._let_go, key))

    async def _let_go(self, key: str) -> None:
        if self._busy.get(order_id_of(key)) == key:
            self._release(order_id_of(key))

    def _release(self, order_id: str) -> None:
        """It may be looked at again."""
        self._busy.pop(order_id, None)
        self._wake_up.set()

    # ------------------------------------------------------------------------------------------- what has happened

    async def _prompt(self, order: WakeupOrder) -> None:
        """A person is to do it; one that has given no outcome in time has not done it."""
        if order.state != "ringing" or not order.attempts or order.attempts[-1].ended is not None:
            await self._ledger.begin([order], self._now())
        self._expires[order.id] = self._clock.monotonic() + self._rules_of(order).late_s
        await self._persons.due(order)

    def _end_patience(self) -> None:
        for order_id in [key for key, until in self._expires.items() if until <= self._clock.monotonic()]:
            del self._expires[order_id]
            order = self._hotel.house.wakeups.get(order_id)
            if order is not None:
                self._ledger.later(partial(self._miss, order))

    async def _conclude(self, report: WakeupReport) -> None:
        """What a report leads to is done at once, also where the disk does not take it yet."""
        self._stopping.discard(report.id)
        order = self._order_of(report.id)
        if order is None:
            self._busy.pop(order_id_of(report.id), None)
            await self._noted(report)
            return
        made = max(self._made[_occurrence(order)], attempts_made(order)) + (report.outcome != "stopped")
        self._made[_occurrence(order)] = 0 if report.outcome == "snoozed" else made
        what = verdict(report.outcome, made, utc(report.ended_utc_ns), self._rules_of(order))
        log.info("attempt", room=order.room, wakeup=order.id, number=made, outcome=report.outcome)
        if isinstance(what, Finished) and what.state != "answered":  # first, as we may die before the next step
            await self._persons.failed(order, what.state, lifted=report.outcome == "no-key")
        written = await self._ledger.attempt(order, report, what)
        if written or isinstance(what, Again):
            self._settle(order, what, busy=report.outcome == "busy", written=written)

    def _settle(self, order: WakeupOrder, what: Finished | Again, *, busy: bool, written: bool) -> None:
        self._planner.forget(order.id, busy=busy)
        if isinstance(what, Finished):
            self._made.pop(_occurrence(order), None)
        elif not written:
            self._planner.again(order, what.at)
        self._release(order.id)

    async def _write_again(self) -> None:
        for order in await self._ledger.write_again():
            self._made.pop(_occurrence(order), None)
            self._release(order.id)

    async def _noted(self, report: WakeupReport) -> None:
        """The gateway need not keep it any longer."""
        entry = report.entry
        if entry is not None:
            await self._agent.change(lambda agent, now: agent.wakeup_noted((entry,), now))

    async def _miss(self, order: WakeupOrder) -> None:
        """It was not rung in time, or by nobody's hand."""
        if moved(order, self._hotel.house):  # just before
            self._release(order.id)
            return
        log.warning("missed", room=order.room, wakeup=order.id)
        state: WakeupState = "not_answered" if order.state == "ringing" else "missed"
        await self._persons.failed(order, state)
        if await self._ledger.over(order, state):
            self._settle(order, Finished(state), busy=False, written=True)

    # ---------------------------------------------------------------------------------------------------- inside

    def _now(self) -> datetime:
        return self._clock.utc()

    def _order_of(self, call: str) -> WakeupOrder | None:
        return self._calls.order_of(call, self._hotel.house)

    def _is_late(self, order: WakeupOrder) -> bool:
        return self._now() - self._planner.when(order) > timedelta(seconds=self._rules_of(order).late_s)


def _occurrence(order: WakeupOrder) -> tuple[str, datetime | None]:
    return order.id, order.rings


def _wake(agent: CallAgent, calls: Sequence[Wakeup], begun: Callable[[], None], now: Instant) -> list[Decision]:
    begun()  # before anything is told of them: of a telephone that is busy it is told at once
    return [decision for call in calls for decision in agent.wake(call, 1, now)]


def _stop_wakeup(call: str, agent: CallAgent, now: Instant) -> list[Decision]:
    return agent.stop_wakeup(call, now)
