"""What a ringing telephone shows of the caller: guests' names on staff telephones alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from firmware.gateway.messages import CallerId

if TYPE_CHECKING:
    from firmware.exchange.core import Core
    from firmware.exchange.numbering import Extension

NAME_LENGTH = 32
NOTHING = CallerId(private=True)


def caller_id(core: Core, caller: Extension | None, called: Extension | None) -> CallerId:
    """What `called` shows of `caller`."""
    if caller is None:
        return NOTHING
    if called is not None and called.kind == "staff":
        return CallerId(number=caller.number, name=(core.name_of(caller) or "")[:NAME_LENGTH])
    if caller.kind == "room":
        if core.settings.rooms_see == "nothing":
            return NOTHING
        return CallerId(number=room_number(core, caller))
    return CallerId(number=caller.number, name=(caller.name or "")[:NAME_LENGTH])


def room_number(core: Core, extension: Extension) -> str:
    """The room number where dialling it leads back to that room, else the extension's number (room 112)."""
    room = extension.room
    if room is None or room not in core.plan.dialable:
        return extension.number
    there = core.plan.by_number.get(room)
    return room if there is not None and there.room == room else extension.number
