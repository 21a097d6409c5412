"""DTMF as telephones and the company's exchange receive it: caller id (ETSI EN 300 659-1 annex B), digits of one burst
between a start and an end character, and the digits of many lines as they come. Written for the bench, apart from the
product's receivers and senders."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from boardsupport.bench.fsk_receiver import Absence, CallerId

RATE: Final = 8000
_LOW: Final = (697, 770, 852, 941)
_HIGH: Final = (1209, 1336, 1477, 1633)
_KEYS: Final = ("123A", "456B", "789C", "*0#D")
_FRAME: Final = 160  # 20 ms: neighbouring frequencies are 73 Hz apart
_HOP: Final = 80
_LEAST_FRAMES: Final = 2  # a digit lasts at least 30 ms
_ENDING_FRAMES: Final = 2  # a digit is over when so many frames were without it
_LEAST_POWER: Final = 3e8  # of both lines in a frame of 16-bit samples: about -35 dBm0
_START: Final = "ABD"
_END: Final = "C#"
_ABSENCES: Final[dict[str, Absence]] = {"00": "unavailable", "10": "private"}
_WINDOW: Final = np.hamming(_FRAME)
_BANK: Final = np.exp(-2j * np.pi * np.outer(np.arange(_FRAME), np.array(_LOW + _HIGH)) / RATE)


class DigitBank:
    """Receivers of `n` lines for digits as they come, 10 ms at a time."""

    def __init__(self, n: int) -> None:
        self._tails = np.zeros((n, _FRAME - _HOP), np.float64)
        self._runs = [_Run() for _ in range(n)]

    def reset(self, i: int) -> None:
        """Line `i` begins anew."""
        self._tails[i] = 0.0
        self._runs[i] = _Run()

    def feed(self, samples: NDArray[np.int16], least_ms: dict[int, int]) -> dict[int, str]:
        """Take 10 ms of all lines, int16 (n, 80); the digits found on those in `least_ms`.

        `least_ms` says how long a digit must last on a line at least, from 20 on, in steps of 10.
        """
        lines = list(least_ms)
        frames = np.concatenate([self._tails[lines], samples[lines]], axis=1)
        self._tails[:] = samples
        found = {}
        for i, key in zip(lines, _frame_keys(frames * _WINDOW, _LEAST_POWER), strict=True):
            digit = self._runs[i].take(key, least_ms[i] // 10)
            if digit:
                found[i] = digit
        return found


class _Run:
    """Equal frames that become a digit, told once; a frame that fails does not make two of it."""

    def __init__(self) -> None:
        self._key = ""
        self._count = self._gap = 0
        self._told = False

    def take(self, key: str, least: int) -> str:
        if key and key == self._key:
            self._gap = 0
            self._count += 1
        elif self._told and self._gap + 1 < _ENDING_FRAMES:
            self._gap += 1
            return ""
        else:
            self._key, self._count, self._gap, self._told = key, 1, 0, False
        if not key or self._told or self._count < least:
            return ""
        self._told = True
        return key


def digits(samples: NDArray[np.float32]) -> str:
    """The DTMF digits in `samples` (8 kHz), in order."""
    if len(samples) < _FRAME:
        return ""
    frames = np.lib.stride_tricks.sliding_window_view(samples, _FRAME)[::_HOP] * _WINDOW
    return _runs(_frame_keys(frames))


def _frame_keys(frames: NDArray[np.floating], least_power: float = 0.0) -> list[str]:
    """The key of each windowed frame (n, _FRAME); "" for one without."""
    power = np.abs(frames @ _BANK) ** 2
    total = (frames**2).sum(axis=1) * _FRAME * 0.34 + 1e-9  # a single line at its own frequency would reach about this
    low, high = power[:, :4], power[:, 4:]
    both = low.max(axis=1) + high.max(axis=1)
    balance = low.max(axis=1) / (high.max(axis=1) + 1e-9)
    good = (both > 0.55 * total) & (both >= least_power) & (balance > 0.08) & (balance < 12.0)
    return [
        _KEYS[a][b] if ok else ""
        for a, b, ok in zip(low.argmax(axis=1).tolist(), high.argmax(axis=1).tolist(), good.tolist(), strict=True)
    ]


def _runs(keys: list[str]) -> str:
    """Join equal frames to digits."""
    found, count, before = "", 0, ""
    for key in [*keys, ""]:
        if key == before:
            count += 1
            continue
        if before and count >= _LEAST_FRAMES:
            found += before
        before, count = key, 1
    return found


def receive_dtmf(samples: NDArray[np.float32]) -> CallerId | None:
    """A caller id in DTMF: start character, number, end character."""
    text = digits(samples)
    starts = [i for i, key in enumerate(text) if key in _START]
    if not starts:
        return None
    body = text[starts[0] + 1 :]
    end = next((i for i, key in enumerate(body) if key in _END), None)
    if end is None:
        return None
    if text[starts[0]] == "B" and body[:end] in _ABSENCES:
        return CallerId(None, None, None, "dtmf", _ABSENCES[body[:end]])
    return CallerId(body[:end] or None, None, None, "dtmf")
