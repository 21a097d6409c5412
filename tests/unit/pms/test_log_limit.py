"""A flood of lines for the log."""

from __future__ import annotations

from firmware.pms.log_limit import LogLimit


def written(limit: LogLimit, lines: int, now: float) -> int:
    return sum(limit.allows(now) for _ in range(lines))


def test_twenty_lines_in_ten_seconds_and_then_how_many_more_there_were() -> None:
    limit = LogLimit()
    assert written(limit, 1, 100) + written(limit, 30, 105) == 20
    assert limit.deadline == 110
    assert limit.left_out(109) == 0
    assert written(limit, 1, 109) == 0
    assert limit.left_out(110) == 12
    assert limit.left_out(110) == 0
    assert limit.deadline is None


def test_afterwards_it_begins_anew() -> None:
    limit = LogLimit()
    written(limit, 30, 100)
    limit.left_out(111)
    assert written(limit, 30, 111) == 20
    assert limit.left_out(121) == 10


def test_a_few_lines_now_and_then_are_all_written() -> None:
    limit = LogLimit()
    for now in range(0, 1000, 3):
        assert limit.left_out(now) == 0
        assert written(limit, 5, now) == 5
        assert limit.deadline is None
