"""The disk thread: everything that touches a file while audio runs is done here, one job after the other."""

from __future__ import annotations

import os
import queue
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

from firmware.errors import UnavailableError
from firmware.log import Log
from firmware.voice.inbox import Inbox
from firmware.voice.realtime import DISK_PRIORITY, take_priority

Job: TypeAlias = Callable[[], object]
Done: TypeAlias = Callable[[object], None]
"""Takes the job's result, or the exception that it ended with; called in the core's thread."""

MAX_JOBS = 4096
log = Log("voice.disk")


class Disk:
    """Runs jobs in order. A job that fails does not keep the next from running."""

    def __init__(self, inbox: Inbox) -> None:
        self._inbox = inbox
        self._jobs: queue.Queue[tuple[Job, Done | None] | None] = queue.Queue(MAX_JOBS)
        self._thread = threading.Thread(target=self._run, name="disk", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def submit(self, job: Job, done: Done | None = None) -> None:
        """Run `job` later. Raises UnavailableError if the disk is so far behind that no more is taken."""
        try:
            self._jobs.put_nowait((job, done))
        except queue.Full:
            raise UnavailableError(f"the disk is {MAX_JOBS} jobs behind") from None

    def stop(self, patience_s: float = 3.0) -> None:
        """Finish what was submitted, then end."""
        try:
            self._jobs.put(None, timeout=patience_s)
        except queue.Full:
            return
        self._thread.join(patience_s)

    def _run(self) -> None:
        take_priority(DISK_PRIORITY)
        while (item := self._jobs.get()) is not None:
            job, done = item
            try:
                result = job()
            except OSError as error:
                log.error("failed", error=error)
                result = error
            except Exception as error:
                log.exception("failed", job=getattr(job, "__qualname__", job))
                result = error
            if done is not None:
                self._inbox.post(done, result)


def write_atomically(path: Path, data: bytes) -> None:
    """Replace a file by another, so that after a power cut one of the two is there, whole. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(path.name + ".new")
    with temporary.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
    sync_directory(path.parent)


def sync_directory(path: Path) -> None:
    """Have the names in a directory on the disk. Raises OSError."""
    directory = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)
