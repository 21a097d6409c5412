"""What a FIAS PMS says of guests, as a hotel notices it: at the telephones, at the desk, and in the PMS's own view."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from tests.clients import Api, Bench, Json, Pms
from tests.harness import Product, wait_for
from tests.hotel import Hotel, PmsLink
from tests.scenario.front_office import (
    SOON_S,
    change,
    guests,
    may_call_out,
    may_not_call_out,
    records,
    room,
    wait_guests,
    wait_records,
    wait_room,
    well_behaved,
)
from tests.scenario.talking import hang_up, lift_and_dial

RECEPTION = 7
WAYS = ("gc", "go-gi", "gi-go")
A_DAY = datetime.now(UTC).date() + timedelta(days=30)
"""When people are to be woken, long after the tests."""


@pytest.fixture(scope="module")
def hotel() -> Hotel:
    """Its PMS knows room 103 as 0103; rooms that a whole resync does not name are checked out."""
    settings = {"lr_pace_ms": 0, "unseen_after_resync": "check-out", 'room_map."0103"': "103"}
    return Hotel.demonstration(reception=("8",), pms=(PmsLink(link=settings),))


@pytest.fixture
def pms(product: Product, api: Api) -> Iterator[Pms]:
    system = product.bench.pms()
    with well_behaved(api, system):
        yield system


def test_a_check_in_opens_the_line_and_shows_the_name_and_a_check_out_takes_both_back(
    bench: Bench, api: Api, pms: Pms
) -> None:
    may_not_call_out(bench, 6)
    began = time.monotonic()
    pms.check_in("203", name="Holm", first_name="Astrid", language="SV")
    wait_room(api, "203", SOON_S, occupancy="occupied", effective_class="national")
    print(f"GI to open line: {1000 * (time.monotonic() - began):.0f} ms")
    may_call_out(bench, 6)
    _shows_at_reception(bench, "Holm")
    pms.do("equipment", room="203", lamp=True)
    bench.wait_phone(6, lamp="neon")
    pms.check_out("203")
    wait_room(api, "203", SOON_S, guests=[], housekeeping="dirty", lamp=False, effective_class="internal")
    bench.wait_phone(6, lamp="off")
    may_not_call_out(bench, 6)
    _shows_at_reception(bench, None)


def _shows_at_reception(bench: Bench, name: str | None) -> None:
    """Reception's telephone shows that name when 203 calls."""
    lift_and_dial(bench, 6, "8")

    def shown() -> bool:
        caller = bench.phone(RECEPTION)["caller_id"]
        return caller is not None and (caller["number"], caller["name"]) == ("203", name)

    wait_for(shown, 10, f"203 and {name} are shown")
    hang_up(bench, 6)


def test_the_pms_bars_a_room_and_keeps_its_telephone_quiet(bench: Bench, api: Api, pms: Pms) -> None:
    pms.check_in("202", name="Okafor", **{"class": 0})
    wait_room(api, "202", occupancy="occupied", effective_class="internal")
    may_not_call_out(bench, 5)
    pms.do("equipment", room="202", dnd=True, **{"class": 2})
    wait_room(api, "202", effective_class="national", dnd=True)
    lift_and_dial(bench, 1, "202")
    bench.wait_signal(1, "busy")
    assert not bench.phone(5)["ringing"]
    pms.do("equipment", room="202", dnd=False)
    wait_room(api, "202", dnd=False)


def test_what_the_desk_changes_reaches_the_pms_and_nothing_comes_back(api: Api, pms: Pms) -> None:
    pms.check_in("0103", name="Quist")
    pms.do("equipment", room="0103", dnd=True, lamp=True)
    wait_room(api, "103", dnd=True, lamp=True)
    change(api, "103", housekeeping="clean")
    wait_records(pms, "RE", 2)
    change(api, "103", dnd=False)
    wait_records(pms, "RE", 3)  # what is not told yet is replaced by what is said later
    change(api, "103", dnd=True)
    sent = wait_records(pms, "RE", 4)
    assert [record.split("|")[1:3] for record in sent] == [["RN0103", f"RS{code}"] for code in ("4", "8", "4", "8")]
    assert room(api, "103")["housekeeping"] == "clean"
    assert (pms.room("0103")["status"], pms.room("0103")["lamp"]) == ("8", True)


