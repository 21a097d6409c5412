"""The box at the desk: what it is, what is started anew, and which certificate its pages have."""

from __future__ import annotations

import asyncio
import os
import platform
import shutil
import signal
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from zoneinfo import ZoneInfo

from firmware import host
from firmware.certificates import Described
from firmware.clock import Clock
from firmware.config import Config
from firmware.errors import RefusedError
from firmware.log import Log
from firmware.processes import Role, RunDirectory
from firmware.supervisor.audit_trail import AuditTrail
from firmware.supervisor.certificate_keeper import CertificateKeeper
from firmware.supervisor.store_thread import StoreThread
from webui.api import system as api
from webui.app import program_version
from webui.services import Identity
from webui.types import stamp

PROCESSES: tuple[Role, ...] = ("voice", "supervisor")
"""What the launcher starts again when it has ended."""
ANSWER_S = 0.3
"""How long the answer to who asked for it may take before the process that gives it ends."""

log = Log("desk")


class BoxDesk:
    """See `webui.api.system.Box`. `restart_service` raises KeyError for a service that there is not."""

    def __init__(
        self,
        config: Config,
        directory: RunDirectory,
        zone: ZoneInfo,
        clock: Clock,
        store: StoreThread,
        trail: AuditTrail,
        certificates: CertificateKeeper,
    ) -> None:
        self._config = config
        self._directory = directory
        self._zone = zone
        self._clock = clock
        self._store = store
        self._trail = trail
        self._certificates = certificates
        self.restart_service: Callable[[str], None] = _no_service

    async def system(self) -> api.System:
        """Reads files: in a thread, as a worn card may be slow."""
        return await asyncio.to_thread(self._system)

    async def restart(self, what: str, who: Identity) -> None:
        if what in PROCESSES:
            await self._trail.note(who, "restarted", what)
            self._end_process(next(role for role in PROCESSES if role == what))
            return
        try:
            self.restart_service(what)
        except KeyError:
            raise RefusedError("unknown-service", f"there is no service {what}", "what") from None
        await self._trail.note(who, "restarted", what)

    def certificate(self) -> api.Certificate:
        found = self._certificates.described()
        if found is None:
            raise RefusedError("no-https", "the pages are not served over HTTPS here: see [web] in the configuration")
        return self._shown(found)

    async def install_certificate(self, wanted: api.NewCertificate, who: Identity) -> api.Certificate:
        self.certificate()
        found = await self._certificates.install(wanted.certificate.encode(), wanted.key.encode())
        await self._trail.note(who, "certificate-installed", found.subject, {"fingerprint": found.fingerprint})
        return self.certificate()

    async def remove_certificate(self, who: Identity) -> api.Certificate:
        before = self.certificate()
        await self._certificates.remove()
        await self._trail.note(who, "certificate-removed", before.subject, {"fingerprint": before.fingerprint})
        return self.certificate()

    def _end_process(self, role: Role) -> None:
        running = self._directory.running(role)
        if running is None:
            raise RefusedError("unknown-service", f"{role} does not run", "what")
        log.warning("restarts", role=role, pid=running.pid)
        asyncio.get_running_loop().call_later(ANSWER_S, os.kill, running.pid, signal.SIGTERM)

    def _system(self) -> api.System:
        described = self._certificates.described()
        total, available = host.memory_bytes()
        return api.System(
            hotel=self._config.hotel.name,
            host=host.name(),
            addresses=list(host.addresses()),
            time=stamp(self._clock.utc(), self._zone),
            uptime_s=int(host.uptime_s()),
            temperature_c=host.temperature_c(),
            board=f"{self._config.board.kind} {self._config.board.revision}",
            versions=_versions(),
            storage=self._storage(),
            memory=api.Memory(total=total, available=available),
            certificate=self._shown(described) if described else None,
        )

    def _storage(self) -> api.Storage:
        data = self._directory.data
        disk = shutil.disk_usage(data)
        databases = sum(_size(path) for path in data.glob("*.db*"))
        trouble, details = self._store.trouble, list(self._store.details)
        return api.Storage(
            total=disk.total, free=disk.free, databases=databases, trouble=trouble, trouble_details=details
        )

    def _shown(self, found: Described) -> api.Certificate:
        return api.Certificate(
            subject=found.subject,
            issuer=found.issuer,
            names=list(found.names),
            begins=stamp(found.begins, self._zone),
            ends=stamp(found.ends, self._zone),
            fingerprint=found.fingerprint,
            site=self._certificates.has_site,
            provisional=found.provisional,
        )


def _versions() -> api.Versions:
    return api.Versions(
        nightporter=program_version(),
        python=platform.python_version(),
        sqlite=sqlite3.sqlite_version,
        kernel=platform.release(),
        zone_data=_zone_data(),
    )


def _zone_data() -> str:
    """Of the package that `zoneinfo` falls back to, or of the system's files, which it prefers."""
    system = Path("/usr/share/zoneinfo/tzdata.zi")
    try:
        with system.open(encoding="ascii") as file:
            first = file.readline().split()
    except OSError:
        return metadata.version("tzdata")
    return first[-1] if first[:2] == ["#", "version"] else _dated(system)


def _dated(path: Path) -> str:
    return f"{datetime.fromtimestamp(path.stat().st_mtime, UTC):%Y-%m-%d}"


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:  # a journal that has gone meanwhile
        return 0


def _no_service(name: str) -> None:
    raise KeyError(name)
