"""The desk's rooms: what is known of each, and what may be changed of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec
from msgspec import UNSET

from firmware.billing.credit import Credit
from firmware.config.schema import Extension
from firmware.errors import RefusedError
from firmware.hotel.draft import Draft
from firmware.hotel.model import Guest, Room
from firmware.hotel.service import By, HotelService
from firmware.restriction.model import Level
from firmware.supervisor.agent_service import AgentService
from firmware.wakeup import schedule
from webui import types
from webui.services import Identity
from webui.types import stamp


class RoomDesk:
    """See `webui.services.Rooms`. `extensions`: of each room, in the order of the configuration."""

    def __init__(
        self,
        extensions: Mapping[str, Sequence[Extension]],
        zone: ZoneInfo,
        hotel: HotelService,
        agent: AgentService,
        credit: Credit,
        currency: str,
    ) -> None:
        self._extensions = extensions
        self._zone = zone
        self._hotel = hotel
        self._agent = agent
        self._credit = credit
        self._currency = currency
        self._at = {entry.port: room for room, entries in extensions.items() for entry in entries if entry.port}

    def rooms(self) -> list[types.Room]:
        """In the order of the configuration."""
        return [self.room(room) for room in self._extensions]

    def at(self, port: str) -> str | None:
        """The room of the telephone at this port."""
        return self._at.get(port)

    def room(self, room: str) -> types.Room:
        """Raises RefusedError (unknown-room)."""
        if room not in self._extensions:
            raise RefusedError("unknown-room", f"there is no room {room}", "room")
        extensions, found = self._extensions[room], self._hotel.house.rooms[room]
        dues = [schedule.due(order, self._zone) for order in self._hotel.house.wakeups_of(room)]
        return types.Room(
            room=room,
            floor=next((entry.floor for entry in extensions if entry.floor is not None), None),
            extensions=[entry.number for entry in extensions],
            occupancy="occupied" if found.occupied else "vacant",
            guests=[self.guest(guest) for guest in found.guests],
            housekeeping=found.housekeeping or "clean",  # nobody has said anything else
            dnd=found.dnd,
            message_lamp=lamp_view(found),
            class_=found.cor,
            effective_class=msgspec.convert(self._agent.class_of(extensions[0].number), Level),
            next_wakeup=stamp(min(dues), self._zone) if dues else None,
            line_state=self._line_state(extensions),
        )

    async def change_room(self, room: str, wanted: types.RoomChange, who: Identity) -> types.Room:
        """Kept first, then in force: what cannot be kept changes nothing. Raises RefusedError and StorageError."""

        def change(draft: Draft) -> None:
            draft.room(room)
            if wanted.class_ is not UNSET:
                draft.set_class(room, wanted.class_)
            if wanted.dnd is not UNSET:
                draft.set_dnd(room, wanted.dnd)
            if wanted.message_lamp is not UNSET:
                draft.set_lamp(room, wanted.message_lamp)
            if wanted.housekeeping is not UNSET:
                draft.set_housekeeping(room, wanted.housekeeping, who.name)

        await self._hotel.change(By(who.name, who.through), change)
        return self.room(room)

    def guest(self, guest: Guest) -> types.Guest:
        return types.Guest(
            id=guest.id,
            name=guest.name or "",
            first_name=guest.first_name,
            language=guest.language,
            vip=guest.vip,
            needs_person=guest.needs_person,
            reservation=guest.reservation,
            arrival=stamp(guest.arrival, self._zone) if guest.arrival else None,
            departure=departure_view(guest.departure, self._zone),
            deposit=self._money(guest.limit),
            deposit_left=self._money(self._credit.left(guest)),
        )

    def _money(self, amount: int | None) -> types.Money | None:
        return None if amount is None else types.Money(amount=amount, currency=self._currency)

    def _line_state(self, extensions: Sequence[Extension]) -> types.LineState | None:
        port = next((entry.port for entry in extensions if entry.port is not None), None)
        return next((line.state for line in self._agent.lines() if line.port == port), None)


def departure_view(departure: str | None, zone: ZoneInfo) -> str | None:
    """A date as it is; the hotel's wall time with its offset."""
    if departure is None or "T" not in departure:
        return departure
    return stamp(datetime.fromisoformat(departure).replace(tzinfo=zone), zone)


def lamp_view(room: Room) -> types.MessageLamp:
    return types.MessageLamp(lit=bool(room.lamp), reasons=sorted(room.lamp))
