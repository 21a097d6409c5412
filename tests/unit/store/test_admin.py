"""The commands for tokens and people: what they refuse, and what they do with a database that is damaged."""

from __future__ import annotations

import getpass
import io
import subprocess
from argparse import Namespace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from firmware import admin, log, passwords
from firmware.__main__ import main
from firmware.audit import AuditFilter
from firmware.clock import VirtualClock
from firmware.events import EventBus
from firmware.processes import Role, RunDirectory
from firmware.store import StorageError, open_repositories
from firmware.store.audit import SqliteAudit
from firmware.store.model import AuditEntry, Page, Session
from firmware.supervisor.alarm_board import AlarmBoard
from firmware.supervisor.store_thread import StoreThread

EXAMPLE = Path(__file__).parents[3] / "examples" / "hotel.toml"
NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
MAKE = {"name": "till", "role": "desk"}


@pytest.fixture
def spoiled(tmp_path: Path) -> Path:
    """A data directory whose database is no database."""
    (tmp_path / "nightporter.db").write_bytes(b"no database" * 1000)
    return tmp_path


@pytest.mark.parametrize("role", ["supervisor", "launcher"])
def test_a_damaged_database_is_left_alone_while_the_product_runs(spoiled: Path, role: Role) -> None:
    run = RunDirectory(spoiled).make()
    run.hold(role)
    before = (spoiled / "nightporter.db").read_bytes()
    with pytest.raises(StorageError, match=r"nightporter\.db is damaged.*restart the product"):
        admin.token_create(Namespace(data=spoiled, **MAKE))
    assert (spoiled / "nightporter.db").read_bytes() == before
    assert list(spoiled.glob("*.damaged-*")) == []


