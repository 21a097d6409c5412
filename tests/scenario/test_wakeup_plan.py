"""A full house due at one second, of which so many can ring together: what the plan says beforehand is what happens."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from tests.clients import Bench
from tests.harness import Product, wait_for
from tests.hotel import Hotel
from tests.scenario.waking import Waking, now, soon

ROOMS, AT_ONCE = 32, 8
AS_PLANNED_S = 2.0
RULES = f"""[wakeup]
attempts = 1
ring_seconds = 20
ringing_at_once = {AT_ONCE}
"""


@pytest.fixture(scope="module")
def hotel() -> Hotel:
    return Hotel.of_rooms(ROOMS, operators=0, more=RULES)


def test_each_of_thirty_two_rooms_rings_when_the_plan_has_said(bench: Bench, product: Product, hotel: Hotel) -> None:
    house = Waking(product)
    rooms = [phone.number for phone in hotel.phones]
    vips = rooms[-2:]
    for vip in vips:
        house.api.call("POST", f"/api/v1/rooms/{vip}/check-in", {"name": "Holm", "vip": True})
    due = soon(6)
    house.order(*rooms, at=due)
    plan = {
        one["room"]: datetime.fromisoformat(one["rings_at"])
        for one in house.api.get(f"/wakeups/plan?date={due:%Y-%m-%d}")["items"]
    }
    assert now() < due and set(plan) == set(rooms)
    rang = dict(zip(rooms, rings(bench, due), strict=True))
    house.leave()
    off = {room: (rang[room] - plan[room]).total_seconds() for room in rooms}
    print(f"off the plan by {min(off.values()):.3f} to {max(off.values()):.3f} s")
    assert {room: seconds for room, seconds in off.items() if abs(seconds) > AS_PLANNED_S} == {}
    first = [room for room in rooms if rang[room] < min(rang.values()) + timedelta(seconds=0.5)]
    assert len(first) == AT_ONCE and set(vips) <= set(first), "no more than can ring together, VIPs before all others"


def rings(bench: Bench, due: datetime) -> list[datetime]:
    """When each telephone's bell has begun, by the highway's time."""
    phones = range(1, ROOMS + 1)
    since = bench.highway()["blocks"]
    began = now() - timedelta(milliseconds=10 * since)
    wait_for(lambda: now() > due, 20, "it is time", every_s=0.1)
    return [began + timedelta(milliseconds=bench.wait_ringing(phone, 20)["rang_ms"]) for phone in phones]
