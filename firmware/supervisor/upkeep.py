"""What keeps the box in order: line tests, backups, certificate, the system itself; built and joined here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from firmware.backup import workers
from firmware.clock import Clock
from firmware.config import Config, split_address
from firmware.events import EventBus
from firmware.processes import RunDirectory
from firmware.supervisor.agent_service import AgentService
from firmware.supervisor.alarm_board import AlarmBoard
from firmware.supervisor.audit_trail import AuditTrail
from firmware.supervisor.backup_desk import BackupDesk
from firmware.supervisor.backup_keeper import BackupKeeper
from firmware.supervisor.beside import Beside
from firmware.supervisor.box_desk import BoxDesk
from firmware.supervisor.certificate_keeper import CertificateKeeper
from firmware.supervisor.line_test_desk import LineTestDesk
from firmware.supervisor.line_test_nights import NightlyLineTests
from firmware.supervisor.store_thread import StoreThread
from firmware.supervisor.tree import ChildSpec
from webui.app import program_version


@dataclass(frozen=True, slots=True)
class Means:
    """What the parts are built of. `data`: the data directory; `beside` runs a coroutine beside the rest."""

    config: Config
    data: Path
    directory: RunDirectory
    zone: ZoneInfo
    clock: Clock
    store: StoreThread
    service: AgentService
    alarms: AlarmBoard
    bus: EventBus
    trail: AuditTrail
    beside: Beside
    trusted: Callable[[], bool]
    """Whether the clock is."""


class Upkeep:
    """Part of `webui.services.Services`: its attributes are the desks of the parts."""

    def __init__(self, means: Means) -> None:
        self._means = means
        listens = split_address(means.config.web.listen)[0]
        self.certificates = CertificateKeeper(means.directory, listens, means.clock, means.trusted, means.alarms)
        self.box = BoxDesk(
            means.config, means.directory, means.zone, means.clock, means.store, means.trail, self.certificates
        )

        self._backups = BackupKeeper(
            means.config.backup, means.config.hotel.name, means.data, program_version(), means.zone, means.clock,
            means.alarms,
        )  # fmt: skip
        self.backups = BackupDesk(
            means.data, self._backups, workers.do, means.trail, means.clock, means.zone, means.beside
        )

        self.line_tests = LineTestDesk(
            means.config, means.service.tap, means.store, means.alarms, means.trail, means.clock, means.zone
        )

    def specs(self) -> list[ChildSpec]:
        """What of it runs in the supervision tree."""
        return [
            ChildSpec("certificate", self.certificates.run, vital=False),
            ChildSpec("backups", self._backups.run, vital=False),
            *self._nightly_tests(),
        ]

    def _nightly_tests(self) -> list[ChildSpec]:
        means, at = self._means, self.line_tests.nightly
        if at is None:
            return []
        nights = NightlyLineTests(at, self.line_tests, means.store, means.clock, means.zone)
        return [ChildSpec("line-tests", nights.run, vital=False)]
