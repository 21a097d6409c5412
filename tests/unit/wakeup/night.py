"""A night at a small hotel: the wake-up service with a clock that stands still, a store in memory, and a gateway whose
telephones do what the test says.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

from firmware.clock import VirtualClock
from firmware.config.schema import LANGUAGES
from firmware.exchange.agent import CallAgent
from firmware.exchange.decisions import Decision, WakeupReport
from firmware.exchange.numbering import Instant
from firmware.gateway.messages import Wakeup, WakeupOutcome
from firmware.hotel.model import Guest, WakeupOrder, WakeupState
from firmware.hotel.service import By, HotelService
from firmware.store import StorageError, in_memory
from firmware.supervisor.store_thread import StoreThread
from firmware.wakeup.calls import WakeupCalls
from firmware.wakeup.orders import Orderer, Placed, Wanted, place
from firmware.wakeup.planner import Bells, Planner
from firmware.wakeup.rules import Rulebook, Rules
from firmware.wakeup.service import WakeupService

WARSAW = ZoneInfo("Europe/Warsaw")
ROOMS = ("101", "102", "103", "104")
DESK = By("anna", "desk")


class Gateway:
    """What an agent and its gateway do with wake-ups, as far as the service can tell."""

    def __init__(self) -> None:
        self.rung: list[Wakeup] = []
        self.stopped: list[str] = []
        self.noted: list[str] = []
        self.standing: set[str] = set()
        self.lodged: tuple[Wakeup, ...] = ()
        self.lodgings = 0
        self.answers = True
        self.coming_up: frozenset[str] = frozenset()
        self.busy: Callable[[Wakeup], list[Decision]] = lambda wakeup: []
        """What is told at once of one whose telephone is busy."""
        self.on_report: Callable[[WakeupReport], None] = lambda report: None
        self.on_asked: Callable[[], Awaitable[None]] = lambda: asyncio.sleep(0)
        """It takes a while to say whether it is there."""

    async def change(self, how: Callable[[CallAgent, Instant], list[Decision]]) -> None:
        for decision in how(cast(CallAgent, self), cast(Instant, None)):
            self.on_report(cast(WakeupReport, decision))

    async def reachable(self) -> bool:
        await self.on_asked()
        return self.answers

    def wake(self, wakeup: Wakeup, attempt: int, now: Instant) -> list[Decision]:
        self.rung.append(wakeup)
        self.standing.add(wakeup.id)
        return self.busy(wakeup)

    def standing_wakeups(self) -> frozenset[str]:
        return frozenset(self.standing)

    def stop_wakeup(self, key: str, now: Instant) -> list[Decision]:
        self.stopped.append(key)
        return []

    def lodge_wakeups(self, revision: str, wakeups: tuple[Wakeup, ...], now: Instant) -> list[Decision]:
        self.lodged = wakeups
        self.lodgings += 1
        return []

    def wakeup_noted(self, entries: tuple[str, ...], now: Instant) -> list[Decision]:
        self.noted += entries
        return []


class NoTelephones:
    """Of what the hotel tells them nothing matters here."""

    async def change(self, how: Callable[[CallAgent, Instant], list[Decision]]) -> None: ...


class People:
    """Who was told of what."""

    def __init__(self) -> None:
        self.failures: list[tuple[str, WakeupState]] = []
        self.lifted: list[str] = []
        """Those of which the handset was lifted."""
        self.asked: list[str] = []
        self.relieved: list[str] = []
        self.on_failed: Callable[[], None] = lambda: None

    async def failed(self, order: WakeupOrder, state: WakeupState, *, lifted: bool = False) -> None:
        self.failures.append((order.room, state))
        self.lifted += [order.room] if lifted else []
        self.on_failed()

    async def due(self, order: WakeupOrder) -> None:
        self.asked.append(order.room)

    async def done(self, order: WakeupOrder) -> None:
        self.relieved.append(order.room)


class BrokenStore(StoreThread):
    """One whose disk can be full."""

    full = False

    async def do(self, work: Callable[[Any], Any], within_s: float | None = None) -> Any:
        if self.full:
            raise StorageError("the disk is full")
        return await super().do(work, within_s)


class Night:
    """`at`: the wall time at which it begins."""

    def __init__(
        self,
        at: str,
        zone: ZoneInfo = WARSAW,
        rulebook: Rulebook | None = None,
        places: int = 10,
        rooms: Sequence[str] = ROOMS,
    ) -> None:
        self.zone = zone
        self.clock = VirtualClock(datetime.fromisoformat(at).replace(tzinfo=zone).astimezone(UTC))
        self.store = BrokenStore(in_memory)
        self.gateway, self.people = Gateway(), People()
        self.hotel = HotelService({room: [room] for room in rooms}, [], self.store, NoTelephones(), self.clock)
        self.book = rulebook or Rulebook()
        self.speaks: Sequence[str] = LANGUAGES
        self._ids = itertools.count(1)
        self._entries = itertools.count(1)
        ports = {room: [f"fxs/{place}"] for place, room in enumerate(rooms, 1)}
        planner = Planner(zone, Bells(places, (1000, 4000)), self._rules_of, lambda order: 1)
        calls = WakeupCalls(
            ports, zone, ("112",), self._rules_of, "en", lambda: self.speaks, lambda guest, language: None
        )
        self.service = WakeupService(
            self.hotel, self.gateway, self.clock, zone, self._rules_of, planner, calls, self.people
        )
        self.hotel.on_changed = lambda before, after, rooms: self.service.changed(before, after)

    def _rules_of(self, order: WakeupOrder) -> Rules:
        return self.book.rules_of(order, self.hotel.house.rooms.get(order.room))

    @asynccontextmanager
    async def running(self, standing: Sequence[str] = ()) -> AsyncIterator[Night]:
        """The gateway has just been adopted."""
        await self.store.open()
        await self.hotel.load()
        keeping = asyncio.ensure_future(self.service._ledger.run())
        self.service.adopted(standing)
        await self.service.written()
        try:
            yield self
        finally:
            keeping.cancel()
            await self.store.close()

    # ---- what people do

    async def order(self, room: str, at: str, **more: Any) -> WakeupOrder:
        wanted = Wanted(rooms=(room,), at=datetime.fromisoformat(at), **more)
        by, now = Orderer("anna", "desk"), self.clock.utc()

        def work(draft: Any) -> list[Placed]:
            return place(draft, wanted, now, self.zone, lambda: f"w{next(self._ids)}", by)

        return (await self.hotel.change(DESK, work))[0].order

    async def check_in(self, room: str, **more: Any) -> None:
        guest = Guest(id=f"g{next(self._ids)}", name="Holm", **more)
        await self.hotel.change(DESK, lambda draft: draft.check_in(room, guest, share=True))

    async def cancel(self, order: WakeupOrder) -> None:
        await self.hotel.change(DESK, lambda draft: draft.cancel_wakeups([order]))

    # ---- what happens

    async def look(self) -> None:
        await self.service.look()
        await self.service.written()

    async def pass_time(self, seconds: float, every: float = 1.0) -> None:
        """The service looks at the clock every so often, and at the end."""
        while seconds > 0:
            self.clock.advance(min(every, seconds))
            seconds -= every
            await self.look()

    async def until(self, wall: str) -> None:
        """To this wall time, without anybody looking before."""
        there = datetime.fromisoformat(wall).replace(tzinfo=self.zone).astimezone(UTC)
        self.clock.advance((there - self.clock.utc()).total_seconds())
        await self.look()

    async def ends(self, outcome: WakeupOutcome, which: int = -1, after_s: float = 5.0) -> None:
        """An attempt is over, that long after it began."""
        call = self.gateway.rung[which]
        began = self.clock.utc()
        self.clock.advance(after_s)
        await self.told(call.id, outcome, began)

    async def told(self, key: str, outcome: WakeupOutcome, began: datetime, ended: datetime | None = None) -> str:
        entry = f"e{next(self._entries)}"
        began_ns, ended_ns = (round(instant.timestamp() * 1e9) for instant in (began, ended or self.clock.utc()))
        self.gateway.standing.discard(key)
        self.service.report(WakeupReport(key, outcome, began_ns, ended_ns, entry))
        await self.service.written()
        await self.look()
        return entry

    @property
    def rooms_rung(self) -> list[str]:
        return [ROOMS[int(call.endpoints[0].removeprefix("fxs/")) - 1] for call in self.gateway.rung]

    def state_of(self, order: WakeupOrder) -> WakeupState:
        """As it is now, or was when it ended."""
        now = self.hotel.house.wakeups.get(order.id)
        over = [one.state for one in self.hotel.house.over if one.order == order.id]
        return now.state if now is not None else over[-1]
