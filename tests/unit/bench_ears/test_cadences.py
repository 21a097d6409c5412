"""The ears know the countries' signals, by libtonezone's zones, through A-law, noise and other disturbances."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boardsupport.bench.tone_zones import zone
from tests.unit.bench_ears.sound import (
    alaw,
    cadence,
    first,
    listen,
    noise,
    signals,
    silence,
    speech,
    tone,
)

COUNTRIES = ["us", "uk", "de", "cn", "ru", "pl"]
DIAL = {"us": (350, 440), "uk": (350, 440), "de": (425,), "cn": (450,), "ru": (425,), "pl": (425,)}
CADENCES = {  # libtonezone 3.1.0
    ("us", "ringback"): ((440, 480), (2000, 4000)),
    ("us", "busy"): ((480, 620), (500, 500)),
    ("us", "congestion"): ((480, 620), (250, 250)),
    ("uk", "ringback"): ((400, 450), (400, 200, 400, 2000)),
    ("uk", "busy"): ((400,), (375, 375)),
    ("uk", "congestion"): ((400,), (400, 350, 225, 525)),
    ("de", "ringback"): ((425,), (1000, 4000)),
    ("de", "busy"): ((425,), (480, 480)),
    ("de", "congestion"): ((425,), (240, 240)),
    ("cn", "ringback"): ((450,), (1000, 4000)),
    ("cn", "busy"): ((450,), (350, 350)),
    ("cn", "congestion"): ((450,), (700, 700)),
    ("ru", "ringback"): ((425,), (1000, 4000)),
    ("ru", "busy"): ((425,), (350, 350)),
    ("ru", "congestion"): ((425,), (175, 175)),
    ("pl", "ringback"): ((425,), (1000, 4000)),
    ("pl", "busy"): ((425,), (500, 500)),
}
HOWLER = (1400, 2060, 2450, 2600)


@pytest.mark.parametrize("country", COUNTRIES)
@pytest.mark.parametrize("dbm0", [-3.0, -13.0, -30.0])
def test_dial_tone_is_known_after_300_ms(country: str, dbm0: float) -> None:
    said = listen(alaw(np.concatenate([silence(100), tone(DIAL[country], 2000, dbm0), silence(500)])), country)
    assert 400 <= first(said, "dial") <= 500
    assert said[200][1]["now"] == "tone:" + "+".join(map(str, DIAL[country]))
    assert signals(said) == [None, "dial", None]
    assert said[-1][1]["now"] == "silence"


@pytest.mark.parametrize(("country", "name"), list(CADENCES))
@pytest.mark.parametrize(("dbm0", "noise_dbm0"), [(-10.0, None), (-20.0, -42.0), (-30.0, -60.0)])
def test_cadence_is_known_and_kept(country: str, name: str, dbm0: float, noise_dbm0: float | None) -> None:
    hz, ms = CADENCES[country, name]
    sound = np.concatenate([silence(400), cadence(hz, ms, 16_000, dbm0)])
    if noise_dbm0 is not None:
        sound = sound + noise(len(sound) // 8, noise_dbm0)
    said = listen(alaw(sound), country)
    at = first(said, name)
    assert at <= 400 + 3 * sum(ms) + 200
    assert {hearing["signal"] for ms_, hearing in said if ms_ >= at} == {name}
    others = {"ringback", "busy", "congestion", "howler", "stutter"} - {name}
    assert not others & set(signals(said))


@pytest.mark.parametrize(("country", "name"), list(CADENCES))
def test_signal_is_withdrawn_when_it_has_ended(country: str, name: str) -> None:
    hz, ms = CADENCES[country, name]
    total = (10_000 // sum(ms)) * sum(ms)
    said = listen(alaw(np.concatenate([cadence(hz, ms, total), silence(7000)])), country)
    assert said[-1][1]["signal"] is None
    gone = max(ms_ for ms_, hearing in said if hearing["signal"] == name)
    assert gone <= total + 1.5 * max(ms[1::2]) + 400


def test_ringback_is_known_after_one_pair_and_dates_from_its_beginning() -> None:
    said = listen(alaw(np.concatenate([silence(500), cadence((425,), (1000, 4000), 11_000)])), "pl")
    at = first(said, "ringback")
    assert at <= 500 + 5000 + 100
    assert abs(said[at // 10 - 1][1]["since_ms"] - (at - 500)) <= 60


def test_busy_and_congestion_are_one_in_poland() -> None:
    assert "congestion" not in {c.name for c in zone("pl").cadences}
    assert first(listen(alaw(cadence((425,), (500, 500), 4000)), "pl"), "busy") <= 1700


@pytest.mark.parametrize(
    ("country", "sound"),
    [
        ("pl", np.concatenate([cadence((425,), (100, 100), 2000), tone((425,), 2000)])),
        ("us", np.concatenate([cadence((350, 440), (100, 100), 600), tone((350, 440), 2000)])),
        ("de", tone((400, 425), 2500)),
        ("uk", np.concatenate([tone((350, 440), 750), tone((440,), 750)] * 3)),
        ("cn", cadence((450,), (400, 40), 4000)),
    ],
    ids=["pl", "us", "de", "uk", "cn"],
)
def test_stutter(country: str, sound: np.ndarray) -> None:
    said = listen(alaw(np.concatenate([sound, silence(1000)])), country)
    assert "stutter" in signals(said)
    assert said[len(sound) // 80 - 10][1]["signal"] == "stutter"
    assert said[-1][1]["signal"] is None


@pytest.mark.parametrize("country", COUNTRIES)
def test_howler_rising(country: str) -> None:
    sound = np.concatenate([cadence(HOWLER, (100, 100), 2000, dbm0) for dbm0 in (-30.0, -24.0, -18.0, -12.0, -7.0)])
    said = listen(alaw(sound), country)
    at = first(said, "howler")
    assert at <= 1200
    assert {hearing["signal"] for ms, hearing in said if ms >= at} == {"howler"}
    assert any(hearing["now"] == "tone:1400+2060+2450+2600" for _, hearing in said)


def test_busy_then_howler() -> None:
    sound = np.concatenate([cadence((425,), (500, 500), 5000), cadence(HOWLER, (100, 100), 3000, -12.0)])
    heard = [s for s in signals(listen(alaw(sound), "pl")) if s in ("busy", "howler")]
    assert heard == ["busy", "howler"]


def test_special_information_tone_is_one_steady_reading() -> None:
    notes = np.concatenate([tone((950,), 330), tone((1400,), 330), tone((1800,), 330), silence(1000)])
    said = listen(alaw(np.concatenate([notes] * 4)), "pl")
    at = first(said, "tone:950+1400+1800")
    assert at <= 1000
    assert {h["signal"] for ms, h in said if at <= ms <= 7000} == {"tone:950+1400+1800"}


@pytest.mark.parametrize("gap_ms", [10, 30, 50])
def test_short_dropouts_do_not_break_a_cadence(gap_ms: int) -> None:
    sound = cadence((425,), (480, 480), 12_000)
    for at_ms in (2000, 4050, 5800, 7790, 9700):
        sound[at_ms * 8 : (at_ms + gap_ms) * 8] = 0.0
    said = listen(alaw(sound), "de")
    at = first(said, "busy")
    assert {hearing["signal"] for ms, hearing in said if ms >= at} == {"busy"}


def test_dtmf_of_the_sidetone_ends_no_judgement() -> None:
    digits = [np.concatenate([tone((697, 1209), 80, -20.0), silence(80)]) for _ in range(3)]
    sound = np.concatenate([tone((425,), 1000), *digits, silence(600), cadence((425,), (1000, 4000), 11_000)])
    heard = signals(listen(alaw(sound), "pl"))
    assert heard[:3] == [None, "dial", None]
    assert heard[-1] == "ringback"
    assert not {s for s in heard if s and s.startswith("tone:")}


def test_sidetone_speech_does_not_break_ringback() -> None:
    sound = cadence((440, 480), (2000, 4000), 20_000, -19.0)
    sound = sound + np.concatenate([silence(7000), speech(8000, -34.0), silence(5000)])
    said = listen(alaw(sound), "us")
    assert {hearing["signal"] for ms, hearing in said if ms >= 6500} == {"ringback"}


def test_hold_beeps_are_a_tone_and_no_congestion() -> None:
    heard = signals(listen(alaw(cadence((425,), (200, 200, 200, 5400), 20_000, -19.0)), "ru"))
    assert "tone:425" in heard
    assert not {"congestion", "busy", "ringback"} & set(heard)


def test_vietnam_has_no_zone_and_is_judged_by_the_general_limits() -> None:
    assert zone("vn").country == "generic"
    assert first(listen(alaw(tone((425,), 1000)), "vn"), "dial") <= 450
    assert "busy" in signals(listen(alaw(cadence((425,), (500, 500), 5000)), "vn"))
    assert "congestion" in signals(listen(alaw(cadence((425,), (250, 250), 5000)), "vn"))
    assert "ringback" in signals(listen(alaw(cadence((425,), (1000, 4000), 11_000)), "vn"))


@settings(max_examples=25, deadline=None)
@given(
    name=st.sampled_from(sorted(CADENCES)),
    stretch=st.floats(0.93, 1.07),
    dbm0=st.floats(-28.0, -4.0),
    offset_ms=st.integers(0, 900),
)
def test_cadences_within_tolerance_at_any_moment(
    name: tuple[str, str], stretch: float, dbm0: float, offset_ms: int
) -> None:
    """Telephone companies keep a few per cent; one may begin to listen in the middle of it."""
    country, signal = name
    hz, ms = CADENCES[name]
    stretched = [round(length * stretch) for length in ms]
    sound = cadence(hz, stretched, 4 * sum(ms) + 3000, dbm0)[offset_ms * 8 :]
    said = listen(alaw(np.concatenate([silence(200), sound])), country)
    assert said[-1][1]["signal"] == signal


def test_ringback_ends_when_somebody_speaks_on_the_line() -> None:
    sound = np.concatenate([cadence((425,), (1000, 4000), 11_000), speech(3000, -13.0)])
    said = listen(alaw(sound), "pl")
    assert said[1100][1]["signal"] == "ringback"
    assert 11_000 < first(said, "speech") <= 13_000


def test_ringback_is_over_when_the_next_burst_does_not_come() -> None:
    said = listen(alaw(np.concatenate([cadence((425,), (1000, 4000), 11_000), silence(6000)])), "pl")
    assert max(ms for ms, hearing in said if hearing["signal"] == "ringback") <= 11_000 + 5000


def test_a_test_tone_after_ringback_is_known_at_once() -> None:
    sound = np.concatenate([cadence((425,), (1000, 4000), 11_500), tone((1000,), 1000, -10.0)])
    assert first(listen(alaw(sound), "pl"), "tone:1000") <= 11_500 + 450
