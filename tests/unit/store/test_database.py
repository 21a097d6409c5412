"""What becomes of a database file that is damaged, newer, read-only or full."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from firmware.billing.model import Charge
from firmware.store import Repositories, open_repositories
from firmware.store import database as module
from firmware.store.alarms import SqliteAlarms
from firmware.store.database import Database, StorageError, migrations
from firmware.store.line_tests import SqliteLineTests
from firmware.store.model import Page
from firmware.store.settings import SqliteSettings

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def opened(path: Path) -> Database:
    return Database("nightporter", path)


@pytest.fixture
def open_umask() -> Iterator[None]:
    """A shell that lets everybody read what is made."""
    before = os.umask(0)
    yield
    os.umask(before)


@pytest.mark.usefixtures("open_umask")
def test_a_fresh_file_is_durable_and_private(tmp_path: Path) -> None:
    database = opened(tmp_path / "nightporter.db")
    assert database.condition == "new"
    with database.reading() as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert connection.execute("PRAGMA synchronous").fetchone() == (2,)
    SqliteSettings(database).put("kept", 1)
    database.copy()
    files = [*tmp_path.glob("nightporter.db*"), *tmp_path.glob("copies/*")]
    assert len(files) == 4
    assert [file.name for file in files if file.stat().st_mode & 0o077] == []
    database.close()
    again = opened(tmp_path / "nightporter.db")
    assert (again.condition, again.trouble) == ("good", None)
    again.close()


def test_migrations_are_numbered_and_applied_once(tmp_path: Path) -> None:
    assert len(migrations("nightporter")) >= 1
    database = opened(tmp_path / "nightporter.db")
    with database.reading() as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (len(migrations("nightporter")),)
    database.close()


def test_what_an_older_version_has_kept_has_no_facts(tmp_path: Path) -> None:
    path = tmp_path / "nightporter.db"
    with closing(sqlite3.connect(path)) as connection:
        for sql in migrations("nightporter")[:11]:
            connection.executescript(sql)
        connection.execute("INSERT INTO alarm (kind, subject, text, raised) VALUES ('emergency-call', '101', '', 0)")
        connection.execute("INSERT INTO line_test VALUES ('fxs/1', 0, 'bad', '[]', 'no dial tone')")
        connection.execute("PRAGMA user_version = 11")
        connection.commit()
    database = opened(path)
    (alarm,) = SqliteAlarms(database).shown(False, Page())
    (test,) = SqliteLineTests(database).latest()
    assert (alarm.subject, alarm.facts) == ("101", {})
    assert (test.text, test.outcome) == ("no dial tone", None)
    database.close()


def test_what_is_written_together_is_kept_as_one_or_not_at_all(tmp_path: Path) -> None:
    kept = open_repositories(tmp_path)
    with kept.together():
        kept.settings.put("class", "local")
        kept.settings.put_features("101", {"dnd": True})
    with pytest.raises(ZeroDivisionError), kept.together():
        kept.settings.put("class", "national")
        raise ZeroDivisionError
    with pytest.raises(StorageError), kept.together():
        kept.settings.put("class", "national")
        with kept.databases[0].transaction() as connection:
            connection.execute("INSERT INTO nowhere VALUES (1)")
    kept.settings.put("x", 1)
    kept.close()
    kept = open_repositories(tmp_path)
    assert (kept.settings.get("class"), kept.settings.features()) == ("local", {("101", "dnd"): True})
    assert kept.settings.get("x") == 1
    kept.close()


def test_a_file_of_a_newer_program_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "nightporter.db"
    opened(path).close()
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 999")
    connection.close()
    before = path.read_bytes()
    database = opened(path)
    assert database.condition == "memory"
    assert database.trouble is not None and "999" in database.trouble
    database.close()
    assert path.read_bytes() == before


@pytest.mark.parametrize("how", ["garbage", "middle", "truncated"])
def test_a_damaged_file_is_set_aside_and_the_copy_taken(tmp_path: Path, how: str) -> None:
    path = tmp_path / "nightporter.db"
    database = opened(path)
    SqliteSettings(database).put("kept", "x" * 100_000)
    database.copy()
    SqliteSettings(database).put("after the copy", 1)
    database.close()
    content = bytearray(path.read_bytes())
    if how == "garbage":
        content = bytearray(b"this is no database " * 1000)
    elif how == "middle":
        content[4096 : len(content) // 2] = b"\xff" * (len(content) // 2 - 4096)
    else:
        del content[len(content) // 2 :]
    path.write_bytes(content)
    database = opened(path)
    assert database.condition == "restored"
    assert database.trouble is not None and "damaged" in database.trouble
    assert SqliteSettings(database).get("kept") == "x" * 100_000
    assert len(list(tmp_path.glob("nightporter.db.damaged-*"))) >= 1
    database.close()


def test_a_damaged_file_without_a_copy_begins_empty(tmp_path: Path) -> None:
    path = tmp_path / "nightporter.db"
    path.write_bytes(b"garbage" * 1000)
    database = opened(path)
    assert database.condition == "replaced"
    assert SqliteSettings(database).get("kept") is None
    database.close()


@pytest.mark.parametrize("copied", [True, False])
def test_a_damaged_file_that_cannot_be_replaced_gives_one_in_memory(
    tmp_path: Path, copied: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "nightporter.db"
    database = opened(path)
    SqliteSettings(database).put("kept", 1)
    if copied:
        database.copy()
    database.close()
    path.write_bytes(b"garbage" * 1000)

    def full(file: Path) -> sqlite3.Connection:
        connection = sqlite3.connect(file, isolation_level=None)
        connection.execute("PRAGMA max_page_count = 1")
        return connection

    with monkeypatch.context() as disk:
        disk.setattr(module, "_connect_file", full)
        path_when_full = opened(path)
    assert path_when_full.condition == "memory"
    assert path_when_full.trouble is not None and "full" in path_when_full.trouble
    path_when_full.close()
    later = opened(path)
    assert SqliteSettings(later).get("kept") == (1 if copied else None)
    later.close()


def test_a_copy_is_made_while_somebody_writes(tmp_path: Path) -> None:
    path = tmp_path / "nightporter.db"
    database = opened(path)
    SqliteSettings(database).put("kept", 1)
    with database.transaction() as connection:
        connection.execute("INSERT INTO setting (name, value) VALUES ('half', '2')")
        database.copy()
    database.close()
    path.write_bytes(b"garbage" * 1000)
    database = opened(path)
    settings = SqliteSettings(database)
    assert (settings.get("kept"), settings.get("half")) == (1, None)
    database.close()


@pytest.mark.parametrize("how", ["removed", "emptied"])
def test_a_good_copy_is_not_replaced_by_one_of_nothing(tmp_path: Path, how: str) -> None:
    path = tmp_path / "nightporter.db"
    database = opened(path)
    SqliteSettings(database).put("kept", 1)
    with database.reading() as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.copy()
    _spoil(path, how)
    with pytest.raises(StorageError):
        database.copy()
    database.close()
    database = opened(path)
    assert SqliteSettings(database).get("kept") == 1
    database.close()


def test_a_copy_is_due_when_there_is_none_or_it_is_old_or_of_the_future(tmp_path: Path) -> None:
    database = opened(tmp_path / "nightporter.db")
    assert database.copy_is_due(60)
    database.copy()
    assert not database.copy_is_due(60)
    copy = tmp_path / "copies" / "nightporter.db"
    for age_s in (61, -61):
        then = copy.stat().st_ctime - age_s
        os.utime(copy, (then, then))
        assert database.copy_is_due(60)
    database.close()


@pytest.mark.parametrize("how", ["removed", "emptied", "a directory"])
def test_a_file_that_is_gone_at_the_start_is_replaced_by_its_copy(tmp_path: Path, how: str) -> None:
    path = tmp_path / "nightporter.db"
    database = opened(path)
    SqliteSettings(database).put("kept", 1)
    database.copy()
    database.close()
    _spoil(path, how)
    database = opened(path)
    assert database.condition == "restored" and database.trouble is not None
    assert SqliteSettings(database).get("kept") == 1
    database.close()


@pytest.mark.parametrize("how", ["removed", "emptied", "a directory"])
def test_a_file_that_goes_while_it_is_open_is_written_again(tmp_path: Path, how: str) -> None:
    path = tmp_path / "nightporter.db"
    database = opened(path)
    SqliteSettings(database).put("kept", 1)
    database.copy()
    database.look()
    assert database.trouble is None
    _spoil(path, how)
    SqliteSettings(database).put("after", 2)
    database.look()
    assert database.condition == "restored" and database.trouble is not None
    database.close()
    database = opened(path)
    assert SqliteSettings(database).get("kept") == 1
    if how != "emptied":
        assert SqliteSettings(database).get("after") == 2
    database.close()


def _spoil(path: Path, how: str) -> None:
    if how == "emptied":
        path.write_bytes(b"")
        return
    for file in path.parent.glob(path.name + "*"):
        file.unlink()
    if how == "a directory":
        path.mkdir()


def test_a_full_disk_is_an_error_that_changes_nothing(tmp_path: Path) -> None:
    database = opened(tmp_path / "nightporter.db")
    settings = SqliteSettings(database)
    settings.put("small", 1)
    with database.reading() as connection:
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(StorageError, match="full"):
        settings.put("large", "x" * 1_000_000)
    assert settings.get("small") == 1
    assert settings.get("large") is None
    database.close()


def test_a_read_only_database_can_be_read(tmp_path: Path) -> None:
    database = opened(tmp_path / "nightporter.db")
    settings = SqliteSettings(database)
    settings.put("kept", 1)
    with database.reading() as connection:
        connection.execute("PRAGMA query_only = ON")
    with pytest.raises(StorageError, match="readonly"):
        settings.put("kept", 2)
    assert settings.get("kept") == 1
    database.close()


def test_a_place_where_nothing_can_be_opened_gives_one_in_memory(tmp_path: Path) -> None:
    (tmp_path / "nightporter.db").mkdir()
    database = opened(tmp_path / "nightporter.db")
    assert database.condition == "memory"
    SqliteSettings(database).put("kept", 1)
    database.close()


def _locked(path: Path) -> sqlite3.Connection:
    raise sqlite3.OperationalError("attempt to write a readonly database")


def test_a_database_that_was_read_only_at_the_start_is_written_when_it_can_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "nightporter.db"
    database = opened(path)
    SqliteSettings(database).put("kept", 1)
    database.close()
    with monkeypatch.context() as disk:
        disk.setattr(module, "_connect_file", _locked)
        database = opened(path)
        trouble = database.trouble
        database.look()
        assert (database.condition, database.trouble) == ("read-only", trouble)
    settings = SqliteSettings(database)
    assert settings.get("kept") == 1
    with pytest.raises(StorageError, match="readonly"):
        settings.put("kept", 2)
    database.look()
    assert (database.condition, database.trouble) == ("good", None)
    settings.put("kept", 2)
    database.look()
    database.close()
    database = opened(path)
    assert SqliteSettings(database).get("kept") == 2
    database.close()


def test_a_database_that_could_not_be_opened_is_taken_up_with_what_has_happened_meanwhile(tmp_path: Path) -> None:
    path, away = tmp_path / "nightporter.db", tmp_path / "away.db"
    database = opened(path)
    SqliteSettings(database).put("how it is", "as the file says")
    SqliteAlarms(database).raise_alarm("line-dead", "fxs/1", "before", NOW)
    database.close()
    path.rename(away)
    path.mkdir()
    database = opened(path)
    settings, alarms = SqliteSettings(database), SqliteAlarms(database)
    settings.put("how it is", "as nobody wants it")
    alarms.raise_alarm("line-dead", "fxs/1", "meanwhile", NOW)
    alarms.raise_alarm("line-dead", "fxs/2", "meanwhile", NOW)
    database.look()
    assert database.condition == "memory"
    path.rmdir()
    away.rename(path)
    database.look()
    assert (database.condition, database.trouble) == ("good", None)
    assert settings.get("how it is") == "as the file says"
    assert [(alarm.subject, alarm.text) for alarm in alarms.shown(False, Page())] == [
        ("fxs/2", "meanwhile"), ("fxs/1", "before"),
    ]  # fmt: skip
    database.close()


def test_a_database_that_could_not_be_made_has_all_when_it_can_be(tmp_path: Path) -> None:
    path = tmp_path / "nightporter.db"
    path.mkdir()
    database = opened(path)
    SqliteSettings(database).put("kept", 1)
    path.rmdir()
    database.look()
    database.close()
    database = opened(path)
    assert (database.condition, SqliteSettings(database).get("kept")) == ("good", 1)
    database.close()


@pytest.mark.parametrize("copied", ["before the first posting", "never"])
def test_after_a_loss_a_link_gives_no_number_that_it_has_given(tmp_path: Path, copied: str) -> None:
    kept = open_repositories(tmp_path)
    if copied != "never":
        kept.databases[0].copy()
    assert [_posting(kept, leg) for leg in "abc"] == [1, 2, 3], "a new house begins at 1"
    kept.close()
    (tmp_path / "nightporter.db").write_bytes(b"garbage" * 1000)
    kept = open_repositories(tmp_path)
    first = _posting(kept, "d")
    assert first > 1000
    kept.close()
    kept = open_repositories(tmp_path)
    assert _posting(kept, "e") == first + 1
    kept.close()


def _posting(kept: Repositories, leg: str) -> int:
    """The number by which a new charge goes to the PMS."""
    charge = kept.charges.add(Charge(kind="call", leg=leg, room="203", started=NOW, currency="EUR"))
    assert charge is not None
    number = kept.charges.begin_posting(charge.id, "pms", 8).posting
    assert number is not None
    return number


def test_two_processes_write_side_by_side(tmp_path: Path) -> None:
    here, there = open_repositories(tmp_path), open_repositories(tmp_path)
    here.access.add_token("a", b"1", "desk", NOW)
    there.access.add_token("b", b"2", "desk", NOW)
    assert [token.name for token in here.access.tokens()] == ["a", "b"]
    here.close()
    there.close()
