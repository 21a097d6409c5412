"""The in-memory twin of `firmware.store.reports`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import pairwise

from firmware.billing.model import Charge, ChargeFilter
from firmware.store.memory import MemoryCallRecords
from firmware.store.memory_billing import MemoryCharges
from firmware.store.model import CallRecord, Page, RecordFilter
from firmware.store.reports import (
    LONGEST_CALL,
    AbandonedCall,
    DayOfCharges,
    HourOfAnswers,
    HourOfCalls,
    HourOfLines,
    RoomOfCalls,
    Span,
    hours_of,
)

ALL = Page(limit=1 << 31)
MILLISECOND = timedelta(milliseconds=1)


class MemoryReports:
    """See `firmware.store.reports.Reports`. `records`, `charges`: the twins that keep them."""

    def __init__(self, records: MemoryCallRecords, charges: MemoryCharges) -> None:
        self._records = records
        self._charges = charges

    def calls_by_hour(self, span: Span) -> list[HourOfCalls]:
        found = defaultdict[tuple[int, str], list[CallRecord]](list)
        for record in self._within(span):
            found[(record.started + span.offset).hour, record.direction].append(record)
        return [
            HourOfCalls(
                hour=hour, direction=legs[0].direction, calls=len(legs),
                answered=sum(leg.answered is not None for leg in legs), talk_ms=sum(leg.talk_ms for leg in legs),
            )
            for (hour, _), legs in sorted(found.items())
        ]  # fmt: skip

    def calls_by_room(self, span: Span) -> list[RoomOfCalls]:
        legs = self._within(span)
        rooms = {room for leg in legs for room in (leg.from_room, leg.to_room) if room is not None}
        return [
            RoomOfCalls(
                room=room, placed=sum(leg.from_room == room for leg in legs),
                received=sum(leg.to_room == room for leg in legs),
                talk_ms=sum(leg.talk_ms * ((leg.from_room == room) + (leg.to_room == room)) for leg in legs),
            )
            for room in sorted(rooms)
        ]  # fmt: skip

    def lines_by_hour(self, span: Span) -> list[HourOfLines]:
        early = self._finished(span.since - LONGEST_CALL, span.until)
        held = [(leg.started, leg.ended) for leg in early if leg.trunk is not None and leg.ended is not None]
        edges = sorted({*hours_of(span), *(edge for times in held for edge in times if span.since < edge < span.until)})
        found: dict[int, HourOfLines] = {}
        for begins, ends in pairwise([*edges, span.until]):
            hour, ms = (begins + span.offset).hour, (ends - begins) // MILLISECOND
            lines = sum(since <= begins < until for since, until in held)
            sofar = found.get(hour, HourOfLines(hour=hour, most=0, busy_ms=0, passed_ms=0))
            found[hour] = HourOfLines(
                hour=hour,
                most=max(sofar.most, lines),
                busy_ms=sofar.busy_ms + lines * ms,
                passed_ms=sofar.passed_ms + ms,
            )
        return [found[hour] for hour in sorted(found)]

    def charges_by_day(self, span: Span) -> list[DayOfCharges]:
        found = defaultdict[tuple[object, str], list[Charge]](list)
        for charge in self._charges.listed(ChargeFilter(), ALL):
            if span.since <= charge.started < span.until:
                found[(charge.started + span.offset).date(), charge.currency].append(charge)
        return [
            DayOfCharges(
                day=(each[0].started + span.offset).date(), currency=currency,
                calls=sum(one.kind == "call" for one in each), minibar=sum(one.kind == "minibar" for one in each),
                amount=sum(one.amount or 0 for one in each), without_amount=sum(one.amount is None for one in each),
            )
            for (_, currency), each in sorted(found.items(), key=lambda item: str(item[0]))
        ]  # fmt: skip

    def answers_by_hour(self, span: Span) -> list[HourOfAnswers]:
        found = defaultdict[int, list[tuple[AbandonedCall, bool]]](list)
        for call, nobody in self._calls_in(span):
            found[(call.started + span.offset).hour].append((call, nobody))
        return [
            HourOfAnswers(
                hour=hour, calls=len(calls), abandoned=sum(nobody for _, nobody in calls),
                waited_ms=sum(call.waited_ms for call, nobody in calls if nobody),
            )
            for hour, calls in sorted(found.items())
        ]  # fmt: skip

    def abandoned(self, span: Span, limit: int) -> list[AbandonedCall]:
        found = [call for call, nobody in self._calls_in(span) if nobody]
        return sorted(found, key=lambda call: call.started, reverse=True)[:limit]

    def _calls_in(self, span: Span) -> Iterable[tuple[AbandonedCall, bool]]:
        """Each with whether nobody answered it."""
        found = defaultdict[str, list[CallRecord]](list)
        for leg in self._within(span):
            if leg.direction == "incoming" and leg.end != "barred":
                found[leg.call].append(leg)
        for legs in found.values():
            first = min(legs, key=lambda leg: leg.started)
            waited = sum((leg.ended - leg.started for leg in legs if leg.ended is not None), timedelta())
            call = AbandonedCall(
                started=first.started, from_number=first.from_number, to_number=first.to_number,
                waited_ms=waited // MILLISECOND,
            )  # fmt: skip
            yield call, all(leg.answered is None for leg in legs)

    def _within(self, span: Span) -> list[CallRecord]:
        return self._finished(span.since, span.until)

    def _finished(self, since: datetime, until: datetime) -> list[CallRecord]:
        return [record for _, record in self._records.finished(RecordFilter(since=since, until=until), ALL)]
