"""Two telephones call each other: what both people hear, from dial tone to the record of the call."""

from __future__ import annotations

import time
from datetime import datetime

import numpy as np
import pytest

from tests import audio
from tests.clients import Api, Bench, Json
from tests.harness import wait_for
from tests.scenario.conftest import EXCHANGE
from tests.scenario.talking import answer, call, check_speech_path, connected, hang_up, lift, ring_up

LEARNT_FROM = audio.speech(-15)[: 2 * audio.RATE_HZ]
"""Two seconds with their pauses: all that the echo canceller has heard of the talker before it is judged."""


def test_a_lifted_telephone_hears_dial_tone_at_once(bench: Bench) -> None:
    bench.off_hook(1)
    bench.wait_signal(1, "dial", deadline_s=2.5)
    assert bench.hearing(1)["now"] == "tone:425"


def test_the_line_is_seen_as_it_is(bench: Bench, api: Api) -> None:
    assert api.line(1) == {**api.line(1), "kind": "fxs", "state": "idle", "extension": "101", "fault": None}
    lift(bench, 1)
    wait_for(lambda: api.line(1)["state"] in ("off-hook", "dialling"), 5, "the line is off-hook")
    hang_up(bench, 1)
    wait_for(lambda: api.line(1)["state"] == "idle", 5, "the line is idle")


def test_ringing_shows_the_caller_and_is_heard_by_him(bench: Bench, api: Api) -> None:
    begun, blocks = time.monotonic(), bench.highway()["blocks"]
    ring_up(bench, 1, "102", 2)
    bench.wait_signal(1, "ringback")
    ringing = wait_for(lambda: (seen := bench.phone(2))["caller_id"] and seen, 15, "102 shows who calls")
    assert ringing["caller_id"]["number"] == "101"
    burst, pause = wait_for(lambda: bench.phone(2)["ring_cadence_ms"], 20, "a whole cadence has been heard")
    # The cadence is counted in the highway's samples, of which a standstill of the machine takes some away.
    lost_ms = max(0.0, 1000 * (time.monotonic() - begun) - 10 * (bench.highway()["blocks"] - blocks))
    assert -50 - lost_ms <= burst - 1000 <= 50
    assert -50 - lost_ms <= pause - 4000 <= 50
    (standing,) = api.calls()
    assert standing["state"] == "ringing"
    assert (standing["from"]["extension"], standing["to"]["extension"]) == ("101", "102")
    assert (standing["from"]["port"], standing["to"]["port"]) == ("fxs/1", "fxs/2")
    answer(bench, 2, 1)


def test_both_hear_each_other_at_the_right_level(bench: Bench) -> None:
    call(bench, 1, "102", 2)
    check_speech_path(bench, 1, 2)
    check_speech_path(bench, 2, 1)


