"""What becomes of wake-up orders: given, tried, put off, over.

An order is in the house while one of its occurrences is still to ring (`rings`). When that is over it is written down
as an `Occurrence`; a recurring order then has its next one pending.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from msgspec.structs import replace

from firmware.errors import RefusedError
from firmware.hotel.change import Change
from firmware.hotel.model import Attempt, Guest, Occurrence, WakeupOrder, WakeupState

PENDING: frozenset[WakeupState] = frozenset({"waiting", "ringing"})
"""States of an occurrence that is not over."""


class WakeupChange(Change):
    """The wake-up orders' part of a draft."""

    def wakeup(self, order_id: str) -> WakeupOrder:
        """One that is still to ring. Raises RefusedError (unknown-wakeup)."""
        if order_id not in self.wakeups:
            raise RefusedError("unknown-wakeup", f"there is no wake-up {order_id} that is still to ring", "id")
        return self.wakeups[order_id]

    def order_wakeup(self, order: WakeupOrder) -> WakeupOrder:
        """A second order for the same room and minute is the same order; a recurring one takes one for once in.

        A PMS that orders two seconds of one minute, or two of them, are each owed an answer: those stay apart.
        Raises RefusedError (unknown-room).
        """
        guests = self.room(order.room).guests
        order = replace(order, rings=order.rings or order.at)
        former = next((other for other in self.wakeups.values() if _is_same(other, order)), None)
        if former is not None:
            order = replace(_merged(former, order), guest=order.guest if len(guests) == 1 else _common(former, order))
        if order != former:
            self.wakeups[order.id] = order
            self._note_wakeup("wakeup-ordered", order)
        return order

    def change_wakeup(self, order_id: str, order: WakeupOrder) -> WakeupOrder:
        """It waits for another time from now on; where the room is woken then already, that order is the only one.

        Raises RefusedError (unknown-wakeup; ringing while an attempt goes on).
        """
        former = self.wakeup(order_id)
        if former.state == "ringing":
            raise RefusedError("ringing", f"room {former.room} is being rung", "id")
        order = replace(order, id=order_id, state="waiting", attempts=(), snoozes=0)
        del self.wakeups[order_id]
        same = next((other for other in self.wakeups.values() if _is_same(other, order)), None)
        self.wakeups[order_id] = former
        if same is not None:
            self.cancel_wakeups([former])
            return self.order_wakeup(order)
        if order != former:
            self.wakeups[order_id] = order
            self._note_wakeup("wakeup-changed", order)
        return order

    def cancel_wakeups(self, orders: Iterable[WakeupOrder]) -> tuple[WakeupOrder, ...]:
        """They will not ring, and not recur; those that are no longer to ring are left out. As they are now."""
        here = {order.id: self.wakeups[order.id] for order in orders if order.id in self.wakeups}
        return tuple(self.skip_wakeup(order, None) for order in here)

    def skip_wakeup(self, order_id: str, following: datetime | None) -> WakeupOrder:
        """The pending occurrence will not ring, but the next one at its wall time `following`.

        Raises RefusedError (unknown-wakeup).
        """
        self._note_wakeup("wakeup-cancelled", self.wakeup(order_id))
        return self.finish(order_id, "cancelled", following)

    # -------------------------------------------------------------------------------------------------------- attempts

    def begin_attempt(self, order_id: str, at: datetime) -> WakeupOrder:
        """The bell is to ring now; an attempt whose end nobody has told was cut off. Raises RefusedError
        (unknown-wakeup).
        """
        order = _stopped(self.wakeup(order_id), at)
        former, snoozes = (order.attempts, order.snoozes) if order.state in PENDING else ((), 0)
        attempts = (*former, Attempt(started=at))
        return self._put(replace(order, state="ringing", attempts=attempts, snoozes=snoozes))

    def end_attempt(self, order_id: str, outcome: str, at: datetime, started: datetime | None = None) -> WakeupOrder:
        """That attempt is over; what follows from it is for `put_off` or `finish` to say.

        It began when it `started`, whatever was said then. Raises RefusedError (unknown-wakeup).
        """
        order = self.wakeup(order_id)
        if order.state != "ringing":
            order = self.begin_attempt(order_id, started or at)
        *former, last = order.attempts
        last = replace(last, started=started or last.started, ended=at, outcome=outcome)
        return self._put(replace(order, state="waiting", attempts=(*former, last)))

    def put_off(self, order_id: str, until: datetime, snoozed: bool = False) -> WakeupOrder:
        """It rings (again) at that instant (UTC); `snoozed`: the guest wants it so.

        Raises RefusedError (unknown-wakeup).
        """
        order = self.wakeup(order_id)
        return self._put(replace(order, state="waiting", put_off=until, snoozes=order.snoozes + snoozed))

    def finish(self, order_id: str, state: WakeupState, following: datetime | None = None) -> WakeupOrder:
        """The pending occurrence is over; `following`: the next one's wall time (naive).

        An order for once at that same time is part of the recurring one from then on.
        Raises RefusedError (unknown-wakeup).
        """
        order = _stopped(self.wakeup(order_id), self._now)
        attempts = order.attempts if order.state in PENDING else ()
        guest = self._woken(order)
        self.occurrences.append(Occurrence(
            order=order.id, room=order.room, guest=None if guest is None else guest.id,
            name=None if guest is None else guest.name,
            at=order.rings or order.at, repeat=order.repeat, vip=order.vip, state=state, attempts=attempts, by=order.by,
            through=order.through, ordered=order.ordered, link=order.link, ended=self._now,
        ))  # fmt: skip
        order = replace(order, state=state, attempts=attempts, rings=following, put_off=None, snoozes=0)
        if following is not None:
            return self._put(self._with_same(order))
        del self.wakeups[order_id]
        self.ended.append(order)
        return order

    def _with_same(self, order: WakeupOrder) -> WakeupOrder:
        for other in list(self.wakeups.values()):
            if other.id != order.id and other.state == "waiting" and _is_same(order, other):
                order = replace(_merged(order, other), guest=_common(order, other))
                del self.wakeups[other.id]
                self.ended.append(replace(other, state="cancelled", rings=None, put_off=None))
        return order

    def _put(self, order: WakeupOrder) -> WakeupOrder:
        self.wakeups[order.id] = order
        return order

    def _woken(self, order: WakeupOrder) -> Guest | None:
        """Whose it is, or who has the room's bill; who has left by this same change is found, too."""
        for rooms in (self.rooms, self.before.rooms):
            room = rooms.get(order.room)
            if room is not None and room.payer is not None:
                return room.guest(order.guest or "") or room.payer
        return None

    def _note_wakeup(self, action: str, order: WakeupOrder) -> None:
        at = (order.rings or order.at).isoformat()
        self._note(action, order.room, wakeup=order.id, at=at)

    # ---------------------------------------------------------------------------------------------------------- stays

    def take_back(self, room: str, orders: Iterable[WakeupOrder]) -> None:
        """What another room has kept goes with who ordered it, if it is still to ring, and nobody else's by now."""
        for order in orders:
            if order.id in self.wakeups and self.wakeups[order.id].guest is None:
                self.wakeups[order.id] = replace(self.wakeups[order.id], room=room, guest=order.guest)

    def revive_wakeups(self, room: str, orders: Iterable[WakeupOrder]) -> None:
        """They were not to be cancelled; one that rang then was stopped, and waits."""
        again = {order.id: replace(_at_rest(order, self._now), room=room) for order in orders}
        self.revived |= again.keys() - {one.order for one in self.occurrences}
        self.ended = [order for order in self.ended if order.id not in again]
        self.occurrences = [one for one in self.occurrences if one.order not in again]
        self.wakeups |= again

    def _end_wakeups(self, orders: Sequence[WakeupOrder]) -> tuple[WakeupOrder, ...]:
        """Those of who leaves, as they were; those for once are kept (a setting), as the room's from now on."""
        kept = [order for order in orders if self._keeps_wakeups and order.repeat == "once"]
        self.wakeups |= {order.id: replace(order, guest=None) for order in kept}
        gone = tuple(order for order in orders if order not in kept)
        self.cancel_wakeups(gone)
        return gone


