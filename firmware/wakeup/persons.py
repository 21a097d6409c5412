"""Who is told when a machine is not enough: an alarm at the desk, and telephones that ring until somebody takes it.

Reception's telephones ring at intervals from the first moment; when nobody has acknowledged for a while, the numbers of
the escalation in turn, in the house and outside. Each hears what has happened, and takes it over with a key, which
acknowledges the alarm; an acknowledgement on the page ends it as well. Before each call what is most urgent is chosen
anew.
"""

from __future__ import annotations

import asyncio
import math
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from firmware.clock import Clock
from firmware.errors import UnavailableError
from firmware.exchange.agent import CallAgent
from firmware.exchange.decisions import Decision, PersonOutcome, PersonReport
from firmware.exchange.dialogue import Opening
from firmware.exchange.numbering import Instant
from firmware.hotel.house import House
from firmware.hotel.model import WakeupOrder, WakeupState
from firmware.log import Log
from firmware.store.model import Page, StoredAlarm

FAILED, PERSON = "wakeup-failed", "wakeup-person"
"""Kinds of alarms; the subject is the room."""
MENUS: Mapping[str, str] = {FAILED: "wakeup-failed", PERSON: "wakeup-vip"}
RING_S = 30.0
BUSY_S = 10.0
"""Until who is talking is called again."""
LOOK_EVERY_S = 1.0
PATIENCE_S = 180.0
"""For one call, ringing and talking: a report that was lost must not end the calling."""
NO_KEY = "no_key"
WHY: Mapping[str, str] = {
    "not_answered": "nobody has answered",
    "busy": "the telephone was busy",
    "error": "the telephone's line does not work",
    "missed": "it could not be rung in time",
    NO_KEY: "no key was pressed",
}
"""Why nobody was woken: a state, or that the handset was lifted."""
REASONS: Mapping[WakeupState, str] = {"error": "unreachable", "missed": "missed"}
"""What the menu is told of it; anything else has not been answered."""

log = Log("wakeup.persons")


class Alarms(Protocol):
    async def happen(
        self, kind: str, subject: str, text: str, *, facts: Mapping[str, str] | None = None
    ) -> StoredAlarm | None: ...

    async def clear(self, kind: str, subject: str) -> None: ...

    async def shown(self, everything: bool, page: Page, *, patiently: bool = False) -> list[StoredAlarm]: ...


class Telephones(Protocol):
    async def change(self, how: Callable[[CallAgent, Instant], list[Decision]]) -> None: ...


@dataclass(frozen=True, slots=True)
class Callees:
    """Whom to call about each alarm: `reception` (extensions) again `every_s` after the last call; `escalation` (as
    dialled) after `after_s`, its numbers in turn.
    """

    reception: Sequence[str]
    every_s: float
    escalation: Sequence[str]
    after_s: float
    number_of: Callable[[str], str]
    """The telephone of a room, as it is dialled; "" is reception."""


@dataclass(slots=True)
class _Case:
    """An alarm that nobody has acknowledged, and the calls about it so far."""

    alarm: StoredAlarm
    since: float
    values: Mapping[str, str]
    """What the menu says of it."""
    place: int = 0
    """How many of the numbers of a round have been called."""
    reached: bool = False
    """In this round not everybody was talking."""
    last: float | None = None
    """The next round is `every_s` after this; None: there was none yet."""


