"""What has become of wake-ups, on its way to the disk: in its order, and again while the disk takes nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Coroutine, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from firmware.exchange.decisions import WakeupReport
from firmware.hotel.draft import Draft
from firmware.hotel.house import House
from firmware.hotel.model import WakeupOrder, WakeupState
from firmware.hotel.service import By, HotelService
from firmware.log import Log
from firmware.store import StorageError
from firmware.wakeup import schedule
from firmware.wakeup.planner import utc
from firmware.wakeup.verdict import Again, Finished

SYSTEM = By("wake-up", "system")
BELL_LATE = timedelta(seconds=2)
"""So much later than it was asked for may a bell be; one that rings later still rings for another attempt."""
PATIENCE_S = 1.0
"""How long what happens next, and people who are to be told of it, wait for the disk; once, not for each change."""

log = Log("wakeup")


@dataclass(frozen=True, slots=True)
class _Unwritten:
    """What has become of an order; `over`: it is not to ring any more."""

    order: WakeupOrder
    work: Callable[[Draft], None]
    over: bool
    report: WakeupReport | None = None


class Ledger:
    """`noted` is told of each report that is on disk."""

    def __init__(self, hotel: HotelService, noted: Callable[[WakeupReport], Coroutine[Any, Any, None]]) -> None:
        self._hotel = hotel
        self._noted = noted
        self._queue: asyncio.Queue[Callable[[], Coroutine[Any, Any, None]]] = asyncio.Queue()
        self._unwritten: list[_Unwritten] = []
        self._begun: set[str] = set()
        """Orders whose attempt we have begun, on a gateway that has not been away since."""
        self._late: set[asyncio.Task[None]] = set()
        """Changes that the disk has not taken in time, and may take yet."""

    # ------------------------------------------------------------------------------------------------- in its order

    def later(self, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """After all that has happened so far."""
        self._queue.put_nowait(work)

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            work = await self._queue.get()
            await work()
            self._queue.task_done()

    async def written(self) -> None:
        """Until all that has happened so far is dealt with."""
        await self._queue.join()

    # ------------------------------------------------------------------------------------------------------ writing

    def lost(self) -> None:
        """The gateway is away: it may die, and begin an attempt anew."""
        self._begun.clear()

    async def begin(self, orders: Sequence[WakeupOrder], at: datetime) -> None:
        """Attempts have begun; those of orders that were changed just then are none."""

        def work(draft: Draft) -> None:
            for order in orders:
                here = draft.wakeups.get(order.id)
                if here is not None and here.rings == order.rings:
                    draft.begin_attempt(order.id, at)

        self._begun |= {order.id for order in orders}
        try:
            await self._change(work)
        except StorageError as error:  # the gateway has it on its disk when it is over
            log.error("not-kept", what="attempt", error=error)

    async def attempt(self, order: WakeupOrder, report: WakeupReport, what: Finished | Again) -> bool:
        """An attempt is over, and what follows from it; whether it is on disk now, and not only later.

        When its bell rang is known of one that the gateway has told.
        """
        began = None if report.entry is None else utc(report.started_utc_ns)
        work = partial(_told, order, report.outcome, began, utc(report.ended_utc_ns), what, order.id in self._begun)
        self._begun.discard(order.id)
        return await self._write(_Unwritten(order, work, isinstance(what, Finished), report))

    async def over(self, order: WakeupOrder, state: WakeupState) -> bool:
        """Without an attempt; see `attempt`."""
        return await self._write(_Unwritten(order, partial(_over, order, state), over=True))

    async def by_person(self, order: WakeupOrder, state: WakeupState, at: datetime, by: By) -> None:
        """What a person says has become of it. Raises StorageError."""
        await self._hotel.change(by, partial(_told, order, "person", None, at, Finished(state), True))

    async def _write(self, one: _Unwritten) -> bool:
        try:
            await self._change(one.work)
        except StorageError as error:
            log.error("not-kept", wakeup=one.order.id, error=error)
            self._unwritten.append(one)
            return False
        if one.report is not None:
            await self._noted(one.report)
        return True

    async def _change(self, work: Callable[[Draft], None]) -> None:
        """Raises StorageError. What the disk is late with it may do yet: a second time it changes nothing then."""
        change = asyncio.ensure_future(self._hotel.change(SYSTEM, work, wait=False))
        try:
            await asyncio.wait_for(asyncio.shield(change), 0 if self._late else PATIENCE_S)
        except TimeoutError:
            self._late.add(change)
            change.add_done_callback(self._end_late)
            raise StorageError("the disk does not answer") from None

    def _end_late(self, change: asyncio.Task[None]) -> None:
        self._late.discard(change)
        if not change.cancelled() and (error := change.exception()) is not None:
            log.error("not-kept-late", error=error)

    # -------------------------------------------------------------------------------------------------------- again

    @property
    def owes(self) -> bool:
        """Whether something is not on disk yet."""
        return bool(self._unwritten)

    @property
    def over_unwritten(self) -> Collection[str]:
        """Orders that the disk knows as still to ring."""
        return {one.order.id for one in self._unwritten if one.over}

    async def write_again(self) -> list[WakeupOrder]:
        """In their order; the orders that are over on disk, too, now. None while the disk does not answer."""
        if self._late:
            return []
        waiting, self._unwritten = self._unwritten, []
        return [one.order for one in waiting if await self._write(one) and one.over]


def moved(order: WakeupOrder, house: House) -> bool:
    """It is not to ring any more, or not there, or not then."""
    now = house.wakeups.get(order.id)
    return now is None or now.room != order.room or now.rings != order.rings


def _told(
    order: WakeupOrder,
    outcome: str,
    began: datetime | None,
    ended: datetime,
    what: Finished | Again,
    begun: bool,
    draft: Draft,
) -> None:
    """An attempt and what follows from it, on a draft; an order that is gone meanwhile is left alone.

    Unless we have `begun` it, it may be another one than the house knows of, which was cut off then. What the disk was
    late with may be written by now.
    """
    here = draft.wakeups.get(order.id)
    if here is None or here.rings != order.rings or any(attempt.ended == ended for attempt in here.attempts):
        return
    if outcome != "missed":  # that was none
        if began and not begun and here.state == "ringing" and began - here.attempts[-1].started > BELL_LATE:
            draft.begin_attempt(order.id, began)
        draft.end_attempt(order.id, outcome, ended, began)
    if isinstance(what, Again):
        draft.put_off(order.id, what.at, snoozed=what.snoozed)
    else:
        draft.finish(order.id, what.state, schedule.following(here))


def _over(order: WakeupOrder, state: WakeupState, draft: Draft) -> None:
    here = draft.wakeups.get(order.id)
    if here is not None and here.rings == order.rings:
        draft.finish(order.id, state, schedule.following(here))
