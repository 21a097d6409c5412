"""The bench's own judgement of the audio, for many telephones at once: what a person would say that he hears.

It looks at samples only, never at a state of the firmware. `EarBank.feed` takes one 10 ms block of all telephones;
every 50 ms those that are not silent are analysed together, in one set of numpy calls.
"""

from __future__ import annotations

from functools import partial
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from boardsupport.bench.ear_cadence import name_of
from boardsupport.bench.ear_pattern import FRAME_MS, SILENT, Ear, Frame
from boardsupport.bench.ear_spectrum import (
    BLOCK,
    FRAME,
    FULL_SCALE,
    MASK_BINS,
    SILENCE_DBM0,
    analyse,
    mask_of,
    measure,
    steady_and_flat,
)
from boardsupport.bench.tone_zones import HOWLER_HZ, zone

_STEP: Final = 5  # blocks between analyses
_KEPT: Final = 36 * BLOCK  # samples remembered: a pulse of 240 ms and what is needed to notice its end
_FRESH: Final = _STEP * BLOCK
_SILENCE_POWER: Final = FULL_SCALE * 10 ** ((SILENCE_DBM0 - 3.14) / 10)
_NOW: Final = 20 * BLOCK
_SNAP_HZ: Final = 4.0
_DELAY: Final = 2  # frames between the middle of a 40 ms frame and its end
_MEASURED: Final = 20  # frames (200 ms) that a measurement looks at, at most
_COMMON_HZ: Final = (
    350,
    400,
    425,
    440,
    450,
    480,
    620,
    697,
    770,
    852,
    941,
    950,
    1000,
    1209,
    1336,
    1400,
    1477,
    1633,
    1800,
)


