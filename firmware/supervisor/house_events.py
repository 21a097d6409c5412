"""What a change of the house is to those who watch it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from firmware.hotel.house import House
from firmware.hotel.model import Occurrence, WakeupOrder
from firmware.supervisor.events import MessageEvent, RoomEvent, WakeupEvent


def house_events(before: House, after: House, rooms: Sequence[str]) -> Iterator[RoomEvent | WakeupEvent | MessageEvent]:
    """`rooms`: those that look different now."""
    yield from map(RoomEvent, rooms)
    yield from map(WakeupEvent, _changed_orders(before, after))
    for key, message in after.messages.items():
        if before.messages.get(key) is not message:
            yield MessageEvent(message, gone=False)
    for key, message in before.messages.items():
        if key not in after.messages:
            yield MessageEvent(message, gone=True)


def _changed_orders(before: House, after: House) -> list[WakeupOrder]:
    """Orders that are new, or look different now; those that will not ring any more are in their last state."""
    alive = [order for key, order in after.wakeups.items() if before.wakeups.get(key) is not order]
    ended = {one.order: one for one in after.over}
    gone = [order for key, order in before.wakeups.items() if key not in after.wakeups]
    return [*alive, *(_ended(order, ended.get(order.id)) for order in gone)]


def _ended(order: WakeupOrder, last: Occurrence | None) -> WakeupOrder:
    """One whose last occurrence is not known of was cancelled; so was one that has recurred before."""
    if last is None or last.at != order.rings:
        return replace(order, state="cancelled")
    return replace(order, state=last.state, attempts=last.attempts, put_off=None)
