"""Names that come one at a time (NAM1, NAM2, NAM3), maybe before the room is opened."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TypeAlias

from firmware.hotel.draft import Draft
from firmware.hotel.model import Guest
from firmware.pms.model import NameGiven

Name: TypeAlias = tuple[str | None, str | None]
"""Name and first name."""


class Names:
    """Those of vacant rooms are kept until somebody is checked in there: a name alone opens no line."""

    def __init__(self, new_id: Callable[[], str]) -> None:
        self._new_id = new_id
        self._early: dict[str, list[Name]] = {}

    def take(self, room: str) -> list[Name]:
        """The names that came early, once."""
        return self._early.pop(room, [])

    def forget(self, room: str) -> None:
        self._early.pop(room, None)

    def given(self, event: NameGiven, draft: Draft, now: datetime) -> None:
        """The same name twice is one guest."""
        if not draft.room(event.room).occupied:
            self._early[event.room] = self._early_names(event)
        elif event.how == "add":
            self._add(event, draft, now)
        elif event.how == "replace":
            self._rename(draft, event.room, 0, (event.name, event.first_name))
        else:
            self._delete(event, draft)

    def _early_names(self, event: NameGiven) -> list[Name]:
        names, name = self._early.get(event.room, []), (event.name, event.first_name)
        if event.how == "delete":
            return [other for other in names if event.name is not None and other != name]
        if event.how == "replace":
            return [name, *names[1:]]
        return names if name in names else [*names, name]

    def _add(self, event: NameGiven, draft: Draft, now: datetime) -> None:
        guests = draft.room(event.room).guests
        name = (event.name, event.first_name)
        if event.name is None or any((guest.name, guest.first_name) == name for guest in guests):
            return
        if guests[0].name is None:
            self._rename(draft, event.room, 0, name)
            return
        guest = Guest(id=self._new_id(), name=event.name, first_name=event.first_name, arrival=now)
        draft.check_in(event.room, guest, share=True)

    def _delete(self, event: NameGiven, draft: Draft) -> None:
        """One stays in an occupied room, be it without a name."""
        name = (event.name, event.first_name)
        for guest in draft.room(event.room).guests:
            if event.name is not None and (guest.name, guest.first_name) != name:
                continue
            if len(draft.room(event.room).guests) > 1:
                draft.check_out(event.room, guest.id)
            else:
                self._rename(draft, event.room, 0, (None, None))

    def _rename(self, draft: Draft, room: str, place: int, name: Name) -> None:
        guest = draft.room(room).guests[place]
        draft.change_guest(room, guest.id, name=name[0], first_name=name[1])
