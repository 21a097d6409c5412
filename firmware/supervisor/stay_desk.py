"""The desk's use cases for guests: check-in, check-out, move, swap, groups, messages."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import date, datetime
from zoneinfo import ZoneInfo

from msgspec import UNSET

from firmware.clock import Clock
from firmware.errors import Limit, RefusedError, UnavailableError
from firmware.hotel.draft import Draft
from firmware.hotel.house import Cleared
from firmware.hotel.model import Guest, Message
from firmware.hotel.service import By, HotelService
from firmware.pms.model import MessagesWanted
from firmware.supervisor.room_desk import RoomDesk
from firmware.wakeup import schedule
from webui import types
from webui.api import hotel as api
from webui.services import Identity
from webui.types import stamp

NAMES = ("name", "first_name", "title", "reservation", "group")


class StayDesk:
    """See `webui.api.hotel.Stays`."""

    def __init__(
        self,
        hotel: HotelService,
        rooms: RoomDesk,
        clock: Clock,
        zone: ZoneInfo,
        currency: str,
        new_id: Callable[[], str],
    ) -> None:
        self._hotel = hotel
        self._rooms = rooms
        self._clock = clock
        self._zone = zone
        self._currency = currency
        self._new_id = new_id
        self.recount: Callable[[], Awaitable[None]] = _nothing
        """Has what guests have spent counted anew."""

    # ---------------------------------------------------------------------------------------------------------- stays

    async def check_in(self, room: str, wanted: api.CheckIn, who: Identity) -> types.Room:
        await self._hotel.change(_by(who), lambda draft: self._put_in(draft, room, wanted))
        return self._rooms.room(room)

    async def check_in_rooms(self, rooms: Sequence[api.RoomCheckIn], who: Identity) -> list[types.Room]:
        def work(draft: Draft) -> None:
            for place, wanted in enumerate(rooms):
                with _named(f"rooms[{place}]."):
                    self._put_in(draft, wanted.room, wanted)

        await self._hotel.change(_by(who), work)
        return [self._rooms.room(room) for room in dict.fromkeys(wanted.room for wanted in rooms)]

    async def check_out(self, room: str, wanted: api.CheckOut, who: Identity) -> api.Cleared:
        """The next guest is checked in with the same change, or neither is done."""

        def work(draft: Draft) -> api.Cleared:
            cleared = draft.check_out(room, wanted.guest)
            if wanted.next is not None:
                with _named("next."):
                    self._put_in(draft, room, wanted.next)
            return self._cleared(cleared)

        return await self._hotel.change(_by(who), work)

    async def check_out_rooms(self, wanted: api.GroupCheckOut, who: Identity) -> list[api.Cleared]:
        """A room that is named twice is checked out once."""

        def work(draft: Draft) -> list[api.Cleared]:
            cleared: dict[str, api.Cleared] = {}
            for place, room in enumerate(wanted.rooms):
                with _named(room=f"rooms[{place}]"):
                    cleared[room] = cleared.get(room) or self._cleared(draft.check_out(room))
            return list(cleared.values())

        if wanted.preview:
            return work(Draft(self._hotel.house, self._hotel.keeps_wakeups))
        return await self._hotel.change(_by(who), work)

    async def move(self, room: str, wanted: api.Move, who: Identity) -> api.Moved:
        def work(draft: Draft) -> None:
            draft.room(room)
            with _named(room="to"):
                draft.room(wanted.to)
            draft.move(room, wanted.to, wanted.guest, join=wanted.share)

        await self._hotel.change(_by(who), work)
        return api.Moved(room=self._rooms.room(room), to=self._rooms.room(wanted.to))

    async def swap(self, room: str, wanted: api.Swap, who: Identity) -> api.Moved:
        def work(draft: Draft) -> None:
            draft.room(room)
            with _named(room="with"):
                draft.room(wanted.with_)
            draft.swap(room, wanted.with_)

        await self._hotel.change(_by(who), work)
        return api.Moved(room=self._rooms.room(room), to=self._rooms.room(wanted.with_))

    async def change_guest(self, room: str, guest: str, wanted: api.GuestChange, who: Identity) -> types.Room:
        given = {name: value for name in wanted.__struct_fields__ if (value := getattr(wanted, name)) is not UNSET}
        given |= {name: _trimmed(given[name]) for name in NAMES if name in given}
        if "deposit" in given:
            given["limit"] = self._amount(given.pop("deposit"))
        if "departure" in given:
            given["departure"] = self._departure(given["departure"], self._departure_of(room, guest))
        await self._hotel.change(_by(who), lambda draft: draft.change_guest(room, guest, **given))
        if "limit" in given:
            with suppress(UnavailableError):  # the change is kept; it is counted with the next charge
                await self.recount()
        return self._rooms.room(room)

    # -------------------------------------------------------------------------------------------------------- messages

    def messages(self, room: str) -> list[api.Message]:
        self._rooms.room(room)
        return [message_view(message, self._zone) for message in self._hotel.house.messages_of(room)]

    async def leave_message(self, room: str, wanted: api.NewMessage, who: Identity) -> api.Message:
        message = Message(
            id=self._new_id(), room=room, guest=wanted.guest, text=wanted.text, by=who.name, created=self._clock.utc()
        )

        def work(draft: Draft) -> None:
            if wanted.guest is not None and draft.room(room).guest(wanted.guest) is None:
                raise RefusedError("unknown-guest", f"{wanted.guest} does not live in room {room}", "guest")
            draft.leave_message(message)

        await self._hotel.change(_by(who), work)
        return message_view(message, self._zone)

    async def read_message(self, message: str, wanted: api.MessageRead, who: Identity) -> api.Message:
        at = self._clock.utc() if wanted.read else None
        read = await self._hotel.change(_by(who), lambda draft: draft.read_message(message, at))
        return message_view(read, self._zone)

    async def withdraw_message(self, message: str, who: Identity) -> None:
        def work(draft: Draft) -> None:
            if message not in draft.messages:
                raise RefusedError("unknown-message", f"there is no message {message}", "id")
            draft.withdraw_messages([draft.messages[message]])

        await self._hotel.change(_by(who), work)

    async def fetch_messages(self, room: str, who: Identity) -> None:
        """They come when the PMS has them."""

        def work(draft: Draft) -> None:
            for guest in draft.room(room).guests:
                draft.ask_for_messages(MessagesWanted(room=room, key=guest.reservation))

        await self._hotel.change(_by(who), work)

    # ----------------------------------------------------------------------------------------------------------- forms

    def _put_in(self, draft: Draft, room: str, wanted: api.CheckIn) -> None:
        draft.check_in(room, self._guest(wanted), share=wanted.share, cor=wanted.class_)

    def _guest(self, wanted: api.CheckIn) -> Guest:
        return Guest(
            id=self._new_id(),
            name=_trimmed(wanted.name),
            first_name=_trimmed(wanted.first_name),
            title=_trimmed(wanted.title),
            language=wanted.language,
            vip=wanted.vip,
            reservation=_trimmed(wanted.reservation),
            group=_trimmed(wanted.group),
            arrival=self._clock.utc(),
            departure=self._departure(wanted.departure),
            limit=self._amount(wanted.deposit),
            needs_person=wanted.needs_person,
        )

    def _departure_of(self, room: str, guest: str) -> str | None:
        kept = self._hotel.house.rooms.get(room)
        found = kept.guest(guest) if kept else None
        return found.departure if found else None

    def _departure(self, text: str | None, kept: str | None = None) -> str | None:
        """Today or later, unless it is the one that is `kept`: of a guest who stays longer the name can be corrected.
        Raises RefusedError (bad-value, past).
        """
        departure = None if text is None else self._moment(text)
        today = self._clock.utc().astimezone(self._zone).date().isoformat()
        if departure is not None and departure != kept and departure < today:
            raise RefusedError("past", f"the departure {departure} is past", "departure")
        return departure

    def _moment(self, text: str) -> str:
        """A date, or the hotel's wall time, in ISO 8601. Raises RefusedError (bad-value)."""
        with suppress(ValueError):
            return date.fromisoformat(text).isoformat()
        try:
            at = datetime.fromisoformat(text)
            return (at.astimezone(self._zone) if at.tzinfo else at).replace(tzinfo=None).isoformat(timespec="minutes")
        except (ValueError, OverflowError):
            words = f"{text[:40]} is neither a date nor a time, as 2026-11-25 or 2026-11-25T11:00"
            raise RefusedError("bad-value", words, "departure", limit=Limit("date-or-time")) from None

    def _amount(self, deposit: int | api.Amount | None) -> int | None:
        """Minor units. Raises RefusedError (bad-value) for another currency."""
        if not isinstance(deposit, api.Amount):
            return deposit
        if deposit.currency != self._currency:
            text, only = f"the hotel's currency is {self._currency}", Limit("choice", one_of=(self._currency,))
            raise RefusedError("bad-value", text, "deposit.currency", limit=only)
        return deposit.amount

    def _cleared(self, cleared: Cleared) -> api.Cleared:
        """To be made before the change is: who is gone has nothing counted any more."""
        return api.Cleared(
            room=cleared.room,
            guests=[self._rooms.guest(guest) for guest in cleared.guests],
            wakeups=[stamp(schedule.due(order, self._zone), self._zone) for order in cleared.wakeups],
            messages=len(cleared.messages),
            message_lamp=sorted(cleared.lamp),
            dnd=cleared.dnd,
            class_=cleared.cor,
            vacant=cleared.vacant,
        )


async def _nothing() -> None:
    pass


def _trimmed(text: str | None) -> str | None:
    return None if text is None else text.strip()


def message_view(message: Message, zone: ZoneInfo) -> api.Message:
    return api.Message(
        id=message.id,
        room=message.room,
        guest=message.guest,
        text=message.text,
        by=message.by,
        created=stamp(message.created, zone),
        read=stamp(message.read, zone) if message.read else None,
    )


@contextmanager
def _named(place: str = "", **fields: str) -> Iterator[None]:
    """Refusals name the field where the request has it: those of `fields` by that name, all within `place`."""
    try:
        yield
    except RefusedError as error:
        field = place + fields.get(error.field or "", error.field or "")
        raise error.at(field or None) from None


def _by(who: Identity) -> By:
    return By(who.name, who.through)
