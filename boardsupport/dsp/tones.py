"""Tones and DTMF as law bytes, exact to the sample."""

from __future__ import annotations

from collections.abc import Sequence
from math import gcd

from boardsupport.bus import IDLE, SAMPLE_RATE_HZ, Law
from boardsupport.dsp._dsp import ffi, lib
from boardsupport.dsp.law import LAW_NUMBER

DTMF_ROWS_HZ = (697, 770, 852, 941)
DTMF_COLUMNS_HZ = (1209, 1336, 1477, 1633)
DTMF_KEYS = "123A456B789C*0#D"
"""The keypad of Q.23, row by row."""
DTMF_TWIST_DB = 2.0
"""The high group goes out stronger than the low one, as lines lose more of it (ES 201 235-2: 2 +- 1 dB)."""
DTMF_LINE_DBM0 = -9.0
"""The low tone's level when dialling into a company line: -11 dBV into 600 ohm (ES 201 235-2; -9 dBV the high one)."""


def tone(frequencies: Sequence[tuple[float, float]], samples: int, law: Law, start: int = 0) -> bytes:
    """A sum of sines, each (frequency in Hz, level in dBm0); none is silence.

    `start` is the number of the first sample since the tone began with phase 0: piece follows piece without a seam.
    Raises ValueError for a frequency outside 0..4000 Hz or a negative number of samples.
    """
    if samples < 0:
        raise ValueError(f"a tone of {samples} samples")
    for hz, _ in frequencies:
        if not 0 < hz < SAMPLE_RATE_HZ / 2:
            raise ValueError(f"{hz} Hz cannot be sent at a sample rate of 8000 Hz")
    if not frequencies:
        return bytes([IDLE[law]]) * samples
    out = bytearray(samples)
    hz_list = ffi.new("double[]", [float(hz) for hz, _ in frequencies])
    levels = ffi.new("double[]", [float(dbm0) for _, dbm0 in frequencies])
    target = ffi.from_buffer("uint8_t[]", out)
    lib.dsp_tones(LAW_NUMBER[law], hz_list, levels, len(frequencies), start, samples, target)
    return bytes(out)


def loop_samples(frequencies: Sequence[tuple[float, float]]) -> int:
    """The shortest length that can be repeated for ever without a seam (frequencies are whole Hz): 8000 at most."""
    divisor = SAMPLE_RATE_HZ
    for hz, _ in frequencies:
        if hz != int(hz):
            raise ValueError(f"{hz} Hz has no loop within a second")
        divisor = gcd(divisor, int(hz))
    return SAMPLE_RATE_HZ // divisor


def dtmf(digits: str, on_ms: int, off_ms: int, dbm0: float, law: Law) -> bytes:
    """Each digit as a pair of tones for `on_ms`, each followed by `off_ms` of silence.

    `dbm0` is the level of the low tone; the high tone is 2 dB above. ValueError: not one of 0-9, *, #, A-D.
    """
    pause = bytes([IDLE[law]]) * (off_ms * SAMPLE_RATE_HZ // 1000)
    parts: list[bytes] = []
    for digit in digits:
        key = DTMF_KEYS.find(digit)
        if key < 0:
            raise ValueError(f"{digit!r} is not a DTMF digit")
        pair = ((DTMF_ROWS_HZ[key // 4], dbm0), (DTMF_COLUMNS_HZ[key % 4], dbm0 + DTMF_TWIST_DB))
        parts += (tone(pair, on_ms * SAMPLE_RATE_HZ // 1000, law), pause)
    return b"".join(parts)
