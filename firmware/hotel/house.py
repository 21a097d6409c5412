"""The house: all rooms with their guests, messages and wake-up orders, at one moment. `Draft` changes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

import msgspec

from firmware.hotel.model import Guest, LampReason, Message, Occurrence, Room, WakeupOrder
from firmware.restriction.model import Level

REMEMBERED = 256
"""So many wake-ups that are over are remembered, for what comes late or twice."""


@dataclass(frozen=True)
class House:
    """What is known of all rooms at one moment."""

    rooms: Mapping[str, Room]
    messages: Mapping[str, Message] = field(default_factory=dict)
    wakeups: Mapping[str, WakeupOrder] = field(default_factory=dict)
    """Those that are still to ring (`rings` is not None)."""
    over: tuple[Occurrence, ...] = ()
    """The latest wake-ups that are over, and were not cancelled, in the order of their end."""

    def room_of(self, guest_id: str) -> str | None:
        """Where a guest lives now."""
        return next((room.room for room in self.rooms.values() if room.guest(guest_id)), None)

    def wakeups_of(self, room: str) -> list[WakeupOrder]:
        """Earliest first."""
        return sorted((o for o in self.wakeups.values() if o.room == room), key=lambda order: order.rings or order.at)

    def has_rung(self, room: str, at: datetime, link: str) -> bool:
        """Whether a wake-up that this PMS link knows by room and wall time is over."""
        return any((o.room, o.at) == (room, at) and o.is_known_to(link) for o in self.over)

    def messages_of(self, room: str) -> list[Message]:
        """Oldest first."""
        return sorted((m for m in self.messages.values() if m.room == room), key=lambda message: message.created)


class Cleared(msgspec.Struct, frozen=True, kw_only=True):
    """What a check-out, or the end of one guest's stay, has taken away from a room."""

    room: str
    guests: tuple[Guest, ...] = ()
    wakeups: tuple[WakeupOrder, ...] = ()
    """As they were."""
    kept: tuple[WakeupOrder, ...] = ()
    """Wake-ups of who leaves that are the room's from now on, as they were."""
    messages: tuple[Message, ...] = ()
    lamp: tuple[LampReason, ...] = ()
    dnd: bool = False
    cor: Level | None = None
    vacant: bool = True
    """Nobody lives there any more."""


@dataclass(frozen=True, slots=True)
class Entry:
    """For the audit."""

    action: str
    room: str
    detail: Mapping[str, object]
