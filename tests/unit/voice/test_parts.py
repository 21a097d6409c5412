"""The small parts of voice: playout depth, collections, caller id, files, country table."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boardsupport.bus import Block
from boardsupport.si3210.countries import LINE_COUNTRIES
from firmware.config.emergency import EMERGENCY_NUMBERS
from firmware.countries import COUNTRIES, unsourced
from firmware.gateway.messages import (
    CallerId,
    Command,
    DigitMap,
    JournalEntry,
    ResidentPlan,
    RingKind,
    Tone,
)
from firmware.voice import callerid
from firmware.voice.collect import Collection
from firmware.voice.commands import HANDLERS
from firmware.voice.disk import Disk, write_atomically
from firmware.voice.keeping import Keeping
from firmware.voice.playout import KEPT_BLOCKS, LOST_BLOCKS, Playout

WHEN = datetime(2026, 11, 22, 2, 0)  # noqa: DTZ001 - the hotel's wall clock, as a display shows it


def test_every_command_has_a_handler() -> None:
    assert set(HANDLERS) == set(get_args(Command))


class Highway:
    """Four blocks of playout, ticked by the test."""

    def __init__(self) -> None:
        self.queue: list[int] = []
        self.serial = 0
        self.index = 0

    def write(self) -> int:
        if len(self.queue) >= 4:
            raise BlockingIOError
        self.queue.append(self.serial)
        self.serial += 1
        return self.serial - 1

    def tick(self) -> Block:
        self.index += 1
        return Block(self.index, b"", self.queue.pop(0) if self.queue else None)


class TestPlayout:
    def fill(self, playout: Playout, highway: Highway) -> int:
        missing = playout.missing()
        for _ in range(missing):
            playout.written(highway.write())
        return missing

    @given(st.lists(st.integers(1, 8), max_size=30))
    def test_the_depth_is_two_again_after_any_lateness(self, late: list[int]) -> None:
        playout, highway = Playout(80, 0xD5), Highway()
        assert self.fill(playout, highway) == 2
        for ticks in [*late, 1, 1]:
            for block in [highway.tick() for _ in range(ticks)]:
                playout.take(block)
                self.fill(playout, highway)
        assert len(highway.queue) == 2
        assert self.fill(playout, highway) == 0

    def test_underruns_are_counted_once_audio_has_begun(self) -> None:
        playout, highway = Playout(80, 0xD5), Highway()
        playout.take(highway.tick())
        assert playout.underruns == 0
        self.fill(playout, highway)
        for _ in range(3):
            playout.take(highway.tick())
        assert playout.underruns == 1

    def test_audio_is_back_after_a_highway_that_lost_what_was_queued(self) -> None:
        playout, highway = Playout(80, 0xD5), Highway()
        self.fill(playout, highway)
        playout.take(highway.tick())
        highway.queue.clear()
        for _ in range(2 * LOST_BLOCKS):
            playout.take(highway.tick())
            self.fill(playout, highway)
        assert len(highway.queue) == 2

    def test_what_was_played_is_at_hand_for_the_canceller(self) -> None:
        playout, highway = Playout(2, 0xD5), Highway()
        for number in range(2 * KEPT_BLOCKS):
            for _ in range(playout.missing()):
                playout.buffer()[:] = bytes([highway.serial, number])
                playout.written(highway.write())
            block = highway.tick()
            played = playout.take(block)
            assert played is not None and played[0] == block.played


def test_a_terminator_that_belongs_to_a_number_is_a_digit() -> None:
    collection = Collection(DigitMap(patterns=("*#1", "8")), 0)
    assert [collection.feed(digit, 0) for digit in "*#1"] == [None, None, "complete"]


class TestCallerId:
    @pytest.mark.parametrize("country", sorted(COUNTRIES))
    def test_every_country_sends_something_and_leaves_room_for_it(self, country: str) -> None:
        row = COUNTRIES[country]
        audio = callerid.burst(CallerId(number="101", name="Żółć"), row.caller_id, WHEN, row.law)
        plan = callerid.ring_plan(row.rings["internal"], row.caller_id, audio)
        assert plan.caller_id == row.caller_id.place
        assert plan.caller_id_ms >= len(audio) / 8
        if plan.caller_id == "after-first-ring":
            assert plan.cadence_ms[1] >= plan.caller_id_ms + 500

    def test_what_cannot_be_sent_counts_as_unknown(self) -> None:
        spec = COUNTRIES["pl"].caller_id
        unknown = callerid.burst(CallerId(number="Zimmer"), spec, WHEN, "alaw")
        assert unknown == callerid.burst(CallerId(), spec, WHEN, "alaw")

    def test_nothing_to_show_is_plain_ringing(self) -> None:
        row = COUNTRIES["pl"]
        assert callerid.ring_plan(row.rings["internal"], row.caller_id, b"").caller_id == "none"


class TestCountries:
    @pytest.mark.parametrize("country", sorted(COUNTRIES))
    def test_the_table_is_whole(self, country: str) -> None:
        row = COUNTRIES[country]
        assert set(row.tones) == set(get_args(Tone))
        assert set(row.rings) == set(get_args(RingKind))
        assert row.law == LINE_COUNTRIES[country].law

    def test_what_no_standard_vouches_for_is_named(self) -> None:
        assert "tone dial" in unsourced("vn")
        assert "tone dial" not in unsourced("pl")
        assert "tone howler" in unsourced("pl")

    def test_the_configuration_knows_the_same_countries(self) -> None:
        assert set(COUNTRIES) == set(EMERGENCY_NUMBERS)


class TestKeeping:
    def test_plan_and_journal_come_back(self, tmp_path: Path, disk: Disk, settle: Callable[[], None]) -> None:
        keeping = Keeping(tmp_path / "voice", disk)
        assert (keeping.load_plan(), keeping.load_journal(), keeping.load_calibration()) == (None, [], {})
        plan = ResidentPlan(
            revision="r", digit_map=DigitMap(patterns=("8",)), routes={"8": ("fxs/1",)}, reception=("fxs/1",),
            emergency=("112",), caller_ids={},
        )  # fmt: skip
        told: list[str | None] = []
        keeping.keep_plan(plan, told.append)
        entry = JournalEntry(entry="e", boot="b", kind="call", endpoints=("fxs/1",), tag=b"\xff\x00", started_ns=1)
        keeping.keep_journal((entry,), lambda kept: None)
        keeping.keep_calibration({"fxs/1": [1, 2]})
        settle()
        assert told == [None]
        again = Keeping(tmp_path / "voice", disk)
        assert again.load_plan() == plan
        assert (again.load_journal(), again.load_calibration()) == ([entry], {"fxs/1": [1, 2]})

    @pytest.mark.parametrize("content", [b'{"revision": 5', b'{"revision": "\xff"}', bytes(500), b"[" * 100_000])
    def test_a_spoiled_file_counts_as_absent(self, tmp_path: Path, disk: Disk, content: bytes) -> None:
        for name in ("resident-plan.json", "wakeups.json", "wakeups-told.json", "journal.json", "calibration.json"):
            (tmp_path / name).write_bytes(content)
        keeping = Keeping(tmp_path, disk)
        assert (keeping.load_wakeups(), keeping.load_forgotten()) == (None, [])
        assert (keeping.load_plan(), keeping.load_journal(), keeping.load_calibration()) == (None, [], {})

    def test_calibration_results_that_are_no_bytes_count_as_absent(self, tmp_path: Path, disk: Disk) -> None:
        (tmp_path / "calibration.json").write_bytes(b'{"fxs/1": [256], "fxs/2": [255]}')
        assert Keeping(tmp_path, disk).load_calibration() == {}

    def test_a_disk_that_refuses_is_told(self, tmp_path: Path, disk: Disk, settle: Callable[[], None]) -> None:
        (tmp_path / "voice").write_text("a file where the directory should be")
        told: list[str | None] = []
        plan = ResidentPlan(
            revision="r", digit_map=DigitMap(patterns=()), routes={}, reception=(), emergency=(), caller_ids={}
        )
        Keeping(tmp_path / "voice", disk).keep_plan(plan, told.append)
        settle()
        assert told[0] is not None

    def test_nothing_is_left_beside_the_file(self, tmp_path: Path) -> None:
        write_atomically(tmp_path / "x" / "file", b"one")
        write_atomically(tmp_path / "x" / "file", b"two")
        assert [path.name for path in (tmp_path / "x").iterdir()] == ["file"]
        assert (tmp_path / "x" / "file").read_bytes() == b"two"
