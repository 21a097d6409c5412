"""Makes a backup: a snapshot of everything that is kept, while the product runs or not, encrypted into one file."""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import tomllib
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from firmware.backup import archive, shelf
from firmware.backup.archive import LEAST_FREE, Manifest
from firmware.backup.keys import public_key, recipient, sync_directory
from firmware.backup.layout import BACKUPS, CONFIGURATION, KEPT
from firmware.details import Detail
from firmware.errors import RefusedError, UnavailableError
from firmware.processes import RunDirectory, replace_file
from firmware.store.database import duplicate


def make(data: Path, version: str, now: datetime, to: Path | None = None, config: Path | None = None) -> Path:
    """Make a backup in DATA/backups, or at `to`; where it is, whole, on disk, and under its name only then.

    `config`: else the configuration in force. Raises RefusedError (no-key, no-configuration, busy) and
    UnavailableError.
    """
    key = public_key(data)
    if key is None:
        raise RefusedError.of("no-key", Detail("backup-no-key", "there is no key of backups: make one first"))
    text = configuration(data, config)
    target = to or data / BACKUPS / shelf.name_at(now)
    with shelf.bench(data / BACKUPS) as work, _told(data):
        _check_room(data, target.parent)
        partial = work / "backup.age" if to is None else target.with_name(f".{target.name}.part")
        try:
            partial.unlink(missing_ok=True)  # what a power cut has left beside `to`
            _write(data, work / "snapshot", partial, key, text, Manifest(
                format=archive.FORMAT, product=version, schemas={}, made=now, hotel=hotel_of(text), files=[],
            ))  # fmt: skip
            partial.replace(target)
            sync_directory(target.parent)
        except BaseException:
            partial.unlink(missing_ok=True)
            raise
    return target


def configuration(data: Path, config: Path | None = None) -> bytes:
    """The text of this configuration, or of the one in force. Raises RefusedError (no-configuration)."""
    path = config or RunDirectory(data).place_of("supervisor") / CONFIGURATION
    try:
        return path.read_bytes()
    except OSError as error:
        text = f"there is no configuration at {path}: {error.strerror}"
        facts: dict[str, str | int] = {"place": str(path), "reason": error.strerror or str(error)}
        raise RefusedError.of("no-configuration", Detail("failed", text, facts), "config") from error


def note_configuration(run: RunDirectory, config: Path) -> None:
    """The configuration that comes into force, from wherever it is. Raises UnavailableError."""
    copy = run.path / CONFIGURATION
    try:
        text = config.read_bytes()
        if not copy.exists() or copy.read_bytes() != text:
            replace_file(copy, text)
    except OSError as error:
        raise UnavailableError(f"{copy} cannot be written: {error.strerror}") from error


def hotel_of(text: bytes) -> str:
    """Its name in a configuration, or nothing."""
    with contextlib.suppress(ValueError, KeyError, TypeError):
        return str(tomllib.loads(text.decode("utf-8-sig"))["hotel"]["name"])
    return ""


def _write(data: Path, snapshot: Path, partial: Path, key: str, text: bytes, about: Manifest) -> None:
    files, schemas = _snapshot(data, snapshot)
    (snapshot / CONFIGURATION).write_bytes(text)
    files = [(CONFIGURATION, snapshot / CONFIGURATION), *files]
    about = Manifest(
        format=about.format, product=about.product, schemas=schemas, made=about.made, hotel=about.hotel, files=[]
    )
    with open(partial, "xb", opener=_private) as target:
        archive.write(target, recipient(key), files, about)
        target.flush()
        os.fsync(target.fileno())


def _private(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_CLOEXEC, 0o600)


def _snapshot(data: Path, into: Path) -> tuple[list[tuple[str, Path]], dict[str, int]]:
    """Everything as at one instant: the databases' copies, and the files that they speak of.

    Files are never changed in place, so a further name for each is enough; those that came while the databases were
    copied belong to them, too. What the copies tell of the audit twice stands in it twice, as after a power cut.
    """
    into.mkdir(mode=0o700)
    _link_all(data, into)
    schemas = {}
    for place in KEPT:
        if place.kind == "database":
            copy = duplicate(data / place.path, into / place.path)
            with contextlib.closing(sqlite3.connect(copy)) as connection:
                schemas[Path(place.path).stem] = int(connection.execute("PRAGMA user_version").fetchone()[0])
    _link_all(data, into)
    found = [path for path in sorted(into.rglob("*")) if path.is_file()]
    return [(path.relative_to(into).as_posix(), path) for path in found], schemas


def _link_all(data: Path, into: Path) -> None:
    for path in _kept_files(data):
        link = into / path.relative_to(data)
        link.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with contextlib.suppress(FileNotFoundError, FileExistsError):  # deleted meanwhile; or linked before
            os.link(path, link, follow_symlinks=False)


def _kept_files(data: Path) -> Iterator[Path]:
    for place in KEPT:
        root = data / place.path
        if place.kind == "directory":
            yield from (
                path for path in root.rglob("*") if path.is_file() and not path.is_symlink() and _is_whole(path)
            )
        elif place.kind == "file" and root.is_file():
            yield root


def _is_whole(path: Path) -> bool:
    """None that is being written, under a name of its own until it is whole."""
    return not path.name.startswith(".") and path.suffix != ".partial"


def _check_room(data: Path, target: Path) -> None:
    databases = sum((data / place.path).stat().st_size for place in KEPT if place.kind == "database")
    files = sum(path.stat().st_size for path in _kept_files(data))
    for place, needed in ((data, 2 * databases + files), (target, databases + files)):
        if shutil.disk_usage(place).free - needed < LEAST_FREE:
            mib = needed >> 20
            text = f"{place} has no room for a backup, which needs about {mib} MiB"
            raise UnavailableError.of(Detail("backup-room", text, {"place": str(place), "mib": mib}))


@contextlib.contextmanager
def _told(data: Path) -> Iterator[None]:
    """What fails, in words of ours."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        detail = Detail("backup-unread", f"a database in {data} cannot be read: {error}", {"reason": str(error)})
        raise UnavailableError.of(detail) from error
    except OSError as error:
        why = error.strerror or str(error)
        detail = Detail("backup-unwritten", f"the backup cannot be written: {why}", {"reason": why})
        raise UnavailableError.of(detail) from error
