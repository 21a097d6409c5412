"""What the wake-up service does in a night: on time, again, given up, told; through deaths, clocks and full disks."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from firmware.exchange.decisions import WakeupReport
from firmware.gateway.messages import WakeupOutcome
from firmware.hotel.model import WakeupState
from firmware.wakeup import ledger
from firmware.wakeup.rules import Rulebook, Rules
from tests.unit.wakeup.night import DESK, Night

EVENING = "2026-11-26T22:00"


async def test_it_rings_at_its_time_and_not_before() -> None:
    async with Night(EVENING).running() as night:
        order = await night.order("101", "2026-11-27T07:00")
        await night.until("2026-11-27T06:59:59")
        assert not night.gateway.rung
        await night.until("2026-11-27T07:00:00")
        assert night.rooms_rung == ["101"] and night.state_of(order) == "ringing"
        await night.ends("confirmed")
        assert night.state_of(order) == "answered" and night.gateway.noted == ["e1"] and not night.people.failures


@pytest.mark.parametrize(
    ("outcomes", "state"),
    [
        (["no-answer", "no-answer", "no-answer"], "not_answered"),
        (["no-key", "no-answer", "no-key"], "not_answered"),
        (["no-answer", "no-answer", "busy"], "busy"),
        (["no-answer", "failed", "failed"], "error"),
        (["no-answer", "busy", "confirmed"], "answered"),
        (["no-key", "reception"], "answered"),
        (["emergency"], "answered"),
    ],
)
async def test_it_is_tried_three_times_two_minutes_apart_and_then_a_person_is_told(
    outcomes: list[WakeupOutcome], state: WakeupState
) -> None:
    async with Night(EVENING).running() as night:
        order = await night.order("101", "2026-11-27T07:00")
        await night.until("2026-11-27T07:00:00")
        for number, outcome in enumerate(outcomes, 1):
            assert len(night.gateway.rung) == number
            await night.ends(outcome, after_s=45)
            await night.pass_time(119, every=119)
            assert len(night.gateway.rung) == number
            await night.pass_time(1)
        assert len(night.gateway.rung) == len(outcomes) and night.state_of(order) == state
        assert night.people.failures == ([] if state == "answered" else [("101", state)])
        assert bool(night.people.lifted) == (outcomes[-1] == "no-key")


@pytest.mark.parametrize(("languages", "heard"), [(["ru"], "ru"), (["de", "ru"], "ru"), (["de"], "en"), ([], "en")])
async def test_it_is_spoken_in_the_first_language_of_the_room_that_we_speak(languages: list[str], heard: str) -> None:
    async with Night(EVENING).running() as night:
        for language in languages:
            await night.check_in("101", language=language)
        await night.order("101", "2026-11-27T07:00")
        await night.until("2026-11-27T07:00:00")
        assert {name.split("/")[0] for name in night.gateway.rung[0].greetings[0]} == {heard}


async def test_key_2_puts_it_off_by_ten_minutes_with_all_its_attempts_and_not_for_ever() -> None:
    async with Night(EVENING).running() as night:
        order = await night.order("101", "2026-11-27T07:00")
        await night.until("2026-11-27T07:00:00")
        for time in ("07:10", "07:20", "07:30"):
            assert night.gateway.rung[-1].keys["2"] == "snoozed"
            await night.ends("snoozed", after_s=0)
            assert night.state_of(order) == "waiting"
            await night.until(f"2026-11-27T{time}:00")
        assert "2" not in night.gateway.rung[-1].keys and night.gateway.rung[-1].attempts == 3
        assert len({call.id for call in night.gateway.rung}) == 4


async def test_who_was_busy_is_rung_when_he_has_hung_up() -> None:
    async with Night(EVENING).running() as night:
        await night.order("101", "2026-11-27T07:00")
        await night.until("2026-11-27T07:00:00")
        await night.ends("busy", after_s=0)
        await night.pass_time(20)
        night.service.line_idle(["101"])
        await night.pass_time(3)
        assert len(night.gateway.rung) == 2


async def test_an_attempt_that_is_busy_at_once_is_one_attempt() -> None:
    async with Night(EVENING).running() as night:
        order = await night.order("101", "2026-11-27T07:00")
        night.gateway.on_report = night.service.report
        at_ns = round(night.clock.utc().timestamp() * 1e9)
        night.gateway.busy = lambda call: [WakeupReport(call.id, "busy", at_ns, at_ns, None)]
        await night.until("2026-11-27T07:00:00")
        here = night.hotel.house.wakeups[order.id]
        assert (here.state, [attempt.outcome for attempt in here.attempts]) == ("waiting", ["busy"])


async def test_a_recurring_one_rings_again_tomorrow_whatever_became_of_it_today() -> None:
    async with Night(EVENING).running() as night:
        order = await night.order("101", "2026-11-27T07:00", repeat="weekdays")
        await night.until("2026-11-27T07:00:00")
        await night.ends("confirmed")
        assert night.state_of(order) == "answered"
        await night.until("2026-11-29T07:00:00")
        assert len(night.gateway.rung) == 1
        await night.until("2026-11-30T07:00:00")
        assert len(night.gateway.rung) == 2 and night.state_of(order) == "ringing"


async def test_a_cancelled_one_that_rings_falls_silent() -> None:
    async with Night(EVENING).running() as night:
        order = await night.order("101", "2026-11-27T07:00")
        await night.until("2026-11-27T07:00:00")
        await night.cancel(order)
        await night.service.written()
        assert night.gateway.stopped == [night.gateway.rung[0].id]
        await night.ends("stopped", after_s=0)
        await night.pass_time(400, every=60)
        assert len(night.gateway.rung) == 1 and not night.people.failures


async def test_more_than_the_board_can_ring_follow_one_another_as_the_plan_has_said() -> None:
    async with Night(EVENING, places=2).running() as night:
        for room in ("103", "104", "101", "102"):
            await night.order(room, "2026-11-27T07:00")
        planned = night.service.plan(night.clock.utc().date() + timedelta(days=1))
        await night.until("2026-11-27T07:00:00")
        assert night.rooms_rung == ["101", "102"]
        await night.pass_time(1)
        assert night.rooms_rung == ["101", "102", "103", "104"]
        seconds = {one.room: one.rings_at.second for one in planned}
        assert seconds == {"101": 0, "102": 0, "103": 1, "104": 1}


# ------------------------------------------------------------------------------------------------------------ persons


async def test_a_person_wakes_a_vip_and_says_what_became_of_it() -> None:
    async with Night(EVENING).running() as night:
        order = await night.order("101", "2026-11-27T07:00", vip=True)
        await night.until("2026-11-27T07:00:00")
        assert night.people.asked == ["101"] and not night.gateway.rung and night.state_of(order) == "ringing"
        await night.service.person_outcome(order.id, True, DESK)
        assert night.state_of(order) == "answered" and "101" in night.people.relieved and not night.people.failures


async def test_a_vip_of_whom_nobody_says_anything_has_not_been_woken() -> None:
    async with Night(EVENING).running() as night:
        order = await night.order("101", "2026-11-27T07:00", vip=True)
        await night.until("2026-11-27T07:00:00")
        await night.pass_time(602, every=60)
        await night.look()
        assert night.state_of(order) == "not_answered" and night.people.failures == [("101", "not_answered")]


async def test_a_guest_who_cannot_hear_is_woken_by_a_person() -> None:
    async with Night(EVENING).running() as night:
        await night.check_in("101", needs_person=True)
        await night.order("101", "2026-11-27T07:00")
        await night.until("2026-11-27T07:00:00")
        assert night.people.asked == ["101"] and not night.gateway.rung


async def test_a_vip_whose_order_is_an_ordinary_one_is_rung_and_comes_first() -> None:
    book = Rulebook(vip=Rules(by_person=True, attempts=5))
    async with Night(EVENING, rulebook=book, places=1).running() as night:
        await night.check_in("104", vip=True)
        for room in ("101", "104"):
            await night.order(room, "2026-11-27T07:00")
        await night.until("2026-11-27T07:00:00")
        assert night.rooms_rung == ["104"] and night.gateway.rung[0].attempts == 5 and not night.people.asked


async def test_vips_whom_a_machine_rings_come_first() -> None:
    book = Rulebook(vip=Rules(by_person=False))
    async with Night(EVENING, rulebook=book, places=1).running() as night:
        await night.order("101", "2026-11-27T07:00")
        await night.order("104", "2026-11-27T07:00", vip=True)
        await night.until("2026-11-27T07:00:00")
        assert night.rooms_rung == ["104"]


# -------------------------------------------------------------------------------------------- late, deaths, the clock


@pytest.mark.parametrize(("late_s", "rings"), [(599, True), (601, False)])
async def test_one_that_was_due_while_the_box_was_off_rings_if_it_is_not_too_late(late_s: int, rings: bool) -> None:
    async with Night(EVENING).running() as night:
        order = await night.order("101", "2026-11-27T07:00")
        await night.until("2026-11-27T06:00:00")
        night.service.lost()
        night.clock.advance(3600 + late_s)
        night.service.adopted([])
        await night.service.written()
        await night.look()
        assert bool(night.gateway.rung) == rings
        if not rings:
            assert night.state_of(order) == "missed" and night.people.failures == [("101", "missed")]


async def test_what_the_gateway_says_it_has_missed_was_no_attempt() -> None:
    async with Night(EVENING).running() as night:
        await night.order("101", "2026-11-27T07:00")
        await night.until("2026-11-27T06:00:00")
        night.service.lost()
        night.clock.advance(3600 + 601)
        await night.told(night.gateway.lodged[0].id, "missed", night.clock.utc())
        (over,) = night.hotel.house.over
        assert (over.state, over.attempts) == ("missed", ()) and night.people.failures == [("101", "missed")]


async def test_a_line_that_is_just_coming_into_service_is_waited_for_and_costs_no_attempt() -> None:
    async with Night(EVENING).running() as night:
        await night.order("101", "2026-11-27T07:00")
        await night.order("102", "2026-11-27T07:00")
        night.gateway.coming_up = frozenset({"fxs/1"})
        await night.until("2026-11-27T07:00:00")
        await night.pass_time(3)
        assert night.rooms_rung == ["102"]
        night.gateway.coming_up = frozenset()
        await night.pass_time(1)
        assert night.rooms_rung == ["102", "101"] and night.gateway.rung[-1].attempts == 3


async def test_what_the_gateway_did_alone_counts_also_long_after() -> None:
    async with Night(EVENING).running() as night:
        order = await night.order("101", "2026-11-27T07:00")
        await night.until("2026-11-27T06:00:00")
        key = night.gateway.lodged[0].id
        night.service.lost()
        night.clock.advance(3 * 3600)
        await night.look()
        assert night.state_of(order) == "waiting"
        at = night.clock.utc() - timedelta(hours=2)
        await night.told(key, "confirmed", at, at + timedelta(seconds=20))
        night.service.adopted([])
        await night.service.written()
        await night.look()
        assert night.state_of(order) == "answered" and not night.gateway.rung and not night.people.failures


async def test_a_gateway_that_stays_away_is_no_excuse_for_silence() -> None:
    async with Night(EVENING).running() as night:
        order = await night.order("101", "2026-11-27T07:00")
        await night.until("2026-11-27T06:59:00")
        night.service.lost()
        night.clock.advance(60 + 601)
        night.service._away_s = 59.0
        await night.look()
        assert night.state_of(order) == "waiting"
        night.service._away_s = 60.0
        await night.look()
        assert night.state_of(order) == "missed" and night.people.failures == [("101", "missed")]


async def test_an_attempt_that_was_cut_off_is_made_again_at_once_and_costs_none() -> None:
    async with Night(EVENING).running() as night:
        await night.order("101", "2026-11-27T07:00")
        await night.until("2026-11-27T07:00:00")
        await night.ends("stopped", after_s=3)
        assert len(night.gateway.rung) == 2 and night.gateway.rung[-1].attempts == 3


async def test_an_attempt_that_stands_when_we_come_back_is_not_made_twice() -> None:
    async with Night(EVENING).running() as night:
        order = await night.order("101", "2026-11-27T07:00")
        await night.until("2026-11-27T07:00:00")
        key = night.gateway.rung[0].id
        night.service.lost()
        night.service.adopted([key])
        await night.service.written()
        await night.pass_time(30)
        assert len(night.gateway.rung) == 1
        await night.ends("confirmed")
        assert night.state_of(order) == "answered"


@pytest.mark.parametrize(("after_s", "outcomes"), [(0.4, ["confirmed"]), (4.0, ["stopped", "confirmed"])])
async def test_an_attempt_that_the_gateway_has_begun_anew_is_another_one(after_s: float, outcomes: list[str]) -> None:
    async with Night(EVENING).running() as night:
        await night.order("101", "2026-11-27T07:00")
        await night.until("2026-11-27T07:00:00")
        key, began = night.gateway.rung[0].id, night.clock.utc()
        night.service.lost()
        night.service.adopted([key])
        night.clock.advance(30)
        await night.told(key, "confirmed", began + timedelta(seconds=after_s))
        (over,) = night.hotel.house.over
        assert [attempt.outcome for attempt in over.attempts] == outcomes
        assert all(attempt.ended is not None for attempt in over.attempts)
        assert over.attempts[-1].started == began + timedelta(seconds=after_s), "when the bell rang"


async def test_a_clock_that_is_put_forward_while_it_rings_cuts_nothing_off() -> None:
    async with Night(EVENING).running() as night:
        await night.order("101", "2026-11-27T07:00")
        await night.until("2026-11-27T07:00:00")
        began = night.clock.utc()
        night.clock.advance(300)
        await night.told(night.gateway.rung[0].id, "confirmed", began + timedelta(seconds=299))
        (over,) = night.hotel.house.over
        assert [attempt.outcome for attempt in over.attempts] == ["confirmed"]


async def test_one_that_was_cut_off_and_is_missed_then_has_rung() -> None:
    async with Night(EVENING).running() as night:
        await night.order("101", "2026-11-27T07:00")
        await night.until("2026-11-27T07:00:00")
        began = night.clock.utc()
        night.service.lost()
        night.clock.advance(601)
        await night.told(night.gateway.rung[0].id, "missed", night.clock.utc())
        (over,) = night.hotel.house.over
        assert over.state == "missed"
        assert [(attempt.started, attempt.outcome) for attempt in over.attempts] == [(began, "stopped")]


async def test_one_that_was_lost_with_both_is_made_again() -> None:
    async with Night(EVENING).running() as night:
        await night.order("101", "2026-11-27T07:00")
        await night.until("2026-11-27T07:00:00")
        night.service.lost()
        night.service.adopted([])
        await night.service.written()
        await night.look()
        assert len(night.gateway.rung) == 2


@pytest.mark.parametrize("late_s", [0, 601])
async def test_a_person_is_told_before_the_disk_has_it_that_this_is_over(late_s: int) -> None:
    """Whoever dies in between has told, and does it again."""
    async with Night(EVENING).running() as night:
        order = await night.order("101", "2026-11-27T07:00")
        states: list[WakeupState] = []
        night.people.on_failed = lambda: states.append(night.state_of(order))
        await night.until("2026-11-27T06:00:00")
        night.clock.advance(3600 + late_s)
        await night.look()
        for _ in range(3 if late_s == 0 else 0):
            await night.ends("no-answer")
            await night.pass_time(120)
        assert states == ["ringing" if late_s == 0 else "waiting"]
        assert night.state_of(order) == ("not_answered" if late_s == 0 else "missed")


async def test_the_next_twelve_hours_lie_with_the_gateway() -> None:
    async with Night(EVENING).running() as night:
        await night.order("101", "2026-11-27T07:00")
        await night.order("102", "2026-11-27T11:00")
        await night.order("103", "2026-11-27T07:30", vip=True)
        await night.look()
        assert [call.endpoints for call in night.gateway.lodged] == [("fxs/1",), ("fxs/3",)]
        await night.until("2026-11-26T23:01:00")
        assert len(night.gateway.lodged) == 3


async def test_a_clock_that_is_put_back_rings_nobody_twice() -> None:
    async with Night(EVENING).running() as night:
        await night.order("101", "2026-11-27T07:00")
        await night.until("2026-11-27T07:00:00")
        await night.ends("confirmed")
        night.clock.step(-3600)
        await night.pass_time(7200, every=300)
        assert len(night.gateway.rung) == 1


async def test_a_clock_that_is_put_forward_over_it_rings_it_or_says_that_it_was_missed() -> None:
    async with Night(EVENING).running() as night:
        near, far = await night.order("101", "2026-11-27T06:55"), await night.order("102", "2026-11-27T06:30")
        await night.until("2026-11-27T06:00:00")
        night.clock.step(3600)
        await night.look()
        assert night.rooms_rung == ["101"] and night.state_of(near) == "ringing"
        assert night.state_of(far) == "missed" and night.people.failures == [("102", "missed")]


# ---------------------------------------------------------------------------------------------------- a full disk


async def one_answers_and_one_does_not(night: Night) -> None:
    """Of 101 and 102, both to be woken at seven; what has become of them cannot be kept meanwhile."""
    await night.until("2026-11-27T07:00:00")
    assert night.rooms_rung == ["101", "102"]
    await night.ends("confirmed", which=0)
    for _ in range(3):
        await night.ends("no-answer", which=-1, after_s=45)
        await night.pass_time(120)
    assert night.rooms_rung == ["101", "102", "102", "102"] and night.people.failures == [("102", "not_answered")]
    assert not night.gateway.noted


async def test_a_full_disk_keeps_nobody_asleep_and_nothing_is_rung_twice() -> None:
    async with Night(EVENING).running() as night:
        one, two = await night.order("101", "2026-11-27T07:00"), await night.order("102", "2026-11-27T07:00")
        night.store.full = True
        await one_answers_and_one_does_not(night)
        night.store.full = False
        await night.pass_time(30)
        assert night.state_of(one) == "answered" and night.state_of(two) == "not_answered"
        assert sorted(night.gateway.noted) == ["e1", "e2", "e3", "e4"]
        assert night.rooms_rung == ["101", "102", "102", "102"]


async def test_a_disk_that_hangs_keeps_nobody_asleep_and_the_desk_is_told_whom_nobody_has_woken(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(ledger, "PATIENCE_S", 0.01)
    moves = threading.Event()
    async with Night(EVENING).running() as night:
        one, two = await night.order("101", "2026-11-27T07:00"), await night.order("102", "2026-11-27T07:00")
        night.store._thread.submit(moves.wait, 20)
        await one_answers_and_one_does_not(night)
        monkeypatch.setattr(ledger, "PATIENCE_S", 20)
        moves.set()
        await night.hotel.change(DESK, lambda draft: None)  # after all that was late
        await night.pass_time(30)
        assert night.state_of(one) == "answered" and night.state_of(two) == "not_answered"
        (over,) = [one.attempts for one in night.hotel.house.over if one.order == two.id]
        assert [attempt.outcome for attempt in over] == ["no-answer"] * 3
        assert sorted(night.gateway.noted) == ["e1", "e2", "e3", "e4"]
        assert night.rooms_rung == ["101", "102", "102", "102"]


async def test_until_all_of_his_language_can_be_said_a_guest_is_woken_in_the_hotel_s() -> None:
    async with Night(EVENING).running() as night:
        await night.check_in("101", language="ru")
        await night.order("101", "2026-11-27T07:00")
        night.speaks = ("en",)
        await night.until("2026-11-26T23:00:00")
        assert night.gateway.lodged[0].greetings[0][0].startswith("en/")
        night.speaks = ("en", "ru")
        night.service.refresh()
        await night.pass_time(1)
        assert night.gateway.lodged[0].greetings[0][0].startswith("ru/")


@pytest.mark.parametrize(("outcome", "rings", "snoozes"), [("no-answer", 3, 0), ("snoozed", 1, 1)])
async def test_what_the_disk_was_late_with_counts_once(
    monkeypatch: pytest.MonkeyPatch, outcome: WakeupOutcome, rings: int, snoozes: int
) -> None:
    monkeypatch.setattr(ledger, "PATIENCE_S", 0.01)
    moves = threading.Event()
    async with Night(EVENING).running() as night:
        order = await night.order("102", "2026-11-27T07:00")
        await night.until("2026-11-27T07:00:00")
        night.store._thread.submit(moves.wait, 20)
        await night.ends(outcome, which=-1, after_s=45)
        monkeypatch.setattr(ledger, "PATIENCE_S", 20)
        moves.set()
        await night.hotel.change(DESK, lambda draft: None)  # after all that was late
        await night.pass_time(30)
        here = night.hotel.house.wakeups[order.id]
        assert ([attempt.outcome for attempt in here.attempts], here.snoozes) == ([outcome], snoozes)
        assert len(night.gateway.noted) == 1
        while outcome == "no-answer" and not night.people.failures:
            await night.pass_time(120)
            if not night.people.failures:
                await night.ends(outcome, which=-1, after_s=45)
        assert night.rooms_rung == ["102"] * rings
