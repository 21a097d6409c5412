"""Who is at a telephone, as call control knows it: what he may do follows from that, never from what he says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from firmware.config.schema import Language
from firmware.errors import RefusedError
from firmware.exchange.decisions import DialogueActs
from firmware.exchange.numbering import Extension, NumberingPlan
from firmware.exchange.service_codes import Who
from firmware.hotel.model import Room
from firmware.hotel.service import By, HotelService


@dataclass(frozen=True, slots=True)
class Caller:
    """`number`: his extension, or who calls from outside; `who` None: neither guest nor staff; `room`: a guest's."""

    dialogue: str
    number: str
    extension: str | None = None
    who: Who | None = None
    room: str | None = None

    @property
    def by(self) -> By:
        return By(self.number, "keypad")

    @property
    def is_staff(self) -> bool:
        return self.who in ("staff", "operator")


class Callers:
    """`language`: the hotel's own."""

    def __init__(self, plan: NumberingPlan, hotel: HotelService, language: Language) -> None:
        self._plan = plan
        self._hotel = hotel
        self._language = language

    def caller(self, acts: DialogueActs) -> Caller:
        party = acts.caller
        talk = acts.dialogue.rpartition(".")[0] or acts.dialogue  # what follows counts the actions of one talk
        extension = self._plan.by_number.get(party.extension or "")
        if extension is None:
            return Caller(talk, party.number or "outside")
        return Caller(talk, extension.number, extension.number, _who(extension), extension.guest_room)

    def own_room(self, caller: Caller) -> Room:
        """Raises RefusedError (not-yours) where the telephone is no guest room's."""
        room = self._hotel.house.rooms.get(caller.room or "")
        if room is None:
            raise RefusedError("not-yours", f"{caller.number} is no telephone of a guest room")
        return room

    def room(self, caller: Caller, arguments: Mapping[str, str], may: frozenset[Who]) -> Room:
        """The room that was dialled, by its own number or a telephone's, else the caller's own.

        Raises RefusedError: not-yours where it is another's and such a caller may not; unknown-room.
        """
        dialled = arguments.get("room", "")
        if not dialled:
            return self.own_room(caller)
        name = self.named(dialled)
        if caller.who not in may and (name is None or name != caller.room):
            raise RefusedError("not-yours", f"{caller.number} may not do this for room {dialled}")
        if name is None:
            raise RefusedError("unknown-room", f"there is no room {dialled}", "room")
        return self._hotel.house.rooms[name]

    def named(self, dialled: str) -> str | None:
        """The room of this number; None: there is none."""
        if dialled in self._hotel.house.rooms:
            return dialled
        extension = self._plan.by_number.get(dialled)
        room = None if extension is None else extension.guest_room
        return room if room in self._hotel.house.rooms else None

    def language(self, caller: Caller) -> Language:
        """The room's, else the hotel's."""
        room = self._hotel.house.rooms.get(caller.room or "")
        return (None if room is None else room.language) or self._language


def _who(extension: Extension) -> Who | None:
    if extension.kind == "room":
        return "guest"
    if extension.kind == "service":
        return None
    return "operator" if extension.operator else "staff"
