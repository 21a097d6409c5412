"""Who vouches for the clock, and what the desk is told when nobody does."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from firmware.clock import VirtualClock
from firmware.supervisor import clock_keeper
from firmware.supervisor.clock_keeper import ClockKeeper
from tests.unit.supervisor.house import ZONE, StandingAlarms


class Word:
    def __init__(self) -> None:
        self.kept: tuple[datetime, str] | None = None

    async def load(self) -> tuple[datetime, str] | None:
        return self.kept

    async def keep(self, until: datetime, boot: str) -> None:
        self.kept = (until, boot)


class Box:
    """A keeper on a machine without a time service and without a clock chip."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        self.boot, self.rtc, self.synchronised = tmp_path / "boot", tmp_path / "rtc", tmp_path / "synchronised"
        self.boot.write_text("first\n")
        monkeypatch.setattr(clock_keeper, "BOOT_ID", self.boot)
        monkeypatch.setattr(clock_keeper, "RTCS", self.rtc)
        monkeypatch.setattr(clock_keeper, "SYNCHRONISED", self.synchronised)
        monkeypatch.setattr(clock_keeper, "_kernel_synchronised", lambda: False)
        self.clock, self.board, self.word = VirtualClock(), StandingAlarms(), Word()
        self.keeper = ClockKeeper(self.clock, ZONE, self.board, self.word)

    async def look(self) -> str:
        self.keeper._watch_steps()
        await self.keeper._look()
        return self.keeper.source

    def wall(self) -> datetime:
        return self.clock.utc().astimezone(ZONE).replace(tzinfo=None)


@pytest.fixture
def box(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Box:
    return Box(monkeypatch, tmp_path)


async def test_without_any_source_the_desk_is_told_but_not_before_one_could_have_come(box: Box) -> None:
    assert await box.look() == "none" and not box.board.standing
    box.clock.advance(clock_keeper.GRACE_S + 1)
    await box.look()
    assert box.board.standing == {"clock-untrusted"} and not box.keeper.trusted


async def test_a_time_service_or_a_clock_chip_vouches(box: Box) -> None:
    box.clock.advance(clock_keeper.GRACE_S + 1)
    await box.look()
    chip = box.rtc / "rtc0"
    chip.mkdir(parents=True)
    (chip / "hctosys").write_text("1\n")
    assert await box.look() == "rtc" and not box.board.standing
    box.synchronised.touch()
    assert await box.look() == "ntp"


async def test_a_chip_that_the_kernel_did_not_use_vouches_for_nothing(box: Box) -> None:
    chip = box.rtc / "rtc0"
    chip.mkdir(parents=True)
    (chip / "hctosys").write_text("0\n")
    assert await box.look() == "none"


@pytest.mark.parametrize(
    ("differs_s", "source"), [(0, "pms"), (119, "pms"), (-119, "pms"), (121, "none"), (-3600, "none")]
)
async def test_a_pms_that_agrees_within_two_minutes_confirms_the_clock(box: Box, differs_s: int, source: str) -> None:
    box.keeper.heard(box.wall() + timedelta(seconds=differs_s))
    assert await box.look() == source


async def test_a_pms_that_has_not_been_heard_for_a_day_confirms_nothing(box: Box) -> None:
    box.keeper.heard(box.wall())
    box.clock.advance(24 * 3600 + 1)
    assert await box.look() == "none"


async def test_what_a_pms_confirmed_was_the_clock_before_it_was_set(box: Box) -> None:
    steps: list[float] = []
    box.keeper.on_step = steps.append
    box.keeper.heard(box.wall())
    assert await box.look() == "pms"
    box.clock.step(3600)
    assert await box.look() == "none" and steps == [3600]


async def test_the_technicians_word_counts_for_thirty_days_of_this_boot(box: Box) -> None:
    until = await box.keeper.vouch()
    assert until == box.clock.utc() + timedelta(days=30) and box.keeper.source == "technician"
    box.clock.advance(30 * 86400 - 1)
    assert await box.look() == "technician"
    box.boot.write_text("second\n")
    assert await box.look() == "none"
    box.boot.write_text("first\n")
    box.clock.advance(2)
    assert await box.look() == "none"
