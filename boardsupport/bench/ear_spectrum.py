"""Short-time spectra for the bench's ears: numpy over all telephones that are not silent.

Frames are 40 ms long (Hann) and 10 ms apart: long enough to tell a tone from speech, short enough for 100 ms pulses.
Frequencies are measured apart, over up to 200 ms, when a tone has stood long enough (`measure`).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from boardsupport.bench.tone_zones import HOWLER_HZ

RATE: Final = 8000
BLOCK: Final = 80  # samples in 10 ms
FRAME: Final = 320
FRAME_FFT: Final = 320
LONG_FFT: Final = 4096
FULL_SCALE: Final = 32767.0**2 / 2  # mean square of a sine of +3.14 dBm0 (A-law, ITU-T G.711)
FULL_SCALE_DBM0: Final = 3.14
SILENCE_DBM0: Final = -50.0

_BIN_HZ: Final = RATE / FRAME_FFT
_LOW, _HIGH = int(200 / _BIN_HZ), int(3600 / _BIN_HZ)
_WINDOW: Final = np.hanning(FRAME + 1)[:-1].astype(np.float32)
_SCALE: Final = float(2.0 / (FRAME_FFT * np.sum(_WINDOW.astype(np.float64) ** 2) * FULL_SCALE))
_BINS: Final = np.arange(_LOW, _HIGH, dtype=np.float32) * np.float32(_BIN_HZ)
_LOBE: Final = 2  # half-width of a Hann main lobe in bins
_AROUND: Final = np.arange(-_LOBE, _LOBE + 1)
_TINY: Final = 1e-12

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Frames:
    """Per telephone and frame (arrays of shape (m, frames)): what the short spectra show."""

    level: NDArray[np.floating]  # dBm0 of the band 200-3600 Hz
    tonal: NDArray[np.bool_]  # most of the energy in at most two lines
    centroid: NDArray[np.floating]  # Hz, of these lines
    spread: NDArray[np.floating]  # Hz, their standard deviation round the centroid
    own: NDArray[np.floating]  # dBm0 within the telephone's mask
    howl: NDArray[np.bool_]  # the four lines of the howler
    low: NDArray[np.floating]  # Hz, the lower of the two strongest lines
    high: NDArray[np.floating]


def mask_of(hz: tuple[int, ...]) -> Floats:
    """The bins that belong to these frequencies, as a row of ones and zeros."""
    mask = np.zeros(_HIGH - _LOW, dtype=np.float32)
    for f in hz:
        k = round(f / _BIN_HZ) - _LOW
        mask[max(0, k - _LOBE) : k + _LOBE + 1] = 1.0
    return mask


MASK_BINS: Final = _HIGH - _LOW
_HOWL_MASKS: Final = np.stack([mask_of((f,)) for f in HOWLER_HZ]).T.copy()


def decibels(power: NDArray[np.floating] | float) -> NDArray[np.floating]:
    """Power relative to full scale as dBm0."""
    return np.asarray(10.0 * np.log10(np.maximum(power, _TINY)) + FULL_SCALE_DBM0)


def analyse(pcm: Floats, masks: Floats) -> Frames:
    """Spectra of `pcm` (m, FRAME + (frames - 1) * BLOCK): one frame every 10 ms; `masks` (m, MASK_BINS)."""
    frames = np.lib.stride_tricks.sliding_window_view(pcm, FRAME, axis=1)[:, ::BLOCK]
    spectrum = np.fft.rfft(frames * _WINDOW, FRAME_FFT, axis=2)[:, :, _LOW:_HIGH]
    power: Floats = ((spectrum.real**2 + spectrum.imag**2) * _SCALE).astype(np.float32, copy=False)
    total = power.sum(axis=2) + np.float32(_TINY)
    own = np.einsum("mfk,mk->mf", power, masks)
    howl = (power @ _HOWL_MASKS) / total[:, :, None]
    first, energy_1 = _take_peak(power)
    second, energy_2 = _take_peak(power)
    energy_2 = np.where(energy_2 < 0.05 * energy_1, np.float32(0.0), energy_2)
    both = energy_1 + energy_2 + np.float32(_TINY)
    return Frames(
        level=decibels(total),
        tonal=both > 0.85 * total,
        centroid=(first * energy_1 + second * energy_2) / both,
        spread=np.sqrt(energy_1 * energy_2) / both * np.abs(first - second),
        own=decibels(own),
        howl=(howl.min(axis=2) > 0.04) & (howl.sum(axis=2) > 0.85),
        low=np.minimum(first, second),
        high=np.maximum(first, second),
    )


def _take_peak(power: Floats) -> tuple[Floats, Floats]:
    """Frequency and energy of the strongest line, which is then removed from `power`."""
    at = power.argmax(axis=2)[:, :, None] + _AROUND
    np.clip(at, 0, power.shape[2] - 1, out=at)
    lobe = np.take_along_axis(power, at, axis=2)
    lobe[:, :, 1:] *= at[:, :, 1:] != at[:, :, :-1]  # a clipped index counts once
    energy = lobe.sum(axis=2)
    hz = (lobe * _BINS[at]).sum(axis=2) / (energy + np.float32(_TINY))
    np.put_along_axis(power, at, np.float32(0.0), axis=2)
    return hz, energy


@lru_cache
def _hann(length: int) -> Floats:
    return np.hanning(length + 2)[1:-1].astype(np.float32)


def measure(samples: Floats) -> tuple[tuple[float, ...], float]:
    """Frequencies (ascending, Hz) of up to four lines in `samples`, and the share of the energy that they hold."""
    length = len(samples)
    spectrum = np.fft.rfft(samples * _hann(length), LONG_FFT)
    power = spectrum.real**2 + spectrum.imag**2
    low, high = 200 * LONG_FFT // RATE, 3600 * LONG_FFT // RATE
    power[:low] = 0.0
    power[high:] = 0.0
    total = float(power.sum()) + _TINY
    lobe = int(np.ceil(2.0 * LONG_FFT / length)) + 1
    found: list[tuple[float, float]] = []
    for _ in range(4):
        k = int(power.argmax())
        share = float(power[k - lobe : k + lobe + 1].sum()) / total
        if share < 0.03 or (found and share < 0.1 * found[0][1]):
            break
        found.append((_interpolate(power, k) * RATE / LONG_FFT, share))
        power[k - lobe : k + lobe + 1] = 0.0
    return tuple(sorted(f for f, _ in found)), sum(share for _, share in found)


def _interpolate(power: NDArray[np.floating], k: int) -> float:
    """Position of a maximum between bins by a parabola through the logarithms."""
    a, b, c = (float(np.log(power[i] + _TINY)) for i in (k - 1, k, k + 1))
    bend = a - 2 * b + c
    return k + (0.5 * (a - c) / bend if bend < 0 else 0.0)


_NOISE_FFT: Final = 2048
_NOISE_BAND: Final = slice(200 * _NOISE_FFT // RATE, 3400 * _NOISE_FFT // RATE)


def steady_and_flat(pcm: Floats) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Of 200 ms of several telephones (m, 1600): which are noise (steady and flat), which are few pure lines.

    Lines count only if they stood all the time: both halves are equally loud.
    """
    levels = decibels((pcm.reshape(len(pcm), -1, BLOCK) ** 2).mean(axis=2) / np.float32(FULL_SCALE))
    spectrum = np.fft.rfft(pcm * _hann(pcm.shape[1]), _NOISE_FFT, axis=1)[:, _NOISE_BAND]
    power = spectrum.real**2 + spectrum.imag**2
    total = power.sum(axis=1) + _TINY
    bands = power[:, : power.shape[1] // 16 * 16].reshape(len(pcm), -1, 16).mean(axis=2) + 1e-3
    flatness = np.exp(np.log(bands).mean(axis=1)) / bands.mean(axis=1)
    lines = np.partition(power, -12, axis=1)[:, -12:].sum(axis=1)
    halves = decibels((pcm.reshape(len(pcm), 2, -1) ** 2).mean(axis=2))
    even = np.abs(halves[:, 0] - halves[:, 1]) < 2.0
    return (levels.std(axis=1) < 3.0) & (flatness > 0.35), (lines > 0.9 * total) & even