def test_the_talker_does_not_hear_his_echo(bench: Bench) -> None:
    call(bench, 1, "102", 2)
    bench.speak(1, LEARNT_FROM, wait=True)
    said = audio.speech(-15, "Could you wake me at a quarter to seven tomorrow morning, please? And a taxi at eight.")
    bench.speak(1, said, wait=True)
    heard = bench.heard(1, len(said) * 1000 // audio.RATE_HZ + 300)
    echo = audio.late_echo_db(said, heard)
    assert echo <= -40, f"an echo later than 5 ms is {echo:.1f} dB"


def test_double_talk_is_not_clipped(bench: Bench) -> None:
    call(bench, 1, "102", 2)
    bench.speak(1, LEARNT_FROM, wait=True)
    said = audio.speech(-15)
    bench.play_tone(2, 1000, -15, 20_000)
    bench.wait_now(1, "tone:1000")
    bench.speak(1, said, wait=True)
    heard = bench.heard(1, len(said) * 1000 // audio.RATE_HZ - 500)
    size = audio.RATE_HZ // 4
    levels = np.array([audio.fit_tone(heard[i : i + size], 1000).dbm0 for i in range(0, len(heard) - size, size)])
    assert levels.min() >= -18, f"what the far talker says drops to {levels.min():.1f} dBm0 of -15"


def test_hanging_up_releases_the_other_and_is_recorded(bench: Bench, api: Api) -> None:
    call(bench, 1, "102", 2)
    (standing,) = api.calls()
    hang_up(bench, 2)
    bench.wait_signal(1, "busy", "congestion")
    hang_up(bench, 1)
    wait_for(lambda: {api.line(1)["state"], api.line(2)["state"]} == {"idle"}, 5, "both lines are idle")
    record = wait_for(lambda: [item for item in api.records() if item["call"] == standing["id"]], 5, "its record")[0]
    assert (record["from"], record["to"], record["dialled"]) == ("101", "102", "102")
    assert (record["direction"], record["end"], record["complete"]) == ("internal", "released", True)
    started, answered, ended = (datetime.fromisoformat(record[key]) for key in ("started", "answered", "ended"))
    assert started < answered < ended
    assert abs(record["talk_seconds"] - (ended - answered).total_seconds()) <= 1
    assert record["cause"] == 16


def test_the_caller_may_hang_up_first(bench: Bench, api: Api) -> None:
    call(bench, 1, "102", 2)
    hang_up(bench, 1)
    bench.wait_signal(2, "busy", "congestion")
    hang_up(bench, 2)
    lift(bench, 1)
    lift(bench, 2)


def test_a_call_that_nobody_answers_stops_ringing_when_the_caller_gives_up(bench: Bench, api: Api) -> None:
    ring_up(bench, 1, "102", 2)
    hang_up(bench, 1)
    bench.wait_quiet(2)
    wait_for(lambda: api.line(2)["state"] == "idle", 5, "the line is idle")


def test_reception_is_reached_by_each_of_its_numbers(bench: Bench) -> None:
    for number in ("8#", "8888", "100"):
        ring_up(bench, 1, number, 7)
        bench.off_hook(7)
        connected(bench, 1, 7)
        hang_up(bench, 1, 7)
        bench.wait_phone(7, hook="on")


def test_a_busy_telephone_is_busy(bench: Bench) -> None:
    call(bench, 1, "102", 2)
    lift(bench, 3)
    bench.dial(3, "102")
    bench.wait_signal(3, "busy")
    connected(bench, 1, 2)


def test_an_emergency_number_rings_reception_at_once_with_an_alarm(bench: Bench, api: Api) -> None:
    lift(bench, 1)
    bench.dial(1, "112")
    bench.wait_ringing(7, deadline_s=3)
    (alarm,) = wait_for(lambda: api.standing_alarms("emergency-call"), 5, "an alarm is raised")
    assert "101" in alarm["subject"] + alarm["text"]
    assert any(item["emergency"] for item in api.calls())
    bench.off_hook(7)
    connected(bench, 1, 7)


@pytest.mark.timeout(240)
def test_a_handset_left_off_howls_and_is_taken_out_of_service(bench: Bench, api: Api, settings: Json) -> None:
    """Two at once: one that never dialled, one that was left after a call. The desk is told."""
    usual = {"first_digit": 15, "inter_digit": 4, "release_tone": 30, "howler": 60}
    assert usual.items() <= settings["timers"].items()
    api.call("PUT", EXCHANGE, {**settings, "timers": {**settings["timers"], "release_tone": 10, "howler": 12}})
    bench.off_hook(3)
    call(bench, 1, "102", 2)
    hang_up(bench, 2)
    bench.wait_signal(1, "busy", "congestion")
    bench.wait_signal(1, "howler", deadline_s=50)
    wait_for(lambda: api.line(1)["state"] == "howler", 5, "the line says that it howls")
    bench.wait_signal(3, "busy", "congestion", deadline_s=75)
    bench.wait_signal(3, "howler", deadline_s=50)
    wait_for(lambda: api.line(1)["state"] == "out-of-service", 60, "the line is out of service")
    bench.wait_now(1, "silence")
    told = wait_for(lambda: api.standing_alarms("off-hook"), 10, "an alarm")
    assert "101" in told[0]["text"]
    hang_up(bench, 1, 3)
    for phone in (1, 3):
        lift(bench, phone)
    wait_for(lambda: not api.standing_alarms("off-hook"), 10, "the alarms are over")
