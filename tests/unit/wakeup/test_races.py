"""What may come between two steps of the wake-up service: cancels, changes, lost channels, full disks, clocks."""

from __future__ import annotations

import asyncio
from datetime import datetime

import pytest

from firmware.gateway.channel import encode
from firmware.gateway.messages import CommandFrame, Limits, LodgeWakeups
from firmware.hotel.model import WakeupOrder
from firmware.wakeup import orders
from firmware.wakeup.orders import Orderer, Wanted
from firmware.wakeup.rules import Rulebook, Rules
from tests.unit.wakeup.night import DESK, Night

EVENING = "2026-11-26T22:00"
SEVEN = "2026-11-27T07:00"


async def change(night: Night, order: WakeupOrder, at: str) -> None:
    to, now = datetime.fromisoformat(at), night.clock.utc()
    await night.hotel.change(DESK, lambda draft: orders.change(draft, order.id, to, now, night.zone))


async def _until(event: asyncio.Event) -> None:
    await event.wait()


async def test_one_that_is_changed_as_it_begins_to_ring_can_be_changed_again() -> None:
    async with Night(EVENING).running() as night:
        order = await night.order("101", SEVEN)
        night.clock.advance(9 * 3600)
        await night.service.look()
        await change(night, order, "2026-11-27T08:00")  # before its bell is written down
        await night.service.written()
        await night.ends("stopped", after_s=0)
        assert night.state_of(order) == "waiting"
        await change(night, order, "2026-11-27T08:30")
        await night.until("2026-11-27T08:30:00")
        assert len(night.gateway.rung) == 2


async def test_one_that_was_cancelled_while_the_gateway_was_away_falls_silent_when_it_is_back() -> None:
    async with Night(EVENING).running() as night:
        order = await night.order("101", SEVEN)
        await night.until("2026-11-27T07:00:00")
        night.service.lost()
        await night.cancel(order)
        await night.service.written()
        night.gateway.stopped.clear()
        night.service.adopted(night.gateway.standing)
        await night.service.written()
        assert night.gateway.stopped == [night.gateway.rung[0].id]


async def test_one_that_moved_while_the_gateway_was_away_rings_in_the_new_room() -> None:
    async with Night(EVENING).running() as night:
        await night.check_in("101")
        await night.order("101", SEVEN)
        await night.until("2026-11-27T07:00:00")
        night.service.lost()
        await night.hotel.change(DESK, lambda draft: draft.move("101", "102"))
        await night.service.written()
        night.gateway.stopped.clear()
        night.service.adopted(night.gateway.standing)
        await night.service.written()
        assert night.gateway.stopped == [night.gateway.rung[0].id]
        await night.ends("stopped", after_s=0)
        assert night.rooms_rung == ["101", "102"]


async def test_one_that_is_cancelled_while_the_gateway_is_asked_is_neither_rung_nor_missed() -> None:
    async with Night(EVENING).running() as night:
        soon, late = await night.order("101", SEVEN), await night.order("102", "2026-11-27T06:30")
        await night.until("2026-11-27T06:00:00")

        async def cancel() -> None:
            await night.cancel(soon)
            await night.cancel(late)

        night.gateway.on_asked = cancel
        await night.until("2026-11-27T07:00:00")
        assert not night.gateway.rung and not night.people.failures


async def test_who_was_woken_by_a_person_at_the_last_moment_has_not_failed() -> None:
    async with Night(EVENING).running() as night:
        order = await night.order("101", SEVEN, vip=True)
        await night.until("2026-11-27T07:00:00")
        disk_is_slow = asyncio.Event()
        night.service._ledger.later(lambda: _until(disk_is_slow))
        night.clock.advance(600)
        await night.service.look()
        await night.service.person_outcome(order.id, True, DESK)
        disk_is_slow.set()
        await night.service.written()
        assert night.state_of(order) == "answered" and not night.people.failures


async def test_a_person_has_his_ten_minutes_whatever_is_done_to_the_clock() -> None:
    async with Night(EVENING).running() as night:
        order = await night.order("101", SEVEN, vip=True)
        await night.until("2026-11-27T07:00:00")
        night.clock.step(3600)
        await night.pass_time(300, every=60)
        assert night.state_of(order) == "ringing"
        night.clock.step(-7200)
        await night.pass_time(300, every=60)
        assert night.state_of(order) == "not_answered" and night.people.failures == [("101", "not_answered")]


async def test_a_bell_that_is_stopped_takes_nothing_from_him_who_is_to_wake_that_room_in_person() -> None:
    async with Night(EVENING).running() as night:
        await night.order("101", SEVEN, vip=True)
        other = await night.order("101", "2026-11-27T07:01")
        await night.until("2026-11-27T07:00:00")
        await night.until("2026-11-27T07:01:00")
        assert night.people.asked == ["101"] and night.rooms_rung == ["101"]
        await night.cancel(other)
        await night.service.written()
        assert night.gateway.stopped and not night.people.relieved


async def test_an_outcome_that_is_not_written_yet_outlives_a_lost_channel() -> None:
    async with Night(EVENING).running() as night:
        order = await night.order("101", SEVEN)
        await night.until("2026-11-27T07:00:00")
        night.store.full = True
        await night.ends("confirmed")
        night.service.lost()
        night.clock.advance(900)
        night.service.adopted([])
        await night.service.written()
        await night.look()
        assert len(night.gateway.rung) == 1 and not night.people.failures
        night.store.full = False
        await night.pass_time(10)
        assert night.state_of(order) == "answered" and len(night.gateway.rung) == 1


