"""A guest calls a number outside: what the company's exchange has, what both people hear, and how the line is freed."""

from __future__ import annotations

import time

import pytest

from tests import audio
from tests.clients import Api, Bench
from tests.harness import wait_for
from tests.scenario.talking import (
    answered_outside,
    call_out,
    check_speech_path,
    connected,
    hang_up,
    lift,
    lift_and_dial,
    may_call_out,
    stop_talking,
)
from tests.scenario.test_basic_call import LEARNT_FROM

NUMBER = "221234567"
LINE = "fxo/2"
"""Calls out take the last line of the group first."""
FREED_S = 5
"""How soon any way of clearing frees the line."""


@pytest.fixture(autouse=True)
def room_may_call(api: Api) -> None:
    may_call_out(api, "101")


def test_after_the_prefix_dial_tone_sounds_again_and_the_exchange_has_exactly_the_digits(
    bench: Bench, api: Api
) -> None:
    lift(bench, 1)
    bench.dial(1, "0")
    bench.wait_now(1, "tone:425")
    bench.dial(1, NUMBER)
    bench.wait_digits(LINE, NUMBER)
    (standing,) = api.calls()
    assert (standing["state"], standing["trunk"], standing["to"]["number"]) == ("ringing", "city", NUMBER)
    assert (api.line(LINE)["state"], api.line(1)["state"]) == ("dialling", "dialling")


def test_the_caller_hears_the_exchange_at_once_and_speaks_both_ways_after_the_answer(bench: Bench, api: Api) -> None:
    call_out(bench, 1, NUMBER)
    bench.company(LINE, "alert")
    bench.wait_signal(1, "ringback")
    bench.company(LINE, "alert", tone="none")
    bench.speak(LINE, audio.speech(-15))
    bench.wait_now(1, "speech")
    answered_outside(bench, api, LINE)
    stop_talking(bench, LINE)
    connected(bench, 1, LINE)
    check_speech_path(bench, 1, LINE)
    check_speech_path(bench, LINE, 1)


