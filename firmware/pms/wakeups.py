"""What a PMS orders and withdraws of wake-ups; each occurrence is an order of its own to it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from firmware.errors import RefusedError
from firmware.hotel.draft import Draft
from firmware.hotel.model import WakeupOrder
from firmware.pms.model import WakeupCleared, WakeupSet
from firmware.wakeup.schedule import following, instant_of, second_chance


def ordered(event: WakeupSet, draft: Draft, link: str, order_id: str, local: datetime, late: timedelta) -> WakeupOrder:
    """The order for it; `local`: the time now, with the hotel's zone. Raises RefusedError (past) for one that was due
    longer ago than `late`.
    """
    zone = local.tzinfo or UTC
    again = second_chance(event.at, zone, local)
    if again is None and instant_of(event.at, zone) < local - late:
        raise RefusedError("past", f"{event.at:%Y-%m-%d %H:%M:%S} is past", "at")
    guests = draft.room(event.room).guests
    return WakeupOrder(
        id=order_id,
        room=event.room,
        guest=guests[0].id if len(guests) == 1 else None,
        at=event.at,
        by=link,
        through="pms",
        ordered=local.astimezone(UTC),
        link=link,
        put_off=again,
    )


def clear(event: WakeupCleared, draft: Draft) -> None:
    """With a time, of an order that recurs only this occurrence; without one all of the room, for ever."""
    orders = [order for order in draft.wakeups.values() if order.room == event.room]
    if event.at is None:
        draft.cancel_wakeups(orders)
        return
    for order in orders:
        if order.rings == event.at:
            draft.skip_wakeup(order.id, following(order))
