"""The commands for tokens, people and tariffs; they work before the first start and while the product runs."""

from __future__ import annotations

import argparse
import getpass
import os
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from msgspec.structs import replace

from firmware import passwords
from firmware.billing import tariff_csv
from firmware.errors import NightPorterError
from firmware.processes import RunDirectory
from firmware.store import Repositories, StorageError, open_repositories
from firmware.store.alarms import DATABASE, STORAGE
from firmware.store.model import AuditEntry, User

COMMAND_LINE = "command line"


def token_create(chosen: argparse.Namespace) -> int:
    token = secrets.token_urlsafe(32)
    with _repositories(chosen.data) as kept:
        kept.access.add_token(chosen.name, passwords.token_digest(token), chosen.role, datetime.now(UTC))
        _audit(kept, "token-created", chosen.name, role=chosen.role)
    _say(token)
    return 0


def token_list(chosen: argparse.Namespace) -> int:
    with _repositories(chosen.data, made_before=True) as kept:
        for token in kept.access.tokens():
            used = f"{token.used:%Y-%m-%d}" if token.used else "never"
            _say(f"{token.name:<24} {token.role:<12} made {token.created:%Y-%m-%d}, last used {used}")
    return 0


def token_revoke(chosen: argparse.Namespace) -> int:
    with _repositories(chosen.data, made_before=True) as kept:
        if not kept.access.revoke(chosen.name):
            raise NightPorterError(f"there is no token {chosen.name}")
        _audit(kept, "token-revoked", chosen.name)
    return 0


def user_add(chosen: argparse.Namespace) -> int:
    password = _password(chosen.password_stdin)
    now = datetime.now(UTC)
    user = User(name=chosen.name, password=passwords.digest(password), role=chosen.role, created=now)
    with _repositories(chosen.data) as kept:
        kept.access.add_user(user)
        _audit(kept, "user-added", chosen.name, role=chosen.role)
    return 0


def user_list(chosen: argparse.Namespace) -> int:
    with _repositories(chosen.data, made_before=True) as kept:
        for user in kept.access.users():
            factor = ", second factor" if user.second_factor else ""
            _say(f"{user.name:<24} {user.role:<12} since {user.created:%Y-%m-%d}{factor}")
    return 0


def user_password(chosen: argparse.Namespace) -> int:
    """Another password, which ends all sessions of that person."""
    password = passwords.digest(_password(chosen.password_stdin))
    with _repositories(chosen.data, made_before=True) as kept:
        user = kept.access.user(chosen.name)
        if user is None or not kept.access.change_user(replace(user, password=password)):
            raise NightPorterError(f"there is no user {chosen.name}")
        _audit(kept, "user-changed", chosen.name, password="changed")
    return 0


def user_no_second_factor(chosen: argparse.Namespace) -> int:
    """The password alone lets that person in again; ends all sessions, as another password does."""
    with _repositories(chosen.data, made_before=True) as kept:
        user = kept.access.user(chosen.name)
        if user is None:
            raise NightPorterError(f"there is no user {chosen.name}")
        if not kept.access.remove_factor(chosen.name):
            raise NightPorterError(f"{chosen.name} has no second factor")
        kept.access.change_user(user)
        _audit(kept, "second-factor-off", chosen.name)
    return 0


def user_remove(chosen: argparse.Namespace) -> int:
    with _repositories(chosen.data, made_before=True) as kept:
        if not kept.access.remove_user(chosen.name):
            raise NightPorterError(f"there is no user {chosen.name}")
        _audit(kept, "user-removed", chosen.name)
    return 0


def tariff_import(chosen: argparse.Namespace) -> int:
    try:
        rows = tariff_csv.parse(chosen.file.read_bytes())
    except OSError as error:
        raise NightPorterError(f"{chosen.file}: {error.strerror}") from error
    except tariff_csv.TariffError as error:
        faults = "\n".join(f"{chosen.file}: {fault}" for fault in error.faults)
        raise NightPorterError(f"{faults}\n{chosen.file}: nothing was changed") from error
    with _repositories(chosen.data) as kept:
        kept.tariffs.replace(rows)
        _audit(kept, "tariffs-changed", "tariffs", rows=len(rows), file=chosen.file.name)
    _say(f"{len(rows)} tariffs are in force; a product that runs takes them within five seconds")
    return 0


def _password(from_stdin: bool) -> str:
    try:
        if from_stdin:
            return sys.stdin.buffer.readline().decode().rstrip("\r\n")
        password = getpass.getpass("Password: ")
        again = getpass.getpass("Again: ")
    except EOFError:
        raise NightPorterError("no password was given") from None
    except UnicodeDecodeError as error:
        raise NightPorterError(f"the password is not UTF-8: byte {error.start} is wrong") from None
    if again != password:
        raise NightPorterError("the two are not the same")
    return password


def note(data: Path, action: str, subject: str) -> None:
    """What another command has done, into the audit."""
    with _repositories(data) as kept:
        _audit(kept, action, subject)


@contextmanager
def _repositories(data: Path, made_before: bool = False) -> Iterator[Repositories]:
    """What is kept in a data directory, which is made unless it must have been `made_before`."""
    if made_before and not RunDirectory(data).path.is_dir():
        raise NightPorterError(f"{data} is no data directory: nothing was ever kept there")
    kept = _open(data)
    try:
        trouble = next((database.trouble for database in kept.databases if database.trouble), None)
        if any(database.condition in ("memory", "read-only") for database in kept.databases):
            raise NightPorterError(f"{data}: {trouble}")
        if trouble is not None:
            print(f"{data}: {trouble}", file=sys.stderr)  # noqa: T201
            _tell_desk(kept, trouble)
        yield kept
    finally:
        kept.close()


def _open(data: Path) -> Repositories:
    """A damaged database is replaced only if nobody works on it, or is about to."""
    run = RunDirectory(data).make()
    running = run.running("supervisor") or run.running("launcher")
    try:
        return open_repositories(data, repair=running is None)
    except StorageError as error:
        if running is None:
            raise
        text = f"{data}: {error}; the product runs ({running.role}, process {running.pid}), so it is left as it is"
        raise StorageError(f"{text}: restart the product, which repairs it, and ask again") from error


def _tell_desk(kept: Repositories, trouble: str) -> None:
    """What this command has replaced is in order for the product that starts next: only an alarm tells of it."""
    try:
        kept.alarms.raise_alarm(STORAGE, DATABASE, trouble, datetime.now(UTC))
    except StorageError as error:
        print(f"no alarm says so: {error}", file=sys.stderr)  # noqa: T201


def _audit(kept: Repositories, action: str, subject: str, **detail: object) -> None:
    """What has been done stays done, and is told to who asked, although the audit cannot be written."""
    entry = AuditEntry(
        at=datetime.now(UTC), who=who(), through=COMMAND_LINE, action=action, subject=subject, detail=detail
    )
    try:
        kept.audit.add(entry)
    except StorageError as error:
        print(f"this is not in the audit: {error}", file=sys.stderr)  # noqa: T201


def who() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # an account without a name
        return f"user {os.getuid()}"


def _say(line: str) -> None:
    print(line)  # noqa: T201
