"""Who shares a room since a moment ago, with what each had for himself: a move may lead through a room of others."""

from __future__ import annotations

from msgspec import UNSET
from msgspec.structs import replace

from firmware.hotel.draft import Draft
from firmware.hotel.house import Cleared
from firmware.hotel.model import Guest
from firmware.pms.model import RoomData


class Parties:
    """Of one PMS link. A party are those who had a room together; `Cleared` says what of it was the whole room's:
    class, do-not-disturb, the desk's lamp, wake-ups of nobody in particular."""

    def __init__(self) -> None:
        self._rooms: dict[str, tuple[float, tuple[Cleared, ...]]] = {}
        """By room: until when that matters, and its parties, in the order in which they came."""

    def copy(self) -> Parties:
        other = Parties()
        other._rooms = dict(self._rooms)
        return other

    def forget(self, now: float) -> None:
        self._rooms = {room: shared for room, shared in self._rooms.items() if shared[0] > now}

    def part(self, draft: Draft, room: str, guest: Guest | None) -> Cleared:
        """Before one leaves, or all: what is the room's and goes with him. Who stays has what is his again."""
        living = {other.id for other in draft.room(room).guests}
        until, parties = self._rooms.pop(room, (0.0, ()))
        if guest is None or living == {guest.id}:
            return own_of(draft, room)
        parties = tuple(party for party in parties if living & _ids(party))
        own = next((party for party in parties if living & _ids(party) == {guest.id}), None)
        stay = tuple(party for party in parties if party is not own)
        if len(stay) > 1:
            self._rooms[room] = (until, stay)
        if own is None or not stay:
            return Cleared(room=room, guests=(guest,), cor=draft.room(room).cor)
        _change(draft, room, _together(parties), _together(stay))
        return replace(own, guests=(guest,))

    def settle(self, draft: Draft, room: str, own: Cleared, found: Cleared, until: float) -> None:
        """After somebody has come with what is his `own`; `found`: what the room was before."""
        draft.take_back(room, own.wakeups)
        if "desk" in own.lamp:
            draft.set_lamp(room, True)
        if found.guests:
            _, parties = self._rooms.get(room, (0.0, (found,)))
            self._rooms[room] = (until, (*parties, own))
        else:
            draft.set_class(room, own.cor)
            draft.set_dnd(room, own.dnd)

    def said(self, room: str, guest: Guest | None, data: RoomData) -> None:
        """Of the telephones of one of those who share a room, or (None) of all of them."""
        what = {name: value for name in ("cor", "dnd") if (value := getattr(data, name)) is not UNSET}
        if data.lamp is not UNSET:
            what["lamp"] = ("desk",) if data.lamp else ()
        until, parties = self._rooms.get(room, (0.0, ()))
        if parties:
            meant = [guest is None or guest.id in _ids(party) for party in parties]
            told = tuple(replace(party, **what) if his else party for party, his in zip(parties, meant, strict=True))
            self._rooms[room] = (until, told)


def own_of(draft: Draft, room: str) -> Cleared:
    """What is the whole room's now."""
    found = draft.room(room)
    return Cleared(
        room=room,
        guests=found.guests,
        wakeups=tuple(o for o in draft.wakeups.values() if o.room == room and o.guest is None),
        lamp=("desk",) if "desk" in found.lamp else (),
        dnd=found.dnd,
        cor=found.cor,
    )


def _ids(party: Cleared) -> set[str]:
    return {guest.id for guest in party.guests}


def _together(parties: tuple[Cleared, ...]) -> Cleared:
    """A room stays as it is when others come, but that its lamp is lit for any of them."""
    return replace(parties[0], lamp=("desk",) if any("desk" in party.lamp for party in parties) else ())


def _change(draft: Draft, room: str, before: Cleared, after: Cleared) -> None:
    """What somebody has switched since then stays."""
    found = draft.room(room)
    if found.cor == before.cor:
        draft.set_class(room, after.cor)
    if found.dnd == before.dnd:
        draft.set_dnd(room, after.dnd)
    if ("desk" in found.lamp) == ("desk" in before.lamp):
        draft.set_lamp(room, "desk" in after.lamp)
