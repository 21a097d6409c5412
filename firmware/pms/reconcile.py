"""What a PMS says becomes a change of the house: shares, moves in all their forms, resyncs, lost records.

Pure: events and the time come in, a draft of the house is changed. An event that cannot be raises RefusedError and has
changed nothing. (FIAS 7 and 8, Mitel A.7 and A.9 of the protocols' descriptions.)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, timedelta
from typing import Any, Literal

import msgspec
from msgspec import UNSET

from firmware.errors import RefusedError
from firmware.hotel.draft import Draft
from firmware.hotel.house import Cleared
from firmware.hotel.model import Guest, Message, Room
from firmware.pms import model, wakeups
from firmware.pms.departures import Departures
from firmware.pms.machine import Moment
from firmware.pms.model import GuestData, PmsEvent, RoomData
from firmware.pms.names import Names, is_like, is_same
from firmware.pms.parties import own_of


@dataclass(frozen=True, slots=True)
class Memory:
    """What a reconciler knows beside the house; never changed, but for `departures` and `names` within an event."""

    departures: Departures
    names: Names
    seen: Mapping[str, frozenset[str]] | None = None
    """In a resync: the rooms that were named, with the reservations that are in them."""
    ready: frozenset[str] = frozenset()
    """Vacant rooms of whose telephones something was said, for whoever comes."""
    resyncs: int = 0
    """How many went through."""


class Reconciler:
    """One PMS link's view of the house. `unseen`: what a complete resync does with rooms that it did not name; `late`:
    a wake-up that was due longer ago is refused.
    """

    def __init__(
        self,
        link: str,
        new_id: Callable[[], str],
        unseen: Literal["leave", "check-out"] = "leave",
        late: timedelta = timedelta(minutes=10),
    ) -> None:
        self._link = link
        self._new_id = new_id
        self._unseen = unseen
        self._late = late
        self.memory = Memory(Departures(), Names(new_id))
        self.notes: list[tuple[str, dict[str, object]]] = []
        self._handlers: Mapping[type, Callable[[Any, Draft, Moment], None]] = {
            model.CheckIn: self._check_in,
            model.CheckOut: self._check_out,
            model.GuestChange: self._guest_change,
            model.Equipment: self._equipment,
            model.RoomOpened: self._room_opened,
            model.RoomClosed: self._room_closed,
            model.NameGiven: self._name_given,
            model.GuestDetail: self._guest_detail,
            model.WakeupSet: self._wakeup_set,
            model.WakeupCleared: lambda event, draft, now: wakeups.clear(event, draft),
            model.MessageGiven: self._message_given,
            model.MessageWithdrawn: self._message_withdrawn,
            model.ResyncBegun: lambda event, draft, now: self._remember(seen={}),
            model.ResyncEnded: self._resync_ended,
            model.NightAudit: lambda event, draft, now: None,
        }

    @property
    def in_resync(self) -> bool:
        return self.memory.seen is not None

    def apply(self, event: PmsEvent, draft: Draft, now: Moment) -> None:
        """All of an event, or, if it raises, nothing of it. Raises RefusedError (unknown-room, vacant, past, ...)."""
        before = self.memory
        self.memory = replace(before, departures=before.departures.copy(), names=before.names.copy())
        self._departures.begin(now.seconds, keep=self.in_resync)
        try:
            draft.attempt(lambda: self._apply(event, draft, now))
        except BaseException:
            self.memory = before
            raise

    def _apply(self, event: PmsEvent, draft: Draft, now: Moment) -> None:
        room = getattr(event, "room", None)
        if room is not None:
            draft.room(room)
        self._handlers[type(event)](event, draft, now)

    def not_kept(self, before: Memory) -> None:
        """What was applied since then is not the house; a resync of which a part is missing cannot be trusted."""
        self.memory = replace(before, seen=None)
        self.notes.clear()

    def take_notes(self) -> list[tuple[str, dict[str, object]]]:
        """For the log: what was not as it should be, since they were last taken."""
        notes, self.notes = self.notes, []
        return notes

    @property
    def _departures(self) -> Departures:
        return self.memory.departures

    def _remember(self, **what: Any) -> None:
        self.memory = replace(self.memory, **what)

    # ---------------------------------------------------------------------------------------------------------- stays

    def _check_in(self, event: model.CheckIn, draft: Draft, now: Moment) -> None:
        self._see(event.room, event.key)
        room = draft.room(event.room)
        known = room.holder_of(event.key)
        if known is None and draft.holder_of(event.key) is None and self._departures.back(event.key) is None:
            known = _unclaimed(room, event.key, event.shared, event.guest)
        if known is not None:
            self._update(draft, event.room, known, event.guest, event.key)
        else:
            # all of a room are named, and who is not has left; where none has a reservation that cannot be told
            in_turn = self.in_resync and event.resync and event.key is not None
            self._make_room(draft, room, in_turn or event.shared)
            self._come(draft, event.room, event.key, event.guest, now)
        self._equip(draft, event.room, event.equipment, event.key)

    def _make_room(self, draft: Draft, room: Room, shared: bool | None) -> None:
        """Others who are still in have left without our having been told, unless the room is to be shared."""
        if room.occupied and not shared:
            self._note("check-out-was-lost", room=room.room, guests=[guest.reservation for guest in room.guests])
            self._leave(draft, room)

    def _come(self, draft: Draft, room: str, key: str | None, data: GuestData, now: Moment) -> None:
        """From another room, out of the door a moment ago, or new."""
        lives, back = draft.holder_of(key), self._departures.back(key)
        if lives is not None:
            self._move_in(draft, lives[0], room, lives[1])
            guest = lives[1]
        elif back is not None:
            guest, left = back
            found, orders = own_of(draft, room), (*left.wakeups, *left.kept)
            draft.settle_in(room, guest, left)
            own = tuple(order for order in orders if order.guest is None)
            self._settle(draft, room, msgspec.structs.replace(left, guests=(guest,), wakeups=own), found)
        else:
            guest = Guest(id=self._new_id(), reservation=key, arrival=now.local.astimezone(UTC))
            guest = draft.check_in(room, changed(guest, data), share=draft.room(room).occupied)
        self._update(draft, room, guest, data, key)
        self._departures.came(guest)

    def _move_in(self, draft: Draft, room: str, to: str, guest: Guest | None = None) -> None:
        own, found = self._departures.parties.part(draft, room, guest), own_of(draft, to)
        draft.move(room, to, None if guest is None else guest.id, join=bool(found.guests))
        self._settle(draft, to, own, found)
        for moved in own.guests:
            self._departures.moved(moved, room)
            self._departures.came(moved)

    def _settle(self, draft: Draft, room: str, own: Cleared, found: Cleared) -> None:
        self._departures.parties.settle(draft, room, own, found, self._departures.until)

    def _leave(self, draft: Draft, room: Room, guest: Guest | None = None) -> None:
        """One, or all; what is cleared waits a while, should this be one half of a move."""
        own = self._departures.parties.part(draft, room.room, guest)
        left = draft.clear(room.room) if guest is None else draft.check_out(room.room, guest.id)
        if not left.vacant:
            left = msgspec.structs.replace(left, lamp=own.lamp, dnd=own.dnd, kept=left.kept + own.wakeups)
        self._departures.checked_out(left, own.cor)

    def _leave_before(self, draft: Draft, room: str, key: str | None) -> None:
        """A room was said to be empty when this reservation had gone: whoever came after him stays."""
        stay = self._departures.who_came_after(key, draft.room(room))
        if not stay:
            self._leave(draft, draft.room(room))
        for guest in draft.room(room).guests:
            if guest.id not in stay:
                self._leave(draft, draft.room(room), guest)

    def _check_out(self, event: model.CheckOut, draft: Draft, now: Moment) -> None:
        self._see(event.room, None)
        room = draft.room(event.room)
        holder = room.holder_of(event.key)
        if holder is not None and event.shared is not False:
            self._leave(draft, room, holder)
        elif holder is not None or (event.key is None and not event.shared):
            self._leave(draft, room)
        elif event.shared or (draft.holder_of(event.key) and not self._departures.has_gone(event.key, room.room)):
            self._note("unknown-guest-left", room=event.room, reservation=event.key)
        else:
            self._leave_before(draft, event.room, event.key)
        if not draft.room(event.room).occupied:
            self._forget_preparations(event.room)

    def _guest_change(self, event: model.GuestChange, draft: Draft, now: Moment) -> None:
        if event.old_room not in (None, "", event.room):
            self._move(event, draft, now)
            return
        self._see(event.room, event.key)
        room = draft.room(event.room)
        known = room.holder_of(event.key)
        if known is None and draft.holder_of(event.key) is None:
            known = _unclaimed(room, event.key, event.shared, event.guest, renames=event.key is None)
        if known is not None:
            self._update(draft, event.room, known, event.guest, event.key)
        else:
            self._make_room(draft, room, event.shared is not False)
            self._come(draft, event.room, event.key, event.guest, now)
        self._equip(draft, event.room, event.equipment, event.key)

    def _move(self, event: model.GuestChange, draft: Draft, now: Moment) -> None:
        old, new = draft.room(event.old_room or ""), draft.room(event.room)
        self._see(new.room, event.key)
        self._see(old.room, None)
        known = new.holder_of(event.key)
        empties = event.old_shared is False and (known is None or self._departures.has_gone(event.key, old.room))
        if known is not None:
            self._update(draft, new.room, known, event.guest, event.key)
        else:
            self._make_room(draft, new, event.shared)
            self._come_from(draft, old, event, now)
        if empties and draft.room(old.room).occupied:
            self._leave_before(draft, old.room, event.key)
        self._equip(draft, new.room, event.equipment, event.key)

    def _come_from(self, draft: Draft, old: Room, event: model.GuestChange, now: Moment) -> None:
        """Who is known by no reservation moves, too: he was checked in by hand, or his PMS has none, and all move."""
        if event.key is None and not event.old_shared and old.occupied:
            self._move_in(draft, old.room, event.room)
            self._update(draft, event.room, old.guests[0], event.guest, None)
            return
        if draft.holder_of(event.key) is None and self._departures.back(event.key) is None:
            unclaimed = _unclaimed(old, event.key, event.old_shared, event.guest)
            if unclaimed is not None:
                self._move_in(draft, old.room, event.room, unclaimed)
                self._update(draft, event.room, unclaimed, event.guest, event.key)
                return
        self._come(draft, event.room, event.key, event.guest, now)

    def _update(self, draft: Draft, room: str, guest: Guest, data: GuestData, key: str | None) -> None:
        after = changed(guest, data)
        members = {name: getattr(after, name) for name in Guest.__struct_fields__}
        members["reservation"] = key or guest.reservation
        different = {name: value for name, value in members.items() if value != getattr(guest, name)}
        if different:
            draft.change_guest(room, guest.id, **different)

    # ---------------------------------------------------------------------------------------------- rooms of the other

    def _room_opened(self, event: model.RoomOpened, draft: Draft, now: Moment) -> None:
        """What has been said of a vacant room and its telephones before was said for whoever comes now."""
        self._see(event.room, None)
        if not draft.room(event.room).occupied:
            fresh, arrival = event.room not in self.memory.ready, now.local.astimezone(UTC)
            for place, name in enumerate(self.memory.names.early(event.room) or [(None, None)]):
                guest = Guest(id=self._new_id(), name=name[0], first_name=name[1], arrival=arrival)
                draft.check_in(event.room, guest, share=place > 0, fresh=fresh)
            self._forget_preparations(event.room)
        self._update(draft, event.room, draft.room(event.room).guests[0], event.guest, None)

    def _room_closed(self, event: model.RoomClosed, draft: Draft, now: Moment) -> None:
        self._see(event.room, None)
        self._forget_preparations(event.room)
        draft.clear(event.room)

    def _forget_preparations(self, room: str) -> None:
        self.memory.names.forget(room)
        self._remember(ready=self.memory.ready - {room})

    def _make_ready(self, draft: Draft, room: str) -> None:
        if not draft.room(room).occupied:
            self._remember(ready=self.memory.ready | {room})

    def _name_given(self, event: model.NameGiven, draft: Draft, now: Moment) -> None:
        self.memory.names.given(event, draft, now.local.astimezone(UTC))

    def _guest_detail(self, event: model.GuestDetail, draft: Draft, now: Moment) -> None:
        room = draft.room(event.room)
        if not room.occupied:
            raise RefusedError("vacant", f"nobody lives in room {event.room}", "room")
        self._update(draft, event.room, room.guests[0], event.guest, None)

    def _equipment(self, event: model.Equipment, draft: Draft, now: Moment) -> None:
        self._make_ready(draft, event.room)
        self._equip(draft, event.room, event.equipment)

    def _equip(self, draft: Draft, room: str, data: RoomData, key: str | None = None) -> None:
        found = draft.room(room)
        self._departures.parties.said(room, found.holder_of(key), data)
        if data.cor is not UNSET and data.cor != found.cor:
            draft.set_class(room, data.cor)
        if data.dnd is not UNSET and data.dnd != found.dnd:
            draft.set_dnd(room, data.dnd)
        if data.lamp is not UNSET and data.lamp != ("desk" in found.lamp):
            draft.set_lamp(room, data.lamp)

    # ------------------------------------------------------------------------------------------- wake-ups and messages

    def _wakeup_set(self, event: model.WakeupSet, draft: Draft, now: Moment) -> None:
        if draft.before.has_rung(event.room, event.at, self._link):
            self._note("wakeup-is-over", room=event.room, at=event.at)
            return
        order = wakeups.ordered(event, draft, self._link, self._new_id(), now.local, self._late)
        self._make_ready(draft, event.room)
        draft.order_wakeup(order)

    def _message_given(self, event: model.MessageGiven, draft: Draft, now: Moment) -> None:
        """A guest gets it where he lives."""
        room, guest = self._addressee(event, draft)
        draft.leave_message(
            Message(
                id=self._new_id(),
                room=room,
                guest=None if guest is None else guest.id,
                text=event.text,
                number=event.number,
                by=self._link,
                created=now.local.astimezone(UTC),
            )
        )

    def _message_withdrawn(self, event: model.MessageWithdrawn, draft: Draft, now: Moment) -> None:
        room, guest = self._addressee(event, draft)
        draft.withdraw_messages(draft.messages_with(room, None if guest is None else guest.id, event.number))

    def _addressee(self, event: model.MessageGiven | model.MessageWithdrawn, draft: Draft) -> tuple[str, Guest | None]:
        holder = draft.room(event.room).holder_of(event.key)
        return (event.room, holder) if holder is not None else draft.holder_of(event.key) or (event.room, None)

    # --------------------------------------------------------------------------------------------------------- resync

    def _see(self, room: str, key: str | None) -> None:
        if (seen := self.memory.seen) is not None:
            self._remember(seen={**seen, room: seen.get(room, frozenset()) | ({key} if key else frozenset())})

    def _resync_ended(self, event: model.ResyncEnded, draft: Draft, now: Moment) -> None:
        """Only now is it known who was not named. Where nobody at all was, the PMS has not told us its house."""
        seen = self.memory.seen
        self._remember(seen=None)
        if seen is None or not event.complete:
            return
        self._remember(resyncs=self.memory.resyncs + 1)
        for room in list(draft.rooms.values()):
            if room.room in seen:
                self._check_out_unnamed(draft, room, seen[room.room])
            elif room.occupied:
                self._note("not-in-resync", room=room.room)
                if self._unseen == "check-out" and seen:
                    draft.check_out(room.room)

    def _check_out_unnamed(self, draft: Draft, room: Room, keys: frozenset[str]) -> None:
        """Of a room in which somebody was named, those who were not have left."""
        for guest in room.guests:
            if keys and guest.reservation not in keys:
                self._note("left-before-resync", room=room.room, reservation=guest.reservation)
                draft.check_out(room.room, guest.id)

    def _note(self, verb: str, **pairs: object) -> None:
        self.notes.append((verb, pairs))


def _unclaimed(
    room: Room, key: str | None, shared: bool | None, data: GuestData, renames: bool = False
) -> Guest | None:
    """Who is meant where no reservation tells: in a room that is shared, he of that name; else the first guest of a PMS
    without reservations, or one of the desk's, unless his name is another's and this is no change of it."""
    found = [guest for guest in room.guests if key is None or guest.reservation is None]
    name = data.name or None
    named = next((guest for guest in found if name and is_same((guest.name, None), (name, None))), None)
    if shared or named:
        return named
    return next((guest for guest in found if renames or not (name and guest.name) or is_like(guest.name, name)), None)


def changed(guest: Guest, data: GuestData) -> Guest:
    """The guest with what a record says of him; what it does not say stays."""
    given = {name: value for name in GuestData.__struct_fields__ if (value := getattr(data, name)) is not UNSET}
    given.pop("arrival", None)
    if (departure := given.get("departure")) is not None:
        given["departure"] = departure.isoformat()
    return msgspec.structs.replace(guest, **given)
