"""What a PMS link is told of wake-ups: it knows each by room and time, and each that it knows is answered once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
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
    revived: Collection[str] = (),
) -> list[News]:
    """What is different of the wake-ups that this link knows, withdrawals first.

    `asked`: it has asked for the change, and knows what it has ordered, withdrawn or moved; what it has ended itself is
    answered all the same. To others a wake-up that is moved to another room or time is one that is withdrawn, and a new
    one. `revived`: orders that are to ring again, after they were answered as cancelled.
    """
    known, now, over = _known(before, link), _known(after, link), tuple(over)
    over_now = {one.order: one for one in over if one.order in known}
    answered = {known[order]: one for order, one in over_now.items() if one.state != "cancelled"}
    ended = _ended_by_itself(known, now, over, link, revived) if asked else []
    news: list[News] = [WakeupResult(room=key[0], at=key[1], outcome="DE") for key in ended]
    withdrawn = set(ended)
    for order, key in known.items():
        if key in answered:
            if order in over_now:
                news.append(WakeupResult(room=key[0], at=key[1], outcome=ANSWERS[answered[key].state]))
        elif key in now.values() or key in withdrawn:
            continue
        elif not asked or _is_on_another_second(key, now.get(order), order in over_now):
            withdrawn.add(key)
            news += _withdrawn(key)
    expected = set(known.values()) - set(answered)
    for order, key in now.items():
        if key not in expected and (not asked or order in over_now or order in revived):
            expected.add(key)
            news.append(WakeupNews(room=key[0], at=key[1]))
    return news


def _known(orders: Mapping[str, WakeupOrder], link: str) -> dict[str, Key]:
    return {key: (order.room, order.rings) for key, order in orders.items() if order.rings and order.is_known_to(link)}


def _withdrawn(key: Key) -> Iterator[News]:
    yield WakeupResult(room=key[0], at=key[1], outcome="DE")
    yield WakeupClearedNews(room=key[0], at=key[1])


def _ended_by_itself(
    known: Mapping[str, Key], now: Mapping[str, Key], over: Iterable[Occurrence], link: str, revived: Collection[str]
) -> list[Key]:
    """What a link has withdrawn, or checked out: each that it expected once, and each that was new with that."""
    ended: dict[str, Key] = {}
    for one in over:
        if one.state == "cancelled" and one.is_known_to(link):
            ended.setdefault(one.order, (one.room, one.at))
    standing = {now[order] for order in known.keys() & now.keys()}
    expected = dict.fromkeys(key for order, key in ended.items() if order in known and key not in standing)
    new = [key for order, key in ended.items() if order not in known and order not in revived]
    return [*expected, *new]


def _is_on_another_second(key: Key, now: Key | None, over: bool) -> bool:
    """A PMS has ordered what it had been told of, to a second of its own: of two wake-ups that it knows one is left."""
    return not over and now is not None and now[0] == key[0]
