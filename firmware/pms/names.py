"""Names that come one at a time (NAM1, NAM2, NAM3), maybe before the room is opened."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TypeAlias

from firmware.hotel.draft import Draft
from firmware.hotel.model import Guest
from firmware.pms.model import NameGiven

Name: TypeAlias = tuple[str | None, str | None]
"""Name and first name."""


def is_same(one: Name, other: Name) -> bool:
    """Some systems write all in capitals."""
    return [(part or "").casefold() for part in one] == [(part or "").casefold() for part in other]


def is_like(one: str, other: str) -> bool:
    """Whether both may be one person's: `Last, First`, `First Last`, or the last name alone."""
    return _words(one) >= _last(other) or _words(other) >= _last(one)


def _words(name: str) -> set[str]:
    return set(name.casefold().replace(",", " ").split())


def _last(name: str) -> set[str]:
    """The last name, as far as it can be told from the first."""
    return _words(name.partition(",")[0])


class Names:
    """Those of vacant rooms are kept until somebody is checked in there: a name alone opens no line."""

    def __init__(self, new_id: Callable[[], str]) -> None:
        self._new_id = new_id
        self._early: dict[str, tuple[Name, ...]] = {}

    def copy(self) -> Names:
        other = Names(self._new_id)
        other._early = dict(self._early)
        return other

    def early(self, room: str) -> Sequence[Name]:
        """The names that have come before the guests."""
        return self._early.get(room, ())

    def forget(self, room: str) -> None:
        self._early.pop(room, None)

    def given(self, event: NameGiven, draft: Draft, now: datetime) -> None:
        """The same name twice is one guest; to add nobody's name is nothing."""
        if event.how == "add" and event.name is None:
            return
        if not draft.room(event.room).occupied:
            self._early[event.room] = self._early_names(event)
        elif event.how == "add":
            self._add(event, draft, now)
        elif event.how == "replace":
            self._rename(draft, event.room, (event.name, event.first_name))
        else:
            self._delete(event, draft)

    def _early_names(self, event: NameGiven) -> tuple[Name, ...]:
        names, name = self._early.get(event.room, ()), (event.name, event.first_name)
        if event.how == "delete":
            return tuple(other for other in names if event.name is not None and not is_same(other, name))
        if event.how == "replace":
            return (name, *names[1:])
        return names if any(is_same(other, name) for other in names) else (*names, name)

    def _add(self, event: NameGiven, draft: Draft, now: datetime) -> None:
        guests = draft.room(event.room).guests
        name = (event.name, event.first_name)
        if any(is_same((guest.name, guest.first_name), name) for guest in guests):
            return
        if guests[0].name is None:
            self._rename(draft, event.room, name)
            return
        guest = Guest(id=self._new_id(), name=event.name, first_name=event.first_name, arrival=now)
        draft.check_in(event.room, guest, share=True)

    def _delete(self, event: NameGiven, draft: Draft) -> None:
        """One stays in an occupied room, be it without a name."""
        name = (event.name, event.first_name)
        for guest in draft.room(event.room).guests:
            if event.name is not None and not is_same((guest.name, guest.first_name), name):
                continue
            if len(draft.room(event.room).guests) > 1:
                draft.check_out(event.room, guest.id)
            else:
                self._rename(draft, event.room, (None, None))

    def _rename(self, draft: Draft, room: str, name: Name) -> None:
        """The first of its guests."""
        draft.change_guest(room, draft.room(room).guests[0].id, name=name[0], first_name=name[1])
