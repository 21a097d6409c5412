"""Lines for accounting systems wait alike in both twins."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from firmware.store import Repositories, in_memory, open_repositories
from firmware.store.record_outputs import Backlog, FilePlace, RecordOutputs

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture(params=["memory", "sqlite"])
def repositories(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Repositories]:
    made = in_memory() if request.param == "memory" else open_repositories(tmp_path)
    yield made
    made.close()


@pytest.fixture
def kept(repositories: Repositories) -> RecordOutputs:
    return repositories.record_outputs


def keep(kept: RecordOutputs, *legs: str, output: str = "a", most: int = 100) -> list[bool]:
    return [kept.keep(output, leg, f"line of {leg}", NOON + place * MINUTE, most) for place, leg in enumerate(legs)]


def lines(kept: RecordOutputs, output: str = "a") -> list[str]:
    return [line.line for line in kept.first(output, 100)]


def test_lines_wait_in_their_order_for_each_output_apart(kept: RecordOutputs) -> None:
    assert keep(kept, "3", "1", "2") == [True, True, True]
    keep(kept, "1", output="b")
    assert lines(kept) == ["line of 3", "line of 1", "line of 2"]
    assert lines(kept, "b") == ["line of 1"]
    assert [line.leg for line in kept.first("a", 2)] == ["3", "1"]
    assert kept.outputs() == {"a", "b"}


def test_a_leg_has_one_line_while_it_waits(kept: RecordOutputs) -> None:
    assert keep(kept, "1", "1") == [True, True]
    assert lines(kept) == ["line of 1"]
    assert kept.waits("a", "1")
    assert not kept.waits("b", "1")


def test_what_was_taken_is_gone_and_the_rest_stays(kept: RecordOutputs) -> None:
    keep(kept, "1", "2", "3")
    keep(kept, "4", output="b")
    kept.take("a", kept.first("a", 2)[-1].id)
    assert lines(kept) == ["line of 3"]
    assert lines(kept, "b") == ["line of 4"]
    assert not kept.waits("a", "1")


def test_ids_never_come_back(kept: RecordOutputs) -> None:
    keep(kept, "1", "2")
    (_, last) = kept.first("a", 100)
    kept.take("a", last.id)
    keep(kept, "3")
    assert kept.first("a", 1)[0].id > last.id


def test_when_it_is_full_the_oldest_lines_stay_and_the_lost_ones_are_counted(kept: RecordOutputs) -> None:
    assert keep(kept, "1", "2", "3", "4", most=2) == [True, True, False, False]
    assert lines(kept) == ["line of 1", "line of 2"]
    assert kept.backlog("a") == Backlog(2, NOON, 2)
    kept.take("a", kept.first("a", 1)[0].id)
    assert keep(kept, "5", most=2) == [True]
    assert kept.backlog("a").lost == 2


def test_the_backlog_of_an_output_that_has_none(kept: RecordOutputs) -> None:
    assert kept.backlog("a") == Backlog(0, None, 0)


def test_the_place_in_a_file_is_kept_with_what_was_taken(kept: RecordOutputs) -> None:
    assert kept.place_of("a") is None
    keep(kept, "1", "2", "3", most=2)
    assert kept.place_of("a") is None
    first, second = kept.first("a", 100)
    kept.take("a", first.id, FilePlace("calls-1", 10))
    kept.take("a", second.id, FilePlace("calls-2", 7))
    kept.take("b", 0, FilePlace("other", 1))
    assert kept.place_of("a") == FilePlace("calls-2", 7)
    assert kept.backlog("a").lost == 1


def test_retention(kept: RecordOutputs) -> None:
    keep(kept, "1", "2", "3")
    assert kept.forget(NOON + MINUTE) == 1
    assert lines(kept) == ["line of 2", "line of 3"]


def test_a_line_is_kept_with_what_is_written_beside_it_or_not_at_all(tmp_path: Path) -> None:
    opened = open_repositories(tmp_path)
    with pytest.raises(RuntimeError), opened.together():
        keep(opened.record_outputs, "1")
        raise RuntimeError
    assert lines(opened.record_outputs) == []
    opened.close()
