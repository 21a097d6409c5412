"""Puts a backup back.

First it is unpacked beside what is in use, checked through and brought up to date (`stage`); then everything is put in
its place by renames (`finish`), which a power cut may interrupt anywhere: the next start goes on with it.
"""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import sqlite3
from datetime import datetime
from pathlib import Path

import msgspec
import pyrage

from firmware.backup import archive
from firmware.backup.archive import Manifest
from firmware.backup.keys import sync_directory
from firmware.backup.layout import CONFIGURATION, GIVES_WAY, KEPT, RESTORE, RESTORED_CONFIGURATION, UNITS
from firmware.details import Detail
from firmware.errors import RefusedError, UnavailableError
from firmware.log import Log
from firmware.processes import replace_file
from firmware.store import Repositories, StorageError, open_repositories
from firmware.store.database import migrations
from firmware.store.model import AuditEntry

NEW, OLD, READY = "new", "old", "ready.json"
RESTORED = "restored"
"""The kind of alarm that tells of it."""

log = Log("restore")


class _Ready(msgspec.Struct, frozen=True):
    """What waits to be put in its place."""

    units: list[str]


class By(msgspec.Struct, frozen=True, kw_only=True):
    """Who restores, through what, and when."""

    who: str
    through: str
    at: datetime


def stage(source: Path, key: pyrage.x25519.Identity, data: Path, by: By, in_force: bytes | None) -> Manifest:
    """Unpack and check a backup; it waits to be put in place. `in_force`: the configuration's text, if there is any.

    Raises RefusedError (bad-key, bad-backup) and UnavailableError; nothing was changed then.
    """
    place = data / RESTORE
    new = place / NEW
    try:
        place.mkdir(mode=0o700, exist_ok=True)
        clear(data)
        new.mkdir(mode=0o700)
        with source.open("rb") as file:
            manifest = archive.read(file, key, new)
        _bring_up_to_date(new, manifest, by, _keep_configuration(new, in_force))
        units = [unit for unit in UNITS if (new / unit).exists()]
        _sync_tree(new)
        replace_file(place / READY, msgspec.json.encode(_Ready(units)))
        sync_directory(place)
    except OSError as error:
        clear(data)
        raise UnavailableError(f"the backup cannot be unpacked: {error.strerror or error}") from error
    except BaseException:
        clear(data)
        raise
    return manifest


def clear(data: Path) -> None:
    """Nothing waits to be put in place any more."""
    place = data / RESTORE
    (place / READY).unlink(missing_ok=True)
    for name in (NEW, OLD):
        shutil.rmtree(place / name, ignore_errors=True)


def waits(data: Path) -> bool:
    return (data / RESTORE / READY).exists()


def finish(data: Path) -> bool:
    """Put what waits in its place, before any database is opened; whether there was something.

    Where the disk lets nothing be changed, all stays as it was. Raises UnavailableError: it was interrupted.
    """
    place = data / RESTORE
    if not waits(data):
        shutil.rmtree(place, ignore_errors=True)
        return False
    try:
        ready = msgspec.json.decode((place / READY).read_bytes(), type=_Ready)
        (place / OLD).mkdir(mode=0o700, exist_ok=True)
        for unit in (*GIVES_WAY, *UNITS):  # no database ever lies beside another's journal
            _put(data, unit, in_backup=unit in ready.units)
        sync_directory(data)
    except (OSError, msgspec.MsgspecError) as error:
        if getattr(error, "errno", None) == errno.EROFS and not (place / OLD).exists():
            log.error("not-put-in-place", error=error)
            return False
        raise UnavailableError(f"the restored hotel cannot be put in its place: {error}") from error
    (place / READY).unlink()
    shutil.rmtree(place, ignore_errors=True)
    log.warning("restored", units=len(ready.units))
    return True


def _put(data: Path, unit: str, in_backup: bool) -> None:
    """Each step is one rename, and the state of the three places says which is next."""
    now, new, old = data / unit, data / RESTORE / NEW / unit, data / RESTORE / OLD / unit
    if now.exists() and not old.exists() and (new.exists() or not in_backup):
        old.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        now.rename(old)
    if new.exists():
        now.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        new.rename(now)
        sync_directory(now.parent)


def _bring_up_to_date(new: Path, manifest: Manifest, by: By, is_other_configuration: bool) -> None:
    """The databases have this version's schema; nobody is logged in, and a charge that may be posted is doubtful."""
    for place in KEPT:
        if place.kind == "database":
            _check_schema(new / place.path)
    try:
        with contextlib.closing(open_repositories(new, repair=False)) as kept:
            if trouble := next((database.trouble for database in kept.databases if database.trouble), None):
                raise _unusable(trouble)
            _begin_anew(kept, manifest, by, is_other_configuration)
    except (StorageError, sqlite3.DatabaseError) as error:
        raise _unusable(error) from error


def _check_schema(path: Path) -> None:
    if not path.is_file():
        detail = Detail("backup-without", f"this backup has no {path.name}", {"name": path.name})
        raise RefusedError.of("bad-backup", detail)
    try:
        with contextlib.closing(sqlite3.connect(path)) as connection:
            (found,) = connection.execute("PRAGMA user_version").fetchone()
    except sqlite3.DatabaseError as error:
        raise _unusable(f"{path.name}: {error}") from error
    if found > len(migrations(path.stem)):
        text = "this backup was made by a newer version: bring this box up to date first"
        raise RefusedError.of("bad-backup", Detail("backup-newer", text))


def _unusable(why: object) -> RefusedError:
    detail = Detail("backup-database", f"a database of this backup cannot be used: {why}", {"reason": str(why)})
    return RefusedError.of("bad-backup", detail)


def _begin_anew(kept: Repositories, manifest: Manifest, by: By, is_other_configuration: bool) -> None:
    for session in kept.access.sessions():
        kept.access.end_session(session.id)
    kept.charges.doubt_after_loss()
    text = f"all is as it was at {manifest.made:%Y-%m-%d %H:%M} UTC; what has happened since then is not known here"
    if is_other_configuration:
        text += f"; the configuration of then is {RESTORED_CONFIGURATION} in the data directory, and not in force"
    kept.alarms.raise_alarm(RESTORED, "backup", text, by.at)
    detail = {"made": manifest.made.isoformat(), "version": manifest.product}
    kept.audit.add(
        AuditEntry(at=by.at, who=by.who, through=by.through, action="restored", subject="backup", detail=detail)
    )


def _keep_configuration(new: Path, in_force: bytes | None) -> bool:
    """Beside what is in force, if that is another, which is answered: that file may not be ours to write."""
    configuration = new / CONFIGURATION
    if not configuration.exists():
        return False
    if configuration.read_bytes() == in_force:
        configuration.unlink()
        return False
    configuration.rename(new / RESTORED_CONFIGURATION)
    return in_force is not None


def _sync_tree(root: Path) -> None:
    for directory, _, files in os.walk(root):
        for name in files:
            file = os.open(Path(directory) / name, os.O_RDONLY | os.O_CLOEXEC)
            os.fsync(file)
            os.close(file)
        sync_directory(Path(directory))
