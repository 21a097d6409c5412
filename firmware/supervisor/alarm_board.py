"""The desk's alarms: kept in the store, and still told while the store cannot keep them, or takes long over it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from functools import partial
from typing import TypeVar

from msgspec.structs import replace

from firmware.clock import Clock
from firmware.errors import RefusedError
from firmware.events import EventBus
from firmware.log import Log
from firmware.store import StorageError
from firmware.store.alarms import STORAGE, Alarms
from firmware.store.memory import MemoryAlarms
from firmware.store.model import Page, StoredAlarm, to_ms
from firmware.supervisor.beside import Beside
from firmware.supervisor.events import AlarmEvent
from firmware.supervisor.store_thread import PATIENCE_S, StorageLateError, StoreThread

T = TypeVar("T")

UNKEPT_IDS = 1_000_000_000
"""Alarms that the store could not keep are numbered from here, until it can."""
MOST_UNKEPT = 1000
OPEN = Page(limit=1001)
"""All that are not over, and more than anybody asks for at once."""
OCCURRENCES = frozenset(
    {"emergency-call", "emergency-no-line", "login-attack", "password-reset", "restored", "unpriced", "wakeup-failed"}
)
"""Kinds that happen rather than stand: to acknowledge one ends it."""

log = Log("alarm")


class AlarmBoard:
    """Raises, clears and acknowledges; each change is published as AlarmEvent, within a second or so.

    What the store is late with is told as if it could not keep it; when it has, the alarm has its place there.
    """

    def __init__(self, store: StoreThread, clock: Clock, bus: EventBus) -> None:
        self._store = store
        self._clock = clock
        self._bus = bus
        self._unkept = MemoryAlarms()
        self._kept_as: dict[int, int] = {}
        """What has become of the numbers of alarms that are kept by now: somebody may still see the old ones."""
        self._turn = asyncio.Lock()
        """One change at a time, in their order: the disk may take long over each."""
        self._known = MemoryAlarms()
        """Those in the store that were not over when it last answered, and what has become of them since."""
        self._undone: dict[tuple[str, str] | int, Callable[[Alarms], StoredAlarm | None]] = {}
        """What the store has refused, or may refuse yet: to clear a kind and subject, to acknowledge a number."""
        self._beside = Beside()
        store.on_caught_up = lambda: self._beside(self.keep())

    async def raise_alarm(self, kind: str, subject: str, text: str, *, facts: Mapping[str, str] | None = None) -> None:
        """Tell the desk, once while it stands. `facts`: see `StoredAlarm`."""
        await self._raise(kind, subject, text, facts)

    async def happen(
        self, kind: str, subject: str, text: str, *, facts: Mapping[str, str] | None = None
    ) -> StoredAlarm | None:
        """As `raise_alarm`, but it is a new one each time; one of before stays until somebody has seen it."""
        await self.clear(kind, subject)
        return await self._raise(kind, subject, text, facts)

    async def _raise(self, kind: str, subject: str, text: str, facts: Mapping[str, str] | None) -> StoredAlarm | None:
        now = self._clock.utc()
        async with self._turn:
            was_over = self._undone.pop((kind, subject), None) is not None  # or may have been told so
            try:
                alarm = await self._change(
                    lambda kept: (
                        kept.raise_alarm(kind, subject, text, now, facts)
                        or (_standing(kept, kind, subject) if was_over else None)
                    )
                )
            except StorageError as error:
                if isinstance(error, StorageLateError) and _standing(self._known, kind, subject) is not None:
                    return None
                alarm = self._numbered(self._unkept.raise_alarm(kind, subject, text, now, facts))
        if alarm is not None:
            log.warning("raised", kind=kind, subject=subject, text=text)
            self._bus.publish(AlarmEvent(alarm))
        return alarm

    async def clear(self, kind: str, subject: str) -> None:
        """Its cause is gone."""
        now = self._clock.utc()

        def clearing(alarms: Alarms) -> StoredAlarm | None:
            return alarms.clear(kind, subject, now)

        async with self._turn:
            cleared = [self._numbered(clearing(self._unkept))]
            try:
                cleared.append(await self._change(clearing))
            except StorageError as error:
                self._undone.setdefault((kind, subject), clearing)
                if isinstance(error, StorageLateError):
                    cleared.append(clearing(self._known))
                else:
                    log.error("not-kept", kind=kind, subject=subject, error=error)
        for alarm in cleared:
            if alarm is not None:
                log.info("cleared", kind=kind, subject=subject)
                self._bus.publish(AlarmEvent(alarm))

    async def acknowledge(self, number: int, who: str) -> StoredAlarm:
        """A person has seen it. Raises RefusedError (unknown-alarm) and StorageError."""
        now = self._clock.utc()
        async with self._turn:
            number = self._kept_as.get(number, number)
            if number >= UNKEPT_IDS:
                alarm = self._numbered(self._acknowledge(number - UNKEPT_IDS, who, now, self._unkept))
            else:
                alarm = await self._acknowledge_kept(number, who, now)
        if alarm is None:
            raise RefusedError("unknown-alarm", f"there is no alarm {number}", "id")
        self._bus.publish(AlarmEvent(alarm))
        return alarm

    async def shown(self, everything: bool, page: Page, *, patiently: bool = False) -> list[StoredAlarm]:
        """Latest first, be they kept or not; of those that are over none while the store does not answer.

        Who asks `patiently` waits for its answer as long as it takes: at the start nothing else is known.
        """
        kept = await self._shown_kept(everything, page, patiently)
        after = page.after and (page.after[0], page.after[1] - UNKEPT_IDS)
        unkept = self._unkept.shown(everything, Page(limit=page.limit, after=after))
        found = [alarm for alarm in map(self._numbered, unkept) if alarm is not None]
        known = set(map(_identity, found))  # the store may have them by now
        found += [alarm for alarm in kept if _identity(alarm) not in known]
        return sorted(found, key=lambda alarm: (alarm.raised, alarm.id), reverse=True)[: page.limit]

    async def keep(self) -> None:
        """The store can write again: give it what it could not keep when it happened. Raises StorageError."""
        await self._keep_undone()
        for number in sorted(alarm.id for alarm in self._unkept.shown(True, Page(limit=MOST_UNKEPT))):
            async with self._turn:
                alarm = self._unkept.get(number)
                if alarm is None:  # kept meanwhile
                    continue
                taken = await self._change(partial(_take, alarm, frozenset(self._kept_as.values())))
                self._unkept.drop(number)
                if taken is not None:
                    self._kept_as[number + UNKEPT_IDS] = taken.id
                    self._bus.publish(AlarmEvent(taken, former=number + UNKEPT_IDS))

    async def _keep_undone(self) -> None:
        for what, work in list(self._undone.items()):
            async with self._turn:
                if self._undone.get(what) is not work:  # it was raised anew, or is done
                    continue
                done = await self._change(work)
                del self._undone[what]
            if done is not None:
                self._bus.publish(AlarmEvent(done))

    async def standing(self, *, patiently: bool = False) -> list[StoredAlarm]:
        """Those whose cause is still there, as far as we know. `patiently`: see `shown`."""
        found = await self.shown(False, Page(limit=1000), patiently=patiently)
        return [alarm for alarm in found if alarm.cleared is None]

    async def clear_seen(self, kind: str, subject: str) -> None:
        """Its cause is gone; it stands until somebody has seen it, and for him this ends it."""
        for alarm in await self.standing(patiently=True):
            if (alarm.kind, alarm.subject) == (kind, subject) and alarm.acknowledged_at is not None:
                await self.clear(kind, subject)

    async def _acknowledge_kept(self, number: int, who: str, now: datetime) -> StoredAlarm | None:
        work = partial(self._acknowledge, number, who, now)
        try:
            return await self._change(work)
        except StorageLateError:
            if (alarm := work(self._known)) is None:
                raise
            self._undone.setdefault(number, work)
            return alarm

    def _acknowledge(self, number: int, who: str, now: datetime, alarms: Alarms) -> StoredAlarm | None:
        found = alarms.get(number)
        return found and alarms.acknowledge(number, who, now, self._is_over(found))

    async def _shown_kept(self, everything: bool, page: Page, patiently: bool) -> list[StoredAlarm]:
        within_s = None if patiently else PATIENCE_S
        if patiently or not self._store.is_late:  # else it would be asked again and again
            with contextlib.suppress(StorageError):
                if everything or page.after:
                    return await self._do(lambda kept: kept.shown(everything, page), within_s)
                self._known = MemoryAlarms(await self._do(lambda kept: kept.shown(False, OPEN), within_s))
        return self._known.shown(everything, page)

    async def _change(self, work: Callable[[Alarms], StoredAlarm | None]) -> StoredAlarm | None:
        """What has become of an alarm in the store. Raises StorageError."""
        done = await self._do(work, PATIENCE_S)
        if done is not None:
            self._known.put(done)
        return done

    async def _do(self, work: Callable[[Alarms], T], within_s: float | None) -> T:
        """Raises StorageError; what is late is done none the less."""
        return await self._store.do(lambda kept: work(kept.alarms), within_s)

    def _is_over(self, alarm: StoredAlarm) -> bool:
        """Whether nothing but a person's word is missing for its end."""
        return alarm.kind in OCCURRENCES or (alarm.kind == STORAGE and self._store.trouble is None)

    @staticmethod
    def _numbered(alarm: StoredAlarm | None) -> StoredAlarm | None:
        return alarm and replace(alarm, id=alarm.id + UNKEPT_IDS)


