"""What tests measure in audio: levels, distortion, gaps, delays, echoes. Arrays are int16 samples at 8 kHz unless said.

0 dBm0 is fixed by ITU-T G.711: a sine whose peak is the greatest A-law value (32767 here) is +3.14 dBm0.
"""

from __future__ import annotations

import io
import shutil
import subprocess
import wave
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

RATE_HZ = 8000
FULL_SCALE_DBM0 = 3.14
SILENCE_DBM0 = -100.0
SENTENCE = "Good evening, this is the reception. The sun rises at seven, and breakfast is on the terrace."

Samples = NDArray[np.int16]
Floats = NDArray[np.float64]


def read_wav(data: bytes) -> Samples:
    """The samples of a WAV file of 8 kHz, 16 bits, one channel. Raises AssertionError if it is of another kind."""
    with wave.open(io.BytesIO(data)) as file:
        kind = (file.getframerate(), file.getsampwidth(), file.getnchannels())
        assert kind == (RATE_HZ, 2, 1), kind
        return np.frombuffer(file.readframes(file.getnframes()), dtype="<i2").astype(np.int16)


def write_wav(samples: Samples) -> bytes:
    """A WAV file of 8 kHz, 16 bits, one channel."""
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes(samples.astype("<i2").tobytes())
    return out.getvalue()


def amplitude(dbm0: float) -> float:
    """Peak of a sine of that level, in units of a sample."""
    return float(32767 * 10 ** ((dbm0 - FULL_SCALE_DBM0) / 20))


def level_dbm0(samples: Samples | Floats) -> float:
    """Mean power in dBm0; SILENCE_DBM0 for nothing at all."""
    power = float(np.mean(np.square(samples.astype(np.float64)))) if len(samples) else 0.0
    if power <= 0:
        return SILENCE_DBM0
    return max(SILENCE_DBM0, float(10 * np.log10(power / (32767**2 / 2)) + FULL_SCALE_DBM0))


@dataclass(frozen=True)
class ToneFit:
    """A sine found in a recording: its level, and signal to everything else in dB."""

    dbm0: float
    sdr_db: float


def fit_tone(samples: Samples, hz: float) -> ToneFit:
    """Least-squares fit of a sine of exactly `hz` plus an offset; the rest is distortion and noise."""
    t = np.arange(len(samples)) / RATE_HZ
    basis = np.stack([np.sin(2 * np.pi * hz * t), np.cos(2 * np.pi * hz * t), np.ones_like(t)], axis=1)
    data = samples.astype(np.float64)
    weights = np.linalg.lstsq(basis, data, rcond=None)[0]
    fitted = basis[:, :2] @ weights[:2]
    rest = data - basis @ weights
    return ToneFit(level_dbm0(fitted), level_dbm0(fitted) - level_dbm0(rest))


def levels_dbm0(samples: Samples, window_ms: int = 5) -> Floats:
    """Level of each successive window."""
    size = window_ms * RATE_HZ // 1000
    count = len(samples) // size
    return np.array([level_dbm0(samples[i * size : (i + 1) * size]) for i in range(count)])


def longest_gap_ms(samples: Samples, below_dbm0: float, window_ms: int = 5) -> int:
    """The longest run of windows that are quieter than `below_dbm0`, in milliseconds."""
    longest = run = 0
    for level in levels_dbm0(samples, window_ms):
        run = run + 1 if level < below_dbm0 else 0
        longest = max(longest, run)
    return longest * window_ms


def delay_samples(sent: Samples, heard: Samples) -> int:
    """Where in `heard` the signal `sent` begins: the greatest cross-correlation."""
    size = 1 << int(np.ceil(np.log2(len(sent) + len(heard))))
    spectrum = np.fft.rfft(heard.astype(np.float64), size) * np.conj(np.fft.rfft(sent.astype(np.float64), size))
    correlation = np.fft.irfft(spectrum, size)
    return int(np.argmax(np.abs(correlation[: len(heard)])))


