"""The supervisor's bus for domain events: publishers and subscribers know the event types, not one another."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")


class EventBus:
    """Calls each subscriber of an event's type, in order of subscription, in the publisher's turn.

    A subscriber must not wait; one that raises does not keep the event from the others: the error goes to `on_error`.
    """

    def __init__(self, on_error: Callable[[object, Exception], None]) -> None:
        self._subscribers: dict[type, list[Callable[[Any], None]]] = defaultdict(list)
        self._on_error = on_error

    def subscribe(self, kind: type[T], subscriber: Callable[[T], None]) -> Callable[[], None]:
        """Call `subscriber` with each published `kind`; returns the function that ends it."""
        self._subscribers[kind].append(subscriber)
        return lambda: self._subscribers[kind].remove(subscriber)

    def publish(self, event: object) -> None:
        for subscriber in list(self._subscribers[type(event)]):
            try:
                subscriber(event)
            except Exception as error:  # noqa: BLE001 - one subscriber's bug must not silence the others
                self._on_error(event, error)
