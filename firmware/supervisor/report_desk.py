"""The desk's reports: counted in the database, part by part, so that nobody who waits for the store waits long."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import datetime, timedelta
from operator import attrgetter
from typing import TypeVar
from zoneinfo import ZoneInfo

from firmware.store.reports import HourOfCalls, HourOfLines, Reports, Span
from firmware.supervisor.spans import spans
from firmware.supervisor.store_thread import StoreThread
from webui.api import reports as api
from webui.types import Money, stamp

T = TypeVar("T")
PART = timedelta(days=7)
"""Of the records of a busy hotel that is what is counted in a few milliseconds."""
MOST_ABANDONED = 100
DAY = range(24)


class ReportDesk:
    """See `webui.api.reports.Reports`. `lines`: how many company lines there are."""

    def __init__(self, store: StoreThread, zone: ZoneInfo, lines: int) -> None:
        self._store = store
        self._zone = zone
        self._lines = lines

    async def calls(self, since: datetime, until: datetime) -> api.CallsReport:
        hours = await self._parts(since, until, lambda kept, span: kept.calls_by_hour(span))
        rooms = defaultdict[str, Counter[str]](Counter)
        for one in await self._parts(since, until, lambda kept, span: kept.calls_by_room(span)):
            rooms[one.room].update(placed=one.placed, received=one.received, talk_ms=one.talk_ms)
        by_room = [
            api.RoomOfCalls(
                room=room, placed=sums["placed"], received=sums["received"], talk_seconds=sums["talk_ms"] // 1000
            )
            for room, sums in rooms.items()
        ]
        return api.CallsReport(
            since=stamp(since, self._zone), until=stamp(until, self._zone), by_direction=_by_direction(hours),
            by_hour=[_hour_of_calls(hour, [one for one in hours if one.hour == hour]) for hour in DAY],
            by_room=sorted(by_room, key=lambda one: (-one.placed - one.received, one.room)),
        )  # fmt: skip

    async def lines(self, since: datetime, until: datetime) -> api.LinesReport:
        found = await self._parts(since, until, lambda kept, span: kept.lines_by_hour(span))
        return api.LinesReport(
            since=stamp(since, self._zone), until=stamp(until, self._zone), lines=self._lines,
            most=max((one.most for one in found), default=0),
            busy_seconds=sum(one.busy_ms for one in found) // 1000,
            by_hour=[self._hour_of_lines(hour, [one for one in found if one.hour == hour]) for hour in DAY],
        )  # fmt: skip

    def _hour_of_lines(self, hour: int, found: list[HourOfLines]) -> api.HourOfLines:
        busy, could = sum(one.busy_ms for one in found), self._lines * sum(one.passed_ms for one in found)
        return api.HourOfLines(
            hour=hour, most=max((one.most for one in found), default=0), busy_seconds=busy // 1000,
            occupancy=round(busy / could, 4) if could else 0.0,
        )  # fmt: skip

    async def charges(self, since: datetime, until: datetime) -> api.ChargesReport:
        """No index tells when a charge began: in as few parts as the clocks allow."""
        found = await self._parts(since, until, lambda kept, span: kept.charges_by_day(span), until - since)
        days = defaultdict[tuple[str, str], Counter[str]](Counter)
        sums = Counter[str]()
        for one in found:
            counts = {"calls": one.calls, "minibar": one.minibar, "amount": one.amount, "open": one.without_amount}
            days[one.day.isoformat(), one.currency].update(counts)
            sums[one.currency] += one.amount
        return api.ChargesReport(
            since=stamp(since, self._zone), until=stamp(until, self._zone),
            by_day=[_day_of_charges(*key, days[key]) for key in sorted(days)],
            sums=[Money(amount=amount, currency=currency) for currency, amount in sorted(sums.items())],
        )  # fmt: skip

    async def abandoned(self, since: datetime, until: datetime) -> api.AbandonedReport:
        found = await self._parts(since, until, lambda kept, span: kept.answers_by_hour(span))
        latest = await self._parts(since, until, lambda kept, span: kept.abandoned(span, MOST_ABANDONED))
        latest.sort(key=attrgetter("started"), reverse=True)
        hours = {hour: [one for one in found if one.hour == hour] for hour in DAY}
        abandoned, waited = sum(one.abandoned for one in found), sum(one.waited_ms for one in found)
        return api.AbandonedReport(
            since=stamp(since, self._zone), until=stamp(until, self._zone),
            calls=sum(one.calls for one in found), abandoned=abandoned,
            mean_wait_seconds=round(waited / abandoned / 1000, 1) if abandoned else None,
            by_hour=[
                api.HourOfAnswers(
                    hour=hour, calls=sum(one.calls for one in each), abandoned=sum(one.abandoned for one in each)
                )
                for hour, each in hours.items()
            ],
            latest=[
                api.AbandonedCall(
                    started=stamp(call.started, self._zone), from_number=call.from_number, to=call.to_number,
                    waited_seconds=call.waited_ms // 1000,
                )
                for call in latest[:MOST_ABANDONED]
            ],
        )  # fmt: skip

    async def _parts(
        self, since: datetime, until: datetime, count: Callable[[Reports, Span], list[T]], longest: timedelta = PART
    ) -> list[T]:
        """What is counted in each part: others have their turns between them."""
        found: list[T] = []
        for span in spans(since, until, self._zone, longest):
            found += await self._store.do(lambda kept, span=span: count(kept.reports, span))  # type: ignore[misc]
        return found


def _by_direction(found: list[HourOfCalls]) -> list[api.DirectionOfCalls]:
    return [
        api.DirectionOfCalls(
            direction=direction, calls=sum(one.calls for one in found if one.direction == direction),
            answered=sum(one.answered for one in found if one.direction == direction),
            talk_seconds=sum(one.talk_ms for one in found if one.direction == direction) // 1000,
        )
        for direction in ("internal", "outgoing", "incoming")
    ]  # fmt: skip


def _hour_of_calls(hour: int, found: list[HourOfCalls]) -> api.HourOfCalls:
    calls = Counter[str]()
    for one in found:
        calls[one.direction] += one.calls
    return api.HourOfCalls(
        hour=hour, internal=calls["internal"], outgoing=calls["outgoing"], incoming=calls["incoming"],
        answered=sum(one.answered for one in found), talk_seconds=sum(one.talk_ms for one in found) // 1000,
    )  # fmt: skip


def _day_of_charges(day: str, currency: str, counts: Counter[str]) -> api.DayOfCharges:
    return api.DayOfCharges(
        day=day, calls=counts["calls"], minibar=counts["minibar"], without_amount=counts["open"],
        charge=Money(amount=counts["amount"], currency=currency),
    )  # fmt: skip
