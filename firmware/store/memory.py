"""In-memory twins of the repositories: the same contracts, for tests of what stands above the store."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

import msgspec
from msgspec.structs import replace

from firmware.audit import AuditFilter
from firmware.store.call_records import as_lost, without_outside
from firmware.store.model import (
    AuditEntry,
    CallRecord,
    Page,
    RecordFilter,
    StoredAlarm,
    to_ms,
)
from firmware.store.settings import NO_FEATURE


class MemoryCallRecords:
    """See `firmware.store.call_records.CallRecords`."""

    def __init__(self) -> None:
        self._records: dict[str, tuple[int, CallRecord]] = {}

    def open(self, record: CallRecord) -> None:
        self._write(record)

    def close(self, record: CallRecord) -> bool:
        return self._write(record)

    def open_records(self) -> list[CallRecord]:
        return [record for _, record in self._records.values() if record.ended is None]

    def known(self, legs: Collection[str]) -> set[str]:
        return set(legs) & set(self._records)

    def heartbeat(self, at: datetime, talked_ms: Mapping[str, int]) -> None:
        for leg, talk_ms in talked_ms.items():
            sequence, record = self._records.get(leg, (0, None))
            if record is not None and record.ended is None:
                self._records[leg] = sequence, replace(record, talk_ms=talk_ms)

    def lost(self, keep: Collection[str]) -> list[CallRecord]:
        return [as_lost(record) for record in self.open_records() if record.leg not in keep]

    def finished(self, wanted: RecordFilter, page: Page) -> list[tuple[tuple[int, int], CallRecord]]:
        found = [
            ((to_ms(record.started), sequence), record)
            for sequence, record in self._records.values()
            if record.ended is not None and _wanted(record, wanted)
        ]
        found.sort(key=lambda item: item[0], reverse=True)
        return [item for item in found if page.after is None or item[0] < page.after][: page.limit]

    def emergencies(self, since: datetime) -> list[CallRecord]:
        found = [record for _, record in self._records.values() if record.emergency]
        return sorted((r for r in found if r.ended is None or r.ended >= since), key=lambda record: record.started)

    def calls_of(self, guest: str, room: str, since: datetime, until: datetime) -> set[str]:
        def is_his(record: CallRecord) -> bool:
            if record.guest == guest or not since <= record.started < until:
                return record.guest == guest
            if record.direction == "incoming":
                return record.to_room == room
            unpaid = record.direction == "outgoing" and record.guest is None and not record.emergency
            return unpaid and record.from_room == room

        return {record.call for _, record in self._records.values() if is_his(record)}

    def erase(self, calls: Collection[str]) -> None:
        found = [record for _, record in self._records.values() if record.ended is not None and record.call in calls]
        for record in without_outside(found):
            self._records[record.leg] = self._records[record.leg][0], record

    def forget(self, before: datetime) -> int:
        old = [leg for leg, (_, record) in self._records.items() if record.ended and record.started < before]
        for leg in old:
            del self._records[leg]
        return len(old)

    def _write(self, record: CallRecord) -> bool:
        sequence, old = self._records.get(record.leg, (len(self._records) + 1, None))
        if old is not None and old.ended is not None:
            return False
        if old is not None:
            talk_ms = max(old.talk_ms, record.talk_ms) if record.ended is None else record.talk_ms
            answered = old.answered or record.answered
            record = replace(record, started=old.started, answered=answered, talk_ms=talk_ms)
        self._records[record.leg] = (sequence, record)
        return True


def _wanted(record: CallRecord, wanted: RecordFilter) -> bool:
    return (
        (wanted.since is None or record.started >= wanted.since)
        and (wanted.until is None or record.started < wanted.until)
        and wanted.room in (None, record.from_room, record.to_room)
        and wanted.number in (None, record.from_number, record.to_number, record.dialled)
        and wanted.guest in (None, record.guest)
        and wanted.direction in (None, record.direction)
    )


class MemoryAlarms:
    """See `firmware.store.alarms.Alarms`."""

    def __init__(self, alarms: Iterable[StoredAlarm] = ()) -> None:
        self._alarms = {alarm.id: alarm for alarm in alarms}
        self._last = max(self._alarms, default=0)

    def raise_alarm(
        self, kind: str, subject: str, text: str, at: datetime, facts: Mapping[str, str] | None = None
    ) -> StoredAlarm | None:
        return self.take(StoredAlarm(id=0, kind=kind, subject=subject, text=text, facts=facts or {}, raised=at))

    def take(self, alarm: StoredAlarm) -> StoredAlarm | None:
        if alarm.cleared is None and self._standing(alarm.kind, alarm.subject):
            return None
        self._last += 1
        return self.put(replace(alarm, id=self._last))

    def put(self, alarm: StoredAlarm) -> StoredAlarm:
        """As it is by now, or is kept elsewhere."""
        self._alarms[alarm.id] = alarm
        return alarm

    def drop(self, alarm: int) -> None:
        """It is kept elsewhere now."""
        del self._alarms[alarm]

    def clear(self, kind: str, subject: str, at: datetime) -> StoredAlarm | None:
        alarm = self._standing(kind, subject)
        return alarm and self.put(replace(alarm, cleared=at))

    def acknowledge(self, alarm: int, who: str, at: datetime, ends: bool) -> StoredAlarm | None:
        found = self._alarms.get(alarm)
        if found is None:
            return None
        if found.acknowledged_at is None:
            found = replace(found, acknowledged_by=who, acknowledged_at=at)
        if ends and found.cleared is None:
            found = replace(found, cleared=at)
        return self.put(found)

    def get(self, alarm: int) -> StoredAlarm | None:
        return self._alarms.get(alarm)

    def shown(self, everything: bool, page: Page) -> list[StoredAlarm]:
        found = [a for a in self._alarms.values() if everything or a.cleared is None or a.acknowledged_at is None]
        found.sort(key=lambda a: (a.raised, a.id), reverse=True)
        after = page.after
        return [a for a in found if after is None or (to_ms(a.raised), a.id) < after][: page.limit]

    def erase(self, kind: str, subject: str) -> None:
        over = [a.id for a in self._alarms.values() if (a.kind, a.subject) == (kind, subject) and a.cleared]
        for number in over:
            del self._alarms[number]

    def forget(self, before: datetime) -> int:
        old = [a.id for a in self._alarms.values() if a.acknowledged_at and a.cleared and a.cleared < before]
        for number in old:
            del self._alarms[number]
        return len(old)

    def _standing(self, kind: str, subject: str) -> StoredAlarm | None:
        alarms = self._alarms.values()
        return next((a for a in alarms if (a.kind, a.subject) == (kind, subject) and a.cleared is None), None)


class MemorySettings:
    """See `firmware.store.settings.Settings`."""

    def __init__(self) -> None:
        self._values: dict[str, Any] = {}
        self._features: dict[tuple[str, str], Any] = {}

    def get(self, name: str) -> Any:
        return self._values.get(name)

    def put(self, name: str, value: Any) -> None:
        self._values[name] = value

    def features(self) -> dict[tuple[str, str], Any]:
        return dict(self._features)

    def put_features(self, extension: str, values: Mapping[str, Any]) -> None:
        for feature, value in values.items():
            self._features.pop((extension, feature), None)
            if value not in NO_FEATURE:
                self._features[extension, feature] = value


class MemoryAudit:
    """See `firmware.store.audit.Audit`."""

    def __init__(self) -> None:
        self._entries: list[AuditEntry] = []
        self._last = 0

    def add(self, entry: AuditEntry) -> int:
        self._last += 1
        self._entries.append(replace(entry, id=self._last))
        return self._last

    def entries(self, wanted: AuditFilter, page: Page) -> list[AuditEntry]:
        found = [
            entry
            for entry in self._entries
            if (wanted.since is None or entry.at >= wanted.since)
            and (wanted.until is None or entry.at < wanted.until)
            and wanted.room in (None, entry.room)
            and wanted.who in (None, entry.who)
            and wanted.action in (None, entry.action)
        ]
        found.sort(key=lambda entry: (entry.at, entry.id), reverse=True)
        after = page.after
        return [entry for entry in found if after is None or (to_ms(entry.at), entry.id) < after][: page.limit]

    def mentioning(self, word: str, since: datetime) -> list[AuditEntry]:
        later = [entry for entry in self._entries if entry.at >= since]
        return [entry for entry in later if word in msgspec.json.encode(entry.detail).decode()]

    def rewrite(self, entries: Iterable[AuditEntry]) -> None:
        details = {entry.id: entry.detail for entry in entries}
        self._entries = [replace(entry, detail=details.get(entry.id, entry.detail)) for entry in self._entries]

    def forget(self, before: datetime) -> int:
        count = len(self._entries)
        self._entries = [entry for entry in self._entries if entry.at >= before]
        return count - len(self._entries)
