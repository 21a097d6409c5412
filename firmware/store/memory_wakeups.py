"""The in-memory twin of `firmware.store.wakeups`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from msgspec.structs import replace

from firmware.hotel.model import Occurrence, WakeupOrder, WakeupState
from firmware.store.memory_rooms import MemoryRooms
from firmware.store.model import Page
from firmware.store.wakeups import Placed, WakeupFilter, place_of


class MemoryWakeups:
    """See `firmware.store.wakeups.Wakeups`. `rooms`: the twin that they are written with."""

    def __init__(self, rooms: MemoryRooms) -> None:
        self._rooms = rooms

    def history(self, wanted: WakeupFilter, page: Page) -> list[Placed]:
        found = [((place_of(one.at), key), one) for key, one in self._rooms.occurrences if _wanted(one, wanted)]
        found.sort(key=lambda item: item[0], reverse=True)
        return [item for item in found if page.after is None or item[0] < page.after][: page.limit]

    def order(self, order_id: str) -> WakeupOrder | None:
        return self._rooms.orders().get(order_id)

    def counts(self, wanted: WakeupFilter) -> Mapping[WakeupState, int]:
        return dict(Counter(one.state for _, one in self._rooms.occurrences if _wanted(one, wanted)))

    def erase(self, guest: str) -> None:
        self._rooms.occurrences = [
            (key, replace(one, name=None) if one.guest == guest else one) for key, one in self._rooms.occurrences
        ]


def _wanted(one: Occurrence, wanted: WakeupFilter) -> bool:
    return (
        (wanted.since is None or one.at >= wanted.since)
        and (wanted.until is None or one.at < wanted.until)
        and wanted.room in (None, one.room)
        and wanted.state in (None, one.state)
        and wanted.order in (None, one.order)
    )