def test_a_sharer_comes_and_goes_and_changes_nothing_for_who_stays(bench: Bench, api: Api, pms: Pms) -> None:
    pms.check_in("201", name="Bauer", key="7001")
    pms.do("equipment", room="201", lamp=True, dnd=True)
    before = wait_room(api, "201", lamp=True, dnd=True, effective_class="national")
    pms.do("share", room="201", name="Lind", key="7002")
    wait_guests(api, "201", "Bauer", "Lind")
    assert {**room(api, "201"), "guests": before["guests"]} == before
    pms.do("wake-up", room="201", time="06:45")
    wait_for(lambda: room(api, "201")["next_wakeup"], 5, "the wake-up is known")
    before = room(api, "201")
    pms.check_out("201", key="7001")
    wait_guests(api, "201", "Lind")
    assert {**room(api, "201"), "guests": before["guests"]} == before
    assert bench.phone(4)["lamp"] == "neon"
    pms.check_out("201", key="7002")
    left = wait_room(api, "201", occupancy="vacant", dnd=False, lamp=False)
    assert left["next_wakeup"] is None
    bench.wait_phone(4, lamp="off")


@pytest.mark.parametrize("way", WAYS)
def test_everything_moves_with_the_guest_however_the_move_is_told(bench: Bench, api: Api, pms: Pms, way: str) -> None:
    pms.check_in("102", name="Moreau", **{"class": 1})
    pms.do("equipment", room="102", lamp=True, dnd=True)
    pms.do("wake-up", room="102", time="05:30")
    pms.do("message", room="102", text="Your taxi is here")
    wait_for(lambda: api.get("/rooms/102/messages")["items"], 5, "the text has come")
    before = wait_room(api, "102", dnd=True, effective_class="local")
    bench.wait_phone(2, lamp="neon")
    pms.move("102", "202", how=way)
    wait_guests(api, "202", "Moreau")
    there, left = room(api, "202"), wait_room(api, "102", occupancy="vacant", housekeeping="dirty")
    for kept in ("dnd", "class", "next_wakeup", "guests"):
        assert there[kept] == before[kept], kept
    assert (left["dnd"], left["class"], left["next_wakeup"]) == (False, None, None)
    assert [text["text"] for text in api.get("/rooms/202/messages")["items"]] == ["Your taxi is here"]
    bench.wait_phone(5, lamp="neon")
    bench.wait_phone(2, lamp="off")


@pytest.mark.parametrize("way", WAYS)
def test_two_guests_change_rooms_however_the_swap_is_told(bench: Bench, api: Api, pms: Pms, way: str) -> None:
    pms.check_in("101", name="Ito")
    pms.check_in("201", name="Nagy")
    pms.do("equipment", room="101", lamp=True)
    pms.do("wake-up", room="101", time="04:15")
    wake_up = wait_for(lambda: room(api, "101")["next_wakeup"], 5, "the wake-up is known")
    bench.wait_phone(1, lamp="neon")
    pms.do("swap", room="101", other="201", how=way)
    wait_guests(api, "201", "Ito")
    wait_guests(api, "101", "Nagy")
    assert (room(api, "101")["next_wakeup"], room(api, "201")["next_wakeup"]) == (None, wake_up)
    bench.wait_phone(4, lamp="neon")
    bench.wait_phone(1, lamp="off")


def test_one_of_two_sharers_moves_alone(api: Api, pms: Pms) -> None:
    pms.check_in("101", name="Berg", key="8001")
    pms.do("share", room="101", name="Dahl", key="8002")
    wait_guests(api, "101", "Berg", "Dahl")
    pms.move("101", "102", key="8002")
    wait_guests(api, "102", "Dahl")
    assert guests(api, "101") == ["Berg"]
    pms.move("102", "101", key="8002", how="gi-go")
    wait_guests(api, "101", "Berg", "Dahl")
    wait_room(api, "102", occupancy="vacant")


