"""Which room rings when, when more are due than can ring at one moment."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boardsupport import ringing
from firmware.countries import COUNTRIES
from firmware.wakeup.plan import Due, Planned, natural, plan, slot_ms
from tests.unit.hotel.values import NOON

CADENCE = (1000, 4000)
RING_S = 45.0


def due(*rooms: str, after: float = 0.0, vip: bool = False) -> list[Due]:
    return [Due(f"w{room}", room, NOON + timedelta(seconds=after), vip) for room in rooms]


def numbered(count: int) -> list[str]:
    return [str(201 + number) for number in range(count)]


def seconds(planned: list[Planned]) -> dict[str, float]:
    return {one.room: (one.rings_at - NOON).total_seconds() for one in planned}


def test_as_many_as_there_are_places_ring_at_once() -> None:
    assert set(seconds(plan(due(*numbered(8)), 8, CADENCE, RING_S)).values()) == {0.0}


def test_others_ring_in_the_pauses_of_the_first() -> None:
    at = list(seconds(plan(due(*numbered(32)), 8, CADENCE, RING_S)).values())
    assert at == [0.0] * 8 + [1.0] * 8 + [2.0] * 8 + [3.0] * 8


def test_who_finds_no_pause_waits_until_somebody_has_rung_for_his_time() -> None:
    at = list(seconds(plan(due(*numbered(7)), 1, CADENCE, RING_S)).values())
    assert at == [0.0, 1.0, 2.0, 3.0, 4.0, 45.0, 46.0]


def test_vips_are_first_then_the_rooms_in_their_order() -> None:
    planned = plan([*due("10", "9", "101", "10A"), *due("210", vip=True)], 1, CADENCE, RING_S)
    assert [one.room for one in planned] == ["210", "9", "10", "10A", "101"]


def test_those_of_the_next_minute_fit_in_beside_those_that_still_ring() -> None:
    first, later = due(*numbered(2)), due("301", "302", after=30.0)
    assert seconds(plan([*first, *later], 1, CADENCE, RING_S)) == {"201": 0.0, "202": 1.0, "301": 32.0, "302": 33.0}


def test_a_room_with_two_telephones_needs_two_places() -> None:
    two = Due("w0", "101", NOON, bells=2)
    assert seconds(plan([two, *due("102", "103")], 2, CADENCE, RING_S)) == {"101": 0.0, "102": 1.0, "103": 1.0}


def test_a_room_with_more_telephones_than_places_takes_them_all() -> None:
    many = Due("w0", "101", NOON, bells=4)
    assert seconds(plan([many, *due("102")], 2, CADENCE, RING_S)) == {"101": 0.0, "102": 1.0}


def test_rooms_by_name_are_in_an_order_too() -> None:
    assert sorted(["Tower 10", "Tower 9", "7", "Annex"], key=natural) == ["7", "Annex", "Tower 9", "Tower 10"]


@pytest.mark.parametrize("country", sorted(COUNTRIES))
def test_a_place_is_needed_for_as_long_as_the_board_keeps_it(country: str) -> None:
    cadence = COUNTRIES[country].rings["wake-up"].cadence_ms
    groups = [sum(on + off for on, off in group.bursts) for group in ringing.groups(cadence)]
    assert slot_ms(cadence) == (max(groups), sum(groups))


@pytest.mark.parametrize("cadence", [(), (1000,), (1000, 0), (1000, 4000, 500)])
def test_what_is_no_cadence_is_refused(cadence: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="no ring cadence"):
        plan(due("101"), 8, cadence, RING_S)


orders = st.lists(
    st.tuples(st.sampled_from([0.0, 0.0, 1.0, 30.0, 60.0]), st.booleans(), st.integers(1, 2)), min_size=1, max_size=60
).map(
    lambda made: [
        Due(f"w{n}", str(100 + n), NOON + timedelta(seconds=at), vip, bells) for n, (at, vip, bells) in enumerate(made)
    ]
)


@given(orders, st.integers(2, 10), st.sampled_from([(1000, 4000), (2000, 4000), (400, 200, 400, 2000)]))
def test_no_more_bells_sound_at_one_moment_than_there_are_places(
    wanted: list[Due], places: int, cadence: tuple[int, ...]
) -> None:
    planned = plan(wanted, places, cadence, RING_S)
    slot, cycle = slot_ms(cadence)[0], sum(cadence)
    bells = {order.id: order.bells for order in wanted}
    starts = [(round((one.rings_at - NOON).total_seconds() * 1000), bells[one.id]) for one in planned]
    bursts = [
        (at, at + slot, count) for begun, count in starts for at in range(begun, begun + int(RING_S * 1000), cycle)
    ]
    for at, _, _ in bursts:
        assert sum(count for begin, end, count in bursts if begin <= at < end) <= places
    assert {one.id for one in planned} == set(bells)
    assert all(one.rings_at >= one.due for one in planned)
