"""Sounds for the ears' tests: tones, cadences, speech-like sound, noise, and their passage through A-law."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from boardsupport.bench.hearing import EarBank

RATE = 8000
Samples = NDArray[np.float64]


def amplitude(dbm0: float) -> float:
    """Peak of a sine of that level (32767 is +3.14 dBm0)."""
    return float(32767 * 10 ** ((dbm0 - 3.14) / 20))


def silence(ms: int) -> Samples:
    return np.zeros(ms * RATE // 1000)


def tone(hz: Sequence[float], ms: int, dbm0: float = -13.0, start_ms: int = 0) -> Samples:
    """Sines of `dbm0` each; none is silence."""
    n = np.arange(ms * RATE // 1000) + start_ms * RATE // 1000
    sines = [amplitude(dbm0) * np.sin(2 * np.pi * f * n / RATE) for f in hz]
    return np.sum(sines, axis=0) if sines else np.zeros(len(n))


def cadence(hz: Sequence[float], ms: Sequence[int], total_ms: int, dbm0: float = -13.0) -> Samples:
    """On, off, on, off, ... repeated."""
    parts, at = [], 0
    while at < total_ms:
        for index, length in enumerate(ms):
            parts.append(tone(hz if index % 2 == 0 else (), length, dbm0, at))
            at += length
    return np.concatenate(parts)[: total_ms * RATE // 1000]


def noise(ms: int, dbm0: float, seed: int = 1) -> Samples:
    rng = np.random.default_rng(seed)
    return np.asarray(rng.normal(0.0, amplitude(dbm0) / np.sqrt(2), ms * RATE // 1000))


def speech(ms: int, dbm0: float = -18.0, seed: int = 2) -> Samples:
    """Sound with what speech has: a gliding pitch with harmonics, formants, syllables and pauses."""
    rng = np.random.default_rng(seed)
    n = np.arange(ms * RATE // 1000)
    pitch = 120 + 25 * np.sin(2 * np.pi * 0.9 * n / RATE) + 12 * np.sin(2 * np.pi * 2.3 * n / RATE + 1)
    phase = 2 * np.pi * np.cumsum(pitch) / RATE
    formant = 600 + 250 * np.sin(2 * np.pi * 1.7 * n / RATE)
    voice = sum(np.sin(k * phase) * np.exp(-(((k * pitch - formant) / 300) ** 2)) for k in range(1, 20))
    voice = voice + 0.25 * sum(np.sin(k * phase + k) / k for k in range(1, 25))
    syllables = np.clip(np.sin(2 * np.pi * 3.1 * n / RATE) + 0.4, 0, 1) ** 0.7
    sound = np.asarray(voice) * syllables + 0.02 * rng.normal(size=len(n))
    return np.asarray(sound / np.sqrt(np.mean(sound**2)) * amplitude(dbm0) / np.sqrt(2))


def alaw(sound: Samples) -> Samples:
    """A-law quantisation (ITU-T G.711): sixteen steps in each of eight segments, the lowest two alike."""
    magnitude = np.minimum(np.abs(sound), 32767.0) / 16  # 12 bits, of which G.711 counts 4096 half steps
    segment = np.clip(np.floor(np.log2(np.maximum(magnitude, 1.0))), 5, 10) - 4
    step = 2.0**segment
    return np.where(sound < 0, -1.0, 1.0) * (np.floor(magnitude / step) + 0.5) * step * 16


def blocks(sound: Samples) -> NDArray[np.int16]:
    """Whole 10 ms blocks of 16-bit samples."""
    count = len(sound) // 80
    return np.clip(np.rint(sound[: count * 80]), -32768, 32767).astype(np.int16).reshape(count, 80)


def listen(sound: Samples, country: str) -> list[tuple[int, dict[str, Any]]]:
    """What one ear says after each 10 ms: (ms, hearing)."""
    bank = EarBank(1, country)
    said = []
    for index, block in enumerate(blocks(sound)):
        bank.feed(block[None, :])
        said.append(((index + 1) * 10, bank.hearing(0)))
    return said


def signals(said: list[tuple[int, dict[str, Any]]]) -> list[str | None]:
    """The signals in the order in which they were heard, without repetitions."""
    found: list[str | None] = []
    for _, hearing in said:
        if not found or hearing["signal"] != found[-1]:
            found.append(hearing["signal"])
    return found


def first(said: list[tuple[int, dict[str, Any]]], signal: str) -> int:
    """When `signal` was first reported, ms."""
    return next(ms for ms, hearing in said if hearing["signal"] == signal)
