"""USB sticks: found among what is mounted; a copy of a backup on one is read back before it has its name."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from firmware.backup import shelf
from firmware.backup.keys import sync_directory
from firmware.details import Detail
from firmware.errors import UnavailableError

FOLDER = "nightporter"
PIECE = 1 << 20
_OCTAL = re.compile(r"\\([0-7]{3})")


@dataclass(frozen=True, slots=True)
class _Mount:
    device: str
    path: Path


def find(data: Path, system: Path = Path("/")) -> Path | None:
    """Where a stick is mounted; None: there is none. The disk of `data`, or of the system, is no stick."""
    mounts = list(_mounts(system / "proc/self/mountinfo"))
    ours = {
        _disk(system, f"{os.major(found.st_dev)}:{os.minor(found.st_dev)}") for found in (data.stat(), Path("/").stat())
    }
    for mount in mounts:
        disk = _disk(system, mount.device)
        if disk is not None and disk not in ours and _is_removable(disk):
            return mount.path
    return None


def folder(stick: Path, hotel: str) -> Path:
    """This hotel's on a stick, which may be in the service of several."""
    word = re.sub(r"[^a-z0-9]+", "-", hotel.lower()).strip("-")[:40]
    return stick / FOLDER / f"{word}-{hashlib.sha256(hotel.encode()).hexdigest()[:6]}".lstrip("-")


def copy(source: Path, into: Path, keep: int, now: datetime) -> None:
    """Copy a backup, read it back, and delete all but the last `keep` there. Raises UnavailableError."""
    target, partial = into / source.name, into / f"{source.name}.part"
    try:
        into.mkdir(parents=True, exist_ok=True)
        for left in into.glob("*.part"):
            left.unlink()
        digest = _copy(source, partial)
        if _digest(partial) != digest:
            text = "the USB stick has kept something else than was written to it"
            raise UnavailableError.of(Detail("stick-other", text))
        partial.replace(target)
        sync_directory(into)
        shelf.prune(into, keep, now)
    except OSError as error:
        why = error.strerror or str(error)
        detail = Detail("stick-unwritten", f"the backup cannot be copied to the USB stick: {why}", {"reason": why})
        raise UnavailableError.of(detail) from error


def _copy(source: Path, target: Path) -> str:
    digest = hashlib.sha256()
    with source.open("rb") as reading, target.open("wb") as writing:
        while piece := reading.read(PIECE):
            writing.write(piece)
            digest.update(piece)
        writing.flush()
        os.fsync(writing.fileno())
        # What is read back shall come from the stick, not from memory.
        os.posix_fadvise(writing.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    return digest.hexdigest()


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _mounts(table: Path) -> Iterator[_Mount]:
    """proc(5): id, parent, major:minor, root, mount point, ...; the latest first."""
    for line in reversed(table.read_text(encoding="utf-8", errors="surrogateescape").splitlines()):
        words = line.split()
        if len(words) > 4 and words[3] == "/":
            yield _Mount(words[2], Path(_OCTAL.sub(lambda code: chr(int(code[1], 8)), words[4])))


def _disk(system: Path, device: str) -> Path | None:
    """The whole disk of a block device, as sysfs has it; None: it is no block device."""
    entry = (system / "sys/dev/block" / device).resolve()
    if not entry.is_dir():
        return None
    return entry.parent if (entry / "partition").exists() else entry


def _is_removable(disk: Path) -> bool:
    """A medium that can be taken out, or a disk at USB, which may say that it cannot."""
    try:
        removable = (disk / "removable").read_text(encoding="ascii").strip() == "1"
    except OSError:
        removable = False
    return removable or any(re.fullmatch(r"usb\d+", part) for part in disk.parts)
