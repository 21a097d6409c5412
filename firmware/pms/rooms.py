"""What a PMS calls the rooms: its text for each, leading zeros and all."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import TypeVar

import msgspec
from msgspec.structs import replace

from firmware.errors import RefusedError
from firmware.pms.model import CheckOut, GuestChange, PmsEvent

V = TypeVar("V", bound=msgspec.Struct)
_ROOM_MEMBERS = ("room", "old_room")


class RoomNames:
    """`theirs_to_ours` names those that the two call differently; any other is called alike."""

    def __init__(self, theirs_to_ours: Mapping[str, str], rooms: Collection[str]) -> None:
        self._ours = dict(theirs_to_ours)
        self._theirs = {ours: theirs for theirs, ours in theirs_to_ours.items()}
        self._rooms = rooms

    def ours(self, event: PmsEvent) -> PmsEvent:
        """An event of the PMS with our rooms. Raises RefusedError (unknown-room).

        Who moves between a room of ours and one that is not has come, or left.
        """
        if isinstance(event, GuestChange) and event.old_room and self._to_ours(event.old_room) is None:
            return self.ours(replace(event, old_room=None, old_shared=None))
        if isinstance(event, GuestChange) and event.old_room and self._to_ours(event.room) is None:
            return self.ours(CheckOut(room=event.old_room, key=event.key, shared=event.old_shared))
        return _with(event, self._ours_or_refused)

    def theirs(self, value: V) -> V:
        """News or a posting with the PMS's rooms."""
        return _with(value, lambda room: self._theirs.get(room, room))

    def _to_ours(self, room: str) -> str | None:
        found = self._ours.get(room, room)
        return found if found in self._rooms else None

    def _ours_or_refused(self, room: str) -> str:
        found = self._to_ours(room)
        if found is None:
            raise RefusedError("unknown-room", f"there is no room {room}", "room")
        return found


def _with(value: V, translate: Callable[[str], str]) -> V:
    given = {name: room for name in _ROOM_MEMBERS if (room := getattr(value, name, None))}
    return replace(value, **{name: translate(room) for name, room in given.items()}) if given else value
