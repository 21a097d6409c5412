"""The plan of an evening is what the board's ring scheduler makes of it in the morning."""

from __future__ import annotations

import asyncio
import heapq
import itertools
from datetime import timedelta

import pytest

from boardsupport.port import PortEvent, RingBurst, RingPlan
from boardsupport.ringing import RingScheduler
from boardsupport.si3210.ring_cycle import RingCycle
from firmware.wakeup.plan import Due, plan
from tests.unit.hotel.values import NOON

RING_S = 45.0


class Time:
    """Stands still until all have gone to sleep."""

    def __init__(self) -> None:
        self.now = 0.0
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._turns = itertools.count()

    async def sleep(self, seconds: float) -> None:
        wakes: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (round(self.now + seconds, 6), next(self._turns), wakes))
        await wakes

    async def run(self, until: float) -> None:
        while True:
            for _ in range(10):
                await asyncio.sleep(0)
            if not self._sleepers or self._sleepers[0][0] > until:
                return
            self.now, _, wakes = heapq.heappop(self._sleepers)
            if not wakes.done():
                wakes.set_result(None)


class Line:
    def burst(self, on: bool) -> None: ...

    def reverse(self) -> None: ...

    def quiet(self) -> None: ...


async def first_bursts(starts: dict[str, float], places: int, cadence: tuple[int, ...]) -> dict[str, float]:
    """When the first burst of each room was on its line; each is rung for its time."""
    clock, scheduler, heard = Time(), RingScheduler(places), dict[str, float]()

    async def ring(room: str, at: float) -> None:
        await clock.sleep(at)

        def emit(event: PortEvent) -> None:
            if isinstance(event, RingBurst) and event.on:
                heard.setdefault(room, clock.now)

        cycle = RingCycle(
            RingPlan(cadence_ms=cadence), scheduler, Line(), emit, clock.sleep, lambda: int(clock.now * 1e9)
        )
        bell = asyncio.ensure_future(cycle.run())
        await clock.sleep(RING_S)
        bell.cancel()

    rooms = [asyncio.ensure_future(ring(room, at)) for room, at in starts.items()]
    await clock.run(max(starts.values()) + 10)
    for room in rooms:
        room.cancel()
    return heard


@pytest.mark.parametrize("cadence", [(1000, 4000), (2000, 4000), (400, 200, 400, 2000)])
@pytest.mark.parametrize(("rooms", "places"), [(1, 8), (20, 8), (32, 8), (32, 2)])
async def test_each_room_rings_within_two_seconds_of_its_plan(
    rooms: int, places: int, cadence: tuple[int, ...]
) -> None:
    planned = plan([Due(f"w{n}", str(201 + n), NOON) for n in range(rooms)], places, cadence, RING_S)
    starts = {one.room: (one.rings_at - NOON) / timedelta(seconds=1) for one in planned}
    heard = await first_bursts(starts, places, cadence)
    assert heard.keys() == starts.keys()
    assert max(abs(heard[room] - at) for room, at in starts.items()) <= 2.0