def likeness(said: Samples, heard: Samples) -> float:
    """How far `said` is in `heard`: the normalised correlation where it is greatest, 1 for the very same."""
    at = delay_samples(said, heard)
    part = heard[at : at + len(said)].astype(np.float64)
    said_there = said[: len(part)].astype(np.float64)
    return float(abs(np.dot(said_there, part)) / (np.linalg.norm(said_there) * np.linalg.norm(part) + 1))


def late_echo_db(sent: Samples, heard: Samples, after_ms: float = 5.0, until_ms: float = 150.0) -> float:
    """Level of what comes back of `sent` more than `after_ms` after its sidetone, relative to `sent`, in dB.

    The sidetone is the strongest path in `heard`. The impulse response from `sent` is fitted by least squares in the
    frequency domain; the noise that such a fit always finds is estimated from lags before the sidetone and taken off.
    """
    start = delay_samples(sent, heard)
    piece = heard[start : start + len(sent)].astype(np.float64)
    source = sent[: len(piece)].astype(np.float64)
    size = 1 << int(np.ceil(np.log2(2 * len(source))))
    x, y = np.fft.rfft(source, size), np.fft.rfft(piece, size)
    power = np.abs(x) ** 2
    response = np.fft.irfft(y * np.conj(x) / (power + 1e-3 * float(np.mean(power))), size)
    first, last = int(after_ms * RATE_HZ / 1000), int(until_ms * RATE_HZ / 1000)
    late, noise = response[first:last], response[-(last - first) - first : -first]
    echo = np.zeros(len(response))
    echo[first:last] = late
    floor = np.zeros(len(response))
    floor[first:last] = noise
    found = _power(x, echo, size) - _power(x, floor, size)
    return float(10 * np.log10(max(found, 1e-12) / float(np.mean(power))))


def _power(spectrum: NDArray[np.complex128], response: Floats, size: int) -> float:
    return float(np.mean(np.abs(np.fft.rfft(response, size) * spectrum) ** 2))


def noise(seconds: float, dbm0: float, seed: int = 1) -> Samples:
    """Noise of the telephone band (300 to 3400 Hz), the same for the same seed."""
    count = int(seconds * RATE_HZ)
    spectrum = np.fft.rfft(np.random.default_rng(seed).standard_normal(count))
    frequencies = np.fft.rfftfreq(count, 1 / RATE_HZ)
    spectrum[(frequencies < 300) | (frequencies > 3400)] = 0
    return to_level(np.fft.irfft(spectrum, count), dbm0)


def speech(dbm0: float, text: str = "") -> Samples:
    """A sentence spoken by espeak-ng; where it is not installed, noise with the spectrum and syllables of speech."""
    if shutil.which("espeak-ng") is None:
        return _speech_like(6.0, dbm0)
    command = ["espeak-ng", "--stdout", "-v", "en", text or SENTENCE]
    said = subprocess.run(command, capture_output=True, check=True).stdout
    with wave.open(io.BytesIO(said)) as file:
        rate = file.getframerate()
        raw = np.frombuffer(said[said.index(b"data") + 8 :], dtype="<i2").astype(np.float64)
    return to_level(_resample(raw, rate), dbm0)


def _resample(samples: Floats, rate_hz: int) -> Floats:
    spectrum = np.fft.rfft(samples)
    frequencies = np.fft.rfftfreq(len(samples), 1 / rate_hz)
    spectrum[(frequencies < 300) | (frequencies > 3400)] = 0
    clean = np.fft.irfft(spectrum, len(samples))
    at = np.arange(0, len(clean) - 1, rate_hz / RATE_HZ)
    return np.asarray(np.interp(at, np.arange(len(clean)), clean), dtype=np.float64)


def _speech_like(seconds: float, dbm0: float) -> Samples:
    base = noise(seconds, -10.0, seed=7).astype(np.float64)
    t = np.arange(len(base)) / RATE_HZ
    return to_level(base * np.clip(np.sin(2 * np.pi * 2 * t) + 0.4, 0, None), dbm0)


def to_level(samples: Floats, dbm0: float) -> Samples:
    """Scaled so that its mean power is `dbm0`; peaks that do not fit are clipped."""
    scaled = samples * 10 ** ((dbm0 - level_dbm0(samples)) / 20)
    return np.clip(np.round(scaled), -32767, 32767).astype(np.int16)
