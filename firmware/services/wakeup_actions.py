"""Wake-ups by telephone: what the digits mean, ordered, heard, changed, cancelled."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from firmware.clock import Clock
from firmware.errors import RefusedError
from firmware.exchange.dialogue import Answered
from firmware.exchange.service_codes import Who
from firmware.hotel.draft import Draft
from firmware.hotel.model import Room, WakeupOrder
from firmware.hotel.service import By, HotelService
from firmware.services.caller import Caller, Callers
from firmware.services.handlers import Handler
from firmware.wakeup import orders
from firmware.wakeup.orders import Orderer, Placed, Wanted
from firmware.wakeup.schedule import next_time

FOR_OTHERS: frozenset[Who] = frozenset({"operator"})
"""Reception orders for any room."""
MOST_ORDERS = 10
"""Of one room, that are still to ring."""
HALF_A_YEAR, A_YEAR = timedelta(days=183), timedelta(days=366)
AWAKE, NO_ANSWER = "awake", "no-answer"


class Persons(Protocol):
    """Where a person tells what has become of a wake-up that he did."""

    async def person_outcome(self, order_id: str, answered: bool, by: By) -> None: ...


class WakeupActions:
    """`new_id`: unique for ever."""

    def __init__(
        self,
        callers: Callers,
        hotel: HotelService,
        persons: Persons,
        clock: Clock,
        zone: ZoneInfo,
        new_id: Callable[[], str],
    ) -> None:
        self._callers = callers
        self._hotel = hotel
        self._persons = persons
        self._clock = clock
        self._zone = zone
        self._new_id = new_id

    def handlers(self) -> dict[str, Handler]:
        return {
            "wakeup-check": self._check,
            "wakeup-order": self._order,
            "wakeup-list": self._list,
            "wakeup-cancel": self._cancel,
            "wakeup-change": self._change,
            "wakeup-person": self._person,
        }

    async def _check(self, caller: Caller, arguments: Mapping[str, str]) -> Answered:
        room = self._callers.room(caller, arguments, FOR_OTHERS)
        at = moment(arguments["digits"], self._now().replace(tzinfo=None))
        placed = self._place(Draft(self._hotel.house), caller, room, at)
        return _answer("vacant" if placed.vacant else "ok", placed.order)

    async def _order(self, caller: Caller, arguments: Mapping[str, str]) -> Answered:
        room, at = self._callers.room(caller, arguments, FOR_OTHERS), _parsed(arguments["at"])

        def work(draft: Draft) -> Placed:
            placed = self._place(draft, caller, room, at)
            if not placed.known and sum(order.room == room.room for order in draft.wakeups.values()) > MOST_ORDERS:
                raise RefusedError("full", f"room {room.room} has {MOST_ORDERS} wake-ups already")
            return placed

        placed = await self._hotel.change(caller.by, work)
        return _answer("same" if placed.known else "vacant" if placed.vacant else "ok", placed.order)

    async def _list(self, caller: Caller, arguments: Mapping[str, str]) -> Answered:
        room = self._callers.room(caller, arguments, FOR_OTHERS)
        values: dict[str, str] = {}
        found = sorted(self._hotel.house.wakeups_of(room.room), key=_next)
        for place, order in enumerate(found, 1):
            values |= {f"id{place}": order.id, f"at{place}": _said(_next(order)), f"repeat{place}": order.repeat}
        return Answered("ok", {"count": str(len(found)), **values}) if found else Answered("none")

    async def _cancel(self, caller: Caller, arguments: Mapping[str, str]) -> Answered:
        if arguments.get("all") == "yes":
            room = self._callers.own_room(caller).room
            gone = await self._hotel.change(caller.by, lambda draft: orders.cancel_all(draft, room))
        else:
            order = self._own(caller, arguments.get("id", ""))
            gone = (await self._hotel.change(caller.by, lambda draft: orders.cancel(draft, order.id)),)
        return Answered("ok", {"count": str(len(gone))}) if gone else Answered("none")

    async def _change(self, caller: Caller, arguments: Mapping[str, str]) -> Answered:
        order, at = self._own(caller, arguments["id"]), _parsed(arguments["at"])
        changed = await self._hotel.change(
            caller.by, lambda draft: orders.change(draft, order.id, at, self._now(), self._zone)
        )
        return _answer("ok", changed)

    async def _person(self, caller: Caller, arguments: Mapping[str, str]) -> Answered:
        outcome = arguments["outcome"]
        if not caller.is_staff or outcome not in (AWAKE, NO_ANSWER):
            return Answered("refused")
        await self._persons.person_outcome(arguments["id"], outcome == AWAKE, caller.by)
        return Answered("ok")

    def _place(self, draft: Draft, caller: Caller, room: Room, at: datetime) -> Placed:
        wanted, by = Wanted(rooms=(room.room,), at=at), Orderer(caller.number, "keypad")
        return orders.place(draft, wanted, self._now(), self._zone, self._new_id, by)[0]

    def _own(self, caller: Caller, order_id: str) -> WakeupOrder:
        """Raises RefusedError (unknown-wakeup) also where it is somebody else's."""
        order = self._hotel.house.wakeups.get(order_id)
        if order is None or (order.room != caller.room and caller.who not in FOR_OTHERS):
            raise RefusedError("unknown-wakeup", f"there is no wake-up {order_id} of {caller.number}", "id")
        return order

    def _now(self) -> datetime:
        return self._clock.utc().astimezone(self._zone)


def moment(digits: str, now: datetime) -> datetime:
    """What HHMM (the next such time) or MMDDHHMM means; wall times of the hotel, naive.

    A date is this year's or the next one's: of a day that was within the last half year, this year's, which is past.
    Raises RefusedError (wrong, past).
    """
    if len(digits) not in (4, 8) or not (digits.isascii() and digits.isdigit()):
        raise RefusedError("wrong", f"{digits} is neither HHMM nor MMDDHHMM", "digits")
    month, day, hour, minute = digits[:-4][:2], digits[:-4][2:], int(digits[-4:-2]), int(digits[-2:])
    if not month:
        return _or_wrong(digits, lambda: next_time(hour, minute, now))
    found = []
    for year in (now.year, now.year + 1):
        try:
            found.append(datetime(year, int(month), int(day), hour, minute))  # noqa: DTZ001 - the hotel's wall time
        except ValueError:
            continue
    if any(now - HALF_A_YEAR <= at <= now for at in found):
        raise RefusedError("past", f"{digits} is past", "digits")
    ahead = [at for at in found if now < at <= now + A_YEAR]
    if not ahead:
        raise RefusedError("wrong", f"{digits} is no date of this year or the next", "digits")
    return ahead[0]


def _or_wrong(digits: str, made: Callable[[], datetime]) -> datetime:
    try:
        return made()
    except ValueError:
        raise RefusedError("wrong", f"{digits} is no time", "digits") from None


def _parsed(text: str) -> datetime:
    """Raises RefusedError (wrong)."""
    return _or_wrong(text, lambda: datetime.fromisoformat(text).replace(tzinfo=None))


def _next(order: WakeupOrder) -> datetime:
    return order.rings or order.at


def _said(at: datetime) -> str:
    return at.isoformat(timespec="minutes")


def _answer(result: str, order: WakeupOrder) -> Answered:
    return Answered(result, {"at": _said(_next(order)), "room": order.room})