def _take(alarm: StoredAlarm, others: Collection[int], kept: Alarms) -> StoredAlarm | None:
    """As what it is kept: as what was written of it late, by itself, or as the one that stands there; as far as it
    has come meanwhile. `others`: what was taken before.
    """
    page = Page(limit=MOST_UNKEPT, after=(to_ms(alarm.raised) + 1, 0))
    late = [one for one in kept.shown(True, page) if _identity(one) == _identity(alarm) and one.id not in others]
    found = late[-1] if late else kept.take(alarm) or _standing(kept, alarm.kind, alarm.subject)
    if found is not None and found.cleared is None and alarm.cleared is not None:
        found = kept.clear(alarm.kind, alarm.subject, alarm.cleared)
    if found is not None and alarm.acknowledged_by is not None and alarm.acknowledged_at is not None:
        found = kept.acknowledge(found.id, alarm.acknowledged_by, alarm.acknowledged_at, ends=False)
    return found


def _standing(alarms: Alarms, kind: str, subject: str) -> StoredAlarm | None:
    standing = (one for one in alarms.shown(False, Page(limit=MOST_UNKEPT)) if one.cleared is None)
    return next((one for one in standing if (one.kind, one.subject) == (kind, subject)), None)


def _identity(alarm: StoredAlarm) -> tuple[str, str, int]:
    """The same whatever number it has, and whatever has become of it."""
    return alarm.kind, alarm.subject, to_ms(alarm.raised)