class EarBank:
    """Ears of `n` telephones in a country. Not thread-safe.

    `feed` costs about 10 us while all are silent, and some 100 us per 10 ms for 32 that hear tones (on a PC).
    """

    def __init__(self, n: int, country: str = "us") -> None:
        self._zone = zone(country)
        self._known = tuple(sorted({*self._zone.frequencies(), *_COMMON_HZ, *HOWLER_HZ}))
        self._ears = [Ear(self._zone) for _ in range(n)]
        self._pcm = np.zeros((n, _KEPT + _FRESH), dtype=np.float32)
        self._loud = np.zeros((n, (_KEPT + _FRESH) // BLOCK), dtype=np.bool_)
        self._masks = np.zeros((n, MASK_BINS), dtype=np.float32)
        self._mask_hz: list[tuple[int, ...]] = [()] * n
        self._blocks = 0
        self._now: list[str] = ["silence"] * n

    def feed(self, samples: NDArray[np.int16]) -> None:
        """Take 10 ms of all telephones: int16, shape (n, 80)."""
        slot = self._blocks % _STEP
        at = _KEPT + slot * BLOCK
        block = self._pcm[:, at : at + BLOCK]
        block[:] = samples
        self._loud[:, at // BLOCK] = np.einsum("ij,ij->i", block, block) > _SILENCE_POWER * BLOCK
        self._blocks += 1
        if slot == _STEP - 1:
            self._analyse()
            self._pcm[:, :_KEPT] = self._pcm[:, _FRESH:]
            self._loud[:, : _KEPT // BLOCK] = self._loud[:, _STEP:]

    def hearing(self, i: int) -> dict[str, Any]:
        """`{"now", "signal", "since_ms"}` of telephone `i`, as the bench's API gives it (at most 50 ms old)."""
        ear = self._ears[i]
        since = ear.time - ear.signal_since
        return {"now": self._now[i], "signal": ear.signal, "since_ms": max(0, since) * FRAME_MS}

    def reset(self, i: int) -> None:
        """Forget what telephone `i` heard (it was put on-hook, or lifted)."""
        time = self._ears[i].time
        self._ears[i] = Ear(self._zone, time=time, signal_since=time)
        self._pcm[i] = 0.0
        self._loud[i] = False
        self._now[i] = "silence"

    def _analyse(self) -> None:
        """Judge the last five blocks of every telephone that is not silent."""
        recent = self._loud[:, -(_STEP + FRAME // BLOCK - 1) :]
        loud = recent.any(axis=1)
        for i in np.flatnonzero(~loud).tolist():
            self._silence(i)
        active = np.flatnonzero(loud)
        if not len(active):
            return
        for i in active.tolist():
            if self._mask_hz[i] != self._ears[i].mask_hz:
                self._mask_hz[i] = self._ears[i].mask_hz
                self._masks[i] = mask_of(self._mask_hz[i])
        tail = self._pcm[active, -(FRAME + _FRESH - BLOCK) :]
        found = analyse(tail, self._masks[active])
        rows = zip(
            active.tolist(), found.level.tolist(), found.tonal.tolist(), found.centroid.tolist(),
            found.spread.tolist(), found.own.tolist(), found.howl.tolist(), found.low.tolist(), found.high.tolist(),
            strict=True,
        )  # fmt: skip
        others = []
        for i, *columns in rows:
            kind = self._step(i, [Frame(row[0] < SILENCE_DBM0, *row) for row in zip(*columns, strict=True)])
            if kind == "other":
                if (i + self._blocks // _STEP) % 2 == 0:  # every 100 ms, half of them each time
                    others.append(i)
                else:
                    self._ears[i].listen_for_speech(None)
        if others:
            self._judge_others(others)

    def _silence(self, i: int) -> None:
        ear = self._ears[i]
        if ear.idle:
            self._now[i] = "silence"
            ear.time += _STEP
            return
        for _ in range(_STEP):
            ear.step(SILENT, _no_tone)
        self._now[i] = name_of(ear.tone.hz) if ear.tone is not None and ear.kind_now() == "tone" else "silence"
        ear.conclude()
        ear.listen_for_speech(False)

    def _step(self, i: int, frames: list[Frame]) -> str:
        """Take five frames of a telephone that hears something; says what kind of sound the last 200 ms were."""
        ear = self._ears[i]
        for number, frame in enumerate(frames):
            ear.step(frame, partial(self._measure, i, _STEP - 1 - number))
        ear.conclude()
        kind = ear.kind_now()
        if kind == "tone" and ear.tone is not None:
            self._now[i] = name_of(ear.tone.hz)
        elif kind == "silence":
            self._now[i] = kind
        if kind != "other":
            ear.listen_for_speech(False)
        return kind

    def _judge_others(self, others: list[int]) -> None:
        """Sound that is no tone by its frames: speech, noise, or lines too near to each other for a frame."""
        noise, lines = steady_and_flat(self._pcm[others, -_NOW:])
        for i, is_noise, is_lines in zip(others, noise.tolist(), lines.tolist(), strict=True):
            ear = self._ears[i]
            hz = self._measure(i, 0, _MEASURED, _MEASURED) if is_lines and ear.others() > _MEASURED else ()
            if hz:
                self._now[i] = name_of(hz)
                ear.hear_tone(hz, _MEASURED)
            elif ear.others() >= _MEASURED or not is_noise:
                self._now[i] = "noise" if is_noise else "speech"
            ear.listen_for_speech(not hz and not is_noise)

    def _measure(self, i: int, behind: int, ago: int, frames: int) -> tuple[int, ...]:
        """Frequencies of a pulse that began `ago` frames before the frame `behind` the newest and lasted `frames`.

        () if it is no pure tone.
        """
        end = self._pcm.shape[1] - (behind + ago - frames + _DELAY) * BLOCK
        length = min(frames, _MEASURED) * BLOCK
        begin = max(0, end - length)
        hz, share = measure(self._pcm[i, begin:end])
        if len(hz) == len(HOWLER_HZ) and all(abs(a - b) < 25 for a, b in zip(hz, HOWLER_HZ, strict=True)):
            return HOWLER_HZ
        if not 0 < len(hz) <= 2 or share < 0.8:
            return ()
        snapped = tuple(self._snap(f) for f in hz)
        return () if len(hz) == 2 and not set(snapped) <= set(self._known) and _harmonics(*hz) else snapped

    def _snap(self, hz: float) -> int:
        nearest = min(self._known, key=lambda known: abs(known - hz))
        return nearest if abs(nearest - hz) <= _SNAP_HZ else round(hz)


def _harmonics(low: float, high: float) -> bool:
    """Whether two lines look like neighbouring harmonics of a voice."""
    pitch = high - low
    return 80.0 < pitch < 400.0 and abs(low / pitch - round(low / pitch)) < 0.12


def _no_tone(ago: int, frames: int) -> tuple[int, ...]:
    return ()
