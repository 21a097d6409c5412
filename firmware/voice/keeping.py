"""What the gateway keeps on its disk: the resident plan, the journal, calibration results.

A file that cannot be read or is not what it should be counts as absent, and is said so: telephones come first.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, TypeAlias, TypeVar

import msgspec

from firmware.errors import UnavailableError
from firmware.gateway.messages import JournalEntry, ResidentPlan
from firmware.log import Log
from firmware.voice.disk import Disk, write_atomically

T = TypeVar("T")
Calibrations: TypeAlias = dict[str, list[Annotated[int, msgspec.Meta(ge=0, le=255)]]]

log = Log("voice.keeping")


class Keeping:
    """The files in `DATA/voice`. Reading is for the start; writing is done by the disk thread."""

    def __init__(self, directory: Path, disk: Disk) -> None:
        self._plan = directory / "resident-plan.json"
        self._journal = directory / "journal.json"
        self._calibration = directory / "calibration.json"
        self._disk = disk

    def load_plan(self) -> ResidentPlan | None:
        return _load(self._plan, ResidentPlan)

    def load_journal(self) -> list[JournalEntry]:
        return _load(self._journal, list[JournalEntry]) or []

    def load_calibration(self) -> dict[str, list[int]]:
        """Port to the results that its chip gave."""
        return _load(self._calibration, Calibrations) or {}

    def keep_plan(self, plan: ResidentPlan, done: Callable[[str | None], None]) -> None:
        """Write the plan; `done` gets None when it is on the disk, else what went wrong."""
        self._keep(self._plan, msgspec.json.encode(plan), done)

    def keep_journal(self, entries: tuple[JournalEntry, ...]) -> None:
        self._keep(self._journal, msgspec.json.encode(entries), _log_failure)

    def keep_calibration(self, results: dict[str, list[int]]) -> None:
        self._keep(self._calibration, msgspec.json.encode(results), _log_failure)

    def _keep(self, path: Path, data: bytes, done: Callable[[str | None], None]) -> None:
        def finished(result: object) -> None:
            done(str(result) if isinstance(result, OSError) else None)

        try:
            self._disk.submit(lambda: write_atomically(path, data), finished)
        except UnavailableError as error:
            done(str(error))


def _log_failure(why: str | None) -> None:
    if why is not None:
        log.error("not-kept", why=why)


def _load(path: Path, kind: type[T]) -> T | None:
    try:
        return msgspec.json.decode(path.read_bytes(), type=kind)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, RecursionError) as error:  # ValueError: also what is not UTF-8
        log.error("unreadable", file=path.name, why=error)
        return None
