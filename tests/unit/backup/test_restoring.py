"""What comes back of a backup: everything that was kept, or nothing is changed."""

from __future__ import annotations

import gzip
import io
import shutil
import sqlite3
import tarfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace

import pyrage
import pytest

from firmware.audit import AuditFilter
from firmware.backup import archive, keys, making, restoring
from firmware.errors import RefusedError, UnavailableError
from firmware.store.database import migrations
from firmware.store.model import Page
from tests.unit.backup.conftest import CONFIG, FILES, NOW, House

PAGE = Page(limit=10)
BY = restoring.By(who="boss", through="desk", at=NOW)


def stage(house: House, file: Path, data: Path, key: str | None = None) -> archive.Manifest:
    data.mkdir(exist_ok=True)
    return restoring.stage(file, keys.identity(key or house.key), data, BY, CONFIG)


def restored(house: House, file: Path, data: Path) -> House:
    stage(house, file, data)
    assert restoring.finish(data)
    return House(data, house.key)


def tree(data: Path) -> dict[str, bytes]:
    return {path.relative_to(data).as_posix(): path.read_bytes() for path in data.rglob("*") if path.is_file()}


def test_all_that_is_kept_comes_back_on_a_new_box(house: House, tmp_path: Path) -> None:
    new = restored(house, house.backup(), tmp_path / "new")
    assert new.content() == FILES
    assert keys.public_key(new.data) == keys.public_key(house.data)
    with new.kept() as kept:
        assert [user.name for user in kept.access.users()] == ["anna"]
        assert kept.settings.get("night-service") == {"mode": "on"}
    assert {path.name for path in new.data.iterdir()} <= {
        "nightporter.db", "audit.db", "prompts", "recordings", "menus", "tls", "backup-key.pub", "restore"
    }  # fmt: skip


def test_nobody_is_logged_in_afterwards_and_a_person_is_told(house: House, tmp_path: Path) -> None:
    with restored(house, house.backup(), tmp_path / "new").kept() as kept:
        assert kept.access.sessions() == []
        (alarm,) = kept.alarms.shown(False, PAGE)
        assert alarm.kind == "restored" and "2026-11-22 02:15 UTC" in alarm.text
        assert kept.audit.entries(AuditFilter(), PAGE)[0].action == "restored"


def test_another_configuration_is_put_beside_the_one_in_force(house: House, tmp_path: Path) -> None:
    other = tmp_path / "other.toml"
    other.write_bytes(b'[hotel]\nname = "Elsewhere"\n')
    file = making.make(house.data, "1", NOW, tmp_path / "b.age", other)
    new = restored(house, file, tmp_path / "new")
    assert (new.data / "restored-hotel.toml").read_bytes() == other.read_bytes()
    with new.kept() as kept:
        assert "restored-hotel.toml" in kept.alarms.shown(False, PAGE)[0].text


def test_nothing_of_a_backup_can_be_read_without_its_key(house: House) -> None:
    content = house.backup().read_bytes()
    assert content.startswith(b"age-encryption.org/v1\n-> X25519 ")
    assert not any(
        word in content for word in (b"Bellevue", b"anna", FILES["prompts/mail/m1.alaw"][:8], b"nightporter.db")
    )
    assert house.key.encode() not in b"".join(tree(house.data).values())


