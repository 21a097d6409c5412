"""One file a day and one a call: each line once, wherever the power goes."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from firmware.billing.outputs import files
from firmware.billing.outputs.files import FilePerCall, FilePerDay
from firmware.billing.outputs.shelf import Shelf
from firmware.store.record_outputs import FilePlace
from firmware.supervisor.store_thread import StoreThread
from tests.unit.outputs.calls import WARSAW

EVENING = datetime(2026, 3, 12, 22, 58, tzinfo=UTC)
"""Two minutes before midnight in Warsaw."""
MINUTE = timedelta(minutes=1)
TODAY, TOMORROW = "calls-2026-03-12.csv", "calls-2026-03-13.csv"


class PowerCutError(OSError):
    """The box is off from here on."""


async def keep(store: StoreThread, *legs: str, at: datetime = EVENING) -> None:
    for leg in legs:
        await store.do(lambda kept, leg=leg: kept.record_outputs.keep("output", leg, f"line of {leg}", at, 1000))  # type: ignore[misc]


async def deliver_all(writer: FilePerDay | FilePerCall, shelf: Shelf) -> None:
    while await writer.deliver(shelf):
        pass


def cut(monkeypatch: pytest.MonkeyPatch, owner: object, name: str, after: Callable[..., object] | None = None) -> None:
    """The power goes when `name` is called, or (`after` is what it is) when it has been done."""

    def gone(*given: object) -> None:
        if after is not None:
            after(*given)
        raise PowerCutError(name)

    monkeypatch.setattr(owner, name, gone)


def per_day(directory: Path) -> FilePerDay:
    return FilePerDay(directory, "csv", WARSAW)


def per_call(directory: Path) -> FilePerCall:
    return FilePerCall(directory, "txt", WARSAW)


def lines(path: Path) -> list[str]:
    text = path.read_bytes().decode()
    assert text.endswith("\r\n")
    return text.split("\r\n")[:-1]


class TestOneFileADay:
    async def test_lines_are_appended_in_their_order_and_leave_the_store(
        self, store: StoreThread, shelf: Shelf, tmp_path: Path
    ) -> None:
        writer = per_day(tmp_path / "out")
        await keep(store, "a", "b")
        await deliver_all(writer, shelf)
        await keep(store, "c")
        await deliver_all(writer, shelf)
        assert lines(tmp_path / "out" / TODAY) == ["line of a", "line of b", "line of c"]
        assert (await shelf.backlog()).lines == 0

    async def test_midnight_begins_a_new_file(self, store: StoreThread, shelf: Shelf, tmp_path: Path) -> None:
        await keep(store, "a", at=EVENING)
        await keep(store, "b", at=EVENING + 3 * MINUTE)
        await deliver_all(per_day(tmp_path), shelf)
        assert lines(tmp_path / TODAY) == ["line of a"]
        assert lines(tmp_path / TOMORROW) == ["line of b"]

    async def test_a_cut_between_the_file_and_the_store_doubles_nothing(
        self, store: StoreThread, shelf: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        await keep(store, "a")
        await deliver_all(per_day(tmp_path), shelf)
        await keep(store, "b", "c")
        with monkeypatch.context() as patched:
            cut(patched, Shelf, "take")
            with pytest.raises(PowerCutError):
                await per_day(tmp_path).deliver(shelf)
        await keep(store, "d")
        await deliver_all(per_day(tmp_path), shelf)
        assert lines(tmp_path / TODAY) == [f"line of {leg}" for leg in "abcd"]

    @pytest.mark.parametrize("written", [1, 9, 10, 11, 12, 21, 22])
    async def test_a_cut_in_the_middle_of_a_line_is_mended(
        self, store: StoreThread, shelf: Shelf, tmp_path: Path, written: int
    ) -> None:
        await keep(store, "a", "b")
        (tmp_path / TODAY).write_bytes(b"line of a\r\nline of b\r\n"[:written])
        await deliver_all(per_day(tmp_path), shelf)
        assert lines(tmp_path / TODAY) == ["line of a", "line of b"]

    async def test_calls_whose_lines_are_alike_are_all_written(
        self, store: StoreThread, shelf: Shelf, tmp_path: Path
    ) -> None:
        for leg in "abc":
            await store.do(lambda kept, leg=leg: kept.record_outputs.keep("output", leg, "203", EVENING, 9))  # type: ignore[misc]
            await deliver_all(per_day(tmp_path), shelf)  # each by a program that has just started
        assert lines(tmp_path / TODAY) == ["203", "203", "203"]

    async def test_what_somebody_else_wrote_stays_and_ends_its_line_first(
        self, store: StoreThread, shelf: Shelf, tmp_path: Path
    ) -> None:
        (tmp_path / TODAY).write_bytes(b"a remark")
        await keep(store, "a")
        await deliver_all(per_day(tmp_path), shelf)
        assert lines(tmp_path / TODAY) == ["a remark", "line of a"]

    async def test_a_file_that_the_collector_took_away_is_begun_anew(
        self, store: StoreThread, shelf: Shelf, tmp_path: Path
    ) -> None:
        await keep(store, "a")
        await deliver_all(per_day(tmp_path), shelf)
        (tmp_path / TODAY).unlink()
        await keep(store, "b")
        await deliver_all(per_day(tmp_path), shelf)
        assert lines(tmp_path / TODAY) == ["line of b"]

    async def test_lines_wait_while_the_directory_is_not_there(
        self, store: StoreThread, shelf: Shelf, tmp_path: Path
    ) -> None:
        await keep(store, "a")
        writer = per_day(tmp_path / "not-mounted" / "out")
        with pytest.raises(FileNotFoundError):
            await writer.deliver(shelf)
        (tmp_path / "not-mounted").mkdir()
        await deliver_all(writer, shelf)
        assert lines(tmp_path / "not-mounted" / "out" / TODAY) == ["line of a"]

    async def test_a_line_leaves_the_store_only_when_it_is_on_disk(
        self, store: StoreThread, shelf: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        done: list[str] = []
        real_sync, real_take = os.fsync, Shelf.take

        def sync(file: int) -> None:
            done.append("directory" if os.path.isdir(f"/proc/self/fd/{file}") else "file")  # noqa: PTH112
            real_sync(file)

        async def take(shelf: Shelf, last: int, place: FilePlace | None = None) -> None:
            done.append("take")
            await real_take(shelf, last, place)

        monkeypatch.setattr(files.os, "fsync", sync)
        monkeypatch.setattr(Shelf, "take", take)
        await keep(store, "a")
        await deliver_all(per_day(tmp_path), shelf)
        assert done == ["file", "directory", "take"]
        done.clear()
        await keep(store, "b")
        await deliver_all(per_call(tmp_path), shelf)
        assert done == ["file", "directory", "take", "directory"]


def published(directory: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in directory.iterdir() if path.name.startswith("call-")}


class TestOneFileACall:
    async def test_a_file_has_one_line_and_a_name_that_tells_time_and_leg(
        self, store: StoreThread, shelf: Shelf, tmp_path: Path
    ) -> None:
        await keep(store, "a/b", "c")
        await deliver_all(per_call(tmp_path / "out"), shelf)
        assert published(tmp_path / "out") == {
            "call-20260312T235800-a%2Fb.txt": b"line of a/b\r\n",
            "call-20260312T235800-c.txt": b"line of c\r\n",
        }
        assert (await shelf.backlog()).lines == 0

    async def test_nothing_but_whole_files_is_ever_seen(
        self, store: StoreThread, shelf: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        await keep(store, "a")
        with monkeypatch.context() as patched:
            cut(patched, files, "_write", lambda file, data: os.write(file, data[:4]))
            with pytest.raises(PowerCutError):
                await per_call(tmp_path).deliver(shelf)
        assert published(tmp_path) == {}
        await deliver_all(per_call(tmp_path), shelf)
        assert list(published(tmp_path).values()) == [b"line of a\r\n"]

    async def test_a_cut_before_the_line_has_left_the_store_makes_the_file_once(
        self, store: StoreThread, shelf: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        await keep(store, "a", "b")
        with monkeypatch.context() as patched:
            cut(patched, Shelf, "take")
            with pytest.raises(PowerCutError):
                await per_call(tmp_path).deliver(shelf)
        assert published(tmp_path) == {}
        await deliver_all(per_call(tmp_path), shelf)
        assert sorted(published(tmp_path).values()) == [b"line of a\r\n", b"line of b\r\n"]

    async def test_a_cut_after_the_line_has_left_the_store_publishes_the_file_later_and_once(
        self, store: StoreThread, shelf: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        await keep(store, "a")
        with monkeypatch.context() as patched:
            cut(patched, FilePerCall, "_publish")
            with pytest.raises(PowerCutError):
                await per_call(tmp_path).deliver(shelf)
        assert (await shelf.backlog()).lines == 0
        assert published(tmp_path) == {}
        await deliver_all(per_call(tmp_path), shelf)
        (name,) = published(tmp_path)
        (tmp_path / name).unlink()  # the collector has it
        await deliver_all(per_call(tmp_path), shelf)
        assert published(tmp_path) == {}

    async def test_the_same_program_mends_it_too(
        self, store: StoreThread, shelf: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        await keep(store, "a")
        writer = per_call(tmp_path)
        with monkeypatch.context() as patched:
            cut(patched, FilePerCall, "_publish")
            with pytest.raises(PowerCutError):
                await writer.deliver(shelf)
        await deliver_all(writer, shelf)
        assert list(published(tmp_path).values()) == [b"line of a\r\n"]
