"""The store's one thread: every read and write of the databases, in order, away from the event loop."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from firmware.details import Detail
from firmware.errors import UnavailableError
from firmware.log import Log
from firmware.store import Repositories, StorageError
from firmware.store.database import NOT_KEPT

T = TypeVar("T")
TRY_COPY_S = 600.0
COPY_EVERY_S = 3600.0 - TRY_COPY_S
"""None gets older than an hour: whether it is due is seen to every ten minutes."""
FRESH_S = 300.0
"""A copy that is not older will do after a start."""
LOOK_EVERY_S = 10.0
PATIENCE_S = 1.0
"""How long people wait for a disk that does not answer before they are told so."""
HANGS_S = 10.0
"""A disk that takes longer over one piece of work is in trouble: a card that tidies up takes a second or two."""
WATCH_EVERY_S = 1.0
HANGS = Detail("database-hangs", "the disk does not answer: what is to be kept waits for it")

log = Log("store")


class StorageLateError(StorageError):
    """The disk has not done it in time, and is still at it, or at what comes before it: `work` ends when it is done."""

    def __init__(self, work: asyncio.Future[Any]) -> None:
        super().__init__(HANGS.text)
        self.detail = HANGS
        self.work = work


class StoreThread:
    """`await store.do(lambda kept: kept.alarms.shown(...))`; raises StorageError when the database cannot.

    A piece of work that is late has failed as far as anybody knows, until it is done.
    """

    def __init__(self, make: Callable[[], Repositories]) -> None:
        self._make = make
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="store")
        self._kept: Repositories | None = None
        self._late = 0
        """Pieces of work that somebody has ceased to wait for, and that are not done."""
        self._begun: float | None = None
        """When the one began that the thread is at, by the monotonic clock."""
        self._found: tuple[Detail, ...] = ()
        self._hangs = False
        self.trouble: str | None = None
        self.details: tuple[Detail, ...] = ()
        """What a person should know of how the databases were opened, or of the last failure."""
        self.on_trouble: Callable[[str | None], None] = lambda text: None
        self.on_kept_again: Callable[[], object] = lambda: None
        """Told when a database that could not be written at the start can be, and is another one than before."""
        self.on_caught_up: Callable[[], object] = lambda: None
        """Told when all is done that was late, be it well or not."""

    async def open(self) -> None:
        """Open the databases; never raises for their condition, which is in `trouble`."""
        self._kept = await self._in_thread(self._make)
        self._note_opening()

    @property
    def is_late(self) -> bool:
        """The disk has taken longer over something than somebody had time: what is behind it is not done before."""
        return self._late > 0

    @property
    def is_lasting(self) -> bool:
        """What is written, but for the audit, is on the disk; else only in memory, until the database can be opened."""
        kept = self._kept
        return kept is not None and not any(database.condition in NOT_KEPT for database in kept.databases[:1])

    async def do(self, work: Callable[[Repositories], T], within_s: float | None = None) -> T:
        """Run `work` in the store's thread. Raises StorageError, or what `work` raises on purpose.

        Who waits no longer than `within_s` gets a StorageLateError then, at once where the disk is late already; the
        work is done none the less, in its order.
        """
        kept = self._kept
        if kept is None:
            raise UnavailableError("the store is not open")
        outcome = self._outcome(kept, self._in_thread(lambda: work(kept)))
        if within_s is None:
            return await outcome
        ending = asyncio.ensure_future(outcome)
        try:
            return await asyncio.wait_for(asyncio.shield(ending), 0 if self.is_late else within_s)
        except TimeoutError:
            self._late += 1
            ending.add_done_callback(self._end_late)
            raise StorageLateError(ending) from None

    async def watch(self) -> None:
        """Tell of a disk that hangs, and when it moves again, until cancelled.

        Looks are counted, as a process that was frozen has no hanging disk.
        """
        begun, looks = None, 0
        while True:
            looks = looks + 1 if begun is not None and begun == self._begun else 0
            begun = self._begun
            self._hangs = looks * WATCH_EVERY_S >= HANGS_S
            self._say()
            await asyncio.sleep(WATCH_EVERY_S)

    async def keep_copies(self) -> None:
        """See that the files are there, and make a good copy at once and every hour, until cancelled."""
        await self.copy(FRESH_S)
        while True:
            await self.copy()
            for _ in range(int(TRY_COPY_S / LOOK_EVERY_S)):
                await asyncio.sleep(LOOK_EVERY_S)
                await self.look()

    async def copy(self, every_s: float = COPY_EVERY_S) -> None:
        """Make the copies that are so old; records and alarms need not wait for them."""
        if (kept := self._kept) is None:
            return
        for database in kept.databases:
            if not database.copy_is_due(every_s):
                continue
            try:
                await asyncio.to_thread(database.copy)
                log.info("copied", database=database.name)
            except StorageError as error:
                await self._after_failure(kept, error)

    async def look(self) -> None:
        """See that the databases' files are in their place and can be written; what was mended is told."""
        is_other, is_kept_again = await self.do(_look)
        if is_other:
            self._note_opening()
        if is_kept_again:
            self.on_kept_again()

    async def close(self) -> None:
        """All that is kept is in a last copy, too."""
        if self._kept is not None:
            for database in self._kept.databases:
                try:
                    await asyncio.to_thread(database.copy)
                except StorageError as error:
                    log.error("not-copied", error=error)
            await self._in_thread(self._kept.close)
            self._kept = None
        self._thread.shutdown()

    async def _outcome(self, kept: Repositories, work: Awaitable[T]) -> T:
        try:
            return await work
        except StorageError as error:
            await self._after_failure(kept, error)
            raise

    def _end_late(self, work: asyncio.Future[Any]) -> None:
        self._late -= 1
        if work.cancelled():
            return
        if (error := work.exception()) is not None:
            log.error("failed-late", error=error)
        if not self.is_late:
            self.on_caught_up()

    async def _after_failure(self, kept: Repositories, error: StorageError) -> None:
        """A damaged file is replaced at once; a full or read-only one is only told of."""
        log.error("failed", error=error)
        if any(word in str(error) for word in ("malformed", "not a database")):
            await self._in_thread(lambda: _reopen(kept))
            self._note_opening()
        else:
            self._tell(Detail("database-failed", str(error), {"reason": str(error)}))

    def recovered(self) -> None:
        """A write went well again."""
        if self._kept is not None and not any(database.trouble for database in self._kept.databases):
            self._tell()

    def _note_opening(self) -> None:
        self._tell(*(database.detail for database in (self._kept.databases if self._kept else ()) if database.detail))

    def _tell(self, *details: Detail) -> None:
        self._found = details
        self._say()

    def _say(self) -> None:
        details = (*self._found, HANGS) if self._hangs else self._found
        text = "; ".join(map(str, details)) or None
        if text != self.trouble:
            self.trouble, self.details = text, details
            self.on_trouble(text)

    def _in_thread(self, work: Callable[[], T]) -> asyncio.Future[T]:
        """It has its place among the others from now on."""
        return asyncio.get_running_loop().run_in_executor(self._thread, self._timed, work)

    def _timed(self, work: Callable[[], T]) -> T:
        self._begun = time.monotonic()
        try:
            return work()
        finally:
            self._begun = None


def _look(kept: Repositories) -> tuple[bool, bool]:
    """Whether there is other trouble than before, and whether one of them is kept since now."""
    before = [(database.trouble, database.condition in NOT_KEPT) for database in kept.databases]
    for database in kept.databases:
        database.look()
    kept.doubt_after_loss()
    after = [(database.trouble, database.condition in NOT_KEPT) for database in kept.databases]
    pairs = list(zip(before, after, strict=True))
    return before != after, any(was and not now for (_, was), (_, now) in pairs)


def _reopen(kept: Repositories) -> None:
    for database in kept.databases:
        database.reopen()
    kept.doubt_after_loss()