class Persons:
    """See `firmware.wakeup.partners.Persons`."""

    def __init__(
        self,
        alarms: Alarms,
        telephones: Telephones,
        callees: Callees,
        house: Callable[[], House],
        clock: Clock,
        zone: ZoneInfo,
    ) -> None:
        self._alarms = alarms
        self._telephones = telephones
        self._callees = callees
        self._house = house
        self._clock = clock
        self._zone = zone
        self._cases: dict[int, _Case] = {}
        self._call: str | None = None
        self._about: int | None = None
        """The alarm that somebody is being called about."""
        self._report: asyncio.Future[PersonReport | None] | None = None
        """None: he need not be told any more, or not now."""
        self._hurry = False
        """What rings is to make way for something more urgent."""
        self._escalated = 0
        """How many calls there were to the numbers of the escalation, about anything."""
        self._due: dict[str, WakeupOrder] = {}
        """Those that a person is to do; of several of a room the latest has the alarm."""

    # ------------------------------------------------------------------------------------------------- wake-ups

    async def failed(self, order: WakeupOrder, state: WakeupState, *, lifted: bool = False) -> None:
        await self.done(order)
        time, why = _wall(order), NO_KEY if lifted else state
        text = f"room {order.room}: the wake-up of {time} has failed: {WHY.get(why, why)}"
        self._open(await self._alarms.happen(FAILED, order.room, text, facts={"time": time, "why": why}), order, state)

    async def due(self, order: WakeupOrder) -> None:
        time = _wall(order)
        text = f"room {order.room}: please wake this guest in person, now ({time})"
        self._due.pop(order.id, None)
        self._due[order.id] = order
        self._open(await self._alarms.happen(PERSON, order.room, text, facts={"time": time}), order, None)
        about = self._cases.get(self._about or 0)
        if about is not None and about.alarm.kind != PERSON:
            self._hurry = True
            self._end_call(None)

    async def done(self, order: WakeupOrder) -> None:
        """Another one of the same room that is still to be done has the alarm from then on."""
        of_room = [each for each in self._due.values() if each.room == order.room]
        others = [each for each in of_room if each.id != order.id]
        if len(others) < len(of_room):
            del self._due[order.id]
        if others and others[-1] is of_room[-1]:
            return
        await self._alarms.clear(PERSON, order.room)
        if others:
            await self.due(others[-1])

    def _open(self, alarm: StoredAlarm | None, order: WakeupOrder, state: WakeupState | None) -> None:
        if alarm is not None:
            self._cases[alarm.id] = _Case(alarm, self._clock.monotonic(), self._values(alarm, order, state))

    async def _take_up(self, alarm: StoredAlarm) -> None:
        """One of before a restart: what it is about is told as far as the house knows."""
        ringing = (o for o in self._house().wakeups.values() if o.room == alarm.subject and o.state == "ringing")
        order = next(ringing, None) if alarm.kind == PERSON else None
        if alarm.kind == PERSON and order is None:  # somebody has done it, just before
            await self._alarms.clear(PERSON, alarm.subject)
            return
        over = [one for one in self._house().over if one.room == alarm.subject and one.state in WHY]
        state = over[-1].state if over and alarm.kind == FAILED else None
        at = over[-1].at if state is not None else alarm.raised.astimezone(self._zone).replace(tzinfo=None)
        values = self._values(alarm, order, state) if order is not None else self._said(alarm, at, "", state)
        age = max(0.0, (self._clock.utc() - alarm.raised).total_seconds())
        self._cases.setdefault(alarm.id, _Case(alarm, self._clock.monotonic() - age, values))

    def _values(self, alarm: StoredAlarm, order: WakeupOrder, state: WakeupState | None) -> dict[str, str]:
        return self._said(alarm, order.rings or order.at, order.id, state)

    def _said(self, alarm: StoredAlarm, at: datetime, order_id: str, state: WakeupState | None) -> dict[str, str]:
        """The values that the menus take."""
        time = at.isoformat(timespec="minutes")
        if alarm.kind == PERSON:
            number = self._callees.number_of(alarm.subject)
            return {"id": order_id, "room": alarm.subject, "at": time, "number": number}
        reason = REASONS.get(state, "not-answered") if state is not None else "not-answered"
        return {"alarm": str(alarm.id), "room": alarm.subject, "at": time, "reason": reason}

    # ---------------------------------------------------------------------------------------------------- telling

    def seen(self, alarm: StoredAlarm, former: int | None = None) -> None:
        """An alarm has changed: who is being called about one that is acknowledged by now is left in peace. `former`:
        the number of one that the disk could not keep, before it has.
        """
        over = alarm.acknowledged_at is not None or (alarm.kind == PERSON and alarm.cleared is not None)
        if former is not None:
            self._renumber(former, alarm)
        if over and self._cases.pop(alarm.id, None) is not None and self._about == alarm.id:
            self._end_call(None)

    def _renumber(self, former: int, alarm: StoredAlarm) -> None:
        case = self._cases.pop(former, None)
        if case is None:
            return
        case.alarm = alarm
        if "alarm" in case.values:
            case.values = {**case.values, "alarm": str(alarm.id)}
        self._cases[alarm.id] = case
        self._about = alarm.id if self._about == former else self._about

    def told(self, report: PersonReport) -> None:
        """What has become of a call."""
        if report.call == self._call:
            self._end_call(report)

    def _end_call(self, report: PersonReport | None) -> None:
        if self._report is not None and not self._report.done():
            self._report.set_result(report)

    async def run(self) -> None:
        """Until cancelled. Calls do not wait for the disk to say what stood before."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._take_up_all())
            while True:
                case = self._next()
                if case is None:
                    await asyncio.sleep(LOOK_EVERY_S)
                else:
                    await self._call_one(case)

    async def _take_up_all(self) -> None:
        for alarm in await self._alarms.shown(False, Page(limit=1000), patiently=True):
            if alarm.kind in MENUS and alarm.acknowledged_at is None and not (alarm.kind == PERSON and alarm.cleared):
                await self._take_up(alarm)

    def _next(self) -> _Case | None:
        """Whom a person is to wake; else what somebody is being told of; of which nobody was told; told longest ago."""
        now = self._clock.monotonic()
        due = [
            case
            for case in self._cases.values()
            if case.place or case.last is None or now - case.last >= self._callees.every_s
        ]
        return min(due, key=_urgency, default=None)

    async def _call_one(self, case: _Case) -> None:
        """The next call of a round."""
        number = self._number(case)
        if number is not None:
            outcome = await self._call_about(case, number)
            if outcome is None:  # it is called again
                return
            self._escalated += case.place == len(self._callees.reception)
            case.reached |= outcome != "busy"
            case.place += 1
        if self._number(case) is None:
            self._end_round(case)

    def _end_round(self, case: _Case) -> None:
        every_s = self._callees.every_s
        wait_s = min(BUSY_S, every_s) if case.place and not case.reached else every_s
        case.last = self._clock.monotonic() - every_s + wait_s
        case.place, case.reached = 0, False

    def _number(self, case: _Case) -> str | None:
        """The next of its round: reception's, then one of the escalation; None: the round is over."""
        reception, escalation = self._callees.reception, self._callees.escalation
        if case.place < len(reception):
            return reception[case.place]
        is_late = self._clock.monotonic() - case.since >= self._callees.after_s
        if case.place > len(reception) or not escalation or not is_late:
            return None
        return escalation[self._escalated % len(escalation)]

    async def _call_about(self, case: _Case, number: str) -> PersonOutcome | None:
        """What has become of a call; None: it has made way for another."""
        opening = Opening(MENUS[case.alarm.kind], values=case.values)
        call = self._call = uuid.uuid4().hex[:20]
        self._about, self._hurry = case.alarm.id, False
        try:
            async with asyncio.timeout(PATIENCE_S):
                outcome = await self._outcome(call, number, opening)
        except (TimeoutError, UnavailableError):
            outcome = "failed"
            await self._stop(call)
        finally:
            self._call = self._about = self._report = None
        log.info("called", number=number, subject=case.alarm.subject, outcome=outcome)
        return None if self._hurry and outcome == "no-answer" else outcome

    async def _outcome(self, call: str, number: str, opening: Opening) -> PersonOutcome:
        """Raises UnavailableError."""
        self._report = asyncio.get_running_loop().create_future()
        await self._telephones.change(lambda agent, now: agent.call_person(call, number, opening, RING_S, now))
        report = await self._report
        if report is None:  # who has answered hears it to its end all the same
            self._report = asyncio.get_running_loop().create_future()
            await self._stop(call)
            report = await self._report
        return "failed" if report is None else report.outcome

    async def _stop(self, call: str) -> None:
        try:
            await self._telephones.change(lambda agent, now: agent.stop_person(call, now))
        except UnavailableError as error:
            log.info("not-stopped", error=error)


def _urgency(case: _Case) -> tuple[bool, bool, float, int]:
    return case.alarm.kind != PERSON, not case.place, -math.inf if case.last is None else case.last, case.alarm.id


def _wall(order: WakeupOrder) -> str:
    return f"{order.rings or order.at:%H:%M}"
