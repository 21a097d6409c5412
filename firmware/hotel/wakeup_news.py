"""What a PMS link is told of wake-ups: it knows each by room and time, and each that it knows is answered once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Literal, TypeAlias

from firmware.hotel.model import Occurrence, WakeupOrder, WakeupState
from firmware.pms.model import News, WakeupClearedNews, WakeupNews, WakeupResult

Answer: TypeAlias = Literal["OK", "NR", "BY", "UR", "DE"]
Key: TypeAlias = tuple[str, datetime]

ANSWERS: Mapping[WakeupState, Answer] = {
    "answered": "OK", "not_answered": "NR", "missed": "NR", "busy": "BY", "error": "UR", "cancelled": "DE",
}  # fmt: skip


def wakeup_news(
    before: Mapping[str, WakeupOrder],
    after: Mapping[str, WakeupOrder],
    over: Iterable[Occurrence],
    link: str,
    asked: bool,
) -> list[News]:
    """What is different of the wake-ups that this link knows, withdrawals first.

    `asked`: it has asked for the change, and knows what it has ordered, withdrawn or moved. To others a wake-up that
    is moved to another room or time is one that is withdrawn, and a new one.
    """
    known, now = _known(before, link), _known(after, link)
    finished = {one.order: one for one in over if one.order in known}
    gone = {order: key for order, key in known.items() if now.get(order) != key}
    new = {order: key for order, key in now.items() if known.get(order) != key}
    news: list[News] = []
    for order, key in gone.items():
        done = finished.get(order)
        if done is not None and done.state != "cancelled":
            news.append(WakeupResult(room=key[0], at=key[1], outcome=ANSWERS[done.state]))
        elif not asked or _is_put_on_another_second(key, now.get(order), done):
            news += _withdrawn(key)
    told = set(known.values()) - set(gone.values())
    for order, key in new.items():
        if key not in told and (not asked or order in finished):
            news.append(WakeupNews(room=key[0], at=key[1]))
    return news


def _known(orders: Mapping[str, WakeupOrder], link: str) -> dict[str, Key]:
    return {key: (order.room, order.rings) for key, order in orders.items() if order.rings and order.is_known_to(link)}


def _withdrawn(key: Key) -> Iterator[News]:
    yield WakeupResult(room=key[0], at=key[1], outcome="DE")
    yield WakeupClearedNews(room=key[0], at=key[1])


def _is_put_on_another_second(key: Key, now: Key | None, done: Occurrence | None) -> bool:
    """A PMS has ordered what it had been told of, to a second of its own: of two wake-ups that it knows one is left."""
    return done is None and now is not None and now[0] == key[0]
