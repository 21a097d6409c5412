"""What waits on disk for a PMS: one charge and one news at a time, until it is known what has become of each."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Literal, Protocol

from firmware.hotel.service import Store
from firmware.log import Log
from firmware.pms.machine import Moment, Output, PmsMachine, Told
from firmware.pms.model import Posting
from firmware.pms.rooms import RoomNames

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


class Owed:
    """Of one link; `outbox` None: it posts nothing. After a StorageError, `may_have_more` makes it try again."""

    def __init__(self, link: str, machine: PmsMachine, rooms: RoomNames, outbox: Outbox | None, store: Store) -> None:
        self.waiting = 0
        """News and charges, when they were last counted."""
        self._link = link
        self._machine = machine
        self._rooms = rooms
        self._outbox = outbox
        self._store = store
        self._counted = False
        self._lanes: set[Literal["news", "posting"]] = set()
        """Those for which something may wait."""
        self._news_key: int | None = None
        self._posting: Posting | None = None
        self._unkept: list[Callable[[], Awaitable[None]]] = []
        """What the PMS has told us and the disk has not taken yet."""
        self.may_have_more()

    def may_have_more(self) -> None:
        self._lanes, self._counted = {"news", "posting"}, False

    def begin_anew(self) -> None:
        """Nobody will tell what has become of the one that was given: it is as one that was not answered."""
        self._posting = self._news_key = None
        self.may_have_more()

    async def give(self, now: Callable[[], Moment]) -> Sequence[Output] | None:
        """What the machine makes of the next; None: it takes none now, or there is none. Charges go first.

        Nothing is given before all that was told of earlier ones is on disk. Raises StorageError.
        """
        while self._unkept:
            await self._unkept[0]()
            del self._unkept[0]
            self._counted = False
        outputs = await self._give_posting(now)
        return outputs if outputs is not None else await self._give_news(now)

    async def _give_posting(self, now: Callable[[], Moment]) -> Sequence[Output] | None:
        if "posting" not in self._lanes or self._posting is not None or not self._machine.takes_posting():
            return None
        self._lanes.discard("posting")  # now: it may have more while the disk is asked
        found = None if self._outbox is None else await self._outbox.next(self._link)
        if found is None:
            return None
        self._lanes.add("posting")
        self._posting, repeat = found
        return self._machine.post(self._rooms.theirs(self._posting), repeat, now())

    async def _give_news(self, now: Callable[[], Moment]) -> Sequence[Output] | None:
        if "news" not in self._lanes or self._news_key is not None or not self._machine.takes_news():
            return None
        self._lanes.discard("news")
        found = await self._store.do(lambda kept: kept.pms.next_news(self._link))
        if found is None:
            return None
        self._lanes.add("news")
        self._news_key, news = found
        return self._machine.tell(self._rooms.theirs(news), now())

    def note_told(self, told: Told) -> None:
        """What has become of the one that was given."""
        self._counted = False
        if told.lane == "posting":
            posting, self._posting = self._posting, None
            if posting is not None and self._outbox is not None:
                self._unkept.append(partial(self._outbox.told, posting, told, self._link))
            return
        key, self._news_key = self._news_key, None
        if key is not None and told.outcome not in ("again", "unanswered"):
            self._unkept.append(partial(self._drop_news, key))
        if told.outcome == "refused":
            log.warning("not-told", link=self._link, status=told.status, text=told.text)

    async def _drop_news(self, key: int) -> None:
        await self._store.do(lambda kept: kept.pms.told(key))

    async def count(self) -> bool:
        """Whether another number waits than before. Raises StorageError."""
        if self._counted:
            return False
        self._counted = True
        waiting = await self._store.do(lambda kept: kept.pms.waiting(self._link))
        if self._outbox is not None:
            waiting += await self._outbox.waiting()
        before, self.waiting = self.waiting, waiting
        return waiting != before
