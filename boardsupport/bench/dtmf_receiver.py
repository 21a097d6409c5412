"""DTMF caller id as a telephone receives it (ETSI EN 300 659-1 annex B): digits of one burst, between a start and an
end character. Written for the bench, apart from the product's receivers and senders."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from boardsupport.bench.fsk_receiver import CallerId

RATE: Final = 8000
_LOW: Final = (697, 770, 852, 941)
_HIGH: Final = (1209, 1336, 1477, 1633)
_KEYS: Final = ("123A", "456B", "789C", "*0#D")
_FRAME: Final = 160  # 20 ms: neighbouring frequencies are 73 Hz apart
_HOP: Final = 80
_LEAST_FRAMES: Final = 2  # a digit lasts at least 30 ms
_START: Final = "ABD"
_END: Final = "C#"


def digits(samples: NDArray[np.float32]) -> str:
    """The DTMF digits in `samples` (8 kHz), in order."""
    if len(samples) < _FRAME:
        return ""
    frames = np.lib.stride_tricks.sliding_window_view(samples, _FRAME)[::_HOP] * np.hamming(_FRAME)
    n = np.arange(_FRAME)
    bank = np.exp(-2j * np.pi * np.outer(n, np.array(_LOW + _HIGH)) / RATE)
    power = np.abs(frames @ bank) ** 2
    total = (frames**2).sum(axis=1) * _FRAME * 0.34 + 1e-9  # a single line at its own frequency would reach about this
    low, high = power[:, :4], power[:, 4:]
    both = low.max(axis=1) + high.max(axis=1)
    balance = low.max(axis=1) / (high.max(axis=1) + 1e-9)
    good = (both > 0.55 * total) & (balance > 0.08) & (balance < 12.0)
    keys = [
        _KEYS[a][b] if ok else ""
        for a, b, ok in zip(low.argmax(axis=1).tolist(), high.argmax(axis=1).tolist(), good.tolist(), strict=True)
    ]
    return _runs(keys)


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
    return CallerId(body[:end] or None, None, None, "dtmf")
