"""Calls by the company's lines come in: to reception, to a room by transfer, at night, in a queue."""

from __future__ import annotations

import pytest

from tests import audio
from tests.clients import Api, Bench, Json
from tests.harness import wait_for
from tests.hotel import Hotel
from tests.scenario.talking import (
    answered_outside,
    call_out,
    connected,
    hang_up,
    lift_and_dial,
    may_call_out,
    stop_talking,
)

RECEPTION, HOUSEKEEPING, ROOM_203 = 7, 8, 6
CALLER = "600700800"
PAUSE_MS = 8000
"""After the longest pause between two rings the next ring is another call."""
NIGHT = "/api/v1/settings/night-service"
RESTRICTION = "/api/v1/settings/restriction"


@pytest.fixture(scope="module")
def hotel() -> Hotel:
    """Housekeeping is a second operator."""
    return Hotel.demonstration().with_phone(HOUSEKEEPING, operator=True)


def shown(bench: Bench, phone: int) -> Json:
    """What a ringing telephone shows, once it has been told."""
    return wait_for(lambda: bench.phone(phone)["caller_id"], 15, f"fxs/{phone} shows a caller")


def answer_in(bench: Bench, phone: int, line: str = "fxo/1") -> None:
    bench.off_hook(phone)
    bench.wait_line(line, state="talking-in")
    connected(bench, phone, line)


@pytest.mark.parametrize("kind", ["fsk-after", "fsk-before", "dtmf"])
def test_reception_shows_who_calls_whatever_way_it_is_told(bench: Bench, api: Api, kind: str) -> None:
    bench.company("fxo/1", "ring", number=CALLER, name="Jan Kowalski", caller_id=kind)
    bench.wait_ringing(RECEPTION, 20)
    seen = shown(bench, RECEPTION)
    assert seen["number"] == CALLER and (kind == "dtmf" or seen["name"] == "Jan Kowalski")
    (standing,) = api.calls()
    assert (standing["state"], standing["from"]["number"], standing["trunk"]) == ("ringing", CALLER, "city")
    answer_in(bench, RECEPTION)
    hang_up(bench, RECEPTION)
    assert not api.calls()


def test_who_withholds_his_number_is_not_shown(bench: Bench, api: Api) -> None:
    bench.company("fxo/1", "ring", number=CALLER, private=True, caller_id="fsk-after")
    bench.wait_ringing(RECEPTION, 20)
    assert shown(bench, RECEPTION)["number"] is None
    assert api.calls()[0]["from"]["number"] is None


def test_a_call_without_caller_id_rings_too_and_is_transferred_to_a_room(bench: Bench, api: Api) -> None:
    bench.company("fxo/1", "ring", caller_id="none")
    bench.wait_ringing(RECEPTION, 20)
    bench.wait_ringing(HOUSEKEEPING, 20)
    answer_in(bench, RECEPTION)
    (first,) = api.calls()
    bench.flash(RECEPTION)
    bench.wait_signal(RECEPTION, "stutter", "dial")
    bench.dial(RECEPTION, "203")
    bench.wait_ringing(ROOM_203)
    bench.off_hook(ROOM_203)
    connected(bench, RECEPTION, ROOM_203)
    hang_up(bench, RECEPTION)
    connected(bench, ROOM_203, "fxo/1")
    hang_up(bench, ROOM_203)
    records = wait_for(
        lambda: [found] if len(found := [r for r in api.records() if r["call"] == first["id"]]) == 2 else [],
        10,
        "two records of one call",
    )[0]
    assert {(record["direction"], record["to"]) for record in records} == {("incoming", "100"), ("incoming", "203")}


def test_an_abandoned_call_stops_ringing_and_is_recorded(bench: Bench, api: Api) -> None:
    bench.company("fxo/1", "ring", number=CALLER, caller_id="fsk-before")
    bench.wait_ringing(RECEPTION, 20)
    bench.company("fxo/1", "hang-up")
    wait_for(lambda: not api.calls(), 20, "the call is over")
    bench.wait_quiet(RECEPTION)
    record = api.records("&number=" + CALLER)[0]
    assert (record["direction"], record["answered"], record["talk_seconds"]) == ("incoming", None, 0)


def test_two_at_once_are_answered_by_two(bench: Bench, api: Api) -> None:
    bench.company("fxo/1", "ring", number="600000001", caller_id="fsk-before")
    bench.company("fxo/2", "ring", number="600000002", caller_id="fsk-before")
    bench.wait_ringing(RECEPTION, 20)
    wait_for(lambda: len(api.calls()) == 2, 20, "both calls stand")
    bench.off_hook(RECEPTION)
    wait_for(lambda: [c for c in api.calls() if c["state"] == "answered"], 10, "one is answered")
    bench.off_hook(HOUSEKEEPING)
    wait_for(lambda: [c["state"] for c in api.calls()] == ["answered"] * 2, 10, "both are answered")
    with_whom = {c["to"]["port"]: c["from"]["port"] for c in api.calls()}
    connected(bench, RECEPTION, with_whom["fxs/7"])
    connected(bench, HOUSEKEEPING, with_whom["fxs/8"])


