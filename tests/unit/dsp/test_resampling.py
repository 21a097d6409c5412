"""Speech at other rates reaches the telephone's 8 kHz: what a line carries passes, what would fold back does not."""

from __future__ import annotations

import numpy as np
import pytest

from boardsupport import dsp

RATES = [11_025, 16_000, 22_050, 44_100, 48_000]


def sine(hz: float, rate: int, seconds: float = 0.5) -> bytes:
    return np.round(10_000 * np.sin(2 * np.pi * hz * np.arange(round(rate * seconds)) / rate)).astype("<i2").tobytes()


def level(pcm16: bytes) -> float:
    samples = np.frombuffer(pcm16, "<i2").astype(float)
    middle = samples[len(samples) // 4 : -len(samples) // 4]
    return float(np.sqrt(np.mean(middle**2)))


@pytest.mark.parametrize("rate", RATES)
def test_speech_passes(rate: int) -> None:
    for hz in (300.0, 1000.0, 3300.0):
        assert level(dsp.to_8_khz(sine(hz, rate), rate)) == pytest.approx(10_000 / np.sqrt(2), rel=0.03)


@pytest.mark.parametrize("rate", RATES)
def test_what_would_alias_does_not(rate: int) -> None:
    assert level(dsp.to_8_khz(sine(4700.0, rate), rate)) < 10_000 / np.sqrt(2) / 100


@pytest.mark.parametrize("rate", [*RATES, 8000])
def test_the_length_is_kept_and_the_end_is_there(rate: int) -> None:
    made = np.frombuffer(dsp.to_8_khz(sine(500.0, rate, 1.0), rate), "<i2")
    assert len(made) == 8000
    assert np.abs(made[-200:]).max() > 8000


def test_nothing_stays_nothing_and_nonsense_is_refused() -> None:
    assert dsp.to_8_khz(b"", 22_050) == b""
    with pytest.raises(ValueError, match="even number"):
        dsp.to_8_khz(b"\0", 22_050)
    with pytest.raises(ValueError, match="no sampling rate"):
        dsp.to_8_khz(b"\0\0", 0)