def test_neither_side_hears_its_echo(bench: Bench, api: Api) -> None:
    call_out(bench, 1, NUMBER)
    answered_outside(bench, api, LINE)
    for talker in (1, LINE):
        said = audio.speech(-15)
        bench.speak(talker, LEARNT_FROM, wait=True)
        bench.speak(talker, said, wait=True)
        heard = bench.heard(talker, 1000 * len(said) // audio.RATE_HZ + 500)
        echo = audio.late_echo_db(said, heard)
        assert echo <= -40, f"{talker}: an echo later than 5 ms is {echo:.1f} dB"


@pytest.mark.parametrize("how", ["reversal", "loop-break", "busy-tone"])
def test_each_way_of_clearing_frees_the_line(bench: Bench, api: Api, how: str) -> None:
    call_out(bench, 1, NUMBER)
    answered_outside(bench, api, LINE)
    bench.company(LINE, "hang-up", how=how)
    began = time.monotonic()
    bench.wait_line(LINE, 3 * FREED_S, seized=False)
    assert time.monotonic() - began < FREED_S + 1.5, "the exchange itself notices 0.8 s after the line is on-hook"
    bench.wait_signal(1, "busy")
    hang_up(bench, 1)
    record = wait_for(lambda: api.records("&number=" + NUMBER), 10, "the record")[0]
    assert (record["direction"], record["dialled"], record["trunk"]) == ("outgoing", NUMBER, "city")
    assert (record["answered_by"], record["end"], record["complete"]) == ("reversal", "released", True)


def test_the_guest_who_hangs_up_frees_the_line(bench: Bench, api: Api) -> None:
    call_out(bench, 1, NUMBER)
    answered_outside(bench, api, LINE)
    hang_up(bench, 1)
    bench.wait_line(LINE, 10, state="idle")
    wait_for(lambda: api.line(LINE)["state"] == "idle", 5, "the line is free")


@pytest.mark.timeout(240)
def test_speech_music_and_a_fax_tone_never_end_a_call(bench: Bench, api: Api) -> None:
    """For a while here; ten minutes of each are heard by `make soak`, and by the detectors' own tests."""
    call_out(bench, 1, NUMBER)
    answered_outside(bench, api, LINE)
    bench.speak(LINE, audio.speech(-12), wait=True)
    for hz in (1100, 425, 440, 2100):
        bench.play_tone(LINE, hz, -12, 2500, wait=True)
        bench.wait_audio(700)
    bench.speak(1, audio.speech(-12), wait=True)
    assert [c["state"] for c in api.calls()] == ["answered"]
    stop_talking(bench, LINE)
    connected(bench, 1, LINE)


def test_busy_at_the_far_end_frees_the_line_and_is_heard(bench: Bench, api: Api) -> None:
    call_out(bench, 1, NUMBER)
    bench.company(LINE, "alert", tone="busy")
    bench.wait_line(LINE, 15, seized=False)
    bench.wait_signal(1, "busy")
    hang_up(bench, 1)
    record = wait_for(lambda: api.records("&number=" + NUMBER), 10, "the record")[0]
    assert (record["answered"], record["cause"]) == (None, 17)


def test_a_line_without_dial_tone_is_passed_over(bench: Bench, api: Api) -> None:
    bench.company(LINE, "exchange", dial_tone=False)
    lift_and_dial(bench, 1, f"0{NUMBER}")
    bench.wait_digits("fxo/1", NUMBER, deadline_s=15)
    answered_outside(bench, api, "fxo/1")
    connected(bench, 1, "fxo/1")


def test_a_dead_line_raises_an_alarm_is_skipped_and_comes_back_by_itself(bench: Bench, api: Api) -> None:
    bench.company(LINE, "unplug")
    wait_for(lambda: api.standing_alarms("line-dead"), 15, "the desk is told")
    assert api.line(LINE)["fault"] == "line-dead"
    call_out(bench, 1, NUMBER, "fxo/1")
    hang_up(bench, 1)
    bench.company(LINE, "plug")
    wait_for(lambda: not api.standing_alarms("line-dead"), 15, "the line is back")
    call_out(bench, 1, NUMBER, LINE)


def test_with_every_line_busy_the_caller_is_told(bench: Bench, api: Api) -> None:
    may_call_out(api, "102")
    call_out(bench, 1, NUMBER, LINE)
    call_out(bench, 2, NUMBER, "fxo/1")
    lift_and_dial(bench, 7, f"0{NUMBER}")
    bench.wait_now(7, "speech")
    assert len(api.calls()) == 2


def test_a_number_of_no_fixed_length_goes_out_after_the_pause_or_with_the_terminator(bench: Bench) -> None:
    lift_and_dial(bench, 7, "00049301234567#")
    bench.wait_digits(LINE, "0049301234567")


def test_a_barred_number_is_announced_and_recorded(bench: Bench, api: Api) -> None:
    may_call_out(api, "101", None)
    lift_and_dial(bench, 1, f"0{NUMBER}")
    bench.wait_now(1, "speech")
    assert not bench.phone(LINE)["seized"] and not bench.phone("fxo/1")["seized"]
    hang_up(bench, 1)
    record = wait_for(lambda: api.records("&room=101"), 10, "the record")[0]
    assert (record["end"], record["dialled"], record["direction"]) == ("barred", NUMBER, "outgoing")
    may_call_out(api, "101", "local")
    call_out(bench, 1, "800123456")


def test_rooms_are_seen_with_their_class(api: Api) -> None:
    room = api.get("/rooms/101")
    assert (room["class"], room["effective_class"], room["extensions"]) == ("national", "national", ["101"])
    changed = api.call("PATCH", "/api/v1/rooms/101", {"class": None})
    assert (changed["class"], changed["effective_class"], changed["occupancy"]) == (None, "internal", "vacant")
    assert {item["room"] for item in api.get("/rooms?limit=1000")["items"]} >= {"101", "102", "203"}
    assert api.raw("PATCH", "/api/v1/rooms/999", b'{"class": "local"}').status == 404
    assert api.raw("PATCH", "/api/v1/rooms/101", b'{"class": "everything"}').status in (400, 422)
