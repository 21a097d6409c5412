"""Who changed what, written into the audit; what has been done stays done although the audit cannot be written."""

from __future__ import annotations

from typing import Any

from firmware.clock import Clock
from firmware.config import Config
from firmware.log import Log
from firmware.store import StorageError
from firmware.store.model import AuditEntry
from firmware.supervisor.store_thread import PATIENCE_S, StorageLateError, StoreThread
from webui.services import Identity

log = Log("desk")


class AuditTrail:
    """Call `note` when something has been done."""

    def __init__(self, config: Config, clock: Clock, store: StoreThread) -> None:
        self._rooms = {entry.number: entry.room_number for entry in config.extensions}
        self._clock = clock
        self._store = store

    async def note(
        self,
        who: Identity,
        action: str,
        subject: str,
        detail: dict[str, Any] | None = None,
        *,
        extension: str | None = None,
        room: str | None = None,
    ) -> None:
        """`extension`: whose room is concerned, where the subject itself is none; `room`: where it is known."""
        entry = AuditEntry(
            at=self._clock.utc(), who=who.name, through=who.through, action=action, subject=subject,
            room=room or self._rooms.get(extension or subject), detail=detail or {},
        )  # fmt: skip
        try:
            await self._store.do(lambda kept: kept.audit.add(entry), PATIENCE_S)
        except StorageLateError:
            log.warning("audit-late", who=who.name, action=action, subject=subject)
        except StorageError as error:
            log.error("audit-not-kept", who=who.name, action=action, subject=subject, error=error)
