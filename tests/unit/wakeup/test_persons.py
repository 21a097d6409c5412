"""Who is called when a machine is not enough, how often, and until when: through full disks and restarts."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import cast

import pytest
from msgspec.structs import replace

from firmware.clock import VirtualClock
from firmware.events import EventBus
from firmware.exchange.agent import CallAgent
from firmware.exchange.decisions import Decision, PersonOutcome, PersonReport
from firmware.exchange.dialogue import Opening
from firmware.exchange.numbering import Instant
from firmware.hotel.house import House
from firmware.hotel.model import WakeupOrder, WakeupState
from firmware.store import in_memory
from firmware.store.model import Page
from firmware.supervisor import alarm_board
from firmware.supervisor.alarm_board import AlarmBoard
from firmware.supervisor.events import AlarmEvent
from firmware.wakeup import persons
from firmware.wakeup.persons import Callees, Persons
from tests.unit.wakeup.night import WARSAW, BrokenStore

NOW = datetime(2026, 11, 27, 6, 0, tzinfo=UTC)
OWNER, PORTER = "0600123456", "110"


def order(room: str, name: str = "w") -> WakeupOrder:
    at = datetime.fromisoformat("2026-11-27T07:00")
    return WakeupOrder(id=f"{name}{room}", room=room, at=at, rings=at, by="anna", through="desk", ordered=NOW)


class Staff:
    """The telephones of those who are called. `answer`: what becomes of a call at once; None: it rings on, or
    somebody `talks`.
    """

    def __init__(self, reception: Sequence[str] = ("100",)) -> None:
        self.reception = reception
        self.clock = VirtualClock(NOW)
        self.store, self.bus = BrokenStore(in_memory), EventBus(lambda event, error: pytest.fail(str(error)))
        self.alarms = AlarmBoard(self.store, self.clock, self.bus)
        self.called: list[str] = []
        self.about: list[Opening] = []
        self.calls: list[str] = []
        self.stopped = 0
        self.talks = False
        self.left_in_peace = asyncio.Event()
        self.answer: PersonOutcome | None = "no-answer"
        self.house = House({})
        self.persons = self.hired()
        self.bus.subscribe(AlarmEvent, lambda event: self.persons.seen(event.alarm, event.former))

    def hired(self) -> Persons:
        callees = Callees(self.reception, 60, [PORTER, OWNER], 180, lambda room: f"2{room}")
        return Persons(self.alarms, self, callees, lambda: self.house, self.clock, WARSAW)

    async def change(self, how: Callable[[CallAgent, Instant], list[Decision]]) -> None:
        for decision in how(cast(CallAgent, self), cast(Instant, None)):
            self.persons.told(cast(PersonReport, decision))

    def call_person(self, call: str, number: str, opening: Opening, ring_s: float, now: Instant) -> list[Decision]:
        self.calls.append(call)
        self.called.append(number)
        self.about.append(opening)
        return [] if self.answer is None else [PersonReport(call, self.answer)]

    def stop_person(self, call: str, now: Instant) -> list[Decision]:
        self.stopped += 1
        self.left_in_peace.set()
        return [] if self.talks else [PersonReport(call, "no-answer")]

    def ends(self, outcome: PersonOutcome) -> None:
        """The call that rings, or the talk."""
        self.talks = False
        self.persons.told(PersonReport(self.calls[-1], outcome))

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator[Staff]:
        await self.store.open()
        await self.begin()
        try:
            yield self
        finally:
            await self.stop()
            await self.store.close()

    async def begin(self) -> None:
        """Until it has read which alarms stand."""
        self.calling = asyncio.ensure_future(self.persons.run())
        for _ in range(2):
            await asyncio.sleep(0)
        await self.store.do(lambda kept: None)

    async def stop(self) -> None:
        self.calling.cancel()
        await asyncio.wait([self.calling], timeout=10)
        assert self.calling.cancelled()

    async def pass_time(self, seconds: int) -> None:
        for _ in range(seconds + 1):
            for _ in range(20):
                await asyncio.sleep(0)
            self.clock.advance(1 if seconds else 0)

    @property
    def rooms(self) -> list[str]:
        """What the calls were about."""
        return [about.values["room"] for about in self.about]

    @property
    def alarm(self) -> int:
        return int(self.about[-1].values["alarm"])


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(persons, "LOOK_EVERY_S", 0)


async def test_reception_is_called_every_minute_and_the_others_in_turn_from_the_third_until_one_acknowledges() -> None:
    async with Staff().at_work() as staff:
        await staff.persons.failed(order("101"), "not_answered")
        await staff.pass_time(370)
        assert staff.called == ["100"] * 4 + [PORTER, "100", OWNER, "100", PORTER, "100", OWNER]
        await staff.alarms.acknowledge(staff.alarm, "anna")
        await staff.pass_time(200)
        assert len(staff.called) == 11


async def test_a_telephone_that_rings_for_one_that_is_acknowledged_falls_silent() -> None:
    async with Staff().at_work() as staff:
        staff.answer = None
        await staff.persons.failed(order("101"), "not_answered")
        await staff.pass_time(5)
        await staff.alarms.acknowledge(staff.alarm, "anna")
        await staff.pass_time(200)
        assert staff.called == ["100"] and staff.stopped == 1


async def test_a_call_of_which_nothing_is_heard_does_not_end_the_calling(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(persons, "PATIENCE_S", 0.01)
    async with Staff().at_work() as staff:
        staff.answer = None
        await staff.persons.failed(order("101"), "not_answered")
        async with asyncio.timeout(10):
            await staff.left_in_peace.wait()
        await staff.pass_time(61)
        assert staff.called == ["100", "100"]


async def test_reception_is_called_though_the_disk_hangs_until_one_acknowledges(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(alarm_board, "PATIENCE_S", 0.01)
    moves = threading.Event()
    async with Staff().at_work() as staff:
        staff.store._thread.submit(moves.wait, 20)
        await staff.persons.failed(order("101"), "not_answered")
        await staff.pass_time(70)
        assert staff.called == ["100", "100"]
        await staff.alarms.acknowledge(staff.alarm, "anna")
        await staff.pass_time(200)
        assert len(staff.called) == 2
        moves.set()
        (kept,) = await staff.store.do(lambda kept: kept.alarms.shown(True, Page(limit=10)))
        await staff.pass_time(200)
        assert len(staff.called) == 2
    assert kept.subject == "101"


async def test_one_that_the_disk_could_not_keep_is_acknowledged_by_either_number() -> None:
    for late in (False, True):
        async with Staff().at_work() as staff:
            staff.store.full = True
            await staff.persons.failed(order("101"), "not_answered")
            await staff.pass_time(1)
            first = staff.alarm
            staff.store.full = False
            await staff.alarms.keep()
            await staff.pass_time(61)
            assert staff.called == ["100", "100"]
            kept = [alarm.id for alarm in await staff.alarms.standing()]
            assert kept == [staff.alarm] != [first]
            await staff.alarms.acknowledge(first if late else kept[0], "anna")
            await staff.pass_time(200)
            assert len(staff.called) == 2


async def test_a_second_failure_that_the_disk_could_not_keep_is_acknowledged_with_the_first() -> None:
    async with Staff().at_work() as staff:
        await staff.persons.failed(order("101"), "not_answered")
        await staff.pass_time(1)
        first = staff.alarm
        staff.store.full = True
        await staff.persons.failed(order("101"), "busy")
        staff.store.full = False
        await staff.alarms.keep()
        await staff.alarms.acknowledge(first, "anna")
        calls = len(staff.called)
        await staff.pass_time(200)
        assert len(staff.called) == calls


async def test_of_two_failures_of_a_room_that_the_disk_could_not_keep_each_is_acknowledged_by_itself() -> None:
    async with Staff().at_work() as staff:
        staff.store.full = True
        for each in ("a", "b"):
            await staff.persons.failed(order("101", each), "not_answered")
            staff.clock.advance(900)
        second, first = await staff.alarms.shown(False, Page())
        await staff.alarms.acknowledge(second.id, "anna")
        staff.store.full = False
        await staff.alarms.keep()
        await staff.pass_time(61)
        assert staff.called, "about the first"
        await staff.alarms.acknowledge(first.id, "anna")
        calls = len(staff.called)
        await staff.pass_time(200)
        assert len(staff.called) == calls


async def test_after_a_restart_while_the_disk_hangs_a_new_one_is_told_at_once_and_that_of_before_when_it_moves(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    moves = threading.Event()
    async with Staff().at_work() as staff:
        await staff.persons.failed(order("101"), "not_answered")
        await staff.stop()
        staff.alarms = AlarmBoard(staff.store, staff.clock, staff.bus)
        staff.persons = staff.hired()
        staff.about.clear()
        with monkeypatch.context() as disk:
            disk.setattr(alarm_board, "PATIENCE_S", 0.01)
            staff.store._thread.submit(moves.wait, 20)
            staff.calling = asyncio.ensure_future(staff.persons.run())
            await staff.pass_time(1)
            await staff.persons.failed(order("102"), "not_answered")
            await staff.pass_time(1)
            assert staff.rooms == ["102"]
        moves.set()
        await staff.store.do(lambda kept: None)
        await staff.pass_time(70)
        assert sorted(set(staff.rooms)) == ["101", "102"]
        for alarm in await staff.alarms.standing():
            await staff.alarms.acknowledge(alarm.id, "anna")
        calls = len(staff.called)
        await staff.pass_time(200)
        assert len(staff.called) == calls


async def test_after_a_restart_the_others_are_called_as_if_there_had_been_none() -> None:
    async with Staff().at_work() as staff:
        await staff.persons.failed(order("101"), "not_answered")
        await staff.pass_time(150)
        await staff.stop()
        staff.called.clear()
        staff.persons = staff.hired()
        await staff.begin()
        await staff.pass_time(90)
        assert staff.called == ["100", "100", PORTER]


@pytest.mark.parametrize("done", [False, True])
async def test_a_persons_wake_up_that_was_done_before_a_restart_is_nobodys_any_more(done: bool) -> None:
    async with Staff().at_work() as staff:
        await staff.persons.due(order("101"))
        await staff.stop()
        staff.called.clear()
        staff.house = House({}, wakeups={} if done else {"w101": replace(order("101"), state="ringing")})
        staff.persons = staff.hired()
        await staff.begin()
        await staff.pass_time(5)
        assert staff.called == ([] if done else ["100"])
        assert bool(await staff.alarms.standing()) is not done


async def test_whom_a_person_is_to_wake_now_does_not_wait_for_a_telephone_that_rings_about_another() -> None:
    async with Staff().at_work() as staff:
        staff.answer = None
        for room in ("101", "102"):
            await staff.persons.failed(order(room), "missed")
        await staff.pass_time(5)
        await staff.persons.due(order("104"))
        await staff.pass_time(1)
        assert staff.rooms == ["101", "104"] and staff.stopped == 1
        staff.ends("no-answer")
        staff.answer = "no-answer"
        await staff.pass_time(1)
        assert staff.rooms == ["101", "104", "101", "102"]
        await staff.pass_time(61)
        assert staff.rooms[4:] == ["104", "101", "102"]


async def test_one_that_a_person_is_to_do_does_not_silence_the_call_about_another_of_the_kind() -> None:
    async with Staff().at_work() as staff:
        staff.answer = None
        await staff.persons.due(order("104"))
        await staff.pass_time(5)
        await staff.persons.due(order("105"))
        await staff.pass_time(5)
        assert staff.rooms == ["104"] and not staff.stopped


async def test_who_talks_about_another_is_called_about_what_is_urgent_when_he_has_heard_it() -> None:
    async with Staff().at_work() as staff:
        staff.answer, staff.talks = None, True
        for room in ("101", "102"):
            await staff.persons.failed(order(room), "missed")
        await staff.pass_time(5)
        await staff.persons.due(order("104"))
        await staff.pass_time(20)
        assert staff.rooms == ["101"]
        staff.answer = "no-answer"
        staff.ends("hung-up")
        await staff.pass_time(1)
        assert staff.rooms == ["101", "104", "102"]


async def test_the_numbers_of_the_escalation_are_called_in_turn_whatever_they_are_called_about() -> None:
    async with Staff().at_work() as staff:
        for room in ("101", "102", "103"):
            await staff.persons.failed(order(room), "missed")
        await staff.pass_time(185)
        assert staff.called[:9] == ["100"] * 9
        assert staff.called[9:] == ["100", PORTER, "100", OWNER, "100", PORTER]
        assert staff.rooms[9:] == ["101", "101", "102", "102", "103", "103"]


async def test_the_first_failures_keep_nobody_of_the_escalation_from_being_called() -> None:
    async with Staff().at_work() as staff:
        staff.answer = None
        for room in range(101, 121):
            await staff.persons.failed(order(str(room)), "missed")
        for _ in range(10):
            await staff.pass_time(30)
            staff.ends("no-answer")
        await staff.pass_time(1)
        assert staff.called == ["100"] * 6 + [PORTER, "100", OWNER, "100", PORTER]


async def test_each_failure_is_told_before_one_is_told_again() -> None:
    async with Staff().at_work() as staff:
        staff.answer = None
        for room in ("101", "102", "103"):
            await staff.persons.failed(order(room), "missed")
            await staff.pass_time(5)
        for _ in range(5):
            await staff.pass_time(35)
            staff.ends("no-answer")
        assert staff.rooms == ["101", "102", "103", "101", "102"]


async def test_the_second_telephone_of_reception_does_not_wait_for_what_failed_meanwhile() -> None:
    async with Staff(("100", "109")).at_work() as staff:
        staff.answer = None
        await staff.persons.failed(order("101"), "missed")
        await staff.pass_time(1)
        await staff.persons.failed(order("102"), "missed")
        staff.answer = "no-answer"
        staff.ends("no-answer")
        await staff.pass_time(1)
        assert list(zip(staff.called, staff.rooms, strict=True)) == [
            ("100", "101"), ("109", "101"), ("100", "102"), ("109", "102"),
        ]  # fmt: skip


async def test_who_takes_one_over_is_told_of_the_next_when_he_has_hung_up() -> None:
    async with Staff().at_work() as staff:
        staff.answer, staff.talks = None, True
        for room in ("101", "102"):
            await staff.persons.failed(order(room), "not_answered")
        await staff.pass_time(5)
        await staff.alarms.acknowledge(staff.alarm, "100")
        await staff.pass_time(5)
        assert staff.rooms == ["101"]
        staff.answer = "busy"
        staff.ends("done")
        await staff.pass_time(1)
        staff.answer = "no-answer"
        await staff.pass_time(20)
        assert staff.rooms == ["101", "102", "102"]
        await staff.pass_time(30)
        assert len(staff.called) == 3


async def test_what_fails_in_a_room_leaves_alone_who_is_to_wake_another_guest_of_it() -> None:
    async with Staff().at_work() as staff:
        await staff.persons.due(order("101", "vip"))
        await staff.persons.failed(order("101"), "not_answered")
        assert {alarm.kind for alarm in await staff.alarms.standing()} == {persons.PERSON, persons.FAILED}
        await staff.persons.failed(order("101", "vip"), "not_answered")
        assert {alarm.kind for alarm in await staff.alarms.standing()} == {persons.FAILED}


async def test_of_two_in_one_room_that_a_person_is_to_do_the_other_stands_when_one_is_done() -> None:
    async with Staff().at_work() as staff:
        await staff.persons.due(order("101", "mother"))
        await staff.persons.due(order("101", "father"))
        await staff.persons.done(order("101", "father"))
        await staff.pass_time(1)
        assert staff.about[-1].values["id"] == "mother101" and len(await staff.alarms.standing()) == 1
        await staff.persons.done(order("101", "mother"))
        assert not await staff.alarms.standing()


async def test_the_alarm_says_whether_the_handset_was_lifted() -> None:
    async with Staff().at_work() as staff:
        await staff.persons.failed(order("101"), "not_answered")
        await staff.persons.failed(order("102"), "not_answered", lifted=True)
        told = {alarm.subject: alarm for alarm in await staff.alarms.standing()}
        assert told["101"].text.endswith("nobody has answered") and told["102"].text.endswith("no key was pressed")
        assert told["101"].facts == {"time": "07:00", "why": "not_answered"}
        assert told["102"].facts == {"time": "07:00", "why": "no_key"}


@pytest.mark.parametrize("state", ["not_answered", "busy", "error", "missed"])
async def test_the_alarm_says_why_in_words_and_as_a_code(state: WakeupState) -> None:
    async with Staff().at_work() as staff:
        await staff.persons.failed(order("101"), state)
        (alarm,) = await staff.alarms.standing()
        assert alarm.facts["why"] == state and alarm.text.endswith(persons.WHY[state])


async def test_who_is_to_wake_a_guest_in_person_is_told_when() -> None:
    async with Staff().at_work() as staff:
        await staff.persons.due(order("101"))
        (alarm,) = await staff.alarms.standing()
        assert alarm.facts == {"time": "07:00"} and "(07:00)" in alarm.text


async def test_the_product_can_be_stopped_while_somebody_is_being_called() -> None:
    async with Staff().at_work() as staff:
        staff.answer = None
        await staff.persons.failed(order("101"), "not_answered")
        await staff.pass_time(2)
        assert staff.called == ["100"]


async def test_the_desk_has_said_what_became_of_a_persons_wake_up() -> None:
    async with Staff().at_work() as staff:
        await staff.persons.due(order("101"))
        await staff.pass_time(1)
        assert staff.about[-1].menu == "wakeup-vip" and staff.about[-1].values["number"] == "2101"
        await staff.persons.done(order("101"))
        await staff.pass_time(200)
        assert staff.called == ["100"]
