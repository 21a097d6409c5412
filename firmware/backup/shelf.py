"""Where backups lie: named by when they were made, so many of them, and only whole ones."""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from firmware.details import Detail
from firmware.errors import RefusedError, UnavailableError

WORK = ".work"
LOCK = ".lock"
NAME = re.compile(r"nightporter-(\d{8}T\d{6}Z)\.age", re.ASCII)
STAMP = "%Y%m%dT%H%M%SZ"


def name_at(made: datetime) -> str:
    return f"nightporter-{made.astimezone(UTC):{STAMP}}.age"


def made_of(name: str) -> datetime | None:
    """When the backup of this name was made; None: it is no backup's name."""
    match = NAME.fullmatch(name)
    if match is None:
        return None
    try:
        return datetime.strptime(match[1], STAMP).replace(tzinfo=UTC)
    except ValueError:
        return None


def names(directory: Path) -> list[str]:
    """The backups in a directory, the latest first. Raises OSError."""
    try:
        return sorted((entry.name for entry in os.scandir(directory) if made_of(entry.name)), reverse=True)
    except FileNotFoundError:
        return []


def prune(directory: Path, keep: int, now: datetime) -> list[str]:
    """Delete all but the last `keep`; what a wrong clock has dated later than now goes first. Raises OSError."""
    found = sorted(names(directory), key=lambda name: ((made_of(name) or now) <= now, name), reverse=True)
    for name in found[keep:]:
        (directory / name).unlink(missing_ok=True)
    return found[keep:]


@contextlib.contextmanager
def bench(directory: Path) -> Iterator[Path]:
    """A directory to work in, for one at a time, and empty: what a power cut has left is gone.

    Raises RefusedError (busy) and UnavailableError.
    """
    work = directory / WORK
    try:
        directory.mkdir(mode=0o700, exist_ok=True)
        lock = os.open(directory / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        text, why = f"{directory} cannot be used: {error.strerror}", error.strerror or str(error)
        raise UnavailableError.of(Detail("failed", text, {"place": str(directory), "reason": why})) from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir(mode=0o700)
        yield work
    except BlockingIOError:
        raise RefusedError.of("busy", Detail("backup-busy", "a backup is being made already")) from None
    finally:
        os.close(lock)
        shutil.rmtree(work, ignore_errors=True)
