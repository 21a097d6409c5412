"""A caller-id sender of its own, for messages of any bytes: nothing of spandsp, no checks."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from tests.unit.dsp.fsk_receiver import BAUD, MODEMS
from tests.unit.dsp.signals import RATE, Samples, join, peak_of, silence, sine


def checked(kind: int, body: bytes) -> bytes:
    """Type, length, body, checksum (GR-30-CORE: all bytes add up to 0)."""
    message = bytes([kind, len(body)]) + body
    return message + bytes([-sum(message) % 256])


def parameters(*fields: tuple[int, bytes]) -> bytes:
    return b"".join(bytes([kind, len(value)]) + value for kind, value in fields)


def send(
    message: bytes, standard: str, dbm0: float = -13.5, *, seizure: int = 300, mark: int = 180, higher: float = 1.0
) -> Samples:
    """The burst; `higher` multiplies both frequencies."""
    bits = [n % 2 for n in range(seizure)] + [1] * mark + list(_words(message)) + [1] * 10
    at = (np.arange(int(len(bits) * RATE / BAUD)) * BAUD / RATE).astype(int)
    mark_hz, space_hz = MODEMS[standard]
    hz = np.where(np.array(bits)[at] == 1, mark_hz, space_hz) * higher
    return peak_of(dbm0) * np.sin(2 * np.pi * np.cumsum(hz) / RATE)


def _words(message: bytes) -> Iterable[int]:
    for byte in message:
        yield from (0, *(byte >> n & 1 for n in range(8)), 1)


def alerting_tone(dbm0: float = -15.0) -> Samples:
    """DT-AS (EN 300 659-1, 6.2.2): 2130 and 2750 Hz for 100 ms, then 50 ms of silence."""
    return join(sine(2130, dbm0, 0.1) + sine(2750, dbm0, 0.1), silence(0.05))


def reversal(seconds: float = 0.2) -> Samples:
    """What a polarity reversal leaves of itself behind a coupling capacitor."""
    return -20_000 * np.exp(-np.arange(int(seconds * RATE)) / 25)


def ring_burst(seconds: float) -> Samples:
    """Ringing as the monitor hears it: overdriven."""
    return np.clip(3 * sine(25, 3, seconds), -32_000, 32_000)
