"""USB sticks: which of what is mounted is one, and that a copy there is whole."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from firmware.backup import shelf, stick
from firmware.errors import UnavailableError

NOW = datetime(2026, 11, 22, 2, 15, tzinfo=UTC)


class System:
    """What the kernel says of disks and mounts, in a directory."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._lines: list[str] = []
        (root / "proc/self").mkdir(parents=True)
        (root / "sys/dev/block").mkdir(parents=True)
        self.mount("0:21", "/proc")

    def mount(self, device: str, path: str) -> None:
        self._lines.append(f"{20 + len(self._lines)} 1 {device} / {path} rw,nosuid shared:1 - vfat /dev/x rw")
        (self.root / "proc/self/mountinfo").write_text("\n".join(self._lines) + "\n")

    def disk(self, place: str, device: str, removable: str = "0") -> None:
        """A disk with one partition, which has this number."""
        disk = self.root / "sys/devices" / place
        (disk / "part1").mkdir(parents=True)
        (disk / "removable").write_text(f"{removable}\n")
        (disk / "part1" / "partition").write_text("1\n")
        (self.root / "sys/dev/block" / device).symlink_to(disk / "part1")


@pytest.fixture
def system(tmp_path: Path) -> System:
    return System(tmp_path / "root")


@pytest.mark.parametrize(("place", "removable"), [("pci/usb1/1-1/block/sda", "0"), ("mmc/block/mmcblk1", "1")])
def test_a_disk_at_usb_or_one_that_can_be_taken_out_is_a_stick(
    system: System, tmp_path: Path, place: str, removable: str
) -> None:
    assert stick.find(tmp_path, system.root) is None
    system.disk(place, "8:1", removable)
    system.mount("8:1", r"/media/MY\040STICK")
    assert stick.find(tmp_path, system.root) == Path("/media/MY STICK")


def test_a_disk_that_is_built_in_is_none(system: System, tmp_path: Path) -> None:
    system.disk("pci/nvme/nvme0/nvme0n1", "259:1")
    system.mount("259:1", "/srv")
    assert stick.find(tmp_path, system.root) is None


def test_the_disk_that_the_data_lie_on_is_none_although_it_is_at_usb(system: System, tmp_path: Path) -> None:
    device = tmp_path.stat().st_dev
    system.disk("pci/usb1/1-1/block/sda", f"{os.major(device)}:{os.minor(device)}")
    system.mount(f"{os.major(device)}:{os.minor(device)}", "/data")
    assert stick.find(tmp_path, system.root) is None


def backup(directory: Path, days: int) -> Path:
    directory.mkdir(exist_ok=True)
    path = directory / shelf.name_at(NOW + timedelta(days=days))
    path.write_bytes(b"encrypted" * 1000)
    return path


def test_a_copy_is_the_same_and_the_oldest_give_way(tmp_path: Path) -> None:
    into = stick.folder(tmp_path / "stick", "Hotel Bellevue")
    assert into.name.startswith("hotel-bellevue-") and into.parent == tmp_path / "stick" / "nightporter"
    for day in (-3, -2, -1, 0):
        stick.copy(backup(tmp_path / "box", day), into, 2, NOW)
    (into / "holiday.jpg").write_bytes(b"")
    assert shelf.names(into) == [shelf.name_at(NOW), shelf.name_at(NOW - timedelta(days=1))]
    assert (into / shelf.name_at(NOW)).read_bytes() == (tmp_path / "box" / shelf.name_at(NOW)).read_bytes()


def test_hotels_with_any_name_have_folders_of_their_own_on_one_stick(tmp_path: Path) -> None:
    names = ["Отель Рассвет", "Отель Закат", "Hotel Bellevue", "hotel bellevue"]
    assert len({stick.folder(tmp_path, name) for name in names}) == 4


def test_a_stick_that_cannot_be_written_is_told_of(tmp_path: Path) -> None:
    (tmp_path / "full").write_bytes(b"")
    with pytest.raises(UnavailableError, match="USB stick"):
        stick.copy(backup(tmp_path / "box", 0), tmp_path / "full" / "nightporter", 2, NOW)


def test_what_a_stick_has_kept_wrong_gets_no_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stick, "_digest", lambda path: "another")
    with pytest.raises(UnavailableError, match="something else"):
        stick.copy(backup(tmp_path / "box", 0), tmp_path / "stick", 2, NOW)
    assert shelf.names(tmp_path / "stick") == []


def test_so_many_are_kept_and_what_a_wrong_clock_has_dated_later_goes_first(tmp_path: Path) -> None:
    for day in (-2, -1, 0, 900):
        backup(tmp_path, day)
    shelf.prune(tmp_path, 3, NOW)
    assert shelf.names(tmp_path) == [shelf.name_at(NOW + timedelta(days=day)) for day in (0, -1, -2)]
