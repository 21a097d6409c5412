"""One SQLite file: opened durable, migrated, watched for damage, and replaced by its last good copy where damaged."""

from __future__ import annotations

import contextlib
import os
import re
import sqlite3
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Literal, TypeAlias

from firmware.details import Detail, DetailCode
from firmware.errors import OurFaultError, UnavailableError
from firmware.log import Log

Condition: TypeAlias = Literal["good", "new", "restored", "replaced", "read-only", "memory"]
"""good; new: there was none; restored: damaged, the last good copy was taken; replaced: damaged, and there was no copy;
read-only: can be read but not written; memory: cannot be opened at all, nothing will last."""

BUSY_S = 5.0
NOT_KEPT: frozenset[Condition] = frozenset({"read-only", "memory"})
HAPPENED = frozenset({"call_record", "charge", "output_line", "alarm", "audit", "audit_due"})
"""Tables of what has happened, rather than of how things are."""

log = Log("store")


class StorageError(UnavailableError):
    """The database cannot do this now: full, read-only, damaged."""


class Database:
    """A connection for one thread. `condition` says how opening went, `detail` what a person should know of it.

    Who only visits a file that another process has open does not `repair` it: damage is then a StorageError.
    """

    def __init__(self, name: str, path: Path | None, repair: bool = True) -> None:
        self.name = name
        self.path = path
        self._repair = repair
        self.condition: Condition = "good"
        self.detail: Detail | None = None
        self._file: tuple[int, int] | None = None
        """Device and inode of the file that is open for writing."""
        self.lost = False
        """What was kept before is not here, or only an older copy of it; who has looked after that takes it back."""
        self._logged: str | None = None
        self._copying = threading.Lock()
        self._connection = self._open()

    @property
    def trouble(self) -> str | None:
        """`detail` in English."""
        return None if self.detail is None else self.detail.text

    # ------------------------------------------------------------------------------------------------------ opening

    def _open(self) -> sqlite3.Connection:
        if self.path is None:
            self.condition = "memory"
            return self._prepare(_connect(":memory:"))
        is_new = not self.path.exists()
        try:
            if self._is_gone(self.path):
                raise sqlite3.DatabaseError("malformed: the file is gone or empty")
            connection = self._prepare(_connect_file(self.path))
            self.condition, self.detail = "new" if is_new else "good", None
        except sqlite3.DatabaseError as error:
            connection = self._open_in_need(self.path, error)
        except OurFaultError as error:  # made by a newer program: it is left alone
            connection = self._prepare(_connect(":memory:"))
            self._in_need("memory", "database-newer", f"{error}; nothing is kept")
        self._file = None if self.condition in NOT_KEPT else _identity(self.path)
        self.lost = self.lost or self.condition in ("restored", "replaced", "memory")
        return connection

    def _is_gone(self, path: Path) -> bool:
        """There was a database, as its copy shows, and now there is nothing in its place."""
        return self.copy_path is not None and self.copy_path.exists() and _identity(path) is None

    def _open_in_need(self, path: Path, error: sqlite3.DatabaseError) -> sqlite3.Connection:
        if _is_damage(error):
            if not self._repair:
                raise StorageError(f"{path.name} is damaged: {error}") from error
            try:
                return self._replace_damaged(path, error)
            except (OSError, sqlite3.DatabaseError) as second:  # as when the disk is full too
                connection = self._prepare(_connect(":memory:"))
                text = f"{path.name} is damaged ({error}) and cannot be replaced, nothing is kept"
                self._in_need("memory", "database-unreplaced", text, second)
                return connection
        try:
            connection = _connect_to_read(path)
            self._in_need("read-only", "database-read-only", f"{path.name} can only be read", error)
        except sqlite3.DatabaseError:
            connection = self._prepare(_connect(":memory:"))
            self._in_need("memory", "database-unopened", f"{path.name} cannot be opened, nothing is kept", error)
        return connection

    def _replace_damaged(self, path: Path, error: sqlite3.DatabaseError) -> sqlite3.Connection:
        """Set the damaged file aside and go on with the last good copy, or with an empty database."""
        found = self._copy_of_copy(path)
        aside = set_aside(path)
        made = ""
        if found is not None:
            found[0].replace(path)
            made = f"{found[1]:%Y-%m-%d %H:%M} UTC"
        connection = self._prepare(_connect_file(path))
        since = f"the copy of {made} is in use" if made else "there is no copy, it begins empty"
        left = f"; the damaged file is {aside.name}" if aside.exists() else ""
        text = f"{path.name} was damaged ({error}); {since}{left}"
        code: DetailCode = "database-restored" if made else "database-replaced"
        self._in_need("restored" if made else "replaced", code, text, made=made)
        return connection

    def _copy_of_copy(self, path: Path) -> tuple[Path, datetime] | None:
        """The last good copy once more, in a file beside `path`, and of when; None: there is none, or damaged too."""
        copy = self.copy_path
        if copy is None or not copy.exists():
            return None
        try:
            made = datetime.fromtimestamp(copy.stat().st_mtime, UTC)
            return duplicate(copy, path.with_suffix(".again")), made
        except sqlite3.DatabaseError as error:
            if not _is_damage(error):
                raise
            log.error("copy-damaged", database=self.name, error=error)
            return None

    def _in_need(self, condition: Condition, code: DetailCode, text: str, error: object = None, made: str = "") -> None:
        name, text = self.name if self.path is None else self.path.name, text if error is None else f"{text}: {error}"
        self.condition, self.detail = condition, Detail(code, text, {"file": name, "reason": str(error), "made": made})
        if text != self._logged:  # it is tried again and again
            self._logged = text
            log.error("in-need", database=self.name, condition=condition, text=text)

    def _prepare(self, connection: sqlite3.Connection) -> sqlite3.Connection:
        """Set the modes, look the file over, bring it to the newest schema. Raises sqlite3.DatabaseError."""
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA foreign_keys = ON")
            found = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
            if found != "ok":
                raise sqlite3.DatabaseError(f"malformed: {found}")
            migrate(connection, self.name)
        except BaseException:
            connection.close()
            raise
        return connection

    # ------------------------------------------------------------------------------------------------------- in use

    @contextlib.contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All or nothing, on disk when it ends; one within another is part of that. Raises StorageError."""
        outer = self._connection
        if outer.in_transaction:
            yield outer
            return
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")
        except sqlite3.IntegrityError:
            raise
        except sqlite3.DatabaseError as error:
            raise StorageError(f"{self.name} database: {error}") from error

    @contextlib.contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Read without changing anything. Raises StorageError."""
        try:
            yield self._connection
        except sqlite3.DatabaseError as error:
            raise StorageError(f"{self.name} database: {error}") from error

    @property
    def copy_path(self) -> Path | None:
        """Where the last good copy lies."""
        return None if self.path is None else self.path.parent / "copies" / self.path.name

    def copy_is_due(self, every_s: float) -> bool:
        """Whether the last good copy is missing, that old, or of a clock that was wrong."""
        path = self.copy_path
        if path is None or self.condition in NOT_KEPT:
            return False
        return not path.exists() or not 0 <= time.time() - path.stat().st_mtime < every_s

    def copy(self) -> None:
        """Make the present state the last good copy, if it is sound. Raises StorageError.

        It reads the file by a connection of its own, so that it may be called in another thread than the rest: whoever
        writes meanwhile need not wait for it.
        """
        path = self.copy_path
        if self.path is None or path is None or self.condition in NOT_KEPT:
            return
        partial = path.with_suffix(".partial")
        with self._copying:
            try:
                path.parent.mkdir(mode=0o700, exist_ok=True)
                duplicate(self.path, partial).replace(path)
            except (sqlite3.DatabaseError, OSError) as error:
                with contextlib.suppress(OSError):  # on a full disk it would be in the way
                    partial.unlink(missing_ok=True)
                raise StorageError(f"{self.name} database cannot be copied: {error}") from error

    def look(self) -> None:
        """See whether the file is still there, and whether one that could not be written can be by now.

        SQLite goes on writing into a file that was removed, and all would be lost at the next start: what is open is
        written to the file's place again, or else the last good copy is taken.
        """
        if self.path is not None and self.condition in NOT_KEPT:
            self._try_again()
            return
        if self.path is None or self._file is None or _identity(self.path) == self._file:
            return
        try:
            again = _backup(self._connection, self.path.with_suffix(".again"))
            self.close()
            set_aside(self.path)
            again.replace(self.path)
            self._connection = self._prepare(_connect_file(self.path))
        except (sqlite3.DatabaseError, OSError) as error:
            log.error("not-written-again", database=self.name, error=error)
            self.reopen()
            return
        self._file = _identity(self.path)
        text = f"{self.path.name} was removed or emptied while in use; it has been written again"
        self._in_need("restored", "database-rewritten", text)

    def _try_again(self) -> None:
        """Open once more as at a start; what was kept in memory meanwhile is not given up before that goes well."""
        before, condition, detail, lost = self._connection, self.condition, self.detail, self.lost
        if condition == "read-only":
            before.close()  # within a process SQLite has one view of a file's log, and this one is not for writing
        connection = self._open()
        try:
            if condition == "memory" and self.condition not in NOT_KEPT:
                _carry(before, connection, everything=self.condition == "new")
        except sqlite3.DatabaseError as error:
            self._in_need("memory", "database-unwritten", f"{self.name} cannot be written, nothing is kept", error)
        if self.condition in NOT_KEPT and condition == "memory":
            connection.close()
            self.condition, self.detail, self.lost, self._file = condition, detail, lost, None
            return
        before.close()
        self._connection = connection
        if self.condition not in NOT_KEPT:
            log.info("kept-again", database=self.name, condition=self.condition)

    def reopen(self) -> None:
        """After an error that says the file is damaged: look at it again, and replace it if it is."""
        self.close()
        self._connection = self._open()

    def close(self) -> None:
        self._connection.close()


