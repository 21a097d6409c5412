"""The hotel's use cases: a change is whole on disk before it is the house, and then on the telephones at once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from msgspec.structs import replace

from firmware.clock import Clock
from firmware.errors import NightPorterError, UnavailableError
from firmware.exchange.agent import CallAgent
from firmware.exchange.decisions import Decision
from firmware.exchange.numbering import Instant
from firmware.hotel.draft import Draft
from firmware.hotel.house import House
from firmware.hotel.model import Room, Through
from firmware.log import Log
from firmware.store import Repositories
from firmware.store.model import AuditEntry

T = TypeVar("T")
SETTLE_S = 0.1

log = Log("hotel")


@dataclass(frozen=True, slots=True)
class By:
    """Who changes something, and through what."""

    name: str
    through: Through | str


class Store(Protocol):
    async def do(self, work: Callable[[Repositories], T]) -> T:
        """Raises StorageError, or what `work` raises on purpose."""
        ...


class Telephones(Protocol):
    async def change(self, how: Callable[[CallAgent, Instant], list[Decision]]) -> None: ...


class HotelService:
    """Who lives where, and what follows from it.

    `telephones`: the extensions of each room. `links`: the names of the PMS links, which hear of what others change.
    """

    def __init__(
        self,
        telephones: Mapping[str, Sequence[str]],
        links: Sequence[str],
        store: Store,
        agent: Telephones,
        clock: Clock,
    ) -> None:
        self._telephones = telephones
        self._links = links
        self._store = store
        self._agent = agent
        self._clock = clock
        self._turn = asyncio.Lock()
        self._at_work: set[asyncio.Task[Any]] = set()
        self._settles = False
        """The audit is going to be settled in a moment."""
        self.keeps_wakeups = False
        """Whether wake-up orders outlive a check-out."""
        self.house = House({room: Room(room=room) for room in telephones})
        self.on_changed: Callable[[House, House, Sequence[str]], None] = lambda before, after, rooms: None
        """Told of each change, with the rooms that look different now, when the telephones know of it."""

    async def load(self) -> None:
        """What the store knows. Raises StorageError."""
        async with self._turn:
            await self._load()
        await self.settle_audit()

    async def _load(self) -> None:
        kept = await self._store.do(lambda kept: kept.rooms.house(self._telephones))
        features = await self._store.do(lambda kept: kept.settings.features())
        silent = {number for (number, feature), value in features.items() if feature == "dnd" and value}
        rooms = {
            name: room if silent.isdisjoint(self._telephones[name]) else replace(room, dnd=True)
            for name, room in kept.rooms.items()
        }
        self.house = House(rooms, kept.messages, kept.wakeups, kept.over)

    def put_on_telephones(self, agent: CallAgent, now: Instant) -> list[Decision]:
        """All that the house is, for an agent that knows nothing yet."""
        return [
            decision
            for name, room in self.house.rooms.items()
            for decision in effects(agent, None, room, self._telephones[name], now)
        ]

    async def change(self, by: By, work: Callable[[Draft], T], *, link: str | None = None, wait: bool = True) -> T:
        """Do `work` on a draft and make it the house; what `work` returns.

        `link`: the PMS link that asked for it, which is told no news of it. `wait`: until it is on the telephones and
        in the audit. Raises what `work` raises and StorageError, and has changed nothing then. It is finished even if
        whoever waits for it goes away.
        """
        answer, told = await asyncio.shield(self._begin(self._change(by, work, link, wait)))
        if wait and told is not None:
            await told
        return answer

    async def _change(
        self, by: By, work: Callable[[Draft], T], link: str | None, wait: bool
    ) -> tuple[T, Awaitable[None] | None]:
        async with self._turn:
            before = self.house
            draft = Draft(before, self.keeps_wakeups, self._clock.utc())
            answer = work(draft)
            rooms = [room.room for room in draft.changed_rooms()]
            if draft.is_idle:
                return answer, None
            entries = self._audit_entries(by, draft)
            await self._store.do(lambda kept: self._keep(kept, draft, entries, link))
            self.house = draft.house()
            told = self._begin(self._tell(before, self.house, rooms, draft.touched_rooms()))
        if wait:
            await self.settle_audit()
        elif not self._settles:
            self._settles = True
            self._begin(self._settle_audit_soon())
        return answer, told

    def _begin(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        """It ends by itself, whether or not somebody waits for it."""
        task = asyncio.get_running_loop().create_task(work)
        self._at_work.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._at_work.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is not None and not isinstance(error, NightPorterError):
            log.error("change-failed", error=repr(error))

    async def _settle_audit_soon(self) -> None:
        """One for all that comes in quick succession."""
        await asyncio.sleep(SETTLE_S)
        self._settles = False
        await self.settle_audit()

    async def settle_audit(self) -> None:
        """What was changed here is in the audit's own database, too; what cannot be written there now stays due."""
        try:
            await self._store.do(_settle_audit)
        except UnavailableError as error:
            log.error("audit-due", error=error)

    def _audit_entries(self, by: By, draft: Draft) -> list[AuditEntry]:
        now = self._clock.utc()
        return [
            AuditEntry(
                at=now, who=by.name, through=by.through, action=entry.action, subject=entry.room, room=entry.room,
                detail=dict(entry.detail),
            )
            for entry in draft.entries
        ]  # fmt: skip

    def _keep(self, kept: Repositories, draft: Draft, entries: Sequence[AuditEntry], by_link: str | None) -> None:
        with kept.together():
            kept.rooms.write(draft)
            kept.stays.write(draft, self._clock.utc())
            for room in draft.changed_rooms():
                if room.dnd != draft.before.rooms[room.room].dnd:
                    for number in self._telephones[room.room]:
                        kept.settings.put_features(number, {"dnd": room.dnd})
            for guest, to in draft.moved_guests().items():
                kept.charges.move([guest], to)
            kept.rooms.audit_later(entries)
            for link in self._links:
                kept.pms.add_news([link], draft.news_for(link, by_link), self._clock.utc())

    async def _tell(self, before: House, after: House, rooms: Sequence[str], touched: Sequence[str]) -> None:
        if rooms:
            await self._tell_telephones(before, after, rooms)
        self.on_changed(before, after, touched)

    async def _tell_telephones(self, before: House, after: House, rooms: Sequence[str]) -> None:
        def tell(agent: CallAgent, now: Instant) -> list[Decision]:
            return [
                decision
                for room in rooms
                for decision in effects(agent, before.rooms[room], after.rooms[room], self._telephones[room], now)
            ]

        try:
            await self._agent.change(tell)
        except UnavailableError as error:  # it is told all when it comes back
            log.warning("telephones-not-told", error=error)


