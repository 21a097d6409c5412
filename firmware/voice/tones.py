"""The country's tones as prepared loops of law-coded audio."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from boardsupport.bus import SAMPLE_RATE_HZ
from firmware.countries import Country, Segment, ToneSpec
from firmware.gateway.messages import Tone

ToneMaker: TypeAlias = Callable[[Sequence[tuple[float, float]], int], bytes]
"""(frequency in Hz, level in dBm0) of each component, and a number of samples, to law-coded audio."""

_CONTINUOUS_MS = 1000
"""A second holds whole periods of every frequency that is a whole number of hertz, so the loop has no seam."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """Audio that plays `once` and then repeats `loop` (empty: ends)."""

    once: bytes
    loop: bytes


def prepare(country: Country, make: ToneMaker, idle: int) -> dict[Tone, Prepared]:
    """Every tone of the country."""
    return {name: _prepare(spec, make, idle) for name, spec in country.tones.items()}


def _prepare(spec: ToneSpec, make: ToneMaker, idle: int) -> Prepared:
    made: dict[Segment, bytes] = {}

    def audio(segments: Sequence[Segment]) -> bytes:
        for segment in segments:
            if segment not in made:
                made[segment] = _segment(segment, spec.dbm0, make, idle)
        return b"".join(made[segment] for segment in segments)

    return Prepared(audio(spec.once), audio(spec.repeat))


def _segment(segment: Segment, dbm0: float, make: ToneMaker, idle: int) -> bytes:
    samples = (segment.ms or _CONTINUOUS_MS) * SAMPLE_RATE_HZ // 1000
    if not segment.hz:
        return bytes([idle]) * samples
    return make([(hz, dbm0 + segment.gain_db) for hz in segment.hz], samples)