async def test_an_attempt_that_rings_is_left_alone_when_the_one_before_it_is_written() -> None:
    async with Night(EVENING).running() as night:
        order = await night.order("101", SEVEN)
        await night.until("2026-11-27T07:00:00")
        night.store.full = True
        await night.ends("no-answer", after_s=45)
        await night.pass_time(120)
        assert len(night.gateway.rung) == 2
        night.store.full = False
        await night.pass_time(20)
        assert len(night.gateway.rung) == 2
        await night.ends("confirmed")
        assert night.state_of(order) == "answered"


async def test_an_attempt_of_which_nothing_is_heard_any_more_is_made_again() -> None:
    async with Night(EVENING).running() as night:
        await night.order("101", SEVEN)
        await night.until("2026-11-27T07:00:00")
        await night.pass_time(120, every=10)
        assert len(night.gateway.rung) == 1
        night.gateway.standing.clear()
        await night.pass_time(120, every=10)
        assert len(night.gateway.rung) == 2


async def test_if_it_can_never_be_made_a_person_is_told() -> None:
    async with Night(EVENING).running() as night:
        order = await night.order("101", SEVEN)
        await night.until("2026-11-27T07:00:00")
        for _ in range(13):
            night.gateway.standing.clear()
            await night.pass_time(60, every=20)
        assert night.people.failures == [("101", "not_answered")] and night.state_of(order) == "not_answered"


async def test_a_gateway_that_is_lost_again_at_once_is_not_thought_to_obey() -> None:
    async with Night(EVENING).running() as night:
        await night.order("101", SEVEN)
        night.service.lost()
        night.service.adopted([])
        night.service.lost()
        await night.service.written()
        await night.until("2026-11-27T07:00:00")
        assert not night.gateway.rung
        night.service.adopted([])
        await night.service.written()
        await night.look()
        assert night.rooms_rung == ["101"]


async def test_what_is_lodged_follows_every_change_and_is_not_lodged_again_without_one() -> None:
    async with Night(EVENING).running() as night:
        await night.check_in("102", vip=True)
        one = await night.order("101", SEVEN)
        await night.order("102", SEVEN)
        await night.look()
        assert len(night.gateway.lodged) == 2
        lodgings = night.gateway.lodgings
        await night.pass_time(30)
        assert night.gateway.lodgings == lodgings
        await night.cancel(one)
        await night.pass_time(2)
        assert [call.endpoints for call in night.gateway.lodged] == [("fxs/2",)]
        night.book = Rulebook(vip=Rules(attempts=5))
        night.service.refresh()
        await night.pass_time(2)
        assert night.gateway.lodged[0].attempts == 5


async def test_one_that_is_changed_between_two_attempts_has_all_of_them_at_its_new_time() -> None:
    async with Night(EVENING).running() as night:
        order = await night.order("101", SEVEN)
        await night.until("2026-11-27T07:00:00")
        await night.ends("no-answer")
        await change(night, order, "2026-11-27T07:30")
        await night.until("2026-11-27T07:30:00")
        for _ in range(3):
            await night.ends("no-answer", after_s=45)
            await night.pass_time(120, every=60)
        assert len(night.gateway.rung) == 4 and night.state_of(order) == "not_answered"


async def test_one_that_is_changed_just_after_its_telephone_was_replaced_rings_at_its_new_time() -> None:
    async with Night(EVENING).running() as night:
        order = await night.order("101", SEVEN)
        await night.until("2026-11-27T07:00:00")
        await night.ends("busy", after_s=0)
        night.service.line_idle(["101"])
        await change(night, order, "2026-11-27T08:00")
        await night.pass_time(600, every=60)
        assert len(night.gateway.rung) == 1
        await night.until("2026-11-27T08:00:00")
        assert len(night.gateway.rung) == 2


async def test_todays_that_is_skipped_after_a_full_disk_does_not_ring_today() -> None:
    async with Night(EVENING).running() as night:
        order = await night.order("101", SEVEN, repeat="daily")
        await night.until("2026-11-27T07:00:00")
        night.store.full = True
        await night.ends("no-answer")
        night.store.full = False
        await night.pass_time(10)
        tomorrow = datetime.fromisoformat("2026-11-28T07:00")
        await night.hotel.change(DESK, lambda draft: draft.skip_wakeup(order.id, tomorrow))
        await night.pass_time(600, every=60)
        assert len(night.gateway.rung) == 1


@pytest.mark.parametrize(("attempts", "lodged"), [(3, 500), (10, 400)])
async def test_a_house_full_of_wake_ups_is_lodged_in_one_frame(attempts: int, lodged: int) -> None:
    rooms = [str(room) for room in range(1000, 1500)]
    async with Night(EVENING, rulebook=Rulebook(Rules(attempts=attempts)), rooms=rooms).running() as night:
        by, now = Orderer("anna", "desk"), night.clock.utc()
        ids = iter(range(500))
        wanted = Wanted(tuple(rooms), datetime.fromisoformat(SEVEN))
        await night.hotel.change(
            DESK, lambda draft: orders.place(draft, wanted, now, night.zone, lambda: f"{next(ids):020}", by)
        )
        await night.look()
        sent = CommandFrame(number=1, command=LodgeWakeups(revision="r", wakeups=night.gateway.lodged))
        assert len(night.gateway.lodged) >= lodged and len(encode(sent)) < Limits.FRAME_BYTES
