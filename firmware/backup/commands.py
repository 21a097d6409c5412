"""`nightporter backup`, `backup-key` and `restore`: from the command line, while the product runs or not."""

from __future__ import annotations

import argparse
import contextlib
import os
import shutil
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from firmware.admin import COMMAND_LINE, note, who
from firmware.backup import keys, layout, making, restoring
from firmware.backup.archive import Manifest
from firmware.errors import NightPorterError, RefusedError, UnavailableError
from firmware.processes import RunDirectory, replace_file
from webui.app import program_version

PRIVATE = """\
This is the private half of the key of backups. It is shown this once and kept nowhere on this box: without it no backup
can be restored, and whoever has it can read every backup. Print it, or write it down, and keep it away from the box."""


def backup(chosen: argparse.Namespace) -> int:
    """Prints where the backup is."""
    _needs_data(chosen.data)
    os.nice(10)
    made = making.make(chosen.data, program_version(), datetime.now(UTC), chosen.to, chosen.config)
    note(chosen.data, "backup-made", made.name)
    _say(str(made))
    return 0


def backup_key(chosen: argparse.Namespace) -> int:
    """Prints the private half alone on standard output; also before the first start."""
    RunDirectory(chosen.data).make()
    try:
        pair = keys.make_key(chosen.data, chosen.replace)
    except RefusedError as error:
        raise NightPorterError(f"{error}; --replace makes another") from error
    note(chosen.data, "backup-key-made", pair.public)
    _tell(PRIVATE)
    _say(pair.private)
    return 0


def first_key(data: Path) -> list[str]:
    """What is said at the first start of a house whose key was not made yet; nothing where there is one."""
    try:
        pair = keys.make_key(data)
        note(data, "backup-key-made", pair.public)
    except NightPorterError:  # there is one, or the disk cannot keep it: the page says so
        return []
    return [PRIVATE, f"  {pair.private}"]


def restore(chosen: argparse.Namespace) -> int:
    """All or nothing; what was in the data directory is kept aside until everything is in its place."""
    key = keys.identity(_key_text(chosen.key))
    if chosen.config_to is not None and chosen.config_to.exists() and not chosen.replace:
        raise NightPorterError(f"{chosen.config_to} exists; --replace puts the backup's in its place")
    with _alone(chosen.data, chosen.replace):
        by = restoring.By(who=who(), through=COMMAND_LINE, at=datetime.now(UTC))
        manifest = restoring.stage(chosen.file, key, chosen.data, by, in_force=None)
        _put_configuration(chosen.data, chosen.config_to)
        restoring.finish(chosen.data)
    _tell_what(manifest, chosen.data, chosen.config_to)
    return 0


@contextlib.contextmanager
def _alone(data: Path, replace: bool) -> Iterator[None]:
    """In a data directory of which nobody makes use meanwhile. Raises InUseError and NightPorterError."""
    was_there = data.exists()
    if data.exists() and not replace and (found := _kept_there(data)):
        raise NightPorterError(f"{data} has a hotel already ({found}): --replace puts the backup in its place")
    run = RunDirectory(data).make()
    try:
        for role in ("launcher", "supervisor"):
            run.hold(role)
        yield
    except BaseException:
        if not was_there:
            shutil.rmtree(data, ignore_errors=True)
        raise


def _kept_there(data: Path) -> str | None:
    return next((place.path for place in layout.KEPT if (data / place.path).exists()), None)


def _put_configuration(data: Path, to: Path | None) -> None:
    """The backup's, where it is wanted. Raises UnavailableError, nothing being changed."""
    source = data / layout.RESTORE / restoring.NEW / layout.RESTORED_CONFIGURATION
    if to is None or not source.exists():
        return
    try:
        replace_file(to, source.read_bytes())
        source.unlink()
    except OSError as error:
        restoring.clear(data)
        raise UnavailableError(f"{to} cannot be written: {error.strerror}") from error


def _tell_what(manifest: Manifest, data: Path, config_to: Path | None) -> None:
    made = f"{manifest.made:%Y-%m-%d %H:%M} UTC"
    _tell(f"{manifest.hotel}: restored as it was at {made}, of version {manifest.product}")
    where = config_to or data / layout.RESTORED_CONFIGURATION
    if where.exists():
        _tell(f"its configuration: {where}")


def _key_text(place: str) -> str:
    try:
        return sys.stdin.read() if place == "-" else Path(place).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise NightPorterError(f"{place}: the key cannot be read: {error}") from error


def _needs_data(data: Path) -> None:
    if not RunDirectory(data).path.is_dir():
        raise NightPorterError(f"{data} is no data directory: nothing was ever kept there")


def _say(line: str) -> None:
    print(line)  # noqa: T201


def _tell(line: str) -> None:
    print(line, file=sys.stderr)  # noqa: T201
