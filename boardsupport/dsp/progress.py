"""Call-progress tones as detectors are told about them: named cadences of frequencies, each with limits in time.

How a tone is recognised, and what refuses it, stands at the heads of `src/progress.c` and `src/notes.c`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

from boardsupport.dsp._dsp import ffi, lib

Part: TypeAlias = tuple[tuple[float, ...], int]
"""Frequencies in Hz that sound together (none: a pause), and for how many milliseconds; 0 ms is for ever."""

TOLERANCE: Final = 0.15
"""Of each duration: exchanges keep within 10 %."""
GRAIN_MS: Final = 24
"""The detector measures in steps of 16 ms, at both ends of what it measures."""
CONTINUOUS_MS: Final = 400
"""A continuous tone is believed after so long."""
CYCLES_TO_TRUST: Final = 3
TRUST_MS: Final = 2000
CLEARED_WITHIN_MS: Final = 5000
"""So soon a line is free after its busy tone began, be it in the middle of a cycle."""
SLOWEST: Final = 1.1
ELEMENTS_MOST: Final = 10
HZ_LEAST, HZ_MOST, HZ_APART = 200, 2500, 20


@dataclass(frozen=True, slots=True)
class Element:
    """A stretch of a cadence: one or two frequencies (none: a pause), for `min_ms` to `max_ms` (None: without end).

    `known_ms`: where it is the last of its cadence, it is believed so early (None: after `min_ms`).
    Raises ValueError for what cannot be detected.
    """

    hz: tuple[int, ...]
    min_ms: int
    max_ms: int | None
    known_ms: int | None = None

    def __post_init__(self) -> None:
        if len(self.hz) > 2 or not all(HZ_LEAST <= hz <= HZ_MOST for hz in self.hz):
            raise ValueError(f"{self.hz} Hz: a detector hears one or two frequencies of {HZ_LEAST} to {HZ_MOST} Hz")
        if len(self.hz) == 2 and abs(self.hz[0] - self.hz[1]) < HZ_APART:
            raise ValueError(f"{self.hz} Hz are too near to each other")
        if self.min_ms < 0 or (self.max_ms is not None and self.max_ms <= self.min_ms):
            raise ValueError(f"{self.min_ms} to {self.max_ms} ms is no duration")


@dataclass(frozen=True, slots=True)
class CallProgressTone:
    """A tone by its cadence, which begins with sound and is repeated; a single endless element is a continuous tone.

    Raises ValueError for another cadence, or one of more than ten elements.
    """

    name: str
    elements: tuple[Element, ...]

    def __post_init__(self) -> None:
        endless = any(one.max_ms is None for one in self.elements)
        if not 1 <= len(self.elements) <= (1 if endless else ELEMENTS_MOST) or not self.elements[0].hz:
            raise ValueError(f"{self.name!r} has no cadence that a detector knows")

    @property
    def cycle_ms(self) -> float:
        """How long a cycle lasts; infinite for a continuous tone."""
        return sum(math.inf if one.max_ms is None else (one.min_ms + one.max_ms) / 2 for one in self.elements)

    @property
    def cycles_to_trust(self) -> int:
        """So many complete cycles are heard before a line is cleared: three, and two seconds, at the least.

        Two where three, with one that was cut, may take longer than CLEARED_WITHIN_MS.
        """
        if (CYCLES_TO_TRUST + 1) * self.cycle_ms * SLOWEST > CLEARED_WITHIN_MS:
            return CYCLES_TO_TRUST - 1
        return max(CYCLES_TO_TRUST, math.ceil(TRUST_MS / self.cycle_ms))


def call_progress_tone(name: str, parts: Sequence[Part], pause_known_ms: int | None = None) -> CallProgressTone:
    """A tone as tables have it. `pause_known_ms`: it is recognised so early in its last pause (ringback).

    Raises ValueError as Element and CallProgressTone do.
    """
    elements = [_element(hz, ms) for hz, ms in parts]
    if elements and pause_known_ms is not None:
        elements[-1] = replace(elements[-1], known_ms=pause_known_ms)
    return CallProgressTone(name, tuple(elements))


def _element(hz: tuple[float, ...], ms: int) -> Element:
    whole = tuple(round(one) for one in hz)
    if ms == 0:
        return Element(whole, CONTINUOUS_MS, None)
    slack = TOLERANCE * ms + GRAIN_MS
    return Element(whole, max(0, round(ms - slack)), round(ms + slack))


class DetectorSet:
    """Tones that a port listens for at the same time; made once, and shared by any number of ports.

    Of tones that cannot be told apart the first one is detected, and reports for all.
    """

    tones: tuple[CallProgressTone, ...]
    """Those that report."""

    def __init__(self, tones: Sequence[CallProgressTone]) -> None:
        """Raises ValueError for more tones than eight, or more than eight different sounds in them."""
        self.tones = _distinct(tones)
        handle = lib.dsp_tone_set_new()
        if handle == ffi.NULL:
            raise MemoryError("no memory for a set of tones")
        self.handle = ffi.gc(handle, lib.dsp_tone_set_free)
        for tone in self.tones:
            self._add(tone)

    def _add(self, tone: CallProgressTone) -> None:
        index = lib.dsp_tone_set_add(self.handle)
        if index < 0:
            raise ValueError(f"no room for the tone {tone.name!r}")
        # The library knows a pair in the order in which it was told the frequencies.
        order = list(dict.fromkeys(hz for element in tone.elements for hz in element.hz))
        for element in tone.elements:
            hz_1, hz_2 = (*sorted(element.hz, key=order.index), 0, 0)[:2]
            known_ms = element.min_ms if element.known_ms is None else element.known_ms
            limits = known_ms, element.min_ms, element.max_ms or 0
            if lib.dsp_tone_set_element(self.handle, index, hz_1, hz_2, *limits):
                raise ValueError(f"no room for the sounds of the tone {tone.name!r}")


def _distinct(tones: Sequence[CallProgressTone]) -> tuple[CallProgressTone, ...]:
    kept: list[CallProgressTone] = []
    for tone in tones:
        if not any(_alike(tone, other) for other in kept):
            kept.append(tone)
    return tuple(kept)


def _alike(a: CallProgressTone, b: CallProgressTone) -> bool:
    """Whether each would be taken for the other."""
    pairs = list(zip(a.elements, b.elements, strict=False))
    return len(a.elements) == len(b.elements) and all(_covers(x, y) and _covers(y, x) for x, y in pairs)


def _covers(a: Element, b: Element) -> bool:
    if sorted(a.hz) != sorted(b.hz):
        return False
    if a.max_ms is None or b.max_ms is None:
        return a.max_ms == b.max_ms
    return a.min_ms <= (b.min_ms + b.max_ms) / 2 <= a.max_ms
