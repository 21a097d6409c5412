"""What a change of the house is to those who watch it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from firmware.hotel.house import House
from firmware.supervisor.events import MessageEvent, RoomEvent, WakeupEvent
from firmware.supervisor.wakeup_desk import changed_orders


def house_events(before: House, after: House, rooms: Sequence[str]) -> Iterator[RoomEvent | WakeupEvent | MessageEvent]:
    """`rooms`: those that look different now."""
    yield from map(RoomEvent, rooms)
    yield from map(WakeupEvent, changed_orders(before, after))
    for key, message in after.messages.items():
        if before.messages.get(key) is not message:
            yield MessageEvent(message, gone=False)
    for key, message in before.messages.items():
        if key not in after.messages:
            yield MessageEvent(message, gone=True)