def _connect(place: str, uri: bool = False) -> sqlite3.Connection:
    # Transactions are begun by name; the store's one thread is not the one that opens it.
    return sqlite3.connect(place, timeout=BUSY_S, isolation_level=None, check_same_thread=False, uri=uri)


def _connect_file(path: Path) -> sqlite3.Connection:
    """To a file that, if it is new, nobody else on this machine may read; SQLite gives its log the same mode.

    Raises sqlite3.OperationalError if it cannot be written: SQLite would open it all the same, and not say so.
    """
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
    except OSError as error:
        raise sqlite3.OperationalError(f"unable to write the file: {error.strerror}") from error
    return _connect(str(path))


def _connect_to_read(path: Path) -> sqlite3.Connection:
    """With what is in its log, if that can be had, and no file is made for it. Raises sqlite3.DatabaseError."""
    uri = path.absolute().as_uri()
    if _identity(path.with_name(path.name + "-wal")) is not None:
        with contextlib.suppress(sqlite3.DatabaseError):
            return _readable(_connect(f"{uri}?mode=ro", uri=True))
    return _readable(_connect(f"{uri}?immutable=1", uri=True))


def _readable(connection: sqlite3.Connection) -> sqlite3.Connection:
    try:
        connection.execute("SELECT count(*) FROM sqlite_schema")
    except BaseException:
        connection.close()
        raise
    return connection


