"""The desk's alarms: kept in the store, and still told while the store cannot keep them."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping
from datetime import datetime
from functools import partial

from msgspec.structs import replace

from firmware.clock import Clock
from firmware.errors import RefusedError
from firmware.events import EventBus
from firmware.log import Log
from firmware.store import Repositories, StorageError
from firmware.store.alarms import STORAGE
from firmware.store.memory import MemoryAlarms
from firmware.store.model import Page, StoredAlarm
from firmware.supervisor.events import AlarmEvent
from firmware.supervisor.store_thread import StoreThread

UNKEPT_IDS = 1_000_000_000
"""Alarms that the store could not keep are numbered from here, until it can."""
MOST_UNKEPT = 1000
OCCURRENCES = frozenset(
    {"emergency-call", "emergency-no-line", "login-attack", "password-reset", "restored", "unpriced", "wakeup-failed"}
)
"""Kinds that happen rather than stand: to acknowledge one ends it."""

log = Log("alarm")


class AlarmBoard:
    """Raises, clears and acknowledges; each change is published as AlarmEvent."""

    def __init__(self, store: StoreThread, clock: Clock, bus: EventBus) -> None:
        self._store = store
        self._clock = clock
        self._bus = bus
        self._unkept = MemoryAlarms()
        self._kept_as: dict[int, int] = {}
        """What has become of the numbers of alarms that are kept by now: somebody may still see the old ones."""
        self._turn = asyncio.Lock()
        """One change at a time, in their order: the disk may take long over each."""

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
            try:
                alarm = await self._store.do(lambda kept: kept.alarms.raise_alarm(kind, subject, text, now, facts))
            except StorageError:
                alarm = self._numbered(self._unkept.raise_alarm(kind, subject, text, now, facts))
        if alarm is not None:
            log.warning("raised", kind=kind, subject=subject, text=text)
            self._bus.publish(AlarmEvent(alarm))
        return alarm

    async def clear(self, kind: str, subject: str) -> None:
        """Its cause is gone."""
        now = self._clock.utc()
        async with self._turn:
            alarm = self._numbered(self._unkept.clear(kind, subject, now))
            try:
                alarm = await self._store.do(lambda kept: kept.alarms.clear(kind, subject, now)) or alarm
            except StorageError as error:
                log.error("not-kept", kind=kind, subject=subject, error=error)
        if alarm is not None:
            log.info("cleared", kind=kind, subject=subject)
            self._bus.publish(AlarmEvent(alarm))

    async def acknowledge(self, number: int, who: str) -> StoredAlarm:
        """A person has seen it. Raises RefusedError (unknown-alarm) and StorageError."""
        now = self._clock.utc()
        async with self._turn:
            number = self._kept_as.get(number, number)
            if number >= UNKEPT_IDS:
                seen = self._unkept.get(number - UNKEPT_IDS)
                ends = seen is not None and self._is_over(seen)
                alarm = self._numbered(self._unkept.acknowledge(number - UNKEPT_IDS, who, now, ends))
            else:
                alarm = await self._acknowledge_kept(number, who, now)
        if alarm is None:
            raise RefusedError("unknown-alarm", f"there is no alarm {number}", "id")
        self._bus.publish(AlarmEvent(alarm))
        return alarm

    async def shown(self, everything: bool, page: Page) -> list[StoredAlarm]:
        """Latest first, be they kept or not."""
        after = page.after and (page.after[0], page.after[1] - UNKEPT_IDS)
        unkept = self._unkept.shown(everything, Page(limit=page.limit, after=after))
        found = [alarm for alarm in map(self._numbered, unkept) if alarm is not None]
        with contextlib.suppress(StorageError):
            found += await self._store.do(lambda kept: kept.alarms.shown(everything, page))
        return sorted(found, key=lambda alarm: (alarm.raised, alarm.id), reverse=True)[: page.limit]

    async def keep(self) -> None:
        """The store can write again: give it what it could not keep when it happened. Raises StorageError."""
        for number in sorted(alarm.id for alarm in self._unkept.shown(True, Page(limit=MOST_UNKEPT))):
            async with self._turn:
                alarm = self._unkept.get(number)
                if alarm is None:  # kept meanwhile
                    continue
                taken = await self._store.do(partial(_take, alarm))
                self._unkept.drop(number)
                if taken is not None:
                    self._kept_as[number + UNKEPT_IDS] = taken.id
                    self._bus.publish(AlarmEvent(taken))

    async def standing(self) -> list[StoredAlarm]:
        """Those whose cause is still there, as far as we know."""
        return [alarm for alarm in await self.shown(False, Page(limit=1000)) if alarm.cleared is None]

    async def _acknowledge_kept(self, number: int, who: str, now: datetime) -> StoredAlarm | None:
        found = await self._store.do(lambda kept: kept.alarms.get(number))
        if found is None:
            return None
        ends = self._is_over(found)
        return await self._store.do(lambda kept: kept.alarms.acknowledge(number, who, now, ends))

    async def clear_seen(self, kind: str, subject: str) -> None:
        """Its cause is gone; it stands until somebody has seen it, and for him this ends it."""
        for alarm in await self.standing():
            if (alarm.kind, alarm.subject) == (kind, subject) and alarm.acknowledged_at is not None:
                await self.clear(kind, subject)

    def _is_over(self, alarm: StoredAlarm) -> bool:
        """Whether nothing but a person's word is missing for its end."""
        return alarm.kind in OCCURRENCES or (alarm.kind == STORAGE and self._store.trouble is None)

    @staticmethod
    def _numbered(alarm: StoredAlarm | None) -> StoredAlarm | None:
        return alarm and replace(alarm, id=alarm.id + UNKEPT_IDS)


def _take(alarm: StoredAlarm, kept: Repositories) -> StoredAlarm | None:
    """As what it is kept: by itself, or as the one that stands there."""
    standing = (one for one in kept.alarms.shown(False, Page(limit=MOST_UNKEPT)) if one.cleared is None)
    return kept.alarms.take(alarm) or next(
        (one for one in standing if (one.kind, one.subject) == (alarm.kind, alarm.subject)), None
    )
