"""The one way to change the house.

A `House` never changes. A `Draft` of it is changed by the use cases below, each of which checks before it changes: one
that raises RefusedError has changed nothing. What a draft has come to is written to disk, and then it is the house.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from msgspec.structs import replace

from firmware.errors import RefusedError
from firmware.hotel.house import Cleared
from firmware.hotel.model import Guest, Housekeeping, LampReason, Message, Room
from firmware.hotel.wakeup_change import WakeupChange
from firmware.pms.model import MessageNews, MessagesWanted
from firmware.restriction.model import Level


class Draft(WakeupChange):
    """A change of the house in the making."""

    # ---------------------------------------------------------------------------------------------------------- stays

    def check_in(
        self, room: str, guest: Guest, *, share: bool = False, cor: Level | None = None, fresh: bool = True
    ) -> Guest:
        """A guest more. A vacant room gets its defaults, unless it is not `fresh` but has been made ready for him; its
        wake-ups stay, as they may be for who comes.

        Raises RefusedError (occupied) where somebody lives there already and it is not to `share`.
        """
        found = self.room(room)
        if found.occupied and not share:
            raise RefusedError("occupied", f"room {room} is occupied; check out first, or share it", "share")
        if not found.occupied and fresh:
            self._reset(found)
            found = self.rooms[room]
        own_class = found.cor if cor is None else cor
        self.rooms[room] = replace(found, guests=(*found.guests, guest), cor=own_class)
        self._note("check-in", room, guest=guest.id, name=guest.name, reservation=guest.reservation, share=share)
        return guest

    def check_out(self, room: str, guest_id: str | None = None) -> Cleared:
        """One guest leaves, or all. The last one out leaves the room reset and dirty; for others nothing changes.

        Raises RefusedError (vacant, unknown-guest).
        """
        found = self.room(room)
        if not found.occupied:
            raise RefusedError("vacant", f"nobody lives in room {room}", "room")
        leaving = found.guests if guest_id is None else (self._guest(found, guest_id),)
        if len(leaving) == len(found.guests):
            cleared = self._reset(found, "dirty")
        else:
            cleared = self._take_out(found, leaving)
        self._note("check-out", room, **_told(cleared))
        return cleared

    def clear(self, room: str) -> Cleared:
        """As `check_out`, and no error where the room is vacant: what was left of it is cleared all the same, but for
        wake-ups.
        """
        found = self.room(room)
        return self.check_out(room) if found.occupied else self._reset(found)

    def move(self, room: str, to: str, guest_id: str | None = None, *, join: bool = False) -> Room:
        """One guest, or all, with everything that is theirs. Who leaves nobody behind takes the room's own with him:
        lamp, do-not-disturb, class, the room's wake-ups and messages; the old room is reset and dirty.

        Raises RefusedError (vacant, unknown-guest, same-room; occupied unless to `join`).
        """
        old, new = self.room(room), self.room(to)
        if room == to:
            raise RefusedError("same-room", f"that is room {room} itself", "to")
        if not old.occupied:
            raise RefusedError("vacant", f"nobody lives in room {room}", "room")
        if new.occupied and not join:
            raise RefusedError("occupied", f"room {to} is occupied; swap the two, or check out first", "to")
        moving = old.guests if guest_id is None else (self._guest(old, guest_id),)
        everybody = len(moving) == len(old.guests)
        if not new.occupied:
            self._reset(new)
            new = self.rooms[to]
        self._take_along(room, to, None if everybody else {guest.id for guest in moving})
        carried = old.lamp - {"text"} if everybody else frozenset()
        self.rooms[to] = replace(
            new,
            guests=(*new.guests, *moving),
            cor=new.cor if new.occupied else old.cor,
            dnd=new.dnd or (everybody and old.dnd and not new.occupied),
            lamp=(new.lamp | carried),
        )
        if everybody:
            self._reset(replace(old, guests=()), "dirty")
        else:
            self.rooms[room] = replace(old, guests=tuple(guest for guest in old.guests if guest not in moving))
        self._relight(room, to)
        guests = [guest.id for guest in moving]
        self._note("move", room, to=to, guests=guests)
        self._note("move", to, **{"from": room}, guests=guests)
        return self.rooms[to]

    def swap(self, room: str, other: str) -> None:
        """Those who live in two rooms change places, with everything that is theirs; both rooms are dirty.

        Raises RefusedError (same-room; vacant unless somebody lives in both).
        """
        one, two = self.room(room), self.room(other)
        if room == other:
            raise RefusedError("same-room", f"that is room {room} itself", "with")
        for found, name in ((one, "room"), (two, "with")):
            if not found.occupied:
                raise RefusedError("vacant", f"nobody lives in room {found.room}; move instead", name)
        self.rooms[room] = replace(two, room=room, housekeeping="dirty")
        self.rooms[other] = replace(one, room=other, housekeeping="dirty")
        theirs = {room: other, other: room}
        self.messages = {
            key: replace(message, room=theirs.get(message.room, message.room)) for key, message in self.messages.items()
        }
        self.wakeups = {
            key: replace(order, room=theirs.get(order.room, order.room)) for key, order in self.wakeups.items()
        }
        self._note("swap", room, **{"with": other})
        self._note("swap", other, **{"with": room})

    def settle_in(self, room: str, guest: Guest, left: Cleared) -> None:
        """A guest who was checked out a moment ago is in again: what had been cleared with him is his again.

        The lamp, too; of a room that he has for himself also do-not-disturb and the class.
        """
        found = self.room(room)
        self.check_in(room, guest, share=found.occupied, cor=left.cor if not found.occupied else None)
        own = self.rooms[room]
        dnd = own.dnd if found.occupied else left.dnd
        self.rooms[room] = replace(own, dnd=dnd, lamp=own.lamp | frozenset(left.lamp))
        self.revive_wakeups(room, left.wakeups)
        self.take_back(room, left.kept)
        for message in left.messages:
            self.messages[message.id] = replace(message, room=room)
        self._relight(room)

    def change_guest(self, room: str, guest_id: str, **changes: object) -> Guest:
        """Members of `Guest`. Raises RefusedError (unknown-guest)."""
        found = self.room(room)
        former = self._guest(found, guest_id)
        guest = replace(former, **changes)
        if guest != former:
            guests = tuple(guest if other.id == guest_id else other for other in found.guests)
            self.rooms[room] = replace(found, guests=guests)
            self._note("guest-changed", room, guest=guest_id, **changes)
        return guest

    # ---------------------------------------------------------------------------------------------------------- rooms

    def set_housekeeping(self, room: str, status: Housekeeping, by: str | None = None) -> None:
        """`by`: the maid, for the PMS and the audit."""
        if status == self.room(room).housekeeping:
            return
        self.rooms[room] = replace(self.room(room), housekeeping=status)
        self.set_by[room] = by
        self._note("housekeeping", room, status=status, **({} if by is None else {"by": by}))

    def set_dnd(self, room: str, on: bool) -> None:
        if on == self.room(room).dnd:
            return
        self.rooms[room] = replace(self.room(room), dnd=on)
        self._note("dnd", room, on=on)

    def set_lamp(self, room: str, lit: bool, reason: LampReason = "desk") -> None:
        found = self.room(room)
        if lit == (reason in found.lamp):
            return
        self.rooms[room] = replace(found, lamp=found.lamp | {reason} if lit else found.lamp - {reason})
        self._note("message-lamp", room, reason=reason, lit=lit)

    def set_class(self, room: str, cor: Level | None) -> None:
        if cor == self.room(room).cor:
            return
        self.rooms[room] = replace(self.room(room), cor=cor)
        self._note("class", room, **{"class": cor})

    # ------------------------------------------------------------------------------------------------------- messages

    def leave_message(self, message: Message) -> None:
        """The lamp of its room is lit until it is read; one with the PMS's number replaces what had it before, and has
        been read if it is the same text again.

        Raises RefusedError (vacant) where nobody could read it.
        """
        found = self.room(message.room)
        if not found.occupied:
            raise RefusedError("vacant", f"nobody lives in room {message.room}", "room")
        if message.number is not None:
            for former in self.messages_with(message.room, message.guest, message.number):
                if former.text == message.text:
                    message = replace(message, read=former.read)
                del self.messages[former.id]
        self.messages[message.id] = message
        self._relight(message.room)
        self.news.append(
            MessageNews(room=message.room, key=_key_of(found, message), number=message.number, text=message.text)
        )
        self._note("message-left", message.room, message=message.id, guest=message.guest)

    def read_message(self, message_id: str, at: datetime | None) -> Message:
        """None: it is to count as not read again. Raises RefusedError (unknown-message)."""
        message = self._message(message_id)
        self.messages[message_id] = replace(message, read=at)
        self._relight(message.room)
        self._note("message-read" if at else "message-unread", message.room, message=message_id)
        return self.messages[message_id]

    def withdraw_messages(self, messages: Iterable[Message]) -> None:
        for message in list(messages):
            del self.messages[message.id]
            self._relight(message.room)
            found = self.rooms[message.room]
            key = _key_of(found, message)
            self.news.append(MessageNews(room=message.room, key=key, number=message.number, gone=True))
            self._note("message-withdrawn", message.room, message=message.id)

    def ask_for_messages(self, wanted: MessagesWanted) -> None:
        """The PMS is asked for a guest's texts."""
        self.news.append(wanted)
        self._note("messages-fetched", wanted.room)

    def messages_with(self, room: str, guest_id: str | None, number: str | None) -> list[Message]:
        """Of a room: of one guest, or with one number; None: of all, or with any."""
        return [
            message
            for message in self.messages.values()
            if message.room == room and guest_id in (None, message.guest) and number in (None, message.number)
        ]

    # -------------------------------------------------------------------------------------------------------- private

    def _guest(self, room: Room, guest_id: str) -> Guest:
        guest = room.guest(guest_id)
        if guest is None:
            raise RefusedError("unknown-guest", f"{guest_id} does not live in room {room.room}", "guest")
        return guest

    def _message(self, message_id: str) -> Message:
        if message_id not in self.messages:
            raise RefusedError("unknown-message", f"there is no message {message_id}", "id")
        return self.messages[message_id]

    def _reset(self, found: Room, housekeeping: Housekeeping | None = None) -> Cleared:
        """Nobody, and nothing of anybody. Wake-ups of a room that was vacant stay: staff sleep there, or the desk has
        ordered them for who comes.
        """
        room = found.room
        messages = tuple(message for message in self.messages.values() if message.room == room)
        for message in messages:
            del self.messages[message.id]
        theirs = [order for order in self.wakeups.values() if found.occupied and order.room == room]
        ended = self._end_wakeups(theirs)
        self.rooms[room] = Room(room=room, housekeeping=housekeeping or found.housekeeping)
        return Cleared(
            room=room,
            guests=found.guests,
            wakeups=ended,
            messages=messages,
            lamp=tuple(sorted(found.lamp)),
            dnd=found.dnd,
            cor=found.cor,
        )

    def _take_out(self, found: Room, leaving: Sequence[Guest]) -> Cleared:
        """Those who stay keep everything but what was the leavers' own; a PMS orders wake-ups for the room."""
        gone = {guest.id for guest in leaving}
        messages = tuple(message for message in self.messages.values() if message.guest in gone)
        for message in messages:
            del self.messages[message.id]
        orders = [order for order in self.wakeups.values() if order.guest in gone]
        kept = tuple(order for order in orders if order.link is not None and order.repeat == "once")
        ended = self._end_wakeups([order for order in orders if order not in kept])
        self.wakeups |= {order.id: replace(order, guest=None) for order in kept}
        self.rooms[found.room] = replace(found, guests=tuple(g for g in found.guests if g.id not in gone))
        self._relight(found.room)
        return Cleared(
            room=found.room,
            guests=tuple(leaving),
            wakeups=ended,
            kept=kept,
            messages=messages,
            vacant=False,
        )

    def _take_along(self, room: str, to: str, guests: set[str] | None) -> None:
        """Messages and wake-ups of these guests, or (None) all of the room, go with them."""
        for key, message in self.messages.items():
            if message.room == room and (guests is None or message.guest in guests):
                self.messages[key] = replace(message, room=to)
        for order_id, order in self.wakeups.items():
            if order.room == room and (guests is None or order.guest in guests):
                self.wakeups[order_id] = replace(order, room=to)

    def _relight(self, *rooms: str) -> None:
        """The lamp's reason "text" is that of messages which nobody has read."""
        for room in rooms:
            unread = any(message.room == room and message.read is None for message in self.messages.values())
            lamp = self.rooms[room].lamp
            self.rooms[room] = replace(self.rooms[room], lamp=lamp | {"text"} if unread else lamp - {"text"})


def _key_of(room: Room, message: Message) -> str | None:
    """The reservation of whom a message is for."""
    guest = room.guest(message.guest) if message.guest is not None else None
    return None if guest is None else guest.reservation


def _told(cleared: Cleared) -> dict[str, object]:
    """What the audit says of it."""
    return {
        "guests": [guest.id for guest in cleared.guests],
        "vacant": cleared.vacant,
        "wakeups": [order.at.isoformat() for order in cleared.wakeups],
        "messages": len(cleared.messages),
        "lamp": list(cleared.lamp),
        "dnd": cleared.dnd,
    }
