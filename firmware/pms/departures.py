"""Who has gone from where lately, with what was theirs: a move may come as a check-out and a check-in, in any order."""

from __future__ import annotations

import dataclasses

from msgspec.structs import replace

from firmware.hotel.house import Cleared
from firmware.hotel.model import Guest, Room
from firmware.pms.parties import Parties
from firmware.restriction.model import Level

REMEMBERED_S = 15.0
"""How long somebody who has gone may still be on the move."""


@dataclasses.dataclass(frozen=True, slots=True)
class Gone:
    """A reservation that is not in `room` any more since the event `step`. `left` is for who was checked out: what had
    been cleared with him waits for him; None: he has moved, and it went with him."""

    until: float
    step: int
    room: str
    guest: Guest
    left: Cleared | None


class Departures:
    """Of one PMS link. `begin` comes before each of its events."""

    def __init__(self) -> None:
        self._gone: dict[str, Gone] = {}
        """By reservation."""
        self._came: dict[str, tuple[float, int]] = {}
        """By guest: until when that matters, and in which event he came."""
        self.parties = Parties()
        self._step = 0
        self.until = 0.0
        """How long what happens now matters."""

    def copy(self) -> Departures:
        other = Departures()
        other._gone, other._came = dict(self._gone), dict(self._came)
        other.parties, other._step, other.until = self.parties.copy(), self._step, self.until
        return other

    def begin(self, now: float, keep: bool) -> None:
        """The next event; `keep`: nothing is forgotten, as in a resync that takes its time."""
        self._step += 1
        self.until = now + REMEMBERED_S
        if not keep:
            self._gone = {key: gone for key, gone in self._gone.items() if gone.until > now}
            self._came = {guest: came for guest, came in self._came.items() if came[0] > now}
            self.parties.forget(now)

    def came(self, guest: Guest) -> None:
        self._came[guest.id] = (self.until, self._step)

    def moved(self, guest: Guest, room: str) -> None:
        """He does not live in `room` any more."""
        self._put(guest, room, None)

    def checked_out(self, left: Cleared, cor: Level | None) -> None:
        """What was the whole room's goes with the first of its guests."""
        left = self._give_back(left)
        others = {guest.id for guest in left.guests[1:]}
        for guest in left.guests:
            first = guest is left.guests[0]
            own = replace(
                left,
                wakeups=tuple(o for o in left.wakeups if o.guest == guest.id or (first and o.guest not in others)),
                messages=tuple(m for m in left.messages if m.guest == guest.id or (first and m.guest not in others)),
                lamp=left.lamp if first else (),
                dnd=left.dnd and first,
                cor=cor,
            )
            self._put(guest, left.room, own)

    def _give_back(self, left: Cleared) -> Cleared:
        """Wake-ups that a room had kept of who left it before are his, should he come again."""
        leaving = {guest.id for guest in left.guests}
        rooms = {order.id for order in left.wakeups if order.guest is None}
        given: set[str] = set()
        for key, gone in self._gone.items():
            if gone.left is None or gone.guest.id in leaving:
                continue
            his = tuple(order for order in gone.left.kept if order.id in rooms - given)
            given |= {order.id for order in his}
            self._gone[key] = dataclasses.replace(gone, left=replace(gone.left, wakeups=(*gone.left.wakeups, *his)))
        return replace(left, wakeups=tuple(order for order in left.wakeups if order.id not in given))

    def _put(self, guest: Guest, room: str, left: Cleared | None) -> None:
        if guest.reservation is not None:
            self._gone[guest.reservation] = Gone(self.until, self._step, room, guest, left)

    def back(self, key: str | None) -> tuple[Guest, Cleared] | None:
        """Who was checked out a moment ago and comes in again, with what was cleared with him."""
        gone = self._gone.get(key) if key else None
        return None if gone is None or gone.left is None else (gone.guest, gone.left)

    def has_gone(self, key: str | None, room: str) -> bool:
        return self._since(key, room) is not None

    def who_came_after(self, key: str | None, room: Room) -> set[str]:
        """The guests of a room who came there when this reservation had gone from it, or together with that; of one who
        was never known there, as a record was lost, whoever has just moved in came after him."""
        since = self._since(key, room.room)
        if since is None:
            return {guest.id for guest in room.guests if key and self._has_moved_to(room.room, guest)}
        return {guest.id for guest in room.guests if guest.id in self._came and self._came[guest.id][1] >= since}

    def _has_moved_to(self, room: str, guest: Guest) -> bool:
        gone = self._gone.get(guest.reservation or "")
        return guest.id in self._came and gone is not None and gone.room != room

    def _since(self, key: str | None, room: str) -> int | None:
        gone = self._gone.get(key) if key else None
        return gone.step if gone is not None and gone.room == room else None