def test_a_damaged_database_is_replaced_if_nobody_has_it(spoiled: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert admin.token_create(Namespace(data=spoiled, **MAKE)) == 0
    assert "damaged" in capsys.readouterr().err
    assert len(list(spoiled.glob("nightporter.db.damaged-*"))) == 1


@pytest.mark.parametrize("seen", ["before the start", "after the start"])
async def test_what_a_command_replaced_stays_an_alarm_until_somebody_has_seen_it(spoiled: Path, seen: str) -> None:
    assert admin.token_create(Namespace(data=spoiled, **MAKE)) == 0
    assert admin.token_list(Namespace(data=spoiled)) == 0
    store = StoreThread(lambda: open_repositories(spoiled))
    alarms = AlarmBoard(store, VirtualClock(), EventBus(lambda event, error: None))
    await store.open()
    assert store.trouble is None
    (alarm,) = await alarms.standing()
    assert (alarm.kind, alarm.subject) == ("storage", "database") and "damaged" in alarm.text
    if seen == "before the start":
        await store.do(lambda kept: kept.alarms.acknowledge(alarm.id, "anna", NOON, ends=False))
    await alarms.clear_seen("storage", "database")
    assert await alarms.standing() == ([] if seen == "before the start" else [alarm])
    await alarms.acknowledge(alarm.id, "anna")
    assert await alarms.shown(False, Page()) == []
    await store.close()


@pytest.mark.parametrize(
    ("kept", "imports"), [(None, True), ("run", True), ("nightporter.db", False), ("copies", False)]
)
def test_only_a_new_data_directory_gets_the_tariffs_of_the_demonstration(
    tmp_path: Path, kept: str | None, imports: bool
) -> None:
    """Where a database is gone that had a copy, the copy comes back, which a command would have taken first."""
    data, command = tmp_path / "data", tmp_path / ".venv" / "bin" / "nightporter"
    if kept is not None:
        (data / kept).mkdir(parents=True)
    command.parent.mkdir(parents=True)
    command.write_text('#!/bin/sh\necho "$@"\n')
    command.chmod(0o755)
    make = ["make", "--no-print-directory", "-n", "-C", str(EXAMPLE.parents[1]), "run", f"DATA={data}"]
    recipe = subprocess.run(make, capture_output=True, text=True, check=True).stdout.splitlines()
    (line,) = [line for line in recipe if "tariff import" in line]
    said = subprocess.run(["sh", "-c", line], cwd=tmp_path, capture_output=True, text=True, check=True).stdout
    assert said.startswith("tariff import") is imports


class Terminal:
    """A technician's: the exit status and what was printed."""

    def __init__(self, data: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
        self.data = data
        self._capsys = capsys
        self._monkeypatch = monkeypatch
        monkeypatch.setattr(log, "configure", lambda verbose: None)

    def types(self, line: str, stdin: bytes = b"", data: Path | None = None) -> tuple[int, str, str]:
        self._monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        try:
            status = main([*line.split(), "--data", str(data or self.data)])
        except SystemExit as end:
            assert isinstance(end.code, int)
            status = end.code
        said = self._capsys.readouterr()
        return status, said.out, said.err


@pytest.fixture
def terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Terminal:
    return Terminal(tmp_path / "data", capsys, monkeypatch)


def test_a_token_is_printed_alone_listed_and_revoked(terminal: Terminal) -> None:
    status, token, errors = terminal.types("token create till --role desk")
    assert (status, errors) == (0, "") and len(token.split()) == 1
    assert "till" in terminal.types("token list")[1]
    assert terminal.types("token create till --role desk")[0] == 1
    assert terminal.types("token revoke till")[0] == 0
    assert terminal.types("token revoke till") == (1, "", "there is no token till\n")


@pytest.mark.parametrize("line", ["token create x --role desk", f"run --config {EXAMPLE}"])
def test_a_data_directory_that_cannot_be_one_is_said_in_words(terminal: Terminal, tmp_path: Path, line: str) -> None:
    file = tmp_path / "a file"
    file.touch()
    status, _, errors = terminal.types(line, data=file)
    assert (status, str(file) in errors) == (1, True)


@pytest.mark.parametrize(
    "line", ["token list", "token revoke x", "user list", "user remove x", "user password x --password-stdin"]
)
def test_a_mistyped_data_directory_is_told_and_not_made(terminal: Terminal, line: str) -> None:
    status, _, errors = terminal.types(line, b"long enough\n")
    assert (status, str(terminal.data) in errors, terminal.data.exists()) == (1, True, False)


@pytest.mark.parametrize("name", ["", " ", "x" * 65, "two\nlines"])
def test_a_name_that_nobody_could_read_is_refused(terminal: Terminal, name: str) -> None:
    with pytest.raises(SystemExit):
        main(["token", "create", name, "--role", "desk", "--data", str(terminal.data)])
    assert not terminal.data.exists()


@pytest.mark.parametrize(("password", "status"), [(b"long enough\r\n", 0), (b"short\n", 1), (b"", 1), (b"\xff" * 9, 1)])
def test_a_password_from_standard_input(terminal: Terminal, password: bytes, status: int) -> None:
    found, _, errors = terminal.types("user add anna --role manager --password-stdin", password)
    assert (found, "password" in errors) == (status, status == 1)
    kept = open_repositories(terminal.data)
    assert [user.name for user in kept.access.users()] == (["anna"] if status == 0 else [])
    kept.close()


def test_another_password_ends_the_person_s_sessions(terminal: Terminal) -> None:
    terminal.types("user add anna --role manager --password-stdin", b"long enough\n")
    kept = open_repositories(terminal.data)
    session = Session(id="s1", user="anna", role="manager", address="::1", created=NOON, used=NOON)
    kept.access.open_session(session, b"digest", 10)
    assert terminal.types("user password anna --password-stdin", b"short\n")[0] == 1
    assert kept.access.sessions() == [session]
    assert terminal.types("user password anna --password-stdin", b"another one\n") == (0, "", "")
    assert kept.access.sessions() == []
    (anna,) = kept.access.users()
    assert passwords.matches(anna.password, "another one") and anna.role == "manager"
    (last, *_) = kept.audit.entries(AuditFilter(), Page())
    assert (last.action, last.subject, last.through) == ("user-changed", "anna", "command line")
    assert "another one" not in repr(last)
    kept.close()
    assert terminal.types("user password ben --password-stdin", b"another one\n")[0] == 1


def test_a_token_is_told_although_the_audit_cannot_be_written(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(audit: SqliteAudit, entry: AuditEntry) -> int:
        raise StorageError("audit database: full")

    def nobody() -> str:
        raise KeyError("getpwuid(): uid not found")

    monkeypatch.setattr(getpass, "getuser", nobody)
    monkeypatch.setattr(SqliteAudit, "add", full)
    status, token, errors = terminal.types("token create till --role desk")
    assert (status, len(token.split())) == (0, 1)
    assert "audit" in errors


def test_a_lost_second_factor_is_removed_and_the_person_s_sessions_end(terminal: Terminal) -> None:
    terminal.types("user add anna --role manager --password-stdin", b"long enough\n")
    assert terminal.types("user no-second-factor anna") == (1, "", "anna has no second factor\n")
    kept = open_repositories(terminal.data)
    kept.access.put_factor("anna", "SECRET", 0, [b"recovery"])
    kept.access.open_session(
        Session(id="s1", user="anna", role="manager", address="::1", created=NOON, used=NOON), b"digest", 10
    )
    assert "second factor" in terminal.types("user list")[1]
    assert terminal.types("user no-second-factor anna") == (0, "", "")
    assert kept.access.sessions() == [] and kept.access.factor_secret("anna") is None
    (last, *_) = kept.audit.entries(AuditFilter(), Page())
    assert (last.action, last.subject, last.through) == ("second-factor-off", "anna", "command line")
    kept.close()
    assert terminal.types("user no-second-factor ben") == (1, "", "there is no user ben\n")
