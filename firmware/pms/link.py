"""A PMS link at work: a connection, a protocol's machine, the house, and what the PMS is owed.

One task has everything to do with the machine; connections and services only leave notes in its queue. What came
together is one change of the house, on disk before the machine acknowledges it.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeAlias
from zoneinfo import ZoneInfo

from firmware.clock import Clock
from firmware.errors import RefusedError
from firmware.hotel.draft import Draft
from firmware.hotel.service import By, HotelService, Store
from firmware.links.link import Link, LinkUser
from firmware.log import Log
from firmware.pms.machine import (
    ClockHeard,
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
from firmware.pms.model import PmsEvent, ResyncBegun, ResyncEnded, ResyncWanted
from firmware.pms.owed import Outbox, Owed
from firmware.pms.reconcile import Reconciler
from firmware.pms.rooms import RoomNames
from firmware.pms.sparing import Sparing
from firmware.store import StorageError

MOST_UNREAD = 64 * 1024
"""Bytes that wait before the PMS is made to wait."""
TRY_AGAIN_S = 5.0
"""After the disk has refused."""
FAULT_PAUSE_S = 1.0
RESYNC_EVERY_S = 600.0
"""A resync by ourselves comes no sooner after the last one."""

Note: TypeAlias = Callable[[Moment], Sequence[Output]]

log = Log("pms")


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
    heard_clock: Callable[[datetime], None] = lambda local: None
    """Told what a PMS's clock shows: the hotel's wall time (naive)."""


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
        self._machine = machine
        self._reconciler = reconciler
        self._rooms = rooms
        self._owed = Owed(name, machine, rooms, outbox, around.store)
        self._alarm_after_s = alarm_after_s
        self._around = around
        self._sparing = Sparing()
        self._notes: asyncio.Queue[Note] = asyncio.Queue()
        self._unread: bytearray | None = None
        """What has come on this connection and is not taken yet."""
        self._not_alive_since = self._now().seconds
        self._missed_something = True
        """Since the last resync; true at the start, as nobody knows what was said while we were not there."""
        self._alarmed = False
        self._state: LinkState = "down"
        self._try_again_at: float | None = None
        self._resync_at = 0.0
        """Before that none is asked for by ourselves."""
        self._ask_at_once = False
        """The disk has not taken what the PMS has said, or the link was down for long: nothing is put off then."""

    @property
    def owed(self) -> int:
        """News and charges that wait."""
        return self._owed.waiting

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
        self._owed.may_have_more()
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
        said = asyncio.Event()

        def say_good_bye(now: Moment) -> Sequence[Output]:
            said.set()
            return self._machine.close(now)

        self._notes.put_nowait(say_good_bye)
        await said.wait()
        await self.link.drained()

    async def _work(self) -> None:
        """A connection that we make a mistake over is begun anew; the other links go on."""
        while True:
            try:
                await self._take_turn()
            except Exception as error:  # noqa: BLE001 - the machine may be in any state, and a new connection is a new start
                log.error("our-fault", link=self.name, error=repr(error))
                self.link.drop("a mistake of our own", "own-mistake")
                self._owed.begin_anew()
                self._missed_something = True
                await asyncio.sleep(FAULT_PAUSE_S)

    async def _take_turn(self) -> None:
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
        if not self._notes.empty():
            return self._notes.get_nowait()
        deadlines = (self._machine.next_deadline(), self._alarm_at(), self._try_again_at, self._resync_due_at())
        first = min((at for at in deadlines if at is not None), default=None)
        wait_s = None if first is None else max(0.0, first - self._now().seconds)
        try:
            async with asyncio.timeout(wait_s):  # wait_for would take no cancelling while a note comes
                return await self._notes.get()
        except TimeoutError:
            return None

    def _now(self) -> Moment:
        clock = self._around.clock
        return Moment(clock.monotonic(), clock.utc().astimezone(self._around.zone))

    async def _carry_out(self, outputs: Sequence[Output]) -> None:
        """And what follows from what was delivered, as long as there is more."""
        while outputs:
            delivered = [output.event for output in outputs if isinstance(output, Deliver)]
            for output in outputs:
                self._do(output)
            outputs = ()
            if delivered:
                refusals = await self._deliver(delivered)
                outputs = self._machine.handled(refusals, self._now())

    def _do(self, output: Output) -> None:
        match output:
            case Transmit(data=data):
                self.link.send(data)
            case Told():
                self._owed.note_told(output)
            case StateChanged(state=state, why=why):
                log.info("state", link=self.name, state=state, why=why)
            case Reconnect(why=why):
                log.warning("reconnects", link=self.name, why=why)
                self.link.drop(why)
            case Counted(what=what, kind=kind):
                self.counters[what] += 1
                self.kinds[what, kind] += 1
            case Noted():
                self._say(output)
            case ClockHeard(local=local):
                self._around.heard_clock(local)
            case Deliver():
                pass

    def _say(self, noted: Noted) -> None:
        """Of noise on the line a few lines, and how many there were."""
        left_out = self._sparing.passes(noted.verb, self._now().seconds)
        if left_out:
            log.info("left-out", link=self.name, what=noted.verb, lines=left_out)
        if left_out is not None:
            log.info(noted.verb, link=self.name, **noted.pairs)

    # ------------------------------------------------------------------------------------------------------- events

    async def _deliver(self, events: Sequence[PmsEvent]) -> list[str | None]:
        """One change of the house; why each event was refused, if it was."""
        now, before = self._now(), self._reconciler.memory

        def work(draft: Draft) -> list[str | None]:
            return [self._apply(event, draft, now) for event in events]

        try:
            refusals = await self._around.hotel.change(By(self.name, "pms"), work, link=self.name, wait=False)
        except StorageError as error:
            log.error("not-kept", link=self.name, events=len(events), error=error)
            self._reconciler.not_kept(before)
            self._missed_something = self._ask_at_once = True
            self._resync_at = self._try_again_at = now.seconds + TRY_AGAIN_S
            return [f"not kept: {error}"] * len(events)
        for verb, pairs in self._reconciler.take_notes():
            log.info(verb, link=self.name, **pairs)
        await self._look_at_resync(events, before.resyncs)
        return refusals

    def _apply(self, event: PmsEvent, draft: Draft, now: Moment) -> str | None:
        try:
            self._reconciler.apply(self._rooms.ours(event), draft, now)
        except RefusedError as refused:
            log.warning("refused", link=self.name, kind=type(event).__name__, why=refused)
            return str(refused)
        except Exception as error:  # noqa: BLE001 - a mistake over one record must not end the link, and it would again
            log.error("our-fault", link=self.name, kind=type(event).__name__, error=repr(error))
            return "our own fault"
        return None

    async def _look_at_resync(self, events: Sequence[PmsEvent], before: int) -> None:
        """One that the connection has cut off is wanted again; one that fell silent would again."""
        if any(isinstance(event, ResyncBegun) for event in events):
            log.info("resync", link=self.name)
        if self._reconciler.memory.resyncs > before:
            await self._note_resynced()
        elif self.state == "down" and any(isinstance(event, ResyncEnded) for event in events):
            self._missed_something = True

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
            due = self._resync_due_at()
            if due is not None and now >= due:
                await self._want_resync()
            while (outputs := await self._owed.give(self._now)) is not None:
                await self._carry_out(outputs)
                if not self._notes.empty():
                    break
            if await self._owed.count():
                self._around.changed(self.name)
        except StorageError as error:
            log.error("outbox", link=self.name, error=error)
            self._owed.may_have_more()
            self._try_again_at = now + TRY_AGAIN_S

    def _resync_due_at(self) -> float | None:
        """None: none is wanted, or the PMS cannot be asked. A Mitel PMS can before it has said anything."""
        can_be_asked = self._state == "alive" or self._machine.takes_news()
        wanted = self._missed_something and can_be_asked and self._try_again_at is None
        return self._resync_at if wanted else None

    async def _want_resync(self) -> None:
        """The PMS may have said something to nobody. After a start, or a resync that broke off, not too soon."""
        now = self._now().seconds
        last = await self._around.store.do(lambda kept: kept.pms.resynced(self.name))
        ago = RESYNC_EVERY_S if last is None else (self._around.clock.utc() - last).total_seconds()
        if 0 <= ago < RESYNC_EVERY_S and not self._ask_at_once:
            self._resync_at = now + RESYNC_EVERY_S - ago
            return
        await self.ask_for_resync()
        self._resync_at, self._missed_something, self._ask_at_once = now + RESYNC_EVERY_S, False, False

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
                self._owed.may_have_more()
                await self._around.alarms.clear("pms-link-down", self.name)
                self._alarmed = False
            self._around.changed(self.name)
        at = self._alarm_at()
        if at is not None and now >= at:
            self._alarmed = self._missed_something = self._ask_at_once = True
            self._resync_at = now
            text = f"the PMS link {self.name} is {self._state} ({self.link.why}); what happens is kept until it is back"
            await self._around.alarms.raise_alarm("pms-link-down", self.name, text)
