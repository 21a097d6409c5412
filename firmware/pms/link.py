"""A PMS link at work: a connection, a protocol's machine, the house, and what the PMS is owed.

One task has everything to do with the machine; connections and services only leave notes in its queue. What came
together is one change of the house, on disk before the machine acknowledges it.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Protocol, TypeAlias
from zoneinfo import ZoneInfo

from firmware.clock import Clock
from firmware.errors import RefusedError
from firmware.hotel.draft import Draft
from firmware.hotel.service import By, HotelService, Store
from firmware.links.link import Link, LinkUser
from firmware.log import Log
from firmware.pms.machine import (
    Counted,
    Deliver,
    LinkState,
    Moment,
    Noted,
    Output,
    PmsMachine,
    Reconnect,
    StateChanged,
    Told,
    Transmit,
)
from firmware.pms.model import PmsEvent, Posting, ResyncBegun, ResyncEnded, ResyncWanted
from firmware.pms.reconcile import Reconciler
from firmware.pms.rooms import RoomNames
from firmware.store import StorageError

MOST_UNREAD = 64 * 1024
"""Bytes that wait before the PMS is made to wait."""
TRY_AGAIN_S = 5.0
"""After the disk has refused."""
RESYNC_EVERY_S = 600.0
"""A resync by ourselves comes no sooner after the last one."""

Note: TypeAlias = Callable[[Moment], Sequence[Output]]

log = Log("pms")


class Outbox(Protocol):
    """The charges that this link posts; see `firmware.billing`."""

    async def next(self, link: str) -> tuple[Posting, bool] | None:
        """The oldest that is to be posted, with its number on disk, and whether it may have been sent before."""
        ...

    async def told(self, posting: Posting, told: Told, link: str) -> None:
        """What has come of it, on disk when this returns."""
        ...

    async def waiting(self) -> int: ...


class Alarms(Protocol):
    async def raise_alarm(self, kind: str, subject: str, text: str) -> None: ...

    async def clear(self, kind: str, subject: str) -> None: ...


@dataclass(frozen=True, slots=True)
class Around:
    """What all links have in common. `changed` is called when a link looks different."""

    hotel: HotelService
    store: Store
    alarms: Alarms
    clock: Clock
    zone: ZoneInfo
    changed: Callable[[str], None]


class PmsLink:
    """`outbox` None: this link posts nothing. `make_link` gives the connection's side for its user."""

    def __init__(
        self,
        name: str,
        protocol: str,
        machine: PmsMachine,
        reconciler: Reconciler,
        rooms: RoomNames,
        outbox: Outbox | None,
        alarm_after_s: float,
        around: Around,
        make_link: Callable[[LinkUser], Link],
    ) -> None:
        self.name = name
        self.protocol = protocol
        self.counters: Counter[str] = Counter()
        self.kinds: Counter[tuple[str, str]] = Counter()
        """How many of each record were received, sent, refused."""
        self.link = make_link(self)
        self.since = around.clock.utc()
        self.owed = 0
        """News and charges that wait."""
        self._owed_changed = True
        self._machine = machine
        self._reconciler = reconciler
        self._rooms = rooms
        self._outbox = outbox
        self._alarm_after_s = alarm_after_s
        self._around = around
        self._notes: asyncio.Queue[Note] = asyncio.Queue()
        self._unread: bytearray | None = None
        """What has come on this connection and is not taken yet."""
        self._not_alive_since = self._now().seconds
        self._missed_something = True
        """Since the last resync; true at the start, as nobody knows what was said while we were not there."""
        self._alarmed = False
        self._state: LinkState = "down"
        self._news_key: int | None = None
        self._posting: Posting | None = None
        self._waiting = {"news", "posting"}
        """The lanes for which something may wait on disk."""
        self._unkept: list[Callable[[], Awaitable[None]]] = []
        """What the PMS has told us and the disk has refused."""
        self._try_again_at: float | None = None

    @property
    def state(self) -> LinkState:
        return self._machine.state

    # ------------------------------------------------------------------------------------------- from the connection

    def opened(self) -> None:
        self._notes.put_nowait(self._machine.connected)

    def received(self, data: bytes) -> None:
        """All that has come until it is taken becomes one change."""
        if self._unread is None:
            unread = self._unread = bytearray()
            self._notes.put_nowait(lambda now: self._take(unread, now))
        self._unread += data
        if len(self._unread) > MOST_UNREAD:
            self.link.pause()

    def lost(self, why: str) -> None:
        self._unread = None
        self._notes.put_nowait(self._machine.lost)

    def _take(self, unread: bytearray, now: Moment) -> Sequence[Output]:
        if self._unread is unread:
            self._unread = None
        self.link.resume()
        return self._machine.received(bytes(unread), now)

    # -------------------------------------------------------------------------------------------------- from the house

    def look_for_more(self) -> None:
        """There may be news or charges for the PMS."""
        self._waiting, self._owed_changed = {"news", "posting"}, True
        self._notes.put_nowait(lambda now: [])

    async def ask_for_resync(self) -> None:
        """By hand. Raises StorageError."""
        at = self._around.clock.utc()
        await self._around.store.do(lambda kept: kept.pms.add_news([self.name], [ResyncWanted()], at))
        self.look_for_more()

    # ------------------------------------------------------------------------------------------------------- the task

    async def run(self) -> None:
        """Until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self.link.run())
            group.create_task(self._work())

    async def stop(self) -> None:
        """Say good-bye, and wait until it has gone out; the connection is closed by whoever ends `run`."""
        for output in self._machine.close(self._now()):
            if isinstance(output, Transmit):
                self.link.send(output.data)
        await self.link.drained()

    async def _work(self) -> None:
        while True:
            note = await self._next_note()
            if note is not None:
                await self._carry_out(note(self._now()))
            due = self._machine.next_deadline()
            if due is not None and due <= self._now().seconds:
                await self._carry_out(self._machine.tick(self._now()))
            await self._watch_life()
            await self._give_more()

    async def _next_note(self) -> Note | None:
        """None: a deadline has come."""
        deadlines = (self._machine.next_deadline(), self._alarm_at(), self._try_again_at)
        first = min((at for at in deadlines if at is not None), default=None)
        wait_s = None if first is None else max(0.0, first - self._now().seconds)
        try:
            return await asyncio.wait_for(self._notes.get(), wait_s)
        except TimeoutError:
            return None

    def _now(self) -> Moment:
        clock = self._around.clock
        return Moment(clock.monotonic(), clock.utc().astimezone(self._around.zone))

    async def _carry_out(self, outputs: Sequence[Output]) -> None:
        delivered = []
        for output in outputs:
            match output:
                case Transmit(data=data):
                    self.link.send(data)
                case Deliver(event=event):
                    delivered.append(event)
                case Told():
                    await self._note_told(output)
                case StateChanged(state=state, why=why):
                    log.info("state", link=self.name, state=state, why=why)
                case Reconnect(why=why):
                    log.warning("reconnects", link=self.name, why=why)
                    self.link.drop(why)
                case Counted(what=what, kind=kind):
                    self.counters[what] += 1
                    self.kinds[what, kind] += 1
                case Noted(verb=verb, pairs=pairs):
                    log.info(verb, link=self.name, **pairs)
        if delivered:
            refusals = await self._deliver(delivered)
            await self._carry_out(self._machine.handled(refusals, self._now()))

    # ------------------------------------------------------------------------------------------------------- events

    async def _deliver(self, events: Sequence[PmsEvent]) -> list[str | None]:
        """One change of the house; why each event was refused, if it was."""
        now = self._now()

        def work(draft: Draft) -> list[str | None]:
            return [self._apply(event, draft, now) for event in events]

        try:
            refusals = await self._around.hotel.change(By(self.name, "pms"), work, link=self.name, wait=False)
        except StorageError as error:
            log.error("not-kept", link=self.name, events=len(events), error=error)
            self._reconciler.forget_resync()
            self._missed_something = True
            self._try_again_at = now.seconds + TRY_AGAIN_S
            return [f"not kept: {error}"] * len(events)
        for verb, pairs in self._reconciler.notes:
            log.info(verb, link=self.name, **pairs)
        self._reconciler.notes.clear()
        if any(isinstance(event, ResyncEnded) and event.complete for event in events):
            await self._note_resynced()
        elif any(isinstance(event, ResyncBegun) for event in events):
            log.info("resync", link=self.name)
        return refusals

    def _apply(self, event: PmsEvent, draft: Draft, now: Moment) -> str | None:
        try:
            self._reconciler.apply(self._rooms.ours(event), draft, now)
        except RefusedError as refused:
            log.warning("refused", link=self.name, kind=type(event).__name__, why=refused)
            self.counters["refused"] += 1
            return str(refused)
        return None

    async def _note_resynced(self) -> None:
        self._missed_something = False
        at = self._around.clock.utc()
        log.info("resynced", link=self.name)
        try:
            await self._around.store.do(lambda kept: kept.pms.note_resynced(self.name, at))
        except StorageError as error:
            log.error("not-kept", link=self.name, error=error)

    # --------------------------------------------------------------------------------------------- what the PMS is owed

    async def _give_more(self) -> None:
        """What waits on disk, as far as the machine takes it now."""
        now = self._now().seconds
        if self._try_again_at is not None and now < self._try_again_at:
            return
        self._try_again_at = None
        try:
            await self._keep_unkept()
            if self._state == "alive" and self._missed_something:
                await self._want_resync()
            while await self._give_news() or await self._give_posting():
                await self._keep_unkept()
            await self._count_owed()
        except StorageError as error:
            log.error("outbox", link=self.name, error=error)
            self._try_again_at = now + TRY_AGAIN_S

    async def _keep_unkept(self) -> None:
        while self._unkept:
            await self._unkept[0]()
            del self._unkept[0]

    async def _give_news(self) -> bool:
        if "news" not in self._waiting or self._news_key is not None or not self._machine.takes_news():
            return False
        found = await self._around.store.do(lambda kept: kept.pms.next_news(self.name))
        if found is None:
            self._waiting.discard("news")
            return False
        self._news_key, news = found
        await self._carry_out(self._machine.tell(self._rooms.theirs(news), self._now()))
        return True

    async def _give_posting(self) -> bool:
        if "posting" not in self._waiting or self._posting is not None or not self._machine.takes_posting():
            return False
        found = None if self._outbox is None else await self._outbox.next(self.name)
        if found is None:
            self._waiting.discard("posting")
            return False
        self._posting, repeat = found
        await self._carry_out(self._machine.post(self._rooms.theirs(self._posting), repeat, self._now()))
        return True

    async def _note_told(self, told: Told) -> None:
        """What the disk refuses of it is kept before anything more is given."""
        if told.lane == "posting":
            posting, self._posting = self._posting, None
            if posting is not None and self._outbox is not None:
                self._unkept.append(partial(self._outbox.told, posting, told, self.name))
        else:
            key, self._news_key = self._news_key, None
            if key is not None and told.outcome not in ("again", "unanswered"):
                self._unkept.append(partial(self._drop_news, key))
            if told.outcome in ("refused", "not-served"):
                log.warning("not-told", link=self.name, why=told.outcome, status=told.status, text=told.text)
        self._owed_changed = True

    async def _drop_news(self, key: int) -> None:
        await self._around.store.do(lambda kept: kept.pms.told(key))

    async def _count_owed(self) -> None:
        if not self._owed_changed:
            return
        self._owed_changed = False
        owed = await self._around.store.do(lambda kept: kept.pms.waiting(self.name))
        if self._outbox is not None:
            owed += await self._outbox.waiting()
        if owed != self.owed:
            self.owed = owed
            self._around.changed(self.name)

    async def _want_resync(self) -> None:
        """After an outage, as the PMS may have said something to nobody; not in quick succession."""
        last = await self._around.store.do(lambda kept: kept.pms.resynced(self.name))
        if last is None or not 0 <= (self._around.clock.utc() - last).total_seconds() < RESYNC_EVERY_S:
            await self.ask_for_resync()
        self._missed_something = False

    # ------------------------------------------------------------------------------------------------------------ life

    def _alarm_at(self) -> float | None:
        if self._alarmed or self._state == "alive":
            return None
        return self._not_alive_since + self._alarm_after_s

    async def _watch_life(self) -> None:
        """One alarm when the link was down for long; a PMS that is back then is asked what it has said meanwhile."""
        now, before, self._state = self._now().seconds, self._state, self._machine.state
        if before != self._state:
            self.since = self._around.clock.utc()
            if before == "alive":
                self._not_alive_since = now
            if self._state == "alive":
                self._missed_something |= now - self._not_alive_since > self._alarm_after_s
                self._waiting = {"news", "posting"}
                await self._around.alarms.clear("pms-link-down", self.name)
                self._alarmed = False
            self._around.changed(self.name)
        at = self._alarm_at()
        if at is not None and now >= at:
            self._alarmed = True
            text = f"the PMS link {self.name} is {self._state} ({self.link.why}); what happens is kept until it is back"
            await self._around.alarms.raise_alarm("pms-link-down", self.name, text)
