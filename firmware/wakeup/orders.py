"""Wake-ups are ordered, changed and cancelled: the use cases of desk, keypad and API, on a draft of the house."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Literal, get_args
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from firmware.errors import RefusedError
from firmware.hotel.draft import Draft
from firmware.hotel.model import Repeat, Through, WakeupOrder
from firmware.wakeup.schedule import first_time, instant_of, is_within, second_chance

CHECK_OUT: Literal["check-out"] = "check-out"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A wake-up for one room or several, at the hotel's wall time (naive); `guest` None: of whoever lives there."""

    rooms: tuple[str, ...]
    at: datetime
    repeat: Repeat = "once"
    until: str | None = None
    vip: bool = False
    guest: str | None = None
    lang: str | None = None


@dataclass(frozen=True, slots=True)
class Orderer:
    """Who orders, and through what."""

    name: str
    through: Through


@dataclass(frozen=True, slots=True)
class Placed:
    """What has come of it. `vacant`: nobody lives in the room. `known`: there was such an order already."""

    order: WakeupOrder
    vacant: bool
    known: bool


def place(
    draft: Draft, wanted: Wanted, now: datetime, zone: ZoneInfo, new_id: Callable[[], str], by: Orderer
) -> list[Placed]:
    """Order it for all rooms, or for none. `now` is aware.

    Raises RefusedError (no-room, unknown-room, unknown-guest, past, bad-repeat, bad-until).
    """
    if not wanted.rooms:
        raise RefusedError("no-room", "no room is given", "rooms")
    _check(wanted)
    return draft.attempt(lambda: [_place(draft, wanted, room, now, zone, new_id, by) for room in wanted.rooms])


def change(draft: Draft, order_id: str, at: datetime, now: datetime, zone: ZoneInfo) -> WakeupOrder:
    """To another time, with the same id, unless the room is woken then already: that order then is the only one.

    Raises RefusedError (unknown-wakeup, ringing, past, bad-until).
    """
    former = draft.wakeup(order_id)
    return draft.change_wakeup(order_id, _timed(replace(former, at=at), now, zone))


def cancel(draft: Draft, order_id: str) -> WakeupOrder:
    """The whole order, also of a recurring one. Raises RefusedError (unknown-wakeup)."""
    return draft.cancel_wakeups([draft.wakeup(order_id)])[0]


def cancel_all(draft: Draft, room: str) -> tuple[WakeupOrder, ...]:
    """All of a room. Raises RefusedError (unknown-room)."""
    draft.room(room)
    return draft.cancel_wakeups([order for order in draft.wakeups.values() if order.room == room])


def _place(
    draft: Draft, wanted: Wanted, room: str, now: datetime, zone: ZoneInfo, new_id: Callable[[], str], by: Orderer
) -> Placed:
    found = draft.room(room)
    if wanted.guest is not None and found.guest(wanted.guest) is None:
        raise RefusedError("unknown-guest", f"{wanted.guest} does not live in room {room}", "guest")
    alone = found.guests[0].id if len(found.guests) == 1 else None
    order = WakeupOrder(
        id=new_id(),
        room=room,
        guest=wanted.guest or alone,
        at=wanted.at,
        repeat=wanted.repeat,
        until=wanted.until,
        vip=wanted.vip,
        by=by.name,
        through=by.through,
        ordered=now.astimezone(UTC),
        lang=wanted.lang,
    )
    placed = draft.order_wakeup(_timed(order, now, zone))
    return Placed(placed, vacant=not found.occupied, known=placed.id != order.id)


def _check(wanted: Wanted) -> None:
    if wanted.repeat not in get_args(Repeat):
        raise RefusedError("bad-repeat", f"{wanted.repeat} is none of {', '.join(get_args(Repeat))}", "repeat")
    if wanted.until in (None, CHECK_OUT):
        return
    if wanted.repeat == "once":
        raise RefusedError("bad-until", "an order for one time has no last day", "until")
    try:
        date.fromisoformat(str(wanted.until))
    except ValueError:
        raise RefusedError("bad-until", f"{wanted.until} is neither a date nor check-out", "until") from None


def _timed(order: WakeupOrder, now: datetime, zone: ZoneInfo) -> WakeupOrder:
    """With the time of its first occurrence, which is still to come."""
    at = first_time(replace(order, at=order.at.replace(tzinfo=None, fold=0)))
    if not is_within(order, at):
        raise RefusedError("bad-until", f"it would end on {order.until}, before it has rung", "until")
    again = second_chance(at, zone, now)
    if again is None and instant_of(at, zone) <= now:
        raise RefusedError("past", f"{at:%Y-%m-%d %H:%M:%S} is past", "at")
    return replace(order, at=at, rings=at, put_off=again)