@pytest.mark.parametrize(
    ("harm", "code"),
    [
        (lambda content: content[:-1], "bad-backup"),
        (lambda content: content[: len(content) // 2], "bad-backup"),
        (lambda content: content[:65_736], "bad-backup"),
        (lambda content: content[:50_000] + bytes([content[50_000] ^ 1]) + content[50_001:], "bad-backup"),
        (lambda content: content + b"x", "bad-backup"),
        (lambda content: b"not a backup", "bad-backup"),
        (lambda content: b"", "bad-backup"),
    ],
)
def test_a_damaged_backup_changes_nothing(house: House, harm: Callable[[bytes], bytes], code: str) -> None:
    file = house.backup()
    file.write_bytes(harm(file.read_bytes()))
    before = tree(house.data)
    with pytest.raises(RefusedError) as refusal:
        stage(house, file, house.data)
    assert refusal.value.code == code
    assert not restoring.finish(house.data) and tree(house.data) == before


def test_another_key_changes_nothing(house: House) -> None:
    file, before = house.backup(), None
    before = tree(house.data)
    with pytest.raises(RefusedError) as refusal:
        stage(house, file, house.data, str(pyrage.x25519.Identity.generate()))
    assert refusal.value.code == "bad-key"
    assert not restoring.finish(house.data) and tree(house.data) == before


@pytest.mark.parametrize("path", ["../stranger", "/var/stranger", "run/hotel.toml", "voice/journal.json"])
def test_what_is_in_no_backup_of_ours_is_written_nowhere(house: House, tmp_path: Path, path: str) -> None:
    evil = tmp_path / "evil"
    evil.write_bytes(b"evil")
    about = archive.Manifest(format=1, product="1", schemas={}, made=NOW, hotel="", files=[])
    with (tmp_path / "b.age").open("wb") as file:
        archive.write(file, keys.recipient(keys.public_key(house.data) or ""), [(path, evil)], about)
    with pytest.raises(RefusedError):
        stage(house, tmp_path / "b.age", tmp_path / "new")
    assert tree(tmp_path / "new") == {} and not (tmp_path / "stranger").exists()


def forged(house: House, *members: tuple[tarfile.TarInfo, bytes]) -> bytes:
    """What somebody has made who knows the public key alone; a `format` as ours has comes first."""
    packed = io.BytesIO()
    with gzip.GzipFile(fileobj=packed, mode="wb") as stream, tarfile.open(fileobj=stream, mode="w") as tar:
        for member, content in ((tarfile.TarInfo(archive.FIRST), b"1\n"), *members):
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return pyrage.encrypt(packed.getvalue(), [keys.recipient(keys.public_key(house.data) or "")])


def odd(name: str, type_: bytes = tarfile.REGTYPE, target: str = "", **headers: str) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.type, member.linkname, member.pax_headers = type_, target, headers
    return member


@pytest.mark.parametrize(
    "member",
    [
        odd("tls/own.pem", tarfile.SYMTYPE, "/etc/passwd"),
        odd("tls/own.pem", tarfile.LNKTYPE, "/etc/passwd"),
        odd("tls/own.pem", tarfile.FIFOTYPE),
        odd("tls/own.pem", tarfile.CHRTYPE),
        odd("tls", tarfile.DIRTYPE),
        odd("tls/own.pem", mtime="nan"),
        odd("tls/own.pem", mtime="1e300"),
        odd("tls/own.pem", path="tls/own\0pem"),
        odd("tls/own.pem", **{"GNU.sparse.map": "0,x", "GNU.sparse.size": str(1 << 45)}),
        odd("tls/own.pem", **{"GNU.sparse.map": "0,0", "GNU.sparse.size": str(1 << 45)}),
        odd("tls/../../stranger"),
    ],
    ids=lambda member: f"{member.type!r} {member.name} {member.pax_headers}",
)
def test_a_forged_archive_is_refused_and_leaves_nothing(house: House, tmp_path: Path, member: tarfile.TarInfo) -> None:
    (tmp_path / "b.age").write_bytes(forged(house, (member, b"")))
    with pytest.raises(RefusedError) as refusal:
        stage(house, tmp_path / "b.age", tmp_path / "new")
    assert refusal.value.code == "bad-backup"
    assert tree(tmp_path / "new") == {} and not (tmp_path / "stranger").exists()


@pytest.mark.parametrize("names", [("tls/a", "tls/a"), ("tls/a", "tls/a/b"), ("tls/" + "a" * 300,)])
def test_names_that_no_directory_can_have_change_nothing(house: House, names: tuple[str, ...]) -> None:
    before = tree(house.data)
    file = house.data.with_name("b.age")
    file.write_bytes(forged(house, *((odd(name), b"x") for name in names)))
    with pytest.raises(UnavailableError):
        stage(house, file, house.data)
    assert not restoring.finish(house.data) and tree(house.data) == before


def test_a_disk_that_fills_up_meanwhile_changes_nothing(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    file = house.backup()
    before = tree(house.data)
    free = iter((1 << 40, 1 << 40, archive.LEAST_FREE))

    def disk_usage(path: Path) -> object:
        return SimpleNamespace(free=next(free))

    with monkeypatch.context() as patched:
        patched.setattr(shutil, "disk_usage", disk_usage)
        with pytest.raises(UnavailableError, match="No space left"):
            stage(house, file, house.data)
    assert not restoring.finish(house.data) and tree(house.data) == before


def test_what_a_power_cut_has_left_of_a_backup_is_in_nobodys_way(house: House, tmp_path: Path) -> None:
    (tmp_path / ".b.age.part").write_bytes(b"half")
    assert house.backup(tmp_path / "b.age").exists() and not (tmp_path / ".b.age.part").exists()


def test_no_database_ever_lies_beside_anothers_journal(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever opened it after a power cut would mix both."""
    (house.data / "nightporter.db-wal").write_bytes(b"of the former database")
    stage(house, house.backup(tmp_path / "b.age"), house.data)
    database, journal = house.data / "nightporter.db", house.data / "nightporter.db-wal"
    former = database.stat().st_ino
    while cut_after(1, house.data, monkeypatch):
        assert not (journal.exists() and database.exists() and database.stat().st_ino != former)
    assert database.stat().st_ino != former


def test_a_newer_products_backup_is_refused(house: House, tmp_path: Path) -> None:
    with closing(sqlite3.connect(house.data / "nightporter.db")) as connection:
        connection.execute(f"PRAGMA user_version = {len(migrations('nightporter')) + 1}")
    with pytest.raises(RefusedError, match="newer version"):
        stage(house, house.backup(), tmp_path / "new")


class PowerCutError(Exception):
    """The power goes."""


def test_wherever_the_power_is_cut_the_next_start_goes_on(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another hotel's files are in the way; some of them are not in the backup, and go."""
    before = tmp_path / "before"
    shutil.copytree(house.data, before)
    (before / "menus" / "later.menu").write_bytes(b"later")
    shutil.rmtree(before / "recordings")
    with closing(sqlite3.connect(before / "nightporter.db")) as connection:
        connection.execute("DELETE FROM setting")
        connection.commit()
    stage(house, house.backup(), before)
    steps = 0
    while cut_after(steps, shutil.copytree(before, tmp_path / f"cut-{steps}"), monkeypatch):
        data = tmp_path / f"cut-{steps}"
        restoring.finish(data)
        assert House(data, house.key).content() == FILES and not (data / "menus" / "later.menu").exists()
        assert not (data / "restore").exists() and not (data / "nightporter.db-wal").exists()
        with closing(sqlite3.connect(data / "nightporter.db")) as connection:
            assert connection.execute("SELECT count(*) FROM setting").fetchone() == (1,), f"cut after {steps} renames"
        steps += 1
    assert steps > len(FILES)


def cut_after(steps: int, data: Path, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Put what waits in its place, but for a power cut after so many renames; whether it came before the end."""
    rename, left = Path.rename, steps

    def cut(path: Path, to: Path) -> Path:
        nonlocal left
        if left == 0:
            raise PowerCutError
        left -= 1
        return rename(path, to)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "rename", cut)
        try:
            restoring.finish(data)
        except PowerCutError:
            return True
    return False


def test_where_nothing_can_be_renamed_a_start_is_refused_and_the_next_goes_on(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage(house, house.backup(), tmp_path / "new")

    def refuse(path: Path, to: Path) -> Path:
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as patched:
        patched.setattr(Path, "rename", refuse)
        with pytest.raises(UnavailableError):
            restoring.finish(tmp_path / "new")
    assert restoring.finish(tmp_path / "new")
    assert House(tmp_path / "new", house.key).content() == FILES
