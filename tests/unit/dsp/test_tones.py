"""Tones and DTMF as they leave the box."""

import numpy as np
import pytest

from boardsupport.dsp import IDLE, Law, dtmf, loop_samples, tone
from boardsupport.dsp.tones import DTMF_LINE_DBM0
from tests.unit.dsp.signals import level_dbm0, linear, power_db, sine


@pytest.mark.parametrize("law", ["alaw", "ulaw"])
@pytest.mark.parametrize("dbm0", [0.0, -10.0, -25.0])
def test_a_tone_has_its_level(law: Law, dbm0: float) -> None:
    assert level_dbm0(linear(tone([(1020, dbm0)], 8000, law), law), law) == pytest.approx(dbm0, abs=0.1)


def test_a_tone_is_clean() -> None:
    samples = linear(tone([(1000, -10)], 8000, "alaw"))
    assert power_db(samples) - power_db(samples - sine(1000, -10, 1)) > 33


def test_pieces_join_without_a_seam() -> None:
    pair = [(350.0, -13.0), (440.0, -13.0)]
    whole = tone(pair, 4000, "alaw")
    assert b"".join(tone(pair, 80, "alaw", start) for start in range(0, 4000, 80)) == whole


def test_a_loop_can_be_repeated_for_ever() -> None:
    pair = [(350.0, -13.0), (440.0, -13.0)]
    length = loop_samples(pair)
    assert length == 800
    assert tone(pair, length, "alaw") * 3 == tone(pair, 3 * length, "alaw")
    with pytest.raises(ValueError, match="no loop"):
        loop_samples([(33.3, -10.0)])


def test_no_frequency_is_silence_and_impossible_ones_are_refused() -> None:
    assert tone([], 80, "ulaw") == bytes([IDLE["ulaw"]]) * 80
    with pytest.raises(ValueError, match="cannot be sent"):
        tone([(4000, -10)], 80, "alaw")
    with pytest.raises(ValueError, match="-1 samples"):
        tone([(400, -10)], -1, "alaw")


def test_dtmf_is_two_tones_of_the_time_asked_for() -> None:
    burst = dtmf("5", 70, 30, -11, "alaw")
    assert len(burst) == 800
    assert burst[560:] == bytes([IDLE["alaw"]]) * 240
    # 60 ms hold whole multiples of the bins used here.
    spectrum = np.abs(np.fft.rfft(linear(burst)[:480] * np.hanning(480)))
    assert sorted(np.argsort(spectrum)[-2:] * 8000 / 480) == pytest.approx([770, 1336], abs=10)
    with pytest.raises(ValueError, match="'E'"):
        dtmf("1E", 70, 30, -11, "alaw")


def test_dtmf_into_a_line_has_the_level_of_a_telephone() -> None:
    """ES 201 235-2: -11 dBV +2.5/-2 dB the low group, -9 dBV +2/-2.5 dB the high one; 0 dBm0 is -2.2 dBV."""
    burst = linear(dtmf("5", 1000, 0, DTMF_LINE_DBM0, "alaw"))
    spectrum = np.abs(np.fft.rfft(burst)) / len(burst) * 2
    low, high = (20 * np.log10(spectrum[hz] / 32767) + 3.14 - 2.2 for hz in (770, 1336))
    assert -13 <= low <= -8.5
    assert -11.5 <= high <= -7
    assert 1 <= high - low <= 3
