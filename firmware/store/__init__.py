"""The store: SQLite repositories, one per feature, and their in-memory twins."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

from firmware.log import Log
from firmware.store.access import Access, SqliteAccess
from firmware.store.alarms import Alarms, SqliteAlarms
from firmware.store.audit import Audit, SqliteAudit
from firmware.store.call_records import CallRecords, SqliteCallRecords
from firmware.store.charges import Charges, SqliteCharges
from firmware.store.database import Database, StorageError
from firmware.store.line_tests import LineTests, MemoryLineTests, SqliteLineTests
from firmware.store.memory import (
    MemoryAlarms,
    MemoryAudit,
    MemoryCallRecords,
    MemorySettings,
)
from firmware.store.memory_access import MemoryAccess
from firmware.store.memory_billing import MemoryCharges, MemoryTariffs
from firmware.store.memory_record_outputs import MemoryRecordOutputs
from firmware.store.memory_reports import MemoryReports
from firmware.store.memory_rooms import MemoryRooms
from firmware.store.memory_services import MemoryPins, MemoryRequests, MemoryVoiceMail
from firmware.store.memory_stays import MemoryStays
from firmware.store.memory_wakeups import MemoryWakeups
from firmware.store.pms import MemoryPms, Pms, SqlitePms
from firmware.store.record_outputs import RecordOutputs, SqliteRecordOutputs
from firmware.store.reports import Reports, SqliteReports
from firmware.store.rooms import Rooms, SqliteRooms
from firmware.store.services import Pins, Requests, SqlitePins, SqliteRequests
from firmware.store.settings import Settings, SqliteSettings
from firmware.store.stays import SqliteStays, Stays
from firmware.store.tariffs import SqliteTariffs, Tariffs
from firmware.store.voice_mail import SqliteVoiceMail, VoiceMail
from firmware.store.wakeups import SqliteWakeups, Wakeups

log = Log("store")

__all__ = ["Repositories", "StorageError", "in_memory", "open_repositories"]


@dataclass(frozen=True, slots=True)
class Repositories:
    """Everything that is kept, by feature; for the use of one thread. `databases` is empty for the twins."""

    call_records: CallRecords
    alarms: Alarms
    access: Access
    settings: Settings
    rooms: Rooms
    wakeups: Wakeups
    stays: Stays
    tariffs: Tariffs
    charges: Charges
    record_outputs: RecordOutputs
    pms: Pms
    requests: Requests
    pins: Pins
    voice_mail: VoiceMail
    reports: Reports
    line_tests: LineTests
    audit: Audit
    databases: tuple[Database, ...] = ()

    @contextmanager
    def together(self) -> Iterator[None]:
        """What is written within to all but the audit is kept as one, or none of it. Raises StorageError."""
        with self.databases[0].transaction() if self.databases else nullcontext():
            yield

    @contextmanager
    def audit_together(self) -> Iterator[None]:
        """Likewise what is written to the audit."""
        with self.databases[1].transaction() if self.databases else nullcontext():
            yield

    def doubt_after_loss(self) -> None:
        """After opening: of an older copy, or of nothing, charges may have been posted since."""
        if not self.databases or not self.databases[0].lost:
            return
        try:
            self.charges.doubt_after_loss()
            self.databases[0].lost = False
        except StorageError as error:
            log.error("charges-not-doubted", error=error)

    def close(self) -> None:
        for database in self.databases:
            database.close()


def open_repositories(data: Path, repair: bool = True) -> Repositories:
    """Open (or make) both databases of a data directory; what was wrong is in each one's `trouble`.

    Without `repair` a damaged one is left as it is. Raises StorageError then.
    """
    main = Database("nightporter", data / "nightporter.db", repair)
    try:
        audit = Database("audit", data / "audit.db", repair)
    except StorageError:
        main.close()
        raise
    kept = Repositories(
        call_records=SqliteCallRecords(main),
        alarms=SqliteAlarms(main),
        access=SqliteAccess(main),
        settings=SqliteSettings(main),
        rooms=SqliteRooms(main),
        wakeups=SqliteWakeups(main),
        stays=SqliteStays(main),
        tariffs=SqliteTariffs(main),
        charges=SqliteCharges(main),
        record_outputs=SqliteRecordOutputs(main),
        pms=SqlitePms(main),
        requests=SqliteRequests(main),
        pins=SqlitePins(main),
        voice_mail=SqliteVoiceMail(main),
        reports=SqliteReports(main),
        line_tests=SqliteLineTests(main),
        audit=SqliteAudit(audit),
        databases=(main, audit),
    )
    kept.doubt_after_loss()
    return kept


def in_memory() -> Repositories:
    """The twins."""
    rooms, records, charges = MemoryRooms(), MemoryCallRecords(), MemoryCharges()
    return Repositories(
        call_records=records,
        alarms=MemoryAlarms(),
        access=MemoryAccess(),
        settings=MemorySettings(),
        rooms=rooms,
        wakeups=MemoryWakeups(rooms),
        stays=MemoryStays(),
        tariffs=MemoryTariffs(),
        charges=charges,
        record_outputs=MemoryRecordOutputs(),
        pms=MemoryPms(),
        requests=MemoryRequests(),
        pins=MemoryPins(),
        voice_mail=MemoryVoiceMail(),
        reports=MemoryReports(records, charges),
        line_tests=MemoryLineTests(),
        audit=MemoryAudit(),
    )
