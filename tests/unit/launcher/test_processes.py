"""The run directory where the disk can be written no more: who runs is found all the same, and by nobody else."""

from __future__ import annotations

import errno
import os
import tempfile
from pathlib import Path

import pytest

from firmware import processes
from firmware.errors import UnavailableError
from firmware.processes import InUseError, RunDirectory


@pytest.fixture
def memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    place = tmp_path / "memory"
    place.mkdir()
    monkeypatch.setattr(processes, "MEMORY", place)
    return place


@pytest.fixture
def data(tmp_path: Path, memory: Path) -> Path:
    place = tmp_path / "data"
    place.mkdir()
    return place


def refuse(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    """From now on the disk takes no file; what is in memory is not asked."""

    def no_file(**_: object) -> None:
        raise OSError(number, os.strerror(number), "probe")

    monkeypatch.setattr(tempfile, "TemporaryFile", no_file)


@pytest.mark.parametrize("number", [errno.EROFS, errno.ENOSPC])
def test_all_processes_of_a_data_directory_that_cannot_be_written_meet_in_memory(
    data: Path, memory: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    refuse(monkeypatch, number)
    run = RunDirectory(data).make()
    held = run.hold("supervisor")
    run.write_status({"ready": True})
    assert run.in_memory
    assert list((data / "run").iterdir()) == []
    other = RunDirectory(data)
    assert other.running("supervisor") == held
    assert other.status() == {"ready": True}
    assert other.place_of("supervisor") == run.path
    with pytest.raises(InUseError, match=str(held.pid)):
        other.make().hold("supervisor")
    assert run.path.stat().st_mode & 0o077 == 0


def test_who_started_before_and_who_starts_after_the_disk_was_mended_exclude_each_other(
    data: Path, memory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        refuse(broken, errno.EROFS)
        RunDirectory(data).make().hold("voice")
    mended = RunDirectory(data).make()
    assert not mended.in_memory
    assert mended.place_of("voice").is_relative_to(memory)
    with pytest.raises(InUseError):
        mended.hold("voice")


def test_a_process_that_starts_again_after_the_disk_has_failed_finds_those_from_before(
    data: Path, memory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    voice = RunDirectory(data).make().hold("voice")
    refuse(monkeypatch, errno.EROFS)
    late = RunDirectory(data).make()
    late.hold("supervisor")
    assert late.running("voice") == voice
    assert late.place_of("voice") == data / "run"
    with pytest.raises(InUseError):
        late.hold("voice")


def test_another_data_directory_has_another_place(
    data: Path, tmp_path: Path, memory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refuse(monkeypatch, errno.EROFS)
    RunDirectory(data).make().hold("voice")
    (tmp_path / "other").mkdir()
    RunDirectory(tmp_path / "other").make().hold("voice")
    by_another_name = tmp_path / "link"
    by_another_name.symlink_to(data)
    with pytest.raises(InUseError):
        RunDirectory(by_another_name).make().hold("voice")


@pytest.mark.parametrize("trap", ["link", "open"])
def test_a_place_that_others_may_have_laid_out_is_refused_and_not_believed(
    data: Path, tmp_path: Path, memory: Path, monkeypatch: pytest.MonkeyPatch, trap: str
) -> None:
    refuse(monkeypatch, errno.EROFS)
    run = RunDirectory(data).make()
    run.hold("voice")
    if trap == "link":
        run.path.rename(tmp_path / "elsewhere")
        run.path.symlink_to(tmp_path / "elsewhere")
    else:
        run.path.chmod(0o755)
    assert RunDirectory(data).running("voice") is None
    with pytest.raises(UnavailableError, match="somebody else"):
        RunDirectory(data).make()


def test_a_directory_that_may_not_be_written_is_refused_as_ever(
    data: Path, memory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refuse(monkeypatch, errno.EACCES)
    with pytest.raises(UnavailableError, match="Permission denied"):
        RunDirectory(data).make()
    assert list(memory.iterdir()) == []
