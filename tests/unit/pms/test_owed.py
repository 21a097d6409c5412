"""What a link is owed is counted as it is on disk, whenever the PMS has taken some of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import TypeVar

from firmware.pms.machine import Moment, Output, Told
from firmware.pms.model import LampNews, News
from firmware.pms.owed import Owed
from firmware.pms.rooms import RoomNames
from firmware.store import Repositories, in_memory

T = TypeVar("T")
NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


class Machine:
    """It takes news and says nothing."""

    def takes_posting(self) -> bool:
        return False

    def takes_news(self) -> bool:
        return True

    def tell(self, news: News, now: Moment) -> Sequence[Output]:
        return ()


class Disk:
    def __init__(self) -> None:
        self.kept = in_memory()

    async def do(self, work: Callable[[Repositories], T]) -> T:
        return work(self.kept)


async def test_what_was_counted_before_it_was_off_the_disk_is_counted_again() -> None:
    disk = Disk()
    disk.kept.pms.add_news(["fias"], [LampNews(room="101", lit=True)], NOON)
    owed = Owed("fias", Machine(), RoomNames({}, ["101"]), None, disk)  # type: ignore[arg-type]
    assert await owed.give(lambda: Moment(0, NOON)) is not None
    owed.note_told(Told(lane="news", outcome="done"))
    assert await owed.count() and owed.waiting == 1
    assert await owed.give(lambda: Moment(0, NOON)) is None
    assert await owed.count() and owed.waiting == 0
