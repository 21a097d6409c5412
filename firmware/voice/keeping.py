"""What the gateway keeps on its disk: the resident plan, the journal, calibration results.

A file that cannot be read or is not what it should be counts as absent, and is said so: telephones come first.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, TypeAlias, TypeVar

import msgspec

from firmware.errors import UnavailableError
from firmware.gateway.messages import JournalEntry, ResidentPlan
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
        self._journal = directory / "journal.json"
        self._calibration = directory / "calibration.json"
        self._disk = disk
        self._newest: dict[Path, Entries | Results] = {}
        self._lock = threading.Lock()

    def load_plan(self) -> ResidentPlan | None:
        return _load(self._plan, ResidentPlan)

    def load_journal(self) -> list[JournalEntry]:
        return _load(self._journal, list[JournalEntry]) or []

    def load_calibration(self) -> dict[str, list[int]]:
        """Port to the results that its chip gave."""
        return _load(self._calibration, Calibrations) or {}

    def keep_plan(self, plan: ResidentPlan, done: Callable[[str | None], None]) -> None:
        """Write the plan; `done` gets None when it is on the disk, else what went wrong."""

        def finished(result: object) -> None:
            done(str(result) if isinstance(result, Exception) else None)

        try:
            self._disk.submit(lambda: write_atomically(self._plan, msgspec.json.encode(plan)), finished)
        except UnavailableError as error:
            done(str(error))

    def keep_journal(self, entries: Entries, failed: Callable[[], None]) -> None:
        """Write the journal; `failed` is called if it is not on the disk."""
        self._keep_newest(self._journal, entries, failed)

    def keep_calibration(self, results: dict[str, list[int]]) -> None:
        """Write the results; without them a port only takes longer to come into service."""
        self._keep_newest(self._calibration, dict(results), lambda: None)

    def _keep_newest(self, path: Path, content: Entries | Results, failed: Callable[[], None]) -> None:
        """Write this, unless something newer comes before the disk has got to it."""

        def finished(result: object) -> None:
            if isinstance(result, Exception):
                log.error("not-kept", file=path.name, why=result)
                failed()

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