def effects(
    agent: CallAgent, before: Room | None, after: Room, telephones: Sequence[str], now: Instant
) -> list[Decision]:
    """What a room's telephones and its callers notice of the change; `before` None: everything."""
    decisions: list[Decision] = []
    if before is None or before.shown_name != after.shown_name:
        agent.set_guest(after.room, after.shown_name)
    if before is None or before.language != after.language:
        agent.set_language(after.room, after.language)
    if before is None or before.occupied != after.occupied:
        decisions += agent.set_occupied(after.room, after.occupied, now)
    if before is None or before.cor != after.cor:
        decisions += agent.set_room_class(after.room, after.cor, now)
    for number in telephones:
        if before is None or before.dnd != after.dnd:
            decisions += agent.set_dnd(number, after.dnd, now)
        if before is None or bool(before.lamp) != bool(after.lamp):
            decisions += agent.set_lamp(number, bool(after.lamp), now)
        if before is not None and before.occupied and not _any_stays(before, after):
            decisions += agent.forget_redial(number, now)
    return decisions


def _any_stays(before: Room, after: Room) -> bool:
    """Whether somebody who lived there does still."""
    return not {guest.id for guest in before.guests}.isdisjoint(guest.id for guest in after.guests)


def _settle_audit(kept: Repositories) -> None:
    """Twice written is better than not at all: the audit is first."""
    while due := kept.rooms.audit_due():
        with kept.audit_together():
            for _, entry in due:
                kept.audit.add(entry)
        kept.rooms.audited([key for key, _ in due])
