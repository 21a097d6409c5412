"""The in-memory twin of `firmware.store.stays`."""

from __future__ import annotations

from datetime import datetime

from msgspec.structs import replace

from firmware.hotel.draft import Draft
from firmware.store.model import Page, to_ms
from firmware.store.stays import Placed, Stay, StayFilter, folded, gone, living, without_name


class MemoryStays:
    """See `firmware.store.stays.Stays`."""

    def __init__(self) -> None:
        self._stays: dict[str, Stay] = {}
        self._sequence: dict[str, int] = {}

    def write(self, draft: Draft, at: datetime) -> None:
        for stay in living(draft, at):
            self._sequence.setdefault(stay.guest, len(self._sequence) + 1)
            self._stays[stay.guest] = stay
        for guest in gone(draft) & set(self._stays):
            self._stays[guest] = replace(self._stays[guest], departed=at)

    def get(self, guest: str) -> Stay | None:
        return self._stays.get(guest)

    def found(self, wanted: StayFilter, page: Page) -> list[Placed]:
        found = [
            ((to_ms(stay.arrival), self._sequence[stay.guest]), stay)
            for stay in self._stays.values()
            if _wanted(stay, wanted)
        ]
        found.sort(key=lambda item: item[0], reverse=True)
        return [item for item in found if page.after is None or item[0] < page.after][: page.limit]

    def erase(self, guest: str, at: datetime) -> None:
        if guest in self._stays:
            self._stays[guest] = without_name(self._stays[guest], at)

    def forget(self, before: datetime) -> int:
        old = [stay.guest for stay in self._stays.values() if stay.departed is not None and stay.departed < before]
        for guest in old:
            del self._stays[guest]
        return len(old)


def _wanted(stay: Stay, wanted: StayFilter) -> bool:
    return (
        wanted.room in (None, stay.room)
        and wanted.reservation in (None, stay.reservation)
        and folded(wanted.name) in folded(stay.first_name, stay.name, stay.first_name)
        and (wanted.since is None or stay.departed is None or stay.departed >= wanted.since)
        and (wanted.until is None or stay.arrival < wanted.until)
    )