def duplicate(path: Path, to: Path) -> Path:
    """The present state of a database in another file. Raises sqlite3.DatabaseError if it is not sound, and OSError."""
    with contextlib.closing(_connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as source:
        return _backup(source, to)


def _backup(source: sqlite3.Connection, to: Path) -> Path:
    to.unlink(missing_ok=True)
    with contextlib.closing(_connect_file(to)) as target:
        source.backup(target)
        found, version = (target.execute(f"PRAGMA {what}").fetchone()[0] for what in ("quick_check(1)", "user_version"))
        if found != "ok" or not version:
            raise sqlite3.DatabaseError("malformed: the copy is not sound")
        target.execute("PRAGMA journal_mode = DELETE")
    return to


def _carry(source: sqlite3.Connection, target: sqlite3.Connection, everything: bool) -> None:
    """What has happened while nothing could be kept, or all that there is. Raises sqlite3.DatabaseError.

    How things are is known to a file that was there before.
    """
    tables = [name for (name,) in source.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
    target.execute("BEGIN IMMEDIATE")
    target.execute("PRAGMA defer_foreign_keys = ON")
    for table in tables:
        if table.startswith("sqlite_") or not (everything or table in HAPPENED):
            continue
        columns = source.execute(f"PRAGMA table_info({table})").fetchall()
        names = [f'"{name}"' for _, name, _, _, _, key in columns if everything or not key]
        into = f"{table} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})"
        rows = source.execute(f"SELECT {', '.join(names)} FROM {table}")
        target.executemany(f"INSERT OR IGNORE INTO {into}", rows)
    target.execute("COMMIT")


def _is_damage(error: sqlite3.DatabaseError) -> bool:
    """Whether the file itself is wrong, rather than the disk full or read-only."""
    code = getattr(error, "sqlite_errorname", "")
    return (
        code in ("SQLITE_CORRUPT", "SQLITE_NOTADB") or code.startswith("SQLITE_CORRUPT_") or "malformed" in str(error)
    )


def set_aside(path: Path) -> Path:
    """Rename a damaged database, with its log, so that a person can look at it; its new path. Raises OSError."""
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
    aside = path.with_name(f"{path.name}.damaged-{stamp}")
    for suffix in ("", "-wal", "-shm"):
        with contextlib.suppress(FileNotFoundError):
            path.with_name(path.name + suffix).rename(f"{aside}{suffix}")
    return aside


def _identity(path: Path) -> tuple[int, int] | None:
    """What tells this file from another in its place; None: there is none, or nothing in it."""
    try:
        found = path.stat()
    except OSError:
        return None
    return (found.st_dev, found.st_ino) if path.is_file() and found.st_size else None


def matching(*conditions: tuple[str, object]) -> tuple[str, list[object]]:
    """The conditions that have a value, as SQL and its values; a tuple is for several places."""
    given = [(sql, value if isinstance(value, tuple) else (value,)) for sql, value in conditions if value is not None]
    return " AND ".join(["1", *(sql for sql, _ in given)]), [value for _, values in given for value in values]


def migrate(connection: sqlite3.Connection, name: str) -> None:
    """Apply the steps that this file lacks, each in a transaction. Raises OurFaultError: the file is newer."""
    steps = migrations(name)
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version > len(steps):
        raise OurFaultError(f"the {name} database has schema {version}, this program knows {len(steps)}: it is older")
    for number, sql in enumerate(steps[version:], start=version + 1):
        connection.executescript(f"BEGIN IMMEDIATE;\n{sql}\nPRAGMA user_version = {number};\nCOMMIT;")
        if connection.execute("PRAGMA database_list").fetchone()[2]:  # one in memory is made again and again
            log.info("migrated", database=name, to=number)


def migrations(name: str) -> list[str]:
    """The steps of one database in their order. Raises OurFaultError if a number is missing."""
    found = {}
    for file in files("firmware.store.migrations").iterdir():
        match = re.fullmatch(rf"{name}_(\d+)_\w+\.sql", file.name)
        if match:
            found[int(match[1])] = file.read_text(encoding="utf-8")
    if sorted(found) != list(range(1, len(found) + 1)):
        raise OurFaultError(f"migrations of {name} are not numbered 1, 2, 3, ...: {sorted(found)}")
    return [found[number] for number in sorted(found)]
