"""The feed machine alone: battery on-hook, loop current off-hook."""

from __future__ import annotations

import pytest

from boardsupport.fxo import FeedBack, FeedLost, FxoEvent, FxoTimes
from boardsupport.si3050.feed import _TABLE, FeedInput, FeedMachine, FeedState

MS = 1_000_000


class Line:
    def __init__(self) -> None:
        self.machine = FeedMachine(FxoTimes())
        self.now_ms = 0
        self.events: list[FxoEvent] = []

    def pass_ms(self, ms: int, fed: bool, step_ms: int = 16) -> None:
        end = self.now_ms + ms
        while self.now_ms < end:
            self.events += self.machine.sample(fed, self.now_ms * MS)
            self.now_ms += step_ms

    def hook(self, off_hook: bool) -> None:
        self.machine.hook(off_hook, self.now_ms * MS)


@pytest.mark.parametrize("ms", [16, 64])
def test_a_glitch_is_nothing(ms: int) -> None:
    line = Line()
    line.pass_ms(160, True)
    line.pass_ms(ms, False)
    line.pass_ms(1000, True)
    assert line.events == []


def test_a_loop_break_is_told_with_its_edges() -> None:
    line = Line()
    line.pass_ms(160, True)
    line.pass_ms(96, False)
    assert line.events == [FeedLost(160 * MS)]
    line.pass_ms(704, False)
    line.pass_ms(160, True)
    assert line.events[1:] == [FeedBack(960 * MS, 800)]


def test_a_line_without_battery_is_dead_after_a_second() -> None:
    line = Line()
    line.pass_ms(160, True)
    line.pass_ms(992, False)
    assert line.machine.state is FeedState.LOST
    line.pass_ms(32, False)
    assert line.machine.state is FeedState.DEAD
    assert line.machine.steady, "nobody need look often at a line that is dead"
    line.pass_ms(48, True)
    line.pass_ms(32, False)
    assert line.machine.state is FeedState.DEAD, "48 ms of voltage are no feed"
    line.pass_ms(80, True)
    assert isinstance(line.events[-1], FeedBack)
    assert line.machine.present


def test_an_open_loop_is_no_dead_line_as_long_as_the_port_is_off_hook() -> None:
    line = Line()
    line.hook(True)
    line.pass_ms(5008, False)
    assert line.machine.state is FeedState.LOST
    assert line.events == [FeedLost(656 * MS)], "the current is not judged for 650 ms after off-hook"
    line.hook(False)
    line.pass_ms(900, False)
    assert line.machine.state is FeedState.LOST, "it gets its second to come back after hanging up"
    line.pass_ms(200, False)
    assert line.machine.state is FeedState.DEAD


def test_hanging_up_forgets_a_loss_that_was_still_a_doubt() -> None:
    line = Line()
    line.hook(True)
    line.pass_ms(800, True)
    line.pass_ms(32, False)
    line.hook(False)
    line.pass_ms(96, False)
    line.pass_ms(500, True)
    assert line.events == []


def test_every_state_is_left_and_entered() -> None:
    assert {state for state, _ in _TABLE} == set(FeedState) == {following for _, following in _TABLE.values()}
    assert {happened for _, happened in _TABLE} == set(FeedInput)
