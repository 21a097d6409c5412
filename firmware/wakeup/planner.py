"""When each order that is to ring really rings: its due time, what the board can ring together, and second tries."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from firmware.hotel.model import WakeupOrder
from firmware.wakeup import schedule
from firmware.wakeup.plan import Due, Planned, plan
from firmware.wakeup.rules import Rules

AFTER_A_CALL = timedelta(seconds=2)
"""A guest who was busy has just hung up."""


@dataclass(frozen=True, slots=True)
class Bells:
    """What the board can ring: `places` bursts at one moment, in the country's `cadence_ms`."""

    places: int
    cadence_ms: Sequence[int]


@dataclass(slots=True)
class _Seat:
    order: WakeupOrder
    due: datetime
    at: datetime
    """When it rings. Once its time has come it keeps its place, whatever else is ordered."""


class Planner:
    """`rules_of` and `bells_of` are of an order: how its guest is woken, and how many telephones ring for it."""

    def __init__(
        self,
        zone: ZoneInfo,
        bells: Bells,
        rules_of: Callable[[WakeupOrder], Rules],
        bells_of: Callable[[WakeupOrder], int],
    ) -> None:
        self._zone = zone
        self._bells = bells
        self._rules_of = rules_of
        self._bells_of = bells_of
        self._seats: dict[str, _Seat] = {}
        self._again: dict[str, tuple[datetime | None, datetime]] = {}
        """Second tries that could not be written, or that need not wait any more, by order: of which occurrence, when.
        """
        self._was_busy: set[str] = set()
        self.stale = True
        """It has not looked since a try was put off, or was over."""

    # ---- what is coming

    def look(self, orders: Iterable[WakeupOrder], now: datetime) -> None:
        """These are to ring, from now on."""
        self.stale = False
        open_orders = {order.id: order for order in orders}
        self._again = {key: again for key, again in self._again.items() if key in open_orders}
        self._was_busy &= open_orders.keys()
        seats = {key: self._kept(order, now) for key, order in open_orders.items()}
        unseated = [order for key, order in open_orders.items() if seats[key] is None]
        ringing = self._bells_at(seat for seat in seats.values() if seat is not None)
        planned = {one.id: one for one in self._plan([(order, self.due_of(order)) for order in unseated], ringing)}
        self._seats = {
            key: seats[key] or _Seat(order, planned[key].due, planned[key].rings_at)
            for key, order in open_orders.items()
        }  # fmt: skip

    def _kept(self, order: WakeupOrder, now: datetime) -> _Seat | None:
        seat = self._seats.get(order.id)
        if seat is None or seat.due > now or seat.due != self.due_of(order):
            return None
        return _Seat(order, seat.due, seat.at)

    def due_of(self, order: WakeupOrder) -> datetime:
        """When it ought to ring (UTC)."""
        rings, again = self._again.get(order.id, (None, None))
        return again if again is not None and rings == order.rings else schedule.due(order, self._zone)

    def when(self, order: WakeupOrder) -> datetime:
        """When it rings (UTC)."""
        seat = self._seats.get(order.id)
        return self.due_of(order) if seat is None else seat.at

    def due(self, now: datetime) -> list[WakeupOrder]:
        """Those whose time has come, earliest first."""
        return [seat.order for seat in sorted(self._seats.values(), key=lambda seat: seat.at) if seat.at <= now]

    def next(self, without: Collection[str]) -> datetime | None:
        """When the next one rings, of those that are not among these."""
        return min((seat.at for key, seat in self._seats.items() if key not in without), default=None)

    def within(self, now: datetime, period: timedelta) -> list[tuple[WakeupOrder, datetime]]:
        """Those that ring until then, with the instant."""
        return [(seat.order, seat.at) for seat in self._seats.values() if seat.at <= now + period]

    # ---- second tries

    def again(self, order: WakeupOrder, at: datetime) -> None:
        """It rings then, whatever the house says, unless it is ordered for another time."""
        self.stale = True
        self._again[order.id] = (order.rings, at)
        self._seats.pop(order.id, None)

    def forget(self, order_id: str, *, busy: bool) -> None:
        """An attempt is over and written; `busy`: it is made again as soon as its telephone is replaced."""
        self.stale = True
        self._again.pop(order_id, None)
        self._seats.pop(order_id, None)
        (self._was_busy.add if busy else self._was_busy.discard)(order_id)

    def hasten(self, rooms: Collection[str], now: datetime) -> bool:
        """Telephones there have come free: whether anybody is rung sooner by that."""
        hurried = [key for key in self._was_busy if key in self._seats and self._seats[key].order.room in rooms]
        for key in hurried:
            seat = self._seats[key]
            if seat.at > now + AFTER_A_CALL:
                self.again(seat.order, now + AFTER_A_CALL)
            self._was_busy.discard(key)
        return bool(hurried)

    # ---- the night before

    def plan(self, orders: Iterable[WakeupOrder], day: date) -> list[Planned]:
        """Which room rings when on this day of the hotel's, by machine or person; recurring ones of that day, too."""
        begin, end = (schedule.instant_of(datetime.combine(d, time()), self._zone) for d in (day, day + timedelta(1)))
        known = [(order, at) for order in orders for at in self._occurrences(order, end) if begin <= at < end]
        seated = {(key, seat.due): _rings_at(seat) for key, seat in self._seats.items()}
        found = self._plan(known)
        return sorted(
            (replace_at(one, seated.get((one.id, one.due), one.rings_at)) for one in found),
            key=lambda one: (one.rings_at, one.room),
        )

    def _occurrences(self, order: WakeupOrder, before: datetime) -> Iterator[datetime]:
        pending: WakeupOrder | None = order
        at = self.due_of(order)
        while pending is not None and at < before:
            yield at
            following = schedule.following(pending)
            pending = None if following is None else replace(pending, rings=following, put_off=None)
            if pending is not None:
                at = schedule.due(pending, self._zone)

    def _bells_at(self, seats: Iterable[_Seat]) -> list[tuple[datetime, int]]:
        """Where machines ring."""
        bells = [(seat.at, self._bells_of(seat.order)) for seat in seats if not self._rules_of(seat.order).by_person]
        return [(at, count) for at, count in bells if count]

    def _plan(
        self, orders: Iterable[tuple[WakeupOrder, datetime]], ringing: Sequence[tuple[datetime, int]] = ()
    ) -> list[Planned]:
        """A person's wake-up takes no place."""
        by_machine: list[Due] = []
        ring_s = 1.0
        by_person: list[Planned] = []
        for order, at in orders:
            rules = self._rules_of(order)
            bells = self._bells_of(order)
            if rules.by_person or not bells:
                by_person.append(Planned(order.id, order.room, at, at))
                continue
            by_machine.append(Due(order.id, order.room, at, rules.vip, bells))
            ring_s = max(ring_s, rules.ring_s)
        return [*by_person, *plan(by_machine, self._bells.places, self._bells.cadence_ms, ring_s, ringing)]


def _rings_at(seat: _Seat) -> datetime:
    """One that rings already: since when, as it may have been ordered when its time was past."""
    return seat.order.attempts[-1].started if seat.order.state == "ringing" else seat.at


def replace_at(one: Planned, at: datetime) -> Planned:
    return Planned(one.id, one.room, one.due, at)


def utc(at_ns: int) -> datetime:
    """An instant of nanoseconds since 1970."""
    return datetime.fromtimestamp(at_ns / 1e9, UTC)