def test_who_finds_nobody_free_waits_and_is_answered_in_his_turn(bench: Bench, api: Api) -> None:
    for operator, room in ((RECEPTION, "101"), (HOUSEKEEPING, "102")):
        lift_and_dial(bench, operator, room)
        bench.wait_ringing(int(room[-1]))
        bench.off_hook(int(room[-1]))
    bench.company("fxo/1", "ring", number=CALLER, caller_id="fsk-before")
    wait_for(lambda: [c for c in api.calls() if c["from"]["number"] == CALLER], 20, "the caller is known")
    bench.wait_audio(2000)
    hang_up(bench, HOUSEKEEPING)
    bench.wait_ringing(HOUSEKEEPING)
    answer_in(bench, HOUSEKEEPING)


def test_a_call_that_comes_in_as_the_line_is_seized_loses_neither(bench: Bench, api: Api) -> None:
    may_call_out(api, "101")
    bench.company("fxo/2", "exchange", dial_tone=True, delay_ms=1000)
    lift_and_dial(bench, 1, "0221234567")
    bench.wait_line("fxo/2", seized=True)
    bench.company("fxo/2", "ring", number=CALLER)
    bench.speak("fxo/2", audio.speech(-12))  # the caller is there, and says so
    bench.wait_digits("fxo/1", "221234567", deadline_s=20)
    bench.wait_ringing(RECEPTION, 20)
    bench.off_hook(RECEPTION)
    stop_talking(bench, "fxo/2")
    connected(bench, RECEPTION, "fxo/2")
    answered_outside(bench, api, "fxo/1")
    connected(bench, 1, "fxo/1")


def test_night_service_sends_calls_to_another_telephone_or_an_announcement(bench: Bench, api: Api) -> None:
    try:
        api.call("PUT", NIGHT, {"mode": "on", "from": None, "to": None, "target": "203"})
        bench.company("fxo/1", "ring", number=CALLER, caller_id="fsk-before")
        bench.wait_ringing(ROOM_203, 20)
        assert not bench.phone(RECEPTION)["ringing"]
        answer_in(bench, ROOM_203)
        hang_up(bench, ROOM_203)
        bench.company("fxo/1", "hang-up")
        bench.wait_line("fxo/1", 20, state="idle")
        api.call("PUT", NIGHT, {"mode": "on", "from": None, "to": None, "target": None})
        bench.company("fxo/1", "ring", number=CALLER, caller_id="fsk-before")
        bench.wait_now("fxo/1", "speech", 20)
        wait_for(lambda: not api.calls(), 40, "the announcement is over and the line is free")
    finally:
        api.call("PUT", NIGHT, {"mode": "off", "from": None, "to": None, "target": None})


def test_a_caller_on_the_black_list_rings_nobody(bench: Bench, api: Api) -> None:
    before = api.call("GET", RESTRICTION)
    try:
        api.call("PUT", RESTRICTION, {**before, "black_in": ["600666666"]})
        bench.company("fxo/1", "ring", number="600666666", caller_id="fsk-before", rings=2)
        record = wait_for(lambda: api.records("&number=600666666"), 30, "the refusal is recorded")[0]
        assert record["end"] == "barred" and not bench.phone(RECEPTION)["ringing"]
    finally:
        api.call("PUT", RESTRICTION, before)
    bench.company("fxo/1", "hang-up")
    bench.wait_audio(PAUSE_MS)  # who rings before is taken for the same caller


def test_reception_gives_a_caller_a_line_out_only_where_it_is_sure_to_end(bench: Bench, api: Api) -> None:
    """This hotel's lines tell by reversal, so two of them may be joined; the call ends with either side."""
    bench.company("fxo/1", "ring", number=CALLER, caller_id="fsk-before")
    bench.wait_ringing(RECEPTION, 20)
    answer_in(bench, RECEPTION)
    bench.flash(RECEPTION)
    bench.wait_signal(RECEPTION, "stutter", "dial")
    bench.dial(RECEPTION, "0221234567")
    bench.wait_digits("fxo/2", "221234567")
    answered_outside(bench, api, "fxo/2")
    connected(bench, RECEPTION, "fxo/2")
    hang_up(bench, RECEPTION)
    connected(bench, "fxo/1", "fxo/2")
    bench.company("fxo/2", "hang-up", how="reversal")
    wait_for(lambda: not api.calls(), 10, "both lines are free")


def test_a_room_that_calls_out_is_not_in_the_way_of_calls_in(bench: Bench, api: Api) -> None:
    may_call_out(api, "101")
    call_out(bench, 1, "221234567")
    bench.company("fxo/1", "ring", number=CALLER, caller_id="fsk-before")
    bench.wait_ringing(RECEPTION, 20)
    answer_in(bench, RECEPTION)
