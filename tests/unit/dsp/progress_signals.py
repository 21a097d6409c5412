"""Call-progress tones of the countries as sound and as detector sets, and other sounds that a line carries."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache

import numpy as np

from boardsupport.dsp import BankEvent, DetectorSet, ToneBegan, ToneCycle, ToneEnded, call_progress_tone
from boardsupport.dsp.progress import CallProgressTone
from firmware.countries import COUNTRIES, Segment
from firmware.gateway.messages import Tone
from tests.unit.dsp.signals import RATE, Samples, join, peak_of, silence, sine

CLEARING: tuple[Tone, ...] = ("ringback", "busy", "congestion", "unobtainable")
"""What is listened for in a call."""
DIALLING: tuple[Tone, ...] = ("dial", "stutter")


def described(country: str, name: Tone) -> CallProgressTone:
    spec = COUNTRIES[country].tones[name]
    stutters = name == "stutter" and spec.once
    parts = [(segment.hz, segment.ms) for segment in (spec.once[:2] if stutters else spec.repeat)]
    return call_progress_tone(name, parts, pause_known_ms=300 if name == "ringback" else None)


@cache
def detectors(country: str, names: Sequence[Tone]) -> DetectorSet:
    return DetectorSet([described(country, name) for name in names])


def played(country: str, name: Tone, seconds: float, dbm0: float, slower: float = 1.0, higher: float = 1.0) -> Samples:
    """The tone with its level over all frequencies, its durations and frequencies multiplied."""
    spec = COUNTRIES[country].tones[name]
    pieces = [_sound(segment, dbm0, segment.ms / 1000 * slower, higher) for segment in spec.once]
    length = sum(map(len, pieces)) / RATE
    while length < seconds:
        for segment in spec.repeat:
            lasts = segment.ms / 1000 * slower or seconds - length
            pieces.append(_sound(segment, dbm0, lasts, higher))
            length += lasts
    return join(*pieces)[: int(seconds * RATE)]


def _sound(segment: Segment, dbm0: float, seconds: float, higher: float) -> Samples:
    each = dbm0 - 10 * float(np.log10(max(1, len(segment.hz))))
    return sum((sine(hz * higher, each, seconds) for hz in segment.hz), silence(seconds))


def began(events: Sequence[BankEvent]) -> list[str]:
    return [event.name for event in events if isinstance(event, ToneBegan)]


def cycles(events: Sequence[BankEvent], name: str) -> list[ToneCycle]:
    return [event for event in events if isinstance(event, ToneCycle) and event.name == name]


def ended(events: Sequence[BankEvent], name: str) -> list[ToneEnded]:
    return [event for event in events if isinstance(event, ToneEnded) and event.name == name]


# --- other sounds

SCALE_HZ = (262.0, 294.0, 330.0, 349.0, 392.0, 415.0, 440.0, 466.0, 494.0, 523.0, 587.0, 659.0)
NEAR_TONES_HZ = (350.0, 400.0, 425.0, 440.0, 450.0, 480.0, 620.0)
PARTIALS = {
    "piano": ({1: 1.0, 2: 0.5, 3: 0.3, 4: 0.15}, 0.5, 0.0),
    "organ": ({1: 1.0, 2: 0.6, 4: 0.4}, 99.0, 0.0),
    "flute": ({1: 1.0, 2: 0.15, 3: 0.05}, 99.0, 0.004),
    "singer": ({1: 1.0, 2: 0.4, 3: 0.3, 4: 0.1}, 99.0, 0.02),
}
"""Strengths of the partials, seconds in which a note fades, depth of the vibrato."""


def note(instrument: str, hz: float, seconds: float) -> Samples:
    partials, fades_s, vibrato = PARTIALS[instrument]
    t = np.arange(int(seconds * RATE)) / RATE
    turns = hz * t + vibrato * hz / 5.5 / (2 * np.pi) * np.sin(2 * np.pi * 5.5 * t)
    wave = sum(strength * np.sin(2 * np.pi * number * turns) for number, strength in partials.items())
    return wave * np.exp(-t / fades_s) * np.clip(np.minimum(t, seconds - t) / 0.01, 0, 1)


def melody(instrument: str, seconds: float, pitches: Sequence[float], rests: float, seed: int) -> Samples:
    """Notes of 0.2 to 1 s; `rests` is how often one is followed by a rest."""
    random = np.random.default_rng(seed)
    pieces: list[Samples] = []
    while sum(map(len, pieces)) < seconds * RATE:
        pieces.append(note(instrument, random.choice(pitches), random.choice([0.2, 0.25, 0.35, 0.5, 1.0])))
        if random.random() < rests:
            pieces.append(silence(random.choice([0.2, 0.25, 0.35, 0.5, 1.0])))
    return join(*pieces)[: int(seconds * RATE)]


def chords(instrument: str, seconds: float, seed: int) -> Samples:
    return sum(
        (melody(instrument, seconds, pitches, 0.1, seed + n) for n, pitches in enumerate((SCALE_HZ, NEAR_TONES_HZ))),
        melody(instrument, seconds, (110.0, 130.0, 165.0, 196.0), 0.1, seed + 9),
    )


def at_level(samples: Samples, dbm0: float) -> Samples:
    active = samples[np.abs(samples) > 0.02 * np.abs(samples).max()]
    return samples * peak_of(dbm0) / np.sqrt(2) / np.sqrt(np.mean(active**2))


def lasting(make: Callable[[int], Samples], seconds: float) -> Samples:
    """Pieces of different seeds, one after the other."""
    pieces = [make(0)]
    while sum(map(len, pieces)) < seconds * RATE:
        pieces.append(make(len(pieces)))
    return join(*pieces)[: int(seconds * RATE)]
