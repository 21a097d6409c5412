"""What an ear says of the last 200 ms: silence, tones by frequency, speech, noise."""

from __future__ import annotations

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boardsupport.bench.hearing import EarBank
from tests.unit.bench_ears.sound import alaw, blocks, cadence, listen, noise, signals, silence, speech, tone


@pytest.mark.parametrize(
    "hz", [(350, 440), (400,), (425,), (440,), (450,), (400, 450), (440, 480), (480, 620), (1000,), (1004,), (2600,)]
)
@pytest.mark.parametrize("noise_dbm0", [None, -45.0])
def test_tones_are_told_apart(hz: tuple[int, ...], noise_dbm0: float | None) -> None:
    sound = tone(hz, 1500, -16.0)
    if noise_dbm0 is not None:
        sound = sound + noise(1500, noise_dbm0)
    said = listen(alaw(sound), "us")
    assert {hearing["now"] for ms, hearing in said if ms > 500} == {"tone:" + "+".join(map(str, hz))}


@settings(max_examples=20, deadline=None)
@given(hz=st.floats(300.0, 3300.0), dbm0=st.floats(-35.0, 0.0))
def test_frequency_of_a_test_tone_is_right_within_five_hertz(hz: float, dbm0: float) -> None:
    now = listen(alaw(tone((hz,), 800, dbm0)), "us")[-1][1]["now"]
    assert now.startswith("tone:")
    assert abs(float(now.removeprefix("tone:")) - hz) <= 5.0


def test_speech_and_noise_are_told_apart() -> None:
    said = listen(alaw(speech(4000)), "pl")
    assert signals(said)[-1] == "speech"
    readings = [hearing["now"] for ms, hearing in said if ms > 400]
    assert readings.count("speech") > len(readings) // 2
    said = listen(alaw(noise(3000, -25.0)), "pl")
    assert signals(said) == [None]
    assert said[-1][1]["now"] == "noise"


@pytest.mark.parametrize("hz", [(350, 440), (425,), (1400,)])
@pytest.mark.parametrize("ms", [(100, 5000), (100, 100, 100, 100, 100, 5000), (200, 200, 200, 5400), (3000, 2000)])
@pytest.mark.parametrize("start_ms", range(1000, 1050, 13))
def test_a_tone_however_short_is_never_taken_for_speech(
    hz: tuple[int, ...], ms: tuple[int, ...], start_ms: int
) -> None:
    said = listen(alaw(np.concatenate([silence(start_ms), cadence(hz, ms, sum(ms))])), "pl")
    name = "tone:" + "+".join(map(str, hz))
    assert {hearing["now"] for _, hearing in said} == {"silence", name}
    assert {hearing["signal"] for _, hearing in said} <= {None, name, "dial"}


def test_speech_is_withdrawn_after_a_pause() -> None:
    said = listen(alaw(np.concatenate([speech(3000), silence(3000)])), "pl")
    assert said[-1][1] == {"now": "silence", "signal": None, "since_ms": said[-1][1]["since_ms"]}


def test_idle_codes_and_the_noise_of_a_line_are_silence() -> None:
    for sound in (np.full(8000, 8.0), noise(1000, -62.0)):
        assert {hearing["now"] for _, hearing in listen(sound, "de")} == {"silence"}


def test_ears_do_not_mix() -> None:
    bank = EarBank(3, "de")
    one, two = blocks(alaw(tone((425,), 1000))), blocks(alaw(cadence((425,), (480, 480), 3000)))
    for index in range(100):
        bank.feed(np.stack([one[index], two[index] * 0, two[index]]))
    assert [bank.hearing(i)["signal"] for i in range(2)] == ["dial", None]


def test_reset_forgets() -> None:
    bank = EarBank(2, "de")
    for block in blocks(alaw(tone((425,), 1000))):
        bank.feed(np.stack([block, block]))
    bank.reset(0)
    assert bank.hearing(0) == {"now": "silence", "signal": None, "since_ms": 0}
    assert bank.hearing(1)["signal"] == "dial"


def test_since_counts_from_the_beginning_of_the_signal() -> None:
    said = listen(alaw(np.concatenate([silence(300), tone((425,), 3000)])), "pl")
    assert abs(said[-1][1]["since_ms"] - 3000) <= 60


def test_a_silent_bank_costs_next_to_nothing() -> None:
    bank = EarBank(32, "pl")
    quiet = np.zeros((32, 80), dtype=np.int16)
    began = time.process_time()
    for _ in range(500):
        bank.feed(quiet)
    assert (time.process_time() - began) / 500 < 0.001
