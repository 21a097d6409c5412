"""What the gateway is to do for an order: which telephones ring, what their guest hears, and what his keys mean."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Literal, TypeAlias
from zoneinfo import ZoneInfo

import msgspec

from firmware.config.schema import Language, first_spoken
from firmware.gateway.messages import Limits, Wakeup
from firmware.hotel.house import House
from firmware.hotel.model import Guest, WakeupOrder
from firmware.hotel.wakeup_change import PENDING
from firmware.ivr.phrases import Phrases
from firmware.wakeup.planner import Planner
from firmware.wakeup.rules import Rules

Key: TypeAlias = Literal["confirmed", "snoozed", "reception"]

LODGED_FOR = timedelta(hours=12)
MOST_LODGED = 500
MOST_BYTES = Limits.FRAME_BYTES - 4096
"""What is lodged goes in one frame. Many attempts make many greetings: what does not fit is lodged as time goes by."""
CONFIRM, SNOOZE, RECEPTION = "1", "2", "0"
USUAL_SNOOZE_S = 600
"""The prompt for it names the ten minutes."""


class WakeupCalls:
    """`ports`: the endpoints of each room's telephones. `rules_of`: how an order's guest is woken. `language`: the
    hotel's own. `spoken`: the prompt that says a guest's name, where it is made already.
    """

    def __init__(
        self,
        ports: Mapping[str, Sequence[str]],
        zone: ZoneInfo,
        emergency: Sequence[str],
        rules_of: Callable[[WakeupOrder], Rules],
        language: Language,
        ready: Callable[[], Collection[Language]],
        spoken: Callable[[Guest, Language], str | None],
    ) -> None:
        self._ports = ports
        self._zone = zone
        self._emergency = tuple(emergency)
        self._rules_of = rules_of
        self._language = language
        self._ready = ready
        self._spoken = spoken

    def call(self, house: House, order: WakeupOrder, due: datetime) -> Wakeup:
        """`due` (UTC): when its next attempt is made, from which those that follow are reckoned."""
        rules = self._rules_of(order)
        guest = woken(house, order)
        phrases = Phrases(self._spoken_to(house, order, guest))
        left = max(1, rules.attempts - attempts_made(order))
        spacing = timedelta(seconds=rules.ring_s + rules.spacing_s)
        keys = self._keys(rules, order) if rules.key_needed else {}
        name = self._spoken(guest, phrases.language) if guest is not None and rules.speak_name else None
        return Wakeup(
            id=key_of(order),
            endpoints=tuple(self._ports.get(order.room, ())),
            due_utc_ns=round(due.timestamp() * 1e9),
            ring_ms=round(rules.ring_s * 1000),
            greetings=tuple(
                self._greeting(phrases, due + number * spacing, keys, rules, name) for number in range(left)
            ),
            keys=keys,
            emergency=self._emergency,
            thanks=self._thanks(phrases, due, rules) if keys else {},
            attempts=left,
            spacing_ms=round(rules.spacing_s * 1000),
            snooze_ms=round(rules.snooze_s * 1000),
            late_ms=round(rules.late_s * 1000),
        )

    def lodged(self, house: House, planner: Planner, now: datetime) -> tuple[str, tuple[Wakeup, ...]]:
        """What rings in the next hours, by a person's hand too: he may not be told while we are not there.

        The revision is a digest, so that what is there already need not be lodged again.
        """
        within = [(order, at) for order, at in planner.within(now, LODGED_FOR) if self._ports.get(order.room)]
        calls: list[Wakeup] = []
        digest, left = hashlib.sha256(), MOST_BYTES
        for order, at in sorted(within, key=lambda one: one[1])[:MOST_LODGED]:
            call = self.call(house, order, at)
            encoded = msgspec.msgpack.encode(call, order="deterministic")
            left -= len(encoded)
            if left < 0:
                break
            digest.update(encoded)
            calls.append(call)
        return digest.hexdigest()[:16], tuple(calls)

    def order_of(self, key: str, house: House) -> WakeupOrder | None:
        """The order of one of our ids, if that very occurrence is still to be settled."""
        order_id, _, occurrence = key.partition(".")
        order = house.wakeups.get(order_id)
        if order is None or occurrence.partition(".")[0] != _stamp(order):
            return None
        return order

    def _spoken_to(self, house: House, order: WakeupOrder, guest: Guest | None) -> Language:
        """The language as ordered, else his own, else his room's, else the hotel's."""
        room = house.rooms.get(order.room)
        own = None if guest is None else guest.language
        wanted = first_spoken(order.lang, own, None if room is None else room.language)
        return wanted if wanted is not None and wanted in self._ready() else self._language

    def _keys(self, rules: Rules, order: WakeupOrder) -> dict[str, Key]:
        keys: dict[str, Key] = {CONFIRM: "confirmed", RECEPTION: "reception"}
        if order.snoozes < rules.snoozes:
            keys[SNOOZE] = "snoozed"
        return keys

    def _greeting(
        self, phrases: Phrases, at: datetime, keys: Mapping[str, Key], rules: Rules, name: str | None
    ) -> tuple[str, ...]:
        local = at.astimezone(self._zone).time()
        asked = (phrases.prompt(_asks(keys, rules)),) if keys else ()
        called = () if name is None else (name,)
        return (phrases.greeting(local), *called, phrases.prompt("wakeup-time-is"), *phrases.time(local), *asked)

    def _thanks(self, phrases: Phrases, due: datetime, rules: Rules) -> dict[Key, tuple[str, ...]]:
        again = (due + timedelta(seconds=rules.snooze_s)).astimezone(self._zone).time()
        return {
            "confirmed": (phrases.prompt("wakeup-confirmed"),),
            "snoozed": (phrases.prompt("wakeup-again-at"), *phrases.time(again)),
            "reception": (phrases.prompt("wakeup-reception"),),
        }


def woken(house: House, order: WakeupOrder) -> Guest | None:
    """Who is to be woken: whose order it is, or who has the room."""
    room = house.rooms.get(order.room)
    if room is None:
        return None
    return (room.guest(order.guest) if order.guest else None) or room.payer


def key_of(order: WakeupOrder) -> str:
    """By which the gateway knows this occurrence; one that was put off by its guest is another."""
    return f"{order.id}.{_stamp(order)}.{order.snoozes}"


def attempts_made(order: WakeupOrder) -> int:
    """Attempts that are over, since its guest has put it off last; those of a former occurrence do not count."""
    made = 0
    for attempt in order.attempts if order.state in PENDING else ():
        if attempt.ended is not None and attempt.outcome != "stopped":
            made = 0 if attempt.outcome == "snoozed" else made + 1
    return made


def order_id_of(key: str) -> str:
    """Of one of our ids."""
    return key.partition(".")[0]


def _stamp(order: WakeupOrder) -> str:
    return f"{order.rings or order.at:%y%m%d%H%M%S}"


def _asks(keys: Mapping[str, Key], rules: Rules) -> str:
    if SNOOZE not in keys:
        return "wakeup-keys-last"
    return "wakeup-keys" if rules.snooze_s == USUAL_SNOOZE_S else "wakeup-keys-later"
