"""What the gateway keeps on its disk: the resident plan, wake-ups, the journal, calibration results.

A file that cannot be read or is not what it should be counts as absent, and is said so: telephones come first.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, TypeAlias, TypeVar

import msgspec

from firmware.errors import UnavailableError
from firmware.gateway.messages import JournalEntry, LodgeWakeups, ResidentPlan
from firmware.log import Log
from firmware.voice.disk import Disk, write_atomically

T = TypeVar("T")
Entries: TypeAlias = tuple[JournalEntry, ...]
Results: TypeAlias = dict[str, list[int]]
Calibrations: TypeAlias = dict[str, list[Annotated[int, msgspec.Meta(ge=0, le=255)]]]

log = Log("voice.keeping")


class Keeping:
    """The files in `DATA/voice`. Reading is for the start; writing is done by the disk thread."""

    def __init__(self, directory: Path, disk: Disk) -> None:
        self._plan = directory / "resident-plan.json"
        self._wakeups = directory / "wakeups.json"
        self._journal = directory / "journal.json"
        self._forgotten = directory / "wakeups-told.json"
        self._calibration = directory / "calibration.json"
        self._disk = disk
        self._newest: dict[Path, Entries | Results] = {}
        self._lock = threading.Lock()

    def load_plan(self) -> ResidentPlan | None:
        return _load(self._plan, ResidentPlan)

    def load_wakeups(self) -> LodgeWakeups | None:
        return _load(self._wakeups, LodgeWakeups)

    def load_journal(self) -> list[JournalEntry]:
        return _load(self._journal, list[JournalEntry]) or []

    def load_forgotten(self) -> list[JournalEntry]:
        """Outcomes of wake-ups which an agent has."""
        return _load(self._forgotten, list[JournalEntry]) or []

    def load_calibration(self) -> dict[str, list[int]]:
        """Port to the results that its chip gave."""
        return _load(self._calibration, Calibrations) or {}

    def keep_plan(self, plan: ResidentPlan, done: Callable[[str | None], None]) -> None:
        """Write the plan; `done` gets None when it is on the disk, else what went wrong."""
        self._replace(self._plan, msgspec.json.encode(plan), done)

    def keep_wakeups(self, wakeups: LodgeWakeups, done: Callable[[str | None], None]) -> None:
        """Write the wake-ups; `done` gets None when they are on the disk, else what went wrong."""
        self._replace(self._wakeups, msgspec.json.encode(wakeups), done)

    def _replace(self, path: Path, data: bytes, done: Callable[[str | None], None]) -> None:
        def finished(result: object) -> None:
            done(str(result) if isinstance(result, Exception) else None)

        try:
            self._disk.submit(lambda: write_atomically(path, data), finished)
        except UnavailableError as error:
            done(str(error))

    def keep_journal(self, entries: Entries, done: Callable[[bool], None]) -> None:
        """Write the journal; `done` is told whether it is on the disk. Of several that wait, the first is told."""
        self._keep_newest(self._journal, entries, done)

    def keep_forgotten(self, entries: Entries) -> None:
        """Write outcomes of wake-ups which an agent has; the journal that lacks them is to be written after it."""
        self._keep_newest(self._forgotten, entries, lambda kept: None)

    def keep_calibration(self, results: dict[str, list[int]]) -> None:
        """Write the results; without them a port only takes longer to come into service."""
        self._keep_newest(self._calibration, dict(results), lambda kept: None)

    def _keep_newest(self, path: Path, content: Entries | Results, done: Callable[[bool], None]) -> None:
        """Write this, unless something newer comes before the disk has got to it."""

        def finished(result: object) -> None:
            if isinstance(result, Exception):
                log.error("not-kept", file=path.name, why=result)
            done(not isinstance(result, Exception))

        with self._lock:
            queued = path in self._newest
            self._newest[path] = content
        if queued:
            return
        try:
            self._disk.submit(lambda: write_atomically(path, msgspec.json.encode(self._take(path))), finished)
        except UnavailableError as error:
            self._take(path)
            finished(error)

    def _take(self, path: Path) -> Entries | Results:
        with self._lock:
            return self._newest.pop(path)


def _load(path: Path, kind: type[T]) -> T | None:
    try:
        return msgspec.json.decode(path.read_bytes(), type=kind)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, RecursionError) as error:  # ValueError: also what is not UTF-8
        log.error("unreadable", file=path.name, why=error)
        return None