def _is_same(one: WakeupOrder, other: WakeupOrder) -> bool:
    """One call wakes for both."""
    if one.room != other.room or one.rings is None or other.rings is None:
        return False
    if one.link and other.link:
        return one.rings == other.rings and (one.link == other.link or one.is_known_to(other.link))
    return one.rings.replace(second=0, microsecond=0) == other.rings.replace(second=0, microsecond=0)


def _merged(former: WakeupOrder, order: WakeupOrder) -> WakeupOrder:
    """A PMS is owed its own second. What recurs goes on; of a wake-up that only a PMS knew, all know from now on."""
    merged = replace(
        former,
        vip=former.vip or order.vip,
        lang=order.lang or former.lang,
    )
    if order.repeat != "once":
        merged = replace(merged, at=order.at, repeat=order.repeat, until=order.until)
    if order.link:
        merged = replace(merged, rings=order.rings, link=former.link or order.link)
        merged = replace(merged, at=order.at) if merged.repeat == "once" else merged
    elif former.through == "pms":
        merged = replace(merged, by=order.by, through=order.through, ordered=order.ordered)
    return merged


def _common(one: WakeupOrder, other: WakeupOrder) -> str | None:
    """Whose both are; the room's where they are of two."""
    return one.guest if one.guest == other.guest else None


def _stopped(order: WakeupOrder, at: datetime | None) -> WakeupOrder:
    """An attempt of it that goes on is over."""
    if order.state != "ringing":
        return order
    *former, last = order.attempts
    return replace(order, attempts=(*former, replace(last, ended=at or last.started, outcome="stopped")))


def _at_rest(order: WakeupOrder, at: datetime | None) -> WakeupOrder:
    return replace(_stopped(order, at), state="waiting") if order.state == "ringing" else order