def test_a_resync_that_is_cut_changes_nothing_for_rooms_that_were_not_named(api: Api, pms: Pms) -> None:
    pms.check_in("101", name="Vidal")
    wait_guests(api, "101", "Vidal")
    for number in ("102", "103"):
        api.call("POST", f"/api/v1/rooms/{number}/check-in", {"name": "Of the desk"})
    pms.do("resync", rooms=["101"], cut_before_end=True)
    pms.wait(lambda seen: seen["counts"]["in"].get("LD"), 20, "the link is made again")
    pms.wait_alive()
    pms.do("equipment", room="101", dnd=True)
    wait_room(api, "101", dnd=True)
    assert (guests(api, "102"), guests(api, "103")) == (["Of the desk"], ["Of the desk"])
    pms.do("resync", rooms=["101", "102"])
    wait_guests(api, "102")
    wait_guests(api, "103")
    assert guests(api, "101") == ["Vidal"]
    assert room(api, "101")["dnd"], "a resync resets nothing of a room whose guest stays"


def test_a_check_out_that_was_lost_is_made_up_for_by_the_next_check_in(bench: Bench, api: Api, pms: Pms) -> None:
    pms.check_in("203", name="Early", key="9001")
    pms.do("equipment", room="203", lamp=True)
    bench.wait_phone(6, lamp="neon")
    pms.do("send", record="GI|RN203|G#9002|GSN|GNLate|")
    wait_guests(api, "203", "Late")
    bench.wait_phone(6, lamp="off")
    pms.do("send", record="GI|RN203|G#9002|GSN|GNLater|")
    wait_guests(api, "203", "Later")
    pms.do("send", record="GO|RN203|G#9002|GSN|")
    wait_room(api, "203", occupancy="vacant")
    assert not records(pms, "in", "RE"), "what the PMS says is not told to it"


def test_a_wake_up_that_cannot_be_is_answered_so(api: Api, pms: Pms) -> None:
    pms.check_in("102", name="Kern")
    wait_guests(api, "102", "Kern")
    pms.do("send", record="WR|RN102|DA270230|TI070000|")
    assert wait_records(pms, "WA", 1) == ["WA|RN102|DA270230|TI070000|ASUR|"]
    assert room(api, "102")["next_wakeup"] is None


def test_what_the_pms_withdraws_or_checks_out_is_answered_once(api: Api, pms: Pms) -> None:
    pms.check_in("102", name="Kern")
    hours = (5, 6, 7)
    for hour in hours:
        pms.do("wake-up", room="102", date=f"{A_DAY}", time=f"{hour:02}:30")
    wait_for(lambda: len(wakeups(api, "102")) == len(hours), 5, "the wake-ups are known")
    cancelled = [f"WA|RN102|DA{A_DAY:%y%m%d}|TI{hour:02}3000|ASDE|" for hour in hours]
    pms.do("wake-up-clear", room="102", date=f"{A_DAY}", time="05:30")
    assert wait_records(pms, "WA", 1) == cancelled[:1]
    pms.check_out("102")
    assert wait_records(pms, "WA", 3) == cancelled
    pms.do("wake-up-clear", room="102")
    pms.check_in("102", name="Next")
    wait_guests(api, "102", "Next")
    assert (len(records(pms, "in", "WA")), records(pms, "in", "WC"), wakeups(api, "102")) == (3, [], [])


def test_staff_who_sleep_in_a_vacant_room_are_woken_after_a_resync(api: Api, pms: Pms) -> None:
    order = api.call("POST", "/api/v1/wakeups", {"rooms": ["203"], "at": f"{A_DAY}T06:00:00"})["items"][0]["id"]
    pms.do("resync", rooms=["101", "203"])
    pms.check_in("101", name="Vidal")
    wait_guests(api, "101", "Vidal")
    assert [each["id"] for each in wakeups(api, "203")] == [order]
    api.call("DELETE", f"/api/v1/wakeups/{order}")
    assert wait_records(pms, "WA", 1) == [f"WA|RN203|DA{A_DAY:%y%m%d}|TI060000|ASDE|"]


def wakeups(api: Api, room: str) -> list[Json]:
    """What is to ring there still."""
    return list(api.get(f"/wakeups?room={room}&state=waiting")["items"])
