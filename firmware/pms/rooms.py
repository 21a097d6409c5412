"""What a PMS calls the rooms: its text for each, leading zeros and all."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import TypeVar

import msgspec
from msgspec.structs import replace

from firmware.errors import RefusedError

V = TypeVar("V", bound=msgspec.Struct)
_ROOM_MEMBERS = ("room", "old_room")


class RoomNames:
    """`theirs_to_ours` names those that the two call differently; any other is called alike."""

    def __init__(self, theirs_to_ours: Mapping[str, str], rooms: Collection[str]) -> None:
        self._ours = dict(theirs_to_ours)
        self._theirs = {ours: theirs for theirs, ours in theirs_to_ours.items()}
        self._rooms = rooms

    def ours(self, value: V) -> V:
        """An event of the PMS with our rooms. Raises RefusedError (unknown-room)."""
        return _with(value, self._to_ours)

    def theirs(self, value: V) -> V:
        """News or a posting with the PMS's rooms."""
        return _with(value, lambda room: self._theirs.get(room, room))

    def _to_ours(self, room: str) -> str:
        found = self._ours.get(room, room)
        if found not in self._rooms:
            raise RefusedError("unknown-room", f"there is no room {room}", "room")
        return found


def _with(value: V, translate: Callable[[str], str]) -> V:
    given = {name: room for name in _ROOM_MEMBERS if (room := getattr(value, name, None))}
    return replace(value, **{name: translate(room) for name, room in given.items()}) if given else value
