"""What a PMS says becomes a change of the house: shares, moves in all their forms, resyncs, lost records.

Pure: events and the time come in, a draft of the house is changed. An event that cannot be raises RefusedError and has
changed nothing. (FIAS 7 and 8, Mitel A.7 and A.9 of the protocols' descriptions.)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, timedelta
from typing import Any, Literal

import msgspec
from msgspec import UNSET

from firmware.errors import RefusedError
from firmware.hotel.draft import Draft
from firmware.hotel.house import Cleared
from firmware.hotel.model import Guest, Message, Room, WakeupOrder
from firmware.pms import model
from firmware.pms.machine import Moment
from firmware.pms.model import GuestData, PmsEvent, RoomData
from firmware.pms.names import Names

PARKED_S = 15.0
"""How long what belongs to a guest who was checked out waits for him: a move may come as a check-out and a check-in."""
LATE = timedelta(minutes=10)
"""A wake-up that was due longer ago is refused."""


@dataclass(frozen=True, slots=True)
class _Parked:
    until: float
    guest: Guest
    left: Cleared


class Reconciler:
    """One PMS link's view of the house. `unseen`: what a complete resync does with rooms that it did not name."""

    def __init__(self, link: str, new_id: Callable[[], str], unseen: Literal["leave", "check-out"] = "leave") -> None:
        self._link = link
        self._new_id = new_id
        self._unseen = unseen
        self._seen: dict[str, set[str]] | None = None
        """In a resync: the rooms that were named, with the reservations that are in them."""
        self._parked: dict[str, _Parked] = {}
        """By reservation."""
        self._names = Names(new_id)
        self.notes: list[tuple[str, dict[str, object]]] = []
        """For the log: what was not as it should be. Whoever runs this empties it."""
        self._handlers: Mapping[type, Callable[[Any, Draft, Moment], None]] = {
            model.CheckIn: self._check_in,
            model.CheckOut: self._check_out,
            model.GuestChange: self._guest_change,
            model.Equipment: lambda event, draft, now: self._equip(draft, event.room, event.equipment),
            model.RoomOpened: self._room_opened,
            model.RoomClosed: self._room_closed,
            model.NameGiven: self._name_given,
            model.GuestDetail: self._guest_detail,
            model.WakeupSet: self._wakeup_set,
            model.WakeupCleared: self._wakeup_cleared,
            model.MessageGiven: self._message_given,
            model.MessageWithdrawn: self._message_withdrawn,
            model.ResyncBegun: lambda event, draft, now: self._begin_resync(),
            model.ResyncEnded: self._resync_ended,
            model.NightAudit: lambda event, draft, now: None,
        }

    @property
    def in_resync(self) -> bool:
        return self._seen is not None

    def apply(self, event: PmsEvent, draft: Draft, now: Moment) -> None:
        """Raises RefusedError (unknown-room, vacant, past, ...)."""
        room = getattr(event, "room", None)
        if room is not None:
            draft.room(room)
        self._handlers[type(event)](event, draft, now)

    def forget_resync(self) -> None:
        """It cannot be trusted any more, as when the disk has refused a part of it."""
        self._seen = None

    # ---------------------------------------------------------------------------------------------------------- stays

    def _check_in(self, event: model.CheckIn, draft: Draft, now: Moment) -> None:
        self._see(event.room, event.key)
        room, elsewhere = draft.room(event.room), self._lives(draft, event.key)
        known = room.holder_of(event.key) or self._adoptable(room, event)
        if known is not None:
            self._update(draft, event.room, known, event.guest, event.key)
        elif elsewhere is not None:
            self._make_room(draft, room, event.shared, now)
            self._move_in(draft, elsewhere, event.room)
            self._update_holder(draft, event.room, event.key, event.guest)
        else:
            self._make_room(draft, room, event.shared, now)
            self._new_guest(draft, event.room, event.key, event.guest, now)
        self._equip(draft, event.room, event.equipment)

    def _adoptable(self, room: Room, event: model.CheckIn) -> Guest | None:
        """Who is meant where no reservation tells: the first guest of a PMS without them, or one of the desk's."""
        if not room.occupied or event.shared:
            return None
        if event.key is None:
            return room.guests[0]
        return next((guest for guest in room.guests if guest.reservation is None), None)

    def _make_room(self, draft: Draft, room: Room, shared: bool | None, now: Moment) -> None:
        """Others who are still in have left without our having been told, unless the room is to be shared.

        In a resync all who are in a room are named one after the other, and who was not is known at its end.
        """
        if not room.occupied or shared or self.in_resync:
            return
        self._note("check-out-was-lost", room=room.room, guests=[guest.reservation for guest in room.guests])
        self._park(draft.check_out(room.room), now)

    def _new_guest(self, draft: Draft, room: str, key: str | None, data: GuestData, now: Moment) -> None:
        parked = self._parked.pop(key, None) if key is not None else None
        if parked is not None and parked.until > now.seconds:
            draft.settle_in(room, changed(parked.guest, data), parked.left)
            return
        guest = Guest(id=self._new_id(), reservation=key, arrival=now.local.astimezone(UTC))
        draft.check_in(room, changed(guest, data), share=draft.room(room).occupied)

    def _check_out(self, event: model.CheckOut, draft: Draft, now: Moment) -> None:
        self._see(event.room, None)
        room = draft.room(event.room)
        holder = room.holder_of(event.key)
        if holder is not None and event.shared is not False:
            self._park(draft.check_out(event.room, holder.id), now, alone=len(room.guests) == 1)
        elif holder is None and event.key is not None and (event.shared or self._lives(draft, event.key)):
            self._note("unknown-guest-left", room=event.room, reservation=event.key)
        else:
            self._park(draft.clear(event.room), now)
            self._names.forget(event.room)

    def _guest_change(self, event: model.GuestChange, draft: Draft, now: Moment) -> None:
        if event.old_room not in (None, "", event.room):
            self._move(event, draft, now)
            return
        self._see(event.room, event.key)
        room = draft.room(event.room)
        known = room.holder_of(event.key) or self._adoptable(
            room, model.CheckIn(room=event.room, key=event.key, shared=event.shared)
        )
        if known is not None:
            self._update(draft, event.room, known, event.guest, event.key)
        else:
            self._make_room(draft, room, event.shared is not False, now)
            self._new_guest(draft, event.room, event.key, event.guest, now)
        self._equip(draft, event.room, event.equipment)

    def _move(self, event: model.GuestChange, draft: Draft, now: Moment) -> None:
        old, new = draft.room(event.old_room or ""), draft.room(event.room)
        self._see(event.room, event.key)
        self._see(old.room, None)
        lives = self._lives(draft, event.key)
        if lives is None and event.key is None and old.occupied:
            lives = (old.room, None)
        if lives is not None and lives[0] != new.room:
            self._make_room(draft, new, event.shared, now)
            self._move_in(draft, lives, new.room)
        elif lives is None:
            self._make_room(draft, new, event.shared, now)
            self._new_guest(draft, new.room, event.key, event.guest, now)
        self._update_holder(draft, new.room, event.key, event.guest)
        if event.old_shared is False and draft.room(old.room).occupied:
            self._park(draft.check_out(old.room), now)
        self._equip(draft, new.room, event.equipment)

    def _move_in(self, draft: Draft, lives: tuple[str, str | None], to: str) -> None:
        draft.move(lives[0], to, lives[1], join=draft.room(to).occupied)

    def _lives(self, draft: Draft, key: str | None) -> tuple[str, str | None] | None:
        """Room and id of who has this reservation."""
        for room in draft.rooms.values():
            if (guest := room.holder_of(key)) is not None:
                return room.room, guest.id
        return None

    def _update_holder(self, draft: Draft, room: str, key: str | None, data: GuestData) -> None:
        found = draft.room(room)
        guest = found.holder_of(key) or found.guests[-1]
        self._update(draft, room, guest, data, key)

    def _update(self, draft: Draft, room: str, guest: Guest, data: GuestData, key: str | None) -> None:
        after = changed(guest, data)
        members = {name: getattr(after, name) for name in Guest.__struct_fields__}
        members["reservation"] = key or guest.reservation
        different = {name: value for name, value in members.items() if value != getattr(guest, name)}
        if different:
            draft.change_guest(room, guest.id, **different)

    def _park(self, left: Cleared, now: Moment, alone: bool = False) -> None:
        """What has been cleared waits a while, should this be one half of a move."""
        self._parked = {key: parked for key, parked in self._parked.items() if parked.until > now.seconds}
        only = len(left.guests) == 1 or alone
        for guest in left.guests:
            if guest.reservation is None:
                continue
            own = left if only else Cleared(
                room=left.room,
                wakeups=tuple(order for order in left.wakeups if order.guest == guest.id),
                messages=tuple(message for message in left.messages if message.guest == guest.id),
                cor=left.cor,
            )  # fmt: skip
            self._parked[guest.reservation] = _Parked(now.seconds + PARKED_S, guest, own)

    # ---------------------------------------------------------------------------------------------- rooms of the other

    def _room_opened(self, event: model.RoomOpened, draft: Draft, now: Moment) -> None:
        self._see(event.room, None)
        room = draft.room(event.room)
        if not room.occupied:
            arrival = now.local.astimezone(UTC)
            for place, name in enumerate(self._names.take(event.room) or [(None, None)]):
                guest = Guest(id=self._new_id(), name=name[0], first_name=name[1], arrival=arrival)
                draft.check_in(event.room, guest, share=place > 0)
            room = draft.room(event.room)
        self._update(draft, event.room, room.guests[0], event.guest, None)

    def _room_closed(self, event: model.RoomClosed, draft: Draft, now: Moment) -> None:
        self._see(event.room, None)
        self._names.forget(event.room)
        draft.clear(event.room)

    def _name_given(self, event: model.NameGiven, draft: Draft, now: Moment) -> None:
        self._names.given(event, draft, now.local.astimezone(UTC))

    def _guest_detail(self, event: model.GuestDetail, draft: Draft, now: Moment) -> None:
        room = draft.room(event.room)
        if not room.occupied:
            raise RefusedError("vacant", f"nobody lives in room {event.room}", "room")
        self._update(draft, event.room, room.guests[0], event.guest, None)

    def _equip(self, draft: Draft, room: str, data: RoomData) -> None:
        found = draft.room(room)
        if data.cor is not UNSET and data.cor != found.cor:
            draft.set_class(room, data.cor)
        if data.dnd is not UNSET and data.dnd != found.dnd:
            draft.set_dnd(room, data.dnd)
        if data.lamp is not UNSET and data.lamp != ("desk" in found.lamp):
            draft.set_lamp(room, data.lamp)

    # ------------------------------------------------------------------------------------------- wake-ups and messages

    def _wakeup_set(self, event: model.WakeupSet, draft: Draft, now: Moment) -> None:
        if event.at < now.local.replace(tzinfo=None) - LATE:
            raise RefusedError("past", f"{event.at:%Y-%m-%d %H:%M:%S} is past", "at")
        room = draft.room(event.room)
        draft.order_wakeup(
            WakeupOrder(
                id=self._new_id(),
                room=event.room,
                guest=room.guests[0].id if len(room.guests) == 1 else None,
                at=event.at,
                by=self._link,
                through="pms",
                ordered=now.local.astimezone(UTC),
                link=self._link,
            )
        )

    def _wakeup_cleared(self, event: model.WakeupCleared, draft: Draft, now: Moment) -> None:
        draft.cancel_wakeups(
            [order for order in draft.wakeups.values() if order.room == event.room and event.at in (None, order.at)]
        )

    def _message_given(self, event: model.MessageGiven, draft: Draft, now: Moment) -> None:
        guest = draft.room(event.room).holder_of(event.key)
        draft.leave_message(
            Message(
                id=self._new_id(),
                room=event.room,
                guest=None if guest is None else guest.id,
                text=event.text,
                number=event.number,
                by=self._link,
                created=now.local.astimezone(UTC),
            )
        )

    def _message_withdrawn(self, event: model.MessageWithdrawn, draft: Draft, now: Moment) -> None:
        guest = draft.room(event.room).holder_of(event.key)
        draft.withdraw_messages(draft.messages_with(event.room, None if guest is None else guest.id, event.number))

    # --------------------------------------------------------------------------------------------------------- resync

    def _begin_resync(self) -> None:
        self._seen = {}

    def _see(self, room: str, key: str | None) -> None:
        if self._seen is not None:
            self._seen.setdefault(room, set()).update({key} if key else ())

    def _resync_ended(self, event: model.ResyncEnded, draft: Draft, now: Moment) -> None:
        """Only now is it known who was not named."""
        seen, self._seen = self._seen, None
        if seen is None or not event.complete:
            return
        for room in list(draft.rooms.values()):
            if room.room in seen:
                self._check_out_unnamed(draft, room, seen[room.room])
            elif room.occupied:
                self._note("not-in-resync", room=room.room)
                if self._unseen == "check-out":
                    draft.check_out(room.room)

    def _check_out_unnamed(self, draft: Draft, room: Room, keys: set[str]) -> None:
        """Of a room in which somebody was named, those who were not have left."""
        for guest in room.guests:
            if keys and guest.reservation not in keys:
                self._note("left-before-resync", room=room.room, reservation=guest.reservation)
                draft.check_out(room.room, guest.id)

    def _note(self, verb: str, **pairs: object) -> None:
        self.notes.append((verb, pairs))


def changed(guest: Guest, data: GuestData) -> Guest:
    """The guest with what a record says of him; what it does not say stays."""
    given = {name: value for name in GuestData.__struct_fields__ if (value := getattr(data, name)) is not UNSET}
    given.pop("arrival", None)
    if (departure := given.get("departure")) is not None:
        given["departure"] = departure.isoformat()
    return msgspec.structs.replace(guest, **given)
