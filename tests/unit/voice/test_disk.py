"""The disk thread and what is kept through it: failing jobs, the newest of many versions, a plan that was not kept."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import msgspec
import pytest

from firmware.gateway.messages import DigitMap, Done, Error, JournalEntry, Reply, ResidentPlan
from firmware.voice import keeping as keeping_module
from firmware.voice.disk import Disk, write_atomically
from firmware.voice.journal import Journal
from firmware.voice.journal_writer import KEEP_AGAIN_NS, JournalWriter
from firmware.voice.keeping import Keeping
from firmware.voice.services import GatewayServices

PLAN = ResidentPlan(
    revision="r", digit_map=DigitMap(patterns=()), routes={}, reception=(), emergency=(), caller_ids={}
)  # fmt: skip


def entry(number: int) -> JournalEntry:
    return JournalEntry(
        entry=str(number), boot="b", kind="call", endpoints=("fxs/1",), tag=b"", started_ns=number
    )  # fmt: skip


def test_a_job_with_a_bug_is_told_and_logged_and_does_not_keep_the_next_from_running(
    disk: Disk, settle: Callable[[], None], caplog: pytest.LogCaptureFixture
) -> None:
    results: list[object] = []

    def broken() -> None:
        raise ZeroDivisionError("a bug")

    with caplog.at_level(logging.ERROR):
        disk.submit(broken, results.append)
        disk.submit(lambda: "next", results.append)
        settle()
    assert isinstance(results[0], ZeroDivisionError) and results[1] == "next"
    assert any(record.exc_info for record in caplog.records)


def test_of_many_journals_that_wait_for_the_disk_only_the_newest_is_written(
    tmp_path: Path, disk: Disk, settle: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[bytes] = []

    def noted(path: Path, data: bytes) -> None:
        written.append(data)
        write_atomically(path, data)

    monkeypatch.setattr(keeping_module, "write_atomically", noted)
    kept, busy = Keeping(tmp_path, disk), threading.Event()
    disk.submit(lambda: busy.wait(10))
    for number in range(50):
        kept.keep_journal((entry(number),), lambda kept: None)
    busy.set()
    settle()
    assert [msgspec.json.decode(data)[0]["entry"] for data in written] == ["49"]
    kept.keep_journal((entry(50),), lambda kept: None)
    settle()
    assert kept.load_journal() == [entry(50)]


def test_a_journal_that_a_full_disk_refused_is_written_when_there_is_room_again(
    tmp_path: Path, disk: Disk, settle: Callable[[], None]
) -> None:
    (tmp_path / "voice").write_text("a file where the directory should be")
    journal = Journal("boot", lambda: "e1")
    writer = JournalWriter(journal, Keeping(tmp_path / "voice", disk))
    journal.left("fxs/1", None, b"tag", 1)
    writer.step(now_ns=0)
    settle()
    (tmp_path / "voice").unlink()
    for now_ns in (0, KEEP_AGAIN_NS - 1):
        writer.step(now_ns)
        settle()
        assert not (tmp_path / "voice").exists(), "a disk that is full is not asked in every turn"
    writer.step(KEEP_AGAIN_NS)
    settle()
    assert Keeping(tmp_path / "voice", disk).load_journal() == list(journal.entries())
    assert not journal.changed


def test_who_waits_for_the_journal_is_called_when_what_he_noted_is_on_the_disk(
    tmp_path: Path, disk: Disk, settle: Callable[[], None]
) -> None:
    journal, keeping = Journal("boot", iter("abc").__next__), Keeping(tmp_path, disk)
    writer, called = JournalWriter(journal, keeping), list[list[str]]()

    def note(wakeup: str) -> None:
        journal.wakeup_ended(wakeup, ("fxs/1",), "confirmed", 1, 2)
        writer.when_kept(lambda: called.append([entry.wakeup for entry in keeping.load_journal()]))

    note("w1")
    writer.step(0)
    note("w2")
    writer.step(0)
    assert called == []
    settle()
    assert called == [["w1"]], "what was noted while the disk wrote is not on it yet"
    writer.step(0)
    settle()
    assert called == [["w1"], ["w1", "w2"]]


def test_at_the_end_of_the_process_nothing_is_left_unwritten(
    tmp_path: Path, disk: Disk, settle: Callable[[], None]
) -> None:
    journal, keeping = Journal("boot", iter("abc").__next__), Keeping(tmp_path, disk)
    writer = JournalWriter(journal, keeping)
    journal.wakeup_ended("w1", ("fxs/1",), "confirmed", 1, 2)
    writer.step(0)
    journal.wakeup_ended("w2", ("fxs/1",), "confirmed", 1, 2)
    writer.step(0)
    writer.close()
    settle()
    assert [entry.wakeup for entry in keeping.load_journal()] == ["w1", "w2"]


def test_a_full_disk_keeps_nobody_waiting(tmp_path: Path, disk: Disk, settle: Callable[[], None]) -> None:
    (tmp_path / "voice").write_text("a file where the directory should be")
    journal = Journal("boot", lambda: "e1")
    writer, called = JournalWriter(journal, Keeping(tmp_path / "voice", disk)), list[int]()
    for number in (1, 2):
        journal.wakeup_ended("w", ("fxs/1",), "confirmed", 1, 2)
        writer.when_kept(lambda number=number: called.append(number))  # type: ignore[misc]
        writer.step(0)
        settle()
        assert called[-1] == number


def test_a_wake_up_that_an_agent_has_taken_note_of_is_still_known_after_a_restart(
    tmp_path: Path, disk: Disk, settle: Callable[[], None]
) -> None:
    journal, keeping = Journal("boot", lambda: "e1"), Keeping(tmp_path, disk)
    writer = JournalWriter(journal, keeping)
    journal.wakeup_ended("w", ("fxs/1",), "confirmed", 1, 2)
    journal.forget(["e1"])
    writer.step(0)
    settle()
    assert keeping.load_journal() == []
    assert Journal("boot", lambda: "e2", forgotten=keeping.load_forgotten()).wakeup_over("w")


class Plans:
    """Stands in for survival and for the files, where a plan is lodged."""

    def __init__(self) -> None:
        self.in_force: ResidentPlan | None = None
        self.kept: list[Callable[[str | None], None]] = []

    def lodge(self, plan: ResidentPlan) -> None:
        self.in_force = plan

    def keep_plan(self, plan: ResidentPlan, done: Callable[[str | None], None]) -> None:
        self.kept.append(done)


@pytest.mark.parametrize(("why", "in_force"), [(None, PLAN), ("no space left", None)])
def test_a_plan_is_in_force_when_it_is_on_the_disk(why: str | None, in_force: ResidentPlan | None) -> None:
    plans, replies = Plans(), list[Reply]()
    services = GatewayServices.__new__(GatewayServices)
    cast(Any, services)._survival = cast(Any, services)._keeping = plans
    services.lodge(PLAN, replies.append)
    assert (plans.in_force, replies) == (None, [])
    plans.kept[0](why)
    assert plans.in_force == in_force
    assert isinstance(replies[0], Done if why is None else Error)
