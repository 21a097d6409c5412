"""Transfer, three-way, pick-up, do-not-disturb, hot line, call waiting: each tried and heard."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.clients import Api, Bench, Json
from tests.harness import wait_for
from tests.hotel import Hotel
from tests.scenario.conftest import EXCHANGE
from tests.scenario.talking import (
    answer,
    call,
    connected,
    hang_up,
    hears_beep,
    lift,
    lift_and_dial,
    not_connected,
    ring_up,
)

RECEPTION, SECOND_DESK = 7, 8
REFUSED = ("busy", "congestion", "tone:950+1400+1800")


@pytest.fixture(scope="module")
def hotel() -> Hotel:
    """Two operators; fxs/5 is a hot line, fxs/6 reaches reception when nothing is dialled for six seconds."""
    house = Hotel.demonstration().with_phone(SECOND_DESK, operator=True)
    return house.with_phone(5, off_hook="reception:0").with_phone(6, off_hook="reception:6")


def consult(bench: Bench, phone: int, digits: str) -> None:
    """Put the other party on hold and dial."""
    bench.flash(phone, 300)
    bench.wait_signal(phone, "dial", "stutter")
    bench.dial(phone, digits)


def test_both_operators_ring_and_the_first_to_answer_has_the_call(bench: Bench) -> None:
    ring_up(bench, 1, "8888", RECEPTION)
    bench.wait_ringing(SECOND_DESK)
    answer(bench, SECOND_DESK, 1)
    bench.wait_quiet(RECEPTION)


def test_an_attended_transfer_and_its_two_records(bench: Bench, api: Api) -> None:
    before = {item["id"] for item in api.records()}
    call(bench, 1, "100", RECEPTION)
    consult(bench, RECEPTION, "102")
    bench.wait_ringing(2)
    answer(bench, 2, RECEPTION)
    not_connected(bench, RECEPTION, 1)
    hang_up(bench, RECEPTION)
    connected(bench, 1, 2)
    wait_for(lambda: api.line(RECEPTION)["state"] == "idle", 5, "reception is idle")
    hang_up(bench, 1)
    bench.wait_signal(2, "busy", "congestion")
    hang_up(bench, 2)
    legs = wait_for(
        lambda: found if len(found := [r for r in api.records() if r["id"] not in before]) == 2 else [], 10, "two legs"
    )
    assert len({leg["call"] for leg in legs}) == 1
    assert {(leg["from"], leg["to"]) for leg in legs} == {("101", "100"), ("101", "102")}


def test_a_transfer_while_it_rings(bench: Bench) -> None:
    call(bench, 1, "100", RECEPTION)
    consult(bench, RECEPTION, "102")
    bench.wait_ringing(2)
    hang_up(bench, RECEPTION)
    bench.wait_signal(1, "ringback")
    bench.off_hook(2)
    connected(bench, 1, 2)


def test_the_held_party_hears_that_it_is_held_and_is_taken_back(bench: Bench) -> None:
    call(bench, 1, "100", RECEPTION)
    bench.flash(RECEPTION, 300)
    bench.wait_signal(RECEPTION, "dial", "stutter")
    wait_for(lambda: hears_beep(bench, 1, 425, 1000), 20, "the held party hears that it is held", every_s=0.3)
    bench.flash(RECEPTION, 300)
    connected(bench, 1, RECEPTION)


def test_a_held_party_left_behind_rings_back(bench: Bench) -> None:
    call(bench, 1, "100", RECEPTION)
    bench.flash(RECEPTION, 300)
    bench.wait_signal(RECEPTION, "dial", "stutter")
    hang_up(bench, RECEPTION)
    bench.wait_ringing(RECEPTION)
    bench.off_hook(RECEPTION)
    connected(bench, 1, RECEPTION)


def test_three_hear_each_other(bench: Bench) -> None:
    call(bench, 1, "100", RECEPTION)
    consult(bench, RECEPTION, "102")
    bench.wait_ringing(2)
    bench.off_hook(2)
    connected(bench, RECEPTION, 2)
    bench.flash(RECEPTION, 300)
    connected(bench, 1, 2, RECEPTION)
    hang_up(bench, 1)
    connected(bench, 2, RECEPTION)


def test_a_call_is_picked_up_by_a_neighbour(bench: Bench) -> None:
    ring_up(bench, 1, "102", 2)
    lift_and_dial(bench, 3, "*8")
    bench.wait_quiet(2)
    connected(bench, 1, 3)


def test_nothing_to_pick_up_is_told(bench: Bench) -> None:
    lift_and_dial(bench, 3, "*8")
    bench.wait_signal(3, *REFUSED)


def test_do_not_disturb(bench: Bench, api: Api) -> None:
    lift_and_dial(bench, 2, "*78")
    wait_for(lambda: api.line(2)["dnd"], 5, "102 is not to be disturbed")
    hang_up(bench, 2)
    lift_and_dial(bench, 1, "102")
    bench.wait_signal(1, "busy", "congestion")
    assert not bench.phone(2)["ringing"]
    hang_up(bench, 1)
    bench.off_hook(2)
    bench.wait_signal(2, "stutter")
    bench.dial(2, "*79")
    wait_for(lambda: not api.line(2)["dnd"], 5, "102 may be disturbed")
    hang_up(bench, 2)
    call(bench, 1, "102", 2)


def test_the_last_number_is_dialled_again(bench: Bench) -> None:
    call(bench, 1, "103", 3)
    hang_up(bench, 1, 3)
    lift_and_dial(bench, 1, "*66")
    bench.wait_ringing(3)
    answer(bench, 3, 1)


def test_a_hot_line_rings_reception_at_once(bench: Bench) -> None:
    bench.off_hook(5)
    bench.wait_ringing(RECEPTION, deadline_s=5)
    assert bench.hearing(5)["signal"] != "dial"
    bench.off_hook(RECEPTION)
    connected(bench, 5, RECEPTION)


def test_a_telephone_that_dials_nothing_reaches_reception(bench: Bench) -> None:
    lift(bench, 6)
    bench.wait_ringing(RECEPTION, deadline_s=40)
    bench.off_hook(RECEPTION)
    connected(bench, 6, RECEPTION)


def test_a_handset_left_off_after_a_call_reaches_reception_once(bench: Bench, api: Api, settings: Json) -> None:
    api.call("PUT", EXCHANGE, {**settings, "timers": {**settings["timers"], "release_tone": 6}})
    call(bench, 6, "101", 1)
    hang_up(bench, 1)
    bench.wait_signal(6, "busy", "congestion")
    bench.wait_ringing(RECEPTION, deadline_s=40)
    bench.off_hook(RECEPTION)
    connected(bench, 6, RECEPTION)
    hang_up(bench, RECEPTION)
    bench.wait_signal(6, "howler", deadline_s=60)
    assert not bench.phone(RECEPTION)["ringing"]


def test_an_operator_is_told_of_a_second_call_and_takes_it(bench: Bench) -> None:
    call(bench, 1, "100", RECEPTION)
    bench.off_hook(SECOND_DESK)
    lift_and_dial(bench, 2, "100")
    bench.wait_signal(2, "ringback")
    assert hears_beep(bench, RECEPTION, 425, 5000), "reception is not told"
    bench.flash(RECEPTION, 300)
    connected(bench, 2, RECEPTION)
    not_connected(bench, 1, RECEPTION)


def test_rooms_see_a_room_number_and_no_name(bench: Bench) -> None:
    ring_up(bench, 1, "102", 2)
    seen = wait_for(lambda: bench.phone(2)["caller_id"], 15, "102 shows who calls")
    assert seen["number"] == "101"
    assert not seen["name"]
    answer(bench, 2, 1)


def test_staff_telephones_show_the_staff_s_names(bench: Bench) -> None:
    ring_up(bench, RECEPTION, "110", SECOND_DESK)
    seen = wait_for(lambda: bench.phone(SECOND_DESK)["caller_id"], 15, "housekeeping sees who calls")
    assert (seen["number"], seen["name"]) == ("100", "Reception")
    answer(bench, SECOND_DESK, RECEPTION)


def test_click_to_dial(bench: Bench, api: Api) -> None:
    made = api.call("POST", "/api/v1/calls", {"from": "100", "to": "101"})
    assert made["id"]
    bench.wait_ringing(RECEPTION)
    bench.off_hook(RECEPTION)
    bench.wait_ringing(1)
    bench.off_hook(1)
    connected(bench, RECEPTION, 1)
    (standing,) = api.calls()
    api.call("DELETE", f"/api/v1/calls/{standing['id']}")
    bench.wait_signal(1, "busy", "congestion")
    bench.wait_signal(RECEPTION, "busy", "congestion")


BLOCKING = "/api/v1/settings/room-to-room-blocking"


@pytest.fixture
def blocking(api: Api) -> Iterator[Callable[..., None]]:
    """Sets the blocking of calls between rooms; lifted again afterwards."""
    yield lambda **rule: api.call("PUT", BLOCKING, {"enabled": True, **rule})
    api.call("PUT", BLOCKING, {"enabled": False})


def hours(begin: int, end: int) -> dict[str, str]:
    """The hotel's hours from `begin` to `end`, counted from now."""
    now = datetime.now(ZoneInfo("Europe/Warsaw"))
    return {key: f"{now + timedelta(hours=by):%H:%M}" for key, by in (("from", begin), ("to", end))}


def test_blocked_rooms_reach_staff_but_not_one_another(bench: Bench, blocking: Callable[..., None]) -> None:
    blocking()
    lift_and_dial(bench, 1, "102")
    bench.wait_signal(1, *REFUSED)
    assert not bench.phone(2)["ringing"]
    hang_up(bench, 1)
    for number in ("8888", "112"):
        call(bench, 1, number, RECEPTION)
        hang_up(bench, 1, RECEPTION)
    call(bench, RECEPTION, "102", 2)


def test_rooms_are_blocked_by_hours(bench: Bench, blocking: Callable[..., None]) -> None:
    blocking(**hours(2, 4))
    call(bench, 1, "102", 2)
    hang_up(bench, 1, 2)
    blocking(**hours(-1, 1))
    lift_and_dial(bench, 1, "102")
    bench.wait_signal(1, *REFUSED)


def test_rooms_of_one_party_may_call_each_other_all_the_same(bench: Bench, blocking: Callable[..., None]) -> None:
    blocking(exceptions=[["101", "103"]])
    call(bench, 1, "103", 3)
